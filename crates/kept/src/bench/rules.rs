//! The benchmark's metadata as a policy and an authorisation: what its records say one by one stands
//! here once for each purpose, and is resolved at the read.

use std::fmt::Write as _;

use super::attributes::{ACCESS, CATEGORIES, PURPOSES, SHARING, SOURCES, TTLS};

const HEAD: &str = r#"
[policy]
language = 1
version = 1
published = 2026-01-05
trace-kept = "3 years"

[controller]
name = "The controller of the benchmark"
address = "1 place d’Essai, 75000 Paris, France"
email = "controller@example.org"
time-zone = "Europe/Paris"

[officer]
name = "The officer of the benchmark"
email = "officer@example.org"

[authority]
name = "CNIL"
address = "3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07, France"
website = "https://www.cnil.fr"

[kinds.customer]
title = { en = "Customer", fr = "Client" }
about = { en = "Somebody whose records are measured.", fr = "Une personne dont on mesure les enregistrements." }

[facts.contact]
title = { en = "The customer got in touch", fr = "Le client a pris contact" }
recorded-by = ["staff", "program"]
begins = "customer"
"#;

const RIGHTS: [&str; 7] = [
    "access",
    "rectification",
    "erasure",
    "restriction",
    "portability",
    "objection",
    "directives",
];

/// The policy.
pub(super) fn policy() -> String {
    let mut text = HEAD.to_owned();
    for source in 0..SOURCES {
        let _ = write!(
            text,
            "\n[origins.source-{source}]\n\
             title = {{ en = \"Source {source}\", fr = \"Source {source}\" }}\n\
             from-person = true\n"
        );
    }
    for category in 0..CATEGORIES {
        let _ = write!(
            text,
            "\n[categories.category-{category}]\n\
             title = {{ en = \"Category {category}\", fr = \"Catégorie {category}\" }}\n\
             about = {{ en = \"A hundred bytes.\", fr = \"Cent octets.\" }}\n\
             nature = \"ordinary\"\n\
             [categories.category-{category}.fields]\n\
             data-{category} = {{ title = {{ en = \"Data\", fr = \"Données\" }}, type = \"text\", correctable = true }}\n\
             decision-{category} = {{ title = {{ en = \"Decision\", fr = \"Décision\" }}, type = \"choice\", values = [\"allow\", \"refuse\"], correctable = true }}\n"
        );
    }
    for purpose in 0..PURPOSES {
        purpose_of(&mut text, purpose);
    }
    for role in 0..ACCESS {
        recipient(&mut text, "access", role, true, &|_| true);
    }
    for partner in 0..SHARING {
        let shares = |purpose: usize| purpose % SHARING == partner;
        recipient(&mut text, "partner", partner, false, &shares);
    }
    for ttl in 0..TTLS {
        retention(&mut text, ttl);
    }
    for right in RIGHTS {
        let _ = write!(
            text,
            "\n[rights.{right}]\n\
             title = {{ en = \"Right of {right}\", fr = \"Droit : {right}\" }}\n\
             about = {{ en = \"Write to us.\", fr = \"Écrivez-nous.\" }}\n\
             identity-document = \"on-doubt\"\n\
             answered-within = \"1 month\"\n"
        );
    }
    text
}

fn purpose_of(text: &mut String, purpose: usize) {
    let category = purpose % CATEGORIES;
    let _ = write!(
        text,
        "\n[purposes.purpose-{purpose}]\n\
         title = {{ en = \"Purpose {purpose}\", fr = \"Finalité {purpose}\" }}\n\
         about = {{ en = \"It is measured.\", fr = \"Elle est mesurée.\" }}\n\
         nature = \"use\"\n\
         concerns = [\"customer\"]\n\
         uses = [\"category-{category}\"]\n\
         [[purposes.purpose-{purpose}.basis]]\n\
         basis = \"legitimate-interests\"\n\
         because = {{ en = \"Knowing what compliance costs.\", fr = \"Savoir ce que coûte la conformité.\" }}\n"
    );
}

