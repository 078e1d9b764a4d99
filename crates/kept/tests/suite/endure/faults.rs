//! A disk that fails, fills up, may not be written or is slow, while an installation is served.
//!
//! Nothing is acknowledged that is not there afterwards, nothing is damaged, no server starts in a bad
//! state, and whatever is refused says what to do.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use testkit::chance::Chance;
use testkit::endure::Endurance;

use super::afterwards::{holds, nothing_erased_is_anywhere, nothing_is_a_defect};
use super::house::{Database, House, Server};
use super::load::while_at_work;
use super::people::{Book, Figures};
use crate::kept::Kept;

/// How many installations an ordinary run of failing calls makes.
const ROUNDS: u64 = 1;
/// How often one is served with a fault in an ordinary run, and in a long one.
const FAULTS: u64 = 6;
const FAULTS_AT_MOST: u64 = 40;

/// System calls on the installation's files, with what each may fail of.
const FAILING: [(&str, &[&str]); 8] = [
    ("pwrite64", &["EIO", "ENOSPC"]),
    ("fsync", &["EIO", "ENOSPC"]),
    ("fdatasync", &["EIO", "ENOSPC"]),
    ("ftruncate", &["EIO"]),
    ("pread64", &["EIO"]),
    ("write", &["EIO", "ENOSPC"]),
    ("openat", &["EIO", "ENOSPC", "EMFILE"]),
    ("rename,renameat,unlink", &["EIO"]),
];

/// Files of an installation; a call on any other is left alone: a socket does not fail of a disk.
fn files(house: &House) -> Vec<String> {
    let folder = house.around().folder();
    let mut names = Vec::new();
    for (folder, database) in [("data", "kept.db"), ("keyring", "keyring.db")] {
        for ending in ["", "-wal", "-shm"] {
            names.push(format!("D/{folder}/{database}{ending}"));
        }
        names.push(format!("D/{folder}/reserve"));
        names.push(format!("D/{folder}"));
    }
    names.extend(
        [
            "D/keyring/restrictive.log",
            "D/journal/checkpoint",
            "D.keys",
        ]
        .map(str::to_owned),
    );
    for epoch in 1..200 {
        for ending in ["key", "partial"] {
            names.push(format!("D.keys/epoch-{epoch:06}.{ending}"));
        }
    }
    names
        .iter()
        .map(|name| folder.join(name).display().to_string())
        .collect()
}

/// What strace is told: which call fails or is slow, of what, when, on which files.
fn below(house: &House, chance: &mut Chance) -> Vec<String> {
    let mut words: Vec<String> = ["strace", "-D", "-f", "-qqq", "-o", "/dev/null"]
        .map(str::to_owned)
        .to_vec();
    let (calls, inject) = match chance.one_in(8) {
        true => {
            let calls = "fsync,fdatasync";
            (
                calls,
                format!("{calls}:delay_exit={}", 20_000 + chance.below(300_000)),
            )
        }
        false => {
            let (calls, errors) = chance.pick(&FAILING);
            let first = match chance.one_in(3) {
                true => 1 + chance.below(20),
                false => 1 + chance.below(400),
            };
            // Once, for ever, or now and then.
            let then = *chance.pick(&["", "+", "+7"]);
            let error = chance.pick(errors);
            (*calls, format!("{calls}:error={error}:when={first}{then}"))
        }
    };
    words.extend(["-e".to_owned(), format!("trace={calls}")]);
    words.extend(["-e".to_owned(), format!("inject={inject}")]);
    for file in files(house) {
        words.extend(["-P".to_owned(), file]);
    }
    words
}

#[test]
fn endures_calls_that_fail() {
    let mut run = Endurance::begin("calls", ROUNDS);
    let most = if run.is_short() {
        FAULTS
    } else {
        FAULTS_AT_MOST
    };
    let mut figures = Figures::default();
    let (mut faults, mut did_not_start) = (0, 0);
    while let Some(mut chance) = run.next_round() {
        let house = House::new(Database::Files);
        let mut book = Book::default();
        for fault in 0..most {
            let words = below(&house, &mut chance);
            let inject = words
                .iter()
                .find(|word| word.starts_with("inject="))
                .unwrap();
            let when = format!(
                "{inject}, installation {}, KEPT_SEED={}",
                run.rounds(),
                run.seed
            );
            let below: Vec<&str> = words.iter().map(String::as_str).collect();
            let mut known = 0;
            match house.begin_to_serve(&below).ready() {
                Ok(mut server) => {
                    let lives = Duration::from_millis(50 + chance.below(700));
                    known = work(&house, &mut server, &mut chance, &mut book, (fault, lives));
                }
                Err((ended, said)) => {
                    did_not_start += 1;
                    let stopped = matches!(ended.code(), Some(6 | 7));
                    assert!(stopped && says_what_to_do(&said), "{when}: {ended} {said}");
                }
            }
            faults += 1;
            nothing_is_a_defect(&house, &when);
            let server = house.serve();
            holds(&house, &server, &mut book, known, &when);
            server.end();
            if run.is_over() {
                break;
            }
        }
        let when = format!("installation {}, KEPT_SEED={}", run.rounds(), run.seed);
        let server = house.serve();
        holds(&house, &server, &mut book, 0, &when);
        server.end();
        nothing_erased_is_anywhere(&house, &book, &when);
        figures.add(book.figures);
    }
    let told = [("faults", faults), ("starts refused", did_not_start)];
    run.tell(&[told.as_slice(), figures.told().as_slice()].concat());
    assert!(figures.writes > 0, "nothing was done");
}

