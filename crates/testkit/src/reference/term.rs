//! Terms, day by day.

use domain::MatterId;
use domain::subject::{Fact, Link};
use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{
    Anchor, CategoryId, Duration, FactId, KindId, Policy, PurposeId, PurposeNature, RetentionRule,
    SpanId,
};

use super::{Ground, Record, Reference, Why};

/// When a ground's term is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ends {
    /// It waits.
    Waits,
    /// With this day.
    With(Date),
    /// At this moment.
    At(Timestamp),
}

/// Something that a term is counted from: when, and on which day.
type Point = (Timestamp, Date);

/// Counts months one by one, then days one by one.
fn last_day(from: Date, keep: Duration) -> Date {
    let (mut year, mut month) = (from.year(), from.month());
    for _ in 0..keep.months {
        month += 1;
        if month == 13 {
            month = 1;
            year += 1;
        }
    }
    let mut day = from.day();
    let mut date = loop {
        if let Ok(date) = Date::new(year, month, day) {
            break date;
        }
        day -= 1;
    };
    for _ in 0..keep.days {
        date = date.tomorrow().unwrap();
    }
    date
}

/// The retention rule of a ground in a version of the policy: of those that cover it, one that
/// names its purpose wins, then its kind, then its category.
pub(super) fn rule_of(
    policy: &Policy,
    purpose: PurposeId,
    kind: KindId,
    category: CategoryId,
) -> Option<&RetentionRule> {
    let mut best: Option<&RetentionRule> = None;
    for rule in &policy.rules {
        let covers = rule.purposes.contains(purpose)
            && rule.kinds.contains(kind)
            && rule.categories.contains(category);
        let score = |rule: &RetentionRule| {
            u8::from(rule.precision.purposes) * 4
                + u8::from(rule.precision.kinds) * 2
                + u8::from(rule.precision.categories)
        };
        if covers && best.is_none_or(|best| score(rule) > score(best)) {
            best = Some(rule);
        }
    }
    best
}

impl Reference {
    pub(super) fn consent_last_day(&self, given: Timestamp, lasts: Duration) -> Date {
        last_day(self.day(given), lasts)
    }

    /// Facts that count by a moment: not superseded, happened, about the matter if they are about
    /// one and one is asked for.
    fn counting(&self, kind: FactId, matter: Option<MatterId>, by: Timestamp) -> Vec<&Fact> {
        let about_matter = self.policy().facts[kind.index()].about_matter;
        let mut counting = Vec::new();
        for fact in &self.facts {
            if fact.kind != kind || fact.superseded_by.is_some() || fact.happened > by {
                continue;
            }
            if matter.is_some() && about_matter && fact.matter != matter {
                continue;
            }
            counting.push(fact);
        }
        counting
    }

    fn within(&self, link: &Link, fact: &Fact) -> bool {
        let day = self.day(fact.happened);
        fact.organisation == Some(link.organisation)
            && day >= link.since
            && (link.until.is_none() || Some(day) <= link.until)
    }

    /// The latest fact of a kind, of the person or of an organisation while they belonged to it.
    pub(super) fn latest_fact(
        &self,
        kind: FactId,
        matter: Option<MatterId>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let mut latest = None;
        for fact in self.counting(kind, matter, now) {
            let mine = fact.organisation.is_none()
                || self.links.iter().any(|link| self.within(link, fact));
            if mine && Some(fact.happened) > latest {
                latest = Some(fact.happened);
            }
        }
        latest
    }

    /// Walks through openings and closings of each matter of one owner up to a moment.
    fn open_of(
        &self,
        organisation: Option<domain::OrganisationId>,
        span: SpanId,
        matter: Option<MatterId>,
        by: Timestamp,
    ) -> bool {
        let span = &self.policy().spans[span.index()];
        let mut steps: Vec<(Timestamp, bool, Option<MatterId>)> = Vec::new();
        for fact in self.counting(span.opens, matter, by) {
            if fact.organisation == organisation {
                steps.push((fact.happened, false, fact.matter));
            }
        }
        for fact in self.counting(span.closes, None, by) {
            if fact.organisation == organisation {
                steps.push((fact.happened, true, fact.matter));
            }
        }
        steps.sort();
        let mut open: Vec<Option<MatterId>> = Vec::new();
        for (_, closes, matter) in steps {
            open.retain(|other| *other != matter);
            if !closes {
                open.push(matter);
            }
        }
        !open.is_empty()
    }

