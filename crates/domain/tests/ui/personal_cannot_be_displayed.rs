//! A personal value is not printed.
use domain::Personal;

fn main() {
    println!("{}", Personal::new(String::from("Camille")));
}
