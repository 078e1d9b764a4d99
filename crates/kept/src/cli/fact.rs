//! `kept fact`: what happened, and so moves terms.

use clap::Args;
use domain::{FactRef, Fault, MatterId, OrganisationId, SubjectId};
use jiff::civil::DateTime;
use serde_json::json;
use services::Kept;
use services::fact::Happened;

use super::options::{Changing, Place, moment, person};
use super::{Context, Exit, OnInstallation, acted, names, quantity};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept fact contract-signed --person 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --new-matter --data D
  kept fact contract-ended --person 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e \\
    --matter 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9f --on 2026-06-30 --data D
  kept fact contact-from-person --person 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --manner call --data D

Whatever had expired before is ended first: a late fact revives nothing. A fact of an organisation
reaches the people who are linked to it. A wrong fact is replaced, never edited.";

/// Records a fact.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Fact {
    /// What happened: a kind of fact of the policy
    kind: String,

    /// Whom it happened to
    #[arg(long, value_name = "PERSON", value_parser = person, required_unless_present = "organisation", conflicts_with = "organisation")]
    person: Option<SubjectId>,

    /// The organisation that it happened to
    #[arg(long, value_name = "ORGANISATION")]
    organisation: Option<OrganisationId>,

    /// When, in the controller's time zone, as evidence says; now, if left out
    #[arg(long, value_name = "DATE-TIME")]
    on: Option<DateTime>,

    /// The contract, debit or dispute that it is about
    #[arg(long, value_name = "MATTER")]
    matter: Option<MatterId>,

    /// It begins a new contract, debit or dispute, whose identifier is shown
    #[arg(long, conflicts_with = "matter")]
    new_matter: bool,

    /// In which manner, where the policy names manners
    #[arg(long, value_name = "NAME")]
    manner: Option<String>,

    /// The fact that this one takes the place of
    #[arg(long, value_name = "FACT")]
    supersedes: Option<FactRef>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Fact {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let happened = Happened {
            kind: names::fact(kept.law().policy(), &self.kind)?,
            matter: match self.new_matter {
                true => Some(kept.new_matter()?),
                false => self.matter,
            },
            at: match self.on {
                Some(on) => moment(kept, on)?,
                None => kept.moment()?.now,
            },
            manner: self.manner.clone(),
            supersedes: self.supersedes,
        };
        let matter = happened.matter.map(|matter| matter.to_string());
        let about = matter
            .as_deref()
            .map_or_else(String::new, |id| format!(" of matter {id}"));
        match (self.person, self.organisation) {
            (Some(id), _) => {
                let (fact, done) = kept.record_fact(id, &happened, &acting)?;
                let sentence = format!("{}{about}, fact {fact}", self.kind);
                let more = [("fact", json!(fact.to_string())), ("matter", json!(matter))];
                acted::show(&done, acting.dry_run, &sentence, &more, context);
            }
            (None, Some(id)) => {
                let (fact, done) = kept.record_organisation_fact(id, &happened, &acting)?;
                let people = done.people;
                context.answer(
                    |colour| {
                        let begin = if acting.dry_run {
                            "would be done:"
                        } else {
                            "done:"
                        };
                        let mut text = format!(
                            "{} {}{about}, fact {fact}, for {}\n",
                            Paint::Good.on(begin, colour),
                            self.kind,
                            quantity::people(people as u64),
                        );
                        if !done.destroyed.is_empty() {
                            let gone = quantity::counted(done.destroyed.len(), "record");
                            text.push_str(&format!("  {gone} destroyed\n"));
                        }
                        if let Some(receipt) = done.receipt {
                            text.push_str(&format!("  entry {} of the journal\n", receipt.entry));
                        }
                        text
                    },
                    || {
                        json!({
                            "dry-run": acting.dry_run,
                            "fact": fact.to_string(),
                            "matter": matter,
                            "people": people,
                            "destroyed": done.destroyed.len(),
                            "receipt": done.receipt.map(|receipt| receipt.entry),
                        })
                    },
                );
            }
            (None, None) => return Err(super::invalid("nobody was named")),
        }
        Ok(Exit::Done)
    }
}
