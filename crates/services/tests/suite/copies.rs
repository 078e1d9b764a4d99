//! Two copies of Kept on the databases of one installation.

mod log;
mod requests;
mod sign_in;

use std::path::{Path, PathBuf};
use std::thread;

use domain::FaultKind;
use jiff::SignedDuration;
use policy::model::ErasureGround;
use services::Kept;
use services::journal::Outside;
use store::Home;
use store::tables::{self, Row};
use testkit::postgres::{Durable, Postgres, databases, databases_on};

use crate::change_of_policy::changed;
use crate::common::{House, acting};

/// Two copies; their server goes with them.
struct Copies {
    one: House,
    other: House,
    _server: Option<Postgres>,
}

impl Copies {
    fn new(at: &str) -> Self {
        let (server, addresses) = match databases() {
            Some(addresses) => (None, addresses),
            None => {
                let server = Postgres::start(Durable::No);
                let addresses = databases_on(server.socket());
                (Some(server), addresses)
            }
        };
        Self::of(House::on(at, addresses), server)
    }

    /// An installation on a server, and one copy more.
    fn of(one: House, server: Option<Postgres>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (from, root) = (one.folder.path().join("kept"), folder.path().join("kept"));
        let kept = Kept::join(&from, &root, None, &acting().actor).unwrap();
        Self {
            one,
            other: House { kept, folder },
            _server: server,
        }
    }

    /// Lets both ship to the same places.
    fn shipping_to(self, places: &[PathBuf]) -> Self {
        Self {
            one: shipping_to(self.one, places),
            other: shipping_to(self.other, places),
            ..self
        }
    }

    fn journal_is_whole(&self) {
        for copy in [&self.one, &self.other] {
            let verified = copy
                .kept
                .verify_journal(&Outside::default(), &mut |_, _| {});
            assert!(verified.unwrap().is_whole());
        }
    }
}

/// The rows of a table.
fn rows(copy: &House, name: &str) -> Vec<Row> {
    let mut all = tables::of(Home::Data).into_iter();
    let table = all.find(|it| it.name() == name).unwrap();
    let data = copy.kept.vault().data();
    data.read(|reader| reader.rows_after(&table, None, 1000))
        .unwrap()
}

/// The same copy, which ships to places.
fn shipping_to(House { kept, folder }: House, places: &[PathBuf]) -> House {
    drop(kept);
    let root = folder.path().join("kept");
    let described = root.join("installation.toml");
    let named: Vec<String> = places.iter().map(|it| it.display().to_string()).collect();
    let text = std::fs::read_to_string(&described).unwrap();
    let text = format!("keyring-copies = {named:?}\n{text}");
    std::fs::write(&described, text).unwrap();
    opened(root.as_ref(), folder)
}

fn opened(root: &Path, folder: tempfile::TempDir) -> House {
    let kept = Kept::open(root, None).unwrap();
    House { kept, folder }
}

#[test]
fn what_one_copy_writes_the_other_reads_and_forgets() {
    let copies = Copies::new("2026-03-01T09:00:00Z");
    let id = copies.one.add_contact("Tréguier");
    assert_eq!(copies.other.read_contact(id).unwrap().opened.len(), 1);
    let ground = ErasureGround::NoLongerNecessary;
    let forgotten = copies.other.kept.forget(id, ground, None, &acting());
    assert!(forgotten.is_ok());
    let gone = copies.one.read_contact(id).err().unwrap();
    assert_eq!(gone.kind, FaultKind::Absent);
    copies.journal_is_whole();
}

#[test]
fn both_write_at_once_and_the_journal_has_one_order() {
    let copies = Copies::new("2026-03-01T09:00:00Z");
    // In a month whose key neither has made yet.
    for copy in [&copies.one, &copies.other] {
        copy.move_to("2026-04-01T09:00:00Z");
    }
    let work = |copy: &House| {
        let people: Vec<_> = (0..20)
            .map(|at| copy.add_contact(&format!("Le Goff {at}")))
            .collect();
        for id in &people {
            copy.read_contact(*id).unwrap();
        }
        people
    };
    let (mut people, others) = thread::scope(|scope| {
        let other = scope.spawn(|| work(&copies.other));
        (work(&copies.one), other.join().unwrap())
    });
    people.extend(others);
    for id in people {
        copies.one.read_contact(id).unwrap();
        copies.other.read_contact(id).unwrap();
    }
    copies.journal_is_whole();
}

