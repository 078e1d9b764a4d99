//! The part of the account's page about open sessions.

use maud::{Markup, html};

use super::{By, Open};
use crate::components::{ButtonKind, Column, button, table};
use crate::frame::Frame;
use crate::say::{self, Either};

/// The open sessions, each with a button that ends it.
pub(super) fn open(sessions: &[Open], frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let column = |title| Column {
        title,
        figures: false,
    };
    let columns = [
        column(say.of("By", "Par")),
        column(say.of("Since", "Depuis")),
        column(say.of("Last used", "Dernière activité")),
        column(say.of("Session", "Session")),
    ];
    let by = |by| match by {
        By::Passkey => say.of("Passkey", "Clé d’accès"),
        By::Service => say.of("Sign-in service", "Service de connexion"),
        By::PasswordAndCode => say.of("Password and code", "Mot de passe et code"),
        By::Password => say.of("Password", "Mot de passe"),
        By::Link => say.of("Link", "Lien"),
    };
    let rows: Vec<Vec<Markup>> = sessions
        .iter()
        .map(|one| {
            let end = html! {
                @if one.this { (say.of("This one", "Celle-ci")) }
                @else {
                    form method="post" action=(frame.link("/account/sessions/end", &[])) {
                        (button(ButtonKind::Secondary, say.of("End", "Terminer"), Some(("session", &one.id))))
                    }
                }
            };
            vec![
                html! { (by(one.by)) },
                html! { (say::moment(one.made, frame.language)) },
                html! { (say::moment(one.seen, frame.language)) },
                end,
            ]
        })
        .collect();
    let title = say.of("Open sessions", "Sessions ouvertes");
    let caption = say.of(
        "End those that are not yours, or not needed any more.",
        "Terminez celles qui ne sont pas les vôtres, ou qui ne servent plus.",
    );
    html! {
        section aria-labelledby="sessions" {
            h2.quiet id="sessions" { (title) }
            (table(caption, &columns, &rows))
            @if sessions.len() > 1 {
                form.form method="post" action=(frame.link("/account/sessions/end", &[])) {
                    div.actions { (button(ButtonKind::Danger, say.of("End all others", "Terminer toutes les autres"), Some(("session", "others")))) }
                }
            }
        }
    }
}
