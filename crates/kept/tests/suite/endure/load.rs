//! The load: clients that take people in, write down what they want, read and erase them, and
//! remember what they were told.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use serde_json::json;
use testkit::chance::Chance;

use super::client::{Client, Gone, NEWSLETTERS, OFFICER, RELATIONS};
use super::people::{Book, Figures, Person, taken_in};

/// How many people of those who are there a client works on, beside new ones.
const SOME: usize = 6;

/// How many clients work at once.
const CLIENTS: u64 = 3;

/// Tells clients to stop when it goes, whatever ended what they were to see.
struct Stop<'s>(&'s AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Lets clients work on a served installation, and something be done `beside` them again and again,
/// while something happens to it; that is given how many of their acts were acknowledged. Names those
/// whom the clients take in after `prefix`. Those of the book from the number that is given on may
/// have been touched.
pub(super) fn while_at_work(
    (port, key): (u16, &str),
    (chance, prefix): (&mut Chance, &str),
    book: &mut Book,
    beside: Option<&(dyn Fn() + Sync)>,
    happens: impl FnOnce(&AtomicU64, &mut Chance),
) -> usize {
    let acknowledged = AtomicU64::new(0);
    let works: Vec<Work<'_>> = (0..CLIENTS)
        .map(|client| {
            let own = Chance::new(chance.next_number());
            let prefix = format!("{prefix}C{client}");
            Work::new(Client::new(port, key), own, prefix, book, &acknowledged)
        })
        .collect();
    let known = book.held.len();
    let shared = Mutex::new(std::mem::take(book));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let _stop = Stop(&over);
        for work in works {
            scope.spawn(|| work.until(&over, &shared));
        }
        if let Some(beside) = beside {
            scope.spawn(|| {
                while !over.load(Ordering::Acquire) {
                    beside();
                }
            });
        }
        happens(&acknowledged, chance);
    });
    *book = shared.into_inner().unwrap();
    known
}

/// One client's work, until there is no answer any more or it is told to stop.
struct Work<'w> {
    client: Client<'w>,
    chance: Chance,
    /// Begins the surnames of those whom this client takes in.
    prefix: String,
    mine: Vec<Person>,
    unsure: Vec<String>,
    gone: Vec<Person>,
    /// Those whose erasure was answered with a fault: nothing more is done with them.
    left: Vec<Person>,
    made: u64,
    figures: Figures,
    acknowledged: &'w AtomicU64,
}

impl<'w> Work<'w> {
    /// A client who takes some people out of the book for itself, and counts the acts that are
    /// acknowledged.
    fn new(
        client: Client<'w>,
        mut chance: Chance,
        prefix: String,
        book: &mut Book,
        acknowledged: &'w AtomicU64,
    ) -> Self {
        let mut mine = Vec::new();
        while mine.len() < SOME && book.held.len() > SOME {
            let at = chance.below(book.held.len() as u64) as usize;
            mine.push(book.held.swap_remove(at));
        }
        Self {
            client,
            chance,
            prefix,
            mine,
            unsure: Vec::new(),
            gone: Vec::new(),
            left: Vec::new(),
            made: 0,
            figures: Figures::default(),
            acknowledged,
        }
    }

    /// Works, then writes into the book what came of it.
    fn until(mut self, over: &AtomicBool, book: &Mutex<Book>) {
        while !over.load(Ordering::Acquire) && self.step().is_ok() {}
        self.mine.append(&mut self.left);
        book.lock().unwrap().take(Book {
            held: self.mine,
            unsure: self.unsure,
            gone: self.gone,
            figures: self.figures,
        });
    }

    fn step(&mut self) -> Result<(), Gone> {
        if self.mine.is_empty() {
            return self.take_in();
        }
        match self.chance.below(20) {
            0..=5 => self.take_in(),
            6..=9 => self.consent(),
            10 | 11 => self.withdraw(),
            12 => self.object(),
            13..=15 => self.read(),
            16 | 17 => self.read_for_newsletters(),
            _ => self.erase(),
        }
    }

    fn one(&mut self) -> usize {
        self.chance.below(self.mine.len() as u64) as usize
    }

    /// An answer to an act: whether it was done. A fault that the server owns up to may have come
    /// after the act took effect, or before.
    fn done(&mut self, answer: &super::client::Answer, good: u16) -> Option<bool> {
        match answer.status {
            status if status == good => {
                self.figures.writes += 1;
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
                Some(true)
            }
            500 | 503 => {
                self.figures.faults += 1;
                assert!(answer.json["remedy"].is_string(), "{}", answer.json);
                None
            }
            _ => panic!("{}", answer.json),
        }
    }

