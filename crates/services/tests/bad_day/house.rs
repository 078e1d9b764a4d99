//! An installation with people in it, on real files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::collect::Collection;
use domain::decide::Request;
use domain::value::{Payload, Value};
use domain::{Account, Actor, ActorKind, Personal, SubjectId};
use journal::Destination;
use policy::model::{CategorySet, ErasureGround, Person, PurposeSet};
use services::collect::{NewData, NewPerson};
use services::keys::NamedManager;
use services::open::{NewInstallation, Servers};
use services::read::Reading;
use services::{Acting, Kept};
use tempfile::TempDir;

pub(crate) fn actor() -> Actor {
    Actor::new(ActorKind::CommandLine, Account::parse("a.martin").unwrap())
}

pub(crate) fn acting() -> Acting {
    Acting::new(actor(), false)
}

/// A folder with an installation in it.
pub(crate) struct House {
    pub(crate) place: TempDir,
}

impl House {
    /// A rehearsal installation of the default policy that begins on a day.
    pub(crate) fn new(began: &str) -> (Self, Kept) {
        let house = Self {
            place: tempfile::tempdir().unwrap(),
        };
        let kept = init(&house.root(), began);
        (house, kept)
    }

    /// The same with its databases on a server.
    pub(crate) fn on_servers(began: &str, [data, keyring]: &[String; 2]) -> (Self, Kept) {
        let house = Self {
            place: tempfile::tempdir().unwrap(),
        };
        let new = NewInstallation {
            database: Some(Servers::at(data, keyring)),
            ..new(&house.root(), began)
        };
        let kept = Kept::init(new, &actor()).unwrap();
        (house, kept)
    }

    /// The same with its keys in a token.
    pub(crate) fn with_token(began: &str, token: NamedManager) -> (Self, Kept) {
        let house = Self {
            place: tempfile::tempdir().unwrap(),
        };
        let kept = Kept::init_with_keys(new(&house.root(), began), Some(token), &actor()).unwrap();
        (house, kept)
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.place.path().join("kept")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.place.path().join("kept.keys")
    }

    pub(crate) fn open(&self) -> Kept {
        Kept::open(&self.root(), None).unwrap()
    }
}

pub(crate) fn init(root: &Path, began: &str) -> Kept {
    Kept::init(new(root, began), &actor()).unwrap()
}

fn new(root: &Path, began: &str) -> NewInstallation {
    let source = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/assess-manager/policy.toml"
    );
    NewInstallation {
        root: root.to_owned(),
        keys: None,
        policy: std::fs::read_to_string(source).unwrap(),
        authorisation: None,
        rehearsal: Some(began.parse().unwrap()),
        database: None,
    }
}

/// Opens the installation again at a later moment of its rehearsal.
pub(crate) fn later(kept: Kept, house: &House, at: &str) -> Kept {
    let at: jiff::Timestamp = at.parse().unwrap();
    kept.vault()
        .data()
        .write(store::Priority::Ordinary, move |tx| {
            tx.put_meta("rehearsal-now", &at.as_microsecond().to_be_bytes())
        })
        .unwrap();
    drop(kept);
    house.open()
}

/// A contact with a name and an e-mail address, met at a fair.
pub(crate) fn contact(kept: &Kept, surname: &str, email: &str) -> NewPerson {
    NewPerson {
        person: Some(Person::Professional),
        records: vec![
            data(kept, "identity.surname", surname),
            data(kept, "contact-details.email", email),
        ],
    }
}

pub(crate) fn data(kept: &Kept, field: &str, text: &str) -> NewData {
    let law = kept.law();
    let policy = law.policy();
    let field = policy.field_named(field).unwrap();
    let kind = &policy.categories[field.category.index()].fields[usize::from(field.field)].kind;
    let value = Value::parse(kind, text).unwrap();
    let payload = Payload(BTreeMap::from([(field.field, value)]));
    let mut purposes = PurposeSet::EMPTY;
    purposes.insert(policy.purpose_named("contact-relations").unwrap());
    NewData {
        derived_from: Vec::new(),
        collection: Collection {
            category: field.category,
            fields: payload.fields(),
            origin: policy.origin_named("business-card").unwrap(),
            brought_by: Account::parse("a.martin").unwrap(),
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
}

/// Adds a contact.
pub(crate) fn add(kept: &Kept, surname: &str, email: &str) -> SubjectId {
    kept.add_person(contact(kept, surname, email), &acting())
        .unwrap()
        .0
}

/// What client relations read of a person.
pub(crate) fn read(kept: &Kept, id: SubjectId) -> Result<Vec<String>, domain::Fault> {
    let reading = read_once(kept, id)?;
    Ok(reading
        .opened
        .iter()
        .flat_map(|one| one.values.disclose().0.values().map(Value::display))
        .collect())
}

/// A read of a person by client relations, with its receipt.
pub(crate) fn read_once(kept: &Kept, id: SubjectId) -> Result<Reading, domain::Fault> {
    let request = {
        let law = kept.law();
        Request {
            recipient: law.policy().recipient_named("client-relations").unwrap(),
            purpose: law.policy().purpose_named("contact-relations").unwrap(),
            channel: None,
            categories: CategorySet(u128::MAX),
        }
    };
    kept.read(id, request, &actor(), Destination::Screen)
}

/// Erases a person.
pub(crate) fn forget(kept: &Kept, id: SubjectId) {
    kept.forget(id, ErasureGround::NoLongerNecessary, None, &acting())
        .unwrap();
}

/// Who is found by an e-mail address.
pub(crate) fn find(kept: &Kept, email: &str) -> Vec<SubjectId> {
    let field = kept
        .law()
        .policy()
        .field_named("contact-details.email")
        .unwrap();
    let law = kept.law();
    let policy = law.policy();
    let kind = &policy.categories[field.category.index()].fields[usize::from(field.field)].kind;
    let value = Value::parse(kind, email).unwrap();
    kept.find(field, &value, &actor()).unwrap()
}
