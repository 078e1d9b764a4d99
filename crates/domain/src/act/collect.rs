//! Taking a record in.

use super::{Change, Effects, begin};
use crate::collect::{Collection, decide_collection};
use crate::decide::Refusal;
use crate::id::{KeyId, RecordId};
use crate::in_force::InForce;
use crate::subject::{Held, Role, Subject};
use crate::time::Moment;

/// What a new record is called and came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRecord {
    /// The record.
    pub id: RecordId,
    /// The key that opens it.
    pub key: KeyId,
    /// The records that it was derived from (19b).
    pub derived_from: Vec<RecordId>,
}

/// Holds a new record on the grounds that [`decide_collection`] gives.
///
/// # Errors
/// The [`Refusal`] of the collection; then nothing has changed.
pub fn collect(
    in_force: &InForce,
    subject: &mut Subject,
    collection: &Collection,
    record: NewRecord,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let new = decide_collection(in_force, subject, collection, &record.derived_from, moment)?;
    let mut effects = begin(in_force, subject, moment);
    if new.begins_role {
        let since = crate::calendar::date_of(collection.collected, in_force.zone());
        subject.roles.push(Role {
            kind: collection.kind,
            since,
            until: None,
        });
        effects.changes.push(Change::RoleBegun {
            kind: collection.kind,
            since,
        });
    }
    effects.changes.push(Change::Collected(record.id));
    for ground in &new.grounds {
        effects.changes.push(Change::GroundAdded {
            record: record.id,
            purpose: ground.purpose,
            kind: ground.kind,
        });
    }
    subject.records.push(Held {
        id: record.id,
        category: collection.category,
        fields: collection.fields,
        collected: collection.collected,
        recorded: moment.now,
        origin: collection.origin,
        brought_by: collection.brought_by.clone(),
        processor: collection.processor,
        matter: collection.matter,
        policy_version: in_force.policy().version,
        grounds: new.grounds,
        derived_from: record.derived_from,
        key: record.key,
        tombstone: false,
    });
    Ok(effects)
}
