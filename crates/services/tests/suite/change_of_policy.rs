//! A changed policy: what it would do, and that it does just that.

use crate::common::{House, acting};
use domain::FaultKind;
use services::plan::{Candidate, Fate};

/// The default policy as a later version, with the term of contacts changed.
pub(crate) fn changed(house: &House, version: u32, keep: &str) -> Candidate {
    let source = crate::common::default_policy()
        .replacen("version = 1", &format!("version = {version}"), 1)
        .replacen(
            "smallest-group",
            "reason = { en = \"Shorter terms.\", fr = \"Durées réduites.\" }\nsmallest-group",
            1,
        );
    let rule = source.find("name = \"10d\"").unwrap();
    let (before, after) = source.split_at(rule);
    let after = after.replacen("keep = \"5 years\"", &format!("keep = \"{keep}\""), 1);
    Candidate::new(format!("{before}{after}"), &house.kept.law()).unwrap()
}

fn fate_of_contacts(house: &House, candidate: &Candidate) -> Fate {
    let plan = house.kept.plan(candidate, &acting(), &mut |_| {}).unwrap();
    let found = plan
        .records
        .iter()
        .find(|(group, _)| group.category == "identity");
    *found.unwrap().1
}

#[test]
fn a_shorter_term_applies_at_once() {
    let house = House::new("2026-03-01T09:00:00Z");
    let id = house.add_contact("Tréguier");
    house.move_to("2028-06-01T09:00:00Z");

    let shorter = changed(&house, 2, "2 years");
    assert_eq!(
        fate_of_contacts(&house, &shorter),
        Fate {
            at_once: 1,
            ..Fate::default()
        }
    );
    house.read_contact(id).unwrap();

    house.kept.apply(&shorter, &acting(), &mut |_| {}).unwrap();
    assert_eq!(house.kept.law().policy().version, 2);
    assert_eq!(
        house.read_contact(id).err().unwrap().kind,
        FaultKind::Refused
    );
    let swept = house.kept.sweep(&acting(), &mut |_| {}).unwrap();
    assert_eq!((swept.records(), swept.people), (1, 1));
}

#[test]
fn a_longer_term_waits_until_the_person_was_told_and_revives_nothing() {
    let house = House::new("2026-03-01T09:00:00Z");
    let id = house.add_contact("Tréguier");
    let longer = changed(&house, 2, "6 years");
    assert_eq!(
        fate_of_contacts(&house, &longer),
        Fate {
            same: 1,
            ..Fate::default()
        }
    );
    house.kept.apply(&longer, &acting(), &mut |_| {}).unwrap();

    house.move_to("2031-03-01T22:59:00Z");
    house.read_contact(id).unwrap();
    house.move_to("2031-03-02T09:00:00Z");
    assert!(
        house.read_contact(id).is_err(),
        "five years were promised when it was collected"
    );

    let back = changed(&house, 3, "5 years");
    house.kept.apply(&back, &acting(), &mut |_| {}).unwrap();
    assert!(house.read_contact(id).is_err());
}

#[test]
fn a_dry_run_of_apply_changes_nothing() {
    let house = House::new("2026-03-01T09:00:00Z");
    house.add_contact("Tréguier");
    let shorter = changed(&house, 2, "2 years");
    let mut acting = acting();
    acting.dry_run = true;
    house.kept.apply(&shorter, &acting, &mut |_| {}).unwrap();
    assert_eq!(house.kept.law().policy().version, 1);
}

#[test]
fn an_origin_that_is_taken_away_destroys_nobodys_data() {
    let house = House::new("2026-03-01T09:00:00Z");
    let id = house.add_contact("Tréguier");
    let source = crate::common::default_policy()
        .replacen("version = 1", "version = 2", 1)
        .replacen(
            "smallest-group",
            "reason = { en = \"Renamed.\", fr = \"Renommé.\" }\nsmallest-group",
            1,
        )
        .replace(
            "[origins.business-card]",
            "[origins.visiting-card]\nwas = \"none\"",
        )
        .replace("origin = \"business-card\"", "origin = \"visiting-card\"");
    let candidate = Candidate::new(source, &house.kept.law()).unwrap();

    let plan = house.kept.plan(&candidate, &acting(), &mut |_| {}).unwrap();
    assert_eq!(plan.obstacles["origins.business-card"].count, 1);
    let refused = house
        .kept
        .apply(&candidate, &acting(), &mut |_| {})
        .unwrap_err();
    assert_eq!(refused.kind, FaultKind::Refused);
    assert!(
        refused.message.contains("origins.business-card"),
        "{refused}"
    );
    house.read_contact(id).unwrap();
}
