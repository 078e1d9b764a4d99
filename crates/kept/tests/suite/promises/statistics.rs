//! What anonymised data leaves, and that it is nobody (10h).

use std::collections::BTreeMap;
use std::fs;

use domain::statistic::Spread;
use serde_json::Value;
use store::data::registry::StatisticRow;
use store::{Database, Place, Server};
use tempfile::TempDir;
use testkit::attack::{self, Knowledge, Round};
use testkit::chance::Chance;

use super::people::{add, policy, sweep};
use crate::installation::Installation;
use crate::kept::Kept;

/// A rating is given by a contact, kept for two years, then anonymised.
const RATING: &str = "--kind contact --origin electronic-form --purpose service-improvement";
const MAPPING: &str = r#"[import]
source = "survey"
external-id = "ref"
origin = "electronic-form"
purposes = ["service-improvement"]
kind = "contact"
person = "professional"
collected = { column = "day" }
date-layout = "year-first"

[columns]
rating = "feedback.feedback-rating"
"#;
const RATINGS: usize = 5;

/// A rehearsal that was given ratings, each on a day of January 2026: day and rating.
fn rated(ratings: &[(u32, usize)]) -> Installation {
    let installation = Installation::rehearsal(&policy(), "2026-03-01T10:00");
    let mut lines = String::from("ref;day;rating\n");
    for (number, (day, rating)) in ratings.iter().enumerate() {
        lines.push_str(&format!("{number};2026-01-{day:02};{rating}\n"));
    }
    let around = installation.around();
    around.file("ratings.csv", lines);
    around.file("mapping.toml", MAPPING);
    let import = ["import", "ratings.csv", "--mapping", "mapping.toml"];
    installation.run(import).ok();
    installation
}

/// The statistics, by name.
fn statistics(installation: &Installation) -> BTreeMap<String, Value> {
    let shown = installation.run(["statistics", "--json"]).ok().json();
    let all = shown["statistics"].as_array().unwrap().iter();
    all.map(|one| (one["statistic"].as_str().unwrap().to_owned(), one.clone()))
        .collect()
}

#[test]
fn promise_10h_each_rule_says_delete_or_anonymise_and_no_small_group_is_shown() {
    let kept = Kept::new();
    kept.file("policy.toml", policy());
    let register = kept.run(["register", "policy.toml", "--json"]).ok().json();
    let mut outcomes = BTreeMap::new();
    for processing in register["processings"].as_array().unwrap() {
        for term in processing["terms"].as_array().unwrap() {
            let then = term["then"]["en"].as_str().unwrap();
            let outcome = then.split_once(',').map_or(then, |(outcome, _)| outcome);
            *outcomes.entry(outcome.to_owned()).or_insert(0) += 1;
        }
    }
    let said: Vec<&str> = outcomes.keys().map(String::as_str).collect();
    assert_eq!(said, ["anonymised", "deleted"]);

    let mut ratings = vec![(5, 4); 560];
    ratings.extend([(5, 3); 332]);
    ratings.extend([(5, 1); 7]);
    let installation = rated(&ratings);
    // One person with two ratings counts once, and who had theirs erased does not count.
    let twice = add(&installation, RATING, &["feedback.feedback-rating=2"]);
    twice.more(RATING, &["feedback.feedback-rating=5"]);
    let erased = add(&installation, RATING, &["feedback.feedback-rating=5"]);
    erased.json("forget {} --yes --reason unlawful");
    assert_eq!(
        statistics(&installation)["feedback-by-year"]["people"],
        Value::Null
    );

    installation.at("2028-01-06T00:00");
    assert_eq!(
        sweep(&installation),
        ["899 feedback anonymised by retention feedback"]
    );
    installation.at("2028-03-02T00:00");
    assert_eq!(
        sweep(&installation),
        ["2 feedback anonymised by retention feedback"]
    );
    assert!(twice.acts().contains(&"anonymised".to_owned()));

    let shown = statistics(&installation);
    let ratings = &shown["feedback-by-year"];
    assert_eq!(ratings["people"], 900);
    let groups = ratings["groups"].as_array().unwrap();
    let of = |rating: &str| {
        groups.iter().find(|group| {
            let parts = group["group"].as_array().unwrap();
            parts[0]["is"] == "2026" && parts[1]["is"] == rating
        })
    };
    let (people, within) = of("4")
        .map(|group| {
            (
                group["people"].as_i64().unwrap(),
                group["within"].as_i64().unwrap(),
            )
        })
        .expect("the largest group is shown");
    assert!((people - 560).abs() < 8 * within, "{people} ± {within}");
    for small in ["1", "2", "5"] {
        assert_eq!(of(small), None, "a group of fewer than ten is shown");
    }
    assert_eq!(shown["people-by-year"]["people"], Value::Null);
    let text = installation.run(["statistics"]).ok();
    text.says("feedback-by-year: Ratings by year")
        .says("900  people in all")
        .says("collected in 2026, feedback.feedback-rating 4")
        .says("No group of fewer than 10 people is shown.");
}

