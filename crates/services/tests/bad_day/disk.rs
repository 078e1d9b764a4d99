//! A full disk is an error, not a corruption; and it does not keep anybody from being forgotten.
//!
//! The disk is a small memory file system, which only root may mount.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::FaultKind;
use policy::model::ErasureGround;
use services::Kept;

use crate::house::{acting, add, contact, init, read};

/// The size of the disk: both reserves, the databases with their logs, and some ballast.
const DISK: &str = "size=32m";
/// What is taken away when room is made.
const BALLAST_BYTES: usize = 6 << 20;

/// A small disk, as long as it lives.
pub(crate) struct Disk(pub(crate) PathBuf);

impl Disk {
    /// Mounts one; none where the user may not.
    pub(crate) fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", DISK, "small"])
            .arg(at)
            .output();
        mount
            .is_ok_and(|run| run.status.success())
            .then(|| Self(at.to_owned()))
    }

    /// Lets nobody write to it any more, or lets them again.
    pub(crate) fn remount(&self, how: &str) {
        let mount = Command::new("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(&self.0)
            .status();
        assert!(mount.unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_ordinary_acts_lets_people_be_forgotten_and_loses_nothing() {
    let place = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&place.path().join("small")) else {
        let root = Command::new("id").arg("-u").output().unwrap().stdout;
        assert_ne!(root, b"0\n", "root can mount a small disk");
        return;
    };
    let ballast = disk.0.join("ballast");
    fs::write(&ballast, vec![7; BALLAST_BYTES]).unwrap();
    let root = disk.0.join("kept");
    let kept = init(&root, "2026-03-01T09:00:00Z");
    let first = add(&kept, "Kermarrec", "y.kermarrec@atelier.example");
    let second = add(&kept, "Montfort", "a.montfort@atelier.example");

    let stored = fill(&kept);
    assert!(stored > 100, "the disk was full too early: {stored}");

    // The reserve is for what restricts.
    let reason = ErasureGround::NoLongerNecessary;
    let forgotten = kept.forget(first, reason, None, &acting()).unwrap();
    assert_eq!(forgotten.acted.destroyed.len(), 2);

    fs::remove_file(ballast).unwrap();
    assert_eq!(read(&kept, second).unwrap().len(), 2);
    add(&kept, "Tréguier", "t@atelier.example");
    assert_eq!(read(&kept, first).unwrap_err().kind, FaultKind::Absent);
    drop(kept);

    let kept = Kept::open(&root, None).unwrap();
    assert_eq!(read(&kept, second).unwrap().len(), 2);
    assert_eq!(read(&kept, first).unwrap_err().kind, FaultKind::Absent);
    crate::journal::whole(&kept);
}

/// Adds people until not even one more fits; gives how many were acknowledged.
fn fill(kept: &Kept) -> u64 {
    let mut stored = 0;
    for at_once in [50, 1] {
        loop {
            let person = |at| {
                contact(
                    kept,
                    &"K".repeat(200),
                    &format!("{stored}.{at}@atelier.example"),
                )
            };
            match kept.add_people((0..at_once).map(person).collect(), &acting()) {
                Ok(ids) => stored += ids.len() as u64,
                Err(full) => {
                    assert_eq!(full.kind, FaultKind::Unavailable, "{full}");
                    break;
                }
            }
        }
    }
    stored
}
