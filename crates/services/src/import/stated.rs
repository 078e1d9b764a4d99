//! What an import states of its lines: source, origin, purposes and kind of person, or the form that
//! says them (4a, 6a).

use domain::{Fault, FaultKind};
use policy::model::{
    FieldId, FormId, KindId, OriginId, Person, Policy, ProcessorId, PurposeId, PurposeSet,
};

use super::mapping::{Columns, Settings, field_path};

/// What every import states.
pub(super) struct StatedOf {
    pub(super) source: String,
    pub(super) form: Option<FormId>,
    pub(super) origin: OriginId,
    pub(super) purposes: PurposeSet,
    pub(super) kind: KindId,
}

/// 4a: nothing comes in without origin, purpose and kind of person; and without a source nobody
/// could tell a second run from new people.
pub(super) fn stated(policy: &Policy, settings: &Settings) -> Result<StatedOf, Fault> {
    if let Some(form) = form(policy, settings)? {
        return stated_by_form(policy, settings, form);
    }
    let purposes = purposes(policy, &settings.purposes)?;
    let origin = settings.origin.as_deref();
    let origin = origin.map(|name| {
        one_of(policy.origin_named(name), "origin", name, || {
            origins(policy)
        })
    });
    let kind = settings.kind.as_deref();
    let kind = kind.map(|name| {
        one_of(policy.kind_named(name), "kind of person", name, || {
            kinds(policy, purposes)
        })
    });
    let (origin, kind) = (origin.transpose()?, kind.transpose()?);
    if let (Some(source), Some(origin), Some(kind), false) =
        (&settings.source, origin, kind, purposes.is_empty())
    {
        return Ok(StatedOf {
            source: source.clone(),
            form: None,
            origin,
            purposes,
            kind,
        });
    }
    let mut missing = Vec::new();
    let mut choices = Vec::new();
    if settings.source.is_none() {
        missing.push("source");
        choices.push(SOURCE.to_owned());
    }
    if origin.is_none() {
        missing.push("origin");
        choices.push(format!("origin, one of: {}", origins(policy)));
    }
    if purposes.is_empty() {
        missing.push("purpose");
        choices.push(format!(
            "purpose, one or more of: {}",
            purposes_of(policy, kind)
        ));
    }
    if kind.is_none() {
        missing.push("kind of person");
        choices.push(format!(
            "kind of person, one of: {}",
            kinds(policy, purposes)
        ));
    }
    Err(Fault::new(
        FaultKind::Invalid,
        format!("the import does not state its {}", listed(&missing)),
    )
    .rule("4a")
    .remedy(choices.join("\n")))
}

/// What a source is.
const SOURCE: &str =
    "source: a lasting name of your own for where the file comes from, such as `crm`";

/// The form that an import names.
pub(super) fn form(policy: &Policy, settings: &Settings) -> Result<Option<FormId>, Fault> {
    let named = settings.form.as_deref();
    let form = named.map(|name| {
        one_of(policy.form_named(name), "form", name, || {
            names(policy.forms.iter().map(|form| &form.name))
        })
    });
    form.transpose()
}

/// What a form states for all that was filled in on it; nothing else may be said beside it.
fn stated_by_form(policy: &Policy, settings: &Settings, form: FormId) -> Result<StatedOf, Fault> {
    if settings.origin.is_some() || !settings.purposes.is_empty() {
        return Err(Fault::new(
            FaultKind::Invalid,
            "a form says the origin and the purposes of what is filled in on it",
        )
        .rule(format!("forms.{}", policy.form(form).name))
        .remedy("take the origin and the purposes away, or import without a form"));
    }
    let Some(source) = &settings.source else {
        return Err(
            Fault::new(FaultKind::Invalid, "the import does not state its source")
                .rule("4a")
                .remedy(SOURCE),
        );
    };
    let kind = settings.kind.as_deref();
    let kind = kind.map(|name| {
        one_of(policy.kind_named(name), "kind of person", name, || {
            kinds(policy, policy.form(form).purposes)
        })
    });
    let brought = crate::form::brought(policy, form, kind.transpose()?)?;
    Ok(StatedOf {
        source: source.clone(),
        form: Some(form),
        origin: brought.origin,
        purposes: brought.purposes,
        kind: brought.kind,
    })
}

/// 5b: the form asks for every column; said once, before a line is read.
pub(super) fn asked(policy: &Policy, columns: &Columns, form: FormId) -> Result<(), Fault> {
    let it = policy.form(form);
    let beyond: Vec<FieldId> = columns
        .fields()
        .filter(|field| !it.asks_for(*field))
        .collect();
    if beyond.is_empty() {
        return Ok(());
    }
    let beyond: Vec<String> = beyond
        .into_iter()
        .map(|field| format!("`{}`", field_path(policy, field)))
        .collect();
    Err(Fault::new(
        FaultKind::Refused,
        format!(
            "the form `{}` does not ask for {}",
            it.name,
            beyond.join(", ")
        ),
    )
    .rule(format!("forms.{}", it.name))
    .remedy("drop those columns; nothing was taken in"))
}

fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn one_of<Id>(
    found: Option<Id>,
    what: &str,
    name: &str,
    choices: impl Fn() -> String,
) -> Result<Id, Fault> {
    found.ok_or_else(|| {
        Fault::new(
            FaultKind::Invalid,
            format!("the policy has no {what} `{name}`"),
        )
        .rule("4b")
        .remedy(format!("one of: {}", choices()))
    })
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.cloned().collect::<Vec<_>>().join(", ")
}

fn origins(policy: &Policy) -> String {
    names(policy.origins.iter().map(|origin| &origin.name))
}

/// The purposes that concern a kind of person, or all.
fn purposes_of(policy: &Policy, kind: Option<KindId>) -> String {
    let purposes = policy.purposes.iter();
    let concern = purposes.filter(|it| kind.is_none_or(|kind| it.concerns.contains(kind)));
    names(concern.map(|purpose| &purpose.name))
}

/// The kinds of person that all of the purposes concern, or all.
fn kinds(policy: &Policy, purposes: PurposeSet) -> String {
    let concerned = |kind: KindId| {
        purposes
            .iter()
            .all(|purpose| policy.purpose(purpose).concerns.contains(kind))
    };
    let kinds = (0u8..).map(KindId).zip(&policy.kinds);
    names(
        kinds
            .filter(|(id, _)| concerned(*id))
            .map(|(_, kind)| &kind.name),
    )
}

pub(super) fn purposes(policy: &Policy, named: &[String]) -> Result<PurposeSet, Fault> {
    let ids: Result<Vec<PurposeId>, Fault> = named
        .iter()
        .map(|name| {
            one_of(policy.purpose_named(name), "purpose", name, || {
                purposes_of(policy, None)
            })
        })
        .collect();
    Ok(ids?.into_iter().collect())
}

pub(super) fn person(named: Option<&str>) -> Result<Option<Person>, Fault> {
    match named {
        None => Ok(None),
        Some("private") => Ok(Some(Person::Private)),
        Some("professional") => Ok(Some(Person::Professional)),
        Some(_) => Err(Fault::new(
            FaultKind::Invalid,
            "people are met as `private` or `professional`",
        )
        .remedy("say one of the two, or neither: then the stricter rules apply")),
    }
}

pub(super) fn processor(
    policy: &Policy,
    named: Option<&str>,
) -> Result<Option<ProcessorId>, Fault> {
    let choices = || names(policy.processors.iter().map(|processor| &processor.name));
    named
        .map(|name| one_of(policy.processor_named(name), "processor", name, choices))
        .transpose()
}
