//! A form of the console: what is asked, what is wrong with the answers, what the sending does.

use domain::Fault;
use maud::{Markup, html};

use crate::components::{
    ButtonKind, Choice, Field, Input, Link, button, button_link, crumbs, error_summary, field,
};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::say::{self, Either};

/// A form that acts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Form {
    /// What it does.
    pub title: String,
    /// What follows from it.
    pub lead: String,
    /// The page that it belongs to, and comes back to: its address and what people read.
    pub back: (String, String),
    /// Where it is sent.
    pub action: String,
    /// What goes along unseen: the version of what was read, what was chosen before.
    pub hidden: Vec<(String, String)>,
    /// What is asked.
    pub asked: Vec<Asked>,
    /// What cannot be undone, said before the button; the sender ticks that they know.
    pub confirm: Option<String>,
    /// What the button says.
    pub button: String,
    /// What was wrong with the answers: the field and a sentence.
    pub errors: Vec<(String, String)>,
    /// What was refused as a whole.
    pub refused: Option<Refused>,
}

/// A refusal of an act: the sentence of its rule, which is in English, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// What was refused.
    pub message: String,
    /// By which rule.
    pub rule: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self {
            message: fault.message,
            rule: fault.rule,
            remedy: fault.remedy,
        }
    }
}

/// A question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Its name in the form.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// What to know before answering.
    pub hint: Option<String>,
    /// Whether an answer is compulsory.
    pub required: bool,
    /// How it is answered.
    pub answer: Answer,
}

/// How a question is answered, with the answer so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// A line of a kind that HTML names.
    Line(&'static str, String),
    /// Several lines.
    Lines(String),
    /// One of several, by value and title.
    One(Vec<(String, String)>, Option<String>),
    /// Any of several.
    Any(Vec<(String, String)>, Vec<String>),
}

impl Asked {
    /// A question that has to be answered.
    pub fn new(name: &str, label: impl Into<String>, answer: Answer) -> Self {
        Self {
            name: name.to_owned(),
            label: label.into(),
            hint: None,
            required: true,
            answer,
        }
    }

    /// What to know beforehand.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A question that may be left open.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }
}

impl Form {
    /// An invented form with everything wrong, for tests and for looking at it.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let say = Either(frame.language);
        let two = |en: &str, fr: &str| say.of(en, fr).to_owned();
        let person = "/console/people/0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e";
        let reasons = vec![
            (
                "withdrawn".to_owned(),
                two("Consent withdrawn", "Consentement retiré"),
            ),
            (
                "unlawful".to_owned(),
                two("Held unlawfully <open>", "Détention illicite <ouvert>"),
            ),
        ];
        let wrong = two("Choose a reason.", "Choisissez un motif.");
        Self {
            title: two("Erase on request", "Effacer sur demande"),
            lead: two(
                "What nothing keeps any more is destroyed before the answer.",
                "Ce que rien n’oblige à conserver est détruit avant la réponse.",
            ),
            back: (person.to_owned(), two("Person …7c8d9e", "Personne …7c8d9e")),
            action: format!("{person}/erase"),
            hidden: vec![("version".to_owned(), "7".to_owned())],
            asked: vec![
                Asked::new(
                    "reason",
                    two("Why", "Motif"),
                    Answer::One(reasons.clone(), None),
                ),
                Asked::new(
                    "category",
                    two("What", "Quoi"),
                    Answer::Any(reasons, vec!["unlawful".to_owned()]),
                )
                .hint(two("Nothing ticked: everything.", "Rien de coché : tout."))
                .optional(),
                Asked::new(
                    "day",
                    two("Asked for on", "Demandé le"),
                    Answer::Line("date", "2026-03-12".to_owned()),
                ),
                Asked::new(
                    "words",
                    two("In which words", "En quels termes"),
                    Answer::Lines("a < b".to_owned()),
                )
                .optional(),
            ],
            confirm: Some(two(
                "What is destroyed cannot be brought back.",
                "Ce qui est détruit ne peut être rétabli.",
            )),
            button: two("Erase", "Effacer"),
            errors: vec![("reason".to_owned(), wrong)],
            refused: Some(Refused {
                message: "an earlier day <cannot> be".to_owned(),
                rule: Some("purposes.letters.basis".to_owned()),
                remedy: Some("name another day".to_owned()),
            }),
        }
    }
}

