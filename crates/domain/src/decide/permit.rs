//! Whether one record is open to a use: table, closures, ground, basis.

use jiff::civil::Date;
use policy::model::{Basis, ChannelId, KindId, KindSet, PurposeId, RuleId};

use super::{Permitted, Request};
use crate::events::View;
use crate::id::MatterId;
use crate::rule::Rule;
use crate::subject::Held;
use crate::term::Term;

/// Why a use of a record is permitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reason {
    pub(super) basis: Basis,
    rule: Option<RuleId>,
    until: Term,
    kinds: KindSet,
}

/// The basis that was worked out last: most records of a person are held for them as one kind, and
/// about one matter or none.
#[derive(Default)]
pub(super) struct Bases(Option<(KindId, Option<MatterId>, Result<Basis, Rule>)>);

impl Bases {
    /// The basis of a use; of one purpose and channel all along.
    fn of(
        &mut self,
        view: &View<'_>,
        purpose: PurposeId,
        kind: KindId,
        channel: Option<ChannelId>,
        matter: Option<MatterId>,
    ) -> Result<Basis, Rule> {
        match self.0 {
            Some((of, about, basis)) if of == kind && about == matter => basis,
            _ => {
                let basis = view.basis(purpose, kind, channel, matter);
                self.0 = Some((kind, matter, basis));
                basis
            }
        }
    }
}

/// How telling a refusal is, where several records are refused by different rules.
pub(super) fn weight(rule: Rule) -> u8 {
    match rule {
        Rule::NothingHeld => 0,
        Rule::Destroyed => 1,
        Rule::NotUsed { .. } => 2,
        Rule::Recipient { .. }
        | Rule::Role { .. }
        | Rule::RoleReview { .. }
        | Rule::Undertaking { .. } => 3,
        Rule::NoGround { .. } | Rule::NoTerm { .. } | Rule::NotYet { .. } => 4,
        Rule::NoBasis { .. } => 5,
        Rule::Ended { .. } | Rule::Term { .. } | Rule::Source => 6,
        Rule::ConsentNeeded { .. } | Rule::ContractNotOpen { .. } => 7,
        Rule::Restriction | Rule::Evidence { .. } | Rule::Hold { .. } => 8,
        _ => 9,
    }
}

impl View<'_> {
    /// Whether one record may be read as requested. Inlined into the decision, with what it asks: an
    /// answer that is put together in memory and copied is waited for, a sixth of a decision.
    #[inline(always)]
    pub(super) fn permit(
        &self,
        request: &Request,
        held: &Held,
        bases: &mut Bases,
    ) -> Result<Permitted, Rule> {
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
        let reason = self.grounded(purpose, request.channel, held, bases)?;
        Ok(Permitted {
            record: held.id,
            key: held.key,
            category,
            fields,
            basis: reason.basis,
            rule: reason.rule,
            until: reason.until,
            kinds: reason.kinds,
        })
    }

    /// Whether one record may be used for a purpose, whoever reads it.
    pub(super) fn permit_use(
        &self,
        purpose: PurposeId,
        channel: Option<ChannelId>,
        held: &Held,
        bases: &mut Bases,
    ) -> Result<Reason, Rule> {
        if held.tombstone {
            return Err(Rule::Destroyed);
        }
        let category = held.category;
        if !self.in_force.policy().tables.uses[purpose.index()].contains(category) {
            return Err(Rule::NotUsed { purpose, category });
        }
        self.grounded(purpose, channel, held, bases)
    }

    /// Whether a ground, or a hold, opens a record that is held to a purpose that uses its category.
    #[inline(always)]
    fn grounded(
        &self,
        purpose: PurposeId,
        channel: Option<ChannelId>,
        held: &Held,
        bases: &mut Bases,
    ) -> Result<Reason, Rule> {
        let by_hold = match self.may_be_closed(held) {
            true => self.closed(purpose, held)?,
            false => None,
        };
        let mut refusal = None;
        let mut reason: Option<Reason> = None;
        let mut kinds = KindSet::EMPTY;
        for ground in held
            .grounds
            .iter()
            .filter(|ground| ground.purpose == purpose)
        {
            let mut basis = || bases.of(self, purpose, ground.kind, channel, held.matter);
            match self
                .live(held, ground)
                .and_then(|ruled| Ok((ruled, basis()?)))
            {
                Ok((ruled, basis)) => {
                    let until = self.until(ground, ruled);
                    kinds.insert(ground.kind);
                    if reason.is_none_or(|before| later(until, before.until)) {
                        reason = Some(Reason {
                            basis,
                            rule: Some(ruled.rule),
                            until,
                            kinds,
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
            return Ok(Reason { kinds, ..reason });
        }
        if let Some(review) = by_hold {
            return self.held_for(purpose, channel, held, review);
        }
        Err(refusal.unwrap_or(Rule::NoGround {
            purpose,
            category: held.category,
        }))
    }

    /// Whether there is anything at all that closes a record to a purpose: mostly there is not.
    fn may_be_closed(&self, held: &Held) -> bool {
        let evidence = self.in_force.policy().tables.evidence;
        !self.subject.holds.is_empty()
            || !self.subject.restrictions.is_empty()
            || held
                .grounds
                .iter()
                .any(|ground| evidence.contains(ground.purpose))
    }

    /// What closes a record to a purpose. The purposes of holds and of live evidence close it to
    /// all others, a restriction to all but these; the answer says whether a hold opens it to
    /// this one, and when that hold is looked at again.
    fn closed(&self, purpose: PurposeId, held: &Held) -> Result<Option<Date>, Rule> {
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
        review: Date,
    ) -> Result<Reason, Rule> {
        let mut refusal = Rule::NoBasis { purpose };
        for ground in &held.grounds {
            match self.basis(purpose, ground.kind, channel, held.matter) {
                Ok(basis) => {
                    return Ok(Reason {
                        basis,
                        rule: None,
                        until: Term::Held(Some(review)),
                        kinds: held.grounds.iter().map(|ground| ground.kind).collect(),
                    });
                }
                Err(rule) => refusal = rule,
            }
        }
        Err(refusal)
    }

    /// Everything that something keeps, under the duty to give the person a copy or to find them.
    pub(super) fn everything_kept(&self, fields: impl Fn(&Held) -> u64) -> Vec<Permitted> {
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
                kinds: held.grounds.iter().map(|ground| ground.kind).collect(),
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
