//! The index of codes, as it stands in `docs/diagnostics.md`.

use std::fmt::Write as _;

use super::{Code, Level};

/// The list of all codes in Markdown.
#[must_use]
pub fn index() -> String {
    let mut text = String::from(
        "# Diagnostics of the policy language\n\n\
         Generated from the codes; do not edit. `kept explain CODE` prints the page of a code: what \
         it means, why it matters, a wrong example and how to mend it.\n",
    );
    for (level, heading, about) in [
        (
            Level::Error,
            "Errors",
            "The file does not run until they are mended.",
        ),
        (
            Level::Advice,
            "Advice",
            "The file runs all the same. Advice can be answered in the file, with a reason (`[[acknowledged]]`).",
        ),
    ] {
        let _ = write!(text, "\n## {heading}\n\n{about}\n\n");
        text.push_str("| code | what | source |\n|---|---|---|\n");
        for code in Code::ALL.iter().filter(|code| code.level() == level) {
            let source = code.source().unwrap_or_default();
            let page = format!("../crates/policy/src/explanations/{code}.md");
            let _ = writeln!(text, "| [{code}]({page}) | {} | {source} |", code.title());
        }
    }
    text
}