    /// The matter of a record, if the span has ever been about it: a sale's order waits for the end
    /// of the contract, whose matter is another.
    fn if_known(&self, span: SpanId, matter: Option<MatterId>) -> Option<MatterId> {
        let span = &self.policy().spans[span.index()];
        for fact in &self.facts {
            let of_span = fact.kind == span.opens || fact.kind == span.closes;
            if of_span && fact.superseded_by.is_none() && fact.matter == matter {
                return matter;
            }
        }
        None
    }

    /// Whether the person has an open span of their own.
    pub(super) fn own_open(&self, span: SpanId, matter: Option<MatterId>, now: Timestamp) -> bool {
        self.open_of(None, span, self.if_known(span, matter), now)
    }

    /// Whether a span of this very matter is open for the person.
    pub(super) fn matter_open(&self, span: SpanId, matter: MatterId, now: Timestamp) -> bool {
        let known = self.if_known(span, Some(matter)).is_some();
        let about =
            self.policy().facts[self.policy().spans[span.index()].opens.index()].about_matter;
        (known || !about) && self.any_open(span, Some(matter), now)
    }

    /// Whether a span is open for the person: their own, or that of an organisation they belong to
    /// today.
    pub(super) fn any_open(&self, span: SpanId, matter: Option<MatterId>, now: Timestamp) -> bool {
        let today = self.day(now);
        let matter = self.if_known(span, matter);
        let mut open = self.own_open(span, matter, now);
        for link in &self.links {
            let belongs = link.since <= today && link.until.is_none_or(|until| until >= today);
            if belongs && self.open_of(Some(link.organisation), span, matter, now) {
                open = true;
            }
        }
        open
    }

    fn midnight_after(&self, day: Date) -> Timestamp {
        let next = day.tomorrow().unwrap();
        next.to_zoned_datetime(self.zone.clone())
            .unwrap()
            .timestamp()
    }

    fn point(&self, anchor: Anchor, record: &Record, now: Timestamp) -> Option<Point> {
        let on_its_day = |moment: Timestamp| (moment, self.day(moment));
        match anchor {
            Anchor::Collection => Some(on_its_day(record.collected)),
            Anchor::Fact(kind) => self.latest_fact(kind, record.matter, now).map(on_its_day),
            Anchor::EndOf(span) => {
                let matter = self.if_known(span, record.matter);
                let closes = self.policy().spans[span.index()].closes;
                let mut ends: Vec<Point> = self
                    .latest_fact(closes, matter, now)
                    .map(on_its_day)
                    .into_iter()
                    .collect();
                for link in &self.links {
                    if let Some(until) = link.until
                        && until < self.day(now)
                    {
                        let midnight = self.midnight_after(until);
                        let before = midnight - jiff::SignedDuration::from_nanos(1);
                        if self.open_of(Some(link.organisation), span, matter, before) {
                            ends.push((midnight, until));
                        }
                    }
                }
                ends.into_iter().max()
            }
        }
    }

    fn latest(&self, anchors: &[Anchor], record: &Record, now: Timestamp) -> Option<Point> {
        let points = anchors
            .iter()
            .filter_map(|anchor| self.point(*anchor, record, now));
        points.max()
    }

    fn after(point: Point, keep: Duration) -> Ends {
        if keep.months == 0 && keep.days == 0 {
            Ends::At(point.0)
        } else {
            Ends::With(last_day(point.1, keep))
        }
    }

    /// The first moment that is past an end.
    pub(super) fn past(&self, ends: Ends) -> Option<Timestamp> {
        match ends {
            Ends::Waits => None,
            Ends::With(day) => Some(self.midnight_after(day)),
            Ends::At(moment) => Some(moment),
        }
    }

    fn earlier_of(&self, a: Ends, b: Ends) -> Ends {
        match (self.past(a), self.past(b)) {
            (Some(x), Some(y)) if y < x => b,
            (None, Some(_)) => b,
            _ => a,
        }
    }

