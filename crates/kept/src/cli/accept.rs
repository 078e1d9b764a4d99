//! `kept accept`: a person accepts one version of one document (3b).

use clap::Args;
use domain::{Fault, SubjectId};
use jiff::civil::DateTime;
use serde_json::json;
use services::Kept;
use services::accept::Accepting;

use super::options::{Changing, Place, moment, person};
use super::{Context, Exit, OnInstallation, acted, names};

const EXAMPLE: &str = "\
Example:
  kept accept 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --document terms-of-business --version 1 \\
    --origin electronic-form --data D

It accepts that version of that document, and nothing else: no other version, no other document, and
it is no consent. What was accepted, when, and the digest of what it said are kept sealed, in the
category that the policy keeps acceptances in and for the term that it gives them. A contract is not
withdrawn from by taking an acceptance back; a new version that asks for it is accepted anew.";

/// Records that a person accepted a version of a document.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE, disable_version_flag = true)]
pub struct Accept {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// Which document of the policy
    #[arg(long, value_name = "NAME")]
    document: String,

    /// Which version of it; the latest, if left out
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,

    /// How it was accepted: an origin of the policy
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,

    /// When it was accepted, in the controller's time zone; now, if left out
    #[arg(long, value_name = "DATE-TIME")]
    on: Option<DateTime>,

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
        let acting = context.acting(&self.place, self.changing);
        let law = kept.law();
        let policy = law.policy();
        let document = names::document(policy, &self.document)?;
        let origin = self.origin.as_deref();
        let origin = origin.ok_or_else(|| names::no_origin("the acceptance"))?;
        let accepting = Accepting {
            document,
            version: self.version,
            accepted: self.on.map(|on| moment(kept, on)).transpose()?,
            origin: names::origin(policy, origin)?,
        };
        let (version, done) = kept.accept(self.person, &accepting, &acting)?;
        let name = &policy.document(document).name;
        let sentence = format!("{name}, version {version}, accepted");
        let more = [("document", json!(name)), ("version", json!(version))];
        acted::show(&done, acting.dry_run, &sentence, &more, context);
        Ok(Exit::Done)
    }
}
