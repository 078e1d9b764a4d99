//! The forms that data comes in through: what is compulsory on each, and what follows without it
//! (18a, 18b; GDPR 13(2)(e)).

use maud::{Markup, html};
use policy::model::{Form, Policy};

use super::titles;
use crate::frame::Frame;
use crate::phrases::Phrases;
use crate::say;

/// All forms, with what their answers are for.
pub(super) fn render(policy: &Policy, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    html! {
        @if !policy.forms.is_empty() {
            h3 id="forms" { (say.forms) }
            dl {
                @for form in &policy.forms {
                    dt { (say::wording(&form.title, frame.language)) }
                    dd { (one(policy, form, frame)) }
                }
            }
        }
    }
}

fn one(policy: &Policy, form: &Form, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).notice;
    let asked = |required: bool| {
        let fields = form.fields(required).map(|it| &policy.field(it).title);
        say::list(&titles(fields, frame), frame.language)
    };
    let (required, optional) = (asked(true), asked(false));
    let purposes = form
        .purposes
        .iter()
        .map(|it| &policy.purposes[it.index()].title);
    let purposes = say::list(&titles(purposes, frame), frame.language);
    html! {
        p { (say::wording(&form.about, frame.language)) " " ((say.form_for)(&purposes)) }
        @if !required.is_empty() {
            p {
                ((say.compulsory)(&required))
                @if let Some(words) = &form.if_left_out { " " (say::wording(words, frame.language)) }
            }
        }
        @if !optional.is_empty() { p { ((say.up_to_you)(&optional)) } }
    }
}
