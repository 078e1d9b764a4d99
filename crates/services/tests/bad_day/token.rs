//! Keys in a token that they cannot leave: what a thief gets, and how an installation goes over to
//! it (10j, 21f).

use door::{Pkcs11, Step, TokenPlace};
use services::journal::Outside;
use services::keys::{Manager, NamedManager};
use store::keyring::EpochState;
use testkit::token::{LABEL, MODULE, Token};

use crate::house::{House, acting, add, find, forget, read};
use crate::thief::{Thief, copy_folder, email_number, files_below};

const BEGAN: &str = "2026-03-01T09:00:00Z";

fn place(token: &Token) -> TokenPlace {
    TokenPlace {
        module: MODULE.into(),
        token: LABEL.to_owned(),
        pin_file: Some(token.pin_file()),
    }
}

fn named(token: &Token) -> NamedManager {
    NamedManager::pkcs11(place(token), "aes-256-gcm")
}

#[test]
fn a_full_copy_taken_while_the_epoch_lived_gives_nothing_back_where_its_keys_cannot_be_copied() {
    let Some(token) = Token::of_this_test(
        "token::a_full_copy_taken_while_the_epoch_lived_gives_nothing_back_where_its_keys_cannot_be_copied",
    ) else {
        return;
    };
    let (victim, victim_email) = ("Kerbrat-Villeneuve", "odile.kerbrat@exemple.fr");
    let mut told = Vec::new();
    for manager in Manager::RANKED {
        let (house, kept) = match manager {
            Manager::Files => House::new(BEGAN),
            Manager::Pkcs11 => House::with_token(BEGAN, named(&token)),
        };
        let id = kept.vault().id();
        let gone = add(&kept, victim, victim_email);
        let survivor = add(&kept, "Quemeneur", "quemeneur@exemple.fr");
        let number = email_number(&kept);
        let folder = |name: &str| house.place.path().join(name);

        // While the epoch lives: all that can be copied, the key folder too.
        let (old, old_keys) = (folder("old"), folder("old-keys"));
        copy_folder(&house.root(), &old);
        copy_folder(&house.keys(), &old_keys);
        forget(&kept, gone);

        // Between erasure and turn whoever may use the token opens the copy, as stage one of the
        // erasure says: it is the turn that ends this.
        if manager == Manager::Pkcs11 {
            drop(kept);
            let thief = Thief::new(id, &[&old], &[&old_keys]);
            assert!(
                !thief.learns(victim),
                "a copy without the token is worthless at once"
            );
            assert!(!thief.confirms(number, victim_email));
            let user = Pkcs11::new(place(&token), id).unwrap();
            let thief = Thief::new(id, &[&old], &[&old_keys]).with_token(user, 2);
            assert!(thief.learns(victim));
            assert!(thief.confirms(number, victim_email));
            drop(thief);
        } else {
            drop(kept);
        }
        let kept = house.open();
        kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
        assert!(read(&kept, survivor).is_ok());
        let (now, now_keys) = (folder("now"), folder("now-keys"));
        copy_folder(&house.root(), &now);
        copy_folder(&house.keys(), &now_keys);
        drop(kept);

        // Everything copied then and everything current, the use of the token included.
        let mut thief = Thief::new(id, &[&old, &now], &[&old_keys, &now_keys]);
        if manager == Manager::Pkcs11 {
            thief = thief.with_token(Pkcs11::new(place(&token), id).unwrap(), 2);
        }
        assert!(thief.learns("Quemeneur"), "the thief knows the trade");
        assert!(thief.confirms(number, "quemeneur@exemple.fr"));
        told.push((
            manager,
            thief.learns(victim) || thief.learns(victim_email),
            thief.confirms(number, victim_email),
        ));
    }
    // The same story with files is the limit that the threat model states.
    let expected = [
        (Manager::Files, true, true),
        (Manager::Pkcs11, false, false),
    ];
    assert_eq!(told, expected);
}

#[test]
fn an_installation_goes_over_to_a_token_and_its_files_are_destroyed() {
    let Some(token) = Token::of_this_test(
        "token::an_installation_goes_over_to_a_token_and_its_files_are_destroyed",
    ) else {
        return;
    };
    let (house, kept) = House::new(BEGAN);
    let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
    let epochs_on_disk = || {
        let files = files_below(&[house.keys()]);
        let names = files.iter().filter_map(|file| file.file_name()?.to_str());
        names.filter(|name| name.starts_with("epoch-")).count()
    };
    assert_eq!(epochs_on_disk(), 1);
    let turned = kept
        .move_keys(named(&token), &acting(), &mut |_| {})
        .unwrap();
    assert_eq!((turned.old, turned.new), (1, 2));
    assert_eq!(epochs_on_disk(), 0);
    assert_eq!(read(&kept, id).unwrap().len(), 2);
    drop(kept);
    let kept = house.open();
    assert_eq!(read(&kept, id).unwrap().len(), 2);
    assert_eq!(find(&kept, "le.gall@exemple.fr"), [id]);
    let other = add(&kept, "Riou", "riou@exemple.fr");
    // The night's turn goes on there.
    kept.chore(services::nightly::Chore::TurnKeys, &acting())
        .unwrap();
    assert_eq!(find(&kept, "riou@exemple.fr"), [other]);
    let status = kept.keys_status().unwrap();
    let kinds = status.epochs.iter().map(|it| it.kind.unwrap().manager);
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        [Manager::Files, Manager::Pkcs11, Manager::Pkcs11]
    );
    let whole = kept.verify_journal(&Outside::default(), &mut |_, _| {});
    assert!(whole.unwrap().is_whole());

    // Back to where keys can be copied: with a reason alone.
    let refused = kept
        .move_keys_to_files(None, &acting(), &mut |_| {})
        .unwrap_err();
    assert_eq!(refused.kind, domain::FaultKind::Refused);
    assert_eq!(epochs_on_disk(), 0);
    let reason = Some("the token goes back to its maker");
    kept.move_keys_to_files(reason, &acting(), &mut |_| {})
        .unwrap();
    assert_eq!(epochs_on_disk(), 1);
    assert!(kept.vault().key_manager().is_none());
    drop(kept);
    std::fs::remove_dir_all(token.objects()).unwrap();
    let kept = house.open();
    assert_eq!(read(&kept, id).unwrap().len(), 2);
    assert_eq!(find(&kept, "riou@exemple.fr"), [other]);
}

