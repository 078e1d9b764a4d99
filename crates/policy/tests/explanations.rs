//! Every code has a page, and the wrong example of each page really yields that code.

#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "the index is a file")]

use policy::authorisation;
use policy::diagnostics::explain::{MINIMAL, MINIMAL_AUTHORISATION};
use policy::model::{Edition, Policy};
use policy::{Code, compile, compile_after, compile_edition, explain, render};
use toml::{Table, Value};

/// Lays a fragment over the minimal policy: tables are merged, elements of a list of tables are
/// matched by their name or added, other values replaced; a comment `# without PATH` takes away. A
/// fragment that is not TOML is put at the end as it is.
fn lay_over(base: &str, fragment: &str) -> String {
    let Ok(over) = fragment.parse::<Table>() else {
        return format!("{base}\n{fragment}");
    };
    let mut policy: Table = base.parse().unwrap();
    for path in fragment
        .lines()
        .filter_map(|line| line.strip_prefix("# without "))
    {
        take_away(&mut policy, path);
    }
    merge(&mut policy, over);
    toml::to_string(&policy).unwrap()
}

fn take_away(policy: &mut Table, path: &str) {
    let (around, key) = path.rsplit_once('.').unwrap_or(("", path));
    let mut table = policy;
    for step in around.split('.').filter(|step| !step.is_empty()) {
        table = table[step].as_table_mut().unwrap();
    }
    assert!(
        table.remove(key).is_some(),
        "there is no {path} to take away"
    );
}

fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over),
            (Some(Value::Array(under)), Value::Array(over)) if tables(under) && tables(&over) => {
                for element in over {
                    merge_element(under, element);
                }
            }
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

fn tables(list: &[Value]) -> bool {
    list.iter().all(Value::is_table)
}

fn merge_element(under: &mut Vec<Value>, element: Value) {
    let same = under.iter_mut().find(|it| {
        let name = element.get("name");
        name.is_some() && it.get("name") == name
    });
    match (same, element) {
        (Some(Value::Table(under)), Value::Table(over)) => merge(under, over),
        (_, element) => under.push(element),
    }
}

#[test]
fn every_code_has_a_whole_page() {
    for code in Code::ALL {
        let page = explain(code.as_str()).unwrap();
        assert_eq!(page.code, *code);
        assert!(
            page.text
                .starts_with(&format!("# {code}: {}\n", code.title())),
            "{code}"
        );
        for heading in [
            "\n## Why it matters\n",
            "\n## Wrong\n",
            "\n## How to mend it\n",
        ] {
            assert!(page.text.contains(heading), "{code} lacks {heading:?}");
        }
        assert!(!page.wrong_example().is_empty(), "{code}");
    }
    assert_eq!(explain("kp012").unwrap().code, Code::NoTerm);
    assert!(explain("KP999").is_none());
}

/// Codes of a document's own file.
fn is_about_a_document(code: Code) -> bool {
    matches!(
        code,
        Code::UndeclaredDocument | Code::EditionOutOfOrder | Code::LanguagesDiffer
    )
}

/// What the bookshop's terms said until now.
fn published(policy: &Policy) -> Vec<Edition> {
    let page = explain(Code::EditionOutOfOrder.as_str()).unwrap();
    let source = page
        .wrong_example()
        .replace("14 days", "a month")
        .replace("14 jours", "un mois");
    vec![compile_edition(&source, policy, &[]).edition.unwrap()]
}

