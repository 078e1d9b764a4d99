//! Kept and the peer, side by side in one run: the four workloads, and single operations of them.
//!
//! `cargo bench -p kept --bench gdprbench` prints each figure of both with their ratio and its goal;
//! it starts a PostgreSQL server of its own. `KEPT_RECORDS` (100,000), `KEPT_OPERATIONS` (10,000) and
//! `KEPT_ROUNDS` (3) set how much is measured; `KEPT_ONLY` names the rows to measure by a word of
//! theirs. Method in `docs/performance.md`.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark stops where it cannot go on"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod peer;

use std::time::Instant;

use kept::bench::attributes::{PURPOSES, Sizes, Workload};
use kept::bench::draw::Draw;
use kept::bench::home::Home;
use kept::bench::house::House;
use kept::bench::operation::{Mix, Operation};
use kept::bench::run::{Plan, run};
use peer::Peer;
use services::open::Servers;
use testkit::postgres::{Durable, Postgres, databases_on};

/// Both sides, filled alike.
struct Sides {
    house: House,
    home: Home,
    peer: Peer,
    served: Option<(House, tempfile::TempDir)>,
    sizes: Sizes,
    _folder: tempfile::TempDir,
}

/// One row of the result: what is done, by how many at once, and what the ratio should be.
struct Row {
    name: String,
    clients: usize,
    operations: usize,
    goal: f64,
    draw: Box<dyn Fn(&mut Draw) -> Operation + Sync>,
}

fn main() {
    let sizes = Sizes::of(setting("KEPT_RECORDS", 100_000)).unwrap();
    let operations = setting("KEPT_OPERATIONS", 10_000);
    let rounds = setting("KEPT_ROUNDS", 3);
    let only = std::env::var("KEPT_ONLY").unwrap_or_default();
    let server = Postgres::start(Durable::Yes);
    let rows: Vec<Row> = rows(sizes, operations)
        .into_iter()
        .filter(|row| row.name.contains(&only))
        .collect();
    println!(
        "{:<32} {:>7} {:>10} {:>10} {:>7} {:>6} {:>14} {:>7} {:>6}",
        "a second", "clients", "Kept", "peer", "ratio", "goal", "Kept on server", "ratio", "goal"
    );
    for (number, row) in rows.iter().enumerate() {
        let rates = (0..rounds).map(|round| {
            let name = format!("round_{number}_{round}");
            let mut sides = Sides::fill(&server, &name, sizes, row.operations);
            if row.name.starts_with("workload") {
                sides.serve(&server, row.operations);
            }
            sides.compare(row, round)
        });
        print(
            &row.name,
            &row.clients.to_string(),
            &rates.collect::<Vec<_>>(),
            row.goal,
        );
    }
    for (number, (name, goal)) in WHOLE.iter().enumerate() {
        if !name.contains(&only) {
            continue;
        }
        let rates = (0..rounds).map(|round| {
            let mut sides = Sides::fill(&server, &format!("whole_{number}_{round}"), sizes, 0);
            if !name.starts_with("bytes") {
                sides.serve(&server, 0);
            }
            sides.whole(name)
        });
        print(name, "", &rates.collect::<Vec<_>>(), *goal);
    }
}

/// What each side does a second.
#[derive(Clone, Copy)]
struct Rates {
    kept: f64,
    peer: f64,
    /// Kept with its databases on the peer's server.
    served: Option<f64>,
}

/// What is done once with everything, in records a second, with the goal.
const WHOLE: &[(&str, f64)] = &[
    ("sweep", 1.0),
    ("audience: count", 20.0),
    ("audience: identifiers", 10.0),
    ("audience: opened and logged", 4.0),
    ("bytes a record (peer over Kept)", 1.0 / 0.75),
];

fn setting(name: &str, left_out: usize) -> usize {
    let given = std::env::var(name).ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(left_out)
}

fn rows(sizes: Sizes, operations: usize) -> Vec<Row> {
    let Sizes { records, people } = sizes;
    let mut rows = Vec::new();
    for (workload, goal) in [
        (Workload::Controller, 10.0),
        (Workload::Customer, 2.0),
        (Workload::Processor, 3.0),
        (Workload::Regulator, 3.0),
    ] {
        let mix = Mix::of(workload, sizes);
        rows.push(Row {
            name: format!("workload {workload}"),
            clients: 4,
            operations,
            goal,
            draw: Box::new(move |draw| mix.draw(draw)),
        });
    }
    let mut one = |name: &str, clients, goal, draw: Box<dyn Fn(&mut Draw) -> Operation + Sync>| {
        rows.push(Row {
            name: name.to_owned(),
            clients,
            operations,
            goal,
            draw,
        });
    };
    for (clients, read, export, consent, create, erase) in
        [(4, 1.8, 1.0, 1.0, 1.0, 1.0), (32, 10.0, 5.0, 4.0, 1.0, 3.0)]
    {
        one(
            "point read",
            clients,
            read,
            Box::new(move |draw| Operation::Read(draw.below(records))),
        );
        one(
            "subject export",
            clients,
            export,
            Box::new(move |draw| Operation::ReadBySubject(draw.below(people))),
        );
        one(
            "consent change",
            clients,
            consent,
            Box::new(move |draw| Operation::UpdateMetadata(draw.below(records))),
        );
        one("create", clients, create, Box::new(|_| Operation::Create));
        one(
            "erase a subject",
            clients,
            erase,
            Box::new(move |draw| Operation::Erase(draw.below(people))),
        );
    }
    rows
}

