//! `/privacy/versions`: every version of the policy with its day, its reason and what it changed,
//! and the difference between any two in plain words (26a).

use jiff::civil::Date;
use maud::{Markup, html};
use policy::compare::{Change, Concerns};
use policy::model::{Policy, Wording};

use crate::frame::Frame;
use crate::page;
use crate::phrases::Phrases;
use crate::say::{self, Either};

/// The list of versions.
#[derive(Clone, Debug)]
pub struct Versions<'a> {
    /// The policy in force.
    pub policy: &'a Policy,
    /// Every version, the latest first.
    pub versions: Vec<Listed<'a>>,
}

/// A version in the list.
#[derive(Clone, Debug)]
pub struct Listed<'a> {
    /// Its number.
    pub version: u32,
    /// The day on which it was published.
    pub published: Date,
    /// The day on which it came into force here.
    pub since: Date,
    /// Why it differs from the one before; none for a first version.
    pub reason: Option<&'a Wording>,
    /// The version before it, with what differs.
    pub changes: Option<(u32, Vec<Change>)>,
}

/// The difference between two versions.
#[derive(Clone, Debug)]
pub struct Difference<'a> {
    /// The earlier one.
    pub from: &'a Policy,
    /// The later one.
    pub to: &'a Policy,
    /// What differs.
    pub changes: &'a [Change],
    /// The numbers of all versions, the latest first.
    pub versions: &'a [u32],
}

/// The address of the list.
pub(crate) const LIST: &str = "/privacy/versions";

/// The address of a version's notice.
pub(crate) fn address(version: u32) -> String {
    format!("{LIST}/{version}")
}

/// The address of what a version changed since another.
pub(crate) fn difference(version: u32, since: u32) -> String {
    format!("{LIST}/{version}/since/{since}")
}

/// The list as a page.
#[must_use]
pub fn render_list(view: &Versions<'_>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let language = frame.language;
    let title = say.of(
        "Versions of the notice",
        "Versions de la politique de confidentialité",
    );
    let lead = say.of(
        "Every version stays readable, with the day from which it held, why it was written and what it changed.",
        "Chaque version reste lisible, avec le jour où elle a pris effet, sa raison d’être et ce qu’elle a changé.",
    );
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead { (lead) }
        }
        div.text {
            @for one in &view.versions {
                section aria-labelledby=(format!("version-{}", one.version)) {
                    h2 id=(format!("version-{}", one.version)) {
                        a href=(frame.link(&address(one.version), &[])) { "Version " (one.version) }
                    }
                    p {
                        (say.of("Published on ", "Publiée le "))
                        time datetime=(one.published) { (say::day(one.published, language)) }
                        (say.of(", in force here since ", ", en vigueur ici depuis le "))
                        time datetime=(one.since) { (say::day(one.since, language)) } "."
                    }
                    @match (&one.changes, one.reason) {
                        (Some((before, changes)), reason) => {
                            @if let Some(reason) = reason { p { (say::wording(reason, language)) } }
                            (list(changes, frame))
                            p {
                                a href=(frame.link(&difference(one.version, *before), &[])) {
                                    (say.of("What it changed, and for whom", "Ce qu’elle a changé, et pour qui"))
                                }
                            }
                        }
                        (None, _) => { p { (say.of("The first version.", "La première version.")) } }
                    }
                }
            }
        }
    };
    let foot = Phrases::of(language).notice.generated;
    page::public(frame, title, &view.policy.controller.name, &foot, body)
}

/// What differs, one sentence each.
fn list(changes: &[Change], frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        @if changes.is_empty() {
            p { (say.of("Nothing of what it promises differs.", "Rien de ce qu’elle promet ne diffère.")) }
        } @else {
            ul { @for change in changes { li { (say::wording(&change.words, frame.language)) } } }
        }
    }
}

/// The difference as a page.
#[must_use]
pub fn render_difference(view: &Difference<'_>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let language = frame.language;
    let (from, to) = (view.from.version, view.to.version);
    let title = match language {
        policy::model::Language::En => format!("From version {from} to version {to}"),
        policy::model::Language::Fr => format!("De la version {from} à la version {to}"),
    };
    let body = html! {
        header.title {
            h1 { (title) }
            p.lead {
                a href=(frame.link(&address(from), &[])) { "Version " (from) } ", "
                (say::day(view.from.published, language)) " · "
                a href=(frame.link(&address(to), &[])) { "Version " (to) } ", "
                (say::day(view.to.published, language))
            }
        }
        div.text {
            @if let Some(reason) = &view.to.reason {
                section aria-labelledby="why" {
                    h2 id="why" { (say.of("Why", "Pourquoi")) }
                    p { (say::wording(reason, language)) }
                }
            }
            section aria-labelledby="changes" {
                h2 id="changes" { (say.of("What changes", "Ce qui change")) }
                @if view.changes.is_empty() { (list(view.changes, frame)) }
                @for change in view.changes {
                    article {
                        p { (say::wording(&change.words, language)) }
                        p.small.soft {
                            (whom(change, view.to, frame))
                            @if change.concerns != Concerns::Nobody { " " (when(change, say)) }
                        }
                    }
                }
            }
            @let others = view.versions.iter().filter(|it| **it < to && **it != from);
            @if others.clone().next().is_some() {
                section aria-labelledby="others" {
                    h2 id="others" { (say.of("Compare with another version", "Comparer à une autre version")) }
                    ul {
                        @for other in others {
                            li {
                                a href=(frame.link(&difference(to, *other), &[])) {
                                    (say.of("From version ", "De la version ")) (other) (say.of(" to version ", " à la version ")) (to)
                                }
                            }
                        }
                    }
                }
            }
            p { a href=(frame.link(LIST, &[])) { (say.of("All versions", "Toutes les versions")) } }
        }
    };
    let foot = Phrases::of(language).notice.generated;
    page::public(frame, &title, &view.to.controller.name, &foot, body)
}

/// Whom a change concerns.
fn whom(change: &Change, policy: &Policy, frame: &Frame) -> String {
    let say = Either(frame.language);
    match &change.concerns {
        Concerns::Everybody => say
            .of(
                "It concerns everybody.",
                "Ce changement concerne tout le monde.",
            )
            .to_owned(),
        Concerns::Nobody if change.editorial => say
            .of(
                "The same is said in other words.",
                "La même chose, dite autrement.",
            )
            .to_owned(),
        Concerns::Nobody => say
            .of(
                "It concerns nobody whose data is held.",
                "Ce changement ne concerne personne dont les données sont détenues.",
            )
            .to_owned(),
        Concerns::Kinds(names) => {
            let kinds = policy.kinds.iter().filter(|it| names.contains(&it.name));
            let titles: Vec<String> = kinds
                .map(|it| say::inner(&say::wording(&it.title, frame.language)))
                .collect();
            let listed = say::list(&titles, frame.language);
            match frame.language {
                policy::model::Language::En => format!("It concerns: {listed}."),
                policy::model::Language::Fr => format!("Ce changement concerne\u{a0}: {listed}."),
            }
        }
    }
}

/// From when on a change holds for somebody.
fn when(change: &Change, say: Either) -> &'static str {
    match change.effect.needs_telling() {
        true => say.of(
            "It reaches data that is held from the day on which the person was told.",
            "Il ne s’applique aux données déjà détenues qu’à compter du jour où la personne en a été informée.",
        ),
        false => say.of("It holds at once.", "Il s’applique immédiatement."),
    }
}
