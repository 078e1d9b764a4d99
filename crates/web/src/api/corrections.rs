//! Putting right what is held about a person.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::value::Payload;
use domain::{Personal, RecordId, SubjectId};
use policy::model::{CategoryId, Policy};
use serde::{Deserialize, Serialize};
use services::correct::Correction;
use services::desk::Desk;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::Problems;
use super::call::{Acts, Call, Dry, States};
use super::data::{Datum, payload};
use super::names;
use super::problem::Wrong;
use super::reply::{Done, Reply};
use super::subjects::done;

/// What is right about one record.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Right {
    /// Values that are put right, by field; the others stay as they are
    #[serde(default)]
    #[schema(example = json!({ "surname": "Vasseur" }))]
    values: BTreeMap<String, Datum>,
    /// Fields that hold nothing any more
    #[serde(default)]
    clear: Vec<String>,
}

/// What was put right.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Corrected {
    /// The record that took the place of the wrong one; that one, where nothing had to change
    record: String,
    /// Whether something changed
    changed: bool,
    /// The act, where something changed
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<Done>,
}

impl Right {
    fn correction(
        &self,
        policy: &Policy,
        (record, category): (RecordId, CategoryId),
    ) -> Result<Correction, Wrong> {
        let fields = &policy.category(category).fields;
        let cleared = self.clear.iter().map(|name| {
            let place = fields.iter().position(|field| field.name == *name);
            let place = place.and_then(|place| u8::try_from(place).ok());
            place.ok_or_else(|| names::unknown("field of its category", "clear"))
        });
        let cleared: Vec<u8> = cleared.collect::<Result<_, _>>()?;
        let values = match self.values.is_empty() {
            true if cleared.is_empty() => {
                let why = "nothing is said to be right";
                return Err(Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why));
            }
            true => Payload::default(),
            false => payload(policy, category, &self.values)?,
        };
        Ok(Correction {
            record,
            values: Personal::new(values),
            cleared,
        })
    }
}

/// The category of a record that is held about a person.
fn category(desk: &Desk<'_>, id: SubjectId, record: RecordId) -> Result<CategoryId, Wrong> {
    let kept = desk.kept();
    let subject = kept.person(id, &kept.law())?.subject;
    let mut held = subject.records.iter().filter(|held| !held.tombstone);
    let found = held.find(|held| held.id == record);
    found
        .map(|held| held.category)
        .ok_or_else(|| Wrong::new(StatusCode::NOT_FOUND, "there is nothing of this identifier"))
}

/// Put a record right
///
/// A record is never edited: another takes its place, on the same grounds and with the same term, and the
/// wrong one is destroyed.
#[utoipa::path(patch, operation_id = "correct_record",
    path = "/subjects/{subject}/records/{record}", tag = "rights",
    params(("subject" = String, Path), ("record" = String, Path), States, Acts, Dry),
    request_body = Right, responses((status = 200, body = Corrected), Problems))]
pub(super) async fn correct(Path((id, record)): Path<(String, String)>, call: Call) -> Response {
    call.act(move |desk, call| {
        let id: SubjectId = names::id(&id)?;
        let record: RecordId = names::id(&record)?;
        let right: Right = call.body()?;
        let law = desk.kept().law();
        let of = (record, category(desk, id, record)?);
        let corrected = desk.correct(id, &right.correction(law.policy(), of)?)?;
        let answer = Corrected {
            record: corrected.record.to_string(),
            changed: corrected.acted.is_some(),
            done: corrected.acted.as_ref().map(Done::of),
        };
        done(desk, id, Reply::ok(answer))
    })
    .await
}
