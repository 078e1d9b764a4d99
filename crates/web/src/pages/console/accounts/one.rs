//! One account: its roles, what it signs in with, its sessions, and what may be done.

use maud::{Markup, html};

use super::{Account, Held, Session, State, day};
use crate::components::{
    ButtonKind, Column, Link, Tone, badge, button, crumbs, facts, notice, table,
};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::pages::console::form::refusal;
use crate::say::{self, Either};

/// The account as a document.
#[must_use]
pub fn render(view: &Account, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let room = Room::Accounts;
    let title = format!("{} {}", say.of("Account", "Compte"), view.handle);
    let body = html! {
        (crumbs(&[
            Link::new(frame.link(room.path(), &[]), room.title(frame.language), false),
            Link::new(frame.here(), view.handle.clone(), true),
        ], frame))
        header.title {
            h1 { (title) }
            p.lead { (view.state.badge(frame)) " " (say.of("made on", "créé le")) " " (day(view.made, frame)) }
        }
        @if let Some(done) = &view.done { (notice(Tone::Good, done, &html! {})) }
        @if let Some(refused) = &view.refused { (refusal(refused, frame)) }
        (link(view, frame))
        (roles(view, frame))
        (credentials(view, frame))
        (sessions(view, frame))
        (ending(view, frame))
    };
    page::console(frame, &title, room, body)
}

/// A link, told once.
fn link(view: &Account, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        @if let Some((address, ends)) = &view.link {
            (notice(Tone::Careful, say.of("A link to set up what to sign in with", "Un lien pour configurer la connexion"), &html! {
                p { code { (address) } }
                p {
                    (say.of("Hand it to the holder of the account and to nobody else. It is good once, until", "À remettre au titulaire du compte et à personne d’autre. Il sert une seule fois, jusqu’au")) " "
                    time datetime=(ends) { (say::moment(*ends, frame.language)) }
                    (say.of(", and is not shown again.", ", et ne sera plus affiché."))
                }
            }))
        }
    }
}

/// A form with one button, which says what it does and to what.
fn act(
    view: &Account,
    name: &str,
    about: Option<(&str, &str)>,
    kind: ButtonKind,
    text: &str,
) -> Markup {
    html! {
        form method="post" action=(view.address) {
            @if let Some((name, value)) = about { input type="hidden" name=(name) value=(value); }
            (button(kind, text, Some(("act", name))))
        }
    }
}

fn roles(view: &Account, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let column = |title| Column {
        title,
        figures: false,
    };
    let mut columns = vec![
        column(say.of("Role", "Rôle")),
        column(say.of("Granted", "Accordé")),
        column(say.of("Confirmed", "Confirmé")),
        column(say.of("Next review", "Prochain examen")),
    ];
    if view.rights {
        columns.push(column(say.of("Decision", "Décision")));
    }
    let rows: Vec<Vec<Markup>> = view
        .roles
        .iter()
        .map(|held| role(held, view, frame))
        .collect();
    html! {
        section aria-labelledby="roles" {
            h2 id="roles" { (say.of("Roles", "Rôles")) }
            @if view.roles.is_empty() { p.soft { (say.of("None: the account opens nothing.", "Aucun : le compte n’ouvre rien.")) } }
            @else { (table(say.of("What the account may work as", "Ce en tant que quoi le compte peut travailler"), &columns, &rows)) }
            @if view.rights && !view.grantable.is_empty() && !matches!(view.state, State::Disabled(_)) {
                form.line method="post" action=(view.address) {
                    div.grow {
                        label for="role" { (say.of("Another role", "Un autre rôle")) }
                        select id="role" name="role" required {
                            option value="" { (say.of("Choose…", "Choisir…")) }
                            @for (name, title) in &view.grantable { option value=(name) { (title) } }
                        }
                    }
                    (button(ButtonKind::Primary, say.of("Grant", "Accorder"), Some(("act", "grant"))))
                }
            }
        }
    }
}

fn role(held: &Held, view: &Account, frame: &Frame) -> Vec<Markup> {
    let say = Either(frame.language);
    let by = |(at, who): &(jiff::civil::Date, String)| {
        html! { (day(*at, frame)) span.under { code { (who) } } }
    };
    let mut cells = vec![
        html! { (held.title) },
        by(&held.granted),
        by(&held.reviewed),
        html! {
            @match held.due {
                Some(due) => (day(due, frame)),
                None => "–",
            }
            @if held.overdue { " " (badge(Tone::Bad, say.of("Overdue: closed", "En retard : fermé"))) }
        },
    ];
    if view.rights {
        let about = Some(("role", held.name.as_str()));
        cells.push(html! {
            div.actions.tight {
                (act(view, "confirm", about, ButtonKind::Secondary, say.of("Confirm", "Confirmer")))
                (act(view, "withdraw", about, ButtonKind::Secondary, say.of("Withdraw", "Retirer")))
            }
        });
    }
    cells
}

