//! Random policies, as texts that the compiler takes.

use std::fmt::Write as _;

use super::purpose::{purpose, reads};
use super::rule::rules;
use crate::chance::Chance;

/// Kinds of data subject; the last begins with a signature.
pub const KINDS: [&str; 3] = ["contact", "member", "client"];
/// Channels.
pub const CHANNELS: [&str; 2] = ["email", "phone"];
/// Categories; `bank` within a sale, `proof` for proofs of consent.
pub const CATEGORIES: [&str; 4] = ["base", "extra", "bank", "proof"];
/// Fields of each category.
pub const FIELDS: [&str; 3] = ["a", "b", "c"];

const ZONES: [&str; 5] = [
    "Europe/Paris",
    "Indian/Reunion",
    "America/New_York",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
];

/// A policy in outline: its versions differ in how long they keep, and in a purpose that comes
/// later.
#[derive(Clone, Debug)]
pub struct Draft {
    zone: &'static str,
    signed_about_matter: bool,
    of_organisation: bool,
    purposes: Vec<PurposeDraft>,
    rules: Vec<RuleDraft>,
    recipients: Vec<String>,
    versions: u32,
}

#[derive(Clone, Debug)]
pub(super) struct PurposeDraft {
    pub(super) name: String,
    /// The version that brings it.
    pub(super) from_version: u32,
    pub(super) text: String,
}

#[derive(Clone, Debug)]
pub(super) struct RuleDraft {
    pub(super) purpose: Option<String>,
    pub(super) covers: String,
    /// `keep` and `at-most` by version.
    pub(super) keeps: Vec<String>,
    pub(super) rest: String,
}

impl Draft {
    /// A random draft.
    #[must_use]
    pub fn random(chance: &mut Chance) -> Self {
        let versions = 1 + u32::from(chance.one_in(2)) + u32::from(chance.one_in(4));
        let mut purposes = Vec::new();
        let mut recipients = vec![String::new(), String::new()];
        for at in 0..6 {
            let (purpose, uses) = purpose(chance, at);
            for recipient in &mut recipients {
                reads(chance, recipient, &purpose.name, &uses);
            }
            purposes.push(purpose);
        }
        if versions > 1 && chance.one_in(2) {
            let (mut late, uses) = purpose(chance, 6);
            late.from_version = 2;
            if chance.one_in(4) {
                late.text = late.text.replace("compatibility", "# compatibility");
            }
            reads(chance, &mut recipients[0], &late.name, &uses);
            purposes.push(late);
        }
        let rules = rules(chance, &purposes, versions);
        Self {
            zone: ZONES[chance.below(ZONES.len() as u64) as usize],
            signed_about_matter: chance.one_in(2),
            of_organisation: chance.one_in(2),
            purposes,
            rules,
            recipients,
            versions,
        }
    }

    /// How many versions there are.
    #[must_use]
    pub fn versions(&self) -> u32 {
        self.versions
    }

    /// The text of one version.
    #[must_use]
    pub fn text(&self, version: u32) -> String {
        let mut out = String::new();
        let zone = self.zone;
        let _ = write!(
            out,
            r#"[policy]
language = 1
version = {version}
published = 2020-01-0{version}
smallest-group = 5
consent-proofs = "proof"
trace-kept = "3 years"
"#
        );
        if version > 1 {
            out.push_str("reason = { en = \"Change\", fr = \"Changement\" }\n");
        }
        let _ = write!(
            out,
            r#"
[controller]
name = "Exemple"
address = "1 rue de la Paix, Nantes"
email = "contact@exemple.example"
time-zone = "{zone}"
[authority]
name = "CNIL"
address = "Paris"
website = "https://www.cnil.fr"
"#
        );
        for kind in KINDS {
            let _ = writeln!(out, "[kinds.{kind}]\n{}", words(kind, true));
        }
        for channel in CHANNELS {
            let _ = writeln!(out, "[channels.{channel}]\n{}", words(channel, false));
        }
        let _ = writeln!(
            out,
            "[origins.form]\n{}from-person = true",
            words("Form", false)
        );
        let _ = writeln!(
            out,
            "[origins.rented]\n{}from-person = false\nneeds-approval = true",
            words("Rented", false)
        );
        self.categories(&mut out);
        self.facts(&mut out);
        for purpose in self.purposes.iter().filter(|it| it.from_version <= version) {
            out.push_str(&purpose.text);
        }
        for (at, reads) in self.recipients.iter().enumerate() {
            let _ = writeln!(
                out,
                "[recipients.r{at}]\n{}internal = true\n[recipients.r{at}.reads]",
                words("Recipient", false)
            );
            for line in reads.lines() {
                let known = self.purposes.iter().any(|purpose| {
                    purpose.from_version <= version
                        && line.starts_with(&format!("{} =", purpose.name))
                });
                if known {
                    let _ = writeln!(out, "{line}");
                }
            }
        }
        let _ = writeln!(
            out,
            "[projections.counts]\n{}of = \"base\"\nby = [\"kind\", \"year-of-collection\"]",
            words("Counts", false)
        );
        let _ = writeln!(out, "[processors.host]\n{}", words("Host", true));
        for (at, rule) in self.rules.iter().enumerate() {
            let known = rule.purpose.as_ref().is_none_or(|name| {
                let mut purposes = self.purposes.iter();
                purposes.any(|it| it.name == *name && it.from_version <= version)
            });
            if known {
                let keep = &rule.keeps[(version - 1) as usize];
                let _ = writeln!(
                    out,
                    "[[retention]]\nname = \"rule-{at}\"\n{}{}{keep}{}source = {{ need = {{ en = \"x\", fr = \"x\" }} }}",
                    words("Rule", false),
                    rule.covers,
                    rule.rest
                );
            }
        }
        out
    }

    fn categories(&self, out: &mut String) {
        for category in CATEGORIES {
            let _ = writeln!(
                out,
                "[categories.{category}]\n{}nature = \"ordinary\"",
                words(category, true)
            );
            if category == "bank" {
                out.push_str("only-during = \"sale\"\n");
            }
            for field in FIELDS {
                let _ = writeln!(
                    out,
                    "[categories.{category}.fields.{category}-{field}]\n{}type = \"text\"",
                    words(field, false)
                );
            }
        }
    }

    fn facts(&self, out: &mut String) {
        let matter = self.signed_about_matter;
        let organisation = self.of_organisation;
        let facts = [
            ("signed", "begins = \"client\"\n", matter, organisation),
            ("ended", "planned = true\n", matter, organisation),
            ("contacted", "", false, false),
            ("opened", "", true, false),
            ("settled", "", true, false),
            ("disputed", "", true, false),
            ("complained", "", false, organisation),
        ];
        for (name, more, matter, organisation) in facts {
            let _ = writeln!(
                out,
                "[facts.{name}]\n{}recorded-by = [\"staff\", \"program\"]\n{more}about-matter = \
                 {matter}\nof-organisation = {organisation}",
                words(name, false)
            );
        }
        for (span, opens, closes) in [
            ("contract", "signed", "ended"),
            ("sale", "opened", "settled"),
        ] {
            let _ = writeln!(
                out,
                "[spans.{span}]\n{}opens = \"{opens}\"\ncloses = \"{closes}\"",
                words(span, false)
            );
        }
    }
}

/// Title, and explanation where there is one.
pub(super) fn words(text: &str, about: bool) -> String {
    let mut words = format!("title = {{ en = \"{text}\", fr = \"{text}\" }}\n");
    if about {
        let _ = writeln!(words, "about = {{ en = \"{text}.\", fr = \"{text}.\" }}");
    }
    words
}
