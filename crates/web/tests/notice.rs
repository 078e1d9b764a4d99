//! The notice says what the policy says, whole, whatever the policy is.

#![allow(clippy::expect_used, reason = "helpers of tests may fail")]

use policy::model::{Language, Policy, Wording};
use web::frame::Frame;
use web::pages::privacy::{OtherVersion, Privacy, render};

const ASSESSMENT: &str = include_str!("../../../policies/assess-manager/policy.toml");
const CLUB: &str = include_str!("../../../policies/sports-club/policy.toml");
const LANGUAGES: [Language; 2] = [Language::En, Language::Fr];

fn policy(source: &str) -> Policy {
    let outcome = policy::compile(source);
    outcome.policy.expect("a shipped policy compiles")
}

/// The notice's text, without tags, with plain spaces and in small letters.
fn text(policy: &Policy, language: Language) -> String {
    let frame = Frame::sample(language);
    let view = Privacy {
        policy,
        others: &[],
        superseded: false,
        changed: None,
        documents: &[],
    };
    let page = render(&view, &frame).into_string();
    let words = page.split('<').filter_map(|part| part.split_once('>'));
    plain(&words.map(|(_, text)| text).collect::<String>())
}

fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
        .to_lowercase()
}

#[track_caller]
fn says(text: &str, what: &str) {
    assert!(
        text.contains(&plain(what)),
        "the notice does not say `{what}`"
    );
}

#[test]
fn everything_of_the_policy_is_in_the_notice() {
    for (source, language) in [ASSESSMENT, CLUB]
        .into_iter()
        .flat_map(|it| LANGUAGES.map(|l| (it, l)))
    {
        let policy = policy(source);
        let text = text(&policy, language);
        let mut wordings: Vec<&Wording> = Vec::new();
        wordings.extend(policy.kinds.iter().flat_map(|it| [&it.title, &it.about]));
        wordings.extend(
            policy
                .categories
                .iter()
                .flat_map(|it| [&it.title, &it.about]),
        );
        wordings.extend(
            policy
                .categories
                .iter()
                .flat_map(|it| &it.fields)
                .map(|it| &it.title),
        );
        wordings.extend(policy.origins.iter().map(|it| &it.title));
        wordings.extend(policy.purposes.iter().flat_map(|it| [&it.title, &it.about]));
        let lines = policy.purposes.iter().flat_map(|it| &it.bases);
        wordings.extend(lines.filter_map(|line| line.because.as_ref()));
        wordings.extend(policy.recipients.iter().map(|it| &it.title));
        wordings.extend(
            policy
                .recipients
                .iter()
                .filter_map(|it| it.transfer.as_ref())
                .map(|it| &it.safeguard),
        );
        wordings.extend(
            policy
                .processors
                .iter()
                .flat_map(|it| [&it.title, &it.about]),
        );
        wordings.extend(policy.documents.iter().map(|it| &it.title));
        wordings.extend(policy.rights.iter().flat_map(|it| [&it.title, &it.about]));
        wordings.extend(policy.security.iter());
        wordings.extend(policy.rules.iter().map(|it| &it.title));
        for wording in wordings {
            says(&text, wording.get(language));
        }
        for rule in &policy.rules {
            says(
                &text,
                &rule
                    .keep
                    .words(language)
                    .replace("at once", "not a moment longer")
                    .replace("aussitôt", "moment précis"),
            );
        }
    }
}

#[test]
fn officer_authority_and_compensation_are_there() {
    for language in LANGUAGES {
        let policy = policy(ASSESSMENT);
        let text = text(&policy, language);
        let officer = policy
            .officer
            .as_ref()
            .expect("this policy names an officer");
        for what in [
            &officer.name,
            &officer.email,
            officer.telephone.as_ref().expect("a number"),
        ] {
            says(&text, what);
        }
        says(&text, &policy.authority.name);
        says(&text, &policy.authority.address);
        says(&text, &policy.controller.address);
        says(&text, "82");
        says(&text, &format!("version {}", policy.version));
    }
}

#[test]
fn a_policy_without_officer_names_the_controller_instead() {
    let policy = policy(CLUB);
    assert!(policy.officer.is_none());
    let text = text(&policy, Language::En);
    assert!(!text.contains("data protection officer"));
    says(&text, &policy.controller.email);
    says(&text, "leaves the european union; each such recipient");
}

#[test]
fn another_term_makes_another_notice() {
    let before = text(&policy(CLUB), Language::En);
    let mut changed = policy(CLUB);
    changed.rules[0].keep = policy::model::Duration::of_months(7);
    let after = text(&changed, Language::En);
    assert!(!before.contains("7 months"));
    says(&after, "7 months from the latest of these: collection");
}

#[test]
fn versions_stay_readable_with_what_changed() {
    let mut policy = policy(CLUB);
    policy.version = 2;
    policy.reason = Some(Wording {
        en: "Boats have beacons now.".to_owned(),
        fr: "Les bateaux ont des balises.".to_owned(),
    });
    let others = [OtherVersion {
        version: 1,
        published: jiff::civil::date(2026, 2, 1),
        reason: None,
    }];
    let view = Privacy {
        policy: &policy,
        others: &others,
        superseded: false,
        changed: None,
        documents: &[],
    };
    let frame = Frame {
        reading: None,
        ..Frame::sample(Language::Fr)
    };
    let page = render(&view, &frame).into_string();
    assert!(page.contains("Les bateaux ont des balises."));
    assert!(
        page.contains("href=\"/privacy/versions/1?language=fr\""),
        "{page}"
    );
    let view = Privacy {
        superseded: true,
        changed: None,
        documents: &[],
        ..view
    };
    assert!(
        render(&view, &frame)
            .into_string()
            .contains("n’est plus en vigueur")
    );
}
