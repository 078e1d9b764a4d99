//! Facts: dated events that move terms and bases, of a person or of an organisation (semantics,
//! 10 and 12).

use domain::act::fact::{NewFact, check_fact, record_fact};
use domain::subject::{Fact, Subject};
use domain::{FactRef, RecordId};
use domain::{Fault, FaultKind, MatterId, Moment, OrganisationId, SubjectId};
use door::change::Change;
use door::{Batch, OrganisationChange, Receipt};
use jiff::Timestamp;
use journal::{Act, Destination, Detail};
use policy::authorisation::Action;
use policy::model::FactId;

use crate::act::{Acted, Acting, Before, Decided, TRIES_MAX, keeps_changing, refused};
use crate::concern::part_of;
use crate::kept::Kept;
use crate::law::Law;
use crate::refused::Tried;

/// What happened, about to be recorded.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What.
    pub kind: FactId,
    /// The contract, debit or dispute that it is about.
    pub matter: Option<MatterId>,
    /// When, as evidence says.
    pub at: Timestamp,
    /// In which manner, where its kind has manners (10d).
    pub manner: Option<String>,
    /// The fact that this one takes the place of.
    pub supersedes: Option<FactRef>,
}

/// A fact of an organisation, recorded for its people too.
#[derive(Debug)]
pub struct OrganisationActed {
    /// Where it stands in the journal; none in a dry run.
    pub receipt: Option<Receipt>,
    /// How many people it reaches.
    pub people: usize,
    /// The records that went at once, because nothing keeps them any more.
    pub destroyed: Vec<RecordId>,
}

impl Happened {
    fn tried(&self, organisation: Option<OrganisationId>) -> Tried {
        Tried {
            matter: self.matter,
            organisation,
            ..Tried::of(Action::RecordFacts)
        }
    }

    fn fact<'a>(
        &'a self,
        id: FactRef,
        organisation: Option<OrganisationId>,
        acting: &Acting,
    ) -> NewFact<'a> {
        NewFact {
            id,
            kind: self.kind,
            matter: self.matter,
            happened: self.at,
            manner: self.manner.as_deref(),
            by: acting.actor.kind,
            organisation,
            supersedes: self.supersedes,
        }
    }
}

/// Refuses that a role which does not administer accounts lets somebody in, or shuts them out, by
/// recording that their access began or ended (21a). A directory that does has the accounts' purpose.
fn lets_nobody_in(law: &Law, kind: FactId, acting: &Acting) -> Result<(), Fault> {
    let (Some(accounts), Some(capacity)) = (law.policy().accounts, acting.actor.capacity) else {
        return Ok(());
    };
    let about_access = kind == accounts.begins || kind == accounts.ends;
    let for_accounts = Some(law.names.purpose.number(accounts.purpose));
    if !about_access
        || capacity
            .purpose
            .is_none_or(|_| capacity.purpose == for_accounts)
    {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Refused,
        "access begins and ends with an account, not with an event that is recorded for another purpose",
    )
    .rule(format!("facts.{}", law.policy().fact(kind).name))
    .remedy("administer accounts instead, or work for their purpose"))
}

impl Kept {
    /// A new contract, debit or dispute, to be named by the facts and records that are about it.
    ///
    /// # Errors
    /// When the clock cannot be read.
    pub fn new_matter(&self) -> Result<MatterId, Fault> {
        Ok(MatterId::new(self.moment()?.now, self.vault.entropy()))
    }

    /// Records a fact of a person.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] with the rule when such a fact is not recorded so,
    /// [`FaultKind::Absent`] when nothing is held about the person.
    pub fn record_fact(
        &self,
        id: SubjectId,
        happened: &Happened,
        acting: &Acting,
    ) -> Result<(FactRef, Acted), Fault> {
        let fact = FactRef::new(self.moment()?.now, self.vault.entropy());
        let tried = happened.tried(None);
        let acted = self.act_on(id, acting, &tried, &|law, subject: &mut Subject, moment| {
            lets_nobody_in(law, happened.kind, acting)?;
            let new = happened.fact(fact, None, acting);
            let effects = record_fact(&law.in_force, subject, new, moment)
                .map_err(|refusal| refused(refusal, law))?;
            let mut detail = self.fact_detail(law, happened, acting, moment);
            detail.subject = Some(id.0);
            Ok(Decided {
                effects,
                details: vec![detail],
                ..Decided::default()
            })
        })?;
        Ok((fact, acted))
    }

