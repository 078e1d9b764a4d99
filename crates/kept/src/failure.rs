//! How an error is shown.

use domain::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::io::Io;
use crate::io::colour::Paint;

/// Shows an error beside the result: lines for people, or one JSON object for programs.
///
/// The technical cause is not shown: it may say what is not everybody's business.
pub fn show(fault: &Fault, for_programs: bool, io: &mut Io) {
    if for_programs {
        io.complain(&format!("{:#}\n", to_json(fault)));
    } else {
        io.complain(&to_text(fault, io.terminal().colour_err));
    }
}

/// The kind's name, stable for programs.
#[must_use]
pub fn kind_name(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Invalid => "invalid",
        FaultKind::Refused => "refused",
        FaultKind::Conflict => "conflict",
        FaultKind::Absent => "absent",
        FaultKind::Unavailable => "unavailable",
        FaultKind::Integrity => "integrity",
    }
}

/// What each exit code means, for help and reference.
pub const EXIT_CODES: [(u8, &str); 8] = [
    (0, "done"),
    (1, "a defect in Kept itself"),
    (2, "the input is wrong: it says where, why and what to do"),
    (3, "a rule refuses: it is named"),
    (
        4,
        "something changed meanwhile, or is in use by another process",
    ),
    (5, "there is no such thing, or none that you may know of"),
    (
        6,
        "not possible now: disk full, key missing, journal not writable",
    ),
    (7, "what is stored does not hold together: Kept stops"),
];

fn to_text(fault: &Fault, colour: bool) -> String {
    let error = Paint::Error.on("error:", colour);
    let mut text = format!("{error} {}\n", after_a_colon(&fault.message));
    if let Some(rule) = &fault.rule {
        text.push_str(&format!("  {} {rule}\n", Paint::Bold.on("rule:", colour)));
    }
    if let Some(remedy) = &fault.remedy {
        let what = Paint::Bold.on("what to do:", colour);
        text.push_str(&format!("  {what} {remedy}\n"));
    }
    text
}

/// A sentence as it stands after a colon: without its capital, unless it begins with an acronym.
fn after_a_colon(sentence: &str) -> String {
    let mut chars = sentence.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => sentence.to_owned(),
    }
}

fn to_json(fault: &Fault) -> Value {
    json!({
        "kind": kind_name(fault.kind),
        "message": fault.message,
        "rule": fault.rule,
        "remedy": fault.remedy,
        "exit": fault.kind.exit_code(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_goes_on_after_the_colon() {
        assert_eq!(
            after_a_colon("It was not collected for “Payment”"),
            "it was not collected for “Payment”"
        );
        assert_eq!(
            after_a_colon("IBAN: no such account"),
            "IBAN: no such account"
        );
        assert_eq!(after_a_colon("“Payment” rests on"), "“Payment” rests on");
    }

    fn fault() -> Fault {
        Fault::new(FaultKind::Refused, "bank details are not collected here")
            .rule("categories.banking.only-during")
            .remedy("open a sale first")
            .because("row 7 of table record")
    }

    #[test]
    fn people_read_what_happened_which_rule_and_what_to_do() {
        insta::assert_snapshot!(to_text(&fault(), false), @r"
        error: bank details are not collected here
          rule: categories.banking.only-during
          what to do: open a sale first
        ");
    }

    #[test]
    fn programs_read_the_same_without_the_technical_cause() {
        insta::assert_snapshot!(to_json(&fault()), @r#"{"kind":"refused","message":"bank details are not collected here","rule":"categories.banking.only-during","remedy":"open a sale first","exit":3}"#);
    }

    #[test]
    fn each_kind_has_an_exit_code_that_is_explained() {
        for kind in [
            FaultKind::Invalid,
            FaultKind::Refused,
            FaultKind::Conflict,
            FaultKind::Absent,
            FaultKind::Unavailable,
            FaultKind::Integrity,
        ] {
            let code = kind.exit_code();
            assert!(EXIT_CODES.iter().any(|(known, _)| *known == code), "{code}");
        }
    }
}
