//! The log in both its homes.

use store::Place;
use testkit::postgres::{Durable, Postgres, databases_on};

use super::*;

fn line(act: RestrictiveAct, at: i64) -> Line {
    Line {
        act,
        subject: SubjectId([1; 16]),
        record: RecordId([2; 16]),
        at,
    }
}

fn imposed() -> Imposed {
    Imposed {
        subject: SubjectId([4; 16]),
        at: -5,
        dossier: vec![1, 2, 3],
        records: vec![
            (RecordId([5; 16]), vec![9; 300]),
            (RecordId([6; 16]), Vec::new()),
        ],
    }
}

fn checkpoint(size: u64) -> LoggedCheckpoint {
    LoggedCheckpoint {
        size,
        root: [7; 32],
    }
}

/// Says it in a log; what is said in the transaction that destroys goes where `destroys` puts it.
fn say(log: &RestrictiveLog, lines: &[Line], imposed: &[Imposed]) {
    let saying = Saying::of(lines, imposed);
    let destroy = |lines: Vec<Vec<u8>>| match &log.home {
        Home::Table(keyring) => keyring.write(Priority::Destroys, move |tx| tx.log_acts(&lines)),
        Home::File(_) => {
            assert!(lines.is_empty(), "a file says it itself");
            Ok(())
        }
    };
    log.say(saying, || Ok(()), destroy).unwrap();
}

fn every_act() -> Vec<Line> {
    let all = RestrictiveAct::ALL.iter().rev().zip(1..);
    all.map(|(act, at)| line(*act, at)).collect()
}

/// What holds wherever a log is.
fn reads_back(log: &RestrictiveLog) {
    let lines = every_act();
    say(log, &lines, &[imposed()]);
    assert_eq!(log.acts().unwrap(), lines);
    let bytes = log.bytes().unwrap();
    assert_eq!(bytes, log.content().unwrap().len() as u64);
    say(log, &[line(RestrictiveAct::Erased, 99)], &[imposed()]);
    assert_eq!(log.acts().unwrap().len(), lines.len() + 1);
    assert_eq!(log.acts_to(bytes).unwrap(), lines);
    assert_eq!(log.imposed().unwrap(), [imposed(), imposed()]);
    assert_eq!(log.last_checkpoint().unwrap(), None);
    // Copies publish one after the other and may be told of in another order.
    for size in [9, 300, 12, 300] {
        log.append_checkpoint(checkpoint(size)).unwrap();
    }
    assert_eq!(log.last_checkpoint().unwrap(), Some(checkpoint(300)));
    log.append_origin(checkpoint(12)).unwrap();
    assert_eq!(
        log.last_checkpoint().unwrap(),
        Some(checkpoint(12)),
        "a new origin is the latest, and need not be the longest"
    );
    log.append_checkpoint(checkpoint(13)).unwrap();
    assert_eq!(log.last_checkpoint().unwrap(), Some(checkpoint(13)));
}

#[test]
fn what_was_appended_reads_back_and_a_torn_line_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("restrictive.log");
    let open = || RestrictiveLog {
        home: Home::File(LogFile::open(&path).unwrap()),
    };
    reads_back(&open());
    let were = open().acts().unwrap();
    say(&open(), &[line(RestrictiveAct::Held, 100)], &[]);
    let cut = |bytes: usize| {
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - bytes]).unwrap();
    };
    cut(7);
    assert_eq!(open().acts().unwrap(), were);
    say(&open(), &[line(RestrictiveAct::Held, 101)], &[]);
    assert_eq!(open().acts().unwrap().len(), were.len() + 1);
    // A torn line of any length hides itself alone.
    say(&open(), &[], &[imposed()]);
    cut(200);
    assert_eq!(open().imposed().unwrap(), [imposed(), imposed()]);
    assert_eq!(
        open().bytes().unwrap(),
        std::fs::metadata(&path).unwrap().len()
    );
}

#[test]
fn on_a_server_two_copies_have_one_log() {
    let server = Postgres::start(Durable::No);
    let [_, address] = databases_on(server.socket());
    let place = Place::Server(store::Server::at(address.as_str()));
    let open = || RestrictiveLog {
        home: Home::Table(Database::open(store::Home::Keyring, &place).unwrap()),
    };
    let (one, other) = (open(), open());
    reads_back(&one);
    say(&other, &[line(RestrictiveAct::Held, 100)], &[]);
    say(&one, &[line(RestrictiveAct::Objected, 101)], &[]);
    for log in [&one, &other] {
        let last: Vec<i64> = log.acts().unwrap().iter().map(|it| it.at).collect();
        assert!(last.ends_with(&[99, 100, 101]), "{last:?}");
    }
    other.append_checkpoint(checkpoint(13)).unwrap();
    let bytes = one.bytes().unwrap();
    other.append_checkpoint(checkpoint(20)).unwrap();
    assert_eq!(one.last_checkpoint().unwrap(), Some(checkpoint(20)));
    assert!(one.bytes().unwrap() > bytes);
}

#[test]
fn in_a_file_it_is_said_that_a_record_is_erased_once_its_key_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("restrictive.log");
    let log = RestrictiveLog {
        home: Home::File(LogFile::open(&path).unwrap()),
    };
    let (objected, erased) = (
        line(RestrictiveAct::Objected, 1),
        line(RestrictiveAct::Erased, 2),
    );
    let saying = || Saying::of(&[erased, objected], &[imposed()]);
    let fault = || Fault::new(FaultKind::Unavailable, "the keyring cannot be written");
    let failed = log.say(saying(), || Ok(()), |_| Err(fault()));
    assert!(failed.is_err());
    assert_eq!(log.acts().unwrap(), [objected]);
    let destroy = |_| {
        assert_eq!(log.acts().unwrap(), [objected, objected]);
        Ok(())
    };
    log.say(saying(), || Ok(()), destroy).unwrap();
    assert_eq!(log.acts().unwrap(), [objected, objected, erased]);
}

#[test]
fn what_several_say_at_once_is_there_once_for_each() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("restrictive.log");
    let log = RestrictiveLog {
        home: Home::File(LogFile::open(&path).unwrap()),
    };
    std::thread::scope(|scope| {
        for who in 0..16 {
            let log = &log;
            scope.spawn(move || {
                for at in 0..8 {
                    let mine = line(RestrictiveAct::Erased, who * 100 + at);
                    say(log, &[mine], &[imposed()]);
                    // Whoever was answered finds their line there.
                    assert!(log.acts().unwrap().contains(&mine));
                }
            });
        }
    });
    let mut said: Vec<i64> = log.acts().unwrap().iter().map(|line| line.at).collect();
    said.sort_unstable();
    let expected: Vec<i64> = (0..16)
        .flat_map(|who| (0..8).map(move |at| who * 100 + at))
        .collect();
    assert_eq!(said, expected);
    assert_eq!(log.imposed().unwrap().len(), expected.len());
}
