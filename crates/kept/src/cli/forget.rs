//! `kept forget`: an erasure that a person has a right to.

use clap::Args;
use clap::builder::PossibleValuesParser;
use domain::{Fault, RecordId, SubjectId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::model::{CategorySet, ErasureGround};
use serde_json::{Value, json};
use services::forget::{CopyOut, Forgotten, REASONS};
use services::{Acting, Kept};

use super::confirm::Confirming;
use super::options::{Changing, Place, person};
use super::quantity::{counted, verb};
use super::{Context, Exit, OnInstallation, invalid};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept forget 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --reason consent-withdrawn --data D
  kept forget 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --reason unlawful \\
      --record 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8da0 --data D

The grounds that the reason reaches end at once. What a duty, a hold or a restriction keeps stays,
closed to every other use, and the answer says how much. Copies that were made before are listed:
Kept cannot reach them, so ask those who have them to delete them.

It cannot be undone, by anybody. On a terminal you are asked to type `yes`; elsewhere say `--yes`,
or nothing is changed and the exit code is 2.";

/// Erases a person's data on request.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Forget {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// The ground on which erasure is asked for
    #[arg(long, value_name = "REASON", value_parser = PossibleValuesParser::new(REASONS.map(|(name, _)| name)))]
    reason: String,

    /// Only these categories of the policy; may be repeated
    #[arg(long = "category", value_name = "NAME")]
    categories: Vec<String>,

    /// Only these records, by their identifiers in `kept show`; may be repeated
    #[arg(long = "record", value_name = "ID", conflicts_with = "categories")]
    records: Vec<RecordId>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    confirming: Confirming,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Forget {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let reason = self.reason()?;
        let categories = self.categories(kept)?;
        let acting = context.acting(&self.place, self.changing);
        let zone = kept.law().in_force.zone().clone();
        if !acting.dry_run {
            self.confirming.confirm(context, || {
                let dry_run = Acting {
                    dry_run: true,
                    ..acting.clone()
                };
                let would = self.forget(kept, reason, categories, &dry_run)?;
                Ok(text(&would, true, &zone, false))
            })?;
        }
        let forgotten = self.forget(kept, reason, categories, &acting)?;
        context.answer(
            |colour| text(&forgotten, acting.dry_run, &zone, colour),
            || {
                json!({
                    "dry-run": acting.dry_run,
                    "receipt": forgotten.acted.receipt.map(|receipt| receipt.entry),
                    "destroyed": forgotten.acted.destroyed.len(),
                    "stays": forgotten.stays.len(),
                    "epoch": forgotten.epoch,
                    "copies": forgotten.copies.iter().map(|copy| copy_json(copy, &zone))
                        .collect::<Value>(),
                })
            },
        );
        Ok(Exit::Done)
    }
}

impl Forget {
    fn forget(
        &self,
        kept: &Kept,
        reason: ErasureGround,
        categories: Option<CategorySet>,
        acting: &Acting,
    ) -> Result<Forgotten, Fault> {
        match self.records.as_slice() {
            [] => kept.forget(self.person, reason, categories, acting),
            records => kept.forget_records(self.person, reason, records, acting),
        }
    }

    fn reason(&self) -> Result<ErasureGround, Fault> {
        let known = REASONS.iter().find(|(name, _)| *name == self.reason);
        known
            .map(|(_, reason)| *reason)
            .ok_or_else(|| invalid("there is no such reason"))
    }

    fn categories(&self, kept: &Kept) -> Result<Option<CategorySet>, Fault> {
        if self.categories.is_empty() {
            return Ok(None);
        }
        let law = kept.law();
        let mut set = CategorySet::default();
        for name in &self.categories {
            set.insert(super::names::category(law.policy(), name)?);
        }
        Ok(Some(set))
    }
}

fn when(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn copy_json(copy: &CopyOut, zone: &TimeZone) -> Value {
    json!({
        "entry": copy.entry,
        "at": copy.at.display_with_offset(zone.to_offset(copy.at)).to_string(),
        "made-by": copy.account,
        "recipient": copy.recipient,
        "destination": copy.destination,
        "categories": copy.categories,
    })
}

/// The copies that are out of reach, and whom to ask for their deletion.
fn copies(forgotten: &Forgotten, zone: &TimeZone) -> String {
    if forgotten.copies.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "  {} went out; ask for their deletion, as Kept cannot reach them:\n",
        match forgotten.copies.len() {
            1 => "1 copy".to_owned(),
            many => format!("{many} copies"),
        }
    );
    for copy in &forgotten.copies {
        let role = copy.recipient.as_ref();
        let role = role.map_or_else(String::new, |role| format!(" as {role}"));
        text.push_str(&format!(
            "    entry {}: {}, to {}, made by {}{role}: ask them who has it\n",
            copy.entry,
            when(copy.at, zone),
            copy.destination,
            copy.account,
        ));
    }
    text
}

fn text(forgotten: &Forgotten, dry_run: bool, zone: &TimeZone, colour: bool) -> String {
    let gone = forgotten.acted.destroyed.len();
    let stays = forgotten.stays.len();
    if dry_run {
        let gone = counted(gone, "record");
        let sentence = format!("{gone} would be destroyed, {stays} would stay\n");
        return sentence + &copies(forgotten, zone);
    }
    let mut text = format!(
        "{} {} {} destroyed: unreadable here, from now on\n",
        Paint::Good.on("done:", colour),
        counted(gone, "record"),
        verb(gone as u64, "is", "are")
    );
    text.push_str(&format!(
        "  old copies of the files hold nothing readable once epoch {} of the keys is destroyed\n",
        forgotten.epoch
    ));
    if stays > 0 {
        text.push_str(&format!(
            "  {} {}: a duty, a hold or a restriction keeps {}, for that alone\n",
            counted(stays, "record"),
            verb(stays as u64, "stays", "stay"),
            verb(stays as u64, "it", "them")
        ));
    }
    text.push_str(&copies(forgotten, zone));
    if let Some(receipt) = forgotten.acted.receipt {
        text.push_str(&format!("  entry {} of the journal\n", receipt.entry));
    }
    text
}
