//! Values: normalised where they come in, so that one thing has one form.
//!
//! Errors say what is expected and never repeat what was given.

pub mod bank;
pub mod country;
pub mod date;
pub mod payload;
pub mod reach;

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::FieldType;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroize;

pub use payload::Payload;

/// The longest line of text, in characters.
const LINE_MAX: usize = 500;
/// The longest note, in characters.
const NOTE_MAX: usize = 20_000;

/// A value of a field, in its normal form.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Text: a line, a name, an address, a token, an E.164 number, a code...
    Text(String),
    /// A calendar date.
    Date(Date),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A moment, to the microsecond.
    Moment(Timestamp),
}

/// Why a text is no value of a field's type: what is expected instead, without what was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueFault {
    /// There is nothing in it.
    Empty,
    /// It is longer than this many characters.
    TooLong(usize),
    /// It holds control characters, or a line break in a single line.
    Control,
    /// No date in a layout that is understood.
    DateLayout,
    /// The layout of a date, and no such day: 31 February.
    NoSuchDay,
    /// No whole number.
    Integer,
    /// Neither yes nor no.
    Boolean,
    /// No moment with date, time and offset.
    Moment,
    /// No e-mail address.
    Email,
    /// No telephone number that can be dialled from abroad.
    Telephone,
    /// No country, by code or name.
    Country,
    /// No IBAN: letters and figures in the wrong number.
    Iban,
    /// The check digits of an IBAN do not fit.
    IbanCheck,
    /// No IP address.
    IpAddress,
    /// No web address.
    Url,
    /// None of the listed values.
    Choice,
    /// No postal code.
    PostalCode,
}

impl fmt::Display for ValueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Empty => "it is empty",
            Self::TooLong(most) => return write!(f, "it is longer than {most} characters"),
            Self::Control => "it holds control characters",
            Self::DateLayout => {
                "a date is expected, as 1980-05-17, 19800517 or 17/05/1980 (the day first)"
            }
            Self::NoSuchDay => "there is no such day in the calendar",
            Self::Integer => "a whole number is expected",
            Self::Boolean => "yes or no is expected",
            Self::Moment => "a date with time and offset is expected, as 2026-01-05T09:30:00+01:00",
            Self::Email => "an e-mail address is expected, as name@example.org",
            Self::Telephone => {
                "a telephone number is expected, as +33 2 40 00 00 00 or as dialled in the country"
            }
            Self::Country => "a country is expected, by its name or its two-letter code",
            Self::Iban => "an IBAN is expected: two letters, two figures, then the account",
            Self::IbanCheck => "the check digits of the IBAN do not fit: one character is wrong",
            Self::IpAddress => "an IP address is expected",
            Self::Url => "a web address is expected, as https://example.org/page",
            Self::Choice => "none of the listed values",
            Self::PostalCode => "a postal code of letters and figures is expected",
        };
        f.write_str(text)
    }
}

impl std::error::Error for ValueFault {}

impl fmt::Debug for Value {
    /// The type alone: values are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Date(_) => "Date(..)",
            Self::Integer(_) => "Integer(..)",
            Self::Boolean(_) => "Boolean(..)",
            Self::Moment(_) => "Moment(..)",
        })
    }
}

impl Zeroize for Value {
    fn zeroize(&mut self) {
        if let Self::Text(text) = self {
            text.zeroize();
        }
        *self = Self::Boolean(false);
    }
}

impl Value {
    /// Takes a value in: trimmed, in Unicode form NFC, in the normal form of its type. A telephone
    /// number without a country code is taken as French; see [`Value::parse_in`].
    ///
    /// # Errors
    /// The [`ValueFault`] says what is expected.
    pub fn parse(kind: &FieldType, text: &str) -> Result<Self, ValueFault> {
        Self::parse_in(kind, text, "FR")
    }

