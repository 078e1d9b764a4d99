//! Defects of Kept itself: a panic says little, and nothing about anybody.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::io::Io;

/// The exit code of a defect.
pub const EXIT_CODE: u8 = 1;

thread_local! {
    /// What is to be said of the last panic on this thread.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
    /// Whether [`caught`] will say it.
    static EXPECTED: RefCell<bool> = const { RefCell::new(false) };
}

/// Takes over what is printed when a thread panics.
///
/// A panic's own message may quote the value it stumbled over, so it is left out; the place in the
/// code and an id are enough to find the defect and to speak of it.
pub fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(
            || "a place unknown".to_owned(),
            |at| format!("{}:{}", at.file(), at.line()),
        );
        let report = report(&place, &new_id());
        let expected = EXPECTED.with(|expected| *expected.borrow());
        if !expected || std::thread::current().name() != Some("main") {
            // Whoever runs a server reads of it too, not only the client who met it.
            eprint!("{report}");
        }
        LAST.with(|last| *last.borrow_mut() = Some(report));
    }));
}

/// Runs a command; a panic in it is said to whoever asked and becomes an exit code.
pub fn caught(io: &mut Io, command: impl FnOnce(&mut Io) -> u8) -> u8 {
    EXPECTED.with(|expected| *expected.borrow_mut() = true);
    // The surroundings stay usable: at worst a line was written in part.
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| command(io)));
    EXPECTED.with(|expected| *expected.borrow_mut() = false);
    outcome.unwrap_or_else(|_| {
        let said = LAST.with(|last| last.borrow_mut().take());
        io.complain(&said.unwrap_or_else(|| report("a place unknown", &new_id())));
        EXIT_CODE
    })
}

fn report(place: &str, id: &str) -> String {
    format!(
        "error: a defect in Kept stopped this command (defect {id}, at {place})\n  \
         what to do: what was acknowledged is kept; report the defect with these two, and look at \
         `kept journal verify` before you go on\n"
    )
}

/// An id to speak of this one event: when it was, and in which process.
fn new_id() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    format!("{:x}-{:x}", millis & 0xff_ffff_ffff, std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::testing::Written;

    #[test]
    fn a_panic_is_reported_without_the_value_that_it_stumbled_over() {
        install_hook();
        let (mut io, written) = Written::io();
        let code = caught(&mut io, |_| panic!("no such person: Odile Vasseur"));
        let said = written.err();
        assert_eq!(code, EXIT_CODE);
        assert!(said.contains("a defect in Kept"), "{said}");
        assert!(said.contains("defect.rs:"), "{said}");
        assert!(!said.contains("Vasseur"), "{said}");
    }
}
