//! `kept bench`: what Kept costs, measured on an installation of its own.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, Subcommand, ValueEnum};
use domain::{Fault, FaultKind};
use tempfile::TempDir;

use super::databases::Databases;
use super::{Alone, Context, Exit, invalid};
use crate::bench::attributes::{Sizes, Workload};
use crate::bench::home::Home;
use crate::bench::house::House;
use crate::bench::operation::Mix;
use crate::bench::report::{Filled, Ran, Report};
use crate::bench::run::{Plan, run};

const EXAMPLE: &str = "\
Example:
  kept bench gdprbench --records 10000

Nothing of your own is touched: an installation is made for it, and removed.";

const GDPRBENCH_EXAMPLE: &str = "\
Examples:
  kept bench gdprbench
  kept bench gdprbench --workload processor --clients 32
  kept bench gdprbench --records 10000 --operations 2000 --results results.json
  kept bench gdprbench --workload customer --database postgres://kept@db.example/empty \\
      --keyring-database postgres://kept@db.example/empty_keyring

Each workload runs on an installation that is filled for it, in a temporary folder. Every operation
is decided on, stands in the journal on the disk before it is answered, and opens what it reads.
Figures compare on one machine at one hour; use an optimised build, and a disk, not a file system in
memory.";

/// Measures what Kept costs.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Run the four workloads of GDPRbench: controller, customer, processor, regulator
    Gdprbench(Gdprbench),
}

#[derive(Debug, Args)]
#[command(after_help = GDPRBENCH_EXAMPLE)]
struct Gdprbench {
    /// How many records there are at first, ten of each person: a multiple of 1,000
    #[arg(long, value_name = "NUMBER", default_value_t = 100_000)]
    records: usize,

    /// How many operations each workload has
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = at_least_one)]
    operations: usize,

    /// How many clients there are at once
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = at_least_one)]
    clients: usize,

    /// What the operations are drawn by: the same seed draws the same
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// One workload alone; all four, if left out
    #[arg(long, value_name = "NAME")]
    workload: Option<Named>,

    /// Where the temporary folder is made; where the system has them, if left out
    #[arg(long, value_name = "FOLDER")]
    within: Option<PathBuf>,

    /// A file for the results, in JSON
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,

    #[command(flatten)]
    databases: Databases,
}

/// A workload, as it is named.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Named {
    Controller,
    Customer,
    Processor,
    Regulator,
}

impl From<Named> for Workload {
    fn from(named: Named) -> Self {
        match named {
            Named::Controller => Self::Controller,
            Named::Customer => Self::Customer,
            Named::Processor => Self::Processor,
            Named::Regulator => Self::Regulator,
        }
    }
}

impl Alone for Bench {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match &self.what {
            What::Gdprbench(gdprbench) => gdprbench.run(context),
        }
    }
}

impl Gdprbench {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let sizes = Sizes::of(self.records)?;
        let workloads = self
            .workload
            .map_or_else(|| Workload::ALL.to_vec(), |one| vec![one.into()]);
        if workloads.len() > 1 && self.databases.servers(context.io).is_some() {
            return Err(invalid("databases on servers are empty for one workload")
                .remedy("name it with `--workload`, and empty databases for each"));
        }
        let mut report = Report {
            home: "",
            sizes,
            runs: Vec::new(),
        };
        for workload in workloads {
            let folder = self.folder(context)?;
            let home = Home {
                folder: folder.path().to_owned(),
                database: self.databases.servers(context.io),
            };
            report.home = home.name();
            let plan = Plan {
                operations: self.operations,
                clients: self.clients,
                seed: self.seed,
            };
            report
                .runs
                .push(self.measure(&home, (workload, sizes), plan, context)?);
        }
        if let Some(results) = &self.results {
            let text = format!("{:#}\n", report.to_json());
            fs::write(context.io.path(results), text)
                .map_err(|error| unavailable("the results cannot be written").because(error))?;
        }
        context.answer(|_| report.text(), || report.to_json());
        Ok(Exit::Done)
    }

    fn measure(
        &self,
        home: &Home,
        (workload, sizes): (Workload, Sizes),
        plan: Plan,
        context: &Context<'_>,
    ) -> Result<Ran, Fault> {
        let people = Some(sizes.people as u64);
        let bar = context
            .io
            .progress(format!("{workload}: people taken in"), people);
        let watch = Instant::now();
        let house = House::make(home, sizes, plan.operations, &|done| bar.set(done))?;
        let filled = Filled {
            records: sizes.records,
            seconds: watch.elapsed().as_secs_f64(),
            bytes: home.bytes()?,
        };
        drop(bar);
        let operations = Some(plan.operations as u64);
        let bar = context
            .io
            .progress(format!("{workload}: operations"), operations);
        let mix = Mix::of(workload, sizes);
        let connect = || Ok(|operation| house.carry_out(operation));
        let measured = run(plan, &|draw| mix.draw(draw), connect, &|done| bar.set(done))?;
        Ok(Ran {
            workload,
            filled,
            measured,
        })
    }

    /// A temporary folder that goes with the run.
    fn folder(&self, context: &Context<'_>) -> Result<TempDir, Fault> {
        let made = match &self.within {
            Some(within) => TempDir::with_prefix_in("kept-bench-", context.io.path(within)),
            None => TempDir::with_prefix("kept-bench-"),
        };
        made.map_err(|error| unavailable("no temporary folder can be made").because(error))
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("a number from 1 on".to_owned()),
        Ok(number) => Ok(number),
    }
}

fn unavailable(message: &str) -> Fault {
    Fault::new(FaultKind::Unavailable, message)
}
