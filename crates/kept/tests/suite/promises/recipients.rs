//! 9a: every recipient of the policy, for every purpose, against the policy's own text.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use toml::Table;

use super::people::{Person, add, policy, rehearsal};
use crate::installation::Installation;

/// Fields as `category.field`.
pub(super) type Fields = BTreeSet<String>;

/// What is taken in, as `kept add` takes it: the words, and the fields.
const TAKEN: [(&str, &[&str]); 9] = [
    (
        "--kind contact --origin conversation --purpose contact-relations --purpose newsletters \
         --purpose greetings --purpose canvassing --purpose notices --purpose questions \
         --purpose events --purpose competitions --purpose community --purpose service-improvement",
        &[
            "identity.surname=Vasseur",
            "identity.first-name=Odile",
            "contact-details.email=o.vasseur@example.org",
            "contact-details.telephone=+33240000001",
            "contact-details.address-line-1=3 rue des Halles",
            "contact-details.town=Nantes",
            "professional.employer=Atelier Nord",
            "personal.preferred-language=fr",
            "exchanges.exchange-text=Asked about prices",
            "registrations.event-name=Breakfast",
            "competition-entries.competition-name=Quiz",
            "social-exchanges.social-message=Hello",
            "feedback.feedback-rating=4",
        ],
    ),
    (
        "--kind contact --origin electronic-form --purpose acceptances",
        &["acceptance.accepted-document=terms-of-business"],
    ),
    (
        "--kind visitor --origin generated-by-service --purpose security",
        &["technical-identification.ip-address=192.0.2.20"],
    ),
    (
        "--kind visitor --origin camera --purpose video-surveillance",
        &["footage.camera-name=Hall"],
    ),
    (
        "--kind staff --origin written-by-us --purpose staff-accounts",
        &["staff-account.staff-role=Accountant"],
    ),
    (
        "--kind candidate --origin electronic-form --purpose applications",
        &["applications.applied-position=Buyer"],
    ),
    (
        "--kind contact --origin conversation --purpose rights-requests",
        &["cases.case-request=A copy, please"],
    ),
    (
        "--kind client --origin order-form --purpose client-relations",
        &["identity.customer-number=C-7", "orders.order-reference=A-7"],
    ),
    (
        "--kind client --origin written-by-us --purpose anti-money-laundering",
        &["money-laundering.verified-on=2026-01-02"],
    ),
];

/// A person about whom something is held for many purposes.
pub(super) fn known_everywhere(installation: &Installation) -> (Person<'_>, Fields) {
    let (words, fields) = TAKEN[0];
    let person = add(installation, &format!("{words} --met professional"), fields);
    person.fact("contract-signed --new-matter");
    for (words, fields) in &TAKEN[1..] {
        person.more(words, fields);
    }
    let stored = TAKEN.iter().flat_map(|(_, fields)| fields.iter());
    let name = |field: &&str| field.split('=').next().unwrap().to_owned();
    (person, stored.map(name).collect())
}

/// The fields that a list of the policy names; a category stands for all of its fields.
fn named(list: &Value, stored: &Fields) -> Fields {
    let names: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    let covers = |field: &String| {
        let category = field.split('.').next().unwrap();
        names.iter().any(|name| *name == field || *name == category)
    };
    stored
        .iter()
        .filter(|field| covers(field))
        .cloned()
        .collect()
}

#[test]
fn promise_9a_each_recipient_reads_for_each_purpose_what_the_policy_says_and_nothing_else() {
    let policy: Table = policy().parse().unwrap();
    let policy = serde_json::to_value(policy).unwrap();
    let installation = rehearsal("2026-01-05T10:00");
    let (person, stored) = known_everywhere(&installation);
    // Which categories are held for which purpose.
    let mut held: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for record in person.json("show {}")["records"].as_array().unwrap() {
        for ground in record["grounds"].as_array().unwrap() {
            let purpose = ground["purpose"].as_str().unwrap().to_owned();
            let category = record["category"].as_str().unwrap().to_owned();
            held.entry(purpose).or_default().insert(category);
        }
    }
    let (mut opened, mut refused) = (0, 0);
    for (recipient, declared) in policy["recipients"].as_object().unwrap() {
        for (purpose, said) in policy["purposes"].as_object().unwrap() {
            let what = format!("{recipient} for {purpose}");
            let run = person.run(&format!(
                "read {{}} --recipient {recipient} --purpose {purpose} --json"
            ));
            let Some(reads) = declared["reads"].get(purpose) else {
                let error = run.exits(3).error_json();
                // Where nothing is held for the purpose, that is what is said first.
                if held.contains_key(purpose) {
                    assert_eq!(error["rule"], format!("recipients.{recipient}"), "{what}");
                }
                refused += 1;
                continue;
            };
            let uses = named(&said["uses"], &stored);
            let reads = match reads.as_str() {
                Some(_) => uses,
                None => named(reads, &uses),
            };
            let here = |field: &&String| {
                let category = field.split('.').next().unwrap();
                held.get(purpose)
                    .is_some_and(|held| held.contains(category))
            };
            let allowed: Fields = reads.iter().filter(here).cloned().collect();
            let given: Fields = match run.code() {
                Some(0) => fields(&run.json()),
                _ => {
                    run.exits(3);
                    Fields::new()
                }
            };
            assert!(
                given.is_subset(&allowed),
                "{what}: {given:?}, not {allowed:?}"
            );
            if said["nature"] == "use" {
                assert_eq!(given, allowed, "{what}");
            }
            opened += usize::from(!given.is_empty());
        }
    }
    assert!(
        opened > 30 && refused > 400,
        "{opened} opened, {refused} refused"
    );
    // Each of them left its trace.
    let acts = person.acts();
    let traced = |name: &str| acts.iter().filter(|act| *act == name).count();
    assert_eq!(traced("read"), opened);
    assert!(traced("read-refused") >= refused);
}

/// The fields that a read gave.
pub(super) fn fields(read: &Value) -> Fields {
    let records = read["records"].as_array().unwrap().iter();
    records
        .flat_map(|record| {
            let category = record["category"].as_str().unwrap();
            let values = record["values"].as_object().unwrap();
            values
                .keys()
                .map(move |field| format!("{category}.{field}"))
        })
        .collect()
}
