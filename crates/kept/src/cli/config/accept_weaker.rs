//! `kept config accept-weaker`: a lower level on purpose, with its reason in the journal (21f).

use clap::Args;
use domain::Fault;
use serde_json::json;
use services::Kept;

use crate::cli::config_file::Configured;
use crate::cli::options::Place;
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

/// Accepts a configuration that is weaker than the one in force.
#[derive(Debug, Args)]
pub(super) struct AcceptWeaker {
    /// Why the level may be lower
    #[arg(long, value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    configured: Configured,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for AcceptWeaker {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let level = self.configured.read(context.io)?.security_level();
        let actor = context.actor(&self.place);
        let (weaker, entry) = kept.accept_weaker_security(&level, &self.reason, &actor)?;
        context.answer(
            |colour| {
                let mut text = format!("{} accepted on purpose\n", Paint::Good.on("done:", colour));
                for one in &weaker {
                    text.push_str(&format!("  {one}\n"));
                }
                text.push_str(&format!("  entry {entry} of the journal\n"));
                text
            },
            || json!({ "accepted": weaker, "receipt": entry }),
        );
        Ok(Exit::Done)
    }
}