#[test]
fn every_wrong_example_yields_its_code() {
    let in_force = compile(MINIMAL).policy.unwrap();
    for code in Code::ALL {
        let example = explain(code.as_str()).unwrap().wrong_example();
        if is_about_a_document(*code) {
            let outcome = compile_edition(example, &in_force, &published(&in_force));
            let found: Vec<Code> = outcome.diagnostics.iter().map(|d| d.code).collect();
            assert_eq!(found, [*code], "{code}");
            assert!(outcome.edition.is_none(), "{code}");
            continue;
        }
        if code.as_str() >= "KP300" {
            of_an_authorisation(*code, example);
            continue;
        }
        let source = lay_over(MINIMAL, example);
        // What is wrong with a policy that follows another shows when it follows one.
        let outcome = match code {
            Code::RenameUnsaid | Code::VersionNotHigher => compile_after(&source, &in_force),
            _ => compile(&source),
        };
        let found: Vec<Code> = outcome.diagnostics.iter().map(|d| d.code).collect();
        let text = render(&outcome.diagnostics, &source, "policy.toml", false);
        assert!(
            found.contains(code),
            "{code} is not among {found:?}\n{text}"
        );
        let clean = outcome
            .diagnostics
            .iter()
            .all(|diagnostic| !diagnostic.is_error());
        assert_eq!(outcome.policy.is_some(), clean, "{code}");
    }
}

/// An authorisation goes with a policy: with one that lacks what the page says it lacks.
fn of_an_authorisation(code: Code, example: &str) {
    let policy =
        match code {
            Code::ConditionNeverHolds => MINIMAL
                .replace("about-matter = true\n", "")
                .replace("contract = \"order\"", ""),
            Code::GrantsAndReads => format!("{}\n{SPECIAL}", MINIMAL.replace(
            "arises-with = \"dispute-opened\"\nuses = [\"identity\"]",
            "arises-with = \"dispute-opened\"\nuses = [\"identity\", \"expert-reports\"]",
        ).replace("disputes = [\"identity.surname\"]", "disputes = \"all\"")),
            _ => MINIMAL.to_owned(),
        };
    let outcome = compile(&policy);
    let text = render(&outcome.diagnostics, &policy, "policy.toml", false);
    assert!(outcome.policy.is_some(), "{code}: {text}");
    let policy = outcome.policy.unwrap();
    let source = lay_over(MINIMAL_AUTHORISATION, example);
    let outcome = authorisation::compile(&source, &policy);
    let found: Vec<Code> = outcome.diagnostics.iter().map(|d| d.code).collect();
    let text = render(&outcome.diagnostics, &source, "authorisation.toml", false);
    assert!(
        found.contains(&code),
        "{code} is not among {found:?}\n{text}"
    );
    let clean = outcome.diagnostics.iter().all(|it| !it.is_error());
    assert_eq!(outcome.authorisation.is_some(), clean, "{code}");
}

/// Special-category data of the minimal policy, within its disputes.
const SPECIAL: &str = r#"
[categories.expert-reports]
title = { en = "Expert reports", fr = "Rapports d'expertise" }
about = { en = "What an expert found", fr = "Ce qu'un expert a constaté" }
nature = "special"
only-during = "dispute"
[categories.expert-reports.fields.medical-finding]
title = { en = "Medical finding", fr = "Constat médical" }
type = "note"
"#;

#[test]
fn codes_are_numbered_by_their_level_and_never_twice() {
    for pair in Code::ALL.windows(2) {
        assert!(
            pair[0].as_str() < pair[1].as_str(),
            "{} before {}",
            pair[0],
            pair[1]
        );
    }
    for code in Code::ALL {
        let of_its_level = code.as_str()[2..].parse::<u32>().unwrap() % 300;
        let advice = match code.as_str() >= "KP300" {
            true => of_its_level >= 50,
            false => of_its_level >= 200,
        };
        assert_eq!(advice, code.level() == policy::Level::Advice, "{code}");
    }
}

/// `KEPT_UPDATE=1 cargo test -p policy` writes the index anew.
#[test]
fn the_index_of_codes_is_not_stale() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/diagnostics.md");
    let index = policy::diagnostics::index();
    if std::env::var_os("KEPT_UPDATE").is_some() {
        std::fs::write(path, &index).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == index,
        "docs/diagnostics.md is stale: run with KEPT_UPDATE=1"
    );
}
