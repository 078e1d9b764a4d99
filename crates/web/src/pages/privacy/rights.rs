//! Rights and how they are exercised, complaint, compensation, automated decisions (11 to 17, 25a).

use maud::{Markup, html};
use policy::model::{Basis, IdentityDocument, Policy, Right, RightLimit};

use super::readers::{email, telephone};
use crate::frame::Frame;
use crate::phrases::Phrases;
use crate::say;

/// All rights. The right to object stands first and apart (GDPR 21(4)).
pub(super) fn render(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let (objections, others): (Vec<_>, Vec<_>) = policy
        .rights
        .iter()
        .partition(|right| right.name == "objection");
    let consent = policy.purposes.iter().any(|purpose| {
        purpose
            .bases
            .iter()
            .any(|line| line.basis == Basis::Consent)
    });
    html! {
        section aria-labelledby="rights" {
            h2 id="rights" { (say.rights) }
            p { (say.rights_lead) " " (whom(policy, frame)) }
            div.apart { @for right in objections { (one(right, frame)) } }
            @for right in others { (one(right, frame)) }
            @if consent {
                h3 id="withdrawal" { (say.withdrawal) }
                p { (say.withdrawal_words) }
            }
            h3 id="complaint" { (say.complaint) }
            p { (say.complaint_words) }
            (authority(policy))
            h3 id="compensation" { (say.compensation) }
            p {
                (say.compensation_words)
                @if policy.statements.declines_liability { " " (say.compensation_all_the_same) }
            }
        }
    }
}

fn whom(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let address = policy
        .officer
        .as_ref()
        .map_or(&policy.controller.email, |it| &it.email);
    html! { (say.write_to) " " (email(address)) ", " (say.or_post_to) " " (policy.controller.name) ", " (policy.controller.address) "." }
}

fn one(right: &Right, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let document = match right.identity_document {
        IdentityDocument::Always => say.document_always,
        IdentityDocument::OnDoubt => say.document_on_doubt,
        IdentityDocument::Never => say.document_never,
    };
    let limit = |limit: &RightLimit| match limit {
        RightLimit::RefusedWhenLawfulAndNeededForContract => say.limit_restriction,
        RightLimit::ConsentOnly => say.limit_portability,
    };
    html! {
        article id={ "right-" (right.name) } {
            h3 { (say::wording(&right.title, frame.language)) }
            p { (say::wording(&right.about, frame.language)) }
            @for words in right.limits.iter().map(limit) { p.note { (words) } }
            p { ((say.answered_within)(&right.answered_within.words(frame.language))) " " (document) }
        }
    }
}

fn authority(policy: &Policy) -> Markup {
    let authority = &policy.authority;
    html! {
        address {
            strong { (authority.name) } br;
            (authority.address) br;
            @if let Some(number) = &authority.telephone { (telephone(number)) br; }
            a href=(authority.website) rel="external noreferrer" { (authority.website.trim_start_matches("https://")) }
        }
    }
}

/// Automated decisions (16a): Kept has no way to take one.
pub(super) fn decisions(frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        section aria-labelledby="decisions" {
            h2 id="decisions" { (say.decisions) }
            p { (say.decisions_words) }
        }
    }
}
