//! Whether the keys belong to the installation: told before a byte of it is touched.

use aws_lc_rs::hmac;
use domain::{Fault, FaultKind, InstallationId};
use store::keyring::{EpochRow, EpochState};
use store::{Database, Reader};
use zeroize::Zeroizing;

use crate::algorithms::Floors;
use crate::epoch::{Kind, Managers};
use crate::folder::Layout;
use crate::key_manager;

/// Under which name the keyring keeps what tells the look-up key.
pub(super) const LOOK_UP: &str = "look-up-check";

/// Under which name the keyring keeps what tells an epoch's key.
pub(super) fn name(epoch: u32) -> String {
    format!("epoch-check-{epoch}")
}

/// What the keys are tried on.
pub(super) fn text(installation: InstallationId) -> Vec<u8> {
    [b"kept key check ".as_slice(), installation.as_bytes()].concat()
}

/// Checks every key that is still needed against the keyring; an installation that is being made
/// has none yet.
pub(super) fn keys(
    layout: &Layout,
    managers: &Managers,
    look_up: &hmac::Key,
    installation: InstallationId,
) -> Result<(), Fault> {
    let place = layout.keyring_place();
    if !place.is_used()? {
        return Ok(());
    }
    let text = text(installation);
    Database::peek(&place, |reader| {
        let floors = Floors::read(reader)?;
        key_manager::reach(&floors)?;
        for row in reader.epochs()? {
            if !is_needed(&row, reader)? {
                continue;
            }
            let kind = reader.key_meta(&Kind::entry(row.number))?;
            let kind = Kind::decode(kind.as_deref(), &floors)?;
            let keys = managers.of(kind.manager)?;
            let told = keys.mac(row.number, vec![Zeroizing::new(text.clone())])?;
            if reader.key_meta(&name(row.number))?.as_deref() != Some(told.as_flattened()) {
                return Err(foreign(&format!("the key of epoch {}", row.number)));
            }
        }
        match reader.key_meta(LOOK_UP)? {
            Some(kept) if hmac::verify(look_up, &text, &kept).is_err() => {
                Err(foreign("the look-up key"))
            }
            _ => Ok(()),
        }
    })
}

/// Whether an epoch's key must be there: one whose turn was interrupted at the very end may be
/// destroyed already.
fn is_needed(row: &EpochRow, reader: &Reader<'_>) -> Result<bool, Fault> {
    match row.state {
        EpochState::Active => Ok(true),
        EpochState::Retiring => Ok(reader.left_in_epoch(row.number)?.all() > 0),
        EpochState::Made | EpochState::Emptied | EpochState::Destroyed => Ok(false),
    }
}

fn foreign(what: &str) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("{what} does not belong to this installation"),
    )
    .remedy("use the key folder of this installation; nothing was touched")
}
