//! Putting right what is held (GDPR 16, 12a). A record is never edited: one with the right values
//! takes its place, on the same grounds, and what was wrong is destroyed. No term moves.

use policy::model::{FieldId, PurposeSet};

use super::{Change, Effects, begin, refuse};
use crate::decide::Refusal;
use crate::events::View;
use crate::id::{KeyId, RecordId};
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{Held, Subject};
use crate::time::Moment;

/// A record with the right values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Replacement {
    /// The record that is wrong.
    pub wrong: RecordId,
    /// The record that takes its place.
    pub right: RecordId,
    /// The key that opens it.
    pub key: KeyId,
    /// The fields that it has a value for, as bits of the category's list.
    pub fields: u64,
}

/// Puts a record with the right values in the place of a wrong one, which is then to be destroyed.
///
/// # Errors
/// The [`Refusal`]: there is no such record, a hold keeps it as it is (10i), or no purpose that it
/// is held for needs a field that it has now (5b). Then nothing has changed.
pub fn correct(
    in_force: &InForce,
    subject: &mut Subject,
    replacement: Replacement,
    moment: Moment,
) -> Result<Effects, Refusal> {
    may_be_replaced(in_force, subject, replacement, moment)?;
    let mut effects = begin(in_force, subject, moment);
    // What had expired by then has ended for the one that comes, too.
    let Some(wrong) = held(subject, replacement.wrong) else {
        return refuse(Rule::NothingHeld);
    };
    let right = Held {
        id: replacement.right,
        fields: replacement.fields,
        recorded: moment.now,
        key: replacement.key,
        ..wrong.clone()
    };
    named_instead(subject, replacement);
    let purposes = right.grounds.iter().filter(|ground| ground.ended.is_none());
    effects.changes.push(Change::Collected(right.id));
    effects
        .changes
        .extend(purposes.map(|ground| Change::GroundAdded {
            record: right.id,
            purpose: ground.purpose,
            kind: ground.kind,
        }));
    subject.records.push(right);
    Ok(effects)
}

/// Whatever rests on the wrong record rests on the right one: what was derived from it (19b), the
/// consent or the acceptance that it proves (semantics, 16), the hold whose reason it states.
fn named_instead(subject: &mut Subject, replacement: Replacement) {
    let sources = subject.records.iter_mut();
    let sources = sources.flat_map(|held| &mut held.derived_from);
    let consents = subject.consents.iter_mut();
    let proofs = consents.filter_map(|consent| consent.proof.as_mut());
    let acceptances = subject.acceptances.iter_mut();
    let acceptances = acceptances.map(|acceptance| &mut acceptance.proof);
    let holds = subject.holds.iter_mut();
    let reasons = holds.filter_map(|hold| hold.reason.as_mut());
    for named in sources.chain(proofs).chain(acceptances).chain(reasons) {
        if *named == replacement.wrong {
            *named = replacement.right;
        }
    }
}

fn held(subject: &Subject, id: RecordId) -> Option<&Held> {
    let mut held = subject.records.iter().filter(|held| !held.tombstone);
    held.find(|held| held.id == id)
}

fn may_be_replaced(
    in_force: &InForce,
    subject: &Subject,
    replacement: Replacement,
    moment: Moment,
) -> Result<(), Refusal> {
    let Some(wrong) = held(subject, replacement.wrong) else {
        return refuse(Rule::NothingHeld);
    };
    if let Some(hold) = View::new(in_force, subject, moment).holds(wrong).next() {
        return refuse(Rule::Hold {
            purpose: hold.purpose,
        });
    }
    let new = replacement.fields & !wrong.fields;
    match not_needed(in_force, wrong, new) {
        Some(field) => refuse(Rule::FieldNotNeeded { field }),
        None => Ok(()),
    }
}

/// The first of some fields that no purpose needs that the record is held for.
fn not_needed(in_force: &InForce, held: &Held, fields: u64) -> Option<FieldId> {
    let tables = &in_force.policy().tables;
    let living = held.grounds.iter().filter(|ground| ground.ended.is_none());
    let purposes: PurposeSet = living.map(|ground| ground.purpose).collect();
    let needed = purposes.iter().fold(0, |needed, purpose| {
        needed | tables.use_fields[purpose.index()][held.category.index()]
    });
    let idle = fields & !needed;
    let field = u8::try_from(idle.trailing_zeros()).ok()?;
    (idle != 0).then_some(FieldId {
        category: held.category,
        field,
    })
}
