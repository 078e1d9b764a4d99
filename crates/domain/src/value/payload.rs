//! The values of one record, and their sealed form.

use std::collections::BTreeMap;

use minicbor::data::Type;
use policy::model::{CategoryId, FieldId};
use zeroize::Zeroize;

use super::Value;
use crate::Fault;
use crate::codec::{Reader, Writer};
use crate::names::Names;

/// The values of one record: by the place of the field in its category's list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Payload(pub BTreeMap<u8, Value>);

impl Zeroize for Payload {
    fn zeroize(&mut self) {
        for value in self.0.values_mut() {
            value.zeroize();
        }
        self.0.clear();
    }
}

impl Payload {
    /// The fields that there are values for, as bits of the category's list.
    #[must_use]
    pub fn fields(&self) -> u64 {
        self.0.keys().fold(0, |fields, field| fields | 1 << field)
    }

    /// Leaves out what is not among some fields, wiping it.
    pub fn narrow(&mut self, fields: u64) {
        self.0.retain(|field, value| {
            let keep = fields & 1 << field != 0;
            if !keep {
                value.zeroize();
            }
            keep
        });
    }

    /// The form that is sealed: a map from numbers of fields to values. A date is the tagged array
    /// `[1, days]`, a moment `[2, microseconds]`; text, numbers and yes or no are themselves.
    #[must_use]
    pub fn encode(&self, category: CategoryId, names: &Names) -> Vec<u8> {
        let mut values: Vec<(u32, &Value)> = self
            .0
            .iter()
            .map(|(field, value)| {
                (
                    names.field.number(FieldId {
                        category,
                        field: *field,
                    }),
                    value,
                )
            })
            .collect();
        values.sort_by_key(|(number, _)| *number);
        let mut w = Writer::new();
        w.map(values.len());
        for (number, value) in values {
            w.uint(u64::from(number));
            match value {
                Value::Text(text) => w.text(text),
                Value::Integer(number) => w.int(*number),
                Value::Boolean(yes) => w.bool(*yes),
                Value::Date(date) => {
                    w.array(2);
                    w.uint(1);
                    w.day(*date);
                }
                Value::Moment(moment) => {
                    w.array(2);
                    w.uint(2);
                    w.moment(*moment);
                }
            }
        }
        w.finish()
    }

    /// Reads the sealed form. A field that the policy in force no longer has is left out.
    ///
    /// # Errors
    /// [`crate::FaultKind::Integrity`] when the bytes are not in canonical form.
    pub fn decode(category: CategoryId, bytes: &[u8], names: &Names) -> Result<Self, Fault> {
        let mut r = Reader::new(bytes, "the values of a record");
        let mut values = BTreeMap::new();
        let mut last = None;
        for _ in 0..r.map()? {
            let number = r.number()?;
            if last.is_some_and(|last| last >= number) {
                return Err(r.fault());
            }
            last = Some(number);
            let value = value(&mut r)?;
            if let Some(id) = names.field.id(number).filter(|id| id.category == category) {
                values.insert(id.field, value);
            }
        }
        r.finish()?;
        Ok(Self(values))
    }
}

fn value(r: &mut Reader<'_>) -> Result<Value, Fault> {
    if r.is(Type::String)? {
        return Ok(Value::Text(r.text()?.to_owned()));
    }
    if r.is(Type::Bool)? {
        return r.bool().map(Value::Boolean);
    }
    if !r.is(Type::Array)? {
        return r.int().map(Value::Integer);
    }
    r.shape(2)?;
    match r.uint()? {
        1 => r.day().map(Value::Date),
        2 => r.moment().map(Value::Moment),
        _ => Err(r.fault()),
    }
}
