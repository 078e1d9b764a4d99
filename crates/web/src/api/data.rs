//! Values of people in what programs send and get: read into types at the boundary, and given as a
//! recorded grant has opened them.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use domain::collect::Collection;
use domain::term::{Awaited, Term};
use domain::value::{Payload, Value as Held};
use domain::{Moment, Personal, RecordId, Terms};
use jiff::Timestamp;
use policy::authorisation::Reach;
use policy::authorisation::words::sentence;
use policy::model::{
    Basis, CategoryId, FieldId, FormId, KindId, Language, OriginId, Policy, PurposeSet,
};
use serde::{Deserialize, Serialize};
use services::Opened;
use services::collect::NewData;
use services::desk::Desk;
use services::form::{answered, brought, shared};
use utoipa::ToSchema;

use super::names;
use super::problem::Wrong;

/// A value of a field: a text, a number, or yes or no.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Datum {
    Text(String),
    Number(i64),
    YesNo(bool),
}

/// Values by the names of their fields.
pub(super) type Values = BTreeMap<String, Datum>;

/// Data about one person, with what it states of itself (4a).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Taken {
    /// The form that it was filled in on, which states the rest
    #[serde(default)]
    form: Option<String>,
    /// As what kind of person they are met
    #[serde(default)]
    #[schema(example = "contact")]
    kind: Option<String>,
    /// Where it comes from
    #[serde(default)]
    #[schema(example = "business-card")]
    origin: Option<String>,
    /// What it is for
    #[serde(default)]
    #[schema(example = json!(["contact-relations"]))]
    purposes: Vec<String>,
    /// When it was collected; left out: now
    #[serde(default)]
    #[schema(format = DateTime)]
    collected: Option<String>,
    /// The contract, debit or dispute that it belongs to
    #[serde(default)]
    matter: Option<String>,
    /// Who carries the processing out, if it is not the controller
    #[serde(default)]
    processor: Option<String>,
    /// The records
    #[schema(min_items = 1)]
    records: Vec<NewRecord>,
}

/// One record.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct NewRecord {
    /// Its category
    #[schema(example = "identity")]
    category: String,
    /// Its values, by field
    #[schema(example = json!({ "surname": "Vasseur" }))]
    values: BTreeMap<String, Datum>,
    /// The person's records that it was derived from by analysis; it falls with them
    #[serde(default)]
    derived_from: Vec<String>,
}

/// What data states of itself.
struct States {
    kind: KindId,
    origin: OriginId,
    purposes: PurposeSet,
}

impl Taken {
    /// The records, to be decided on.
    pub(super) fn records(&self, desk: &Desk<'_>) -> Result<Vec<NewData>, Wrong> {
        let law = desk.kept().law();
        let policy = law.policy();
        let form = self.form.as_deref();
        let form = form
            .map(|name| names::form(policy, name, "form"))
            .transpose()?;
        let parsed: Vec<(CategoryId, Payload)> = self
            .records
            .iter()
            .map(|record| {
                let category = names::category(policy, &record.category, "category")?;
                Ok((category, payload(policy, category, &record.values)?))
            })
            .collect::<Result<_, Wrong>>()?;
        let states = self.states(desk, policy, form, &parsed)?;
        let now = desk.kept().moment()?.now;
        let collected: Option<Timestamp> = names::at(self.collected.as_ref(), "collected")?;
        let matter = self.matter.as_deref();
        let matter = matter.map(|id| names::id_at(id, "matter")).transpose()?;
        let processor = self.processor.as_deref();
        let processor = processor.map(|name| names::processor(policy, name, "processor"));
        let processor = processor.transpose()?;
        let given: Vec<CategoryId> = parsed.iter().map(|(category, _)| *category).collect();
        let records = parsed.into_iter().zip(&self.records);
        records
            .map(|((category, payload), record)| {
                let derived_from = record.derived_from.iter();
                let derived_from = derived_from.map(|id| names::id_at(id, "derived-from"));
                Ok(NewData {
                    derived_from: derived_from.collect::<Result<Vec<RecordId>, Wrong>>()?,
                    collection: Collection {
                        category,
                        fields: payload.fields(),
                        origin: states.origin,
                        brought_by: desk.actor().account.clone(),
                        purposes: shared(policy, states.purposes, category, &given),
                        kind: states.kind,
                        matter,
                        processor,
                        collected: collected.unwrap_or(now),
                        approved: false,
                    },
                    values: Personal::new(payload),
                    unique: None,
                })
            })
            .collect()
    }

