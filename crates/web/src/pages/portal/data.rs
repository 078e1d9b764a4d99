//! `/me`: everything that is held about somebody: each value, why, until when, from where, who may
//! read it (11c), and what they can do about it.

use maud::{Markup, html};
use policy::model::Policy;
use services::copy::sheet::{Purpose, Record, Sheet, State};

use super::{Place, signed_in};
use crate::frame::Frame;
use crate::pages::copy::day;
use crate::say::{self, Either};

/// The page. `correctable` says of which records something may be put right on line.
#[must_use]
pub fn render(
    sheet: &Sheet,
    policy: &Policy,
    correctable: &dyn Fn(&Record) -> bool,
    corrected: bool,
    frame: &Frame,
) -> Markup {
    let say = Either(frame.language);
    let title = say.of("What we hold about you", "Ce que nous détenons sur vous");
    let place = |record: &Record| {
        let mut categories = policy.categories.iter();
        categories.position(|it| it.name == record.category.name)
    };
    let mut records: Vec<&Record> = sheet.records.iter().collect();
    records.sort_by_key(|record| place(record));
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of(
                    "Everything, with the reason, the day it goes, where it came from and who may read it.",
                    "Tout, avec la raison, le jour de la suppression, l’origine et les personnes qui peuvent le lire.",
                ))
            }
        }
        @if corrected {
            div.notice.good role="status" {
                p { (say.of("It is put right, everywhere it is used.", "C’est rectifié, partout où la donnée est utilisée.")) }
            }
        }
        div.records {
            @for record in records { (one(record, correctable(record), frame)) }
        }
        section {
            h2.quiet { (say.of("Take it along", "Emporter vos données")) }
            form.actions method="post" action=(frame.link("/me/copy", &[])) {
                button.button type="submit" name="form" value="page" { (say.of("A page to keep", "Une page à conserver")) }
                button.button.secondary type="submit" name="form" value="json" { (say.of("A file for programs (JSON)", "Un fichier pour programmes (JSON)")) }
            }
        }
    };
    signed_in(policy, frame, title, Place::Data, &body)
}

fn one(record: &Record, correctable: bool, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        article.record {
            h2.quiet { (record.category.title) }
            dl.values {
                @for (name, value) in &record.values { dt { (name.title) } dd { (day(value, say)) } }
            }
            p.small.soft {
                (record.origin.title) ", " (day(&record.collected, say))
                @if record.derived { ". " (say.of("Worked out from other data.", "Déduit d’autres données.")) }
            }
            ul.spaced { @for purpose in &record.purposes { li { (why(purpose, say)) } } }
            @if !record.recipients.is_empty() {
                p.small {
                    strong { (say.of("Who may read it: ", "Qui peut les lire : ")) }
                    @for (index, (recipient, _)) in record.recipients.iter().enumerate() {
                        @if index > 0 { ", " } (recipient.title)
                    }
                }
            }
            p {
                @if correctable {
                    a.button.secondary href=(frame.link(&format!("/me/correct/{}", record.id), &[])) {
                        (say.of("Correct", "Rectifier"))
                        span.hidden { " " (record.category.title) }
                    }
                } @else {
                    span.small.soft {
                        (say.of(
                            "This is corrected on a written request with proof of identity: see below whom to ask.",
                            "Rectification sur demande écrite, avec un justificatif d’identité : voyez ci-dessous à qui l’adresser.",
                        ))
                    }
                }
            }
        }
    }
}

fn why(purpose: &Purpose, say: Either) -> Markup {
    html! {
        strong { (purpose.purpose.title) }
        @match &purpose.basis {
            Ok(basis) | Err(basis) => { (say.of(": ", "\u{a0}: ")) (say::spaced_for(basis, say.0)) }
        }
        ". "
        @match &purpose.state {
            State::Lives { until, term, .. } => {
                (say::capital(&say::spaced_for(&day(until, say), say.0))) " (" (say::spaced_for(term, say.0)) ")."
            }
            State::Over { at, why } => { (say.of("Over since", "Terminé depuis")) " " (day(at, say)) " (" (why) ")." }
        }
    }
}
