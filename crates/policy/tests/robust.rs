//! No file of any kind makes the compiler panic, and what it says of it can be printed.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::LazyLock;

use policy::authorisation;
use policy::diagnostics::explain::{MINIMAL, MINIMAL_AUTHORISATION};
use policy::model::{Language, Policy};
use policy::{compare, compile, compile_after, register, render, to_json};
use proptest::prelude::*;

/// One thing that happens to a file.
#[derive(Clone, Debug)]
enum Mishap {
    Truncate(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    SwapLines(prop::sample::Index, prop::sample::Index),
    DeleteLine(prop::sample::Index),
    RepeatLine(prop::sample::Index),
    Replace(prop::sample::Index, &'static str),
    Insert(prop::sample::Index, String),
}

/// Values of other types than the language expects, and things that look like syntax.
const VALUES: &[&str] = &[
    "1",
    "-1",
    "0",
    "9223372036854775808",
    "true",
    "\"\"",
    "\"x\"",
    "[]",
    "{}",
    "[[]]",
    "[1]",
    "2026-01-05",
    "2026-01-05T10:00:00Z",
    "1.5",
    "nan",
    "{ en = 1 }",
    "[\"identity\", 1]",
    "\"identity.\"",
    "\".surname\"",
    "\"end-of:\"",
    "\"value:\"",
    "\"anonymise:\"",
    "\"99999 years\"",
];

fn mishap() -> impl Strategy<Value = Mishap> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        place().prop_map(Mishap::Truncate),
        (place(), any::<u8>()).prop_map(|(at, byte)| Mishap::Flip(at, byte)),
        (place(), place()).prop_map(|(one, other)| Mishap::SwapLines(one, other)),
        place().prop_map(Mishap::DeleteLine),
        place().prop_map(Mishap::RepeatLine),
        (place(), prop::sample::select(VALUES)).prop_map(|(at, value)| Mishap::Replace(at, value)),
        (place(), "[\\[\\]{}\"'.=, a-zé0-9\n]{0,12}")
            .prop_map(|(at, text)| Mishap::Insert(at, text)),
    ]
}

fn befall(source: &str, mishap: &Mishap) -> String {
    let mut lines: Vec<String> = source.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return source.to_owned();
    }
    let count = lines.len();
    match mishap {
        Mishap::Truncate(at) => {
            return on_bytes(source, |bytes| bytes.truncate(at.index(bytes.len() + 1)));
        }
        Mishap::Flip(at, byte) => {
            return on_bytes(source, |bytes| {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] ^= byte;
                }
            });
        }
        Mishap::SwapLines(one, other) => lines.swap(one.index(count), other.index(count)),
        Mishap::DeleteLine(at) => {
            lines.remove(at.index(count));
        }
        Mishap::RepeatLine(at) => lines.insert(at.index(count), lines[at.index(count)].clone()),
        Mishap::Replace(at, value) => {
            let line = &mut lines[at.index(count)];
            if let Some((key, _)) = line.clone().split_once('=') {
                *line = format!("{key}= {value}");
            }
        }
        Mishap::Insert(at, text) => lines[at.index(count)].push_str(text),
    }
    lines.join("\n")
}

fn on_bytes(source: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = source.as_bytes().to_vec();
    change(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Compiles, prints in every way, and holds the compiler to what it says of itself.
fn survives(source: &str) {
    let outcome = compile(source);
    let text = render(&outcome.diagnostics, source, "policy.toml", false);
    assert_eq!(text.is_empty(), outcome.diagnostics.is_empty());
    assert!(to_json(&outcome.diagnostics, source).is_array());
    assert_eq!(outcome.policy.is_none(), outcome.errors().next().is_some());
    for diagnostic in &outcome.diagnostics {
        for label in &diagnostic.labels {
            assert!(
                source.get(label.span.clone()).is_some(),
                "{diagnostic:?} points nowhere"
            );
        }
    }
    let in_force = &*IN_FORCE;
    let after = compile_after(source, in_force);
    assert!(after.errors().count() >= outcome.errors().count());
    if let Some(policy) = outcome.policy {
        assert!(compare(&policy, &policy).is_empty());
        let (there, back) = (compare(in_force, &policy), compare(&policy, in_force));
        assert_eq!(there.is_empty(), back.is_empty());
        for language in [Language::En, Language::Fr] {
            assert!(register(&policy).to_markdown(language).starts_with("# "));
        }
    }
}

static IN_FORCE: LazyLock<Policy> = LazyLock::new(|| compile(MINIMAL).policy.unwrap());

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_policy_never_panics(mishaps in prop::collection::vec(mishap(), 1..8)) {
        survives(&mishaps.iter().fold(MINIMAL.to_owned(), |source, it| befall(&source, it)));
    }

    #[test]
    fn a_damaged_authorisation_never_panics(mishaps in prop::collection::vec(mishap(), 1..8)) {
        let source = mishaps.iter().fold(MINIMAL_AUTHORISATION.to_owned(), |it, one| befall(&it, one));
        let outcome = authorisation::compile(&source, &IN_FORCE);
        let text = render(&outcome.diagnostics, &source, "authorisation.toml", false);
        prop_assert_eq!(text.is_empty(), outcome.diagnostics.is_empty());
        prop_assert_eq!(outcome.authorisation.is_none(), outcome.errors().next().is_some());
        for diagnostic in &outcome.diagnostics {
            for label in &diagnostic.labels {
                prop_assert!(source.get(label.span.clone()).is_some(), "{:?}", diagnostic);
            }
        }
        let in_force = authorisation::compile(MINIMAL_AUTHORISATION, &IN_FORCE).authorisation.unwrap();
        let after = authorisation::compile_after(&source, &IN_FORCE, &in_force);
        prop_assert!(after.errors().count() >= outcome.errors().count());
    }

    #[test]
    fn no_text_panics(source in "\\PC{0,200}") {
        survives(&source);
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    survives(&format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000)));
    survives(&format!("[{}a]", "a.".repeat(10_000)));
    survives(&format!("{}a = 1", "a.".repeat(10_000)));
}

#[test]
fn every_line_alone_can_be_missing_or_of_another_type() {
    let lines: Vec<&str> = MINIMAL.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let without: Vec<&str> = lines
            .iter()
            .copied()
            .enumerate()
            .filter(|(n, _)| *n != number)
            .map(|(_, l)| l)
            .collect();
        survives(&without.join("\n"));
        if let Some((key, _)) = line.split_once('=') {
            // A third of the values for each line, another third for the next.
            for value in VALUES.iter().skip(number % 3).step_by(3) {
                let mut changed = lines.clone();
                let line = format!("{key}= {value}");
                changed[number] = &line;
                survives(&changed.join("\n"));
            }
        }
    }
}

/// A section in the other form (`[[kinds]]` for `[kinds.x]`, `[retention]` for `[[retention]]`)
/// names things that nothing defines.
#[test]
fn a_section_in_the_other_form_is_an_error_and_no_overflow() {
    for section in [
        "kinds",
        "channels",
        "origins",
        "categories",
        "facts",
        "spans",
        "purposes",
        "recipients",
        "processors",
        "documents",
        "projections",
        "rights",
    ] {
        let as_list: Vec<String> = MINIMAL
            .lines()
            .map(|line| match line.strip_prefix(&format!("[{section}.")) {
                Some(rest) if !rest.contains('.') => {
                    format!("[[{section}]]\nname = \"{}\"", rest.trim_end_matches(']'))
                }
                _ => line.to_owned(),
            })
            .collect();
        survives(&as_list.join("\n"));
    }
    survives(&MINIMAL.replace("[[retention]]", "[retention]"));
}
