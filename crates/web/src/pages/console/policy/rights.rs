//! Exact answers of the authorisation: who may do something with this, what may this role do (9c).

use maud::{Markup, html};
use policy::authorisation::words::titles_of;
use policy::authorisation::{Action, Authorisation, Condition, Line, Reach};
use policy::model::{CategoryId, FieldId, KindSet, Policy, PurposeId, RecipientId, RoleId};

use super::{category, purpose};
use crate::components::empty;
use crate::frame::Frame;
use crate::say::{self, Either};

/// What is asked of whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Who {
    /// With which category.
    pub category: CategoryId,
    /// With which of its fields, if with one.
    pub field: Option<FieldId>,
    /// For which purpose.
    pub purpose: PurposeId,
}

impl Who {
    fn fields(self) -> u64 {
        self.field.map_or(u64::MAX, |field| 1 << field.field)
    }
}

pub(super) fn who(
    asked: Option<&Who>,
    policy: &Policy,
    authorisation: Option<&Authorisation>,
    frame: &Frame,
) -> Markup {
    let Some(authorisation) = authorisation else {
        return no_roles(frame);
    };
    html! {
        (ask_who(asked, policy, frame))
        @if let Some(asked) = asked { (answer_who(*asked, policy, authorisation, frame)) }
    }
}

fn no_roles(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    empty(
        say.of(
            "No authorisation is in force.",
            "Aucune habilitation n’est en vigueur.",
        ),
        say.of(
            "Nobody has a role, and nobody works here.",
            "Personne n’a de rôle, et personne ne travaille ici.",
        ),
    )
}

fn ask_who(asked: Option<&Who>, policy: &Policy, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let language = frame.language;
    let chosen = asked.map(|asked| match asked.field {
        None => policy.category(asked.category).name.clone(),
        Some(field) => format!(
            "{}.{}",
            policy.category(field.category).name,
            policy.field(field).name
        ),
    });
    let for_purpose = asked.map(|asked| policy.purpose(asked.purpose).name.as_str());
    html! {
        form.panel method="get" action="/console/policy/who" {
            @if frame.language_chosen { input type="hidden" name="language" value=(frame.lang()); }
            fieldset {
                legend { (say.of("Who may do something with", "Qui peut faire quelque chose avec")) }
                div.line {
                    div.grow {
                        label for="data" { (say.of("Data", "Donnée")) }
                        select id="data" name="data" {
                            @for it in &policy.categories {
                                optgroup label=(say::wording(&it.title, language)) {
                                    option value=(it.name) selected[chosen.as_deref() == Some(it.name.as_str())] {
                                        (say::wording(&it.title, language)) " – " (say.of("all of it", "en entier"))
                                    }
                                    @for field in &it.fields {
                                        @let name = format!("{}.{}", it.name, field.name);
                                        option value=(name) selected[chosen.as_deref() == Some(name.as_str())] { (say::wording(&field.title, language)) }
                                    }
                                }
                            }
                        }
                    }
                    div.grow {
                        label for="purpose" { (say.of("For", "Pour")) }
                        select id="purpose" name="purpose" {
                            @for it in &policy.purposes {
                                option value=(it.name) selected[for_purpose == Some(it.name.as_str())] { (say::wording(&it.title, language)) }
                            }
                        }
                    }
                    button type="submit" { (say.of("Ask", "Demander")) }
                }
            }
        }
    }
}

fn answer_who(asked: Who, policy: &Policy, authorisation: &Authorisation, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let reaches = authorisation.who(policy, asked.category, asked.fields(), asked.purpose);
    let mut roles: Vec<(RoleId, Vec<Reach>)> = Vec::new();
    for reach in reaches {
        match roles.last_mut().filter(|(role, _)| *role == reach.role) {
            Some((_, of)) => of.push(reach),
            None => roles.push((reach.role, vec![reach])),
        }
    }
    let reads = &policy.tables.reads;
    let ceiling: Vec<String> = (0u8..)
        .map(RecipientId)
        .zip(reads)
        .filter(|(_, of)| of[asked.purpose.index()][asked.category.index()] & asked.fields() != 0)
        .map(|(id, _)| say::wording(&policy.recipient(id).title, frame.language).into_owned())
        .collect();
    html! {
        section aria-labelledby="answer" {
            h2 id="answer" { (category(policy, asked.category, frame)) " – " (purpose(policy, asked.purpose, frame)) }
            p.soft {
                (say.of("The policy’s ceiling:", "Le plafond de la politique :")) " "
                @if ceiling.is_empty() { (say.of("nobody reads it for this.", "personne ne la lit pour cela.")) }
                @else { (ceiling.join(", ")) "." }
            }
            @if roles.is_empty() { p { strong { (say.of("No role may do anything with it for this purpose.", "Aucun rôle ne peut rien en faire pour cette finalité.")) } } }
            dl.facts {
                @for (id, of) in &roles {
                    dt { (say::wording(&authorisation.role(*id).title, frame.language)) }
                    dd { (lines(of, asked.purpose, policy, frame)) }
                }
            }
        }
    }
}

