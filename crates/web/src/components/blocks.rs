//! Blocks of a page: cards, notices, badges, terms with what is said of them.

use maud::{Markup, html};

/// How grave something is; a word always says so, too (WCAG 2.2, 1.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// It is so.
    Plain,
    /// It is as it should be.
    Good,
    /// It wants looking at.
    Careful,
    /// It is wrong, or refused.
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Careful => "careful",
            Self::Bad => "bad",
        }
    }
}

/// A short word on the state of something.
#[must_use]
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (text) } }
}

/// Something that is to be read before the rest. What is wrong is read out at once.
#[must_use]
pub fn notice(tone: Tone, title: &str, body: &Markup) -> Markup {
    html! {
        div class={ "notice " (tone.class()) } role=[(tone == Tone::Bad).then_some("alert")] {
            p { strong { (title) } }
            (body)
        }
    }
}

/// A sheet of its own with a heading; `id` names it for links.
#[must_use]
pub fn card(id: &str, title: &str, body: &Markup) -> Markup {
    html! {
        section.card aria-labelledby=(id) {
            h2.quiet id=(id) { (title) }
            (body)
        }
    }
}

/// Terms, each with what is said of it.
#[must_use]
pub fn facts(facts: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (term, said) in facts { dt { (term) } dd { (said) } }
        }
    }
}

/// Nothing is there, and why that is, or what can be done.
#[must_use]
pub fn empty(title: &str, what: &str) -> Markup {
    html! { div.empty { p { strong { (title) } } p { (what) } } }
}
