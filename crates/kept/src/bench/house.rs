//! The installation that is measured, made for it and filled, with what the clients know of it: the
//! identifiers behind the benchmark's keys.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use domain::act::Change;
use domain::act::Effects;
use domain::collect::Collection;
use domain::decide::Request;
use domain::subject::ObjectedTo;
use domain::value::{Payload, Value};
use domain::{Account, Actor, ActorKind, Fault, FaultKind, Personal, RecordId, SubjectId};
use jiff::SignedDuration;
use policy::model::{
    CategoryId, CategorySet, FactId, KindId, OriginId, Person, PurposeId, RecipientId,
};
use services::collect::{NewData, NewPerson};
use services::select::Selection;
use services::{Acting, Destination, Kept, Who};

use super::attributes::{
    ACCESS, CATEGORIES, PURPOSES, SOURCES, Sizes, data_of, decision_of, objected_purpose,
    purpose_of, role_at_first,
};
use super::home::{Home, begins};

/// How much later the measurement is: the shortest term is over by then.
const LATER: SignedDuration = SignedDuration::from_hours(48);
/// How many people come in at once.
const AT_ONCE: usize = 32;

/// The installation, with what its clients know of it.
pub struct House {
    pub(super) kept: Kept,
    /// How many records and people there were at first.
    pub sizes: Sizes,
    pub(super) named: Named,
    pub(super) actors: Actors,
    people: Vec<Slot<SubjectId>>,
    keys: Vec<Slot<RecordId>>,
    objecting: Vec<AtomicBool>,
    created: AtomicUsize,
    version: AtomicU64,
    /// Which role each purpose is open to.
    pub(super) roles: Mutex<Vec<usize>>,
}

/// Who the clients are.
pub(super) struct Actors {
    pub(super) controller: Acting,
    pub(super) customer: Acting,
    pub(super) regulator: Actor,
    /// Whoever works for each purpose, in the role that it was open to at first.
    pub(super) processors: Vec<Actor>,
}

/// The identifiers of names.
pub(super) struct Named {
    pub(super) purposes: Vec<PurposeId>,
    pub(super) contact: FactId,
    recipients: Vec<RecipientId>,
    categories: Vec<CategoryId>,
    origins: Vec<OriginId>,
    kind: KindId,
}

/// What a client knows of a key: the identifier now, and whether somebody is changing it.
pub(super) struct Slot<T> {
    id: Mutex<Option<T>>,
    /// Held while the identifier is about to change, as a row would be locked.
    changing: Mutex<()>,
}

impl<T: Copy> Slot<T> {
    fn empty() -> Self {
        Self {
            id: Mutex::new(None),
            changing: Mutex::new(()),
        }
    }

    fn several(count: usize) -> Vec<Self> {
        (0..count).map(|_| Self::empty()).collect()
    }

    pub(super) fn get(&self) -> Option<T> {
        *lock(&self.id)
    }

    pub(super) fn set(&self, id: Option<T>) {
        *lock(&self.id) = id;
    }

    pub(super) fn hold(&self) -> MutexGuard<'_, ()> {
        lock(&self.changing)
    }
}

