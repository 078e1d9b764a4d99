//! What a move finds before it counts.

use domain::subject::ObjectedTo;
use domain::{FaultKind, SubjectId};
use services::Kept;
use services::access::RelyingParty;
use services::open::Servers;
use testkit::postgres::{Durable, Postgres, databases_on, psql};

use crate::accounts::{here, passed};
use crate::common::{House, acting};

fn in_files() -> House {
    House::in_files("2026-03-01T09:00:00Z")
}

fn objects(house: &House, id: SubjectId) {
    let to = ObjectedTo::Canvassing;
    house.kept.object(id, to, None, &acting()).unwrap();
}

#[test]
fn what_is_missing_or_another_on_the_servers_is_found_and_put_right() {
    let server = Postgres::start(Durable::No);
    let [data, keyring] = databases_on(server.socket());
    let of = |address: &str| address.rsplit_once("%3D").unwrap().1.to_owned();
    let (data_is, keyring_is) = (of(&data), of(&keyring));
    let house = in_files();
    for surname in ["Vasseur", "Kerbrat", "Tréguier"] {
        objects(&house, house.add_contact(surname));
    }
    // Somebody is signing in: that is not carried.
    let party = RelyingParty::new("https://kept.quai.example", "Quai").unwrap();
    let access = house.kept.access();
    passed(access.start_passkey_sign_in(&party, here()).unwrap());
    let vault = house.kept.vault();
    let moving = vault.moving(&Servers::at(data, keyring)).unwrap();
    moving.carry(&mut |_| {}).unwrap();
    let begun = format!("SELECT COUNT(*) FROM {data_is}.sign_in_begun");
    assert_eq!(psql(server.socket(), &begun).trim(), "0");
    let whole = moving.verify().unwrap();
    assert!(whole.opened >= 3);
    let put_right = |harm: &str| {
        psql(server.socket(), harm);
        let found = moving.verify().unwrap_err();
        assert!(
            [FaultKind::Integrity, FaultKind::Unavailable].contains(&found.kind),
            "{harm}: {found}"
        );
        let carried = moving.carry(&mut |_| {}).unwrap();
        assert!(carried.written > 0, "{harm}");
        assert_eq!(moving.verify().unwrap(), whole);
    };
    // A row is missing, an entry's commitment is another, keys open nothing, the end is another.
    put_right(&format!(
        "DELETE FROM {data_is}.subject WHERE id = (SELECT MIN(id::text)::bytea FROM {data_is}.subject)"
    ));
    put_right(&format!(
        "UPDATE {data_is}.entry SET commitment = sha256(commitment) WHERE seq = 3"
    ));
    put_right(&format!(
        "UPDATE {keyring_is}.record_key SET wrapped = sha256(wrapped)"
    ));
    put_right(&format!(
        "DELETE FROM {data_is}.meta WHERE key = 'frontier'"
    ));
    put_right(&format!("DELETE FROM {keyring_is}.epoch"));
    // A line of the log is missing, or says something else.
    put_right(&format!(
        "DELETE FROM {keyring_is}.restrictive_act WHERE place = 0"
    ));
    put_right(&format!(
        "UPDATE {keyring_is}.restrictive_act SET line = sha256(line)"
    ));
}

#[test]
fn a_move_that_came_to_its_end_and_was_not_described_is_described_and_no_more() {
    let server = Postgres::start(Durable::No);
    let [data, keyring] = databases_on(server.socket());
    let servers = Servers::at(data, keyring);
    let house = in_files();
    let id = house.add_contact("Vasseur");
    let House { kept, folder } = house;
    let root = folder.path().join("kept");
    // As if the description could not be written: all else has been done.
    let description = root.join("installation.toml");
    let partial = root.join("installation.partial");
    std::fs::create_dir(&partial).unwrap();
    let failed = kept.move_to(Some(&servers), false, &acting(), &mut |_| {});
    assert_eq!(failed.err().unwrap().kind, FaultKind::Unavailable);
    let text = std::fs::read_to_string(&description).unwrap();
    assert!(!text.contains("[database]"));
    std::fs::remove_dir(&partial).unwrap();

    let kept = Kept::open(&root, None).unwrap();
    let (kept, moved) = kept
        .move_to(Some(&servers), false, &acting(), &mut |_| {})
        .unwrap();
    assert_eq!(moved.receipt, None);
    assert!(kept.vault().data().is_shared());
    let house = House { kept, folder };
    assert_eq!(house.read_contact(id).unwrap().opened.len(), 1);
}

#[test]
fn databases_to_which_a_move_came_are_refused_once_the_files_went_on() {
    let server = Postgres::start(Durable::No);
    let [data, keyring] = databases_on(server.socket());
    let servers = Servers::at(data, keyring);
    let house = in_files();
    let House { kept, folder } = house;
    let root = folder.path().join("kept");
    let partial = root.join("installation.partial");
    std::fs::create_dir(&partial).unwrap();
    let failed = kept.move_to(Some(&servers), false, &acting(), &mut |_| {});
    assert!(failed.is_err());
    std::fs::remove_dir(&partial).unwrap();
    let kept = Kept::open(&root, None).unwrap();
    let house = House { kept, folder };
    house.add_contact("Kerbrat");
    let refused = house.kept.vault().moving(&servers).err().unwrap();
    assert_eq!(refused.kind, FaultKind::Conflict);
}