#[test]
fn a_move_that_stops_at_any_step_is_taken_up_again() {
    let Some(token) = Token::of_this_test("token::a_move_that_stops_at_any_step_is_taken_up_again")
    else {
        return;
    };
    for stop in 0..7 {
        let (house, kept) = House::new(BEGAN);
        let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
        let mut heard = 0;
        // A panic in the middle stands for the kill; the files are as they are at that moment.
        let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            kept.move_keys(named(&token), &acting(), &mut |step: Step| {
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
        // The night's turn is all that it takes.
        let turned = kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
        assert_eq!((turned.old, turned.new), (1, 2), "stopped at step {stop}");
        assert_eq!(read(&kept, id).unwrap().len(), 2);
        assert_eq!(find(&kept, "le.gall@exemple.fr"), [id]);
        let epochs = kept.keys_status().unwrap().epochs;
        let states: Vec<_> = epochs
            .iter()
            .map(|epoch| (epoch.state, epoch.kind.unwrap().manager))
            .collect();
        assert_eq!(
            states,
            [
                (EpochState::Destroyed, Manager::Files),
                (EpochState::Active, Manager::Pkcs11)
            ]
        );
    }
}

#[test]
fn a_token_that_is_away_or_another_stops_everything_before_anything_is_touched() {
    let Some(token) = Token::of_this_test(
        "token::a_token_that_is_away_or_another_stops_everything_before_anything_is_touched",
    ) else {
        return;
    };
    let (house, kept) = House::with_token(BEGAN, named(&token));
    let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
    drop(kept);
    let bytes = || {
        let files = files_below(&[house.root(), house.keys()]);
        files
            .iter()
            .map(|file| std::fs::read(file).unwrap())
            .collect::<Vec<_>>()
    };
    let before = bytes();
    let refused = || services::Kept::open(&house.root(), None).err().unwrap();
    // Away.
    let away = token.objects().with_extension("away");
    std::fs::rename(token.objects(), &away).unwrap();
    std::fs::create_dir(token.objects()).unwrap();
    let fault = refused();
    assert_eq!(fault.message, "the token `kept-test` is not there");
    assert!(fault.remedy.unwrap().contains("nothing was touched"));
    // Another of the same label and PIN.
    token.label(LABEL);
    assert_eq!(
        refused().message,
        "the keys of epoch 1 are not in the token `kept-test`"
    );
    // One of the same label that has keys of those names: they are not the installation's.
    let foreign = Pkcs11::new(place(&token), kept_id(&house)).unwrap();
    door::EpochKeys::make(&foreign, 1, &door::SystemEntropy::default()).unwrap();
    drop(foreign);
    assert!(
        refused()
            .message
            .contains("the key of epoch 1 does not belong to this installation")
    );
    // The description has forgotten it: no file is made in its stead.
    let description = house.root().join("installation.toml");
    let described = std::fs::read_to_string(&description).unwrap();
    let (without, _) = described.split_once("[key-manager]").unwrap();
    std::fs::write(&description, without).unwrap();
    assert!(refused().message.contains("`installation.toml` names none"));
    // Lower or unranked algorithms and managers in it.
    for (from, to, why) in [
        ("aes-256-gcm", "aes-128-gcm", "128 bits"),
        ("aes-256-gcm", "des3", "no rank"),
        ("\"pkcs11\"", "\"kms\"", "no key manager that has a rank"),
    ] {
        std::fs::write(&description, described.replace(from, to)).unwrap();
        let fault = refused();
        assert_eq!(fault.kind, domain::FaultKind::Refused);
        assert!(fault.message.contains(why), "{fault}");
    }
    std::fs::write(&description, &described).unwrap();
    std::fs::remove_dir_all(token.objects()).unwrap();
    std::fs::rename(&away, token.objects()).unwrap();
    assert!(bytes() == before, "not a byte was touched");
    assert_eq!(read(&house.open(), id).unwrap().len(), 2);
}

fn kept_id(house: &House) -> domain::InstallationId {
    let (described, _) = door::Installation::read(&house.root(), None).unwrap();
    described.installation_id().unwrap()
}
