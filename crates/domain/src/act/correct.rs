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
    let right = replaced(in_force, subject, replacement, moment)?;
    let mut effects = begin(in_force, subject, moment);
    for held in &mut subject.records {
        for source in &mut held.derived_from {
            if *source == replacement.wrong {
                *source = replacement.right;
            }
        }
    }
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

fn replaced(
    in_force: &InForce,
    subject: &Subject,
    replacement: Replacement,
    moment: Moment,
) -> Result<Held, Refusal> {
    let held = subject.records.iter();
    let found = held
        .filter(|held| !held.tombstone)
        .find(|held| held.id == replacement.wrong);
    let Some(wrong) = found else {
        return refuse(Rule::NothingHeld);
    };
    if let Some(hold) = View::new(in_force, subject, moment).holds(wrong).next() {
        return refuse(Rule::Hold {
            purpose: hold.purpose,
        });
    }
    let new = replacement.fields & !wrong.fields;
    if let Some(field) = not_needed(in_force, wrong, new) {
        return refuse(Rule::FieldNotNeeded { field });
    }
    Ok(Held {
        id: replacement.right,
        fields: replacement.fields,
        recorded: moment.now,
        key: replacement.key,
        ..wrong.clone()
    })
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
