//! Holds (10i) and restrictions (14a, GDPR 18).

use domain::act::hold::{NewHold, lift_hold, lift_restriction, place_hold, restrict};
use domain::subject::{Held, HoldScope, Subject};
use domain::{Fault, HoldId, RecordId, RestrictionId, SubjectId};
use jiff::civil::Date;
use journal::Act;
use policy::authorisation::Action;
use policy::model::{CategoryId, CategorySet, PurposeId};

use crate::act::{Acted, Acting, Decided, refused};
use crate::kept::Kept;
use crate::law::Law;
use crate::refused::Tried;
use crate::statement::Statement;

/// A hold about to be placed.
#[derive(Clone)]
pub struct Holding {
    /// What it covers.
    pub scope: HoldScope,
    /// The evidence or duty purpose that what is held may be read for.
    pub purpose: PurposeId,
    /// The day on which somebody must look at it again.
    pub review: Date,
    /// Why, kept sealed.
    pub reason: Statement,
}

impl Kept {
    /// Places a hold: nothing that it covers is destroyed, or used for anything but its purpose,
    /// until it is lifted.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when the purpose is neither evidence nor a duty, or the day
    /// of review is not to come.
    pub fn place_hold(
        &self,
        id: SubjectId,
        holding: &Holding,
        acting: &Acting,
    ) -> Result<(HoldId, Acted), Fault> {
        let hold = HoldId::new(self.moment()?.now, self.vault.entropy());
        let mut tried = Tried::for_purpose(Action::Hold, holding.purpose);
        if let HoldScope::Categories(categories) = holding.scope {
            tried.categories = declared(&self.law(), categories).collect();
        }
        if let HoldScope::Matter(matter) = holding.scope {
            tried.matter = Some(matter);
        }
        let acted = self.act_on(id, acting, &tried, &|law, subject: &mut Subject, moment| {
            let (reason, mut decided) =
                self.take_statement(law, subject, &holding.reason, acting, moment)?;
            let scope = match holding.scope {
                HoldScope::Categories(some) => HoldScope::Categories(declared(law, some).collect()),
                other => other,
            };
            let new = NewHold {
                id: hold,
                scope,
                purpose: holding.purpose,
                review: holding.review,
                reason: Some(reason),
            };
            let effects = place_hold(&law.in_force, subject, new, moment)
                .map_err(|refusal| refused(refusal, law))?;
            decided.effects.changes.extend(effects.changes);
            let mut detail = self.detail(Act::HoldPlaced, &acting.actor, moment, law);
            detail.subject = Some(id.0);
            detail.purpose = Some(law.names.purpose.number(holding.purpose));
            match holding.scope {
                HoldScope::Everything => {}
                HoldScope::Categories(categories) => detail.categories = numbers(law, categories),
                HoldScope::Matter(matter) => detail.matter = Some(matter.0),
            }
            detail.records = covered(subject, holding.scope, reason);
            decided.details.push(detail);
            Ok(decided)
        })?;
        Ok((hold, acted))
    }

    /// Lifts a hold: terms that passed meanwhile take effect at once.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when there is no such hold, or it was lifted before.
    pub fn lift_hold(&self, id: SubjectId, hold: HoldId, acting: &Acting) -> Result<Acted, Fault> {
        self.act_on(
            id,
            acting,
            &Tried::of(Action::Hold),
            &|law, subject: &mut Subject, moment| {
                let effects = lift_hold(&law.in_force, subject, hold, moment)
                    .map_err(|refusal| refused(refusal, law))?;
                let mut detail = self.detail(Act::HoldLifted, &acting.actor, moment, law);
                detail.subject = Some(id.0);
                Ok(Decided {
                    effects,
                    details: vec![detail],
                    ..Decided::default()
                })
            },
        )
    }

    /// Restricts the processing of some categories: kept, and used for nothing but what the law
    /// allows.
    ///
    /// # Errors
    /// [`domain::FaultKind::Absent`] when nothing is held about the person.
    pub fn restrict(
        &self,
        id: SubjectId,
        categories: CategorySet,
        acting: &Acting,
    ) -> Result<(RestrictionId, Acted), Fault> {
        let restriction = RestrictionId::new(self.moment()?.now, self.vault.entropy());
        let tried = Tried {
            categories: declared(&self.law(), categories).collect(),
            ..Tried::of(Action::Restrict)
        };
        let acted = self.act_on(id, acting, &tried, &|law, subject: &mut Subject, moment| {
            // All of them are more than the policy has: only what it declares can be kept.
            let categories = declared(law, categories).collect();
            let effects = restrict(&law.in_force, subject, restriction, categories, moment)
                .map_err(|refusal| refused(refusal, law))?;
            let mut detail = self.detail(Act::RestrictionSet, &acting.actor, moment, law);
            detail.subject = Some(id.0);
            detail.categories = numbers(law, categories);
            Ok(Decided {
                effects,
                details: vec![detail],
                ..Decided::default()
            })
        })?;
        Ok((restriction, acted))
    }

    /// Lifts a restriction.
    ///
    /// # Errors
    /// [`domain::FaultKind::Refused`] when there is no such restriction, or it was lifted before.
    pub fn lift_restriction(
        &self,
        id: SubjectId,
        restriction: RestrictionId,
        acting: &Acting,
    ) -> Result<Acted, Fault> {
        self.act_on(
            id,
            acting,
            &Tried::of(Action::Restrict),
            &|law, subject: &mut Subject, moment| {
                let effects = lift_restriction(&law.in_force, subject, restriction, moment)
                    .map_err(|refusal| refused(refusal, law))?;
                let mut detail = self.detail(Act::RestrictionLifted, &acting.actor, moment, law);
                detail.subject = Some(id.0);
                Ok(Decided {
                    effects,
                    details: vec![detail],
                    ..Decided::default()
                })
            },
        )
    }
}

/// The records that a hold covers, its reason among them.
fn covered(subject: &Subject, scope: HoldScope, reason: RecordId) -> Vec<[u8; 16]> {
    let covers = |held: &&Held| match scope {
        HoldScope::Everything => true,
        HoldScope::Categories(categories) => categories.contains(held.category),
        HoldScope::Matter(matter) => held.matter == Some(matter),
    };
    let held = subject.records.iter().filter(|held| !held.tombstone);
    held.filter(|held| held.id == reason || covers(held))
        .map(|held| held.id.0)
        .collect()
}

/// Those of some categories that the policy declares; all of them are more than it has.
pub(crate) fn declared(law: &Law, categories: CategorySet) -> impl Iterator<Item = CategoryId> {
    let declared = law.policy().categories.len();
    categories.iter().filter(move |id| id.index() < declared)
}

/// Categories as the journal names them.
fn numbers(law: &Law, categories: CategorySet) -> Vec<u32> {
    declared(law, categories)
        .map(|id| law.names.category.number(id))
        .collect()
}
