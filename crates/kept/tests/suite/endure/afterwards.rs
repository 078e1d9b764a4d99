//! What must hold once it is over, whatever was done to an installation.

use std::path::{Path, PathBuf};

use super::house::{House, Server};
use super::people::{Book, email};

/// What was acknowledged holds, those of the book from a number on, and the journal is whole.
pub(super) fn holds(house: &House, server: &Server, book: &mut Book, from: usize, when: &str) {
    book.holds((server.port, &house.key), from, when);
    let verified = house.run(["journal", "verify"]);
    assert_eq!(
        verified.code(),
        Some(0),
        "{when}: {}{}",
        verified.out(),
        verified.err()
    );
}

/// No panic, whatever failed.
pub(super) fn nothing_is_a_defect(house: &House, when: &str) {
    let said = house.said();
    assert!(!said.contains("a defect in Kept"), "{when}: {said}");
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
