//! `kept statistics`: what anonymised data has left (10h).

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use domain::statistic::Part;
use serde_json::{Value, json};
use services::Kept;
use services::statistics::{Group, Statistic, Statistics as Shown};

use super::options::Place;
use super::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Example:
  kept statistics --data D

Where a rule of the policy says \"anonymise\", the sweep counts each person once, then destroys the
data. How many people there were in all is exact. To the size of each group, chance is added at each
sweep, so that no figure can be tied to a person, and a group is shown only where, for all that
chance, at least as many people stand behind it as the policy asks for. `±` is how far off a figure
may be, in nineteen cases of twenty.";

/// Shows the statistics that anonymised data has left.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Statistics {
    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Statistics {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let shown = kept.statistics(&context.actor(&self.place))?;
        context.answer(|colour| text(&shown, colour), || to_json(&shown));
        Ok(Exit::Done)
    }
}

fn text(shown: &Shown, colour: bool) -> String {
    if shown.statistics.is_empty() {
        return "the policy anonymises nothing: there are no statistics\n".to_owned();
    }
    let mut text = String::new();
    for statistic in &shown.statistics {
        one(&mut text, statistic, shown.smallest_group, colour);
    }
    let _ = writeln!(
        text,
        "No group of fewer than {} people is shown. Chance is added to every group, so that no\n\
         figure raises anybody's odds of guessing right about a person by more than {} %.",
        shown.smallest_group, shown.raises_odds
    );
    text
}

fn one(text: &mut String, statistic: &Statistic, smallest: u32, colour: bool) {
    let Statistic {
        name,
        title,
        people,
        groups,
    } = statistic;
    let title = title
        .as_ref()
        .map_or("no longer counted", |title| &title.en);
    let _ = writeln!(text, "{}: {title}", Paint::Bold.on(name, colour));
    let Some(people) = people else {
        let _ = writeln!(text, "{:>9}  fewer than {smallest} people in all\n", "-");
        return;
    };
    let _ = writeln!(text, "{people:>9}  people in all");
    for Group { parts, figure } in groups {
        let words: Vec<String> = parts.iter().map(words).collect();
        let range = format!("± {}", figure.within);
        let _ = writeln!(
            text,
            "{:>9}  {range:<7} {}",
            figure.people,
            words.join(", ")
        );
    }
    let others = match groups.is_empty() {
        true => "no group is large enough to be shown",
        false => "the other groups are too small to be shown",
    };
    let _ = writeln!(text, "{:>9}  {others}\n", "-");
}

/// A part of a group in words.
fn words(part: &Part) -> String {
    let is = part.is.as_deref();
    match (part.by.split_once(':'), is) {
        (None, Some(is)) if part.by == "year-of-collection" => format!("collected in {is}"),
        (None, None) if part.by == "year-of-collection" => "collected earlier".to_owned(),
        (None, is) => format!("{} {}", part.by, is.unwrap_or("none")),
        (Some(("decade", field)), Some(is)) => format!("{field} {is} to {}", last_year(is)),
        (Some((_, field)), is) => format!("{field} {}", is.unwrap_or("none")),
    }
}

fn last_year(decade: &str) -> String {
    let year: Option<i16> = decade.parse().ok();
    year.map_or_else(|| decade.to_owned(), |year| (year + 9).to_string())
}

fn to_json(shown: &Shown) -> Value {
    let statistics = shown.statistics.iter().map(|statistic| {
        let groups = statistic.groups.iter().map(|group| {
            let parts = group.parts.iter();
            json!({
                "group": parts.map(|part| json!({"by": part.by, "is": part.is})).collect::<Value>(),
                "people": group.figure.people,
                "within": group.figure.within,
            })
        });
        json!({
            "statistic": statistic.name,
            "title": statistic.title.as_ref().map(|title| json!({"en": title.en, "fr": title.fr})),
            "people": statistic.people,
            "groups": groups.collect::<Value>(),
        })
    });
    json!({
        "smallest-group": shown.smallest_group,
        "raises-odds": shown.raises_odds,
        "statistics": statistics.collect::<Value>(),
        "receipt": shown.receipt,
    })
}
