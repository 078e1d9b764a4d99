//! Where a link leads. What stands behind its `#` reaches no server by itself: a script hands it on,
//! or whoever has none types it.

use maud::{Markup, html};

use super::sign_in::{Said, wait};
use crate::components::{ButtonKind, Field, Input, button, error_summary, field};
use crate::frame::Frame;
use crate::say::Either;
use crate::script;

/// What such a page says of itself.
pub(super) struct Handed<'a> {
    pub title: &'a str,
    /// For how long the link is good, and what to do where nothing happens.
    pub lead: &'a str,
    /// The address, without a language, that takes what stands behind the `#`.
    pub taken_at: &'a str,
    /// What became of the last try.
    pub said: Option<Said>,
    /// The way on where the link is of no use.
    pub otherwise: Option<Markup>,
}

impl Handed<'_> {
    /// The body of the page.
    pub(super) fn body(self, frame: &Frame) -> Markup {
        let say = Either(frame.language);
        let wrong = self.said.map(|said| match said {
            Said::Later(seconds) => wait(seconds, say),
            _ => say
                .of(
                    "This link was used, is over, or was copied in part. Ask for another.",
                    "Ce lien a déjà servi, a expiré ou n’a été copié qu’en partie. Demandez-en un autre.",
                )
                .to_owned(),
        });
        let errors: Vec<(&str, &str)> = wrong.iter().map(|it| ("token", it.as_str())).collect();
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
        html! {
            div.narrow {
                header.title {
                    h1 { (self.title) }
                    p.lead { (self.lead) }
                }
                (error_summary(&errors, frame))
                form.form data-handed="yes" method="post" action=(frame.link(self.taken_at, &[])) {
                    (field(&asked, frame))
                    div.actions { (button(ButtonKind::Primary, say.of("Go on", "Continuer"), None)) }
                }
                @if let Some(otherwise) = &self.otherwise { (otherwise) }
            }
            (script::SIGN_IN.element())
        }
    }
}
