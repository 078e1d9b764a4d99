//! Rights of people, and advice that was answered.

use super::Sort;
use super::reader::{Reader, suggestion};
use crate::diagnostics::{Code, Level};
use crate::model::{Acknowledgement, Duration, ErasureGround, IdentityDocument, Right, RightLimit};

const DOCUMENTS: &[(&str, IdentityDocument)] = &[
    ("always", IdentityDocument::Always),
    ("on-doubt", IdentityDocument::OnDoubt),
    ("never", IdentityDocument::Never),
];

const LIMITS: &[(&str, RightLimit)] = &[
    (
        "refused-when-lawful-and-needed-for-contract",
        RightLimit::RefusedWhenLawfulAndNeededForContract,
    ),
    ("consent-only", RightLimit::ConsentOnly),
];

/// The grounds of erasure, as they are written.
pub(crate) const GROUNDS: &[(&str, ErasureGround)] = &[
    ("no-longer-necessary", ErasureGround::NoLongerNecessary),
    ("consent-withdrawn", ErasureGround::ConsentWithdrawn),
    ("objection", ErasureGround::Objection),
    ("canvassing-objection", ErasureGround::CanvassingObjection),
    ("unlawful", ErasureGround::Unlawful),
    ("legal-obligation", ErasureGround::LegalObligation),
    ("child-online-service", ErasureGround::ChildOnlineService),
];

/// The rights that the law gives and a policy can describe.
pub(crate) const RIGHTS: [&str; 7] = [
    "access",
    "rectification",
    "erasure",
    "restriction",
    "portability",
    "objection",
    "directives",
];

pub(super) fn rights(root: &Reader<'_>) -> Vec<Right> {
    root.section(Sort::Right)
        .into_iter()
        .filter_map(right)
        .collect()
}

fn right((name, reader): (String, Reader<'_>)) -> Option<Right> {
    let known = RIGHTS.contains(&name.as_str());
    if !known {
        let message = format!("the law knows no right `{name}`");
        reader.context.report(
            reader
                .context
                .at_key(Code::UnknownWord, &reader.path, message)
                .help(suggestion(&name, RIGHTS.into_iter(), "the rights are")),
        );
    }
    for (key, example) in [
        ("identity-document", "identity-document = \"on-doubt\""),
        ("answered-within", "answered-within = \"1 month\""),
    ] {
        if !reader.has(key) {
            reader.missing(key, example);
        }
    }
    let right = Right {
        title: reader.wording("title"),
        about: reader.wording("about"),
        identity_document: reader
            .word("identity-document", DOCUMENTS)
            .unwrap_or(IdentityDocument::OnDoubt),
        answered_within: reader
            .duration("answered-within")
            .unwrap_or(Duration::of_months(1)),
        limits: limits(&reader, &name),
        grounds: if name == "erasure" {
            reader.words("grounds", GROUNDS)
        } else {
            Vec::new()
        },
        name,
    };
    reader.finish();
    known.then_some(right)
}

fn limits(reader: &Reader<'_>, name: &str) -> Vec<RightLimit> {
    let allowed: &[(&str, RightLimit)] = match name {
        "restriction" => &LIMITS[..1],
        "portability" => &LIMITS[1..],
        _ => return Vec::new(),
    };
    reader.words("limits", allowed)
}

pub(super) fn acknowledged(root: &Reader<'_>) -> Vec<Acknowledgement> {
    root.tables("acknowledged")
        .into_iter()
        .map(acknowledgement)
        .collect()
}

fn acknowledgement(reader: Reader<'_>) -> Acknowledgement {
    let code = reader.required_text("code");
    let at = reader.required_text("at");
    let reason = reader.text_or_empty("reason");
    let at_code = reader.at("code");
    if reason.is_empty() {
        reader.context.report(
            reader
                .context
                .at_key(
                    Code::AcknowledgedWithoutReason,
                    &reader.path,
                    "advice is acknowledged without a reason",
                )
                .help("add `reason = \"...\"`: why the controller goes on all the same"),
        );
    }
    let known = Code::parse(&code);
    if !code.is_empty() && known.is_none_or(|code| code.level() != Level::Advice) {
        let codes = Code::ALL
            .iter()
            .filter(|code| code.level() == Level::Advice);
        let (message, help) = match known {
            Some(code) => (
                format!("{code} is an error, and cannot be acknowledged"),
                format!("`kept explain {code}` says how to mend it"),
            ),
            None => (
                format!("there is no advice `{code}`"),
                suggestion(&code, codes.map(|code| code.as_str()), "the codes are"),
            ),
        };
        reader.context.report(
            reader
                .context
                .at_value(Code::NotAdvice, &at_code, message)
                .help(help),
        );
    }
    reader.finish();
    let code = known.map_or(code, |code| code.as_str().to_owned());
    Acknowledgement { code, at, reason }
}
