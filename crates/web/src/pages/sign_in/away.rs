//! On the way to a service: the browser goes on by itself, or by the link.

use maud::{Markup, html};

use super::foot;
use crate::components::{ButtonKind, button_link};
use crate::frame::Frame;
use crate::page;
use crate::say::Either;

/// The page; `address` is where the service takes people in.
#[must_use]
pub fn render(title: &str, address: &str, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let heading = say.of(
        "On to your sign-in service",
        "Vers votre service de connexion",
    );
    let body = html! {
        div.narrow {
            header.title {
                h1 { (heading) }
                p.lead { (say.of("You are being taken to ", "Vous êtes dirigé vers ")) (title) "." }
            }
            (button_link(ButtonKind::Primary, say.of("Go on", "Continuer"), address))
        }
    };
    page::public(frame, heading, &frame.controller, &foot(frame), body)
}
