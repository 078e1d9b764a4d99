//! Policies for tests.

use std::path::{Path, PathBuf};

/// A small shop's policy, without errors: two purposes, one kind of person.
pub(crate) const SHOP: &str = policy::diagnostics::explain::MINIMAL;

/// The folder of the default policy.
pub(crate) fn assess_manager() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/assess-manager")
}

/// The shop's policy with one piece of text replaced.
pub(crate) fn shop_with(before: &str, after: &str) -> String {
    assert!(
        SHOP.contains(before),
        "the shop's policy does not say {before:?}"
    );
    SHOP.replacen(before, after, 1)
}
