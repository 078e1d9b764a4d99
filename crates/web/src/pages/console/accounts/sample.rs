//! Invented accounts.

use jiff::civil::date;

use super::{Account, Accounts, Due, Held, Listed, Session, State};
use crate::frame::Frame;
use crate::pages::console::form::Refused;
use crate::say::Either;

impl Accounts {
    /// An invented list.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let two = |en: &str, fr: &str| say.of(en, fr).to_owned();
        let at = |handle: &str| frame.link(&format!("/console/accounts/{handle}"), &[]);
        let row = |handle: &str, state, sessions| Listed {
            address: at(handle),
            handle: handle.to_owned(),
            made: date(2025, 9, 1),
            state,
            roles: vec![two("Accounts", "Comptabilité")],
            sessions,
        };
        let due = |handle: &str, overdue| Due {
            address: at(handle),
            handle: handle.to_owned(),
            role: two("Accounts", "Comptabilité"),
            due: date(2026, 3, 1),
            overdue,
        };
        Self {
            rows: vec![
                row("c.roux", State::Open, 2),
                row("staff-bcdfghjk", State::Waiting, 0),
                row("m.lebreton", State::Disabled(date(2026, 2, 28)), 0),
                row("t.ohara", State::Ended, 0),
            ],
            review: vec![due("c.roux", true), due("t.ohara", false)],
            make: Some(frame.link("/console/accounts/new", &[])),
        }
    }
}

impl Account {
    /// An invented account.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let two = |en: &str, fr: &str| say.of(en, fr).to_owned();
        let by = || (date(2025, 9, 1), "a.diallo".to_owned());
        let session = |id: &str, own| Session {
            id: id.to_owned(),
            by: two("passkey", "clé d’accès"),
            made: date(2026, 3, 14).at(8, 2, 0, 0),
            seen: date(2026, 3, 14).at(9, 29, 0, 0),
            own,
        };
        Self {
            address: frame.link("/console/accounts/c.roux", &[]),
            handle: "c.roux".to_owned(),
            made: date(2025, 9, 1),
            state: State::Open,
            roles: vec![Held {
                name: "accounts".to_owned(),
                title: two("Accounts <open>", "Comptabilité <ouvert>"),
                granted: by(),
                reviewed: by(),
                due: Some(date(2026, 3, 1)),
                overdue: true,
            }],
            grantable: vec![("marketing".to_owned(), two("Marketing", "Marketing"))],
            credentials: vec![
                (two("Password", "Mot de passe"), Some(date(2026, 3, 14))),
                (two("Application with codes", "Application de codes"), None),
            ],
            sessions: vec![
                session("0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e", true),
                session("0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9f", false),
            ],
            accounts: true,
            rights: true,
            link: Some((
                "https://people.example/sign-in/set-up#k3pt0000".to_owned(),
                date(2026, 3, 15).at(9, 30, 0, 0),
            )),
            done: Some(two("The link is issued.", "Le lien est émis.")),
            refused: Some(Refused {
                message: "the account holds this role already".to_owned(),
                rule: None,
                remedy: Some("confirm it".to_owned()),
            }),
        }
    }
}
