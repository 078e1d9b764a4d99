//! When a ground ends: evaluated at the moment of use, never read from a stored deadline
//! (semantics, 2).

use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{Anchor, FactId, PurposeId, RetentionRule, RuleId, SpanId};

use crate::calendar;
use crate::events::{Point, View};
use crate::in_force::{InForce, told};
use crate::rule::Rule;
use crate::subject::{Ground, Held, Subject};
use crate::time::Moment;

/// Until when something is held or may be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Term {
    /// Through this day, where the controller is.
    Through(Date),
    /// It waits for something that has not happened; never unknown in silence.
    Waits(Awaited),
    /// Kept by a hold or a restriction, whatever the terms; a hold is looked at again on this day.
    Held(Option<Date>),
}

/// What a term waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Awaited {
    /// A fact of this kind.
    Fact(FactId),
    /// The end of a span of this kind.
    EndOf(SpanId),
}

/// Where a ground stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// It lives.
    Lives {
        /// Until when, by what is known now.
        until: Term,
        /// The retention rule that says so.
        rule: RuleId,
    },
    /// It is over.
    Over {
        /// Since when.
        at: Timestamp,
        /// What ended it.
        rule: Rule,
    },
}

/// Where a ground of a record stands at a moment.
#[must_use]
pub fn ground_end(
    in_force: &InForce,
    subject: &Subject,
    held: &Held,
    ground: &Ground,
    moment: Moment,
) -> End {
    View::new(in_force, subject, moment).end(held, ground)
}

/// An end as a rule gives it, before it is compared with the present.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Waits(Awaited),
    Through(Date),
    At(Timestamp),
}

/// A verdict with the version of the policy that gave it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ruled {
    pub(crate) verdict: Verdict,
    pub(crate) rule: RuleId,
    pub(crate) version: u32,
}

impl Verdict {
    /// When it comes, if that is known.
    pub(crate) fn moment(self, in_force: &InForce) -> Option<Timestamp> {
        match self {
            Self::Waits(_) => None,
            Self::Through(day) => Some(calendar::end_of(day, in_force.zone())),
            Self::At(at) => Some(at),
        }
    }

    fn is_later(self, other: Self, in_force: &InForce) -> bool {
        match (self, other) {
            (Self::Waits(_), other) => !matches!(other, Self::Waits(_)),
            (_, Self::Waits(_)) => false,
            (Self::Through(a), Self::Through(b)) => a > b,
            (a, b) => a.moment(in_force) > b.moment(in_force),
        }
    }

    fn is_over(self, moment: Moment) -> bool {
        match self {
            Self::Waits(_) => false,
            Self::Through(day) => moment.today > day,
            Self::At(at) => at <= moment.now,
        }
    }
}

