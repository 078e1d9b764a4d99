//! The copy that a person has a right to, as a page or a file.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use domain::Fault;
use policy::authorisation::Action;
use policy::model::Language;
use services::Destination;
use services::desk::Desk;

use super::given::missing;
use super::{Act, At, Outcome, Wrong};
use crate::language::asked_for;
use crate::pages::console::form::{Answer, Asked};
use crate::pages::copy;

pub(super) const COPY: Act = Act {
    name: "copy",
    action: Action::Copy,
    title: (
        "Make the person’s copy",
        "Établir la copie destinée à la personne",
    ),
    lead: (
        "Everything that is held, with why, since when, until when, from where and who may read it. The making is recorded; the file is the person’s own.",
        "Tout ce qui est détenu : pourquoi, depuis quand, jusqu’à quand, d’où et qui peut le lire. L’établissement est enregistré ; le fichier revient à la personne.",
    ),
    done: ("The copy is made.", "La copie est établie."),
    confirm: None,
    tried: false,
    offered: |_, subject| subject.records.iter().any(|held| !held.tombstone),
    ask,
    run,
};

fn ask(at: &At<'_>) -> Result<Vec<Asked>, Fault> {
    let say = at.say();
    let pair = |value: &str, title: &str| (value.to_owned(), title.to_owned());
    let forms = vec![
        pair(
            "page",
            say.of(
                "A page, to be read and printed",
                "Une page, à lire et à imprimer",
            ),
        ),
        pair(
            "json",
            say.of(
                "A file for programs (JSON)",
                "Un fichier pour programmes (JSON)",
            ),
        ),
    ];
    let languages = vec![pair("en", "English"), pair("fr", "Français")];
    let language = at.visit.frame.lang().to_owned();
    Ok(vec![
        at.one("form", ("As", "Sous forme de"), forms),
        Asked::new(
            "tongue",
            say.of("In", "Langue"),
            Answer::One(languages, Some(language)),
        ),
    ])
}

fn run(at: &At<'_>, _: &Desk<'_>) -> Result<Outcome, Wrong> {
    let language = asked_for(at.given.one("tongue")).unwrap_or(Language::En);
    let form = at.given.one("form");
    if !matches!(form, "page" | "json") {
        return Err(missing("form", at.visit));
    }
    let desk = &at.at_work.desk;
    // A copy leaves with the person: it goes to a file, wherever it is made.
    let copy = at
        .site
        .kept
        .copy(at.subject.id, language, desk.actor(), Destination::File)?;
    let (kind, name, body) = match form {
        "json" => {
            let text = serde_json::to_string_pretty(&copy.to_json()).unwrap_or_default();
            ("application/json", "copy.json", text.into_response())
        }
        _ => (
            "text/html; charset=utf-8",
            "copy.html",
            Html(copy::render(copy.sheet())).into_response(),
        ),
    };
    Ok(Outcome::File(attached(body, kind, name)))
}

/// A file to be saved; its name says of whom it is to nobody.
fn attached(mut response: Response, kind: &'static str, name: &str) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, axum::http::HeaderValue::from_static(kind));
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = disposition.parse() {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}
