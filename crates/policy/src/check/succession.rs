//! A policy that follows another: a higher version, and renames that say so.

use crate::compare::mapping::{Named, before};
use crate::diagnostics::Code;
use crate::model::Policy;
use crate::parse::{Context, Sort};

/// Reports what does not hold together between the policy in force and the one to follow it.
pub(crate) fn check(old: &Policy, new: &Policy, context: &Context) {
    if old.digest == new.digest {
        return;
    }
    version(old, new, context);
    macro_rules! sorts {
        ($($sort:ident => $list:ident),+ $(,)?) => {$(
            let (section, noun) = (Sort::$sort.section(), Sort::$sort.noun());
            renames(context, section, noun, &old.$list, &new.$list);
        )+};
    }
    for_each_list!(sorts);
    for category in &new.categories {
        if let Some(former) = before(&old.categories, category) {
            let section = format!("categories.{}.fields", category.name);
            renames(context, &section, "field", &former.fields, &category.fields);
        }
    }
}

fn version(old: &Policy, new: &Policy, context: &Context) {
    if new.version <= old.version && context.places.has("policy.version") {
        let message = format!(
            "version {} does not follow version {}",
            new.version, old.version
        );
        context.report(
            context
                .at_value(Code::VersionNotHigher, "policy.version", message)
                .help(format!(
                    "write `version = {}`",
                    old.version.saturating_add(1)
                )),
        );
    }
}

/// Reports renames between two versions of a list that do not hold together, or are not said.
pub(crate) fn renames<T: Named>(
    context: &Context,
    section: &str,
    noun: &str,
    old: &[T],
    new: &[T],
) {
    let gone: Vec<&T> = old
        .iter()
        .filter(|it| {
            !new.iter()
                .any(|n| before(old, n).is_some_and(|b| b.name() == it.name()))
        })
        .collect();
    for it in new.iter().filter(|it| before(old, *it).is_none()) {
        let path = format!("{section}.{}", it.name());
        let at = format!("{path}.was");
        if let Some(was) = it.was() {
            let message = format!("there was no {noun} `{was}` in what is in force");
            context.report(
                context
                    .at_value(Code::BadRename, &at, message)
                    .help("correct the name, or take `was` away if this is new"),
            );
        } else if !context.places.has(&at)
            && let Some(former) = gone.iter().find(|former| alike(**former, it))
        {
            let former = former.name();
            let message = format!(
                "the {noun} `{former}` is gone, and `{}` looks like it",
                it.name()
            );
            context.report(context.at_key(Code::RenameUnsaid, &path, message).help(format!(
                "add `was = \"{former}\"` if it was renamed, `was = \"none\"` if this is another"
            )));
        }
    }
}

/// Whether two things may be one under two names: one title, or all but one name.
fn alike<T: Named>(old: &T, new: &T) -> bool {
    let (then, now) = (old.title(), new.title());
    let one_title =
        !now.en.is_empty() && then.en == now.en || !now.fr.is_empty() && then.fr == now.fr;
    let length = new.name().len().min(old.name().len());
    one_title || length >= 5 && strsim::osa_distance(old.name(), new.name()) <= length / 5
}
