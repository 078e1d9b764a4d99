//! `/me/choices`: consents, each withdrawn as easily as it was given (8b), and objections (GDPR 21).

use jiff::civil::Date;
use maud::{Markup, html};
use policy::model::Policy;

use super::{Place, signed_in};
use crate::frame::Frame;
use crate::say::{self, Either};

/// What somebody consented and objected to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Choices {
    /// Consents, the latest first.
    pub consents: Vec<Consent>,
    /// Since when they object to all canvassing.
    pub canvassing: Option<Date>,
    /// Uses that rest on a legitimate interest: they can be objected to, one by one.
    pub uses: Vec<Use>,
    /// Whether something was done just now.
    pub done: bool,
    /// What was refused.
    pub refused: Option<String>,
}

/// A consent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consent {
    /// The purpose's name in the form.
    pub purpose: String,
    /// Its title.
    pub title: String,
    /// When it was given.
    pub given: Date,
    /// When it was withdrawn.
    pub withdrawn: Option<Date>,
}

/// A use of the data that can be objected to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// The purpose's name in the form.
    pub purpose: String,
    /// Its title.
    pub title: String,
    /// What is done.
    pub about: String,
    /// Since when they object.
    pub objected: Option<Date>,
}

impl Choices {
    /// Invented choices, for tests and for looking at the page.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let text = |en: &str, fr: &str| say.of(en, fr).to_owned();
        let day = frame.now.date();
        let consent = |title: String, withdrawn| Consent {
            purpose: "letters".to_owned(),
            title,
            given: day,
            withdrawn,
        };
        Self {
            consents: vec![
                consent(text("Letters <monthly>", "Lettres <mensuelles>"), None),
                consent(text("Book fairs", "Salons du livre"), Some(day)),
            ],
            canvassing: None,
            uses: vec![Use {
                purpose: "fairs".to_owned(),
                title: text("Book fairs", "Salons du livre"),
                about: text("We invite you.", "Nous vous invitons."),
                objected: Some(day),
            }],
            done: true,
            refused: None,
        }
    }
}

/// The page.
#[must_use]
pub fn render(view: &Choices, policy: &Policy, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Your choices", "Vos choix");
    let day = |date: Date| say::day(date, frame.language);
    let action = frame.link("/me/choices", &[]);
    let body = html! {
        header.title { h1 { (title) } }
        @if view.done { div.notice.good role="status" { p { (say.of("It is done, at once and for every use.", "C’est fait, immédiatement et pour tout usage.")) } } }
        @if let Some(refused) = &view.refused { div.refused role="alert" { p { (refused) } } }
        section {
            h2.quiet { (say.of("Consents", "Consentements")) }
            @if view.consents.is_empty() { p.soft { (say.of("You gave none.", "Vous n’en avez donné aucun.")) } }
            @for consent in &view.consents {
                div.one-choice {
                    p {
                        strong { (consent.title) } br;
                        span.small.soft {
                            (say.of("Given on", "Donné le")) " " (day(consent.given))
                            @if let Some(at) = consent.withdrawn { ", " (say.of("withdrawn on", "retiré le")) " " (day(at)) }
                        }
                    }
                    @if consent.withdrawn.is_none() {
                        (act(&action, "withdraw", &consent.purpose, say.of("Withdraw", "Retirer"), &consent.title))
                    }
                }
            }
        }
        section {
            h2.quiet { (say.of("Canvassing", "Prospection")) }
            @match view.canvassing {
                Some(since) => p { (say.of("You object to all canvassing since", "Vous vous opposez à toute prospection depuis le")) " " (day(since)) "." },
                None => div.one-choice {
                    p { (say.of("You can object at any time, without a reason.", "Vous pouvez vous y opposer à tout moment, sans motif.")) }
                    (act(&action, "object", "", say.of("No more canvassing", "Ne plus être sollicité"), ""))
                },
            }
        }
        @if !view.uses.is_empty() {
            section {
                h2.quiet { (say.of("Uses that rest on our interest", "Usages fondés sur notre intérêt")) }
                @for it in &view.uses {
                    div.one-choice {
                        p {
                            strong { (it.title) } br;
                            span.small.soft { (it.about) }
                            @if let Some(since) = it.objected { br; span.small { (say.of("You object since", "Vous vous y opposez depuis le")) " " (day(since)) "." } }
                        }
                        @if it.objected.is_none() {
                            (act(&action, "object", &it.purpose, say.of("Object", "M’opposer"), &it.title))
                        }
                    }
                }
            }
        }
    };
    signed_in(policy, frame, title, Place::Choices, &body)
}

fn act(action: &str, what: &str, purpose: &str, words: &str, of: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name="act" value=(what);
            input type="hidden" name="purpose" value=(purpose);
            button type="submit" class="button secondary" { (words) @if !of.is_empty() { span.hidden { " " (of) } } }
        }
    }
}
