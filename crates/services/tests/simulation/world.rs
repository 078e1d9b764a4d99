//! The installation and the model, and what was seen of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use domain::subject::ObjectedTo;
use domain::{ConsentId, Fault, ObjectionId, OrganisationId, RecordId, SubjectId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::model::{CategoryId, ChannelSet, Policy, PurposeId, Then};
use services::plan::Candidate;
use testkit::event::Event;
use testkit::reference::Reference;

use crate::house::{House, acting, actor};
use crate::step::{PEOPLE, Step, Story};

/// A step at which the two differ, and how.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) step: usize,
    what: String,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "step {}: {}", self.step, self.what)
    }
}

/// A person, in the installation and in the model.
pub(crate) struct Someone {
    /// Who they are in the installation, once something is held about them.
    pub(crate) id: Option<SubjectId>,
    pub(crate) model: Reference,
    /// The identifiers of the installation for those of the history.
    pub(crate) ids: HashMap<[u8; 16], [u8; 16]>,
    /// What each record says, field by field.
    pub(crate) values: HashMap<RecordId, BTreeMap<u8, String>>,
    pub(crate) categories: HashMap<RecordId, CategoryId>,
    pub(crate) consents: Vec<(ConsentId, PurposeId, ChannelSet)>,
    pub(crate) objections: Vec<(ObjectionId, ObjectedTo)>,
    /// Organisations that they belong or belonged to.
    pub(crate) belonged: BTreeSet<OrganisationId>,
    /// Reads that gave something: when, where they stand in the journal, what for, how many records.
    pub(crate) reads: Vec<(Timestamp, u64, PurposeId, u64)>,
    pub(crate) made: u32,
    /// Whether they never were under a hold or a restriction.
    pub(crate) plain: bool,
}

impl Someone {
    /// Whether something is held about them.
    pub(crate) fn is_there(&self) -> bool {
        self.id.is_some() && !self.model.held().is_empty()
    }
}

/// How much was done and seen.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Seen {
    pub(crate) steps: u64,
    pub(crate) days: u64,
    pub(crate) taken: u64,
    pub(crate) refused: u64,
    pub(crate) read: u64,
    pub(crate) withheld: u64,
    pub(crate) copies: u64,
    pub(crate) destroyed: u64,
    pub(crate) held: u64,
    pub(crate) cuts: u64,
    pub(crate) inspected: u64,
}

impl Seen {
    pub(crate) fn add(&mut self, more: Self) {
        self.steps += more.steps;
        self.days += more.days;
        self.taken += more.taken;
        self.refused += more.refused;
        self.read += more.read;
        self.withheld += more.withheld;
        self.copies += more.copies;
        self.destroyed += more.destroyed;
        self.held += more.held;
        self.cuts += more.cuts;
        self.inspected += more.inspected;
    }

    pub(crate) fn told(&self) -> [(&'static str, u64); 11] {
        [
            ("steps", self.steps),
            ("simulated years", self.days / 365),
            ("acts taken", self.taken),
            ("acts refused", self.refused),
            ("reads that opened something", self.read),
            ("reads refused", self.withheld),
            ("copies", self.copies),
            ("records destroyed", self.destroyed),
            ("records held when looked at", self.held),
            ("stops and new starts", self.cuts),
            ("inspections of every file", self.inspected),
        ]
    }
}

/// An installation beside the model.
pub(crate) struct World {
    pub(crate) house: House,
    pub(crate) people: Vec<Someone>,
    /// The organisations of the installation for those of the histories, each with somebody who has
    /// belonged to it for ever.
    pub(crate) organisations: BTreeMap<OrganisationId, (OrganisationId, Reference)>,
    pub(crate) policies: Vec<Arc<Policy>>,
    pub(crate) in_force: usize,
    pub(crate) now: Timestamp,
    pub(crate) seen: Seen,
}

impl World {
    /// Lives through a history.
    pub(crate) fn lived_through(story: &Story) -> Result<Seen, Failed> {
        let policies: Vec<Arc<Policy>> = story
            .versions
            .iter()
            .map(|text| Arc::new(policy::compile(text).policy.unwrap()))
            .collect();
        let mut world = Self {
            house: House::new(&story.versions[0], story.begins),
            people: Vec::new(),
            organisations: BTreeMap::new(),
            in_force: 0,
            now: story.begins,
            seen: Seen::default(),
            policies: policies.clone(),
        };
        let people: Vec<Someone> = (0..PEOPLE).map(|_| world.nobody_yet()).collect();
        world.people = people;
        for (step, it) in story.steps.iter().enumerate() {
            world
                .live(it, story)
                .map_err(|what| Failed { step, what })?;
            world.seen.steps += 1;
        }
        let lasted = world.now.duration_since(story.begins);
        world.seen.days = lasted.as_hours().unsigned_abs() / 24;
        Ok(world.seen)
    }

    /// Somebody of whom nothing is known yet.
    pub(crate) fn nobody_yet(&self) -> Someone {
        Someone {
            id: None,
            model: self.model(),
            ids: HashMap::new(),
            values: HashMap::new(),
            categories: HashMap::new(),
            consents: Vec::new(),
            objections: Vec::new(),
            belonged: BTreeSet::new(),
            reads: Vec::new(),
            made: 0,
            plain: true,
        }
    }

