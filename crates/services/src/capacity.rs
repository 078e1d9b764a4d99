//! What somebody may do in the capacity that they act in. It is asked under the law that the act is
//! decided by, and the act's commit compares that law: a role or a purpose that went meanwhile is met
//! (9c; mechanism, 10). Whoever acts in no capacity is held to the policy alone.

use domain::collect::Collection;
use domain::decide::{Allowed, Decision, Refusal, Request, Withheld, decide, explain};
use domain::names::Sort;
use domain::narrowing::{decide_as, explain_as};
use domain::subject::{Held, Subject};
use domain::{Actor, Capacity, Fault, FaultKind, Moment, Narrowing, Rule};
use journal::{Act, Detail};
use policy::authorisation::Action;
use policy::model::{CategoryId, CategorySet, PurposeId, RecipientId};

use crate::access::duty::closed;
use crate::act::refused;
use crate::collect::NewData;
use crate::concern::concern;
use crate::in_role::InRole;
use crate::kept::Kept;
use crate::law::Law;
use crate::refused::Tried;

/// A capacity under the law in force: a role and a purpose that are there.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    law: &'a Law,
    pub(crate) narrowing: Narrowing<'a>,
    pub(crate) purpose: PurposeId,
    /// The rule that closes reading, although the role is open (9b).
    pub(crate) unread: Option<Rule>,
}

/// What an act reaches beside the person: the categories that it names, or all that is held.
fn reached(tried: &Tried, subject: &Subject, declared: usize) -> CategorySet {
    let named: CategorySet = tried.categories.iter().copied().collect();
    let whole = tried.categories.len() >= declared;
    let of_the_matter = |held: &&Held| tried.matter.is_none() || held.matter == tried.matter;
    let held = subject.records.iter().filter(|held| !held.tombstone);
    match (named.is_empty() || whole, tried.matter) {
        (true, _) => held
            .filter(of_the_matter)
            .map(|held| held.category)
            .collect(),
        (false, _) => named,
    }
}

/// Whether an act is done to whole categories of a file, so that the role must reach each of them.
/// The others concern the person, and it is enough that the role reaches some of their data.
const fn takes_whole_categories(action: Action) -> bool {
    matches!(
        action,
        Action::Erase | Action::Restrict | Action::Hold | Action::Copy | Action::Trace
    )
}

impl<'a> Bound<'a> {
    /// The recipient of the policy as which the role sees values.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] where the role only administers.
    pub(crate) fn recipient(&self) -> Result<RecipientId, Fault> {
        let role = self.narrowing.authorisation.role(self.narrowing.role);
        role.recipient.ok_or_else(|| reads_nobody(&role.name))
    }

    /// The same, with a request made that of its role and purpose.
    ///
    /// # Errors
    /// As [`Bound::recipient`].
    pub(crate) fn reads(self, request: &mut Request) -> Result<Self, Fault> {
        request.purpose = self.purpose;
        request.recipient = self.recipient()?;
        Ok(self)
    }

    /// The request of somebody in this capacity, for some categories.
    ///
    /// # Errors
    /// As [`Bound::recipient`].
    pub(crate) fn request(&self, categories: CategorySet) -> Result<Request, Fault> {
        Ok(Request {
            recipient: self.recipient()?,
            purpose: self.purpose,
            channel: None,
            categories,
        })
    }

    /// Decides a request of this capacity.
    pub(crate) fn decide(&self, subject: &Subject, request: Request, moment: Moment) -> Decision {
        decide_as(
            &self.law.in_force,
            subject,
            request,
            &self.narrowing,
            moment,
        )
    }

    /// Whether an act on a person may be done.
    fn act(&self, subject: &Subject, tried: &Tried) -> Result<(), Refusal> {
        let policy = self.law.policy();
        let stated = [self.purpose];
        let purposes = match tried.purposes.as_slice() {
            [] => &stated,
            named => named,
        };
        let all = match takes_whole_categories(self.narrowing.action) {
            true => reached(tried, subject, policy.categories.len()),
            false => CategorySet::EMPTY,
        };
        let mut purposes = purposes.iter();
        purposes.try_for_each(|it| self.narrowing.may_with_all(policy, subject, *it, all))
    }

