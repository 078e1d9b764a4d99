//! The walking skeleton: a person comes in, is read for a purpose, is forgotten.

use domain::FaultKind;
use domain::value::Value;
use policy::model::ErasureGround;
use services::Kept;

use crate::common::{House, acting};

#[test]
fn a_person_comes_in_is_read_and_is_forgotten() {
    let house = House::new("2026-03-01T09:00:00Z");
    let id = house.add_contact("Tréguier");

    let reading = house.read_contact(id).unwrap();
    let values: Vec<String> = reading
        .opened
        .iter()
        .flat_map(|one| one.values.disclose().0.values().map(Value::display))
        .collect();
    assert_eq!(values, ["Tréguier"]);
    assert_eq!(
        house.read_as(id, "it").err().unwrap().kind,
        FaultKind::Refused
    );

    let reason = ErasureGround::NoLongerNecessary;
    let forgotten = house.kept.forget(id, reason, None, &acting()).unwrap();
    assert_eq!(forgotten.acted.destroyed.len(), 1);
    assert_eq!(
        house.read_contact(id).err().unwrap().kind,
        FaultKind::Absent
    );

    let House { kept, folder } = house;
    drop(kept);
    let again = Kept::open(&folder.path().join("kept"), None).unwrap();
    assert_eq!(
        again
            .vault()
            .data()
            .read(|reader| reader.subject_count())
            .unwrap(),
        0
    );
}
