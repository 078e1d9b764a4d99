//! `/privacy`: the public notice, generated from the policy in force and nothing else (1b).
//!
//! What GDPR 13 and 14 ask for, in layers: short answers first, then every purpose, category,
//! recipient, term and right in full. It knows no policy by name: another controller's file makes
//! another notice.

mod data;
mod forms;
mod purposes;
mod readers;
mod retention;
mod rights;
mod short;
mod versions;

use jiff::civil::Date;
use maud::{Markup, html};
use policy::model::{Language, Policy, Wording};

use super::versions as versions_page;
use crate::frame::Frame;
use crate::page;
use crate::phrases::Phrases;
use crate::say::{self, Either};

pub(super) use readers::{email, telephone};

/// What the notice is made of.
#[derive(Clone, Copy, Debug)]
pub struct Privacy<'a> {
    /// The version that is shown.
    pub policy: &'a Policy,
    /// The other versions that were in force, the latest first (26a).
    pub others: &'a [OtherVersion],
    /// Whether a later version has taken the place of this one.
    pub superseded: bool,
    /// Since when this version holds and which it took the place of, for as long as the policy says
    /// that this is said on top (26a).
    pub changed: Option<Changed>,
    /// The names of the documents that can be read here: the notice links to them.
    pub documents: &'a [String],
}

/// A recent change of the notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Changed {
    /// The day on which it changed.
    pub on: Date,
    /// The version before.
    pub from: u32,
}

/// Another version of the policy, which stays readable (26a).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherVersion {
    /// Its number.
    pub version: u32,
    /// The day on which it was published.
    pub published: Date,
    /// Why it differs from the one before.
    pub reason: Option<Wording>,
}

/// The notice as a page.
#[must_use]
pub fn render(view: &Privacy<'_>, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    page::public(
        frame,
        say.title,
        &view.policy.controller.name,
        &say.generated,
        body(view, frame),
    )
}

/// The notice of one version as a document that needs nothing else, in one language: to be put on
/// any website, printed or handed over.
#[must_use]
pub fn render_alone(policy: &Policy, language: Language) -> String {
    let frame = Frame {
        path: String::new(),
        controller: policy.controller.name.clone(),
        policy_version: policy.version,
        now: policy.published.at(0, 0, 0, 0),
        ..Frame::bare(language)
    };
    let view = Privacy {
        policy,
        others: &[],
        superseded: false,
        changed: None,
        documents: &[],
    };
    let say = &Phrases::of(language).notice;
    page::alone(&frame, say.title, body(&view, &frame)).into_string()
}

fn body(view: &Privacy<'_>, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let policy = view.policy;
    let published = say::day(policy.published, frame.language);
    html! {
        header.title {
            h1 { (say.title) }
            p.lead {
                (policy.controller.name) " · "
                (say.version) " " (policy.version) ", "
                (say.published_on) " " time datetime=(policy.published) { (published) }
            }
            @if let Some(changed) = view.changed {
                p.note role="note" {
                    (Either(frame.language).of("This notice changed on ", "Cette politique a changé le "))
                    time datetime=(changed.on) { (say::day(changed.on, frame.language)) }
                    ". "
                    a href=(frame.link(&versions_page::difference(policy.version, changed.from), &[])) {
                        (Either(frame.language).of("See what changed", "Voir ce qui a changé"))
                    }
                }
            }
            @if view.superseded {
                p.note role="note" {
                    (say.superseded) " "
                    a href=(frame.link("/privacy", &[])) { (say.to_current) }
                }
            }
        }
        (short::render(policy, frame))
        div.columns {
            (contents(policy, frame))
            div.text {
                (readers::controller(view, frame))
                (data::kinds(policy, frame))
                (data::categories(policy, frame))
                (purposes::render(policy, frame))
                (readers::recipients(policy, frame))
                (retention::render(policy, frame))
                (rights::render(policy, frame))
                (rights::decisions(frame))
                (readers::security(policy, frame))
                (versions::render(view, frame))
            }
        }
    }
}

/// The table of contents.
fn contents(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let mut parts = vec![
        ("controller", say.controller),
        ("people", say.people),
        ("data", say.data),
        ("purposes", say.purposes),
        ("recipients", say.recipients),
        ("retention", say.retention),
        ("rights", say.rights),
        ("decisions", say.decisions),
    ];
    if !policy.security.is_empty() {
        parts.push(("security", say.security));
    }
    parts.push(("versions", say.versions));
    html! {
        nav.contents aria-label=(say.contents) {
            ol { @for (id, title) in parts { li { a href={ "#" (id) } { (title) } } } }
        }
    }
}

/// The titles of some things of the policy, as they stand inside a sentence.
fn titles<'a>(wordings: impl Iterator<Item = &'a Wording>, frame: &Frame) -> Vec<String> {
    wordings
        .map(|title| say::inner(&say::wording(title, frame.language)))
        .collect()
}
