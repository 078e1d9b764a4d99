//! Ways through pages: crumbs, tabs, the side, one page after the other.

use maud::{Markup, html};

use crate::frame::Frame;
use crate::say::Either;

/// A link to a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// Its address, made with [`Frame::link`].
    pub address: String,
    /// What people read.
    pub title: String,
    /// Whether it is the page that they are on.
    pub here: bool,
}

impl Link {
    /// A link.
    pub fn new(address: impl Into<String>, title: impl Into<String>, here: bool) -> Self {
        Self {
            address: address.into(),
            title: title.into(),
            here,
        }
    }
}

/// The way from the first page to this one, which is the last link.
#[must_use]
pub fn crumbs(links: &[Link], frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        nav.crumbs aria-label=(say.of("Where you are", "Où vous êtes")) {
            ol { @for link in links { li { (anchor(link)) } } }
        }
    }
}

/// Views of one thing, of which one is shown. Each is a page: no script moves them.
#[must_use]
pub fn tabs(label: &str, links: &[Link]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            ul { @for link in links { li { (anchor(link)) } } }
        }
    }
}

/// Navigation at the side of a page: groups of links under a heading each.
#[must_use]
pub fn side(label: &str, groups: &[(&str, Vec<Link>)]) -> Markup {
    html! {
        nav.side aria-label=(label) {
            @for (title, links) in groups {
                p.group { (title) }
                ul { @for link in links { li { (anchor(link)) } } }
            }
        }
    }
}

/// The page before and the page after, by their addresses.
#[must_use]
pub fn pagination(before: Option<&str>, after: Option<&str>, frame: &Frame) -> Markup {
    let say = Either(frame.language);
    html! {
        @if before.is_some() || after.is_some() {
            nav.pages aria-label=(say.of("Pages of the list", "Pages de la liste")) {
                @if let Some(address) = before { a href=(address) rel="prev" { "← " (say.of("Before", "Précédente")) } }
                @if let Some(address) = after { a href=(address) rel="next" { (say.of("After", "Suivante")) " →" } }
            }
        }
    }
}

fn anchor(link: &Link) -> Markup {
    html! { a href=(link.address) aria-current=[link.here.then_some("page")] { (link.title) } }
}
