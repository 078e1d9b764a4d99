//! A key folder that is missing, wrong or incomplete, and folders that cannot be written: told as
//! such, before anything is touched.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use domain::FaultKind;
use services::Kept;

use crate::disk::Disk;
use crate::house::{House, add, init, read};
use crate::thief::{copy_folder, files_below};

/// Every file of the installation's folder with its bytes; the lock says nothing that lasts.
fn files(house: &House) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(&[house.root()])
        .into_iter()
        .filter(|path| !path.ends_with("lock") && !path.to_string_lossy().ends_with("-shm"))
        .map(|path| {
            let bytes = fs::read(&path).unwrap();
            (path, bytes)
        })
        .collect()
}

/// Opening must fail, say this and leave every byte as it is.
#[track_caller]
fn refused(house: &House, kind: FaultKind, says: &str) {
    let before = files(house);
    let fault = Kept::open(&house.root(), None).err().expect("it opened");
    assert_eq!(fault.kind, kind, "{fault}");
    assert!(fault.message.contains(says), "{fault}");
    assert!(fault.remedy.is_some(), "{fault}");
    assert!(files(house) == before, "{says}: something was touched");
}

#[test]
fn a_missing_or_wrong_key_is_told_before_anything_is_touched() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
    // The process ends without tidying up: the logs of the databases still lie beside them.
    let crashed = house.place.path().join("crashed");
    copy_folder(&house.root(), &crashed);
    drop(kept);
    let tidy = house.place.path().join("tidy");
    copy_folder(&house.root(), &tidy);
    let keys = house.place.path().join("right-keys");
    copy_folder(&house.keys(), &keys);
    let other = house.place.path().join("other");
    drop(init(&other, "2026-03-01T09:00:00Z"));
    let foreign = house.place.path().join("other.keys");
    for state in [tidy, crashed] {
        fs::remove_dir_all(house.root()).unwrap();
        copy_folder(&state, &house.root());
        for (key, says) in [
            ("epoch-000001.key", "epoch 1"),
            ("look-up.key", "look-up"),
            ("journal.key", "journal"),
        ] {
            let path = house.keys().join(key);
            fs::remove_file(&path).unwrap();
            refused(&house, FaultKind::Unavailable, says);
            fs::copy(foreign.join(key), &path).unwrap();
            let says = says.replace("journal", "signing");
            refused(&house, FaultKind::Unavailable, &says);
            fs::write(&path, b"short").unwrap();
            refused(
                &house,
                FaultKind::Unavailable,
                &says.replace("signing", "journal"),
            );
            fs::copy(keys.join(key), &path).unwrap();
        }
        fs::remove_dir_all(house.keys()).unwrap();
        refused(&house, FaultKind::Unavailable, "not in the key folder");
        copy_folder(&keys, &house.keys());
        let kept = house.open();
        assert_eq!(read(&kept, id).unwrap().len(), 2);
    }
}

#[test]
fn a_lost_database_is_not_made_anew_in_silence() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    add(&kept, "Le Gall", "le.gall@exemple.fr");
    drop(kept);
    for lost in ["keyring/keyring.db", "data/kept.db"] {
        let path = house.root().join(lost);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        refused(&house, FaultKind::Integrity, lost);
        fs::write(&path, bytes).unwrap();
    }
    house.open();
}

#[test]
fn a_disk_mounted_for_reading_only_is_told_as_such() {
    let place = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&place.path().join("small")) else {
        let root = Command::new("id").arg("-u").output().unwrap().stdout;
        assert_ne!(root, b"0\n", "root can mount a small disk");
        return;
    };
    let root = disk.0.join("kept");
    let kept = init(&root, "2026-03-01T09:00:00Z");
    let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
    drop(kept);
    disk.remount("ro");
    let fault = Kept::open(&root, None).err().expect("it opened");
    assert_eq!(fault.kind, FaultKind::Unavailable);
    assert!(fault.message.contains("cannot be written"), "{fault}");
    disk.remount("rw");
    assert_eq!(
        read(&Kept::open(&root, None).unwrap(), id).unwrap().len(),
        2
    );
}

#[test]
fn data_that_names_a_lower_or_unranked_algorithm_is_refused_before_anything_is_touched() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
    drop(kept);
    let keyring = house.root().join("keyring/keyring.db");
    let change = |sql: &str| {
        let database = rusqlite::Connection::open(&keyring).unwrap();
        assert_eq!(database.execute(sql, []).unwrap(), 1);
    };
    // What is said of the epoch: form, manager, wrapping, hashing.
    for (said, says) in [
        ("01010703", "ranks at 128 bits"),
        ("01016303", "number 99 has no rank"),
        ("01010104", "ranks at 128 bits"),
        ("01090103", "key manager of number 9"),
    ] {
        change(&format!(
            "UPDATE meta SET value = x'{said}' WHERE key = 'epoch-kind-1'"
        ));
        refused(&house, FaultKind::Refused, says);
    }
    // Of an installation of before, nothing is said; it is what it always was.
    change("DELETE FROM meta WHERE key = 'epoch-kind-1'");
    assert_eq!(read(&house.open(), id).unwrap().len(), 2);
    // A later version has raised the floor of a use: this one would write below it.
    for (used, says) in [
        (1, "to seal"),
        (2, "to wrap"),
        (3, "to look-up"),
        (5, "to sign"),
    ] {
        change(&format!(
            "UPDATE meta SET value = x'0{used}0200' WHERE key = 'algorithm-floors'"
        ));
        refused(&house, FaultKind::Refused, says);
    }
    // One that is kept lower than the program's own lowers nothing.
    change("UPDATE meta SET value = x'010040' WHERE key = 'algorithm-floors'");
    let kept = house.open();
    assert_eq!(read(&kept, id).unwrap().len(), 2);
    drop(kept);
    // A sealed record that names another algorithm.
    let data = rusqlite::Connection::open(house.root().join("data/kept.db")).unwrap();
    let sealed: Vec<Vec<u8>> = data
        .prepare("SELECT sealed FROM record")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for before in sealed {
        let mut after = before.clone();
        after[1] = 7;
        let sql = "UPDATE record SET sealed = ?1 WHERE sealed = ?2";
        assert_eq!(data.execute(sql, (after, before)).unwrap(), 1);
    }
    drop(data);
    let fault = read(&house.open(), id).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused, "{fault}");
    assert!(fault.message.contains("ranks at 128 bits"), "{fault}");
}