    fn states(
        &self,
        desk: &Desk<'_>,
        policy: &Policy,
        form: Option<FormId>,
        parsed: &[(CategoryId, Payload)],
    ) -> Result<States, Wrong> {
        let kind = self.kind.as_deref();
        let kind = kind
            .map(|name| names::kind(policy, name, "kind"))
            .transpose()?;
        if let Some(form) = form {
            let given: Vec<FieldId> = parsed.iter().flat_map(fields).collect();
            let states = brought(policy, form, kind)
                .and_then(|states| answered(policy, form, &given).map(|()| states))
                .map_err(|fault| desk.refused_on_form(fault, form))?;
            return Ok(States {
                kind: states.kind,
                origin: states.origin,
                purposes: states.purposes,
            });
        }
        let purposes = names::purposes(policy, &self.purposes, "purposes")?;
        let origin = self.origin.as_deref();
        let origin = origin
            .map(|name| names::origin(policy, name, "origin"))
            .transpose()?;
        match (kind, origin) {
            (Some(kind), Some(origin)) if !purposes.is_empty() => Ok(States {
                kind,
                origin,
                purposes,
            }),
            _ => Err(Wrong::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "the data does not state its kind of person, its origin and its purposes",
            )
            .rule("4a")
            .remedy("state all three, or the form that it was filled in on")),
        }
    }
}

/// The fields that there are values for.
fn fields((category, payload): &(CategoryId, Payload)) -> Vec<FieldId> {
    let of = |field: &u8| FieldId {
        category: *category,
        field: *field,
    };
    payload.0.keys().map(of).collect()
}

/// Values of one category, each in the normal form of its type.
pub(super) fn payload(
    policy: &Policy,
    category: CategoryId,
    values: &Values,
) -> Result<Payload, Wrong> {
    let declared = &policy.category(category).fields;
    let mut payload = Payload::default();
    for (name, datum) in values {
        let place = declared.iter().position(|field| field.name == *name);
        let place = place.ok_or_else(|| names::unknown("field of its category", "values"))?;
        let field = &declared[place];
        let text = match datum {
            Datum::Text(text) => text.clone(),
            Datum::Number(number) => number.to_string(),
            Datum::YesNo(is) => is.to_string(),
        };
        let value = Held::parse(&field.kind, &text).map_err(|fault| {
            let why = format!("the value of `{}` is not usable: {fault}", field.name);
            Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why)
        })?;
        payload.0.insert(place as u8, value);
    }
    match payload.0.is_empty() {
        true => Err(Wrong::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "a record has no values",
        )),
        false => Ok(payload),
    }
}

/// A value to look for, of a field.
pub(super) fn value(policy: &Policy, field: FieldId, text: &str) -> Result<Held, Wrong> {
    Held::parse(&policy.field(field).kind, text).map_err(|fault| {
        let name = &policy.field(field).name;
        let why = format!("the value of `{name}` is not usable: {fault}");
        Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why)
    })
}

/// A record that was opened, with why.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Record {
    /// Which record
    record: String,
    /// Its category
    #[schema(example = "identity")]
    category: String,
    /// The values that the role may see, by field
    values: BTreeMap<String, Datum>,
    /// The legal basis on which it was opened
    #[schema(example = "legitimate-interests")]
    basis: &'static str,
    /// Where it came from
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// When it was collected
    #[serde(skip_serializing_if = "Option::is_none")]
    collected: Option<String>,
    /// Until when it may be read so
    until: Until,
    /// The grant of the authorisation that opens it, in words
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<String>,
}

/// A record that may be opened, and was not.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct May {
    /// Which record
    record: String,
    /// Its category
    category: String,
    /// Which fields, as `category.field`
    fields: Vec<String>,
    /// The legal basis
    basis: &'static str,
    /// Until when
    until: Until,
    /// The grant of the authorisation, in words
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<String>,
}

/// What is held and stays closed, with the rule that closes it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Withheld {
    /// Which record
    record: String,
    /// Its category
    category: String,
    /// Which fields, as `category.field`; none: all of it
    fields: Vec<String>,
    /// The rule
    #[schema(example = "recipients.marketing")]
    rule: String,
    /// What it says
    why: String,
}

/// Until when something may be used.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Until {
    /// How its end is known: `through` a day, `waits` for something, `held` whatever the term
    state: &'static str,
    /// The last day; of a hold the day on which it is looked at again
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    day: Option<String>,
    /// What it waits for
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<String>,
}

