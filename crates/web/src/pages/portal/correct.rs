//! `/me/correct/{record}`: putting right what somebody may change themselves; what they may not says
//! why (12a).

use maud::{Markup, html};
use policy::model::Policy;

use super::{Place, signed_in};
use crate::components::{
    ButtonKind, Choice, Field, Input, Link, button, button_link, crumbs, error_summary, field,
};
use crate::frame::Frame;
use crate::say::Either;

/// A record, to be put right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correct {
    /// Its identifier.
    pub record: String,
    /// The title of its category.
    pub category: String,
    /// What may be changed.
    pub fields: Vec<Changeable>,
    /// What may not: the title and the value.
    pub fixed: Vec<(String, String)>,
    /// Why that may not be changed on line.
    pub why: String,
    /// What was refused as a whole.
    pub refused: Option<String>,
}

/// A field that may be changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changeable {
    /// Its name in the form.
    pub name: String,
    /// Its title.
    pub title: String,
    /// How it is answered, as HTML names it; `lines` for several.
    pub kind: &'static str,
    /// What a browser may fill in (WCAG 2.2, 1.3.5).
    pub autocomplete: Option<&'static str>,
    /// The choices, where there are only some.
    pub choices: Vec<String>,
    /// What is held, or was typed.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

impl Correct {
    /// An invented record, for tests and for looking at the page.
    #[must_use]
    pub fn sample(frame: &Frame, wrong: bool) -> Self {
        let say = Either(frame.language);
        let text = |en: &str, fr: &str| say.of(en, fr).to_owned();
        let field = |name: &str, title: String, choices: &[&str], value: &str| Changeable {
            name: name.to_owned(),
            title,
            kind: "text",
            autocomplete: None,
            choices: choices.iter().map(|it| (*it).to_owned()).collect(),
            value: value.to_owned(),
            error: None,
        };
        let email = field(
            "email",
            text("E-mail address", "Adresse électronique"),
            &[],
            "m.kerdoncuff@corvaille.example",
        );
        Self {
            record: "00000000-0000-7000-8000-000000000003".to_owned(),
            category: text("Contact details", "Coordonnées"),
            fields: vec![
                Changeable {
                    kind: "email",
                    autocomplete: Some("email"),
                    error: wrong.then(|| text("This is no address", "Ceci n’est pas une adresse")),
                    ..email
                },
                field(
                    "language",
                    text("Language <preferred>", "Langue <préférée>"),
                    &["en", "fr"],
                    "fr",
                ),
            ],
            fixed: vec![(
                text("Customer number", "Numéro de client"),
                "C-1044".to_owned(),
            )],
            why: text(
                "This is changed on a written request.",
                "Cela se modifie sur demande écrite.",
            ),
            refused: wrong
                .then(|| text("A hold keeps it.", "Une mesure de conservation s’y oppose.")),
        }
    }
}

/// The page.
#[must_use]
pub fn render(view: &Correct, policy: &Policy, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Correct your data", "Rectifier vos données");
    let wrong = view.fields.iter().filter_map(|it| {
        let error = it.error.as_deref()?;
        Some((it.name.as_str(), error))
    });
    let errors: Vec<(&str, &str)> = wrong.collect();
    let here = format!("/me/correct/{}", view.record);
    let body = html! {
        (crumbs(&[
            Link::new(frame.link("/me", &[]), say.of("Your data", "Vos données"), false),
            Link::new(frame.link(&here, &[]), title, true),
        ], frame))
        header.title {
            h1 { (title) }
            p.lead { (view.category) }
        }
        (error_summary(&errors, frame))
        @if let Some(refused) = &view.refused { div.refused role="alert" { p { (refused) } } }
        form.form method="post" action=(frame.link(&here, &[])) {
            @for one in &view.fields { (changeable(one, frame)) }
            @if !view.fixed.is_empty() {
                div.notice {
                    dl.values { @for (title, value) in &view.fixed { dt { (title) } dd { (value) } } }
                    p { (view.why) }
                }
            }
            div.actions {
                (button(ButtonKind::Primary, say.of("Put it right", "Rectifier"), None))
                (button_link(ButtonKind::Secondary, say.of("Leave it", "Ne rien changer"), &frame.link("/me", &[])))
            }
        }
    };
    signed_in(policy, frame, title, Place::Elsewhere, &body)
}

fn changeable(one: &Changeable, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let none = Choice {
        value: "",
        title: say.of("None", "Aucune"),
    };
    let listed = one.choices.iter().map(|it| Choice {
        value: it,
        title: it,
    });
    let choices: Vec<Choice<'_>> = std::iter::once(none).chain(listed).collect();
    let input = match (one.choices.is_empty(), one.kind) {
        (false, _) => Input::Select {
            choices: &choices,
            chosen: Some(&one.value),
        },
        (true, "lines") => Input::Lines {
            value: &one.value,
            rows: 6,
        },
        (true, kind) => Input::Line {
            kind,
            value: &one.value,
            autocomplete: one.autocomplete,
        },
    };
    let asked = Field {
        name: &one.name,
        label: &one.title,
        hint: None,
        error: one.error.as_deref(),
        required: false,
        input,
    };
    field(&asked, frame)
}
