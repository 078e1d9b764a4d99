//! The plan: what a changed policy would do to the data that is held, before anyone applies it.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::names::Names;
use domain::subject::{Held, Subject};
use domain::sweep::{due, next_due};
use domain::{Fault, FaultKind, InForce, Moment, RecordId};
use jiff::Timestamp;
use journal::Act;
use policy::authorisation::compare as rights;
use policy::compare::{Change, compare};
use policy::model::{CategoryId, OriginId, Policy, ProcessorId, PurposeId};

use crate::act::Acting;
use crate::authorisation::{NewAuthorisation, Next, differences};
use crate::kept::Kept;
use crate::law::{Law, compiled, known_names};

/// People that are looked at in one go.
pub(crate) const PEOPLE_AT_ONCE: u32 = 500;

/// What a changed policy would do.
#[derive(Debug)]
pub struct Plan {
    /// The version in force.
    pub from: u32,
    /// The version that is planned.
    pub to: u32,
    /// What differs, in plain words.
    pub changes: Vec<Change>,
    /// What it would do to the records that are held, by category and kind.
    pub records: BTreeMap<Group, Fate>,
    /// How many people must be told before all of it applies to them, by kind.
    pub to_tell: BTreeMap<String, u64>,
    /// What keeps the policy from being applied, by the name that it would have to go on declaring.
    pub obstacles: BTreeMap<String, InTheWay>,
    /// Who would gain and who would lose what: by another authorisation, or by what another policy
    /// makes of this one.
    pub rights: Vec<rights::Change>,
    /// How many people were looked at.
    pub people: u64,
}

/// What keeps a policy from being applied, all of it on one name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InTheWay {
    /// What needs the name.
    pub needs: Needs,
    /// How many do.
    pub count: u64,
}

/// What needs a name that a new policy takes away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Records of the category that a hold, a restriction, a duty or evidence keeps (10i).
    Kept,
    /// Records that came from the origin (6a).
    Origin,
    /// Records that the processor collected (3a).
    Processor,
    /// Holds that stand for the purpose (10i).
    Hold,
}

impl Needs {
    /// In a list, after a number and a name.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Kept => "records that a hold, a duty or evidence keeps",
            Self::Origin => "records came from it",
            Self::Processor => "records were collected by it",
            Self::Hold => "holds stand for it",
        }
    }
}

/// Records of one category, held about people of one kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Group {
    /// The category, by its name in the policy in force.
    pub category: String,
    /// The kind of subject.
    pub kind: String,
}

/// What would become of records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fate {
    /// They would go at once.
    pub at_once: u64,
    /// They would go earlier than now.
    pub earlier: u64,
    /// They would go later than now: only for people who were told.
    pub later: u64,
    /// Nothing would change.
    pub same: u64,
}

impl Fate {
    fn add(&mut self, one: Becomes) {
        match one {
            Becomes::Gone => self.at_once += 1,
            Becomes::Earlier => self.earlier += 1,
            Becomes::Later => self.later += 1,
            Becomes::Same => self.same += 1,
        }
    }
}

/// What would become of one record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Becomes {
    Gone,
    Earlier,
    Later,
    Same,
}

/// A policy that may be applied: it compiles, and follows the one in force.
pub struct Candidate {
    pub(crate) source: String,
    pub(crate) policy: Arc<Policy>,
    pub(crate) next: Next,
}

impl Candidate {
    /// Takes the source of a policy that is to follow the one in force; the authorisation in force
    /// stays beside it.
    ///
    /// # Errors
    /// As [`Candidate::with`].
    pub fn new(source: String, law: &Law) -> Result<Self, Fault> {
        Self::with(source, None, law)
    }

