//! Selecting people for a purpose, and single records: what is found, what is opened, and what the
//! traces say.

use std::collections::BTreeSet;

use domain::decide::Request;
use domain::subject::ObjectedTo;
use domain::{FaultKind, SubjectId};
use journal::Destination;
use policy::model::{CategorySet, ErasureGround};
use services::Kept;
use services::select::Selection;

use crate::common::{House, acting};

fn request(kept: &Kept) -> Request {
    let law = kept.law();
    Request {
        recipient: law.policy().recipient_named("client-relations").unwrap(),
        purpose: law.policy().purpose_named("contact-relations").unwrap(),
        channel: None,
        categories: CategorySet(u128::MAX),
    }
}

fn everybody(kept: &Kept) -> Selection {
    Selection {
        request: request(kept),
        objecting_to: None,
    }
}

/// What a selection opens, by person.
fn read(kept: &Kept, selection: Selection) -> BTreeSet<SubjectId> {
    let mut found = BTreeSet::new();
    let selected = kept
        .read_selected(
            selection,
            &acting().actor,
            Destination::File,
            &mut |id, opened| {
                assert_eq!(opened.len(), 1);
                found.insert(id);
            },
        )
        .unwrap();
    assert_eq!(selected.people, found.len() as u64);
    found
}

fn acts(kept: &Kept, id: SubjectId) -> Vec<&'static str> {
    let trace = kept
        .trace(id, &acting().actor, Destination::Screen)
        .unwrap();
    trace.acts.iter().map(|act| act.act).collect()
}

#[test]
fn those_whose_data_is_open_are_counted_listed_and_read_and_find_it_in_their_traces() {
    let house = House::new("2026-03-01T09:00:00Z");
    let kept = &house.kept;
    let (anne, bruno) = (house.add_contact("Anne"), house.add_contact("Bruno"));
    let actor = acting().actor;
    let selection = everybody(kept);
    let counted = kept.count_selected(selection, &actor).unwrap();
    assert_eq!((counted.people, counted.records), (2, 2));
    let (listed, _) = kept
        .list_selected(selection, &actor, Destination::Screen)
        .unwrap();
    assert_eq!(BTreeSet::from_iter(listed), BTreeSet::from([anne, bruno]));
    assert_eq!(read(kept, selection), BTreeSet::from([anne, bruno]));
    for id in [anne, bruno] {
        let acts = acts(kept, id);
        assert!(
            acts.contains(&"looked-up") && acts.contains(&"read"),
            "{acts:?}"
        );
    }

    // Whoever comes or goes meanwhile is found, or is not.
    let chloe = house.add_contact("Chloe");
    let reason = ErasureGround::NoLongerNecessary;
    kept.forget(anne, reason, None, &acting()).unwrap();
    assert_eq!(read(kept, selection), BTreeSet::from([bruno, chloe]));

    // Past their term nobody is open; the empty reading is in the journal all the same.
    house.move_to("2036-03-01T09:00:00Z");
    let before = kept.recent(1, &actor, Destination::Screen).unwrap().receipt;
    assert_eq!(read(kept, selection), BTreeSet::new());
    let last = kept.recent(1, &actor, Destination::Screen).unwrap();
    assert_eq!(last.acts[0].act, "read");
    assert_eq!(last.receipt, before + 2);
}

#[test]
fn those_who_object_to_a_use_are_found_by_it_until_they_take_it_back() {
    let house = House::new("2026-03-01T09:00:00Z");
    let kept = &house.kept;
    let (anne, bruno) = (house.add_contact("Anne"), house.add_contact("Bruno"));
    let law = kept.law();
    let other = law.policy().purpose_named("service-improvement").unwrap();
    let objecting = Selection {
        objecting_to: Some(other),
        ..everybody(kept)
    };
    assert_eq!(read(kept, objecting), BTreeSet::new());
    let to = ObjectedTo::Purpose(other);
    kept.object(anne, to, None, &acting()).unwrap();
    assert_eq!(read(kept, objecting), BTreeSet::from([anne]));
    kept.lift_objection(anne, to, &acting()).unwrap();
    kept.object(bruno, to, None, &acting()).unwrap();
    assert_eq!(read(kept, objecting), BTreeSet::from([bruno]));
    assert_eq!(read(kept, everybody(kept)), BTreeSet::from([anne, bruno]));
}

#[test]
fn one_record_is_read_and_erased_and_the_others_are_left_alone() {
    let house = House::new("2026-03-01T09:00:00Z");
    let kept = &house.kept;
    let anne = house.add_contact("Anne");
    let more = house.more(anne, "Anne-Marie");
    let actor = acting().actor;
    let records = || -> Vec<_> {
        let shown = kept.show(anne, &actor, Destination::Screen).unwrap();
        shown.subject.records.iter().map(|held| held.id).collect()
    };
    let held = records();
    assert_eq!(held.len(), 2);
    let reading = kept
        .read_record(anne, more, request(kept), &actor, Destination::Screen)
        .unwrap();
    assert_eq!(reading.opened.len(), 1);
    assert_eq!(reading.opened[0].permitted.record, more);

    let reason = ErasureGround::NoLongerNecessary;
    let forgotten = kept
        .forget_records(anne, reason, &[more], &acting())
        .unwrap();
    assert_eq!(forgotten.acted.destroyed, [more]);
    assert_eq!(records().len(), 1);
    assert!(!records().contains(&more));
    let gone = kept.forget_records(anne, reason, &[more], &acting());
    assert_eq!(gone.unwrap_err().kind, FaultKind::Absent);
    let refused = kept.read_record(anne, more, request(kept), &actor, Destination::Screen);
    let refused = refused.err().unwrap();
    assert_eq!(refused.kind, FaultKind::Refused);
    assert!(house.read_contact(anne).is_ok());
}
