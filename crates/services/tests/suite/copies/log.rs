//! The one log of restrictive acts of several copies, what is shipped of it, and what a restore makes
//! of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::subject::{HoldScope, ObjectedTo};
use domain::value::{Payload, Value};
use domain::{FaultKind, Personal, SubjectId};
use door::backup::{BackupKey, Kind, Shelf};
use door::restrictive::{Line, RestrictiveAct};
use jiff::SignedDuration;
use policy::model::{CategorySet, ChannelSet, ErasureGround, PurposeSet};
use services::Kept;
use services::backup::{Restore, Restored, restore};
use services::consent::{Consented, Proof};
use services::hold::Holding;
use services::open::Servers;
use services::statement::Statement;
use tempfile::TempDir;
use testkit::postgres::{Durable, Postgres, databases_on, psql};

use super::{Copies, opened, shipping_to};
use crate::common::{House, acting};

const BEGAN: &str = "2026-03-01T09:00:00Z";

/// A place for backups, and two for the keyring.
struct Places(TempDir);

impl Places {
    fn new() -> Self {
        let places = Self(tempfile::tempdir().unwrap());
        for name in ["backups", "a", "b"] {
            std::fs::create_dir(places.at(name)).unwrap();
        }
        places
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn of_keyring(&self) -> [PathBuf; 2] {
        [self.at("a"), self.at("b")]
    }

    fn back_up(&self, house: &House) {
        let to = self.at("backups").display().to_string();
        house.kept.back_up(&to, 3, &acting(), &mut |_| {}).unwrap();
    }

    /// Restores the backup with what a place has of the keyring.
    fn restore(&self, keyring: &str, keys: &Path) -> (Kept, Restored) {
        let wanted = Restore {
            from: self.at("backups").display().to_string(),
            keyring: Some(self.at(keyring).display().to_string()),
            backup: None,
            beside: self.0.path().to_owned(),
            root: self.0.path().join(format!("restored-from-{keyring}")),
            keys: keys.to_owned(),
        };
        restore(&wanted, &acting(), &mut |_| {}).unwrap()
    }
}

fn keys(house: &House) -> PathBuf {
    house.folder.path().join("kept.keys")
}

fn acts(house: &House) -> Vec<Line> {
    house.kept.vault().restrictive().acts().unwrap()
}

fn sorts(house: &House) -> Vec<RestrictiveAct> {
    acts(house).iter().map(|line| line.act).collect()
}

/// What is said with an act: fields of one category.
fn statement(kept: &Kept, origin: &str, fields: &[(&str, &str)]) -> Statement {
    let law = kept.law();
    let policy = law.policy();
    let mut values = BTreeMap::new();
    let mut category = None;
    for (name, text) in fields {
        let field = policy.field_named(name).unwrap();
        let kind = &policy.categories[field.category.index()].fields[usize::from(field.field)].kind;
        values.insert(field.field, Value::parse(kind, text).unwrap());
        category = Some(field.category);
    }
    Statement {
        category: category.unwrap(),
        values: Personal::new(Payload(values)),
        origin: policy.origin_named(origin).unwrap(),
        kind: None,
        purposes: PurposeSet::EMPTY,
        made: None,
    }
}

fn consents(kept: &Kept, id: SubjectId) {
    let proof = [
        ("consent-proofs.consent-wording", "I agree"),
        ("consent-proofs.consent-means", "form"),
    ];
    let consented = Consented {
        purpose: kept.law().policy().purpose_named("newsletters").unwrap(),
        channels: ChannelSet::EMPTY,
        given: None,
        policy_version: None,
        proof: Proof::Stated(statement(kept, "electronic-form", &proof)),
    };
    kept.give_consent(id, &consented, &acting()).unwrap();
}

fn withdraws(kept: &Kept, id: SubjectId) {
    let purpose = kept.law().policy().purpose_named("newsletters").unwrap();
    let all = ChannelSet::EMPTY;
    let withdrawn = kept.withdraw_consent(id, purpose, all, &acting());
    withdrawn.unwrap();
}

fn objects(kept: &Kept, id: SubjectId) {
    let to = ObjectedTo::Canvassing;
    kept.object(id, to, None, &acting()).unwrap();
}

fn is_held(kept: &Kept, id: SubjectId) {
    let reason = [("exchanges.exchange-text", "A claim")];
    let holding = Holding {
        scope: HoldScope::Everything,
        purpose: kept
            .law()
            .policy()
            .purpose_named("contract-evidence")
            .unwrap(),
        review: "2030-01-01".parse().unwrap(),
        reason: statement(kept, "written-by-us", &reason),
    };
    kept.place_hold(id, &holding, &acting()).unwrap();
}

fn forget(kept: &Kept, id: SubjectId) -> Result<(), domain::Fault> {
    let ground = ErasureGround::NoLongerNecessary;
    kept.forget(id, ground, None, &acting()).map(|_| ())
}

/// As a server or a command does: what is to be shipped is.
fn ship(house: &House) {
    if house.kept.has_to_ship().unwrap() {
        let shipped = house.kept.ship_acts().unwrap();
        assert!(shipped.iter().all(|it| it.outcome.is_ok()), "{shipped:?}");
    }
    assert!(!house.kept.has_to_ship().unwrap());
}

#[test]
fn what_either_copy_imposes_is_in_every_place_and_in_force_after_a_restore() {
    let places = Places::new();
    let copies = Copies::new(BEGAN).shipping_to(&places.of_keyring());
    let (one, other) = (&copies.one, &copies.other);
    let [consenter, objector, held, restricted, gone] =
        ["Vasseur", "Kerbrat", "Abgrall", "Le Bihan", "Odile"].map(|name| one.add_contact(name));
    consents(&one.kept, consenter);
    places.back_up(one);

    withdraws(&one.kept, consenter);
    objects(&other.kept, objector);
    is_held(&other.kept, held);
    let all = CategorySet(u128::MAX);
    one.kept.restrict(restricted, all, &acting()).unwrap();
    forget(&other.kept, gone).unwrap();
    one.kept.publish_checkpoint(&[], &acting()).unwrap();
    let last = other.kept.publish_checkpoint(&[], &acting()).unwrap();
    // One log, and each copy knows all of it.
    assert_eq!(acts(one), acts(other));
    for act in [
        RestrictiveAct::Withdrawn,
        RestrictiveAct::Objected,
        RestrictiveAct::Held,
        RestrictiveAct::Restricted,
        RestrictiveAct::Erased,
    ] {
        assert!(sorts(one).contains(&act), "{act:?}");
    }
    let logged = one.kept.vault().restrictive().last_checkpoint().unwrap();
    assert_eq!(logged.unwrap().size, last.size);
    // Whoever's act it was: the one that ships has all, and the other finds it there.
    assert!(other.kept.has_to_ship().unwrap());
    ship(one);
    let manifests = || {
        let of = |place: PathBuf| std::fs::read(place.join("keyring/current")).unwrap();
        places.of_keyring().map(of)
    };
    let shipped = manifests();
    ship(other);
    assert_eq!(manifests(), shipped, "nothing is shipped twice");
    for copy in [one, other] {
        let states = copy.kept.copy_states().unwrap();
        assert!(states.iter().all(|state| state.current), "{states:?}");
    }

    let (kept, restored) = places.restore("b", &keys(one));
    assert_eq!((restored.imposed.people, restored.new_origin), (4, None));
    assert_eq!(restored.imposed.to_be_looked_at, 0);
    let law = kept.law();
    let person = |id| kept.person(id, &law).unwrap().subject;
    assert!(person(consenter).consents[0].withdrawn.is_some());
    assert_eq!(person(objector).objections.len(), 1);
    assert_eq!(person(held).holds.len(), 1);
    assert_eq!(person(restricted).restrictions.len(), 1);
    let absent = kept.person(gone, &law).err().unwrap();
    assert_eq!(absent.kind, FaultKind::Absent);
    // In files the log is a file, with all that both said.
    let lines = kept.vault().restrictive().acts().unwrap();
    assert!(lines.starts_with(&acts(one)));
    assert!(kept.vault().layout().restrictive().exists());
}

#[test]
fn a_place_that_holds_a_longer_log_than_there_is_holds_another_and_is_written() {
    let places = Places::new();
    let copies = Copies::new(BEGAN).shipping_to(&places.of_keyring());
    let id = copies.one.add_contact("Vasseur");
    objects(&copies.one.kept, id);
    is_held(&copies.other.kept, id);
    ship(&copies.one);
    // The keyring's database came back from an older copy, and goes on from there.
    let longer = copies.one.kept.vault().restrictive().bytes().unwrap();
    let keyring = &copies.one.kept.vault().layout().keyring_place();
    let database = store::Database::open(store::Home::Keyring, keyring).unwrap();
    let log = store::tables::log();
    database
        .write(store::Priority::Ordinary, move |tx| tx.empty_table(&log))
        .unwrap();
    objects(&copies.other.kept, id);
    assert!(copies.other.kept.vault().restrictive().bytes().unwrap() < longer);
    let current = || {
        let states = copies.one.kept.copy_states().unwrap();
        states.iter().all(|state| state.current)
    };
    assert!(!current());
    for one in copies.other.kept.ship_acts().unwrap() {
        assert!(one.outcome.unwrap().log_bytes < longer);
    }
    assert!(current());
}

#[test]
fn both_act_and_ship_at_once_and_no_copy_tears_the_other_s() {
    let places = Places::new();
    let copies = Copies::new(BEGAN).shipping_to(&places.of_keyring());
    let people = |many: usize| -> Vec<SubjectId> {
        let add = |at| copies.one.add_contact(&format!("Le Goff {at}"));
        (0..many).map(add).collect()
    };
    let (ours, theirs) = (people(12), people(12));
    places.back_up(&copies.one);
    let work = |copy: &House, people: &[SubjectId]| {
        for pair in people.chunks(2) {
            objects(&copy.kept, pair[0]);
            forget(&copy.kept, pair[1]).unwrap();
            ship_whatever_others_do(copy);
            let place = door::backup::place("a", places.0.path()).unwrap();
            let there = copy.kept.vault().shipped_to(&place).unwrap().unwrap();
            assert!(there.log_bytes > 0);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| work(&copies.other, &theirs));
        work(&copies.one, &ours);
    });
    ship(&copies.one);
    ship(&copies.other);
    for (keyring, copy) in [("a", &copies.one), ("b", &copies.other)] {
        let (kept, restored) = places.restore(keyring, &keys(&copies.one));
        assert_eq!(restored.imposed.people, 12, "{keyring}");
        assert_eq!(restored.swept.people, 12, "{keyring}");
        let lines = kept.vault().restrictive().acts().unwrap();
        assert!(lines.starts_with(&acts(copy)));
    }
    copies.journal_is_whole();
}

