//! What is wrong with a configuration: where, why, what to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::source::Place;

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What, in one sentence without a full stop.
    pub message: String,
    /// Where.
    pub(super) place: Place,
    /// Why it matters.
    pub why: Option<&'static str>,
    /// What to do.
    pub help: Option<String>,
}

impl Finding {
    pub(super) fn new(place: Place, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place,
            why: None,
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn why(mut self, why: &'static str) -> Self {
        self.why = Some(why);
        self
    }
}

/// All that is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much is wrong.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each thing that is wrong.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }

    /// For people to read: the place underlined, why it matters, what to do. Values of the
    /// environment are not repeated.
    #[must_use]
    pub fn render(&self, text: &str, file_name: &str, colour: bool) -> String {
        let renderer = match colour {
            true => Renderer::styled(),
            false => Renderer::plain(),
        };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut shown = String::new();
        for finding in &self.0 {
            shown.push_str(&renderer.render(&[group(finding, text, file_name)]));
            shown.push_str("\n\n");
        }
        shown
    }
}

fn group<'a>(finding: &'a Finding, text: &'a str, file_name: &'a str) -> Group<'a> {
    let title = match &finding.place {
        Place::Variable(name) => format!("{name} in the environment: {}", finding.message),
        Place::File(_) | Place::Nowhere => finding.message.clone(),
    };
    let mut group = Group::with_title(Level::ERROR.primary_title(title));
    if let Place::File(span) = &finding.place {
        let start = span.start.min(text.len());
        let end = span.end.clamp(start, text.len());
        group = group.element(
            Snippet::source(text)
                .path(file_name)
                .annotation(AnnotationKind::Primary.span(start..end)),
        );
    }
    if let Some(why) = finding.why {
        group = group.element(Level::NOTE.message(why));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}
