//! Announcements that a crash interrupts before everybody is in the outbox.

use std::panic::{AssertUnwindSafe, catch_unwind};

use services::Kept;
use services::announce::AnnouncementStatus;
use services::plan::Candidate;

use crate::common::{House, acting, default_policy};

/// The default policy as a later version, with or without a way of telling people.
fn version(house: &House, number: u32, years: u32, tells: bool) -> Candidate {
    let mut source = default_policy()
        .replacen("version = 1", &format!("version = {number}"), 1)
        .replacen(
            "smallest-group",
            "reason = { en = \"Longer terms.\", fr = \"Durées allongées.\" }\nsmallest-group",
            1,
        );
    let rule = source.find("name = \"10d\"").unwrap();
    let keep = format!("keep = \"{years} years\"");
    source = format!(
        "{}{}",
        &source[..rule],
        source[rule..].replacen("keep = \"5 years\"", &keep, 1)
    );
    if !tells {
        let begins = source.find("\n[announcements]").unwrap();
        let ends = begins + source[begins..].find("\n# 10c").unwrap();
        source.replace_range(begins..ends, "");
    }
    Candidate::new(source, &house.kept.law()).unwrap()
}

fn status(kept: &Kept, version: u32) -> AnnouncementStatus {
    let mut versions = kept.announcement_status().unwrap().versions.into_iter();
    versions.find(|one| one.version == version).unwrap()
}

#[test]
fn an_announcement_that_was_interrupted_goes_on_and_puts_nobody_in_twice() {
    let house = House::new("2026-03-01T09:00:00Z");
    for surname in ["Tréguier", "Vasseur", "Garnier"] {
        house.add_contact(surname);
    }
    for (number, tells) in [(2, false), (3, true)] {
        let next = version(&house, number, 4 + number, tells);
        let applied = house.kept.apply(&next, &acting(), &mut |_| {}).unwrap();
        assert_eq!(applied.announced, tells.then_some(3));
    }
    // The second version was not announced when it came into force; now it is, and the process
    // ends after the first people, before all were looked at.
    let interrupted = catch_unwind(AssertUnwindSafe(|| {
        house
            .kept
            .announce(Some(2), &acting(), &mut |_| panic!("the power is cut"))
    }));
    assert!(interrupted.is_err());
    let before = status(&house.kept, 2);
    assert!(!before.whole && before.people == 3, "{before:?}");
    let House { kept, folder } = house;
    drop(kept);
    let kept = Kept::open(&folder.path().join("kept"), None).unwrap();
    assert_eq!(kept.go_on_announcing(&acting(), &mut |_| {}).unwrap(), 0);
    let after = status(&kept, 2);
    assert!(after.whole);
    assert_eq!((after.people, after.waiting), (3, 3));
    assert_eq!(kept.announce(Some(2), &acting(), &mut |_| {}).unwrap(), 0);
    assert_eq!(kept.announcement_status().unwrap().waiting, 6);
}
