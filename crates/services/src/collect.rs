//! Taking data in: a person with records, each collected for stated purposes from a known origin
//! (4a), or nothing at all.

use domain::act::Effects;
use domain::act::collect::{NewRecord, collect};
use domain::collect::Collection;
use domain::subject::Subject;
use domain::value::Payload;
use domain::{Fault, FaultKind, Moment, Personal, RecordId, SubjectId};
use door::change::Change;
use door::{Batch, LookUpValue, NewValues, UNSEALED};
use journal::{Act, Destination, Detail};
use policy::authorisation::Action;
use policy::model::{CategoryId, FieldId, Person, PurposeSet};

use crate::act::{Acted, Acting, Before, Decided, as_seen, refused};
use crate::announce::owed_for;
use crate::kept::Kept;
use crate::law::Law;
use crate::refused::Tried;

/// Data about one person, to be taken in.
pub struct NewPerson {
    /// Whether the person is met as a private person or at work.
    pub person: Option<Person>,
    /// The records.
    pub records: Vec<NewData>,
}

/// One record's data, to be taken in.
pub struct NewData {
    /// What is collected, from where, for what.
    pub collection: Collection,
    /// The values; their fields must be those of the collection.
    pub values: Personal<Payload>,
    /// An identifier that is this person's alone in a series, such as a source's own number:
    /// series and identifier.
    pub unique: Option<(u32, LookUpValue)>,
    /// The person's records that it was derived from by analysis; it falls with them (19b).
    pub derived_from: Vec<RecordId>,
}

impl Kept {
    /// Adds a person with their first records.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] with the rule when one of the records may not be collected; then
    /// nothing of any is stored.
    pub fn add_person(
        &self,
        mut new: NewPerson,
        acting: &Acting,
    ) -> Result<(SubjectId, Acted), Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let tried = tried(&new.records);
        let (change, effects, destroyed) = self
            .permit_collection(&law, None, &mut new.records, Action::Collect, &acting.actor)
            .and_then(|()| self.new_person(&law, new, acting, moment))
            .map_err(|fault| self.refused_write(fault, None, &tried, acting, (&law, moment)))?;
        let id = change.subject.id;
        if acting.dry_run {
            return Ok((
                id,
                Acted {
                    receipt: None,
                    effects,
                    destroyed,
                },
            ));
        }
        let receipts = self.commit(&law, change, acting, moment)?;
        Ok((
            id,
            Acted {
                receipt: receipts.first().copied(),
                effects,
                destroyed,
            },
        ))
    }

    /// Adds several people in one transaction, all of them or none. Their identifiers are in the
    /// order of the people.
    ///
    /// # Errors
    /// As [`Kept::add_person`].
    pub fn add_people(
        &self,
        new: Vec<NewPerson>,
        acting: &Acting,
    ) -> Result<Vec<SubjectId>, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let mut batch = Batch::default();
        let mut ids = Vec::with_capacity(new.len());
        for mut person in new {
            let tried = tried(&person.records);
            let records = &mut person.records;
            let (change, _, _) = self
                .permit_collection(&law, None, records, Action::Collect, &acting.actor)
                .and_then(|()| self.new_person(&law, person, acting, moment))
                .map_err(|fault| self.refused_write(fault, None, &tried, acting, (&law, moment)))?;
            ids.push(change.subject.id);
            batch.changes.push(change);
        }
        if !acting.dry_run {
            self.commit(&law, batch, acting, moment)?;
        }
        Ok(ids)
    }

    /// A new person as a change: several can be made in one transaction.
    pub(crate) fn new_person(
        &self,
        law: &Law,
        new: NewPerson,
        acting: &Acting,
        moment: Moment,
    ) -> Result<(Change, Effects, Vec<RecordId>), Fault> {
        let id = SubjectId::new(moment.now, self.vault.entropy());
        let mut subject = empty(id, new.person);
        let mut decided = self.take_in(law, &mut subject, new.records, acting, moment)?;
        let mut added = self.detail(Act::SubjectAdded, &acting.actor, moment, law);
        added.subject = Some(id.0);
        decided.details.insert(0, added);
        Ok(self.change(law, subject, None, decided, acting, moment))
    }

    /// Adds records to a person who is known.
    ///
    /// # Errors
    /// As [`Kept::add_person`]; [`FaultKind::Absent`] when nothing is held about the person.
    pub fn add_records(
        &self,
        id: SubjectId,
        mut records: Vec<NewData>,
        acting: &Acting,
    ) -> Result<Acted, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let mut subject = self.person(id, &law)?.subject;
        let before = Before::of(&subject);
        as_seen(&subject, &acting.actor)?;
        let tried = tried(&records);
        let known = Some(&subject);
        let decided = self
            .permit_collection(&law, known, &mut records, Action::Collect, &acting.actor)
            .and_then(|()| self.take_in(&law, &mut subject, records, acting, moment))
            .map_err(|fault| self.refused_write(fault, Some(id), &tried, acting, (&law, moment)))?;
        let (change, effects, destroyed) =
            self.change(&law, subject, Some(before), decided, acting, moment);
        if acting.dry_run {
            let subject = self.person(id, &law)?.subject;
            self.looked_at(&subject, &law, (&acting.actor, Destination::Screen), moment)?;
            return Ok(Acted {
                receipt: None,
                effects,
                destroyed,
            });
        }
        let receipts = self.commit(&law, change, acting, moment)?;
        Ok(Acted {
            receipt: receipts.first().copied(),
            effects,
            destroyed,
        })
    }

    /// Decides the collection of each record.
    pub(crate) fn take_in(
        &self,
        law: &Law,
        subject: &mut Subject,
        records: Vec<NewData>,
        acting: &Acting,
        moment: Moment,
    ) -> Result<Decided, Fault> {
        if records.is_empty() {
            return Err(Fault::new(
                FaultKind::Invalid,
                "there is no data to take in",
            ));
        }
        let owed = owed_for(self, law, subject.id, &records, moment.now);
        let Decided {
            mut effects,
            mut seal,
            mut details,
            ..
        } = self.respect_suppression(law, subject, &records, acting, moment)?;
        for NewData {
            collection,
            values,
            unique,
            derived_from,
        } in records
        {
            let held = |id: &RecordId| subject.records.iter().any(|held| held.id == *id);
            if !derived_from.iter().all(held) {
                return Err(Fault::new(
                    FaultKind::Absent,
                    "data is derived from records of the same person only",
                )
                .rule("19b")
                .remedy("see the person's records with `kept show`"));
            }
            let id = RecordId::new(moment.now, self.vault.entropy());
            let record = NewRecord {
                id,
                key: UNSEALED,
                derived_from,
            };
            let mut more = collect(&law.in_force, subject, &collection, record, moment)
                .map_err(|refusal| refused(refusal, law))?;
            effects.changes.append(&mut more.changes);
            let mut written = self.detail(Act::RecordWritten, &acting.actor, moment, law);
            written.subject = Some(subject.id.0);
            written.records = vec![id.0];
            written.categories = vec![law.names.category.number(collection.category)];
            written.origin = Some(law.names.origin.number(collection.origin));
            written.purpose = collection
                .purposes
                .iter()
                .next()
                .map(|id| law.names.purpose.number(id));
            written.matter = collection.matter.map(|matter| matter.0);
            fold_in(&mut details, written);
            let look_ups = look_ups(law, collection.category, &values);
            seal.push(NewValues {
                record: id,
                values,
                look_ups,
                unique,
                instead_of: None,
            });
        }
        Ok(Decided {
            effects,
            seal,
            details,
            owed,
            ..Decided::default()
        })
    }
}

