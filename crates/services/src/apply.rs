//! Applying a changed policy: what had expired by then is ended first, for good (semantics, 3);
//! then the new version takes effect on everything at one moment.

use std::sync::{Arc, PoisonError};

use domain::act::{Change as Effect, latch};
use domain::subject::Subject;
use domain::{Fault, FaultKind, Moment, RecordId, SubjectId};
use door::{Batch, Change};
use journal::{Act, Part};
use policy::authorisation::Action;
use store::Priority;
use store::data::registry::PolicyRow;

use crate::act::{Acting, next_look};
use crate::authorisation;
use crate::concern::part_of;
use crate::kept::Kept;
use crate::law::Law;
use crate::plan::{Candidate, Foreseen, Obstacle, PEOPLE_AT_ONCE, obstacles};
use crate::refused::Tried;
use crate::webhook::event::POLICY_APPLIED;

/// Up to whom the stored due moments follow the policy in force; there while some do not.
const DUE_FOLLOWS: &str = "due-follows";
/// How often the passage of midnight is waited out.
const DAYS_MAX: u32 = 3;

/// What applying a policy did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    /// The version in force now.
    pub version: u32,
    /// How many grounds had expired and were ended for good.
    pub ended: u64,
    /// How many records the new policy does not declare any more; they are destroyed.
    pub destroyed: u64,
    /// Where it stands in the journal.
    pub entry: u64,
    /// How many people are told of it by a message; none where the policy does not say how.
    pub announced: Option<u64>,
}

