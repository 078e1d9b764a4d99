//! What the journal says of an act: the domain's terms as registry numbers.

use domain::{Actor, ActorKind, Moment};
use journal::{Act, Detail};
use policy::model::Basis;

/// The detail of an act, to be completed by whoever acts.
#[must_use]
pub fn detail(act: Act, actor: &Actor, moment: Moment, policy_version: u32) -> Detail {
    let mut chain = Vec::new();
    let mut next = actor.on_behalf_of.as_deref();
    while let Some(behind) = next {
        chain.push(journal_actor(behind));
        next = behind.on_behalf_of.as_deref();
    }
    let mut detail = Detail::new(moment.now.as_microsecond(), act, journal_actor(actor));
    detail.on_behalf_of = chain;
    detail.policy_version = policy_version;
    if let Some(capacity) = actor.capacity {
        detail.role = Some(capacity.role);
        detail.matter = capacity.matter.map(|matter| matter.0);
        // What follows from an act by itself is done for no purpose of whoever acted.
        if !matches!(act, Act::GroundsEnded | Act::Swept) {
            detail.purpose = capacity.purpose;
        }
    }
    detail
}

fn journal_actor(actor: &Actor) -> journal::Actor {
    let kind = match actor.kind {
        ActorKind::Staff => journal::ActorKind::Staff,
        ActorKind::Person => journal::ActorKind::Person,
        ActorKind::Program => journal::ActorKind::Program,
        ActorKind::Job => journal::ActorKind::Job,
        ActorKind::CommandLine => journal::ActorKind::CommandLine,
    };
    journal::Actor {
        kind,
        handle: actor.account.as_str().to_owned(),
    }
}

/// The rule under which a person gets their copy and sees their trace, as the journal names it
/// (GDPR 15).
pub const ACCESS: &str = "rights.access";

/// The number of a legal basis in the journal: the letter of GDPR 6(1), from 1.
#[must_use]
pub fn basis_number(basis: Basis) -> u32 {
    match basis {
        Basis::Consent => 1,
        Basis::Contract(_) => 2,
        Basis::LegalObligation => 3,
        Basis::VitalInterests => 4,
        Basis::PublicTask => 5,
        Basis::LegitimateInterests => 6,
    }
}