    /// Records a fact of an organisation: whatever of its people's data had expired is ended
    /// first, then it takes effect for all of them, in one transaction.
    ///
    /// # Errors
    /// As [`Kept::record_fact`]; [`FaultKind::Absent`] when there is no such organisation.
    pub fn record_organisation_fact(
        &self,
        id: OrganisationId,
        happened: &Happened,
        acting: &Acting,
    ) -> Result<(FactRef, OrganisationActed), Fault> {
        let fact = FactRef::new(self.moment()?.now, self.vault.entropy());
        for _ in 0..TRIES_MAX {
            let (law, moment) = (self.law(), self.moment()?);
            let new = happened.fact(fact, Some(id), acting);
            let (batch, people, destroyed) = self
                .organisation_fact(&law, id, happened, new, acting, moment)
                .map_err(|fault| {
                    let tried = happened.tried(Some(id));
                    self.refused_write(fault, None, &tried, acting, (&law, moment))
                })?;
            let mut acted = OrganisationActed {
                receipt: None,
                people,
                destroyed,
            };
            if acting.dry_run {
                // What would happen to its people tells about them.
                self.looked_at_organisation(
                    id,
                    &law,
                    (&acting.actor, Destination::Screen),
                    moment,
                )?;
                return Ok((fact, acted));
            }
            match self.commit(&law, batch, acting, moment) {
                Ok(receipts) => {
                    acted.receipt = receipts.first().copied();
                    return Ok((fact, acted));
                }
                Err(fault) if fault.kind == FaultKind::Conflict => {}
                Err(fault) => return Err(fault),
            }
        }
        Err(keeps_changing())
    }

    /// The change that a fact makes to an organisation and to its people.
    fn organisation_fact(
        &self,
        law: &Law,
        id: OrganisationId,
        happened: &Happened,
        new: NewFact<'_>,
        acting: &Acting,
        moment: Moment,
    ) -> Result<(Batch, usize, Vec<RecordId>), Fault> {
        let refuse = |refusal| refused(refusal, law);
        check_fact(&law.in_force, &new, moment).map_err(refuse)?;
        self.permit_at_all(law, Action::RecordFacts, &acting.actor)?;
        let tried = happened.tried(Some(id));
        let (version, mut facts) = self.organisation_known(id, law)?;
        supersede(&mut facts, &new)?;
        facts.push(Fact {
            id: new.id,
            kind: new.kind,
            matter: new.matter,
            happened: new.happened,
            recorded: moment.now,
            superseded_by: None,
            organisation: Some(id),
        });
        let (mut changes, mut parts, mut destroyed) = (Vec::new(), Vec::new(), Vec::new());
        for person in self.vault.data().read(|reader| reader.people_of(id))? {
            let Some(loaded) = self.vault.load(person, &law.names)? else {
                continue;
            };
            let mut subject = loaded.subject;
            self.permit_act(law, &subject, &tried, &acting.actor)?;
            let before = Before::of(&subject);
            let effects = record_fact(&law.in_force, &mut subject, new, moment).map_err(refuse)?;
            let decided = Decided {
                effects,
                ..Decided::default()
            };
            let (change, _, gone): (Change, _, _) =
                self.change(law, subject, Some(before), decided, acting, moment);
            parts.push(part_of(law, &change.subject, Vec::new(), moment));
            changes.push(change);
            destroyed.extend(gone);
        }
        let mut detail = self.fact_detail(law, happened, acting, moment);
        detail.organisation = Some(id.0);
        let people = changes.len();
        let mut organisation = OrganisationChange {
            id,
            decided_on: Some(version),
            facts,
            linked: Vec::new(),
            details: Vec::new(),
        };
        let bulk = if people == 0 {
            organisation.details.push(detail);
            None
        } else {
            detail.count = Some(people as u64);
            Some((detail, parts))
        };
        let batch = Batch {
            changes,
            organisation: Some(organisation),
            bulk,
            ..Batch::default()
        };
        Ok((batch, people, destroyed))
    }

    fn fact_detail(
        &self,
        law: &Law,
        happened: &Happened,
        acting: &Acting,
        moment: Moment,
    ) -> Detail {
        let act = match happened.supersedes {
            Some(_) => Act::FactSuperseded,
            None => Act::FactRecorded,
        };
        let mut detail = self.detail(act, &acting.actor, moment, law);
        detail.matter = happened.matter.map(|matter| matter.0);
        detail.rule = Some(format!("facts.{}", law.policy().fact(happened.kind).name));
        detail
    }

    /// An organisation's version and facts.
    pub(crate) fn organisation_known(
        &self,
        id: OrganisationId,
        law: &Law,
    ) -> Result<(u64, Vec<Fact>), Fault> {
        self.vault.organisation(id, &law.names)?.ok_or_else(|| {
            Fault::new(FaultKind::Absent, "there is no such organisation")
                .remedy("check the identifier; `kept organisation add` makes a new one")
        })
    }
}

/// Takes an organisation's earlier fact out of account.
fn supersede(facts: &mut [Fact], new: &NewFact<'_>) -> Result<(), Fault> {
    let Some(old) = new.supersedes else {
        return Ok(());
    };
    let found = facts
        .iter_mut()
        .find(|fact| fact.id == old && fact.kind == new.kind && fact.superseded_by.is_none());
    match found {
        Some(fact) => {
            fact.superseded_by = Some(new.id);
            Ok(())
        }
        None => Err(Fault::new(
            FaultKind::Absent,
            "the fact to be replaced is not one of the organisation's",
        )
        .remedy("name a fact of the same kind that nothing has replaced yet")),
    }
}
