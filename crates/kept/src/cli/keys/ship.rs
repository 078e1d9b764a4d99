//! `kept keys ship`: keyring, restrictive acts and journal to their places, now.

use clap::Args;
use domain::Fault;
use serde_json::json;
use services::Kept;

use crate::cli::backup::{copies_json, copies_text, shipped};
use crate::cli::options::Place;
use crate::cli::{Context, Exit, OnInstallation};

#[derive(Debug, Args)]
pub(super) struct Ship {
    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Ship {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let copies = kept.ship()?;
        let missing = kept.copy_places_missing();
        context.answer(
            |colour| copies_text(&copies, missing, colour),
            || json!({ "copies": copies_json(&copies), "missing": missing }),
        );
        Ok(shipped(&copies))
    }
}
