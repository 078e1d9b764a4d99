//! Organisations and the people who belong to them (1a; semantics, 10). An organisation has
//! contracts, no personal data: its people have the records.

use domain::act::relation::{link, set_person, unlink};
use domain::subject::{Fact, Subject};
use domain::{Actor, Fault, Moment, OrganisationId, SubjectId};
use door::{Batch, OrganisationChange};
use jiff::civil::Date;
use journal::{Act, Destination};
use policy::authorisation::Action;
use policy::model::{FactId, Person, Policy, SpanId};

use crate::act::{Acted, Acting, Decided, refused};
use crate::capacity::{Bound, concerned_by};
use crate::concern::part_of;
use crate::kept::Kept;
use crate::law::Law;
use crate::refused::Tried;

/// An organisation, in clear.
#[derive(Debug)]
pub struct OrganisationShown {
    /// Which one.
    pub id: OrganisationId,
    /// What happened to it.
    pub facts: Vec<Fact>,
    /// The people who are or were linked to it.
    pub people: Vec<SubjectId>,
}

/// One organisation of the list.
#[derive(Debug)]
pub struct OrganisationListed {
    /// Which one.
    pub id: OrganisationId,
    /// The spans that are open for it: with its contract, an organisation is a client (1a).
    pub open: Vec<SpanId>,
    /// How many people are linked to it, or were.
    pub people: u64,
}

