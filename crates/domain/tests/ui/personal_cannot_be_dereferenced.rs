//! A personal value is looked at by disclosing it, which a tidy test lists.
use domain::Personal;

fn main() {
    let name = Personal::new(String::from("Camille"));
    let _ = name.len();
    let _: &String = &*name;
}
