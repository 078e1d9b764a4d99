//! A personal value is not compared, or it could be guessed.
use domain::Personal;

fn main() {
    let _ = Personal::new(String::from("Camille")) == Personal::new(String::from("Camille"));
}
