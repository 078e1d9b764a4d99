//! The answers of each operation are those of a plain model.

use std::collections::BTreeSet;

use super::attributes::{ACCESS, PURPOSES, Sizes, Workload, is_expired, purpose_of, role_at_first};
use super::draw::Draw;
use super::home::Home;
use super::house::House;
use super::operation::{Answer, Mix, Operation};
use super::run::{Plan, run};

/// Records of the model that live, and what else its operations change.
struct Model {
    sizes: Sizes,
    live: BTreeSet<usize>,
    next: usize,
    objecting: Vec<bool>,
    roles: Vec<usize>,
}

impl Model {
    fn new(sizes: Sizes) -> Self {
        Self {
            sizes,
            live: (0..sizes.records).filter(|key| !is_expired(*key)).collect(),
            next: sizes.records,
            objecting: vec![true; sizes.people],
            roles: (0..PURPOSES).map(role_at_first).collect(),
        }
    }

    fn of(&self, person: usize) -> usize {
        let live = self.live.iter();
        live.filter(|key| self.sizes.person_of(**key) == person)
            .count()
    }

    fn is_open(&self, purpose: usize) -> bool {
        self.roles[purpose] == role_at_first(purpose)
    }

    fn has(&self, key: usize) -> usize {
        usize::from(self.live.contains(&key))
    }

    fn count(&self, pick: impl Fn(usize) -> bool) -> usize {
        self.live.iter().filter(|key| pick(**key)).count()
    }

    fn carry_out(&mut self, operation: Operation) -> Answer {
        match operation {
            Operation::Create => {
                let person = self.sizes.person_of(self.next);
                if self.of(person) == 0 {
                    self.objecting[person] = true;
                }
                self.live.insert(self.next);
                self.next += 1;
            }
            Operation::Delete(key) => {
                self.live.remove(&key);
            }
            Operation::UpdateByPurpose(purpose) => {
                let first = role_at_first(purpose);
                self.roles[purpose] = match self.is_open(purpose) {
                    true => (first + 1) % ACCESS,
                    false => first,
                };
            }
            Operation::UpdateMetadata(key) => {
                let person = self.sizes.person_of(key);
                if self.of(person) > 0 {
                    self.objecting[person] ^= true;
                }
            }
            Operation::UpdateBySubject(_) | Operation::Update(_) => {}
            Operation::ReadBySubject(person) | Operation::ReadMetadataBySubject(person) => {
                return Answer::Records(self.of(person));
            }
            Operation::ReadMetadata(key) | Operation::VerifyDeletion(key) => {
                return Answer::Records(self.has(key));
            }
            Operation::Read(key) => {
                let open = self.is_open(purpose_of(key));
                return Answer::Records(if open { self.has(key) } else { 0 });
            }
            Operation::ReadByPurpose(purpose) => {
                let open = self.is_open(purpose);
                return Answer::Records(self.count(|key| open && purpose_of(key) == purpose));
            }
            Operation::ReadByObjection(objection) => {
                let open = self.is_open(objection);
                return Answer::Records(self.count(|key| {
                    let person = self.sizes.person_of(key);
                    open && purpose_of(key) == objection && self.objecting[person]
                }));
            }
            Operation::Erase(person) => {
                let sizes = self.sizes;
                self.live.retain(|key| sizes.person_of(*key) != person);
            }
            Operation::ReadLog(entries) => return Answer::Entries(entries),
        }
        Answer::Done
    }
}

fn house(sizes: Sizes, room: usize) -> (tempfile::TempDir, House) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home {
        folder: folder.path().to_owned(),
        database: None,
    };
    let house = House::make(&home, sizes, room, &|_| {}).unwrap();
    (folder, house)
}

#[test]
fn every_answer_is_that_of_a_plain_model() {
    let sizes = Sizes::of(1_000).unwrap();
    let (_folder, house) = house(sizes, 1_000);
    let mut model = Model::new(sizes);
    let mixes = Workload::ALL.map(|workload| Mix::of(workload, sizes));
    let mut draw = Draw::new(11, 0);
    for turn in 0..500 {
        let operation = mixes[turn % 4].draw(&mut draw);
        let (found, expected) = (
            house.carry_out(operation).unwrap(),
            model.carry_out(operation),
        );
        match (found, expected) {
            // The journal may be shorter than what was asked for.
            (Answer::Entries(found), Answer::Entries(asked)) => {
                assert!(found == asked || (300..asked).contains(&found), "{found}");
            }
            _ => assert_eq!(found, expected, "{operation:?}, turn {turn}"),
        }
    }
    let operation = Operation::Erase(7);
    house.carry_out(operation).unwrap();
    model.carry_out(operation);
    for person in 0..sizes.people {
        let operation = Operation::ReadMetadataBySubject(person);
        let found = house.carry_out(operation).unwrap();
        assert_eq!(found, model.carry_out(operation), "{person}");
    }
    assert!(model.live.len() < sizes.records);
}

#[test]
fn clients_at_once_carry_out_every_workload() {
    let sizes = Sizes::of(1_000).unwrap();
    let (_folder, house) = house(sizes, 400);
    for workload in Workload::ALL {
        let mix = Mix::of(workload, sizes);
        let plan = Plan {
            operations: 101,
            clients: 4,
            seed: 5,
        };
        let connect = || Ok(|operation| house.carry_out(operation));
        let measured = run(plan, &|draw| mix.draw(draw), connect, &|_| {}).unwrap();
        let times: usize = measured.each.values().map(|times| times.count()).sum();
        assert_eq!(times, plan.operations, "{workload}");
    }
}
