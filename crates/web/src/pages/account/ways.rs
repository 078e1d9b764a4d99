//! The parts of the account's page about ways to sign in.

use maud::{Markup, html};

use super::{Sort, Way};
use crate::components::{ButtonKind, Column, Field, Input, button, field, table};
use crate::frame::Frame;
use crate::pages::sign_in::{ServiceLink, by_service};
use crate::say::{self, Either};

/// What there is; `fresh`: each with a button that takes it away.
pub(super) fn held(ways: &[Way], fresh: bool, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let column = |title| Column {
        title,
        figures: false,
    };
    let mut columns = vec![
        column(say.of("Way", "Moyen")),
        column(say.of("Added", "Ajouté")),
        column(say.of("Last used", "Dernière utilisation")),
    ];
    if fresh {
        columns.push(column(say.of("Take away", "Retirer")));
    }
    let rows: Vec<Vec<Markup>> = ways
        .iter()
        .map(|way| {
            let used = match way.used {
                Some(day) => say::day(day, frame.language),
                None => say.of("not noted", "non notée").to_owned(),
            };
            let remove = html! {
                form method="post" action=(frame.link("/account/remove", &[])) {
                    (button(ButtonKind::Secondary, say.of("Take away", "Retirer"), Some(("way", &way.id))))
                }
            };
            vec![
                html! { (sort(way.sort, say)) @if let Some(name) = &way.name { " " strong { (name) } } },
                html! { (say::day(way.made, frame.language)) },
                html! { (used) },
                remove,
            ]
        })
        .collect();
    let title = say.of("Ways to sign in", "Moyens de connexion");
    let caption = say.of(
        "One is enough; with two, losing one keeps you out of nothing.",
        "Un seul suffit\u{202f}; avec deux, en perdre un ne vous ferme rien.",
    );
    html! {
        section aria-labelledby="ways" {
            h2.quiet id="ways" { (title) }
            (table(caption, &columns, &rows))
        }
    }
}

fn sort(sort: Sort, say: Either) -> &'static str {
    match sort {
        Sort::Passkey => say.of("Passkey", "Clé d’accès"),
        Sort::Service => say.of("Sign-in service", "Service de connexion"),
        Sort::Password => say.of("Password", "Mot de passe"),
        Sort::Codes => say.of(
            "Application that shows codes",
            "Application qui affiche des codes",
        ),
        Sort::Recovery => say.of("Recovery codes", "Codes de secours"),
    }
}

/// The form that makes a passkey; a script makes it appear where there can be one.
pub(super) fn new_passkey(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let name = Field {
        name: "name",
        label: say.of("A name for it", "Un nom pour la reconnaître"),
        hint: Some(say.of(
            "As you know it: telephone, blue key. Nobody else reads it.",
            "Comme vous la connaissez\u{a0}: téléphone, clé bleue. Personne d’autre ne le lit.",
        )),
        error: None,
        required: false,
        input: Input::Line {
            kind: "text",
            value: "",
            autocomplete: Some("off"),
        },
    };
    html! {
        section aria-labelledby="passkey" {
            h2.quiet id="passkey" { (say.of("A passkey", "Une clé d’accès")) }
            p {
                (say.of(
                    "Your telephone, your computer or a security key proves who you are, by your finger, your face or a PIN. Nothing to remember, nothing that can be stolen elsewhere.",
                    "Votre téléphone, votre ordinateur ou une clé de sécurité prouve qui vous êtes, par votre doigt, votre visage ou un code PIN. Rien à retenir, rien qui puisse être volé ailleurs.",
                ))
            }
            form.form.narrow hidden data-passkey="make" action="/account/passkeys" method="post"
                data-failed=(say.of("No passkey was made. Try again, or on another device.", "Aucune clé d’accès n’a été créée. Réessayez, ou sur un autre appareil.")) {
                (field(&name, frame))
                div.actions { (button(ButtonKind::Primary, say.of("Make a passkey", "Créer une clé d’accès"), None)) }
                p.error role="alert" {}
            }
        }
    }
}

/// The services that can be linked.
pub(super) fn linkable(services: &[ServiceLink], frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        @if !services.is_empty() {
            section aria-labelledby="services" {
                h2.quiet id="services" { (say.of("Your organisation’s sign-in service", "Le service de connexion de votre organisation")) }
                p {
                    (say.of(
                        "You sign in there once, and are known here by it from then on.",
                        "Vous vous y connectez une fois, et il vous fera reconnaître ici ensuite.",
                    ))
                }
                @for service in services { (by_service(service, None, true, frame)) }
            }
        }
    }
}

/// The button that draws new recovery codes.
pub(super) fn new_recovery(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        form.form method="post" action=(frame.link("/account/recovery", &[])) {
            div.actions {
                (button(ButtonKind::Secondary, say.of("New recovery codes", "Nouveaux codes de secours"), None))
            }
        }
        form.form method="post" action=(frame.link("/account/codes/new", &[])) {
            div.actions {
                (button(ButtonKind::Secondary, say.of("Another application that shows codes", "Une autre application qui affiche des codes"), None))
            }
        }
    }
}