pub(super) fn what(
    role: Option<RoleId>,
    policy: &Policy,
    authorisation: Option<&Authorisation>,
    frame: &Frame,
) -> Markup {
    let Some(authorisation) = authorisation else {
        return no_roles(frame);
    };
    let say = Either(frame.language);
    let chosen = role.map(|id| authorisation.role(id).name.as_str());
    html! {
        form.panel method="get" action="/console/policy/what" {
            @if frame.language_chosen { input type="hidden" name="language" value=(frame.lang()); }
            fieldset {
                legend { (say.of("What may be done in the role of", "Ce que l’on peut faire dans le rôle de")) }
                div.line {
                    div.grow {
                        label for="role" { (say.of("Role", "Rôle")) }
                        select id="role" name="role" {
                            @for it in &authorisation.roles {
                                option value=(it.name) selected[chosen == Some(it.name.as_str())] { (say::wording(&it.title, frame.language)) }
                            }
                        }
                    }
                    button type="submit" { (say.of("Ask", "Demander")) }
                }
            }
        }
        @if let Some(role) = role { (answer_what(role, policy, authorisation, frame)) }
    }
}

fn answer_what(
    id: RoleId,
    policy: &Policy,
    authorisation: &Authorisation,
    frame: &Frame,
) -> Markup {
    let say = Either(frame.language);
    let role = authorisation.role(id);
    let mut purposes: Vec<(PurposeId, Vec<Reach>)> = Vec::new();
    for reach in authorisation.what(policy, id) {
        match purposes
            .last_mut()
            .filter(|(purpose, _)| *purpose == reach.purpose)
        {
            Some((_, of)) => of.push(reach),
            None => purposes.push((reach.purpose, vec![reach])),
        }
    }
    let administers: Vec<String> = role
        .administers
        .iter()
        .map(|it| say::wording(&it.title(), frame.language).into_owned())
        .collect();
    html! {
        section aria-labelledby="answer" {
            h2 id="answer" { (say::wording(&role.title, frame.language)) }
            @if !administers.is_empty() {
                p { (say.of("Administers", "Administre")) " " (say::list(&administers, frame.language)) "." }
            }
            @if purposes.is_empty() { p { strong { (say.of("Opens nobody’s data.", "N’ouvre les données de personne.")) } } }
            dl.facts {
                @for (purpose_id, of) in &purposes {
                    dt { (purpose(policy, *purpose_id, frame)) }
                    dd { (lines(of, *purpose_id, policy, frame)) }
                }
            }
        }
    }
}

/// What a role may do for a purpose, acts that are alike together.
fn lines(of: &[Reach], purpose: PurposeId, policy: &Policy, frame: &Frame) -> Markup {
    let concerned = policy.purpose(purpose).concerns;
    html! { ul { @for line in Line::of(of) { li { (line_words(&line, concerned, policy, frame)) } } } }
}

fn line_words(line: &Line, concerned: KindSet, policy: &Policy, frame: &Frame) -> String {
    let (say, language) = (Either(frame.language), frame.language);
    let actions: Vec<String> = line
        .actions
        .iter()
        .map(|action: &Action| say::wording(&action.title(), language).into_owned())
        .collect();
    let data: Vec<String> = line
        .data
        .iter()
        .map(|(category, fields)| titles_of(policy, *category, *fields, language))
        .collect();
    let mut words = format!(
        "{}{} {}",
        say::capital(&actions.join(", ")),
        say.of(":", "\u{a0}:"),
        data.join(", ")
    );
    if line.kinds != concerned {
        let kinds: Vec<String> = line
            .kinds
            .iter()
            .map(|kind| say::inner(&say::wording(&policy.kind(kind).title, language)))
            .collect();
        words.push_str(&format!(
            ", {} {}",
            say.of("about", "au sujet de"),
            say::list(&kinds, language)
        ));
    }
    if let Some(only) = line.only.map(Condition::words) {
        words.push_str(&format!(", {}", say::wording(&only, language)));
    }
    say::spaced_for(&words, language).into_owned()
}
