//! Diagnostics for programs to read; the fields are stable.

use serde_json::{Value, json};

use super::{Diagnostic, Label};

/// Diagnostics as JSON: a list of objects with `code`, `level`, `message`, `at`, `places`, `why`,
/// `source`, `help` and `acknowledged`; a place has `line` and `column` (from 1, in characters),
/// `start` and `end` (in bytes) and `label`. What there is not is `null`.
#[must_use]
pub fn to_json(diagnostics: &[Diagnostic], source: &str) -> Value {
    diagnostics
        .iter()
        .map(|diagnostic| {
            json!({
                "code": diagnostic.code.as_str(),
                "level": diagnostic.level.as_str(),
                "message": diagnostic.message,
                "at": diagnostic.at,
                "places": diagnostic.labels.iter().map(|l| place(l, source)).collect::<Vec<_>>(),
                "why": diagnostic.why,
                "source": diagnostic.source,
                "help": diagnostic.help,
                "acknowledged": diagnostic.acknowledged,
            })
        })
        .collect()
}

fn place(label: &Label, source: &str) -> Value {
    let before = source.get(..label.span.start).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |line| line.chars().count())
        + 1;
    json!({
        "line": line,
        "column": column,
        "start": label.span.start,
        "end": label.span.end,
        "label": label.text,
    })
}