#[test]
fn a_policy_that_one_applies_is_what_the_other_decides_by() {
    let copies = Copies::new("2026-03-01T09:00:00Z");
    let id = copies.one.add_contact("Tréguier");
    for copy in [&copies.one, &copies.other] {
        copy.move_to("2028-06-01T09:00:00Z");
    }
    copies.other.read_contact(id).unwrap();
    let shorter = changed(&copies.one, 2, "2 years");
    copies
        .one
        .kept
        .apply(&shorter, &acting(), &mut |_| {})
        .unwrap();
    // The other has not looked yet: its read is decided again, under the policy that is in force.
    assert_eq!(copies.other.kept.law().policy().version, 1);
    let refused = copies.other.read_contact(id).err().unwrap();
    assert_eq!(refused.kind, FaultKind::Refused);
    assert_eq!(copies.other.kept.law().policy().version, 2);

    let again = changed(&copies.other, 3, "5 years");
    copies
        .other
        .kept
        .apply(&again, &acting(), &mut |_| {})
        .unwrap();
    let stale = changed(&copies.one, 3, "3 years");
    let late = copies.one.kept.apply(&stale, &acting(), &mut |_| {});
    assert!(late.is_err(), "another version 3 is in force");
    assert_eq!(copies.one.kept.law().policy().version, 3);
    copies.journal_is_whole();
}

#[test]
fn keys_that_one_turns_are_turned_for_both() {
    let copies = Copies::new("2026-03-01T09:00:00Z");
    let before = copies.one.add_contact("Tréguier");
    copies.other.read_contact(before).unwrap();
    let turned = copies.one.kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    assert_eq!((turned.old, turned.new), (1, 2));
    // The other finds out by what it does: it reads what was wrapped anew, and what it writes is
    // wrapped by the epoch that is active.
    copies.other.read_contact(before).unwrap();
    let after = copies.other.add_contact("Le Goff");
    copies.one.read_contact(after).unwrap();
    let keys = copies.other.kept.keys_status().unwrap();
    let wrapped: Vec<u64> = keys.epochs.iter().map(|epoch| epoch.rows.all()).collect();
    assert_eq!(wrapped[0], 0, "nothing is left at the old epoch");
    copies
        .other
        .kept
        .rotate_keys(&acting(), &mut |_| {})
        .unwrap();
    for id in [before, after] {
        copies.one.read_contact(id).unwrap();
        copies.other.read_contact(id).unwrap();
    }
    copies.journal_is_whole();
}

#[test]
fn keys_turn_while_both_work() {
    let copies = Copies::new("2026-03-01T09:00:00Z");
    let work = |copy: &House| {
        (0..30)
            .map(|at| {
                let id = copy.add_contact(&format!("Le Goff {at}"));
                copy.read_contact(id).unwrap();
                id
            })
            .collect::<Vec<_>>()
    };
    let people = thread::scope(|scope| {
        let others = scope.spawn(|| work(&copies.other));
        let ours = scope.spawn(|| work(&copies.one));
        for _ in 0..3 {
            copies.one.kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
        }
        [others.join().unwrap(), ours.join().unwrap()].concat()
    });
    for id in people {
        copies.one.read_contact(id).unwrap();
        copies.other.read_contact(id).unwrap();
    }
    copies.journal_is_whole();
}

#[test]
fn work_is_claimed_by_one_until_it_falls_silent() {
    let copies = Copies::new("2026-03-01T09:00:00Z");
    let lasts = SignedDuration::from_mins(5);
    let claim = |copy: &House| copy.kept.claim("work", lasts).unwrap();
    assert!(claim(&copies.one));
    assert!(!claim(&copies.other));
    assert!(claim(&copies.one), "it goes on");
    copies.other.move_to("2026-03-01T09:06:00Z");
    assert!(claim(&copies.other), "the claim has lapsed");
    assert!(!claim(&copies.one));
    copies.other.kept.give_up_claim("work").unwrap();
    assert!(claim(&copies.one));
}