fn credentials(view: &Account, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        section aria-labelledby="credentials" {
            h2 id="credentials" { (say.of("Signs in with", "Se connecte avec")) }
            @if view.credentials.is_empty() {
                p.soft { (say.of("Nothing yet: the holder needs a link.", "Rien encore : le titulaire a besoin d’un lien.")) }
            } @else {
                (facts(&view.credentials.iter().map(|(what, used)| {
                    let used = match used {
                        Some(used) => html! { (say.of("last used on", "dernière utilisation le")) " " (day(*used, frame)) },
                        None => html! { span.soft { (say.of("not used yet", "pas encore utilisé")) } },
                    };
                    (what.as_str(), used)
                }).collect::<Vec<_>>()))
            }
            @if view.accounts && !matches!(view.state, State::Disabled(_)) {
                (act(view, "link", None, ButtonKind::Secondary, say.of("Issue a link to set up", "Émettre un lien de configuration")))
            }
        }
    }
}

fn sessions(view: &Account, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let column = |title| Column {
        title,
        figures: false,
    };
    let mut columns = vec![
        column(say.of("Begun", "Commencée")),
        column(say.of("Last used", "Dernière activité")),
        column(say.of("By", "Par")),
    ];
    if view.accounts {
        columns.push(column(say.of("End", "Fin")));
    }
    let at = |at: jiff::civil::DateTime| html! { time datetime=(at) { (say::moment(at, frame.language)) } };
    let row = |one: &Session| {
        let mut cells = vec![
            at(one.made),
            at(one.seen),
            html! { (one.by) @if one.own { " " (badge(Tone::Good, say.of("this one", "celle-ci"))) } },
        ];
        if view.accounts {
            let about = Some(("session", one.id.as_str()));
            cells.push(act(
                view,
                "end",
                about,
                ButtonKind::Secondary,
                say.of("End", "Terminer"),
            ));
        }
        cells
    };
    let rows: Vec<Vec<Markup>> = view.sessions.iter().map(row).collect();
    html! {
        section aria-labelledby="sessions" {
            h2 id="sessions" { (say.of("Open sessions", "Sessions ouvertes")) }
            @if rows.is_empty() { p.soft { (say.of("None.", "Aucune.")) } }
            @else { (table(say.of("One that is ended is out on its next click", "Une session terminée est fermée dès le clic suivant"), &columns, &rows)) }
            @if view.accounts && view.sessions.len() > 1 {
                (act(view, "end-all", None, ButtonKind::Danger, say.of("End all of them", "Les terminer toutes")))
            }
        }
    }
}

/// The end of the account, and its beginning anew.
fn ending(view: &Account, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        @if view.accounts {
            section aria-labelledby="access" {
                h2 id="access" { (say.of("Access", "Accès")) }
                @if matches!(view.state, State::Disabled(_) | State::Ended) {
                    p { (say.of(
                        "Opened again, the account has no role and nothing to sign in with until it is given some.",
                        "Rouvert, le compte n’a ni rôle ni moyen de connexion tant qu’il n’en reçoit pas.",
                    )) }
                    (act(view, "enable", None, ButtonKind::Primary, say.of("Open it again", "Le rouvrir")))
                } @else {
                    p { (say.of(
                        "Its roles, sessions, links and means of signing in end at once, and the term of what is held about its holder begins.",
                        "Ses rôles, sessions, liens et moyens de connexion prennent fin aussitôt, et le délai de ce qui est détenu sur son titulaire commence à courir.",
                    )) }
                    form method="post" action=(view.address) {
                        div.choice {
                            input type="checkbox" id="confirm" name="confirm" value="yes" required;
                            label for="confirm" { (say.of("I know that its means of signing in are destroyed", "Je sais que ses moyens de connexion sont détruits")) }
                        }
                        (button(ButtonKind::Danger, say.of("Disable the account", "Désactiver le compte"), Some(("act", "disable"))))
                    }
                }
            }
        }
    }
}