impl View<'_> {
    fn latest(&self, anchors: &[Anchor], held: &Held) -> Option<Point> {
        let mut latest = None;
        for anchor in anchors {
            let point = match *anchor {
                Anchor::Collection => Some(Point::of(held.collected)),
                Anchor::Fact(fact) => self.latest_fact(fact, held.matter),
                Anchor::EndOf(span) => self.latest_end(span, held.matter),
            };
            latest = Point::later(latest, point);
        }
        latest
    }

    fn counted(&self, point: Point, keep: policy::model::Duration) -> Verdict {
        if keep.is_at_once() {
            Verdict::At(point.at)
        } else {
            Verdict::Through(keep.after(point.date(self.in_force)))
        }
    }

    /// The latest anchor that has happened, plus what the rule keeps.
    fn counted_from(&self, rule: &RetentionRule, held: &Held) -> Verdict {
        match (self.latest(&rule.from, held), rule.from.first()) {
            (Some(point), _) => self.counted(point, rule.keep),
            (None, Some(Anchor::Fact(fact))) => Verdict::Waits(Awaited::Fact(*fact)),
            (None, Some(Anchor::EndOf(span))) => Verdict::Waits(Awaited::EndOf(*span)),
            // A rule that counts from nothing keeps nothing; the checker refuses it.
            (None, Some(Anchor::Collection) | None) => Verdict::At(held.collected),
        }
    }

    /// What one rule says of one record.
    #[inline]
    pub(crate) fn by_rule(&self, rule: &RetentionRule, purpose: PurposeId, held: &Held) -> Verdict {
        if rule.at_least.is_some() || rule.at_most.is_some() {
            return self.within_limits(self.without_limits(rule, held), rule, purpose, held);
        }
        self.without_limits(rule, held)
    }

    #[inline]
    fn without_limits(&self, rule: &RetentionRule, held: &Held) -> Verdict {
        match rule.during {
            Some(span) if self.open(span, held.matter) => Verdict::Waits(Awaited::EndOf(span)),
            _ => self.counted_from(rule, held),
        }
    }

    /// What a rule says, not less than its minimum and not more than its maximum.
    fn within_limits(
        &self,
        mut verdict: Verdict,
        rule: &RetentionRule,
        purpose: PurposeId,
        held: &Held,
    ) -> Verdict {
        if let Some(limit) = &rule.at_least
            && self.in_force.policy().tables.duties.contains(purpose)
        {
            // A legal minimum counted from the end of a span cannot be over while one is open.
            let open = limit.from.iter().find_map(|anchor| match *anchor {
                Anchor::EndOf(span) if self.open(span, held.matter) => Some(span),
                Anchor::EndOf(_) | Anchor::Collection | Anchor::Fact(_) => None,
            });
            let least = open.map_or_else(
                || {
                    self.latest(&limit.from, held)
                        .map(|point| self.counted(point, limit.keep))
                },
                |span| Some(Verdict::Waits(Awaited::EndOf(span))),
            );
            if let Some(least) = least.filter(|least| least.is_later(verdict, self.in_force)) {
                verdict = least;
            }
        }
        if let Some(limit) = &rule.at_most
            && let Some(point) = self.latest(&limit.from, held)
        {
            let most = self.counted(point, limit.keep);
            if verdict.is_later(most, self.in_force) {
                verdict = most;
            }
        }
        verdict
    }

    /// The term of a ground: of the policy in force, or of an earlier version that promised less
    /// and of whose successors the person has not been told (semantics, 4). `None` where no rule
    /// covers it: such a ground keeps nothing. Inlined as [`View::permit`] is.
    #[inline(always)]
    pub(crate) fn term(&self, held: &Held, ground: &Ground) -> Option<Ruled> {
        let (purpose, kind) = (ground.purpose, ground.kind);
        let id = self.in_force.rule(purpose, kind, held.category)?;
        let policy = self.in_force.policy();
        let rule = &policy.rules[id.index()];
        let by = |verdict| Ruled {
            verdict,
            rule: id,
            version: policy.version,
        };
        // What was collected under the version in force was never promised anything else.
        if held.policy_version >= policy.version {
            return Some(by(self.by_rule(rule, purpose, held)));
        }
        Some(self.as_promised(by(self.by_rule(rule, purpose, held)), held, ground))
    }

    /// What a rule says, or an earlier version that promised less.
    fn as_promised(&self, mut ruled: Ruled, held: &Held, ground: &Ground) -> Ruled {
        let met = held
            .policy_version
            .max(told(self.subject, self.moment.today));
        for earlier in self.in_force.earlier_from(met) {
            let Some(rule) = earlier.rule(ground.purpose, ground.kind, held.category) else {
                continue;
            };
            let verdict = self.by_rule(rule, ground.purpose, held);
            if ruled.verdict.is_later(verdict, self.in_force) {
                ruled.verdict = verdict;
                ruled.version = earlier.version;
            }
        }
        ruled
    }

    /// Whether a ground is within its term, whatever it rests on.
    pub(crate) fn in_term(&self, held: &Held, ground: &Ground) -> bool {
        ground.ended.is_none()
            && ground.since <= self.moment.now
            && self
                .term(held, ground)
                .is_some_and(|ruled| !ruled.verdict.is_over(self.moment))
    }

    /// Whether a ground lives, or the rule that ended it. Inlined as [`View::permit`] is.
    #[inline(always)]
    pub(crate) fn live(&self, held: &Held, ground: &Ground) -> Result<Ruled, Rule> {
        let purpose = ground.purpose;
        if let Some(ended) = ground.ended {
            return Err(Rule::Ended {
                purpose,
                by: ended.by,
            });
        }
        if ground.since > self.moment.now {
            return Err(Rule::NotYet { purpose });
        }
        let Some(ruled) = self.term(held, ground) else {
            return Err(Rule::NoTerm {
                purpose,
                category: held.category,
            });
        };
        if ruled.verdict.is_over(self.moment) {
            return Err(Rule::Term {
                rule: ruled.rule,
                version: ruled.version,
            });
        }
        if self.consent_alone(purpose, ground.kind) && !self.any_consent(purpose) {
            return Err(Rule::ConsentNeeded {
                purpose,
                channel: None,
            });
        }
        if self.falls_with_source(held, ground) {
            return Err(Rule::Source);
        }
        Ok(ruled)
    }

    pub(crate) fn end(&self, held: &Held, ground: &Ground) -> End {
        let now = self.moment.now;
        match self.live(held, ground) {
            Ok(ruled) => End::Lives {
                until: self.until(ground, ruled),
                rule: ruled.rule,
            },
            Err(Rule::NotYet { .. }) => match self.term(held, ground) {
                Some(ruled) if !ruled.verdict.is_over(self.moment) => End::Lives {
                    until: self.until(ground, ruled),
                    rule: ruled.rule,
                },
                _ => End::Over {
                    at: now,
                    rule: Rule::NotYet {
                        purpose: ground.purpose,
                    },
                },
            },
            Err(rule) => End::Over {
                at: self.over_at(held, ground, rule).min(now),
                rule,
            },
        }
    }

    fn over_at(&self, held: &Held, ground: &Ground, rule: Rule) -> Timestamp {
        let now = self.moment.now;
        match rule {
            Rule::Ended { .. } => ground.ended.map_or(now, |ended| ended.at),
            Rule::Term { .. } => self
                .term(held, ground)
                .and_then(|ruled| ruled.verdict.moment(self.in_force))
                .unwrap_or(now),
            Rule::ConsentNeeded { purpose, .. } => self
                .subject
                .consents
                .iter()
                .filter(|consent| consent.purpose == purpose && consent.given <= now)
                .filter_map(|consent| self.consent_end(consent))
                .max()
                .unwrap_or(now),
            _ => now,
        }
    }

    /// Until when a live ground lives: its term, or the end of the last consent where it rests on
    /// consent alone.
    pub(crate) fn until(&self, ground: &Ground, ruled: Ruled) -> Term {
        let term = match ruled.verdict {
            Verdict::Waits(awaited) => Term::Waits(awaited),
            Verdict::Through(day) => Term::Through(day),
            Verdict::At(at) => Term::Through(calendar::date_of(at, self.in_force.zone())),
        };
        match self.consent_alone(ground.purpose, ground.kind) {
            true => self.with_consent(ground.purpose, term),
            false => term,
        }
    }

    /// A term that ends with the last consent, if that comes first.
    fn with_consent(&self, purpose: PurposeId, term: Term) -> Term {
        let lapses = self
            .last_consent_end(purpose)
            .map(|end| end - jiff::SignedDuration::from_nanos(1))
            .map(|last| calendar::date_of(last, self.in_force.zone()));
        match (term, lapses) {
            (Term::Through(day), Some(lapse)) => Term::Through(day.min(lapse)),
            (Term::Waits(_), Some(lapse)) => Term::Through(lapse),
            (term, _) => term,
        }
    }

    /// When the last of the live consents for a purpose ends, if it does by itself.
    pub(crate) fn last_consent_end(&self, purpose: PurposeId) -> Option<Timestamp> {
        let mut last = None;
        for consent in &self.subject.consents {
            if consent.purpose == purpose && consent.given <= self.moment.now {
                match self.consent_end(consent) {
                    Some(end) if end > self.moment.now => last = last.max(Some(end)),
                    Some(_) => {}
                    None => return None,
                }
            }
        }
        last
    }
}
