//! A page of the list of people: who they are in clear, and their names where the reader may see
//! them. Each name that is shown stands in the journal, and so does each that is refused.

use domain::decide::{Decision, Request, decide};
use domain::subject::Subject;
use domain::sweep::next_due;
use domain::{Actor, Fault, Moment, Personal, Rule, SubjectId};
use door::Loaded;
use jiff::Timestamp;
use journal::{Act, Destination, Part};
use policy::authorisation::Action;
use policy::model::{CategorySet, PurposeId, RecipientId};

use crate::capacity::{Bound, concerned_by};
use crate::concern::part_of;
use crate::kept::Kept;
use crate::law::Law;
use crate::view::{name_in, naming};

/// How many people are loaded at once where some are left out.
const ROUND: u32 = 200;
/// How many people are looked at for one page.
const SEEN_MAX: u32 = 10_000;

/// A page of the list.
pub struct People {
    /// The people, in the order of their identifiers.
    pub people: Vec<Listed>,
    /// After whom the list goes on, if there may be more.
    pub next: Option<SubjectId>,
    /// How many there are in all; not told to those who list in a role, and see some of them.
    pub total: Option<u64>,
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
    /// reader, no name is opened. In a role it is the role that reads, for the purpose that it
    /// states: only those are listed whom it may read or find, and who have to do with the purpose.
    ///
    /// # Errors
    /// When the data cannot be read, or the journal cannot be written: then nothing is listed.
    pub fn list(
        &self,
        after: Option<SubjectId>,
        most: u32,
        reader: Option<(RecipientId, PurposeId)>,
        actor: &Actor,
        destination: Destination,
    ) -> Result<People, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let bound = self.bound(actor, Action::Read, &law)?;
        let page = match &bound {
            None => self.everybody(&law, after, most)?,
            Some(bound) => self.in_reach(bound, &law, after, most, (actor, moment))?,
        };
        let (loaded, next, total) = (page.people, page.next, page.total);
        let request = match &bound {
            None => reader.and_then(|reader| naming_request(law.policy(), reader)),
            Some(bound) => naming_request(law.policy(), (bound.recipient()?, bound.purpose)),
        };
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
        if let Some(request) = request {
            for (place, one) in loaded.into_iter().enumerate() {
                let decision = match &bound {
                    None => decide(&law.in_force, &one.subject, request, moment),
                    Some(bound) => bound.decide(&one.subject, request, moment),
                };
                match decision {
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
                            (actor, moment),
                        );
                        entries.push(self.vault.entry(&detail)?);
                        people[place].name = Err(refusal.rule);
                    }
                }
            }
        } else {
            let mut detail = self.detail(Act::LookedUp, actor, moment, &law);
            detail.count = Some(people.len() as u64);
            detail.destination = destination;
            let parts: Vec<Part> = people
                .iter()
                .map(|one| part_of(&law, &one.subject, Vec::new(), moment))
                .collect();
            entries.push(self.vault.bulk_entry(detail, &parts)?);
        }
        if !entries.is_empty() {
            self.record_under(&law, entries)?;
        }
        let grants = self.vault.record_grants(
            decided,
            actor,
            destination,
            &law.names,
            self.still(actor)?,
        )?;
        let granted = places.into_iter().zip(grants);
        let granted = granted.filter_map(|(place, grant)| grant.map(|grant| (place, grant)));
        let (places, grants): (Vec<usize>, Vec<_>) = granted.unzip();
        let opened = self.vault.open_each(grants, moment.now, &law.names)?;
        for (place, (_, opened)) in places.into_iter().zip(opened) {
            let name = opened.iter().find_map(|one| name_in(law.policy(), one));
            people[place].name = name.ok_or(Rule::NothingHeld);
        }
        Ok(People {
            people,
            next,
            total,
            moment,
        })
    }
}

/// Some of the people, before their names are decided on.
struct Page {
    people: Vec<Loaded>,
    next: Option<SubjectId>,
    total: Option<u64>,
}

impl Kept {
    fn everybody(&self, law: &Law, after: Option<SubjectId>, most: u32) -> Result<Page, Fault> {
        let mut people = self.vault.load_after(after, most + 1, &law.names)?;
        let more = people.len() > most as usize;
        people.truncate(most as usize);
        let last = people.last().map(|one| one.subject.id);
        Ok(Page {
            next: last.filter(|_| more),
            total: Some(self.vault.data().read(|reader| reader.subject_count())?),
            people,
        })
    }

    /// Those whom somebody may list in a role. A page may be short of people and not be the last.
    fn in_reach(
        &self,
        reads: &Bound<'_>,
        law: &Law,
        after: Option<SubjectId>,
        most: u32,
        (actor, moment): (&Actor, Moment),
    ) -> Result<Page, Fault> {
        let finds = self.bound(actor, Action::Find, law)?;
        if self.permit_at_all(law, Action::Find, actor).is_err() {
            self.permit_looking_through(law, Action::Read, actor, moment)?;
        }
        let listed = |subject: &Subject| {
            let found = finds.is_some_and(|it| it.reaches(subject).is_ok());
            concerned_by(subject, reads.purpose) && (found || reads.reaches(subject).is_ok())
        };
        let (mut people, mut next, mut seen) = (Vec::new(), after, 0);
        loop {
            let round = self.vault.load_after(next, ROUND, &law.names)?;
            let whole = round.len() == ROUND as usize;
            for one in round {
                next = Some(one.subject.id);
                seen += 1;
                if listed(&one.subject) {
                    people.push(one);
                }
                if people.len() == most as usize || seen == SEEN_MAX {
                    return Ok(Page {
                        people,
                        next,
                        total: None,
                    });
                }
            }
            if !whole {
                return Ok(Page {
                    people,
                    next: None,
                    total: None,
                });
            }
        }
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
