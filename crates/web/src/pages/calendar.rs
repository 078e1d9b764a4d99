//! `/calendar`: what goes when, by category, as a plot and as the same figures in a table.

use jiff::civil::Date;
use maud::{Markup, html};

use super::home::Count;
use crate::chart::{self, Bars, COLOURS, Series};
use crate::frame::Frame;
use crate::page::{self, Place};
use crate::phrases::Phrases;
use crate::say;

/// The retention calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// Whether columns are months or years.
    pub scale: Scale,
    /// The first day of each column, in order.
    pub columns: Vec<Date>,
    /// What goes, by category.
    pub series: Vec<Going>,
    /// What waits for something to happen, by category: it has no day yet.
    pub waiting: Vec<Count>,
    /// What is due and waits for the sweep.
    pub due: u64,
}

/// The width of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// A month.
    Months,
    /// A year.
    Years,
}

impl Scale {
    /// As an address names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Months => "month",
            Self::Years => "year",
        }
    }
}

/// How many records of a category go, column by column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Going {
    /// The category's title.
    pub category: String,
    /// The counts.
    pub counts: Vec<u64>,
}

impl Calendar {
    /// An invented calendar, for tests and for looking at the page.
    #[must_use]
    pub fn sample(frame: &Frame) -> Self {
        let french = frame.lang() == "fr";
        let two = |en: &str, fr: &str| if french { fr } else { en }.to_owned();
        let names = [
            ("Identity", "Identité", 41),
            ("Contact details", "Coordonnées", 62),
            ("Orders & parcels", "Commandes & colis", 95),
            ("Letters", "Lettres", 120),
            ("Bank details", "Coordonnées bancaires", 17),
            ("Recordings", "Enregistrements", 33),
            ("Choices about cookies", "Choix de cookies", 210),
            ("Logs", "Journaux techniques", 160),
            ("Book fairs", "Salons du livre", 26),
        ];
        let columns: Vec<Date> = (0..24)
            .map(|month| {
                jiff::civil::date(2026, 3, 1).saturating_add(jiff::Span::new().months(month))
            })
            .collect();
        // A wave, so that the plot shows what a real one does: seasons.
        let wave = |column: u64, size: u64| size * (3 + (column * 7 + size) % 9) / 9;
        Self {
            scale: Scale::Months,
            series: names
                .iter()
                .map(|(en, fr, size)| Going {
                    category: two(en, fr),
                    counts: (0..24).map(|column| wave(column, *size)).collect(),
                })
                .collect(),
            columns,
            waiting: vec![Count {
                title: two("Orders & parcels", "Commandes & colis"),
                count: 812,
            }],
            due: 3,
        }
    }
}

/// The calendar as a document.
#[must_use]
pub fn render(view: &Calendar, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).calendar;
    let scale = |scale: Scale, title: &str| {
        html! {
            @if view.scale == scale { span aria-current="true" { (title) } }
            @else { a href=(frame.beside("/calendar", &[("by", scale.name())])) { (title) } }
        }
    };
    let body = html! {
        header.title {
            h1 { (say.title) }
            p.lead { (say.lead) }
        }
        nav.switch aria-label=(say.scale) {
            (scale(Scale::Months, say.by_month)) (scale(Scale::Years, say.by_year))
        }
        @if view.due > 0 { p.note { ((say.due)(&say::number(view.due, frame.language))) } }
        (plot(view, frame))
        section aria-labelledby="figures" {
            h2 id="figures" { (say.figures) }
            (table(view, frame))
        }
        @if !view.waiting.is_empty() { (waiting(view, frame)) }
    };
    page::shared(frame, say.title, Place::Calendar, body)
}

/// The categories by what goes of them, the greatest first; those beyond the colours are one.
fn greatest(view: &Calendar, others: &str) -> Vec<Going> {
    let mut series = view.series.clone();
    series.retain(|going| going.counts.iter().sum::<u64>() > 0);
    series.sort_by_key(|going| std::cmp::Reverse(going.counts.iter().sum::<u64>()));
    if series.len() > COLOURS {
        let rest = series.split_off(COLOURS - 1);
        let counts = (0..view.columns.len())
            .map(|column| {
                rest.iter()
                    .filter_map(|going| going.counts.get(column))
                    .sum()
            })
            .collect();
        series.push(Going {
            category: others.to_owned(),
            counts,
        });
    }
    series
}

