//! The demonstration's installation: made and peopled in a folder, or found there.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::{Account, Actor, ActorKind, Clock as _, Fault, FaultKind, SubjectId};
use jiff::Timestamp;
use policy::model::Wording;
use serde::{Deserialize, Serialize};
use services::clock::MachineClock;
use services::demo::{Demonstration, Progress};
use services::documents::DocumentFile;
use services::open::NewInstallation;
use services::{Acting, Kept};
use tempfile::TempDir;

use super::super::{Context, document_files, documents, invalid, policy_file};
use super::{Demo, unavailable};

/// The policy and the script that Kept brings along.
const POLICY: &str = include_str!("../../../../../policies/assess-manager/policy.toml");
/// The documents beside that policy.
const DOCUMENTS: [&str; 4] = [
    include_str!("../../../../../policies/assess-manager/documents/terms-of-business.toml"),
    include_str!("../../../../../policies/assess-manager/documents/cookies-policy.toml"),
    include_str!("../../../../../policies/assess-manager/documents/terms-of-use.toml"),
    include_str!(
        "../../../../../policies/assess-manager/documents/confidentiality-undertaking.toml"
    ),
];
/// The authorisation beside it.
const AUTHORISATION: &str =
    include_str!("../../../../../policies/assess-manager/authorisation.toml");
const SCRIPT: &str = include_str!("../../../../../policies/assess-manager/demo.toml");

/// What the folder says of the demonstration in it.
const NOTES: &str = "demo.json";
/// The account that makes it.
const ACCOUNT: &str = "demonstration";

/// The installation, open, and its folder.
pub(super) struct House {
    pub(super) root: PathBuf,
    pub(super) kept: Arc<Kept>,
    pub(super) notes: Notes,
    /// Whether the installation was there before.
    pub(super) found: bool,
    /// The temporary folder around it, if it is in one that goes at the end.
    pub(super) passing: Option<TempDir>,
}

/// What becomes of the folder.
pub(super) enum Left {
    /// It was removed.
    Removed,
    /// It could not be removed, or was not to be.
    Stays(PathBuf),
}

/// What is written down of a demonstration: no names, no values.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Notes {
    /// Set once the people have lived through their years.
    finished: bool,
    /// How many people came in.
    pub(super) people: u64,
    /// People who are worth a look.
    pub(super) suggestions: Vec<Noted>,
}

/// Somebody who is worth a look, and why.
#[derive(Serialize, Deserialize)]
pub(super) struct Noted {
    pub(super) person: String,
    pub(super) en: String,
    pub(super) fr: String,
}

impl Notes {
    /// The people who are worth a look, as the pages name them.
    pub(super) fn people_to_see(&self) -> Vec<(SubjectId, Wording)> {
        let known = |one: &Noted| {
            let person = one.person.parse().ok()?;
            let why = Wording {
                en: one.en.clone(),
                fr: one.fr.clone(),
            };
            Some((person, why))
        };
        self.suggestions.iter().filter_map(known).collect()
    }
}

impl House {
    /// Makes the installation, or opens the one that is there. Nothing, where the end came first.
    pub(super) fn enter(
        options: &Demo,
        context: &mut Context<'_>,
        ended: &AtomicBool,
    ) -> Result<Option<Self>, Fault> {
        let (root, passing) = match &options.data {
            Some(data) => (context.io.path(data), None),
            None => {
                let folder = TempDir::with_prefix("kept-demo-").map_err(|error| {
                    unavailable("no temporary folder can be made").because(error)
                })?;
                (folder.path().join("D"), Some(folder))
            }
        };
        if root.join("installation.toml").exists() {
            return Self::found(root).map(Some);
        }
        let sources = sources(options, context)?;
        let script = Demonstration::read(&sources.script)?;
        let now = MachineClock.now();
        let begins = script.begins(now);
        let new = NewInstallation {
            root: root.clone(),
            keys: None,
            policy: sources.policy,
            authorisation: sources.authorisation,
            rehearsal: Some(begins),
            database: None,
        };
        let acting = Acting::new(
            Actor::new(ActorKind::CommandLine, Account::parse(ACCOUNT)?),
            false,
        );
        let kept = Kept::init(new, &acting.actor)?;
        kept.publish_documents(&sources.documents, &acting)?;
        let mut notes = Notes::default();
        write(&root, &notes)?;
        let people = options.people.unwrap_or(script.people());
        let days = |until: Timestamp| until.duration_since(begins).as_hours() / 24;
        let days = |until| u64::try_from(days(until)).unwrap_or(0);
        let bar = context.io.progress("days lived", Some(days(now)));
        let mut hear = |progress: Progress| match ended.load(Ordering::SeqCst) {
            true => Err(interrupted()),
            false => {
                bar.set(days(progress.now));
                Ok(())
            }
        };
        let populated = match script.populate(&kept, people, now, &mut hear) {
            Err(fault) if ended.load(Ordering::SeqCst) => {
                drop(bar);
                return clear(&root, passing, fault).map(|()| None);
            }
            populated => populated?,
        };
        drop(bar);
        notes.finished = true;
        notes.people = populated.people;
        notes.suggestions = populated
            .suggestions
            .into_iter()
            .map(|one| Noted {
                person: one.person.to_string(),
                en: one.why.get("en").cloned().unwrap_or_default(),
                fr: one.why.get("fr").cloned().unwrap_or_default(),
            })
            .collect();
        write(&root, &notes)?;
        let mut house = Self {
            root,
            kept: Arc::new(kept),
            notes,
            found: false,
            passing,
        };
        if let Some(folder) = house.passing.take_if(|_| options.keep) {
            let _ = folder.keep();
        }
        Ok(Some(house))
    }

