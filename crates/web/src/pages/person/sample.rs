//! An invented person.

use jiff::civil::date;

use super::{
    Accepted, Consent, Event, Hold, Limit, Person, Record, Role, Trace, Until, When, Withheld,
};
use crate::frame::Frame;
use crate::pages::reading::{Name, Reading, Why};

impl Person {
    /// An invented person, for tests and for looking at the page.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let french = frame.lang() == "fr";
        let two = |en: &str, fr: &str| if french { fr } else { en }.to_owned();
        let until = |day, rule: &str| Until {
            when: When::Day(day),
            rule: rule.to_owned(),
        };
        let record = |category: String, values, origin, goes| Record {
            id: "0192f0c1-55aa-7b10-a3c4-9d01e2f3b4c5".to_owned(),
            category,
            values,
            purpose: two("Billing & collection", "Facturation & recouvrement"),
            basis: two("A contract with you", "Un contrat avec vous"),
            origin,
            brought_by: "m.lefevre".to_owned(),
            collected: date(2024, 2, 29),
            readable: Until {
                when: When::Waits(two(
                    "While the subscription runs",
                    "Tant que court l’abonnement",
                )),
                rule: "retention.subscribers".to_owned(),
            },
            goes,
        };
        Self {
            id: "0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e".to_owned(),
            name: Name::Read("Maëlle Kerdoncuff".to_owned()),
            roles: vec![Role {
                kind: two("Subscriber", "Abonnée"),
                since: date(2024, 2, 29),
                until: None,
            }],
            professional: false,
            reading: Reading::sample(frame),
            refused: None,
            records: vec![
                record(
                    two("Identity", "Identité"),
                    vec![
                        (two("Surname", "Nom"), "Kerdoncuff".to_owned()),
                        (two("First name", "Prénom"), "Maëlle".to_owned()),
                        (
                            two("Subscription number", "Numéro d’abonnement"),
                            "AB-20419".to_owned(),
                        ),
                    ],
                    two("An order form", "Un bon de commande"),
                    until(date(2034, 2, 28), "retention.invoices"),
                ),
                record(
                    two("Bank details", "Coordonnées bancaires"),
                    vec![
                        (
                            two("Account holder", "Titulaire du compte"),
                            "M. Kerdoncuff & <fille>".to_owned(),
                        ),
                        (
                            two("IBAN", "IBAN"),
                            "FR76 3000 6000 0112 3456 7890 189".to_owned(),
                        ),
                    ],
                    two("A debit mandate", "Un mandat de prélèvement"),
                    until(date(2027, 3, 29), "retention.disputes"),
                ),
            ],
            withheld: vec![
                Withheld {
                    category: two("Letters", "Lettres"),
                    fields: vec![two("Subject", "Objet"), two("Text", "Texte")],
                    why: Why {
                        rule: "purposes.billing.uses".to_owned(),
                        sentence: two(
                            "Billing does not use letters.",
                            "La facturation n’utilise pas les lettres.",
                        ),
                    },
                },
                Withheld {
                    category: two("Favourite shelves", "Rayons préférés"),
                    fields: vec![two("Shelf", "Rayon")],
                    why: Why {
                        rule: "recipients.accounts".to_owned(),
                        sentence: two(
                            "Accounts may not read this for billing.",
                            "La comptabilité ne peut pas lire cela pour la facturation.",
                        ),
                    },
                },
            ],
            facts: vec![
                Event {
                    day: date(2026, 1, 12),
                    what: two("Letter received", "Lettre reçue"),
                    matter: None,
                    of_organisation: false,
                },
                Event {
                    day: date(2024, 2, 29),
                    what: two("Subscription begun", "Abonnement souscrit"),
                    matter: Some("0192f0c1-77bb-7aaa".to_owned()),
                    of_organisation: false,
                },
            ],
            consents: vec![Consent {
                purpose: two("Letters to readers", "Lettres aux lecteurs"),
                channels: vec![two("E-mail", "Courriel")],
                given: date(2024, 2, 29),
                withdrawn: None,
                lapses: Some(date(2027, 2, 28)),
            }],
            accepted: vec![Accepted {
                document: two("Reader's terms", "Conditions de lecture"),
                version: 2,
                day: date(2024, 2, 29),
                asked_for: Some(3),
            }],
            limits: vec![Limit {
                what: two(
                    "Objection to all canvassing",
                    "Opposition à toute prospection",
                ),
                since: date(2025, 6, 3),
                lifted: None,
            }],
            holds: vec![Hold {
                scope: two("Bank details", "Coordonnées bancaires"),
                purpose: two("Disputed payments", "Paiements contestés"),
                placed: date(2026, 2, 28),
                review: date(2026, 8, 28),
                lifted: None,
            }],
            trace: vec![Trace {
                at: date(2026, 3, 14).at(9, 30, 0, 0),
                who: "demo".to_owned(),
                act: two("Read", "Lecture"),
                purpose: Some(two("Billing & collection", "Facturation & recouvrement")),
                categories: vec![
                    two("Identity", "Identité"),
                    two("Bank details", "Coordonnées bancaires"),
                ],
                entry: 48_031,
            }],
        }
    }
}
