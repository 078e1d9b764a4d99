//! The head of a policy, who runs it, and the plain lists: kinds, channels, origins.

use jiff::civil::{Date, date};

use super::Sort;
use super::reader::Reader;
use crate::diagnostics::Code;
use crate::model::{
    Authority, CategoryId, Channel, Controller, Duration, Kind, Officer, Origin, Statements,
    Wording,
};

/// The version of the language that this crate reads.
const LANGUAGE: i64 = 1;
/// No statistic shows fewer people than this unless the policy says more.
const SMALLEST_GROUP: u32 = 10;
/// By how much a statistic raises odds where the policy does not say, in per cent.
const RAISES_ODDS: u32 = 10;
/// What stands for a term of the trace that the policy does not give.
const TRACE_KEPT: Duration = Duration {
    months: 36,
    days: 0,
};

/// The section `[policy]`.
pub(super) struct Head {
    pub(super) version: u32,
    pub(super) published: Date,
    pub(super) reason: Option<Wording>,
    pub(super) smallest_group: u32,
    pub(super) statistic_raises_odds: u32,
    pub(super) consent_proofs: Option<CategoryId>,
    pub(super) trace_kept: Duration,
}

pub(super) fn head(root: &Reader<'_>) -> Head {
    let reader = root.required_table("policy");
    language(&reader);
    let version = version(&reader, "a policy");
    if !reader.has("published") {
        reader.missing("published", "published = 2026-01-05");
    }
    let published = reader.date("published").unwrap_or_else(|| date(1970, 1, 1));
    let reason = reader.optional_wording("reason");
    if version > 1 && reason.is_none() {
        reader.missing("reason", "reason = { en = \"...\", fr = \"...\" }");
    }
    let smallest_group = smallest_group(&reader);
    let statistic_raises_odds = statistic_raises_odds(&reader);
    let consent_proofs = reader
        .reference("consent-proofs", Sort::Category)
        .map(CategoryId);
    if !reader.has("trace-kept") {
        reader.missing("trace-kept", "trace-kept = \"3 years\"");
    }
    let trace_kept = reader.duration("trace-kept").unwrap_or(TRACE_KEPT);
    reader.finish();
    Head {
        version,
        published,
        reason,
        smallest_group,
        statistic_raises_odds,
        consent_proofs,
        trace_kept,
    }
}

pub(super) fn language(reader: &Reader<'_>) {
    if !reader.has("language") {
        reader.missing("language", "language = 1");
    }
    if let Some(language) = reader.integer("language")
        && language != LANGUAGE
    {
        let message = format!("version {language} of the language is not known here");
        reader.context.report(
            reader
                .context
                .at_value(Code::BadVersion, &reader.at("language"), message)
                .help(format!(
                    "write `language = {LANGUAGE}`, or run a newer Kept"
                )),
        );
    }
}

/// The number of the version of `what`: a policy, a document.
pub(super) fn version(reader: &Reader<'_>, what: &str) -> u32 {
    if !reader.has("version") {
        reader.missing("version", "version = 1");
    }
    let Some(number) = reader.integer("version") else {
        return 1;
    };
    match u32::try_from(number) {
        Ok(version) if version > 0 => version,
        _ => {
            let message = format!("{what} cannot have the version {number}");
            reader.context.report(
                reader
                    .context
                    .at_value(Code::BadVersion, &reader.at("version"), message)
                    .help("the first version is 1, and each later one has a higher number"),
            );
            1
        }
    }
}

fn smallest_group(reader: &Reader<'_>) -> u32 {
    let Some(number) = reader.integer("smallest-group") else {
        return SMALLEST_GROUP;
    };
    match u32::try_from(number) {
        Ok(people) if (2..=1_000_000).contains(&people) => people,
        _ => {
            let message = format!("`smallest-group` cannot be {number}");
            reader.context.report(
                reader
                    .context
                    .at_value(Code::OutOfRange, &reader.at("smallest-group"), message)
                    .help("2 is the least, and 10 is usual: a group of one is a person"),
            );
            SMALLEST_GROUP
        }
    }
}

