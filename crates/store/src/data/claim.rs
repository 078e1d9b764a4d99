//! Work that one process does while the others leave it alone, for a while: whoever claimed it and
//! died does not keep it.

use domain::Fault;

use crate::rows::{one, put};
use crate::sql;
use crate::writer::Tx;

/// Who claims, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claimant {
    /// The process, by a random identifier.
    pub who: [u8; 16],
    /// Now, microseconds UTC.
    pub now: i64,
    /// Until when, microseconds UTC.
    pub until: i64,
}

impl Tx<'_> {
    /// Claims a piece of work, or goes on claiming it; says whether nobody else has it.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub fn claim(&mut self, work: &str, by: Claimant) -> Result<bool, Fault> {
        let name = name(work);
        let kept: Option<Vec<u8>> = one(self.connection, sql::META_GET, [&name], |row| row.get(0))?;
        if kept.as_deref().is_some_and(|kept| is_anothers(kept, by)) {
            return Ok(false);
        }
        let value = [by.until.to_be_bytes().as_slice(), &by.who].concat();
        put(self.connection, sql::META_PUT, (&name, value))?;
        Ok(true)
    }

    /// Gives a piece of work up. One that somebody else has meanwhile stays theirs.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn give_up_claim(&mut self, work: &str, who: [u8; 16]) -> Result<(), Fault> {
        let name = name(work);
        let kept: Option<Vec<u8>> = one(self.connection, sql::META_GET, [&name], |row| row.get(0))?;
        match kept.is_some_and(|kept| kept.ends_with(&who)) {
            true => put(self.connection, sql::META_DELETE, [name]),
            false => Ok(()),
        }
    }
}

fn name(work: &str) -> String {
    format!("claim-{work}")
}

/// Whether a claim stands that somebody else made.
fn is_anothers(kept: &[u8], by: Claimant) -> bool {
    let Some((until, who)) = kept.split_first_chunk::<8>() else {
        return false;
    };
    who != by.who && i64::from_be_bytes(*until) > by.now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_anothers_until_it_is_over() {
        let by = |who: u8, now| Claimant {
            who: [who; 16],
            now,
            until: now + 10,
        };
        let kept = [100_i64.to_be_bytes().as_slice(), &[1; 16]].concat();
        assert!(is_anothers(&kept, by(2, 99)));
        assert!(!is_anothers(&kept, by(2, 100)));
        assert!(!is_anothers(&kept, by(1, 99)));
        assert!(!is_anothers(&[], by(2, 0)));
    }
}