/// The medians of all sides, with their ratios.
fn print(name: &str, clients: &str, rates: &[Rates], goal: f64) {
    let median = |of: &dyn Fn(&Rates) -> Option<f64>| {
        let mut all: Vec<f64> = rates.iter().filter_map(of).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    };
    let kept = median(&|one| Some(one.kept)).unwrap_or_default();
    let peer = median(&|one| Some(one.peer)).unwrap_or_default();
    let ratio = median(&|one| Some(one.kept / one.peer)).unwrap_or_default();
    print!("{name:<32} {clients:>7} {kept:>10.0} {peer:>10.0} {ratio:>7.2} {goal:>6.2}");
    if let Some(served) = median(&|one| one.served) {
        let ratio = median(&|one| Some(one.served? / one.peer)).unwrap_or_default();
        print!(" {served:>14.0} {ratio:>7.2} {SERVED:>6.2}");
    }
    println!();
}

/// What Kept on a server should reach of the peer.
const SERVED: f64 = 0.8;

impl Sides {
    fn fill(server: &Postgres, database: &str, sizes: Sizes, room: usize) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let home = Home {
            folder: folder.path().to_owned(),
            database: None,
        };
        Self {
            served: None,
            house: House::make(&home, sizes, room, &|_| {}).unwrap(),
            peer: Peer::fill(server.socket(), database, sizes).unwrap(),
            home,
            sizes,
            _folder: folder,
        }
    }

    /// Kept once more, on the peer's server.
    fn serve(&mut self, server: &Postgres, room: usize) {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let [data, keyring] = databases_on(server.socket());
        let home = Home {
            folder: folder.path().to_owned(),
            database: Some(Servers::at(&data, &keyring)),
        };
        let house = House::make(&home, self.sizes, room, &|_| {}).unwrap();
        self.served = Some((house, folder));
    }

    /// All do the same operations, one after the other; who begins changes with the round.
    fn compare(&self, row: &Row, round: usize) -> Rates {
        let plan = Plan {
            operations: row.operations,
            clients: row.clients,
            seed: round as u64,
        };
        let of = |house: &House| {
            let connect = || Ok(|operation| house.carry_out(operation));
            run(plan, &row.draw, connect, &|_| {}).unwrap().rate()
        };
        let peer = || {
            let connect = || {
                let connection = self.peer.connect()?;
                Ok(move |operation| connection.carry_out(operation))
            };
            run(plan, &row.draw, connect, &|_| {}).unwrap().rate()
        };
        let (kept, peer) = match round % 2 {
            0 => (of(&self.house), peer()),
            _ => {
                let peer = peer();
                (of(&self.house), peer)
            }
        };
        let served = self.served.as_ref().map(|(house, _)| of(house));
        Rates { kept, peer, served }
    }

    /// What is done once with everything, by all.
    fn whole(&self, name: &str) -> Rates {
        let connection = self.peer.connect().unwrap();
        let records = self.sizes.records as f64;
        let (of, peer): (&dyn Fn(&House) -> f64, f64) = match name {
            "sweep" => (
                &|house| rate(|| house.sweep().unwrap() as f64),
                rate(|| connection.sweep().unwrap() as f64),
            ),
            "audience: count" | "audience: identifiers" => {
                let listed = name == "audience: identifiers";
                (
                    &move |house| {
                        rate(|| {
                            let of = |purpose| house.audience(purpose, listed).unwrap();
                            (0..PURPOSES).map(of).sum::<u64>() as f64
                        })
                    },
                    rate(|| {
                        for purpose in 0..PURPOSES {
                            connection.audience(purpose, listed).unwrap();
                        }
                        records * 0.9
                    }),
                )
            }
            "audience: opened and logged" => {
                let read = |side: &dyn Fn(Operation) -> usize| {
                    let found = (0..PURPOSES).map(|it| side(Operation::ReadByPurpose(it)));
                    found.sum::<usize>() as f64
                };
                (
                    &move |house| rate(|| read(&|it| house.carry_out(it).unwrap().found())),
                    rate(|| read(&|it| connection.carry_out(it).unwrap().found())),
                )
            }
            // The peer's bytes over Kept's, so that more is better here too.
            _ => (
                &|_| records / self.home.bytes().unwrap() as f64 * 1e6,
                records / connection.bytes().unwrap() as f64 * 1e6,
            ),
        };
        Rates {
            kept: of(&self.house),
            peer,
            served: self.served.as_ref().map(|(house, _)| of(house)),
        }
    }
}

/// What is done a second.
fn rate(act: impl FnOnce() -> f64) -> f64 {
    let watch = Instant::now();
    let done = act();
    done / watch.elapsed().as_secs_f64()
}
