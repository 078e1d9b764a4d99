//! The page of a request that reaches no page: too large, too many, from elsewhere.

use maud::{Markup, html};

use crate::frame::Frame;
use crate::page;
use crate::say::Either;

/// What is said of a status: a title, and what to do.
fn words(status: u16, say: Either) -> (&'static str, &'static str) {
    match status {
        403 => (
            say.of("Not from here", "Pas depuis cette page"),
            say.of(
                "The request came from another site, or by a way that is not open. Nothing was changed.",
                "La demande vient d’un autre site, ou par une voie qui n’est pas ouverte. Rien n’a été modifié.",
            ),
        ),
        404 => (
            say.of("There is nothing here", "Il n’y a rien ici"),
            say.of("The address leads nowhere.", "Cette adresse ne mène nulle part."),
        ),
        405 => (
            say.of("Not in this way", "Pas de cette façon"),
            say.of(
                "There is something at this address, but it is not asked for in this way.",
                "Il y a quelque chose à cette adresse, mais on ne le demande pas ainsi.",
            ),
        ),
        408 => (
            say.of("This took too long", "C’était trop long"),
            say.of(
                "The answer was not ready in time. Try again in a moment.",
                "La réponse n’a pas été prête à temps. Réessayez dans un moment.",
            ),
        ),
        413 => (
            say.of("This is too large", "C’est trop volumineux"),
            say.of(
                "What was sent is larger than what is taken in here. Nothing was changed.",
                "Ce qui a été envoyé dépasse la taille admise. Rien n’a été modifié.",
            ),
        ),
        421 => (
            say.of("Another address", "Une autre adresse"),
            say.of(
                "This server does not answer to this name. Use the address that you were given.",
                "Ce serveur ne répond pas à ce nom. Utilisez l’adresse qui vous a été donnée.",
            ),
        ),
        429 => (
            say.of("Too many requests", "Trop de demandes"),
            say.of(
                "There were very many requests from where you are. Wait a minute, then go on.",
                "De très nombreuses demandes sont venues de votre connexion. Attendez une minute, puis continuez.",
            ),
        ),
        _ => (
            say.of("The request cannot be read", "La demande est illisible"),
            say.of(
                "Something about it is not as it should be. Nothing was changed. Go back and try again.",
                "Elle n’est pas telle qu’attendue. Rien n’a été modifié. Revenez en arrière et réessayez.",
            ),
        ),
    }
}

/// The page of a status.
#[must_use]
pub fn render(status: u16, frame: &Frame) -> Markup {
    let (title, what) = words(status, Either(frame.language));
    let body = html! {
        header.title {
            p.crumb { (status) }
            h1 { (title) }
            p.lead { (what) }
        }
        (page::reference(frame))
    };
    page::framed(frame, title, body)
}
