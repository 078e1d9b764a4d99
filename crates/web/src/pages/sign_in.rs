//! `/sign-in`: the ways in for staff.

pub mod away;
pub mod code;
pub mod link;

use maud::{Markup, html};

use crate::components::{ButtonKind, Field, Input, Tone, button, field, notice};
use crate::frame::Frame;
use crate::page;
use crate::say::Either;
use crate::script;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct SignIn<'a> {
    /// What was typed before.
    pub who: &'a str,
    /// The page to come back to.
    pub to: Option<&'a str>,
    /// What became of the last try.
    pub said: Option<Said>,
    /// Whether passkeys can be shown here.
    pub passkeys: bool,
    /// The services by which staff may sign in.
    pub services: Vec<ServiceLink>,
}

/// A service by which staff may sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceLink {
    /// Its name in addresses.
    pub name: String,
    /// What people read.
    pub title: String,
}

/// What became of a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    /// It was wrong; what of it is not said.
    Wrong,
    /// There were too many: so many seconds are to be waited.
    Later(u64),
    /// The service vouches for them, and they have no account that it opens.
    Unknown,
    /// The service does not vouch for them.
    Unproven,
    /// The service does not answer.
    NoAnswer,
    /// They signed out.
    Out,
}

impl SignIn<'_> {
    /// An invented page, for tests and for looking at it.
    #[must_use]
    pub fn sample(said: Option<Said>) -> SignIn<'static> {
        SignIn {
            who: "m.kerdoncuff@corvaille.example",
            to: Some("/console/work"),
            said,
            passkeys: true,
            services: vec![ServiceLink {
                name: "people".to_owned(),
                title: "Corvaille <people>".to_owned(),
            }],
        }
    }
}

/// The page.
#[must_use]
pub fn render(view: &SignIn<'_>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Sign in", "Se connecter");
    let others = view.passkeys || !view.services.is_empty();
    let body = html! {
        div.narrow {
            h1 { (title) }
            @if let Some(what) = view.said { (said(what, say)) }
            (password(view, frame))
            @if others {
                section aria-labelledby="others" {
                    h2.quiet id="others" { (say.of("Or", "Ou")) }
                    @if view.passkeys { (passkey(view.to, frame)) }
                    @for service in &view.services { (by_service(service, view.to, false, frame)) }
                }
            }
            p.small.soft {
                (say.of(
                    "For those who work here. To see what is held about you, ",
                    "Pour les personnes qui travaillent ici. Pour consulter vos propres données, ",
                ))
                a href=(frame.link("/privacy", &[])) { (say.of("read the notice", "lisez la politique de confidentialité")) } "."
            }
        }
        @if view.passkeys { (script::SIGN_IN.element()) }
    };
    page::public(frame, title, &frame.controller, &foot(frame), body)
}

fn password(view: &SignIn<'_>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let fields = [
        Field {
            name: "who",
            label: say.of(
                "E-mail address or account",
                "Adresse électronique ou compte",
            ),
            hint: None,
            error: None,
            required: true,
            input: Input::Line {
                kind: "text",
                value: view.who,
                autocomplete: Some("username"),
            },
        },
        Field {
            name: "password",
            label: say.of("Password", "Mot de passe"),
            hint: None,
            error: None,
            required: true,
            input: Input::Line {
                kind: "password",
                value: "",
                autocomplete: Some("current-password"),
            },
        },
    ];
    html! {
        form.form method="post" action=(frame.link("/sign-in", &[])) {
            (kept(view.to))
            @for one in &fields { (field(one, frame)) }
            div.actions { (button(ButtonKind::Primary, say.of("Sign in", "Se connecter"), None)) }
        }
    }
}

