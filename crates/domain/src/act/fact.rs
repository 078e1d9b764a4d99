//! Recording what happened.

use jiff::Timestamp;
use policy::model::{Basis, FactId, KindId, PurposeId};

use super::{Beside, Change, Effects, add_grounds, begin, refuse};
use crate::ActorKind;
use crate::calendar;
use crate::decide::Refusal;
use crate::id::{FactRef, MatterId, OrganisationId};
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{Fact, Role, Subject};
use crate::time::Moment;

/// A fact about to be recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewFact<'a> {
    /// Which one.
    pub id: FactRef,
    /// What happened.
    pub kind: FactId,
    /// The contract, debit or dispute that it is about.
    pub matter: Option<MatterId>,
    /// When it happened, as evidence says.
    pub happened: Timestamp,
    /// In which manner, where its kind has manners (10d).
    pub manner: Option<&'a str>,
    /// Who records it.
    pub by: ActorKind,
    /// The organisation that it happened to, where it is one's.
    pub organisation: Option<OrganisationId>,
    /// The fact that this one takes the place of.
    pub supersedes: Option<FactRef>,
}

/// Whether a fact may be recorded as it is, whoever it is about.
///
/// # Errors
/// The [`Refusal`] names what its kind does not allow.
pub fn check_fact(in_force: &InForce, fact: &NewFact<'_>, moment: Moment) -> Result<(), Refusal> {
    let kind = &in_force.policy().facts[fact.kind.index()];
    let id = fact.kind;
    let recorders = kind.recorded_by;
    let may_record = match fact.by {
        ActorKind::Staff | ActorKind::CommandLine => recorders.staff,
        ActorKind::Person => recorders.person,
        ActorKind::Program | ActorKind::Job => recorders.program,
    };
    let manner_fits = match fact.manner {
        None => kind.manners.is_empty(),
        Some(manner) => kind.manners.iter().any(|one| one == manner),
    };
    if !may_record {
        refuse(Rule::Recorder { fact: id })
    } else if !manner_fits {
        refuse(Rule::Manner { fact: id })
    } else if fact.happened > moment.now && !kind.may_be_planned {
        refuse(Rule::FactInTheFuture { fact: id })
    } else if kind.about_matter && fact.matter.is_none() {
        refuse(Rule::MatterNeeded { fact: id })
    } else if !kind.about_matter && fact.matter.is_some() {
        refuse(Rule::MatterUnknown { fact: id })
    } else if fact.organisation.is_some() && !kind.of_organisation {
        refuse(Rule::NotOfOrganisation { fact: id })
    } else {
        Ok(())
    }
}

/// Records a fact, the person's own or one of an organisation of theirs. With it a role may begin
/// (1a), with grounds for what its contract needs, and evidence may arise (10f).
///
/// # Errors
/// The [`Refusal`] names what the fact's kind does not allow; then nothing has changed.
pub fn record_fact(
    in_force: &InForce,
    subject: &mut Subject,
    fact: NewFact<'_>,
    moment: Moment,
) -> Result<Effects, Refusal> {
    check_fact(in_force, &fact, moment)?;
    let of = |subject: &Subject| match fact.organisation {
        None => subject.facts.clone(),
        Some(_) => subject.organisation_facts.clone(),
    };
    if let Some(old) = fact.supersedes {
        let there = of(subject)
            .into_iter()
            .any(|one| one.id == old && one.kind == fact.kind && one.superseded_by.is_none());
        if !there {
            return refuse(Rule::Absent);
        }
    }
    let mut effects = begin(in_force, subject, moment);
    // What the fact brings it brings to what lives before it takes effect.
    // The people of an organisation are not party to its contracts: no role begins with them.
    let begins = in_force.policy().facts[fact.kind.index()].begins;
    if let (Some(kind), None) = (begins, fact.organisation) {
        begin_role(in_force, subject, kind, fact.happened, moment, &mut effects);
    }
    arise(in_force, subject, &fact, moment, &mut effects);
    let list = match fact.organisation {
        None => &mut subject.facts,
        Some(_) => &mut subject.organisation_facts,
    };
    if let Some(old) = fact.supersedes {
        for one in list.iter_mut().filter(|one| one.id == old) {
            one.superseded_by = Some(fact.id);
        }
        effects.changes.push(Change::FactSuperseded(old));
    }
    list.push(Fact {
        id: fact.id,
        kind: fact.kind,
        matter: fact.matter,
        happened: fact.happened,
        recorded: moment.now,
        superseded_by: None,
        organisation: fact.organisation,
    });
    effects.changes.push(Change::FactRecorded(fact.id));
    Ok(effects)
}

/// 1a, 8a: from that day what the contract needs rests on it, and the duties that come with such a
/// person hold what they are about (10a, 10k); earlier consents and objections stand.
fn begin_role(
    in_force: &InForce,
    subject: &mut Subject,
    kind: KindId,
    since: Timestamp,
    moment: Moment,
    effects: &mut Effects,
) {
    let first = calendar::date_of(since, in_force.zone());
    let has = |role: &Role| role.kind == kind && role.until.is_none_or(|until| first <= until);
    if !subject.roles.iter().any(has) {
        subject.roles.push(Role {
            kind,
            since: first,
            until: None,
        });
        effects
            .changes
            .push(Change::RoleBegun { kind, since: first });
    }
    let purposes: Vec<PurposeId> = purposes(in_force)
        .filter(|purpose| {
            in_force.policy().purposes[purpose.index()]
                .arises_with
                .is_none()
        })
        .collect();
    let added = add_grounds(
        in_force,
        subject,
        moment,
        since,
        Beside::LiveUse,
        |view, _, _| {
            purposes
                .iter()
                .filter(|purpose| {
                    let duty = in_force.policy().tables.duties.contains(**purpose);
                    view.may_rest_on(**purpose, kind, |basis| {
                        duty || matches!(basis, Basis::Contract(_))
                    })
                })
                .map(|purpose| (*purpose, kind))
                .collect()
        },
    );
    effects.changes.extend(added);
}

/// 10f: what arises with the fact gets a ground on the records of its matter, or on all of the
/// person's where it is about none, while they still have a live one.
fn arise(
    in_force: &InForce,
    subject: &mut Subject,
    fact: &NewFact<'_>,
    moment: Moment,
    effects: &mut Effects,
) {
    let policy = in_force.policy();
    let arising: Vec<PurposeId> = purposes(in_force)
        .filter(|purpose| policy.purposes[purpose.index()].arises_with == Some(fact.kind))
        .filter(|purpose| {
            policy.tables.duties.contains(*purpose) || policy.tables.evidence.contains(*purpose)
        })
        .collect();
    if arising.is_empty() {
        return;
    }
    let added = add_grounds(
        in_force,
        subject,
        moment,
        moment.now,
        Beside::Live,
        |view, held, kind| {
            if fact.matter.is_some() && held.matter != fact.matter {
                return Vec::new();
            }
            arising
                .iter()
                .filter(|purpose| view.may_rest_on(**purpose, kind, |_| true))
                .map(|purpose| (*purpose, kind))
                .collect()
        },
    );
    effects.changes.extend(added);
}

pub(crate) fn purposes(in_force: &InForce) -> impl Iterator<Item = PurposeId> + use<> {
    (0..in_force.policy().purposes.len())
        .filter_map(|at| u8::try_from(at).ok())
        .map(PurposeId)
}
