//! What the colours stand for.

use maud::{Markup, html};

use super::colour;

/// A list of the series, each with its colour.
pub(crate) fn legend<'a>(titles: impl Iterator<Item = &'a str>) -> Markup {
    html! {
        ul.legend {
            @for (index, title) in titles.enumerate() {
                li {
                    svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false" {
                        rect class=(colour(index)) width="12" height="12" rx="2" {}
                    }
                    (title)
                }
            }
        }
    }
}
