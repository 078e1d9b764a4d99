//! A personal value is not serialised.
use domain::Personal;

fn serialise(_: impl serde::Serialize) {}

fn main() {
    serialise(Personal::new(String::from("Camille")));
}
