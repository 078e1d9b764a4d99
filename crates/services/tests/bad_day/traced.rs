//! No answered read without its entry: a process whose readers read all at once is killed at any
//! moment, and each read that gave anybody values stands in the person's trace.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::SubjectId;
use journal::Destination;
use services::Kept;
use testkit::endure::Endurance;

use crate::house::{House, acting, actor, add, read_once};
use crate::journal::whole;
use crate::process::{self, Process, say};

/// How many installations an ordinary run makes.
const ROUNDS: u64 = 1;
/// How often the readers of one installation are killed in an ordinary run.
const KILLS: u64 = 6;
/// How often in a long run: its journal, which is verified each time, grows.
const KILLS_AT_MOST: u64 = 20;
/// How many people the process takes in, of whom it reads.
const PEOPLE: usize = 8;
/// How many read at once.
const READERS: usize = 16;

#[test]
fn endures_kills_of_readers_and_no_read_was_answered_untraced() {
    if let Some(kept) = process::to_be_killed() {
        read_until_killed(&kept);
    }
    let mut run = Endurance::begin("readers", ROUNDS);
    let (mut kills, mut answered, mut unanswered) = (0, 0, 0);
    while let Some(mut chance) = run.next_round() {
        let (house, kept) = House::new("2026-03-01T09:00:00Z");
        drop(kept);
        let most = if run.is_short() { KILLS } else { KILLS_AT_MOST };
        for kill in 0..most {
            let lives = Duration::from_millis(20 + chance.below(1_500));
            let said =
                Process::of("traced::endures_kills_of_readers_and_no_read_was_answered_untraced")
                    .killed_after(
                        &house,
                        |lines| lines.iter().any(|it| it.starts_with("read ")),
                        lives,
                    );
            kills += 1;
            let reads = reads(&said);
            let entries = entries_of(&house.open(), reads.keys().copied());
            for (person, receipts) in &reads {
                let untraced = receipts.difference(&entries[person]).count();
                assert_eq!(untraced, 0, "installation {}, kill {kill}", run.rounds());
            }
            let of = |all: &BTreeMap<SubjectId, BTreeSet<u64>>| -> u64 {
                all.values().map(|one| one.len() as u64).sum()
            };
            answered += of(&reads);
            unanswered += of(&entries) - of(&reads);
            if run.is_over() {
                break;
            }
        }
        whole(&house.open());
    }
    run.tell(&[
        ("kills", kills),
        ("answered reads", answered),
        (
            "entries of reads that were not answered any more",
            unanswered,
        ),
    ]);
    assert!(answered > 0, "nothing was read");
}

/// Takes people in, and has many readers read them at once; says each read once it is answered.
fn read_until_killed(kept: &Kept) -> ! {
    let people: Vec<SubjectId> = (0..PEOPLE)
        .map(|number| {
            let name = format!("Reader{number}");
            add(kept, &name, &format!("{name}@exemple.fr"))
        })
        .collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                loop {
                    let person = people[next.fetch_add(1, Ordering::Relaxed) % PEOPLE];
                    let reading = read_once(kept, person).unwrap();
                    assert!(!reading.opened.is_empty());
                    say(&format!("read {person} {}", reading.receipt));
                }
            });
        }
        // What else goes on where people are read.
        scope.spawn(|| {
            loop {
                kept.publish_checkpoint(&[], &acting()).unwrap();
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        scope.spawn(|| {
            loop {
                kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
                std::thread::sleep(Duration::from_millis(50));
            }
        });
    });
    unreachable!("it is killed");
}

/// The receipts of the answered reads, of each person.
fn reads(said: &[String]) -> BTreeMap<SubjectId, BTreeSet<u64>> {
    let mut all: BTreeMap<SubjectId, BTreeSet<u64>> = BTreeMap::new();
    for line in said {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["read", person, receipt] = words.as_slice() {
            let fresh = all
                .entry(person.parse().unwrap())
                .or_default()
                .insert(receipt.parse().unwrap());
            assert!(fresh, "two reads have one receipt");
        }
    }
    all
}

/// Where in the journal the reads of these people stand, by their traces.
fn entries_of(
    kept: &Kept,
    people: impl Iterator<Item = SubjectId>,
) -> BTreeMap<SubjectId, BTreeSet<u64>> {
    people
        .map(|person| {
            let trace = kept.trace(person, &actor(), Destination::Screen).unwrap();
            let read = trace.acts.iter().filter(|act| act.act == "read");
            (person, read.map(|act| act.entry).collect())
        })
        .collect()
}
