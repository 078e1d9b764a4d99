//! The four inputs of the account, parsed.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Deserialize;

/// One row of the list of promises.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The policy's section and a letter, as `10f`.
    pub id: String,
    /// What is promised.
    pub promise: String,
    /// What the running system must show for it.
    pub shown: String,
}

/// What the tests of a promise cover, as their authors declare.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cover {
    /// All that the promise's row asks for.
    Whole,
    /// Less than that.
    Part {
        /// What no test shows yet.
        left_out: String,
    },
}

/// One test of the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestOutcome {
    /// The test binary, as nextest names it: `kept::cli`.
    pub binary: String,
    /// The test with its modules: `retention::promise_10f_...`.
    pub name: String,
    /// Whether it ran and passed.
    pub passed: bool,
}

/// How far a promise had come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reached {
    /// Some of it is shown.
    Part,
    /// All of it is shown.
    Kept,
}

/// What was once reached, by promise.
pub type Floor = BTreeMap<String, Reached>;

/// Reads the list of promises.
///
/// # Errors
/// Text that is not such a list, or an id that appears twice.
pub fn read_promises(text: &str) -> Result<Vec<Promise>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct List {
        promise: Vec<Promise>,
    }
    let list: List = toml::from_str(text).map_err(|error| format!("promises.toml: {error}"))?;
    let mut seen = BTreeSet::new();
    match list
        .promise
        .iter()
        .find(|promise| !seen.insert(promise.id.as_str()))
    {
        Some(twice) => Err(format!("promises.toml: `{}` appears twice", twice.id)),
        None => Ok(list.promise),
    }
}

/// Reads what the tests of each promise cover.
///
/// # Errors
/// Text that is not such a file, or a part that does not say what it leaves out.
pub fn read_coverage(text: &str) -> Result<BTreeMap<String, Cover>, String> {
    #[derive(Deserialize)]
    #[serde(tag = "covers", rename_all = "lowercase", deny_unknown_fields)]
    enum Entry {
        Whole {},
        Part {
            #[serde(rename = "left-out")]
            left_out: String,
        },
    }
    let entries: BTreeMap<String, Entry> =
        toml::from_str(text).map_err(|error| format!("promises-coverage.toml: {error}"))?;
    let mut covers = BTreeMap::new();
    for (id, entry) in entries {
        let cover = match entry {
            Entry::Whole {} => Cover::Whole,
            Entry::Part { left_out } if left_out.trim().is_empty() => {
                return Err(format!(
                    "promises-coverage.toml: `{id}` must say what it leaves out"
                ));
            }
            Entry::Part { left_out } => Cover::Part { left_out },
        };
        covers.insert(id, cover);
    }
    Ok(covers)
}

/// Reads what was once reached: a line a promise, `10f kept` or `6a part`; `#` starts a comment.
///
/// # Errors
/// A line of another form, or a promise that has two.
pub fn read_floor(text: &str) -> Result<Floor, String> {
    let mut floor = Floor::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = index + 1;
        let reached = match line.split_once(' ') {
            Some((id, "kept")) => Some((id, Reached::Kept)),
            Some((id, "part")) => Some((id, Reached::Part)),
            _ => None,
        };
        let (id, reached) = reached.ok_or_else(|| {
            format!("promises-floor.txt, line {at}: expected `10f kept` or `6a part`")
        })?;
        if floor.insert(id.to_owned(), reached).is_some() {
            return Err(format!(
                "promises-floor.txt, line {at}: `{id}` has a line already"
            ));
        }
    }
    Ok(floor)
}

/// Reads a JUnit report as nextest writes it.
///
/// # Errors
/// Text that is not XML, or a test outside a suite.
pub fn read_report(xml: &str) -> Result<Vec<TestOutcome>, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("the test report: {error}");
    let mut reader = Reader::from_str(xml);
    let mut outcomes = Vec::new();
    let mut binary = None;
    let mut current: Option<TestOutcome> = None;
    loop {
        match reader.read_event().map_err(|error| wrong(&error))? {
            Event::Start(tag) if tag.name().as_ref() == b"testsuite" => {
                binary = attribute(&tag, "name");
            }
            Event::Start(tag) if tag.name().as_ref() == b"testcase" => {
                current = Some(begun(&tag, binary.as_deref())?);
            }
            Event::Empty(tag) if tag.name().as_ref() == b"testcase" => {
                outcomes.push(begun(&tag, binary.as_deref())?);
            }
            Event::Start(tag) | Event::Empty(tag) => {
                if matches!(tag.name().as_ref(), b"failure" | b"error" | b"skipped")
                    && let Some(test) = &mut current
                {
                    test.passed = false;
                }
            }
            Event::End(tag) if tag.name().as_ref() == b"testcase" => {
                outcomes.extend(current.take())
            }
            Event::Eof => return Ok(outcomes),
            _ => {}
        }
    }
}

fn begun(tag: &BytesStart<'_>, binary: Option<&str>) -> Result<TestOutcome, String> {
    let name = attribute(tag, "name").ok_or("the test report: a test has no name")?;
    let binary = binary
        .ok_or("the test report: a test stands outside a suite")?
        .to_owned();
    Ok(TestOutcome {
        binary,
        name,
        passed: true,
    })
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok()??;
    // Names of tests are Rust paths: nothing in them is ever escaped.
    String::from_utf8(attribute.value.into_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_files_parse() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let read = |name: &str| std::fs::read_to_string(format!("{root}/{name}")).unwrap();
        let promises = read_promises(&read("promises.toml")).unwrap();
        assert!(promises.len() >= 88, "rows may be added, none is taken out");
        read_coverage(&read("promises-coverage.toml")).unwrap();
        read_floor(&read("promises-floor.txt")).unwrap();
    }

    #[test]
    fn a_report_tells_passed_from_failed_and_skipped() {
        let outcomes = read_report(
            r#"<?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="kept" tests="4">
              <testsuite name="kept::cli" tests="3">
                <testcase name="a::one" classname="kept::cli" time="0.1"/>
                <testcase name="two" classname="kept::cli"><failure type="x">no</failure></testcase>
                <testcase name="three" classname="kept::cli"><skipped/></testcase>
              </testsuite>
              <testsuite name="policy"><testcase name="four"><system-out>ok</system-out></testcase>
              </testsuite>
            </testsuites>"#,
        )
        .unwrap();
        let told: Vec<_> = outcomes
            .iter()
            .map(|o| (o.binary.as_str(), o.name.as_str(), o.passed))
            .collect();
        assert_eq!(
            told,
            [
                ("kept::cli", "a::one", true),
                ("kept::cli", "two", false),
                ("kept::cli", "three", false),
                ("policy", "four", true),
            ]
        );
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let row = "[[promise]]\nid = \"1a\"\npromise = \"p\"\nshown = \"s\"\n";
        assert!(
            read_promises(&format!("{row}{row}"))
                .unwrap_err()
                .contains("twice")
        );
        assert!(read_coverage("[6a]\ncovers = \"part\"\n").is_err());
        assert!(read_coverage("[6a]\ncovers = \"part\"\nleft-out = \" \"\n").is_err());
        assert!(read_coverage("[6a]\ncovers = \"most\"\n").is_err());
        assert!(read_floor("10f keeps").unwrap_err().contains("line 1"));
        assert!(
            read_floor("10f kept\n10f part")
                .unwrap_err()
                .contains("line 2")
        );
        assert!(read_report("<testsuites><testcase name=\"x\"/></testsuites>").is_err());
    }
}
