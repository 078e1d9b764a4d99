//! Renames: each old name has one heir, and is gone itself.

use std::collections::HashMap;

use crate::diagnostics::Code;
use crate::model::Policy;
use crate::parse::{Context, Sort};

pub(super) fn check(policy: &Policy, context: &Context) {
    macro_rules! sorts {
        ($($sort:ident => $list:ident),+ $(,)?) => {$(
            let renamed = policy.$list.iter().map(|it| (it.name.as_str(), it.was.as_deref()));
            check_list(context, Sort::$sort.section(), Sort::$sort.noun(), renamed.collect());
        )+};
    }
    for_each_list!(sorts);
    for category in &policy.categories {
        let section = format!("categories.{}.fields", category.name);
        let renamed = category
            .fields
            .iter()
            .map(|it| (it.name.as_str(), it.was.as_deref()));
        check_list(context, &section, "field", renamed.collect());
    }
}

/// Reports the renames of one list that do not hold together: names, and what they were before.
pub(crate) fn check_list(
    context: &Context,
    section: &str,
    noun: &str,
    list: Vec<(&str, Option<&str>)>,
) {
    let mut heirs: HashMap<&str, &str> = HashMap::new();
    for (name, was) in &list {
        let Some(was) = *was else { continue };
        let path = format!("{section}.{name}.was");
        if list.iter().any(|(other, _)| *other == was) {
            let message = format!("the {noun} `{was}` still exists, so `{name}` was not it");
            let still = context.places.key(&format!("{section}.{was}"));
            context.report(
                context
                    .at_value(Code::BadRename, &path, message)
                    .label(still, "still here")
                    .help("take `was` away, or take the old one away"),
            );
        } else if let Some(first) = heirs.insert(was, name) {
            let message = format!("both `{first}` and `{name}` were `{was}`");
            let first = context.places.value(&format!("{section}.{first}.was"));
            context.report(
                context
                    .at_value(Code::BadRename, &path, message)
                    .label(first, "first here")
                    .help(format!("one of them takes over what is held as `{was}`")),
            );
        }
    }
}
