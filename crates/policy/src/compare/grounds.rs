//! Terms that differ, ground by ground: whatever the rules are called, what counts is how long
//! which data of whom is kept for what.

use std::collections::BTreeMap;

use super::mapping::Mapping;
use super::{Change, Effect, GroundName, How, Part};
use crate::model::{
    Anchor, Duration, KindId, Language, Limit, Policy, PurposeId, RetentionRule, RuleId,
};
use crate::tables::{categories, kinds, purposes};
use crate::words;

pub(super) fn changes(old: &Policy, new: &Policy, mapping: &Mapping) -> Vec<Change> {
    let mut pairs: BTreeMap<(RuleId, RuleId), Vec<GroundName>> = BTreeMap::new();
    for purpose in purposes(old) {
        for kind in kinds(old) {
            for category in categories(old) {
                let Some(then) = held(old, purpose, kind, category) else {
                    continue;
                };
                let ids = (
                    mapping.purpose(purpose),
                    mapping.kind(kind),
                    mapping.category(category),
                );
                let (Some(purpose), Some(kind), Some(category)) = ids else {
                    continue;
                };
                let Some(now) = held(new, purpose, kind, category) else {
                    continue;
                };
                pairs.entry((then, now)).or_default().push(GroundName {
                    purpose: new.purpose(purpose).name.clone(),
                    kind: new.kind(kind).name.clone(),
                    category: new.category(category).name.clone(),
                });
            }
        }
    }
    pairs
        .into_iter()
        .filter_map(|((then, now), grounds)| {
            let (then, now) = (old.rule(then), new.rule(now));
            let effect = direction(mapping, then, now);
            let after = words::then(old, then.then, Language::En)
                != words::then(new, now.then, Language::En);
            (effect != Effect::default() || after)
                .then(|| change(old, new, then, now, grounds, effect))
        })
        .collect()
}

/// The rule of a ground that can arise: the purpose concerns the kind and uses the category.
fn held(
    policy: &Policy,
    purpose: PurposeId,
    kind: KindId,
    category: crate::model::CategoryId,
) -> Option<RuleId> {
    let it = policy.purpose(purpose);
    let arises = it.concerns.contains(kind) && it.uses.iter().any(|u| u.category == category);
    if arises {
        policy.rule_for(purpose, kind, category)
    } else {
        None
    }
}

fn change(
    old: &Policy,
    new: &Policy,
    then: &RetentionRule,
    now: &RetentionRule,
    grounds: Vec<GroundName>,
    effect: Effect,
) -> Change {
    let how = How::Changed;
    let mut change = Change::new(Part::Term, &now.name, how, |language| {
        let title = words::quoted(now.title.get(language), language);
        let after = words::term(new, now, language);
        let before = words::term(old, then, language);
        let end = words::then(new, now.then, language);
        match language {
            Language::En => format!("Term {title}: {after}, then {end}; before: {before}."),
            Language::Fr => format!("Durée {title} : {after}, puis {end} ; auparavant : {before}."),
        }
    })
    .effect(effect);
    change.grounds = grounds;
    change
}

const SHORTENS: Effect = Effect {
    shortens: true,
    lengthens: false,
    new_purpose: false,
    widens: false,
    narrows: false,
};
const LENGTHENS: Effect = Effect {
    shortens: false,
    lengthens: true,
    ..SHORTENS
};
const EITHER: Effect = Effect {
    lengthens: true,
    ..SHORTENS
};

/// Whether a term is longer, shorter, or the one for some and the other for others.
fn direction(mapping: &Mapping, old: &RetentionRule, new: &RetentionRule) -> Effect {
    let during = match (old.during.map(|span| mapping.span(span)), new.during) {
        (None, None) => Effect::default(),
        (Some(then), Some(now)) if then == Some(now) => Effect::default(),
        (None, Some(_)) => LENGTHENS,
        (Some(_), None) => SHORTENS,
        (Some(_), Some(_)) => EITHER,
    };
    let from: Vec<Option<Anchor>> = old
        .from
        .iter()
        .map(|anchor| mapping.anchor(*anchor))
        .collect();
    anchors(&from, &new.from)
        .and(lengths(old.keep, new.keep))
        .and(during)
        .and(limit(
            mapping,
            old.at_least.as_ref(),
            new.at_least.as_ref(),
            LENGTHENS,
            SHORTENS,
        ))
        .and(limit(
            mapping,
            old.at_most.as_ref(),
            new.at_most.as_ref(),
            SHORTENS,
            LENGTHENS,
        ))
}

fn lengths(old: Duration, new: Duration) -> Effect {
    if old == new {
        Effect::default()
    } else if new.exceeds(old) {
        LENGTHENS
    } else if old.exceeds(new) {
        SHORTENS
    } else {
        EITHER // 30 days and a month: it depends on the month
    }
}

