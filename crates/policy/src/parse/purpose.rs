//! Purposes and their legal bases.

use super::Sort;
use super::category::{GUIDANCE, uses};
use super::names::NAMES_MAX;
use super::reader::Reader;
use crate::diagnostics::Code;
use crate::model::{
    Basis, BasisRule, ChannelId, Compatibility, FactId, KindId, KindSet, Person, ProcessorId,
    Purpose, PurposeNature, SpanId,
};

const NATURES: &[(&str, PurposeNature)] = &[
    ("use", PurposeNature::Use),
    ("duty", PurposeNature::Duty),
    ("evidence", PurposeNature::Evidence),
];

const PERSONS: &[(&str, Person)] = &[
    ("private", Person::Private),
    ("professional", Person::Professional),
];

const BASES: &[(&str, Basis)] = &[
    ("consent", Basis::Consent),
    ("contract", Basis::Contract(None)),
    ("legal-obligation", Basis::LegalObligation),
    ("vital-interests", Basis::VitalInterests),
    ("public-task", Basis::PublicTask),
    ("legitimate-interests", Basis::LegitimateInterests),
];

pub(super) fn purposes(root: &Reader<'_>) -> Vec<Purpose> {
    let purposes: Vec<Purpose> = root
        .section(Sort::Purpose)
        .into_iter()
        .map(purpose)
        .collect();
    if purposes.is_empty() {
        root.missing("purposes", "[purposes.client-relations]");
    }
    purposes
}

fn purpose((name, reader): (String, Reader<'_>)) -> Purpose {
    if !reader.has("nature") {
        reader.missing("nature", "nature = \"use\"");
    }
    if !reader.has("uses") {
        reader.missing("uses", "uses = [\"identity\"]");
    }
    let bases = bases(&reader);
    let concerns = match reader.references("concerns", Sort::Kind) {
        Some(kinds) => kinds.ids.into_iter().map(KindId).collect(),
        None => bases.iter().flat_map(|line| line.kinds.iter()).collect(),
    };
    let processors = reader.references("processors", Sort::Processor);
    let purpose = Purpose {
        name,
        was: reader.was(),
        title: reader.wording("title"),
        about: reader.wording("about"),
        nature: reader.word("nature", NATURES).unwrap_or(PurposeNature::Use),
        canvassing: reader.boolean("canvassing"),
        concerns,
        guidance: reader.word("guidance", GUIDANCE),
        uses: uses(&reader, "uses"),
        bases,
        arises_with: reader.reference("arises-with", Sort::Fact).map(FactId),
        processors: processors
            .map(|processors| processors.ids.into_iter().map(ProcessorId).collect())
            .unwrap_or_default(),
        consent_lasts: reader.duration("consent-lasts"),
        compatibility: compatibility(&reader),
    };
    reader.finish();
    purpose
}

/// The lines of a purpose's legal bases; they are numbered like names, and as many.
fn bases(reader: &Reader<'_>) -> Vec<BasisRule> {
    let lines = reader.tables("basis");
    if lines.len() > NAMES_MAX {
        let message = format!(
            "there are {} lines of `basis`, at most {NAMES_MAX} can be",
            lines.len()
        );
        let path = format!("{}[{NAMES_MAX}]", reader.at("basis"));
        reader.context.report(
            reader
                .context
                .at_key(Code::TooMany, &path, message)
                .help("join lines that say the same of several kinds or channels"),
        );
    }
    lines.into_iter().take(NAMES_MAX).map(basis).collect()
}

fn compatibility(reader: &Reader<'_>) -> Option<Compatibility> {
    let reader = reader.table("compatibility")?;
    if !reader.has("checked") {
        reader.missing("checked", "checked = 2026-01-05");
    }
    let checked = reader.date("checked");
    let reason = reader.wording("reason");
    reader.finish();
    Some(Compatibility {
        reason,
        checked: checked?,
    })
}

fn basis(reader: Reader<'_>) -> BasisRule {
    if !reader.has("basis") {
        reader.missing("basis", "basis = \"legitimate-interests\"");
    }
    let line = BasisRule {
        kinds: kinds(&reader),
        person: reader.word("person", PERSONS),
        channels: reader
            .references("channels", Sort::Channel)
            .map(|channels| channels.ids.into_iter().map(ChannelId).collect())
            .unwrap_or_default(),
        since: reader.date("since"),
        until: reader.date("until"),
        basis: legal_basis(&reader),
        because: reader.optional_wording("because"),
    };
    if let (Some(since), Some(until)) = (line.since, line.until)
        && until < since
    {
        let message = format!("the line ends on {until}, before it begins on {since}");
        reader.context.report(reader.context.at_value(
            Code::BadDates,
            &reader.at("until"),
            message,
        ));
    }
    reader.finish();
    line
}

/// The kinds that a line names; every kind if it names none.
fn kinds(reader: &Reader<'_>) -> KindSet {
    match reader.references("kinds", Sort::Kind) {
        Some(kinds) => kinds.ids.into_iter().map(KindId).collect(),
        None => every_kind(reader),
    }
}

fn every_kind(reader: &Reader<'_>) -> KindSet {
    (0u8..)
        .map(KindId)
        .take(reader.context.names.list(Sort::Kind).len())
        .collect()
}

fn legal_basis(reader: &Reader<'_>) -> Basis {
    let basis = reader
        .word("basis", BASES)
        .unwrap_or(Basis::LegitimateInterests);
    let path = reader.at("contract");
    let span = reader.reference("contract", Sort::Span).map(SpanId);
    match basis {
        Basis::Contract(_) => Basis::Contract(span),
        other => {
            if reader.has("contract") && reader.has("basis") {
                let message = "a contract is named, but the basis is another";
                reader.context.report(
                    reader
                        .context
                        .at_value(Code::BadContract, &path, message)
                        .help("write `basis = \"contract\"`, or take `contract` away"),
                );
            }
            other
        }
    }
}