    /// Whether it may be done with a person at all for the stated purpose.
    pub(crate) fn reaches(&self, subject: &Subject) -> Result<(), Refusal> {
        let policy = self.law.policy();
        self.narrowing
            .may(policy, subject, Some(self.purpose))
            .map(drop)
    }

    /// The same decision, carried out in the role.
    pub(crate) fn carry_out(&self, allowed: Allowed) -> Allowed {
        self.narrowing.carry_out(allowed)
    }
}

/// A decision, and what is withheld of the records that were asked for.
pub(crate) fn decided(
    law: &Law,
    subject: &Subject,
    request: Request,
    narrowing: Option<&Narrowing<'_>>,
    moment: Moment,
) -> (Decision, Vec<Withheld>) {
    let in_force = &law.in_force;
    match narrowing {
        None => (
            decide(in_force, subject, request, moment),
            explain(in_force, subject, request, moment),
        ),
        Some(narrowing) => (
            decide_as(in_force, subject, request, narrowing, moment),
            explain_as(in_force, subject, request, narrowing, moment),
        ),
    }
}

/// The purpose of a capacity under the law in force.
pub(crate) fn purpose(law: &Law, capacity: Capacity) -> Result<PurposeId, Fault> {
    let stated = capacity.purpose.ok_or_else(|| {
        Fault::new(
            FaultKind::Refused,
            "no purpose was stated, and nobody's data is opened for none",
        )
        .rule("purposes")
        .remedy("say what you work for")
    })?;
    law.names.purpose.id(stated).ok_or_else(|| {
        let name = law.names.name_of(Sort::Purpose, stated);
        Fault::new(
            FaultKind::Refused,
            "the policy in force does not have this purpose any more",
        )
        .rule(format!("purposes.{}", name.unwrap_or_default()))
        .remedy("state a purpose of the policy in force")
    })
}

/// Whether a person has to do with a purpose: something of theirs is or was held for it.
pub(crate) fn concerned_by(subject: &Subject, purpose: PurposeId) -> bool {
    let held = subject.records.iter().filter(|held| !held.tombstone);
    let mut grounds = held.flat_map(|held| &held.grounds);
    let by_ground = grounds.any(|ground| ground.purpose == purpose);
    let mut holds = subject.holds.iter().filter(|hold| hold.lifted.is_none());
    by_ground || holds.any(|hold| hold.purpose == purpose)
}

/// The act that stands in the journal where something is refused.
pub(crate) const fn refusal_of(action: Action) -> Act {
    match action.handles_values() {
        true => Act::ReadRefused,
        false => Act::WriteRefused,
    }
}

/// Completes the journal's detail of an act in a capacity: under which authorisation.
pub(crate) fn told(detail: &mut Detail, actor: &Actor, law: &Law) {
    let Some(capacity) = actor.capacity else {
        return;
    };
    InRole::from(capacity).told(detail, law);
}

