//! Parts of an authorisation in words.

use super::Authorisation;
use super::model::Condition;
use super::reach::Reach;
use crate::model::{CategoryId, KindSet, Language, Policy};
use crate::words::{listed, quoted};

/// The fields of a category as an authorisation names them: the category, if it is all of them.
#[must_use]
pub fn names_of(policy: &Policy, category: CategoryId, fields: u64) -> Vec<String> {
    let of = policy.category(category);
    if fields.count_ones() as usize == of.fields.len() && fields != 0 {
        return vec![of.name.clone()];
    }
    of.fields
        .iter()
        .enumerate()
        .filter(|(place, _)| fields & (1 << place) != 0)
        .map(|(_, field)| format!("{}.{}", of.name, field.name))
        .collect()
}

/// The fields of a category by their titles: `“Identity” (Surname, First name)`.
#[must_use]
pub fn titles_of(policy: &Policy, category: CategoryId, fields: u64, language: Language) -> String {
    let of = policy.category(category);
    let title = quoted(of.title.get(language), language);
    if fields.count_ones() as usize == of.fields.len() {
        return title;
    }
    let fields: Vec<&str> = of
        .fields
        .iter()
        .enumerate()
        .filter(|(place, _)| fields & (1 << place) != 0)
        .map(|(_, field)| field.title.get(language))
        .collect();
    format!("{title} ({})", fields.join(", "))
}

/// Kinds of people by their titles; nothing where a purpose concerns no others.
#[must_use]
pub fn kinds_of(policy: &Policy, kinds: KindSet, language: Language) -> String {
    let titles: Vec<String> = kinds
        .iter()
        .map(|kind| quoted(policy.kind(kind).title.get(language), language))
        .collect();
    listed(&titles, language)
}

/// What a role may do, in a sentence without a full stop: the reason of a yes, and of a no what
/// it may do instead.
#[must_use]
pub fn sentence(
    authorisation: &Authorisation,
    policy: &Policy,
    reach: &Reach,
    language: Language,
) -> String {
    let role = quoted(authorisation.role(reach.role).title.get(language), language);
    let action = reach.action.title();
    let data = titles_of(policy, reach.category, reach.fields, language);
    let purpose = quoted(policy.purpose(reach.purpose).title.get(language), language);
    let condition = reach.only.map(Condition::words);
    let only = condition.map_or_else(String::new, |it| format!(", {}", it.get(language)));
    match language {
        Language::En => format!("{role} may, for {purpose}: {}, on {data}{only}", action.en),
        Language::Fr => format!(
            "{role} peut, pour {purpose} : {}, sur {data}{only}",
            action.fr
        ),
    }
}
