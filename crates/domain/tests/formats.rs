//! The stored forms: golden vectors, round trips, and refusal of anything else.
#![allow(clippy::unwrap_used, reason = "a helper of a test stops the test")]

use std::sync::Arc;

use domain::dossier::{
    decode_dossier, decode_held, decode_organisation, encode_dossier, encode_held,
    encode_organisation,
};
use domain::names::{NameRow, Sort};
use domain::subject::{
    Acceptance, Consent, Ended, EndedBy, Fact, Ground, Held, Hold, HoldScope, Link, ObjectedTo,
    Objection, Restriction, Role, Subject, Told,
};
use domain::{
    Account, ConsentId, FactRef, FaultKind, HoldId, KeyId, MatterId, Names, ObjectionId,
    OrganisationId, Payload, RecordId, RestrictionId, Value,
};
use jiff::civil::date;
use policy::model::{ErasureGround, Person, Policy};
use proptest::prelude::*;
use testkit::chance::Chance;
use testkit::generate::{Draft, History};
use testkit::live::{Live, Versions, nobody};
use testkit::people::moment;

/// A small policy whose names have numbers of an old registry: golden vectors hang on these alone.
fn names() -> (Policy, Names) {
    let text = policy::diagnostics::explain::MINIMAL;
    let policy = policy::compile(text).policy.unwrap();
    let row = |sort, number, name: &str| NameRow {
        sort,
        number,
        name: name.to_owned(),
    };
    let known = [
        row(Sort::Kind, 3, "customer"),
        row(Sort::Channel, 4, "email"),
        row(Sort::Origin, 5, "order-form"),
        row(Sort::Category, 6, "identity"),
        row(Sort::Field, 300, "identity.surname"),
        row(Sort::Field, 7, "identity.email"),
        row(Sort::Field, 25, "identity.country"),
        row(Sort::Fact, 8, "ordered"),
        row(Sort::Fact, 9, "delivered"),
        row(Sort::Purpose, 70_000, "orders"),
        row(Sort::Document, 26, "terms"),
    ];
    let (names, _) = Names::assign(&policy, &known).unwrap();
    (policy, names)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    let pairs = pairs.map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

fn subject(policy: &Policy) -> Subject {
    let purpose = policy.purpose_named("orders").unwrap();
    let customer = policy.kind_named("customer").unwrap();
    let email = policy.channel_named("email").unwrap();
    let identity = policy.category_named("identity").unwrap();
    Subject {
        version: 12,
        person: Some(Person::Professional),
        roles: vec![Role {
            kind: customer,
            since: date(2026, 1, 5),
            until: None,
        }],
        links: vec![Link {
            organisation: OrganisationId([1; 16]),
            since: date(1969, 12, 31),
            until: Some(date(2026, 2, 28)),
        }],
        facts: vec![Fact {
            id: FactRef([2; 16]),
            kind: policy.fact_named("ordered").unwrap(),
            matter: Some(MatterId([3; 16])),
            happened: moment("2026-01-05T09:30:00.000001Z"),
            recorded: moment("2026-01-06"),
            superseded_by: Some(FactRef([4; 16])),
            organisation: None,
        }],
        consents: vec![Consent {
            id: ConsentId([5; 16]),
            purpose,
            channels: [email].into_iter().collect(),
            given: moment("2026-01-07"),
            withdrawn: Some(moment("2026-01-08")),
            policy_version: 1,
            proof: Some(RecordId([6; 16])),
        }],
        objections: vec![Objection {
            id: ObjectionId([7; 16]),
            to: ObjectedTo::Canvassing,
            made: moment("2026-01-09"),
            lifted: None,
        }],
        restrictions: vec![Restriction {
            id: RestrictionId([8; 16]),
            categories: [identity].into_iter().collect(),
            since: moment("2026-01-10"),
            lifted: None,
        }],
        holds: vec![Hold {
            id: HoldId([9; 16]),
            scope: HoldScope::Matter(MatterId([3; 16])),
            purpose,
            placed: moment("2026-01-11"),
            review: date(2027, 1, 11),
            lifted: None,
            reason: None,
        }],
        told: Some(Told {
            version: 1,
            on: date(2026, 1, 5),
        }),
        acceptances: vec![Acceptance {
            document: policy.document_named("terms").unwrap(),
            version: 3,
            accepted: moment("2026-01-12"),
            proof: RecordId([10; 16]),
        }],
        ..nobody()
    }
}

fn held(policy: &Policy) -> Held {
    Held {
        id: RecordId([1; 16]),
        category: policy.category_named("identity").unwrap(),
        fields: 0b111,
        collected: moment("2026-01-05"),
        recorded: moment("2026-01-06"),
        origin: policy.origin_named("order-form").unwrap(),
        brought_by: Account::parse("m.lefevre").unwrap(),
        processor: None,
        matter: Some(MatterId([3; 16])),
        policy_version: 1,
        grounds: vec![Ground {
            purpose: policy.purpose_named("orders").unwrap(),
            kind: policy.kind_named("customer").unwrap(),
            since: moment("2026-01-06"),
            ended: Some(Ended {
                at: moment("2026-03-01"),
                by: EndedBy::Erasure(ErasureGround::Unlawful),
            }),
        }],
        derived_from: vec![RecordId([2; 16])],
        key: KeyId([5; 16]),
        tombstone: false,
    }
}

#[test]
fn golden_vector_of_a_dossier() {
    let (policy, names) = names();
    let subject = subject(&policy);
    let bytes = encode_dossier(&subject, &names);
    assert_eq!(hex(&bytes), include_str!("formats/dossier-2.hex").trim());
    let back = decode_dossier(subject.id, subject.version, &bytes, &names).unwrap();
    assert_eq!(back, subject);
}

#[test]
fn a_dossier_of_the_format_before_is_read_for_ever() {
    let (policy, names) = names();
    let bytes = unhex(include_str!("formats/dossier-1.hex").trim());
    let back = decode_dossier(nobody().id, 12, &bytes, &names).unwrap();
    let before = Subject {
        acceptances: Vec::new(),
        ..subject(&policy)
    };
    assert_eq!(back, before);
}

#[test]
fn golden_vector_of_a_held_record() {
    let (policy, names) = names();
    let held = held(&policy);
    let bytes = encode_held(&held, &names);
    assert_eq!(hex(&bytes), include_str!("formats/held-1.hex").trim());
    let back = decode_held(&bytes, &names, held.id, held.category, held.key, false).unwrap();
    assert_eq!(back, held);
}

#[test]
fn golden_vector_of_the_values_of_a_record() {
    let (policy, names) = names();
    let category = policy.category_named("identity").unwrap();
    let values = [
        (0, Value::Text("Lefèvre".to_owned())),
        (1, Value::Date(date(1908, 12, 9))),
        (2, Value::Integer(-300)),
    ];
    let payload = Payload(values.into_iter().collect());
    let bytes = payload.encode(category, &names);
    assert_eq!(
        hex(&bytes),
        "a307820139571e181939012b19012c684c6566c3a8767265"
    );
    assert_eq!(Payload::decode(category, &bytes, &names).unwrap(), payload);
}

#[test]
fn what_is_not_canonical_is_refused() {
    let (policy, names) = names();
    let category = policy.category_named("identity").unwrap();
    for (bytes, what) in [
        (&[0xa0, 0x00][..], "something follows"),
        (&[0xb8, 0x00], "a longer form of a length"),
        (&[0xbf, 0xff], "no definite length"),
        (&[0xa2, 0x07, 0xf5, 0x07, 0xf5], "a key twice"),
        (&[0xa2, 0x18, 0x19, 0xf5, 0x07, 0xf5], "keys out of order"),
        (&[0xa1, 0x18, 0x07, 0xf5], "a longer form of a number"),
        (&[0xa1, 0x07, 0xf6], "no value"),
        (&[0xa1, 0x07], "an end too soon"),
        (&[], "nothing"),
    ] {
        let refused = Payload::decode(category, bytes, &names).unwrap_err();
        assert_eq!(refused.kind, FaultKind::Integrity, "{what}");
    }
}

#[test]
fn every_person_that_lived_comes_back_as_stored() {
    for seed in 1..40 {
        let mut chance = Chance::new(seed);
        let draft = Draft::random(&mut chance);
        let Some(policy) = policy::compile(&draft.text(1)).policy else {
            continue;
        };
        let versions = Versions::new(&[Arc::new(policy)]);
        let mut live = Live::new(&versions);
        let mut history = History::new(&mut chance, live.in_force().zone().clone());
        for _ in 0..40 {
            history.pass(&mut chance);
            let event = history.act(&mut chance, live.in_force().policy());
            live.happen(&event, history.now);
        }
        let (subject, names) = (&live.subject, live.names());
        let bytes = encode_dossier(subject, names);
        let back = decode_dossier(subject.id, subject.version, &bytes, names).unwrap();
        let clear = Subject {
            records: Vec::new(),
            organisation_facts: Vec::new(),
            ..subject.clone()
        };
        assert_eq!(back, clear);
        let facts = encode_organisation(&subject.organisation_facts, names);
        assert_eq!(
            decode_organisation(&facts, names).unwrap(),
            subject.organisation_facts
        );
        for held in &subject.records {
            let bytes = encode_held(held, names);
            let back = decode_held(
                &bytes,
                names,
                held.id,
                held.category,
                held.key,
                held.tombstone,
            );
            assert_eq!(&back.unwrap(), held);
        }
    }
}

proptest! {
    #[test]
    fn damage_is_a_fault_or_another_dossier_and_never_a_panic(at in 0usize..400, with: u8, cut in 0usize..400) {
        let (policy, names) = names();
        let subject = subject(&policy);
        let mut bytes = encode_dossier(&subject, &names);
        let length = bytes.len();
        bytes[at % length] = with;
        if let Ok(back) = decode_dossier(subject.id, 1, &bytes, &names) {
            // What is accepted and known encodes back to the same bytes.
            let again = encode_dossier(&back, &names);
            prop_assert!(again == bytes || again.len() < bytes.len());
        }
        bytes.truncate(cut % length);
        prop_assert!(decode_dossier(subject.id, 1, &bytes, &names).is_err());
    }

    #[test]
    fn random_bytes_are_no_record(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (policy, names) = names();
        let category = policy.category_named("identity").unwrap();
        let _ = decode_held(&bytes, &names, RecordId([1; 16]), category, KeyId([1; 16]), false);
        let _ = Payload::decode(category, &bytes, &names);
        let _ = decode_organisation(&bytes, &names);
    }
}
