//! Names of the policy in what programs send. One that is not there is not repeated: it might be
//! anything.

use axum::http::StatusCode;
use policy::authorisation::Action;
use policy::model::{
    CategoryId, CategorySet, ChannelId, ChannelSet, FieldId, Policy, PurposeId, PurposeSet,
};

use super::problem::Wrong;

/// What a name should have been.
pub(super) fn unknown(what: &str, at: &str) -> Wrong {
    Wrong::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        format!("the policy has no such {what} as `{at}` names"),
    )
    .rule("4b")
    .remedy("GET /api/v1/catalogue lists the names of the policy in force")
}

macro_rules! named {
    ($($name:ident($by:ident) -> $id:ty, $what:literal;)+) => {$(
        pub(super) fn $name(policy: &Policy, name: &str, at: &str) -> Result<$id, Wrong> {
            policy.$by(name).ok_or_else(|| unknown($what, at))
        }
    )+};
}

named! {
    purpose(purpose_named) -> PurposeId, "purpose";
    category(category_named) -> CategoryId, "category";
    field(field_named) -> FieldId, "field";
    kind(kind_named) -> policy::model::KindId, "kind of person";
    origin(origin_named) -> policy::model::OriginId, "origin";
    channel(channel_named) -> ChannelId, "channel";
    fact(fact_named) -> policy::model::FactId, "event";
    form(form_named) -> policy::model::FormId, "form";
    processor(processor_named) -> policy::model::ProcessorId, "processor";
    document(document_named) -> policy::model::DocumentId, "document";
}

/// Several purposes.
pub(super) fn purposes(policy: &Policy, names: &[String], at: &str) -> Result<PurposeSet, Wrong> {
    names.iter().map(|name| purpose(policy, name, at)).collect()
}

/// Several channels.
pub(super) fn channels(policy: &Policy, names: &[String], at: &str) -> Result<ChannelSet, Wrong> {
    names.iter().map(|name| channel(policy, name, at)).collect()
}

/// Several categories.
pub(super) fn categories(
    policy: &Policy,
    names: &[String],
    at: &str,
) -> Result<CategorySet, Wrong> {
    names
        .iter()
        .map(|name| category(policy, name, at))
        .collect()
}

/// Categories as the parameter of an address lists them; all where it is left out.
pub(super) fn listed(policy: &Policy, list: Option<&str>) -> Result<CategorySet, Wrong> {
    match list {
        None => Ok(everything()),
        Some(list) => list
            .split(',')
            .map(|name| category(policy, name.trim(), "categories"))
            .collect(),
    }
}

/// Every category.
pub(super) fn everything() -> CategorySet {
    CategorySet(u128::MAX)
}

/// An action of the authorisation.
pub(super) fn action(name: &str) -> Result<Action, Wrong> {
    Action::named(name).ok_or_else(|| {
        let known: Vec<&str> = Action::ALL.iter().map(|one| one.name()).collect();
        Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, "there is no such action")
            .remedy(format!("one of {}", known.join(", ")))
    })
}

/// An identifier in a body or an address; one that is none and one of nothing are the same.
pub(super) fn id<T: std::str::FromStr>(text: &str) -> Result<T, Wrong> {
    text.parse()
        .map_err(|_| Wrong::new(StatusCode::NOT_FOUND, "there is nothing of this identifier"))
}

/// An identifier in a body, which is to be one.
pub(super) fn id_at<T: std::str::FromStr>(text: &str, at: &str) -> Result<T, Wrong> {
    text.parse().map_err(|_| {
        let why = format!("`{at}` is not an identifier");
        Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why)
    })
}

/// A moment, or a day, in a body.
pub(super) fn at<T: std::str::FromStr>(
    text: Option<&String>,
    name: &str,
) -> Result<Option<T>, Wrong> {
    let parsed = text.map(|text| text.parse());
    parsed.transpose().map_err(|_| {
        let why = format!("`{name}` is not a date or a moment as ISO 8601 writes them");
        Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why)
    })
}

/// The names of categories.
pub(super) fn of_categories(policy: &Policy, categories: CategorySet) -> Vec<String> {
    let declared = policy.categories.len();
    let named = categories.iter().filter(|id| id.index() < declared);
    named.map(|id| policy.category(id).name.clone()).collect()
}

/// The names of fields, as `category.field`.
pub(super) fn of_fields(policy: &Policy, category: CategoryId, fields: u64) -> Vec<String> {
    let of = policy.category(category);
    (0..of.fields.len())
        .filter(|place| fields & 1 << place != 0)
        .map(|place| format!("{}.{}", of.name, of.fields[place].name))
        .collect()
}
