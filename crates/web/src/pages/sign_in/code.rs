//! `/sign-in/code`: the second factor.

use maud::{Markup, html};

use super::{Said, foot, wait};
use crate::components::{ButtonKind, Field, Input, button, error_summary, field};
use crate::frame::Frame;
use crate::page;
use crate::say::Either;

/// The page; `to` is the page to come back to, `said` what became of the last try.
#[must_use]
pub fn render(to: Option<&str>, said: Option<Said>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Second step", "Deuxième étape");
    let wrong = said.map(|said| match said {
        Said::Later(seconds) => wait(seconds, say),
        _ => say
            .of(
                "This code is not the one that is shown now, or it was used.",
                "Ce code n’est pas celui qui s’affiche à présent, ou il a déjà servi.",
            )
            .to_owned(),
    });
    let asked = Field {
        name: "code",
        label: say.of("Code", "Code"),
        hint: Some(say.of(
            "Six figures from the application on your telephone, or one of your recovery codes.",
            "Six chiffres de l’application sur votre téléphone, ou l’un de vos codes de secours.",
        )),
        error: wrong.as_deref(),
        required: true,
        input: Input::Line {
            kind: "text",
            value: "",
            autocomplete: Some("one-time-code"),
        },
    };
    let errors: Vec<(&str, &str)> = wrong.iter().map(|it| ("code", it.as_str())).collect();
    let body = html! {
        div.narrow {
            h1 { (title) }
            (error_summary(&errors, frame))
            form.form method="post" action=(frame.link("/sign-in/code", &[])) {
                @if let Some(to) = to { input type="hidden" name="to" value=(to); }
                (field(&asked, frame))
                div.actions { (button(ButtonKind::Primary, say.of("Sign in", "Se connecter"), None)) }
            }
            p.small { a href=(frame.link("/sign-in", &[])) { (say.of("Begin again", "Recommencer")) } }
        }
    };
    page::public(frame, title, &frame.controller, &foot(frame), body)
}
