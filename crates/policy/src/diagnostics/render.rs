//! Diagnostics for people to read: the line underlined, why it matters, what to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Style, Renderer, Snippet};

use super::{Diagnostic, Level};

/// Prints diagnostics one below the other, in the manner of a compiler.
///
/// `source` is the text that they are about and `file_name` what it is called; with `colour`, the
/// text carries terminal colours.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], source: &str, file_name: &str, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&[group(diagnostic, source, file_name)]));
        text.push_str("\n\n");
    }
    text
}

fn group<'a>(diagnostic: &'a Diagnostic, source: &'a str, file_name: &'a str) -> Group<'a> {
    let style = match diagnostic.level {
        Level::Error => Style::ERROR,
        Level::Advice => Style::WARNING.with_name("advice"),
    };
    let title = style
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    if !diagnostic.labels.is_empty() {
        group = group.element(snippet(diagnostic, source, file_name));
    }
    if let Some(note) = note(diagnostic) {
        group = group.element(Style::NOTE.message(note));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Style::HELP.message(help.as_str()));
    }
    if let Some(reason) = &diagnostic.acknowledged {
        group = group.element(
            Style::NOTE
                .with_name("acknowledged")
                .message(reason.as_str()),
        );
    }
    group
}

fn snippet<'a>(
    diagnostic: &'a Diagnostic,
    source: &'a str,
    file_name: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let mut snippet = Snippet::source(source).path(file_name);
    for (place, label) in diagnostic.labels.iter().enumerate() {
        let kind = if place == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let start = label.span.start.min(source.len());
        let mut annotation = kind.span(start..label.span.end.clamp(start, source.len()));
        if !label.text.is_empty() {
            annotation = annotation.label(label.text.as_str());
        }
        snippet = snippet.annotation(annotation);
    }
    snippet
}

/// Why it matters, with its source.
fn note(diagnostic: &Diagnostic) -> Option<String> {
    match (diagnostic.why, diagnostic.source) {
        (Some(why), Some(source)) => Some(format!("{why} ({source})")),
        (Some(why), None) => Some(why.to_owned()),
        (None, Some(source)) => Some(format!("source: {source}")),
        (None, None) => None,
    }
}
