//! The console around a page: its rooms, what is being done, the keys.

use maud::{Markup, html};
use policy::authorisation::{Action, Administration};
use policy::model::Language;

use super::{document, mark, switch};
use crate::frame::{Frame, Work};
use crate::phrases::Phrases;
use crate::say::Either;

/// The class of a page of the console.
pub(super) const SURFACE: &str = "console";

/// A room of the console: one entry of its navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// People, and each of them.
    People,
    /// Organisations, and each of them.
    Organisations,
    /// What goes when.
    Calendar,
    /// Who did what with whose data.
    Trace,
    /// The journal.
    Journal,
    /// The policy and the authorisation.
    Policy,
    /// Accounts and their rights.
    Accounts,
    /// Keys of programs.
    Keys,
    /// How the system is.
    Health,
    /// None of them.
    Elsewhere,
}

impl Room {
    const ALL: [Self; 9] = [
        Self::People,
        Self::Organisations,
        Self::Calendar,
        Self::Trace,
        Self::Policy,
        Self::Accounts,
        Self::Keys,
        Self::Journal,
        Self::Health,
    ];

    /// The rooms that somebody at work may enter.
    pub(crate) fn open_to(work: &Work) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|room| room.is_open_to(work))
    }

    fn is_open_to(self, work: &Work) -> bool {
        let may = |action| work.may.contains(action);
        let administers = |what| work.administers.contains(what);
        match self {
            Self::People => may(Action::Read) || may(Action::Find),
            Self::Organisations => may(Action::Count),
            Self::Calendar => may(Action::Count),
            Self::Trace => may(Action::Trace),
            Self::Policy => work.role.is_some(),
            Self::Accounts => {
                administers(Administration::Accounts) || administers(Administration::Rights)
            }
            Self::Keys => administers(Administration::Webhooks),
            Self::Journal => administers(Administration::Journal),
            Self::Health => administers(Administration::Health),
            Self::Elsewhere => false,
        }
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::People => "/console/people",
            Self::Organisations => "/console/organisations",
            Self::Calendar => "/console/calendar",
            Self::Trace => "/console/trace",
            Self::Journal => "/console/journal",
            Self::Policy => "/console/policy",
            Self::Accounts => "/console/accounts",
            Self::Keys => "/console/keys",
            Self::Health => "/console/health",
            Self::Elsewhere => "/console",
        }
    }

    pub(crate) fn title(self, language: Language) -> &'static str {
        let say = Either(language);
        match self {
            Self::People => say.of("People", "Personnes"),
            Self::Organisations => say.of("Organisations", "Organismes"),
            Self::Calendar => say.of("Calendar", "Calendrier"),
            Self::Trace => say.of("Trace", "Trace"),
            Self::Journal => say.of("Journal", "Journal"),
            Self::Policy => say.of("Policy", "Politique"),
            Self::Accounts => say.of("Accounts", "Comptes"),
            Self::Keys => say.of("Programs", "Programmes"),
            Self::Health => say.of("System", "Système"),
            Self::Elsewhere => say.of("Elsewhere", "Ailleurs"),
        }
    }

    /// What is done there, in a sentence.
    pub(crate) fn about(self, language: Language) -> &'static str {
        let say = Either(language);
        match self {
            Self::People => say.of(
                "Find somebody, see what your purpose opens, record what happened and what they asked for.",
                "Trouver une personne, voir ce que la finalité permet, enregistrer ce qui s’est passé et ce qu’elle a demandé.",
            ),
            Self::Organisations => say.of(
                "Their contracts, and the people who belong to them.",
                "Leurs contrats et les personnes qui leur sont rattachées.",
            ),
            Self::Calendar => say.of(
                "What goes when, and what waits for something to happen.",
                "Ce qui disparaît et quand, et ce qui attend un événement.",
            ),
            Self::Trace => say.of(
                "Who did what with whose data, and for which purpose.",
                "Qui a fait quoi, avec les données de qui et pour quelle finalité.",
            ),
            Self::Journal => say.of(
                "Its size, its root, its checkpoint; its verification.",
                "Sa taille, sa racine, son point de contrôle ; sa vérification.",
            ),
            Self::Policy => say.of(
                "What is in force, what changed between versions, who may do what.",
                "Ce qui est en vigueur, ce qui a changé d’une version à l’autre, qui peut faire quoi.",
            ),
            Self::Accounts => say.of(
                "Who works with the data, in which roles, and what is due for review.",
                "Qui travaille avec les données, dans quels rôles, et ce qui doit être réexaminé.",
            ),
            Self::Keys => say.of(
                "The keys of programs: for which roles and purposes, until when.",
                "Les clés des programmes : pour quels rôles et finalités, et jusqu’à quand.",
            ),
            Self::Health => say.of(
                "Whether everything that has to run has run.",
                "Si tout ce qui doit s’exécuter l’a été.",
            ),
            Self::Elsewhere => "",
        }
    }
}

