//! The policy in force, with what earlier versions promised to those who have not been told of it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use policy::model::{
    Anchor, Basis, CategoryId, FactId, KindId, KindSet, Person, Policy, Purpose, PurposeId,
    RetentionRule, RuleId, SpanId,
};

use crate::{Fault, FaultKind, Moment};

/// The policy in force, its time zone, and the retention rules of the versions before.
///
/// A version that lengthens a term applies to a person only from the day they were told of it
/// (semantics, 4): until then a ground ends at the earliest of the terms that were promised.
#[derive(Clone, Debug)]
pub struct InForce {
    policy: Arc<Policy>,
    zone: TimeZone,
    earlier: Vec<Earlier>,
    /// By purpose: the kinds of subject that it may need the consent of.
    consenting: Vec<KindSet>,
}

/// The retention rules of an earlier version, in the ids of the policy in force.
#[derive(Clone, Debug)]
pub(crate) struct Earlier {
    pub(crate) version: u32,
    rules: Vec<RetentionRule>,
    /// `[purpose][kind][category]` of the policy in force.
    table: Vec<Vec<Vec<Option<RuleId>>>>,
    /// Purposes of the policy in force that this version had, as it had them.
    known: Vec<bool>,
}

impl Earlier {
    /// The rule of a ground in this version.
    pub(crate) fn rule(
        &self,
        purpose: PurposeId,
        kind: KindId,
        category: CategoryId,
    ) -> Option<&RetentionRule> {
        self.table[purpose.index()][kind.index()][category.index()]
            .map(|rule| &self.rules[rule.index()])
    }

    /// Whether this version had the purpose.
    pub(crate) fn knows(&self, purpose: PurposeId) -> bool {
        self.known[purpose.index()]
    }
}

