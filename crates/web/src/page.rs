//! The document around a page: head, banner, navigation, footer.

mod console;

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
use policy::model::Language;

use crate::appearance::Theme;
use crate::frame::{Frame, Surrounding};
use crate::phrases::Phrases;
use crate::say::{self, Either};

pub(crate) use console::{Room, console};

/// Where in the demo a page stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The first page.
    Home,
    /// People, and each of them.
    People,
    /// The retention calendar.
    Calendar,
    /// The journal.
    Journal,
    /// None of these.
    Elsewhere,
}

/// A page of the demo.
pub(crate) fn demo(frame: &Frame, title: &str, place: Place, body: Markup) -> Markup {
    let say = Phrases::of(frame.language);
    let links = [
        (Place::Home, "/", say.shell.home),
        (Place::People, "/people", say.shell.people),
        (Place::Calendar, "/calendar", say.shell.calendar),
        (Place::Journal, "/journal", say.shell.journal),
    ];
    let header = html! {
        div.bar {
            a.mark href=(frame.link("/", &[])) { (mark()) span { "Kept" } }
            nav aria-label=(say.shell.pages) {
                ul {
                    @for (which, path, name) in links {
                        li { a href=(frame.link(path, &[])) aria-current=[(which == place).then_some("page")] { (name) } }
                    }
                    li { a href=(frame.link("/privacy", &[])) { (say.shell.notice) } }
                }
            }
            (switch(frame))
        }
    };
    let clock = html! {
        @if frame.rehearsal {
            section.clock aria-label=(Either(frame.language).of("The date here", "La date ici")) {
                p {
                    span.tag { (say.shell.rehearsal) }
                    " " (say.shell.it_is) " "
                    time datetime=(frame.now.date()) { (say::day(frame.now.date(), frame.language)) }
                    @if place != Place::Home {
                        " · " a href={ (frame.link("/", &[])) "#time" } { (say.shell.move_time) }
                    }
                }
            }
        }
    };
    let footer = html! {
        p {
            (frame.controller) " · "
            (say.shell.policy_version) " " (frame.policy_version) " · "
            a href=(frame.link("/privacy", &[])) { (say.shell.notice) } " · "
            a href=(frame.link("/documents", &[])) { (say.documents.title) }
        }
        p { (say.shell.reads_are_recorded) }
    };
    document(frame, title, "demo", &header, &clock, &footer, &body)
}

/// A page that the demo and the console both have.
pub(crate) fn shared(frame: &Frame, title: &str, place: Place, body: Markup) -> Markup {
    let room = match place {
        Place::People => Room::People,
        Place::Calendar => Room::Calendar,
        Place::Journal => Room::Journal,
        Place::Home | Place::Elsewhere => Room::Elsewhere,
    };
    match frame.surrounding {
        Surrounding::Console => console(frame, title, room, body),
        Surrounding::Demo | Surrounding::Public => demo(frame, title, place, body),
    }
}

/// A page that stands in whatever its frame says.
pub(crate) fn framed(frame: &Frame, title: &str, body: Markup) -> Markup {
    match frame.surrounding {
        Surrounding::Demo => demo(frame, title, Place::Elsewhere, body),
        Surrounding::Console => console(frame, title, Room::Elsewhere, body),
        Surrounding::Public => {
            let say = Phrases::of(frame.language);
            let foot = html! { a href=(frame.link("/privacy", &[])) { (say.shell.notice) } };
            public(frame, title, &frame.controller, &foot, body)
        }
    }
}

/// By what a page that went wrong is found in the log.
pub(crate) fn reference(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        @if let Some(reference) = &frame.reference {
            p.small.soft { (say.of("Request", "Demande")) " " code { (reference) } }
        }
    }
}

/// A page for the public: the controller's, not the program's.
/// `foot` is what its last line says.
pub(crate) fn public(
    frame: &Frame,
    title: &str,
    controller: &str,
    foot: &impl Render,
    body: Markup,
) -> Markup {
    let header = html! {
        div.bar { p.controller { (controller) } (switch(frame)) }
    };
    let footer = html! { p { (foot) } };
    document(frame, title, "public", &header, &html! {}, &footer, &body)
}

/// A page for the public as a document that needs nothing else: nothing is fetched for it.
pub(crate) fn alone(frame: &Frame, title: &str, body: Markup) -> Markup {
    let say = Phrases::of(frame.language);
    html! {
        (DOCTYPE)
        html lang=(frame.lang()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) " · " (frame.controller) }
                style { (PreEscaped(crate::STYLE)) }
            }
            body class="public" {
                a.skip href="#main" { (say.shell.skip) }
                header { div.bar { p.controller { (frame.controller) } } }
                main id="main" tabindex="-1" { (body) }
                footer { p { (say.notice.generated) } }
            }
        }
    }
}

fn document(
    frame: &Frame,
    title: &str,
    surface: &str,
    header: &Markup,
    under: &Markup,
    footer: &Markup,
    body: &Markup,
) -> Markup {
    let say = Phrases::of(frame.language);
    html! {
        (DOCTYPE)
        html lang=(frame.lang()) data-theme=[chosen(frame.theme)] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) @if !frame.controller.is_empty() { " · " (frame.controller) } }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                @if surface == console::SURFACE { (crate::script::CONSOLE.element()) }
            }
            body class=(surface) {
                a.skip href="#main" { (say.shell.skip) }
                header { (header) }
                (under)
                main id="main" tabindex="-1" { (body) }
                footer { div { (footer) } (appearance(frame)) }
            }
        }
    }
}

/// A theme as the document carries it; none where the reader's system decides.
fn chosen(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::System => None,
        Theme::Light | Theme::Dark => Some(theme.name()),
    }
}

/// The switch of light and dark: a form, as it works without a script and comes back to the page.
fn appearance(frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let name = |theme| match theme {
        Theme::System => say.of("As the system", "Comme le système"),
        Theme::Light => say.of("Light", "Clair"),
        Theme::Dark => say.of("Dark", "Sombre"),
    };
    html! {
        form.appearance method="post" action="/appearance" {
            fieldset {
                legend.hidden { (say.of("Appearance", "Apparence")) }
                input type="hidden" name="back" value=(frame.here());
                @for theme in Theme::ALL {
                    button name="theme" value=(theme.name()) aria-pressed=(frame.theme == theme) { (name(theme)) }
                }
            }
        }
    }
}

/// The switch of language: each name in its own language.
fn switch(frame: &Frame) -> Markup {
    let say = Phrases::of(frame.language);
    html! {
        nav.switch aria-label=(say.shell.language) {
            @for (code, language, name) in [("en", Language::En, "English"), ("fr", Language::Fr, "Français")] {
                @if frame.language == language {
                    span aria-current="true" lang=(code) { (name) }
                } @else {
                    a href=(frame.in_language(code)) lang=(code) hreflang=(code) { (name) }
                }
            }
        }
    }
}

/// The mark: an open drawer of a card index, seen from the front.
pub(crate) fn mark() -> Markup {
    html! {
        svg.glyph viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
            rect x="2" y="3" width="20" height="18" rx="3" {}
            path d="M2 10h20M9 14.5h6" {}
        }
    }
}
