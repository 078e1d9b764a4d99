//! Advice on what a policy says: liability, rights, the register, the officer, consent.

use crate::diagnostics::Code;
use crate::model::{
    Basis, ChannelId, Duration, IdentityDocument, KindId, Person, Policy, Purpose, PurposeId,
    Right, RightLimit,
};
use crate::parse::{Context, GROUNDS, RIGHTS};

/// Guidance: a consent is asked for again at appropriate intervals; beyond three years it hardly is.
const CONSENT_MAX: Duration = Duration::of_months(36);

pub(super) fn check(policy: &Policy, context: &Context) {
    statements(policy, context);
    for right in &policy.rights {
        identity(context, right);
        limits(context, right);
    }
    unsaid(policy, context);
    if policy.officer.is_none() {
        let message = "the policy names no data protection officer";
        let mut diagnostic = context.at_key(Code::NoOfficer, "officer", message);
        diagnostic.labels.clear();
        context.report(diagnostic.help("add `[officer]` with `name` and `email`"));
    }
    for (id, purpose) in (0u8..).map(PurposeId).zip(&policy.purposes) {
        if purpose.canvassing {
            electronic(policy, context, id, purpose);
        }
        if purpose
            .consent_lasts
            .is_some_and(|lasts| lasts.exceeds(CONSENT_MAX))
        {
            let path = format!("purposes.{}", purpose.name);
            let message = format!(
                "a consent for `{}` is not asked for again for years",
                purpose.name
            );
            let mut diagnostic = context.at_key(Code::ConsentTooLong, &path, message);
            diagnostic.labels.clear();
            let place = context.places.value(&format!("{path}.consent-lasts"));
            context.report(
                diagnostic
                    .label(place, "")
                    .help("three years or less are usual"),
            );
        }
    }
}

/// Who is canvassed in private life by electronic channels on another basis than consent, as of the
/// day of publication.
fn electronic(policy: &Policy, context: &Context, id: PurposeId, purpose: &Purpose) {
    let path = format!("purposes.{}", purpose.name);
    if context.is_broken(&format!("{path}.basis")) {
        return;
    }
    let without_consent = |kind: KindId, channel: ChannelId| {
        policy
            .basis_for(id, kind, Person::Private, Some(channel), policy.published)
            .is_some_and(|line| line.basis != Basis::Consent)
    };
    let channels: Vec<(ChannelId, &str)> = (0u8..)
        .map(ChannelId)
        .zip(&policy.channels)
        .filter(|(_, it)| it.electronic)
        .map(|(channel, it)| (channel, it.name.as_str()))
        .collect();
    let kinds: Vec<KindId> = purpose
        .concerns
        .iter()
        .filter(|kind| channels.iter().any(|(it, _)| without_consent(*kind, *it)))
        .collect();
    if kinds.is_empty() {
        return;
    }
    let by: Vec<&str> = channels
        .iter()
        .filter(|(it, _)| kinds.iter().any(|kind| without_consent(*kind, *it)))
        .map(|(_, name)| *name)
        .collect();
    let whom: Vec<&str> = kinds
        .iter()
        .map(|kind| policy.kinds[kind.index()].name.as_str())
        .collect();
    let message = format!(
        "`{}` reaches {} in private life by {} without their consent",
        purpose.name,
        super::list(&whom),
        super::list(&by)
    );
    context.report(
        context
            .at_key(Code::ElectronicCanvassing, &path, message)
            .help(
                "rest it on consent for them; if they are customers who are told of products or \
                 services similar to those they bought, and could refuse when they gave their \
                 address and in each message, acknowledge that it is meant so",
            ),
    );
}

fn statements(policy: &Policy, context: &Context) {
    if policy.statements.declines_liability {
        let message = "the policy declines liability for unlawful access to data";
        context.report(
            context
                .at_key(
                    Code::LiabilityDeclined,
                    "statements.declines-liability",
                    message,
                )
                .help("the notice states the right to compensation all the same"),
        );
    }
    if policy.statements.register_not_required {
        let message = "the policy says that no register of processing is required";
        context.report(
            context
                .at_key(
                    Code::RegisterDeclined,
                    "statements.register-not-required",
                    message,
                )
                .help("`kept register` generates one from this policy"),
        );
    }
}

fn identity(context: &Context, right: &Right) {
    if right.identity_document == IdentityDocument::Always {
        let path = format!("rights.{}", right.name);
        let message = format!(
            "an identity document is asked for whoever exercises `{}`",
            right.name
        );
        context.report(
            context
                .at_key(Code::IdentityAlways, &path, message)
                .label(
                    context.places.value(&format!("{path}.identity-document")),
                    "",
                )
                .help("write `on-doubt`: control of the registered address normally suffices"),
        );
    }
}

fn limits(context: &Context, right: &Right) {
    let path = format!("rights.{}", right.name);
    for limit in &right.limits {
        let (code, message, help) = match limit {
            RightLimit::RefusedWhenLawfulAndNeededForContract => (
                Code::RestrictionRefused,
                "restriction is refused where processing is lawful and needed for the contract",
                "requests are assessed on each of the four grounds all the same; this refuses one \
                 that meets none",
            ),
            RightLimit::ConsentOnly => (
                Code::PortabilityNarrowed,
                "portability covers only data held by consent",
                "take the limit away to give it for data held under a contract as well",
            ),
        };
        context.report(
            context
                .at_key(code, &path, message)
                .label(context.places.value(&format!("{path}.limits")), "")
                .help(help),
        );
    }
    let left_out: Vec<&str> = GROUNDS
        .iter()
        .filter(|(_, ground)| !right.grounds.contains(ground))
        .map(|(word, _)| *word)
        .collect();
    if !right.grounds.is_empty() && !left_out.is_empty() {
        let message = format!(
            "erasure leaves out grounds that the law gives: {}",
            super::list(&left_out)
        );
        context.report(
            context
                .at_key(Code::ErasureGrounds, &path, message)
                .label(context.places.value(&format!("{path}.grounds")), "")
                .help("add them, or take `grounds` away: all that the law knows"),
        );
    }
    if right.name != "directives" && right.answered_within.exceeds(Duration::of_months(1)) {
        let message = format!("`{}` is answered later than within a month", right.name);
        context.report(
            context
                .at_key(Code::AnswerTooLate, &path, message)
                .label(context.places.value(&format!("{path}.answered-within")), "")
                .help("two more months are for complex or numerous requests, case by case"),
        );
    }
}

fn unsaid(policy: &Policy, context: &Context) {
    let unsaid: Vec<&str> = RIGHTS
        .into_iter()
        .filter(|name| policy.right_named(name).is_none())
        .collect();
    if !unsaid.is_empty() {
        let message = format!("the policy does not mention {}", super::list(&unsaid));
        let mut diagnostic = context.at_key(Code::RightsUnsaid, "rights", message);
        if !context.places.has("rights") {
            diagnostic.labels.clear();
        }
        context.report(diagnostic.help(format!("add `[rights.{}]`", unsaid[0])));
    }
}
