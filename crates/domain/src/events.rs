//! What has happened by a moment, as it counts for one person: facts, spans and their ends.

use std::cell::Cell;

use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{FactId, SpanId};

use crate::calendar;
use crate::id::{MatterId, OrganisationId};
use crate::in_force::InForce;
use crate::subject::{Fact, Link, Subject};
use crate::time::Moment;

/// Everything that a rule looks at: policy, person, moment.
pub(crate) struct View<'a> {
    pub(crate) in_force: &'a InForce,
    pub(crate) subject: &'a Subject,
    pub(crate) moment: Moment,
    /// The span that was looked at last, and whether it was open: the records of a person mostly
    /// wait for the same one.
    looked_at: Cell<Option<(SpanId, Option<MatterId>, bool)>>,
}

/// A point that a term is counted from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Point {
    /// The exact moment, for terms that end at once.
    pub(crate) at: Timestamp,
    /// The day, where it is not that of the moment: the last day of a link ends at midnight.
    day: Option<Date>,
}

impl Point {
    pub(crate) fn of(at: Timestamp) -> Self {
        Self { at, day: None }
    }

    /// The day that calendar durations are added to.
    pub(crate) fn date(self, in_force: &InForce) -> Date {
        self.day
            .unwrap_or_else(|| calendar::date_of(self.at, in_force.zone()))
    }

    /// The later of two; of two at one moment the one with the later day.
    pub(crate) fn later(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) if (b.at, b.day.is_none()) > (a.at, a.day.is_none()) => Some(b),
            (Some(a), _) => Some(a),
            (None, b) => b,
        }
    }
}

impl<'a> View<'a> {
    pub(crate) fn new(in_force: &'a InForce, subject: &'a Subject, moment: Moment) -> Self {
        Self {
            in_force,
            subject,
            moment,
            looked_at: Cell::new(None),
        }
    }

    /// A fact counts when nothing took its place, it has happened, and it is about the matter in
    /// question where facts of its kind are about one.
    fn counts(&self, fact: &Fact, kind: FactId, matter: Option<MatterId>) -> bool {
        fact.kind == kind
            && fact.superseded_by.is_none()
            && fact.happened <= self.moment.now
            && (matter.is_none()
                || fact.matter == matter
                || !self.in_force.policy().facts[kind.index()].about_matter)
    }

    /// The latest fact of a kind.
    pub(crate) fn latest_fact(&self, kind: FactId, matter: Option<MatterId>) -> Option<Point> {
        let own = self
            .subject
            .facts
            .iter()
            .filter(|fact| self.counts(fact, kind, matter))
            .map(|fact| fact.happened)
            .max()
            .map(Point::of);
        if self.subject.links.is_empty() {
            return own;
        }
        let theirs = self
            .subject
            .links
            .iter()
            .flat_map(|link| self.within(link, kind, matter))
            .map(|fact| fact.happened)
            .max()
            .map(Point::of);
        Point::later(own, theirs)
    }

    /// Facts of a kind that happened to a link's organisation during the link.
    fn within(
        &self,
        link: &Link,
        kind: FactId,
        matter: Option<MatterId>,
    ) -> impl Iterator<Item = &'a Fact> {
        let view = self;
        self.subject.organisation_facts.iter().filter(move |fact| {
            fact.organisation == Some(link.organisation) && view.counts(fact, kind, matter) && {
                let day = calendar::date_of(fact.happened, view.in_force.zone());
                link.since <= day && link.until.is_none_or(|until| day <= until)
            }
        })
    }

    /// A record's matter narrows a span only where the span knows it: an order that belongs to a
    /// sale still waits for the end of the contract, which is another matter.
    fn known(&self, span: SpanId, matter: Option<MatterId>) -> Option<MatterId> {
        let matter = matter?;
        let span = &self.in_force.policy().spans[span.index()];
        let own = self.subject.facts.iter();
        own.chain(&self.subject.organisation_facts)
            .any(|fact| {
                fact.matter == Some(matter)
                    && fact.superseded_by.is_none()
                    && (fact.kind == span.opens || fact.kind == span.closes)
            })
            .then_some(matter)
    }

    /// Whether a span of the kind is open for the person now, their own or an organisation's.
    #[inline]
    pub(crate) fn open(&self, span: SpanId, matter: Option<MatterId>) -> bool {
        match self.looked_at.get() {
            Some((of, about, open)) if of == span && about == matter => open,
            _ => self.look_at(span, matter),
        }
    }

    fn look_at(&self, span: SpanId, matter: Option<MatterId>) -> bool {
        let open = self.open_exactly(span, self.known(span, matter));
        self.looked_at.set(Some((span, matter, open)));
        open
    }

    /// As [`View::open`], for this very matter.
    pub(crate) fn open_exactly(&self, span: SpanId, matter: Option<MatterId>) -> bool {
        self.open_among(&self.subject.facts, None, span, matter, self.moment.now)
            || self.subject.links.iter().any(|link| {
                let today = self.moment.today;
                link.since <= today
                    && link.until.is_none_or(|until| today <= until)
                    && self.organisation_open(link, span, matter, self.moment.now)
            })
    }

    /// Whether a span of the person's own is open: to a contract of an organisation's its people
    /// are not party (8a).
    pub(crate) fn own_open(&self, span: SpanId, matter: Option<MatterId>) -> bool {
        let matter = self.known(span, matter);
        self.open_among(&self.subject.facts, None, span, matter, self.moment.now)
    }

    fn organisation_open(
        &self,
        link: &Link,
        span: SpanId,
        matter: Option<MatterId>,
        by: Timestamp,
    ) -> bool {
        let facts = &self.subject.organisation_facts;
        self.open_among(facts, Some(link.organisation), span, matter, by)
    }

    /// Whether a span was opened and not closed by a moment, among the facts of one owner.
    fn open_among(
        &self,
        facts: &[Fact],
        organisation: Option<OrganisationId>,
        span: SpanId,
        matter: Option<MatterId>,
        by: Timestamp,
    ) -> bool {
        let span = &self.in_force.policy().spans[span.index()];
        let of_owner = |fact: &&Fact| fact.organisation == organisation && fact.happened <= by;
        facts
            .iter()
            .filter(of_owner)
            .filter(|fact| self.counts(fact, span.opens, matter))
            .any(|opened| {
                !facts
                    .iter()
                    .filter(of_owner)
                    .any(|fact| self.closes(fact, opened, span.closes))
            })
    }

    /// Whether a fact closes what another opened: of the same matter, at or after it.
    fn closes(&self, fact: &Fact, opened: &Fact, kind: FactId) -> bool {
        fact.kind == kind
            && fact.superseded_by.is_none()
            && fact.matter == opened.matter
            && fact.happened >= opened.happened
            && fact.happened <= self.moment.now
    }

    /// The latest end of a span of the kind: a closing fact, or the end of the link through which
    /// an organisation's open span counted.
    pub(crate) fn latest_end(&self, span: SpanId, matter: Option<MatterId>) -> Option<Point> {
        let matter = self.known(span, matter);
        let closes = self.in_force.policy().spans[span.index()].closes;
        let mut latest = self.latest_fact(closes, matter);
        for link in &self.subject.links {
            let Some(until) = link.until.filter(|until| *until < self.moment.today) else {
                continue;
            };
            let end = calendar::end_of(until, self.in_force.zone());
            let last = end - jiff::SignedDuration::from_nanos(1);
            if self.organisation_open(link, span, matter, last) {
                let point = Point {
                    at: end,
                    day: Some(until),
                };
                latest = Point::later(latest, Some(point));
            }
        }
        latest
    }
}
