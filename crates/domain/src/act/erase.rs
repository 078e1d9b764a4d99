//! Erasure on request (13b, GDPR 17): which grounds each reason reaches.

use policy::model::{Basis, CategorySet, ErasureGround};

use super::{Change, Effects, begin, end_where};
use crate::events::View;
use crate::id::RecordId;
use crate::in_force::InForce;
use crate::subject::{EndedBy, Ground, Held, Subject};
use crate::time::Moment;

/// Ends at once every ground that the request's reason reaches (semantics, 14). Destruction waits
/// for duties, evidence, holds and restrictions, which never allow ordinary use: what is then due
/// is what the sweep finds.
pub fn erase(
    in_force: &InForce,
    subject: &mut Subject,
    reason: ErasureGround,
    categories: Option<CategorySet>,
    moment: Moment,
) -> Effects {
    erase_where(in_force, subject, reason, moment, |held| {
        categories.is_none_or(|only| only.contains(held.category))
    })
}

/// As [`erase`], of some records and no others: a person may ask for one thing to go and let the
/// rest stay.
pub fn erase_records(
    in_force: &InForce,
    subject: &mut Subject,
    reason: ErasureGround,
    records: &[RecordId],
    moment: Moment,
) -> Effects {
    erase_where(in_force, subject, reason, moment, |held| {
        records.contains(&held.id)
    })
}

fn erase_where(
    in_force: &InForce,
    subject: &mut Subject,
    reason: ErasureGround,
    moment: Moment,
    asked_for: impl Fn(&Held) -> bool,
) -> Effects {
    let mut effects = begin(in_force, subject, moment);
    effects.changes.push(Change::Erased(reason));
    let ended = end_where(
        in_force,
        subject,
        moment,
        EndedBy::Erasure(reason),
        None,
        |view, held, ground| asked_for(held) && reaches(view, reason, held, ground),
    );
    effects.changes.extend(ended);
    effects
}

/// Whether a reason reaches a ground. Duties, evidence and what a legal obligation or a public task
/// asks for are never reached (13a; GDPR 17(3)(b) and (e)).
fn reaches(view: &View<'_>, reason: ErasureGround, held: &Held, ground: &Ground) -> bool {
    let (purpose, kind) = (ground.purpose, ground.kind);
    let obliged = |basis| matches!(basis, Basis::LegalObligation | Basis::PublicTask);
    if !view.is_use(purpose) || view.may_rest_on(purpose, kind, obliged) {
        return false;
    }
    let no_other = |than: Basis| {
        view.some_basis(purpose, kind, held.matter, Some(than))
            .is_err()
    };
    let may_rest_on = |basis: Basis| view.may_rest_on(purpose, kind, |one| one == basis);
    match reason {
        // (b): consent withdrawn, and no other legal ground.
        ErasureGround::ConsentWithdrawn => {
            may_rest_on(Basis::Consent) && !view.any_consent(purpose) && no_other(Basis::Consent)
        }
        // (c): objection to legitimate interests, and no other legal ground.
        ErasureGround::Objection => {
            may_rest_on(Basis::LegitimateInterests) && no_other(Basis::LegitimateInterests)
        }
        ErasureGround::CanvassingObjection => view.purpose(purpose).canvassing,
        ErasureGround::NoLongerNecessary
        | ErasureGround::Unlawful
        | ErasureGround::LegalObligation
        | ErasureGround::ChildOnlineService => true,
    }
}
