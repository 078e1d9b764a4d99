//! A small journal with something of everything, as a store would keep it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::OnceLock;

use journal::verify::{Columns, KeptText, PartRow, Report, Row, Settings, Verifier};
use journal::{
    Act, Actor, ActorKind, Checkpoint, Destination, Detail, Entry, EntryEntropy, Id, Part, Period,
    PeriodKey, SignerKey, Span, TileId, TileWriter, bulk_entry, entry,
};

pub(crate) const ORIGIN: &str = "kept.example/journal";
pub(crate) const INSTALLATION: Id = [0xa5; 16];
/// 15 September 2026, 08:00 UTC, in microseconds.
pub(crate) const START: i64 = 1_789_459_200_000_000;
const HOUR: i64 = 3_600_000_000;

#[derive(Clone, Debug)]
pub(crate) struct StoredPart {
    pub(crate) index: u64,
    pub(crate) subject: Id,
    pub(crate) commitment: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct StoredColumns {
    pub(crate) at: i64,
    pub(crate) act: u16,
    pub(crate) period: u16,
    pub(crate) subjects: Vec<Id>,
}

#[derive(Clone, Debug)]
pub(crate) struct StoredRow {
    pub(crate) seq: u64,
    pub(crate) columns: Option<StoredColumns>,
    pub(crate) commitment: Vec<u8>,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) parts: Vec<StoredPart>,
}

impl StoredRow {
    pub(crate) fn of(seq: u64, entry: Entry) -> Self {
        let parts = (0..).zip(entry.parts).map(|(index, part)| StoredPart {
            index,
            subject: part.subject,
            commitment: part.commitment.to_vec(),
            sealed: part.sealed,
        });
        Self {
            seq,
            columns: Some(StoredColumns {
                at: entry.at,
                act: entry.act,
                period: entry.period.0,
                subjects: entry.subjects,
            }),
            commitment: entry.commitment.to_vec(),
            sealed: Some(entry.sealed),
            parts: parts.collect(),
        }
    }

    /// What pruning leaves of an entry.
    pub(crate) fn prune(&mut self) {
        self.columns = None;
        self.sealed = None;
        self.parts.clear();
    }
}

/// A journal as it is stored.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) rows: Vec<StoredRow>,
    pub(crate) tiles: BTreeMap<TileId, Vec<u8>>,
    pub(crate) size: u64,
    pub(crate) checkpoints: Vec<KeptText>,
    pub(crate) roll_overs: Vec<KeptText>,
    pub(crate) new_origins: Vec<KeptText>,
    pub(crate) origin: String,
    pub(crate) trusted: Vec<journal::VerifierKey>,
}

pub(crate) fn signer() -> SignerKey {
    SignerKey::new(ORIGIN, &[11; 32]).unwrap()
}

pub(crate) fn period_key(period: Period) -> PeriodKey {
    let mut bytes = [0x5e; 32];
    bytes[..2].copy_from_slice(&period.0.to_be_bytes());
    PeriodKey::new(&bytes)
}

/// Random bytes that are the same each time.
pub(crate) fn entropy(seq: u64) -> EntryEntropy {
    let mut bytes = [0; EntryEntropy::BYTES];
    for (byte, value) in bytes
        .iter_mut()
        .zip(seq.wrapping_mul(0x9e37_79b9).to_be_bytes().iter().cycle())
    {
        *byte = value.wrapping_mul(31);
    }
    bytes[..8].copy_from_slice(&seq.to_be_bytes());
    EntryEntropy::from_bytes(&bytes)
}

