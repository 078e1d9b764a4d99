//! `/console/health`: whether everything that has to run has run, and what runs here.

use jiff::civil::DateTime;
use maud::{Markup, html};

use crate::components::{Column, Tone, badge, facts, notice, table};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::say::{self, Either};

/// How the system is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Health {
    /// What was looked at.
    pub checks: Vec<Check>,
    /// What runs here: a title and what is said of it.
    pub versions: Vec<(String, String)>,
    /// When it was looked at.
    pub at: DateTime,
}

/// Something that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// What.
    pub what: String,
    /// Whether it is as it should be.
    pub state: State,
    /// How it is.
    pub how: String,
    /// What to do about it, where something is to be done.
    pub remedy: Option<String>,
}

/// Whether something is as it should be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum State {
    /// It is.
    Good,
    /// It wants looking at.
    Careful,
    /// It is not.
    Bad,
}

impl State {
    fn badge(self, frame: &Frame) -> Markup {
        let say = Either(frame.language);
        match self {
            Self::Good => badge(Tone::Good, say.of("In order", "En ordre")),
            Self::Careful => badge(Tone::Careful, say.of("To be looked at", "À vérifier")),
            Self::Bad => badge(Tone::Bad, say.of("Wrong", "En défaut")),
        }
    }
}

impl Health {
    /// An invented system.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let two = |en: &str, fr: &str| say.of(en, fr).to_owned();
        let check = |what: String, state, how: String, remedy: Option<String>| Check {
            what,
            state,
            how,
            remedy,
        };
        Self {
            checks: vec![
                check(
                    two("Writing", "Écriture"),
                    State::Good,
                    two(
                        "Clock and disk are sound.",
                        "L’horloge et le disque répondent.",
                    ),
                    None,
                ),
                check(
                    two("Night’s work", "Travail de nuit"),
                    State::Careful,
                    two("Last done two days ago.", "Fait il y a deux jours."),
                    Some(two(
                        "See the log <nightly>.",
                        "Consultez le journal technique <nightly>.",
                    )),
                ),
                check(
                    two("Sweep", "Purge"),
                    State::Bad,
                    two("Late by 26 hours.", "En retard de 26 heures."),
                    Some(two("Run it.", "Lancez-la.")),
                ),
            ],
            versions: vec![
                (two("Kept", "Kept"), "0.9.0".to_owned()),
                (two("Policy", "Politique"), two("version 3", "version 3")),
            ],
            at: jiff::civil::date(2026, 3, 14).at(9, 30, 0, 0),
        }
    }

    /// The gravest of what was found.
    #[must_use]
    pub fn worst(&self) -> State {
        let states = self.checks.iter().map(|check| check.state);
        states.max().unwrap_or(State::Good)
    }
}

/// The page.
#[must_use]
pub fn render(view: &Health, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("State of the system", "État du système");
    let column = |title| Column {
        title,
        figures: false,
    };
    let columns = [
        column(say.of("What", "Quoi")),
        column(say.of("State", "État")),
        column(say.of("How it is", "Constat")),
    ];
    let rows: Vec<Vec<Markup>> = view
        .checks
        .iter()
        .map(|check| {
            vec![
                html! { (check.what) },
                check.state.badge(frame),
                html! {
                    (check.how)
                    @if let Some(remedy) = &check.remedy { span.under { (remedy) } }
                },
            ]
        })
        .collect();
    let (tone, words) = match view.worst() {
        State::Good => (
            Tone::Good,
            say.of("Everything is in order.", "Tout est en ordre."),
        ),
        State::Careful => (
            Tone::Careful,
            say.of(
                "Something wants looking at.",
                "Quelque chose est à vérifier.",
            ),
        ),
        State::Bad => (
            Tone::Bad,
            say.of("Something is wrong.", "Quelque chose est en défaut."),
        ),
    };
    let versions: Vec<(&str, Markup)> = view
        .versions
        .iter()
        .map(|(title, said)| (title.as_str(), html! { (said) }))
        .collect();
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead { time datetime=(view.at) { (say::moment(view.at, frame.language)) } }
        }
        (notice(tone, words, &html! {}))
        section aria-labelledby="checks" {
            h2 id="checks" { (say.of("What was looked at", "Ce qui a été vérifié")) }
            (table(say.of("Figures alone; nobody’s data is looked at", "Des chiffres seulement ; les données de personne n’ont été consultées"), &columns, &rows))
        }
        section aria-labelledby="versions" {
            h2 id="versions" { (say.of("What runs here", "Ce qui fonctionne ici")) }
            (facts(&versions))
        }
    };
    page::console(frame, title, Room::Health, body)
}
