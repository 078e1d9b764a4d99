//! `/console/work`: what somebody is doing: the roles that they have, and the purposes of each.

use maud::{Markup, html};

use crate::frame::Frame;
use crate::page::{self, Room};
use crate::say::Either;

/// The page; `back` is where its reader was going.
#[must_use]
pub fn render(back: Option<&str>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("What are you doing?", "Que faites-vous ?");
    let offers = frame.work.as_ref().map_or(&[][..], |work| &work.offers);
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of(
                    "Data is opened for a purpose and nothing else. Choose the one that you work for: every page shows what it allows, and the trace says it.",
                    "Les données ne s’ouvrent que pour une finalité. Choisissez celle de votre travail : chaque page montre ce qu’elle permet, et la trace la mentionne.",
                ))
            }
        }
        @if offers.is_empty() {
            div.empty {
                p { strong { (say.of("You have no role yet.", "Vous n’avez encore aucun rôle.")) } }
                p { (say.of("Ask whoever administers access rights to give you one.", "Demandez-en un à la personne qui gère les habilitations.")) }
            }
        }
        form method="post" action=(frame.link("/console/work", &[])) {
            @if let Some(back) = back { input type="hidden" name="back" value=(back); }
            @for offer in offers {
                section {
                    h2.quiet { (offer.recipient) }
                    ul.choices {
                        @for purpose in &offer.purposes {
                            li { button type="submit" class="button secondary" name="work" value=(purpose.value) { (purpose.title) } }
                        }
                    }
                }
            }
        }
    };
    page::console(frame, title, Room::Elsewhere, body)
}