fn plot(view: &Calendar, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).calendar;
    let going = greatest(view, say.others);
    let series: Vec<Series<'_>> = going
        .iter()
        .map(|it| Series {
            title: &it.category,
            counts: &it.counts,
        })
        .collect();
    let columns: Vec<String> = view
        .columns
        .iter()
        .map(|it| label(*it, view.scale))
        .collect();
    let bars = Bars {
        id: "plot",
        title: say.plot,
        description: say.plot_words,
        columns: &columns,
        series: &series,
    };
    html! {
        figure.plot {
            (chart::legend(going.iter().map(|it| it.category.as_str())))
            div.scroll tabindex="0" role="group" aria-label=(say.plot) { (chart::stacked(&bars, frame.language)) }
            figcaption.small.soft { (say.below) }
        }
    }
}

/// `03/26` or `2026`: what fits under a column.
fn label(column: Date, scale: Scale) -> String {
    match scale {
        Scale::Months => format!("{:02}/{:02}", column.month(), column.year() % 100),
        Scale::Years => column.year().to_string(),
    }
}

/// The same figures: a row for each month or year, a column for each category that has any.
fn table(view: &Calendar, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).calendar;
    let number = |value| say::number(value, frame.language);
    let goes = |it: &&Going| it.counts.iter().sum::<u64>() > 0;
    let series: Vec<&Going> = view.series.iter().filter(goes).collect();
    let name = |column: Date| match view.scale {
        Scale::Months => say::month(column, frame.language),
        Scale::Years => column.year().to_string(),
    };
    html! {
        div.scroll tabindex="0" role="group" aria-label=(say.caption) {
            table.figures {
                caption { (say.caption) }
                thead {
                    tr {
                        th scope="col" { (say.column) }
                        @for it in &series { th.figure scope="col" { (it.category) } }
                        th.figure scope="col" { (say.total) }
                    }
                }
                tbody {
                    @for (index, column) in view.columns.iter().enumerate() {
                        @let counts: Vec<u64> = series.iter().map(|it| it.counts.get(index).copied().unwrap_or(0)).collect();
                        tr {
                            th scope="row" { (name(*column)) }
                            @for count in &counts { td.figure { (number(*count)) } }
                            td.figure { strong { (number(counts.iter().sum())) } }
                        }
                    }
                }
            }
        }
    }
}

fn waiting(view: &Calendar, frame: &Frame) -> Markup {
    let say = &Phrases::of(frame.language).calendar;
    let greatest = view.waiting.iter().map(|it| it.count).max().unwrap_or(0);
    html! {
        section aria-labelledby="waiting" {
            h2 id="waiting" { (say.waiting) }
            p { (say.waiting_words) }
            table.counts {
                caption.hidden { (say.waiting) }
                thead { tr { th scope="col" { (say.category) } th.figure scope="col" { (say.records) } td {} } }
                tbody {
                    @for it in &view.waiting {
                        tr { th scope="row" { (it.title) } td.figure { (say::number(it.count, frame.language)) } td.bar-cell { (chart::meter(it.count, greatest)) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use policy::model::Language;

    use super::*;

    #[test]
    fn what_has_no_colour_of_its_own_is_counted_together() {
        let view = Calendar::sample(&Frame::sample(Language::En));
        let plotted = greatest(&view, "Others");
        assert_eq!(plotted.len(), COLOURS);
        let all = |series: &[Going]| -> u64 { series.iter().flat_map(|it| &it.counts).sum() };
        assert_eq!(all(&plotted), all(&view.series), "nothing is left out");
        assert_eq!(plotted[COLOURS - 1].category, "Others");
        assert!(
            view.series.len() > COLOURS,
            "the sample has more than colours"
        );
    }
}