impl InForce {
    /// Puts a policy in force, after earlier versions in any order.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the policy's time zone is unknown or two versions have one
    /// number.
    pub fn new(policy: Arc<Policy>, earlier: &[Arc<Policy>]) -> Result<Self, Fault> {
        let zone = TimeZone::get(&policy.controller.time_zone).map_err(|cause| {
            Fault::new(FaultKind::Invalid, "the policy's time zone is unknown")
                .remedy("name a zone of the IANA database, such as Europe/Paris")
                .because(cause)
        })?;
        let mut versions: Vec<&Policy> = earlier.iter().map(AsRef::as_ref).collect();
        versions.sort_by_key(|version| version.version);
        versions.push(&policy);
        if versions
            .windows(2)
            .any(|two| two[0].version >= two[1].version)
        {
            return Err(Fault::new(
                FaultKind::Invalid,
                "each version of a policy has a higher number than the ones before",
            ));
        }
        let earlier = (0..versions.len() - 1)
            .map(|at| translate(&versions[at..]))
            .collect();
        let consenting = policy.purposes.iter().map(consenting).collect();
        Ok(Self {
            policy,
            zone,
            earlier,
            consenting,
        })
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The policy, shared.
    #[must_use]
    pub fn shared(&self) -> Arc<Policy> {
        Arc::clone(&self.policy)
    }

    /// Where days end.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A moment with its date where the controller is.
    #[must_use]
    pub fn moment(&self, now: Timestamp) -> Moment {
        Moment::new(now, &self.zone)
    }

    /// The versions before, from one on, oldest first.
    pub(crate) fn earlier_from(&self, version: u32) -> &[Earlier] {
        let at = self
            .earlier
            .partition_point(|earlier| earlier.version < version);
        &self.earlier[at..]
    }

    /// The version that data collected under `version` met first: itself, if it is known.
    pub(crate) fn earlier(&self, version: u32) -> Option<&Earlier> {
        self.earlier_from(version)
            .first()
            .filter(|earlier| earlier.version == version)
    }

    /// Whether a purpose may need the consent of a kind of subject.
    pub(crate) fn may_need_consent(&self, purpose: PurposeId, kind: KindId) -> bool {
        self.consenting[purpose.index()].contains(kind)
    }

    /// The rule of a ground in the policy in force.
    pub(crate) fn rule(
        &self,
        purpose: PurposeId,
        kind: KindId,
        category: CategoryId,
    ) -> Option<RuleId> {
        self.policy.tables.rule[purpose.index()][kind.index()][category.index()]
    }
}

fn consenting(purpose: &Purpose) -> KindSet {
    let lines = purpose.bases.iter();
    let by_consent = lines.filter(|line| line.basis == Basis::Consent);
    KindSet(by_consent.fold(0, |kinds, line| kinds | line.kinds.0))
}

/// Unknown counts as private, the stricter.
pub(crate) fn person(person: Option<Person>) -> Person {
    person.unwrap_or(Person::Private)
}

/// Where each item of the oldest of some versions is in the newest: by its name, or by what it was
/// renamed to on the way.
fn places<'a, T: 'a>(
    versions: &[&'a Policy],
    list: impl Fn(&'a Policy) -> &'a [T],
    name: impl Fn(&'a T) -> (&'a str, Option<&'a str>),
) -> Vec<Option<u8>> {
    let mut places: Vec<Option<u8>> = (0..list(versions[0]).len())
        .map(|place| u8::try_from(place).ok())
        .collect();
    for two in versions.windows(2) {
        let (old, new) = (list(two[0]), list(two[1]));
        for place in &mut places {
            *place = place.and_then(|at| {
                let (before, _) = name(&old[usize::from(at)]);
                new.iter()
                    .position(|item| name(item).1 == Some(before))
                    .or_else(|| new.iter().position(|item| name(item).0 == before))
                    .and_then(|at| u8::try_from(at).ok())
            });
        }
    }
    places
}

fn translate(versions: &[&Policy]) -> Earlier {
    let (old, new) = (versions[0], versions[versions.len() - 1]);
    let kinds = places(versions, |p| &p.kinds, |k| (&k.name, k.was.as_deref()));
    let categories = places(versions, |p| &p.categories, |c| (&c.name, c.was.as_deref()));
    let purposes = places(versions, |p| &p.purposes, |x| (&x.name, x.was.as_deref()));
    let facts = places(versions, |p| &p.facts, |f| (&f.name, f.was.as_deref()));
    let spans = places(versions, |p| &p.spans, |s| (&s.name, s.was.as_deref()));

    let anchors = |list: &[Anchor]| -> Vec<Anchor> {
        list.iter()
            .filter_map(|anchor| match *anchor {
                Anchor::Collection => Some(Anchor::Collection),
                Anchor::Fact(fact) => facts[fact.index()].map(|at| Anchor::Fact(FactId(at))),
                Anchor::EndOf(span) => spans[span.index()].map(|at| Anchor::EndOf(SpanId(at))),
            })
            .collect()
    };
    let rules = old
        .rules
        .iter()
        .map(|rule| {
            let mut rule = rule.clone();
            rule.during = rule.during.and_then(|span| spans[span.index()]).map(SpanId);
            rule.from = anchors(&rule.from);
            for limit in [&mut rule.at_most, &mut rule.at_least]
                .into_iter()
                .flatten()
            {
                limit.from = anchors(&limit.from);
            }
            rule
        })
        .collect();

    let mut table =
        vec![vec![vec![None; new.categories.len()]; new.kinds.len()]; new.purposes.len()];
    for (purpose, kinds_of) in old.tables.rule.iter().enumerate() {
        for (kind, categories_of) in kinds_of.iter().enumerate() {
            for (category, rule) in categories_of.iter().enumerate() {
                if let (Some(p), Some(k), Some(c)) =
                    (purposes[purpose], kinds[kind], categories[category])
                {
                    table[usize::from(p)][usize::from(k)][usize::from(c)] = *rule;
                }
            }
        }
    }
    let mut known = vec![false; new.purposes.len()];
    for place in purposes.into_iter().flatten() {
        known[usize::from(place)] = true;
    }
    Earlier {
        version: old.version,
        rules,
        table,
        known,
    }
}

/// The version of which a person has been told by a day, if any.
pub(crate) fn told(subject: &crate::subject::Subject, today: Date) -> u32 {
    subject
        .told
        .filter(|told| told.on <= today)
        .map_or(0, |told| told.version)
}
