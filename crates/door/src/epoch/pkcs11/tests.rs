//! Against SoftHSM, each test in a process of its own.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11 as Module};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use testkit::token::{LABEL, MODULE, PIN, Token};

use super::*;
use crate::SystemEntropy;

const INSTALLATION: InstallationId = InstallationId([7; 16]);

fn place(token: &Token) -> TokenPlace {
    TokenPlace {
        module: MODULE.into(),
        token: LABEL.to_owned(),
        pin_file: Some(token.pin_file()),
    }
}

fn keys(token: &Token) -> Pkcs11 {
    Pkcs11::new(place(token), INSTALLATION).unwrap()
}

fn entropy() -> SystemEntropy {
    SystemEntropy::default()
}

fn secret(bytes: &[u8]) -> ToWrap {
    ToWrap {
        nonce: Some([1; NONCE_BYTES]),
        associated: b"here".to_vec(),
        secret: Zeroizing::new(bytes.to_vec()),
    }
}

fn wrapped(bytes: &[u8], associated: &[u8]) -> Vec<Wrapped> {
    vec![Wrapped {
        nonce: Some([1; NONCE_BYTES]),
        associated: associated.to_vec(),
        bytes: bytes.to_vec(),
    }]
}

/// A session of the token's own, as whoever knows the PIN has it.
fn session() -> Session {
    let module = Module::new(MODULE).unwrap();
    // Kept may have done it in this process.
    let _ = module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
    let slots = module.get_slots_with_initialized_token().unwrap();
    let of_label = |slot: &&_| module.get_token_info(**slot).unwrap().label() == LABEL;
    let slot = slots.iter().find(of_label).unwrap();
    let session = module.open_rw_session(*slot).unwrap();
    let _ = session.login(UserType::User, Some(&AuthPin::new(PIN.into())));
    session
}

#[test]
fn what_is_wrapped_opens_under_its_epoch_alone_and_where_it_belongs() {
    let name =
        "epoch::pkcs11::tests::what_is_wrapped_opens_under_its_epoch_alone_and_where_it_belongs";
    let Some(token) = Token::of_this_test(name) else {
        return;
    };
    let keys = keys(&token);
    for epoch in [1, 2] {
        keys.make(epoch, &entropy()).unwrap();
        keys.make(epoch, &entropy()).unwrap();
    }
    let secrets = vec![secret(b"one"), secret(b"one"), secret(b"")];
    let got = keys.wrap(1, secrets, &entropy()).unwrap();
    assert_ne!(
        got[0], got[1],
        "a nonce is drawn each time, whatever was given"
    );
    for (bytes, plain) in got.iter().zip([b"one".as_slice(), b"one", b""]) {
        assert_eq!(
            keys.unwrap(1, wrapped(bytes, b"here")).unwrap()[0].as_slice(),
            plain
        );
    }
    assert!(keys.unwrap(1, wrapped(&got[0], b"there")).is_err());
    assert!(keys.unwrap(2, wrapped(&got[0], b"here")).is_err());
    for place in 0..got[0].len() {
        let mut flipped = got[0].clone();
        flipped[place] ^= 1;
        assert!(
            keys.unwrap(1, wrapped(&flipped, b"here")).is_err(),
            "byte {place}"
        );
        assert!(keys.unwrap(1, wrapped(&got[0][..place], b"here")).is_err());
    }
    // What failed has harmed nothing.
    assert!(keys.unwrap(1, wrapped(&got[0], b"here")).is_ok());
    let hash = |epoch, data: &[u8]| {
        keys.mac(epoch, vec![Zeroizing::new(data.to_vec())])
            .unwrap()[0]
    };
    assert_eq!(hash(1, b"a"), hash(1, b"a"));
    assert_ne!(hash(1, b"a"), hash(1, b"b"));
    assert_ne!(hash(1, b"a"), hash(2, b"a"));

    // Destroyed: gone for good, twice is no error, and the other epoch lives.
    keys.destroy(1).unwrap();
    keys.destroy(1).unwrap();
    let fault = keys.unwrap(1, wrapped(&got[0], b"here")).unwrap_err();
    assert!(
        fault
            .message
            .contains("the keys of epoch 1 are not in the token")
    );
    assert_eq!(fault.kind, FaultKind::Unavailable);
    assert!(keys.mac(1, Vec::new()).is_err());
    assert!(keys.wrap(2, vec![secret(b"x")], &entropy()).is_ok());
    keys.make(1, &entropy()).unwrap();
    assert!(
        keys.unwrap(1, wrapped(&got[0], b"here")).is_err(),
        "a key of that name is another"
    );
}

