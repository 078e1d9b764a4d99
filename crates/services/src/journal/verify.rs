//! The verification of the whole stored journal: every row, part and index, the tiles, and all
//! that was signed, here and outside. Entries stream through; memory does not grow with them.

use std::fs;
use std::path::{Path, PathBuf};

use domain::Fault;
use journal::verify::{Columns, Damage, KeptText, PartRow, Place, Report, Row, Settings, Verifier};
use journal::{Checkpoint, RollOver, TileId, VerifierKey};
use store::entry::{RawEntry, RawPart};

use super::files::{ENDINGS, JournalFiles, files_of, unreadable};
use crate::kept::Kept;

/// Entries that are read at once.
const ENTRIES_AT_ONCE: u32 = 512;
/// Entries whose index of persons is read at once: it has no order by entry, so that each reading
/// goes over the whole of it.
const INDEX_AT_ONCE: u64 = 1 << 16;
/// Rows outside the journal that are named one by one.
const STRAYS_MAX: u32 = 100;

/// What a verification is to compare the journal with, besides itself.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Checkpoints and statements kept elsewhere: files, or folders of them.
    pub kept: Vec<PathBuf>,
    /// Public keys that are known to be the journal's, besides that of the signing key.
    pub keys: Vec<VerifierKey>,
}

/// What a verification found.
#[derive(Debug)]
pub struct Verified {
    /// The findings, and what was covered.
    pub report: Report,
    /// The size of the last checkpoint that was published; 0 before there is one.
    pub published: u64,
    /// How many checkpoints and statements kept outside were compared with.
    pub outside: usize,
    /// Places outside that could not be read.
    pub unread: Vec<PathBuf>,
}

impl Verified {
    /// Whether the journal is whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.report.is_whole()
    }
}

impl Kept {
    /// Verifies the journal as it is now. `told` hears how many entries of how many were seen.
    ///
    /// # Errors
    /// When something cannot be read at all; damage is a finding, not an error.
    pub fn verify_journal(
        &self,
        outside: &Outside,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<Verified, Fault> {
        let _still = self.hold_journal();
        let vault = self.vault();
        let files = JournalFiles::new(vault.layout().journal());
        let (end, strays) = vault
            .data()
            .read(|reader| reader.end_and_strays(STRAYS_MAX))?;
        let keys = vault.keyring().period_keys()?;
        let mut texts = Texts::default();
        let own = files.checkpoint()?;
        let published = own.as_deref().map_or(0, size_of);
        files.settle_growth(published)?;
        if let Some(text) = &own {
            texts.checkpoints.push(KeptText::new("checkpoint", text));
        }
        for path in files.statements()? {
            texts.take(&path)?;
        }
        let before = texts.count();
        let unread = self.read_outside(outside, &mut texts)?;
        let compared = texts.count() - before;
        let mut trusted = outside.keys.clone();
        trusted.push(first_key(vault.verifier(), &texts.roll_overs));
        let settings = Settings {
            installation: vault.id().0,
            origin: vault.origin(),
            size: end.size(),
            root: Some(end.root()),
            published,
            keys: &keys,
            trusted,
            checkpoints: texts.checkpoints,
            roll_overs: texts.roll_overs,
            new_origins: texts.new_origins,
        };
        let mut verifier = Verifier::new(settings, |id: TileId| files.tile(id));
        for stray in strays {
            let place = u64::try_from(stray).map_or(Place::Row(stray), Place::Entry);
            verifier.add(place, Damage::EntryExtra);
        }
        if !files
            .verifier()
            .is_ok_and(|text| text == format!("{}\n", vault.verifier()))
        {
            let place = Place::Text {
                name: "verifier".to_owned(),
                line: 1,
            };
            verifier.add(place, Damage::KeyDiffers);
        }
        self.rows(end.size(), &mut verifier, told)?;
        let stored = files.tiles()?;
        self.check_bundles(&files, &stored.bundles, published, &mut verifier)?;
        for name in stored.others {
            verifier.add(Place::Text { name, line: 1 }, Damage::FileExtra);
        }
        Ok(Verified {
            report: verifier.finish(stored.tiles)?,
            published,
            outside: compared,
            unread,
        })
    }

    /// Passes the stored rows to the verifier, in order.
    fn rows<T: journal::Tiles<Error = Fault>>(
        &self,
        size: u64,
        verifier: &mut Verifier<'_, T>,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Fault> {
        let data = self.vault().data();
        let (mut first, mut indexed_to) = (0, 0);
        let mut index: Vec<(i64, Vec<u8>)> = Vec::new();
        while first < size {
            let most = u32::try_from((size - first).min(u64::from(ENTRIES_AT_ONCE)));
            let most = most.unwrap_or(ENTRIES_AT_ONCE);
            let entries = data.read(|reader| reader.raw_entries(first, most))?;
            let Some(last) = entries.last() else { break };
            let end = last.seq.cast_unsigned() + 1;
            let parts = data.read(|reader| reader.raw_parts(first, end))?;
            for entry in entries
                .iter()
                .filter(|entry| entry.seq.cast_unsigned() < size)
            {
                let seq = entry.seq.cast_unsigned();
                if seq >= indexed_to {
                    indexed_to = seq + INDEX_AT_ONCE;
                    index = data.read(|reader| reader.raw_subjects(seq, indexed_to))?;
                }
                verify_row(
                    entry,
                    of(&parts, |part| part.seq, entry.seq),
                    of(&index, |at| at.0, entry.seq),
                    verifier,
                )?;
            }
            first = end;
            told(first.min(size), size);
        }
        Ok(())
    }

    /// Reads what is kept outside: what was named, and the places that checkpoints are copied to.
    /// A place that was named must be readable.
    fn read_outside(&self, outside: &Outside, texts: &mut Texts) -> Result<Vec<PathBuf>, Fault> {
        let mut unread = Vec::new();
        for path in &outside.kept {
            self.read_place(path, texts)?;
        }
        for folder in &self.vault().description().checkpoint_copies {
            let folder = self.vault().layout().root.join(folder);
            if outside.kept.contains(&folder) {
                continue;
            }
            if self.read_place(&folder, texts).is_err() {
                unread.push(folder);
            }
        }
        Ok(unread)
    }

    /// A file, whatever its name, or the files of a folder that are named for this installation.
    fn read_place(&self, path: &Path, texts: &mut Texts) -> Result<(), Fault> {
        if !path.is_dir() {
            return texts.take(path);
        }
        let ours = self.vault().id().to_string();
        for file in files_of(path, &ENDINGS)? {
            let name = file.file_name().and_then(|name| name.to_str());
            if name.is_some_and(|name| name.starts_with(&ours)) {
                texts.take(&file)?;
            }
        }
        Ok(())
    }
}

/// All that was signed, by what it is.
#[derive(Default)]
struct Texts {
    checkpoints: Vec<KeptText>,
    roll_overs: Vec<KeptText>,
    new_origins: Vec<KeptText>,
}

impl Texts {
    fn take(&mut self, path: &Path) -> Result<(), Fault> {
        let bytes = fs::read(path).map_err(|error| unreadable(path).because(error))?;
        let text = String::from_utf8_lossy(&bytes);
        let kept = KeptText::new(&path.display().to_string(), &text);
        let ending = path.extension().and_then(|ending| ending.to_str());
        let title = text.lines().next().unwrap_or_default();
        match (ending, title) {
            (Some("roll-over"), _) | (_, "kept/signing-key-roll-over/v1") => {
                self.roll_overs.push(kept);
            }
            (Some("new-origin"), _) | (_, "kept/new-origin/v1") => self.new_origins.push(kept),
            _ => self.checkpoints.push(kept),
        }
        Ok(())
    }

