//! `/sign-in/set-up`: where the link of a new account leads. What stands behind its `#` reaches no
//! server by itself: a script hands it on, or whoever has none types it.

use maud::{Markup, html};

use super::{Said, foot, wait};
use crate::components::{ButtonKind, Field, Input, button, error_summary, field};
use crate::frame::Frame;
use crate::page;
use crate::say::Either;
use crate::script;

/// The page; `said` is what became of the last try.
#[must_use]
pub fn render(said: Option<Said>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Set up your account", "Configurer votre compte");
    let wrong = said.map(|said| match said {
        Said::Later(seconds) => wait(seconds, say),
        _ => say
            .of(
                "This link was used, is over, or was copied in part. Ask for another.",
                "Ce lien a déjà servi, a expiré ou n’a été copié qu’en partie. Demandez-en un autre.",
            )
            .to_owned(),
    });
    let asked = Field {
        name: "token",
        label: say.of("The end of your link", "La fin de votre lien"),
        hint: Some(say.of(
            "The letters and figures behind the sign #.",
            "Les lettres et les chiffres qui suivent le signe #.",
        )),
        error: wrong.as_deref(),
        required: true,
        input: Input::Line {
            kind: "text",
            value: "",
            autocomplete: Some("off"),
        },
    };
    let errors: Vec<(&str, &str)> = wrong.iter().map(|it| ("token", it.as_str())).collect();
    let body = html! {
        div.narrow {
            header.title {
                h1 { (title) }
                p.lead {
                    (say.of(
                        "The link that you were given is good once, for a day. If this page does not go on by itself, type the end of it.",
                        "Le lien qui vous a été remis est valable une seule fois, pendant un jour. Si cette page n’avance pas d’elle-même, saisissez-en la fin.",
                    ))
                }
            }
            (error_summary(&errors, frame))
            form.form data-handed="yes" method="post" action=(frame.link("/sign-in/set-up", &[])) {
                (field(&asked, frame))
                div.actions { (button(ButtonKind::Primary, say.of("Go on", "Continuer"), None)) }
            }
        }
        (script::SIGN_IN.element())
    };
    page::public(frame, title, &frame.controller, &foot(frame), body)
}
