//! `kill -9` at random moments, under load and while it starts: what was acknowledged is there, what
//! was not is whole or absent, what was erased stays away, the journal holds.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use testkit::chance::Chance;
use testkit::endure::Endurance;

use super::afterwards::{holds, nothing_erased_is_anywhere};
use super::house::{Database, House, Server};
use super::load::while_at_work;
use super::people::{Book, Figures};

/// How many installations an ordinary run makes.
const ROUNDS: u64 = 1;
/// How often one installation is killed in an ordinary run.
const KILLS: u64 = 8;
/// How often in a long run: its journal, which is verified each time, grows.
const KILLS_AT_MOST: u64 = 100;

#[test]
fn endures_kill_9_on_files() {
    endure(Database::Files);
}

#[test]
fn endures_kill_9_on_postgres() {
    endure(Database::Postgres);
}

fn endure(database: Database) {
    let mut run = Endurance::begin("kill", ROUNDS);
    let mut figures = Figures::default();
    let (mut kills, mut at_start) = (0, 0);
    let most = if run.is_short() { KILLS } else { KILLS_AT_MOST };
    while let Some(mut chance) = run.next_round() {
        let when = format!("installation {}, KEPT_SEED={}", run.rounds(), run.seed);
        let house = House::new(database);
        let mut book = Book::default();
        let mut known = 0;
        for kill in 0..most {
            let mut server = house.serve();
            holds(&house, &server, &mut book, known, &when);
            known = work(&house, &mut server, &mut chance, &mut book, kill);
            kills += 1;
            // Now and then the next start is killed, too, whatever it was about to finish.
            while chance.one_in(3) {
                let starting = house.begin_to_serve(&[]);
                thread::sleep(Duration::from_micros(chance.below(150_000)));
                starting.kill();
                at_start += 1;
            }
            if run.is_over() {
                break;
            }
        }
        let server = house.serve();
        holds(&house, &server, &mut book, 0, &when);
        server.end();
        nothing_erased_is_anywhere(&house, &book, &when);
        figures.add(book.figures);
    }
    let kills = [("kills under load", kills), ("kills at start", at_start)];
    run.tell(&[kills.as_slice(), figures.told().as_slice()].concat());
    assert!(figures.writes > 0, "nothing was done");
    assert!(figures.erased > 0, "nobody was erased");
}

/// Works on the installation until the server is killed. Those from the number that is given on may
/// have been touched.
fn work(
    house: &House,
    server: &mut Server,
    chance: &mut Chance,
    book: &mut Book,
    kill: u64,
) -> usize {
    let (acts, then) = (
        chance.below(50),
        Duration::from_micros(chance.below(60_000)),
    );
    let rotate = || {
        house.run(["keys", "rotate"]);
    };
    let beside: Option<&(dyn Fn() + Sync)> = chance.one_in(2).then_some(&rotate);
    let (served, prefix) = ((server.port, house.key.as_str()), format!("R{kill}"));
    while_at_work(
        served,
        (chance, &prefix),
        book,
        beside,
        |acknowledged, _| {
            // A slow machine takes as long as it takes.
            while acknowledged.load(Ordering::Relaxed) < acts && server.is_running() {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(then);
            server.kill();
        },
    )
}
