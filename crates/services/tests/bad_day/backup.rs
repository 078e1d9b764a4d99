//! Backups on a bad day: what was erased since stays away, what was imposed since holds again, and
//! what is wrong with a backup is told before anything is touched.

use std::fs;
use std::path::{Path, PathBuf};

use domain::subject::ObjectedTo;
use domain::{Fault, FaultKind, SubjectId};
use door::backup::{BackupKey, Kind, Shelf, place};
use door::{Layout, Vault};
use policy::model::CategorySet;
use services::Kept;
use services::backup::{BackedUp, Drill, Restore, Restored, restore};
use services::webhook::NewWebhook;

use crate::house::{House, acting, add, find, forget, read};
use crate::journal::whole;
use crate::thief::{Thief, copy_folder, files_below};

/// An installation whose keyring is shipped to two places.
fn house() -> (House, Kept) {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    drop(kept);
    for name in ["backups", "copy-a", "copy-b"] {
        fs::create_dir(house.place.path().join(name)).unwrap();
    }
    let described = house.root().join("installation.toml");
    let mut text = fs::read_to_string(&described).unwrap();
    text.push_str("keyring-copies = [\"../copy-a\", \"../copy-b\"]\n");
    fs::write(&described, text).unwrap();
    let kept = house.open();
    (house, kept)
}

fn at(house: &House, name: &str) -> String {
    house.place.path().join(name).display().to_string()
}

fn back_up(house: &House, kept: &Kept) -> BackedUp {
    let made = kept.back_up(&at(house, "backups"), 3, &acting(), &mut |_| {});
    let made = made.unwrap();
    assert!(made.copies.iter().all(|it| it.outcome.is_ok()));
    made
}

fn wanted(house: &House, into: &str) -> Restore {
    Restore {
        from: at(house, "backups"),
        keyring: Some(at(house, "copy-b")),
        backup: None,
        beside: house.place.path().to_owned(),
        root: house.place.path().join(into),
        keys: house.keys(),
    }
}

fn bring_back(house: &House, into: &str) -> Result<(Kept, Restored), Fault> {
    restore(&wanted(house, into), &acting(), &mut |_| {})
}

fn all() -> CategorySet {
    CategorySet(u128::MAX)
}

struct People {
    survivor: SubjectId,
    gone: SubjectId,
    objector: SubjectId,
    restricted: SubjectId,
}

fn people(kept: &Kept) -> People {
    let people = People {
        survivor: add(kept, "Quemeneur", "quemeneur@exemple.fr"),
        gone: add(kept, "Kerbrat-Villeneuve", "odile.kerbrat@exemple.fr"),
        objector: add(kept, "Abgrall", "abgrall@exemple.fr"),
        restricted: add(kept, "Le Bihan", "le.bihan@exemple.fr"),
    };
    for number in 0..40 {
        let name = format!("Kerdoncuff{number}");
        add(kept, &name, &format!("kerdoncuff{number}@exemple.fr"));
    }
    people
}

/// What happens after the backup.
fn a_day_later(kept: &Kept, people: &People) -> SubjectId {
    forget(kept, people.gone);
    kept.object(people.objector, ObjectedTo::Canvassing, None, &acting())
        .unwrap();
    kept.restrict(people.restricted, all(), &acting()).unwrap();
    add(kept, "Nouveau", "nouveau@exemple.fr")
}