/// Ships an act of this copy: what others did meanwhile may be left to be shipped.
fn ship_whatever_others_do(copy: &House) {
    let bytes = copy.kept.vault().restrictive().bytes().unwrap();
    let shipped = copy.kept.ship_acts().unwrap();
    for one in shipped {
        assert!(one.outcome.unwrap().log_bytes >= bytes);
    }
}

#[test]
fn a_copy_that_joins_ships_where_the_others_do_and_what_they_stated_stays_there() {
    let server = Postgres::start(Durable::No);
    let one = House::on(BEGAN, databases_on(server.socket()));
    let place = one.folder.path().join("copy");
    std::fs::create_dir(&place).unwrap();
    let one = shipping_to(one, &[PathBuf::from("../copy")]);
    let copies = Copies::of(one, Some(server));
    let named = copies.other.kept.copy_places();
    assert!(Path::new(&named[0]).is_absolute(), "{named:?}");
    // A statement of the one, in a folder of the journal that the other has not.
    let rolled = copies.one.kept.roll_signing_key(&[], &acting()).unwrap();
    assert!(rolled.new.is_some());
    copies.one.kept.ship().unwrap();
    let statements = || {
        let key = BackupKey::open(copies.one.kept.vault().layout()).unwrap();
        let there = door::backup::place("copy", copies.one.folder.path()).unwrap();
        let shelf = Shelf::new(there, &key, Kind::Journal);
        let mut names = BTreeSet::new();
        let current = shelf.current().unwrap().unwrap();
        shelf
            .each_row(&current, &mut |table, row| {
                if let ("file", Some(store::Value::Text(name))) = (table, row.first()) {
                    names.insert(name.clone());
                }
            })
            .unwrap();
        names
    };
    let before = statements();
    assert!(before.iter().any(|name| name.ends_with(".roll-over")));
    let id = copies.other.add_contact("Vasseur");
    objects(&copies.other.kept, id);
    ship(&copies.other);
    assert_eq!(statements(), before);
    assert!(copies.one.kept.copy_states().unwrap()[0].current);
}

