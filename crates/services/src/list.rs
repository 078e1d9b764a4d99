//! A page of the list of people: who they are in clear, and their names where the reader may see
//! them. Each name that is shown stands in the journal, and so does each that is refused.

use domain::decide::{Decision, Request, decide};
use domain::subject::Subject;
use domain::sweep::next_due;
use domain::{Actor, Fault, Moment, Personal, Rule, SubjectId};
use jiff::Timestamp;
use journal::{Act, Destination, Part};
use policy::model::{CategorySet, PurposeId, RecipientId};
use store::Priority;

use crate::concern::part_of;
use crate::kept::Kept;
use crate::read::As;
use crate::view::{name_in, naming};

/// A page of the list.
pub struct People {
    /// The people, in the order of their identifiers.
    pub people: Vec<Listed>,
    /// Whether there are more after these.
    pub more: bool,
    /// How many there are in all.
    pub total: u64,
    /// When the list was made.
    pub moment: Moment,
}

/// One person in the list.
pub struct Listed {
    /// The person, in clear.
    pub subject: Subject,
    /// The name, or the rule that closes it.
    pub name: Result<Personal<String>, Rule>,
    /// When the next of their records may go, if a day is known.
    pub next: Option<Timestamp>,
}

impl Kept {
    /// Lists up to `most` people after one, as somebody reads them for a purpose; without a
    /// reader, no name is opened.
    ///
    /// # Errors
    /// When the data cannot be read, or the journal cannot be written: then nothing is listed.
    pub fn list(
        &self,
        after: Option<SubjectId>,
        most: u32,
        reader: Option<(RecipientId, PurposeId)>,
        actor: &Actor,
    ) -> Result<People, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let mut loaded = self.vault.load_after(after, most + 1, &law.names)?;
        let more = loaded.len() > most as usize;
        loaded.truncate(most as usize);
        let total = self.vault.data().read(|reader| reader.subject_count())?;
        let mut people: Vec<Listed> = loaded
            .iter()
            .map(|one| Listed {
                next: first_due(&law.in_force, &one.subject, moment),
                subject: one.subject.clone(),
                name: Err(Rule::NothingHeld),
            })
            .collect();
        let mut decided = Vec::new();
        let mut places = Vec::new();
        let mut entries = Vec::new();
        if let Some(request) = reader.and_then(|reader| naming_request(law.policy(), reader)) {
            for (place, one) in loaded.into_iter().enumerate() {
                match decide(&law.in_force, &one.subject, request, moment) {
                    Decision::Allowed(allowed) => {
                        places.push(place);
                        decided.push((allowed, one));
                    }
                    Decision::Refused(refusal) => {
                        let detail = self.refused_read(
                            &law,
                            &one.subject,
                            request,
                            refusal.rule,
                            &As::Recipient(actor),
                            moment,
                        );
                        entries.push(self.vault.entry(&detail)?);
                        people[place].name = Err(refusal.rule);
                    }
                }
            }
        } else {
            let mut detail = self.detail(Act::LookedUp, actor, moment, &law);
            detail.count = Some(people.len() as u64);
            detail.destination = Destination::Screen;
            let parts: Vec<Part> = people
                .iter()
                .map(|one| part_of(&law, &one.subject, Vec::new(), moment))
                .collect();
            entries.push(self.vault.bulk_entry(detail, &parts)?);
        }
        if !entries.is_empty() {
            self.vault.data().write(Priority::Ordinary, move |tx| {
                entries.iter().try_for_each(|it| tx.append(it).map(|_| ()))
            })?;
        }
        let grants =
            self.vault
                .record_grants(decided, actor, Destination::Screen, &law.names, None)?;
        for (place, grant) in places.into_iter().zip(grants) {
            let Some(grant) = grant else { continue };
            let (_, opened) = self.vault.open_granted(grant, moment.now, &law.names)?;
            let name = opened.iter().find_map(|one| name_in(law.policy(), one));
            people[place].name = name.ok_or(Rule::NothingHeld);
        }
        Ok(People {
            people,
            more,
            total,
            moment,
        })
    }
}

/// The request for names alone.
fn naming_request(
    policy: &policy::model::Policy,
    (recipient, purpose): (RecipientId, PurposeId),
) -> Option<Request> {
    let (category, _) = naming(policy)?;
    Some(Request {
        recipient,
        purpose,
        channel: None,
        categories: CategorySet::from_iter([category]),
    })
}

fn first_due(in_force: &domain::InForce, subject: &Subject, moment: Moment) -> Option<Timestamp> {
    let held = subject.records.iter().filter(|held| !held.tombstone);
    held.filter_map(|held| next_due(in_force, subject, held, moment))
        .min()
}
