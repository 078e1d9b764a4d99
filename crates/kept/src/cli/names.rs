//! Names of the policy in force, as they are given on the command line.

use domain::{Fault, FaultKind};
use policy::model::{CategoryId, Policy};

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
}

/// 4b: what the policy in force does not declare cannot be used. The name itself is not repeated:
/// a value may have been given in its place.
fn unknown<'a>(what: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let known: Vec<&str> = known.collect();
    Fault::new(
        FaultKind::Invalid,
        format!("the policy in force has no such {what}"),
    )
    .remedy(format!("use one of {}", known.join(", ")))
}
