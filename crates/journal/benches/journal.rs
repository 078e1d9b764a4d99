//! How fast the journal is: hashing, appending, proving, sealing, verifying.

#![allow(clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(missing_docs, reason = "a benchmark is not read by its documentation")]

use std::collections::BTreeMap;
use std::convert::Infallible;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use journal::merkle::{self, Hash};
use journal::tile::TileNodes;
use journal::verify::{Columns, Row, Settings, Verifier};
use journal::{
    Act, Actor, ActorKind, Checkpoint, Destination, Detail, Entry, EntryEntropy, Id, Period,
    PeriodKey, SignerKey, TileId, TileWriter, entry,
};

fn main() {
    divan::main();
}

const INSTALLATION: Id = [7; 16];
const ORIGIN: &str = "kept.example/journal";
const ENTRIES: u64 = 100_000;

fn detail(seq: u64) -> Detail {
    let actor = Actor {
        kind: ActorKind::Staff,
        handle: "a-0042".into(),
    };
    let mut detail = Detail::new(1_789_459_200_000_000 + seq as i64, Act::Read, actor);
    let mut id = [1; 16];
    id[8..].copy_from_slice(&seq.to_be_bytes());
    detail.subject = Some(id);
    detail.records = vec![id];
    detail.categories = vec![3, 7];
    detail.purpose = Some(4);
    detail.basis = Some(2);
    detail.recipient = Some(5);
    detail.policy_version = 3;
    detail.destination = Destination::Screen;
    detail
}

fn key() -> PeriodKey {
    PeriodKey::new(&[9; 32])
}

fn entropy(seq: u64) -> EntryEntropy {
    let mut bytes = [3; EntryEntropy::BYTES];
    bytes[..8].copy_from_slice(&seq.to_be_bytes());
    EntryEntropy::from_bytes(&bytes)
}

fn entries() -> Vec<Entry> {
    let key = key();
    (0..ENTRIES)
        .map(|seq| entry(&detail(seq), &INSTALLATION, &key, &entropy(seq)))
        .collect()
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count)
        .map(|n| merkle::leaf_hash(&n.to_be_bytes()))
        .collect()
}

fn tree(count: u64) -> (TileWriter, BTreeMap<TileId, Vec<u8>>) {
    let mut writer = TileWriter::new();
    leaves(count)
        .into_iter()
        .for_each(|leaf| writer.append_hash(leaf));
    let tiles = writer
        .take_grown()
        .into_iter()
        .map(|tile| (tile.id, tile.bytes))
        .collect();
    (writer, tiles)
}

/// A node of the tree.
#[divan::bench]
fn node(bencher: Bencher) {
    bencher.bench(|| merkle::node_hash(black_box(&[1; 32]), black_box(&[2; 32])));
}

/// The hash of a leaf, and its nodes, with the tiles.
#[divan::bench]
fn append_to_the_tree(bencher: Bencher) {
    let commitments = leaves(ENTRIES);
    bencher.counter(ItemsCount::new(ENTRIES)).bench(|| {
        let mut writer = TileWriter::new();
        commitments
            .iter()
            .for_each(|commitment| writer.append(commitment));
        (writer.take_grown(), writer.root())
    });
}

/// Encoding, committing and sealing.
#[divan::bench]
fn make_an_entry(bencher: Bencher) {
    let (key, detail, entropy) = (key(), detail(5), entropy(5));
    bencher
        .counter(ItemsCount::new(1u64))
        .bench(|| entry(black_box(&detail), &INSTALLATION, &key, &entropy));
}

#[divan::bench]
fn commit(bencher: Bencher) {
    let (detail, salt) = (detail(5).encode(), [1; 16]);
    bencher.bench(|| journal::entry::commit_detail(black_box(&salt), black_box(&detail)));
}

#[divan::bench]
fn decode_a_detail(bencher: Bencher) {
    let bytes = detail(5).encode();
    bencher.bench(|| Detail::decode(black_box(&bytes)).unwrap());
}