#[test]
fn no_way_leads_a_key_out_of_the_token() {
    let name = "epoch::pkcs11::tests::no_way_leads_a_key_out_of_the_token";
    let Some(token) = Token::of_this_test(name) else {
        return;
    };
    let keys = keys(&token);
    keys.make(1, &entropy()).unwrap();
    let session = session();
    let carrier = session
        .generate_key(
            &Mechanism::AesKeyGen,
            &[
                Attribute::ValueLen(KEY_BYTES.into()),
                Attribute::Wrap(true),
                Attribute::Token(false),
            ],
        )
        .unwrap();
    for purpose in Purpose::ALL {
        let found = session
            .find_objects(&keys.key(1, purpose).sought())
            .unwrap();
        let [object] = found[..] else {
            panic!("one object for each purpose");
        };
        let value = session
            .get_attributes(object, &[AttributeType::Value])
            .unwrap();
        assert_eq!(value, [], "its value is not told");
        let out = session.wrap_key(&Mechanism::AesKeyWrap, carrier, object);
        assert!(
            matches!(out, Err(Error::Pkcs11(RvError::KeyUnextractable, _))),
            "{out:?}"
        );
        for change in [Attribute::Extractable(true), Attribute::Sensitive(false)] {
            assert!(
                session
                    .update_attributes(object, std::slice::from_ref(&change))
                    .is_err()
            );
            assert!(session.copy_object(object, &[change]).is_err());
        }
    }
}

#[test]
fn a_crash_between_two_keys_is_taken_up_and_a_key_that_could_leave_is_refused() {
    let name = "epoch::pkcs11::tests::a_crash_between_two_keys_is_taken_up_and_a_key_that_could_leave_is_refused";
    let Some(token) = Token::of_this_test(name) else {
        return;
    };
    let keys = keys(&token);
    keys.make(1, &entropy()).unwrap();
    let session = session();
    let look_up = keys.key(1, Purpose::LookUp);
    let one = session.find_objects(&look_up.sought()).unwrap()[0];
    session.destroy_object(one).unwrap();
    let got = keys.wrap(1, vec![secret(b"kept")], &entropy()).unwrap();
    assert!(keys.mac(1, vec![Zeroizing::default()]).is_err());
    keys.make(1, &entropy()).unwrap();
    assert!(keys.mac(1, vec![Zeroizing::default()]).is_ok());
    assert!(keys.unwrap(1, wrapped(&got[0], b"here")).is_ok());

    // Somebody has put a key there that could be copied: it is not taken for Kept's.
    let mut planted = keys.key(2, Purpose::Wrapping).wanted();
    planted.retain(|it| !matches!(it, Attribute::Extractable(_)));
    planted.push(Attribute::Extractable(true));
    session
        .generate_key(&Mechanism::AesKeyGen, &planted)
        .unwrap();
    let fault = keys.make(2, &entropy()).unwrap_err();
    assert!(fault.message.contains("could leave it"), "{fault}");
    // Two of one name: neither is taken.
    let again = keys.key(1, Purpose::Wrapping).wanted();
    session.generate_key(&Mechanism::AesKeyGen, &again).unwrap();
    let fault = keys.make(1, &entropy()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Integrity, "{fault}");
}

