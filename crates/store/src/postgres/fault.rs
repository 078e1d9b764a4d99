//! Faults of the database server, in product words. Errors are known by their SQLSTATE: names of
//! constraints and the wording differ from server to server.

use domain::{Fault, FaultKind};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// The server did not answer in time.
#[derive(Debug)]
pub(super) struct TimedOut;

impl std::fmt::Display for TimedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no answer within the time limit")
    }
}

impl std::error::Error for TimedOut {}

/// What an error of the server means to people. The server's words stand in the cause without its
/// detail, which may quote values.
pub(super) fn fault(error: Error) -> Fault {
    let (kind, message, remedy) = meaning(error.code());
    let fault = Fault::new(kind, message).remedy(remedy);
    if error.code().is_some() {
        fault.because(Said::of(&error))
    } else {
        fault.because(error)
    }
}

pub(super) fn timed_out() -> Fault {
    let (kind, message, remedy) = SILENT;
    Fault::new(kind, message).remedy(remedy).because(TimedOut)
}

/// What the server said: its state and the first line, without what may quote a value.
#[derive(Debug)]
struct Said {
    state: SqlState,
}

impl Said {
    fn of(error: &Error) -> Self {
        Self {
            state: error.code().cloned().unwrap_or(SqlState::INTERNAL_ERROR),
        }
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the database server answered with SQLSTATE {}",
            self.state.code()
        )
    }
}

impl std::error::Error for Said {}

type Meaning = (FaultKind, &'static str, &'static str);

const SILENT: Meaning = (
    FaultKind::Unavailable,
    "the database server does not answer",
    "check that it runs and can be reached; then try again",
);

fn meaning(state: Option<&SqlState>) -> Meaning {
    let Some(state) = state else { return SILENT };
    let code = state.code();
    match code {
        "53100" => (
            FaultKind::Unavailable,
            "the disk of the database server is full: nothing was changed",
            "make room on the disk that holds the database, then try again",
        ),
        "25006" => (
            FaultKind::Unavailable,
            "the database server takes no writes: nothing was changed",
            "it is a standby, or set to read only: name the primary in the database's address, \
             or name all servers and let Kept find it",
        ),
        "42501" => (
            FaultKind::Unavailable,
            "the database server does not let Kept do this",
            "give Kept's user the rights on its database: it must own the schema it works in",
        ),
        "28000" | "28P01" => (
            FaultKind::Unavailable,
            "the database server does not let Kept in",
            "check the user in the database's address, the password file and pg_hba.conf",
        ),
        "3D000" | "3F000" => (
            FaultKind::Unavailable,
            "the database server has no such database",
            "make it with `createdb`, owned by Kept's user, or mend the database's address",
        ),
        "57014" => (
            FaultKind::Unavailable,
            "the database server took too long: nothing was changed",
            "try again; if it happens often, look at the server's load or raise \
             `statement-seconds`",
        ),
        "40001" | "40P01" | "55P03" => (
            FaultKind::Unavailable,
            "the database is busy: nothing was changed",
            "try again in a moment",
        ),
        "53300" => (
            FaultKind::Unavailable,
            "the database server takes no more connections",
            "raise its `max_connections`, or lower `connections` of Kept's database",
        ),
        "XX001" | "XX002" => (
            FaultKind::Integrity,
            "the database is damaged",
            "stop using this installation and restore it from a backup",
        ),
        _ if code.starts_with("08") || code.starts_with("57P") => SILENT,
        _ if code.starts_with("53") || code.starts_with("58") => (
            FaultKind::Unavailable,
            "the database server has run out of something: nothing was changed",
            "look at its log, then try again",
        ),
        _ => (
            FaultKind::Integrity,
            "the database does not answer as it should",
            "run `kept journal verify`; if it passes, report this with the log",
        ),
    }
}

/// The server's state that a fault comes from.
fn state(failed: &Fault) -> Option<&str> {
    let cause = std::error::Error::source(failed)?;
    cause.downcast_ref::<Said>().map(|said| said.state.code())
}

/// Whether the connection is gone, and with it what was not committed; it may have been.
pub(crate) fn is_lost(failed: &Fault) -> bool {
    let Some(cause) = std::error::Error::source(failed) else {
        return false;
    };
    match state(failed) {
        Some(state) => state.starts_with("08") || state.starts_with("57P") || state == "25006",
        None => cause.is::<TimedOut>() || cause.is::<Error>(),
    }
}

/// Whether the same may well succeed at once: another transaction was in the way.
pub(crate) fn is_to_be_tried_again(failed: &Fault) -> bool {
    matches!(state(failed), Some("40001" | "40P01" | "55P03"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_server_says_what_to_do() {
        for code in [
            "53100", "25006", "42501", "28P01", "3D000", "57014", "40001", "53300",
        ] {
            let (kind, message, remedy) = meaning(Some(&SqlState::from_code(code)));
            assert_eq!(kind, FaultKind::Unavailable, "{code}");
            assert!(!message.is_empty() && !remedy.is_empty(), "{code}");
        }
        assert_eq!(meaning(None), SILENT);
        assert_eq!(meaning(Some(&SqlState::ADMIN_SHUTDOWN)), SILENT);
        let damaged = meaning(Some(&SqlState::DATA_CORRUPTED));
        assert_eq!(damaged.0, FaultKind::Integrity);
    }
}