/// Opening, comparing and hashing every entry of a journal, one core.
#[divan::bench(sample_count = 10)]
fn verify_with_details(bencher: Bencher) {
    verify(bencher, true);
}

/// The same where all details were pruned: hashing and tiles only.
#[divan::bench(sample_count = 10)]
fn verify_commitments(bencher: Bencher) {
    verify(bencher, false);
}

fn verify(bencher: Bencher, with_details: bool) {
    let entries = entries();
    let mut writer = TileWriter::new();
    entries
        .iter()
        .for_each(|entry| writer.append(&entry.commitment));
    let signer = SignerKey::new(ORIGIN, &[1; 32]).unwrap();
    let checkpoint = Checkpoint::new(ORIGIN, ENTRIES, writer.root()).sign(&[&signer]);
    let tiles: BTreeMap<TileId, Vec<u8>> = writer
        .take_grown()
        .into_iter()
        .map(|tile| (tile.id, tile.bytes))
        .collect();
    let keys: BTreeMap<Period, PeriodKey> = [(entries[0].period, key())].into();
    bencher.counter(ItemsCount::new(ENTRIES)).bench(|| {
        let settings = Settings {
            installation: INSTALLATION,
            origin: ORIGIN.into(),
            size: ENTRIES,
            root: None,
            published: ENTRIES,
            keys: &keys,
            trusted: vec![signer.verifier().clone()],
            checkpoints: vec![journal::verify::KeptText::new("checkpoint", &checkpoint)],
            roll_overs: Vec::new(),
            new_origins: Vec::new(),
        };
        let read = |id: TileId| -> Result<_, Infallible> { Ok(tiles.get(&id).cloned()) };
        let mut verifier = Verifier::new(settings, read);
        for (seq, entry) in (0..).zip(&entries) {
            let columns = Columns {
                at: entry.at,
                act: entry.act,
                period: entry.period.0,
                subjects: &entry.subjects,
            };
            let row = Row {
                seq,
                columns: with_details.then_some(columns),
                commitment: &entry.commitment,
                sealed: with_details.then_some(&entry.sealed),
                parts: &[],
            };
            let Ok(()) = verifier.row(&row);
        }
        let Ok(report) = verifier.finish([]);
        assert_eq!(report.checkpoints_met, 1);
        report
    });
}

/// An inclusion proof from tiles, in a tree of a million.
#[divan::bench]
fn prove_inclusion(bencher: Bencher) {
    let (writer, tiles) = tree(1_000_000);
    let size = writer.size();
    let mut index = 0;
    bencher.bench_local(|| {
        index = (index + 654_321) % size;
        let read = |id: TileId| -> Result<_, Infallible> { Ok(tiles.get(&id).cloned()) };
        merkle::inclusion_proof(&mut TileNodes::new(read, size), index, size).unwrap()
    });
}

/// Checking it.
#[divan::bench]
fn check_inclusion(bencher: Bencher) {
    let (writer, tiles) = tree(1_000_000);
    let (size, root) = (writer.size(), writer.root());
    let read = |id: TileId| -> Result<_, Infallible> { Ok(tiles.get(&id).cloned()) };
    let proof = merkle::inclusion_proof(&mut TileNodes::new(read, size), 77, size).unwrap();
    let leaf = merkle::leaf_hash(&77u64.to_be_bytes());
    bencher.bench(|| merkle::verify_inclusion(&leaf, 77, size, black_box(&proof), &root));
}

#[divan::bench]
fn sign_a_checkpoint(bencher: Bencher) {
    let signer = SignerKey::new(ORIGIN, &[1; 32]).unwrap();
    let checkpoint = Checkpoint::new(ORIGIN, 1_000_000, [5; 32]);
    bencher.bench(|| checkpoint.sign(&[black_box(&signer)]));
}
