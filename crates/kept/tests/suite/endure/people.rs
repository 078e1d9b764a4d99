//! What clients were told of people, and what must therefore hold of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::{Answer, Client, Gone, NEWSLETTERS, OFFICER, RELATIONS};

/// What is answered to a read of somebody who was erased: of those who consented the proof stays, and
/// is closed to every reader here.
const ERASED: [u16; 2] = [403, 404];

/// How many clients look at people at once.
const AT_ONCE: usize = 4;
/// How many of those who are gone are looked for each time.
const LAST: usize = 20;

/// A person who was taken in, and what may be true of them: one thing, or two where an answer never
/// came.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) surname: String,
    /// What a read for the newsletters may be answered: yes, no.
    pub(super) newsletters: BTreeSet<bool>,
    /// Whether an erasure was asked for and not answered.
    pub(super) erasing: bool,
    /// The entries of the journal that answers named.
    pub(super) entries: BTreeSet<u64>,
}

/// Everybody.
#[derive(Default)]
pub(super) struct Book {
    /// Those who were taken in.
    pub(super) held: Vec<Person>,
    /// The surnames of those of whom it is not known whether they were.
    pub(super) unsure: Vec<String>,
    /// Those whose erasure was acknowledged.
    pub(super) gone: Vec<Person>,
    /// How many acts and reads were acknowledged, and how many were not.
    pub(super) figures: Figures,
}

/// What was seen in all.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Figures {
    pub(super) writes: u64,
    pub(super) reads: u64,
    pub(super) erased: u64,
    /// Without an answer, and found whole.
    pub(super) whole: u64,
    /// Without an answer, and found not to have happened.
    pub(super) absent: u64,
    /// Refused with an error that says what to do.
    pub(super) faults: u64,
}

impl Figures {
    pub(super) fn add(&mut self, more: Self) {
        self.writes += more.writes;
        self.reads += more.reads;
        self.erased += more.erased;
        self.whole += more.whole;
        self.absent += more.absent;
        self.faults += more.faults;
    }

    pub(super) fn told(&self) -> [(&'static str, u64); 6] {
        [
            ("acknowledged writes", self.writes),
            ("acknowledged reads", self.reads),
            ("of them erasures", self.erased),
            ("unanswered and whole", self.whole),
            ("unanswered and absent", self.absent),
            ("answered with a fault", self.faults),
        ]
    }
}

/// The e-mail address of somebody with this surname.
pub(super) fn email(surname: &str) -> String {
    format!("{}@example.org", surname.to_lowercase())
}

/// Somebody with this surname, as they are taken in: a private person, whom the newsletters reach by
/// consent alone.
pub(super) fn taken_in(surname: &str) -> Value {
    json!({
        "met": "private", "kind": "contact", "origin": "business-card",
        "purposes": ["contact-relations"],
        "records": [
            { "category": "identity", "values": { "surname": surname, "first-name": "Odile" } },
            { "category": "contact-details", "values": { "email": email(surname) } },
        ],
    })
}

impl Person {
    pub(super) fn new(id: String, surname: String) -> Self {
        Self {
            id,
            surname,
            newsletters: BTreeSet::from([false]),
            erasing: false,
            entries: BTreeSet::new(),
        }
    }

    pub(super) fn path(&self) -> String {
        format!("/subjects/{}", self.id)
    }

    /// Whether the answer to a read has all of the person.
    fn is_whole(&self, answer: &Answer) -> bool {
        let records = answer.json["records"].as_array();
        let says = |category: &str, field: &str, value: &str| {
            records.is_some_and(|records| {
                records.iter().any(|record| {
                    record["category"] == category && record["values"][field] == value
                })
            })
        };
        records.is_some_and(|records| records.len() == 2)
            && says("identity", "surname", &self.surname)
            && says("contact-details", "email", &email(&self.surname))
    }

    /// Reads the person to keep in touch: all of them, or nothing of somebody who is being erased.
    pub(super) fn read(&mut self, client: &mut Client<'_>) -> Result<Answer, Gone> {
        let answer = client.get(RELATIONS, &self.path())?;
        match answer.status {
            200 => {
                assert!(self.is_whole(&answer), "{}: half a person", self.surname);
                self.entries.extend(answer.entry());
            }
            403 | 404 => assert!(
                self.erasing,
                "{}: an acknowledged person is gone",
                self.surname
            ),
            500 | 503 => assert!(answer.json["remedy"].is_string(), "{}", answer.json),
            _ => panic!("{}: {}", self.surname, answer.json),
        }
        Ok(answer)
    }

    /// Reads the person for the newsletters: as their consents and objections say at this very
    /// moment. Nothing where the server says that it cannot.
    pub(super) fn read_for_newsletters(
        &mut self,
        client: &mut Client<'_>,
    ) -> Result<Option<u16>, Gone> {
        let path = format!("{}?channel=email", self.path());
        let answer = client.get(NEWSLETTERS, &path)?;
        let open = match answer.status {
            200 => true,
            403 => false,
            404 if self.erasing => return Ok(Some(404)),
            500 | 503 => {
                assert!(answer.json["remedy"].is_string(), "{}", answer.json);
                return Ok(None);
            }
            _ => panic!("{}: {}", self.surname, answer.json),
        };
        assert!(
            self.newsletters.contains(&open),
            "{}: read for the newsletters: {open}, although {:?}",
            self.surname,
            self.newsletters
        );
        self.newsletters = BTreeSet::from([open]);
        if open {
            assert!(self.is_whole(&answer), "{}: half a person", self.surname);
            self.entries.extend(answer.entry());
        }
        Ok(Some(answer.status))
    }

