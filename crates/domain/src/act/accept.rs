//! The acceptance of one version of one document (3b).

use super::{Change, Effects, begin, refuse};
use crate::decide::Refusal;
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{Acceptance, Subject};
use crate::time::Moment;

/// Records that the person accepted a version of a document: that one, and no other version or
/// document (3b). Nothing becomes lawful by it: an acceptance is no consent (GDPR 7(2)).
///
/// # Errors
/// The [`Refusal`] when the acceptance lies in the future or its proof is not held; then nothing
/// has changed.
pub fn accept(
    in_force: &InForce,
    subject: &mut Subject,
    acceptance: Acceptance,
    moment: Moment,
) -> Result<Effects, Refusal> {
    if acceptance.accepted > moment.now {
        return refuse(Rule::InTheFuture);
    }
    let mut records = subject.records.iter();
    if !records.any(|held| held.id == acceptance.proof && !held.tombstone) {
        return refuse(Rule::Absent);
    }
    let mut effects = begin(in_force, subject, moment);
    subject.acceptances.push(acceptance);
    let change = Change::Accepted(acceptance.document, acceptance.version);
    effects.changes.push(change);
    Ok(effects)
}
