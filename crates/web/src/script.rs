//! Scripts of ours: files of this server, which a page names with what they weigh and are, so that
//! a browser runs nothing else in their place (Subresource Integrity). Every page works without.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use sha2::{Digest as _, Sha384};

/// A script.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// Its address.
    pub path: &'static str,
    /// Its text.
    pub source: &'static str,
}

/// The keys of the console.
pub const CONSOLE: Script = Script {
    path: "/console.js",
    source: include_str!("console.js"),
};

/// Signing in: links, and passkeys.
pub const SIGN_IN: Script = Script {
    path: "/sign-in.js",
    source: include_str!("sign_in.js"),
};

impl Script {
    /// What the script is, for the browser that fetches it (SRI, 3.3).
    #[must_use]
    pub fn integrity(&self) -> String {
        let digest = Sha384::digest(self.source.as_bytes());
        format!("sha384-{}", STANDARD.encode(digest))
    }

    /// The element that runs it once the page is read.
    pub(crate) fn element(&self) -> Markup {
        html! { script type="module" src=(self.path) integrity=(self.integrity()) {} }
    }
}
