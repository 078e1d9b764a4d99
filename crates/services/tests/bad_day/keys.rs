//! The turn of the keys.

use std::sync::atomic::{AtomicBool, Ordering};

use door::Step;
use services::journal::Outside;
use store::keyring::EpochState;

use crate::house::{House, acting, add, find, forget, read};

#[test]
fn keys_turn_while_others_read_write_and_forget() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    let mut first = Vec::new();
    for person in 0..60 {
        first.push(add(
            &kept,
            &format!("Avant{person}"),
            &format!("avant{person}@exemple.fr"),
        ));
    }
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|reader| {
                let (kept, over, first) = (&kept, &over, &first);
                scope.spawn(move || {
                    let mut reads = 0;
                    while !over.load(Ordering::Relaxed) {
                        let person = (reads * 7 + reader) % 30;
                        let values = read(kept, first[person]).unwrap();
                        assert_eq!(values.len(), 2);
                        assert_eq!(
                            find(kept, &format!("avant{person}@exemple.fr")),
                            [first[person]]
                        );
                        reads += 1;
                    }
                    reads
                })
            })
            .collect();
        let writer = {
            let (kept, over, first) = (&kept, &over, &first);
            scope.spawn(move || {
                let mut added = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let number = added.len();
                    added.push(add(
                        kept,
                        &format!("Pendant{number}"),
                        &format!("pendant{number}@exemple.fr"),
                    ));
                    if let Some(gone) = first.get(30 + number).filter(|_| number < 20) {
                        forget(kept, *gone);
                    }
                }
                added
            })
        };
        for _ in 0..6 {
            let turned = kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
            assert!(!turned.resumed);
        }
        over.store(true, Ordering::Relaxed);
        for reader in readers {
            assert!(reader.join().unwrap() > 0);
        }
        for (number, id) in writer.join().unwrap().into_iter().enumerate() {
            assert_eq!(read(&kept, id).unwrap().len(), 2);
            assert_eq!(find(&kept, &format!("pendant{number}@exemple.fr")), [id]);
        }
    });
    let status = kept.keys_status().unwrap();
    assert_eq!(status.epochs.len(), 7);
    for epoch in &status.epochs[..6] {
        assert_eq!(epoch.state, EpochState::Destroyed);
        assert_eq!(epoch.rows.all(), 0);
        assert!(
            !house
                .keys()
                .join(format!("epoch-{:06}.key", epoch.number))
                .exists()
        );
    }
    assert!(
        kept.verify_journal(&Outside::default(), &mut |_, _| {})
            .unwrap()
            .is_whole()
    );
}

#[test]
fn a_turn_that_stops_at_any_step_is_taken_up_again() {
    for stop in 0..7 {
        let (house, kept) = House::new("2026-03-01T09:00:00Z");
        let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
        let mut heard = 0;
        // A panic in the middle stands for the kill; the files are as they are at that moment.
        let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            kept.rotate_keys(&acting(), &mut |step: Step| {
                if heard == stop {
                    std::panic::resume_unwind(Box::new(step.name()));
                }
                heard += 1;
            })
        }));
        assert!(stopped.is_err());
        drop(kept);
        let kept = house.open();
        assert_eq!(read(&kept, id).unwrap().len(), 2, "stopped at step {stop}");
        assert_eq!(
            find(&kept, "le.gall@exemple.fr"),
            [id],
            "stopped at step {stop}"
        );
        let turned = kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
        assert_eq!((turned.old, turned.new), (1, 2), "stopped at step {stop}");
        assert_eq!(read(&kept, id).unwrap().len(), 2);
        assert_eq!(find(&kept, "le.gall@exemple.fr"), [id]);
        let states: Vec<EpochState> = kept
            .keys_status()
            .unwrap()
            .epochs
            .iter()
            .map(|epoch| epoch.state)
            .collect();
        assert_eq!(states, [EpochState::Destroyed, EpochState::Active]);
    }
}
