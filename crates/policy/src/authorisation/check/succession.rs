//! Roles that were renamed, and an authorisation that follows another.

use super::super::model::Authorisation;
use crate::check::{rename_list, renames};
use crate::compare::mapping::Named;
use crate::diagnostics::Code;
use crate::parse::{Context, Sort};

/// Reports renames of roles that do not hold together within the file.
pub(super) fn renames_within(authorisation: &Authorisation, context: &Context) {
    let roles = authorisation.roles.iter().map(|it| (it.name(), it.was()));
    let (section, noun) = (Sort::Role.section(), Sort::Role.noun());
    rename_list(context, section, noun, roles.collect());
}

/// Reports what does not hold together between the authorisation in force and the one to follow it.
pub(in crate::authorisation) fn check(old: &Authorisation, new: &Authorisation, context: &Context) {
    if old.digest == new.digest {
        return;
    }
    let path = "authorisation.version";
    if new.version <= old.version && context.places.has(path) {
        let message = format!(
            "version {} does not follow version {}",
            new.version, old.version
        );
        context.report(
            context
                .at_value(Code::VersionNotHigher, path, message)
                .help(format!(
                    "write `version = {}`",
                    old.version.saturating_add(1)
                )),
        );
    }
    let (section, noun) = (Sort::Role.section(), Sort::Role.noun());
    renames(context, section, noun, &old.roles, &new.roles);
}