fn recipient(
    text: &mut String,
    sort: &str,
    number: usize,
    internal: bool,
    reads: &dyn Fn(usize) -> bool,
) {
    let _ = write!(
        text,
        "\n[recipients.{sort}-{number}]\n\
         title = {{ en = \"{sort} {number}\", fr = \"{sort} {number}\" }}\n\
         internal = {internal}\n\
         [recipients.{sort}-{number}.reads]\n"
    );
    for purpose in (0..PURPOSES).filter(|purpose| reads(*purpose)) {
        let _ = writeln!(text, "purpose-{purpose} = \"all\"");
    }
}

/// How long the records of a purpose live: those of the first term expire at once, the others years
/// after the last contact.
fn retention(text: &mut String, ttl: usize) {
    let (keep, from) = match ttl {
        0 => ("1 day".to_owned(), "[\"collection\"]"),
        more => (
            format!("{} months", 12 + more),
            "[\"collection\", \"contact\"]",
        ),
    };
    let purposes: Vec<String> = (0..PURPOSES)
        .filter(|purpose| purpose % TTLS == ttl)
        .map(|purpose| format!("\"purpose-{purpose}\""))
        .collect();
    let _ = write!(
        text,
        "\n[[retention]]\n\
         name = \"ttl-{ttl}\"\n\
         title = {{ en = \"Term {ttl}\", fr = \"Durée {ttl}\" }}\n\
         purposes = [{}]\n\
         keep = \"{keep}\"\n\
         from = {from}\n\
         then = \"delete\"\n\
         source = {{ need = {{ en = \"It is measured.\", fr = \"Elle est mesurée.\" }} }}\n",
        purposes.join(", ")
    );
}

/// The authorisation: which role each purpose is open to. Its versions begin with 1.
pub(super) fn authorisation(version: u32, role_of: &[usize]) -> String {
    let mut text = format!(
        "[authorisation]\nlanguage = 1\nversion = {version}\npublished = 2026-01-05\n\
         reviewed-every = \"6 months\"\n"
    );
    if version > 1 {
        text.push_str(
            "reason = { en = \"A purpose is opened to others.\", fr = \"Une finalité s’ouvre à d’autres.\" }\n",
        );
    }
    for role in 0..ACCESS {
        let purposes: Vec<String> = role_of
            .iter()
            .enumerate()
            .filter(|(_, of)| **of == role)
            .map(|(purpose, _)| format!("\"purpose-{purpose}\""))
            .collect();
        let _ = write!(
            text,
            "\n[roles.access-{role}]\n\
             title = {{ en = \"Access {role}\", fr = \"Accès {role}\" }}\n\
             recipient = \"access-{role}\"\n"
        );
        if role == 0 {
            text.push_str("administers = [\"accounts\", \"rights\"]\n");
        }
        if !purposes.is_empty() {
            let _ = write!(
                text,
                "[[roles.access-{role}.grants]]\n\
                 actions = [\"read\", \"count\"]\n\
                 purposes = [{}]\n",
                purposes.join(", ")
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::attributes::role_at_first;

    #[test]
    fn the_policy_and_the_authorisations_of_the_benchmark_compile() {
        let outcome = policy::compile(&policy());
        let errors: Vec<String> = outcome.errors().map(|one| one.message.clone()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let policy = outcome.policy.unwrap();
        let mut roles: Vec<usize> = (0..PURPOSES).map(role_at_first).collect();
        for version in 1..3 {
            let text = authorisation(version, &roles);
            let outcome = ::policy::authorisation::compile(&text, &policy);
            let errors: Vec<String> = outcome.errors().map(|one| one.message.clone()).collect();
            assert!(errors.is_empty(), "{errors:#?}");
            roles[3] = 4;
        }
    }
}
