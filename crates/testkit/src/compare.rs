//! The domain and the reference model side by side: the same history, the same answers.

use std::sync::Arc;

use domain::decide::{Decision, Permitted, Request, decide, decide_copy, explain, may};
use domain::sweep::{due, next_due};
use domain::term::Term;
use domain::{RecordId, Rule};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::model::Policy;

use crate::chance::Chance;
use crate::event::Event;
use crate::generate::{Draft, History};
use crate::live::{Live, Versions};
use crate::reference::{Answer, Reference, Why};

/// How many comparisons were made, and of what kind their outcomes were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// (policy, history, request): one request about everything that is held of one person.
    pub cases: u64,
    /// Policies, each with its versions.
    pub policies: u64,
    /// Policies that the checker refused.
    pub unsound: u64,
    /// Cases in which something might be read.
    pub allowed: u64,
    /// Acts that were taken.
    pub taken: u64,
    /// Acts that were refused.
    pub refused: u64,
    /// Records that were found due.
    pub due: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.policies += other.policies;
        self.unsound += other.unsound;
        self.allowed += other.allowed;
        self.taken += other.taken;
        self.refused += other.refused;
        self.due += other.due;
    }
}

/// Compares so many cases, the first of them made from a seed.
///
/// # Panics
/// At the first disagreement, with the policy, the history and both answers.
#[must_use]
pub fn compare(seed: u64, cases: u64) -> Tally {
    let mut tally = Tally::default();
    let mut at = seed;
    while tally.cases < cases {
        let mut chance = Chance::new(at);
        let draft = Draft::random(&mut chance);
        at += 1;
        let Some(policies) = compile(&draft) else {
            tally.unsound += 1;
            continue;
        };
        tally.policies += 1;
        let versions = Versions::new(&policies);
        for history in 0..60 {
            let seed = chance.next_number();
            let name = format!("policy {}, history {history}", at - 1);
            tally.add(live_through(
                &mut Chance::new(seed),
                &policies,
                &versions,
                &name,
            ));
        }
        at += 1;
    }
    tally
}

/// The versions of a draft; nothing if the checker finds an error in one: a minimum above a
/// maximum, say.
fn compile(draft: &Draft) -> Option<Vec<Arc<Policy>>> {
    (1..=draft.versions())
        .map(|version| policy::compile(&draft.text(version)).policy.map(Arc::new))
        .collect()
}

fn live_through(
    chance: &mut Chance,
    policies: &[Arc<Policy>],
    versions: &Versions,
    name: &str,
) -> Tally {
    let zone = TimeZone::get(&policies[0].controller.time_zone).unwrap();
    let mut history = History::new(chance, zone.clone());
    let mut live = Live::new(versions);
    let mut reference = Reference::new(policies.to_vec(), zone);
    let mut log: Vec<(Timestamp, Event, bool)> = Vec::new();
    let mut tally = Tally::default();
    for _ in 0..4 + chance.below(16) {
        history.pass(chance);
        let event = history.act(chance, live.in_force().policy());
        let taken = live.happen(&event, history.now);
        let expected = reference.happen(&event, history.now);
        log.push((history.now, event, taken));
        assert!(
            taken == expected,
            "{name}: the act was {}taken, the model says otherwise\n{}",
            if taken { "" } else { "not " },
            story(&log)
        );
        if taken {
            tally.taken += 1;
        } else {
            tally.refused += 1;
        }
        let mut ask = Ask {
            live: &live,
            reference: &reference,
            now: history.now,
            tally: Tally::default(),
        };
        ask.everything(chance, 1).unwrap_or_else(|message| {
            panic!("{name}: {message}\n{}", story(&log));
        });
        tally.add(ask.tally);
    }
    // Then nothing but time.
    for _ in 0..3 {
        let before = history.now;
        let early: Vec<(RecordId, Option<Timestamp>)> = indexed(&live, before);
        history.pass(chance);
        let mut ask = Ask {
            live: &live,
            reference: &reference,
            now: history.now,
            tally: Tally::default(),
        };
        ask.everything(chance, 3)
            .and_then(|()| ask.index(&early, before))
            .unwrap_or_else(|message| {
                panic!("{name}: at {}: {message}\n{}", history.now, story(&log));
            });
        tally.add(ask.tally);
    }
    tally
}

fn indexed(live: &Live<'_>, now: Timestamp) -> Vec<(RecordId, Option<Timestamp>)> {
    let in_force = live.in_force();
    let moment = in_force.moment(now);
    let records = live.subject.records.iter();
    records
        .map(|held| (held.id, next_due(in_force, &live.subject, held, moment)))
        .collect()
}

