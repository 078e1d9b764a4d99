//! Names of the policy in force, as they are given on the command line.

use domain::{Fault, FaultKind};
use policy::model::{
    CategoryId, CategorySet, ChannelId, ChannelSet, DocumentId, FactId, FieldId, FormId, KindId,
    OriginId, Policy, ProcessorId, PurposeId, PurposeSet, RecipientId,
};

/// Finds names of one sort.
macro_rules! finders {
    ($($(#[$doc:meta])* $name:ident, $by_name:ident, $id:ident, $list:ident, $what:literal);+ $(;)?) => {$(
        $(#[$doc])*
        pub(super) fn $name(policy: &Policy, name: &str) -> Result<$id, Fault> {
            policy.$by_name(name).ok_or_else(|| {
                unknown($what, policy.$list.iter().map(|known| known.name.as_str()))
            })
        }
    )+};
}

finders! {
    /// The category of this name.
    category, category_named, CategoryId, categories, "category";
    /// The channel of this name.
    channel, channel_named, ChannelId, channels, "channel";
    /// The document of this name.
    document, document_named, DocumentId, documents, "document";
    /// The kind of fact of this name.
    fact, fact_named, FactId, facts, "kind of fact";
    /// The form of this name.
    form, form_named, FormId, forms, "form";
    /// The kind of data subject of this name.
    kind, kind_named, KindId, kinds, "kind of person";
    /// The origin of this name.
    origin, origin_named, OriginId, origins, "origin";
    /// The processor of this name.
    processor, processor_named, ProcessorId, processors, "processor";
    /// The purpose of this name.
    purpose, purpose_named, PurposeId, purposes, "purpose";
    /// The recipient of this name.
    recipient, recipient_named, RecipientId, recipients, "recipient";
}

/// The field of this name, `category.field` or the field alone.
pub(super) fn field(policy: &Policy, name: &str) -> Result<FieldId, Fault> {
    policy.field_named(name).ok_or_else(|| {
        let category = name.split_once('.').map(|(category, _)| category);
        match category.and_then(|category| policy.category_named(category)) {
            Some(category) => {
                let fields = &policy.category(category).fields;
                unknown("field", fields.iter().map(|known| known.name.as_str()))
            }
            None => unknown(
                "field",
                policy.categories.iter().map(|known| known.name.as_str()),
            )
            .remedy("name one as `category.field`; `kept register` lists what is collected"),
        }
    })
}

/// The categories of these names; none named: none.
pub(super) fn categories(policy: &Policy, names: &[String]) -> Result<CategorySet, Fault> {
    names.iter().map(|name| category(policy, name)).collect()
}

/// The channels of these names.
pub(super) fn channels(policy: &Policy, names: &[String]) -> Result<ChannelSet, Fault> {
    names.iter().map(|name| channel(policy, name)).collect()
}

/// The purposes of these names.
pub(super) fn purposes(policy: &Policy, names: &[String]) -> Result<PurposeSet, Fault> {
    names.iter().map(|name| purpose(policy, name)).collect()
}

/// 4a: what is stated comes from somewhere, or is not taken in.
pub(super) fn no_origin(what: &str) -> Fault {
    Fault::new(
        FaultKind::Invalid,
        format!("{what} does not state its origin (--origin)"),
    )
    .rule("4a")
    .remedy("say where it comes from: an origin of the policy")
}

/// 4b: what the policy in force does not declare cannot be used. The name itself is not repeated:
/// a value may have been given in its place.
fn unknown<'a>(what: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let known: Vec<&str> = known.collect();
    Fault::new(
        FaultKind::Invalid,
        format!("the policy in force has no such {what}"),
    )
    .rule("4b")
    .remedy(format!("use one of {}", known.join(", ")))
}
