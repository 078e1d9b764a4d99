//! An invented file.

use jiff::civil::date;

use super::{Day, File, Line, Sort, Timeline};
use crate::frame::Frame;
use crate::pages::person::Person;
use crate::say::Either;

impl File {
    /// An invented file, for tests and for looking at the page.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let two = |en: &str, fr: &str| say.of(en, fr).to_owned();
        let line = |sort, what: String| Line {
            sort,
            what,
            more: None,
            rule: None,
        };
        let person = Person::sample(frame);
        let at = |act: &str| frame.link(&format!("/console/people/{}/{act}", person.id), &[]);
        Self {
            open: true,
            timeline: Timeline {
                to_come: vec![Day {
                    day: date(2026, 4, 2),
                    lines: vec![Line {
                        rule: Some("retention.letters".to_owned()),
                        ..line(Sort::Data, two("Goes: Letters", "Disparaît : Lettres"))
                    }],
                }],
                waits: vec![Line {
                    more: Some(two("waits for: end of contract", "attend : fin de contrat")),
                    ..line(Sort::Data, two("Goes: Orders", "Disparaît : Commandes"))
                }],
                past: vec![
                    Day {
                        day: date(2026, 3, 14),
                        lines: vec![Line {
                            more: Some(two(
                                "c.roux, Billing, 3 times",
                                "c.roux, Facturation, 3 fois",
                            )),
                            ..line(Sort::Act, two("Read", "Lecture"))
                        }],
                    },
                    Day {
                        day: date(2026, 1, 5),
                        lines: vec![
                            line(Sort::Event, two("Order <open>", "Commande <ouvert>")),
                            line(
                                Sort::Choice,
                                two(
                                    "Consent: Letters to readers",
                                    "Consentement : Lettres aux lecteurs",
                                ),
                            ),
                        ],
                    },
                ],
                more: 12,
            },
            acts: vec![
                (
                    at("fact"),
                    two("Record an event", "Enregistrer un événement"),
                ),
                (at("erase"), two("Erase on request", "Effacer sur demande")),
            ],
            matters: vec![(
                frame.link(
                    "/console/people/x",
                    &[("matter", "0192f0c1-5d10-7a3e-9a10-5f0e6b7c8d9e")],
                ),
                "0192f0c1-5d10-7a3e-9a10-5f0e6b7c8d9e".to_owned(),
                true,
            )],
            done: Some(two("The event is recorded.", "L’événement est enregistré.")),
            refused: None,
            organisations: vec![(
                frame.link(
                    "/console/organisations/0192f0c1-7a01-7a3e-9a10-5f0e6b7c8d9e",
                    &[],
                ),
                "0192f0c1-7a01-7a3e-9a10-5f0e6b7c8d9e".to_owned(),
            )],
            traced: true,
            person,
        }
    }
}
