//! What a refused write leaves behind: who tried what about whom, and the rule that refused it. No
//! value of what was tried (9d).

use domain::{Fault, FaultKind, MatterId, Moment, OrganisationId, SubjectId};
use journal::{Act, Detail};
use policy::model::{CategoryId, FormId, OriginId, PurposeId};

use crate::act::Acting;
use crate::concern::concern;
use crate::kept::Kept;
use crate::law::Law;

/// What was tried.
#[derive(Clone, Default)]
pub(crate) struct Tried {
    pub(crate) purposes: Vec<PurposeId>,
    pub(crate) categories: Vec<CategoryId>,
    pub(crate) origin: Option<OriginId>,
    pub(crate) matter: Option<MatterId>,
    pub(crate) organisation: Option<OrganisationId>,
}

impl Tried {
    /// A try for a purpose.
    pub(crate) fn for_purpose(purpose: PurposeId) -> Self {
        Self {
            purposes: vec![purpose],
            ..Self::default()
        }
    }
}

impl Kept {
    /// Leaves the trace of a write that a rule refused, and gives the refusal back. What failed
    /// for another reason was not decided on and leaves none.
    pub(crate) fn refused_write(
        &self,
        fault: Fault,
        subject: Option<SubjectId>,
        tried: &Tried,
        acting: &Acting,
        (law, moment): (&Law, Moment),
    ) -> Fault {
        let by_a_rule = match fault.kind {
            FaultKind::Refused => true,
            // A record of somebody else's, say: told as absent, and refused all the same.
            FaultKind::Absent => fault.rule.is_some(),
            FaultKind::Invalid
            | FaultKind::Conflict
            | FaultKind::Unavailable
            | FaultKind::Integrity => false,
        };
        if !by_a_rule {
            return fault;
        }
        let mut detail = self.detail(Act::WriteRefused, &acting.actor, moment, law);
        detail.subject = subject.map(|id| id.0);
        detail.rule = Some(fault.rule.clone().unwrap_or_else(|| "refused".to_owned()));
        tried.put(&mut detail, law);
        acting.told(&mut detail, law);
        if let Some(id) = subject.filter(|_| detail.categories.is_empty())
            && let Ok(Some(loaded)) = self.vault.load(id, &law.names)
        {
            let mut about = detail.clone();
            concern(&mut about, law, &loaded.subject, moment);
            detail.categories = about.categories;
        }
        match self.vault.record(&detail) {
            Ok(_) => fault,
            // A refusal that cannot be traced is not given: nothing has changed either way.
            Err(unwritten) => unwritten,
        }
    }
}

impl Kept {
    /// Leaves the trace of what a form refused, and gives the refusal back.
    #[must_use]
    pub fn refused_on_form(
        &self,
        fault: Fault,
        subject: Option<SubjectId>,
        form: FormId,
        acting: &Acting,
    ) -> Fault {
        let law = self.law();
        let moment = match self.moment() {
            Ok(moment) => moment,
            Err(unknown) => return unknown,
        };
        let asked = law.policy().form(form);
        let tried = Tried {
            purposes: asked.purposes.iter().collect(),
            categories: asked.asks.iter().map(|one| one.field.category).collect(),
            origin: Some(asked.origin),
            ..Tried::default()
        };
        self.refused_write(fault, subject, &tried, acting, (&law, moment))
    }
}

impl Tried {
    pub(crate) fn put(&self, detail: &mut Detail, law: &Law) {
        let mut categories: Vec<u32> = self
            .categories
            .iter()
            .map(|id| law.names.category.number(*id))
            .collect();
        categories.sort_unstable();
        categories.dedup();
        detail.categories = categories;
        let purposes = self.purposes.iter().map(|id| law.names.purpose.number(*id));
        let mut purposes: Vec<u32> = purposes.collect();
        purposes.dedup();
        detail.purpose = purposes.first().copied();
        detail.grounds = purposes
            .iter()
            .skip(1)
            .map(|purpose| journal::Ground {
                purpose: *purpose,
                basis: 0,
            })
            .collect();
        detail.origin = self.origin.map(|id| law.names.origin.number(id));
        detail.matter = self.matter.map(|id| id.0);
        detail.organisation = self.organisation.map(|id| id.0);
    }
}
