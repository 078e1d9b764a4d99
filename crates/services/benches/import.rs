//! Lines a second: the whole import of 5,000 people, and the run after it that finds them all
//! there.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark stops where it cannot go on"
)]

use std::ops::ControlFlow;
use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use domain::{Account, Actor, ActorKind};
use services::import::{Mapping, Options, Plan, look};
use services::open::NewInstallation;
use services::{Acting, Kept};

const POLICY: &str = include_str!("../../../policies/assess-manager/policy.toml");
const LINES: usize = 5_000;

fn main() {
    divan::main();
}

fn acting(dry_run: bool) -> Acting {
    let account = Account::parse("a.martin").unwrap();
    Acting::new(Actor::new(ActorKind::CommandLine, account), dry_run)
}

fn installation() -> (tempfile::TempDir, Kept) {
    let folder = tempfile::tempdir().unwrap();
    let new = NewInstallation {
        root: folder.path().join("kept"),
        keys: None,
        policy: POLICY.to_owned(),
        authorisation: None,
        rehearsal: None,
        database: None,
    };
    let kept = Kept::init(new, &acting(false).actor).unwrap();
    (folder, kept)
}

fn plan(kept: &Kept) -> Plan {
    let mapping = Mapping::parse(
        "[import]\nsource = \"febrl\"\norigin = \"client-organisation\"\n\
         purposes = [\"client-relations\"]\nkind = \"client-staff\"\n",
    );
    let options = Options {
        settings: mapping.unwrap().import,
        drop: vec!["soc_sec_id".to_owned()],
        ..Options::default()
    };
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../kept/tests/fixtures/people-febrl-4a.csv");
    let law = kept.law();
    let looked = look(law.policy(), &file, &options).unwrap();
    Plan::new(law.policy(), &looked, &options).unwrap()
}

fn run(kept: &Kept, dry_run: bool) -> u64 {
    let mut go_on = |_| ControlFlow::Continue(());
    let report = kept.import(&plan(kept), &acting(dry_run), &mut go_on);
    report.unwrap().lines
}

/// Read, decided, sealed, journalled, durable.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn people_come_in(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(LINES))
        .with_inputs(installation)
        .bench_values(|(folder, kept)| (run(&kept, false), folder));
}

/// Read and decided; nothing is written.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn dry_run(bencher: Bencher<'_, '_>) {
    let (_folder, kept) = installation();
    bencher
        .counter(ItemsCount::new(LINES))
        .bench_local(|| run(&kept, true));
}

/// Every line is there already.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn second_run(bencher: Bencher<'_, '_>) {
    let (_folder, kept) = installation();
    run(&kept, false);
    bencher
        .counter(ItemsCount::new(LINES))
        .bench_local(|| run(&kept, false));
}
