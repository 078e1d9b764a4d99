//! Random policies, as texts that the compiler takes.

use std::fmt::Write as _;

use crate::chance::Chance;

/// Kinds of data subject; the last begins with a signature.
pub const KINDS: [&str; 3] = ["contact", "member", "client"];
/// Channels.
pub const CHANNELS: [&str; 2] = ["email", "phone"];
/// Categories; `bank` within a sale, `proof` for proofs of consent.
pub const CATEGORIES: [&str; 4] = ["base", "extra", "bank", "proof"];
/// Fields of each category.
pub const FIELDS: [&str; 3] = ["a", "b", "c"];

const KEEPS: [&str; 14] = [
    "at once",
    "1 day",
    "30 days",
    "1 month",
    "1 month 1 day",
    "13 months",
    "1 year",
    "18 months",
    "3 years",
    "5 years",
    "10 years",
    "20 years",
    "6 years",
    "4 years",
];
const ANCHORS: [&str; 7] = [
    "collection",
    "contacted",
    "signed",
    "settled",
    "disputed",
    "end-of:contract",
    "end-of:sale",
];
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
struct PurposeDraft {
    name: String,
    /// The version that brings it.
    from_version: u32,
    text: String,
}

#[derive(Clone, Debug)]
struct RuleDraft {
    purpose: Option<String>,
    covers: String,
    /// `keep` and `at-most` by version.
    keeps: Vec<String>,
    rest: String,
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
fn words(text: &str, about: bool) -> String {
    let mut words = format!("title = {{ en = \"{text}\", fr = \"{text}\" }}\n");
    if about {
        let _ = writeln!(words, "about = {{ en = \"{text}.\", fr = \"{text}.\" }}");
    }
    words
}

/// A purpose, with the categories and fields that it uses.
fn purpose(chance: &mut Chance, at: usize) -> (PurposeDraft, Vec<(String, Vec<String>)>) {
    // The last three of the first six are a duty, evidence, and the keeping of proofs.
    let (name, nature, arises) = match at {
        3 => (
            "duty".to_owned(),
            "duty",
            *chance.pick(&["", "", "complained"]),
        ),
        4 => (
            "evidence".to_owned(),
            "evidence",
            *chance.pick(&["disputed", "complained"]),
        ),
        5 => ("proofs".to_owned(), "duty", ""),
        6 => ("late".to_owned(), "use", ""),
        at => (
            format!("use-{at}"),
            "use",
            *chance.pick(&["", "", "", "", "complained"]),
        ),
    };
    let mut uses = Vec::new();
    for category in CATEGORIES {
        let proof = category == "proof";
        if (at == 5) != proof && !(proof && chance.one_in(6)) {
            continue;
        }
        if at == 5 || category == "base" && at == 0 || !chance.one_in(3) {
            let fields = chance.bits(3);
            let some = chance.one_in(3) && fields != 0;
            let fields = FIELDS.iter().enumerate();
            let fields = fields.filter(|(at, _)| !some || chance.one_in(2) || *at == 0);
            let fields: Vec<String> = fields.map(|(_, f)| format!("{category}-{f}")).collect();
            uses.push((category.to_owned(), fields));
        }
    }
    if uses.is_empty() {
        uses.push(("extra".to_owned(), vec!["extra-a".to_owned()]));
    }
    let listed: Vec<String> = uses
        .iter()
        .flat_map(|(category, fields)| fields.iter().map(move |f| format!("\"{category}.{f}\"")))
        .collect();
    let mut text = format!(
        "[purposes.{name}]\n{}nature = \"{nature}\"\nuses = [{}]\nprocessors = [\"host\"]\n",
        words(&name, true),
        listed.join(", ")
    );
    let kinds = kinds(chance, at == 5);
    let _ = writeln!(text, "concerns = [{}]", kinds.join(", "));
    if nature == "use" && chance.one_in(2) {
        text.push_str("canvassing = true\n");
    }
    if !arises.is_empty() {
        let _ = writeln!(text, "arises-with = \"{arises}\"");
    }
    let _ = writeln!(
        text,
        "consent-lasts = \"{}\"",
        chance.pick(&["3 years", "13 months", "30 days"])
    );
    if at == 6 {
        text.push_str(
            "compatibility = { checked = 2020-01-01, reason = { en = \"x\", fr = \"x\" } }\n",
        );
    }
    bases(chance, &name, nature, &mut text);
    let draft = PurposeDraft {
        name,
        from_version: 1,
        text,
    };
    (draft, uses)
}

fn kinds(chance: &mut Chance, all: bool) -> Vec<String> {
    let mut kinds: Vec<String> = KINDS
        .iter()
        .filter(|_| all || !chance.one_in(4))
        .map(|kind| format!("\"{kind}\""))
        .collect();
    if kinds.is_empty() {
        kinds.push("\"contact\"".to_owned());
    }
    kinds
}

fn bases(chance: &mut Chance, name: &str, nature: &str, text: &mut String) {
    let plain = match nature {
        "duty" => "legal-obligation",
        _ => "legitimate-interests",
    };
    let words = [
        plain,
        *chance.pick(&["legal-obligation", plain, plain]),
        "consent",
        "contract\"\ncontract = \"contract",
        "contract\"\ncontract = \"sale",
        "contract",
    ];
    let mut line = |narrow: &str, basis: &str| {
        let _ = writeln!(
            text,
            "[[purposes.{name}.basis]]\n{narrow}basis = \"{basis}\""
        );
    };
    let first = match nature {
        "use" => *chance.pick(&words),
        _ => plain,
    };
    line("", first);
    if nature != "use" {
        return;
    }
    if chance.one_in(3) {
        // Beside a contract something may stand.
        let beside = *chance.pick(&["consent", plain]);
        line("", beside);
    }
    for _ in 0..chance.below(4) {
        let mut narrow = String::new();
        if chance.one_in(3) {
            let _ = writeln!(narrow, "kinds = [\"{}\"]", chance.pick(&KINDS));
        }
        if chance.one_in(2) {
            let _ = writeln!(
                narrow,
                "person = \"{}\"",
                chance.pick(&["private", "professional"])
            );
        }
        if chance.one_in(2) {
            let _ = writeln!(narrow, "channels = [\"{}\"]", chance.pick(&CHANNELS));
        }
        if chance.one_in(4) {
            let _ = writeln!(narrow, "since = 2022-0{}-01", 1 + chance.below(9));
        }
        if chance.one_in(6) {
            let _ = writeln!(narrow, "until = 2024-0{}-01", 1 + chance.below(9));
        }
        let basis = *chance.pick(&words);
        line(&narrow, basis);
    }
}

fn reads(chance: &mut Chance, out: &mut String, name: &str, uses: &[(String, Vec<String>)]) {
    if chance.one_in(8) {
        return;
    }
    if chance.one_in(2) {
        let _ = writeln!(out, "{name} = \"all\"");
        return;
    }
    let mut listed: Vec<String> = Vec::new();
    for (category, fields) in uses {
        for field in fields {
            if !chance.one_in(3) {
                listed.push(format!("\"{category}.{field}\""));
            }
        }
    }
    if !listed.is_empty() {
        let _ = writeln!(out, "{name} = [{}]", listed.join(", "));
    }
}

fn anchors(chance: &mut Chance) -> String {
    let mut anchors: Vec<String> = Vec::new();
    for anchor in ANCHORS {
        if chance.one_in(4) {
            anchors.push(format!("\"{anchor}\""));
        }
    }
    if anchors.is_empty() {
        anchors.push("\"collection\"".to_owned());
    }
    format!("[{}]", anchors.join(", "))
}

fn rules(chance: &mut Chance, purposes: &[PurposeDraft], versions: u32) -> Vec<RuleDraft> {
    let mut rules = vec![rule(chance, None, None, None, versions)];
    for purpose in purposes {
        let name = Some(purpose.name.as_str());
        if chance.one_in(2) {
            rules.push(rule(chance, name, None, None, versions));
        }
        if chance.one_in(3) {
            let kind = *chance.pick(&KINDS);
            rules.push(rule(chance, name, Some(kind), None, versions));
        }
        if chance.one_in(3) {
            let category = *chance.pick(&CATEGORIES);
            rules.push(rule(chance, name, None, Some(category), versions));
        }
    }
    if chance.one_in(2) {
        let kind = *chance.pick(&KINDS);
        rules.push(rule(chance, None, Some(kind), None, versions));
    }
    if chance.one_in(2) {
        let category = *chance.pick(&CATEGORIES);
        rules.push(rule(chance, None, None, Some(category), versions));
    }
    rules
}

fn rule(
    chance: &mut Chance,
    purpose: Option<&str>,
    kind: Option<&str>,
    category: Option<&str>,
    versions: u32,
) -> RuleDraft {
    let mut covers = String::new();
    if let Some(purpose) = purpose {
        let _ = writeln!(covers, "purposes = [\"{purpose}\"]");
    }
    if let Some(kind) = kind {
        let _ = writeln!(covers, "kinds = [\"{kind}\"]");
    }
    if let Some(category) = category {
        let _ = writeln!(covers, "categories = [\"{category}\"]");
    }
    let from = if purpose == Some("proofs") && chance.one_in(2) {
        "[\"collection\"]".to_owned()
    } else {
        anchors(chance)
    };
    let mut rest = format!("from = {from}\n");
    if chance.one_in(3) {
        let _ = writeln!(rest, "during = \"{}\"", chance.pick(&["contract", "sale"]));
    }
    let law = "law = { en = \"x\", fr = \"x\" }";
    if chance.one_in(5) {
        let keep = chance.pick(&KEEPS[1..]);
        let from = anchors(chance);
        let _ = writeln!(
            rest,
            "at-most = {{ keep = \"{keep}\", from = {from}, {law} }}"
        );
    }
    if matches!(purpose, Some("duty" | "proofs")) && chance.one_in(3) {
        let keep = chance.pick(&KEEPS[1..]);
        let from = anchors(chance);
        let _ = writeln!(
            rest,
            "at-least = {{ keep = \"{keep}\", from = {from}, {law} }}"
        );
    }
    let stat = category.is_none_or(|category| category == "base") && chance.one_in(2);
    let then = if stat { "anonymise:counts" } else { "delete" };
    let _ = writeln!(rest, "then = \"{then}\"");
    let mut keeps: Vec<String> = Vec::new();
    for _ in 0..versions {
        let keep = match keeps.last() {
            Some(before) if !chance.one_in(2) => before.clone(),
            _ => format!("keep = \"{}\"\n", chance.pick(&KEEPS)),
        };
        keeps.push(keep);
    }
    RuleDraft {
        purpose: purpose.map(str::to_owned),
        covers,
        keeps,
        rest,
    }
}
