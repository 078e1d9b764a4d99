//! What programs can be told of: the name of each event, and the act of the journal that it tells of.

use domain::{Fault, FaultKind};
use journal::Act;

/// Every event, with what it tells of.
pub const EVENTS: [(&str, &str); 20] = [
    ("consent.given", "a person consented"),
    ("consent.withdrawn", "a consent was withdrawn"),
    ("document.accepted", "a person accepted a document"),
    ("fact.recorded", "something happened to a person"),
    ("hold.lifted", "a hold was lifted"),
    ("hold.placed", "a hold was placed"),
    ("objection.lifted", "an objection was taken back"),
    ("objection.made", "a person objected"),
    ("policy.applied", "a version of the policy came into force"),
    ("record.added", "data of a person was taken in"),
    ("record.corrected", "data of a person was put right"),
    ("record.expired", "data of a person went at its term"),
    ("restriction.lifted", "a restriction was lifted"),
    ("restriction.set", "processing was restricted"),
    ("subject.changed", "how a person is met was changed"),
    ("subject.created", "a person was taken in"),
    ("subject.erased", "a person's data was erased on request"),
    ("subject.linked", "a person was linked to an organisation"),
    ("subject.told", "a person was told of the policy"),
    (
        "subject.unlinked",
        "a person's link to an organisation ended",
    ),
];

/// The event that an act is told as, if it is told.
pub(super) const fn of(act: Act) -> Option<&'static str> {
    Some(match act {
        Act::SubjectAdded => "subject.created",
        Act::SubjectChanged => "subject.changed",
        Act::RecordWritten => "record.added",
        Act::RecordUpdated => "record.corrected",
        Act::Swept | Act::Anonymised => "record.expired",
        Act::FactRecorded | Act::FactSuperseded => "fact.recorded",
        Act::ConsentGiven => "consent.given",
        Act::ConsentWithdrawn => "consent.withdrawn",
        Act::ObjectionMade => "objection.made",
        Act::ObjectionLifted => "objection.lifted",
        Act::RestrictionSet => "restriction.set",
        Act::RestrictionLifted => "restriction.lifted",
        Act::HoldPlaced => "hold.placed",
        Act::HoldLifted => "hold.lifted",
        Act::Told => "subject.told",
        Act::DocumentAccepted => "document.accepted",
        Act::Erased => "subject.erased",
        Act::Linked => "subject.linked",
        Act::Unlinked => "subject.unlinked",
        _ => return None,
    })
}

/// The event of a policy that came into force.
pub(crate) const POLICY_APPLIED: &str = "policy.applied";

/// Whether there is such an event.
pub(super) fn check(name: &str) -> Result<(), Fault> {
    match EVENTS.iter().any(|(known, _)| *known == name) {
        true => Ok(()),
        false => {
            let known = EVENTS.map(|(name, _)| name).join(", ");
            Err(Fault::new(FaultKind::Invalid, "there is no such event")
                .remedy(format!("one of {known}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_that_is_told_can_be_asked_for_and_the_other_way_round() {
        let mut told: Vec<&str> = Act::ALL.iter().filter_map(|act| of(*act)).collect();
        told.push(POLICY_APPLIED);
        told.sort_unstable();
        told.dedup();
        assert_eq!(told, EVENTS.map(|(name, _)| name));
        assert!(check("subject.created").is_ok());
        assert!(check("subject.read").is_err());
    }
}
