//! The part of the account's page about its password.

use maud::{Markup, html};

use super::{Account, Sort, Weak};
use crate::components::{ButtonKind, Field, Input, button, field};
use crate::frame::Frame;
use crate::say::Either;

/// Why a password will not do, and what to do about it.
pub(super) fn weakness(weak: Weak, length_min: usize, say: Either) -> String {
    match weak {
        Weak::Short => {
            let (before, after) = say.of(
                ("Use at least ", " characters."),
                ("Utilisez au moins ", "\u{a0}caractères."),
            );
            format!("{before}{length_min}{after}")
        }
        Weak::Long => say
            .of(
                "Use at most 256 characters.",
                "Utilisez au plus 256\u{a0}caractères.",
            )
            .to_owned(),
        Weak::Plain => say
            .of(
                "Make it longer, or use capitals, figures and signs as well.",
                "Allongez-le, ou utilisez aussi des majuscules, des chiffres et des signes.",
            )
            .to_owned(),
        Weak::Guessable => say
            .of(
                "This is easy to guess: leave out names, dates, sayings and rows of the keyboard.",
                "Il est facile à deviner\u{a0}: évitez les noms, les dates, les dictons et les suites de touches.",
            )
            .to_owned(),
        Weak::Leaked => say
            .of(
                "This password was stolen elsewhere and is tried first. Choose another.",
                "Ce mot de passe a été volé ailleurs et sera essayé en premier. Choisissez-en un autre.",
            )
            .to_owned(),
        Weak::Own => say
            .of(
                "Leave out your name and your address.",
                "N’y mettez ni votre nom ni votre adresse.",
            )
            .to_owned(),
    }
}

/// The form that sets a password.
pub(super) fn form(view: &Account, errors: &[(&str, &str)], frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let has = view.has(Sort::Password);
    let title = match (has, view.second_factor) {
        (true, _) => say.of("Change your password", "Changer de mot de passe"),
        (false, true) => say.of(
            "A password and a second factor",
            "Un mot de passe et un second facteur",
        ),
        (false, false) => say.of("A password", "Un mot de passe"),
    };
    let hint = say.of(
        format!(
            "At least {} characters. Four or more words drawn by lot do well.",
            view.length_min
        ),
        format!(
            "Au moins {}\u{a0}caractères. Quatre mots ou plus tirés au sort conviennent bien.",
            view.length_min
        ),
    );
    let line = |name, label, hint, complete| Field {
        name,
        label,
        hint,
        error: errors
            .iter()
            .find(|(at, _)| *at == name)
            .map(|(_, why)| *why),
        required: true,
        input: Input::Line {
            kind: "password",
            value: "",
            autocomplete: Some(complete),
        },
    };
    let present = line(
        "present",
        say.of("Present password", "Mot de passe actuel"),
        None,
        "current-password",
    );
    let new = line(
        "new",
        say.of("New password", "Nouveau mot de passe"),
        Some(hint.as_str()),
        "new-password",
    );
    let again = line(
        "again",
        say.of("The same again", "Le même, encore une fois"),
        None,
        "new-password",
    );
    html! {
        section aria-labelledby="password-title" {
            h2.quiet id="password-title" { (title) }
            @if !has && view.second_factor {
                p { (say.of("After the password you set up an application on your telephone that shows codes.", "Après le mot de passe, vous configurez sur votre téléphone une application qui affiche des codes.")) }
            }
            form.form.narrow method="post" action=(frame.link("/account/password", &[])) {
                // Password managers file it under its account.
                input type="hidden" name="username" autocomplete="username" value=(view.handle);
                @if has && !view.setting_up { (field(&present, frame)) }
                (field(&new, frame))
                (field(&again, frame))
                div.actions { (button(ButtonKind::Primary, say.of("Set the password", "Enregistrer le mot de passe"), None)) }
            }
        }
    }
}
