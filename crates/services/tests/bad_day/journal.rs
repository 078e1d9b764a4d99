//! The journal's work: verification, checkpoints, proofs, pruning.

use services::journal::{Outside, check_proof};

use crate::house::{House, acting, add, forget, later, read};

fn findings(kept: &services::Kept, outside: &Outside) -> Vec<String> {
    let verified = kept.verify_journal(outside, &mut |_, _| {}).unwrap();
    verified
        .report
        .findings
        .iter()
        .map(ToString::to_string)
        .collect()
}

pub(crate) fn whole(kept: &services::Kept) {
    assert_eq!(findings(kept, &Outside::default()), Vec::<String>::new());
}

#[test]
fn a_journal_is_whole_before_between_and_after_checkpoints() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    whole(&kept);
    for round in 0..4 {
        for person in 0..40 {
            let name = format!("Kerdoncuff{round}x{person}");
            let id = add(&kept, &name, &format!("p{round}x{person}@exemple.fr"));
            read(&kept, id).unwrap();
        }
        whole(&kept);
        let published = kept.publish_checkpoint(&[], &acting()).unwrap();
        assert!(published.copies.is_empty());
        whole(&kept);
    }
    drop(kept);
    let kept = house.open();
    let verified = kept
        .verify_journal(&Outside::default(), &mut |_, _| {})
        .unwrap();
    assert_eq!(verified.report.checkpoints_met, 1);
    assert_eq!(verified.published + 1, verified.report.entries);
    assert!(verified.report.tiles > 2, "{:?}", verified.report);
    // Narrower states of tiles do not pile up.
    let partial = house.root().join("journal/tile/0/000.p");
    assert!(!partial.exists());
}

#[test]
fn a_checkpoint_is_copied_outside_and_a_place_that_is_not_there_stops_no_other() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    add(&kept, "Le Gall", "le.gall@exemple.fr");
    let safe = house.place.path().join("safe");
    std::fs::create_dir(&safe).unwrap();
    let gone = house.place.path().join("not-mounted");
    let published = kept
        .publish_checkpoint(&[gone.clone(), safe.clone()], &acting())
        .unwrap();
    let failed: Vec<bool> = published
        .copies
        .iter()
        .map(|copy| copy.failed.is_some())
        .collect();
    assert_eq!(failed, [true, false]);
    assert!(!gone.exists(), "a place that is not mounted is not made up");
    let copy = std::fs::read_to_string(&published.copies[1].path).unwrap();
    assert_eq!(copy, published.text);
    let outside = Outside {
        kept: vec![safe],
        ..Outside::default()
    };
    let verified = kept.verify_journal(&outside, &mut |_, _| {}).unwrap();
    assert!(verified.is_whole());
    assert_eq!((verified.outside, verified.report.checkpoints_met), (1, 2));
}

#[test]
fn an_entry_is_proved_to_an_outsider_with_the_public_key_alone() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
    let entry = 2;
    let early = kept.prove_entry(entry, None, &acting()).unwrap_err();
    assert_eq!(early.kind, domain::FaultKind::Conflict);
    kept.publish_checkpoint(&[], &acting()).unwrap();
    let proof = kept.prove_entry(entry, None, &acting()).unwrap();
    let key = std::fs::read_to_string(house.root().join("journal/verifier")).unwrap();
    let key = journal::VerifierKey::parse(key.trim()).unwrap();
    let proved = check_proof(&proof.text, &key).unwrap();
    assert_eq!(proved.entry, entry);
    assert_eq!(proved.subject, Some(id.to_string()));
    let bent = proof.text.replacen("index 2", "index 3", 1);
    assert!(check_proof(&bent, &key).is_err());
    whole(&kept);
}

