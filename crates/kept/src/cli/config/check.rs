//! `kept config check`: all that is wrong with a configuration, before anything is started.

use clap::Args;
use domain::Fault;
use serde_json::json;
use services::Kept;
use web::server::Certificates;

use crate::cli::config_file::Configured;
use crate::cli::options::Place;
use crate::cli::{Alone, Context, Exit, OnInstallation, Sort, mailer};
use crate::io::colour::Paint;

/// Checks a configuration, reads the certificates that it names and, where there is an installation,
/// compares it with the level in force there.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    configured: Configured,

    #[command(flatten)]
    place: Place,
}

impl Check {
    /// With an installation the level in force is compared, too.
    pub(super) fn sort(&self) -> Sort<'_> {
        match self.place.data {
            Some(_) => Sort::OnInstallation(self),
            None => Sort::Alone(self),
        }
    }

    fn check(&self, kept: Option<&Kept>, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let config = self.configured.read(context.io)?;
        if let Some(tls) = &config.tls {
            Certificates::load(tls)?;
        }
        mailer::of(&config, kept)?;
        let address = config.address.origin();
        let level = config.security_level();
        if let Some(kept) = kept {
            kept.accept_security(&level, &context.actor(&self.place), true)?;
        }
        context.answer(
            |colour| {
                format!(
                    "{} {address}, {}\n",
                    Paint::Good.on("sound:", colour),
                    level.transport
                )
            },
            || json!({ "address": address, "level": level }),
        );
        Ok(Exit::Done)
    }
}

impl Alone for Check {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        self.check(None, context)
    }
}

impl OnInstallation for Check {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        self.check(Some(kept), context)
    }
}
