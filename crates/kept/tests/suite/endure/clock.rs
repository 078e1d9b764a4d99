//! A machine whose clock jumps, end to end: the server is started with a clock of its own (libfaketime),
//! which is then set forward and back while it serves.

use std::fs;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use testkit::chance::Chance;
use testkit::endure::Endurance;

use super::house::{Database, House, Server};
use crate::kept::Run;

/// How many installations an ordinary run makes, and how often the clock of each is set.
const ROUNDS: u64 = 1;
const JUMPS: u64 = 40;
/// A clock that goes back this far, or less, is corrected in silence.
const BACK: SignedDuration = SignedDuration::from_mins(5);
/// One that is this far ahead of the last act has to be confirmed.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 92);
/// What is near a limit is not asked: seconds pass meanwhile.
const NEAR: SignedDuration = SignedDuration::from_mins(1);
/// The term of a contact: five years from the last contact, through the day.
const YEARS: i16 = 5;

/// The library, where Debian puts it.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap();
    folders
        .map(|folder| folder.unwrap().path().join("faketime/libfaketime.so.1"))
        .find(|library| library.exists())
        .expect("libfaketime is installed (Debian's package faketime; ./test installs it)")
}

/// An installation whose machine's clock is set by hand.
struct Clocked {
    house: House,
    /// How far the machine's clock is ahead.
    ahead: SignedDuration,
    server: Server,
}

impl Clocked {
    fn new() -> Self {
        let house = House::new(Database::Files);
        let file = house.around().file("offset", "+0");
        let variables = [
            format!("LD_PRELOAD={}", library().display()),
            format!("FAKETIME_TIMESTAMP_FILE={}", file.display()),
            "FAKETIME_NO_CACHE=1".to_owned(),
            // Time limits run on as they do.
            "FAKETIME_DONT_FAKE_MONOTONIC=1".to_owned(),
        ];
        let below: Vec<&str> = ["env"]
            .into_iter()
            .chain(variables.iter().map(String::as_str))
            .collect();
        let server = house.begin_to_serve(&below).ready();
        let server = server.unwrap_or_else(|ended| panic!("it did not start: {}", ended.1));
        Self {
            house,
            ahead: SignedDuration::ZERO,
            server,
        }
    }

    /// Sets the machine's clock.
    fn set(&mut self, ahead: SignedDuration) {
        self.ahead = ahead;
        let partial = self
            .house
            .around()
            .file("offset.partial", format!("{:+}", ahead.as_secs()));
        fs::rename(partial, self.house.around().folder().join("offset")).unwrap();
    }

    /// What the machine's clock says.
    fn machine(&self) -> Timestamp {
        Timestamp::now() + self.ahead
    }

    fn add(&self, surname: &str) -> Run {
        let surname = format!("identity.surname={surname}");
        self.house.run([
            "add",
            "--kind",
            "contact",
            "--purpose",
            "contact-relations",
            "--origin",
            "business-card",
            "--field",
            &surname,
            "--json",
        ])
    }

    fn read(&self, person: &str) -> Run {
        self.house.run([
            "read",
            person,
            "--recipient",
            "client-relations",
            "--purpose",
            "contact-relations",
        ])
    }
}

/// Where a clock stands that was set anew.
enum Clock {
    /// Within what is let pass.
    Fine,
    /// It went back, or forward, further than is let pass.
    Jumped { forward: bool },
    /// Too near to a limit to say.
    Near,
}

fn judged(machine: Timestamp, last: Timestamp) -> Clock {
    let by = machine.duration_since(last);
    let near = |limit: SignedDuration| (by - limit).abs() < NEAR;
    if near(AHEAD) || near(-BACK) {
        Clock::Near
    } else if by > AHEAD {
        Clock::Jumped { forward: true }
    } else if -by > BACK {
        Clock::Jumped { forward: false }
    } else {
        Clock::Fine
    }
}