#[test]
fn details_go_at_the_term_of_the_policy_and_the_journal_stays_whole() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
    read(&kept, id).unwrap();
    let early = kept.prune_journal(&acting()).unwrap();
    assert_eq!(early.entries, None);
    let kept = later(kept, &house, "2029-03-31T12:00:00Z");
    assert_eq!(kept.prune_journal(&acting()).unwrap().entries, None);
    let kept = later(kept, &house, "2029-04-01T12:00:00Z");
    forget(&kept, id);
    let pruned = kept.prune_journal(&acting()).unwrap();
    assert!(pruned.entries.is_some_and(|entries| entries > 4));
    whole(&kept);
    let gone = kept.prove_entry(2, None, &acting()).unwrap_err();
    assert_eq!(gone.kind, domain::FaultKind::Absent);
    drop(kept);
    whole(&house.open());
}

#[test]
fn a_roll_over_of_the_signing_key_that_was_interrupted_is_completed_or_was_none() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    let id = add(&kept, "Kerdoncuff", "maelle@exemple.fr");
    read(&kept, id).unwrap();
    kept.publish_checkpoint(&[], &acting()).unwrap();
    let key = house.keys().join("journal.key");
    let next = house.keys().join("journal.next");
    let verifier = house.root().join("journal/verifier");
    let (old_key, old_verifier) = (
        std::fs::read(&key).unwrap(),
        std::fs::read(&verifier).unwrap(),
    );
    drop(kept);
    // Before the statement: the next key never was one.
    std::fs::write(&next, [7; 32]).unwrap();
    let kept = house.open();
    assert!(!next.exists());
    assert_eq!(std::fs::read(&key).unwrap(), old_key);
    let rolled = kept.roll_signing_key(&[], &acting()).unwrap();
    let new = rolled.new.unwrap();
    assert_eq!(kept.published_key(), new.to_string());
    whole(&kept);
    drop(kept);
    let new_key = std::fs::read(&key).unwrap();
    // After the statement, at each step: it is completed.
    let interrupted: [(&[u8], bool); 2] = [(&old_key, true), (&new_key, false)];
    for (present, waits) in interrupted {
        std::fs::write(&key, present).unwrap();
        if waits {
            std::fs::write(&next, &new_key).unwrap();
        }
        std::fs::write(&verifier, &old_verifier).unwrap();
        let kept = house.open();
        assert_eq!(kept.published_key(), new.to_string());
        assert!(!next.exists());
        assert_eq!(std::fs::read(&key).unwrap(), new_key);
        whole(&kept);
    }
    // The old key, put back, signs nothing any more.
    std::fs::write(&key, &old_key).unwrap();
    let refused = services::Kept::open(&house.root(), None).err().unwrap();
    assert!(refused.message.contains("does not belong"), "{refused}");
}

#[test]
fn a_new_origin_that_was_interrupted_is_completed_when_it_is_given_again() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    let id = add(&kept, "Kerdoncuff", "maelle@exemple.fr");
    read(&kept, id).unwrap();
    kept.publish_checkpoint(&[], &acting()).unwrap();
    drop(kept);
    let (data, log) = (
        house.root().join("data/kept.db"),
        house.root().join("keyring/restrictive.log"),
    );
    let older = std::fs::read(&data).unwrap();
    let kept = house.open();
    read(&kept, id).unwrap();
    kept.publish_checkpoint(&[], &acting()).unwrap();
    drop(kept);
    let put_back = || {
        for wal in ["data/kept.db-wal", "data/kept.db-shm"] {
            let _ = std::fs::remove_file(house.root().join(wal));
        }
        std::fs::write(&data, &older).unwrap();
    };
    put_back();
    let logged = std::fs::read(&log).unwrap();
    let kept = house.open();
    let refused = read(&kept, id).err().unwrap();
    assert!(refused.message.contains("an older copy"), "{refused}");
    let first = kept.begin_origin("Lost", &[], &acting()).unwrap();
    drop(kept);
    // It ended after the statement and the description, and before the first entry.
    put_back();
    std::fs::write(&log, logged).unwrap();
    std::fs::remove_file(house.root().join("journal/checkpoint")).unwrap();
    let kept = house.open();
    let refused = read(&kept, id).err().unwrap();
    assert!(refused.message.contains("not completed"), "{refused}");
    let again = kept.begin_origin("Lost", &[], &acting()).unwrap();
    assert_eq!(again.said, first.said);
    read(&kept, id).unwrap();
    whole(&kept);
}
