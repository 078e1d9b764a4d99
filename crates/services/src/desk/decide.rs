//! May this be done, and which rule says so: the decision by itself. It opens nothing, and stands in
//! the journal like a look.

use domain::decide::{Allowed, Decision, Permitted, Withheld};
use domain::{Fault, Moment, Rule, SubjectId};
use journal::Act;
use policy::authorisation::{Action, Reach};
use policy::model::{CategorySet, ChannelId};

use super::Desk;
use crate::capacity::{Bound, concerned_by, decided};
use crate::concern::concern;

/// A decision, for somebody who asks for it alone.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What may be done it with, record by record, for what handles values.
    pub permitted: Vec<Permitted>,
    /// Why each of those is open to the role, in their order.
    pub granted: Vec<Reach>,
    /// With which categories it may be done, for what handles no values.
    pub categories: CategorySet,
    /// What is held and stays closed, and by which rule; nothing of a person whom the role does not
    /// reach.
    pub withheld: Vec<Withheld>,
    /// The rule that closes everything, where it may be done with nothing.
    pub refused: Option<Rule>,
    /// When it was decided.
    pub moment: Moment,
    /// Where it stands in the journal.
    pub receipt: u64,
}

impl Desk<'_> {
    /// Decides whether something may be done with some of what is held about a person.
    ///
    /// # Errors
    /// [`domain::FaultKind::Absent`] when nothing is held about the person; a refusal is an answer.
    pub fn decide(
        &self,
        id: SubjectId,
        action: Action,
        categories: CategorySet,
        channel: Option<ChannelId>,
    ) -> Result<Answered, Fault> {
        let kept = self.kept;
        let (law, moment) = (kept.law(), kept.moment()?);
        let subject = kept.person(id, &law)?.subject;
        let bound = self
            .kept
            .bound(&self.actor, action, &law)?
            .ok_or_else(crate::act::keeps_changing)?;
        let mut answer = Answered {
            permitted: Vec::new(),
            granted: Vec::new(),
            categories: CategorySet::EMPTY,
            withheld: Vec::new(),
            refused: None,
            moment,
            receipt: 0,
        };
        let policy = law.policy();
        if action.handles_values() {
            let mut request = bound.request(categories)?;
            request.channel = channel;
            let narrowing = Some(&bound.narrowing);
            let (decision, withheld) = decided(&law, &subject, request, narrowing, moment);
            if concerned_by(&subject, bound.purpose) && bound.reaches(&subject).is_ok() {
                answer.withheld = withheld;
            }
            match decision {
                Decision::Allowed(allowed) => answer.permit(&allowed, &bound),
                Decision::Refused(refusal) => answer.refused = Some(refusal.rule),
            }
        } else {
            match bound.narrowing.may(policy, &subject, Some(bound.purpose)) {
                Ok(open) => answer.categories = open.and(categories),
                Err(refusal) => answer.refused = Some(refusal.rule),
            }
        }
        let mut detail = kept.detail(Act::LookedUp, &self.actor, moment, &law);
        detail.subject = Some(id.0);
        detail.destination = self.destination;
        detail.rule = answer.refused.map(|rule| rule.name(law.terms()));
        concern(&mut detail, &law, &subject, moment);
        answer.receipt = kept.record_under(&law, vec![kept.vault.entry(&detail)?])?;
        Ok(answer)
    }
}

impl Answered {
    fn permit(&mut self, allowed: &Allowed, bound: &Bound<'_>) {
        self.permitted = allowed.permitted().to_vec();
        let open = self.permitted.iter();
        self.granted = open
            .map(|one| bound.narrowing.granted(bound.purpose, one))
            .collect();
        self.categories = self.permitted.iter().map(|one| one.category).collect();
    }
}
