//! `/journal`: the state of the journal, and its verification on demand.

use jiff::civil::DateTime;
use maud::{Markup, html};

use crate::frame::Frame;
use crate::page::{self, Place};
use crate::phrases::Phrases;
use crate::say;

/// The journal's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Journal {
    /// How many entries it has.
    pub size: u64,
    /// The root of its tree, base64 (RFC 6962).
    pub root: String,
    /// The latest checkpoint: a signed note as outsiders read it; none before one was published.
    pub checkpoint: Option<String>,
    /// The key that verifies it, as a note's verifier takes it.
    pub key: String,
    /// The latest entries, the latest first.
    pub entries: Vec<Entry>,
    /// What a verification that was just asked for came to.
    pub verified: Option<Verified>,
}

/// An entry, as far as ids go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its number, from 0.
    pub number: u64,
    /// What it says; nothing once its details have gone at their term.
    pub said: Option<Said>,
    /// The people that it is about, by identifier.
    pub subjects: Vec<String>,
    /// How many more people it is about.
    pub more: u64,
}

/// What an entry says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// When, in the controller's time zone.
    pub at: DateTime,
    /// What was done.
    pub act: String,
    /// The account that did it.
    pub who: String,
}

/// What a verification came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// How many entries were checked.
    pub entries: u64,
    /// What does not hold together, each with its place; empty: everything holds.
    pub findings: Vec<String>,
}

impl Journal {
    /// An invented journal, for tests and for looking at the page.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let french = frame.lang() == "fr";
        let two = |en: &str, fr: &str| if french { fr } else { en }.to_owned();
        let entry = |number: u64, minute, act: String, subjects: &[&str]| Entry {
            number,
            said: (number != 48_028).then(|| Said {
                at: jiff::civil::date(2026, 3, 14).at(9, minute, 0, 0),
                act,
                who: "demo".to_owned(),
            }),
            subjects: subjects.iter().map(|id| (*id).to_owned()).collect(),
            more: u64::from(subjects.len() > 1) * 94,
        };
        let root = "q7pQ0yWb1lq1Qq0mJ8m2m2m3m0kN5c0c7s0k5yYk1xE=";
        Self {
            size: 48_031,
            root: root.to_owned(),
            checkpoint: Some(format!(
                "kept.corvaille.example/journal\n48031\n{root}\n\n— kept.corvaille.example/journal Yq1w2m3m0kN5c0c7s0k5yYk1xE8m2m2m3m0kN5c0c7s0k5yYk1xE8m2m2m3m0kN5c0c7s0k5yYk1xE=\n"
            )),
            key: "kept.corvaille.example/journal+62ad70da+AS0kN5c0c7s0k5yYk1xE8m2m2m3m0kN5c0c7s0k5yYk1".to_owned(),
            entries: vec![
                entry(48_030, 30, two("Read", "Lecture"), &["0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e"]),
                entry(48_029, 28, two("Deletion", "Suppression"), &["0192f0c1-3b11-7d02-8c55-0a94d1c7e0b3", "0192f0c1-9e77-7f4a-b2d4-73a2c5510f6c"]),
                entry(48_028, 28, two("Sweep", "Purge"), &[]),
            ],
            verified: Some(Verified { entries: 48_031, findings: Vec::new() }),
        }
    }
}

/// The journal's state as a document.
#[must_use]
pub fn render(view: &Journal, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).journal;
    let body = html! {
        header.title {
            h1 { (say.title) }
            p.lead { (say.lead) }
        }
        section.machine aria-labelledby="state" {
            div {
                h2 id="state" { (say.state) }
                p.now { (say::number(view.size, frame.language)) }
                p { (say.entries_words) }
            }
            form method="post" action=(frame.beside("/journal", &[])) {
                p { (say.verify_words) }
                button type="submit" { (say.verify) }
            }
            @if let Some(verified) = &view.verified { (result(verified, frame)) }
        }
        section aria-labelledby="outside" {
            h2 id="outside" { (say.outside) }
            p { (say.outside_words) }
            dl.facts {
                dt { (say.root) } dd { code { (view.root) } }
                dt { (say.key) } dd { code { (view.key) } }
                dt { (say.checkpoint) } dd { @if let Some(text) = &view.checkpoint { pre tabindex="0" { (text) } } @else { (say.no_checkpoint) } }
            }
        }
        section aria-labelledby="entries" {
            h2 id="entries" { (say.entries) }
            (entries(view, frame))
        }
    };
    page::shared(frame, say.title, Place::Journal, body)
}

fn result(verified: &Verified, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).journal;
    let entries = say::number(verified.entries, frame.language);
    html! {
        @if verified.findings.is_empty() {
            p.held role="status" { ((say.holds)(&entries)) }
        } @else {
            div.refused role="alert" {
                p { strong { (say.broken) } }
                ul { @for finding in &verified.findings { li { (finding) } } }
            }
        }
    }
}

fn entries(view: &Journal, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).journal;
    html! {
        table.rows {
            caption { (say.caption) }
            thead {
                tr {
                    th scope="col" { (say.number) } th scope="col" { (say.when) } th scope="col" { (say.act) }
                    th scope="col" { (say.who) } th scope="col" { (say.about) }
                }
            }
            tbody {
                @for entry in &view.entries {
                    tr {
                        th scope="row" { (entry.number) }
                        @if let Some(said) = &entry.said {
                            td data-label=(say.when) { time datetime=(said.at) { (say::moment(said.at, frame.language)) } }
                            td data-label=(say.act) { (said.act) }
                            td data-label=(say.who) { code { (said.who) } }
                        } @else {
                            td colspan="3" { span.soft { (say.pruned) } }
                        }
                        td data-label=(say.about) {
                            @if entry.subjects.is_empty() { "–" }
                            @for (index, id) in entry.subjects.iter().enumerate() {
                                @if index > 0 { br; }
                                @if frame.opens_people() { a href=(frame.beside(&format!("/people/{id}"), &[])) { code { (id) } } }
                                @else { code { (id) } }
                            }
                            @if entry.more > 0 { span.under { ((say.more)(&say::number(entry.more, frame.language))) } }
                        }
                    }
                }
            }
        }
    }
}