#[test]
fn a_backup_of_yesterday_comes_back_without_the_erased_and_with_what_was_imposed() {
    let (house, kept) = house();
    let people = people(&kept);
    let made = back_up(&house, &kept);
    assert!(made.rows.contains(&("subject".to_owned(), 44)));
    let newcomer = a_day_later(&kept, &people);
    assert!(kept.has_to_ship().unwrap());
    assert!(kept.ship().unwrap().iter().all(|it| it.outcome.is_ok()));
    assert!(!kept.has_to_ship().unwrap());
    kept.publish_checkpoint(&[], &acting()).unwrap();
    kept.ship().unwrap();
    let size = kept.vault().data().read(|it| it.frontier()).unwrap().size();
    drop(kept);

    let (kept, restored) = bring_back(&house, "back").unwrap();
    assert_eq!(restored.backup, made.id);
    assert_eq!(restored.journal_size + restored.entries, size);
    assert_eq!(restored.new_origin, None);
    assert_eq!((restored.swept.records, restored.swept.people), (2, 1));
    assert_eq!(restored.imposed.people, 2);
    assert_eq!(restored.imposed.to_be_looked_at, 0);
    assert!(
        restored.lost.contains(&("subject-added", 1)),
        "{:?}",
        restored.lost
    );
    assert!(
        read(&kept, people.survivor)
            .unwrap()
            .contains(&"Quemeneur".to_owned())
    );
    assert_eq!(
        read(&kept, people.gone).unwrap_err().kind,
        FaultKind::Absent
    );
    assert_eq!(read(&kept, newcomer).unwrap_err().kind, FaultKind::Absent);
    assert!(find(&kept, "odile.kerbrat@exemple.fr").is_empty());
    assert!(find(&kept, "nouveau@exemple.fr").is_empty());
    assert_eq!(find(&kept, "quemeneur@exemple.fr"), [people.survivor]);
    let law = kept.law();
    let objector = kept.person(people.objector, &law).unwrap().subject;
    assert_eq!(objector.objections.len(), 1);
    assert!(read(&kept, people.restricted).is_err());
    whole(&kept);
    // It goes on as an installation does.
    assert!(kept.copy_states().unwrap().iter().all(|it| it.current));
    kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    add(&kept, "Encore", "encore@exemple.fr");
    back_up(&house, &kept);
    drop(kept);
    let kept = Kept::open(&house.place.path().join("back"), None).unwrap();
    whole(&kept);
}

#[test]
fn backups_and_copies_of_before_an_erasure_give_a_thief_nothing_of_it() {
    let (house, kept) = house();
    let id = kept.vault().id();
    let people = people(&kept);
    back_up(&house, &kept);
    let (old, old_keys) = (
        house.place.path().join("old"),
        house.place.path().join("old-keys"),
    );
    for name in ["backups", "copy-a"] {
        copy_folder(&house.place.path().join(name), &old.join(name));
    }
    copy_folder(&house.keys(), &old_keys);
    forget(&kept, people.gone);
    back_up(&house, &kept);
    kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    let now: Vec<PathBuf> = ["backups", "copy-a", "copy-b"]
        .map(|name| house.place.path().join(name))
        .to_vec();
    let steal = |keys: &[&Path]| {
        let mut thief = Thief::new(id, &[&house.root()], keys);
        for folder in now.iter().chain(&[old.join("backups"), old.join("copy-a")]) {
            thief.take_place(folder, &house.keys());
        }
        thief.carve();
        thief
    };
    let keys = house.keys();
    let thief = steal(&[&keys]);
    assert!(thief.learns("Quemeneur"), "the thief knows the trade");
    for gone in ["Kerbrat-Villeneuve", "odile.kerbrat@exemple.fr"] {
        assert!(!thief.learns(gone), "{gone}");
    }
    // The limit: the epoch's key, copied while it lived.
    assert!(steal(&[&keys, &old_keys]).learns("Kerbrat-Villeneuve"));
    // And by the front door: the old backup, with the copy of today.
    fs::remove_dir_all(house.place.path().join("backups")).unwrap();
    copy_folder(&old.join("backups"), &house.place.path().join("backups"));
    drop(kept);
    let (kept, restored) = bring_back(&house, "back").unwrap();
    assert_eq!(restored.swept.records, 2);
    assert!(read(&kept, people.gone).is_err());
    drop(kept);
    // With the copy of the keyring of that day nothing comes back at all.
    let stale = Restore {
        keyring: Some(old.join("copy-a").display().to_string()),
        ..wanted(&house, "stale")
    };
    let refused = restore(&stale, &acting(), &mut |_| {}).err().unwrap();
    assert_eq!(refused.kind, FaultKind::Unavailable, "{refused}");
    let unfinished = Kept::open(&stale.root, None).err().unwrap();
    assert_eq!(unfinished.kind, FaultKind::Conflict, "{unfinished}");
    // What was left can be restored into again.
    bring_back(&house, "stale").unwrap();
}