pub(crate) fn id(kind: u8, number: u64) -> Id {
    let mut id = [kind; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    id
}

pub(crate) fn actor() -> Actor {
    Actor {
        kind: ActorKind::Staff,
        handle: "a-0042".into(),
    }
}

/// The detail of an ordinary read.
pub(crate) fn read_detail(seq: u64) -> Detail {
    let mut detail = Detail::new(START + seq as i64 * HOUR, Act::Read, actor());
    detail.subject = Some(id(1, seq % 40));
    detail.records = vec![id(2, seq)];
    detail.categories = vec![3, 7];
    detail.purpose = Some(4);
    detail.basis = Some(2);
    detail.recipient = Some(5);
    detail.policy_version = 3;
    detail.destination = Destination::Screen;
    detail
}

pub(crate) fn entry_at(seq: u64) -> Entry {
    let mut detail = read_detail(seq);
    let key = period_key(Period::of(detail.at));
    if seq % 50 == 13 {
        detail.act = Act::Swept;
        detail.subject = None;
        detail.records.clear();
        let parts: Vec<Part> = (0..seq % 7 + 1)
            .map(|n| Part::new(id(1, 100 + n)))
            .collect();
        return bulk_entry(detail, &parts, &INSTALLATION, &key, &entropy(seq));
    }
    if seq == PRUNED_BY {
        detail = Detail::new(detail.at, Act::DetailsPruned, actor());
        detail.span = Some(PRUNED);
    }
    entry(&detail, &INSTALLATION, &key, &entropy(seq))
}

/// The entries that were pruned, and the entry that says so.
pub(crate) const PRUNED: Span = Span { first: 0, last: 29 };
pub(crate) const PRUNED_BY: u64 = 300;

/// Builds a journal of `size` entries, with a checkpoint of each of the sizes.
pub(crate) fn build(size: u64, checkpoint_sizes: &[u64]) -> Stored {
    let mut stored = Stored {
        rows: (0..size)
            .map(|seq| StoredRow::of(seq, entry_at(seq)))
            .collect(),
        tiles: BTreeMap::new(),
        size,
        checkpoints: Vec::new(),
        roll_overs: Vec::new(),
        new_origins: Vec::new(),
        origin: ORIGIN.to_owned(),
        trusted: vec![signer().verifier().clone()],
    };
    if size > PRUNED_BY {
        let pruned = PRUNED.first as usize..=PRUNED.last as usize;
        stored.rows[pruned].iter_mut().for_each(StoredRow::prune);
    }
    stored.plant();
    for size in checkpoint_sizes {
        stored.sign(*size, &signer());
    }
    stored
}

impl Stored {
    /// Makes the tiles anew from the entries.
    pub(crate) fn plant(&mut self) {
        let mut writer = TileWriter::new();
        self.rows
            .iter()
            .for_each(|row| writer.append(&row.commitment));
        self.size = self.rows.len() as u64;
        self.tiles = writer
            .take_grown()
            .into_iter()
            .map(|t| (t.id, t.bytes))
            .collect();
    }

    /// The signed checkpoint of the first `size` entries.
    pub(crate) fn checkpoint(&self, size: u64, key: &SignerKey) -> String {
        let mut writer = TileWriter::new();
        self.rows[..size as usize]
            .iter()
            .for_each(|row| writer.append(&row.commitment));
        Checkpoint::new(&self.origin, size, writer.root()).sign(&[key])
    }

    pub(crate) fn sign(&mut self, size: u64, key: &SignerKey) {
        let note = self.checkpoint(size, key);
        self.checkpoints
            .push(KeptText::new(&format!("checkpoint-{size}"), &note));
    }

    pub(crate) fn verify(&self) -> Report {
        let keys: BTreeMap<Period, PeriodKey> = (0..4)
            .map(|n| Period(Period::of(START).0 + n))
            .map(|p| (p, period_key(p)))
            .collect();
        let settings = Settings {
            installation: INSTALLATION,
            origin: self.origin.clone(),
            size: self.size,
            root: None,
            published: self.size,
            keys: &keys,
            trusted: self.trusted.clone(),
            checkpoints: self.checkpoints.clone(),
            roll_overs: self.roll_overs.clone(),
            new_origins: self.new_origins.clone(),
        };
        let tiles = |id: TileId| -> Result<_, Infallible> { Ok(self.tiles.get(&id).cloned()) };
        let mut verifier = Verifier::new(settings, tiles);
        for row in &self.rows {
            let parts: Vec<PartRow<'_>> = row
                .parts
                .iter()
                .map(|part| PartRow {
                    index: part.index,
                    subject: part.subject,
                    commitment: &part.commitment,
                    sealed: &part.sealed,
                })
                .collect();
            let columns = row.columns.as_ref().map(|columns| Columns {
                at: columns.at,
                act: columns.act,
                period: columns.period,
                subjects: &columns.subjects,
            });
            let Ok(()) = verifier.row(&Row {
                seq: row.seq,
                columns,
                commitment: &row.commitment,
                sealed: row.sealed.as_deref(),
                parts: &parts,
            });
        }
        let Ok(report) = verifier.finish(self.tiles.keys().copied());
        report
    }
}

/// A journal of 560 entries: two full tiles, a partial one, pruned details, bulk acts, checkpoints.
pub(crate) fn small() -> &'static Stored {
    static JOURNAL: OnceLock<Stored> = OnceLock::new();
    JOURNAL.get_or_init(|| build(560, &[0, 1, 255, 256, 400, 560]))
}
