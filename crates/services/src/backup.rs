//! Backups: made, kept, restored and drilled; and what is shipped to places outside (21b, 21e,
//! decision 23).

mod copies;
mod drill;
mod impose;
mod list;
mod make;
mod restore;

pub use copies::{CopyState, LastShipping, Shipping, Ships};
pub use door::backup::{KeptBackup, Swept};
pub use drill::{Drill, Drilled, Finding};
pub use impose::Imposing;
pub use list::{Listed, list};
pub use make::{BackedUp, LastBackup};
pub use restore::{Restore, Restored, restore};

/// Whether a place can be named like that, without reaching for it.
///
/// # Errors
/// [`domain::FaultKind::Invalid`] when no place is named like that,
/// [`domain::FaultKind::Refused`] when it would be reached in plain text beyond this machine.
pub fn check_place(name: &str) -> Result<(), domain::Fault> {
    door::backup::place(name, std::path::Path::new("")).map(|_| ())
}
