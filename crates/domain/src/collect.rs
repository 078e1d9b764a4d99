//! What may be collected (4a, 5a, 5b, 5c) and on which grounds it is then held.

use jiff::Timestamp;
use policy::model::{CategoryId, FieldId, KindId, OriginId, ProcessorId, PurposeId, PurposeSet};

use crate::Account;
use crate::decide::Refusal;
use crate::events::View;
use crate::id::{KeyId, MatterId, RecordId};
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{Ground, Held, Subject};
use crate::time::Moment;

/// Data about to be collected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Collection {
    /// Its category.
    pub category: CategoryId,
    /// The fields that there are values for, as bits of the category's list.
    pub fields: u64,
    /// Where it comes from (6a).
    pub origin: OriginId,
    /// Who brings it in (6a): an account.
    pub brought_by: Account,
    /// What for, as stated to the person.
    pub purposes: PurposeSet,
    /// As what kind of data subject the person is met.
    pub kind: KindId,
    /// The contract, debit or dispute that it belongs to.
    pub matter: Option<MatterId>,
    /// Who carries the processing out, where it is not the controller (3a).
    pub processor: Option<ProcessorId>,
    /// When it was collected; in the past for what is imported.
    pub collected: Timestamp,
    /// Whether an approval for the origin is recorded, where it needs one (6b).
    pub approved: bool,
}

/// The grounds on which a collection is held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewGrounds {
    /// Purpose by purpose; never empty.
    pub grounds: Vec<Ground>,
    /// Whether the person's role of this kind begins with it.
    pub begins_role: bool,
}

/// Decides whether data may be collected, and on which grounds: the stated purposes, and the
/// duties that use the category for such a person. Of what nothing keeps nothing more is derived
/// (19b).
///
/// # Errors
/// The [`Refusal`] names the rule that would be broken; then nothing may be stored.
pub fn decide_collection(
    in_force: &InForce,
    subject: &Subject,
    collection: &Collection,
    derived_from: &[RecordId],
    moment: Moment,
) -> Result<NewGrounds, Refusal> {
    let view = View::new(in_force, subject, moment);
    view.collection(collection, derived_from)
        .map_err(|rule| Refusal { rule })
}

