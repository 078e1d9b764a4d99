//! A positive decision is made by deciding, nowhere else.
use domain::decide::Allowed;

fn main() {
    let _ = Allowed {
        permitted: Vec::new(),
    };
}
