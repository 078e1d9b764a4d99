//! Which version this is, what changed, and the versions that stay readable (26a).

use maud::{Markup, html};

use super::Privacy;
use crate::frame::Frame;
use crate::pages::versions;
use crate::phrases::Phrases;
use crate::say::{self, Either};

/// This version and the others.
pub(super) fn render(view: &Privacy<'_>, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let language = frame.language;
    let policy = view.policy;
    html! {
        section aria-labelledby="versions" {
            h2 id="versions" { (say.versions) }
            p { (say.versions_lead) }
            dl {
                dt { (say.this_version) }
                dd { (policy.version) ", " (say.published_on) " " (say::day(policy.published, language)) "." }
                dt { (say.what_changed) }
                dd {
                    @if let Some(reason) = &policy.reason { (say::wording(reason, language)) }
                    @else { (say.first_version) }
                }
                dt { (say.digest) }
                dd { code { (hex(&policy.digest)) } }
            }
            @if !view.others.is_empty() {
                h3 { (say.other_versions) }
                ul {
                    @for other in view.others {
                        li {
                            a href=(frame.link(&versions::address(other.version), &[])) { (say.version) " " (other.version) }
                            ", " (say.published_on) " " (say::day(other.published, language)) "."
                            @if let Some(reason) = &other.reason { " " (say::wording(reason, language)) }
                        }
                    }
                }
                p {
                    a href=(frame.link(versions::LIST, &[])) {
                        (Either(language).of("All versions, and what each changed", "Toutes les versions, et ce que chacune a changé"))
                    }
                }
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
