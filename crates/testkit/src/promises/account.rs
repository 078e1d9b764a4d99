//! The account itself: pure, from the four inputs to what is printed.

use std::collections::BTreeMap;
use std::fmt;

use super::input::{Cover, Floor, Promise, Reached, TestOutcome};

/// Where a promise stands after a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Tests that cover it whole ran and passed.
    Kept,
    /// Tests that cover some of it ran and passed.
    Part {
        /// What no test shows yet; nothing where the tests were not declared.
        left_out: Option<String>,
    },
    /// A test of it failed, or declared tests did not run.
    Broken {
        /// What is wrong.
        why: String,
    },
    /// No test carries its id.
    Untested,
}

/// One promise of the account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The promise's id.
    pub id: String,
    /// Where it stands.
    pub standing: Standing,
    /// The tests that carry its id, without their modules, in order.
    pub tests: Vec<String>,
}

/// The account of one run. It prints as `./test --promises` shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// A row a promise, in the order of the list.
    pub rows: Vec<Row>,
    /// What is wrong besides broken promises; each fails the run.
    pub problems: Vec<String>,
    /// What could be written into the floor.
    pub above_floor: Vec<String>,
}

impl Account {
    /// Draws up the account.
    #[must_use]
    pub fn draw_up(
        promises: &[Promise],
        coverage: &BTreeMap<String, Cover>,
        floor: &Floor,
        outcomes: &[TestOutcome],
    ) -> Self {
        let mut problems = Vec::new();
        let known = |id: &str| promises.iter().any(|promise| promise.id == id);
        for id in coverage.keys().filter(|id| !known(id)) {
            problems.push(format!(
                "promises-coverage.toml names `{id}`, which is no promise"
            ));
        }
        let mut tests: BTreeMap<&str, Vec<(&str, bool)>> = BTreeMap::new();
        for outcome in outcomes {
            let name = outcome.name.rsplit("::").next().unwrap_or_default();
            let Some(rest) = name.strip_prefix("promise_") else {
                continue;
            };
            let id = rest.split('_').next().unwrap_or_default();
            if !known(id) {
                problems.push(format!(
                    "the test {name} carries `{id}`, which is no promise"
                ));
            } else if !goes_through_a_public_door(&outcome.binary) {
                problems.push(format!(
                    "the test {name} is in {}: a promise is shown from crates/kept/tests",
                    outcome.binary
                ));
            } else {
                tests.entry(id).or_default().push((name, outcome.passed));
            }
        }
        let rows: Vec<Row> = promises
            .iter()
            .map(|Promise { id, .. }| {
                let mut tests = tests.remove(id.as_str()).unwrap_or_default();
                tests.sort_unstable();
                Row {
                    id: id.clone(),
                    standing: standing(coverage.get(id), &tests),
                    tests: tests.iter().map(|(name, _)| (*name).to_owned()).collect(),
                }
            })
            .collect();
        let reached: BTreeMap<&str, Reached> = rows
            .iter()
            .filter_map(|row| Some((row.id.as_str(), row.reached()?)))
            .collect();
        for (id, was) in floor {
            if reached.get(id.as_str()).copied() < Some(*was) {
                problems.push(format!("promises-floor.txt says `{id} {}`", written(*was)));
            }
        }
        let above_floor = rows
            .iter()
            .filter_map(|row| Some((&row.id, row.reached()?)))
            .filter(|(id, reached)| floor.get(*id) < Some(reached))
            .map(|(id, reached)| format!("{id} {}", written(reached)))
            .collect();
        Self {
            rows,
            problems,
            above_floor,
        }
    }

    /// Whether nothing is broken or wrong.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
            && !self
                .rows
                .iter()
                .any(|row| matches!(row.standing, Standing::Broken { .. }))
    }

    /// The lines of a floor that has risen to this account, in the list's order.
    #[must_use]
    pub fn floor_lines(&self, floor: &Floor) -> String {
        self.rows
            .iter()
            .filter_map(|row| Some((&row.id, row.reached().max(floor.get(&row.id).copied())?)))
            .map(|(id, reached)| format!("{id} {}\n", written(reached)))
            .collect()
    }
}

impl Row {
    fn reached(&self) -> Option<Reached> {
        match self.standing {
            Standing::Kept => Some(Reached::Kept),
            Standing::Part { .. } => Some(Reached::Part),
            Standing::Broken { .. } | Standing::Untested => None,
        }
    }
}

/// An integration test of the binary: all it can do is run `kept` or speak HTTP to it.
fn goes_through_a_public_door(binary: &str) -> bool {
    binary
        .strip_prefix("kept::")
        .is_some_and(|test| !test.starts_with("bin/"))
}

fn written(reached: Reached) -> &'static str {
    match reached {
        Reached::Kept => "kept",
        Reached::Part => "part",
    }
}