/// The sample of a form as a document.
#[must_use]
pub fn sample_page(frame: &Frame) -> Markup {
    render(&Form::sample(frame), Room::People, frame)
}

/// The form as a document.
#[must_use]
pub(crate) fn render(view: &Form, room: Room, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let confirm = view.confirm.as_deref();
    let kind = match confirm {
        Some(_) => ButtonKind::Danger,
        None => ButtonKind::Primary,
    };
    let errors: Vec<(&str, &str)> = view
        .errors
        .iter()
        .map(|(field, message)| (field.as_str(), message.as_str()))
        .collect();
    let body = html! {
        (crumbs(&[
            Link::new(frame.link(room.path(), &[]), room.title(frame.language), false),
            Link::new(view.back.0.clone(), view.back.1.clone(), false),
        ], frame))
        header.title {
            h1 { (view.title) }
            p.lead { (view.lead) }
        }
        (error_summary(&errors, frame))
        @if let Some(refused) = &view.refused { (refusal(refused, frame)) }
        form.form method="post" action=(view.action) autocomplete="off" {
            @for (name, value) in &view.hidden { input type="hidden" name=(name) value=(value); }
            @for asked in &view.asked { (question(asked, view, frame)) }
            @if let Some(confirm) = confirm {
                (field(&Field {
                    name: "confirm",
                    label: say.of("I know that this cannot be undone", "Je sais que cette opération est irréversible"),
                    hint: Some(confirm),
                    error: error_of(view, "confirm"),
                    required: true,
                    input: Input::Tick { ticked: false },
                }, frame))
            }
            div.actions {
                (button(kind, &view.button, None))
                (button_link(ButtonKind::Secondary, say.of("Leave it", "Renoncer"), &view.back.0))
            }
        }
    };
    page::console(frame, &view.title, room, body)
}

/// What was refused, with its rule.
pub(in crate::pages) fn refusal(refused: &Refused, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let sentence = |text: &str| format!("{}.", say::capital(text.trim_end_matches('.')));
    html! {
        div.refused role="alert" {
            p lang="en" { (sentence(&refused.message)) }
            @if let Some(rule) = &refused.rule { p { (say.of("Rule", "Règle")) " " code { (rule) } } }
            @if let Some(remedy) = &refused.remedy { p lang="en" { (sentence(remedy)) } }
        }
    }
}

fn error_of<'a>(view: &'a Form, name: &str) -> Option<&'a str> {
    let mut errors = view.errors.iter();
    errors
        .find(|(field, _)| field == name)
        .map(|(_, message)| message.as_str())
}

fn question(asked: &Asked, view: &Form, frame: &Frame) -> Markup {
    let offered = match &asked.answer {
        Answer::One(choices, _) | Answer::Any(choices, _) => choices.as_slice(),
        Answer::Line(..) | Answer::Lines(_) => &[],
    };
    let say = Either(frame.language);
    let nothing = Choice {
        value: "",
        title: match asked.required {
            true => say.of("Choose…", "Choisir…"),
            false => "–",
        },
    };
    let may_be_open = match &asked.answer {
        Answer::One(_, chosen) => chosen.is_none() || !asked.required,
        _ => false,
    };
    let offered = offered.iter().map(|(value, title)| Choice { value, title });
    let choices: Vec<Choice<'_>> = may_be_open
        .then_some(nothing)
        .into_iter()
        .chain(offered)
        .collect();
    let ticked: Vec<&str> = match &asked.answer {
        Answer::Any(_, ticked) => ticked.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let input = match &asked.answer {
        Answer::Line(kind, value) => Input::Line {
            kind,
            value,
            autocomplete: None,
        },
        Answer::Lines(value) => Input::Lines { value, rows: 4 },
        Answer::One(_, chosen) => Input::Select {
            choices: &choices,
            chosen: chosen.as_deref(),
        },
        Answer::Any(..) => Input::Ticks {
            choices: &choices,
            ticked: &ticked,
        },
    };
    let one = Field {
        name: &asked.name,
        label: &asked.label,
        hint: asked.hint.as_deref(),
        error: error_of(view, &asked.name),
        required: asked.required,
        input,
    };
    field(&one, frame)
}
