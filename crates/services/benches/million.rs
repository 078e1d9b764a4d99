//! An installation of a million records: loading, bytes on disk, start-up, sweep, verification.
//!
//! `cargo bench -p services --bench million` prints one figure a line; `KEPT_PEOPLE` sets how many
//! people of ten records each there are (100,000 if left out), `KEPT_CALLERS` how many bring them in at
//! once (1 if left out). Method in `docs/performance.md`.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot start has nothing to measure"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use domain::collect::Collection;
use domain::decide::Request;
use domain::value::{Payload, Value};
use domain::{Account, Actor, ActorKind, Personal};
use jiff::{SignedDuration, Timestamp};
use journal::Destination;
use policy::model::{CategorySet, Person, PurposeSet};
use services::collect::{NewData, NewPerson};
use services::open::NewInstallation;
use services::{Acting, Kept};

/// Records of each person.
const RECORDS: usize = 10;
/// People of one transaction.
const AT_ONCE: usize = 100;
/// How much time goes by from one transaction to the next.
const A_BATCH_TAKES: SignedDuration = SignedDuration::from_millis(25);

fn main() {
    let people = number_of("KEPT_PEOPLE", 100_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = folder.path().join("kept");
    let start: Timestamp = "2021-01-05T09:00:00Z".parse().unwrap();
    let kept = Kept::init(
        NewInstallation {
            root: root.clone(),
            keys: None,
            policy: default_policy(),
            authorisation: None,
            rehearsal: Some(start),
            database: None,
        },
        &acting().actor,
    )
    .unwrap();

    // One person in ten comes in five years before the rest: these are due first.
    let watch = Instant::now();
    load(&kept, people / 10);
    let later: Timestamp = "2025-01-05T09:00:00Z".parse().unwrap();
    kept.move_clock(later, &acting().actor).unwrap();
    load(&kept, people - people / 10);
    let records = people * RECORDS;
    rate("records loaded", records, watch);
    let bytes = size(&root);
    println!(
        "bytes on disk a record: {:.0} (100 bytes of values)",
        bytes as f64 / records as f64
    );
    drop(kept);

    let watch = Instant::now();
    let kept = Kept::open(&root, None).unwrap();
    let first = kept.vault().load_after(None, 1, &kept.law().names).unwrap();
    let id = first.first().unwrap().subject.id;
    kept.read(id, request(&kept), &acting().actor, Destination::Screen)
        .unwrap();
    println!(
        "start-up to the first answer: {:.3} s",
        watch.elapsed().as_secs_f64()
    );

    let end: Timestamp = "2026-07-05T09:00:00Z".parse().unwrap();
    kept.move_clock(end, &acting().actor).unwrap();
    let watch = Instant::now();
    let swept = kept.sweep(&acting(), &mut |_| {}).unwrap();
    rate(
        "records swept",
        usize::try_from(swept.records()).unwrap(),
        watch,
    );
    println!("  of {records}; {} people gone", swept.people);
}

fn rate(what: &str, count: usize, watch: Instant) {
    let seconds = watch.elapsed().as_secs_f64();
    println!(
        "{what}: {count} in {seconds:.1} s, {:.0} a second",
        count as f64 / seconds
    );
}

fn default_policy() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/assess-manager/policy.toml"
    );
    std::fs::read_to_string(path).unwrap()
}

fn acting() -> Acting {
    let account = Account::parse("benchmark").unwrap();
    Acting::new(Actor::new(ActorKind::Program, account), false)
}

/// Time goes on as they come in: identifiers begin with the moment at which they were made.
fn load(kept: &Kept, people: usize) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..number_of("KEPT_CALLERS", 1) {
            scope.spawn(|| {
                loop {
                    let start = next.fetch_add(AT_ONCE, Ordering::Relaxed);
                    if start >= people {
                        break;
                    }
                    let at = kept.moment().unwrap().now + A_BATCH_TAKES;
                    // Another caller may have moved it as far.
                    let _ = kept.move_clock(at, &acting().actor);
                    let batch = (start..people.min(start + AT_ONCE))
                        .map(|at| person(kept, at))
                        .collect();
                    kept.add_people(batch, &acting()).unwrap();
                }
            });
        }
    });
}

fn number_of(variable: &str, otherwise: usize) -> usize {
    let stated = std::env::var(variable);
    stated.map_or(otherwise, |text| text.parse().unwrap())
}

/// A contact with ten records of a hundred bytes each.
fn person(kept: &Kept, number: usize) -> NewPerson {
    let law = kept.law();
    let policy = law.policy();
    let mut purposes = PurposeSet::EMPTY;
    purposes.insert(policy.purpose_named("contact-relations").unwrap());
    let field = policy.field_named("identity.surname").unwrap();
    let record = |at: usize| {
        let mut values = BTreeMap::new();
        values.insert(field.field, Value::Text(format!("{number:050}{at:050}")));
        let payload = Payload(values);
        NewData {
            derived_from: Vec::new(),
            collection: Collection {
                category: field.category,
                fields: payload.fields(),
                origin: policy.origin_named("business-card").unwrap(),
                brought_by: Account::parse("benchmark").unwrap(),
                purposes,
                kind: policy.kind_named("contact").unwrap(),
                matter: None,
                processor: None,
                collected: kept.moment().unwrap().now,
                approved: false,
            },
            values: Personal::new(payload),
            unique: None,
        }
    };
    NewPerson {
        person: Some(Person::Professional),
        records: (0..RECORDS).map(record).collect(),
    }
}

fn request(kept: &Kept) -> Request {
    let law = kept.law();
    Request {
        recipient: law.policy().recipient_named("client-relations").unwrap(),
        purpose: law.policy().purpose_named("contact-relations").unwrap(),
        channel: None,
        categories: CategorySet(u128::MAX),
    }
}

/// The bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| {
            let entry = entry.unwrap();
            let found = entry.metadata().unwrap();
            if found.is_dir() {
                size(&entry.path())
            } else {
                found.len()
            }
        })
        .sum()
}