    fn take_in(&mut self) -> Result<(), Gone> {
        self.made += 1;
        let surname = format!("{}N{}E", self.prefix, self.made);
        let body = taken_in(&surname);
        let answer = match self.client.post(RELATIONS, "/subjects", "", &body) {
            Ok(answer) => answer,
            Err(gone) => {
                self.unsure.push(surname);
                return Err(gone);
            }
        };
        match self.done(&answer, 201) {
            Some(_) => {
                let id = answer.json["subject"].as_str().unwrap().to_owned();
                let mut person = Person::new(id, surname);
                person.entries.extend(answer.entry());
                self.mine.push(person);
            }
            None => self.unsure.push(surname),
        }
        Ok(())
    }

    fn consent(&mut self) -> Result<(), Gone> {
        let body = json!({
            "purpose": "newsletters",
            "proof": {
                "category": "consent-proofs", "origin": "electronic-form",
                "values": { "consent-wording": "I agree", "consent-means": "form" },
            },
        });
        self.act_on_newsletters("consents", &body, 201, true)
    }

    fn withdraw(&mut self) -> Result<(), Gone> {
        let body = json!({ "purpose": "newsletters" });
        let consented = |person: &Person| person.newsletters == BTreeSet::from([true]);
        if self.mine.iter().any(consented) {
            while !consented(&self.mine[self.mine.len() - 1]) {
                self.mine.rotate_right(1);
            }
            return self.act_on(
                self.mine.len() - 1,
                "consents/withdrawals",
                &body,
                200,
                false,
            );
        }
        Ok(())
    }

    fn object(&mut self) -> Result<(), Gone> {
        let body = json!({ "to": "canvassing" });
        self.act_on_newsletters("objections", &body, 201, false)
    }

    fn act_on_newsletters(
        &mut self,
        what: &str,
        body: &serde_json::Value,
        good: u16,
        open: bool,
    ) -> Result<(), Gone> {
        let at = self.one();
        self.act_on(at, what, body, good, open)
    }

    /// An act that opens or closes the newsletters to a person, and the very next read, which obeys.
    fn act_on(
        &mut self,
        at: usize,
        what: &str,
        body: &serde_json::Value,
        good: u16,
        open: bool,
    ) -> Result<(), Gone> {
        let path = format!("{}/{what}", self.mine[at].path());
        self.mine[at].newsletters.insert(open);
        let answer = self.client.post(NEWSLETTERS, &path, "", body)?;
        if self.done(&answer, good).is_some() {
            self.mine[at].newsletters = BTreeSet::from([open]);
            self.mine[at].entries.extend(answer.entry());
            self.read_one_for_newsletters(at)?;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<(), Gone> {
        let at = self.one();
        let answer = self.mine[at].read(&mut self.client)?;
        self.figures.reads += u64::from(answer.status == 200);
        Ok(())
    }

    fn read_for_newsletters(&mut self) -> Result<(), Gone> {
        let at = self.one();
        self.read_one_for_newsletters(at)
    }

    fn read_one_for_newsletters(&mut self, at: usize) -> Result<(), Gone> {
        let status = self.mine[at].read_for_newsletters(&mut self.client)?;
        self.figures.reads += u64::from(status == Some(200));
        Ok(())
    }

    fn erase(&mut self) -> Result<(), Gone> {
        let at = self.one();
        let read = self.mine[at].read(&mut self.client)?;
        let Some(version) = read.version else {
            return Ok(());
        };
        self.figures.reads += 1;
        let path = format!("{}/erasures", self.mine[at].path());
        let fields = format!("If-Match: {version}\r\n");
        let body = json!({ "reason": "no-longer-necessary" });
        self.mine[at].erasing = true;
        let answer = self.client.post(OFFICER, &path, &fields, &body)?;
        if self.done(&answer, 200).is_some() {
            self.figures.erased += 1;
            let person = self.mine.swap_remove(at);
            let after = self.client.get(RELATIONS, &person.path());
            self.gone.push(person);
            assert!(after?.status != 200, "an erased person is read");
        } else {
            self.left.push(self.mine.swap_remove(at));
        }
        Ok(())
    }
}
