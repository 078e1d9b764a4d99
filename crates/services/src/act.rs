//! The way of every act on a person: load, decide, write, forget what nothing keeps any more.

use domain::act::{Change as Effect, Effects};
use domain::decide::Refusal;
use domain::subject::{EndedBy, Held, Subject};
use domain::sweep::{due, next_due};
use domain::{Account, Actor, Fault, FaultKind, Moment, RecordId, Rule, SubjectId};
use door::change::Change;
use door::restrictive::RestrictiveAct;
use door::{Batch, Beside, NewValues, OrganisationChange, Receipt};
use jiff::Timestamp;
use journal::{Act, Destination, Detail};
use policy::model::Then;
use store::data::message::MessageRow;

use crate::concern::concern;
use crate::kept::Kept;
use crate::law::Law;
use crate::refused::Tried;

/// How often an act is decided again because the person's data changed meanwhile.
pub(crate) const TRIES_MAX: usize = 20;

/// Who acts, and what the act is for.
#[derive(Clone, Debug)]
pub struct Acting {
    /// Who.
    pub actor: Actor,
    /// Whether to decide and say what would happen, and change nothing.
    pub dry_run: bool,
}

impl Acting {
    /// Somebody who acts.
    #[must_use]
    pub fn new(actor: Actor, dry_run: bool) -> Self {
        Self { actor, dry_run }
    }
}

/// What an act did.
#[derive(Debug)]
pub struct Acted {
    /// Where it stands in the journal; none in a dry run.
    pub receipt: Option<Receipt>,
    /// What changed.
    pub effects: Effects,
    /// The records that went at once, because nothing keeps them any more.
    pub destroyed: Vec<RecordId>,
}

/// A decided act on one person, ready to be written.
#[derive(Default)]
pub(crate) struct Decided {
    pub(crate) effects: Effects,
    pub(crate) seal: Vec<NewValues>,
    pub(crate) details: Vec<Detail>,
    pub(crate) suppress: Vec<(u32, door::LookUpValue)>,
    /// Messages that the person is owed from now on.
    pub(crate) owed: Vec<MessageRow>,
    /// The organisation that the act concerns, too, as it is afterwards.
    pub(crate) organisation: Option<OrganisationChange>,
    /// What else is written in the same transaction.
    pub(crate) beside: Option<Beside>,
}

impl Kept {
    /// Acts on a person: decides on what is held now, and again if that changed meanwhile.
    pub(crate) fn act_on(
        &self,
        id: SubjectId,
        acting: &Acting,
        tried: &Tried,
        decide: &dyn Fn(&Law, &mut Subject, Moment) -> Result<Decided, Fault>,
    ) -> Result<Acted, Fault> {
        for _ in 0..TRIES_MAX {
            let (law, moment) = (self.law(), self.moment()?);
            let mut subject = self.person(id, &law)?.subject;
            let before = Before::of(&subject);
            as_seen(&subject, &acting.actor)?;
            let mut decided = self
                .permit_act(&law, &subject, tried, &acting.actor)
                .and_then(|()| decide(&law, &mut subject, moment))
                .map_err(|fault| {
                    self.refused_write(fault, Some(id), tried, acting, (&law, moment))
                })?;
            let organisation = decided.organisation.take();
            let beside = decided.beside.take();
            let (change, effects, destroyed) =
                self.change(&law, subject, Some(before), decided, acting, moment);
            if acting.dry_run {
                // What would happen to a person tells about them.
                let subject = self.person(id, &law)?.subject;
                self.looked_at(&subject, &law, (&acting.actor, Destination::Screen), moment)?;
                return Ok(Acted {
                    receipt: None,
                    effects,
                    destroyed,
                });
            }
            let batch = Batch {
                organisation,
                beside,
                ..Batch::from(change)
            };
            match self.commit(&law, batch, acting, moment) {
                Ok(receipts) => {
                    return Ok(Acted {
                        receipt: receipts.first().copied(),
                        effects,
                        destroyed,
                    });
                }
                Err(fault) if fault.kind == FaultKind::Conflict => {}
                Err(fault) => return Err(fault),
            }
        }
        Err(keeps_changing())
    }

