//! What a person's data costs: sealed, traced writes; authorised, traced, opened reads; erasures. And
//! what a read costs the machine at the least, in the same run.
//!
//! `cargo bench -p services --bench people`; figures and method in `docs/performance.md`.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot start has nothing to measure"
)]

mod limit;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};

use divan::Bencher;
use divan::counter::ItemsCount;
use domain::collect::Collection;
use domain::decide::Request;
use domain::value::{Payload, Value};
use domain::{Account, Actor, ActorKind, Personal, SubjectId};
use journal::Destination;
use policy::model::{CategorySet, ErasureGround, Person, PurposeSet};
use services::collect::{NewData, NewPerson};
use services::open::NewInstallation;
use services::{Acting, Kept};

/// People that are there before a measurement.
const PEOPLE: usize = 2_000;

struct House {
    kept: Kept,
    people: Vec<SubjectId>,
    next: AtomicUsize,
    _folder: tempfile::TempDir,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    // A disk, not a memory file system: the figures are of durable commits.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let source = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/assess-manager/policy.toml"
    );
    let kept = Kept::init(
        NewInstallation {
            root: folder.path().join("kept"),
            keys: None,
            policy: std::fs::read_to_string(source).unwrap(),
            authorisation: None,
            rehearsal: None,
            database: None,
        },
        &acting().actor,
    )
    .unwrap();
    let people = (0..PEOPLE).map(|_| kept.add_person(person(&kept), &acting()).unwrap().0);
    let people = people.collect();
    House {
        kept,
        people,
        next: AtomicUsize::new(0),
        _folder: folder,
    }
});

fn acting() -> Acting {
    let account = Account::parse("benchmark").unwrap();
    Acting::new(Actor::new(ActorKind::Program, account), false)
}

/// A contact with about 100 bytes of values in two records.
fn person(kept: &Kept) -> NewPerson {
    let law = kept.law();
    let policy = law.policy();
    let mut purposes = PurposeSet::EMPTY;
    purposes.insert(policy.purpose_named("contact-relations").unwrap());
    let record = |fields: &[(&str, &str)]| {
        let mut values = BTreeMap::new();
        let mut category = None;
        for (name, value) in fields {
            let field = policy.field_named(name).unwrap();
            category = Some(field.category);
            values.insert(field.field, Value::Text((*value).to_owned()));
        }
        let payload = Payload(values);
        NewData {
            derived_from: Vec::new(),
            collection: Collection {
                category: category.unwrap(),
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
        records: vec![
            record(&[
                ("identity.surname", "Kervella-Montfort"),
                ("identity.first-name", "Anne"),
            ]),
            record(&[
                (
                    "contact-details.email",
                    "anne.kervella@atelier-montfort.example",
                ),
                ("contact-details.telephone", "+33240123456"),
            ]),
        ],
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

/// Callers who each begin their next operation when the last is answered, as those of a server do:
/// nobody waits for the others. A sample is all of them, until each has done its share.
fn at_once(callers: usize, each: usize, operation: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| (0..each).for_each(|_| operation()));
        }
    });
}

/// So many operations are a sample, whatever the number of callers.
const OPERATIONS: usize = 12_800;

/// How many callers a read is measured with: `KEPT_CALLERS`, with commas between them, or a few.
fn callers() -> Vec<usize> {
    match std::env::var("KEPT_CALLERS") {
        Ok(told) => told.split(',').map(|one| one.parse().unwrap()).collect(),
        Err(_) => vec![1, 4, 32, 128],
    }
}

/// An authorised read of a person: decided, recorded durably, opened.
#[divan::bench(args = callers(), sample_count = 7, sample_size = 1)]
fn read(bencher: Bencher<'_, '_>, callers: usize) {
    let house = &*HOUSE;
    let request = request(&house.kept);
    let actor = acting().actor;
    bencher.counter(ItemsCount::new(OPERATIONS)).bench(|| {
        at_once(callers, OPERATIONS / callers, || {
            let at = house.next.fetch_add(7, Ordering::Relaxed) % house.people.len();
            let reading = house
                .kept
                .read(house.people[at], request, &actor, Destination::Screen);
            divan::black_box(reading.unwrap());
        });
    });
}

/// A new person with two sealed, traced records.
#[divan::bench(args = [1, 4, 32, 128], sample_count = 5, sample_size = 1)]
fn write(bencher: Bencher<'_, '_>, callers: usize) {
    let house = &*HOUSE;
    let acting = acting();
    let operations = OPERATIONS / 4;
    bencher.counter(ItemsCount::new(operations)).bench(|| {
        at_once(callers, operations / callers, || {
            let added = house.kept.add_person(person(&house.kept), &acting);
            divan::black_box(added.unwrap());
        });
    });
}

/// An erasure, with nothing left in any file when it answers.
#[divan::bench(args = [1, 32], sample_count = 5, sample_size = 1)]
fn forget(bencher: Bencher<'_, '_>, callers: usize) {
    let house = &*HOUSE;
    let acting = acting();
    let operations = OPERATIONS / 16;
    bencher
        .counter(ItemsCount::new(operations))
        .with_inputs(|| {
            let added = (0..operations).map(|_| {
                let added = house.kept.add_person(person(&house.kept), &acting);
                added.unwrap().0
            });
            Mutex::new(added.collect::<Vec<_>>())
        })
        .bench_values(|people| {
            at_once(callers, operations / callers, || {
                let id = people.lock().unwrap().pop().unwrap();
                let ground = ErasureGround::NoLongerNecessary;
                let forgotten = house.kept.forget(id, ground, None, &acting);
                divan::black_box(forgotten.unwrap());
            });
        });
}

fn main() {
    divan::main();
}
