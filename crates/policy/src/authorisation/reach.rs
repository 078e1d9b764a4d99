//! Exact answers to two questions: who may do something with this, and what may this role do (9c).

use super::action::{Action, ActionSet};
use super::model::{Authorisation, Condition};
use super::table::Cell;
use crate::model::{CategoryId, KindId, KindSet, Policy, PurposeId, RoleId};
use crate::tables::{categories, kinds, purposes};

/// One thing that a role may do: with these fields of a category, for a purpose, about these kinds
/// of people, on this condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Reach {
    /// Who.
    pub role: RoleId,
    /// What is done.
    pub action: Action,
    /// What for.
    pub purpose: PurposeId,
    /// With which category.
    pub category: CategoryId,
    /// With which of its fields, as bits; never none.
    pub fields: u64,
    /// About which kinds of people; never none.
    pub kinds: KindSet,
    /// On which condition alone.
    pub only: Option<Condition>,
}

/// The conditions that a field may be open on, the widest first.
const CONDITIONS: [Option<Condition>; 3] =
    [None, Some(Condition::OwnClients), Some(Condition::Matter)];

impl Authorisation {
    /// Who may do what with some fields of a category for a purpose, role by role.
    #[must_use]
    pub fn who(
        &self,
        policy: &Policy,
        category: CategoryId,
        fields: u64,
        purpose: PurposeId,
    ) -> Vec<Reach> {
        let mut found = Vec::new();
        for role in self.role_ids() {
            for action in Action::ALL {
                self.cells(
                    policy,
                    (role, *action, purpose, category),
                    fields,
                    &mut found,
                );
            }
        }
        found
    }

    /// What a role may do: purpose by purpose, act by act, category by category.
    #[must_use]
    pub fn what(&self, policy: &Policy, role: RoleId) -> Vec<Reach> {
        let mut found = Vec::new();
        for purpose in purposes(policy) {
            for action in Action::ALL {
                for category in categories(policy) {
                    let of = (role, *action, purpose, category);
                    self.cells(policy, of, u64::MAX, &mut found);
                }
            }
        }
        found
    }

    /// What a role may do for a purpose, with whichever data and about whomever.
    #[must_use]
    pub fn actions(&self, policy: &Policy, role: RoleId, purpose: PurposeId) -> ActionSet {
        let may = |action: Action| {
            categories(policy).any(|category| {
                kinds(policy)
                    .any(|kind| !self.cell(role, action, purpose, kind, category).is_empty())
            })
        };
        let all = Action::ALL.iter().copied();
        all.filter(|action| may(*action)).collect()
    }

    /// The purposes for which a role may do something, in the policy's order: what somebody who has
    /// it can be at work for.
    #[must_use]
    pub fn purposes(&self, policy: &Policy, role: RoleId) -> Vec<PurposeId> {
        purposes(policy)
            .filter(|purpose| !self.actions(policy, role, *purpose).is_empty())
            .collect()
    }

    /// Adds what the cells of all kinds of people come to: kinds that are alike together.
    fn cells(
        &self,
        policy: &Policy,
        (role, action, purpose, category): (RoleId, Action, PurposeId, CategoryId),
        wanted: u64,
        found: &mut Vec<Reach>,
    ) {
        let cell = |kind| self.cell(role, action, purpose, kind, category);
        // Most are empty, and there are as many as all names multiplied.
        if kinds(policy).all(|kind| cell(kind).is_empty()) {
            return;
        }
        let cells: Vec<(KindId, Cell)> = kinds(policy).map(|kind| (kind, cell(kind))).collect();
        for only in CONDITIONS {
            let mut alike: Vec<(u64, KindSet)> = Vec::new();
            for (kind, cell) in &cells {
                let fields = cell.on(only) & wanted;
                if fields == 0 {
                    continue;
                }
                match alike.iter_mut().find(|(known, _)| *known == fields) {
                    Some((_, kinds)) => kinds.insert(*kind),
                    None => alike.push((fields, [*kind].into_iter().collect())),
                }
            }
            found.extend(alike.into_iter().map(|(fields, kinds)| Reach {
                role,
                action,
                purpose,
                category,
                fields,
                kinds,
                only,
            }));
        }
    }
}
