//! The decision: may this be read, by whom, for what, and which rule says so.

use policy::model::{
    Basis, CategoryId, CategorySet, ChannelId, ProjectionId, PurposeId, RecipientId, RuleId,
};

use crate::events::View;
use crate::id::{KeyId, RecordId, SubjectId};
use crate::in_force::InForce;
use crate::rule::Rule;
use crate::subject::{Held, Subject};
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
    for held in &subject.records {
        if !request.categories.contains(held.category) {
            continue;
        }
        match view.permit(&request, held) {
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
    subject
        .records
        .iter()
        .filter(|held| request.categories.contains(held.category))
        .filter_map(|held| {
            let (fields, rule) = match view.permit(&request, held) {
                Ok(yes) => (
                    held.fields & !yes.fields,
                    Rule::Recipient {
                        recipient: request.recipient,
                        purpose: request.purpose,
                    },
                ),
                Err(rule) => (held.fields, rule),
            };
            let whole = held.fields == 0;
            (fields != 0 || whole && view.permit(&request, held).is_err()).then_some(Withheld {
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
    for held in &subject.records {
        match view.permit_use(purpose, channel, held) {
            Ok(reason) => return Ok(reason.basis),
            Err(rule) if weight(rule) > weight(refusal) => refusal = rule,
            Err(_) => {}
        }
    }
    Err(Refusal { rule: refusal })
}

/// Why a use of a record is permitted.
#[derive(Clone, Copy, Debug)]
struct Reason {
    basis: Basis,
    rule: Option<RuleId>,
    until: Term,
}

/// How telling a refusal is, where several records are refused by different rules.
fn weight(rule: Rule) -> u8 {
    match rule {
        Rule::NothingHeld => 0,
        Rule::Destroyed => 1,
        Rule::NotUsed { .. } => 2,
        Rule::Recipient { .. } => 3,
        Rule::NoGround { .. } | Rule::NoTerm { .. } | Rule::NotYet { .. } => 4,
        Rule::NoBasis { .. } => 5,
        Rule::Ended { .. } | Rule::Term { .. } | Rule::Source => 6,
        Rule::ConsentNeeded { .. } | Rule::ContractNotOpen { .. } => 7,
        Rule::Restriction | Rule::Evidence { .. } | Rule::Hold { .. } => 8,
        _ => 9,
    }
}

impl View<'_> {
    /// Whether one record may be read as requested.
    fn permit(&self, request: &Request, held: &Held) -> Result<Permitted, Rule> {
        if held.tombstone {
            return Err(Rule::Destroyed);
        }
        let tables = &self.in_force.policy().tables;
        let (purpose, category) = (request.purpose, held.category);
        if !tables.uses[purpose.index()].contains(category) {
            return Err(Rule::NotUsed { purpose, category });
        }
        let readable = tables.reads[request.recipient.index()][purpose.index()][category.index()];
        let fields = held.fields & readable;
        if readable == 0 || fields == 0 && held.fields != 0 {
            return Err(Rule::Recipient {
                recipient: request.recipient,
                purpose,
            });
        }
        let reason = self.permit_use(purpose, request.channel, held)?;
        Ok(Permitted {
            record: held.id,
            key: held.key,
            category,
            fields,
            basis: reason.basis,
            rule: reason.rule,
            until: reason.until,
        })
    }

    /// Whether one record may be used for a purpose, whoever reads it.
    fn permit_use(
        &self,
        purpose: PurposeId,
        channel: Option<ChannelId>,
        held: &Held,
    ) -> Result<Reason, Rule> {
        if held.tombstone {
            return Err(Rule::Destroyed);
        }
        let category = held.category;
        if !self.in_force.policy().tables.uses[purpose.index()].contains(category) {
            return Err(Rule::NotUsed { purpose, category });
        }
        let by_hold = self.closed(purpose, held)?;
        let mut refusal = None;
        let mut reason: Option<Reason> = None;
        for ground in held
            .grounds
            .iter()
            .filter(|ground| ground.purpose == purpose)
        {
            let basis = || self.basis(purpose, ground.kind, channel, held.matter);
            match self
                .live(held, ground)
                .and_then(|ruled| Ok((ruled, basis()?)))
            {
                Ok((ruled, basis)) => {
                    let until = self.until(ground, ruled);
                    if reason.is_none_or(|before| later(until, before.until)) {
                        reason = Some(Reason {
                            basis,
                            rule: Some(ruled.rule),
                            until,
                        });
                    }
                }
                Err(rule) => {
                    if refusal.is_none_or(|before| weight(rule) > weight(before)) {
                        refusal = Some(rule);
                    }
                }
            }
        }
        if let Some(reason) = reason {
            return Ok(reason);
        }
        if let Some(review) = by_hold {
            return self.held_for(purpose, channel, held, review);
        }
        Err(refusal.unwrap_or(Rule::NoGround { purpose, category }))
    }

    /// What closes a record to a purpose. The purposes of holds and of live evidence close it to
    /// all others, a restriction to all but these; the answer says whether a hold opens it to
    /// this one, and when that hold is looked at again.
    fn closed(&self, purpose: PurposeId, held: &Held) -> Result<Option<jiff::civil::Date>, Rule> {
        let mut closed = None;
        let mut by_hold = None;
        for hold in self.holds(held) {
            if hold.purpose == purpose {
                by_hold = by_hold.max(Some(hold.review));
            } else {
                closed.get_or_insert(Rule::Hold {
                    purpose: hold.purpose,
                });
            }
        }
        let mut open = by_hold.is_some();
        for evidence in self.evidence(held) {
            if evidence == purpose {
                open = true;
            } else {
                closed.get_or_insert(Rule::Evidence { purpose: evidence });
            }
        }
        if open {
            return Ok(by_hold);
        }
        if closed.is_none() && self.restriction(held).is_some() {
            closed = Some(Rule::Restriction);
        }
        closed.map_or(Ok(None), Err)
    }

    /// A reading for the purpose of a hold: the hold is the ground, the basis is the purpose's for
    /// one of the kinds that the record was held for.
    fn held_for(
        &self,
        purpose: PurposeId,
        channel: Option<ChannelId>,
        held: &Held,
        review: jiff::civil::Date,
    ) -> Result<Reason, Rule> {
        let mut refusal = Rule::NoBasis { purpose };
        for ground in &held.grounds {
            match self.basis(purpose, ground.kind, channel, held.matter) {
                Ok(basis) => {
                    return Ok(Reason {
                        basis,
                        rule: None,
                        until: Term::Held(Some(review)),
                    });
                }
                Err(rule) => refusal = rule,
            }
        }
        Err(refusal)
    }

    /// Everything that something keeps, under the duty to give the person a copy or to find them.
    fn everything_kept(&self, fields: impl Fn(&Held) -> u64) -> Vec<Permitted> {
        let kept = self.subject.records.iter().filter(|held| self.kept(held));
        kept.map(|held| {
            let (rule, until) = self.longest(held);
            Permitted {
                record: held.id,
                key: held.key,
                category: held.category,
                fields: fields(held),
                basis: Basis::LegalObligation,
                rule,
                until,
            }
        })
        .collect()
    }

    /// The latest of the terms that keep a record, and its rule.
    pub(crate) fn longest(&self, held: &Held) -> (Option<RuleId>, Term) {
        if self.kept_for_now(held) {
            let review = self.holds(held).map(|hold| hold.review).max();
            return (None, Term::Held(review));
        }
        let mut longest = None;
        for ground in &held.grounds {
            if let Ok(ruled) = self.live(held, ground) {
                let until = self.until(ground, ruled);
                if longest.is_none_or(|(_, before)| later(until, before)) {
                    longest = Some((Some(ruled.rule), until));
                }
            }
        }
        longest.unwrap_or((None, Term::Held(None)))
    }
}

fn later(a: Term, b: Term) -> bool {
    match (a, b) {
        (Term::Through(a), Term::Through(b)) => a > b,
        (Term::Waits(_), Term::Through(_)) => true,
        (Term::Held(_), other) => !matches!(other, Term::Held(_)),
        (Term::Through(_) | Term::Waits(_), _) => false,
    }
}
