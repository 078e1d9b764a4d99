//! Names keep their numbers for ever, through renames and removals.
#![allow(clippy::unwrap_used, reason = "a helper of a test stops the test")]

use domain::names::{NameRow, Sort};
use domain::{FaultKind, Names};
use policy::model::Policy;

const TEXT: &str = policy::diagnostics::explain::MINIMAL;

fn compile(text: &str) -> Policy {
    let outcome = policy::compile(text);
    let errors: Vec<String> = outcome
        .errors()
        .map(|error| error.message.clone())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    outcome.policy.unwrap()
}

fn renamed() -> Policy {
    let sheet = "[origins.order-sheet]\nwas = \"order-form\"";
    compile(&TEXT.replace("[origins.order-form]", sheet))
}

#[test]
fn a_first_policy_gets_numbers_from_one_in_its_order() {
    let policy = compile(TEXT);
    let (names, rows) = Names::assign(&policy, &[]).unwrap();
    let email = policy.field_named("identity.email").unwrap();
    assert_eq!(names.field.number(email), 2);
    assert_eq!(names.field.id(2), Some(email));
    assert_eq!(names.field.id(0), None);
    assert_eq!(names.name_of(Sort::Field, 2), Some("identity.email"));
    let (again, none) = Names::assign(&policy, &rows).unwrap();
    assert_eq!(again, names);
    assert!(none.is_empty(), "nothing is new the second time");
}

#[test]
fn a_rename_keeps_the_number() {
    let (_, mut rows) = Names::assign(&compile(TEXT), &[]).unwrap();
    let policy = renamed();
    let (names, new) = Names::assign(&policy, &rows).unwrap();
    let origin = policy.origin_named("order-sheet").unwrap();
    assert_eq!(names.origin.number(origin), 1);
    assert_eq!(new.len(), 1);
    rows.extend(new);
    // The old name, taken up again by something else, gets another number.
    let text = TEXT.replace(
        "[origins.order-form]",
        "[origins.order-sheet]\ntitle = { en = \"Sheet\", fr = \"Feuille\" }\nfrom-person = true\n\
         [origins.order-form]",
    );
    let policy = compile(&text);
    let (names, _) = Names::assign(&policy, &rows).unwrap();
    let number = |name| names.origin.number(policy.origin_named(name).unwrap());
    assert_eq!((number("order-sheet"), number("order-form")), (1, 2));
}

#[test]
fn a_renamed_category_takes_its_fields_along() {
    let (before, rows) = Names::assign(&compile(TEXT), &[]).unwrap();
    let text = TEXT
        .replace(
            "[categories.identity]",
            "[categories.person]\nwas = \"identity\"",
        )
        .replace("categories.identity", "categories.person")
        .replace("\"identity\"]", "\"person\"]")
        .replace("identity.", "person.")
        .replace("of = \"identity\"", "of = \"person\"");
    let policy = compile(&text);
    let (after, new) = Names::assign(&policy, &rows).unwrap();
    let field = |names: &Names, policy: &Policy, name| {
        names.field.number(policy.field_named(name).unwrap())
    };
    assert_eq!(
        field(&before, &compile(TEXT), "identity.country"),
        field(&after, &policy, "person.country")
    );
    assert!(
        new.iter()
            .all(|row| matches!(row.sort, Sort::Category | Sort::Field))
    );
}

#[test]
fn a_name_that_is_gone_keeps_its_number_and_can_still_be_rendered() {
    let policy = compile(TEXT);
    let known = [NameRow {
        sort: Sort::Fact,
        number: 40,
        name: "returned".to_owned(),
    }];
    let (names, new) = Names::assign(&policy, &known).unwrap();
    assert_eq!(names.fact.id(40), None);
    assert_eq!(names.name_of(Sort::Fact, 40), Some("returned"));
    assert!(
        new.iter()
            .filter(|row| row.sort == Sort::Fact)
            .all(|row| row.number > 40)
    );
}

#[test]
fn two_names_do_not_claim_one_number() {
    let (_, rows) = Names::assign(&compile(TEXT), &[]).unwrap();
    let mut policy = compile(TEXT);
    let mut heir = policy.origins[0].clone();
    heir.name = "order-sheet".to_owned();
    heir.was = Some("order-form".to_owned());
    policy.origins.push(heir);
    let refused = Names::assign(&policy, &rows).unwrap_err();
    assert_eq!(refused.kind, FaultKind::Conflict);
}

#[test]
fn sorts_have_codes_of_their_own() {
    for sort in Sort::ALL {
        assert_eq!(Sort::from_code(sort.code()), Some(sort));
    }
    assert_eq!(Sort::from_code(0), None);
}
