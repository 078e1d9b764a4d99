//! `kept plan`: what a changed policy would do to the data that is held, and who would gain and who
//! would lose what by it and by the authorisation beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use domain::Fault;
use policy::authorisation::compare::Change;
use policy::compare::Effect;
use policy::model::Language;
use serde_json::{Value, json};
use services::Kept;
use services::authorisation::NewAuthorisation;
use services::documents::NewEdition;
use services::plan::{Candidate, Plan as Planned};

use super::options::{Changing, Place, Tongue};
use super::policy_file::{self, PolicyFile};
use super::quantity::people;
use super::{Context, Exit, OnInstallation, document_files, invalid};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Example:
  kept plan policies/assess-manager --data D

The difference from the policy in force in plain words, then how many records of which category and
kind would go at once, go earlier, go later, and who must be told first. Of an authorisation.toml
beside it: which role gains and which loses what. Nothing is changed; that it was counted is in the
journal.";

/// Says what a changed policy would do.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Plan {
    /// The changed policy: a file, or a folder with a policy.toml and its documents in it
    policy: PathBuf,

    /// The language of the differences
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    language: Tongue,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Plan {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let file = policy_file::read(&self.policy, context.io)?;
        let beside = policy_file::beside(&file, context.io)?;
        let acting = context.acting(&self.place, Changing { dry_run: false });
        let language = self.language.into();
        if let Some(new) = alone(&file, beside.as_ref(), kept)? {
            let law = kept.law();
            let from = law.authorisation().map(|it| it.version);
            let to = new.authorisation().version;
            let rights = kept.plan_authorisation(&new, &acting)?;
            context.answer(
                |colour| text_of_authorisation(from, to, &rights, language, colour),
                || {
                    json!({
                        "authorisation": { "from": from, "to": to },
                        "rights": rights_to_json(&rights),
                    })
                },
            );
            return Ok(Exit::Done);
        }
        let candidate = candidate(&file, beside, kept)?;
        let documents = document_files::beside(&self.policy, context.io)?;
        let editions = kept.new_editions(&documents, candidate.policy())?;
        let bar = context.io.progress("people looked at", None);
        let mut plan = kept.plan(&candidate, &acting, &mut |done| bar.set(done))?;
        drop(bar);
        plan.changes.extend(editions.iter().map(NewEdition::change));
        context.answer(|colour| text(&plan, language, colour), || to_json(&plan));
        Ok(Exit::Done)
    }
}

/// The new authorisation, where it lies beside the policy in force and nothing else changes.
pub(super) fn alone(
    file: &PolicyFile,
    beside: Option<&PolicyFile>,
    kept: &Kept,
) -> Result<Option<NewAuthorisation>, Fault> {
    let law = kept.law();
    let Some(beside) = beside else {
        return Ok(None);
    };
    match policy::compile(&file.source).policy {
        Some(policy) if policy.digest == law.policy().digest => {
            let new = NewAuthorisation::new(beside.source.clone(), law.policy(), &law)?;
            Ok((!new.is_in_force(&law)).then_some(new))
        }
        _ => Ok(None),
    }
}

/// A policy that may follow the one in force, with the authorisation beside it.
pub(super) fn candidate(
    file: &PolicyFile,
    beside: Option<PolicyFile>,
    kept: &Kept,
) -> Result<Candidate, Fault> {
    let law = kept.law();
    let beside = beside.map(|beside| beside.source);
    Candidate::with(file.source.clone(), beside, &law).map_err(|fault| {
        let outcome = policy::compile_after(&file.source, law.policy());
        let first = outcome.errors().next().map(|error| error.message.clone());
        match first {
            Some(first) => invalid(format!("{}: {first}", fault.message)).remedy(format!(
                "`kept check {}` shows what is wrong in the file itself; a version that follows \
                 has a higher number, and renames say `was =`",
                file.name
            )),
            None => fault,
        }
    })
}