#[test]
fn what_is_wrong_with_a_token_is_told_and_a_wrong_pin_is_not_tried_twice() {
    let name = "epoch::pkcs11::tests::what_is_wrong_with_a_token_is_told_and_a_wrong_pin_is_not_tried_twice";
    let Some(token) = Token::of_this_test(name) else {
        return;
    };
    let fault = |place: TokenPlace| {
        let keys = Pkcs11::new(place, INSTALLATION).unwrap();
        let fault = keys.try_out(&entropy()).unwrap_err();
        assert!(fault.remedy.is_some());
        (fault.kind, fault.message)
    };
    let good = place(&token);
    let (kind, message) = fault(TokenPlace {
        token: "another".to_owned(),
        ..good.clone()
    });
    assert_eq!(kind, FaultKind::Unavailable);
    assert_eq!(message, "the token `another` is not there");
    let (kind, message) = fault(TokenPlace {
        module: "/usr/lib/nothing.so".into(),
        ..good.clone()
    });
    assert_eq!(kind, FaultKind::Unavailable);
    assert!(message.contains("/usr/lib/nothing.so is not there"));
    let (kind, message) = fault(TokenPlace {
        module: "softhsm.so".into(),
        ..good.clone()
    });
    assert_eq!(kind, FaultKind::Invalid);
    assert!(message.contains("not a path from the root on"));
    // No module, and none that anybody but root could have put there.
    let (kind, message) = fault(TokenPlace {
        module: "/etc/hostname".into(),
        ..good.clone()
    });
    assert_eq!(kind, FaultKind::Unavailable);
    assert!(message.contains("cannot be used"), "{message}");
    let copied = token.objects().join("module.so");
    fs::copy(MODULE, &copied).unwrap();
    set_mode(&copied, 0o666);
    let (kind, message) = fault(TokenPlace {
        module: copied,
        ..good.clone()
    });
    assert_eq!(kind, FaultKind::Refused);
    assert!(message.contains("root's alone to write"), "{message}");

    let wrong = token.pin_file().with_extension("wrong");
    fs::write(&wrong, "not the PIN\n").unwrap();
    set_mode(&wrong, 0o600);
    let with_wrong = TokenPlace {
        pin_file: Some(wrong.clone()),
        ..good.clone()
    };
    let keys = Pkcs11::new(with_wrong, INSTALLATION).unwrap();
    let told = |keys: &Pkcs11| keys.mac(1, Vec::new()).unwrap_err().message;
    assert!(told(&keys).contains("does not accept the PIN"));
    // Corrected behind its back, it is not tried: a token counts the tries.
    fs::copy(token.pin_file(), &wrong).unwrap();
    assert!(told(&keys).contains("does not accept the PIN"));
    drop(keys);
    assert!(super::tests::keys(&token).try_out(&entropy()).is_ok());
    // Trying out leaves nothing in the token.
    let left = session().find_objects(&[Attribute::Token(true)]).unwrap();
    assert!(left.is_empty());
    token.label(LABEL);
    let twice = fault(good);
    assert_eq!(twice.0, FaultKind::Conflict);
    assert!(twice.1.contains("several tokens are labelled"));
}

#[test]
fn many_threads_ask_at_once_and_each_gets_its_answer() {
    let name = "epoch::pkcs11::tests::many_threads_ask_at_once_and_each_gets_its_answer";
    let Some(token) = Token::of_this_test(name) else {
        return;
    };
    let keys = Arc::new(keys(&token));
    keys.make(1, &entropy()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8_u8 {
            let keys = Arc::clone(&keys);
            scope.spawn(move || {
                for round in 0..40_u8 {
                    let plain = [thread, round];
                    let got = keys.wrap(1, vec![secret(&plain)], &entropy()).unwrap();
                    let opened = keys.unwrap(1, wrapped(&got[0], b"here")).unwrap();
                    assert_eq!(opened[0].as_slice(), plain);
                }
            });
        }
    });
}

#[test]
fn a_session_that_was_lost_is_begun_again() {
    let name = "epoch::pkcs11::tests::a_session_that_was_lost_is_begun_again";
    let Some(token) = Token::of_this_test(name) else {
        return;
    };
    let keys = keys(&token);
    keys.make(1, &entropy()).unwrap();
    let got = keys.wrap(1, vec![secret(b"kept")], &entropy()).unwrap();
    // As when the token is taken out for a moment: it logs everybody out.
    let session = session();
    session.logout().unwrap();
    drop(session);
    assert!(keys.unwrap(1, wrapped(&got[0], b"here")).is_ok());
    // Taken out for good, it is told as that, and each act tries again.
    let (there, away) = (token.objects(), token.objects().with_extension("away"));
    fs::rename(&there, &away).unwrap();
    fs::create_dir(&there).unwrap();
    let fault = keys.unwrap(1, wrapped(&got[0], b"here")).unwrap_err();
    assert_eq!(
        fault.message, "the token `kept-test` is not there",
        "{fault:?}"
    );
    fs::remove_dir(&there).unwrap();
    fs::rename(&away, &there).unwrap();
    keys.unwrap(1, wrapped(&got[0], b"here")).unwrap();
}

#[test]
fn a_token_that_does_not_answer_keeps_nobody_for_ever() {
    let name = "epoch::pkcs11::tests::a_token_that_does_not_answer_keeps_nobody_for_ever";
    let Some(token) = Token::of_this_test(name) else {
        return;
    };
    let owner = Owner::start(place(&token), Duration::ZERO).unwrap();
    let (asked, reached) = std::sync::mpsc::channel();
    let fault = owner
        .ask(move |_| -> Result<(), _> {
            asked.send(()).unwrap();
            loop {
                std::thread::park();
            }
        })
        .unwrap_err();
    assert_eq!(fault.message, "the token does not answer");
    // The module is done with what it does of itself: a process that ends amid that may fall.
    reached.recv().unwrap();
    // Nor does the end of the process wait for it.
    drop(owner);
}

fn set_mode(path: &PathBuf, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