pub(super) fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl House {
    /// Makes the installation and fills it. `room` is how many records may be created later;
    /// `progress` hears how many people came in.
    ///
    /// # Errors
    /// When it cannot be made or written.
    pub fn make(
        home: &Home,
        sizes: Sizes,
        room: usize,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Self, Fault> {
        let account = |name: &str| Account::parse(name);
        let controller = Actor::new(ActorKind::CommandLine, account("controller")?);
        let kept = home.install(&controller)?;
        let named = Named::of(&kept)?;
        let processors = processors(&kept, &named)?;
        let customer = Actor::new(ActorKind::Person, account("customer")?);
        let house = Self {
            sizes,
            named,
            actors: Actors {
                controller: Acting::new(controller, false),
                customer: Acting::new(customer, false),
                regulator: Actor::new(ActorKind::CommandLine, account("regulator")?),
                processors,
            },
            people: Slot::several(sizes.people),
            keys: Slot::several(sizes.records + room),
            objecting: (0..sizes.people).map(|_| AtomicBool::new(false)).collect(),
            created: AtomicUsize::new(sizes.records),
            version: AtomicU64::new(0),
            roles: Mutex::new((0..PURPOSES).map(role_at_first).collect()),
            kept,
        };
        house.fill(progress)?;
        let later = begins()? + LATER;
        house
            .kept
            .move_clock(later, &house.actors.controller.actor)?;
        // What is kept in memory is made before the clocks run.
        let first = house.selection(0, None);
        house
            .kept
            .count_selected(first, &house.actors.controller.actor)?;
        Ok(house)
    }

    fn fill(&self, progress: &(dyn Fn(u64) + Sync)) -> Result<(), Fault> {
        let (next, done) = (AtomicUsize::new(0), AtomicU64::new(0));
        let work = || -> Result<(), Fault> {
            loop {
                let person = next.fetch_add(1, Ordering::Relaxed);
                if person >= self.sizes.people {
                    return Ok(());
                }
                let keys: Vec<usize> = self.sizes.keys_of(person).collect();
                self.come_in(person, &keys)?;
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            }
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|one| {
                one.join()
                    .unwrap_or_else(|_| Err(unavailable("a client stopped")))
            })
        })
    }

    /// Sweeps what is due; says how many records went.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn sweep(&self) -> Result<u64, Fault> {
        let swept = self.kept.sweep(&self.actors.controller, &mut |_| {})?;
        Ok(swept.records())
    }

    /// Counts those whose data is open for a purpose, or gives their identifiers; says how many
    /// records are open.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn audience(&self, purpose: usize, listed: bool) -> Result<u64, Fault> {
        let (selection, actor) = (
            self.selection(purpose, None),
            &self.actors.processors[purpose],
        );
        let selected = match listed {
            false => self.kept.count_selected(selection, actor)?,
            true => {
                let to = Destination::Api;
                self.kept.list_selected(selection, actor, to)?.1
            }
        };
        Ok(selected.records)
    }

    /// A person comes in with records, and objects to what the benchmark says.
    pub(super) fn come_in(&self, person: usize, keys: &[usize]) -> Result<(), Fault> {
        let acting = &self.actors.controller;
        let (id, acted) = settled(|| {
            let records = keys.iter().map(|key| self.data(*key));
            let new = NewPerson {
                person: Some(Person::Private),
                records: records.collect::<Result<_, Fault>>()?,
            };
            self.kept.add_person(new, acting)
        })?;
        for (key, record) in keys.iter().zip(collected(&acted.effects)) {
            self.key(*key)?.set(Some(record));
        }
        settled(|| self.kept.object(id, self.objection(person), None, acting))?;
        self.objecting[person].store(true, Ordering::SeqCst);
        self.people[person].set(Some(id));
        Ok(())
    }

    /// A record's data as it is taken in.
    pub(super) fn data(&self, key: usize) -> Result<NewData, Fault> {
        let purpose = purpose_of(key);
        let category = self.category(key);
        let mut values = BTreeMap::new();
        values.insert(DATA, Value::Text(data_of(key, 0)));
        values.insert(DECISION, Value::Text(decision_of(key).to_owned()));
        let payload = Payload(values);
        Ok(NewData {
            derived_from: Vec::new(),
            collection: Collection {
                category,
                fields: payload.fields(),
                origin: self.named.origins[key % SOURCES],
                brought_by: self.actors.controller.actor.account.clone(),
                purposes: [self.named.purposes[purpose]].into_iter().collect(),
                kind: self.named.kind,
                matter: None,
                processor: None,
                collected: self.kept.moment()?.now,
                approved: false,
            },
            values: Personal::new(payload),
            unique: None,
        })
    }

    /// The key of a new record.
    ///
    /// # Errors
    /// When more are created than there is room for.
    pub(super) fn new_key(&self) -> usize {
        self.created.fetch_add(1, Ordering::Relaxed)
    }

    /// Other data than any record had so far.
    pub(super) fn new_values(&self, key: usize) -> Personal<Payload> {
        let version = self.version.fetch_add(1, Ordering::Relaxed) + 1;
        let mut values = BTreeMap::new();
        values.insert(DATA, Value::Text(data_of(key, version)));
        Personal::new(Payload(values))
    }

    pub(super) fn key(&self, key: usize) -> Result<&Slot<RecordId>, Fault> {
        self.keys.get(key).ok_or_else(|| {
            Fault::new(
                FaultKind::Invalid,
                "more records are created than there is room for",
            )
        })
    }

    pub(super) fn person(&self, person: usize) -> &Slot<SubjectId> {
        &self.people[person]
    }

    pub(super) fn objecting(&self, person: usize) -> &AtomicBool {
        &self.objecting[person]
    }

    pub(super) fn category(&self, key: usize) -> CategoryId {
        self.named.categories[key % CATEGORIES]
    }

    /// The objection of a record, or of a person.
    pub(super) fn objection(&self, objection: usize) -> ObjectedTo {
        let to = objected_purpose(purpose_of(objection));
        ObjectedTo::Purpose(self.named.purposes[to])
    }

    /// What the processors of a purpose ask for.
    pub(super) fn request(&self, purpose: usize) -> Request {
        Request {
            recipient: self.named.recipients[role_at_first(purpose)],
            purpose: self.named.purposes[purpose],
            channel: None,
            categories: CategorySet(u128::MAX),
        }
    }

    pub(super) fn selection(&self, purpose: usize, objecting: Option<usize>) -> Selection {
        let to = objecting.map(objected_purpose);
        Selection {
            request: self.request(purpose),
            objecting_to: to.map(|to| self.named.purposes[to]),
        }
    }
}

