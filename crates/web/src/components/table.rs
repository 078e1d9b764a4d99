//! Tables: on a narrow screen a row becomes a card whose cells say their column.

use maud::{Markup, html};

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// Its heading.
    pub title: &'a str,
    /// Whether it holds figures, which stand to the right.
    pub figures: bool,
}

/// A table; the first cell of each row is its heading.
#[must_use]
pub fn table(caption: &str, columns: &[Column<'_>], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table.rows {
            caption { (caption) }
            thead {
                tr { @for column in columns { th.figure[column.figures] scope="col" { (column.title) } } }
            }
            tbody {
                @for row in rows {
                    tr {
                        @for (index, (cell, column)) in row.iter().zip(columns).enumerate() {
                            @if index == 0 { th scope="row" { (cell) } }
                            @else { td.figure[column.figures] data-label=(column.title) { (cell) } }
                        }
                    }
                }
            }
        }
    }
}
