//! `kill -9` at random moments, under load and while it starts: what was acknowledged is there, what
//! was not is whole or absent, what was erased stays away, the journal holds.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use testkit::chance::Chance;
use testkit::endure::Endurance;

use super::client::Client;
use super::house::{Database, House, Server};
use super::load::{Stop, Work};
use super::people::{Book, Figures, email};

/// How many installations an ordinary run makes.
const ROUNDS: u64 = 1;
/// How often one installation is killed in an ordinary run.
const KILLS: u64 = 8;
/// How often in a long run: its journal, which is verified each time, grows.
const KILLS_AT_MOST: u64 = 100;
/// How many clients there are.
const CLIENTS: u64 = 3;

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

/// What was acknowledged holds, and the journal is whole.
fn holds(house: &House, server: &Server, book: &mut Book, from: usize, when: &str) {
    book.holds((server.port, &house.key), from, when);
    house.run(["journal", "verify"]).ok();
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
    let port = server.port;
    let acknowledged = AtomicU64::new(0);
    let works: Vec<Work<'_>> = (0..CLIENTS)
        .map(|client| {
            let prefix = format!("R{kill}C{client}");
            let own = Chance::new(chance.next_number());
            Work::new(
                Client::new(port, &house.key),
                own,
                prefix,
                book,
                &acknowledged,
            )
        })
        .collect();
    let known = book.held.len();
    let shared = Mutex::new(std::mem::take(book));
    let over = AtomicBool::new(false);
    let turns = chance.one_in(2);
    let (acts, then) = (
        chance.below(50),
        Duration::from_micros(chance.below(60_000)),
    );
    thread::scope(|scope| {
        let _stop = Stop(&over);
        for work in works {
            scope.spawn(|| work.until(&over, &shared));
        }
        if turns {
            scope.spawn(|| {
                while !over.load(Ordering::Acquire) {
                    house.run(["keys", "rotate"]);
                }
            });
        }
        // A slow machine takes as long as it takes.
        while acknowledged.load(Ordering::Relaxed) < acts && server.is_running() {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(then);
        server.kill();
    });
    *book = shared.into_inner().unwrap();
    known
}

/// Looks for the values of those who were erased in every byte of every file.
pub(super) fn nothing_erased_is_anywhere(house: &House, book: &Book, when: &str) {
    for file in house.places().iter().flat_map(|place| files_below(place)) {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for person in &book.gone {
            for value in [&person.surname, &email(&person.surname)] {
                assert!(
                    !text.contains(value.as_str()),
                    "{when}: {value} is in {}",
                    file.display()
                );
            }
        }
    }
}

fn files_below(place: &Path) -> Vec<PathBuf> {
    if !place.is_dir() {
        return place
            .is_file()
            .then(|| place.to_owned())
            .into_iter()
            .collect();
    }
    let inside = std::fs::read_dir(place).unwrap();
    inside
        .flat_map(|one| files_below(&one.unwrap().path()))
        .collect()
}