impl View<'_> {
    fn collection(
        &self,
        collection: &Collection,
        derived_from: &[RecordId],
    ) -> Result<NewGrounds, Rule> {
        self.well_formed(collection)?;
        self.needed(collection)?;
        self.within_matter(collection)?;
        let held = as_held(self, collection, derived_from);
        let mut grounds = Vec::new();
        let mut over = None;
        for purpose in collection.purposes.iter() {
            let ground = self.stated(collection, purpose)?;
            match self.live(&held, &ground) {
                Ok(_) => grounds.push(ground),
                Err(rule) => over = Some(rule),
            }
        }
        if let (true, Some(rule)) = (grounds.is_empty(), over) {
            return Err(rule);
        }
        let duties = self.in_force.policy().tables.duties;
        for duty in duties
            .iter()
            .filter(|duty| !collection.purposes.contains(*duty))
        {
            if let Some(ground) = self.duty(collection, duty)
                && self.live(&held, &ground).is_ok()
            {
                grounds.push(ground);
            }
        }
        let today = self.moment.today;
        let has_role = self.subject.roles.iter().any(|role| {
            role.kind == collection.kind && role.until.is_none_or(|until| today <= until)
        });
        Ok(NewGrounds {
            grounds,
            begins_role: !has_role,
        })
    }

    fn well_formed(&self, collection: &Collection) -> Result<(), Rule> {
        let policy = self.in_force.policy();
        let category = collection.category;
        if collection.collected > self.moment.now {
            return Err(Rule::InTheFuture);
        }
        if policy.origins[collection.origin.index()].needs_approval && !collection.approved {
            return Err(Rule::Approval {
                origin: collection.origin,
            });
        }
        let declared = policy.categories[category.index()].fields.len();
        if declared < 64 && collection.fields >> declared != 0 {
            return Err(Rule::UndeclaredField { category });
        }
        if let Some(processor) = collection.processor {
            let theirs = |purpose: PurposeId| self.purpose(purpose).processors.contains(processor);
            if !collection.purposes.iter().any(theirs) {
                return Err(Rule::Processor { processor });
            }
        }
        Ok(())
    }

    /// 5b: every field is needed by a stated purpose that concerns the person.
    fn needed(&self, collection: &Collection) -> Result<(), Rule> {
        let category = collection.category;
        if collection.purposes.is_empty() {
            return Err(Rule::NoPurpose);
        }
        let tables = &self.in_force.policy().tables;
        let mut needed = 0;
        for purpose in collection.purposes.iter() {
            if !tables.uses[purpose.index()].contains(category) {
                return Err(Rule::NotUsed { purpose, category });
            }
            needed |= tables.use_fields[purpose.index()][category.index()];
        }
        let idle = collection.fields & !needed;
        match u8::try_from(idle.trailing_zeros()) {
            Ok(field) if idle != 0 => Err(Rule::FieldNotNeeded {
                field: FieldId { category, field },
            }),
            _ => Ok(()),
        }
    }

    /// 5b, 5c: some categories are collected only for a named matter that is open.
    fn within_matter(&self, collection: &Collection) -> Result<(), Rule> {
        let category = collection.category;
        match self.in_force.policy().categories[category.index()].only_during {
            Some(span)
                if collection.matter.is_none() || !self.open_exactly(span, collection.matter) =>
            {
                Err(Rule::OnlyDuring { category, span })
            }
            _ => Ok(()),
        }
    }

    fn ground(&self, collection: &Collection, purpose: PurposeId) -> Ground {
        Ground {
            purpose,
            kind: collection.kind,
            since: self.moment.now,
            ended: None,
        }
    }

    /// A stated purpose: it concerns the person, a basis for it stands, and it has a term.
    fn stated(&self, collection: &Collection, purpose: PurposeId) -> Result<Ground, Rule> {
        let (kind, category) = (collection.kind, collection.category);
        if !self.purpose(purpose).concerns.contains(kind) {
            return Err(Rule::NotConcerned { purpose, kind });
        }
        if self.in_force.rule(purpose, kind, category).is_none() {
            return Err(Rule::NoTerm { purpose, category });
        }
        self.arisen(purpose, collection.matter)?;
        self.some_basis(purpose, kind, collection.matter, None)?;
        Ok(self.ground(collection, purpose))
    }

    /// A duty comes with the data, whether it was stated or not.
    fn duty(&self, collection: &Collection, duty: PurposeId) -> Option<Ground> {
        let policy = self.in_force.policy();
        let applies = policy.tables.uses[duty.index()].contains(collection.category)
            && self.purpose(duty).concerns.contains(collection.kind)
            && self
                .in_force
                .rule(duty, collection.kind, collection.category)
                .is_some()
            && self.arisen(duty, collection.matter).is_ok()
            && self.may_rest_on(duty, collection.kind, |_| true);
        applies.then(|| self.ground(collection, duty))
    }

    /// A purpose that arises with a fact has no ground before it.
    fn arisen(&self, purpose: PurposeId, matter: Option<MatterId>) -> Result<(), Rule> {
        match self.purpose(purpose).arises_with {
            Some(fact) if self.latest_fact(fact, matter).is_none() => {
                Err(Rule::ArisesWith { purpose, fact })
            }
            _ => Ok(()),
        }
    }
}

/// The record as it would be held, for looking at its terms.
fn as_held(view: &View<'_>, collection: &Collection, derived_from: &[RecordId]) -> Held {
    Held {
        id: RecordId([0; 16]),
        category: collection.category,
        fields: collection.fields,
        collected: collection.collected,
        recorded: view.moment.now,
        origin: collection.origin,
        brought_by: collection.brought_by.clone(),
        processor: collection.processor,
        matter: collection.matter,
        policy_version: view.in_force.policy().version,
        grounds: Vec::new(),
        derived_from: derived_from.to_vec(),
        key: KeyId([0; 16]),
        tombstone: false,
    }
}
