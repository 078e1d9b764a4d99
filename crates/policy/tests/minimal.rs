//! The minimal policy of the explanations has nothing wrong about it.

use policy::diagnostics::explain::MINIMAL;
use policy::{compile, render};

#[test]
fn the_minimal_policy_is_sound() {
    let outcome = compile(MINIMAL);
    assert_eq!(
        render(&outcome.diagnostics, MINIMAL, "policy.toml", false),
        ""
    );
    assert!(outcome.policy.is_some());
}