    /// Everything that was acknowledged about the person is in their trace.
    fn is_traced(&self, client: &mut Client<'_>, when: &str) -> Result<(), Gone> {
        let trace = client.get(OFFICER, &format!("{}/trace", self.path()))?;
        assert_eq!(trace.status, 200, "{when}: {}", trace.json);
        let acts = trace.json["acts"].as_array().unwrap().iter();
        let acts: BTreeSet<u64> = acts.filter_map(|act| act["entry"].as_u64()).collect();
        assert!(
            self.entries.is_subset(&acts),
            "{when}: {} is not in the journal: {:?}",
            self.surname,
            self.entries.difference(&acts)
        );
        Ok(())
    }
}

impl Book {
    /// After a crash: what was acknowledged holds, and of what was not, all or nothing. The people
    /// from one on of those who are held are looked at, and the last of those who are gone; everybody
    /// where there is none to begin from.
    pub(super) fn holds(&mut self, server: (u16, &str), from: usize, when: &str) {
        let client = || Client::new(server.0, server.1);
        let sure = |checked: Result<Self, Gone>| {
            checked.unwrap_or_else(|Gone| panic!("{when}: no answer from a server that runs well"))
        };
        let found = sure(self.find_out(&mut client(), when));
        self.take(found);
        let held = std::mem::take(&mut self.held);
        let mut parts: Vec<Vec<Person>> = (0..AT_ONCE).map(|_| Vec::new()).collect();
        for (at, person) in held.into_iter().enumerate() {
            match at < from && !person.erasing {
                true => self.held.push(person),
                false => parts[at % AT_ONCE].push(person),
            }
        }
        let gone = match from {
            0 => &self.gone[..],
            _ => &self.gone[self.gone.len().saturating_sub(LAST)..],
        };
        let checked: Vec<Self> = std::thread::scope(|scope| {
            let back = scope.spawn(|| sure(stay_away(&mut client(), gone, when)));
            let parts: Vec<_> = parts
                .into_iter()
                .map(|part| scope.spawn(|| sure(checked(&mut client(), part, when))))
                .collect();
            let parts = parts.into_iter().chain([back]);
            parts.map(|part| part.join().unwrap()).collect()
        });
        for part in checked {
            self.take(part);
        }
    }

    /// Takes over what another book says.
    pub(super) fn take(&mut self, mut other: Self) {
        self.held.append(&mut other.held);
        self.unsure.append(&mut other.unsure);
        self.gone.append(&mut other.gone);
        self.figures.add(other.figures);
    }

    /// Those of whom it is not known whether they were taken in: whole, or not there at all.
    fn find_out(&mut self, client: &mut Client<'_>, when: &str) -> Result<Self, Gone> {
        let mut book = Self::default();
        for surname in std::mem::take(&mut self.unsure) {
            let found = found(client, &surname)?;
            assert!(found.len() <= 1, "{when}: {surname} is there twice");
            match found.into_iter().next() {
                Some(id) => {
                    book.figures.whole += 1;
                    book.held.push(Person::new(id, surname));
                }
                None => book.figures.absent += 1,
            }
        }
        Ok(book)
    }
}

/// Looks at some people, who are held or gone as they were said to be.
fn checked(client: &mut Client<'_>, people: Vec<Person>, when: &str) -> Result<Book, Gone> {
    let mut book = Book::default();
    for mut person in people {
        let erasing = person.erasing;
        let answer = person.read(client)?;
        assert!(answer.status < 500, "{when}: {}", answer.json);
        let gone = ERASED.contains(&answer.status);
        book.figures.whole += u64::from(erasing && gone);
        book.figures.absent += u64::from(erasing && !gone);
        if gone {
            book.gone.push(person);
            continue;
        }
        person.erasing = false;
        person.read_for_newsletters(client)?;
        person.is_traced(client, when)?;
        book.held.push(person);
    }
    Ok(book)
}

/// Looks for people who were erased.
fn stay_away(client: &mut Client<'_>, gone: &[Person], when: &str) -> Result<Book, Gone> {
    for person in gone {
        let read = client.get(RELATIONS, &person.path())?;
        let erased = ERASED.contains(&read.status);
        assert!(erased, "{when}: {} is back: {}", person.surname, read.json);
        assert_eq!(found(client, &person.surname)?, Vec::<String>::new());
    }
    Ok(Book::default())
}

/// Who is found by the e-mail address that goes with a surname.
fn found(client: &mut Client<'_>, surname: &str) -> Result<Vec<String>, Gone> {
    let body = json!({ "field": "contact-details.email", "value": email(surname) });
    let answer = client.post(RELATIONS, "/subjects/search", "", &body)?;
    assert_eq!(answer.status, 200, "{}", answer.json);
    let people = answer.json["people"].as_array().unwrap().iter();
    Ok(people
        .map(|one| one["subject"].as_str().unwrap().to_owned())
        .collect())
}
