//! `kept account accept`: the undertaking of confidentiality, read and accepted (9b).

use clap::Args;
use domain::Fault;
use policy::model::Language;
use serde_json::json;
use services::Kept;
use services::access::UndertakingText;

use super::change::Done;
use crate::cli::options::{Changing, Place, Tongue};
use crate::cli::{Context, Exit, OnInstallation, invalid};

/// Shows the undertaking of confidentiality, and takes the acceptance of the account that acts.
#[derive(Debug, Args)]
pub(super) struct Accept {
    /// The language that it is shown in
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    language: Tongue,

    /// Accept it without being asked: it was read before, with `--dry-run`, say
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Accept {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let actor = context.actor(&self.place);
        let dry_run = self.changing.dry_run;
        kept.access().named(&actor.account)?;
        let text = kept.access().undertaking()?;
        let language = self.language.into();
        if !context.for_programs {
            context.io.print(&shown(&text, language));
        }
        if !dry_run && !self.yes {
            confirm(context)?;
        }
        let (undertook, receipt) =
            kept.access()
                .accept_undertaking(&actor, text.version, dry_run)?;
        let due = undertook.due.map(|due| due.to_string());
        let sentence = format!(
            "{} accepts version {}; it counts until {}",
            actor.account.as_str(),
            text.version,
            due.as_deref().unwrap_or_default()
        );
        let done = Done {
            more: vec![
                ("account", json!(actor.account.as_str())),
                ("version", json!(text.version)),
                ("title", json!(text.title.get(language))),
                ("text", json!(text.text.get(language))),
                ("due", json!(due)),
            ],
            ..Done::of(dry_run, sentence, receipt.map(|receipt| receipt.entry))
        };
        done.show(context);
        Ok(Exit::Done)
    }
}

fn shown(text: &UndertakingText, language: Language) -> String {
    let (title, says) = (text.title.get(language), text.text.get(language));
    format!("# {title}\n\n{says}\n\n")
}

/// Nobody accepts what they were not asked about.
fn confirm(context: &mut Context<'_>) -> Result<(), Fault> {
    if context.for_programs || !context.io.terminal().asks {
        return Err(
            invalid("the undertaking was not accepted: nobody could be asked")
                .remedy("read it with `--dry-run`, then accept it with `--yes`"),
        );
    }
    let question = "Type `yes` if you have read this and accept it: ";
    match context.io.ask(question).as_deref() {
        Some("yes") => Ok(()),
        _ => Err(
            invalid("the undertaking was not accepted: nothing was changed")
                .remedy("run the command again and type `yes`, if that is what you undertake"),
        ),
    }
}
