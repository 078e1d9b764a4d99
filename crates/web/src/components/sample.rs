//! All parts on one page, with invented content: to be looked at, and rendered in tests.

use maud::{Markup, html};

use super::{
    ButtonKind, Choice, Column, Field, Input, Link, Tone, badge, button, button_link, card, crumbs,
    empty, error_summary, facts, field, notice, pagination, side, table, tabs,
};
use crate::frame::Frame;
use crate::page;
use crate::say::Either;

/// The page.
#[must_use]
pub fn sample(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let title = say.of("Parts of pages", "Éléments des pages");
    let link = |path: &str, title: &str, here| Link::new(frame.link(path, &[]), title, here);
    let body = html! {
        (crumbs(&[link("/", say.of("Start", "Accueil"), false), link("/parts", title, true)], frame))
        header.title {
            h1 { (title) }
            p.lead { (say.of("Everything a page is made of, in one place.", "Tout ce dont une page est faite, au même endroit.")) }
        }
        (tabs(title, &[
            link("/parts", say.of("Forms", "Formulaires"), true),
            link("/parts/lists", say.of("Lists", "Listes"), false),
        ]))
        div.with-side {
            (side(say.of("Sections", "Rubriques"), &[
                (say.of("Work", "Travail"), vec![link("/people", say.of("People", "Personnes"), true), link("/calendar", say.of("Calendar", "Calendrier"), false)]),
                (say.of("House", "Maison"), vec![link("/journal", "Journal", false)]),
            ]))
            div { (form(frame)) (blocks(frame)) (list(frame)) }
        }
    };
    page::framed(frame, title, body)
}

fn form(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let wrong = say.of("An address has an @ in it.", "Une adresse comporte un @.");
    let colours = [
        Choice {
            value: "green",
            title: say.of("Green", "Vert"),
        },
        Choice {
            value: "blue",
            title: say.of("Blue", "Bleu"),
        },
    ];
    let line = |kind, value, autocomplete| Input::Line {
        kind,
        value,
        autocomplete,
    };
    let fields = [
        Field {
            name: "email",
            label: say.of("E-mail address", "Adresse électronique"),
            hint: Some(say.of("Only for the answer.", "Pour la réponse seulement.")),
            error: Some(wrong),
            required: true,
            input: line("email", "nobody", Some("email")),
        },
        Field {
            name: "password",
            label: say.of("Password", "Mot de passe"),
            hint: None,
            error: None,
            required: true,
            input: line("password", "never shown", Some("current-password")),
        },
        Field {
            name: "words",
            label: say.of("Message", "Message"),
            hint: None,
            error: None,
            required: false,
            input: Input::Lines {
                value: "a < b",
                rows: 3,
            },
        },
        Field {
            name: "colour",
            label: say.of("Colour", "Couleur"),
            hint: None,
            error: None,
            required: false,
            input: Input::Select {
                choices: &colours,
                chosen: Some("blue"),
            },
        },
        Field {
            name: "shade",
            label: say.of("Shade", "Teinte"),
            hint: Some(say.of("As you like.", "Comme il vous plaît.")),
            error: None,
            required: false,
            input: Input::Radios {
                choices: &colours,
                chosen: None,
            },
        },
        Field {
            name: "days",
            label: say.of("On which days", "Quels jours"),
            hint: None,
            error: None,
            required: false,
            input: Input::Ticks {
                choices: &[Choice {
                    value: "monday",
                    title: say.of("Monday", "Lundi"),
                }],
                ticked: &["monday"],
            },
        },
        Field {
            name: "letter",
            label: say.of("Send me the letter", "Recevoir la lettre"),
            hint: None,
            error: None,
            required: false,
            input: Input::Tick { ticked: false },
        },
    ];
    html! {
        (error_summary(&[("email", wrong)], frame))
        form.form method="post" action="/parts" {
            @for one in &fields { (field(one, frame)) }
            div.actions {
                (button(ButtonKind::Primary, say.of("Send", "Envoyer"), None))
                (button(ButtonKind::Danger, say.of("Delete", "Supprimer"), Some(("act", "delete"))))
                (button_link(ButtonKind::Secondary, say.of("Go back", "Revenir"), &frame.link("/", &[])))
            }
        }
    }
}

fn blocks(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let tones = [
        (Tone::Plain, say.of("Draft", "Brouillon")),
        (Tone::Good, say.of("In force", "En vigueur")),
        (Tone::Careful, say.of("Soon due", "Bientôt échu")),
        (Tone::Bad, say.of("Refused", "Refusé")),
    ];
    html! {
        (card("card", say.of("A card", "Une carte"), &html! {
            p { @for (tone, text) in tones { (badge(tone, text)) " " } }
            (facts(&[
                (say.of("Kept until", "Conservé jusqu’au"), html! { (say.of("3 May 2027", "3 mai 2027")) }),
                (say.of("Rule", "Règle"), html! { code { "retention.letters" } }),
            ]))
        }))
        @for (tone, text) in tones {
            (notice(tone, text, &html! { p { (say.of("What it means, and what can be done.", "Ce que cela signifie, et ce que l’on peut faire.")) } }))
        }
        (empty(say.of("Nobody yet", "Personne pour l’instant"), say.of("Whoever is added appears here.", "Toute personne ajoutée apparaît ici.")))
    }
}

fn list(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let columns = [
        Column {
            title: say.of("Category", "Catégorie"),
            figures: false,
        },
        Column {
            title: say.of("State", "État"),
            figures: false,
        },
        Column {
            title: say.of("Records", "Fiches"),
            figures: true,
        },
    ];
    let rows = [
        vec![
            html! { (say.of("Letters", "Lettres")) },
            badge(Tone::Good, say.of("In force", "En vigueur")),
            html! { "41" },
        ],
        vec![
            html! { (say.of("Parcels", "Colis")) },
            badge(Tone::Careful, say.of("Soon due", "Bientôt échu")),
            html! { "7" },
        ],
    ];
    html! {
        (table(say.of("What is held", "Ce qui est détenu"), &columns, &rows))
        (pagination(Some(&frame.link("/parts", &[("before", "a")])), Some(&frame.link("/parts", &[("after", "b")])), frame))
    }
}