    fn later_of(&self, a: Ends, b: Ends) -> Ends {
        match (self.past(a), self.past(b)) {
            (Some(x), Some(y)) if y > x => b,
            (Some(_), None) => b,
            _ => a,
        }
    }

    fn by_rule(
        &self,
        rule: &RetentionRule,
        purpose: PurposeId,
        record: &Record,
        now: Timestamp,
    ) -> Ends {
        let mut ends = match self.latest(&rule.from, record, now) {
            Some(point) => Self::after(point, rule.keep),
            None => Ends::Waits,
        };
        if let Some(span) = rule.during
            && self.any_open(span, record.matter, now)
        {
            ends = Ends::Waits;
        }
        if let Some(least) = &rule.at_least
            && self.purpose(purpose).nature == PurposeNature::Duty
        {
            let mut minimum = self
                .latest(&least.from, record, now)
                .map(|point| Self::after(point, least.keep));
            for anchor in &least.from {
                if let Anchor::EndOf(span) = *anchor
                    && self.any_open(span, record.matter, now)
                {
                    minimum = Some(Ends::Waits);
                }
            }
            if let Some(minimum) = minimum {
                ends = self.later_of(ends, minimum);
            }
        }
        if let Some(most) = &rule.at_most
            && let Some(point) = self.latest(&most.from, record, now)
        {
            ends = self.earlier_of(ends, Self::after(point, most.keep));
        }
        ends
    }

    /// When the term of a ground is over: by the policy in force, or by an earlier version that
    /// the person was last told of, or by one between, whichever is first.
    pub(super) fn term(&self, record: &Record, ground: &Ground, now: Timestamp) -> Option<Ends> {
        let (purpose, kind) = (ground.purpose, ground.kind);
        let today = self.day(now);
        let mut met = record.version;
        if let Some(told) = self.told.last()
            && told.on <= today
        {
            met = met.max(told.version);
        }
        let rule = rule_of(self.policy(), purpose, kind, record.category)?;
        let mut ends = self.by_rule(rule, purpose, record, now);
        for version in &self.versions[..self.in_force] {
            if version.version < met || purpose.index() >= version.purposes.len() {
                continue;
            }
            if let Some(rule) = rule_of(version, purpose, kind, record.category) {
                ends = self.earlier_of(ends, self.by_rule(rule, purpose, record, now));
            }
        }
        Some(ends)
    }

    fn term_over(&self, record: &Record, ground: &Ground, now: Timestamp) -> Option<bool> {
        let ends = self.term(record, ground, now)?;
        Some(self.past(ends).is_some_and(|past| past <= now))
    }

    /// Begun, not ended, within its term: whatever it rests on.
    pub(super) fn in_term(&self, record: &Record, ground: &Ground, now: Timestamp) -> bool {
        ground.ended.is_none()
            && ground.since <= now
            && self.term_over(record, ground, now) == Some(false)
    }

    /// Why a ground does not live; nothing if it does.
    pub(super) fn dead(&self, record: &Record, ground: &Ground, now: Timestamp) -> Option<Why> {
        if ground.ended.is_some() {
            return Some(Why::Ended);
        }
        if ground.since > now {
            return Some(Why::NotYet);
        }
        match self.term_over(record, ground, now) {
            None => return Some(Why::NoTerm),
            Some(true) => return Some(Why::Term),
            Some(false) => {}
        }
        if self.consent_alone(ground.purpose, ground.kind, now)
            && !self.has_consent(ground.purpose, now)
        {
            return Some(Why::Consent);
        }
        if self.is_use(ground.purpose)
            && record
                .derived_from
                .iter()
                .any(|source| !self.record(*source).is_some_and(|it| self.is_kept(it, now)))
        {
            return Some(Why::Source);
        }
        None
    }

    /// Whether anything keeps a record.
    pub(super) fn is_kept(&self, record: &Record, now: Timestamp) -> bool {
        let lives = |ground: &Ground| self.dead(record, ground, now).is_none();
        !record.destroyed && (self.is_held(record) || record.grounds.iter().any(lives))
    }
}