    /// A decided act as a change for the vault: what the effects touched, when each record is
    /// next due, what goes at once, and the entries that say so.
    pub(crate) fn change(
        &self,
        law: &Law,
        subject: Subject,
        before: Option<Before>,
        decided: Decided,
        acting: &Acting,
        moment: Moment,
    ) -> (Change, Effects, Vec<RecordId>) {
        let Decided {
            effects,
            seal,
            mut details,
            suppress,
            owed,
            organisation: _,
            beside: _,
        } = decided;
        let (gone, rules): (Vec<RecordId>, Vec<Rule>) = due(&law.in_force, &subject, moment)
            .into_iter()
            .filter(|due| due.then == Then::Delete)
            .filter(|due| seal.iter().all(|new| new.record != due.record))
            .map(|due| (due.record, due.rule))
            .unzip();
        details.extend(self.details_of_effects(law, &subject, &effects, &acting.actor, moment));
        if !gone.is_empty() {
            let mut swept = self.detail(Act::Swept, &acting.actor, moment, law);
            swept.subject = Some(subject.id.0);
            swept.records = gone.iter().map(|record| record.0).collect();
            swept.rule = Some(named(&rules, law));
            details.push(swept);
        }
        for detail in &mut details {
            concern(detail, law, &subject, moment);
        }
        let due = next_look(law, &subject, &gone, moment);
        let restrictive = effects.changes.iter().filter_map(restrictive_act).collect();
        let stays = subject.records.iter().filter(|held| !held.tombstone);
        let change = Change {
            imposed: imposed(&subject, &effects),
            changed: stays
                .filter(|held| !gone.contains(&held.id))
                .filter(|held| before.as_ref().is_none_or(|before| before.differs(held)))
                .map(|held| held.id)
                .collect(),
            decided_on: before.map(|before| before.version),
            seal,
            due: due.map(|at| at.as_microsecond()),
            destroy: gone.clone(),
            suppress,
            details,
            restrictive,
            owed,
            subject,
        };
        (change, effects, gone)
    }

    /// One entry for the grounds that ended, whatever the act: the latch leaves its own trace.
    fn details_of_effects(
        &self,
        law: &Law,
        subject: &Subject,
        effects: &Effects,
        actor: &Actor,
        moment: Moment,
    ) -> Option<Detail> {
        let mut records: Vec<[u8; 16]> = effects
            .changes
            .iter()
            .filter_map(|effect| match effect {
                Effect::GroundEnded { record, .. } => Some(record.0),
                _ => None,
            })
            .collect();
        if records.is_empty() {
            return None;
        }
        records.sort_unstable();
        records.dedup();
        let mut detail = self.detail(Act::GroundsEnded, actor, moment, law);
        detail.subject = Some(subject.id.0);
        detail.records = records;
        Some(detail)
    }
}

/// A person as an act found them: what it leaves as it was is not written again.
pub(crate) struct Before {
    version: u64,
    records: Vec<Held>,
}

impl Before {
    /// A person before an act.
    pub(crate) fn of(subject: &Subject) -> Self {
        Self {
            version: subject.version,
            records: subject.records.clone(),
        }
    }

    /// Whether a record is another than it was.
    fn differs(&self, held: &Held) -> bool {
        let mut records = self.records.iter();
        records.find(|before| before.id == held.id) != Some(held)
    }
}

/// When the sweep is next to look at a person: at the earliest end of a record that stays.
pub(crate) fn next_look(
    law: &Law,
    subject: &Subject,
    gone: &[RecordId],
    moment: Moment,
) -> Option<Timestamp> {
    let stays = |held: &&Held| !held.tombstone && !gone.contains(&held.id);
    let records = subject.records.iter().filter(stays);
    records
        .filter_map(|held| next_due(&law.in_force, subject, held, moment))
        .min()
}

