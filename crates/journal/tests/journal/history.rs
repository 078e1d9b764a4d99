//! What was signed and kept outside holds the journal to its past.

use journal::verify::{Damage, Finding, KeptText, Place};
use journal::{Act, Detail, NewOrigin, RollOver, SignerKey, entry};

use crate::fixture::{
    INSTALLATION, ORIGIN, START, Stored, StoredRow, actor, build, entropy, entry_at, period_key,
    signer,
};
use journal::Period;

fn text(name: &str, line: usize) -> Place {
    Place::Text {
        name: name.into(),
        line,
    }
}

#[test]
fn a_history_rewritten_whole_fails_against_an_outside_checkpoint() {
    let mut stored = build(300, &[]);
    let outside = stored.checkpoint(280, &signer());
    // Whoever has every key rewrites entry 200, the tiles and the journal's own checkpoint.
    stored.rows[200] = StoredRow::of(200, {
        let detail = Detail::new(START, Act::Counted, actor());
        entry(
            &detail,
            &INSTALLATION,
            &period_key(Period::of(START)),
            &entropy(7),
        )
    });
    stored.plant();
    stored.sign(300, &signer());
    assert_eq!(
        stored.verify().findings,
        [],
        "from the inside nothing shows"
    );
    stored
        .checkpoints
        .push(KeptText::new("outside/280", &outside));
    let damage = Damage::Rewritten { size: 280 };
    assert_eq!(
        stored.verify().findings,
        [Finding {
            place: text("outside/280", 3),
            damage
        }]
    );
}

#[test]
fn a_shortened_history_fails_against_an_outside_checkpoint() {
    let mut stored = build(300, &[300]);
    let outside = std::mem::take(&mut stored.checkpoints);
    stored.rows.truncate(290);
    stored.plant();
    stored.sign(290, &signer());
    assert_eq!(stored.verify().findings, []);
    stored.checkpoints.extend(outside);
    let damage = Damage::Shortened {
        signed: 300,
        found: 290,
    };
    assert_eq!(
        stored.verify().findings,
        [Finding {
            place: text("checkpoint-300", 2),
            damage
        }]
    );
}

#[test]
fn another_journals_or_another_keys_checkpoint_is_not_trusted() {
    let mut stored = build(20, &[]);
    let thief = SignerKey::new(ORIGIN, &[99; 32]).unwrap();
    stored.sign(20, &thief);
    let report = stored.verify();
    assert!(matches!(
        report.findings[..],
        [Finding {
            damage: Damage::Text(_),
            ..
        }]
    ));
    assert_eq!(report.checkpoints_met, 0);
}

#[test]
fn a_new_key_is_trusted_through_the_cross_signed_roll_over() {
    let mut stored = build(20, &[10]);
    let (second, third) = (key(21), key(22));
    stored.sign(15, &second);
    stored.sign(20, &third);
    assert_eq!(stored.verify().findings.len(), 2);
    // The statements may come in any order.
    for (name, note) in [
        ("second", RollOver::sign(ORIGIN, 15, &second, &third)),
        ("first", RollOver::sign(ORIGIN, 12, &signer(), &second)),
    ] {
        stored.roll_overs.push(KeptText::new(name, &note));
    }
    let report = stored.verify();
    assert_eq!((report.findings, report.checkpoints_met), (vec![], 3));
    // The first key, stolen after it was replaced, signs nothing any more.
    stored.sign(13, &signer());
    let report = stored.verify();
    assert!(matches!(
        report.findings[..],
        [Finding {
            damage: Damage::Text(_),
            ..
        }]
    ));
    stored.checkpoints.pop();
    stored.roll_overs[1].text = stored.roll_overs[1].text.replace("\n12\n", "\n13\n");
    assert!(!stored.verify().is_whole());
}

fn key(seed: u8) -> SignerKey {
    SignerKey::new(ORIGIN, &[seed; 32]).unwrap()
}

/// A journal of 20 whose restore brought back only 12, gone on with to 15 under a new origin.
fn restored(first_act: Act) -> (Stored, NewOrigin) {
    let old = build(20, &[12, 16, 20]);
    let root = |size| {
        let note = old.checkpoint(size, &signer());
        journal::Checkpoint::verify(&note, &old.trusted)
            .unwrap()
            .root
    };
    let statement = NewOrigin {
        origin: format!("{ORIGIN}/2"),
        old_origin: ORIGIN.into(),
        old_size: 20,
        old_root: root(20),
        kept_size: 12,
        kept_root: root(12),
    };
    let mut new = old;
    new.rows.truncate(12);
    let mut detail = Detail::new(START, first_act, actor());
    detail.digest = Some(statement.digest());
    let first = entry(
        &detail,
        &INSTALLATION,
        &period_key(Period::of(START)),
        &entropy(900),
    );
    new.rows.push(StoredRow::of(12, first));
    new.rows
        .extend([13, 14].map(|seq| StoredRow::of(seq, entry_at(seq))));
    new.origin = statement.origin.clone();
    new.plant();
    new.sign(15, &signer());
    (new, statement)
}

#[test]
fn a_restored_shorter_journal_states_its_loss() {
    let (mut stored, statement) = restored(Act::OriginStarted);
    // Without the statement the old checkpoints are another journal's.
    assert_eq!(stored.verify().findings.len(), 3);
    stored
        .new_origins
        .push(KeptText::new("new-origin", &statement.sign(&[&signer()])));
    let report = stored.verify();
    assert_eq!(report.findings, []);
    // Those of 12 (old) and 15 (new) and the statement's own; those of 16 and 20 are owned up to.
    assert_eq!((report.checkpoints_met, report.declared_lost), (3, 2));
}

#[test]
fn a_loss_stated_too_small_is_found() {
    let (mut stored, statement) = restored(Act::OriginStarted);
    let smaller = NewOrigin {
        old_size: 16,
        ..statement
    };
    stored
        .new_origins
        .push(KeptText::new("new-origin", &smaller.sign(&[&signer()])));
    let report = stored.verify();
    let places: Vec<_> = report
        .findings
        .iter()
        .map(|finding| finding.place.clone())
        .collect();
    assert!(
        places.contains(&text("checkpoint-20", 2)),
        "{:?}",
        report.findings
    );
}

#[test]
fn a_new_origin_must_be_stated_in_the_journal_itself() {
    let (mut stored, statement) = restored(Act::Counted);
    stored
        .new_origins
        .push(KeptText::new("new-origin", &statement.sign(&[&signer()])));
    let damage = Damage::OriginUnstated;
    assert_eq!(
        stored.verify().findings,
        [Finding {
            place: Place::Entry(12),
            damage
        }]
    );
}
