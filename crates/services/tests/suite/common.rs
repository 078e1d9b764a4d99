//! A rehearsal installation with a person or two, for the tests of this crate.

use std::collections::BTreeMap;

use domain::act::Change;
use domain::collect::Collection;
use domain::decide::Request;
use domain::value::{Payload, Value};
use domain::{Account, Actor, ActorKind, Fault, Personal, RecordId, SubjectId};
use journal::Destination;
use policy::model::{CategorySet, Person, PurposeSet};
use services::collect::{NewData, NewPerson};
use services::open::{NewInstallation, Servers};
use services::read::Reading;
use services::{Acting, Kept};

/// A rehearsal installation of the default policy.
pub(crate) struct House {
    pub(crate) kept: Kept,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn acting() -> Acting {
    let account = Account::parse("a.martin").unwrap();
    Acting::new(Actor::new(ActorKind::CommandLine, account), false)
}

/// Databases for an installation, where the tests run on a server.
pub(crate) fn on_servers() -> Option<Servers> {
    let [data, keyring] = testkit::postgres::databases()?;
    Some(Servers::at(data, keyring))
}

pub(crate) fn default_policy() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/assess-manager/policy.toml"
    );
    std::fs::read_to_string(path).unwrap()
}

impl House {
    pub(crate) fn new(at: &str) -> Self {
        Self::with(at, None)
    }

    /// With the default authorisation beside the default policy.
    pub(crate) fn authorised(at: &str) -> Self {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../policies/assess-manager/authorisation.toml"
        );
        Self::with(at, Some(std::fs::read_to_string(path).unwrap()))
    }

    /// On two databases of a server.
    pub(crate) fn on(at: &str, [data, keyring]: [String; 2]) -> Self {
        Self::made(at, None, Some(Servers::at(data, keyring)))
    }

    /// On databases that are described.
    pub(crate) fn on_these(at: &str, servers: Servers) -> Self {
        Self::made(at, None, Some(servers))
    }

    /// In files, wherever the other tests run.
    pub(crate) fn in_files(at: &str) -> Self {
        Self::made(at, None, None)
    }

    fn with(at: &str, authorisation: Option<String>) -> Self {
        Self::made(at, authorisation, on_servers())
    }

    fn made(at: &str, authorisation: Option<String>, database: Option<Servers>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewInstallation {
            root: folder.path().join("kept"),
            keys: None,
            policy: default_policy(),
            authorisation,
            rehearsal: Some(at.parse().unwrap()),
            database,
        };
        let kept = Kept::init(new, &acting().actor).unwrap();
        Self { kept, folder }
    }

    pub(crate) fn move_to(&self, at: &str) {
        self.kept
            .move_clock(at.parse().unwrap(), &acting().actor)
            .unwrap();
    }

    /// A contact with a surname, collected now.
    pub(crate) fn add_contact(&self, surname: &str) -> SubjectId {
        let new = NewPerson {
            person: Some(Person::Professional),
            records: vec![self.surname(surname)],
        };
        self.kept.add_person(new, &acting()).unwrap().0
    }

    /// One record more of a contact.
    pub(crate) fn more(&self, id: SubjectId, surname: &str) -> RecordId {
        let new = vec![self.surname(surname)];
        let acted = self.kept.add_records(id, new, &acting()).unwrap();
        let mut changes = acted.effects.changes.iter();
        let collected = changes.find_map(|change| match change {
            Change::Collected(record) => Some(*record),
            _ => None,
        });
        collected.unwrap()
    }

    pub(crate) fn surname(&self, surname: &str) -> NewData {
        let law = self.kept.law();
        let policy = law.policy();
        let field = policy.field_named("identity.surname").unwrap();
        let mut values = BTreeMap::new();
        values.insert(field.field, Value::Text(surname.to_owned()));
        let payload = Payload(values);
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
                collected: self.kept.moment().unwrap().now,
                approved: false,
            },
            values: Personal::new(payload),
            unique: None,
        }
    }

    pub(crate) fn read_contact(&self, id: SubjectId) -> Result<Reading, Fault> {
        self.read_as(id, "client-relations")
    }

    pub(crate) fn read_as(&self, id: SubjectId, recipient: &str) -> Result<Reading, Fault> {
        let law = self.kept.law();
        let request = Request {
            recipient: law.policy().recipient_named(recipient).unwrap(),
            purpose: law.policy().purpose_named("contact-relations").unwrap(),
            channel: None,
            categories: CategorySet(u128::MAX),
        };
        self.kept
            .read(id, request, &acting().actor, Destination::Screen)
    }
}
