//! Prints the random policy of a seed, to look into a disagreement.

use testkit::chance::Chance;
use testkit::generate::Draft;

fn main() {
    let argument = |at| std::env::args().nth(at).and_then(|it| it.parse().ok());
    let draft = Draft::random(&mut Chance::new(argument(1).unwrap_or(1)));
    print!("{}", draft.text(argument(2).unwrap_or(1) as u32));
}
