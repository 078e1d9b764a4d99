//! The authorisation's part in a decision: it narrows what the policy permits, and opens nothing
//! (9c; semantics, 19).

mod acts;

use policy::authorisation::{Action, Authorisation, Cell, Condition, Reach};
use policy::model::{CategoryId, KindId, KindSet, Policy, PurposeId, RoleId};

use crate::actor::Account;
use crate::decide::{
    Allowed, Decision, Narrowed, Permitted, Refusal, Request, Withheld, decide, explain,
};
use crate::id::MatterId;
use crate::in_force::InForce;
use crate::rule::{Lack, Rule};
use crate::subject::Subject;
use crate::time::Moment;

/// A role that something is done in, and what its conditions are looked at by.
#[derive(Clone, Copy, Debug)]
pub struct Narrowing<'a> {
    /// The authorisation, compiled with the policy in force.
    pub authorisation: &'a Authorisation,
    /// The role.
    pub role: RoleId,
    /// What is done.
    pub action: Action,
    /// By whom: people whose data this account brought in are its own clients.
    pub account: Option<&'a Account>,
    /// The one matter that is named, where it is about one.
    pub matter: Option<MatterId>,
}

/// Which conditions hold about a person.
#[derive(Clone, Copy)]
struct Holds {
    own_client: bool,
    of_the_matter: bool,
}

impl Narrowing<'_> {
    /// Narrows a positive decision: each record to the fields that the role is left.
    ///
    /// # Errors
    /// The [`Refusal`] that names the role, where it is left nothing.
    pub fn narrow(
        &self,
        in_force: &InForce,
        subject: &Subject,
        purpose: PurposeId,
        allowed: Allowed,
    ) -> Result<Allowed, Refusal> {
        let policy = in_force.policy();
        let first = allowed.permitted().first().copied();
        let holds = self.holds(policy, subject, purpose);
        let left = allowed.narrowed_to(self.mark(), |one| {
            let open = self.of_record(subject, purpose, one, holds);
            // A record that names no field is seen where the role sees anything of its category.
            (open & one.fields != 0 || one.fields == 0 && open != 0).then_some(open)
        });
        left.ok_or_else(|| {
            let lacks = first.map_or(Lack::Grant, |one| {
                let (category, kinds) = (one.category, one.kinds);
                self.lack(policy, Some(purpose), category, kinds, wanted(one.fields))
            });
            self.refusal(Some(purpose), lacks)
        })
    }

    /// What the role is granted of a record that is open to it: the reason of the yes.
    #[must_use]
    pub fn granted(&self, purpose: PurposeId, permitted: &Permitted) -> Reach {
        let cells = permitted
            .kinds
            .iter()
            .map(|kind| self.cell(purpose, kind, permitted.category));
        let open = cells.fold(Cell::default(), both);
        let only = match permitted.fields & !open.always {
            0 => None,
            left if left & !open.own_clients == 0 => Some(Condition::OwnClients),
            _ => Some(Condition::Matter),
        };
        Reach {
            role: self.role,
            action: self.action,
            purpose,
            category: permitted.category,
            fields: permitted.fields,
            kinds: permitted.kinds,
            only,
        }
    }

    /// What a narrowed decision carries.
    fn mark(&self) -> Narrowed {
        Narrowed {
            role: self.role,
            action: self.action,
            version: self.authorisation.version,
        }
    }

    fn cell(&self, purpose: PurposeId, kind: KindId, category: CategoryId) -> Cell {
        self.authorisation
            .cell(self.role, self.action, purpose, kind, category)
    }

    /// The fields that are open about a person who is met as any of these kinds.
    fn open(&self, purpose: PurposeId, kinds: KindSet, category: CategoryId, holds: Holds) -> u64 {
        kinds.iter().fold(0, |open, kind| {
            let cell = self.cell(purpose, kind, category);
            open | cell.fields(holds.own_client, holds.of_the_matter)
        })
    }

    /// The fields of one record: what is about another matter is not of the one that is named.
    fn of_record(
        &self,
        subject: &Subject,
        purpose: PurposeId,
        one: &Permitted,
        holds: Holds,
    ) -> u64 {
        let held = subject.records.iter().find(|held| held.id == one.record);
        let about = held.and_then(|held| held.matter);
        let elsewhere = about.is_some_and(|about| Some(about) != self.matter);
        let holds = Holds {
            of_the_matter: holds.of_the_matter && !elsewhere,
            ..holds
        };
        self.open(purpose, one.kinds, one.category, holds)
    }

    fn holds(&self, policy: &Policy, subject: &Subject, purpose: PurposeId) -> Holds {
        Holds {
            own_client: self.account.is_some_and(|it| is_own_client(subject, it)),
            of_the_matter: self
                .matter
                .is_some_and(|matter| is_of_matter(policy, subject, purpose, matter)),
        }
    }

    /// What is missing where these fields of a category are closed.
    fn lack(
        &self,
        policy: &Policy,
        purpose: Option<PurposeId>,
        category: CategoryId,
        kinds: KindSet,
        fields: u64,
    ) -> Lack {
        let open = |kinds: KindSet| {
            purposes(policy, purpose)
                .flat_map(move |purpose| kinds.iter().map(move |kind| (purpose, kind)))
                .map(|(purpose, kind)| self.cell(purpose, kind, category))
                .fold(Cell::default(), both)
        };
        let of_these = open(kinds);
        if of_these.own_clients & fields != 0 {
            Lack::OwnClient
        } else if of_these.matter & fields != 0 {
            Lack::Matter
        } else if open(every_kind(policy)).fields(true, true) & fields != 0 {
            Lack::Kind
        } else {
            Lack::Grant
        }
    }

    fn refusal(&self, purpose: Option<PurposeId>, lacks: Lack) -> Refusal {
        Refusal {
            rule: Rule::Role {
                role: self.role,
                action: self.action,
                purpose,
                lacks,
            },
        }
    }
}

