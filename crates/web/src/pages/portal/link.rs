//! `/me/sign-in` and `/me/enter`: a link to the address on file, and where it leads (21c).

use maud::{Markup, html};

use super::foot;
use crate::components::{ButtonKind, Field, Input, Tone, button, error_summary, field, notice};
use crate::frame::Frame;
use crate::page;
use crate::pages::handed::Handed;
use crate::pages::sign_in::Said;
use crate::say::Either;

/// What became of asking for a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AskedFor {
    /// It is on its way, if the address is on file.
    Sent,
    /// No links are sent from here.
    Unsent,
    /// What was typed is no address.
    NoAddress,
}

/// The page that asks for the address. It says the same whether anybody has it.
#[must_use]
pub fn ask(said: Option<AskedFor>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("See what we hold about you", "Consulter vos données");
    let wrong = said.and_then(|said| match said {
        AskedFor::NoAddress => Some(
            say.of(
                "This is no e-mail address. One looks like name@example.org.",
                "Ceci n’est pas une adresse électronique, par exemple nom@exemple.fr.",
            )
            .to_owned(),
        ),
        AskedFor::Sent | AskedFor::Unsent => None,
    });
    let errors: Vec<(&str, &str)> = wrong.iter().map(|it| ("email", it.as_str())).collect();
    let asked = Field {
        name: "email",
        label: say.of("Your e-mail address", "Votre adresse électronique"),
        hint: Some(say.of(
            "The one that we have of you.",
            "Celle que nous avons de vous.",
        )),
        error: wrong.as_deref(),
        required: true,
        input: Input::Line {
            kind: "email",
            value: "",
            autocomplete: Some("email"),
        },
    };
    let body = html! {
        div.narrow {
            header.title {
                h1 { (title) }
                p.lead {
                    (say.of(
                        "We send a link to your address. It opens, once, what we hold about you: you see who used it, correct it, take it along, withdraw or object.",
                        "Nous envoyons un lien à votre adresse. Il ouvre, une seule fois, ce que nous détenons sur vous : vous voyez qui s’en est servi, vous le rectifiez, l’emportez, retirez un consentement ou vous opposez.",
                    ))
                }
            }
            (error_summary(&errors, frame))
            @match said {
                Some(AskedFor::Sent) => (notice(Tone::Good, say.of("Look at your mail", "Consultez votre messagerie"), &html! {
                    p { (say.of(
                        "If this address is on file, a link is on its way to it. Nothing here says whether it is. Whoever asks again and again is sent nothing for a while.",
                        "Si cette adresse figure dans nos fichiers, un lien lui est envoyé. Rien ici ne dit si c’est le cas. Des demandes répétées restent un moment sans effet.",
                    )) }
                })),
                Some(AskedFor::Unsent) => (notice(Tone::Bad, say.of("No links are sent from here", "Aucun lien n’est envoyé d’ici"), &html! {
                    p { (say.of(
                        "This site sends no mail. Write to the address in the notice, and you are answered.",
                        "Ce site n’envoie pas de courriels. Écrivez à l’adresse indiquée dans la politique de confidentialité : une réponse vous sera faite.",
                    )) }
                })),
                Some(AskedFor::NoAddress) | None => {}
            }
            form.form method="post" action=(frame.link("/me/sign-in", &[])) {
                (field(&asked, frame))
                div.actions { (button(ButtonKind::Primary, say.of("Send the link", "Envoyer le lien"), None)) }
            }
        }
    };
    page::public(frame, title, &frame.controller, &foot(frame), body)
}

/// The page that a link leads to.
#[must_use]
pub fn enter(said: Option<Said>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Open your data", "Ouvrir vos données");
    let handed = Handed {
        title,
        lead: say.of(
            "The link is good once. If this page does not go on by itself, type the end of it.",
            "Le lien n’est valable qu’une fois. Si cette page n’avance pas d’elle-même, saisissez-en la fin.",
        ),
        taken_at: "/me/enter",
        said,
        otherwise: Some(html! {
            p { a href=(frame.link("/me/sign-in", &[])) { (say.of("Ask for another link", "Demander un autre lien")) } }
        }),
    };
    page::public(
        frame,
        title,
        &frame.controller,
        &foot(frame),
        handed.body(frame),
    )
}
