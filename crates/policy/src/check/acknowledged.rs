//! Advice that was answered in the file.

use crate::diagnostics::{Code, Diagnostic, Level};
use crate::model::Acknowledgement;
use crate::tree::Places;

/// Marks the advice that is acknowledged with its reason, and advises of acknowledgements that
/// match nothing: what they answered is gone, or they never named it. In a file that could not be
/// `readable` as a whole, what they match may be there.
pub(crate) fn acknowledge(
    acknowledged: &[Acknowledgement],
    places: &Places,
    readable: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut used = vec![false; acknowledged.len()];
    for diagnostic in diagnostics.iter_mut().filter(|d| d.level == Level::Advice) {
        for (answer, used) in acknowledged.iter().zip(&mut used) {
            if answers(answer, diagnostic) {
                *used = true;
                diagnostic
                    .acknowledged
                    .get_or_insert_with(|| answer.reason.clone());
            }
        }
    }
    for (number, (answer, used)) in acknowledged.iter().zip(used).enumerate() {
        let is_advice = Code::parse(&answer.code).is_some_and(|c| c.level() == Level::Advice);
        if used || !is_advice || !readable {
            continue;
        }
        let path = format!("acknowledged[{number}]");
        let message = format!("there is no advice {} at `{}`", answer.code, answer.at);
        diagnostics.push(
            Diagnostic::new(Code::UnusedAcknowledgement, path.clone(), message)
                .label(places.value(&format!("{path}.at")), "")
                .help("take it away, or correct `at`: `kept check` names the path of each advice"),
        );
    }
}

/// Whether an acknowledgement answers a piece of advice: of its code, at its path or around it.
fn answers(answer: &Acknowledgement, diagnostic: &Diagnostic) -> bool {
    answer.code == diagnostic.code.as_str()
        && diagnostic
            .at
            .strip_prefix(answer.at.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
