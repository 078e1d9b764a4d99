//! Scripts of ours: files, named by pages with a hash of what is in them, so that nothing else runs
//! in their place.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};

/// Where the script of signing in stands.
pub(crate) const SIGN_IN: &str = "/sign-in.js";

static SIGN_IN_HASH: LazyLock<String> = LazyLock::new(|| {
    let hash = Sha256::digest(crate::SIGN_IN_SCRIPT);
    format!("sha256-{}", STANDARD.encode(hash))
});

/// The script of signing in, as pages name it.
pub(crate) fn sign_in() -> Markup {
    html! { script type="module" src=(SIGN_IN) integrity=(*SIGN_IN_HASH) {} }
}
