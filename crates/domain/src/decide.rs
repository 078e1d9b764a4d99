//! The decision: may this be read, by whom, for what, and which rule says so.

mod permit;

use policy::authorisation::Action;
use policy::model::{
    Basis, CategoryId, CategorySet, ChannelId, KindSet, ProjectionId, PurposeId, RecipientId,
    RoleId, RuleId,
};

use self::permit::{Bases, weight};
use crate::events::View;
use crate::id::{KeyId, RecordId, SubjectId};
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::Subject;
use crate::term::Term;
use crate::time::Moment;

/// A wish to read: who, what for, by which channel, which categories.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// Who would read.
    pub recipient: RecipientId,
    /// What for.
    pub purpose: PurposeId,
    /// The channel by which the person would be reached, if they would be.
    pub channel: Option<ChannelId>,
    /// The categories that are wanted.
    pub categories: CategorySet,
}

/// What a positive decision is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// A use, by a recipient, for a purpose.
    Use(Request),
    /// The person's own copy (11c): everything that is held about them.
    Copy,
    /// Putting right some values of a record: the others are carried over. Nothing is shown (12a).
    Correct,
    /// Checking that a look-up by an exact value hit the right person; nothing is shown.
    Match,
    /// Adding a record that is due to a projection before it is destroyed (10h).
    Project(ProjectionId),
}

/// A positive decision. It cannot be made outside this crate, nor copied: it is turned into a
/// grant once, by recording it.
#[derive(Debug)]
pub struct Allowed {
    access: Access,
    subject: SubjectId,
    subject_version: u64,
    policy_version: u32,
    moment: Moment,
    permitted: Vec<Permitted>,
    narrowed: Option<Narrowed>,
}

/// In which role something is done, and by which version of the authorisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Narrowed {
    /// The role.
    pub role: RoleId,
    /// What is done in it.
    pub action: Action,
    /// The version of the authorisation that was decided by.
    pub version: u32,
}

/// One record that may be opened, in part or in whole, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Permitted {
    /// Which record.
    pub record: RecordId,
    /// The key that opens it.
    pub key: KeyId,
    /// Its category.
    pub category: CategoryId,
    /// The fields that may be seen, as bits of the category's list.
    pub fields: u64,
    /// The legal basis now.
    pub basis: Basis,
    /// The retention rule of the ground; none where a hold alone keeps the record.
    pub rule: Option<RuleId>,
    /// Until when.
    pub until: Term,
    /// As which kinds of subject the person is met here: those of the grounds that permit it.
    pub kinds: KindSet,
}

/// A negative decision, with the rule that says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
}

/// Yes or no.
#[derive(Debug)]
pub enum Decision {
    /// Some of what was asked for may be read.
    Allowed(Allowed),
    /// None of it.
    Refused(Refusal),
}

/// What of a record is not given, and the rule that says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Withheld {
    /// Which record.
    pub record: RecordId,
    /// Its category.
    pub category: CategoryId,
    /// The fields that are withheld, as bits of the category's list.
    pub fields: u64,
    /// The rule.
    pub rule: Rule,
}

impl Allowed {
    /// What it is for.
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }

    /// Whose data.
    #[must_use]
    pub fn subject(&self) -> SubjectId {
        self.subject
    }

    /// The version of the person that was decided on.
    #[must_use]
    pub fn subject_version(&self) -> u64 {
        self.subject_version
    }

    /// The version of the policy that decided.
    #[must_use]
    pub fn policy_version(&self) -> u32 {
        self.policy_version
    }

    /// When.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// What may be opened; never empty.
    #[must_use]
    pub fn permitted(&self) -> &[Permitted] {
        &self.permitted
    }

    /// In which role, where an authorisation narrowed it.
    #[must_use]
    pub fn narrowed(&self) -> Option<Narrowed> {
        self.narrowed
    }

    /// The same decision carried out in a role.
    pub(crate) fn carried_out(self, by: Narrowed) -> Self {
        Self {
            narrowed: Some(by),
            ..self
        }
    }

    /// The same decision as an authorisation narrows it: of each record the fields that the role
    /// is left, `None` where that is no record at all.
    pub(crate) fn narrowed_to(
        mut self,
        narrowed: Narrowed,
        fields: impl Fn(&Permitted) -> Option<u64>,
    ) -> Option<Self> {
        self.narrowed = Some(narrowed);
        self.permitted.retain_mut(|one| match fields(one) {
            Some(left) => {
                one.fields &= left;
                true
            }
            None => false,
        });
        (!self.permitted.is_empty()).then_some(self)
    }

    /// The same decision about some of its records only; `None` if none of them is in it.
    #[must_use]
    pub fn narrow(mut self, keep: impl Fn(&Permitted) -> bool) -> Option<Self> {
        self.permitted.retain(keep);
        (!self.permitted.is_empty()).then_some(self)
    }
}

