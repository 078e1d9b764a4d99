//! `kept copy`: everything that is held about a person, for them (11c).

use std::path::PathBuf;

use clap::Args;
use domain::{Fault, SubjectId};
use serde_json::json;
use services::{Destination, Kept};

use super::options::{Place, Tongue, person};
use super::{Context, Exit, OnInstallation, new_file};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept copy 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --data D
  kept copy 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --page --language fr --output copy.html --data D

Every record with its values, purposes, bases, origin, recipients and terms; consents, objections,
rights, and what was done with the data. JSON, or a page that needs nothing else. A file is made
only where --output asks for one, readable by its owner alone.";

/// Makes a copy of everything that is held about a person.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Copy {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// As a readable page, instead of JSON
    #[arg(long)]
    page: bool,

    /// The language of titles and explanations
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    language: Tongue,

    /// A file to be made; there must be none of this name
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Copy {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let path = self.output.as_deref().map(|path| context.io.path(path));
        path.as_deref().map_or(Ok(()), new_file::free)?;
        let destination = match path {
            Some(_) => Destination::File,
            None => Destination::Screen,
        };
        let actor = context.actor(&self.place);
        let copy = kept.copy(self.person, self.language.into(), &actor, destination)?;
        let bytes = match self.page {
            true => web::pages::copy::render(copy.sheet()),
            false => format!("{:#}\n", copy.to_json()),
        };
        let Some(path) = path else {
            context.io.print(&bytes);
            return Ok(Exit::Done);
        };
        new_file::write(&path, bytes.as_bytes(), new_file::Readers::Owner)?;
        let shown = self
            .output
            .as_deref()
            .unwrap_or(&path)
            .display()
            .to_string();
        context.answer(
            |colour| {
                format!(
                    "{} a file that holds personal data was made: {shown}\n  \
                     readable by its owner alone; delete it once it was handed over\n  \
                     entry {} of the journal\n",
                    Paint::Good.on("done:", colour),
                    copy.receipt
                )
            },
            || json!({ "file": shown, "records": copy.records, "receipt": copy.receipt }),
        );
        Ok(Exit::Done)
    }
}
