//! Putting right what is held about a person (GDPR 16): on line by themselves, the fields that the
//! policy lets them (12a); by staff, on a request.

use domain::act::correct::{Replacement, correct};
use domain::decide::{Decision, Refusal, decide_correction};
use domain::subject::Held;
use domain::value::Payload;
use domain::{ActorKind, Fault, FaultKind, Personal, RecordId, Rule, SubjectId};
use door::{Loaded, NewValues, UNSEALED};
use journal::{Act, Destination};
use policy::authorisation::Action;
use policy::model::{CategoryId, FieldId};

use crate::act::{Acted, Acting, Before, Decided, TRIES_MAX, as_seen, keeps_changing, refused};
use crate::collect::look_ups;
use crate::kept::{Kept, nobody};
use crate::law::Law;
use crate::refused::Tried;

/// What is right about one record.
#[derive(Clone)]
pub struct Correction {
    /// The record that is wrong.
    pub record: RecordId,
    /// The fields that are put right, with their values; the others stay as they are.
    pub values: Personal<Payload>,
    /// The fields that hold nothing any more.
    pub cleared: Vec<u8>,
}

/// What was put right.
#[derive(Debug)]
pub struct Corrected {
    /// The record that took the place of the wrong one; that one, where nothing had to change.
    pub record: RecordId,
    /// The act; none where what is held says so already.
    pub acted: Option<Acted>,
}

impl Correction {
    /// The fields that it is about.
    fn fields(&self) -> Vec<u8> {
        let values = self.values.disclose().0.keys();
        values.chain(&self.cleared).copied().collect()
    }

    /// What is held, put right.
    fn applied_to(&self, held: &Personal<Payload>) -> Personal<Payload> {
        let mut payload = held.disclose().clone();
        for (field, value) in &self.values.disclose().0 {
            payload.0.insert(*field, value.clone());
        }
        for field in &self.cleared {
            payload.0.remove(field);
        }
        Personal::new(payload)
    }
}

impl Kept {
    /// Puts some values of a record right, at once for every use. A record is never edited: another
    /// takes its place, on the same grounds, and the wrong one is destroyed with its key. A person
    /// changes the fields that the policy lets them, and no others (12a).
    ///
    /// # Errors
    /// [`FaultKind::Refused`] with the rule that keeps it as it is, [`FaultKind::Absent`] when there
    /// is no such record, [`FaultKind::Invalid`] when nothing would be left of it.
    pub fn correct(
        &self,
        id: SubjectId,
        correction: &Correction,
        acting: &Acting,
    ) -> Result<Corrected, Fault> {
        for _ in 0..TRIES_MAX {
            let (law, moment) = (self.law(), self.moment()?);
            let loaded = self.person(id, &law)?;
            as_seen(&loaded.subject, &acting.actor)?;
            let wrong = record_of(&loaded, correction.record)?.clone();
            let category = wrong.category;
            let tried = Tried {
                categories: vec![category],
                ..Tried::of(Action::Correct)
            };
            let turned_away =
                |fault| self.refused_write(fault, Some(id), &tried, acting, (&law, moment));
            let fields = correction.fields();
            may_change(&law, category, &fields, acting.actor.kind)
                .map_err(|rule| turned_away(refused(Refusal { rule }, &law)))?;
            let bits = fields.iter().fold(0, |bits, field| bits | 1 << field);
            let by = (&acting.actor, moment);
            self.permit_correction(&law, &loaded.subject, &wrong, bits, by)
                .map_err(turned_away)?;
            let mut subject = loaded.subject.clone();
            let (before, right) = (
                Before::of(&subject),
                RecordId::new(moment.now, self.vault.entropy()),
            );
            let Decision::Allowed(allowed) =
                decide_correction(&law.in_force, &subject, correction.record, moment)
            else {
                return Err(turned_away(no_record()));
            };
            let allowed = match self.bound(&acting.actor, Action::Correct, &law)? {
                Some(bound) => bound.carry_out(allowed),
                None => allowed,
            };
            let Some((opened, _)) =
                self.open_allowed(allowed, loaded, &acting.actor, Destination::None, &law)?
            else {
                continue;
            };
            let held = opened.first().ok_or_else(nobody)?;
            let values = correction.applied_to(&held.values);
            if values.disclose() == held.values.disclose() {
                return Ok(Corrected {
                    record: correction.record,
                    acted: None,
                });
            }
            let fields = values.disclose().fields();
            if fields == 0 {
                return Err(nothing_left());
            }
            let replacement = Replacement {
                wrong: correction.record,
                right,
                key: UNSEALED,
                fields,
            };
            let effects = correct(&law.in_force, &mut subject, replacement, moment)
                .map_err(|refusal| turned_away(refused(refusal, &law)))?;
            let mut detail = self.detail(Act::RecordUpdated, &acting.actor, moment, &law);
            detail.subject = Some(id.0);
            detail.records = vec![right.0, correction.record.0];
            detail.categories = vec![law.names.category.number(category)];
            let decided = Decided {
                effects,
                seal: vec![NewValues {
                    record: right,
                    look_ups: look_ups(&law, category, &values),
                    values,
                    unique: None,
                    instead_of: Some(correction.record),
                }],
                details: vec![detail],
                ..Decided::default()
            };
            let (mut change, effects, destroyed) =
                self.change(&law, subject, Some(before), decided, acting, moment);
            change.changed.retain(|record| *record != correction.record);
            change.destroy.retain(|record| *record != correction.record);
            change.destroy.push(correction.record);
            let receipt = match acting.dry_run {
                true => None,
                false => match self.commit(&law, change, acting, moment) {
                    Ok(receipts) => receipts.first().copied(),
                    Err(fault) if fault.kind == FaultKind::Conflict => continue,
                    Err(fault) => return Err(fault),
                },
            };
            return Ok(Corrected {
                record: right,
                acted: Some(Acted {
                    receipt,
                    effects,
                    destroyed,
                }),
            });
        }
        Err(keeps_changing())
    }
}

/// Whether somebody may change these fields: a person those that the policy lets them, and no more;
/// whoever acts for the controller all that is declared.
fn may_change(
    law: &Law,
    category: CategoryId,
    fields: &[u8],
    actor: ActorKind,
) -> Result<(), Rule> {
    let declared = &law.policy().category(category).fields;
    for &field in fields {
        let Some(it) = declared.get(usize::from(field)) else {
            return Err(Rule::UndeclaredField { category });
        };
        if actor == ActorKind::Person && !it.correctable {
            return Err(Rule::NotCorrectable {
                field: FieldId { category, field },
            });
        }
    }
    Ok(())
}

fn record_of(loaded: &Loaded, record: RecordId) -> Result<&Held, Fault> {
    let held = loaded.subject.records.iter();
    held.filter(|held| !held.tombstone)
        .find(|held| held.id == record)
        .ok_or_else(no_record)
}

pub(crate) fn no_record() -> Fault {
    Fault::new(FaultKind::Absent, "the person has no such record")
        .remedy("look at what is held: a record that was put right has another identifier")
}

fn nothing_left() -> Fault {
    Fault::new(FaultKind::Invalid, "nothing would be left of this record")
        .remedy("leave it a value, or ask for its erasure")
}
