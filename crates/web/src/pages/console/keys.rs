//! `/console/keys`: keys of programs: for which roles, actions and purposes, until when.

use jiff::civil::Date;
use maud::{Markup, html};

use super::form::{Refused, refusal};
use crate::components::{ButtonKind, Column, Tone, badge, button, notice, table};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::say::{self, Either};

/// The keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keys {
    /// The keys, the latest first.
    pub rows: Vec<Key>,
    /// Where one is made.
    pub make: String,
    /// A key that was just made: it is shown once.
    pub made: Option<Made>,
    /// What was just done.
    pub done: Option<String>,
    /// What was just refused.
    pub refused: Option<Refused>,
}

/// A key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// Its identifier.
    pub id: String,
    /// The program's identifier.
    pub program: String,
    /// The titles of its roles.
    pub roles: Vec<String>,
    /// The titles of what it may do; none: all that the roles may.
    pub actions: Vec<String>,
    /// The titles of its purposes; none: all of the roles'.
    pub purposes: Vec<String>,
    /// When it was made, and by which account.
    pub made: (Date, String),
    /// When it was last used.
    pub used: Option<Date>,
    /// How it stands.
    pub state: State,
}

/// How a key stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It is good until a day.
    Good(Date),
    /// It ended on a day.
    Ended(Date),
    /// It was revoked on a day.
    Revoked(Date),
}

/// A key that was just made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    /// The program's identifier.
    pub program: String,
    /// What the program shows.
    pub shown: String,
    /// Until when it is good.
    pub ends: Date,
}

impl Keys {
    /// Invented keys.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let two = |en: &str, fr: &str| say.of(en, fr).to_owned();
        let day = jiff::civil::date(2026, 9, 1);
        let key = |program: &str, state, narrow: bool| Key {
            id: "0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e".to_owned(),
            program: program.to_owned(),
            roles: vec![two("Marketing <open>", "Marketing <ouvert>")],
            actions: if narrow {
                vec![two("read", "consulter")]
            } else {
                Vec::new()
            },
            purposes: if narrow {
                vec![two("Letters", "Lettres")]
            } else {
                Vec::new()
            },
            made: (jiff::civil::date(2025, 9, 2), "a.diallo".to_owned()),
            used: narrow.then(|| jiff::civil::date(2026, 3, 14)),
            state,
        };
        Self {
            rows: vec![
                key("web-shop", State::Good(day), true),
                key("old-shop", State::Ended(day), false),
                key("mailer", State::Revoked(day), false),
            ],
            make: frame.link("/console/keys/new", &[]),
            made: Some(Made {
                program: "web-shop".to_owned(),
                shown: "kept_k3pt0000".to_owned(),
                ends: day,
            }),
            done: Some(two("The key is revoked.", "La clé est révoquée.")),
            refused: None,
        }
    }
}

/// The keys as a document.
#[must_use]
pub fn render(view: &Keys, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Keys of programs", "Clés des programmes");
    let column = |title| Column {
        title,
        figures: false,
    };
    let columns = [
        column(say.of("Program", "Programme")),
        column(say.of("In the role of", "Dans le rôle de")),
        column(say.of("May", "Peut")),
        column(say.of("For", "Pour")),
        column(say.of("State", "État")),
        column(say.of("Last used", "Dernière utilisation")),
        column(say.of("End", "Fin")),
    ];
    let rows: Vec<Vec<Markup>> = view.rows.iter().map(|key| row(key, frame)).collect();
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of(
                    "A program shows its key instead of signing in, and may do a part of what a role may, until a day.",
                    "Un programme présente sa clé au lieu de se connecter, et peut une partie de ce que peut un rôle, jusqu’à une date.",
                ))
            }
        }
        @if let Some(made) = &view.made { (self::made(made, frame)) }
        @if let Some(done) = &view.done { (notice(Tone::Good, done, &html! {})) }
        @if let Some(refused) = &view.refused { (refusal(refused, frame)) }
        p { a.button href=(view.make) { (say.of("Make a key", "Créer une clé")) } }
        @if rows.is_empty() { p.soft { (say.of("There is none.", "Il n’y en a aucune.")) } }
        @else { (table(say.of("The latest first", "De la plus récente à la plus ancienne"), &columns, &rows)) }
    };
    page::console(frame, title, Room::Keys, body)
}

fn made(made: &Made, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("The key is made", "La clé est créée");
    notice(
        Tone::Careful,
        title,
        &html! {
            p { code { (made.shown) } }
            p {
                (say.of("For", "Pour")) " " code { (made.program) } ", "
                (say.of("good until", "valable jusqu’au")) " " (say::day(made.ends, frame.language)) ". "
                (say.of("It is not shown again.", "Elle ne sera plus affichée."))
            }
        },
    )
}

fn row(key: &Key, frame: &Frame) -> Vec<Markup> {
    let say = Either(frame.language);
    let day = |date: Date| say::day(date, frame.language);
    let all = |titles: &[String], all: &str| match titles.is_empty() {
        true => html! { span.soft { (all) } },
        false => html! { (titles.join(", ")) },
    };
    let state = match key.state {
        State::Good(until) => badge(
            Tone::Good,
            &say.of(
                format!("Good until {}", day(until)),
                format!("Valable jusqu’au {}", day(until)),
            ),
        ),
        State::Ended(at) => badge(
            Tone::Plain,
            &say.of(
                format!("Ended on {}", day(at)),
                format!("Échue le {}", day(at)),
            ),
        ),
        State::Revoked(at) => badge(
            Tone::Bad,
            &say.of(
                format!("Revoked on {}", day(at)),
                format!("Révoquée le {}", day(at)),
            ),
        ),
    };
    vec![
        html! { code { (key.program) } span.under { (say.of("by", "par")) " " code { (key.made.1) } ", " (day(key.made.0)) } },
        html! { (key.roles.join(", ")) },
        all(
            &key.actions,
            say.of("whatever the role may", "tout ce que peut le rôle"),
        ),
        all(
            &key.purposes,
            say.of("every purpose of the role", "toutes les finalités du rôle"),
        ),
        state,
        html! { @if let Some(used) = key.used { (day(used)) } @else { "–" } },
        html! {
            @if matches!(key.state, State::Good(_)) {
                form method="post" action=(frame.link(Room::Keys.path(), &[])) {
                    input type="hidden" name="key" value=(key.id);
                    (button(ButtonKind::Danger, say.of("Revoke", "Révoquer"), None))
                }
            } @else { "–" }
        },
    ]
}
