//! `/console/policy`: what is in force, what changed from version to version, and exact answers to
//! who may do something with this data, and what this role may do (9c).

mod changes;
mod purposes;
mod rights;

use maud::{Markup, html};
use policy::authorisation::Authorisation;
use policy::compare::Change;
use policy::model::{CategoryId, Policy, PurposeId, RoleId};

use crate::components::{Link, tabs};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::say::{self, Either};

pub use rights::Who;

/// A page of the room.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// Every purpose: what it uses, who reads it, how long it is kept.
    Purposes,
    /// Every term.
    Terms,
    /// Every version, and what one changed.
    Versions {
        /// Every version that was applied, the one in force last.
        all: &'a [Policy],
        /// The two that are compared, and what differs.
        compared: Option<(u32, u32, &'a [Change])>,
    },
    /// Who may do something with data.
    Who(Option<&'a Who>),
    /// What a role may do.
    What(Option<RoleId>),
}

impl View<'_> {
    fn path(&self) -> &'static str {
        match self {
            Self::Purposes => "/console/policy",
            Self::Terms => "/console/policy/terms",
            Self::Versions { .. } => "/console/policy/versions",
            Self::Who(_) => "/console/policy/who",
            Self::What(_) => "/console/policy/what",
        }
    }
}

/// The page.
#[must_use]
pub fn render(
    view: View<'_>,
    policy: &Policy,
    authorisation: Option<&Authorisation>,
    frame: &Frame,
) -> Markup {
    let say = Either(frame.language);
    let room = Room::Policy;
    let title = room.title(frame.language);
    let published = say::day(policy.published, frame.language);
    let tab = |to: View<'_>, title: &str| {
        let here = to.path() == view.path();
        Link::new(frame.link(to.path(), &[]), title, here)
    };
    let versions = View::Versions {
        all: &[],
        compared: None,
    };
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                (say.of("Version", "Version")) " " (policy.version) ", "
                (say.of("published on", "publiée le")) " " (published) ". "
                a href=(frame.link("/privacy", &[])) { (say.of("What the public reads", "Ce que lit le public")) }
            }
            @if let Some(reason) = &policy.reason { p { (say::wording(reason, frame.language)) } }
        }
        (tabs(title, &[
            tab(View::Purposes, say.of("Purposes", "Finalités")),
            tab(View::Terms, say.of("Terms", "Durées")),
            tab(View::Who(None), say.of("Who may", "Qui peut")),
            tab(View::What(None), say.of("What a role may", "Ce que peut un rôle")),
            tab(versions, say.of("Versions", "Versions")),
        ]))
        @match view {
            View::Purposes => (purposes::purposes(policy, frame)),
            View::Terms => (purposes::terms(policy, frame)),
            View::Versions { all, compared } => (changes::render(all, compared, frame)),
            View::Who(who) => (rights::who(who, policy, authorisation, frame)),
            View::What(role) => (rights::what(role, policy, authorisation, frame)),
        }
    };
    page::console(frame, title, room, body)
}

fn category(policy: &Policy, id: CategoryId, frame: &Frame) -> String {
    say::wording(&policy.category(id).title, frame.language).into_owned()
}

fn purpose(policy: &Policy, id: PurposeId, frame: &Frame) -> String {
    say::wording(&policy.purpose(id).title, frame.language).into_owned()
}
