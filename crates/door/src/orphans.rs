//! Orphans: keys and look-ups of records that were never stored, because a crash or a refusal came
//! between the keyring's commit and the data's. They open nothing, and go while no batch is open
//! (mechanism, 5).

use std::collections::HashSet;

use domain::{Fault, KeyId, SubjectId};

use crate::envelope;
use crate::vault::Vault;

/// Keys that are looked at together.
const KEYS_AT_ONCE: u32 = 1_000;
/// Where other processes write as well, what is younger than this may be of a batch that one of them
/// has open; milliseconds. No batch is open for so long.
const MAY_BE_OPEN: i64 = 3_600_000;

/// What to do about look-ups of records that are not stored.
#[derive(Clone, Copy)]
enum Unstored {
    /// Leave them: a batch that is open may store the record yet.
    Wait,
    /// Give them up.
    GiveUp,
}

impl Vault {
    /// Drops the keys that no stored record refers to, and settles the look-ups of records that
    /// are not known to be stored. Returns how many keys went.
    ///
    /// # Errors
    /// When a database cannot be read or the keyring cannot be written.
    pub(crate) fn drop_orphans(&self, now: i64) -> Result<u64, Fault> {
        let (mut dropped, mut after) = (0, None);
        loop {
            let page = self
                .keyring
                .database
                .read(|reader| reader.keys_after(after, KEYS_AT_ONCE))?;
            let Some(last) = page.last() else { break };
            after = Some((last.subject, last.id));
            let keys: Vec<(SubjectId, KeyId)> = page
                .iter()
                .filter(|row| self.is_of_no_open_batch(row.id.made(), now))
                .map(|row| (row.subject, row.id))
                .collect();
            let suspects = self.without_record(&keys)?;
            if suspects.is_empty() {
                continue;
            }
            // A batch that is open may be about to store the record: look again without any.
            let _alone = self.keyring.hold_alone();
            self.data.finish_commits()?;
            let orphans = self.without_record(&suspects)?;
            dropped += orphans.len() as u64;
            self.keyring.destroy(orphans, Vec::new())?;
        }
        while self.settle_page(Unstored::Wait, now)? {}
        let _alone = self.keyring.hold_alone();
        self.data.finish_commits()?;
        self.settle_look_ups(now)?;
        Ok(dropped)
    }

    /// Whether what was made at a moment, milliseconds UTC, belongs to no batch that another process
    /// may have open now, microseconds UTC.
    fn is_of_no_open_batch(&self, made: i64, now: i64) -> bool {
        !self.keyring.database.is_shared() || made < now / 1_000 - MAY_BE_OPEN
    }

    /// Settles what a crash left open, no batch being open: look-ups that were made for a record
    /// are confirmed where it is stored, and given up where it is not.
    pub(crate) fn settle_look_ups(&self, now: i64) -> Result<(), Fault> {
        while self.settle_page(Unstored::GiveUp, now)? {}
        Ok(())
    }

    /// Settles some look-ups; says whether that brought anything.
    fn settle_page(&self, unstored: Unstored, now: i64) -> Result<bool, Fault> {
        let open = self
            .keyring
            .database
            .read(|reader| reader.open_look_ups(KEYS_AT_ONCE))?;
        let (stored, never): (Vec<_>, Vec<_>) = self.data.read(|reader| {
            let mut sides = (Vec::new(), Vec::new());
            for (subject, record) in open {
                let side = match reader.has_record(subject, record)? {
                    true => &mut sides.0,
                    false => &mut sides.1,
                };
                side.push((subject, record));
            }
            Ok(sides)
        })?;
        let never = match unstored {
            Unstored::GiveUp => never
                .into_iter()
                .filter(|(_, record)| self.is_of_no_open_batch(record.made(), now))
                .collect(),
            Unstored::Wait => Vec::new(),
        };
        let brought = !stored.is_empty() || !never.is_empty();
        self.keyring.confirm(stored)?;
        self.keyring.give_up(never)?;
        Ok(brought)
    }

    /// Those keys, in the order of their persons, that no stored record is sealed with.
    fn without_record(
        &self,
        keys: &[(SubjectId, KeyId)],
    ) -> Result<Vec<(SubjectId, KeyId)>, Fault> {
        self.data.read(|reader| {
            let mut without = Vec::new();
            for of_one in keys.chunk_by(|one, next| one.0 == next.0) {
                let Some((subject, _)) = of_one.first() else {
                    continue;
                };
                let used = reader
                    .envelope_heads(*subject)?
                    .iter()
                    .map(|head| envelope::key_of(head))
                    .collect::<Result<HashSet<_>, Fault>>()?;
                without.extend(of_one.iter().filter(|(_, key)| !used.contains(key)));
            }
            Ok(without)
        })
    }
}
