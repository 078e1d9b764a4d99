//! `/console/accounts`: who works with the data, in which roles, and what is due for review (21a).
//! Accounts are shown by their identifiers; their holders' names are read like anybody's.

mod one;
mod sample;

use jiff::civil::{Date, DateTime};
use maud::{Markup, html};

use super::form::Refused;
use crate::components::{Column, Tone, badge, table};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::say::{self, Either};

pub use one::render as one;

/// The accounts, and the roles to be looked at again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accounts {
    /// The accounts.
    pub rows: Vec<Listed>,
    /// The roles that somebody has to confirm or withdraw, the longest unreviewed first.
    pub review: Vec<Due>,
    /// Where one is made, if that may be done.
    pub make: Option<String>,
}

/// An account of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its page.
    pub address: String,
    /// Its identifier.
    pub handle: String,
    /// When it was made.
    pub made: Date,
    /// How it stands.
    pub state: State,
    /// The titles of its roles.
    pub roles: Vec<String>,
    /// How many sessions are open.
    pub sessions: usize,
}

/// How an account stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Its holder has access.
    Open,
    /// It is ready, and nothing to sign in with is set up yet.
    Waiting,
    /// It was disabled, on this day.
    Disabled(Date),
    /// Its holder's access has ended.
    Ended,
}

/// A role that is due for review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// The account's page.
    pub address: String,
    /// Its identifier.
    pub handle: String,
    /// The role's title.
    pub role: String,
    /// When it is to be looked at again.
    pub due: Date,
    /// Whether that has passed: it opens nothing until it is confirmed.
    pub overdue: bool,
}

/// One account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its page.
    pub address: String,
    /// Its identifier.
    pub handle: String,
    /// When it was made.
    pub made: Date,
    /// How it stands.
    pub state: State,
    /// Its roles.
    pub roles: Vec<Held>,
    /// The roles that may be granted: name and title.
    pub grantable: Vec<(String, String)>,
    /// What it signs in with, and when that was last used.
    pub credentials: Vec<(String, Option<Date>)>,
    /// Its open sessions.
    pub sessions: Vec<Session>,
    /// Whether whoever looks makes and disables accounts.
    pub accounts: bool,
    /// Whether whoever looks gives and takes roles.
    pub rights: bool,
    /// A link that was just issued: its address and until when it is good. It is shown once.
    pub link: Option<(String, DateTime)>,
    /// What was just done.
    pub done: Option<String>,
    /// What was just refused.
    pub refused: Option<Refused>,
}

/// A role that an account holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// When it was granted, and by which account.
    pub granted: (Date, String),
    /// When it was last confirmed, and by which account.
    pub reviewed: (Date, String),
    /// When it is to be looked at again.
    pub due: Option<Date>,
    /// Whether that has passed.
    pub overdue: bool,
}

/// An open session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Its identifier.
    pub id: String,
    /// By what it was begun.
    pub by: String,
    /// When it began.
    pub made: DateTime,
    /// When it was last used.
    pub seen: DateTime,
    /// Whether it is the one that this page is looked at in.
    pub own: bool,
}

impl State {
    fn tone(self) -> Tone {
        match self {
            Self::Open => Tone::Good,
            Self::Waiting => Tone::Careful,
            Self::Disabled(_) | Self::Ended => Tone::Plain,
        }
    }

    fn words(self, frame: &Frame) -> String {
        let say = Either(frame.language);
        match self {
            Self::Open => say.of("Has access", "Accès ouvert").to_owned(),
            Self::Waiting => say.of("Nothing set up yet", "Rien de configuré").to_owned(),
            Self::Ended => say.of("Access has ended", "Accès terminé").to_owned(),
            Self::Disabled(day) => {
                let day = say::day(day, frame.language);
                say.of(format!("Disabled on {day}"), format!("Désactivé le {day}"))
            }
        }
    }

    fn badge(self, frame: &Frame) -> Markup {
        badge(self.tone(), &self.words(frame))
    }
}

/// The list as a document.
#[must_use]
pub fn list(view: &Accounts, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let room = Room::Accounts;
    let title = room.title(frame.language);
    let column = |title, figures| Column { title, figures };
    let columns = [
        column(say.of("Account", "Compte"), false),
        column(say.of("State", "État"), false),
        column(say.of("Roles", "Rôles"), false),
        column(say.of("Made", "Créé"), false),
        column(say.of("Sessions", "Sessions"), true),
    ];
    let rows: Vec<Vec<Markup>> = view
        .rows
        .iter()
        .map(|one| {
            vec![
                html! { a href=(one.address) { code { (one.handle) } } },
                one.state.badge(frame),
                html! { @if one.roles.is_empty() { "–" } @else { (one.roles.join(", ")) } },
                day(one.made, frame),
                html! { (one.sessions) },
            ]
        })
        .collect();
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of(
                    "An account is known by its identifier. Who holds it is read like anybody’s data, for the purpose of accounts.",
                    "Un compte est connu par son identifiant. Son titulaire se consulte comme toute personne, pour la finalité des comptes.",
                ))
            }
        }
        @if let Some(make) = &view.make { p { a.button href=(make) { (say.of("Make an account", "Créer un compte")) } } }
        @if !view.review.is_empty() { (review(view, frame)) }
        section aria-labelledby="accounts" {
            h2 id="accounts" { (say.of("All accounts", "Tous les comptes")) }
            (table(say.of("In the order in which they were made", "Dans l’ordre de leur création"), &columns, &rows))
        }
    };
    page::console(frame, title, room, body)
}

fn review(view: &Accounts, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let column = |title| Column {
        title,
        figures: false,
    };
    let columns = [
        column(say.of("Account", "Compte")),
        column(say.of("Role", "Rôle")),
        column(say.of("To be confirmed by", "À confirmer avant le")),
        column(say.of("State", "État")),
    ];
    let rows: Vec<Vec<Markup>> = view
        .review
        .iter()
        .map(|one| {
            vec![
                html! { a href=(one.address) { code { (one.handle) } } },
                html! { (one.role) },
                day(one.due, frame),
                match one.overdue {
                    true => badge(Tone::Bad, say.of("Overdue: closed", "En retard : fermé")),
                    false => badge(Tone::Careful, say.of("Soon", "Bientôt")),
                },
            ]
        })
        .collect();
    html! {
        section aria-labelledby="review" {
            h2 id="review" { (say.of("To be reviewed", "À réexaminer")) }
            (table(
                say.of("Roles that somebody has to confirm or withdraw (21a)", "Rôles à confirmer ou à retirer (21a)"),
                &columns,
                &rows,
            ))
        }
    }
}

fn day(date: Date, frame: &Frame) -> Markup {
    html! { time datetime=(date) { (say::day(date, frame.language)) } }
}
