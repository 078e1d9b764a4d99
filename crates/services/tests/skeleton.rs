//! The walking skeleton: a person comes in, is read for a purpose, traced, forgotten.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;

use domain::collect::Collection;
use domain::decide::Request;
use domain::value::{Payload, Value};
use domain::{Account, Actor, ActorKind, FaultKind, Personal};
use journal::Destination;
use policy::model::{CategorySet, ErasureGround, Person, PurposeSet};
use services::collect::{NewData, NewPerson};
use services::open::NewInstallation;
use services::{Acting, Kept};

fn actor() -> Actor {
    Actor::new(ActorKind::CommandLine, Account::parse("a.martin").unwrap())
}

fn acting() -> Acting {
    Acting {
        actor: actor(),
        dry_run: false,
    }
}

fn installation(root: &std::path::Path) -> Kept {
    let source = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/assess-manager/policy.toml"
    );
    let new = NewInstallation {
        root: root.join("kept"),
        keys: None,
        policy: std::fs::read_to_string(source).unwrap(),
        rehearsal: Some("2026-03-01T09:00:00Z".parse().unwrap()),
    };
    Kept::init(new, &actor()).unwrap()
}

fn identity(kept: &Kept) -> NewData {
    let law = kept.law();
    let policy = law.policy();
    let field = policy.field_named("identity.surname").unwrap();
    let mut values = BTreeMap::new();
    values.insert(field.field, Value::Text("Tréguier".to_owned()));
    let payload = Payload(values);
    let mut purposes = PurposeSet::EMPTY;
    purposes.insert(policy.purpose_named("contact-relations").unwrap());
    NewData {
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

fn request(kept: &Kept, recipient: &str) -> Request {
    let law = kept.law();
    Request {
        recipient: law.policy().recipient_named(recipient).unwrap(),
        purpose: law.policy().purpose_named("contact-relations").unwrap(),
        channel: None,
        categories: CategorySet(u128::MAX),
    }
}

#[test]
fn a_person_comes_in_is_read_and_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let kept = installation(folder.path());
    let new = NewPerson {
        person: Some(Person::Professional),
        records: vec![identity(&kept)],
    };
    let (id, _) = kept.add_person(new, &acting()).unwrap();

    let reading = kept
        .read(
            id,
            request(&kept, "client-relations"),
            &actor(),
            Destination::Screen,
        )
        .unwrap();
    let values: Vec<String> = reading
        .opened
        .iter()
        .flat_map(|one| one.values.disclose().0.values().map(Value::display))
        .collect();
    assert_eq!(values, ["Tréguier"]);

    let refused = kept
        .read(id, request(&kept, "it"), &actor(), Destination::Screen)
        .err()
        .unwrap();
    assert_eq!(refused.kind, FaultKind::Refused);

    let forgotten = kept
        .forget(id, ErasureGround::NoLongerNecessary, None, &acting())
        .unwrap();
    assert_eq!(forgotten.acted.destroyed.len(), 1);
    let gone = kept
        .read(
            id,
            request(&kept, "client-relations"),
            &actor(),
            Destination::Screen,
        )
        .err()
        .unwrap();
    assert_eq!(gone.kind, FaultKind::Absent);

    drop(kept);
    let again = Kept::open(&folder.path().join("kept"), None).unwrap();
    assert_eq!(
        again
            .vault()
            .data()
            .read(|reader| reader.subject_count())
            .unwrap(),
        0
    );
}
