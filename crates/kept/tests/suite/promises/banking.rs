//! 10f and the banking half of 5b.

use super::people::{Person, contact, rehearsal, sweep};
use crate::installation::Installation;

const IBAN: &str = "banking.iban=FR76 3000 6000 0112 3456 7890 189";
const PAYMENT: &str = "--kind client --origin order-form --purpose payment --matter";

/// A contact who buys, with bank details for the sale.
fn buyer<'a>(installation: &'a Installation) -> (Person<'a>, String) {
    let person = contact(installation);
    let sale = person.fact("transaction-opened --new-matter --manner sale");
    person.more(&format!("{PAYMENT} {sale}"), &[IBAN]);
    (person, sale)
}

#[test]
fn promise_10f_completion_deletes_bank_details_at_once() {
    let installation = rehearsal("2026-01-31T10:00");
    let (person, sale) = buyer(&installation);
    assert!(person.readable("administration", "payment"));
    installation.at("2026-03-02T16:20");
    person.fact(&format!("debit --matter {sale}"));
    assert!(person.readable("administration", "payment"));
    let completed = person.json(&format!(
        "fact transaction-completed --person {{}} --matter {sale}"
    ));
    assert_eq!(completed["destroyed"], 1);
    assert!(!person.readable("administration", "payment"));
    let shown = person.json("show {}");
    let records = shown["records"].as_array().unwrap();
    assert!(records.iter().all(|one| one["category"] != "banking"));
    assert_eq!(person.acts().last().unwrap(), "trace-shown");
    assert!(person.acts().contains(&"swept".to_owned()));
}

#[test]
fn promise_10f_an_express_agreement_keeps_them_and_its_withdrawal_ends_it() {
    let installation = rehearsal("2026-01-31T10:00");
    let (person, sale) = buyer(&installation);
    // Without a proof there is no agreement.
    person
        .run("consent give {} --purpose stored-bank-details --origin order-form")
        .exits(2);
    person
        .run(
            "consent give {} --purpose stored-bank-details --origin order-form \
             --proof consent-proofs.consent-wording=Keep-my-account-number \
             --proof consent-proofs.consent-means=form",
        )
        .ok();
    let completed = person.json(&format!(
        "fact transaction-completed --person {{}} --matter {sale}"
    ));
    assert_eq!(completed["destroyed"], 0);
    assert!(!person.readable("administration", "payment"));
    assert!(person.readable("administration", "stored-bank-details"));
    let withdrawn = person.json("consent withdraw {} --yes --purpose stored-bank-details");
    assert_eq!(withdrawn["destroyed"], 1);
    assert!(!person.readable("administration", "stored-bank-details"));
    let acts = person.acts();
    for act in ["consent-given", "consent-withdrawn", "swept"] {
        assert!(acts.contains(&act.to_owned()), "{act}");
    }
}

#[test]
fn promise_10f_a_dispute_keeps_them_closed_to_thirteen_months_after_the_debit() {
    let installation = rehearsal("2026-01-10T10:00");
    let (person, sale) = buyer(&installation);
    installation.at("2026-01-31T10:00");
    person.fact(&format!("debit --matter {sale}"));
    installation.at("2026-02-20T10:00");
    person.fact(&format!("dispute-opened --matter {sale}"));
    assert_eq!(
        person.refused("administration", "payment"),
        "purposes.payment-disputes.arises-with",
        "evidence closes every other use at once"
    );
    assert!(person.readable("legal-affairs", "payment-disputes"));
    let completed = person.json(&format!(
        "fact transaction-completed --person {{}} --matter {sale}"
    ));
    assert_eq!(completed["destroyed"], 0);
    // Whoever wins.
    person.fact(&format!("dispute-closed --matter {sale}"));
    installation.at("2027-02-28T23:59");
    assert!(person.readable("legal-affairs", "payment-disputes"));
    assert_eq!(sweep(&installation), [""; 0]);
    installation.at("2027-03-01T00:00");
    assert_eq!(
        person.refused("legal-affairs", "payment-disputes"),
        "retention 10f-dispute"
    );
    assert_eq!(
        sweep(&installation),
        ["1 banking deleted by retention 10f-dispute"]
    );
}

#[test]
fn promise_10f_a_dispute_comes_too_late_once_they_are_gone_and_reaches_no_other_sale() {
    let installation = rehearsal("2026-01-10T10:00");
    let (person, first) = buyer(&installation);
    let second = person.fact("transaction-opened --new-matter --manner subscription");
    person.more(&format!("{PAYMENT} {second}"), &[IBAN]);
    person.fact(&format!("debit --matter {first}"));
    person.fact(&format!("transaction-completed --matter {first}"));
    person.fact(&format!("dispute-opened --matter {first}"));
    assert!(
        person.readable("administration", "payment"),
        "the other sale goes on"
    );
    assert!(!person.readable("legal-affairs", "payment-disputes"));
}

#[test]
fn promise_10f_card_numbers_and_security_codes_have_no_field() {
    let installation = rehearsal("2026-01-10T10:00");
    let (person, sale) = buyer(&installation);
    for field in [
        "banking.card-security-code=123",
        "banking.card-number=4970100000000154",
    ] {
        let run = person.try_more(&format!("{PAYMENT} {sale}"), &[field]);
        let error = run.exits(2);
        assert!(!error.err().contains("4970"), "a value is never repeated");
    }
}

#[test]
fn promise_5b_bank_details_are_refused_outside_a_subscription_or_a_sale() {
    let installation = rehearsal("2026-01-10T10:00");
    let person = contact(&installation);
    let without = "--kind client --origin order-form --purpose payment";
    let refused = person.try_more(without, &[IBAN]).exits(3).error_json();
    assert_eq!(refused["rule"], "categories.banking.only-during");
    // A matter that is no open sale is none either.
    let contract = person.fact("contract-signed --new-matter");
    person
        .try_more(&format!("{PAYMENT} {contract}"), &[IBAN])
        .exits(3);
    let sale = person.fact("transaction-opened --new-matter --manner sale");
    person.more(&format!("{PAYMENT} {sale}"), &[IBAN]);
    person.fact(&format!("transaction-completed --matter {sale}"));
    person
        .try_more(&format!("{PAYMENT} {sale}"), &[IBAN])
        .exits(3);
}