impl Kept {
    /// Lists up to `most` organisations after one, in the order of their identifiers.
    ///
    /// How many people each has is counted, and the count stands in the journal.
    ///
    /// # Errors
    /// When the database cannot be read or the journal not be written.
    pub fn organisations(
        &self,
        after: Option<OrganisationId>,
        most: u32,
        actor: &Actor,
    ) -> Result<Vec<OrganisationListed>, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Count, actor, moment)?;
        let bound = self.bound(actor, Action::Count, &law)?;
        let data = self.vault.data();
        let rows = data.read(|reader| reader.organisations_after(after, most))?;
        let mut detail = self.detail(Act::Counted, actor, moment, &law);
        detail.count = Some(rows.len() as u64);
        self.vault.record(&detail)?;
        rows.iter()
            .map(|row| {
                let (_, facts) = self.organisation_known(row.id, &law)?;
                let people = data.read(|reader| reader.people_of(row.id))?;
                let people = match &bound {
                    None => people.len() as u64,
                    Some(bound) => self.counted_by(bound, &people, &law)?,
                };
                Ok(OrganisationListed {
                    id: row.id,
                    open: open_spans(law.policy(), &facts, moment),
                    people,
                })
            })
            .collect()
    }

    /// How many of some people count for whoever may count some.
    fn counted_by(&self, bound: &Bound<'_>, people: &[SubjectId], law: &Law) -> Result<u64, Fault> {
        let mut counted = 0;
        for person in people {
            let loaded = self.vault.load(*person, &law.names)?;
            counted += u64::from(loaded.is_some_and(|it| {
                concerned_by(&it.subject, bound.purpose) && bound.reaches(&it.subject).is_ok()
            }));
        }
        Ok(counted)
    }

    /// Makes an organisation.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add_organisation(&self, acting: &Acting) -> Result<OrganisationId, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let id = OrganisationId::new(moment.now, self.vault.entropy());
        self.permit_at_all(&law, Action::Link, &acting.actor)
            .map_err(|fault| {
                let tried = Tried::of(Action::Link);
                self.refused_write(fault, None, &tried, acting, (&law, moment))
            })?;
        if acting.dry_run {
            return Ok(id);
        }
        let mut detail = self.detail(Act::OrganisationAdded, &acting.actor, moment, &law);
        detail.organisation = Some(id.0);
        let organisation = Some(OrganisationChange {
            id,
            decided_on: None,
            facts: Vec::new(),
            linked: Vec::new(),
            details: vec![detail],
        });
        let batch = Batch {
            organisation,
            ..Batch::default()
        };
        self.commit(&law, batch, acting, moment)?;
        Ok(id)
    }

    /// An organisation with its facts and people; no value is opened. Who belongs to it is personal
    /// data: each of them finds it in their trace.
    ///
    /// # Errors
    /// [`domain::FaultKind::Absent`] when there is none, [`domain::FaultKind::Unavailable`] when
    /// the journal cannot be written.
    pub fn organisation(
        &self,
        id: OrganisationId,
        actor: &Actor,
        destination: Destination,
    ) -> Result<OrganisationShown, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Read, actor, moment)?;
        self.looked_at_organisation(id, &law, (actor, destination), moment)
    }

    /// An organisation with those of its people whom whoever looks may see.
    pub(crate) fn looked_at_organisation(
        &self,
        id: OrganisationId,
        law: &Law,
        (actor, destination): (&Actor, Destination),
        moment: Moment,
    ) -> Result<OrganisationShown, Fault> {
        let (_, facts) = self.organisation_known(id, law)?;
        let bound = self.bound(actor, Action::Read, law)?;
        let (mut people, mut parts) = (Vec::new(), Vec::new());
        for person in self.vault.data().read(|reader| reader.people_of(id))? {
            let Some(loaded) = self.vault.load(person, &law.names)? else {
                continue;
            };
            let subject = &loaded.subject;
            let shown = bound
                .as_ref()
                .is_none_or(|it| concerned_by(subject, it.purpose) && it.reaches(subject).is_ok());
            if shown {
                parts.push(part_of(law, subject, Vec::new(), moment));
                people.push(person);
            }
        }
        let mut detail = self.detail(Act::LookedUp, actor, moment, law);
        detail.organisation = Some(id.0);
        detail.destination = destination;
        let entry = self.vault.bulk_entry(detail, &parts)?;
        self.record_under(law, vec![entry])?;
        Ok(OrganisationShown { id, facts, people })
    }

    /// The person belongs to an organisation from a day on: its contracts set their terms.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when they belong to it already.
    pub fn link(
        &self,
        id: SubjectId,
        organisation: OrganisationId,
        since: Option<Date>,
        acting: &Acting,
    ) -> Result<Acted, Fault> {
        let tried = Tried {
            organisation: Some(organisation),
            ..Tried::of(Action::Link)
        };
        self.act_on(id, acting, &tried, &|law, subject: &mut Subject, moment| {
            let (version, facts) = self.organisation_known(organisation, law)?;
            let known = subject
                .links
                .iter()
                .any(|link| link.organisation == organisation);
            let since = since.unwrap_or(moment.today);
            let effects = link(&law.in_force, subject, organisation, since, moment)
                .map_err(|refusal| refused(refusal, law))?;
            if !known {
                subject.organisation_facts.extend(facts.iter().copied());
            }
            let mut detail = self.detail(Act::Linked, &acting.actor, moment, law);
            detail.subject = Some(id.0);
            detail.organisation = Some(organisation.0);
            Ok(Decided {
                effects,
                details: vec![detail],
                // Its version grows too: a fact that is recorded meanwhile reaches this person.
                organisation: Some(OrganisationChange {
                    id: organisation,
                    decided_on: Some(version),
                    facts,
                    linked: vec![id],
                    details: Vec::new(),
                }),
                ..Decided::default()
            })
        })
    }

    /// The person belongs to an organisation through a day and no longer.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when they do not belong to it.
    pub fn unlink(
        &self,
        id: SubjectId,
        organisation: OrganisationId,
        until: Option<Date>,
        acting: &Acting,
    ) -> Result<Acted, Fault> {
        let tried = Tried {
            organisation: Some(organisation),
            ..Tried::of(Action::Link)
        };
        self.act_on(id, acting, &tried, &|law, subject: &mut Subject, moment| {
            let until = until.unwrap_or(moment.today);
            let effects = unlink(&law.in_force, subject, organisation, until, moment)
                .map_err(|refusal| refused(refusal, law))?;
            let mut detail = self.detail(Act::Unlinked, &acting.actor, moment, law);
            detail.subject = Some(id.0);
            detail.organisation = Some(organisation.0);
            Ok(Decided {
                effects,
                details: vec![detail],
                ..Decided::default()
            })
        })
    }

    /// The person is met as a private person or at work; unknown counts as private.
    ///
    /// # Errors
    /// [`domain::FaultKind::Absent`] when nothing is held about the person.
    pub fn set_person(
        &self,
        id: SubjectId,
        person: Option<Person>,
        acting: &Acting,
    ) -> Result<Acted, Fault> {
        self.act_on(
            id,
            acting,
            &Tried::of(Action::Correct),
            &|law, subject: &mut Subject, moment| {
                let effects = set_person(&law.in_force, subject, person, moment);
                let mut detail = self.detail(Act::SubjectChanged, &acting.actor, moment, law);
                detail.subject = Some(id.0);
                detail.rule = Some(
                    match person {
                        Some(Person::Private) => "private",
                        Some(Person::Professional) => "professional",
                        None => "unknown",
                    }
                    .to_owned(),
                );
                Ok(Decided {
                    effects,
                    details: vec![detail],
                    ..Decided::default()
                })
            },
        )
    }
}

/// The spans of an organisation that have begun and, for one matter at least, not ended.
fn open_spans(policy: &Policy, facts: &[Fact], moment: Moment) -> Vec<SpanId> {
    let happened = |kind: FactId| {
        facts.iter().filter(move |fact| {
            fact.kind == kind && fact.superseded_by.is_none() && fact.happened <= moment.now
        })
    };
    (0u8..)
        .map(SpanId)
        .zip(&policy.spans)
        .filter(|(_, span)| {
            happened(span.opens).any(|opened| {
                let mut ends = happened(span.closes);
                !ends.any(|end| end.matter == opened.matter && end.happened >= opened.happened)
            })
        })
        .map(|(id, _)| id)
        .collect()
}