/// How far the clock is set on, or back.
fn jump(chance: &mut Chance) -> SignedDuration {
    const DAY: u64 = 86_400;
    let (back, least, most) = *chance.pick(&[
        (true, 0, 240),
        (true, 0, 240),
        (true, 600, 200 * DAY),
        (false, 100 * DAY, 1_000 * DAY),
        (false, 0, DAY),
        (false, 30 * DAY, 91 * DAY),
        (false, 30 * DAY, 91 * DAY),
        (false, 30 * DAY, 91 * DAY),
    ]);
    let by = SignedDuration::from_secs((least + chance.below(most - least)) as i64);
    if back { -by } else { by }
}

#[test]
fn endures_clocks_that_jump() {
    let mut run = Endurance::begin("clocks", ROUNDS);
    let (mut fine, mut stopped, mut confirmed, mut read, mut over) = (0, 0, 0, 0, 0);
    while let Some(mut chance) = run.next_round() {
        let when = format!("installation {}, KEPT_SEED={}", run.rounds(), run.seed);
        let mut it = Clocked::new();
        // The moment of the last act, as the installation has it: time never goes back behind it.
        let mut last = it.machine();
        let mut people: Vec<(String, Timestamp)> = Vec::new();
        for turn in 0..JUMPS {
            let ahead = it.ahead + jump(&mut chance);
            it.set(ahead.max(SignedDuration::from_hours(-1)));
            let added = it.add(&format!("Kermarrec{turn}"));
            match judged(it.machine(), last) {
                Clock::Near => {
                    it.set(last.duration_since(Timestamp::now()));
                    continue;
                }
                Clock::Fine => {
                    fine += 1;
                    last = last.max(it.machine());
                    let added = added.ok().json();
                    people.push((added["person"].as_str().unwrap().to_owned(), last));
                }
                Clock::Jumped { forward } => {
                    stopped += 1;
                    assert_eq!(added.code(), Some(6), "{when}: {}", added.err());
                    assert!(
                        added.err().contains("the machine's clock went"),
                        "{}",
                        added.err()
                    );
                    for (person, _) in people.iter().take(3) {
                        assert_eq!(
                            it.read(person).code(),
                            Some(6),
                            "{when}: a clock that jumped"
                        );
                    }
                    let confirm = it.house.run(["clock", "confirm"]);
                    match forward {
                        true => {
                            confirm.ok();
                            confirmed += 1;
                            last = it.machine();
                        }
                        false => {
                            assert_eq!(confirm.code(), Some(6), "{when}: back is confirmed");
                            it.set(last.duration_since(Timestamp::now()));
                        }
                    }
                }
            }
            for (person, taken_in) in &people {
                let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
                let day = |moment: Timestamp| moment.to_zoned_datetime(zone.clone()).date();
                let until = day(*taken_in).saturating_add(jiff::Span::new().years(YEARS));
                let today = day(last.max(it.machine()));
                if today == until || today == until.tomorrow().unwrap() {
                    continue;
                }
                let answer = it.read(person).code();
                match today < until {
                    true => {
                        read += 1;
                        assert_eq!(answer, Some(0), "{when}: it may be read on {today}");
                    }
                    false => {
                        over += 1;
                        assert!(matches!(answer, Some(3 | 5)), "{when}: read on {today}");
                    }
                }
            }
        }
        it.house.run(["journal", "verify"]).ok();
        it.server.end();
        // A start on a clock that went back, or far ahead, is a start: nothing is read on it.
        let house = it.house;
        let server = house.serve();
        if let Some((person, _)) = people.last()
            && last.duration_since(Timestamp::now()) > BACK
        {
            let read = house.run([
                "read",
                person,
                "--recipient",
                "client-relations",
                "--purpose",
                "contact-relations",
            ]);
            assert_eq!(read.code(), Some(6), "{when}: {}", read.err());
        }
        server.end();
    }
    run.tell(&[
        ("clocks within the limits", fine),
        ("clocks that jumped", stopped),
        ("of them confirmed", confirmed),
        ("reads within the term", read),
        ("reads past it, refused", over),
    ]);
    assert!(fine > 0 && stopped > 0 && read > 0, "too little was seen");
}
