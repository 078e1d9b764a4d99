//! The rules of meaning (`semantics.md`), each by its number, on the default policy.

#![allow(clippy::unwrap_used, reason = "a helper of a test stops the test")]

mod consents;
mod holds;
mod policies;
mod terms;

use domain::{MatterId, Rule};
use testkit::people::{Life, default_policy};

/// A person under the default policy.
fn life() -> Life {
    Life::new(default_policy())
}

/// A contact, a private person, whose name is held since a day.
fn contact(at: &str) -> Life {
    let mut life = life();
    life.collect("identity", "contact", &["contact-relations"], at);
    life
}

/// One matter or another.
fn matter(number: u8) -> Option<MatterId> {
    Some(MatterId([200 + number; 16]))
}

/// The name of the retention rule that a refusal names.
fn term(life: &Life, refused: Result<usize, Rule>) -> String {
    match refused {
        Err(rule @ Rule::Term { .. }) => rule.name(life.in_force.policy()),
        other => format!("{other:?}"),
    }
}
