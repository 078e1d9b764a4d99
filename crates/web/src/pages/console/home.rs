//! `/console`: the rooms that are open, and the way to find somebody.

use maud::{Markup, html};
use policy::authorisation::Action;

use crate::frame::Frame;
use crate::page::{self, Room};
use crate::say::Either;

/// The page.
#[must_use]
pub fn render(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Console", "Console");
    let rooms = frame.work.iter().flat_map(Room::open_to);
    let finds = frame
        .work
        .as_ref()
        .is_some_and(|it| it.may.contains(Action::Find));
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                @if let Some(purpose) = frame.work.as_ref().and_then(|it| it.purpose.as_ref()) {
                    (say.of("What is open to you for:", "Ce qui vous est ouvert pour :")) " " (purpose) "."
                } @else {
                    (say.of("Your role administers, and opens nobody’s data.", "Votre rôle administre et n’ouvre les données de personne."))
                }
            }
        }
        @if finds {
            p { a.button href={ (frame.link("/console/people", &[])) "#search" } { (say.of("Find somebody", "Trouver une personne")) } }
        }
        ul.ways {
            @for room in rooms {
                li {
                    a href=(frame.link(room.path(), &[])) { (room.title(frame.language)) }
                    p { (room.about(frame.language)) }
                }
            }
        }
    };
    page::console(frame, title, Room::Elsewhere, body)
}