/// Works for a while, then kills the server.
fn work(
    house: &House,
    server: &mut Server,
    chance: &mut Chance,
    book: &mut Book,
    (turn, lives): (u64, Duration),
) -> usize {
    let turn_and_publish = || {
        house.run(["keys", "rotate"]);
        house.run(["journal", "checkpoint"]);
        thread::sleep(Duration::from_millis(20));
    };
    let beside: Option<&(dyn Fn() + Sync)> = chance.one_in(2).then_some(&turn_and_publish);
    let (served, prefix) = ((server.port, house.key.as_str()), format!("F{turn}"));
    while_at_work(served, (chance, &prefix), book, beside, |_, _| {
        thread::sleep(lives);
        server.kill();
    })
}

/// Whether an error, as programs are told of it, has a remedy.
fn says_what_to_do(said: &str) -> bool {
    let said: Value = serde_json::from_str(said).unwrap_or_default();
    said["remedy"].is_string()
}

/// A small disk, as long as it lives.
struct Disk<'p>(&'p Path);

impl Disk<'_> {
    /// Mounts one; none where the user may not.
    fn mount(at: &Path) -> Option<Disk<'_>> {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=40m", "small"])
            .arg(at)
            .output();
        mount
            .is_ok_and(|run| run.status.success())
            .then_some(Disk(at))
    }

    fn remount(&self, how: &str) {
        let mount = Command::new("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(self.0)
            .status();
        assert!(mount.unwrap().success());
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

#[test]
fn endures_disks_that_are_full_or_may_not_be_written() {
    let place = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(place.path()) else {
        let root = Command::new("id").arg("-u").output().unwrap().stdout;
        assert_ne!(root, b"0\n", "root can mount a small disk");
        return;
    };
    let mut run = Endurance::begin("disks", 1);
    let mut figures = Figures::default();
    let (mut full, mut closed) = (0, 0);
    while let Some(mut chance) = run.next_round() {
        let when = format!("installation {}, KEPT_SEED={}", run.rounds(), run.seed);
        let house = House::in_folder(Kept::below(place.path()));
        let mut book = Book::default();
        let ballast = house.around().folder().join("ballast");
        for turn in 0..4 {
            let mut server = house.serve();
            let lives = Duration::from_millis(200 + chance.below(500));
            let bad_moment = Duration::from_millis(chance.below(400));
            let known = thread::scope(|scope| {
                scope.spawn(|| {
                    thread::sleep(bad_moment);
                    fill(&ballast);
                });
                work(&house, &mut server, &mut chance, &mut book, (turn, lives))
            });
            full += 1;
            nothing_is_a_defect(&house, &when);
            // Neither a full disk nor a closed one lets a server start half.
            if let Err((ended, said)) = house.begin_to_serve(&[]).ready().map(drop) {
                let stopped = ended.code() == Some(6);
                assert!(stopped && says_what_to_do(&said), "{when}: {ended} {said}");
            }
            std::fs::remove_file(&ballast).unwrap();
            disk.remount("ro");
            let (ended, said) = house.begin_to_serve(&[]).ready().map(drop).unwrap_err();
            disk.remount("rw");
            let stopped = ended.code() == Some(6);
            assert!(stopped && says_what_to_do(&said), "{when}: {ended} {said}");
            closed += 1;
            let server = house.serve();
            holds(&house, &server, &mut book, known, &when);
            server.end();
        }
        nothing_erased_is_anywhere(&house, &book, &when);
        figures.add(book.figures);
    }
    let told = [("full disks", full), ("disks closed to writing", closed)];
    run.tell(&[told.as_slice(), figures.told().as_slice()].concat());
    assert!(figures.faults > 0, "no disk was full");
}

/// Fills the disk up.
fn fill(ballast: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(ballast).unwrap();
    while file.write_all(&[7; 1 << 12]).is_ok() {}
}
