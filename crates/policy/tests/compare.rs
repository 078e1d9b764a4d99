//! The difference of two policies, for the public and for a plan.

#![allow(clippy::unwrap_used, reason = "a test")]

use policy::compare::{Change, Concerns, How, Part, audience};
use policy::diagnostics::explain::MINIMAL;
use policy::model::Policy;
use policy::{compare, compile, render};

fn policy(source: &str) -> Policy {
    let outcome = compile(source);
    let text = render(&outcome.diagnostics, source, "policy.toml", false);
    outcome.policy.ok_or(text).unwrap()
}

/// The changes from the minimal policy to one with some texts put in the place of others.
fn changes(replacements: &[(&str, &str)]) -> Vec<Change> {
    let mut source = MINIMAL.to_owned();
    for (from, to) in replacements {
        assert!(source.contains(from), "the policy does not say {from:?}");
        source = source.replace(from, to);
    }
    compare(&policy(MINIMAL), &policy(&source))
}

fn said(changes: &[Change]) -> String {
    changes
        .iter()
        .map(|it| {
            let grounds: Vec<String> = it
                .grounds
                .iter()
                .map(|g| format!("\n  {} of {} for {}", g.category, g.kind, g.purpose))
                .collect();
            let mut effects = format!("{:?}", it.effect).replace("Effect ", "");
            if it.effect.needs_telling() {
                effects.push_str(" tell first");
            }
            format!(
                "{:?} {} {:?}\n  {}\n  {}\n  {effects}{}\n",
                it.part,
                it.name,
                it.how,
                it.words.en,
                it.words.fr,
                grounds.concat()
            )
        })
        .collect()
}

#[test]
fn a_policy_differs_in_nothing_from_itself() {
    assert_eq!(compare(&policy(MINIMAL), &policy(MINIMAL)), []);
    // Nor does the order of the file make a difference.
    let (before, purposes) = MINIMAL.split_once("[purposes.orders]").unwrap();
    let (orders, rest) = purposes.split_once("[purposes.disputes]").unwrap();
    let (disputes, after) = rest.split_once("[recipients.counter]").unwrap();
    let turned = format!(
        "{before}[purposes.disputes]{disputes}[purposes.orders]{orders}[recipients.counter]{after}"
    );
    assert_eq!(compare(&policy(MINIMAL), &policy(&turned)), []);
}

#[test]
fn shorter_and_longer_terms_are_told_apart() {
    insta::assert_snapshot!(said(&changes(&[
        ("keep = \"2 years\"", "keep = \"18 months\""),
        ("keep = \"1 year\"", "keep = \"2 years\""),
    ])));
}

#[test]
fn a_term_counted_from_more_is_longer() {
    let changes = changes(&[(
        "from = [\"end-of:dispute\"]",
        "from = [\"collection\", \"end-of:dispute\"]",
    )]);
    assert_eq!(changes.len(), 1);
    assert!(changes[0].effect.lengthens && !changes[0].effect.shortens);
    assert!(changes[0].effect.needs_telling());
}

#[test]
fn a_term_that_differs_by_the_month_is_both_longer_and_shorter() {
    let old = policy(&MINIMAL.replace("keep = \"1 year\"", "keep = \"1 month\""));
    let new = policy(&MINIMAL.replace("keep = \"1 year\"", "keep = \"30 days\""));
    let effect = compare(&old, &new)[0].effect;
    assert!(effect.lengthens && effect.shortens);
}

#[test]
fn a_renamed_purpose_is_no_new_one() {
    let changes = changes(&[
        ("[purposes.orders]", "[purposes.sales]\nwas = \"orders\""),
        ("[[purposes.orders.basis]]", "[[purposes.sales.basis]]"),
        ("purposes = [\"orders\"]", "purposes = [\"sales\"]"),
        ("reads = { orders = \"all\"", "reads = { sales = \"all\""),
    ]);
    assert_eq!(changes.len(), 1, "{}", said(&changes));
    assert_eq!(
        changes[0].how,
        How::Renamed {
            was: "orders".into()
        }
    );
    assert!(!changes[0].effect.needs_telling());
}

