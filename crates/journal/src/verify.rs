//! The verification of a whole journal: every entry, detail, tile and signature.
//!
//! Entries stream through in the order of their numbers. Each finding names its place. Without
//! keys or database the same can be done from `docs/journal-format.md`.

mod details;
mod finding;
mod outside;

use details::Outcome;
use finding::Findings;
use outside::Anchors;

pub use details::{Columns, PartRow, Row};
pub use finding::{Damage, FINDINGS_MAX, Finding, Place};
pub use outside::KeptText;

use crate::detail::{Id, Span};
use crate::merkle::{Hash, leaf_hash, root_of};
use crate::note::VerifierKey;
use crate::seal::PeriodKeys;
use crate::tile::{FULL_WIDTH, Tile, TileId, TileWriter, Tiles};

/// What a journal is verified against.
pub struct Settings<'k> {
    /// The installation's identifier.
    pub installation: Id,
    /// The journal's origin.
    pub origin: String,
    /// The number of entries that the tree is said to have.
    pub size: u64,
    /// The root that the tree is said to have, where the journal's end is kept with its entries.
    pub root: Option<Hash>,
    /// The size of the tree whose tiles are stored: that of the last checkpoint. No tile vouches
    /// for later entries yet.
    pub published: u64,
    /// The keys of the periods whose details are still there.
    pub keys: &'k dyn PeriodKeys,
    /// The public keys that are trusted from the start.
    pub trusted: Vec<VerifierKey>,
    /// The checkpoints: the journal's own, and those kept outside.
    pub checkpoints: Vec<KeptText>,
    /// The statements that hand on from one signing key to the next.
    pub roll_overs: Vec<KeptText>,
    /// The statements that began a new origin after a restore.
    pub new_origins: Vec<KeptText>,
}

/// What an entry says of the publishing of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The entry.
    pub entry: u64,
    /// The size that was signed.
    pub size: u64,
    /// The root that was signed.
    pub root: Hash,
}

/// What a verification found, and what it covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The number of entries seen.
    pub entries: u64,
    /// The details opened and compared with their commitments.
    pub details_opened: u64,
    /// The entries whose details were pruned, as the journal itself says.
    pub details_pruned: u64,
    /// The parts of bulk acts opened and compared.
    pub parts_opened: u64,
    /// The tiles compared.
    pub tiles: u64,
    /// The checkpoints and statements whose roots were found in the tree.
    pub checkpoints_met: u64,
    /// The checkpoints of an old origin over entries that a statement says were lost.
    pub declared_lost: u64,
    /// The root of the tree, from the entries.
    pub root: Hash,
    /// The last checkpoint that the journal itself says was published.
    pub published: Option<Published>,
    /// The damage found, in the order it was found, up to [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// How many more findings there are.
    pub findings_left_out: u64,
}

impl Report {
    /// Whether the journal is whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

/// A verification in progress.
pub struct Verifier<'k, T> {
    settings: Settings<'k>,
    tiles: T,
    tree: TileWriter,
    anchors: Anchors,
    findings: Findings,
    /// The stored tile of level 0 that the present entries are in.
    leaves: Option<(u64, Option<Vec<u8>>)>,
    /// Entries without a detail, to be found in a pruned span; the damage it is otherwise.
    unopened: Vec<(Span, Damage, bool)>,
    /// The spans that the journal says were pruned.
    pruned: Vec<Span>,
    report: Report,
}

