//! Kinds of fact and the spans between them.

use super::Sort;
use super::reader::Reader;
use crate::diagnostics::Code;
use crate::model::{FactId, FactKind, KindId, Recorders, Span};

#[derive(Clone, Copy)]
enum Recorder {
    Staff,
    Person,
    Program,
}

pub(super) fn facts(root: &Reader<'_>) -> Vec<FactKind> {
    root.section(Sort::Fact).into_iter().map(fact).collect()
}

fn fact((name, reader): (String, Reader<'_>)) -> FactKind {
    if !reader.has("recorded-by") {
        reader.missing("recorded-by", "recorded-by = [\"staff\"]");
    }
    let fact = FactKind {
        name,
        was: reader.was(),
        title: reader.wording("title"),
        recorded_by: recorders(&reader),
        manners: texts(&reader, "manners"),
        never: texts(&reader, "never"),
        begins: reader.reference("begins", Sort::Kind).map(KindId),
        may_be_planned: reader.boolean("planned"),
        about_matter: reader.boolean("about-matter"),
        of_organisation: reader.boolean("of-organisation"),
    };
    reader.finish();
    fact
}

fn recorders(reader: &Reader<'_>) -> Recorders {
    let mut recorders = Recorders::default();
    let words = [
        ("staff", Recorder::Staff),
        ("person", Recorder::Person),
        ("program", Recorder::Program),
    ];
    for recorder in reader.words("recorded-by", &words) {
        match recorder {
            Recorder::Staff => recorders.staff = true,
            Recorder::Person => recorders.person = true,
            Recorder::Program => recorders.program = true,
        }
    }
    recorders
}

/// The words of a list, each once.
fn texts(reader: &Reader<'_>, key: &'static str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for (path, _, text) in reader.texts(key) {
        if words.iter().any(|word| word == text) {
            let message = format!("`{text}` is listed twice");
            reader
                .context
                .report(reader.context.at_value(Code::DuplicateName, &path, message));
        } else {
            words.push(text.to_owned());
        }
    }
    words
}

pub(super) fn spans(root: &Reader<'_>) -> Vec<Span> {
    root.section(Sort::Span).into_iter().map(span).collect()
}

fn span((name, reader): (String, Reader<'_>)) -> Span {
    for key in ["opens", "closes"] {
        if !reader.has(key) {
            reader.missing(key, &format!("{key} = \"contract-signed\""));
        }
    }
    let opens = reader.reference("opens", Sort::Fact);
    let closes = reader.reference("closes", Sort::Fact);
    if opens.is_some() && opens == closes {
        let message = format!("the span `{name}` opens and closes with the same fact");
        reader.context.report(
            reader
                .context
                .at_value(Code::EmptySpan, &reader.at("closes"), message)
                .help("name the fact that ends it"),
        );
    }
    let span = Span {
        name,
        was: reader.was(),
        title: reader.wording("title"),
        opens: FactId(opens.unwrap_or_default()),
        closes: FactId(closes.unwrap_or_default()),
    };
    reader.finish();
    span
}
