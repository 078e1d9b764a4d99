//! `/me/correct/{record}`: somebody puts right what they may change themselves (12a).

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::value::{Payload, Value};
use domain::{Fault, FaultKind, Personal, RecordId, Rule};
use policy::model::{CategoryId, FieldId, FieldType};
use services::copy::sheet::Record;
use services::correct::Correction;

use crate::pages::portal::correct::{self, Changeable, Correct};
use crate::signed_in::{Person, for_person};
use crate::site::{Answer, Asked, Site, Visit};

/// What the form sends: values by the names of their fields.
type Answers = HashMap<String, String>;

pub(super) async fn get(
    State(site): State<Site>,
    Path(record): Path<String>,
    asked: Asked,
) -> Response {
    for_person(site, asked, move |site, visit, person| {
        let view = view(site, visit, person, &record)?;
        Ok(Answer::page(correct::render(
            &view,
            visit.law.policy(),
            &visit.frame,
        )))
    })
    .await
}

pub(super) async fn post(
    State(site): State<Site>,
    Path(record): Path<String>,
    asked: Asked,
    Form(answers): Form<Answers>,
) -> Response {
    for_person(site, asked, move |site, visit, person| {
        let own = site.kept.own(&person.session)?;
        let id = known(&record)?;
        if !own.has(id)? {
            return Err(gone());
        }
        let mut view = view(site, visit, person, &record)?;
        let correction = match answered(visit, id, &mut view, &answers)? {
            Some(correction) => correction,
            None => return Ok(again(&view, visit)),
        };
        match own.correct(&correction) {
            Ok(_) => Ok(Answer::go(visit.frame.link("/me", &[("corrected", "yes")]))),
            Err(fault) if matches!(fault.kind, FaultKind::Refused | FaultKind::Invalid) => {
                view.refused = Some(fault.message);
                Ok(again(&view, visit))
            }
            Err(fault) => Err(fault),
        }
    })
    .await
}

fn again(view: &Correct, visit: &Visit) -> Answer {
    let page = correct::render(view, visit.law.policy(), &visit.frame);
    Answer::page(page).status(StatusCode::UNPROCESSABLE_ENTITY)
}

fn known(record: &str) -> Result<RecordId, Fault> {
    record.parse().map_err(|_| gone())
}

fn gone() -> Fault {
    Fault::new(FaultKind::Absent, "there is no such data of yours any more")
        .remedy("go back to your data: what was put right is there")
}

/// The correction that was sent; nothing where an answer is none of its field's, which the view says.
/// Every answer is tried, whatever the form offered: what may not be changed is refused by its rule.
fn answered(
    visit: &Visit,
    record: RecordId,
    view: &mut Correct,
    answers: &Answers,
) -> Result<Option<Correction>, Fault> {
    let policy = visit.law.policy();
    let (mut payload, mut cleared) = (Payload::default(), Vec::new());
    let mut sound = true;
    for (name, text) in answers {
        let Some(field) = policy.field_named(name) else {
            return Err(gone());
        };
        let shown = view.fields.iter_mut().find(|it| it.name == *name);
        let text = text.trim();
        if text.is_empty() {
            cleared.push(field.field);
        } else {
            match Value::parse(&policy.field(field).kind, text) {
                Ok(value) => {
                    payload.0.insert(field.field, value);
                }
                Err(_) => {
                    sound = false;
                    if let Some(shown) = shown {
                        shown.error = Some(visit.phrases().people.no_value.to_owned());
                        shown.value = text.to_owned();
                    }
                    continue;
                }
            }
        }
        if let Some(shown) = shown {
            shown.value = text.to_owned();
        }
    }
    Ok(sound.then(|| Correction {
        record,
        values: Personal::new(payload),
        cleared,
    }))
}

/// The record as it is held, read under a recorded grant.
fn view(site: &Site, visit: &Visit, person: &Person, record: &str) -> Result<Correct, Fault> {
    let own = site.kept.own(&person.session)?;
    let copy = own.shown(visit.frame.language)?;
    let records = copy.sheet().records.iter();
    let mut records = records.filter(|it| it.id == record && !it.derived);
    let held = records.next().ok_or_else(gone)?;
    let (fill, policy) = (visit.fill(), visit.law.policy());
    let categories = (0u8..).map(CategoryId).zip(&policy.categories);
    let mut categories = categories.filter(|(_, it)| it.name == held.category.name);
    let (id, category) = categories.next().ok_or_else(gone)?;
    let value = |name: &str| {
        let found = held.values.iter().find(|(field, _)| field.name == name);
        found.map(|(_, value)| value.clone())
    };
    let (mut fields, mut fixed, mut first) = (Vec::new(), Vec::new(), None);
    for (at, field) in (0u8..).zip(&category.fields) {
        if field.correctable {
            let choices = match &field.kind {
                FieldType::Choice(values) => values.clone(),
                _ => Vec::new(),
            };
            fields.push(Changeable {
                name: format!("{}.{}", category.name, field.name),
                title: fill.say(&field.title),
                kind: line(&field.kind),
                autocomplete: autocomplete(&field.kind),
                choices,
                value: value(&field.name).unwrap_or_default(),
                error: None,
            });
        } else if let Some(value) = value(&field.name) {
            fixed.push((fill.say(&field.title), value));
            first.get_or_insert(FieldId {
                category: id,
                field: at,
            });
        }
    }
    let why = first.map(|field| fill.why(Rule::NotCorrectable { field }).sentence);
    Ok(Correct {
        record: record.to_owned(),
        category: title(held),
        fields,
        fixed,
        why: why.unwrap_or_default(),
        refused: None,
    })
}

fn title(record: &Record) -> String {
    record.category.title.clone()
}

/// How a field is typed, as HTML names it.
fn line(kind: &FieldType) -> &'static str {
    match kind {
        FieldType::Email => "email",
        FieldType::Telephone => "tel",
        FieldType::Date => "date",
        FieldType::Integer => "number",
        FieldType::Note => "lines",
        _ => "text",
    }
}

fn autocomplete(kind: &FieldType) -> Option<&'static str> {
    Some(match kind {
        FieldType::Email => "email",
        FieldType::Telephone => "tel",
        FieldType::PostalCode => "postal-code",
        FieldType::Country => "country",
        _ => return None,
    })
}