impl<'k, T: Tiles> Verifier<'k, T> {
    /// Begins a verification; what was signed is read at once.
    pub fn new(settings: Settings<'k>, tiles: T) -> Self {
        let mut findings = Findings::default();
        let anchors = Anchors::read(
            &settings.origin,
            &settings.trusted,
            &settings.roll_overs,
            &settings.new_origins,
            &settings.checkpoints,
            &mut findings,
        );
        let report = Report {
            entries: 0,
            details_opened: 0,
            details_pruned: 0,
            parts_opened: 0,
            tiles: 0,
            checkpoints_met: 0,
            declared_lost: 0,
            root: root_of(&[]),
            published: None,
            findings: Vec::new(),
            findings_left_out: 0,
        };
        let tree = TileWriter::new();
        let (leaves, unopened, pruned) = (None, Vec::new(), Vec::new());
        Self {
            settings,
            tiles,
            tree,
            anchors,
            findings,
            leaves,
            unopened,
            pruned,
            report,
        }
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    /// When a tile cannot be read (a tile that is not there is a finding).
    pub fn row(&mut self, row: &Row<'_>) -> Result<(), T::Error> {
        let place = Place::Entry(row.seq);
        if row.seq < self.tree.size() {
            self.findings.add(place, Damage::EntryRepeated);
            return Ok(());
        }
        if row.seq >= self.settings.size {
            self.findings.add(place, Damage::EntryExtra);
            return Ok(());
        }
        self.fill_gap(row.seq)?;
        self.report.entries += 1;
        let outcome = details::check(
            row,
            &self.settings.installation,
            self.settings.keys,
            &mut self.findings,
            &mut self.report.parts_opened,
        );
        let opened = self.note_outcome(row.seq, outcome);
        let leaf = self.leaf_of(row, opened)?;
        self.append(leaf)
    }

    /// Takes note of damage that was found outside the entries.
    pub fn add(&mut self, place: Place, damage: Damage) {
        self.findings.add(place, damage);
    }

    /// Ends the verification.
    ///
    /// `stored` names the tiles that are there, so that those too many are found.
    ///
    /// # Errors
    /// When a tile cannot be read.
    pub fn finish(mut self, stored: impl IntoIterator<Item = TileId>) -> Result<Report, T::Error> {
        self.fill_gap(self.settings.size)?;
        self.compare_at_size()?;
        self.check_extra_tiles(stored)?;
        self.anchors.end(self.tree.size(), &mut self.findings);
        self.check_end();
        self.settle_unopened();
        let mut report = self.report;
        report.root = self.tree.root();
        report.checkpoints_met = self.anchors.met;
        report.declared_lost = self.anchors.declared_lost;
        report.findings = self.findings.kept;
        report.findings_left_out = self.findings.left_out;
        Ok(report)
    }

    /// Entries that are not there: their hashes are taken from the tiles, so that the rest can
    /// still be compared.
    fn fill_gap(&mut self, next: u64) -> Result<(), T::Error> {
        let first = self.tree.size();
        if first < next {
            let damage = Damage::EntryMissing { last: next - 1 };
            self.findings.add(Place::Entry(first), damage);
        }
        for seq in first..next {
            let leaf = self.stored_leaf(seq)?.unwrap_or_default();
            self.append(leaf)?;
        }
        Ok(())
    }

    /// Takes note of what became of the detail, and gives its commitment if it was opened.
    fn note_outcome(&mut self, seq: u64, outcome: Outcome) -> Option<Hash> {
        let this = Span {
            first: seq,
            last: seq,
        };
        match outcome {
            Outcome::Opened {
                commitment,
                pruned,
                origin,
                published,
            } => {
                self.report.details_opened += 1;
                if let Some((size, root)) = published {
                    let entry = seq;
                    self.report.published = Some(Published { entry, size, root });
                }
                // An entry can only tell of what came before it.
                self.pruned.extend(pruned.filter(|span| span.last < seq));
                if self
                    .anchors
                    .stated_at(seq)
                    .any(|digest| origin != Some(digest))
                {
                    self.findings.add(Place::Entry(seq), Damage::OriginUnstated);
                }
                Some(commitment)
            }
            Outcome::Bare => {
                match self.unopened.last_mut() {
                    Some((span, _, true)) if span.last + 1 == seq => span.last = seq,
                    _ => self.unopened.push((this, Damage::DetailMissing, true)),
                }
                None
            }
            Outcome::Unopened(damage) => {
                if self.unopened.len() < FINDINGS_MAX {
                    self.unopened.push((this, damage, false));
                } else {
                    self.findings.add(Place::Entry(seq), damage);
                }
                None
            }
            Outcome::Damaged => None,
        }
    }

    /// The leaf of an entry: where detail, commitment and tile disagree, the most credible of them.
    fn leaf_of(&mut self, row: &Row<'_>, opened: Option<Hash>) -> Result<Hash, T::Error> {
        let place = Place::Entry(row.seq);
        if row.commitment.len() != 32 {
            self.findings.add(place.clone(), Damage::CommitmentLength);
        }
        let own = leaf_hash(row.commitment);
        let stored = self.stored_leaf(row.seq)?;
        let told = opened.map(|commitment| leaf_hash(&commitment));
        if told.is_some_and(|told| told != own) {
            // The tile is the third witness.
            let exchanged = stored == Some(own);
            let damage = if exchanged {
                Damage::DetailExchanged
            } else {
                Damage::CommitmentDiffers
            };
            self.findings.add(place, damage);
            return Ok(if exchanged { own } else { told.unwrap_or(own) });
        }
        let Some(stored) = stored.filter(|stored| *stored != own) else {
            return Ok(own);
        };
        let Some(tile) = self.leaf_tile(row.seq) else {
            return Ok(own);
        };
        // The hash of the whole tile in the level above tells who is right, when there is one.
        let (damage, leaf) = match self.parent_vouches(tile)? {
            Some(true) if told.is_some() => (Damage::EntryExchanged, stored),
            Some(true) => (Damage::CommitmentDiffers, stored),
            // The tile is wrong, as comparing it will show.
            Some(false) => return Ok(own),
            None => (Damage::TileDisagrees(tile), own),
        };
        self.findings.add(place, damage);
        Ok(leaf)
    }

    fn append(&mut self, leaf: Hash) -> Result<(), T::Error> {
        self.compare_at_size()?;
        self.tree.append_hash(leaf);
        for tile in self.tree.take_full() {
            if self.is_published(tile.id) {
                self.compare_tile(&tile)?;
            }
        }
        Ok(())
    }

    /// What was signed at the present size, and the tiles that were partial then.
    fn compare_at_size(&mut self) -> Result<(), T::Error> {
        let size = self.tree.size();
        if self.anchors.waits_at(size) {
            self.anchors
                .compare(size, &self.tree.root(), &mut self.findings);
        }
        if size == self.settings.published {
            for tile in self.tree.partial() {
                self.compare_tile(&tile)?;
            }
        }
        Ok(())
    }

    /// The stored end of the journal and the checkpoint that it says was published: neither may
    /// say other than the entries do.
    fn check_end(&mut self) {
        if self
            .settings
            .root
            .is_some_and(|root| root != self.tree.root())
        {
            self.findings.add(Place::End, Damage::EndDiffers);
        }
        if let Some(told) = self.report.published
            && told.size > self.settings.published
        {
            let size = told.size;
            self.findings
                .add(Place::Entry(told.entry), Damage::CheckpointGone { size });
        }
    }

    /// The tile as wide as the tree has it whose tiles are stored.
    fn published_tile(&self, level: u8, index: u64) -> Option<TileId> {
        TileId::in_tree(level, index, self.settings.published)
    }

    fn is_published(&self, id: TileId) -> bool {
        self.published_tile(id.level, id.index) == Some(id)
    }

    fn leaf_tile(&self, seq: u64) -> Option<TileId> {
        self.published_tile(0, seq / u64::from(FULL_WIDTH))
    }

    /// The hash of an entry's leaf in the stored tile, if that is there and long enough.
    fn stored_leaf(&mut self, seq: u64) -> Result<Option<Hash>, T::Error> {
        let Some(id) = self.leaf_tile(seq) else {
            return Ok(None);
        };
        if self
            .leaves
            .as_ref()
            .is_none_or(|(index, _)| *index != id.index)
        {
            self.leaves = Some((id.index, self.tiles.tile(id)?));
        }
        let bytes = self
            .leaves
            .as_ref()
            .and_then(|(_, bytes)| bytes.as_deref())
            .unwrap_or(&[]);
        let place = usize::try_from(seq % u64::from(FULL_WIDTH)).unwrap_or(usize::MAX);
        Ok(bytes.as_chunks::<32>().0.get(place).copied())
    }

    /// Whether the level above has the root of this stored tile; `None` when it is not full.
    fn parent_vouches(&mut self, id: TileId) -> Result<Option<bool>, T::Error> {
        let full = u64::from(FULL_WIDTH);
        let parent = self.published_tile(id.level + 1, id.index / full);
        let (false, Some(parent)) = (id.is_partial(), parent) else {
            return Ok(None);
        };
        let (Some(bytes), Some(above)) = (self.tiles.tile(id)?, self.tiles.tile(parent)?) else {
            return Ok(None);
        };
        let place = usize::try_from(id.index % full).unwrap_or(usize::MAX);
        let Some(hash) = above.as_chunks::<32>().0.get(place) else {
            return Ok(None);
        };
        Ok(Some(root_of(bytes.as_chunks::<32>().0) == *hash))
    }

    /// Compares a stored tile with what the entries make it.
    fn compare_tile(&mut self, tile: &Tile) -> Result<(), T::Error> {
        self.report.tiles += 1;
        let place = Place::Tile(tile.id);
        let Some(stored) = self.tiles.tile(tile.id)? else {
            self.findings.add(place, Damage::TileMissing);
            return Ok(());
        };
        if stored.len() != tile.bytes.len() {
            let (expected, found) = (tile.bytes.len(), stored.len());
            self.findings
                .add(place.clone(), Damage::TileLength { expected, found });
        }
        if let Some(byte) = stored.iter().zip(&tile.bytes).position(|(a, b)| a != b) {
            self.findings
                .add(place, Damage::TileDiffers { hash: byte / 32 });
        }
        Ok(())
    }

    /// Tiles that the tree has not; an earlier, narrower state of a tile may remain if it is true.
    fn check_extra_tiles(
        &mut self,
        stored: impl IntoIterator<Item = TileId>,
    ) -> Result<(), T::Error> {
        for id in stored {
            let Some(present) = self.published_tile(id.level, id.index) else {
                self.findings.add(Place::Tile(id), Damage::TileExtra);
                continue;
            };
            if id.width > present.width {
                self.findings.add(Place::Tile(id), Damage::TileExtra);
            } else if id.width < present.width {
                let (old, new) = (self.tiles.tile(id)?, self.tiles.tile(present)?);
                let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
                let expected = 32 * usize::from(id.width);
                if old.len() != expected {
                    let damage = Damage::TileLength {
                        expected,
                        found: old.len(),
                    };
                    self.findings.add(Place::Tile(id), damage);
                } else if let Some(byte) = old.iter().zip(&new).position(|(a, b)| a != b) {
                    self.findings
                        .add(Place::Tile(id), Damage::TileDiffers { hash: byte / 32 });
                }
            }
        }
        Ok(())
    }

    /// Every entry without a detail must be in a span that the journal says was pruned.
    fn settle_unopened(&mut self) {
        let pruned = union(std::mem::take(&mut self.pruned));
        for (span, damage, bare) in std::mem::take(&mut self.unopened) {
            let mut seq = span.first;
            while seq <= span.last {
                // The pruned span that ends last among those not after this entry.
                let near = pruned.partition_point(|p| p.first <= seq).checked_sub(1);
                let inside = near.map(|i| pruned[i]).filter(|p| p.last >= seq);
                match inside {
                    Some(p) if bare => {
                        let last = p.last.min(span.last);
                        self.report.details_pruned += last - seq + 1;
                        seq = last;
                    }
                    Some(_) => self.findings.add(Place::Entry(seq), Damage::LeftOver),
                    None => self.findings.add(Place::Entry(seq), damage.clone()),
                }
                seq += 1;
            }
        }
    }
}

/// The spans in order, with those that touch or overlap joined.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.first <= span.last);
    spans.sort_by_key(|span| span.first);
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.first <= last.last.saturating_add(1) => {
                last.last = last.last.max(span.last);
            }
            _ => joined.push(span),
        }
    }
    joined
}
