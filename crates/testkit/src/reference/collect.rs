//! Collecting.

use domain::RecordId;
use domain::act::collect::NewRecord;
use domain::collect::Collection;
use jiff::Timestamp;
use policy::model::{PurposeId, PurposeNature};

use super::term::rule_of;
use super::{Ground, Record, Reference};

impl Reference {
    pub(super) fn collect(
        &mut self,
        collection: &Collection,
        record: &NewRecord,
        now: Timestamp,
    ) -> bool {
        let Some(grounds) = self.grounds_of(collection, &record.derived_from, now) else {
            return false;
        };
        self.expire(now);
        if !self.roles.contains(&collection.kind) {
            self.roles.push(collection.kind);
        }
        let new = Record {
            id: record.id,
            grounds,
            ..self.draft(collection, &record.derived_from)
        };
        for kept in &mut self.holds {
            if kept.hold.lifted.is_none() && Self::in_scope(&kept.hold, &new) {
                kept.records.push(new.id);
            }
        }
        for restriction in &mut self.restrictions {
            if !restriction.lifted && restriction.categories.contains(new.category) {
                restriction.records.push(new.id);
            }
        }
        self.records.push(new);
        true
    }

    /// The record without its grounds.
    fn draft(&self, collection: &Collection, derived_from: &[RecordId]) -> Record {
        Record {
            id: RecordId([0; 16]),
            category: collection.category,
            fields: collection.fields,
            collected: collection.collected,
            matter: collection.matter,
            version: self.policy().version,
            derived_from: derived_from.to_vec(),
            destroyed: false,
            grounds: Vec::new(),
        }
    }

    /// The grounds of a collection; nothing where a rule refuses it.
    fn grounds_of(
        &self,
        collection: &Collection,
        derived_from: &[RecordId],
        now: Timestamp,
    ) -> Option<Vec<Ground>> {
        let policy = self.policy();
        let category = &policy.categories[collection.category.index()];
        let origin = &policy.origins[collection.origin.index()];
        let stated: Vec<PurposeId> = collection.purposes.iter().collect();
        if collection.collected > now
            || stated.is_empty()
            || (origin.needs_approval && !collection.approved)
        {
            return None;
        }
        // 5a, 5b: every field is declared, and needed by a stated purpose.
        for field in 0..64 {
            if collection.fields & (1 << field) == 0 {
                continue;
            }
            let needed = stated.iter().any(|purpose| {
                self.purpose(*purpose).uses.iter().any(|used| {
                    used.category == collection.category && used.fields & (1 << field) != 0
                })
            });
            if field >= category.fields.len() || !needed {
                return None;
            }
        }
        if let Some(processor) = collection.processor {
            let theirs = |id: &PurposeId| self.purpose(*id).processors.contains(processor);
            if !stated.iter().any(theirs) {
                return None;
            }
        }
        if let Some(span) = category.only_during
            && !self.matter_open(span, collection.matter?, now)
        {
            return None;
        }
        let mut grounds = Vec::new();
        for purpose in &stated {
            if !self.may_be_stated(*purpose, collection, now) {
                return None;
            }
            grounds.extend(self.lasting(*purpose, collection, derived_from, now));
        }
        if grounds.is_empty() {
            return None;
        }
        for duty in self.purposes() {
            let due = self.purpose(duty).nature == PurposeNature::Duty
                && !stated.contains(&duty)
                && self.fits(duty, collection)
                && self.has_arisen(duty, collection, now)
                && !self.possible(duty, collection.kind, now).is_empty();
            if due {
                grounds.extend(self.lasting(duty, collection, derived_from, now));
            }
        }
        Some(grounds)
    }

    fn fits(&self, purpose: PurposeId, collection: &Collection) -> bool {
        let kind = collection.kind;
        self.uses(purpose, collection.category)
            && self.purpose(purpose).concerns.contains(kind)
            && rule_of(self.policy(), purpose, kind, collection.category).is_some()
    }

    fn has_arisen(&self, purpose: PurposeId, collection: &Collection, now: Timestamp) -> bool {
        match self.purpose(purpose).arises_with {
            None => true,
            Some(fact) => self.latest_fact(fact, collection.matter, now).is_some(),
        }
    }

    fn may_be_stated(&self, purpose: PurposeId, collection: &Collection, now: Timestamp) -> bool {
        self.fits(purpose, collection)
            && self.has_arisen(purpose, collection, now)
            && self.stands(purpose, collection.kind, collection.matter, None, now)
    }

    /// The ground, if it would live.
    fn lasting(
        &self,
        purpose: PurposeId,
        collection: &Collection,
        derived_from: &[RecordId],
        now: Timestamp,
    ) -> Option<Ground> {
        let ground = Ground {
            purpose,
            kind: collection.kind,
            since: now,
            ended: None,
        };
        let record = self.draft(collection, derived_from);
        self.dead(&record, &ground, now).is_none().then_some(ground)
    }
}
