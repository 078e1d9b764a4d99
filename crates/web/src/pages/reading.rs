//! Reading *as* somebody *for* something: no page shows a value before both are stated.

use maud::{Markup, html};

use crate::frame::Frame;
use crate::phrases::Phrases;

/// A thing that can be chosen in a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the reader sees.
    pub title: String,
}

/// The purposes that one recipient may read for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// The recipient's title.
    pub recipient: String,
    /// Its purposes; the value names both, `recipient.purpose`.
    pub purposes: Vec<Choice>,
}

/// As whom and for what the page is read, and what else could be chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// What is chosen, if anything: nothing personal is shown without it.
    pub chosen: Option<Chosen>,
    /// Everything that the policy lets somebody read.
    pub offers: Vec<Offer>,
}

/// A recipient and a purpose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// The value that names both, `recipient.purpose`.
    pub value: String,
    /// The recipient's title.
    pub recipient: String,
    /// The purpose's title.
    pub purpose: String,
}

/// A rule that says no, in a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Why {
    /// The rule's name in the policy, `retention.10d`.
    pub rule: String,
    /// What it says, in the language of the page.
    pub sentence: String,
}

/// A name, or why it is not shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Name {
    /// Read for the stated purpose.
    Read(String),
    /// Closed to it.
    Withheld(Why),
    /// No purpose was stated, so none was asked for.
    Unasked,
}

impl Reading {
    /// An invented choice, for tests and for looking at pages.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let two = |en: &str, fr: &str| match frame.lang() {
            "fr" => fr.to_owned(),
            _ => en.to_owned(),
        };
        let choice = |value: &str, en: &str, fr: &str| Choice {
            value: value.to_owned(),
            title: two(en, fr),
        };
        Self {
            chosen: Some(Chosen {
                value: "accounts.billing".to_owned(),
                recipient: two("Accounts", "Comptabilité"),
                purpose: two("Billing & collection", "Facturation & recouvrement"),
            }),
            offers: vec![
                Offer {
                    recipient: two("Marketing", "Marketing"),
                    purposes: vec![
                        choice(
                            "marketing.letters",
                            "Letters to readers",
                            "Lettres aux lecteurs",
                        ),
                        choice("marketing.fairs", "Book fairs", "Salons du livre"),
                    ],
                },
                Offer {
                    recipient: two("Accounts", "Comptabilité"),
                    purposes: vec![choice(
                        "accounts.billing",
                        "Billing & collection",
                        "Facturation & recouvrement",
                    )],
                },
            ],
        }
    }

    /// The form that stays in sight while one reads.
    pub(crate) fn form(&self, frame: &Frame, path: &str) -> Markup {
        let say = &Phrases::of(frame.language).reading;
        html! {
            form.reading method="get" action=(path) {
                @if frame.language_chosen { input type="hidden" name="language" value=(frame.lang()); }
                label for="as" { (say.read_as) }
                (self.select("as", self.chosen.as_ref().map(|it| it.value.as_str()), say.nobody))
                button type="submit" { (say.show) }
                @if self.chosen.is_none() { p.small { (say.choose) } }
            }
        }
    }

    /// A list of everything that can be chosen.
    pub(crate) fn select(&self, id: &str, chosen: Option<&str>, nobody: &str) -> Markup {
        html! {
            select id=(id) name=(id) {
                @if chosen.is_none() { option value="" selected { (nobody) } }
                @for offer in &self.offers {
                    optgroup label=(offer.recipient) {
                        @for purpose in &offer.purposes {
                            option value=(purpose.value) selected[chosen == Some(purpose.value.as_str())] {
                                (offer.recipient) " – " (purpose.title)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A rule that says no, as it stands in a page.
pub(crate) fn why(why: &Why) -> Markup {
    html! { span.why { (why.sentence) " " code { (why.rule) } } }
}
