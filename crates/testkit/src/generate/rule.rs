//! Random retention rules.

use std::fmt::Write as _;

use super::text::{CATEGORIES, KINDS, PurposeDraft, RuleDraft};
use crate::chance::Chance;

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

pub(super) fn rules(
    chance: &mut Chance,
    purposes: &[PurposeDraft],
    versions: u32,
) -> Vec<RuleDraft> {
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