#[test]
fn no_backup_of_the_data_has_a_key_in_it() {
    let (house, kept) = house();
    let people = people(&kept);
    back_up(&house, &kept);
    let layout = Layout {
        root: house.root(),
        keys: house.keys(),
        servers: None,
    };
    let key = BackupKey::open(&layout).unwrap();
    let place = place(&at(&house, "backups"), house.place.path()).unwrap();
    let shelf = Shelf::new(place, &key, Kind::Data);
    let mut held: Vec<Vec<u8>> = Vec::new();
    for id in [people.survivor, people.gone] {
        let keys = kept.vault().keyring().keys_of(id).unwrap();
        held.extend(keys.into_iter().map(|row| row.wrapped));
    }
    assert!(held.len() >= 4);
    for found in shelf.found().unwrap() {
        let manifest = found.manifest.unwrap();
        shelf
            .each_row(&manifest, &mut |table, row| {
                assert!(!["record_key", "look_up", "epoch", "period_key"].contains(&table));
                for value in row {
                    if let store::Value::Bytes(bytes) = value {
                        assert!(!held.contains(bytes), "a key in {table}");
                    }
                }
            })
            .unwrap();
    }
    // Whoever has the places and no key has nothing, not even who there is.
    let needles = [people.survivor.as_bytes().as_slice(), b"Quemeneur"];
    for file in files_below(&[
        house.place.path().join("backups"),
        house.place.path().join("copy-a"),
    ]) {
        let bytes = fs::read(file).unwrap();
        for needle in needles {
            assert!(!bytes.windows(needle.len()).any(|it| it == needle));
        }
    }
}

#[test]
fn a_place_that_is_down_keeps_the_old_epoch_s_key_and_says_so() {
    let (house, kept) = house();
    add(&kept, "Quemeneur", "quemeneur@exemple.fr");
    let (there, away) = (
        house.place.path().join("copy-b"),
        house.place.path().join("away"),
    );
    fs::rename(&there, &away).unwrap();
    let waits = kept.rotate_keys(&acting(), &mut |_| {}).unwrap_err();
    assert_eq!(waits.kind, FaultKind::Unavailable);
    assert!(waits.message.contains("copy-b"), "{waits}");
    assert!(house.keys().join("epoch-000001.key").exists());
    let status = kept.keys_status().unwrap();
    let behind: Vec<bool> = status.copies.iter().map(|it| it.current).collect();
    assert_eq!(behind, [true, false]);
    fs::rename(&away, &there).unwrap();
    let turned = kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    assert!(turned.resumed);
    assert!(!house.keys().join("epoch-000001.key").exists());
    assert!(kept.copy_states().unwrap().iter().all(|it| it.current));
}

#[test]
fn what_is_wrong_with_a_backup_is_told_and_nothing_changes() {
    let (house, kept) = house();
    people(&kept);
    back_up(&house, &kept);
    let (_house, other) = House::new("2026-03-01T09:00:00Z");
    let mixed = other.back_up(&at(&house, "backups"), 3, &acting(), &mut |_| {});
    assert_eq!(mixed.unwrap_err().kind, FaultKind::Conflict);
    let backups = house.place.path().join("backups");
    let chunks = || files_below(&[backups.join("data/chunks")]);
    let manifests = || files_below(&[backups.join("data/manifests")]);
    let before = files_below(std::slice::from_ref(&backups));
    let tried = |wrong: &Restore| {
        let fault = restore(wrong, &acting(), &mut |_| {}).err().unwrap();
        fault.kind
    };
    // Another installation's keys.
    let other_keys = other.vault().layout().keys.clone();
    let wrong = Restore {
        keys: other_keys,
        ..wanted(&house, "wrong")
    };
    assert_eq!(tried(&wrong), FaultKind::Unavailable);
    assert!(!wrong.root.exists(), "nothing was touched");
    // A folder with something in it.
    let full = wanted(&house, "kept");
    assert_eq!(tried(&full), FaultKind::Conflict);
    // None by that name.
    let none = Restore {
        backup: Some("20200101T000000Z-0000000001".to_owned()),
        ..wanted(&house, "wrong")
    };
    assert_eq!(tried(&none), FaultKind::Absent);
    // A damaged chunk, one that is missing, a damaged manifest, a newer one.
    let chunk = chunks().remove(0);
    let bytes = fs::read(&chunk).unwrap();
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    fs::write(&chunk, &damaged).unwrap();
    assert_eq!(tried(&wanted(&house, "wrong")), FaultKind::Integrity);
    fs::remove_file(&chunk).unwrap();
    assert_eq!(tried(&wanted(&house, "wrong")), FaultKind::Integrity);
    fs::write(&chunk, &bytes).unwrap();
    let manifest = manifests().remove(0);
    let bytes = fs::read(&manifest).unwrap();
    for (at, kind) in [(60, FaultKind::Integrity), (7, FaultKind::Conflict)] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x40;
        fs::write(&manifest, &damaged).unwrap();
        assert_eq!(tried(&wanted(&house, "wrong")), kind);
    }
    fs::write(&manifest, &bytes).unwrap();
    assert_eq!(files_below(std::slice::from_ref(&backups)), before);
    drop(kept);
    bring_back(&house, "wrong").unwrap();
}