    /// Somebody in the model, under the policy in force.
    pub(crate) fn model(&self) -> Reference {
        let zone = TimeZone::get(&self.policies[0].controller.time_zone).unwrap();
        let mut model = Reference::new(self.policies.clone(), zone);
        for _ in 0..self.in_force {
            model.happen(&Event::NextPolicy, self.now);
        }
        model
    }

    fn live(&mut self, step: &Step, story: &Story) -> Result<(), String> {
        match step {
            Step::Until(moment) => {
                if *moment > self.now {
                    let by = actor(domain::ActorKind::CommandLine);
                    self.house.kept().move_clock(*moment, &by).map_err(said)?;
                    self.now = *moment;
                }
                Ok(())
            }
            Step::Act(person, event) => self.act(*person, event),
            Step::Read(person, request) => self.read(*person, *request),
            Step::Copy(person) => self.copy(*person),
            Step::Trace(person) => self.trace(*person),
            Step::Apply => self.apply(story),
            Step::Sweep => self.sweep(),
            Step::TurnKeys => {
                let turned = self.house.kept().rotate_keys(&acting(), &mut |_| {});
                turned.map(drop).map_err(said)
            }
            Step::Publish => {
                let published = self.house.kept().publish_checkpoint(&[], &acting());
                published.map(drop).map_err(said)
            }
            Step::Prune => {
                let pruned = self.house.kept().prune_journal(&acting());
                pruned.map(drop).map_err(said)
            }
            Step::Reopen => {
                self.house.reopen();
                self.seen.cuts += 1;
                self.everybody_is_as_the_model_says()
            }
            Step::PowerCut => {
                self.house.power_cut();
                self.seen.cuts += 1;
                self.everybody_is_as_the_model_says()
            }
            Step::Inspect => self.inspect(),
        }
    }

    /// The next version comes into force.
    fn apply(&mut self, story: &Story) -> Result<(), String> {
        let kept = self.house.kept();
        let next = story.versions[self.in_force + 1].clone();
        let candidate = Candidate::new(next, &kept.law()).map_err(said)?;
        kept.apply(&candidate, &acting(), &mut |_| {})
            .map_err(said)?;
        self.in_force += 1;
        let now = self.now;
        for person in &mut self.people {
            person.model.happen(&Event::NextPolicy, now);
        }
        for (_, model) in self.organisations.values_mut() {
            model.happen(&Event::NextPolicy, now);
        }
        Ok(())
    }

    /// What is past its term goes, all of it and nothing else.
    fn sweep(&mut self) -> Result<(), String> {
        let swept = self.house.kept().sweep(&acting(), &mut |_| {});
        let swept = swept.map_err(said)?;
        let mut due = 0;
        for person in &mut self.people {
            let records = crate::world::due(person, self.now);
            due += records.len() as u64;
            went(person, &records, self.now)?;
        }
        self.seen.destroyed += due;
        if swept.records() != due {
            return Err(format!(
                "{} records were swept, by the model {due}",
                swept.records()
            ));
        }
        self.everybody_is_as_the_model_says()
    }

    /// Of everybody the installation holds the records that the model does, and no other.
    pub(crate) fn everybody_is_as_the_model_says(&mut self) -> Result<(), String> {
        for at in 0..self.people.len() {
            self.is_as_the_model_says(at)?;
        }
        Ok(())
    }

    pub(crate) fn is_as_the_model_says(&mut self, at: usize) -> Result<(), String> {
        let (kept, person) = (self.house.kept(), &self.people[at]);
        let Some(id) = person.id else { return Ok(()) };
        let mut held: Vec<RecordId> = match kept.person(id, &kept.law()) {
            Ok(loaded) => {
                let records = loaded.subject.records.iter();
                let records = records.filter(|held| !held.tombstone);
                records.map(|held| held.id).collect()
            }
            Err(fault) if fault.kind == domain::FaultKind::Absent => Vec::new(),
            Err(fault) => return Err(said(fault)),
        };
        let mut expected = person.model.held();
        held.sort_unstable();
        expected.sort_unstable();
        self.seen.held += held.len() as u64;
        match held == expected {
            true => Ok(()),
            false => Err(format!(
                "of person {at} {held:?} is held, by the model {expected:?}"
            )),
        }
    }
}

/// What nothing keeps of a person any more.
pub(crate) fn due(person: &Someone, now: Timestamp) -> BTreeSet<RecordId> {
    let held = person.model.held().into_iter();
    held.filter(|record| person.model.is_due(*record, now))
        .collect()
}

/// Lets go what went with an act on a person: nothing that something keeps, and all that is to be
/// deleted. What is to be anonymised goes with a sweep. Of people under a hold or a restriction the
/// model does not say which of the two.
pub(crate) fn went(
    person: &mut Someone,
    destroyed: &BTreeSet<RecordId>,
    now: Timestamp,
) -> Result<(), String> {
    let due = due(person, now);
    let mut must = due.iter();
    let left = must.find(|record| {
        person.plain
            && person.model.then(**record, now) == Then::Delete
            && !destroyed.contains(record)
    });
    if let Some(left) = left {
        return Err(format!("nothing keeps {left}, and it did not go"));
    }
    for record in destroyed {
        if !due.contains(record) {
            return Err(format!("{record} went, and something keeps it"));
        }
        person.model.happen(&Event::Destroy(*record), now);
    }
    Ok(())
}

/// A fault that should not have been.
pub(crate) fn said(fault: Fault) -> String {
    format!("{:?}: {fault}", fault.kind)
}
