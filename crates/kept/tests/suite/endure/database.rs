//! A database server that goes away while an installation is served from it: its connections are ended
//! in the middle of transactions, it crashes, all of it is killed, a standby takes its place.
//!
//! The same process goes on serving once the server is back, and nothing that was acknowledged is lost.

use std::thread;
use std::time::Duration;

use testkit::chance::Chance;
use testkit::endure::Endurance;
use testkit::postgres::psql;

use super::afterwards::{holds, nothing_erased_is_anywhere, nothing_is_a_defect};
use super::house::{Database, House};
use super::load::while_at_work;
use super::people::{Book, Figures};

/// How many installations an ordinary run makes, and how often the server of one goes away, in an
/// ordinary run and in a long one.
const ROUNDS: u64 = 1;
const FAULTS: u64 = 4;
const FAULTS_AT_MOST: u64 = 40;

/// Ends every connection but the one that says so.
const END_ALL: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = 'kept' AND pid <> pg_backend_pid()";

/// What happens to the server.
#[derive(Clone, Copy, Debug)]
enum Fault {
    ConnectionsEnd,
    Crash,
    Kill,
    /// All of it is killed, and its standby takes its place.
    Failover,
}

impl Fault {
    fn happen(self, house: &House, chance: &mut Chance) {
        let Some(server) = &house.server else { return };
        match self {
            Self::Failover => {
                server.kill();
                thread::sleep(Duration::from_millis(chance.below(200)));
                if let Some(standby) = &house.standby {
                    standby.promote();
                }
            }
            Self::ConnectionsEnd => {
                for _ in 0..1 + chance.below(5) {
                    psql(server.socket(), END_ALL);
                    thread::sleep(Duration::from_millis(chance.below(60)));
                }
            }
            Self::Crash | Self::Kill => {
                match self {
                    Self::Crash => server.crash(),
                    _ => server.kill(),
                }
                thread::sleep(Duration::from_millis(chance.below(400)));
                server.go();
            }
        }
    }
}

#[test]
fn endures_a_postgres_that_goes_away() {
    let mut run = Endurance::begin("database", ROUNDS);
    let most = if run.is_short() {
        FAULTS
    } else {
        FAULTS_AT_MOST
    };
    let mut figures = Figures::default();
    let (mut ended, mut crashed, mut killed) = (0, 0, 0);
    while let Some(mut chance) = run.next_round() {
        let house = House::new(Database::Postgres);
        let mut book = Book::default();
        let server = house.serve();
        for turn in 0..most {
            let fault = *chance.pick(&[Fault::ConnectionsEnd, Fault::Crash, Fault::Kill]);
            match fault {
                Fault::ConnectionsEnd => ended += 1,
                Fault::Crash => crashed += 1,
                Fault::Kill => killed += 1,
                Fault::Failover => {}
            }
            let when = format!(
                "{fault:?} {turn}, installation {}, KEPT_SEED={}",
                run.rounds(),
                run.seed
            );
            let known = work(&house, server.port, &mut chance, &mut book, (turn, fault));
            holds(&house, &server, &mut book, known, &when);
            nothing_is_a_defect(&house, &when);
            if run.is_over() {
                break;
            }
        }
        let when = format!("installation {}, KEPT_SEED={}", run.rounds(), run.seed);
        server.end();
        let server = house.serve();
        holds(&house, &server, &mut book, 0, &when);
        server.end();
        nothing_erased_is_anywhere(&house, &book, &when);
        figures.add(book.figures);
    }
    let faults = [
        ("times all connections ended", ended),
        ("crashes", crashed),
        ("kills", killed),
    ];
    run.tell(&[faults.as_slice(), figures.told().as_slice()].concat());
    assert!(figures.writes > 0, "nothing was done");
}

#[test]
fn endures_failovers_to_a_standby() {
    let mut run = Endurance::begin("failover", ROUNDS);
    let mut figures = Figures::default();
    while let Some(mut chance) = run.next_round() {
        let when = format!("installation {}, KEPT_SEED={}", run.rounds(), run.seed);
        let house = House::new(Database::Standby);
        let mut book = Book::default();
        let server = house.serve();
        work(
            &house,
            server.port,
            &mut chance,
            &mut book,
            (0, Fault::Failover),
        );
        holds(&house, &server, &mut book, 0, &when);
        nothing_is_a_defect(&house, &when);
        server.end();
        nothing_erased_is_anywhere(&house, &book, &when);
        figures.add(book.figures);
    }
    run.tell(&figures.told());
    assert!(figures.writes > 0, "nothing was done");
}

/// Works while the server goes away and comes back.
fn work(
    house: &House,
    port: u16,
    chance: &mut Chance,
    book: &mut Book,
    (turn, fault): (u64, Fault),
) -> usize {
    let served = (port, house.key.as_str());
    while_at_work(
        served,
        (chance, &format!("D{turn}")),
        book,
        None,
        |_, chance| {
            thread::sleep(Duration::from_millis(50 + chance.below(300)));
            fault.happen(house, chance);
            thread::sleep(Duration::from_millis(100 + chance.below(300)));
        },
    )
}
