//! `kept consent`: consents with their proof (8b).

use clap::{Args, Subcommand};
use domain::{Fault, RecordId, SubjectId};
use jiff::civil::DateTime;
use policy::model::PurposeSet;
use serde_json::json;
use services::Kept;
use services::consent::{Consented, Proof};
use services::statement::Statement;

use super::confirm::Confirming;
use super::options::{Changing, Place, moment, person};
use super::{Context, Exit, OnInstallation, acted, names, values};

const EXAMPLE: &str = "\
Examples:
  kept consent give 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --purpose newsletters --channel email \\
    --proof consent-proofs.consent-wording='I want the newsletter' \\
    --proof consent-proofs.consent-means=form --origin electronic-form --data D
  kept consent withdraw 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --purpose newsletters --data D

The proof is kept sealed, in the category that the policy keeps proofs in. To withdraw takes no more
than to give: what rests on the consent alone ends at once. Where records go with it, you
are asked first, as it cannot be undone; where nobody can be asked, say `--yes`, or nothing is
changed and the exit code is 2.";

/// Records that a person consents, or does no longer.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Consent {
    #[command(subcommand)]
    act: ConsentAct,
}

#[derive(Debug, Subcommand)]
enum ConsentAct {
    /// The person consents
    Give(Give),
    /// The person withdraws a consent
    Withdraw(Withdraw),
}

#[derive(Debug, Args)]
struct Give {
    #[command(flatten)]
    to: To,

    /// What shows it, a field of the policy's category for proofs: `category.field=value`; may be
    /// repeated
    #[arg(
        long = "proof",
        value_name = "FIELD=VALUE",
        required_unless_present = "proof_record"
    )]
    proof: Vec<String>,

    /// A record of the person that shows it, if it is held already
    #[arg(long, value_name = "RECORD", conflicts_with = "proof")]
    proof_record: Option<RecordId>,

    /// Where the proof comes from: an origin of the policy
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,

    /// When it was given, in the controller's time zone; now, if left out
    #[arg(long, value_name = "DATE-TIME")]
    on: Option<DateTime>,

    /// The version of the policy that was shown; the one in force, if left out
    #[arg(long, value_name = "NUMBER")]
    shown: Option<u32>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Withdraw {
    #[command(flatten)]
    to: To,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    confirming: Confirming,

    #[command(flatten)]
    place: Place,
}

/// Who consents to what.
#[derive(Debug, Args)]
struct To {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// What for: a purpose of the policy
    #[arg(long, value_name = "NAME")]
    purpose: String,

    /// By which channel of the policy; may be repeated; all, if left out
    #[arg(long = "channel", value_name = "NAME")]
    channels: Vec<String>,
}

impl OnInstallation for Consent {
    fn place(&self) -> &Place {
        match &self.act {
            ConsentAct::Give(give) => &give.place,
            ConsentAct::Withdraw(withdraw) => &withdraw.place,
        }
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match &self.act {
            ConsentAct::Give(give) => give.run(kept, context),
            ConsentAct::Withdraw(withdraw) => withdraw.run(kept, context),
        }
    }
}

impl Give {
    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let law = kept.law();
        let policy = law.policy();
        let given = self.on.map(|on| moment(kept, on)).transpose()?;
        let proof = match (self.proof_record, &self.origin) {
            (Some(record), _) => Proof::Held(record),
            (None, Some(origin)) => {
                let (category, values) = values::of_one_category(policy, &self.proof, "proof")?;
                Proof::Stated(Statement {
                    category,
                    values,
                    origin: names::origin(policy, origin)?,
                    kind: None,
                    purposes: PurposeSet::EMPTY,
                    made: given,
                })
            }
            (None, None) => return Err(names::no_origin("the proof")),
        };
        let consented = Consented {
            purpose: names::purpose(policy, &self.to.purpose)?,
            channels: names::channels(policy, &self.to.channels)?,
            given,
            policy_version: self.shown,
            proof,
        };
        let (id, done) = kept.give_consent(self.to.person, &consented, &acting)?;
        let sentence = format!("consent {id} to {}", self.to.purpose);
        let more = [("consent", json!(id.to_string()))];
        acted::show(&done, acting.dry_run, &sentence, &more, context);
        Ok(Exit::Done)
    }
}

impl Withdraw {
    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let law = kept.law();
        let purpose = names::purpose(law.policy(), &self.to.purpose)?;
        let channels = names::channels(law.policy(), &self.to.channels)?;
        let done = self
            .confirming
            .unless_it_destroys_nothing(&acting, context, |acting| {
                kept.withdraw_consent(self.to.person, purpose, channels, acting)
            })?;
        let sentence = format!("consent to {} withdrawn", self.to.purpose);
        acted::show(&done, acting.dry_run, &sentence, &[], context);
        Ok(Exit::Done)
    }
}