    fn count(&self) -> usize {
        self.checkpoints.len() + self.roll_overs.len() + self.new_origins.len()
    }
}

/// The first key of an installation: from the present one back, statement by statement. Whatever
/// was signed before is held against it.
fn first_key(present: VerifierKey, roll_overs: &[KeptText]) -> VerifierKey {
    let mut first = present;
    for _ in roll_overs {
        let mut back = roll_overs.iter();
        let said = back.find_map(|kept| RollOver::verify_back(&kept.text, &first).ok());
        let Some(said) = said else { break };
        first = said.old;
    }
    first
}

/// The size that a checkpoint says it is of; 0 where it says none that can be read.
fn size_of(text: &str) -> u64 {
    Checkpoint::stated(text).map_or(0, |checkpoint| checkpoint.size)
}

/// The run of rows of one entry, in rows that are ordered by entry.
fn of<T>(rows: &[T], seq_of: impl Fn(&T) -> i64, seq: i64) -> &[T] {
    let start = rows.partition_point(|row| seq_of(row) < seq);
    let end = rows.partition_point(|row| seq_of(row) <= seq);
    &rows[start..end]
}

fn verify_row<T: journal::Tiles<Error = Fault>>(
    entry: &RawEntry,
    parts: &[RawPart],
    index: &[(i64, Vec<u8>)],
    verifier: &mut Verifier<'_, T>,
) -> Result<(), Fault> {
    let subjects: Vec<[u8; 16]> = index.iter().map(|(_, id)| id_of(id)).collect();
    let parts: Vec<PartRow<'_>> = parts
        .iter()
        .map(|part| PartRow {
            index: u64::try_from(part.position).unwrap_or(u64::MAX),
            subject: id_of(&part.subject),
            commitment: &part.commitment,
            sealed: &part.detail,
        })
        .collect();
    verifier.row(&Row {
        seq: entry.seq.cast_unsigned(),
        columns: columns(entry, &subjects),
        commitment: &entry.commitment,
        sealed: entry.detail.as_deref(),
        parts: &parts,
    })
}

/// The clear columns, where all of them are there; of an entry without a detail, where any is.
fn columns<'a>(entry: &RawEntry, subjects: &'a [[u8; 16]]) -> Option<Columns<'a>> {
    let there = [
        entry.at.is_some(),
        entry.act.is_some(),
        entry.period.is_some(),
    ];
    let any = there.contains(&true) || !subjects.is_empty();
    let all = !there.contains(&false);
    let shown = if entry.detail.is_some() { all } else { any };
    shown.then(|| Columns {
        at: entry.at.unwrap_or_default(),
        act: number(entry.act),
        period: number(entry.period),
        subjects,
    })
}

/// A column's number; what it cannot be is one that no entry has.
fn number(column: Option<i64>) -> u16 {
    column
        .and_then(|number| u16::try_from(number).ok())
        .unwrap_or(u16::MAX)
}

/// An identifier; bytes that are none are one that nobody has.
fn id_of(bytes: &[u8]) -> [u8; 16] {
    bytes.try_into().unwrap_or([0xff; 16])
}
