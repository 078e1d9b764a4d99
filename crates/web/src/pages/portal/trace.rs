//! `/me/trace`: who did what with somebody's data, when and what for: by which service of the house,
//! not by which employee (9d, 11c).

use jiff::civil::DateTime;
use maud::{Markup, html};
use policy::model::Policy;

use super::{Place, signed_in};
use crate::frame::Frame;
use crate::say::{self, Either};

/// What was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Act {
    /// When.
    pub at: DateTime,
    /// By whom.
    pub who: String,
    /// What.
    pub act: String,
    /// What for.
    pub purpose: Option<String>,
    /// With which categories.
    pub categories: Vec<String>,
    /// The number of the journal's entry.
    pub entry: u64,
}

/// Invented acts, for tests and for looking at the page.
#[must_use]
pub fn sample(frame: &Frame) -> Vec<Act> {
    let say = Either(frame.language);
    let text = |en: &str, fr: &str| say.of(en, fr).to_owned();
    vec![Act {
        at: frame.now,
        who: text("Accounts <of the house>", "Comptabilité <de la maison>"),
        act: text("Read", "Consultation"),
        purpose: Some(text("Billing", "Facturation")),
        categories: vec![text("Identity", "Identité")],
        entry: 1044,
    }]
}

/// The page, the latest first.
#[must_use]
pub fn render(acts: &[Act], policy: &Policy, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Who used your data", "Qui a utilisé vos données");
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of(
                    "Every reading and every change, the latest first. No line can be taken away unseen.",
                    "Chaque consultation et chaque modification, la plus récente d’abord. Aucune ligne ne peut être retirée sans que cela se voie.",
                ))
            }
        }
        ol.events {
            @for act in acts {
                li {
                    time datetime=(act.at) { (say::moment(act.at, frame.language)) }
                    div {
                        strong { (act.act) } ", " (act.who)
                        @if let Some(purpose) = &act.purpose { ", " (say.of("for", "pour")) " " (purpose) }
                        @if !act.categories.is_empty() { br; span.small.soft { (act.categories.join(", ")) } }
                        " " span.small.soft { (say.of("entry", "entrée")) " " (act.entry) }
                    }
                }
            }
        }
    };
    signed_in(policy, frame, title, Place::Trace, &body)
}
