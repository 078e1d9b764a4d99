//! A power cut at any moment: a process under load is killed, and what it acknowledged is there,
//! what it forgot is not, and nothing stands half-written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use domain::{FaultKind, SubjectId};
use services::Kept;
use testkit::endure::Endurance;

use crate::house::{House, acting, add, find, forget, read};
use crate::journal::whole;
use crate::process::{self, Process, say};

/// How many times the process is killed in an ordinary run.
const ROUNDS: u64 = 20;
/// It is at work once it has acknowledged so many acts; the time that it lives is counted from then.
const AT_WORK: usize = 3;

#[test]
fn endures_kills_of_a_process_that_acts_turns_keys_and_publishes() {
    if let Some(kept) = process::to_be_killed() {
        let prefix = std::env::var("KEPT_TEST_CRASH_PREFIX").unwrap();
        work_until_killed(&kept, &prefix);
    }
    let mut run = Endurance::begin("process", ROUNDS);
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    drop(kept);
    let mut people = People::default();
    while let Some(mut chance) = run.next_round() {
        let round = run.rounds();
        let lives = Duration::from_millis(60 + chance.below(500));
        people.hear(&killed_after(&house, &format!("r{round}"), lives));
        // Each round looks at its own people.
        let whose = format!("Person-r{round}-");
        check(&house.open(), &mut people, round, &whose);
    }
    // The end looks at everybody's.
    check(&house.open(), &mut people, run.rounds(), "Person-");
    let (held, gone) = (people.held.len() as u64, people.gone.len() as u64);
    run.tell(&[("people held", held), ("people erased", gone)]);
    assert!(held > 0, "nobody was held");
    assert!(gone > 0, "nobody was forgotten");
}

/// What the killed processes acknowledged.
#[derive(Default)]
struct People {
    held: BTreeMap<String, String>,
    /// Erasures that were begun and not acknowledged: either outcome is right.
    unsure: BTreeSet<String>,
    gone: BTreeMap<String, String>,
}

impl People {
    fn hear(&mut self, lines: &[String]) {
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            match words.as_slice() {
                ["added", id, name] => {
                    self.held.insert((*id).to_owned(), (*name).to_owned());
                }
                ["forgetting", id] => {
                    self.unsure.insert((*id).to_owned());
                }
                ["forgot", id] => {
                    self.unsure.remove(*id);
                    if let Some(name) = self.held.remove(*id) {
                        self.gone.insert((*id).to_owned(), name);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Runs the process and kills it; gives the whole lines that it said.
fn killed_after(house: &House, prefix: &str, lives: Duration) -> Vec<String> {
    let at_work = |lines: &[String]| acknowledged(lines) >= AT_WORK;
    Process::of("crash::endures_kills_of_a_process_that_acts_turns_keys_and_publishes")
        .told("KEPT_TEST_CRASH_PREFIX", prefix)
        .killed_after(house, at_work, lives)
}

/// How many acts the process has acknowledged.
fn acknowledged(lines: &[String]) -> usize {
    let acts = lines
        .iter()
        .filter(|line| line.starts_with("added ") || line.starts_with("forgot "));
    acts.count()
}

/// Adds, reads, forgets, turns the keys and publishes, all at once, and says what was
/// acknowledged.
fn work_until_killed(kept: &Kept, prefix: &str) -> ! {
    let added: Mutex<Vec<SubjectId>> = Mutex::default();
    std::thread::scope(|scope| {
        for adder in 0..3 {
            let added = &added;
            scope.spawn(move || {
                for number in 0.. {
                    let name = format!("Person-{prefix}-{adder}-{number}");
                    let id = add(kept, &name, &email(&name));
                    say(&format!("added {id} {name}"));
                    added.lock().unwrap().push(id);
                }
            });
        }
        scope.spawn(|| {
            loop {
                let next = {
                    let mut added = added.lock().unwrap();
                    match added.len() {
                        0..3 => None,
                        _ => Some(added.remove(1)),
                    }
                };
                match next {
                    Some(id) => {
                        say(&format!("forgetting {id}"));
                        forget(kept, id);
                        say(&format!("forgot {id}"));
                    }
                    None => std::thread::sleep(Duration::from_millis(2)),
                }
            }
        });
        scope.spawn(|| {
            loop {
                kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
            }
        });
        scope.spawn(|| {
            loop {
                kept.publish_checkpoint(&[], &acting()).unwrap();
                std::thread::sleep(Duration::from_millis(5));
            }
        });
    });
    unreachable!("it is killed");
}

fn email(name: &str) -> String {
    format!("{}@exemple.fr", name.to_lowercase())
}

fn check(kept: &Kept, people: &mut People, round: u64, whose: &str) {
    for id in std::mem::take(&mut people.unsure) {
        let name = people.held.get(&id).cloned();
        let Some(name) = name else { continue };
        if read(kept, id.parse().unwrap()).is_err() {
            people.held.remove(&id);
            people.gone.insert(id, name);
        }
    }
    let looked_at = |(_, name): &(&String, &String)| name.starts_with(whose);
    for (id, name) in people.held.iter().filter(looked_at) {
        let id = id.parse().unwrap();
        let values = read(kept, id).unwrap();
        assert!(values.contains(name), "round {round}: half a person");
        assert_eq!(values.len(), 2, "round {round}: half a person");
        assert_eq!(find(kept, &email(name)), [id], "round {round}");
    }
    for (id, name) in people.gone.iter().filter(looked_at) {
        let fault = read(kept, id.parse().unwrap()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Absent, "round {round}");
        assert!(find(kept, &email(name)).is_empty(), "round {round}");
    }
    nothing_is_left_over(kept, round);
    whole(kept);
}

/// No tombstone, no look-up of a record that is not there; and after a turn no key of one either.
fn nothing_is_left_over(kept: &Kept, round: u64) {
    let data = kept.vault().data();
    let tombstones = data.read(|reader| reader.tombstones(10)).unwrap();
    assert!(tombstones.is_empty(), "round {round}: tombstones");
    kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    let keyring = rusqlite::Connection::open_with_flags(
        kept.vault().layout().keyring(),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    )
    .unwrap();
    let stored = rusqlite::Connection::open_with_flags(
        kept.vault().layout().data(),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    )
    .unwrap();
    let pairs = |database: &rusqlite::Connection, sql: &str| -> BTreeSet<(Vec<u8>, Vec<u8>)> {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.map(Result::unwrap).collect()
    };
    let records = pairs(&stored, "SELECT subject_id, id FROM record");
    let sealed = pairs(
        &stored,
        "SELECT subject_id, substr(sealed, 3, 16) FROM record",
    );
    let look_ups = pairs(&keyring, "SELECT subject_id, record_id FROM look_up");
    let keys = pairs(&keyring, "SELECT subject_id, id FROM record_key");
    assert!(
        look_ups.is_subset(&records),
        "round {round}: orphan look-ups"
    );
    assert_eq!(keys, sealed, "round {round}: keys are those of the records");
}