fn text(plan: &Planned, language: Language, colour: bool) -> String {
    let mut text = if plan.to == plan.from {
        format!("version {} stays in force\n", plan.to)
    } else {
        format!("version {} after version {}\n", plan.to, plan.from)
    };
    heading(&mut text, "What differs", colour);
    if plan.changes.is_empty() {
        text.push_str("  nothing\n");
    }
    for change in &plan.changes {
        let _ = write!(text, "  - {}", change.words.get(language));
        let effects = effects(change.effect);
        if !effects.is_empty() {
            let _ = write!(text, " [{}]", effects.join(", "));
        }
        text.push('\n');
    }
    if !plan.rights.is_empty() {
        heading(&mut text, "Who gains and who loses what", colour);
        rights(&mut text, &plan.rights, language);
    }
    let title = format!("What it would do to the records of {}", people(plan.people));
    heading(&mut text, &title, colour);
    if plan.records.is_empty() {
        text.push_str("  none are held\n");
        return text;
    }
    text.push_str("    at once   earlier     later      same  category, kind\n");
    for (group, fate) in &plan.records {
        let _ = writeln!(
            text,
            "  {:>9} {:>9} {:>9} {:>9}  {}, {}",
            fate.at_once, fate.earlier, fate.later, fate.same, group.category, group.kind
        );
    }
    if !plan.to_tell.is_empty() {
        heading(
            &mut text,
            "Who must be told before all of it reaches them",
            colour,
        );
        for (kind, people) in &plan.to_tell {
            let _ = writeln!(text, "  {people:>9}  {kind}");
        }
    }
    if !plan.obstacles.is_empty() {
        let title = "What stands in its way: not declared any more, and still needed";
        heading(&mut text, title, colour);
        for (name, one) in &plan.obstacles {
            let _ = writeln!(text, "  {:>9}  {name}: {}", one.count, one.needs.words());
        }
    }
    text
}

fn text_of_authorisation(
    from: Option<u32>,
    to: u32,
    changes: &[Change],
    language: Language,
    colour: bool,
) -> String {
    let after = from.map_or_else(|| "none".to_owned(), |from| format!("version {from}"));
    let mut text = format!("authorisation version {to} after {after}\n");
    heading(&mut text, "Who gains and who loses what", colour);
    if changes.is_empty() {
        text.push_str("  nobody, and nothing\n");
    }
    rights(&mut text, changes, language);
    text
}

/// One line for each gain and each loss.
fn rights(text: &mut String, changes: &[Change], language: Language) {
    for change in changes {
        let _ = writeln!(text, "  - {}", change.words.get(language));
    }
}

fn rights_to_json(changes: &[Change]) -> Vec<Value> {
    changes
        .iter()
        .map(|change| {
            json!({
                "role": change.role,
                "gains": change.gains,
                "loses": change.loses,
                "en": change.words.en,
                "fr": change.words.fr,
            })
        })
        .collect()
}

fn heading(text: &mut String, title: &str, colour: bool) {
    let _ = writeln!(text, "\n{}", Paint::Bold.on(title, colour));
}

/// What a difference does, in the words that the JSON uses too.
fn effects(effect: Effect) -> Vec<&'static str> {
    let all = [
        (effect.shortens, "shortens"),
        (effect.lengthens, "lengthens"),
        (effect.new_purpose, "new purpose"),
        (effect.widens, "widens"),
        (effect.narrows, "narrows"),
    ];
    all.into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, word)| word)
        .collect()
}

fn to_json(plan: &Planned) -> Value {
    let changes: Vec<Value> = plan
        .changes
        .iter()
        .map(|change| {
            json!({
                "name": change.name,
                "en": change.words.en,
                "fr": change.words.fr,
                "effects": effects(change.effect),
                "tell": change.effect.needs_telling(),
            })
        })
        .collect();
    let records: Vec<Value> = plan
        .records
        .iter()
        .map(|(group, fate)| {
            json!({
                "category": group.category,
                "kind": group.kind,
                "at-once": fate.at_once,
                "earlier": fate.earlier,
                "later": fate.later,
                "same": fate.same,
            })
        })
        .collect();
    let obstacles: BTreeMap<&str, u64> = plan
        .obstacles
        .iter()
        .map(|(name, one)| (name.as_str(), one.count))
        .collect();
    json!({
        "from": plan.from,
        "to": plan.to,
        "changes": changes,
        "people": plan.people,
        "records": records,
        "rights": rights_to_json(&plan.rights),
        "to-tell": plan.to_tell,
        "obstacles": obstacles,
    })
}
