//! `kept config in-force`: the security level in force, and how it came to be.

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use jiff::Timestamp;
use serde_json::json;
use services::Kept;
use services::security::Accepted;

use crate::cli::options::Place;
use crate::cli::{Context, Exit, OnInstallation};

/// Shows the security level in force and those before it.
#[derive(Debug, Args)]
pub(super) struct InForce {
    #[command(flatten)]
    place: Place,
}

impl OnInstallation for InForce {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let levels = kept.security_levels()?;
        context.answer(|_| text(&levels), || json!({ "levels": levels }));
        Ok(Exit::Done)
    }
}

fn text(levels: &[Accepted]) -> String {
    let Some(last) = levels.last() else {
        return "no server was started here yet: no level is in force\n".to_owned();
    };
    let level = &last.level;
    let yes = |it: bool| if it { "yes" } else { "no" };
    let mut text = format!(
        "transport              {}\n\
         password               {} characters, strength {}, leaked ones refused: {}\n\
         second factor needed   {}\n\
         session ends           {} s idle, {} s in all\n\
         link for people ends   {} s\n",
        level.transport,
        level.password_length_min,
        level.password_strength_min,
        yes(level.leaked_passwords_refused),
        yes(level.second_factor_required),
        level.session_idle_seconds_max,
        level.session_seconds_max,
        level.link_seconds_max,
    );
    if let Some(stored) = &level.stored {
        let _ = writeln!(
            text,
            "keys of epochs         {}, algorithms of {} bits at least",
            stored.key_manager, stored.strength_bits
        );
    }
    for one in levels {
        let at = Timestamp::from_microsecond(one.at).unwrap_or_default();
        let what = if one.weaker.is_empty() {
            "accepted"
        } else {
            "lowered on purpose"
        };
        let _ = writeln!(text, "\n{at:.0}  {what} by {}", one.by);
        for weaker in &one.weaker {
            let _ = writeln!(text, "  {weaker}");
        }
        if let Some(reason) = &one.reason {
            let _ = writeln!(text, "  reason: {reason}");
        }
    }
    text
}
