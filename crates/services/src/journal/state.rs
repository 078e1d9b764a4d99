//! The journal at a glance: how long it is, its root, what was signed last, and its latest entries.

use domain::{Fault, SubjectId};
use jiff::Timestamp;
use journal::Checkpoint;

use super::files::JournalFiles;
use crate::kept::Kept;

/// The state of the journal.
pub struct JournalState {
    /// How many entries it has.
    pub size: u64,
    /// The root of the tree over them (RFC 6962), base64 as a checkpoint writes it.
    pub root: String,
    /// The latest checkpoint that was published, as it stands in its file.
    pub checkpoint: Option<String>,
    /// The public key that verifies checkpoints.
    pub verifier: String,
    /// The latest entries, the latest first.
    pub entries: Vec<Latest>,
}

/// An entry, by identifiers alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Latest {
    /// Its number, from 0.
    pub entry: u64,
    /// What it says, until its details go at their term.
    pub said: Option<Said>,
    /// The people that it is about, those of a bulk act up to the asked-for number.
    pub people: Vec<SubjectId>,
    /// How many more people it is about.
    pub more_people: usize,
}

/// What an entry says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// What was done: the act's name.
    pub act: &'static str,
    /// The account that did it.
    pub account: String,
}

impl Kept {
    /// The state of the journal with up to `most` of its latest entries, each with up to
    /// `people_most` of the people that it is about.
    ///
    /// # Errors
    /// When the journal cannot be read, or a detail is damaged.
    pub fn journal_state(&self, most: u32, people_most: usize) -> Result<JournalState, Fault> {
        let (frontier, rows, people) = self.vault.data().read(|reader| {
            let frontier = reader.frontier()?;
            let first = frontier.size().saturating_sub(u64::from(most));
            let rows = reader.entries(first, most)?;
            let people = reader.raw_subjects(first, frontier.size())?;
            Ok((frontier, rows, people))
        })?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows.iter().rev() {
            let mut about: Vec<SubjectId> = people
                .iter()
                .filter(|(entry, _)| u64::try_from(*entry) == Ok(row.seq))
                .filter_map(|(_, id)| id.as_slice().try_into().ok())
                .map(SubjectId)
                .collect();
            let more_people = about.len().saturating_sub(people_most);
            about.truncate(people_most);
            let said = self.opened_detail(row)?.map(|detail| Said {
                at: Timestamp::from_microsecond(detail.at).unwrap_or_default(),
                act: detail.act.name(),
                account: detail.actor.handle,
            });
            entries.push(Latest {
                entry: row.seq,
                said,
                people: about,
                more_people,
            });
        }
        let origin = self.vault.origin();
        let checkpoint = Checkpoint::new(&origin, frontier.size(), frontier.root());
        Ok(JournalState {
            size: frontier.size(),
            root: checkpoint
                .text()
                .lines()
                .nth(2)
                .unwrap_or_default()
                .to_owned(),
            checkpoint: JournalFiles::new(self.vault.layout().journal()).checkpoint()?,
            verifier: self.vault.verifier().to_string(),
            entries,
        })
    }
}
