//! Forms: they ask for what their purposes need, and for nothing else (5b).

use std::collections::BTreeMap;

use crate::diagnostics::{Code, Diagnostic};
use crate::model::{CategoryId, FieldId, Form, Nature, Policy, PurposeId};
use crate::parse::Context;

pub(super) fn check(policy: &Policy, context: &Context) {
    for form in &policy.forms {
        let at = format!("forms.{}", form.name);
        let known = |key: &str| !context.is_broken(&format!("{at}.{key}"));
        asks_something(context, form, &at, &known);
        twice(policy, context, form, &at);
        if known("origin") {
            by_the_person(policy, context, form, &at);
        }
        if known("kinds") {
            with_a_basis(policy, context, form, &at);
        }
        if known("during") {
            within_a_matter(policy, context, form, &at);
        }
        if known("purposes") && uses_are_known(policy, context, form) {
            needed(policy, context, form, &at);
            if known("required") && known("optional") {
                idle(policy, context, form, &at);
            }
        }
    }
}

/// Whether what its purposes use is known: no name in it is wrong.
fn uses_are_known(policy: &Policy, context: &Context, form: &Form) -> bool {
    form.purposes.iter().all(|purpose| {
        let name = &policy.purposes[purpose.index()].name;
        !context.is_broken(&format!("purposes.{name}.uses"))
    })
}

/// What a form asks for, by the place of the file that says so.
fn by_place(form: &Form, at: &str) -> BTreeMap<(bool, usize), (String, Vec<FieldId>)> {
    let mut places = BTreeMap::new();
    for asked in &form.asks {
        let key = if asked.required {
            "required"
        } else {
            "optional"
        };
        places
            .entry((!asked.required, asked.place))
            .or_insert_with(|| (format!("{at}.{key}[{}]", asked.place), Vec::new()))
            .1
            .push(asked.field);
    }
    places
}

/// A field as the file names it.
fn name(policy: &Policy, field: FieldId) -> String {
    let category = &policy.categories[field.category.index()];
    format!("{}.{}", category.name, policy.field(field).name)
}

fn names(policy: &Policy, fields: &[FieldId]) -> String {
    let names: Vec<String> = fields.iter().map(|field| name(policy, *field)).collect();
    super::list(&names)
}

fn uses(policy: &Policy, purpose: PurposeId, field: FieldId) -> bool {
    let used = policy.tables.use_fields[purpose.index()][field.category.index()];
    used & (1 << field.field) != 0
}

fn asks_something(context: &Context, form: &Form, at: &str, known: &dyn Fn(&str) -> bool) {
    let nothing = form.asks.is_empty() && known("required") && known("optional");
    for (is, message, help) in [
        (
            nothing,
            "asks for nothing",
            "add `required = [...]` or `optional = [...]` with the fields that it asks for",
        ),
        (
            form.kinds.is_empty() && context.places.has(&format!("{at}.kinds")) && known("kinds"),
            "is for nobody",
            "name the kinds of subject that fill it in, or take the form away",
        ),
        (
            form.purposes.is_empty()
                && context.places.has(&format!("{at}.purposes"))
                && known("purposes"),
            "serves no purpose",
            "name the purposes that the answers are for, or take the form away",
        ),
    ] {
        if is {
            let message = format!("the form `{}` {message}", form.name);
            context.report(context.at_key(Code::FormAsks, at, message).help(help));
        }
    }
}

fn twice(policy: &Policy, context: &Context, form: &Form, at: &str) {
    let mut seen: BTreeMap<FieldId, String> = BTreeMap::new();
    for (path, fields) in by_place(form, at).into_values() {
        let again = fields.iter().find(|field| seen.contains_key(*field));
        if let Some(field) = again {
            let message = format!(
                "the form `{}` asks for `{}` twice",
                form.name,
                name(policy, *field)
            );
            context.report(
                context
                    .at_value(Code::FormAsks, &path, message)
                    .label(context.places.value(&seen[field]), "first here")
                    .help("an answer is compulsory or optional: leave it in one of the lists"),
            );
        }
        for field in fields {
            seen.entry(field).or_insert_with(|| path.clone());
        }
    }
}

/// 6a: what a form brings in was supplied by the person.
fn by_the_person(policy: &Policy, context: &Context, form: &Form, at: &str) {
    let Some(origin) = policy.origins.get(form.origin.index()) else {
        return; // no origin is declared at all, which is reported
    };
    if origin.from_person || !context.places.has(&format!("{at}.origin")) {
        return;
    }
    let message = format!(
        "the form `{}` has the origin `{}`, which is not the person",
        form.name, origin.name
    );
    context.report(
        context
            .at_value(Code::FormOrigin, &format!("{at}.origin"), message)
            .label(
                context.places.key(&format!("origins.{}", origin.name)),
                "not `from-person`",
            )
            .help("name an origin with `from-person = true`; what others supply is imported"),
    );
}

