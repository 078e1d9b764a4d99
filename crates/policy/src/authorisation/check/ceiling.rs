//! The policy is the ceiling: each thing that a grant names opens something, or it is an error that
//! says what the policy allows (9a, 9c).

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::grant_path;
use crate::authorisation::action::Action;
use crate::authorisation::model::{Condition, Grant, Role};
use crate::authorisation::table::{ceiling, data_of, kinds_of};
use crate::authorisation::words::names_of;
use crate::check::list;
use crate::diagnostics::Code;
use crate::model::{CategoryId, KindId, Policy, PurposeId, RecipientId, Use};
use crate::parse::Context;
use crate::tables::purposes;

pub(super) fn check(role: &Role, policy: &Policy, context: &Context) {
    let Some(recipient) = role.recipient else {
        return;
    };
    for (place, grant) in role.grants.iter().enumerate() {
        let path = grant_path(role, place);
        if context.is_broken(&path) {
            continue;
        }
        let checked = Checked {
            role,
            recipient,
            grant,
            policy,
            context,
            path,
            reported: RefCell::default(),
        };
        for (place, action) in grant.actions.iter().enumerate() {
            checked.action(place, *action);
        }
        checked.condition();
    }
}

/// A grant that is checked.
struct Checked<'a> {
    role: &'a Role,
    recipient: RecipientId,
    grant: &'a Grant,
    policy: &'a Policy,
    context: &'a Context,
    path: String,
    /// What was reported of one action is not said again of the next.
    reported: RefCell<BTreeSet<String>>,
}

