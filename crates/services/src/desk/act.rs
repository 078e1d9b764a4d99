//! What is done at a desk with people's data. Each act is asked of the role where it is decided.

use std::ops::ControlFlow;

use domain::subject::ObjectedTo;
use domain::{
    ConsentId, FactRef, Fault, HoldId, MatterId, ObjectionId, OrganisationId, RestrictionId,
    SubjectId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{CategorySet, ChannelSet, ErasureGround, FormId, Person, PurposeId};

use super::Desk;
use crate::accept::Accepting;
use crate::act::{Acted, Acting};
use crate::collect::{NewData, NewPerson};
use crate::consent::Consented;
use crate::correct::{Corrected, Correction};
use crate::fact::{Happened, OrganisationActed};
use crate::forget::Forgotten;
use crate::hold::Holding;
use crate::import::run::Progress;
use crate::import::{Plan, Report};

/// Declares the acts of the desk: each is the act of the installation, done by whoever works here.
macro_rules! acts {
    ($($name:ident($($given:ident: $kind:ty),*) -> $gives:ty;)+) => {
        impl Desk<'_> {
            $(
                #[doc = concat!("As [`crate::Kept::", stringify!($name), "`], in the role.")]
                ///
                /// # Errors
                /// As there; [`domain::FaultKind::Refused`] with the rule that names the role.
                pub fn $name(&self, $($given: $kind),*) -> Result<$gives, Fault> {
                    self.kept.$name($($given,)* &self.acting())
                }
            )+
        }
    };
}

acts! {
    add_person(new: NewPerson) -> (SubjectId, Acted);
    add_people(new: Vec<NewPerson>) -> Vec<SubjectId>;
    add_records(id: SubjectId, records: Vec<NewData>) -> Acted;
    correct(id: SubjectId, correction: &Correction) -> Corrected;
    set_person(id: SubjectId, person: Option<Person>) -> Acted;
    record_fact(id: SubjectId, happened: &Happened) -> (FactRef, Acted);
    record_organisation_fact(id: OrganisationId, happened: &Happened)
        -> (FactRef, OrganisationActed);
    give_consent(id: SubjectId, consented: &Consented) -> (ConsentId, Acted);
    withdraw_consent(id: SubjectId, purpose: PurposeId, channels: ChannelSet) -> Acted;
    object(id: SubjectId, to: ObjectedTo, made: Option<Timestamp>) -> (ObjectionId, Acted);
    lift_objection(id: SubjectId, to: ObjectedTo) -> Acted;
    restrict(id: SubjectId, categories: CategorySet) -> (RestrictionId, Acted);
    lift_restriction(id: SubjectId, restriction: RestrictionId) -> Acted;
    place_hold(id: SubjectId, holding: &Holding) -> (HoldId, Acted);
    lift_hold(id: SubjectId, hold: HoldId) -> Acted;
    forget(id: SubjectId, reason: ErasureGround, categories: Option<CategorySet>) -> Forgotten;
    told(id: SubjectId, version: Option<u32>, on: Option<Date>) -> Acted;
    accept(id: SubjectId, accepting: &Accepting) -> (u32, Acted);
    add_organisation() -> OrganisationId;
    link(id: SubjectId, organisation: OrganisationId, since: Option<Date>) -> Acted;
    unlink(id: SubjectId, organisation: OrganisationId, until: Option<Date>) -> Acted;
}

impl Desk<'_> {
    /// Who acts here.
    pub(super) fn acting(&self) -> Acting {
        Acting {
            actor: self.actor.clone(),
            dry_run: self.dry_run,
        }
    }

    /// Leaves the trace of what a form refused, and gives the refusal back.
    #[must_use]
    pub fn refused_on_form(&self, fault: Fault, form: FormId) -> Fault {
        self.kept.refused_on_form(fault, None, form, &self.acting())
    }

    /// A new contract, debit or dispute: as [`crate::Kept::new_matter`].
    ///
    /// # Errors
    /// As there.
    pub fn new_matter(&self) -> Result<MatterId, Fault> {
        self.kept.new_matter()
    }

    /// As [`crate::Kept::import`], in the role.
    ///
    /// # Errors
    /// As there; [`domain::FaultKind::Refused`] with the rule that names the role.
    pub fn import(
        &self,
        plan: &Plan,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Report, Fault> {
        self.kept.import(plan, &self.acting(), progress)
    }
}
