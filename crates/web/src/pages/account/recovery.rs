//! Recovery codes, shown once.

use maud::{Markup, html};

use crate::components::{ButtonKind, Tone, button_link, notice};
use crate::frame::Frame;
use crate::page;
use crate::say::Either;

/// The page; `next` is where it goes on.
#[must_use]
pub fn render<T: AsRef<str>>(codes: &[T], next: &str, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Your recovery codes", "Vos codes de secours");
    let body = html! {
        div.narrow {
            header.title {
                h1 { (title) }
                p.lead {
                    (say.of(
                        "For the day your telephone is lost: each is good once, in the place of a code. Print this page or write them down.",
                        "Pour le jour où votre téléphone serait perdu\u{a0}: chacun remplace un code, une seule fois. Imprimez cette page ou notez-les.",
                    ))
                }
            }
            (notice(Tone::Careful, say.of("They are shown this once", "Ils ne sont affichés que cette fois"), &html! {
                p { (say.of("Whoever has them and your password is in. Keep them where you keep your papers.", "Qui les détient avec votre mot de passe peut entrer. Gardez-les avec vos papiers.")) }
            }))
            ol.codes { @for code in codes { li { code { (code.as_ref()) } } } }
            div.actions { (button_link(ButtonKind::Primary, say.of("I have noted them", "Je les ai notés"), &frame.link(next, &[]))) }
        }
    };
    page::framed(frame, title, body)
}
