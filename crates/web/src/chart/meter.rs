//! A bar beside a figure in a table.

use maud::{Markup, html};

/// A bar as long as the value is great; decoration, since the figure stands beside it.
pub(crate) fn meter(value: u64, greatest: u64) -> Markup {
    // Counts of records: far below 2^52.
    let length = (value as f64 / greatest.max(1) as f64 * 1000.0).round() / 10.0;
    html! {
        svg.meter viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.s1 width=(length) height="8" {}
        }
    }
}