/// What a collection that is refused was to be.
fn tried(records: &[NewData]) -> Tried {
    let collections = || records.iter().map(|data| &data.collection);
    let first = collections().next();
    let purposes: PurposeSet = collections().flat_map(|one| one.purposes.iter()).collect();
    Tried {
        purposes: purposes.iter().collect(),
        categories: collections().map(|one| one.category).collect(),
        origin: first.map(|one| one.origin),
        matter: first.and_then(|one| one.matter),
        ..Tried::of(Action::Collect)
    }
}

/// Adds an entry, or the record that it is about to the last one where they tell of the same
/// collection: what comes in together stands in the journal together.
fn fold_in(details: &mut Vec<Detail>, written: Detail) {
    let alike = |last: &Detail| {
        (last.act, last.origin, last.purpose, last.matter)
            == (written.act, written.origin, written.purpose, written.matter)
    };
    match details.last_mut().filter(|last| alike(last)) {
        Some(last) => {
            last.records.extend(written.records);
            last.categories.extend(written.categories);
            last.categories.sort_unstable();
            last.categories.dedup();
        }
        None => details.push(written),
    }
}

/// The values by which a person can be found: those of the fields that the policy says so of.
pub(crate) fn look_ups(
    law: &Law,
    category: CategoryId,
    values: &Personal<Payload>,
) -> Vec<(u32, LookUpValue)> {
    let fields = &law.policy().categories[category.index()].fields;
    values
        .disclose()
        .0
        .iter()
        // What is not declared is refused with its rule, after this.
        .filter(|(field, _)| {
            let declared = fields.get(usize::from(**field));
            declared.is_some_and(|it| it.look_up)
        })
        .map(|(field, value)| {
            let number = law.names.field.number(FieldId {
                category,
                field: *field,
            });
            (number, LookUpValue::new(&value.look_up_form()))
        })
        .collect()
}

pub(crate) fn empty(id: SubjectId, person: Option<Person>) -> Subject {
    Subject {
        id,
        version: 0,
        person,
        roles: Vec::new(),
        links: Vec::new(),
        facts: Vec::new(),
        organisation_facts: Vec::new(),
        consents: Vec::new(),
        objections: Vec::new(),
        restrictions: Vec::new(),
        holds: Vec::new(),
        told: None,
        acceptances: Vec::new(),
        records: Vec::new(),
    }
}
