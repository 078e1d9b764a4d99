//! A manifest: what a backup is of, and the chunks that it is made of. Sealed; before the sealed
//! part stands in clear what tells a newer format, another installation and another key apart.

use domain::{Fault, FaultKind, InstallationId};
use jiff::Timestamp;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use store::tables::Shape;

use super::key::{BackupKey, MARK_BYTES, NAME_BYTES};

/// The number of the format that is written.
const FORMAT: u16 = 1;
/// The first bytes of every manifest.
const MAGIC: &[u8; 6] = b"keptbk";
/// Bytes of what stands in clear: magic, format, installation, mark of the key.
const HEAD_BYTES: usize = MAGIC.len() + 2 + 16 + MARK_BYTES;

/// What a manifest is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// One state of the data.
    #[n(0)]
    Data,
    /// The keyring, and the log of restrictive acts beside it.
    #[n(1)]
    Keyring,
    /// The journal's entries and its statements.
    #[n(2)]
    Journal,
}

impl Kind {
    /// The part of a place where it is kept.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Keyring => "keyring",
            Self::Journal => "journal",
        }
    }
}

/// What a backup is of, and what it is made of.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Manifest {
    /// Of what.
    #[n(0)]
    pub kind: Kind,
    /// Of which installation.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub installation: [u8; 16],
    /// Of which moment, microseconds UTC.
    #[n(2)]
    pub at: i64,
    /// The version of Kept that made it.
    #[n(3)]
    pub program: String,
    /// The digests of the migrations that made the schema.
    #[n(4)]
    pub schema: Vec<ByteArray<32>>,
    /// How many entries the journal had.
    #[n(5)]
    pub journal_size: u64,
    /// The root of the tree over them.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub journal_root: [u8; 32],
    /// The version of the policy in force.
    #[n(7)]
    pub policy: u32,
    /// The installation's description, as `installation.toml` has it.
    #[n(8)]
    pub description: String,
    /// The epochs whose keys open what is in it.
    #[n(9)]
    pub epochs: Vec<u32>,
    /// The entry of the journal before which details are deleted.
    #[n(10)]
    pub pruned: u64,
    /// The tables.
    #[n(11)]
    pub tables: Vec<Listed>,
    /// The chunks, in order.
    #[n(12)]
    pub chunks: Vec<ChunkRef>,
    /// How many bytes the log of restrictive acts had.
    #[n(13)]
    pub log_bytes: u64,
}

/// A table as a manifest lists it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Listed {
    #[n(0)]
    name: String,
    #[n(1)]
    columns: Vec<String>,
    #[n(2)]
    key: u64,
}

/// A chunk as a manifest names it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct ChunkRef {
    /// Its name: a keyed hash of its content.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub name: [u8; NAME_BYTES],
    /// How many bytes it has, sealed.
    #[n(1)]
    pub bytes: u64,
    /// How many rows of which tables, by their place in the manifest.
    #[n(2)]
    pub rows: Vec<(u32, u32)>,
}

impl Listed {
    pub(super) fn of(table: &Shape) -> Self {
        Self {
            name: table.name().to_owned(),
            columns: table.columns().to_vec(),
            key: table.key() as u64,
        }
    }

    pub(super) fn shape(&self) -> Result<Shape, Fault> {
        let key = usize::try_from(self.key).unwrap_or(usize::MAX);
        Shape::new(self.name.clone(), self.columns.clone(), key)
    }
}

impl Manifest {
    /// What the backup is called: its moment and how long the journal was, so that names sort.
    #[must_use]
    pub fn id(&self) -> String {
        let at = self.moment().strftime("%Y%m%dT%H%M%SZ").to_string();
        format!("{at}-{:010}", self.journal_size)
    }

    /// Its moment.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        Timestamp::from_microsecond(self.at).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// How many rows each table has.
    #[must_use]
    pub fn rows(&self) -> Vec<(&str, u64)> {
        let mut rows: Vec<(&str, u64)> = self
            .tables
            .iter()
            .map(|table| (table.name.as_str(), 0))
            .collect();
        for (table, many) in self.chunks.iter().flat_map(|chunk| &chunk.rows) {
            if let Some(row) = rows.get_mut(*table as usize) {
                row.1 += u64::from(*many);
            }
        }
        rows
    }