#[test]
fn files_that_a_move_could_not_destroy_go_when_the_installation_is_opened_next() {
    let server = Postgres::start(Durable::No);
    let [data, keyring] = databases_on(server.socket());
    let schema = data.rsplit_once("%3D").unwrap().1.to_owned();
    let servers = Servers::at(data, keyring);
    let house = in_files();
    let id = house.add_contact("Vasseur");
    let House { kept, folder } = house;
    let root = folder.path().join("kept");
    // What is not a file is not removed as one.
    let reserve = root.join("data/reserve");
    std::fs::remove_file(&reserve).unwrap();
    std::fs::create_dir(&reserve).unwrap();
    let failed = kept.move_to(Some(&servers), false, &acting(), &mut |_| {});
    let failed = failed.err().unwrap();
    assert!(failed.to_string().contains("has moved"), "{failed}");
    let marks = format!("SELECT COUNT(*) FROM {schema}.meta WHERE key = 'moving'");
    assert_eq!(psql(server.socket(), &marks).trim(), "1");
    std::fs::remove_dir(&reserve).unwrap();
    let left = root.join("keyring/keyring.db");
    std::fs::write(&left, "what a crash left").unwrap();
    let kept = Kept::open(&root, None).unwrap();
    assert!(!left.exists());
    assert_eq!(psql(server.socket(), &marks).trim(), "0");
    let house = House { kept, folder };
    assert_eq!(house.read_contact(id).unwrap().opened.len(), 1);
}

#[test]
fn the_log_of_restrictive_acts_moves_along_also_when_it_grew_between_two_attempts() {
    let server = Postgres::start(Durable::No);
    let [data, keyring] = databases_on(server.socket());
    let servers = Servers::at(data, keyring);
    let house = in_files();
    let [first, second, third] =
        ["Vasseur", "Kerbrat", "Tréguier"].map(|surname| house.add_contact(surname));
    objects(&house, first);
    let vault = house.kept.vault();
    let moving = vault.moving(&servers).unwrap();
    moving.carry(&mut |_| {}).unwrap();
    // It was interrupted, and the files were worked with.
    objects(&house, second);
    house.kept.publish_checkpoint(&[], &acting()).unwrap();
    let log = vault.restrictive();
    let (acts, imposed) = (log.acts().unwrap(), log.imposed().unwrap());
    let (last, bytes) = (log.last_checkpoint().unwrap(), log.bytes().unwrap());
    assert_eq!((acts.len(), imposed.len()), (2, 2));
    assert!(last.is_some());
    let file = vault.layout().restrictive();
    let House { kept, folder } = house;
    let (kept, _) = kept
        .move_to(Some(&servers), false, &acting(), &mut |_| {})
        .unwrap();
    assert!(!file.exists());
    let house = House { kept, folder };
    let log = house.kept.vault().restrictive();
    assert_eq!(log.acts().unwrap(), acts);
    assert_eq!(log.imposed().unwrap(), imposed);
    assert_eq!(log.last_checkpoint().unwrap(), last);
    assert_eq!(log.bytes().unwrap(), bytes);
    objects(&house, third);
    assert_eq!(log.acts().unwrap().len(), 3);
}

#[test]
fn a_log_that_is_left_with_the_files_is_not_taken_over_again() {
    let server = Postgres::start(Durable::No);
    let [data, keyring] = databases_on(server.socket());
    let servers = Servers::at(data, keyring);
    let house = in_files();
    objects(&house, house.add_contact("Vasseur"));
    let House { kept, folder } = house;
    let file = kept.vault().layout().restrictive();
    let left = kept.move_to(Some(&servers), true, &acting(), &mut |_| {});
    drop(left.unwrap());
    let kept = Kept::open(&folder.path().join("kept"), None).unwrap();
    assert_eq!(kept.vault().restrictive().acts().unwrap().len(), 1);
    assert!(file.exists());
    let (kept, _) = kept.move_to(None, false, &acting(), &mut |_| {}).unwrap();
    assert_eq!(kept.vault().restrictive().acts().unwrap().len(), 1);
    assert!(!file.exists());
}

#[test]
fn a_sample_opens_each_record_once_and_anybody_may_be_of_it() {
    let house = in_files();
    let surnames = ["Vasseur", "Kerbrat", "Tréguier", "Lindqvist"];
    let people = surnames.map(|surname| house.add_contact(surname));
    let vault = house.kept.vault();
    let all = vault.sample_opens(100).unwrap();
    assert_eq!((all.good, all.bad), (4, 0));
    assert_eq!(vault.sample_opens(3).unwrap().good, 3);
    // Whoever came last or first is drawn as well as anybody else.
    for one in [people[0], people[3]] {
        let data =
            rusqlite::Connection::open(house.folder.path().join("kept/data/kept.db")).unwrap();
        let sealed: Vec<u8> = data
            .query_row(
                "SELECT sealed FROM record WHERE subject_id = ?1",
                [one.0],
                |row| row.get(0),
            )
            .unwrap();
        let spoil = "UPDATE record SET sealed = ?1 WHERE subject_id = ?2";
        data.execute(spoil, (&sealed[..5], one.0)).unwrap();
        let drawn: Vec<bool> = (0..200)
            .map(|_| vault.sample_opens(1).unwrap().good == 1)
            .collect();
        assert!(drawn.contains(&true) && drawn.contains(&false));
        data.execute(spoil, (sealed, one.0)).unwrap();
    }
}
