//! The proof of one entry, checked with the public key alone.

use std::collections::BTreeMap;
use std::convert::Infallible;

use journal::seal::open;
use journal::tile::TileNodes;
use journal::{
    Act, Checkpoint, EntryPart, InclusionBundle, NewOrigin, PartProof, Period, PeriodKey,
    ProofFault, RollOver, Sealed, SignerKey, TileId, VerifierKey,
};
use proptest::prelude::*;

use crate::fixture::{
    INSTALLATION, ORIGIN, START, Stored, StoredPart, id, period_key, read_detail, signer, small,
};

fn keys() -> BTreeMap<Period, PeriodKey> {
    (0..4)
        .map(|n| Period(Period::of(START).0 + n))
        .map(|p| (p, period_key(p)))
        .collect()
}

fn bundle(stored: &Stored, seq: u64, part: Option<PartProof>) -> InclusionBundle {
    let sealed = stored.rows[seq as usize].sealed.as_deref().unwrap();
    let opening = open(sealed, Sealed::Detail, &INSTALLATION, &keys()).unwrap();
    let tiles = |id: TileId| -> Result<_, Infallible> { Ok(stored.tiles.get(&id).cloned()) };
    let mut nodes = TileNodes::new(tiles, stored.size);
    let checkpoint = stored.checkpoint(stored.size, &signer());
    InclusionBundle::prove(&mut nodes, seq, stored.size, opening, part, &checkpoint).unwrap()
}

fn part_proof(parts: &[StoredPart], index: u64) -> PartProof {
    let sealed = &parts[index as usize].sealed;
    let opening = open(sealed, Sealed::Part, &INSTALLATION, &keys()).unwrap();
    let parts: Vec<EntryPart> = parts
        .iter()
        .map(|part| EntryPart {
            subject: part.subject,
            commitment: part.commitment.clone().try_into().unwrap(),
            sealed: part.sealed.clone(),
        })
        .collect();
    PartProof::new(&parts, index, opening).unwrap()
}

#[test]
fn an_outsider_checks_an_entry() {
    let proof = bundle(small(), 402, None);
    let read = InclusionBundle::parse(&proof.to_text()).unwrap();
    assert_eq!(read, proof);
    let proved = read.verify(ORIGIN, &[signer().verifier().clone()]).unwrap();
    assert_eq!((proved.index, proved.checkpoint.size), (402, 560));
    assert_eq!(proved.detail, read_detail(402));
}

#[test]
fn one_subjects_part_of_a_bulk_act_is_proved_without_the_others() {
    let stored = small();
    let row = &stored.rows[363];
    assert!(row.parts.len() > 2);
    let proof = bundle(stored, 363, Some(part_proof(&row.parts, 1)));
    let text = proof.to_text();
    let read = InclusionBundle::parse(&text).unwrap();
    let proved = read.verify(ORIGIN, &[signer().verifier().clone()]).unwrap();
    assert_eq!(proved.detail.act, Act::Swept);
    assert_eq!(proved.part.unwrap().subject, id(1, 101));
    let other = id(1, 100);
    for bytes in [
        read.opening.encoded(),
        read.part.as_ref().unwrap().opening.encoded(),
    ] {
        assert!(!bytes.windows(16).any(|window| window == other));
    }
    // The part of another entry, or in another place, is not proved.
    let moved = PartProof {
        index: 0,
        ..part_proof(&row.parts, 1)
    };
    let fault = bundle(stored, 363, Some(moved)).verify(ORIGIN, &[signer().verifier().clone()]);
    assert_eq!(fault, Err(ProofFault::PartNotIncluded));
}

#[test]
fn every_flipped_byte_of_a_proof_is_found() {
    let proof = bundle(small(), 402, None);
    let keys = [signer().verifier().clone()];
    let text = proof.to_text();
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
        for bit in [1, 4] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= bit;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let shown = InclusionBundle::parse(&changed).and_then(|p| p.verify(ORIGIN, &keys));
            assert!(shown.is_err(), "byte {at}: {changed}");
        }
        assert!(
            InclusionBundle::parse(&text[..at])
                .and_then(|p| p.verify(ORIGIN, &keys))
                .is_err()
        );
    }
    let stranger = SignerKey::new(ORIGIN, &[1; 32]).unwrap();
    assert!(
        proof
            .verify(ORIGIN, &[stranger.verifier().clone()])
            .is_err()
    );
    assert!(proof.verify("kept.example/other", &keys).is_err());
}

proptest! {
    #[test]
    fn no_text_brings_a_panic(text in "[a-z0-9+/= \n\u{2014}]{0,200}", head in 0usize..4) {
        let heads = ["", "c2sp.org/tlog-proof@v1\n", "kept/new-origin/v1\n", "a\n1\n"];
        let text = format!("{}{text}", heads[head]);
        let keys = [signer().verifier().clone()];
        prop_assert!(InclusionBundle::parse(&text).and_then(|p| p.verify(ORIGIN, &keys)).is_err());
        prop_assert!(Checkpoint::verify(&text, &keys).is_err());
        prop_assert!(NewOrigin::verify(&text, &keys).is_err());
        prop_assert!(RollOver::verify(&text, &keys[0]).is_err());
        prop_assert!(VerifierKey::parse(&text).is_err() && SignerKey::parse(&text).is_err());
    }
}