fn story(log: &[(Timestamp, Event, bool)]) -> String {
    let lines = log.iter().map(|(at, event, taken)| {
        let taken = if *taken { "taken" } else { "refused" };
        format!("{at} {taken}: {event:?}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Questions to both at one moment.
struct Ask<'a> {
    live: &'a Live<'a>,
    reference: &'a Reference,
    now: Timestamp,
    tally: Tally,
}

impl Ask<'_> {
    fn everything(&mut self, chance: &mut Chance, requests: usize) -> Result<(), String> {
        let records = self.live.subject.records.iter();
        let likely: Vec<_> = records
            .flat_map(|held| held.grounds.iter().map(|ground| ground.purpose))
            .collect();
        for _ in 0..requests {
            let request = History::request(chance, self.live.in_force().policy(), &likely);
            self.request(request)?;
            self.tally.cases += 1;
        }
        self.due()
    }

    fn request(&mut self, request: Request) -> Result<(), String> {
        let in_force = self.live.in_force();
        let subject = &self.live.subject;
        let moment = in_force.moment(self.now);
        let decision = decide(in_force, subject, request, moment);
        let withheld = explain(in_force, subject, request, moment);
        let empty = Vec::new();
        let permitted: &[Permitted] = match &decision {
            Decision::Allowed(allowed) => allowed.permitted(),
            Decision::Refused(_) => &empty,
        };
        self.tally.allowed += u64::from(!permitted.is_empty());
        let mut usable = false;
        for held in &subject.records {
            let answer = self.reference.read(&request, held.id, self.now);
            usable |= matches!(answer, Answer::Read { .. });
            let yes = permitted.iter().find(|one| one.record == held.id);
            let no = withheld.iter().find(|one| one.record == held.id);
            if !request.categories.contains(held.category) {
                if yes.is_some() || no.is_some() {
                    return Err(format!("{} was not asked for: {request:?}", held.id));
                }
                continue;
            }
            let agree = match (&answer, yes) {
                (Answer::Read { fields, .. }, Some(yes)) => {
                    let rest = no.map_or(0, |no| no.fields);
                    yes.fields == *fields
                        && rest == held.fields & !fields
                        && yes.key == held.key
                        && until_agrees(&answer, yes)
                }
                (Answer::Withheld(whys), None) => {
                    no.is_some_and(|no| no.fields == held.fields && whys.contains(&why(no.rule)))
                }
                _ => false,
            };
            if !agree {
                return Err(format!(
                    "{}: the model says {answer:?}, the domain {yes:?} {no:?} to {request:?}",
                    held.id
                ));
            }
        }
        // Without a recipient in the way the same holds of contacting the person at all.
        let contact = may(in_force, subject, request.purpose, request.channel, moment);
        if usable && contact.is_err() {
            return Err(format!("it may be read, and not be used: {request:?}"));
        }
        Ok(())
    }

    fn due(&mut self) -> Result<(), String> {
        let in_force = self.live.in_force();
        let subject = &self.live.subject;
        let moment = in_force.moment(self.now);
        let due = due(in_force, subject, moment);
        let copy = decide_copy(in_force, subject, moment);
        let copied: Vec<RecordId> = match &copy {
            Decision::Allowed(allowed) => {
                allowed.permitted().iter().map(|one| one.record).collect()
            }
            Decision::Refused(_) => Vec::new(),
        };
        for held in &subject.records {
            let expected = self.reference.is_due(held.id, self.now);
            let found = due.iter().find(|due| due.record == held.id);
            if expected != found.is_some() {
                return Err(format!("{}: due {expected} by the model", held.id));
            }
            if copied.contains(&held.id) == (expected || held.tombstone) {
                return Err(format!("{}: copied {}", held.id, !expected));
            }
            let Some(found) = found else { continue };
            self.tally.due += 1;
            // A hold or a restriction moves the moment at which a ground is said to have ended.
            let plain = subject.holds.is_empty() && subject.restrictions.is_empty();
            let then = self.reference.then(held.id, self.now);
            if plain && then != found.then {
                return Err(format!("{}: {then:?} by the model, {found:?}", held.id));
            }
        }
        Ok(())
    }

    /// The sweep's index is never later than the truth.
    fn index(
        &self,
        early: &[(RecordId, Option<Timestamp>)],
        before: Timestamp,
    ) -> Result<(), String> {
        for (record, indexed) in early {
            let was = self.reference.is_due(*record, before);
            let is = self.reference.is_due(*record, self.now);
            if is && !was && indexed.is_none_or(|at| at > self.now) {
                return Err(format!("{record}: due, and indexed for {indexed:?}"));
            }
        }
        Ok(())
    }
}

fn until_agrees(answer: &Answer, yes: &Permitted) -> bool {
    let Answer::Read {
        bases,
        through,
        by_hold,
        ..
    } = answer
    else {
        return false;
    };
    let until = match yes.until {
        Term::Through(day) => !by_hold && *through == Some(day),
        Term::Waits(_) => !by_hold && through.is_none(),
        Term::Held(review) => *by_hold && review.is_some(),
    };
    until && bases.contains(&yes.basis)
}

fn why(rule: Rule) -> Why {
    match rule {
        Rule::Destroyed => Why::Destroyed,
        Rule::NotUsed { .. } => Why::NotUsed,
        Rule::Recipient { .. } => Why::Recipient,
        Rule::Hold { .. } => Why::Hold,
        Rule::Evidence { .. } => Why::Evidence,
        Rule::Restriction => Why::Restriction,
        Rule::NoGround { .. } => Why::NoGround,
        Rule::Term { .. } => Why::Term,
        Rule::Ended { .. } => Why::Ended,
        Rule::NotYet { .. } => Why::NotYet,
        Rule::NoTerm { .. } => Why::NoTerm,
        Rule::ConsentNeeded { .. } => Why::Consent,
        Rule::Source => Why::Source,
        Rule::NoBasis { .. } => Why::NoBasis,
        Rule::ContractNotOpen { .. } => Why::Contract,
        Rule::Objection { .. } => Why::Objection,
        other => panic!("{other:?} closes no reading"),
    }
}