/// How often something is tried again because others change the same, or what decides it.
const TRIES_MAX: usize = 1_000;

/// Does something, again where somebody, or the authorisation, changed meanwhile.
pub(super) fn settled<T>(act: impl Fn() -> Result<T, Fault>) -> Result<T, Fault> {
    let mut tries = 0;
    loop {
        match act() {
            Err(fault) if fault.kind == FaultKind::Conflict && tries < TRIES_MAX => tries += 1,
            outcome => return outcome,
        }
    }
}

/// The fields of every category, in the order of the policy.
const DATA: u8 = 0;
const DECISION: u8 = 1;

/// The records that were collected, in the order in which they were given.
pub(super) fn collected(effects: &Effects) -> impl Iterator<Item = RecordId> {
    effects.changes.iter().filter_map(|change| match change {
        Change::Collected(record) => Some(*record),
        _ => None,
    })
}

impl Named {
    fn of(kept: &Kept) -> Result<Self, Fault> {
        let law = kept.law();
        let policy = law.policy();
        fn all<T>(
            count: usize,
            sort: &str,
            find: impl Fn(&str) -> Option<T>,
        ) -> Result<Vec<T>, Fault> {
            (0..count)
                .map(|number| find(&format!("{sort}-{number}")).ok_or_else(unnamed))
                .collect()
        }
        Ok(Self {
            purposes: all(PURPOSES, "purpose", |it| policy.purpose_named(it))?,
            contact: policy.fact_named("contact").ok_or_else(unnamed)?,
            recipients: all(ACCESS, "access", |it| policy.recipient_named(it))?,
            categories: all(CATEGORIES, "category", |it| policy.category_named(it))?,
            origins: all(SOURCES, "source", |it| policy.origin_named(it))?,
            kind: policy.kind_named("customer").ok_or_else(unnamed)?,
        })
    }
}

fn processors(kept: &Kept, named: &Named) -> Result<Vec<Actor>, Fault> {
    let machine = Actor::new(ActorKind::CommandLine, Account::parse("processor")?);
    let access = kept.access();
    let law = kept.law();
    (0..PURPOSES)
        .map(|purpose| {
            let role = format!("access-{}", role_at_first(purpose));
            let duty = access.duty(Who::CommandLine(&machine), &role)?;
            Ok(duty.at_work(named.purposes[purpose], &law))
        })
        .collect()
}

fn unnamed() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "the policy lacks a name of the benchmark",
    )
}

fn unavailable(message: &str) -> Fault {
    Fault::new(FaultKind::Unavailable, message)
}
