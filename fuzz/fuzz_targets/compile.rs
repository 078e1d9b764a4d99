//! No text makes the policy compiler panic, and what it says of a text holds together.
//!
//! `cargo +nightly fuzz run compile fuzz/corpus/compile policies/assess-manager policies/sports-club`
//! starts from the policies that ship.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    let outcome = policy::compile(source);
    assert_eq!(outcome.policy.is_none(), outcome.errors().next().is_some());
    for diagnostic in &outcome.diagnostics {
        for label in &diagnostic.labels {
            assert!(source.get(label.span.clone()).is_some(), "a label points nowhere");
        }
    }
    let text = policy::render(&outcome.diagnostics, source, "policy.toml", false);
    assert_eq!(text.is_empty(), outcome.diagnostics.is_empty());
    if let Some(policy) = outcome.policy {
        assert!(policy::compare(&policy, &policy).is_empty());
        let _ = policy::register(&policy).to_json();
    }
});
