//! What runs came to: a table for people, JSON for programs. The form of the JSON is documented in
//! `docs/performance.md` and carries a version.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::attributes::{Sizes, Workload};
use super::run::{Measured, Times};

/// The version of the form of the results.
const FORM: u32 = 1;

/// The filling of an installation.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Filled {
    /// How many records came in.
    pub records: usize,
    /// How long it took.
    pub seconds: f64,
    /// The bytes of all files then.
    pub bytes: u64,
}

/// A workload's run, on an installation that was filled for it.
#[derive(Clone, PartialEq, Debug)]
pub struct Ran {
    /// Which workload.
    pub workload: Workload,
    /// The filling.
    pub filled: Filled,
    /// The run.
    pub measured: Measured,
}

/// All runs of a benchmark.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// Where the installation was: the name of its database.
    pub home: &'static str,
    /// How many records and people there were at first.
    pub sizes: Sizes,
    /// The runs, in their order.
    pub runs: Vec<Ran>,
}

impl Report {
    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let Sizes { records, people } = self.sizes;
        let mut text = format!(
            "GDPRbench, {} database: {records} records of {people} people\n",
            self.home
        );
        for ran in &self.runs {
            let (filled, measured, plan) = (ran.filled, &ran.measured, ran.measured.plan);
            let _ = writeln!(
                text,
                "\n{:<28} {:>9} operations, {} clients, {:.1} s: {:.0} a second",
                ran.workload.name(),
                plan.operations,
                plan.clients,
                measured.seconds,
                measured.rate()
            );
            let _ = writeln!(
                text,
                "  {:<26} {:>9} {:>12} {:>12} {:>9}",
                "operation", "times", "median", "99 of 100", "found"
            );
            for (name, times) in &measured.each {
                let _ = writeln!(
                    text,
                    "  {name:<26} {:>9} {:>9.0} µs {:>9.0} µs {:>9}",
                    times.count(),
                    times.within(0.5),
                    times.within(0.99),
                    times.found
                );
            }
            let _ = writeln!(
                text,
                "  filled in {:.1} s, {:.0} records a second, {:.0} bytes on disk each",
                filled.seconds,
                filled.records as f64 / filled.seconds,
                filled.bytes as f64 / filled.records as f64
            );
        }
        text
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "form": FORM,
            "benchmark": "gdprbench",
            "kept": env!("CARGO_PKG_VERSION"),
            "database": self.home,
            "records": self.sizes.records,
            "people": self.sizes.people,
            "workloads": self.runs.iter().map(ran).collect::<Value>(),
        })
    }
}

fn ran(ran: &Ran) -> Value {
    let (filled, measured) = (ran.filled, &ran.measured);
    let operations = measured.each.iter().map(|(name, times)| one(name, times));
    json!({
        "workload": ran.workload.name(),
        "operations": measured.plan.operations,
        "clients": measured.plan.clients,
        "seed": measured.plan.seed,
        "seconds": rounded(measured.seconds),
        "operations-a-second": rounded(measured.rate()),
        "each": operations.collect::<Value>(),
        "filled": {
            "records": filled.records,
            "seconds": rounded(filled.seconds),
            "bytes-on-disk": filled.bytes,
        },
    })
}

fn one(name: &str, times: &Times) -> Value {
    json!({
        "operation": name,
        "times": times.count(),
        "median-microseconds": rounded(times.within(0.5)),
        "99th-percentile-microseconds": rounded(times.within(0.99)),
        "found": times.found,
    })
}

/// Three digits behind the point are enough.
fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