fn standing(cover: Option<&Cover>, tests: &[(&str, bool)]) -> Standing {
    let failed: Vec<&str> = tests
        .iter()
        .filter(|(_, passed)| !passed)
        .map(|(name, _)| *name)
        .collect();
    if !failed.is_empty() {
        return Standing::Broken {
            why: format!("failed: {}", failed.join(" ")),
        };
    }
    match (cover, tests.is_empty()) {
        (None, true) => Standing::Untested,
        (Some(_), true) => Standing::Broken {
            why: "declared in promises-coverage.toml, but no test ran".into(),
        },
        (None, false) => Standing::Part { left_out: None },
        (Some(Cover::Whole), false) => Standing::Kept,
        (Some(Cover::Part { left_out }), false) => Standing::Part {
            left_out: Some(left_out.clone()),
        },
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let (id, tests) = (&row.id, row.tests.join(" "));
            match &row.standing {
                Standing::Kept => writeln!(f, "{id} kept {tests}")?,
                Standing::Part {
                    left_out: Some(left_out),
                } => {
                    writeln!(f, "{id} part {tests} (left out: {left_out})")?;
                }
                Standing::Part { left_out: None } => {
                    writeln!(
                        f,
                        "{id} part {tests} (not declared in promises-coverage.toml)"
                    )?;
                }
                Standing::Broken { why } => writeln!(f, "{id} broken: {why}")?,
                Standing::Untested => {}
            }
        }
        for problem in &self.problems {
            writeln!(f, "problem: {problem}")?;
        }
        if !self.above_floor.is_empty() {
            writeln!(
                f,
                "not yet in promises-floor.txt: {}",
                self.above_floor.join(", ")
            )?;
        }
        let kept = self
            .rows
            .iter()
            .filter(|row| row.standing == Standing::Kept)
            .count();
        writeln!(f, "{kept} of {} promises kept", self.rows.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promises() -> Vec<Promise> {
        ["1a", "6a", "10f"]
            .map(|id| Promise {
                id: id.into(),
                promise: "p".into(),
                shown: "s".into(),
            })
            .into()
    }

    fn coverage() -> BTreeMap<String, Cover> {
        let part = Cover::Part {
            left_out: "forms".into(),
        };
        [("10f".to_owned(), Cover::Whole), ("6a".to_owned(), part)].into()
    }

    fn ran(name: &str, passed: bool) -> TestOutcome {
        TestOutcome {
            binary: "kept::cli".into(),
            name: name.into(),
            passed,
        }
    }

    fn both() -> Vec<TestOutcome> {
        vec![
            ran("terms::promise_10f_dispute", true),
            ran("promise_10f_bank_details", true),
            ran("promise_6a_purposes", true),
            ran("promises_are_not_tests_of_promises", true),
        ]
    }

    #[test]
    fn kept_and_part_are_told_apart_in_the_order_of_the_list() {
        let account = Account::draw_up(&promises(), &coverage(), &Floor::new(), &both());
        assert!(account.holds());
        assert_eq!(
            account.to_string(),
            "6a part promise_6a_purposes (left out: forms)\n\
             10f kept promise_10f_bank_details promise_10f_dispute\n\
             not yet in promises-floor.txt: 6a part, 10f kept\n\
             1 of 3 promises kept\n"
        );
    }

    #[test]
    fn no_promise_tests_and_no_declarations_is_zero_and_holds() {
        let account = Account::draw_up(&promises(), &BTreeMap::new(), &Floor::new(), &[]);
        assert!(account.holds());
        assert_eq!(account.to_string(), "0 of 3 promises kept\n");
    }

    #[test]
    fn one_failing_test_breaks_a_promise_whatever_else_passes() {
        let mut outcomes = both();
        outcomes.push(ran("promise_10f_instalments", false));
        let account = Account::draw_up(&promises(), &coverage(), &Floor::new(), &outcomes);
        assert!(!account.holds());
        assert!(
            account
                .to_string()
                .contains("10f broken: failed: promise_10f_instalments\n")
        );
        assert!(account.to_string().ends_with("0 of 3 promises kept\n"));
    }

    #[test]
    fn a_declared_promise_whose_tests_did_not_run_is_broken() {
        let account = Account::draw_up(&promises(), &coverage(), &Floor::new(), &both()[..2]);
        assert!(!account.holds());
        assert_eq!(
            account.rows[1].standing,
            Standing::Broken {
                why: "declared in promises-coverage.toml, but no test ran".into()
            }
        );
    }

    #[test]
    fn tests_without_a_declaration_never_count_as_whole() {
        let account = Account::draw_up(&promises(), &BTreeMap::new(), &Floor::new(), &both()[..2]);
        assert!(account.holds());
        assert_eq!(account.rows[2].standing, Standing::Part { left_out: None });
        assert!(account.to_string().ends_with("0 of 3 promises kept\n"));
    }

    #[test]
    fn an_unknown_id_and_an_inner_door_fail_the_run() {
        let inside = |binary: &str| TestOutcome {
            binary: binary.into(),
            ..ran("promise_1a_roles", true)
        };
        for outcomes in [
            vec![ran("promise_99z_nothing", true)],
            vec![inside("domain")],
            vec![inside("services::all")],
            vec![inside("kept::bin/kept")],
        ] {
            let account = Account::draw_up(&promises(), &BTreeMap::new(), &Floor::new(), &outcomes);
            assert_eq!(account.problems.len(), 1, "{outcomes:?}");
            assert!(!account.holds());
        }
        let strange = [("99z".to_owned(), Cover::Whole)].into();
        assert!(!Account::draw_up(&promises(), &strange, &Floor::new(), &[]).holds());
    }

    #[test]
    fn the_floor_only_grows() {
        let floor = |id: &str, reached| Floor::from([(id.to_owned(), reached)]);
        let drawn = |floor: &Floor| Account::draw_up(&promises(), &coverage(), floor, &both());
        assert!(drawn(&floor("10f", Reached::Kept)).holds());
        assert!(drawn(&floor("10f", Reached::Part)).holds());
        assert_eq!(drawn(&floor("10f", Reached::Kept)).above_floor, ["6a part"]);
        for lost in [
            floor("6a", Reached::Kept),
            floor("1a", Reached::Part),
            floor("9z", Reached::Part),
        ] {
            assert!(!drawn(&lost).holds(), "{lost:?}");
        }
        let raised = drawn(&Floor::new()).floor_lines(&floor("1a", Reached::Part));
        assert_eq!(raised, "1a part\n6a part\n10f kept\n");
    }
}