/// What the log of restrictive acts says of an effect.
fn restrictive_act(effect: &Effect) -> Option<RestrictiveAct> {
    match effect {
        Effect::ConsentWithdrawn(_) => Some(RestrictiveAct::Withdrawn),
        Effect::Objected(_) => Some(RestrictiveAct::Objected),
        Effect::HoldPlaced(_) => Some(RestrictiveAct::Held),
        Effect::Restricted(_) => Some(RestrictiveAct::Restricted),
        Effect::Erased(_) => Some(RestrictiveAct::Erased),
        _ => None,
    }
}

/// What of an act a restore imposes again: what it took back, forbade or kept, and the grounds that
/// it ended otherwise than by their term, which a restored person reaches by themselves.
fn imposed(subject: &Subject, effects: &Effects) -> Option<Subject> {
    let has = |wanted: Effect| effects.changes.contains(&wanted);
    let ended = |record: RecordId| {
        effects.changes.iter().any(|effect| match effect {
            Effect::GroundEnded {
                record: of, ended, ..
            } => *of == record && ended.by != EndedBy::Term,
            _ => false,
        })
    };
    let imposed = Subject {
        id: subject.id,
        version: subject.version,
        person: None,
        roles: Vec::new(),
        links: Vec::new(),
        facts: Vec::new(),
        organisation_facts: Vec::new(),
        told: None,
        acceptances: Vec::new(),
        consents: picked(&subject.consents, |it| has(Effect::ConsentWithdrawn(it.id))),
        objections: picked(&subject.objections, |it| has(Effect::Objected(it.id))),
        restrictions: picked(&subject.restrictions, |it| has(Effect::Restricted(it.id))),
        holds: picked(&subject.holds, |it| has(Effect::HoldPlaced(it.id))),
        // Whoever brought a record in is nobody to the log.
        records: subject
            .records
            .iter()
            .filter(|it| ended(it.id))
            .map(|it| Held {
                fields: 0,
                brought_by: Account::nobody(),
                ..it.clone()
            })
            .collect(),
    };
    let nothing = imposed.consents.is_empty()
        && imposed.objections.is_empty()
        && imposed.restrictions.is_empty()
        && imposed.holds.is_empty()
        && imposed.records.is_empty();
    (!nothing).then_some(imposed)
}

fn picked<T: Clone>(all: &[T], wanted: impl Fn(&T) -> bool) -> Vec<T> {
    all.iter().filter(|it| wanted(it)).cloned().collect()
}

/// The names of rules, each once.
pub(crate) fn named(rules: &[Rule], law: &Law) -> String {
    let mut names: Vec<String> = rules.iter().map(|rule| rule.name(law.policy())).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// Whether a person is as whoever acts has seen them, where they say what they saw.
pub(crate) fn as_seen(subject: &Subject, actor: &Actor) -> Result<(), Fault> {
    let seen = actor.capacity.and_then(|capacity| capacity.seen);
    match seen.is_none_or(|seen| seen == subject.version) {
        true => Ok(()),
        false => Err(Fault::new(
            FaultKind::Conflict,
            "this person's data changed since it was read",
        )
        .remedy("read it again, then decide again")),
    }
}

pub(crate) fn keeps_changing() -> Fault {
    Fault::new(FaultKind::Conflict, "this person's data keeps changing")
        .remedy("try again in a moment")
}

/// A refusal of the domain as a fault that names its rule.
pub(crate) fn refused(refusal: Refusal, law: &Law) -> Fault {
    let terms = law.terms();
    Fault::new(
        FaultKind::Refused,
        refusal.rule.sentence(terms, policy::model::Language::En),
    )
    .rule(refusal.rule.name(terms))
}