    fn found(root: PathBuf) -> Result<Self, Fault> {
        let notes = match fs::read_to_string(root.join(NOTES)) {
            Ok(text) => serde_json::from_str(&text).unwrap_or_default(),
            // A rehearsal that somebody made by hand.
            Err(_) => Notes {
                finished: true,
                ..Notes::default()
            },
        };
        if !notes.finished {
            let message = "the demonstration in this folder was interrupted while it was made";
            return Err(Fault::new(FaultKind::Conflict, message)
                .remedy("remove the folder and its key folder, or name another"));
        }
        let kept = crate::host::own(&root, || Kept::open(&root, None))?;
        if !kept.is_rehearsal() {
            let message = "this installation is no rehearsal, and its data is real";
            return Err(Fault::new(FaultKind::Refused, message)
                .rule("rehearsal")
                .remedy("name another folder, or none"));
        }
        Ok(Self {
            root,
            kept: Arc::new(kept),
            notes,
            found: true,
            passing: None,
        })
    }

    /// Closes the installation and removes what was made for the time being.
    pub(super) fn leave(self) -> Left {
        let Self {
            root,
            kept,
            passing,
            ..
        } = self;
        drop(kept);
        let Some(folder) = passing else {
            return Left::Stays(root);
        };
        match folder.close() {
            Ok(()) => Left::Removed,
            Err(_) => Left::Stays(root),
        }
    }
}

/// What a demonstration is made of.
struct Sources {
    policy: String,
    authorisation: Option<String>,
    documents: Vec<DocumentFile>,
    script: String,
}

/// The policy with what lies beside it: those of a folder, or ours.
fn sources(options: &Demo, context: &Context<'_>) -> Result<Sources, Fault> {
    let Some(folder) = &options.policy else {
        let files = DOCUMENTS.iter().map(|source| DocumentFile {
            name: "a document of the demonstration".to_owned(),
            source: (*source).to_owned(),
        });
        return Ok(Sources {
            policy: POLICY.to_owned(),
            authorisation: Some(AUTHORISATION.to_owned()),
            documents: files.collect(),
            script: SCRIPT.to_owned(),
        });
    };
    let policy = policy_file::read(folder, context.io)?;
    let compiled = policy_file::compile(&policy)?;
    let documents = document_files::beside(folder, context.io)?;
    documents::check(&documents, &compiled)?;
    let beside = policy_file::beside(&policy, context.io)?;
    if let Some(beside) = &beside {
        policy_file::compile_beside(beside, &compiled)?;
    }
    let path = context.io.path(folder).join("demo.toml");
    let script = fs::read_to_string(&path).map_err(|error| {
        invalid(format!(
            "there is no script of a demonstration in {}",
            folder.display()
        ))
        .remedy("name a folder with a policy.toml and a demo.toml")
        .because(error)
    })?;
    Ok(Sources {
        policy: policy.source,
        authorisation: beside.map(|beside| beside.source),
        documents,
        script,
    })
}

fn write(root: &Path, notes: &Notes) -> Result<(), Fault> {
    let text = serde_json::to_string_pretty(notes).unwrap_or_default();
    fs::write(root.join(NOTES), text)
        .map_err(|error| unavailable("the demonstration's notes cannot be written").because(error))
}

/// Removes what an interrupted making has left; what is in a folder of somebody's own is said.
fn clear(root: &Path, passing: Option<TempDir>, fault: Fault) -> Result<(), Fault> {
    match passing {
        Some(folder) => {
            let _ = folder.close();
            Ok(())
        }
        None => Err(fault.remedy(format!(
            "remove {} and its key folder before you make it again",
            root.display()
        ))),
    }
}

fn interrupted() -> Fault {
    unavailable("the demonstration was interrupted while it was made")
}
