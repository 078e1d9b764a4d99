//! `kept documents list`: the policy and the documents, every version of each.

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use jiff::Timestamp;
use policy::model::{Audience, Language, Policy, Wording};
use serde_json::{Value, json};
use services::Kept;
use services::documents::Published;

use super::hex;
use crate::cli::options::{Place, Tongue};
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

/// Lists the documents.
#[derive(Debug, Args)]
pub(super) struct List {
    /// The language of titles and reasons
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    language: Tongue,

    #[command(flatten)]
    place: Place,
}

/// One document with its versions.
struct Entry {
    name: String,
    title: Wording,
    audience: Option<Audience>,
    versions: Vec<Version>,
}

/// One version of it.
struct Version {
    version: u32,
    published: String,
    since: Option<Since>,
    digest: String,
    reason: Option<Wording>,
    accept_again: bool,
}

/// Since when a version is here, in the controller's time zone.
struct Since {
    /// To the minute, for people.
    shown: String,
    /// With its offset, for programs.
    exact: String,
}

impl OnInstallation for List {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let law = kept.law();
        let zone = law.in_force.zone();
        let when = |at: Timestamp| Since {
            shown: zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string(),
            exact: at.display_with_offset(zone.to_offset(at)).to_string(),
        };
        let policies = kept.policies()?;
        let documents = documents(law.policy(), &kept.documents()?, &when);
        let language = self.language.into();
        context.answer(
            |colour| text(&policies, &documents, language, colour),
            || to_json(&policies, &documents),
        );
        Ok(Exit::Done)
    }
}

/// Those that the policy declares, then those that it declared once.
fn documents(
    policy: &Policy,
    published: &[Published],
    when: &dyn Fn(Timestamp) -> Since,
) -> Vec<Entry> {
    let versions = |name: &str| {
        let mine = published.iter().filter(|one| one.edition.name == name);
        mine.map(|one| Version {
            version: one.edition.version,
            published: one.edition.published.to_string(),
            since: Some(when(one.since)),
            digest: hex(&one.digest),
            reason: one.edition.reason.clone(),
            accept_again: one.edition.accept_again,
        })
        .collect()
    };
    let mut entries: Vec<Entry> = policy
        .documents
        .iter()
        .map(|document| Entry {
            name: document.name.clone(),
            title: document.title.clone(),
            audience: Some(document.audience),
            versions: versions(&document.name),
        })
        .collect();
    for one in published.iter().filter(|one| one.document.is_none()) {
        let name = &one.edition.name;
        if entries.iter().all(|entry| entry.name != *name) {
            entries.push(Entry {
                name: name.clone(),
                title: one.edition.title.clone(),
                audience: None,
                versions: versions(name),
            });
        }
    }
    entries
}

fn text(policies: &[Policy], documents: &[Entry], language: Language, colour: bool) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", Paint::Bold.on("the policy itself", colour));
    for policy in policies {
        let version = Version {
            version: policy.version,
            published: policy.published.to_string(),
            since: None,
            digest: hex(&policy.digest),
            reason: policy.reason.clone(),
            accept_again: false,
        };
        version_text(&mut text, &version, language);
    }
    for entry in documents {
        let title = entry.title.get(language);
        let note = match entry.audience {
            Some(Audience::People) => "",
            Some(Audience::Staff) => ", for staff",
            None => ", not declared any more",
        };
        let _ = writeln!(
            text,
            "{}: {title}{note}",
            Paint::Bold.on(&entry.name, colour)
        );
        if entry.versions.is_empty() {
            text.push_str("  nothing is published yet\n");
        }
        for version in &entry.versions {
            version_text(&mut text, version, language);
        }
    }
    text
}

fn version_text(text: &mut String, version: &Version, language: Language) {
    let _ = write!(
        text,
        "  version {}, published {}",
        version.version, version.published
    );
    if let Some(since) = &version.since {
        let _ = write!(text, ", here since {}", since.shown);
    }
    if version.accept_again {
        text.push_str(", to be accepted anew");
    }
    text.push('\n');
    if let Some(reason) = &version.reason {
        let _ = writeln!(text, "    {}", reason.get(language));
    }
    let _ = writeln!(text, "    digest {}", version.digest);
}

fn to_json(policies: &[Policy], documents: &[Entry]) -> Value {
    let reason = |reason: &Option<Wording>| {
        reason
            .as_ref()
            .map(|reason| json!({ "en": reason.en, "fr": reason.fr }))
    };
    json!({
        "policy": policies.iter().map(|policy| json!({
            "version": policy.version,
            "published": policy.published.to_string(),
            "digest": hex(&policy.digest),
            "reason": reason(&policy.reason),
        })).collect::<Value>(),
        "documents": documents.iter().map(|entry| json!({
            "name": entry.name,
            "title": { "en": entry.title.en, "fr": entry.title.fr },
            "for": entry.audience.map(|audience| match audience {
                Audience::People => "people",
                Audience::Staff => "staff",
            }),
            "versions": entry.versions.iter().map(|version| json!({
                "version": version.version,
                "published": version.published,
                "since": version.since.as_ref().map(|since| &since.exact),
                "digest": version.digest,
                "reason": reason(&version.reason),
                "accept-again": version.accept_again,
            })).collect::<Value>(),
        })).collect::<Value>(),
    })
}