fn statistic_raises_odds(reader: &Reader<'_>) -> u32 {
    let Some(number) = reader.integer("statistic-raises-odds") else {
        return RAISES_ODDS;
    };
    match u32::try_from(number) {
        Ok(per_cent) if (1..=100).contains(&per_cent) => per_cent,
        _ => {
            let message = format!("`statistic-raises-odds` cannot be {number}");
            let at = reader.at("statistic-raises-odds");
            reader.context.report(
                reader
                    .context
                    .at_value(Code::OutOfRange, &at, message)
                    .help("write per cent, from 1 to 100; 10 is usual"),
            );
            RAISES_ODDS
        }
    }
}

pub(super) fn controller(root: &Reader<'_>) -> Controller {
    let reader = root.required_table("controller");
    let controller = Controller {
        name: reader.required_text("name"),
        address: reader.required_text("address"),
        email: reader.required_text("email"),
        telephone: reader.text("telephone"),
        time_zone: reader.required_text("time-zone"),
    };
    let zone = &controller.time_zone;
    if !zone.is_empty() && jiff::tz::TimeZone::get(zone).is_err() {
        let path = reader.at("time-zone");
        reader.context.report(
            reader
                .context
                .at_value(
                    Code::BadTimeZone,
                    &path,
                    format!("there is no time zone `{zone}`"),
                )
                .help("write the IANA name of a zone: `Europe/Paris`"),
        );
    }
    reader.finish();
    controller
}

pub(super) fn officer(root: &Reader<'_>) -> Option<Officer> {
    let reader = root.table("officer")?;
    let officer = Officer {
        name: reader.required_text("name"),
        email: reader.required_text("email"),
        telephone: reader.text("telephone"),
    };
    reader.finish();
    Some(officer)
}

pub(super) fn authority(root: &Reader<'_>) -> Authority {
    let reader = root.required_table("authority");
    let authority = Authority {
        name: reader.required_text("name"),
        address: reader.required_text("address"),
        telephone: reader.text("telephone"),
        website: reader.required_text("website"),
    };
    reader.finish();
    authority
}

pub(super) fn security(root: &Reader<'_>) -> Vec<Wording> {
    let Some(reader) = root.table("security") else {
        return Vec::new();
    };
    let measures = reader
        .items("measures")
        .into_iter()
        .map(|(path, node)| reader.wording_at(path, node))
        .collect();
    reader.finish();
    measures
}

pub(super) fn statements(root: &Reader<'_>) -> Statements {
    let Some(reader) = root.table("statements") else {
        return Statements::default();
    };
    let statements = Statements {
        declines_liability: reader.boolean("declines-liability"),
        register_not_required: reader.boolean("register-not-required"),
    };
    reader.finish();
    statements
}

pub(super) fn kinds(root: &Reader<'_>) -> Vec<Kind> {
    let kinds: Vec<Kind> = root
        .section(Sort::Kind)
        .into_iter()
        .map(|(name, reader)| {
            let kind = Kind {
                name,
                was: reader.was(),
                title: reader.wording("title"),
                about: reader.wording("about"),
            };
            reader.finish();
            kind
        })
        .collect();
    if kinds.is_empty() {
        root.missing("kinds", "[kinds.client]");
    }
    kinds
}

pub(super) fn channels(root: &Reader<'_>) -> Vec<Channel> {
    root.section(Sort::Channel)
        .into_iter()
        .map(|(name, reader)| {
            let channel = Channel {
                name,
                was: reader.was(),
                title: reader.wording("title"),
                electronic: reader.boolean("electronic"),
            };
            reader.finish();
            channel
        })
        .collect()
}

pub(super) fn origins(root: &Reader<'_>) -> Vec<Origin> {
    root.section(Sort::Origin)
        .into_iter()
        .map(|(name, reader)| {
            let origin = Origin {
                name,
                was: reader.was(),
                title: reader.wording("title"),
                from_person: reader.boolean("from-person"),
                observed: reader.boolean("observed"),
                needs_approval: reader.boolean("needs-approval"),
            };
            reader.finish();
            origin
        })
        .collect()
}
