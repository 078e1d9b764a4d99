//! What a person is told of and belongs to: versions of the policy, organisations.

use jiff::civil::Date;
use policy::model::{Person, PurposeId};

use super::fact::purposes;
use super::{Beside, Change, Effects, add_grounds, begin, refuse};
use crate::calendar;
use crate::decide::Refusal;
use crate::id::OrganisationId;
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{Link, Subject, Told};
use crate::time::Moment;

/// The person was told of a version of the policy, which applies to them from a day on (26a). New
/// purposes with a recorded compatibility check reach what was collected before them (4b).
///
/// # Errors
/// The [`Refusal`] when the version is none that is in force or before.
pub fn told(
    in_force: &InForce,
    subject: &mut Subject,
    version: u32,
    on: Date,
    moment: Moment,
) -> Result<Effects, Refusal> {
    if version > in_force.policy().version {
        return refuse(Rule::Absent);
    }
    let mut effects = begin(in_force, subject, moment);
    effects.changes.push(Change::Told(version));
    if subject.told.is_none_or(|told| told.version < version) {
        subject.told = Some(Told { version, on });
    }
    let since = calendar::start_of(on, in_force.zone()).max(moment.now);
    let compatible: Vec<PurposeId> = purposes(in_force)
        .filter(|purpose| {
            let purpose = &in_force.policy().purposes[purpose.index()];
            purpose.compatibility.is_some() && purpose.arises_with.is_none()
        })
        .collect();
    let added = add_grounds(
        in_force,
        subject,
        moment,
        since,
        Beside::LiveUse,
        |view, held, kind| {
            let new = |purpose: PurposeId| {
                let before = in_force.earlier(held.policy_version);
                let told_of = match in_force.earlier(version) {
                    Some(earlier) => earlier.knows(purpose),
                    None => version == in_force.policy().version,
                };
                before.is_some_and(|earlier| !earlier.knows(purpose)) && told_of
            };
            compatible
                .iter()
                .filter(|purpose| new(**purpose) && view.may_rest_on(**purpose, kind, |_| true))
                .map(|purpose| (*purpose, kind))
                .collect()
        },
    );
    effects.changes.extend(added);
    Ok(effects)
}

/// The person belongs to an organisation from a day on (semantics, 10).
///
/// # Errors
/// The [`Refusal`] when they belong to it already.
pub fn link(
    in_force: &InForce,
    subject: &mut Subject,
    organisation: OrganisationId,
    since: Date,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let open = |link: &Link| link.organisation == organisation && link.until.is_none();
    if subject.links.iter().any(open) {
        return refuse(Rule::Order);
    }
    let mut effects = begin(in_force, subject, moment);
    subject.links.push(Link {
        organisation,
        since,
        until: None,
    });
    effects.changes.push(Change::Linked(organisation));
    Ok(effects)
}

/// The person belongs to an organisation no longer: its spans end for them with that day.
///
/// # Errors
/// The [`Refusal`] when they do not belong to it, or the day is before the first one.
pub fn unlink(
    in_force: &InForce,
    subject: &mut Subject,
    organisation: OrganisationId,
    until: Date,
    moment: Moment,
) -> Result<Effects, Refusal> {
    let open = |link: &Link| link.organisation == organisation && link.until.is_none();
    match subject.links.iter().find(|link| open(link)) {
        None => return refuse(Rule::Absent),
        Some(link) if link.since > until => return refuse(Rule::Order),
        Some(_) => {}
    }
    let mut effects = begin(in_force, subject, moment);
    for link in subject.links.iter_mut().filter(|link| open(link)) {
        link.until = Some(until);
    }
    effects.changes.push(Change::Unlinked(organisation));
    Ok(effects)
}

/// The person is met as a private person or at work.
pub fn set_person(
    in_force: &InForce,
    subject: &mut Subject,
    person: Option<Person>,
    moment: Moment,
) -> Effects {
    let effects = begin(in_force, subject, moment);
    subject.person = person;
    effects
}
