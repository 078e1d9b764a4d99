//! `/account/codes`: an application that shows codes is set up.

use maud::{Markup, PreEscaped, html};

use crate::components::{ButtonKind, Field, Input, button, error_summary, field};
use crate::frame::Frame;
use crate::page;
use crate::pages::sign_in::{Said, wait};
use crate::say::Either;

/// What the page shows.
pub struct Codes<'a> {
    /// What is scanned: an SVG element that the library of QR codes made.
    pub svg: &'a str,
    /// The same, to be typed.
    pub typed: &'a str,
    /// What became of the last try.
    pub said: Option<Said>,
}

impl Codes<'_> {
    /// An invented application, for tests and for looking at the page.
    #[must_use]
    pub fn sample(said: Option<Said>) -> Codes<'static> {
        Codes {
            svg: "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 3 3\" aria-hidden=\"true\"><path d=\"M1,1h1v1h-1z\"></path></svg>",
            typed: "GEZDGNBVGY3TQOJQ",
            said,
        }
    }
}

/// The page.
#[must_use]
pub fn render(view: &Codes<'_>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("A second factor", "Un second facteur");
    let wrong = view.said.map(|said| match said {
        Said::Later(seconds) => wait(seconds, say),
        _ => say
            .of(
                "This is not the code that the application shows now.",
                "Ce n’est pas le code que l’application affiche à présent.",
            )
            .to_owned(),
    });
    let asked = Field {
        name: "code",
        label: say.of("The code that it shows", "Le code qu’elle affiche"),
        hint: Some(say.of("Six figures.", "Six chiffres.")),
        error: wrong.as_deref(),
        required: true,
        input: Input::Line {
            kind: "text",
            value: "",
            autocomplete: Some("one-time-code"),
        },
    };
    let errors: Vec<(&str, &str)> = wrong.iter().map(|it| ("code", it.as_str())).collect();
    let body = html! {
        div.narrow {
            header.title {
                h1 { (title) }
                p.lead {
                    (say.of(
                        "Scan this with an application on your telephone that shows codes, then type the code.",
                        "Scannez ceci avec une application de votre téléphone qui affiche des codes, puis saisissez le code.",
                    ))
                }
            }
            (error_summary(&errors, frame))
            div.qr aria-label=(say.of("QR code", "Code QR")) role="img" { (PreEscaped(view.svg)) }
            p {
                (say.of("Or type this into it:", "Ou saisissez-y ceci\u{a0}:"))
                " " code { (view.typed) }
            }
            form.form method="post" action=(frame.link("/account/codes", &[])) {
                (field(&asked, frame))
                div.actions { (button(ButtonKind::Primary, say.of("Go on", "Continuer"), None)) }
            }
        }
    };
    page::framed(frame, title, body)
}
