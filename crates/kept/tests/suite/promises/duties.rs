//! 10g, 10k and what of 10h can be shown: duties, legal limits, sources of terms.

use super::people::{add, contact, rehearsal, sweep};
use crate::policies;

const CHECKED: [&str; 2] = [
    "money-laundering.verified-surname=Vasseur",
    "money-laundering.vigilance=standard",
];
const CHECK: &str = "--kind client --origin written-by-us --purpose anti-money-laundering";

#[test]
fn promise_10g_checks_are_kept_five_years_from_collection_and_closed_otherwise() {
    let installation = rehearsal("2024-02-29T10:00");
    let person = contact(&installation);
    person.more(CHECK, &CHECKED);
    assert!(person.readable("administration", "anti-money-laundering"));
    assert!(!person.readable("administration", "client-relations"));
    // An erasure does not shorten it, and takes the rest.
    let forgotten = person.json("forget {} --yes --reason no-longer-necessary");
    assert_eq!(
        (&forgotten["destroyed"], &forgotten["stays"]),
        (&1.into(), &1.into())
    );
    installation.at("2029-02-28T23:59");
    assert!(person.readable("administration", "anti-money-laundering"));
    installation.at("2029-03-01T00:00");
    assert_eq!(
        person.refused("administration", "anti-money-laundering"),
        "retention 10g"
    );
    assert_eq!(
        sweep(&installation),
        ["1 money-laundering deleted by retention 10g"]
    );
}

#[test]
fn promise_10g_the_laws_term_from_the_end_of_the_relationship_prevails_where_it_is_later() {
    let installation = rehearsal("2024-01-31T10:00");
    let person = contact(&installation);
    let contract = person.fact("contract-signed --new-matter");
    person.more(CHECK, &CHECKED);
    installation.at("2030-05-31T10:00");
    assert!(
        person.readable("administration", "anti-money-laundering"),
        "the relationship goes on"
    );
    person.fact(&format!("contract-ended --matter {contract}"));
    installation.at("2035-05-31T23:59");
    assert!(person.readable("administration", "anti-money-laundering"));
    installation.at("2035-06-01T00:00");
    assert!(!person.readable("administration", "anti-money-laundering"));
}

#[test]
fn promise_10k_a_legal_minimum_prolongs_for_its_duty_alone() {
    let installation = rehearsal("2024-01-31T10:00");
    let person = contact(&installation);
    let contract = person.fact("contract-signed --new-matter");
    person.more(
        "--kind client --origin written-by-us --purpose client-relations \
         --purpose administrative-obligations",
        &[
            "invoices.invoice-number=F-2024-7",
            "invoices.invoice-amount=120000",
        ],
    );
    installation.at("2024-06-30T10:00");
    person.fact(&format!("contract-ended --matter {contract}"));
    assert_eq!(
        person.refused("administration", "client-relations"),
        "retention 10a-contract"
    );
    assert!(person.readable("administration", "administrative-obligations"));
    assert!(!person.readable("marketing", "newsletters"));
    installation.at("2034-01-31T23:59");
    assert!(person.readable("administration", "administrative-obligations"));
    installation.at("2034-02-01T00:00");
    assert!(!person.readable("administration", "administrative-obligations"));
}

#[test]
fn promise_10k_a_legal_maximum_shortens() {
    let installation = rehearsal("2026-02-28T10:00");
    // Recruitment stays open, and the law's two years end it all the same.
    let person = add(
        &installation,
        "--kind visitor --origin electronic-form --purpose security",
        &["technical-identification.ip-address=192.0.2.18"],
    );
    person.fact("application-made --new-matter");
    person.more(
        "--kind candidate --origin electronic-form --purpose applications",
        &["applications.applied-position=Auditor"],
    );
    installation.at("2028-02-28T23:59");
    assert!(person.readable("client-recruiters", "applications"));
    installation.at("2028-02-29T00:00");
    assert_eq!(
        person.refused("client-recruiters", "applications"),
        "retention applications"
    );
    assert_eq!(
        sweep(&installation),
        ["1 applications deleted by retention applications"]
    );
}

#[test]
fn promise_10k_each_term_names_its_source() {
    let folder = policies::assess_manager();
    let kept = crate::kept::Kept::new();
    let register = ["register".as_ref(), folder.as_os_str(), "--json".as_ref()];
    let register = kept.run(register).ok().json();
    let text = register.to_string();
    assert!(
        text.contains("L561-12") && text.contains("L123-22"),
        "laws are cited"
    );

    let installation = rehearsal("2026-01-05T10:00");
    let person = contact(&installation);
    person.more(CHECK, &CHECKED);
    let copy = person.json("copy {}");
    let records = copy["records"].as_array().unwrap();
    assert_eq!(records.len(), 2);
    for purpose in records
        .iter()
        .flat_map(|one| one["purposes"].as_array().unwrap())
    {
        let source = purpose["retention"]["source"].as_str().unwrap();
        assert!(
            ["law: ", "contract: ", "our need: "]
                .iter()
                .any(|kind| source.starts_with(kind)),
            "{source}"
        );
    }
    // A term without a source is an error of the policy.
    let policy = super::people::policy().replacen("source.law.en", "sauce.law.en", 1);
    kept.file("policy.toml", policy);
    kept.run(["check", "policy.toml"]).exits(2);
}

#[test]
fn promise_10h_each_rule_deletes_or_anonymises_and_an_erasure_adds_to_no_statistic() {
    let installation = rehearsal("2026-01-05T10:00");
    let people: Vec<_> = (0..10).map(|_| contact(&installation)).collect();
    for one in &people {
        one.more(
            "--kind contact --origin conversation --purpose contact-relations",
            &["exchanges.exchange-subject=Meeting"],
        );
    }
    let erased = contact(&installation);
    let forgotten = erased.json("forget {} --yes --reason unlawful");
    assert_eq!(forgotten["destroyed"], 1);
    installation.at("2031-01-06T00:00");
    assert_eq!(
        sweep(&installation),
        [
            "10 exchanges deleted by retention 10d",
            "10 identity anonymised by retention 10d"
        ]
    );
    for one in &people {
        one.run("show {}").exits(5);
        assert!(one.acts().contains(&"swept".to_owned()));
    }
}
