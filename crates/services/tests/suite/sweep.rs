//! A sweep of more people than one round takes.

use std::ops::Range;

use domain::SubjectId;
use policy::model::Person;
use services::collect::NewPerson;

use crate::common::{House, acting};

fn contacts(house: &House, numbers: Range<u32>) -> Vec<SubjectId> {
    let new = numbers.map(|number| NewPerson {
        person: Some(Person::Professional),
        records: vec![house.surname(&format!("Kerbrat {number}"))],
    });
    house.kept.add_people(new.collect(), &acting()).unwrap()
}

#[test]
fn everybody_who_is_due_goes_and_a_dry_run_tells_of_all_of_them() {
    let house = House::new("2026-03-01T09:00:00Z");
    contacts(&house, 0..2_300);
    house.move_to("2029-03-01T09:00:00Z");
    let stay = contacts(&house, 2_300..2_310);
    house.move_to("2031-03-02T09:00:00Z");
    let kept = &house.kept;
    let mut dry = acting();
    dry.dry_run = true;
    let told = kept.sweep(&dry, &mut |_| {}).unwrap();
    assert_eq!((told.records(), told.people), (2_300, 2_300));
    let count = || kept.vault().data().read(|reader| reader.subject_count());
    assert_eq!(count().unwrap(), 2_310, "nothing went");
    let mut steps = Vec::new();
    let swept = kept.sweep(&acting(), &mut |done| steps.push(done)).unwrap();
    assert_eq!(swept, told);
    assert_eq!(steps, [1_000, 2_000, 2_300]);
    assert_eq!(count().unwrap(), 10);
    for id in stay {
        house.read_contact(id).unwrap();
    }
    let again = kept.sweep(&acting(), &mut |_| {}).unwrap();
    assert_eq!(again.records(), 0);
    let logged = kept.vault().restrictive().acts().unwrap();
    assert_eq!(logged.len(), 2_300, "each is in the log");
}
