//! What happens in a history: steps, made up by chance before anything lives through them, so that
//! some can be left out.

use std::fmt;

use domain::RecordId;
use domain::decide::Request;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::model::PurposeId;
use testkit::chance::Chance;
use testkit::event::Event;
use testkit::generate::{Draft, History};

/// How many people there are.
pub(crate) const PEOPLE: u64 = 4;

/// One step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Time passes until a moment.
    Until(Timestamp),
    /// Somebody acts on a person.
    Act(usize, Event),
    /// A person is read.
    Read(usize, Request),
    /// A copy of a person's data is made.
    Copy(usize),
    /// A person's trace is looked at.
    Trace(usize),
    /// The next version of the policy comes into force.
    Apply,
    /// What is past its term is destroyed.
    Sweep,
    /// The keys turn.
    TurnKeys,
    /// A checkpoint is published.
    Publish,
    /// Details of the journal go at their term.
    Prune,
    /// The installation is closed and opened again.
    Reopen,
    /// The machine stops between two acts: what is on the disk is all there is.
    PowerCut,
    /// Everything is looked at: journal, files, keys.
    Inspect,
}

/// A history: a policy's versions, and steps.
#[derive(Clone)]
pub(crate) struct Story {
    /// The texts of the policy's versions.
    pub(crate) versions: Vec<String>,
    pub(crate) begins: Timestamp,
    pub(crate) steps: Vec<Step>,
}

impl Story {
    /// A random history; none where chance made a policy that does not hold together.
    pub(crate) fn random(chance: &mut Chance, steps: u64) -> Option<Self> {
        let draft = Draft::random(chance);
        let versions: Vec<String> = (1..=draft.versions()).map(|at| draft.text(at)).collect();
        let policies: Option<Vec<_>> = versions
            .iter()
            .map(|text| policy::compile(text).policy)
            .collect();
        let policies = policies?;
        let zone = TimeZone::get(&policies[0].controller.time_zone).unwrap();
        let mut people: Vec<History> = (0..PEOPLE)
            .map(|_| History::new(chance, zone.clone()))
            .collect();
        let begins = people.iter().map(|person| person.now).min().unwrap();
        let mut story = Self {
            versions,
            begins,
            steps: Vec::new(),
        };
        let (mut now, mut in_force) = (begins, 0);
        // What reads are mostly for: what was collected for it.
        let mut likely: Vec<Vec<PurposeId>> = people.iter().map(|_| Vec::new()).collect();
        for _ in 0..steps {
            let at = chance.below(PEOPLE) as usize;
            let person = &mut people[at];
            person.now = now;
            if chance.one_in(3) {
                person.pass(chance);
            }
            if person.now > now {
                now = person.now;
                story.steps.push(Step::Until(now));
            }
            let policy = &policies[in_force];
            let step = match chance.below(40) {
                0..=17 => match person.act(chance, policy) {
                    Event::NextPolicy if in_force + 1 < policies.len() => {
                        in_force += 1;
                        Step::Apply
                    }
                    Event::NextPolicy | Event::Destroy(_) => Step::Sweep,
                    event => {
                        if let Event::Collect(collection, _) = &event {
                            likely[at].extend(collection.purposes.iter());
                        }
                        Step::Act(at, event)
                    }
                },
                18..=29 => Step::Read(at, History::request(chance, policy, &likely[at])),
                30 | 31 => Step::Copy(at),
                32 => Step::Trace(at),
                33 | 34 => Step::Sweep,
                35 => Step::TurnKeys,
                36 => Step::Publish,
                37 => Step::Prune,
                38 => Step::Reopen,
                _ => Step::PowerCut,
            };
            story.steps.push(step);
            if story.steps.len().is_multiple_of(40) {
                story.steps.push(Step::Inspect);
            }
        }
        story
            .steps
            .extend([Step::Sweep, Step::TurnKeys, Step::Inspect]);
        Some(story)
    }
}

impl Step {
    /// Whether a history makes sense without this step: one without its versions of the policy does
    /// not, since what happens later names what they bring.
    pub(crate) fn may_be_left_out(&self) -> bool {
        !matches!(self, Self::Apply)
    }
}

impl fmt::Display for Story {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "it begins {}", self.begins)?;
        for step in &self.steps {
            match step {
                Step::Read(person, request) => writeln!(
                    to,
                    "  Read({person}, {:?} for {:?} by {:?}, {} categories)",
                    request.recipient,
                    request.purpose,
                    request.channel,
                    request.categories.0.count_ones()
                )?,
                step => writeln!(to, "  {step:?}")?,
            }
        }
        for text in &self.versions {
            writeln!(to, "--- a version of the policy\n{text}")?;
        }
        Ok(())
    }
}

/// The fields of a record, as bits, one by one.
pub(crate) fn fields(bits: u64) -> impl Iterator<Item = u8> {
    (0..64).filter(move |field| bits & 1 << field != 0)
}

/// What a record's field says: nothing that could stand in a file by chance.
pub(crate) fn value(person: usize, record: RecordId, field: u8, time: u32) -> String {
    format!("zq-value-{person}x{}f{field}t{time}qz", record.0[0])
}