/// How near a role is to what it lacks: the nearest is what a refusal names.
fn nearness(lack: Lack) -> u8 {
    match lack {
        Lack::Grant => 0,
        Lack::Kind => 1,
        Lack::Matter => 2,
        Lack::OwnClient => 3,
    }
}

/// The fields that are asked about: of a record that names none, any of its category.
fn wanted(fields: u64) -> u64 {
    if fields == 0 { u64::MAX } else { fields }
}

/// What is open by either of two cells.
fn both(a: Cell, b: Cell) -> Cell {
    Cell {
        always: a.always | b.always,
        own_clients: a.own_clients | b.own_clients,
        matter: a.matter | b.matter,
    }
}

fn every_kind(policy: &Policy) -> KindSet {
    (0u8..).take(policy.kinds.len()).map(KindId).collect()
}

/// The purpose that is named, or all of them.
fn purposes(policy: &Policy, named: Option<PurposeId>) -> impl Iterator<Item = PurposeId> + use<> {
    let all = (0u8..).take(policy.purposes.len()).map(PurposeId);
    all.filter(move |id| named.is_none_or(|named| named == *id))
}

fn categories(policy: &Policy) -> impl Iterator<Item = CategoryId> + use<> {
    (0u8..).take(policy.categories.len()).map(CategoryId)
}

/// As which kinds a person is known: by their roles, and by what is held.
fn kinds_of(subject: &Subject) -> KindSet {
    let roles = subject.roles.iter().map(|role| role.kind);
    let grounds = subject.records.iter().flat_map(|held| &held.grounds);
    roles.chain(grounds.map(|ground| ground.kind)).collect()
}

/// Whether a person is an account's own client: it brought some of what is held about them.
#[must_use]
pub fn is_own_client(subject: &Subject, account: &Account) -> bool {
    let mut held = subject.records.iter().filter(|held| !held.tombstone);
    held.any(|held| held.brought_by == *account)
}

/// Whether a person belongs to a matter: something happened to them about it. Where the purpose
/// arises with a fact (a dispute opened), it is that fact: a contract's matter is no dispute.
#[must_use]
pub fn is_of_matter(
    policy: &Policy,
    subject: &Subject,
    purpose: PurposeId,
    matter: MatterId,
) -> bool {
    let needed = policy.purpose(purpose).arises_with;
    let facts = subject.facts.iter().chain(&subject.organisation_facts);
    facts
        .filter(|fact| fact.superseded_by.is_none() && fact.matter == Some(matter))
        .any(|fact| needed.is_none_or(|needed| needed == fact.kind))
}

/// Decides a request as [`decide`] does, and narrows it to a role.
#[must_use]
pub fn decide_as(
    in_force: &InForce,
    subject: &Subject,
    request: Request,
    narrowing: &Narrowing<'_>,
    moment: Moment,
) -> Decision {
    match decide(in_force, subject, request, moment) {
        Decision::Allowed(allowed) => {
            match narrowing.narrow(in_force, subject, request.purpose, allowed) {
                Ok(allowed) => Decision::Allowed(allowed),
                Err(refusal) => Decision::Refused(refusal),
            }
        }
        refused @ Decision::Refused(_) => refused,
    }
}

/// What of the records asked for is withheld, and why, as [`explain`] does; with what the role is
/// not left of the records that the policy opens.
#[must_use]
pub fn explain_as(
    in_force: &InForce,
    subject: &Subject,
    request: Request,
    narrowing: &Narrowing<'_>,
    moment: Moment,
) -> Vec<Withheld> {
    let mut withheld = explain(in_force, subject, request, moment);
    let Decision::Allowed(allowed) = decide(in_force, subject, request, moment) else {
        return withheld;
    };
    let policy = in_force.policy();
    let holds = narrowing.holds(policy, subject, request.purpose);
    for one in allowed.permitted() {
        let open = narrowing.of_record(subject, request.purpose, one, holds);
        let closed = one.fields & !open;
        if closed == 0 && open != 0 {
            continue;
        }
        let (category, kinds) = (one.category, one.kinds);
        let purpose = Some(request.purpose);
        let lacks = narrowing.lack(policy, purpose, category, kinds, wanted(closed));
        withheld.push(Withheld {
            record: one.record,
            category: one.category,
            fields: closed,
            rule: narrowing.refusal(purpose, lacks).rule,
        });
    }
    withheld
}
