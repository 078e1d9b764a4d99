//! Random purposes and who reads for them.

use std::fmt::Write as _;

use super::text::{CATEGORIES, CHANNELS, FIELDS, KINDS, PurposeDraft, words};
use crate::chance::Chance;

/// A purpose, with the categories and fields that it uses.
pub(super) fn purpose(
    chance: &mut Chance,
    at: usize,
) -> (PurposeDraft, Vec<(String, Vec<String>)>) {
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

pub(super) fn reads(
    chance: &mut Chance,
    out: &mut String,
    name: &str,
    uses: &[(String, Vec<String>)],
) {
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
