//! A drill: the latest backup is restored into an empty place, looked at, and removed again. What
//! it took, and what a bad day would have lost, is a report (21b, 21e).

use std::path::Path;
use std::time::{Duration, Instant};

use domain::Fault;
use jiff::{SignedDuration, Timestamp};
use journal::Act;

use super::restore::{For, Restore, Restored, bring_back};
use crate::act::Acting;
use crate::journal::Outside;
use crate::kept::Kept;

/// Records that are opened.
const SAMPLE: u64 = 200;

/// What a drill is made with.
#[derive(Clone, Debug)]
pub struct Drill {
    /// The place of the data backup.
    pub from: String,
    /// The place of the copy of the keyring; none: the same.
    pub keyring: Option<String>,
    /// Which backup; none: the latest.
    pub backup: Option<String>,
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What.
    pub what: &'static str,
    /// Whether it is as it is to be.
    pub good: bool,
    /// How many of which, in words.
    pub how: String,
}

/// What a drill came to.
#[derive(Debug)]
pub struct Drilled {
    /// When it began.
    pub at: Timestamp,
    /// What came back.
    pub restored: Restored,
    /// How long it took until everything was back.
    pub took: Duration,
    /// How long the looking took.
    pub looked: Duration,
    /// What was looked at.
    pub findings: Vec<Finding>,
    /// How old the backup was: so much time of data a bad day would have lost.
    pub data_age: SignedDuration,
    /// How many entries the journal has had since the backup.
    pub entries_since: u64,
    /// How many restrictive acts the copy of the keyring did not have.
    pub acts_behind: u64,
    /// Where it stands in the journal.
    pub receipt: u64,
}

impl Drilled {
    /// Whether everything is as it is to be.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.findings.iter().all(|finding| finding.good)
    }
}

impl Kept {
    /// Restores a backup into an empty folder, which the caller removes afterwards, and looks at
    /// what came back. Nothing of it is published or shipped.
    ///
    /// # Errors
    /// As [`super::restore`]: then the backup would not have helped.
    pub fn drill(
        &self,
        drill: &Drill,
        folder: &Path,
        acting: &Acting,
        told: &mut dyn FnMut(u64),
    ) -> Result<Drilled, Fault> {
        // A turn of the keys in the middle would take the key away that opens the copy.
        let _keys = self
            .keys_work
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let began = self.moment()?;
        let log = self.vault.restrictive().acts()?.len();
        let size = self.vault.data().read(|reader| reader.frontier())?.size();
        let new = Restore {
            from: drill.from.clone(),
            keyring: drill.keyring.clone(),
            backup: drill.backup.clone(),
            beside: self.root(),
            root: folder.to_owned(),
            keys: std::path::absolute(&self.vault.layout().keys)
                .unwrap_or_else(|_| self.vault.layout().keys.clone()),
        };
        let start = Instant::now();
        let (kept, joined, restored) = bring_back(&new, acting, For::Drill, told)?;
        let took = start.elapsed();
        let start = Instant::now();
        let findings = kept.look_at_restored(&restored)?;
        let looked = start.elapsed();
        let shipped = log_before(&kept, joined.keyring.log_bytes)?;
        drop(kept);
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::BackupVerified, &acting.actor, moment, &law);
        detail.rule = Some(restored.backup.clone());
        detail.reference = Some(restored.journal_size);
        detail.count = Some(findings.iter().filter(|finding| !finding.good).count() as u64);
        let receipt = self.vault.record(&detail)?;
        Ok(Drilled {
            at: began.now,
            data_age: began
                .now
                .duration_since(restored.at)
                .max(SignedDuration::ZERO),
            entries_since: size.saturating_sub(restored.journal_size),
            acts_behind: (log as u64).saturating_sub(shipped),
            restored,
            took,
            looked,
            findings,
            receipt,
        })
    }

    fn look_at_restored(&self, restored: &Restored) -> Result<Vec<Finding>, Fault> {
        let mut findings = Vec::new();
        let rows: u64 = restored.rows.iter().map(|(_, rows)| rows).sum();
        findings.push(Finding {
            what: "every row of the backup is there",
            good: restored.rows_counted == rows,
            how: format!("{} of {rows} rows", restored.rows_counted),
        });
        let verified = self.verify_journal(&Outside::default(), &mut |_, _| {})?;
        findings.push(Finding {
            what: "the journal verifies",
            good: verified.is_whole(),
            how: format!(
                "{} entries, {} of them from the shipped copy",
                restored.journal_size + restored.entries,
                restored.entries
            ),
        });
        let opens = self.vault.sample_opens(SAMPLE)?;
        findings.push(Finding {
            what: "what is held opens",
            good: opens.bad == 0,
            how: format!(
                "{} of {} records of a sample",
                opens.good,
                opens.good + opens.bad
            ),
        });
        let gone = self.vault.erased_are_gone()?;
        findings.push(Finding {
            what: "what was erased is not there",
            good: gone.bad == 0,
            how: format!(
                "{} erased records looked for, {} found; {} were in the backup and went",
                gone.good + gone.bad,
                gone.bad,
                restored.swept.records
            ),
        });
        let (holds, fails) = self.imposed_in_force()?;
        findings.push(Finding {
            what: "withdrawals, objections, restrictions and holds are in force",
            good: fails == 0,
            how: format!(
                "of {} people who have some, {fails} lack one; {} got theirs back, {} are to be \
                 looked at",
                holds + fails,
                restored.imposed.people,
                restored.imposed.to_be_looked_at
            ),
        });
        Ok(findings)
    }
}

/// How many acts the log had when it was shipped: what the restore wrote itself is behind them.
fn log_before(kept: &Kept, bytes: u64) -> Result<u64, Fault> {
    let acts = kept.vault().restrictive().acts_to(bytes)?;
    Ok(acts.len() as u64)
}
