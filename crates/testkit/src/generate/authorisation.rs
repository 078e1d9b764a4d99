//! Random authorisations for a policy, as texts that the compiler takes.

use std::fmt::Write as _;

use policy::authorisation::{Action, Administration};
use policy::model::{Policy, PurposeId, Recipient};

use crate::chance::Chance;

/// The text of a random authorisation. Most of them hold together; some grant beyond the ceiling.
#[must_use]
pub fn authorisation(chance: &mut Chance, policy: &Policy) -> String {
    let mut out = String::from(
        "[authorisation]\nlanguage = 1\nversion = 1\npublished = 2020-01-01\n\
         reviewed-every = \"6 months\"\n\n[roles.rights]\n\
         title = { en = \"Rights\", fr = \"Droits\" }\nadministers = [\"rights\"]\n",
    );
    for number in 0..1 + chance.below(4) {
        let recipient = chance.pick(&policy.recipients);
        let _ = write!(
            out,
            "\n[roles.r{number}]\ntitle = {{ en = \"Role {number}\", fr = \"Rôle {number}\" }}\n\
             recipient = \"{}\"\n",
            recipient.name
        );
        if chance.one_in(3) {
            let one = chance.pick(Administration::ALL);
            let _ = writeln!(out, "administers = [\"{}\"]", one.name());
        }
        for _ in 0..1 + chance.below(4) {
            grant(chance, policy, recipient, number, &mut out);
        }
    }
    out
}

fn grant(chance: &mut Chance, policy: &Policy, recipient: &Recipient, role: u64, out: &mut String) {
    let _ = writeln!(out, "[[roles.r{role}.grants]]");
    let actions: Vec<&str> = (0..1 + chance.below(3))
        .map(|_| chance.pick(Action::ALL).name())
        .collect();
    let _ = writeln!(out, "actions = {actions:?}");
    let mut purposes: Vec<PurposeId> = Vec::new();
    if !recipient.reads.is_empty() && !chance.one_in(3) {
        for _ in 0..1 + chance.below(2) {
            purposes.push(chance.pick(&recipient.reads).0);
        }
        let names: Vec<&str> = purposes
            .iter()
            .map(|id| policy.purpose(*id).name.as_str())
            .collect();
        let _ = writeln!(out, "purposes = {names:?}");
    }
    if chance.one_in(3) {
        let data = named(chance, policy, recipient, &purposes);
        if !data.is_empty() {
            let _ = writeln!(out, "data = {data:?}");
        }
    }
    if chance.one_in(4) {
        let kind = chance.pick(&policy.kinds);
        let _ = writeln!(out, "kinds = [\"{}\"]", kind.name);
    }
    match chance.below(6) {
        0 => out.push_str("only = \"own-clients\"\n"),
        1 => out.push_str("only = \"matter\"\n"),
        _ => {}
    }
}

/// A few of the categories and fields that the recipient reads for the purposes, or for any.
fn named(
    chance: &mut Chance,
    policy: &Policy,
    recipient: &Recipient,
    purposes: &[PurposeId],
) -> Vec<String> {
    let mut found = Vec::new();
    for (purpose, uses) in &recipient.reads {
        if !purposes.is_empty() && !purposes.contains(purpose) {
            continue;
        }
        for used in uses {
            let category = policy.category(used.category);
            if chance.one_in(2) {
                found.push(category.name.clone());
                continue;
            }
            for (at, field) in category.fields.iter().enumerate() {
                if used.fields & 1 << at != 0 && chance.one_in(2) {
                    found.push(format!("{}.{}", category.name, field.name));
                }
            }
        }
    }
    found
}
