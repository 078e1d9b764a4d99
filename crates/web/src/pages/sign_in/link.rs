//! `/sign-in/set-up`: where the link of a new account leads.

use maud::Markup;

use super::{Said, foot};
use crate::frame::Frame;
use crate::page;
use crate::pages::handed::Handed;
use crate::say::Either;

/// The page; `said` is what became of the last try.
#[must_use]
pub fn render(said: Option<Said>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Set up your account", "Configurer votre compte");
    let handed = Handed {
        title,
        lead: say.of(
            "The link that you were given is good once, for a day. If this page does not go on by itself, type the end of it.",
            "Le lien qui vous a été remis est valable une seule fois, pendant un jour. Si cette page n’avance pas d’elle-même, saisissez-en la fin.",
        ),
        taken_at: "/sign-in/set-up",
        said,
        otherwise: None,
    };
    page::public(
        frame,
        title,
        &frame.controller,
        &foot(frame),
        handed.body(frame),
    )
}