/// The form that shows a passkey; a script makes it appear where there can be one.
fn passkey(to: Option<&str>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        form.form hidden data-passkey="show" action="/sign-in/passkey" method="post"
            data-failed=(say.of("No passkey was shown. Try again, or sign in another way.", "Aucune clé d’accès n’a été présentée. Réessayez, ou connectez-vous autrement.")) {
            (kept(to))
            (button(ButtonKind::Secondary, say.of("Sign in with a passkey", "Se connecter avec une clé d’accès"), None))
            p.error role="alert" {}
        }
    }
}

/// The button that leads to a service: to sign in, or to link who somebody is there.
pub(crate) fn by_service(
    service: &ServiceLink,
    to: Option<&str>,
    link: bool,
    frame: &Frame,
) -> Markup {
    let say = Either(frame.language);
    let path = format!("/sign-in/with/{}", service.name);
    let text = match link {
        false => say.of("Sign in with", "Se connecter avec"),
        true => say.of("Link", "Associer"),
    };
    html! {
        form.form method="post" action=(frame.link(&path, &[])) {
            (kept(to))
            @if link { input type="hidden" name="link" value="yes"; }
            (button(ButtonKind::Secondary, &format!("{text} {}", service.title), None))
        }
    }
}

/// The page to come back to, as forms carry it.
fn kept(to: Option<&str>) -> Markup {
    html! { @if let Some(to) = to { input type="hidden" name="to" value=(to); } }
}

fn said(what: Said, say: Either) -> Markup {
    let (tone, title, more) = match what {
        Said::Wrong => (
            Tone::Bad,
            say.of("This does not fit together", "Ces informations ne concordent pas"),
            say.of(
                "The address or the password is another, or there is no such account.",
                "L’adresse ou le mot de passe est inexact, ou ce compte n’existe pas.",
            )
            .to_owned(),
        ),
        Said::Later(seconds) => (
            Tone::Bad,
            say.of("Too many attempts", "Trop de tentatives"),
            wait(seconds, say),
        ),
        Said::Unknown => (
            Tone::Careful,
            say.of("You have no account here yet", "Vous n’avez pas encore de compte ici"),
            say.of(
                "The sign-in service knows you, and no account is linked to you there. Ask whoever administers accounts for a link.",
                "Le service de connexion vous connaît, mais aucun compte ne vous y est associé. Demandez un lien à la personne qui gère les comptes.",
            )
            .to_owned(),
        ),
        Said::Unproven => (
            Tone::Bad,
            say.of("Signing in was not completed", "La connexion n’a pas abouti"),
            say.of(
                "The sign-in service did not confirm who you are. Begin again, or sign in another way.",
                "Le service de connexion n’a pas confirmé votre identité. Recommencez, ou connectez-vous autrement.",
            )
            .to_owned(),
        ),
        Said::NoAnswer => (
            Tone::Bad,
            say.of(
                "The sign-in service does not answer",
                "Le service de connexion ne répond pas",
            ),
            say.of(
                "Try again in a moment, or sign in another way.",
                "Réessayez dans un moment, ou connectez-vous autrement.",
            )
            .to_owned(),
        ),
        Said::Out => (
            Tone::Good,
            say.of("You are signed out", "La session est fermée"),
            say.of("Nothing is open here any more.", "Plus rien n’est ouvert ici.").to_owned(),
        ),
    };
    notice(tone, title, &html! { p { (more) } })
}

/// How long is to be waited, in words.
pub(crate) fn wait(seconds: u64, say: Either) -> String {
    let (number, one, many) = match seconds {
        0..=90 => (
            seconds.max(1),
            say.of("second", "seconde"),
            say.of("seconds", "secondes"),
        ),
        _ => (
            seconds.div_ceil(60),
            say.of("minute", "minute"),
            say.of("minutes", "minutes"),
        ),
    };
    let unit = if number == 1 { one } else { many };
    format!(
        "{} {number}\u{a0}{unit}.",
        say.of("Try again in", "Réessayez dans")
    )
}

/// The last line of these pages.
pub(crate) fn foot(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        a href=(frame.link("/privacy", &[])) { (say.of("Privacy notice", "Politique de confidentialité")) }
    }
}
