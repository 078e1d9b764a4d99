//! Any single damage to a stored journal is found, and its place is named.

use journal::TileId;
use journal::verify::{Damage, Finding, Place};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::fixture::{PRUNED, PRUNED_BY, Stored, StoredPart, entry_at, small};

#[test]
fn an_undamaged_journal_is_whole() {
    let report = small().verify();
    assert_eq!(report.findings, []);
    assert!(report.is_whole());
    assert_eq!(report.entries, 560);
    assert_eq!(report.details_pruned, 30);
    assert_eq!(report.details_opened, 530);
    assert_eq!(
        report.parts_opened,
        small()
            .rows
            .iter()
            .map(|r| r.parts.len() as u64)
            .sum::<u64>()
    );
    assert_eq!(report.tiles, 4);
    assert_eq!(report.checkpoints_met, 6);
}

/// One damage, where it strikes chosen at random.
#[derive(Clone, Debug)]
enum Strike {
    RemoveRow,
    RepeatRow,
    ExtendRows,
    TruncateRows,
    SwapRows,
    Sequence,
    Time,
    Act,
    Period,
    SubjectFlip,
    SubjectRemoved,
    SubjectAdded,
    ColumnsRemoved,
    Commitment,
    CommitmentCut,
    Sealed,
    SealedCut,
    SealedLonger,
    SealedSwapped,
    SealedRemoved,
    DetailRemoved,
    PartSubject,
    PartCommitment,
    PartSealed,
    PartIndex,
    PartRemoved,
    PartRepeated,
    PartsRemoved,
    TileFlip,
    TileCut,
    TileLonger,
    TileRemoved,
    TileAdded,
    NoteFlip,
    NoteCut,
}

fn strikes() -> impl Strategy<Value = Strike> {
    use Strike::*;
    prop::sample::select(vec![
        RemoveRow,
        RepeatRow,
        ExtendRows,
        TruncateRows,
        SwapRows,
        Sequence,
        Time,
        Act,
        Period,
        SubjectFlip,
        SubjectRemoved,
        SubjectAdded,
        ColumnsRemoved,
        Commitment,
        CommitmentCut,
        Sealed,
        SealedCut,
        SealedLonger,
        SealedSwapped,
        SealedRemoved,
        DetailRemoved,
        PartSubject,
        PartCommitment,
        PartSealed,
        PartIndex,
        PartRemoved,
        PartRepeated,
        PartsRemoved,
        TileFlip,
        TileCut,
        TileLonger,
        TileRemoved,
        TileAdded,
        NoteFlip,
        NoteCut,
    ])
}

fn flip(bytes: &mut [u8], at: Index, bit: u8) {
    let at = at.index(bytes.len());
    bytes[at] ^= 1 << bit;
}