/// What a thief reads in the data: the rows of the statistics.
fn stolen(installation: &Installation) -> Vec<StatisticRow> {
    if let Some([address, _]) = installation.databases() {
        let place = Place::Server(Server::at(address));
        return Database::peek(&place, |reader| reader.statistics()).unwrap();
    }
    let data = installation.data().join("data");
    let copy = TempDir::new().unwrap();
    for name in ["kept.db", "kept.db-wal"] {
        fs::copy(data.join(name), copy.path().join(name)).unwrap();
    }
    let place = Place::File {
        path: copy.path().join("kept.db"),
        reserve: copy.path().join("reserve"),
    };
    Database::peek(&place, |reader| reader.statistics()).unwrap()
}

/// What the figures of ratings given in 2026 are.
fn figures(installation: &Installation) -> Vec<i64> {
    let rows = stolen(installation);
    let of = |rating: usize| {
        let ends = format!("={rating}");
        let mut found = rows
            .iter()
            .filter(|row| row.cell.starts_with("year=2026") && row.cell.ends_with(&ends));
        let people = found.next().map_or(0, |row| row.people);
        assert!(found.next().is_none(), "one figure for each rating");
        people
    };
    (1..=RATINGS).map(of).collect()
}

#[test]
fn promise_10h_with_every_file_key_and_the_journal_attacks_do_no_better_than_the_stated_bound() {
    // Every other night one person goes, and six in the others.
    let mut chance = Chance::new(10);
    let nights: Vec<Vec<usize>> = (0..30)
        .map(|night| {
            let many = if night % 2 == 0 { 1 } else { 6 };
            (0..many)
                .map(|_| chance.below(RATINGS as u64) as usize)
                .collect()
        })
        .collect();
    let ratings: Vec<(u32, usize)> = (1..)
        .zip(&nights)
        .flat_map(|(day, people)| people.iter().map(move |rating| (day, rating + 1)))
        .collect();
    let installation = rated(&ratings);
    let _serving = installation.serve();
    let mut before = vec![0; RATINGS];
    let mut rounds = Vec::new();
    for (day, people) in (1..).zip(&nights) {
        installation.at(&format!("2028-01-{:02}T00:00", day + 1));
        let went = format!("{} feedback anonymised by retention feedback", people.len());
        assert_eq!(sweep(&installation), [went]);
        let after = figures(&installation);
        rounds.push(Round {
            people: people.clone(),
            added: after
                .iter()
                .zip(&before)
                .map(|(after, before)| after - before)
                .collect(),
        });
        before = after;
    }

    let weights = [1.0 / RATINGS as f64; RATINGS];
    let spread = Spread::raising_odds_by(10);
    let off_by = |by: i64| spread.probability(by);
    for others in [false, true] {
        let known = Knowledge {
            weights: &weights,
            off_by: &off_by,
            others,
        };
        for outcome in attacks(&rounds, &known) {
            assert!(outcome.tries >= 5, "{outcome:?}");
            assert!(!outcome.beats_the_bound(), "{outcome:?}");
        }
    }

    // Had the figures been exact, the same attacks on the same people would have been found.
    for round in &mut rounds {
        round.added = vec![0; RATINGS];
        round
            .people
            .iter()
            .for_each(|rating| round.added[*rating] += 1);
    }
    let never_off = |by: i64| f64::from(u8::from(by == 0));
    let known = Knowledge {
        weights: &weights,
        off_by: &never_off,
        others: true,
    };
    let [singled, _, inferred] = attacks(&rounds, &known);
    assert!(singled.beats_the_bound(), "{singled:?}");
    assert!(inferred.beats_the_bound(), "{inferred:?}");

    // The figures name nobody: which there are does not depend on who was counted.
    let rows = stolen(&installation);
    let years: Vec<i16> = (2017..=2028).collect();
    let in_words = |cell: &str| {
        let year = cell.split('\u{1f}').next().unwrap();
        year == "year=" || years.iter().any(|one| year == format!("year={one}"))
    };
    assert_eq!(rows.len(), 1 + 13 * (RATINGS + 1));
    assert!(
        rows.iter()
            .all(|row| row.cell.is_empty() || in_words(&row.cell))
    );
}

fn attacks(rounds: &[Round], known: &Knowledge<'_>) -> [attack::Outcome; 3] {
    let mut chance = Chance::new(11);
    [
        attack::singling_out(rounds, known, 10),
        attack::linkage(rounds, known, 10, &mut chance),
        attack::inference(rounds, known, 10),
    ]
}
