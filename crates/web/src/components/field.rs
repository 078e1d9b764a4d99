//! A field of a form: its label, what to know beforehand, what is wrong with it, its control.

use maud::{Markup, html};

use crate::frame::Frame;
use crate::say::Either;

/// A field.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// Its name in the form, and its id.
    pub name: &'a str,
    /// What is asked.
    pub label: &'a str,
    /// What to know before answering.
    pub hint: Option<&'a str>,
    /// What is wrong with the answer.
    pub error: Option<&'a str>,
    /// Whether an answer is compulsory: a sign and a word say so (18a).
    pub required: bool,
    /// How it is answered.
    pub input: Input<'a>,
}

/// How a field is answered.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// A line of text.
    Line {
        /// The kind of line, as HTML names it: `text`, `email`, `password`, `date`.
        kind: &'a str,
        /// The answer so far; a password is never given back.
        value: &'a str,
        /// What a browser may fill in, as HTML names it (WCAG 2.2, 1.3.5).
        autocomplete: Option<&'a str>,
    },
    /// Several lines of text.
    Lines {
        /// The answer so far.
        value: &'a str,
        /// How many lines are shown.
        rows: u8,
    },
    /// One of many.
    Select {
        /// The choices.
        choices: &'a [Choice<'a>],
        /// The one chosen so far.
        chosen: Option<&'a str>,
    },
    /// One of few, all in sight.
    Radios {
        /// The choices.
        choices: &'a [Choice<'a>],
        /// The one chosen so far.
        chosen: Option<&'a str>,
    },
    /// Any of few, all in sight.
    Ticks {
        /// The choices.
        choices: &'a [Choice<'a>],
        /// Those that are ticked.
        ticked: &'a [&'a str],
    },
    /// Yes or no. It is never ticked beforehand where it is a consent (8a).
    Tick {
        /// Whether it is ticked.
        ticked: bool,
    },
}

/// A choice.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// As the form names it.
    pub value: &'a str,
    /// As people read it.
    pub title: &'a str,
}

/// The field.
#[must_use]
pub fn field(field: &Field<'_>, frame: &Frame) -> Markup {
    let wrong = field.error.is_some();
    html! {
        div.field.wrong[wrong] {
            @match &field.input {
                Input::Radios { choices, chosen } => (radios(field, choices, *chosen, frame)),
                Input::Ticks { choices, ticked } => (ticks(field, choices, ticked, frame)),
                Input::Tick { ticked } => (tick(field, *ticked, frame)),
                Input::Line { .. } | Input::Lines { .. } | Input::Select { .. } => {
                    label for=(field.name) { (question(field, frame)) }
                    (beside(field))
                    (control(field))
                }
            }
        }
    }
}

/// What is asked, with the sign of a compulsory answer in sight and in words.
fn question(field: &Field<'_>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        (field.label)
        @if field.required {
            span.required aria-hidden="true" { " *" }
            span.hidden { " (" (say.of("compulsory", "obligatoire")) ")" }
        }
    }
}

/// What is said beside a field, which its control refers to.
fn beside(field: &Field<'_>) -> Markup {
    html! {
        @if let Some(hint) = field.hint { p.hint id={ (field.name) "-hint" } { (hint) } }
        @if let Some(error) = field.error { p.error id={ (field.name) "-error" } { (error) } }
    }
}

fn described(field: &Field<'_>) -> Option<String> {
    let hint = field.hint.map(|_| format!("{}-hint", field.name));
    let error = field.error.map(|_| format!("{}-error", field.name));
    let both: Vec<String> = hint.into_iter().chain(error).collect();
    (!both.is_empty()).then(|| both.join(" "))
}

fn invalid(field: &Field<'_>) -> Option<&'static str> {
    field.error.map(|_| "true")
}

fn control(field: &Field<'_>) -> Markup {
    let (name, by) = (field.name, described(field));
    html! {
        @match &field.input {
            Input::Line { kind, value, autocomplete } => {
                input type=(kind) id=(name) name=(name) value=[(*kind != "password").then_some(value)]
                    autocomplete=[*autocomplete] required[field.required]
                    aria-describedby=[by] aria-invalid=[invalid(field)];
            }
            Input::Lines { value, rows } => {
                textarea id=(name) name=(name) rows=(rows) required[field.required]
                    aria-describedby=[by] aria-invalid=[invalid(field)] { (value) }
            }
            Input::Select { choices, chosen } => {
                select id=(name) name=(name) required[field.required]
                    aria-describedby=[by] aria-invalid=[invalid(field)] {
                    @for choice in *choices {
                        option value=(choice.value) selected[*chosen == Some(choice.value)] { (choice.title) }
                    }
                }
            }
            Input::Radios { .. } | Input::Ticks { .. } | Input::Tick { .. } => {}
        }
    }
}

fn radios(
    field: &Field<'_>,
    choices: &[Choice<'_>],
    chosen: Option<&str>,
    frame: &Frame,
) -> Markup {
    html! {
        fieldset id=(field.name) aria-describedby=[described(field)] {
            legend { (question(field, frame)) }
            (beside(field))
            @for choice in choices {
                @let id = format!("{}-{}", field.name, choice.value);
                div.choice {
                    input type="radio" id=(id) name=(field.name) value=(choice.value)
                        checked[chosen == Some(choice.value)] required[field.required];
                    label for=(id) { (choice.title) }
                }
            }
        }
    }
}

fn ticks(field: &Field<'_>, choices: &[Choice<'_>], ticked: &[&str], frame: &Frame) -> Markup {
    html! {
        fieldset id=(field.name) aria-describedby=[described(field)] {
            legend { (question(field, frame)) }
            (beside(field))
            @for choice in choices {
                @let id = format!("{}-{}", field.name, choice.value);
                div.choice {
                    input type="checkbox" id=(id) name=(field.name) value=(choice.value) checked[ticked.contains(&choice.value)];
                    label for=(id) { (choice.title) }
                }
            }
        }
    }
}

fn tick(field: &Field<'_>, ticked: bool, frame: &Frame) -> Markup {
    html! {
        div.choice {
            input type="checkbox" id=(field.name) name=(field.name) value="yes" checked[ticked]
                required[field.required] aria-describedby=[described(field)] aria-invalid=[invalid(field)];
            label for=(field.name) { (question(field, frame)) }
        }
        (beside(field))
    }
}