/// A page of the console: its rooms, and what is being done, in sight and one key away.
pub(crate) fn console(frame: &Frame, title: &str, room: Room, body: Markup) -> Markup {
    let say = Phrases::of(frame.language);
    let either = Either(frame.language);
    let header = html! {
        div.bar {
            a.mark href=(frame.link("/console", &[])) { (mark()) span { "Kept" } }
            @if let Some(work) = &frame.work { (rooms(work, room, frame)) }
            (switch(frame))
        }
    };
    let under = html! { @if let Some(work) = &frame.work { (at_work(work, frame)) } };
    let footer = html! {
        p {
            (frame.controller) " · "
            (say.shell.policy_version) " " (frame.policy_version) " · "
            a href=(frame.link("/privacy", &[])) { (say.shell.notice) }
            @if let Some(work) = &frame.work { " · " a href=(frame.link("/account", &[])) { (either.of("Your account", "Votre compte")) " " code { (work.account) } } }
        }
        p {
            (either.of(
                "Whatever you open here is written to the journal before you see it.",
                "Tout ce que vous ouvrez ici est inscrit au journal avant de vous être montré.",
            ))
        }
        (keys(frame))
    };
    document(frame, title, SURFACE, &header, &under, &footer, &body)
}

fn rooms(work: &Work, room: Room, frame: &Frame) -> Markup {
    let say = Phrases::of(frame.language);
    html! {
        nav aria-label=(say.shell.pages) {
            ul {
                @for one in Room::open_to(work) {
                    li {
                        a href=(frame.link(one.path(), &[])) aria-current=[(one == room).then_some("page")]
                            data-finds[one == Room::People && work.may.contains(Action::Find)] {
                            (one.title(frame.language))
                        }
                    }
                }
            }
        }
    }
}

/// What is being done, and the way to do something else.
fn at_work(work: &Work, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let back = frame.here();
    html! {
        section.work aria-label=(say.of("What you are doing", "Ce que vous faites")) {
            form method="post" action=(frame.link("/console/work", &[])) {
                label for="work" {
                    @match (&work.role, &work.purpose) {
                        (Some(role), Some(purpose)) => {
                            (say.of("At work as", "En tant que")) " " strong { (role) } ", "
                            (say.of("for", "pour")) " " strong { (purpose) }
                        }
                        (Some(role), None) => { (say.of("At work as", "En tant que")) " " strong { (role) } }
                        (None, _) => (say.of("Say what you are doing", "Dites ce que vous faites")),
                    }
                }
                input type="hidden" name="back" value=(back);
                select id="work" name="work" {
                    @if work.chosen.is_none() { option value="" selected { (say.of("Choose…", "Choisir…")) } }
                    @for offer in &work.offers {
                        optgroup label=(offer.recipient) {
                            @for purpose in &offer.purposes {
                                option value=(purpose.value) selected[work.chosen.as_deref() == Some(purpose.value.as_str())] {
                                    (offer.recipient) " – " (purpose.title)
                                }
                            }
                        }
                    }
                }
                button type="submit" { (say.of("Switch", "Changer")) }
            }
            form method="post" action="/sign-out" {
                button type="submit" class="button secondary" { (say.of("Sign out", "Se déconnecter")) }
            }
        }
    }
}

/// The keys, in a dialogue that the script opens; without it nobody misses them.
fn keys(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let all = [
        (
            "Ctrl + K, /",
            say.of(
                "Go to the search of people",
                "Aller à la recherche de personnes",
            ),
        ),
        (
            "p",
            say.of("Choose another purpose", "Choisir une autre finalité"),
        ),
        ("?", say.of("Show this list", "Afficher cette liste")),
        ("Esc", say.of("Close it", "La fermer")),
    ];
    html! {
        button.button.secondary type="button" id="keys-open" hidden { (say.of("Keyboard", "Clavier")) " (?)" }
        dialog id="keys" aria-labelledby="keys-title" {
            form method="dialog" {
                p.dialog-title id="keys-title" { (say.of("Keyboard", "Clavier")) }
                dl.facts { @for (key, what) in all { dt { kbd { (key) } } dd { (what) } } }
                div.choice {
                    input type="checkbox" id="single-keys";
                    label for="single-keys" { (say.of("Keys of one letter or sign work", "Activer les touches d’une lettre ou d’un signe")) }
                }
                div.actions { button type="submit" { (say.of("Close", "Fermer")) } }
            }
        }
    }
}