impl Kept {
    /// The capacity of an actor for an act, proved now; none where they act in none.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the role or the purpose is not there any more, the role is not held
    /// or not open, or the act would show values to somebody who did not undertake confidentiality.
    pub(crate) fn bound<'a>(
        &self,
        actor: &'a Actor,
        action: Action,
        law: &'a Law,
    ) -> Result<Option<Bound<'a>>, Fault> {
        let bound = self.bound_to_see(actor, action, law)?;
        match bound.as_ref().and_then(|bound| bound.unread) {
            Some(rule) if action.handles_values() => Err(closed(rule, law)),
            Some(_) | None => Ok(bound),
        }
    }

    /// As [`Kept::bound`]; what closes reading alone is in the answer.
    ///
    /// # Errors
    /// As there, without the undertaking.
    pub(crate) fn bound_to_see<'a>(
        &self,
        actor: &'a Actor,
        action: Action,
        law: &'a Law,
    ) -> Result<Option<Bound<'a>>, Fault> {
        let (Some(capacity), Some(duty)) = (actor.capacity, self.access().proved(actor)?) else {
            return Ok(None);
        };
        // Who administers records that access began and ended, and does nothing else with anybody's
        // data.
        if capacity.purpose.is_none() && action == Action::RecordFacts {
            return Ok(None);
        }
        let narrowing = duty.role().narrowing(law, action, Some(&actor.account))?;
        let purpose = purpose(law, capacity)?;
        duty.within_scopes(action, Some(purpose))?;
        Ok(Some(Bound {
            law,
            narrowing,
            purpose,
            unread: duty.unread(),
        }))
    }

    /// Asks whether an act on a person may be done by whoever does it.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] with the rule that names the role.
    pub(crate) fn permit_act(
        &self,
        law: &Law,
        subject: &Subject,
        tried: &Tried,
        actor: &Actor,
    ) -> Result<(), Fault> {
        match self.bound(actor, tried.action, law)? {
            None => Ok(()),
            Some(bound) => bound
                .act(subject, tried)
                .map_err(|refusal| refused(refusal, law)),
        }
    }

    /// Asks whether data may be taken in by whoever brings it; it is theirs from then on.
    ///
    /// # Errors
    /// As [`Kept::permit_act`].
    pub(crate) fn permit_collection(
        &self,
        law: &Law,
        subject: Option<&Subject>,
        records: &mut [NewData],
        action: Action,
        actor: &Actor,
    ) -> Result<(), Fault> {
        let Some(bound) = self.bound(actor, action, law)? else {
            return Ok(());
        };
        for data in records {
            // Whose client somebody is depends on it: nobody says it of another account.
            data.collection.brought_by = actor.account.clone();
            bound
                .narrowing
                .may_collect(law.policy(), subject, &data.collection)
                .map_err(|refusal| refused(refusal, law))?;
        }
        Ok(())
    }

    /// Asks whether fields of a record may be put right by whoever does it: their role reads the record
    /// for the purpose that they state, and is granted each of the fields.
    ///
    /// # Errors
    /// As [`Kept::permit_act`].
    pub(crate) fn permit_correction(
        &self,
        law: &Law,
        subject: &Subject,
        held: &Held,
        fields: u64,
        (actor, moment): (&Actor, Moment),
    ) -> Result<(), Fault> {
        let Some(bound) = self.bound(actor, Action::Correct, law)? else {
            return Ok(());
        };
        let request = bound.request(one_category(held.category))?;
        let refused_by = |refusal| refused(refusal, law);
        let allowed = bound.decide(subject, request, moment);
        let allowed = allowed.into_result().map_err(refused_by)?;
        let mut permitted = allowed.permitted().iter();
        let permitted = permitted.find(|one| one.record == held.id);
        let kind = permitted.and_then(|one| one.kinds.iter().next());
        let kind = kind.ok_or_else(|| {
            let (purpose, category) = (bound.purpose, held.category);
            refused_by(Refusal {
                rule: domain::Rule::NoGround { purpose, category },
            })
        })?;
        let collection = Collection {
            category: held.category,
            fields,
            origin: held.origin,
            brought_by: held.brought_by.clone(),
            purposes: [bound.purpose].into_iter().collect(),
            kind,
            matter: held.matter,
            processor: held.processor,
            collected: held.collected,
            approved: false,
        };
        bound
            .narrowing
            .may_collect(law.policy(), Some(subject), &collection)
            .map_err(refused_by)
    }

    /// Asks whether whoever acts may do it at all for the purpose that they state: where nobody is
    /// concerned yet, and before many people are looked through.
    ///
    /// # Errors
    /// As [`Kept::permit_act`].
    pub(crate) fn permit_at_all(
        &self,
        law: &Law,
        action: Action,
        actor: &Actor,
    ) -> Result<(), Fault> {
        match self.bound(actor, action, law)? {
            None => Ok(()),
            Some(bound) => bound
                .narrowing
                .may_at_all(law.policy(), bound.purpose)
                .map_err(|refusal| refused(refusal, law)),
        }
    }

    /// Asks whether something that writes nothing may be done with a person: to look at them, to see
    /// their trace, to make their copy. A refusal is in the journal.
    pub(crate) fn permit_look<'a>(
        &self,
        law: &'a Law,
        subject: &Subject,
        action: Action,
        actor: &'a Actor,
        moment: Moment,
    ) -> Result<Option<Bound<'a>>, Fault> {
        let Some(bound) = self.bound(actor, action, law)? else {
            return Ok(None);
        };
        match bound.act(subject, &Tried::of(action)) {
            Ok(()) => Ok(Some(bound)),
            Err(refusal) => {
                self.refused_look(law, subject, action, refusal, (actor, moment))?;
                Err(refused(refusal, law))
            }
        }
    }

    /// Asks whether a person's dossier may be seen, which shows no value: by those who read their data
    /// for a purpose that they have to do with, and by those who carry out their rights. A refusal is
    /// in the journal.
    pub(crate) fn permit_dossier(
        &self,
        law: &Law,
        subject: &Subject,
        actor: &Actor,
        moment: Moment,
    ) -> Result<(), Fault> {
        let rights = [Action::Copy, Action::Trace, Action::Erase, Action::Restrict];
        for action in rights {
            let reaches = match self.bound(actor, action, law) {
                Ok(bound) => bound.is_none_or(|bound| bound.reaches(subject).is_ok()),
                // A key that is for other acts, say.
                Err(fault) if fault.kind == FaultKind::Refused => false,
                Err(fault) => return Err(fault),
            };
            if reaches {
                return Ok(());
            }
        }
        let Some(bound) = self.permit_look(law, subject, Action::Read, actor, moment)? else {
            return Ok(());
        };
        if concerned_by(subject, bound.purpose) {
            return Ok(());
        }
        let request = bound.request(CategorySet(u128::MAX))?;
        let rule = match bound.decide(subject, request, moment) {
            Decision::Refused(refusal) => refusal,
            Decision::Allowed(_) => return Ok(()),
        };
        self.refused_look(law, subject, Action::Read, rule, (actor, moment))?;
        Err(refused(rule, law))
    }

    /// Leaves the trace of something that was not let be done with a person.
    pub(crate) fn refused_look(
        &self,
        law: &Law,
        subject: &Subject,
        action: Action,
        refusal: Refusal,
        (actor, moment): (&Actor, Moment),
    ) -> Result<u64, Fault> {
        let mut detail = self.detail(refusal_of(action), actor, moment, law);
        detail.subject = Some(subject.id.0);
        detail.rule = Some(refusal.rule.name(law.terms()));
        concern(&mut detail, law, subject, moment);
        self.vault.record(&detail)
    }

    /// As [`Kept::permit_at_all`]; a refusal is in the journal.
    pub(crate) fn permit_looking_through(
        &self,
        law: &Law,
        action: Action,
        actor: &Actor,
        moment: Moment,
    ) -> Result<(), Fault> {
        let Err(fault) = self.permit_at_all(law, action, actor) else {
            return Ok(());
        };
        let mut detail = self.detail(refusal_of(action), actor, moment, law);
        detail.rule.clone_from(&fault.rule);
        self.vault.record(&detail)?;
        Err(fault)
    }
}

/// A role that administers and reads nobody's data.
pub(crate) fn reads_nobody(role: &str) -> Fault {
    Fault::new(
        FaultKind::Refused,
        "this role administers, and reads nobody's data",
    )
    .rule(format!("roles.{role}"))
    .remedy("act in a role that has grants; `kept access what ROLE` shows what one may do")
}

/// The categories that names of people stand in, for those who may look for them.
pub(crate) fn one_category(category: CategoryId) -> CategorySet {
    CategorySet::from_iter([category])
}
