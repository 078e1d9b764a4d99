//! What is due: held by nothing any more.

use jiff::Timestamp;
use policy::model::{Basis, ProjectionId, PurposeId, Then};

use crate::calendar;
use crate::decide::{Access, Decision, Permitted, Refusal, allow};
use crate::events::View;
use crate::id::RecordId;
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{EndedBy, Ground, Held, Subject};
use crate::term::{End, Term, Verdict};
use crate::time::Moment;

/// A record that nothing keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// Which one.
    pub record: RecordId,
    /// What becomes of it (10h).
    pub then: Then,
    /// Which rule says so: of the ground that ended last.
    pub rule: Rule,
}

/// The records of a person that nothing keeps at a moment: no live ground, no hold, no
/// restriction.
#[must_use]
pub fn due(in_force: &InForce, subject: &Subject, moment: Moment) -> Vec<Due> {
    let view = View::new(in_force, subject, moment);
    subject
        .records
        .iter()
        .filter(|held| !held.tombstone && !view.kept(held))
        .map(|held| view.due(held))
        .collect()
}

/// Decides the opening of a record that is due, for adding it to its projection before it is
/// destroyed (10h).
#[must_use]
pub fn decide_anonymise(
    in_force: &InForce,
    subject: &Subject,
    record: RecordId,
    moment: Moment,
) -> Decision {
    let view = View::new(in_force, subject, moment);
    let found = due(in_force, subject, moment)
        .into_iter()
        .find(|due| due.record == record)
        .zip(subject.records.iter().find(|held| held.id == record));
    let Some((due, held)) = found else {
        return Decision::Refused(Refusal {
            rule: Rule::NothingHeld,
        });
    };
    let Then::Anonymise(projection) = due.then else {
        return Decision::Refused(Refusal { rule: due.rule });
    };
    let permitted = Permitted {
        record,
        key: held.key,
        category: held.category,
        fields: held.fields & projected(in_force, projection, held),
        basis: Basis::LegitimateInterests,
        rule: match due.rule {
            Rule::Term { rule, .. } => Some(rule),
            _ => None,
        },
        until: Term::Through(moment.today),
        kinds: held.grounds.iter().map(|ground| ground.kind).collect(),
    };
    allow(Access::Project(projection), view, vec![permitted], due.rule)
}

/// The fields of a record that a projection counts by.
fn projected(in_force: &InForce, projection: ProjectionId, held: &Held) -> u64 {
    use policy::model::Dimension;
    let by = &in_force.policy().projections[projection.index()].by;
    by.iter().fold(0, |mask, dimension| match dimension {
        Dimension::Decade(field) | Dimension::Value(field) if field.category == held.category => {
            mask | 1 << field.field
        }
        Dimension::Decade(_)
        | Dimension::Value(_)
        | Dimension::Kind
        | Dimension::YearOfCollection
        | Dimension::Origin => mask,
    })
}

/// The earliest moment at which a record may be due, by what is known now: the index that the
/// sweep goes by. `None` while it waits for a fact or is held. It is never later than the truth.
#[must_use]
pub fn next_due(
    in_force: &InForce,
    subject: &Subject,
    held: &Held,
    moment: Moment,
) -> Option<Timestamp> {
    let view = View::new(in_force, subject, moment);
    if held.tombstone || !view.kept(held) {
        return Some(moment.now);
    }
    if view.kept_for_now(held) {
        return None;
    }
    // What falls with its source may be due when the source is.
    let sources = held.derived_from.iter().filter_map(|source| {
        let source = subject.records.iter().find(|held| held.id == *source)?;
        next_due(in_force, subject, source, moment)
    });
    view.last_end(held).into_iter().chain(sources).min()
}