/// Damages the journal, and says at which places it may be found.
fn strike(stored: &mut Stored, strike: &Strike, at: Index, byte: Index, bit: u8) -> Vec<Place> {
    let rows = stored.rows.len();
    let any = at.index(rows);
    let entry = |row: usize| vec![Place::Entry(row as u64)];
    // An entry with all its details, and one with parts.
    let full = PRUNED.last as usize + 1 + at.index(rows - PRUNED.last as usize - 1);
    let bulk = {
        let bulks: Vec<usize> = (0..rows)
            .filter(|row| !stored.rows[*row].parts.is_empty())
            .collect();
        bulks[at.index(bulks.len())]
    };
    let part = byte.index(stored.rows[bulk].parts.len());
    let part_place = |index: usize| {
        vec![Place::Part {
            entry: bulk as u64,
            index: index as u64,
        }]
    };
    let tiles: Vec<TileId> = stored.tiles.keys().copied().collect();
    let tile = tiles[at.index(tiles.len())];
    // Of a flipped leaf in a tile that still grows, the entry is named beside the tile.
    let note = at.index(stored.checkpoints.len());
    match strike {
        Strike::RemoveRow => {
            stored.rows.remove(any);
            entry(any)
        }
        Strike::RepeatRow => {
            let row = stored.rows[any].clone();
            stored.rows.insert(any, row);
            entry(any)
        }
        Strike::ExtendRows => {
            let row = crate::fixture::StoredRow::of(rows as u64, entry_at(rows as u64));
            stored.rows.push(row);
            entry(rows)
        }
        Strike::TruncateRows => {
            stored.rows.truncate(any);
            entry(any)
        }
        Strike::SwapRows => {
            let other = (any + 1 + byte.index(rows - 1)) % rows;
            stored.rows.swap(any, other);
            (stored.rows[any].seq, stored.rows[other].seq) = (any as u64, other as u64);
            entry(any)
        }
        Strike::Sequence => {
            stored.rows[any].seq ^= 1 << (bit % 6);
            entry(any)
        }
        Strike::Time => {
            stored.rows[full].columns.as_mut().unwrap().at ^= 1 << byte.index(60);
            entry(full)
        }
        Strike::Act => {
            stored.rows[full].columns.as_mut().unwrap().act ^= 1 << bit;
            entry(full)
        }
        Strike::Period => {
            stored.rows[full].columns.as_mut().unwrap().period ^= 1 << bit;
            entry(full)
        }
        Strike::SubjectFlip | Strike::SubjectRemoved | Strike::SubjectAdded => {
            // The entry that tells of the pruning concerns nobody.
            let row = if full as u64 == PRUNED_BY {
                full + 1
            } else {
                full
            };
            let subjects = &mut stored.rows[row].columns.as_mut().unwrap().subjects;
            match strike {
                Strike::SubjectFlip => flip(subjects.as_flattened_mut(), byte, bit),
                Strike::SubjectRemoved => drop(subjects.pop()),
                _ => subjects.push(subjects[0]),
            }
            entry(row)
        }
        Strike::ColumnsRemoved => {
            stored.rows[full].columns = None;
            entry(full)
        }
        Strike::Commitment => {
            flip(&mut stored.rows[any].commitment, byte, bit);
            entry(any)
        }
        Strike::CommitmentCut => {
            stored.rows[any].commitment.truncate(byte.index(32));
            entry(any)
        }
        Strike::Sealed => {
            flip(stored.rows[full].sealed.as_mut().unwrap(), byte, bit);
            entry(full)
        }
        Strike::SealedCut => {
            let sealed = stored.rows[full].sealed.as_mut().unwrap();
            sealed.truncate(byte.index(sealed.len()));
            entry(full)
        }
        Strike::SealedLonger => {
            stored.rows[full].sealed.as_mut().unwrap().push(bit);
            entry(full)
        }
        Strike::SealedSwapped => {
            let other = if full + 1 < rows { full + 1 } else { full - 1 };
            let sealed = stored.rows[other].sealed.clone();
            stored.rows[full].sealed = sealed;
            entry(full)
        }
        Strike::SealedRemoved => {
            stored.rows[full].sealed = None;
            entry(full)
        }
        Strike::DetailRemoved => {
            stored.rows[full].prune();
            entry(full)
        }
        Strike::PartSubject => {
            flip(&mut stored.rows[bulk].parts[part].subject, byte, bit);
            part_place(part)
        }
        Strike::PartCommitment => {
            flip(&mut stored.rows[bulk].parts[part].commitment, byte, bit);
            part_place(part)
        }
        Strike::PartSealed => {
            flip(&mut stored.rows[bulk].parts[part].sealed, byte, bit);
            part_place(part)
        }
        Strike::PartIndex => {
            stored.rows[bulk].parts[part].index ^= 1 << (bit % 3);
            let moved = stored.rows[bulk].parts[part].index as usize;
            [part_place(part), part_place(moved)].concat()
        }
        Strike::PartRemoved => {
            stored.rows[bulk].parts.remove(part);
            part_place(part)
        }
        Strike::PartRepeated => {
            let again: StoredPart = stored.rows[bulk].parts[part].clone();
            stored.rows[bulk].parts.insert(part, again);
            part_place(part)
        }
        Strike::PartsRemoved => {
            stored.rows[bulk].parts.clear();
            part_place(0)
        }
        Strike::TileFlip => {
            flip(stored.tiles.get_mut(&tile).unwrap(), byte, bit);
            vec![Place::Tile(tile)]
        }
        Strike::TileCut => {
            let bytes = stored.tiles.get_mut(&tile).unwrap();
            bytes.truncate(byte.index(bytes.len()));
            vec![Place::Tile(tile)]
        }
        Strike::TileLonger => {
            stored.tiles.get_mut(&tile).unwrap().push(bit);
            vec![Place::Tile(tile)]
        }
        Strike::TileRemoved => {
            stored.tiles.remove(&tile);
            vec![Place::Tile(tile)]
        }
        Strike::TileAdded => {
            let id = TileId {
                level: 0,
                index: 3 + u64::from(bit),
                width: 256,
            };
            stored.tiles.insert(id, vec![0; 8192]);
            vec![Place::Tile(id)]
        }
        Strike::NoteFlip | Strike::NoteCut => {
            let kept = &mut stored.checkpoints[note];
            let mut bytes = kept.text.clone().into_bytes();
            if matches!(strike, Strike::NoteFlip) {
                // The lowest bits only, so that the text stays a text.
                let ascii: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i].is_ascii()).collect();
                bytes[ascii[byte.index(ascii.len())]] ^= 1 << (bit % 3);
            } else {
                bytes.truncate(byte.index(bytes.len()));
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            kept.text = text;
            let name = kept.name.clone();
            (1..10)
                .map(|line| Place::Text {
                    name: name.clone(),
                    line,
                })
                .collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_single_damage_is_found_at_its_place(
        kind in strikes(), at: Index, byte: Index, bit in 0u8..8
    ) {
        let mut stored = small().clone();
        let places = strike(&mut stored, &kind, at, byte, bit);
        let report = stored.verify();
        prop_assert!(
            report.findings.iter().any(|finding| places.contains(&finding.place)),
            "{:?} at {:?}: {:?}", kind, places, report.findings
        );
    }
}

fn only(stored: &Stored, place: Place, damage: Damage) {
    assert_eq!(stored.verify().findings, [Finding { place, damage }]);
}

#[test]
fn a_flipped_commitment_is_told_from_a_flipped_tile() {
    let tile = TileId {
        level: 0,
        index: 0,
        width: 256,
    };
    // Whether the detail is there (entry 40) or pruned (entry 4).
    for seq in [40, 4] {
        let mut stored = small().clone();
        stored.rows[seq].commitment[7] ^= 1;
        only(&stored, Place::Entry(seq as u64), Damage::CommitmentDiffers);
        let mut stored = small().clone();
        stored.tiles.get_mut(&tile).unwrap()[seq * 32 + 9] ^= 1;
        only(
            &stored,
            Place::Tile(tile),
            Damage::TileDiffers { hash: seq },
        );
    }
}

#[test]
fn removed_entries_are_named_and_the_rest_still_compared() {
    let mut stored = small().clone();
    stored.rows.drain(100..103);
    only(
        &stored,
        Place::Entry(100),
        Damage::EntryMissing { last: 102 },
    );
}

#[test]
fn a_pruned_entry_keeps_nothing_but_its_commitment() {
    let mut stored = small().clone();
    let columns = stored.rows[40].columns.clone();
    stored.rows[4].columns = columns;
    only(&stored, Place::Entry(4), Damage::LeftOver);
}

#[test]
fn a_detail_pruned_in_silence_is_found() {
    let mut stored = small().clone();
    stored.rows[30].prune();
    only(&stored, Place::Entry(30), Damage::DetailMissing);
}

#[test]
fn an_entry_that_is_whole_in_itself_but_not_in_the_tree_is_found() {
    let mut stored = small().clone();
    let seq = stored.rows[40].seq;
    stored.rows[40] = crate::fixture::StoredRow::of(seq, entry_at(41));
    only(&stored, Place::Entry(40), Damage::EntryExchanged);
}

#[test]
fn a_narrower_tile_left_behind_must_be_true() {
    let wide = TileId {
        level: 0,
        index: 2,
        width: 48,
    };
    let narrow = TileId { width: 20, ..wide };
    let mut stored = small().clone();
    let bytes = stored.tiles[&wide][..20 * 32].to_vec();
    stored.tiles.insert(narrow, bytes);
    assert_eq!(stored.verify().findings, []);
    stored.tiles.get_mut(&narrow).unwrap()[100] ^= 4;
    only(
        &stored,
        Place::Tile(narrow),
        Damage::TileDiffers { hash: 3 },
    );
}