#[test]
fn a_new_purpose_and_what_it_brings_needs_telling() {
    let purpose = "[purposes.newsletter]
title = { en = \"Newsletter\", fr = \"Lettre d'information\" }
about = { en = \"We write to you once a month.\", fr = \"Nous vous écrivons chaque mois.\" }
nature = \"use\"
canvassing = true
consent-lasts = \"3 years\"
uses = [\"identity.email\"]
[[purposes.newsletter.basis]]
kinds = [\"customer\"]
basis = \"consent\"

[recipients.counter]";
    insta::assert_snapshot!(said(&changes(&[
        ("[recipients.counter]", purpose),
        (
            "reads = { orders = \"all\"",
            "reads = { newsletter = \"all\", orders = \"all\""
        ),
        (
            "purposes = [\"orders\"]",
            "purposes = [\"orders\", \"newsletter\"]"
        ),
    ])));
}

#[test]
fn what_is_used_and_read_less_is_told_without_alarm() {
    let changes = changes(&[(
        "nature = \"use\"\nuses = [\"identity\"]",
        "nature = \"use\"\nuses = [\"identity.surname\", \"identity.country\"]",
    )]);
    insta::assert_snapshot!(said(&changes));
    assert!(changes.iter().all(|change| !change.effect.needs_telling()));
}

#[test]
fn bases_facts_rights_and_the_house_are_compared() {
    let changes = changes(&[
        (
            "basis = \"legitimate-interests\"",
            "basis = \"legal-obligation\"",
        ),
        ("[channels.email]", "[channels.mail]"),
        ("name = \"Camille Martin\"", "name = \"Louise Bernard\""),
        (
            "about = { en = \"Say no\", fr = \"Dites non\" }",
            "about = { en = \"Say no to us\", fr = \"Dites-nous non\" }",
        ),
        (
            "[processors.carrier]\ntitle = { en = \"Carriers\"",
            "[processors.carrier]\ntitle = { en = \"Posts\"",
        ),
    ]);
    insta::assert_snapshot!(said(&changes));
    let parts: Vec<Part> = changes.iter().map(|change| change.part).collect();
    assert_eq!(
        parts,
        [
            Part::Basis,
            Part::Processor,
            Part::Channel,
            Part::Channel,
            Part::Officer,
            Part::Right
        ]
    );
}

#[test]
fn two_policies_with_nothing_in_common_differ_in_everything() {
    let default = policy(include_str!("../../../policies/assess-manager/policy.toml"));
    let club = policy(include_str!("../../../policies/sports-club/policy.toml"));
    let changes = compare(&default, &club);
    let purposes = |how: How| {
        changes
            .iter()
            .filter(|it| it.part == Part::Purpose && it.how == how)
            .count()
    };
    assert_eq!(purposes(How::Added), club.purposes.len());
    assert_eq!(purposes(How::Removed), default.purposes.len());
    for change in &changes {
        for words in [&change.words.en, &change.words.fr] {
            assert!(words.ends_with('.') && !words.contains(".."), "{words}");
        }
    }
}

#[test]
fn a_change_concerns_those_whose_data_it_touches() {
    let concerned = |replacements: &[(&str, &str)]| audience(&changes(replacements));
    let customers = || Concerns::Kinds(["customer".to_owned()].into());
    // A term, a use, a reader, a category: the kinds of person behind the purposes.
    assert_eq!(
        concerned(&[("keep = \"2 years\"", "keep = \"3 years\"")]),
        customers()
    );
    let reads = (
        "orders = \"all\", disputes",
        "orders = [\"identity.surname\"], disputes",
    );
    assert_eq!(concerned(&[reads]), customers());
    // What is of the house: everybody.
    let moved = ("1 quai des Livres", "2 quai des Livres");
    assert_eq!(concerned(&[moved]), Concerns::Everybody);
    let term = ("keep = \"2 years\"", "keep = \"3 years\"");
    assert_eq!(concerned(&[moved, term]), Concerns::Everybody);
    // The same in other words: nobody.
    let reworded = ("en = \"Order form\"", "en = \"Form to order\"");
    let explained = ("We deliver what you order", "What you order is delivered");
    assert_eq!(concerned(&[reworded, explained]), Concerns::Nobody);
    assert!(changes(&[reworded]).iter().all(|change| change.editorial));
    // A kind by another name is the same kind.
    let renamed = [
        ("[kinds.customer]", "[kinds.reader]\nwas = \"customer\""),
        ("kinds = [\"customer\"]", "kinds = [\"reader\"]"),
        term,
    ];
    let readers = Concerns::Kinds(["reader".to_owned()].into());
    assert_eq!(concerned(&renamed), readers);
    assert!(!readers.includes("customer") && Concerns::Everybody.includes("customer"));
}