/// A term counts from the latest of its anchors: more of them can only make it later.
fn anchors(old: &[Option<Anchor>], new: &[Anchor]) -> Effect {
    let gone = old
        .iter()
        .any(|anchor| anchor.is_none_or(|anchor| !new.contains(&anchor)));
    let come = new.iter().any(|anchor| !old.contains(&Some(*anchor)));
    match (gone, come) {
        (false, false) => Effect::default(),
        (false, true) => LENGTHENS,
        (true, false) => SHORTENS,
        (true, true) => EITHER,
    }
}

/// A limit that came or went, or is another.
fn limit(
    mapping: &Mapping,
    old: Option<&Limit>,
    new: Option<&Limit>,
    came: Effect,
    went: Effect,
) -> Effect {
    match (old, new) {
        (None, None) => Effect::default(),
        (None, Some(_)) => came,
        (Some(_), None) => went,
        (Some(old), Some(new)) => {
            let from: Vec<Option<Anchor>> = old
                .from
                .iter()
                .map(|anchor| mapping.anchor(*anchor))
                .collect();
            lengths(old.keep, new.keep).and(anchors(&from, &new.from))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use jiff::Span;
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use super::*;
    use crate::model::{FactId, SpanId, Wording};

    static MINIMAL: LazyLock<Policy> = LazyLock::new(|| {
        crate::compile(crate::diagnostics::explain::MINIMAL)
            .policy
            .unwrap()
    });

    const ANCHORS: [Anchor; 3] = [
        Anchor::Collection,
        Anchor::Fact(FactId(0)),
        Anchor::EndOf(SpanId(0)),
    ];

    fn anchors() -> impl Strategy<Value = Vec<Anchor>> {
        prop::sample::subsequence(ANCHORS.to_vec(), 1..=3)
    }

    fn durations() -> impl Strategy<Value = Duration> {
        prop_oneof![
            (1u16..40).prop_map(Duration::of_months),
            (1u16..70).prop_map(Duration::of_days),
            (0u16..3, 0u16..40).prop_map(|(months, days)| Duration { months, days }),
        ]
    }

    fn limits() -> impl Strategy<Value = Option<Limit>> {
        let limit = (durations(), anchors());
        prop::option::of(limit.prop_map(|(keep, from)| Limit {
            keep,
            from,
            law: Wording::default(),
        }))
    }

    /// A rule as far as its term goes; the rest as in the minimal policy.
    fn rules() -> impl Strategy<Value = RetentionRule> {
        let minimal = &*MINIMAL;
        let rule = minimal.rules[0].clone();
        (durations(), anchors(), limits(), limits()).prop_map(
            move |(keep, from, at_most, at_least)| RetentionRule {
                during: None,
                keep,
                from,
                at_most,
                at_least,
                ..rule.clone()
            },
        )
    }

    /// The last day of a term, all anchors having happened on the days given: the latest of them
    /// and `keep`, shortened by the maximum, prolonged by the minimum.
    fn last_day(rule: &RetentionRule, days: &[Date; 3]) -> Date {
        let latest = |from: &[Anchor]| {
            let happened = ANCHORS
                .iter()
                .zip(days)
                .filter(|(anchor, _)| from.contains(anchor));
            happened.map(|(_, day)| *day).max().unwrap()
        };
        let mut day = rule.keep.after(latest(&rule.from));
        if let Some(limit) = &rule.at_most {
            day = day.min(limit.keep.after(latest(&limit.from)));
        }
        if let Some(limit) = &rule.at_least {
            day = day.max(limit.keep.after(latest(&limit.from)));
        }
        day
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        /// People have to be told before anything of theirs is kept longer: whatever the facts, a
        /// later day is never missed, nor an earlier one.
        #[test]
        fn no_longer_or_shorter_term_goes_unnoticed(
            old in rules(),
            other in rules(),
            same in prop::array::uniform4(any::<bool>()),
            on in prop::array::uniform3(0i32..3000),
        ) {
            // Rules that differ in little are the ones that could be got wrong.
            let mut new = other;
            if same[0] { new.keep = old.keep }
            if same[1] { new.from = old.from.clone() }
            if same[2] { new.at_most = old.at_most.clone() }
            if same[3] { new.at_least = old.at_least.clone() }
            let minimal = &*MINIMAL;
            let mapping = Mapping::between(minimal, minimal);
            let days = on.map(|on| date(2020, 1, 1).saturating_add(Span::new().days(on)));
            let effect = direction(&mapping, &old, &new);
            let (then, now) = (last_day(&old, &days), last_day(&new, &days));
            prop_assert!(now <= then || effect.lengthens, "{then} became {now}: {effect:?}");
            prop_assert!(now >= then || effect.shortens, "{then} became {now}: {effect:?}");
        }
    }
}
