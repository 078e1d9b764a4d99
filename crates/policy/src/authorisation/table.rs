//! The table that answers every question: what a role may do, with which fields of a category,
//! about which kind of person, for which purpose, and on which condition.

use std::collections::HashMap;

use super::action::Action;
use super::model::{Authorisation, Condition, Grant};
use crate::model::{CategoryId, KindId, KindSet, Policy, PurposeId, RecipientId, RoleId};
use crate::tables::purposes;

/// The fields that are open, as bits of the category's list, by the condition on which they are. A
/// field that is open without one is in no other set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Cell {
    /// Whatever the circumstances.
    pub always: u64,
    /// About the account's own clients.
    pub own_clients: u64,
    /// About the people of the matter that is named.
    pub matter: u64,
}

impl Cell {
    /// The fields on a condition.
    #[must_use]
    pub const fn on(self, condition: Option<Condition>) -> u64 {
        match condition {
            None => self.always,
            Some(Condition::OwnClients) => self.own_clients,
            Some(Condition::Matter) => self.matter,
        }
    }

    /// The fields that are open where these conditions hold.
    #[must_use]
    #[inline]
    pub const fn fields(self, own_client: bool, of_the_matter: bool) -> u64 {
        let own = if own_client { self.own_clients } else { 0 };
        let matter = if of_the_matter { self.matter } else { 0 };
        self.always | own | matter
    }

    /// Whether nothing is open, whatever the circumstances.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.fields(true, true) == 0
    }

    fn open(&mut self, condition: Option<Condition>, fields: u64) {
        match condition {
            None => self.always |= fields,
            Some(Condition::OwnClients) => self.own_clients |= fields,
            Some(Condition::Matter) => self.matter |= fields,
        }
        self.own_clients &= !self.always;
        self.matter &= !self.always;
    }
}

/// The cells. Rows that are alike are kept once: of a role's kinds and actions most are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    purposes: usize,
    kinds: usize,
    /// By category.
    rows: Vec<Box<[Cell]>>,
    /// The row of `[role][action][purpose][kind]`.
    places: Vec<u32>,
}

impl Table {
    #[inline]
    pub(crate) fn cell(
        &self,
        role: RoleId,
        action: Action,
        purpose: PurposeId,
        kind: KindId,
        category: CategoryId,
    ) -> Cell {
        let actions = Action::ALL.len();
        let at = role.index() * actions + action.index();
        let at = (at * self.purposes + purpose.index()) * self.kinds + kind.index();
        self.rows[self.places[at] as usize][category.index()]
    }

    /// Whether two roles may do the same with personal data: like rows are one row.
    pub(crate) fn alike(&self, a: RoleId, b: RoleId) -> bool {
        let one = Action::ALL.len() * self.purposes * self.kinds;
        let of = |role: RoleId| &self.places[role.index() * one..(role.index() + 1) * one];
        of(a) == of(b)
    }
}

/// What the policy allows at the most, for a purpose: fields by category, whatever the file says.
pub(crate) fn ceiling(
    policy: &Policy,
    recipient: RecipientId,
    action: Action,
    purpose: PurposeId,
) -> &[u64] {
    if action.handles_values() {
        &policy.tables.reads[recipient.index()][purpose.index()]
    } else {
        &policy.tables.use_fields[purpose.index()]
    }
}

/// The kinds of people that a grant reaches for a purpose; none where it is not for it.
pub(crate) fn kinds_of(grant: &Grant, policy: &Policy, purpose: PurposeId) -> KindSet {
    let named = |list: &Vec<PurposeId>| list.contains(&purpose);
    if !grant.purposes.as_ref().is_none_or(named) {
        return KindSet::EMPTY;
    }
    let concerned = policy.purpose(purpose).concerns;
    match &grant.kinds {
        None => concerned,
        Some(kinds) => concerned.and(kinds.iter().copied().collect()),
    }
}

/// The fields of each category that a grant names.
pub(crate) fn data_of(grant: &Grant, categories: usize) -> Vec<u64> {
    let Some(data) = &grant.data else {
        return vec![u64::MAX; categories];
    };
    let mut masks = vec![0; categories];
    for used in data {
        if let Some(mask) = masks.get_mut(used.category.index()) {
            *mask |= used.fields;
        }
    }
    masks
}

/// Builds the table.
pub(crate) fn build(authorisation: &Authorisation, policy: &Policy) -> Table {
    let mut builder = Builder::new(policy);
    for role in &authorisation.roles {
        for action in Action::ALL {
            let grants: Vec<&Grant> = role
                .grants
                .iter()
                .filter(|grant| grant.actions.contains(action))
                .collect();
            for purpose in purposes(policy) {
                let open = |grant: &&Grant| !kinds_of(grant, policy, purpose).is_empty();
                match role.recipient {
                    Some(recipient) if grants.iter().any(open) => {
                        let mut rows = builder.nothing();
                        let ceiling = ceiling(policy, recipient, *action, purpose);
                        for grant in &grants {
                            open_cells(grant, policy, purpose, ceiling, &mut rows);
                        }
                        rows.into_iter().for_each(|row| builder.put(row));
                    }
                    _ => builder.put_nothing(),
                }
            }
        }
    }
    builder.table
}

fn open_cells(
    grant: &Grant,
    policy: &Policy,
    purpose: PurposeId,
    ceiling: &[u64],
    rows: &mut [Box<[Cell]>],
) {
    let data = data_of(grant, ceiling.len());
    for kind in kinds_of(grant, policy, purpose).iter() {
        let Some(row) = rows.get_mut(kind.index()) else {
            continue;
        };
        for ((cell, within), named) in row.iter_mut().zip(ceiling).zip(&data) {
            cell.open(grant.only, within & named);
        }
    }
}

struct Builder {
    table: Table,
    known: HashMap<Box<[Cell]>, u32>,
}

impl Builder {
    fn new(policy: &Policy) -> Self {
        let mut builder = Self {
            table: Table {
                purposes: policy.purposes.len(),
                kinds: policy.kinds.len(),
                rows: Vec::new(),
                places: Vec::new(),
            },
            known: HashMap::new(),
        };
        let nothing = vec![Cell::default(); policy.categories.len()].into_boxed_slice();
        builder.table.rows.push(nothing.clone());
        builder.known.insert(nothing, 0);
        builder
    }

    /// For one purpose, the rows of every kind, nothing open.
    fn nothing(&self) -> Vec<Box<[Cell]>> {
        vec![self.table.rows[0].clone(); self.table.kinds]
    }

    fn put_nothing(&mut self) {
        let end = self.table.places.len() + self.table.kinds;
        self.table.places.resize(end, 0);
    }

    fn put(&mut self, row: Box<[Cell]>) {
        let place = match self.known.get(&row) {
            Some(place) => *place,
            None => {
                // Of distinct rows there are at most as many as places, far fewer than 2^32.
                let place = u32::try_from(self.table.rows.len()).unwrap_or(u32::MAX);
                self.table.rows.push(row.clone());
                self.known.insert(row, place);
                place
            }
        };
        self.table.places.push(place);
    }
}