    /// How many bytes its chunks have, sealed.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.bytes).sum()
    }

    pub(super) fn shapes(&self) -> Result<Vec<Shape>, Fault> {
        self.tables.iter().map(Listed::shape).collect()
    }

    pub(super) fn seal(&self, key: &BackupKey) -> Result<Vec<u8>, Fault> {
        let mut head = Vec::with_capacity(HEAD_BYTES);
        head.extend_from_slice(MAGIC);
        head.extend_from_slice(&FORMAT.to_be_bytes());
        head.extend_from_slice(&self.installation);
        head.extend_from_slice(&key.mark());
        let content = minicbor::to_vec(self).map_err(|error| damaged().because(error))?;
        let sealed = key.seal(&head, &content)?;
        Ok([head, sealed].concat())
    }

    pub(super) fn open(bytes: &[u8], kind: Kind, key: &BackupKey) -> Result<Self, Fault> {
        let head = Head::of(bytes)?;
        if head.format > FORMAT {
            return Err(Fault::new(
                FaultKind::Conflict,
                "this backup was made by a newer version of Kept",
            )
            .remedy("use the version of Kept that made it, or a newer one"));
        }
        if head.mark != key.mark() {
            return Err(Fault::new(
                FaultKind::Unavailable,
                "this backup was sealed with another key than the `backup.key` of the key folder",
            )
            .remedy(
                "name the key folder of the installation that was backed up with `--keys`; \
                 nothing was touched",
            ));
        }
        let (clear, sealed) = bytes.split_at_checked(HEAD_BYTES).ok_or_else(damaged)?;
        let content = key.open_sealed(clear, sealed).ok_or_else(damaged)?;
        let manifest: Self =
            minicbor::decode(&content).map_err(|error| damaged().because(error))?;
        match manifest.kind == kind && manifest.installation == head.installation {
            true => Ok(manifest),
            false => Err(damaged()),
        }
    }
}

/// What stands in clear.
pub(super) struct Head {
    format: u16,
    pub(super) installation: [u8; 16],
    mark: [u8; MARK_BYTES],
}

impl Head {
    pub(super) fn of(bytes: &[u8]) -> Result<Self, Fault> {
        let parse = || {
            let rest = bytes.strip_prefix(MAGIC)?;
            let (format, rest) = rest.split_first_chunk::<2>()?;
            let (installation, rest) = rest.split_first_chunk::<16>()?;
            let (mark, _) = rest.split_first_chunk::<MARK_BYTES>()?;
            Some(Self {
                format: u16::from_be_bytes(*format),
                installation: *installation,
                mark: *mark,
            })
        };
        parse().ok_or_else(damaged)
    }

    /// Refuses what is another installation's.
    pub(super) fn is_of(&self, installation: InstallationId) -> Result<(), Fault> {
        match &self.installation == installation.as_bytes() {
            true => Ok(()),
            false => Err(Fault::new(
                FaultKind::Conflict,
                "this place holds the backups of another installation",
            )
            .remedy("give each installation a place of its own; nothing was touched")),
        }
    }
}

pub(super) fn damaged() -> Fault {
    Fault::new(FaultKind::Integrity, "the backup's manifest is damaged").remedy(
        "take another backup of the place (`kept restore --list` shows them), or another place",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            kind: Kind::Data,
            installation: [3; 16],
            at: 1_772_355_600_000_000,
            program: "0.1.0".to_owned(),
            schema: vec![ByteArray::from([1; 32])],
            journal_size: 1207,
            journal_root: [2; 32],
            policy: 1,
            description: String::new(),
            epochs: vec![4],
            pruned: 0,
            tables: vec![Listed {
                name: "meta".to_owned(),
                columns: vec!["key".to_owned(), "value".to_owned()],
                key: 1,
            }],
            chunks: vec![ChunkRef {
                name: [9; 32],
                bytes: 70_000,
                rows: vec![(0, 12)],
            }],
            log_bytes: 0,
        }
    }

    #[test]
    fn a_manifest_reads_back_and_says_what_is_wrong_with_another() {
        let key = BackupKey::of(&[7; 32]).unwrap();
        let sealed = manifest().seal(&key).unwrap();
        assert_eq!(
            Manifest::open(&sealed, Kind::Data, &key).unwrap(),
            manifest()
        );
        assert_eq!(manifest().id(), "20260301T090000Z-0000001207");
        assert_eq!(manifest().rows(), [("meta", 12)]);
        let kind = |bytes: &[u8], key: &BackupKey| {
            Manifest::open(bytes, Kind::Data, key).unwrap_err().kind
        };
        let other = BackupKey::of(&[8; 32]).unwrap();
        assert_eq!(kind(&sealed, &other), FaultKind::Unavailable);
        let mut newer = sealed.clone();
        newer[7] = 2;
        assert_eq!(kind(&newer, &key), FaultKind::Conflict);
        let mut anothers = sealed.clone();
        anothers[8] ^= 1;
        assert_eq!(kind(&anothers, &key), FaultKind::Integrity);
        assert_eq!(kind(&sealed[..40], &key), FaultKind::Integrity);
        assert_eq!(kind(b"", &key), FaultKind::Integrity);
        assert!(Manifest::open(&sealed, Kind::Keyring, &key).is_err());
    }
}
