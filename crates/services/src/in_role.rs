//! Acting in a role of the authorisation: what the policy permits, narrowed (9c).

use domain::names::Sort;
use domain::subject::Subject;
use domain::{Account, Capacity, Fault, FaultKind, MatterId, Narrowing, SubjectId};
use journal::Detail;
use policy::authorisation::Action;
use policy::model::{CategorySet, PurposeId, RecipientId};

use crate::access::OnDuty;
use crate::access::duty::closed;
use crate::act::refused;
use crate::capacity::{reads_nobody, refusal_of};
use crate::concern::concern;
use crate::kept::Kept;
use crate::law::Law;

/// In which role something is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InRole {
    /// The role, by its number in the registry of names: it means the same whatever authorisation
    /// is in force.
    pub role: u32,
    /// The one matter that it is about, where it is about one: a dispute, say.
    pub matter: Option<MatterId>,
}

impl From<Capacity> for InRole {
    fn from(capacity: Capacity) -> Self {
        Self {
            role: capacity.role,
            matter: capacity.matter,
        }
    }
}

impl InRole {
    /// The role of this name, about no matter.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when there is no such role; the name itself is not repeated.
    pub fn named(law: &Law, name: &str) -> Result<Self, Fault> {
        let authorisation = law.authorisation().ok_or_else(no_roles)?;
        let role = authorisation.role_named(name).ok_or_else(|| {
            let names: Vec<&str> = authorisation
                .roles
                .iter()
                .map(|it| it.name.as_str())
                .collect();
            Fault::new(
                FaultKind::Invalid,
                "the authorisation in force has no such role",
            )
            .remedy(format!("use one of {}", names.join(", ")))
        })?;
        Ok(Self {
            role: law.names.role.number(role),
            matter: None,
        })
    }

    /// The recipient of the policy whose ceiling the role has.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the role is gone, or administers alone and reads nobody's data.
    pub fn recipient(&self, law: &Law) -> Result<RecipientId, Fault> {
        let narrowing = self.narrowing(law, Action::Read, None)?;
        let role = narrowing.authorisation.role(narrowing.role);
        role.recipient.ok_or_else(|| reads_nobody(&role.name))
    }

    /// The narrowing of an act to this role, under the law in force.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the authorisation in force has the role no more.
    pub fn narrowing<'a>(
        &self,
        law: &'a Law,
        action: Action,
        account: Option<&'a Account>,
    ) -> Result<Narrowing<'a>, Fault> {
        let authorisation = law.authorisation().ok_or_else(no_roles)?;
        let role = law.names.role.id(self.role).ok_or_else(|| {
            let name = law.names.name_of(Sort::Role, self.role).unwrap_or_default();
            Fault::new(
                FaultKind::Refused,
                "the authorisation in force does not have this role any more",
            )
            .rule(format!("roles.{name}"))
            .remedy("ask whoever gives roles for another one")
        })?;
        Ok(Narrowing {
            authorisation,
            role,
            action,
            account,
            matter: self.matter,
        })
    }

    /// Completes the journal's detail of what was refused in this role.
    pub(crate) fn told(&self, detail: &mut Detail, law: &Law) {
        detail.role = Some(self.role);
        detail.authorisation_version = law.authorisation().map(|it| it.version);
        detail.matter = detail.matter.or(self.matter.map(|matter| matter.0));
    }
}

impl Kept {
    /// Whether somebody may do something with a person's data in a role, for a purpose or for
    /// whichever there is one, and with which categories. What shows no value is asked here before
    /// it is done; a refusal is in the journal.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] with the rule that names the role, [`FaultKind::Absent`] when nothing
    /// is held about the person.
    pub fn may_in_role(
        &self,
        id: SubjectId,
        duty: &OnDuty,
        action: Action,
        purpose: Option<PurposeId>,
    ) -> Result<CategorySet, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let subject = self.person(id, &law)?.subject;
        self.open_to(&law, &subject, duty, action, purpose)
            .or_else(|fault| {
                if fault.kind != FaultKind::Refused {
                    return Err(fault);
                }
                let mut detail = self.detail(refusal_of(action), duty.actor(), moment, &law);
                detail.subject = Some(id.0);
                detail.purpose = purpose.map(|purpose| law.names.purpose.number(purpose));
                detail.rule = fault.rule.clone();
                duty.role().told(&mut detail, &law);
                concern(&mut detail, &law, &subject, moment);
                self.vault.record(&detail)?;
                Err(fault)
            })
    }

    fn open_to(
        &self,
        law: &Law,
        subject: &Subject,
        duty: &OnDuty,
        action: Action,
        purpose: Option<PurposeId>,
    ) -> Result<CategorySet, Fault> {
        let duty = self.access().on_duty_anew(duty)?;
        duty.within_scopes(action, purpose)?;
        if let Some(rule) = duty.unread().filter(|_| action.handles_values()) {
            return Err(closed(rule, law));
        }
        let account = &duty.actor().account;
        let narrowing = duty.role().narrowing(law, action, Some(account))?;
        narrowing
            .may(law.policy(), subject, purpose)
            .map_err(|refusal| refused(refusal, law))
    }
}

fn no_roles() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "no authorisation is in force, so there are no roles",
    )
    .remedy("put an authorisation.toml beside the policy, and apply it with `kept apply`")
}
