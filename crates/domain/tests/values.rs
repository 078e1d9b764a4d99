//! Values have one form, wrong ones are refused with what is expected, and nothing leaks.

use domain::{Payload, Personal, Value, ValueFault};
use policy::model::FieldType;
use proptest::prelude::*;
use zeroize::Zeroize;

fn types() -> Vec<FieldType> {
    vec![
        FieldType::Text,
        FieldType::PersonName,
        FieldType::Note,
        FieldType::Email,
        FieldType::Telephone,
        FieldType::AddressLine,
        FieldType::PostalCode,
        FieldType::Country,
        FieldType::Date,
        FieldType::Integer,
        FieldType::Boolean,
        FieldType::Choice(vec!["Morning".to_owned(), "Evening".to_owned()]),
        FieldType::Iban,
        FieldType::IpAddress,
        FieldType::Token,
        FieldType::Url,
        FieldType::Moment,
    ]
}

#[test]
fn text_is_trimmed_and_composed() {
    let parse = |text| Value::parse(&FieldType::PersonName, text);
    let composed = Value::Text("Zoé Lefèvre".to_owned());
    assert_eq!(parse("  Zoe\u{301}  Lefe\u{300}vre "), Ok(composed));
    assert_eq!(parse(" \t "), Err(ValueFault::Empty));
    assert_eq!(parse("Zoé\u{7}"), Err(ValueFault::Control));
    assert_eq!(parse(&"x".repeat(501)), Err(ValueFault::TooLong(500)));
}

#[test]
fn a_note_keeps_its_lines() {
    let note = Value::parse(&FieldType::Note, "First\r\nsecond\r\n");
    assert_eq!(note, Ok(Value::Text("First\nsecond".to_owned())));
}

#[test]
fn each_type_says_what_it_expects() {
    for (kind, text, fault) in [
        (FieldType::Integer, "12.5", ValueFault::Integer),
        (FieldType::Boolean, "maybe", ValueFault::Boolean),
        (FieldType::Country, "Atlantis", ValueFault::Country),
        (FieldType::Date, "31/02/1980", ValueFault::NoSuchDay),
        (FieldType::IpAddress, "300.1.1.1", ValueFault::IpAddress),
        (FieldType::Moment, "2026-01-05 09:30", ValueFault::Moment),
        (
            FieldType::PostalCode,
            "44 000 – Nantes",
            ValueFault::PostalCode,
        ),
        (
            FieldType::Choice(vec!["a".to_owned()]),
            "b",
            ValueFault::Choice,
        ),
    ] {
        let refused = Value::parse(&kind, text);
        assert_eq!(refused, Err(fault));
        assert!(
            !fault.to_string().contains(text),
            "what was given is not repeated"
        );
    }
}

#[test]
fn words_of_both_languages_are_understood() {
    for yes in ["yes", "Oui", "TRUE", "1"] {
        assert_eq!(
            Value::parse(&FieldType::Boolean, yes),
            Ok(Value::Boolean(true))
        );
    }
    assert_eq!(
        Value::parse(&FieldType::Country, "Pays-Bas"),
        Ok(Value::Text("NL".to_owned()))
    );
    assert_eq!(
        Value::parse(&FieldType::Integer, "12\u{202f}500"),
        Ok(Value::Integer(12_500))
    );
}

#[test]
fn a_telephone_number_is_read_as_dialled_in_its_country() {
    let belgian = Value::parse_in(&FieldType::Telephone, "02 513 89 40", "BE");
    assert_eq!(belgian, Ok(Value::Text("+3225138940".to_owned())));
}

#[test]
fn nothing_of_a_value_shows_when_it_is_debugged() {
    let value = Value::Text("Camille".to_owned());
    let payload = Payload([(0, value.clone())].into_iter().collect());
    assert!(
        !format!("{value:?} {payload:?} {:?}", Personal::new(value.clone())).contains("Camille")
    );
}

#[test]
fn a_wiped_payload_holds_nothing() {
    let mut payload = Payload(
        [(3, Value::Text("Camille".to_owned()))]
            .into_iter()
            .collect(),
    );
    assert_eq!(payload.fields(), 0b1000);
    payload.narrow(0b0111);
    assert_eq!(payload.fields(), 0);
    let mut value = Value::Text("Camille".to_owned());
    value.zeroize();
    assert_eq!(value, Value::Boolean(false));
}

#[test]
fn what_is_the_same_is_looked_up_alike() {
    let form = |text: &str| Value::Text(text.to_owned()).look_up_form();
    assert_eq!(form("AB  12"), form("ab 12"));
    assert_ne!(form("AB 12"), form("AB 13"));
}

proptest! {
    #[test]
    fn the_normal_form_is_normal(text in "\\PC{0,40}", at in 0usize..17) {
        let kind = &types()[at];
        if let Ok(value) = Value::parse(kind, &text) {
            prop_assert_eq!(Value::parse(kind, &value.display()), Ok(value));
        }
    }

    #[test]
    fn likely_texts_have_a_normal_form_too(
        text in "(\\+|00)?[0-9 .()-]{4,16}|[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,30}|[a-zé.]{1,8}@[a-z]{1,8}\\.[a-z]{2}|https?://[a-z]{1,9}\\.fr(/[a-z]*)?|[0-3]?[0-9][/.-][01]?[0-9][/.-][12][0-9]{3}",
        at in 0usize..17,
    ) {
        let kind = &types()[at];
        if let Ok(value) = Value::parse(kind, &text) {
            prop_assert_eq!(Value::parse(kind, &value.display()), Ok(value));
        }
    }
}
