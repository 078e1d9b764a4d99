//! The document around a page: head, banner, navigation, footer.

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
use policy::model::Language;

use crate::appearance::Theme;
use crate::frame::{Frame, Surrounding, Work};
use crate::phrases::Phrases;
use crate::say::{self, Either};

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

/// A room of the console: one entry of its navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// None of them.
    Elsewhere,
}

impl Room {
    const ALL: [Self; 0] = [];

    /// The rooms that somebody at work may enter.
    fn open_to(work: &Work) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|room| room.is_open_to(work))
    }

    fn is_open_to(self, _: &Work) -> bool {
        match self {
            Self::Elsewhere => false,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Elsewhere => "/console",
        }
    }

    fn title(self, language: Language) -> &'static str {
        let say = Either(language);
        match self {
            Self::Elsewhere => say.of("Elsewhere", "Ailleurs"),
        }
    }
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

/// A page of the console: its rooms, and what is being done, in sight and one key away.
pub(crate) fn console(frame: &Frame, title: &str, room: Room, body: Markup) -> Markup {
    let say = Phrases::of(frame.language);
    let either = Either(frame.language);
    let header = html! {
        div.bar {
            a.mark href=(frame.link("/console", &[])) { (mark()) span { "Kept" } }
            @if let Some(work) = &frame.work {
                nav aria-label=(say.shell.pages) {
                    ul {
                        @for one in Room::open_to(work) {
                            li {
                                a href=(frame.link(one.path(), &[])) aria-current=[(one == room).then_some("page")] {
                                    (one.title(frame.language))
                                }
                            }
                        }
                    }
                }
            }
            (switch(frame))
        }
    };
    let under = html! { @if let Some(work) = &frame.work { (at_work(work, frame)) } };
    let footer = html! {
        p {
            (frame.controller) " · "
            (say.shell.policy_version) " " (frame.policy_version) " · "
            a href=(frame.link("/privacy", &[])) { (say.shell.notice) }
            @if let Some(work) = &frame.work { " · " a href=(frame.link("/account", &[])) { (either.of("Account", "Compte")) " " code { (work.account) } } }
        }
        p { (say.shell.reads_are_recorded) }
    };
    document(frame, title, "console", &header, &under, &footer, &body)
}

/// What is being done, and the way to do something else.
fn at_work(work: &Work, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    let back = frame.here();
    html! {
        section.work aria-label=(say.of("What you are doing", "Ce que vous faites")) {
            form method="post" action=(frame.link("/console/work", &[])) {
                label for="work" {
                    @match (&work.role, &work.purpose) {
                        (Some(role), Some(purpose)) => {
                            (say.of("At work as", "En tant que")) " " strong { (role) } ", "
                            (say.of("for", "pour")) " " strong { (purpose) }
                        }
                        (Some(role), None) => { (say.of("At work as", "En tant que")) " " strong { (role) } }
                        (None, _) => (say.of("Say what you are doing", "Dites ce que vous faites")),
                    }
                }
                input type="hidden" name="back" value=(back);
                select id="work" name="work" accesskey="p" {
                    @if work.chosen.is_none() { option value="" selected { (say.of("Choose…", "Choisir…")) } }
                    @for offer in &work.offers {
                        optgroup label=(offer.recipient) {
                            @for purpose in &offer.purposes {
                                option value=(purpose.value) selected[work.chosen.as_deref() == Some(purpose.value.as_str())] {
                                    (offer.recipient) " – " (purpose.title)
                                }
                            }
                        }
                    }
                }
                button type="submit" { (say.of("Switch", "Changer")) }
            }
            form method="post" action="/sign-out" {
                button type="submit" class="button secondary" { (say.of("Sign out", "Se déconnecter")) }
            }
        }
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
