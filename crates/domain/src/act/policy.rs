//! A changed policy takes effect (semantics, 3 and 4; 26a).

use super::{Effects, latch};
use crate::dossier::{
    decode_dossier, decode_held, decode_organisation, encode_dossier, encode_held,
    encode_organisation,
};
use crate::id::RecordId;
use crate::in_force::InForce;
use crate::names::Names;
use crate::subject::{Held, Subject};
use crate::time::Moment;
use crate::{Fault, FaultKind};

/// A policy in force with the numbers of its names.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The policy.
    pub in_force: &'a InForce,
    /// Its names.
    pub names: &'a Names,
}

/// A person under a new policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// The person, in the ids of the new policy.
    pub subject: Subject,
    /// What ended: first by the old policy, then by the new one, which shortens at once.
    pub effects: Effects,
    /// Records of categories that the new policy does not declare: nothing keeps them any more.
    pub gone: Vec<RecordId>,
}

/// Takes a person from one policy to the next: what had expired under the old one is ended, then
/// what the new one shortens. What it lengthens waits for the person to be told.
///
/// # Errors
/// [`FaultKind::Refused`] when the new policy lacks what must not be lost: the purpose of a hold,
/// an origin or a processor of a record that is kept.
pub fn apply_policy(
    old: Named<'_>,
    new: Named<'_>,
    subject: &Subject,
    moment: Moment,
) -> Result<Applied, Fault> {
    let mut subject = subject.clone();
    subject.version += 1;
    let mut changes = latch(old.in_force, &mut subject, moment);
    let dossier = encode_dossier(&subject, old.names);
    let facts = encode_organisation(&subject.organisation_facts, old.names);
    let lost = |_| {
        Fault::new(
            FaultKind::Refused,
            "the new policy lacks the purpose of a hold that is in force",
        )
        .remedy("lift the hold first, or keep the purpose")
    };
    let mut translated =
        decode_dossier(subject.id, subject.version, &dossier, new.names).map_err(lost)?;
    translated.organisation_facts = decode_organisation(&facts, new.names)?;
    let mut gone = Vec::new();
    for held in &subject.records {
        match translate(held, old.names, new.names)? {
            Some(held) => translated.records.push(held),
            None => gone.push(held.id),
        }
    }
    changes.extend(latch(new.in_force, &mut translated, moment));
    Ok(Applied {
        subject: translated,
        effects: Effects { changes },
        gone,
    })
}

/// A record in the ids of the new policy; `None` if its category is gone.
fn translate(held: &Held, old: &Names, new: &Names) -> Result<Option<Held>, Fault> {
    let Some(category) = new.category.id(old.category.number(held.category)) else {
        return Ok(None);
    };
    let lost = |what: &str| {
        Fault::new(
            FaultKind::Refused,
            format!("the new policy lacks {what} of a record that is held"),
        )
        .remedy("keep its name in the policy, or rename it with `was`")
    };
    let origin = old.origin.number(held.origin);
    if new.origin.id(origin).is_none() {
        return Err(lost("the origin"));
    }
    let processor = held.processor.map(|id| old.processor.number(id));
    if processor.is_some_and(|number| new.processor.id(number).is_none()) {
        return Err(lost("the processor"));
    }
    let bytes = encode_held(held, old);
    decode_held(&bytes, new, held.id, category, held.key, held.tombstone).map(Some)
}
