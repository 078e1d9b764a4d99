//! Faults of the embedded database, in product words.

use domain::{Fault, FaultKind};
use rusqlite::ErrorCode;

/// What a database error means to people. The technical cause is kept for the log.
pub(crate) fn fault(error: rusqlite::Error) -> Fault {
    let (kind, message, remedy) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (
            FaultKind::Unavailable,
            "the disk is full: nothing was changed",
            "make room on the disk that holds the installation, then try again",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            FaultKind::Unavailable,
            "the installation is busy: nothing was changed",
            "try again in a moment",
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => (
            FaultKind::Unavailable,
            "the installation's files cannot be written: nothing was changed",
            "check the owner and the rights of the installation's folder, and whether the disk \
             is mounted for writing",
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (
            FaultKind::Integrity,
            "a file of the installation is damaged",
            "stop using this installation and restore it from a backup",
        ),
        Some(ErrorCode::SystemIoFailure) => (
            FaultKind::Unavailable,
            "the disk reported an error: nothing was changed",
            "check the disk, then try again",
        ),
        _ => (
            FaultKind::Integrity,
            "the installation's files do not answer as they should",
            "run `kept journal verify`; if it passes, report this with the log",
        ),
    };
    Fault::new(kind, message).remedy(remedy).because(error)
}

/// Whether a fault says that the disk of the embedded database is full; a quota that is used up is
/// told by a failed write. What a full server says is told as it is: its reserve is not ours.
#[must_use]
pub(crate) fn disk_is_full(failed: &Fault) -> bool {
    let cause = std::error::Error::source(failed);
    let Some(error) = cause.and_then(|cause| cause.downcast_ref::<rusqlite::Error>()) else {
        return false;
    };
    let extended = error.sqlite_error().map(|error| error.extended_code);
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
        || extended == Some(rusqlite::ffi::SQLITE_IOERR_WRITE)
        || extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

/// The disk is full.
pub(crate) fn disk_full() -> Fault {
    failure(rusqlite::ffi::SQLITE_FULL)
}

/// What was to be destroyed is, but the log in which it stood could not be emptied, for a cause. It is
/// emptied whenever something else is destroyed, and at each turn of the keys.
pub(crate) fn not_emptied(cause: Fault) -> Fault {
    let first = match disk_is_full(&cause) {
        true => "make room on the disk that holds the installation",
        false => "wait until nobody reads it any more",
    };
    Fault::new(
        FaultKind::Unavailable,
        "what was to go does not open any more, but the write-ahead log may still hold its key",
    )
    .remedy(format!(
        "{first}, then run `kept keys rotate`, which empties it"
    ))
    .because(cause)
}

/// A job that cannot be undone alone failed: nothing of its batch may stand.
pub(crate) fn half_written() -> Fault {
    failure(rusqlite::ffi::SQLITE_ABORT)
}

fn failure(code: i32) -> Fault {
    fault(rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(code),
        None,
    ))
}
