//! Legal bases: every kind that a purpose concerns has one, and in each case one alone counts.

use crate::diagnostics::Code;
use crate::model::{Basis, BasisRule, ChannelSet, KindId, Person, Policy, Purpose, PurposeNature};
use crate::parse::Context;
use crate::tables::precision;

pub(super) fn check(policy: &Policy, context: &Context) {
    for purpose in &policy.purposes {
        let path = format!("purposes.{}", purpose.name);
        if !context.is_broken(&format!("{path}.basis"))
            && !context.is_broken(&format!("{path}.concerns"))
        {
            has_a_basis(policy, context, purpose, &path);
        }
        ambiguous(policy, context, purpose, &path);
        consent(context, purpose, &path);
        if purpose.nature == PurposeNature::Evidence
            && purpose.arises_with.is_none()
            && !context.is_broken(&format!("{path}.arises-with"))
        {
            let message = format!(
                "the evidence purpose `{}` arises with no fact",
                purpose.name
            );
            context.report(
                context
                    .at_key(Code::EvidenceWithoutFact, &path, message)
                    .help("add `arises-with = \"...\"`: the fact that opens the dispute"),
            );
        }
    }
}

fn has_a_basis(policy: &Policy, context: &Context, purpose: &Purpose, path: &str) {
    if purpose.bases.is_empty() && purpose.concerns.is_empty() {
        let message = format!("the purpose `{}` has no legal basis", purpose.name);
        context.report(
            context
                .at_key(Code::NoBasis, path, message)
                .help(format!("add `[[{path}.basis]]`")),
        );
        return;
    }
    for kind in purpose.concerns.iter() {
        let name = &policy.kinds[kind.index()].name;
        if !purpose.bases.iter().any(|line| line.kinds.contains(kind)) {
            let message = format!(
                "`{}` concerns `{name}`, and has no legal basis for it",
                purpose.name
            );
            context.report(
                context
                    .at_value(Code::NoBasis, &format!("{path}.concerns"), message)
                    .help(format!(
                        "add `[[{path}.basis]]` with `kinds = [\"{name}\"]`"
                    )),
            );
        } else {
            situations(context, purpose, path, kind, name);
        }
    }
}

/// Advice: a kind has a basis, but only as a private person, or only at work.
fn situations(context: &Context, purpose: &Purpose, path: &str, kind: KindId, name: &str) {
    for (person, words) in [
        (Person::Private, "a private person"),
        (Person::Professional, "at work"),
    ] {
        let fits = |line: &&BasisRule| line.person.is_none_or(|only| only == person);
        if !purpose
            .bases
            .iter()
            .filter(|line| line.kinds.contains(kind))
            .any(|l| fits(&l))
        {
            let message = format!(
                "`{}` has no legal basis for a `{name}` met as {words}",
                purpose.name
            );
            context.report(
                context
                    .at_key(
                        Code::BasisGap,
                        path,
                        message.replace("as at work", "at work"),
                    )
                    .help("add a line of `basis` for it, or acknowledge that it is meant so"),
            );
        }
    }
}

fn consent(context: &Context, purpose: &Purpose, path: &str) {
    let lasts = format!("{path}.consent-lasts");
    let by_consent = purpose
        .bases
        .iter()
        .position(|line| line.basis == Basis::Consent);
    if let Some(line) = by_consent
        && purpose.consent_lasts.is_none()
        && !context.places.has(&lasts)
    {
        let message = format!(
            "`{}` rests on consent, and does not say how long it lasts",
            purpose.name
        );
        context.report(
            context
                .at_key(Code::ConsentWithoutEnd, path, message)
                .label(
                    context.places.value(&format!("{path}.basis[{line}].basis")),
                    "consent",
                )
                .help("add `consent-lasts = \"3 years\"` to the purpose"),
        );
    }
    if purpose
        .consent_lasts
        .is_some_and(|lasts| lasts.is_at_once())
    {
        let message = "a consent cannot end as it is given";
        context.report(context.at_value(Code::BadDuration, &lasts, message));
    }
}

/// Two lines of equal precision for one case. Consent is the stricter and wins, and a contract
/// counts while its span is open: beside these another basis is no contradiction.
fn ambiguous(policy: &Policy, context: &Context, purpose: &Purpose, path: &str) {
    for (second, line) in purpose.bases.iter().enumerate() {
        for (first, before) in purpose.bases[..second].iter().enumerate() {
            if !contradict(before, line) {
                continue;
            }
            let kinds: Vec<&str> = before
                .kinds
                .and(line.kinds)
                .iter()
                .map(|kind| policy.kinds[kind.index()].name.as_str())
                .collect();
            let message = format!(
                "`{}` has two legal bases of equal precision for {}",
                purpose.name,
                super::list(&kinds)
            );
            context.report(
                context
                    .at_value(
                        Code::AmbiguousBasis,
                        &format!("{path}.basis[{second}].basis"),
                        message,
                    )
                    .label(
                        context
                            .places
                            .value(&format!("{path}.basis[{first}].basis")),
                        "the other",
                    )
                    .help("keep one, or name the person's situation, channels or dates in one"),
            );
        }
    }
}

fn contradict(one: &BasisRule, other: &BasisRule) -> bool {
    let plain = |line: &BasisRule| !matches!(line.basis, Basis::Consent | Basis::Contract(_));
    plain(one)
        && plain(other)
        && one.basis != other.basis
        && precision(one) == precision(other)
        && !one.kinds.and(other.kinds).is_empty()
        && (one.person == other.person)
        && channels_meet(one.channels, other.channels)
        && one
            .since
            .is_none_or(|since| other.until.is_none_or(|until| since <= until))
        && other
            .since
            .is_none_or(|since| one.until.is_none_or(|until| since <= until))
}

fn channels_meet(one: ChannelSet, other: ChannelSet) -> bool {
    one.is_empty() && other.is_empty() || !one.and(other).is_empty()
}
