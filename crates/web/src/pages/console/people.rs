//! `/console/people`: finding somebody, and the list of those whom one may look at.

use maud::{Markup, html};

use crate::components::{Tone, empty, notice, pagination};
use crate::frame::Frame;
use crate::page::{self, Room};
use crate::pages::people::{self as parts, Row};
use crate::pages::reading::Choice;
use crate::phrases::Phrases;
use crate::say::{self, Either};

/// A page of people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct People {
    /// By what somebody can be found: fields by their exact value, and the name where the role sees
    /// it. Empty: the role finds nobody for this purpose.
    pub by: Vec<Choice>,
    /// What was searched by, as the form names it.
    pub chosen: Option<String>,
    /// What a search came to; none: nobody was searched for.
    pub sought: Option<Sought>,
    /// The people: those found, or a page of all.
    pub rows: Vec<Row>,
    /// Where the next page begins: the identifier after which it goes on.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub further: bool,
    /// Whether more were found than are shown.
    pub more: bool,
    /// Whether somebody's data was just destroyed, all of it.
    pub gone: bool,
    /// Where somebody is added, if that may be done.
    pub add: Option<String>,
}

/// What a search came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sought {
    /// Somebody is found.
    Found,
    /// Nobody has it: the title of what was searched by. The value is not repeated.
    Nobody(String),
    /// The value cannot be one.
    Refused(String),
}

impl People {
    /// An invented page, for tests and for looking at it.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let demo = parts::People::sample(frame);
        Self {
            by: demo.look_up,
            chosen: None,
            sought: demo.not_found.map(Sought::Nobody),
            rows: demo.rows,
            next: demo.next,
            further: true,
            more: true,
            gone: true,
            add: Some(frame.link("/console/people/new", &[])),
        }
    }
}

/// The page as a document.
#[must_use]
pub fn render(view: &People, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).people;
    let either = Either(frame.language);
    let found = view.sought == Some(Sought::Found);
    let list = match found {
        true => either.of("Found", "Trouvé"),
        false => say.list,
    };
    let work = frame.work.as_ref();
    let caption = match work.and_then(|it| it.role.as_ref().zip(it.purpose.as_ref())) {
        Some((role, purpose)) => (say.caption)(role, purpose),
        None => say.caption_nobody.to_owned(),
    };
    let after = view
        .next
        .as_ref()
        .map(|next| frame.link(Room::People.path(), &[("after", next)]));
    let first = view.further.then(|| frame.link(Room::People.path(), &[]));
    let body = html! {
        header.title {
            h1 { (say.title) }
            p.lead {
                (either.of(
                    "Each name is read for your purpose, and each reading is recorded.",
                    "Chaque nom est lu pour votre finalité, et chaque lecture est enregistrée.",
                ))
            }
        }
        @if view.gone {
            (notice(
                Tone::Good,
                either.of("It is erased, all of it.", "C’est effacé, en totalité."),
                &html! { p { (either.of("Nothing is held about the person any more.", "Plus rien n’est détenu sur la personne.")) } },
            ))
        }
        @if let Some(add) = &view.add {
            p { a.button.secondary href=(add) { (either.of("Add a person", "Ajouter une personne")) } }
        }
        (search(view, frame))
        section aria-labelledby="list" {
            h2.quiet id="list" { (list) }
            @if view.rows.is_empty() {
                (empty(
                    either.of("Nobody here.", "Personne ici."),
                    either.of("Nobody is held for this purpose, or your role finds nobody for it.", "Personne n’est concerné par cette finalité, ou votre rôle n’y trouve personne."),
                ))
            } @else {
                (parts::table(&view.rows, &caption, frame))
            }
            @if view.more {
                p.soft { (either.of("There are more: type more of the name.", "Il y en a d’autres : précisez le nom.")) }
            }
            (pagination(first.as_deref(), after.as_deref(), frame))
        }
    };
    page::console(frame, say.title, Room::People, body)
}

/// The search. It is sent in the body: an address carries no personal value.
fn search(view: &People, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).people;
    let either = Either(frame.language);
    let failed = matches!(view.sought, Some(Sought::Nobody(_) | Sought::Refused(_)));
    html! {
        @if !view.by.is_empty() {
            form.panel id="search" role="search" method="post" action=(frame.link(Room::People.path(), &[])) autocomplete="off" {
                fieldset {
                    legend { (say.find) }
                    div.line {
                        div {
                            label for="field" { (say.field) }
                            select id="field" name="field" {
                                @for field in &view.by {
                                    option value=(field.value) selected[view.chosen.as_deref() == Some(field.value.as_str())] { (field.title) }
                                }
                            }
                        }
                        div.grow {
                            label for="value" { (either.of("Value", "Valeur")) }
                            input type="search" id="value" name="value" required maxlength="320" data-search
                                aria-invalid=[matches!(view.sought, Some(Sought::Refused(_))).then_some("true")]
                                aria-describedby=(if failed { "how found" } else { "how" });
                        }
                        button type="submit" { (say.search) }
                    }
                    p.small.soft id="how" {
                        (either.of(
                            "A name by the beginning of any of its words; anything else whole and exact. What you type never stands in an address.",
                            "Un nom par le début de l’un de ses mots ; toute autre valeur entière et exacte. Ce que vous saisissez ne figure jamais dans une adresse.",
                        ))
                    }
                }
                @if failed {
                    div.refused id="found" role="alert" {
                        @match &view.sought {
                            Some(Sought::Nobody(field)) => p { ((say.not_found)(&say::inner(field))) },
                            Some(Sought::Refused(why)) => p { (why) },
                            Some(Sought::Found) | None => {},
                        }
                    }
                }
            }
        }
    }
}