    /// As [`Value::parse`], with the country (ISO 3166 alpha-2) of telephone numbers that are
    /// written as dialled there.
    ///
    /// # Errors
    /// The [`ValueFault`] says what is expected.
    pub fn parse_in(kind: &FieldType, text: &str, country: &str) -> Result<Self, ValueFault> {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Err(ValueFault::Empty);
        }
        let text = text.as_str();
        let line = || one_line(text).map(Value::Text);
        match kind {
            FieldType::Text | FieldType::PersonName | FieldType::AddressLine => line(),
            FieldType::Token => line(),
            FieldType::Note => note(text).map(Self::Text),
            FieldType::Email => reach::email(text).map(Self::Text),
            FieldType::Telephone => reach::telephone(text, country).map(Self::Text),
            FieldType::PostalCode => postal_code(text).map(Self::Text),
            FieldType::Country => country::code(text)
                .map(|code| Self::Text(code.to_owned()))
                .ok_or(ValueFault::Country),
            FieldType::Date => date::parse(text).map(Self::Date),
            FieldType::Integer => integer(text).map(Self::Integer),
            FieldType::Boolean => boolean(text).map(Self::Boolean),
            FieldType::Choice(values) => choice(values, text).map(Self::Text),
            FieldType::Iban => bank::iban(text).map(Self::Text),
            FieldType::IpAddress => text
                .parse::<IpAddr>()
                .map(|address| Self::Text(address.to_string()))
                .map_err(|_| ValueFault::IpAddress),
            FieldType::Url => reach::url(text).map(Self::Text),
            FieldType::Moment => moment(text).map(Self::Moment),
        }
    }

    /// The value as people read it; whoever calls this has opened it under a recorded grant.
    #[must_use]
    pub fn display(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(true) => "yes".to_owned(),
            Self::Boolean(false) => "no".to_owned(),
            Self::Moment(moment) => moment.to_string(),
        }
    }

    /// The form in which a value is looked up: equal for values that are the same thing, whatever
    /// the case and spacing they were written with.
    #[must_use]
    pub fn look_up_form(&self) -> String {
        self.display()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    }
}

fn one_line(text: &str) -> Result<String, ValueFault> {
    if text.chars().any(char::is_control) {
        return Err(ValueFault::Control);
    }
    if text.chars().count() > LINE_MAX {
        return Err(ValueFault::TooLong(LINE_MAX));
    }
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn note(text: &str) -> Result<String, ValueFault> {
    let control = |c: char| c.is_control() && c != '\n' && c != '\r' && c != '\t';
    if text.chars().any(control) {
        return Err(ValueFault::Control);
    }
    if text.chars().count() > NOTE_MAX {
        return Err(ValueFault::TooLong(NOTE_MAX));
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn integer(text: &str) -> Result<i64, ValueFault> {
    let figures: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}')
        .collect();
    figures.parse().map_err(|_| ValueFault::Integer)
}

fn boolean(text: &str) -> Result<bool, ValueFault> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "oui" | "o" | "vrai" => Ok(true),
        "no" | "n" | "false" | "0" | "non" | "faux" => Ok(false),
        _ => Err(ValueFault::Boolean),
    }
}

fn choice(values: &[String], text: &str) -> Result<String, ValueFault> {
    let folded = text.to_lowercase();
    values
        .iter()
        .find(|value| value.to_lowercase() == folded)
        .cloned()
        .ok_or(ValueFault::Choice)
}

fn postal_code(text: &str) -> Result<String, ValueFault> {
    let code = one_line(text)?.to_uppercase();
    let fits = (2..=12).contains(&code.len())
        && code
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-');
    if fits {
        Ok(code)
    } else {
        Err(ValueFault::PostalCode)
    }
}

fn moment(text: &str) -> Result<Timestamp, ValueFault> {
    let moment: Timestamp = text.parse().map_err(|_| ValueFault::Moment)?;
    Ok(crate::dossier::stored(moment))
}
