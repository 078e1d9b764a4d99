//! `kill -9` under load: what was acknowledged is there, what was erased stays away, the journal
//! holds.
//!
//! `KEPT_ROUNDS` makes a longer run (5 if left out); `KEPT_SEED` repeats one, whose seed is printed
//! when it fails.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::installation::Installation;
use crate::kept::Run;
use crate::policies::assess_manager;

/// What clients were told, and so must hold after every crash.
#[derive(Default)]
struct Told {
    /// People with the surname that was acknowledged.
    held: Vec<(String, String)>,
    /// People whose erasure was acknowledged.
    erased: Vec<String>,
    /// People whose erasure was asked for and not answered: either is right.
    open: Vec<String>,
}

#[test]
fn what_was_acknowledged_survives_kill_9_and_what_was_erased_does_not_come_back() {
    let setting = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let rounds = setting("KEPT_ROUNDS").unwrap_or(5);
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let seed = setting("KEPT_SEED").unwrap_or(now.subsec_nanos().into());
    let dice = Dice(AtomicU64::new(seed));
    let policy = std::fs::read_to_string(assess_manager().join("policy.toml")).unwrap();
    let installation = Installation::rehearsal(&policy, "2026-03-01T09:00");
    let told = Mutex::new(Told::default());
    let mut round = 0;
    // A slow machine gets more rounds, until enough was done to show anything.
    while round < rounds || (!enough(&told, rounds) && round < 6 * rounds) {
        round += 1;
        let server = installation.serve();
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| work(&installation, &told, &dice, &over));
            scope.spawn(|| work(&installation, &told, &dice, &over));
            scope.spawn(|| turn_keys(&installation, &over));
            thread::sleep(Duration::from_millis(200 + dice.roll(900)));
            server.kill();
            over.store(true, Ordering::Release);
        });
        holds(
            &installation,
            &told.lock().unwrap(),
            &format!("round {round}, KEPT_SEED={seed}"),
        );
    }
    assert!(
        enough(&told, rounds),
        "too little was done to show anything, KEPT_SEED={seed}"
    );
}

fn enough(told: &Mutex<Told>, rounds: u64) -> bool {
    let told = told.lock().unwrap();
    told.held.len() as u64 >= rounds && !told.erased.is_empty()
}

/// A client: adds people, erases some of them, and remembers what it was told.
fn work(installation: &Installation, told: &Mutex<Told>, dice: &Dice, over: &AtomicBool) {
    while !over.load(Ordering::Acquire) {
        let erase = dice.roll(4) == 0;
        let doomed = if erase {
            told.lock().unwrap().held.pop()
        } else {
            None
        };
        if let Some((person, surname)) = doomed {
            let run = installation.run([
                "forget",
                &person,
                "--yes",
                "--reason",
                "no-longer-necessary",
                "--json",
            ]);
            let mut told = told.lock().unwrap();
            match run.code() {
                Some(0) => told.erased.push(person),
                // Nothing was asked of a server that was gone already.
                _ if is_refused_before(&run) => told.held.push((person, surname)),
                _ => told.open.push(person),
            }
            continue;
        }
        let surname = format!("Kermarrec{}", dice.roll(1 << 40));
        let field = format!("identity.surname={surname}");
        let run = installation.run([
            "add",
            "--kind",
            "contact",
            "--purpose",
            "contact-relations",
            "--origin",
            "business-card",
            "--field",
            &field,
            "--json",
        ]);
        if run.code() == Some(0) {
            let person = run.json()["person"].as_str().unwrap().to_owned();
            told.lock().unwrap().held.push((person, surname));
        }
    }
}

/// Whether the command found no installation to work on, so that nothing can have happened.
fn is_refused_before(run: &Run) -> bool {
    run.code() == Some(4)
}

fn turn_keys(installation: &Installation, over: &AtomicBool) {
    while !over.load(Ordering::Acquire) {
        installation.run(["keys", "rotate"]);
    }
}

/// After a crash: every acknowledged value is there, nothing erased is, the journal is whole.
fn holds(installation: &Installation, told: &Told, when: &str) {
    let server = installation.serve();
    installation.run(["journal", "verify"]).ok();
    let read = |person: &str| {
        installation.run([
            "read",
            person,
            "--recipient",
            "client-relations",
            "--purpose",
            "contact-relations",
        ])
    };
    for (person, surname) in &told.held {
        let run = read(person);
        assert_eq!(
            run.code(),
            Some(0),
            "{when}: an acknowledged person is gone: {}",
            run.err()
        );
        assert!(
            run.out().contains(surname.as_str()),
            "{when}: a value is not what was stored"
        );
    }
    for person in &told.erased {
        assert_eq!(
            read(person).code(),
            Some(5),
            "{when}: an erased person is back"
        );
    }
    for person in &told.open {
        assert!(
            matches!(read(person).code(), Some(0 | 5)),
            "{when}: an erasure is half done"
        );
    }
    installation.run(["keys", "rotate"]).ok();
    server.end();
}

/// Numbers from a seed.
struct Dice(AtomicU64);

impl Dice {
    /// A number below a bound (a linear congruential step; nothing here is secret).
    fn roll(&self, below: u64) -> u64 {
        let step = |state: u64| {
            Some(
                state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963),
            )
        };
        let state = self
            .0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, step)
            .unwrap();
        (state >> 20) % below
    }
}
