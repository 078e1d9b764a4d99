//! `kept correct`: what is held about a person is put right (GDPR 16).

use clap::Args;
use domain::value::Payload;
use domain::{Fault, Personal, RecordId, SubjectId};
use serde_json::json;
use services::Kept;
use services::correct::Correction;

use super::options::{Changing, Place, person};
use super::values::Values;
use super::{Context, Exit, OnInstallation, acted, invalid, names};

const EXAMPLE: &str = "\
Examples:
  kept correct 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --record 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8da0 \\
    --field contact-details.email=a.roche@exemple.fr --data D
  kept correct 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --record 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8da0 \\
    --clear contact-details.telephone --data D

Each record's identifier stands in `kept show`. What is put right takes the place of the record
under a new identifier: no term moves, and what was wrong is destroyed.";

/// Puts right what is held about a person.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Correct {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// The record that is wrong
    #[arg(long, value_name = "RECORD")]
    record: RecordId,

    #[command(flatten)]
    values: Values,

    /// A field that holds nothing any more; may be repeated
    #[arg(long, value_name = "FIELD")]
    clear: Vec<String>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Correct {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let law = kept.law();
        let mut given = match self.values.is_empty() && !self.clear.is_empty() {
            true => Default::default(),
            false => self.values.by_category(law.policy(), context.io)?,
        };
        let cleared = self
            .clear
            .iter()
            .map(|name| names::field(law.policy(), name));
        let cleared = cleared.collect::<Result<Vec<_>, _>>()?;
        let first = given.pop_first();
        let category = first.as_ref().map(|(category, _)| *category);
        let category = category.or(cleared.first().map(|field| field.category));
        let one = given.is_empty() && cleared.iter().all(|it| Some(it.category) == category);
        if !one {
            return Err(invalid("the fields are of several categories")
                .remedy("a record is of one category: correct one after the other"));
        }
        let correction = Correction {
            record: self.record,
            values: first.map_or_else(|| Personal::new(Payload::default()), |it| it.1.values),
            cleared: cleared.iter().map(|field| field.field).collect(),
        };
        let done = kept.correct(self.person, &correction, &acting)?;
        let record = done.record.to_string();
        match &done.acted {
            Some(one) => {
                let sentence = format!("put right, as record {record}");
                let more = [("record", json!(record))];
                acted::show(one, acting.dry_run, &sentence, &more, context);
            }
            None => context.answer(
                |_| "nothing to do: what is held says so already\n".to_owned(),
                || json!({ "record": record, "receipt": null }),
            ),
        }
        Ok(Exit::Done)
    }
}