impl Kept {
    /// Applies a changed policy. `progress` hears how many people were looked at.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when this very policy is in force already; [`FaultKind::Refused`] when
    /// a hold, a duty or evidence keeps what the new policy does not declare, or records name it;
    /// [`FaultKind::Conflict`] when another version came into force meanwhile.
    pub fn apply(
        &self,
        candidate: &Candidate,
        acting: &Acting,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Applied, Fault> {
        self.catch_up()?;
        if candidate.policy.digest == self.law().policy().digest {
            return Err(in_force_already());
        }
        let mut applied = Applied {
            version: candidate.policy.version,
            ..Applied::default()
        };
        for _ in 0..DAYS_MAX {
            let (law, moment) = (self.law(), self.moment()?);
            let foreseen = self.foresee(candidate)?;
            self.end_what_expired(&law, &foreseen, acting, moment, &mut applied, progress)
                .map_err(|fault| {
                    let tried = Tried::of(Action::Erase);
                    self.refused_write(fault, None, &tried, acting, (&law, moment))
                })?;
            if acting.dry_run {
                let mut planned = self.detail(Act::Planned, &acting.actor, moment, &law);
                planned.digest = Some(candidate.policy.digest);
                planned.count = Some(applied.ended + applied.destroyed);
                self.vault.record(&planned)?;
                return Ok(applied);
            }
            if let Some(entry) = self.put_in_force(&law, candidate, foreseen, acting, moment)? {
                applied.entry = entry;
                self.follow(progress)?;
                let tells = candidate.policy.announcements.is_some();
                let put_in = self.go_on_announcing(acting, &mut |_| {})?;
                applied.announced = tells.then_some(put_in);
                return Ok(applied);
            }
        }
        Err(Fault::new(
            FaultKind::Unavailable,
            "the days pass faster than the policy is applied",
        )
        .remedy("check the machine's clock"))
    }

    /// Latches every person under the policy that is still in force, and destroys the records
    /// that the new one does not declare. Acts latch for themselves, and ordinary terms end at
    /// midnight: on the same day, nothing more expires behind the pass.
    fn end_what_expired(
        &self,
        law: &Law,
        foreseen: &Foreseen,
        acting: &Acting,
        moment: Moment,
        applied: &mut Applied,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Fault> {
        let (mut after, mut seen) = (None, 0);
        loop {
            let people = self.vault.load_after(after, PEOPLE_AT_ONCE, &law.names)?;
            let Some(last) = people.last() else {
                return Ok(());
            };
            let next = Some(last.subject.id);
            let ids: Vec<SubjectId> = people.iter().map(|loaded| loaded.subject.id).collect();
            let futures = self.vault.foresee(&ids, &foreseen.names)?;
            let mut ending = Ending::default();
            for (loaded, future) in people.into_iter().zip(futures) {
                if let Some(future) = &future {
                    let mut found = obstacles(law, foreseen, &loaded.subject, future, moment);
                    if let Some(first) = found.pop() {
                        return Err(in_the_way(&first, law));
                    }
                }
                let undeclared = undeclared(&loaded.subject, future.as_ref());
                ending.add(law, loaded.subject, undeclared, moment);
            }
            let (ended, destroyed) = (ending.ended, ending.destroyed);
            if !acting.dry_run && !ending.batch.changes.is_empty() {
                let mut detail = self.detail(Act::GroundsEnded, &acting.actor, moment, law);
                detail.count = Some(ended);
                ending.batch.bulk = Some((detail, ending.parts));
                match self.commit(law, ending.batch, acting, moment) {
                    Ok(_) => {}
                    // Somebody acted on one of them meanwhile: look at these people again.
                    Err(fault) if fault.kind == FaultKind::Conflict => continue,
                    Err(fault) => return Err(fault),
                }
            }
            applied.ended += ended;
            applied.destroyed += destroyed;
            seen += ids.len() as u64;
            after = next;
            progress(seen);
        }
    }

    /// The moment itself: names, policy and journal entry in one transaction, alone. `None` when
    /// midnight passed since the pass.
    fn put_in_force(
        &self,
        law: &Law,
        candidate: &Candidate,
        foreseen: Foreseen,
        acting: &Acting,
        moment: Moment,
    ) -> Result<Option<u64>, Fault> {
        let _alone = self
            .applying
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let now = self.moment()?;
        if !self.law().is_that_of(law) {
            return Err(Fault::new(
                FaultKind::Conflict,
                "another policy or authorisation came into force meanwhile",
            )
            .remedy("plan again, against the policy that is in force now"));
        }
        if now.today != moment.today {
            return Ok(None);
        }
        let row = PolicyRow {
            version: candidate.policy.version,
            digest: candidate.policy.digest,
            source: candidate.source.clone().into_bytes(),
            applied: now.now.as_microsecond(),
        };
        let mut detail = self.detail(Act::PolicyApplied, &acting.actor, now, law);
        detail.policy_version = row.version;
        detail.digest = Some(row.digest);
        let (still, under) = (self.still_acting(acting)?, self.under(law));
        let entry = self.vault.entry(&detail)?;
        let authorised = match candidate.next.new_one() {
            None => None,
            Some(new) => {
                let detail = self.detail(Act::AuthorisationApplied, &acting.actor, now, law);
                let mut detail = authorisation::applied(detail, &new.authorisation);
                detail.policy_version = candidate.policy.version;
                let row = authorisation::row(&new.authorisation, &new.source, now);
                Some((row, self.vault.entry(&detail)?))
            }
        };
        let Foreseen {
            in_force,
            names,
            new_names,
        } = foreseen;
        let tells = candidate.policy.announcements.is_some();
        let messages = self.messages(&self.subscribers(), POLICY_APPLIED, (None, None), law, now);
        let version = row.version;
        let seq = self.vault.data().write(Priority::Ordinary, move |tx| {
            under(tx)?;
            still(tx)?;
            for message in &messages {
                let mut message = message.clone();
                message.policy_version = version;
                tx.add_webhook_message(&message)?;
            }
            for name in &new_names {
                tx.put_name(name.sort.code(), name.number, &name.name)?;
            }
            tx.add_policy(&row)?;
            tx.put_meta(DUE_FOLLOWS, &[])?;
            if tells {
                tx.add_announcement(row.version, row.applied)?;
            }
            let seq = tx.append(&entry)?;
            if let Some((row, entry)) = &authorised {
                tx.add_authorisation(row)?;
                tx.append(entry)?;
            }
            Ok(seq)
        })?;
        let source = match candidate.next.new_one() {
            Some(new) => Some(new.source.clone()),
            None => law.authorisation_source().map(str::to_owned),
        };
        let authorised = candidate.next.authorisation().cloned().zip(source);
        let mut in_place = self.law.write().unwrap_or_else(PoisonError::into_inner);
        *in_place = Arc::new(Law::new(in_force, names, authorised));
        Ok(Some(seq))
    }

    /// Brings the stored due moments after the policy in force. They are an index for the sweep
    /// and decide nothing; a crash in between is made up for by the next sweep.
    pub(crate) fn follow(&self, progress: &mut dyn FnMut(u64)) -> Result<(), Fault> {
        let Some(mut after) = self.due_follows()? else {
            return Ok(());
        };
        let mut seen = 0;
        loop {
            let (law, moment) = (self.law(), self.moment()?);
            let people = self.vault.load_after(after, PEOPLE_AT_ONCE, &law.names)?;
            let Some(last) = people.last() else { break };
            let next = last.subject.id;
            seen += people.len() as u64;
            let mut dues = Vec::new();
            for loaded in &people {
                let subject = &loaded.subject;
                let at = next_look(&law, subject, &[], moment);
                dues.push((subject.id, at.map(|at| at.as_microsecond())));
            }
            self.vault.data().write(Priority::Ordinary, move |tx| {
                for (subject, due) in &dues {
                    tx.put_due(*subject, *due)?;
                }
                tx.put_meta(DUE_FOLLOWS, next.as_bytes())
            })?;
            after = Some(next);
            progress(seen);
        }
        self.vault
            .data()
            .write(Priority::Ordinary, |tx| tx.delete_meta(DUE_FOLLOWS))
    }

    /// The last person whose due moments follow the policy in force; the outer `None` when
    /// everybody's do.
    fn due_follows(&self) -> Result<Option<Option<SubjectId>>, Fault> {
        let kept = self.vault.data().read(|reader| reader.meta(DUE_FOLLOWS))?;
        Ok(kept.map(|bytes| bytes.as_slice().try_into().ok().map(SubjectId)))
    }
}

/// Records of a person that the new policy does not declare.
fn undeclared(subject: &Subject, future: Option<&Subject>) -> Vec<RecordId> {
    let declared =
        |id: RecordId| future.is_some_and(|future| future.records.iter().any(|held| held.id == id));
    let held = subject.records.iter().filter(|held| !held.tombstone);
    held.map(|held| held.id)
        .filter(|id| !declared(*id))
        .collect()
}

/// What ends for a batch of people before a policy changes.
#[derive(Default)]
struct Ending {
    batch: Batch,
    parts: Vec<Part>,
    ended: u64,
    destroyed: u64,
}

impl Ending {
    fn add(&mut self, law: &Law, mut subject: Subject, undeclared: Vec<RecordId>, moment: Moment) {
        let before = subject.version;
        let effects = latch(&law.in_force, &mut subject, moment);
        if effects.is_empty() && undeclared.is_empty() {
            return;
        }
        subject.version = before + 1;
        let mut touched: Vec<RecordId> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::GroundEnded { record, .. } => Some(*record),
                _ => None,
            })
            .collect();
        touched.sort_unstable();
        touched.dedup();
        let records = touched.iter().chain(&undeclared).map(|record| record.0);
        let mut part = part_of(law, &subject, records.collect(), moment);
        if !undeclared.is_empty() {
            part.rule = Some("policy.categories".to_owned());
        }
        self.parts.push(part);
        self.ended += effects.len() as u64;
        self.destroyed += undeclared.len() as u64;
        let due = next_look(law, &subject, &undeclared, moment);
        touched.retain(|id| !undeclared.contains(id));
        self.batch.changes.push(Change {
            decided_on: Some(before),
            seal: Vec::new(),
            changed: touched,
            due: due.map(|at| at.as_microsecond()),
            destroy: undeclared,
            suppress: Vec::new(),
            details: Vec::new(),
            restrictive: Vec::new(),
            imposed: None,
            owed: Vec::new(),
            subject,
        });
    }
}

fn in_force_already() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "this very policy is in force already",
    )
    .remedy(
        "change it and give it the next version; `kept documents publish` publishes new versions of \
         the documents beside it, and nothing else",
    )
}

fn in_the_way(obstacle: &Obstacle, law: &Law) -> Fault {
    let name = obstacle.name(law);
    let (needs, rule, remedy) = match obstacle {
        Obstacle::Origin(_) => (
            "from which records are held",
            "6a",
            "keep it declared until these records have ended",
        ),
        Obstacle::Kept(_) => (
            "of which a hold, a duty or evidence keeps records",
            "10i",
            "keep it declared until these records have ended",
        ),
        Obstacle::Processor(_) => (
            "by which records were collected",
            "3a",
            "keep it declared until these records have ended, or rename it with `was`",
        ),
        Obstacle::Hold(_) => (
            "for which a hold stands",
            "10i",
            "lift the hold first if it is not needed any more, keep the purpose declared until \
             then, or rename it with `was`",
        ),
    };
    let message = format!("the new policy does not declare `{name}`, {needs}");
    Fault::new(FaultKind::Refused, message)
        .rule(rule)
        .remedy(format!("{remedy}; `kept plan` says how many there are"))
}
