//! The pages that explain a code: what it means, why it matters, how to mend it.

use super::Code;

/// The policy that the wrong examples of the pages are laid over.
pub const MINIMAL: &str = include_str!("../explanations/minimal.toml");

/// The authorisation, beside that policy, that the wrong examples of its codes are laid over.
pub const MINIMAL_AUTHORISATION: &str = include_str!("../explanations/minimal-authorisation.toml");

/// A page of explanation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The code that it explains.
    pub code: Code,
    /// The page, in Markdown.
    pub text: &'static str,
}

impl Explanation {
    /// The wrong example of the page: a fragment of TOML, laid over [`MINIMAL`], or
    /// over [`MINIMAL_AUTHORISATION`] where the code is one of an authorisation.
    ///
    /// A comment `# without PATH` in it takes a key of the minimal policy away.
    #[must_use]
    pub fn wrong_example(&self) -> &'static str {
        let (_, after) = self.text.split_once("```toml\n").unwrap_or_default();
        after.split_once("```").map_or("", |(example, _)| example)
    }
}

/// The page that explains a code (`KP012`); none if there is no such code.
#[must_use]
pub fn explain(code: &str) -> Option<Explanation> {
    Code::parse(code.trim()).map(|code| Explanation {
        code,
        text: code.page(),
    })
}
