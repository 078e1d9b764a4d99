//! The policies that ship with Kept: they compile, their advice is answered, their words are fit
//! to print, and they have no name in common, so that none can be special to the code.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use policy::model::{Anchor, Basis, Language, Limit, Person, Policy, TermSource, Then};
use policy::{compile, render};

const ASSESS_MANAGER: &str = include_str!("../../../policies/assess-manager/policy.toml");
const SPORTS_CLUB: &str = include_str!("../../../policies/sports-club/policy.toml");

#[expect(
    clippy::unwrap_used,
    reason = "a test stops where its policy is not there"
)]
fn policy(source: &str) -> Policy {
    let outcome = compile(source);
    let open: Vec<_> = outcome
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.acknowledged.is_none())
        .cloned()
        .collect();
    assert!(
        open.is_empty(),
        "{}",
        render(&open, source, "policy.toml", false)
    );
    outcome.policy.unwrap()
}

#[test]
fn the_policies_compile_and_all_advice_is_answered() {
    policy(ASSESS_MANAGER);
    policy(SPORTS_CLUB);
}

/// Every text in a table of a language: the value of a key `en` or `fr`, with its path.
fn words(value: &toml::Value, language: &str, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        toml::Value::Table(table) => {
            for (key, inside) in table {
                match inside {
                    toml::Value::String(text) if key == language => {
                        found.push((path.to_owned(), text.clone()));
                    }
                    _ => words(inside, language, &format!("{path}.{key}"), found),
                }
            }
        }
        toml::Value::Array(list) => {
            for (at, inside) in list.iter().enumerate() {
                words(inside, language, &format!("{path}[{at}]"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_words_follow_the_typography_of_their_language() {
    for source in [ASSESS_MANAGER, SPORTS_CLUB] {
        let tree = toml::Value::Table(source.parse().unwrap());
        let (mut english, mut french) = (Vec::new(), Vec::new());
        words(&tree, "en", "", &mut english);
        words(&tree, "fr", "", &mut french);
        assert_eq!(english.len(), french.len());
        for (path, text) in english.iter().chain(&french) {
            assert!(
                !text.contains('\''),
                "{path}: a straight apostrophe: {text}"
            );
            assert!(!text.contains("  "), "{path}: two spaces: {text}");
            assert_eq!(text.trim(), text, "{path}: space at an end");
        }
        for (path, text) in &english {
            let spaced = [" :", " ;", " ?", " !", "\u{a0}"];
            assert!(
                !spaced.iter().any(|mark| text.contains(mark)),
                "{path}: French spacing: {text}"
            );
        }
        for (path, text) in &french {
            for mark in [':', ';', '?', '!'] {
                for (before, _) in text.match_indices(mark) {
                    assert!(
                        text[..before].ends_with('\u{a0}'),
                        "{path}: no no-break space before `{mark}`: {text}"
                    );
                }
            }
        }
    }
}

/// Every name that a policy gives.
fn names(policy: &Policy) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    names.extend(policy.kinds.iter().map(|one| one.name.as_str()));
    names.extend(policy.categories.iter().map(|one| one.name.as_str()));
    names.extend(
        policy
            .categories
            .iter()
            .flat_map(|category| &category.fields)
            .map(|field| field.name.as_str()),
    );
    names.extend(policy.purposes.iter().map(|one| one.name.as_str()));
    names.extend(policy.facts.iter().map(|one| one.name.as_str()));
    names.extend(policy.spans.iter().map(|one| one.name.as_str()));
    names.extend(policy.rules.iter().map(|one| one.name.as_str()));
    names.extend(policy.recipients.iter().map(|one| one.name.as_str()));
    names.extend(policy.origins.iter().map(|one| one.name.as_str()));
    names.extend(policy.channels.iter().map(|one| one.name.as_str()));
    names.extend(policy.processors.iter().map(|one| one.name.as_str()));
    names.extend(policy.documents.iter().map(|one| one.name.as_str()));
    names.extend(policy.projections.iter().map(|one| one.name.as_str()));
    names
}

#[test]
fn the_two_policies_share_no_name() {
    let (one, other) = (policy(ASSESS_MANAGER), policy(SPORTS_CLUB));
    let shared: Vec<_> = names(&one).intersection(&names(&other)).copied().collect();
    assert_eq!(shared, Vec::<&str>::new());
}

/// The retention table, a rule a line: what a change of term changes in this file is seen.
#[test]
fn the_retention_table_is_as_published() {
    let policy = policy(ASSESS_MANAGER);
    let mut table = String::new();
    for rule in &policy.rules {
        let source = match &rule.source {
            TermSource::Law(_) => "law",
            TermSource::Contract(_) => "contract",
            TermSource::Need(_) => "need",
        };
        let during = rule
            .during
            .map(|span| format!(", after {}", policy.spans[span.index()].name))
            .unwrap_or_default();
        let limit = |word: &str, limit: &Option<Limit>| {
            limit.as_ref().map_or_else(String::new, |limit| {
                format!(
                    ", {word} {} from {}",
                    limit.keep.words(Language::En),
                    anchors(&policy, &limit.from)
                )
            })
        };
        let then = match rule.then {
            Then::Delete => "delete",
            Then::Anonymise(projection) => policy.projections[projection.index()].name.as_str(),
        };
        writeln!(
            table,
            "{}: {} from {}{during}{}{}; {then}; {source}{}",
            rule.name,
            rule.keep.words(Language::En),
            anchors(&policy, &rule.from),
            limit("at least", &rule.at_least),
            limit("at most", &rule.at_most),
            if rule.ours { "; ours" } else { "" },
        )
        .unwrap();
    }
    insta::assert_snapshot!(table);
}

fn anchors(policy: &Policy, anchors: &[Anchor]) -> String {
    anchors
        .iter()
        .map(|anchor| match anchor {
            Anchor::Collection => "collection".to_owned(),
            Anchor::Fact(fact) => policy.facts[fact.index()].name.clone(),
            Anchor::EndOf(span) => format!("end-of:{}", policy.spans[span.index()].name),
        })
        .collect::<Vec<_>>()
        .join(" or ")
}

/// 8a: the contract is a basis for a person who is party to it, and for no canvassing.
#[test]
fn the_contract_is_the_basis_of_parties_alone() {
    let policy = policy(ASSESS_MANAGER);
    let parties = ["client", "user"].map(|kind| policy.kind_named(kind).unwrap());
    for purpose in &policy.purposes {
        for line in &purpose.bases {
            if let Basis::Contract(Some(_)) = line.basis {
                assert!(!purpose.canvassing, "{}", purpose.name);
                assert!(
                    line.kinds.iter().all(|kind| parties.contains(&kind)),
                    "{}",
                    purpose.name
                );
            }
        }
    }
}

/// 8b: nobody is canvassed at home by e-mail or machine without a consent, nor, from 11 August
/// 2026, by telephone; clients may be told of similar services in writing.
#[test]
fn canvassing_at_home_follows_the_dated_table() {
    let policy = policy(ASSESS_MANAGER);
    let canvassing = policy.purpose_named("canvassing").unwrap();
    let basis = |kind: &str, channel: &str, day: &str| {
        let kind = policy.kind_named(kind).unwrap();
        let channel = policy.channel_named(channel).unwrap();
        policy
            .basis_for(
                canvassing,
                kind,
                Person::Private,
                Some(channel),
                day.parse().unwrap(),
            )
            .map(|line| line.basis)
    };
    let (before, after) = ("2026-08-10", "2026-08-11");
    for kind in ["contact", "user"] {
        for channel in ["email", "text-message", "direct-message", "automated-call"] {
            assert_eq!(basis(kind, channel, before), Some(Basis::Consent));
        }
        assert_eq!(basis(kind, "post", after), Some(Basis::LegitimateInterests));
    }
    for kind in ["contact", "user", "client"] {
        assert_eq!(
            basis(kind, "telephone", before),
            Some(Basis::LegitimateInterests)
        );
        assert_eq!(basis(kind, "telephone", after), Some(Basis::Consent));
    }
    assert_eq!(
        basis("client", "email", after),
        Some(Basis::LegitimateInterests)
    );
    assert_eq!(
        basis("client", "automated-call", after),
        Some(Basis::Consent)
    );
}