impl Decision {
    /// The positive decision, or the refusal.
    ///
    /// # Errors
    /// The [`Refusal`] with its rule.
    pub fn into_result(self) -> Result<Allowed, Refusal> {
        match self {
            Self::Allowed(allowed) => Ok(allowed),
            Self::Refused(refusal) => Err(refusal),
        }
    }
}

/// Decides a request.
#[must_use]
pub fn decide(in_force: &InForce, subject: &Subject, request: Request, moment: Moment) -> Decision {
    let view = View::new(in_force, subject, moment);
    let mut permitted = Vec::new();
    let mut refusal = Rule::NothingHeld;
    let mut bases = Bases::default();
    for held in &subject.records {
        if !request.categories.contains(held.category) {
            continue;
        }
        match view.permit(&request, held, &mut bases) {
            Ok(yes) => {
                if permitted.is_empty() {
                    permitted.reserve_exact(subject.records.len());
                }
                permitted.push(yes);
            }
            Err(rule) if weight(rule) > weight(refusal) => refusal = rule,
            Err(_) => {}
        }
    }
    allow(Access::Use(request), view, permitted, refusal)
}

/// What of the records asked for is withheld, and why: the other direction of [`decide`].
#[must_use]
pub fn explain(
    in_force: &InForce,
    subject: &Subject,
    request: Request,
    moment: Moment,
) -> Vec<Withheld> {
    let view = View::new(in_force, subject, moment);
    let mut bases = Bases::default();
    subject
        .records
        .iter()
        .filter(|held| request.categories.contains(held.category))
        .filter_map(|held| {
            let decided = view.permit(&request, held, &mut bases);
            let refused = decided.is_err();
            let (fields, rule) = match decided {
                Ok(yes) => (
                    held.fields & !yes.fields,
                    Rule::Recipient {
                        recipient: request.recipient,
                        purpose: request.purpose,
                    },
                ),
                Err(rule) => (held.fields, rule),
            };
            (fields != 0 || refused).then_some(Withheld {
                record: held.id,
                category: held.category,
                fields,
                rule,
            })
        })
        .collect()
}

/// Decides the person's own copy of their data (GDPR 15): everything that something keeps, what
/// duties, holds and restrictions keep included.
#[must_use]
pub fn decide_copy(in_force: &InForce, subject: &Subject, moment: Moment) -> Decision {
    let view = View::new(in_force, subject, moment);
    let permitted = view.everything_kept(|held| held.fields);
    allow(Access::Copy, view, permitted, Rule::NothingHeld)
}

/// Decides the opening of a record that is being put right, so that what was right in it is carried
/// over: nothing is shown.
#[must_use]
pub fn decide_correction(
    in_force: &InForce,
    subject: &Subject,
    record: RecordId,
    moment: Moment,
) -> Decision {
    let view = View::new(in_force, subject, moment);
    let mut permitted = view.everything_kept(|held| held.fields);
    permitted.retain(|one| one.record == record);
    allow(Access::Correct, view, permitted, Rule::NothingHeld)
}

/// Decides the opening of the fields that people are found by, to check that a look-up hit the
/// right person: nothing is shown.
#[must_use]
pub fn decide_hint(in_force: &InForce, subject: &Subject, moment: Moment) -> Decision {
    let view = View::new(in_force, subject, moment);
    let mut permitted = view.everything_kept(|held| {
        let fields = &in_force.policy().categories[held.category.index()].fields;
        let look_up = fields.iter().enumerate().filter(|(_, field)| field.look_up);
        held.fields & look_up.fold(0, |mask, (at, _)| mask | 1 << at)
    });
    permitted.retain(|one| one.fields != 0);
    allow(Access::Match, view, permitted, Rule::NothingHeld)
}

pub(crate) fn allow(
    access: Access,
    view: View<'_>,
    permitted: Vec<Permitted>,
    refusal: Rule,
) -> Decision {
    if permitted.is_empty() {
        return Decision::Refused(Refusal { rule: refusal });
    }
    Decision::Allowed(Allowed {
        access,
        subject: view.subject.id,
        subject_version: view.subject.version,
        policy_version: view.in_force.policy().version,
        moment: view.moment,
        permitted,
        narrowed: None,
    })
}

/// Whether somebody may be contacted, or their data used, for a purpose at all.
///
/// # Errors
/// The [`Refusal`] with the rule that closes the purpose.
pub fn may(
    in_force: &InForce,
    subject: &Subject,
    purpose: PurposeId,
    channel: Option<ChannelId>,
    moment: Moment,
) -> Result<Basis, Refusal> {
    let view = View::new(in_force, subject, moment);
    let mut refusal = Rule::NothingHeld;
    let mut bases = Bases::default();
    for held in &subject.records {
        match view.permit_use(purpose, channel, held, &mut bases) {
            Ok(reason) => return Ok(reason.basis),
            Err(rule) if weight(rule) > weight(refusal) => refusal = rule,
            Err(_) => {}
        }
    }
    Err(Refusal { rule: refusal })
}