impl Until {
    pub(super) fn of(policy: &Policy, term: Term) -> Self {
        let (state, day, waits_for) = match term {
            Term::Through(day) => ("through", Some(day), None),
            Term::Waits(Awaited::Fact(fact)) => ("waits", None, Some(&policy.fact(fact).name)),
            Term::Waits(Awaited::EndOf(span)) => ("waits", None, Some(&policy.span(span).name)),
            Term::Held(day) => ("held", day, None),
        };
        Self {
            state,
            day: day.map(|day| day.to_string()),
            waits_for: waits_for.cloned(),
        }
    }
}

/// The name of a legal basis: those of GDPR 6(1).
pub(super) const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Consent => "consent",
        Basis::Contract(_) => "contract",
        Basis::LegalObligation => "legal-obligation",
        Basis::VitalInterests => "vital-interests",
        Basis::PublicTask => "public-task",
        Basis::LegitimateInterests => "legitimate-interests",
    }
}

/// The values of an opened record, by field.
fn values(policy: &Policy, opened: &Opened) -> Values {
    let fields = &policy.category(opened.permitted.category).fields;
    let values = opened.values.disclose().0.iter();
    values
        .map(|(field, value)| {
            let datum = match value {
                Held::Integer(number) => Datum::Number(*number),
                Held::Boolean(is) => Datum::YesNo(*is),
                other => Datum::Text(other.display()),
            };
            (fields[usize::from(*field)].name.clone(), datum)
        })
        .collect()
}

impl Record {
    pub(super) fn of(
        terms: Terms<'_>,
        subject: &domain::subject::Subject,
        opened: &Opened,
        granted: Option<&Reach>,
    ) -> Self {
        let policy = terms.policy;
        let permitted = &opened.permitted;
        let held = subject.records.iter().find(|it| it.id == permitted.record);
        Self {
            record: permitted.record.to_string(),
            category: policy.category(permitted.category).name.clone(),
            values: values(policy, opened),
            basis: basis(permitted.basis),
            origin: held.map(|held| policy.origin(held.origin).name.clone()),
            collected: held.map(|held| held.collected.to_string()),
            until: Until::of(policy, permitted.until),
            granted: granted.and_then(|reach| why(terms, reach)),
        }
    }
}

impl May {
    pub(super) fn of(
        terms: Terms<'_>,
        permitted: &domain::decide::Permitted,
        granted: Option<&Reach>,
    ) -> Self {
        let policy = terms.policy;
        Self {
            record: permitted.record.to_string(),
            category: policy.category(permitted.category).name.clone(),
            fields: names::of_fields(policy, permitted.category, permitted.fields),
            basis: basis(permitted.basis),
            until: Until::of(policy, permitted.until),
            granted: granted.and_then(|reach| why(terms, reach)),
        }
    }
}

impl Withheld {
    pub(super) fn of(terms: Terms<'_>, one: &domain::decide::Withheld) -> Self {
        let policy = terms.policy;
        Self {
            record: one.record.to_string(),
            category: policy.category(one.category).name.clone(),
            fields: names::of_fields(policy, one.category, one.fields),
            rule: one.rule.name(terms),
            why: one.rule.sentence(terms, Language::En),
        }
    }
}

/// Why something is open to a role: the grant, in words.
fn why(terms: Terms<'_>, reach: &Reach) -> Option<String> {
    let authorisation = terms.authorisation?;
    Some(sentence(authorisation, terms.policy, reach, Language::En))
}

/// When something is said to have happened; left out: now.
pub(super) fn when(
    stated: Option<&String>,
    name: &str,
    moment: Moment,
) -> Result<Timestamp, Wrong> {
    Ok(names::at(stated, name)?.unwrap_or(moment.now))
}

/// A statement that goes with an act: the proof of a consent, the reason of a hold.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Stated {
    /// The category of its fields
    category: String,
    /// Its values, by field
    values: BTreeMap<String, Datum>,
    /// Where it comes from
    origin: String,
    /// As what kind of person they are met; left out: what they are today
    #[serde(default)]
    kind: Option<String>,
}

impl Stated {
    pub(super) fn statement(
        &self,
        policy: &Policy,
        made: Option<Timestamp>,
    ) -> Result<services::statement::Statement, Wrong> {
        let category = names::category(policy, &self.category, "category")?;
        let kind = self.kind.as_deref();
        Ok(services::statement::Statement {
            category,
            values: Personal::new(payload(policy, category, &self.values)?),
            origin: names::origin(policy, &self.origin, "origin")?,
            kind: kind
                .map(|name| names::kind(policy, name, "kind"))
                .transpose()?,
            purposes: PurposeSet::EMPTY,
            made,
        })
    }
}

/// A name that a recorded grant has opened.
pub(super) fn name(name: &Personal<String>) -> String {
    name.disclose().clone()
}