impl Checked<'_> {
    /// What the first of an action's names opens nothing is said of; what follows from it is not.
    fn action(&self, place: usize, action: Action) {
        for (place, purpose) in named(self.grant.purposes.as_deref()) {
            if !self.opens(action, purpose, None, None) {
                return self.no_purpose(place, purpose, action);
            }
        }
        for (place, used) in named(self.grant.data.as_deref()) {
            if self.for_some_purpose(action, Some(used), None) == 0 {
                return self.no_data(place, used, action);
            }
        }
        for (place, kind) in named(self.grant.kinds.as_deref()) {
            if self.for_some_purpose(action, None, Some(kind)) == 0 {
                return self.no_kind(place, kind, action);
            }
        }
        if self.for_some_purpose(action, None, None) == 0 {
            let message = format!(
                "`{}` may {} nothing: the policy gives `{}` nothing to read",
                self.role.name,
                action.name(),
                self.recipient_name()
            );
            self.report(&format!("{}.actions[{place}]", self.path), message, None);
        }
    }

    /// Whether an action opens something for a purpose.
    fn opens(
        &self,
        action: Action,
        purpose: PurposeId,
        used: Option<Use>,
        kind: Option<KindId>,
    ) -> bool {
        self.fields(action, purpose, used, kind) != 0
    }

    /// The fields that an action opens for some purpose of the grant.
    fn for_some_purpose(&self, action: Action, used: Option<Use>, kind: Option<KindId>) -> u64 {
        purposes(self.policy)
            .map(|purpose| self.fields(action, purpose, used, kind))
            .fold(0, |all, fields| all | fields)
    }

    /// The fields of one category that an action opens for a purpose; of all of them together,
    /// which says no more than whether there are some, if none is named.
    fn fields(
        &self,
        action: Action,
        purpose: PurposeId,
        used: Option<Use>,
        kind: Option<KindId>,
    ) -> u64 {
        let kinds = kinds_of(self.grant, self.policy, purpose);
        if kinds.is_empty() || kind.is_some_and(|kind| !kinds.contains(kind)) {
            return 0;
        }
        let within = ceiling(self.policy, self.recipient, action, purpose);
        match used {
            Some(used) => within[used.category.index()] & used.fields,
            None => {
                let data = data_of(self.grant, within.len());
                let both = within.iter().zip(&data);
                both.fold(0, |all, (within, named)| all | within & named)
            }
        }
    }

    fn no_purpose(&self, place: usize, purpose: PurposeId, action: Action) {
        let name = &self.policy.purpose(purpose).name;
        let within = ceiling(self.policy, self.recipient, action, purpose);
        let allowed = listed(self.policy, within);
        let concerned = self.policy.purpose(purpose).concerns;
        let (message, help) = if allowed.is_empty() {
            let message = format!(
                "`{}` may {} nothing for `{name}`: the policy does not let `{}` read for it",
                self.role.name,
                action.name(),
                self.recipient_name()
            );
            (message, self.purposes_of_the_recipient(action))
        } else if kinds_of(self.grant, self.policy, purpose).is_empty() {
            let kinds: Vec<&str> = concerned
                .iter()
                .map(|kind| self.policy.kind(kind).name.as_str())
                .collect();
            let message = format!("`{name}` concerns none of the kinds of people that are named");
            (message, format!("it concerns {}", list(&kinds)))
        } else {
            let message = format!(
                "the data that is named here is not what `{}` may {} for `{name}`",
                self.role.name,
                action.name(),
            );
            (message, format!("the policy allows {}", list(&allowed)))
        };
        let path = format!("{}.purposes[{place}]", self.path);
        self.report(&path, message, Some(help));
    }

    fn no_data(&self, place: usize, used: Use, action: Action) {
        let message = format!(
            "`{}` may not {} {} for any purpose of this grant",
            self.role.name,
            action.name(),
            list(&names_of(self.policy, used.category, used.fields))
        );
        let open = Use {
            category: used.category,
            fields: u64::MAX,
        };
        let of_the_category = self.for_some_purpose(action, Some(open), None);
        let help = if of_the_category != 0 {
            let allowed = list(&names_of(self.policy, used.category, of_the_category));
            format!("of this category the policy allows {allowed}")
        } else {
            let mut all = vec![0; self.policy.categories.len()];
            for purpose in purposes(self.policy) {
                if !kinds_of(self.grant, self.policy, purpose).is_empty() {
                    let within = ceiling(self.policy, self.recipient, action, purpose);
                    for (sum, fields) in all.iter_mut().zip(within) {
                        *sum |= fields;
                    }
                }
            }
            format!("the policy allows {}", list(&listed(self.policy, &all)))
        };
        let path = format!("{}.data[{place}]", self.path);
        self.report(&path, message, Some(help));
    }

    fn no_kind(&self, place: usize, kind: KindId, action: Action) {
        let message = format!(
            "`{}` may {} nothing about a `{}`: no purpose of this grant concerns such people",
            self.role.name,
            action.name(),
            self.policy.kind(kind).name
        );
        let mut kinds = Vec::new();
        for purpose in purposes(self.policy) {
            for kind in kinds_of(self.grant, self.policy, purpose).iter() {
                let name = self.policy.kind(kind).name.as_str();
                if !kinds.contains(&name) && self.opens(action, purpose, None, Some(kind)) {
                    kinds.push(name);
                }
            }
        }
        let path = format!("{}.kinds[{place}]", self.path);
        self.report(
            &path,
            message,
            Some(format!("they concern {}", list(&kinds))),
        );
    }

    /// A condition on the matter, where the policy knows no matter at all, never holds.
    fn condition(&self) {
        let knows_matters = self.policy.facts.iter().any(|fact| fact.about_matter);
        if self.grant.only == Some(Condition::Matter) && !knows_matters {
            let path = format!("{}.only", self.path);
            let message = "no fact of the policy is about a matter, so there is none to name";
            self.context.report(
                self.context
                    .at_value(Code::ConditionNeverHolds, &path, message)
                    .help("say `about-matter = true` of the facts that are, or take `only` away"),
            );
        }
    }

    fn purposes_of_the_recipient(&self, action: Action) -> String {
        let names: Vec<&str> = purposes(self.policy)
            .filter(|purpose| {
                let within = ceiling(self.policy, self.recipient, action, *purpose);
                within.iter().any(|fields| *fields != 0)
            })
            .map(|purpose| self.policy.purpose(purpose).name.as_str())
            .collect();
        match names.is_empty() {
            true => "nothing at all".to_owned(),
            false => format!("it reads for {}", list(&names)),
        }
    }

    fn recipient_name(&self) -> &str {
        &self.policy.recipient(self.recipient).name
    }

    fn report(&self, path: &str, message: String, help: Option<String>) {
        if !self.reported.borrow_mut().insert(path.to_owned()) {
            return;
        }
        let diagnostic = self
            .context
            .at_value(Code::BeyondCeiling, path, message)
            .label(
                self.context
                    .places
                    .value(&format!("roles.{}.recipient", self.role.name)),
                "its ceiling",
            );
        self.context.report(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic.help("grant it nothing, or let the recipient read in the policy"),
        });
    }
}

/// The names of a list with their places; none if it was left out.
fn named<T: Copy>(list: Option<&[T]>) -> impl Iterator<Item = (usize, T)> {
    list.unwrap_or_default().iter().copied().enumerate()
}

/// What is open, named as in the file.
fn listed(policy: &Policy, fields: &[u64]) -> Vec<String> {
    (0u8..)
        .map(CategoryId)
        .zip(fields)
        .flat_map(|(category, fields)| names_of(policy, category, *fields))
        .collect()
}
