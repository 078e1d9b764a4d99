//! What a role may do with a person beside reading them: acts, collection, and what is asked before
//! anybody is known.

use policy::model::{CategoryId, CategorySet, KindSet, Policy, PurposeId};

use super::{Holds, Narrowing, categories, every_kind, kinds_of, nearness, purposes};
use crate::collect::Collection;
use crate::decide::{Allowed, Refusal};
use crate::rule::Lack;
use crate::subject::Subject;

impl Narrowing<'_> {
    /// What the role may do with the records of a person, category by category, without reading
    /// them: for a purpose, or for whichever there is one. Acts on a person ask this.
    ///
    /// # Errors
    /// The [`Refusal`] that names the role, where it may do it with nothing of the person.
    pub fn may(
        &self,
        policy: &Policy,
        subject: &Subject,
        purpose: Option<PurposeId>,
    ) -> Result<CategorySet, Refusal> {
        let kinds = kinds_of(subject);
        let open: CategorySet = categories(policy)
            .filter(|category| {
                purposes(policy, purpose).any(|purpose| {
                    let holds = self.holds(policy, subject, purpose);
                    self.open(purpose, kinds, *category, holds) != 0
                })
            })
            .collect();
        if !open.is_empty() {
            return Ok(open);
        }
        let lacking = categories(policy)
            .map(|category| self.lack(policy, purpose, category, kinds, u64::MAX));
        let lacks = lacking.max_by_key(|lack| nearness(*lack));
        Err(self.refusal(purpose, lacks.unwrap_or(Lack::Grant)))
    }

    /// Whether the role may do it for a purpose with these fields of a category, about these kinds
    /// of people and nobody known yet: collecting about somebody new, who will be the account's own.
    ///
    /// # Errors
    /// The [`Refusal`] that names the role.
    pub fn may_anew(
        &self,
        policy: &Policy,
        purpose: PurposeId,
        kinds: KindSet,
        category: CategoryId,
        fields: u64,
    ) -> Result<(), Refusal> {
        let holds = Holds {
            own_client: true,
            of_the_matter: false,
        };
        match fields & !self.open(purpose, kinds, category, holds) {
            0 => Ok(()),
            closed => {
                let lacks = self.lack(policy, Some(purpose), category, kinds, closed);
                Err(self.refusal(Some(purpose), lacks))
            }
        }
    }

    /// Whether the role may take in what a collection says, for each of its purposes: about somebody
    /// new, who will be the account's own, or about a person who is known.
    ///
    /// # Errors
    /// The [`Refusal`] that names the role.
    pub fn may_collect(
        &self,
        policy: &Policy,
        subject: Option<&Subject>,
        collection: &Collection,
    ) -> Result<(), Refusal> {
        let kinds: KindSet = [collection.kind].into_iter().collect();
        let (category, fields) = (collection.category, collection.fields);
        let Some(subject) = subject else {
            let mut all = collection.purposes.iter();
            return all.try_for_each(|it| self.may_anew(policy, it, kinds, category, fields));
        };
        let elsewhere = collection.matter.is_some() && collection.matter != self.matter;
        for purpose in collection.purposes.iter() {
            let holds = self.holds(policy, subject, purpose);
            let holds = Holds {
                of_the_matter: holds.of_the_matter && !elsewhere,
                ..holds
            };
            let closed = fields & !self.open(purpose, kinds, category, holds);
            if closed != 0 {
                let lacks = self.lack(policy, Some(purpose), category, kinds, closed);
                return Err(self.refusal(Some(purpose), lacks));
            }
        }
        Ok(())
    }

    /// Whether the role may do it with a person for a purpose, and with all of some categories: each
    /// for whichever purpose there is one. What no purpose uses any more about such a person stands
    /// in nobody's way.
    ///
    /// # Errors
    /// The [`Refusal`] that names the role.
    pub fn may_with_all(
        &self,
        policy: &Policy,
        subject: &Subject,
        purpose: PurposeId,
        all: CategorySet,
    ) -> Result<(), Refusal> {
        self.may(policy, subject, Some(purpose))?;
        let open = self.may(policy, subject, None)?;
        let kinds = kinds_of(subject);
        let used = |category: CategoryId| {
            let by = policy.tables.used_by[category.index()];
            by.iter().any(|purpose| {
                let concerns = policy.purpose(purpose).concerns;
                kinds.iter().any(|kind| concerns.contains(kind))
            })
        };
        let closed = categories(policy)
            .filter(|category| all.contains(*category) && !open.contains(*category))
            .find(|category| used(*category));
        match closed {
            None => Ok(()),
            Some(category) => {
                let lacks = self.lack(policy, None, category, kinds, u64::MAX);
                Err(self.refusal(None, lacks))
            }
        }
    }

    /// Whether the role may do it at all for a purpose, whoever it is about.
    ///
    /// # Errors
    /// The [`Refusal`] that names the role.
    pub fn may_at_all(&self, policy: &Policy, purpose: PurposeId) -> Result<(), Refusal> {
        let holds = Holds {
            own_client: true,
            of_the_matter: true,
        };
        let kinds = every_kind(policy);
        let some =
            categories(policy).any(|category| self.open(purpose, kinds, category, holds) != 0);
        match some {
            true => Ok(()),
            false => Err(self.refusal(Some(purpose), Lack::Grant)),
        }
    }

    /// A decision that is no use by a recipient, the copy that a person has a right to, carried out
    /// in the role: whether it may be is asked before, of [`Narrowing::may_with_all`].
    #[must_use]
    pub fn carry_out(&self, allowed: Allowed) -> Allowed {
        allowed.carried_out(self.mark())
    }
}
