//! `/documents`: what stands apart from the policy, each document by itself in each version (3b).
//!
//! What a document says is shown as it was published: headings, paragraphs and lists, and nothing
//! in it is markup.

use jiff::civil::Date;
use maud::{Markup, html};
use policy::model::{Edition, Policy};
use policy::text::{Block, blocks};

use crate::frame::Frame;
use crate::page;
use crate::phrases::Phrases;
use crate::say;

/// A document in the list.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Its latest version.
    pub edition: &'a Edition,
}

/// One version of a document.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The version.
    pub edition: &'a Edition,
    /// SHA-256 of its file.
    pub digest: &'a [u8; 32],
    /// The other versions, the latest first.
    pub others: &'a [&'a Edition],
    /// Whether a later version has taken the place of this one.
    pub superseded: bool,
}

/// The address of a document.
pub(crate) fn address(name: &str) -> String {
    format!("/documents/{name}")
}

/// The list of documents, the policy itself first: it is one of them, with versions of its own.
#[must_use]
pub fn render_list(policy: &Policy, listed: &[Listed<'_>], frame: &Frame) -> Markup {
    let say = Phrases::of(frame.language);
    let (documents, notice) = (&say.documents, &say.notice);
    let language = frame.language;
    let version = |number: u32, day: Date| {
        html! {
            p {
                (notice.version) " " (number) ", "
                (notice.published_on) " " time datetime=(day) { (say::day(day, language)) }
            }
        }
    };
    let body = html! {
        header.title {
            h1 { (documents.title) }
            p.lead { (documents.lead) }
        }
        div.text {
            section {
                article {
                    h2 { a href=(frame.link("/privacy", &[])) { (notice.title) } }
                    (version(policy.version, policy.published))
                }
                @for one in listed {
                    article {
                        h2 {
                            a href=(frame.link(&address(&one.edition.name), &[])) {
                                (say::wording(&one.edition.title, language))
                            }
                        }
                        (version(one.edition.version, one.edition.published))
                    }
                }
            }
        }
    };
    page::public(
        frame,
        documents.title,
        &frame.controller,
        &documents.stay,
        body,
    )
}

/// One version of a document as a page.
#[must_use]
pub fn render(view: &Document<'_>, frame: &Frame) -> Markup {
    let say = Phrases::of(frame.language);
    let (documents, notice) = (&say.documents, &say.notice);
    let edition = view.edition;
    let language = frame.language;
    let title = say::wording(&edition.title, language);
    let day = edition.published;
    let here = address(&edition.name);
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (frame.controller) " · "
                (notice.version) " " (edition.version) ", "
                (notice.published_on) " " time datetime=(day) { (say::day(day, language)) }
            }
            @if view.superseded {
                p.note role="note" {
                    (documents.superseded) " "
                    a href=(frame.link(&here, &[])) { (documents.to_latest) }
                }
            }
        }
        div.columns {
            (contents(view, frame))
            div.text {
                (text(edition.text.get(language)))
                (versions(view, frame))
            }
        }
    };
    page::public(frame, &title, &frame.controller, &documents.apart, body)
}

/// The parts of a text, each heading with what follows it.
fn parts(text: &str) -> Vec<(Option<String>, Vec<Block>)> {
    let mut parts: Vec<(Option<String>, Vec<Block>)> = Vec::new();
    for block in blocks(text) {
        match (block, parts.last_mut()) {
            (Block::Heading(heading), _) => parts.push((Some(heading), Vec::new())),
            (block, Some((_, blocks))) => blocks.push(block),
            (block, None) => parts.push((None, vec![block])),
        }
    }
    parts
}

pub(super) fn text(text: &str) -> Markup {
    html! {
        @for (number, (heading, blocks)) in parts(text).iter().enumerate() {
            section {
                @if let Some(heading) = heading {
                    h2 id=(format!("part-{number}")) { (heading) }
                }
                @for block in blocks {
                    @match block {
                        Block::Heading(words) => { h3 { (words) } }
                        Block::Paragraph(words) => { p { (words) } }
                        Block::List(items) => { ul { @for item in items { li { (item) } } } }
                    }
                }
            }
        }
    }
}

/// The table of contents.
fn contents(view: &Document<'_>, frame: &Frame) -> Markup {
    let say = Phrases::of(frame.language);
    let parts = parts(view.edition.text.get(frame.language));
    html! {
        nav.contents aria-label=(say.notice.contents) {
            ol {
                @for (number, (heading, _)) in parts.iter().enumerate() {
                    @if let Some(heading) = heading {
                        li { a href=(format!("#part-{number}")) { (heading) } }
                    }
                }
                li { a href="#versions" { (say.documents.versions) } }
                li { a href=(frame.link("/documents", &[])) { (say.documents.all) } }
            }
        }
    }
}

/// Which version this is, why it differs, and those that stay readable.
fn versions(view: &Document<'_>, frame: &Frame) -> Markup {
    let say = Phrases::of(frame.language);
    let (documents, notice) = (&say.documents, &say.notice);
    let (edition, language) = (view.edition, frame.language);
    let here = address(&edition.name);
    html! {
        section aria-labelledby="versions" {
            h2 id="versions" { (documents.versions) }
            p { (documents.apart) }
            dl {
                dt { (notice.this_version) }
                dd { (edition.version) ", " (notice.published_on) " " (say::day(edition.published, language)) "." }
                dt { (notice.what_changed) }
                dd {
                    @if let Some(reason) = &edition.reason { (say::wording(reason, language)) }
                    @else { (notice.first_version) }
                    @if edition.accept_again { " " (documents.accept_again) }
                }
                dt { (documents.digest) }
                dd { code { (view.digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()) } }
            }
            @if !view.others.is_empty() {
                h3 { (notice.other_versions) }
                ul {
                    @for other in view.others {
                        li {
                            a href=(frame.link(&here, &[("version", &other.version.to_string())])) { (notice.version) " " (other.version) }
                            ", " (notice.published_on) " " (say::day(other.published, language)) "."
                            @if let Some(reason) = &other.reason { " " (say::wording(reason, language)) }
                        }
                    }
                }
            }
        }
    }
}