    /// Takes the source of a policy that is to follow the one in force, with that of the
    /// authorisation that is to come into force beside it; none: the one in force stays.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when either has errors; `kept check` shows them.
    /// [`FaultKind::Refused`] when the authorisation in force does not go with the new policy.
    pub fn with(source: String, authorisation: Option<String>, law: &Law) -> Result<Self, Fault> {
        let policy = policy::compile_after(&source, law.policy())
            .policy
            .ok_or_else(|| {
                Fault::new(
                    FaultKind::Invalid,
                    "the new policy cannot follow the one in force",
                )
                .remedy("see what is wrong with `kept check`, mend the file, then plan again")
            })?;
        let next = match authorisation {
            None => Next::under(&policy, law)?,
            Some(authorisation) => {
                let new = NewAuthorisation::new(authorisation, &policy, law)?;
                match new.is_in_force(law) {
                    true => Next::Stays(new.authorisation),
                    false => Next::New(new),
                }
            }
        };
        Ok(Self {
            source,
            policy: Arc::new(policy),
            next,
        })
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// The law as it would be: the policy in force becomes an earlier version.
pub(crate) struct Foreseen {
    pub(crate) in_force: InForce,
    pub(crate) names: Names,
    pub(crate) new_names: Vec<domain::names::NameRow>,
}

impl Kept {
    /// What a changed policy would do to the data that is held. An act of its own in the journal.
    ///
    /// # Errors
    /// When the data cannot be read, or the journal cannot be written.
    pub fn plan(
        &self,
        candidate: &Candidate,
        acting: &Acting,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Plan, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let foreseen = self.foresee(candidate)?;
        let mut plan = Plan {
            from: law.policy().version,
            to: candidate.policy.version,
            changes: compare(law.policy(), candidate.policy()),
            records: BTreeMap::new(),
            to_tell: BTreeMap::new(),
            obstacles: BTreeMap::new(),
            rights: differences(
                &law,
                candidate.policy(),
                candidate.next.authorisation().map(AsRef::as_ref),
            ),
            people: 0,
        };
        let tells = plan
            .changes
            .iter()
            .any(|change| change.effect.needs_telling());
        let mut after = None;
        loop {
            let people = self.vault.load_after(after, PEOPLE_AT_ONCE, &law.names)?;
            let Some(last) = people.last() else { break };
            after = Some(last.subject.id);
            let ids: Vec<_> = people.iter().map(|loaded| loaded.subject.id).collect();
            let futures = self.vault.foresee(&ids, &foreseen.names)?;
            for (loaded, future) in people.iter().zip(futures) {
                let Some(future) = future else { continue };
                plan.people += 1;
                plan.add(&law, &foreseen, &loaded.subject, &future, tells, moment);
            }
            progress(plan.people);
        }
        let mut detail = self.detail(Act::Planned, &acting.actor, moment, &law);
        detail.digest = Some(candidate.policy.digest);
        detail.count = Some(plan.people);
        self.vault.record(&detail)?;
        Ok(plan)
    }

    /// The law as it would be under a candidate.
    pub(crate) fn foresee(&self, candidate: &Candidate) -> Result<Foreseen, Fault> {
        let known = known_names(self.vault.data())?;
        let authorisation = candidate.next.authorisation().map(AsRef::as_ref);
        let (names, new_names) = Names::assign_with(candidate.policy(), authorisation, &known)?;
        let rows = self.vault.data().read(|reader| reader.policies())?;
        // A policy follows itself: what is planned may be the documents beside it alone.
        let earlier = rows
            .iter()
            .filter(|row| row.digest != candidate.policy.digest)
            .map(|row| compiled(&row.source).map(Arc::new))
            .collect::<Result<Vec<_>, Fault>>()?;
        let in_force = InForce::new(Arc::clone(&candidate.policy), &earlier)?;
        Ok(Foreseen {
            in_force,
            names,
            new_names,
        })
    }
}

impl Plan {
    /// Compares one person's records under both policies.
    fn add(
        &mut self,
        law: &Law,
        foreseen: &Foreseen,
        subject: &Subject,
        future: &Subject,
        tells: bool,
        moment: Moment,
    ) {
        let policy = law.policy();
        let gone_anyway: Vec<RecordId> = due(&law.in_force, subject, moment)
            .iter()
            .map(|due| due.record)
            .collect();
        let goes: Vec<RecordId> = due(&foreseen.in_force, future, moment)
            .iter()
            .map(|due| due.record)
            .collect();
        for obstacle in obstacles(law, foreseen, subject, future, moment) {
            let known = self.obstacles.entry(obstacle.name(law));
            let needs = obstacle.needs();
            known.or_insert(InTheWay { needs, count: 0 }).count += 1;
        }
        let mut concerned = false;
        for held in subject.records.iter().filter(|held| !held.tombstone) {
            if gone_anyway.contains(&held.id) {
                continue;
            }
            concerned = true;
            let category = policy.categories[held.category.index()].name.clone();
            let becomes = match future.records.iter().find(|later| later.id == held.id) {
                None => Becomes::Gone,
                Some(_) if goes.contains(&held.id) => Becomes::Gone,
                Some(later) => compare_ends(
                    next_due(&law.in_force, subject, held, moment),
                    next_due(&foreseen.in_force, future, later, moment),
                ),
            };
            let kind = held
                .grounds
                .first()
                .map_or("", |ground| policy.kinds[ground.kind.index()].name.as_str());
            let group = Group {
                category,
                kind: kind.to_owned(),
            };
            self.records.entry(group).or_default().add(becomes);
        }
        if tells && concerned {
            for role in subject.roles.iter().filter(|role| role.until.is_none()) {
                let kind = policy.kinds[role.kind.index()].name.clone();
                *self.to_tell.entry(kind).or_default() += 1;
            }
        }
    }
}

/// What the new policy does not declare any more, and may not take away.
pub(crate) enum Obstacle {
    /// The category stays declared, and where the record came from does not: a name that was taken
    /// away destroys nobody's data.
    Origin(OriginId),
    /// A hold, a restriction, a duty or evidence keeps the record (10i).
    Kept(CategoryId),
    /// A record says by which processor it was collected: that would be forgotten (3a).
    Processor(ProcessorId),
    /// A hold stands for the purpose: it would end in silence (10i).
    Hold(PurposeId),
}

impl Obstacle {
    /// What the new policy has to go on declaring: `orders`, `origins.business-card`.
    pub(crate) fn name(&self, law: &Law) -> String {
        let policy = law.policy();
        match *self {
            Self::Origin(id) => format!("origins.{}", policy.origin(id).name),
            Self::Kept(category) => policy.category(category).name.clone(),
            Self::Processor(id) => format!("processors.{}", policy.processor(id).name),
            Self::Hold(id) => format!("purposes.{}", policy.purpose(id).name),
        }
    }

    fn needs(&self) -> Needs {
        match self {
            Self::Origin(_) => Needs::Origin,
            Self::Kept(_) => Needs::Kept,
            Self::Processor(_) => Needs::Processor,
            Self::Hold(_) => Needs::Hold,
        }
    }
}

/// What of a person keeps a policy from being applied.
pub(crate) fn obstacles(
    law: &Law,
    foreseen: &Foreseen,
    subject: &Subject,
    future: &Subject,
    moment: Moment,
) -> Vec<Obstacle> {
    let names = &foreseen.names;
    let stands = subject.holds.iter().filter(|hold| hold.lifted.is_none());
    let holds = stands
        .filter(|hold| {
            let number = law.names.purpose.number(hold.purpose);
            names.purpose.id(number).is_none()
        })
        .map(|hold| Obstacle::Hold(hold.purpose));
    let expired: Vec<RecordId> = due(&law.in_force, subject, moment)
        .iter()
        .map(|due| due.record)
        .collect();
    let held = subject.records.iter();
    let held = held.filter(|held| !held.tombstone && !expired.contains(&held.id));
    let records =
        held.filter_map(
            |held| match future.records.iter().any(|later| later.id == held.id) {
                true => processor_gone(law, foreseen, held),
                false => obstacle(law, foreseen, subject, held, moment),
            },
        );
    holds.chain(records).collect()
}

/// The processor of a record, where the new policy does not declare it.
fn processor_gone(law: &Law, foreseen: &Foreseen, held: &Held) -> Option<Obstacle> {
    let id = held.processor?;
    let number = law.names.processor.number(id);
    let gone = foreseen.names.processor.id(number).is_none();
    gone.then_some(Obstacle::Processor(id))
}

/// What keeps a record from going with its declaration, if anything does.
fn obstacle(
    law: &Law,
    foreseen: &Foreseen,
    subject: &Subject,
    held: &Held,
    moment: Moment,
) -> Option<Obstacle> {
    let names = &foreseen.names;
    let category = names.category.id(law.names.category.number(held.category));
    let origin = names.origin.id(law.names.origin.number(held.origin));
    match (category, origin) {
        (Some(_), None) => Some(Obstacle::Origin(held.origin)),
        _ => kept_for_now(law, subject, held, moment).then_some(Obstacle::Kept(held.category)),
    }
}

/// Whether a hold, a restriction, a duty or evidence keeps a record: what ordinary use has no say
/// in, and what no change of policy may take away in silence.
fn kept_for_now(law: &Law, subject: &Subject, held: &Held, moment: Moment) -> bool {
    let tables = &law.policy().tables;
    let mut without_use = subject.clone();
    for record in &mut without_use.records {
        record.grounds.retain(|ground| {
            tables.duties.contains(ground.purpose) || tables.evidence.contains(ground.purpose)
        });
    }
    // With the ordinary grounds taken away, is it still kept?
    due(&law.in_force, &without_use, moment)
        .iter()
        .all(|due| due.record != held.id)
}

/// What a later or earlier end means; a record that waits for a fact has none, and is last.
fn compare_ends(now: Option<Timestamp>, then: Option<Timestamp>) -> Becomes {
    match (now, then) {
        (None, None) => Becomes::Same,
        (None, Some(_)) => Becomes::Earlier,
        (Some(_), None) => Becomes::Later,
        (Some(now), Some(then)) if then < now => Becomes::Earlier,
        (Some(now), Some(then)) if then > now => Becomes::Later,
        (Some(_), Some(_)) => Becomes::Same,
    }
}
