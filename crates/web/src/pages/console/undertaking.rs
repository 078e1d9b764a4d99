//! `/console/undertaking`: what staff undertake before anything is read (9b).

use maud::{Markup, html};
use services::access::UndertakingText;

use crate::components::{ButtonKind, button};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::pages::documents;
use crate::say::{self, Either};

/// The page; `back` is where its reader was going.
#[must_use]
pub fn render(view: &UndertakingText, back: Option<&str>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say::wording(&view.title, frame.language);
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of(
                    "Read it, then accept it: nobody’s data is opened to you before.",
                    "Lisez-le, puis acceptez-le : aucune donnée ne vous est ouverte auparavant.",
                ))
            }
        }
        div.text { (documents::text(view.text.get(frame.language))) }
        form.card method="post" action=(frame.link("/console/undertaking", &[])) {
            input type="hidden" name="version" value=(view.version);
            @if let Some(back) = back { input type="hidden" name="back" value=(back); }
            p {
                (say.of("Version", "Version")) " " (view.version) ". "
                (say.of("What you accept is kept with your account.", "Votre acceptation est conservée avec votre compte."))
            }
            (button(ButtonKind::Primary, say.of("I accept", "J’accepte"), None))
        }
    };
    page::console(frame, &title, Room::Elsewhere, body)
}