#[test]
fn what_did_not_change_is_stored_once_and_old_backups_go() {
    let (house, kept) = house();
    // Enough for some tables to have several chunks.
    for number in 0..400 {
        let name = format!("Kerdoncuff{number}");
        add(&kept, &name, &format!("kerdoncuff{number}@exemple.fr"));
    }
    let first = back_up(&house, &kept);
    assert_eq!(first.chunks_there, 0);
    fs::write(
        house.place.path().join("backups/data/chunks/left.partial"),
        b"interrupted",
    )
    .unwrap();
    let second = back_up(&house, &kept);
    assert!(second.chunks_there > 4, "{second:?}");
    assert!(second.bytes_written < first.bytes_written / 2, "{second:?}");
    assert!(
        !house
            .place
            .path()
            .join("backups/data/chunks/left.partial")
            .exists()
    );
    for _ in 0..3 {
        back_up(&house, &kept);
    }
    let backups = house.place.path().join("backups");
    let manifests = files_below(&[backups.join("data/manifests")]);
    assert_eq!(manifests.len(), 3);
    // Each of them is whole.
    for manifest in manifests {
        let id = manifest.file_name().unwrap().to_str().unwrap().to_owned();
        let one = Restore {
            backup: Some(id.clone()),
            ..wanted(&house, &id)
        };
        let drill = Drill {
            from: one.from.clone(),
            keyring: one.keyring.clone(),
            backup: one.backup.clone(),
        };
        let drilled = kept
            .drill(&drill, &one.root, &acting(), &mut |_| {})
            .unwrap();
        assert!(drilled.is_good(), "{:?}", drilled.findings);
    }
}

#[test]
fn a_journal_that_comes_back_shorter_than_it_was_signed_begins_anew_and_says_so() {
    let (house, kept) = house();
    let people = people(&kept);
    back_up(&house, &kept);
    a_day_later(&kept, &people);
    kept.publish_checkpoint(&[], &acting()).unwrap();
    kept.ship().unwrap();
    drop(kept);
    // The shipped journal is lost, the keyring beside it is not.
    fs::remove_dir_all(house.place.path().join("copy-b/journal")).unwrap();
    let (kept, restored) = bring_back(&house, "back").unwrap();
    assert_eq!(restored.entries, 0);
    let origin = restored.new_origin.unwrap();
    assert!(origin.ends_with("/2"), "{origin}");
    assert_eq!(kept.vault().origin(), origin);
    assert_eq!(restored.imposed.people, 2);
    assert!(read(&kept, people.gone).is_err());
    whole(&kept);
    drop(kept);
    let kept = Vault::open(
        &house.place.path().join("back"),
        None,
        std::sync::Arc::new(services::SystemEntropy::default()),
    );
    assert!(kept.is_ok());
}

#[test]
fn the_secret_of_an_address_that_programs_are_told_at_outlives_turns_and_restores() {
    let (house, kept) = house();
    let new = NewWebhook {
        url: "https://program.example/told".to_owned(),
        events: vec!["hold.placed".to_owned()],
        private: false,
    };
    let (info, _) = kept.webhooks().add(&new, &acting()).unwrap();
    let opens = |kept: &Kept| {
        let rows = kept.vault().data().read(|reader| reader.webhooks());
        let row = rows.unwrap().remove(0);
        let (of, sealed) = (SubjectId(row.id), row.sealed);
        kept.vault()
            .open_secret(of, row.id, &sealed)
            .unwrap()
            .is_some()
    };
    kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    assert!(opens(&kept), "after a turn");
    back_up(&house, &kept);
    drop(kept);
    let (kept, restored) = bring_back(&house, "back").unwrap();
    assert_eq!(restored.swept.secrets, 0);
    assert!(opens(&kept), "after a restore");
    kept.webhooks().remove(info.id, &acting()).unwrap();
    kept.ship().unwrap();
    drop(kept);
    fs::remove_dir_all(house.root()).unwrap();
    let (kept, restored) = bring_back(&house, "again").unwrap();
    assert_eq!(restored.swept.secrets, 1);
    assert!(kept.webhooks().list().unwrap().is_empty());
}