/// 4a, 8a: each purpose concerns every kind that fills the form in.
fn with_a_basis(policy: &Policy, context: &Context, form: &Form, at: &str) {
    for purpose in form.purposes.iter() {
        let it = &policy.purposes[purpose.index()];
        let path = format!("purposes.{}", it.name);
        if ["basis", "concerns"]
            .iter()
            .any(|key| context.is_broken(&format!("{path}.{key}")))
        {
            continue;
        }
        let without: Vec<&str> = form
            .kinds
            .iter()
            .filter(|kind| !it.concerns.contains(*kind))
            .map(|kind| policy.kinds[kind.index()].name.as_str())
            .collect();
        if without.is_empty() {
            continue;
        }
        let message = format!(
            "the form `{}` serves `{}`, which has no legal basis for {}",
            form.name,
            it.name,
            super::list(&without)
        );
        context.report(
            context
                .at_value(Code::FormWithoutBasis, &format!("{at}.purposes"), message)
                .label(context.places.key(&path), "the purpose")
                .help(format!(
                    "take `{}` out of `purposes`, the kind out of `kinds`, or give the purpose a \
                     basis for it",
                    it.name
                )),
        );
    }
}

/// 5b, 5c: what is collected within a named matter alone is asked for in one.
fn within_a_matter(policy: &Policy, context: &Context, form: &Form, at: &str) {
    for (path, fields) in by_place(form, at).into_values() {
        let outside = fields
            .iter()
            .find_map(|field| matter_needed(policy, form, *field));
        let Some((category, span)) = outside else {
            continue;
        };
        let category = &policy.categories[category.index()];
        let special = match category.nature {
            Nature::Special => ", special-category data,",
            Nature::Ordinary | Nature::Technical => "",
        };
        let message = format!(
            "the form `{}` asks for `{}`{special} outside a `{span}`",
            form.name, category.name
        );
        let within = format!("categories.{}.only-during", category.name);
        context.report(
            context
                .at_value(Code::FormOutsideMatter, &path, message)
                .label(context.places.value(&within), "collected within one alone")
                .help(format!(
                    "take it out of the form, or add `during = \"{span}\"`: then the form is \
                     filled in for a named one, while it is open"
                )),
        );
    }
}

/// The category of a field and the span within which alone it is collected, if the form is not
/// filled in within one.
fn matter_needed<'p>(
    policy: &'p Policy,
    form: &Form,
    field: FieldId,
) -> Option<(CategoryId, &'p str)> {
    let span = policy.categories[field.category.index()].only_during?;
    let name = policy.spans.get(span.index())?.name.as_str();
    (form.during != Some(span)).then_some((field.category, name))
}

/// 5b: some purpose of the form uses each field.
fn needed(policy: &Policy, context: &Context, form: &Form, at: &str) {
    for (path, fields) in by_place(form, at).into_values() {
        let idle: Vec<FieldId> = fields
            .into_iter()
            .filter(|field| !form.purposes.iter().any(|it| uses(policy, it, *field)))
            .collect();
        if idle.is_empty() || form.purposes.is_empty() {
            continue;
        }
        let message = format!(
            "the form `{}` asks for {}, which none of its purposes needs",
            form.name,
            names(policy, &idle)
        );
        let diagnostic = context.at_value(Code::FormBeyondPurpose, &path, message);
        let diagnostic = with_what_is_used(policy, context, form, diagnostic);
        context.report(diagnostic.help(remedy(policy, form, &idle)));
    }
}

/// What each purpose of the form uses, beside what it is asked for without need.
fn with_what_is_used(
    policy: &Policy,
    context: &Context,
    form: &Form,
    mut diagnostic: Diagnostic,
) -> Diagnostic {
    for purpose in form.purposes.iter() {
        let it = &policy.purposes[purpose.index()];
        let used: Vec<String> = it
            .uses
            .iter()
            .map(|used| super::what(policy, used.category, used.fields))
            .collect();
        let place = context.places.value(&format!("purposes.{}.uses", it.name));
        diagnostic = diagnostic.label(
            place,
            format!("it serves `{}`, which uses {}", it.name, used.join(", ")),
        );
    }
    diagnostic
}

fn remedy(policy: &Policy, form: &Form, idle: &[FieldId]) -> String {
    let all = (0u8..).map(PurposeId).zip(&policy.purposes);
    let others: Vec<&str> = all
        .filter(|(id, it)| {
            form.kinds.iter().all(|kind| it.concerns.contains(kind))
                && idle.iter().all(|field| uses(policy, *id, *field))
        })
        .map(|(_, it)| it.name.as_str())
        .collect();
    let take_out = "take it out of the form, or add it to the `uses` of a purpose that needs it";
    match others.as_slice() {
        [] => take_out.to_owned(),
        others => format!(
            "{take_out}; if the form is for {} as well, say so in `purposes`",
            or(others)
        ),
    }
}

/// Names in a sentence: `a`, `b` or `c`.
fn or(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        _ => quoted.concat(),
    }
}

/// Purpose limitation: a form serves no purpose that takes nothing from it.
fn idle(policy: &Policy, context: &Context, form: &Form, at: &str) {
    for purpose in form.purposes.iter() {
        if form.asks.is_empty() || form.asks.iter().any(|it| uses(policy, purpose, it.field)) {
            continue;
        }
        let it = &policy.purposes[purpose.index()].name;
        let message = format!(
            "the form `{}` serves `{it}`, which uses nothing that it asks for",
            form.name
        );
        context.report(
            context
                .at_value(Code::FormIdlePurpose, &format!("{at}.purposes"), message)
                .label(
                    context.places.value(&format!("purposes.{it}.uses")),
                    "what it uses",
                )
                .help(format!(
                    "take `{it}` out of `purposes`, or ask for what it needs"
                )),
        );
    }
}