#[test]
fn a_copy_waits_while_another_ships_and_takes_over_where_it_fell_silent() {
    let places = Places::new();
    let copies = Copies::new(BEGAN).shipping_to(&places.of_keyring());
    let id = copies.one.add_contact("Vasseur");
    let lasts = SignedDuration::from_mins(1);
    let claimed = |copy: &House| copy.kept.claim("ship-keyring", lasts).unwrap();
    assert!(claimed(&copies.one));
    objects(&copies.other.kept, id);
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| ship(&copies.other));
        std::thread::sleep(Duration::from_millis(600));
        assert!(!waits.is_finished());
        assert!(!places.at("a").join("keyring").exists());
        copies.one.kept.give_up_claim("ship-keyring").unwrap();
        waits.join().unwrap();
    });
    assert!(places.at("a").join("keyring/current").exists());
    // One that died in the middle of it gives nothing up.
    assert!(claimed(&copies.one));
    copies.other.move_to("2026-03-01T09:02:00Z");
    is_held(&copies.other.kept, id);
    ship(&copies.other);
    // And gives up nothing that is another's by now.
    assert!(claimed(&copies.other));
    copies.one.kept.give_up_claim("ship-keyring").unwrap();
    assert!(!claimed(&copies.one));
}

#[test]
fn an_act_whose_line_cannot_be_written_is_not_acknowledged_and_is_finished_later() {
    let server = Postgres::start(Durable::No);
    let [data, keyring] = databases_on(server.socket());
    let schema = keyring.rsplit_once("%3D").unwrap().1.to_owned();
    let servers = Servers {
        connect_seconds: 1,
        ..Servers::at(data, keyring)
    };
    let house = House::on_these(BEGAN, servers);
    let [gone, objector] = ["Vasseur", "Kerbrat"].map(|name| house.add_contact(name));
    let key = |id| house.kept.vault().keyring().keys_of(id).unwrap().len();
    let was = key(gone);
    // The connection is lost whenever a line is appended.
    psql(
        server.socket(),
        &format!(
            "CREATE FUNCTION {schema}.lost() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'; \
             CREATE TRIGGER lost BEFORE INSERT ON {schema}.restrictive_act \
             FOR EACH ROW EXECUTE FUNCTION {schema}.lost()"
        ),
    );
    let unavailable = FaultKind::Unavailable;
    assert_eq!(forget(&house.kept, gone).unwrap_err().kind, unavailable);
    let to = ObjectedTo::Canvassing;
    let objected = house.kept.object(objector, to, None, &acting());
    assert_eq!(objected.err().unwrap().kind, unavailable);
    assert_eq!(acts(&house), []);
    // What is destroyed is destroyed with the line or not at all; nobody reads it meanwhile.
    assert_eq!(key(gone), was);
    assert_eq!(
        house.read_contact(gone).err().unwrap().kind,
        FaultKind::Refused
    );
    psql(
        server.socket(),
        &format!("DROP TRIGGER lost ON {schema}.restrictive_act"),
    );
    let House { kept, folder } = house;
    drop(kept);
    let house = opened(&folder.path().join("kept"), folder);
    assert_eq!(sorts(&house), [RestrictiveAct::Erased]);
    assert_eq!(acts(&house)[0].subject, gone);
    assert!(
        house
            .kept
            .vault()
            .keyring()
            .keys_of(gone)
            .unwrap()
            .is_empty()
    );
    // Whoever was told that it was not done does it again.
    objects(&house.kept, objector);
    let imposed = house.kept.vault().restrictive().imposed().unwrap();
    assert_eq!(imposed.last().unwrap().subject, objector);
    // What was finished when it was opened is to be shipped as what is done now.
    let first = house.kept.vault().logged_at_first();
    assert!(house.kept.vault().restrictive().bytes().unwrap() > first);
}

#[test]
fn a_log_that_a_copy_had_of_its_own_is_taken_over_once() {
    let copies = Copies::new(BEGAN);
    let own = House::in_files(BEGAN);
    let id = own.add_contact("Vasseur");
    objects(&own.kept, id);
    is_held(&own.kept, id);
    let (lines, file) = (acts(&own), own.kept.vault().layout().restrictive());
    let theirs = copies.other.add_contact("Kerbrat");
    objects(&copies.other.kept, theirs);
    let before = acts(&copies.other);
    let House { kept, folder } = copies.one;
    let there = kept.vault().layout().restrictive();
    assert!(!there.exists(), "on a server there is no file");
    drop(kept);
    std::fs::copy(&file, &there).unwrap();
    let root = folder.path().join("kept");
    let one = opened(&root, folder);
    assert!(!there.exists());
    let all = [before, lines].concat();
    assert_eq!(acts(&one), all);
    assert_eq!(acts(&copies.other), all);
    // Interrupted before the file was removed.
    let House { kept, folder } = one;
    drop(kept);
    std::fs::copy(&file, &there).unwrap();
    let one = opened(&root, folder);
    assert_eq!(acts(&one), all);
    assert!(!there.exists());
}