impl View<'_> {
    fn due(&self, held: &Held) -> Due {
        let erased = held.grounds.iter().find_map(|ground| {
            let by = ground.ended.map(|ended| ended.by)?;
            matches!(by, EndedBy::Erasure(_)).then_some(Rule::Ended {
                purpose: ground.purpose,
                by,
            })
        });
        // An erasure on request adds to no statistic (semantics, 13).
        if let Some(rule) = erased {
            return Due {
                record: held.id,
                then: Then::Delete,
                rule,
            };
        }
        // The ground that ended last decides; of several at one moment, deletion wins.
        let ends: Vec<(Timestamp, Rule)> = held
            .grounds
            .iter()
            .map(|ground| self.ended(held, ground))
            .collect();
        let last = ends.iter().map(|(at, _)| *at).max();
        let mut deciding = ends
            .iter()
            .filter(|(at, _)| Some(*at) == last)
            .map(|(_, rule)| (*rule, self.then(held, *rule)));
        let first = deciding.next().unwrap_or((Rule::NothingHeld, Then::Delete));
        let (rule, then) = deciding.fold(first, |decided, next| match decided.1 {
            Then::Delete => decided,
            Then::Anonymise(_) if next.1 == decided.1 => decided,
            Then::Anonymise(_) => (next.0, Then::Delete),
        });
        Due {
            record: held.id,
            then,
            rule,
        }
    }

    /// What becomes of a record by the rule that ended its last ground: only a term gives to a
    /// projection, and a projection counts its own category alone.
    fn then(&self, held: &Held, rule: Rule) -> Then {
        let Rule::Term { rule, .. } = rule else {
            return Then::Delete;
        };
        let policy = self.in_force.policy();
        match policy.rules[rule.index()].then {
            Then::Anonymise(projection)
                if policy.projections[projection.index()].of != held.category =>
            {
                Then::Delete
            }
            then => then,
        }
    }

    /// When a ground that is over ended, and by which rule: the retention rule where it was its
    /// term.
    fn ended(&self, held: &Held, ground: &Ground) -> (Timestamp, Rule) {
        let purpose = ground.purpose;
        match (ground.ended, self.end(held, ground)) {
            (Some(ended), _) if ended.by == EndedBy::Term => {
                let rule = self.in_force.rule(purpose, ground.kind, held.category);
                let rule = rule.map(|rule| Rule::Term {
                    rule,
                    version: self.in_force.policy().version,
                });
                let none = Rule::NoTerm {
                    purpose,
                    category: held.category,
                };
                (ended.at, rule.unwrap_or(none))
            }
            (_, End::Over { at, rule }) => (at, rule),
            (_, End::Lives { .. }) => (self.moment.now, Rule::NotYet { purpose }),
        }
    }

    /// When the last of the live grounds may end; `None` if one of them waits.
    fn last_end(&self, held: &Held) -> Option<Timestamp> {
        let mut last = None;
        for ground in &held.grounds {
            if self.live(held, ground).is_ok() {
                last = last.max(Some(self.next_end(held, ground)?));
            }
        }
        last
    }

    /// When a live ground may end, by what is known now; `None` if only an act can end it.
    fn next_end(&self, held: &Held, ground: &Ground) -> Option<Timestamp> {
        let zone = self.in_force.zone();
        let term = self
            .term(held, ground)
            .and_then(|ruled| match ruled.verdict {
                Verdict::Waits(_) => None,
                verdict => verdict.moment(self.in_force),
            });
        let consent = self
            .consent_alone(ground.purpose, ground.kind)
            .then(|| self.next_consent_end(ground.purpose))
            .flatten();
        let line = self
            .next_dated_line(ground.purpose)
            .map(|day| calendar::start_of(day, zone));
        [term, consent, line, self.next_planned()]
            .into_iter()
            .flatten()
            .min()
    }

    /// The first end of a live consent, or of the proof that one hangs on.
    fn next_consent_end(&self, purpose: PurposeId) -> Option<Timestamp> {
        let now = self.moment.now;
        let consents = self
            .subject
            .consents
            .iter()
            .filter(|consent| consent.purpose == purpose);
        consents
            .flat_map(|consent| {
                let proof = consent.proof.and_then(|proof| {
                    let held = self.subject.records.iter().find(|held| held.id == proof)?;
                    let ends = held
                        .grounds
                        .iter()
                        .filter(|ground| self.in_term(held, ground))
                        .filter_map(|ground| {
                            self.term(held, ground)?.verdict.moment(self.in_force)
                        });
                    ends.min()
                });
                [self.consent_end(consent), proof]
            })
            .flatten()
            .filter(|end| *end > now)
            .min()
    }

    /// The next planned thing that may move a term: a fact, the end of a link.
    fn next_planned(&self) -> Option<Timestamp> {
        let now = self.moment.now;
        let facts = self
            .subject
            .facts
            .iter()
            .chain(&self.subject.organisation_facts);
        let facts = facts
            .filter(|fact| fact.superseded_by.is_none())
            .map(|fact| fact.happened);
        let links = self.subject.links.iter().filter_map(|link| link.until);
        let links = links.map(|until| calendar::end_of(until, self.in_force.zone()));
        facts.chain(links).filter(|at| *at > now).min()
    }
}
