//! The retention calendar: what is kept in memory of it is what would be counted anew.

use std::collections::BTreeMap;

use domain::SubjectId;
use domain::calendar::start_of;
use domain::sweep::next_due;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use policy::model::{CategoryId, ErasureGround};
use services::overview::Calendar;

use crate::common::{House, acting};

const START: &str = "2026-03-02T09:00:00Z";

/// The first days of twelve years, and of the one after.
fn years() -> Vec<Date> {
    let first = jiff::civil::date(2026, 1, 1);
    let later = |years| first.saturating_add(Span::new().years(years));
    (0..=12).map(later).collect()
}

/// What the calendar says, looked up person by person.
fn slowly(house: &House, people: &[SubjectId]) -> (Vec<BTreeMap<CategoryId, u64>>, u64, u64) {
    let kept = &house.kept;
    let (law, moment) = (kept.law(), kept.moment().unwrap());
    let starts: Vec<Timestamp> = years()
        .into_iter()
        .map(|day| start_of(day, law.in_force.zone()))
        .collect();
    let mut periods = vec![BTreeMap::new(); starts.len() - 1];
    let (mut waiting, mut past) = (0, 0);
    for id in people {
        let Ok(loaded) = kept.person(*id, &law) else {
            continue;
        };
        let subject = &loaded.subject;
        for held in subject.records.iter().filter(|held| !held.tombstone) {
            match next_due(&law.in_force, subject, held, moment) {
                None => waiting += 1,
                Some(at) if at <= moment.now => past += 1,
                Some(at) => {
                    let period = (0..periods.len())
                        .find(|period| starts[*period] < at && at <= starts[period + 1]);
                    if let Some(period) = period {
                        *periods[period].entry(held.category).or_default() += 1;
                    }
                }
            }
        }
    }
    (periods, waiting, past)
}

fn calendar(house: &House) -> Calendar {
    house.kept.calendar(&years(), &acting().actor).unwrap()
}

#[track_caller]
fn agree(house: &House, people: &[SubjectId]) {
    let counted = calendar(house);
    let (periods, waiting, past) = slowly(house, people);
    assert_eq!(counted.periods, periods);
    assert_eq!(counted.waiting.values().sum::<u64>(), waiting);
    assert_eq!(counted.due, past);
}

#[test]
fn the_calendar_follows_what_changes() {
    let house = House::new(START);
    agree(&house, &[]);
    let mut people = vec![house.add_contact("Ledoux"), house.add_contact("Vasseur")];
    agree(&house, &people);
    let held =
        |calendar: &Calendar| -> u64 { calendar.periods.iter().flat_map(BTreeMap::values).sum() };
    assert_eq!(held(&calendar(&house)), 2);
    people.push(house.add_contact("Garnier"));
    agree(&house, &people);
    house
        .kept
        .forget(people[0], ErasureGround::Unlawful, None, &acting())
        .unwrap();
    agree(&house, &people);
    assert_eq!(held(&calendar(&house)), 2);
    // What was past its term on the day is counted so from that moment on.
    house.move_to("2035-06-01T09:00:00Z");
    agree(&house, &people);
    house.kept.sweep(&acting(), &mut |_| {}).unwrap();
    agree(&house, &people);
}

#[test]
fn so_many_who_changed_are_looked_at_at_once() {
    let house = House::new(START);
    let people: Vec<SubjectId> = (0..220).map(|_| house.add_contact("Ledoux")).collect();
    agree(&house, &people);
    agree(&house, &people);
}
