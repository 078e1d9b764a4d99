//! `/api`: the programming interface to be read by people: how to call it, what there is, and what each
//! kind of problem means. What there is, is told in English, as programs are written.

use maud::{Markup, html};

use crate::components::{Column, facts, table};
use crate::frame::Frame;
use crate::page;
use crate::phrases::Phrases;
use crate::say::Either;

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    /// What there is, by what it is about.
    pub groups: Vec<Group>,
    /// The kinds of problem.
    pub problems: Vec<Problem>,
}

/// Calls that are about one thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Its name, for links.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// The calls.
    pub calls: Vec<Call>,
}

/// One call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// The method: `POST`.
    pub method: String,
    /// The address, with its parts in braces.
    pub path: String,
    /// What it does.
    pub title: String,
    /// What else is to be known of it.
    pub about: String,
    /// What it takes: name, place, meaning.
    pub takes: Vec<Part>,
    /// What it gives: name, type, meaning.
    pub gives: Vec<Part>,
}

/// A part of what is sent or given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Where it stands or of what type it is.
    pub kind: String,
    /// What it means.
    pub about: String,
    /// Whether it must be there.
    pub needed: bool,
}

/// A kind of problem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The status of the answer.
    pub status: u16,
    /// Its name, as the address of its `type` ends.
    pub name: String,
    /// What it says.
    pub title: String,
}

/// The page.
#[must_use]
pub fn render(view: &Interface, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Programming interface", "Interface de programmation");
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of(
                    "For programs that work with people’s data: JSON, under a key, in a role and for a stated purpose.",
                    "Pour les programmes qui travaillent avec des données de personnes : du JSON, avec une clé, dans un rôle et pour une finalité déclarée.",
                ))
            }
        }
        (how(say))
        @for group in &view.groups {
            section aria-labelledby=(group.name) {
                h2 id=(group.name) { (about(group, say)) }
                div lang="en" { @for call in &group.calls { (one(call, frame)) } }
            }
        }
        (problems(view, say))
    };
    let foot = Phrases::of(frame.language).notice.generated;
    page::public(frame, title, &frame.controller, &foot, body)
}

/// What a group is about, in the language of the page.
fn about(group: &Group, say: Either) -> &str {
    match group.name.as_str() {
        "subjects" => say.of(
            "People, and what is held about them",
            "Les personnes, et ce qui est conservé à leur sujet",
        ),
        "rights" => say.of(
            "Consents, objections, restrictions, holds, erasure, copies and traces",
            "Consentements, oppositions, limitations, mesures de conservation, effacement, copies et traces",
        ),
        "events" => say.of(
            "What happened, which moves terms and bases",
            "Les événements, qui font courir les durées et naître les bases légales",
        ),
        "organisations" => say.of(
            "Organisations and who belongs to them",
            "Les organismes, et qui leur est rattaché",
        ),
        "decisions" => say.of(
            "May this be done, and why; how much there is",
            "Ce qui est permis, et pourquoi ; combien il y a de données",
        ),
        "policy" => say.of(
            "The policy, its names, and who may do what",
            "La politique, ses termes, et qui peut faire quoi",
        ),
        _ => &group.about,
    }
}

fn how(say: Either) -> Markup {
    let code = |text: &str| html! { code { (text) } };
    html! {
        section aria-labelledby="how" {
            h2 id="how" { (say.of("How to call it", "Comment l’appeler")) }
            (facts(&[
                (say.of("Key", "Clé"), code("Authorization: Bearer kept_…")),
                (say.of("Purpose", "Finalité"), code("Kept-Purpose: contact-relations")),
                (say.of("Role, where the key has several", "Rôle, si la clé en a plusieurs"), code("Kept-Role: client-relations")),
                (say.of("Once, however often it is sent", "Une seule fois, même envoyé plusieurs fois"), code("Idempotency-Key: …")),
                (say.of("The version that was read", "La version qui a été lue"), code("If-Match: \"3\"")),
            ]))
            p {
                (say.of("The same for programs: ", "La même chose pour les programmes : "))
                a href="/api/openapi.json" { "/api/openapi.json" } " (OpenAPI 3.1)."
            }
        }
    }
}

fn one(call: &Call, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let columns = |kind| {
        [
            say.of("Name", "Nom"),
            kind,
            say.of("Meaning", "Signification"),
        ]
        .map(|title| Column {
            title,
            figures: false,
        })
    };
    let rows = |parts: &[Part]| -> Vec<Vec<Markup>> {
        let parts = parts.iter();
        parts
            .map(|part| {
                let mark = if part.needed { " *" } else { "" };
                vec![
                    html! { code { (part.name) } (mark) },
                    html! { (part.kind) },
                    html! { (part.about) },
                ]
            })
            .collect()
    };
    html! {
        details {
            summary { code { (call.method) " " (call.path) } " " (call.title) }
            @if !call.about.is_empty() { p { (call.about) } }
            @if !call.takes.is_empty() {
                (table(say.of("Takes (* needed)", "Reçoit (* obligatoire)"), &columns(say.of("Place", "Emplacement")), &rows(&call.takes)))
            }
            @if !call.gives.is_empty() {
                (table(say.of("Gives", "Renvoie"), &columns(say.of("Type", "Type")), &rows(&call.gives)))
            }
        }
    }
}

fn problems(view: &Interface, say: Either) -> Markup {
    html! {
        section aria-labelledby="problems" {
            h2 id="problems" { (say.of("Problems", "Erreurs")) }
            p {
                (say.of(
                    "Every error is a problem of RFC 9457. It names the rule that refuses and says what to do, and repeats nothing of what was sent.",
                    "Toute erreur est un « problem » au sens du RFC 9457. Elle nomme la règle qui refuse, dit quoi faire, et ne répète rien de ce qui a été envoyé.",
                ))
            }
            ul lang="en" {
                @for problem in &view.problems {
                    li id={ "problem-" (problem.name) } { code { (problem.status) } " " (problem.title) }
                }
            }
        }
    }
}

impl Interface {
    /// A sample.
    #[must_use]
    pub fn sample() -> Self {
        let part = |name: &str, kind: &str, about: &str, needed| Part {
            name: name.to_owned(),
            kind: kind.to_owned(),
            about: about.to_owned(),
            needed,
        };
        Self {
            groups: vec![Group {
                name: "subjects".to_owned(),
                about: "People, and what is held about them".to_owned(),
                calls: vec![Call {
                    method: "GET".to_owned(),
                    path: "/api/v1/subjects/{subject}".to_owned(),
                    title: "Read a person".to_owned(),
                    about: "Opens what a role may read <for its purpose>.".to_owned(),
                    takes: vec![part("Kept-Purpose", "header", "What for", true)],
                    gives: vec![part("records", "array", "What was opened", true)],
                }],
            }],
            problems: vec![Problem {
                status: 403,
                name: "refused".to_owned(),
                title: "A rule refuses".to_owned(),
            }],
        }
    }
}
