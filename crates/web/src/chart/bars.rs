//! Stacked bars.

use maud::{Markup, html};
use policy::model::Language;

use super::axis::ticks;
use super::colour;
use crate::say;

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 4.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 30.0;
/// The part of a column's width that its bar takes.
const FILL: f64 = 0.72;
/// About as many labels fit under the columns.
const LABELS: usize = 12;

/// One series: a value for each column.
pub(crate) struct Series<'a> {
    /// What is counted.
    pub(crate) title: &'a str,
    /// The counts, column by column.
    pub(crate) counts: &'a [u64],
}

/// A chart of stacked bars.
pub(crate) struct Bars<'a> {
    /// The identifier that ties title and description to the drawing.
    pub(crate) id: &'a str,
    /// The title, read out instead of the drawing.
    pub(crate) title: &'a str,
    /// What the drawing shows, read out after the title.
    pub(crate) description: &'a str,
    /// The name of each column.
    pub(crate) columns: &'a [String],
    /// The series, from the bottom up.
    pub(crate) series: &'a [Series<'a>],
}

/// Draws the chart.
pub(crate) fn stacked(bars: &Bars<'_>, language: Language) -> Markup {
    let count = bars.columns.len();
    let greatest = (0..count)
        .map(|column| total(bars, column))
        .max()
        .unwrap_or(0);
    let ticks = ticks(greatest);
    let top = ticks.last().copied().unwrap_or(1);
    let y = |value: u64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ratio(value, top);
    let step = (WIDTH - LEFT - RIGHT) / small(count.max(1));
    let every = count.div_ceil(LABELS).max(1);
    html! {
        svg.bars viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img"
            aria-labelledby={ (bars.id) "-title " (bars.id) "-desc" } {
            title id={ (bars.id) "-title" } { (bars.title) }
            desc id={ (bars.id) "-desc" } { (bars.description) }
            g.axis {
                @for tick in &ticks {
                    line x1=(LEFT) x2=(WIDTH - RIGHT) y1=(tenth(y(*tick))) y2=(tenth(y(*tick))) {}
                    text x=(LEFT - 8.0) y=(tenth(y(*tick) + 4.0)) text-anchor="end" { (say::number(*tick, language)) }
                }
            }
            @for (column, name) in bars.columns.iter().enumerate() {
                @let x = LEFT + step * (small(column) + (1.0 - FILL) / 2.0);
                (segments(bars, column, x, step * FILL, &y, language))
                @if column % every == 0 {
                    text.label x=(tenth(x + step * FILL / 2.0)) y=(HEIGHT - 10.0) text-anchor="middle" { (name) }
                }
            }
        }
    }
}

/// One bar: its segments from the bottom up, each with what a pointer shows.
fn segments(
    bars: &Bars<'_>,
    column: usize,
    x: f64,
    width: f64,
    y: &dyn Fn(u64) -> f64,
    language: Language,
) -> Markup {
    let mut below = 0;
    let parts = bars
        .series
        .iter()
        .enumerate()
        .filter_map(|(index, series)| {
            let count = series.counts.get(column).copied().unwrap_or(0);
            let from = below;
            below += count;
            (count > 0).then_some((index, series, count, y(below), y(from)))
        });
    html! {
        @for (index, series, count, top, bottom) in parts.collect::<Vec<_>>() {
            rect class=(colour(index)) x=(tenth(x)) y=(tenth(top)) width=(tenth(width)) height=(tenth((bottom - top).max(0.5))) {
                title { (bars.columns[column]) ", " (series.title) ": " (say::number(count, language)) }
            }
        }
    }
}

/// The height of a column.
pub(crate) fn total(bars: &Bars<'_>, column: usize) -> u64 {
    bars.series
        .iter()
        .filter_map(|series| series.counts.get(column))
        .sum()
}

fn ratio(value: u64, of: u64) -> f64 {
    // Counts of records: far below 2^52.
    value as f64 / of.max(1) as f64
}

fn small(count: usize) -> f64 {
    count as f64
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_high_as_what_it_counts() {
        let columns = ["2026".to_owned(), "2027".to_owned()];
        let bars = Bars {
            id: "t",
            title: "Title",
            description: "Description",
            columns: &columns,
            series: &[
                Series {
                    title: "One",
                    counts: &[4, 0],
                },
                Series {
                    title: "<Two>",
                    counts: &[1, 5],
                },
            ],
        };
        let drawn = stacked(&bars, Language::En).into_string();
        // The axis goes from 0 to 5 over 298 units: four are 238.4 high, one is 59.6.
        assert!(
            drawn.contains(r#"class="s1" x="109.7" y="71.6" width="296.6" height="238.4""#),
            "{drawn}"
        );
        assert!(
            drawn.contains(r#"class="s2" x="109.7" y="12" width="296.6" height="59.6""#),
            "{drawn}"
        );
        assert!(drawn.contains("2027, &lt;Two&gt;: 5"));
        assert_eq!(
            drawn.matches("<rect").count(),
            3,
            "nothing is drawn for zero"
        );
        assert_eq!(total(&bars, 0), 5);
    }
}
