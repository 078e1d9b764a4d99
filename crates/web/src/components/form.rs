//! Forms: buttons, and the summary of what is wrong.

use maud::{Markup, html};

use crate::frame::Frame;
use crate::say::Either;

/// What a button does to the page that it stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ButtonKind {
    /// What the page is for; there is one.
    Primary,
    /// Something else.
    Secondary,
    /// What cannot be undone.
    Danger,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button",
            Self::Secondary => "button secondary",
            Self::Danger => "button danger",
        }
    }
}

/// A button that sends its form; `sends` is a name and a value that go along.
#[must_use]
pub fn button(kind: ButtonKind, text: &str, sends: Option<(&str, &str)>) -> Markup {
    let (name, value) = sends.unzip();
    html! { button type="submit" class=(kind.class()) name=[name] value=[value] { (text) } }
}

/// A link that looks like a button: it goes somewhere, and changes nothing.
#[must_use]
pub fn button_link(kind: ButtonKind, text: &str, address: &str) -> Markup {
    html! { a class=(kind.class()) href=(address) { (text) } }
}

/// All that is wrong with a form, each thing a link to its field. It stands first on the page and
/// is read out at once.
#[must_use]
pub fn error_summary(errors: &[(&str, &str)], frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        @if !errors.is_empty() {
            div.notice.bad.summary role="alert" tabindex="-1" {
                h2.quiet { (say.of("Something has to be mended", "Quelque chose est à corriger")) }
                ul { @for (field, message) in errors { li { a href={ "#" (field) } { (message) } } } }
            }
        }
    }
}
