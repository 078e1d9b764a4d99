//! Damage: whatever is flipped, removed or cut off in the journal, its details, its tiles and its
//! checkpoint, verification fails and says where; and a rewritten history fails against a
//! checkpoint that is kept outside.

use std::fs;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use services::Kept;
use services::journal::Outside;

use crate::house::{House, acting, add, forget, later, read};
use crate::thief::{copy_folder, files_below};

/// Every how-manieth byte of long values and files is flipped.
const STRIDE: usize = 23;

/// A journal with something of everything: reads, erasures, a sweep with parts, turned keys, a
/// pruned beginning, checkpoints, and entries that no checkpoint covers yet.
fn eventful() -> (House, Kept) {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    for person in 0..25 {
        let id = add(
            &kept,
            &format!("Le Bihan {person}"),
            &format!("le.bihan{person}@exemple.fr"),
        );
        read(&kept, id).unwrap();
    }
    let kept = later(kept, &house, "2029-05-02T09:00:00Z");
    assert!(kept.prune_journal(&acting()).unwrap().details > 50);
    let gone: Vec<_> = (0..85)
        .map(|person| {
            let name = format!("Salaün {person}");
            add(&kept, &name, &format!("salaun{person}@exemple.fr"))
        })
        .collect();
    forget(&kept, gone[0]);
    kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    let kept = later(kept, &house, "2031-06-01T09:00:00Z");
    let swept = kept.sweep(&acting(), &mut |_| {}).unwrap();
    assert!(swept.records() > 20, "a sweep with parts");
    kept.publish_checkpoint(&[], &acting()).unwrap();
    read(&kept, gone[1]).unwrap();
    (house, kept)
}

/// What verification says; an error to read at all is told as what it is.
fn findings(kept: &Kept) -> Vec<String> {
    match kept.verify_journal(&Outside::default(), &mut |_, _| {}) {
        Ok(verified) => verified
            .report
            .findings
            .iter()
            .map(ToString::to_string)
            .collect(),
        Err(fault) => vec![format!("unreadable: {fault}")],
    }
}

/// Verification must fail, and one of its findings must name the place.
#[track_caller]
fn fails_at(kept: &Kept, what: &str, place: &str) {
    let found = findings(kept);
    assert!(
        found.iter().any(|finding| finding.contains(place)),
        "{what}: none of {found:?} names {place}"
    );
}

/// Ways to spoil bytes: flipped here and there, cut off, longer, none.
fn spoilt(bytes: &[u8]) -> Vec<Vec<u8>> {
    let last = bytes.len().saturating_sub(1);
    let places = (0..bytes.len()).step_by(STRIDE).chain([last]);
    let mut all: Vec<Vec<u8>> = places
        .map(|at| {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 1 << (at % 8);
            flipped
        })
        .collect();
    all.push(bytes[..last].to_vec());
    all.push([bytes, &[0]].concat());
    all.push(Vec::new());
    all
}

fn spoilt_value(value: &Value) -> Vec<Value> {
    match value {
        Value::Blob(bytes) => spoilt(bytes).into_iter().map(Value::Blob).collect(),
        Value::Integer(number) => [1, -1, 256, i64::MIN >> 1]
            .map(|by| Value::Integer(number.wrapping_add(by)))
            .to_vec(),
        other => panic!("no column of the journal holds {other:?}"),
    }
}

/// Spoils each column of one row in each way; undoes each.
fn strike_row(kept: &Kept, database: &Connection, table: &str, key: &[(&str, i64)], place: &str) {
    let conditions: Vec<String> = key
        .iter()
        .map(|(name, at)| format!("{name} = {at}"))
        .collect();
    let condition = conditions.join(" AND ");
    let (names, row): (Vec<String>, Vec<Value>) = database
        .query_row(
            &format!("SELECT * FROM {table} WHERE {condition} LIMIT 1"),
            [],
            |row| {
                let names = row.as_ref().column_names();
                let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
                let values = (0..names.len())
                    .map(|at| row.get(at))
                    .collect::<Result<_, _>>()?;
                Ok((names, values))
            },
        )
        .unwrap();
    let exactly = |values: &[Value]| {
        let conditions: Vec<String> = names.iter().map(|name| format!("{name} IS ?")).collect();
        let deleted = database.execute(
            &format!("DELETE FROM {table} WHERE {}", conditions.join(" AND ")),
            params_from_iter(values),
        );
        assert_eq!(deleted.unwrap(), 1);
    };
    let insert = |values: &[Value]| {
        let marks = vec!["?"; values.len()].join(", ");
        database.execute(
            &format!("INSERT INTO {table} VALUES ({marks})"),
            params_from_iter(values),
        )
    };
    exactly(&row);
    fails_at(kept, &format!("{table} {condition} removed"), place);
    for (column, name) in names.iter().enumerate() {
        let mut ways = match &row[column] {
            // What pruning left empty must stay so.
            Value::Null if name == "detail" => vec![Value::Blob(vec![1; 60])],
            Value::Null => vec![Value::Integer(1)],
            value => spoilt_value(value),
        };
        if matches!(name.as_str(), "at" | "act" | "period" | "detail") && table == "entry" {
            ways.push(Value::Null);
        }
        for way in ways.into_iter().filter(|way| *way != row[column]) {
            let mut spoilt = row.clone();
            spoilt[column] = way;
            // A row that cannot even be stored, another one's number say, is no damage.
            if insert(&spoilt).is_ok() {
                // The number itself being wrong, the row is missing where it was.
                fails_at(kept, &format!("{table} {condition}, {name}"), place);
                exactly(&spoilt);
            }
        }
    }
    insert(&row).unwrap();
}

/// Puts some of the entries by person where all of them are once there are thousands; gives the
/// last of these.
fn indexed_up_to_the_last_bulk_act(database: &Connection) -> i64 {
    let bulk: i64 = database
        .query_row("SELECT MAX(seq) FROM entry_part", [], |row| row.get(0))
        .unwrap();
    database
        .execute_batch(&format!(
            "INSERT INTO entry_subject
             SELECT subject_id, seq FROM entry_recent WHERE seq <= {bulk};
             DELETE FROM entry_recent WHERE seq <= {bulk}"
        ))
        .unwrap();
    bulk
}

#[test]
fn damage_in_any_column_of_any_kind_of_row_is_found_at_its_place() {
    let (_house, kept) = eventful();
    assert_eq!(findings(&kept), Vec::<String>::new());
    let database = Connection::open(kept.vault().layout().data()).unwrap();
    let entries: i64 = database
        .query_row("SELECT COUNT(*) FROM entry", [], |row| row.get(0))
        .unwrap();
    assert!(entries > 200, "{entries}");
    // One of each kind of act, the pruned beginning and the end that no tile vouches for.
    let mut sql = database
        .prepare("SELECT MIN(seq) FROM entry WHERE act IS NOT NULL GROUP BY act")
        .unwrap();
    let mut seqs: Vec<i64> = sql
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    drop(sql);
    seqs.extend([0, entries - 1]);
    assert!(seqs.len() > 10, "{seqs:?}");
    for seq in seqs {
        strike_row(
            &kept,
            &database,
            "entry",
            &[("seq", seq)],
            &format!("entry {seq}"),
        );
    }
    let bulk = indexed_up_to_the_last_bulk_act(&database);
    for position in [0, 1] {
        let key = [("seq", bulk), ("position", position)];
        strike_row(
            &kept,
            &database,
            "entry_part",
            &key,
            &format!("entry {bulk}"),
        );
    }
    for (table, seq) in [("entry_subject", bulk), ("entry_recent", entries - 1)] {
        strike_row(
            &kept,
            &database,
            table,
            &[("seq", seq)],
            &format!("entry {seq}"),
        );
    }
    let frontier: Vec<u8> = database
        .query_row("SELECT value FROM meta WHERE key = 'frontier'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let put = |value: &[u8]| {
        let sql = "UPDATE meta SET value = ? WHERE key = 'frontier'";
        database.execute(sql, params![value]).unwrap();
    };
    for (way, value) in spoilt(&frontier).iter().enumerate() {
        put(value);
        assert_ne!(findings(&kept), Vec::<String>::new(), "the end, way {way}");
    }
    put(&frontier);
    assert_eq!(findings(&kept), Vec::<String>::new());
}

#[test]
fn damage_in_any_file_of_the_published_journal_is_found_at_its_place() {
    let (house, kept) = eventful();
    let journal = house.root().join("journal");
    let files = files_below(std::slice::from_ref(&journal));
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let name = file.strip_prefix(&journal).unwrap().display().to_string();
        let whole = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        assert_ne!(findings(&kept), Vec::<String>::new(), "{name} removed");
        for (way, bytes) in spoilt(&whole).iter().enumerate() {
            fs::write(&file, bytes).unwrap();
            fails_at(&kept, &format!("{name}, way {way}"), &name);
        }
        fs::write(&file, &whole).unwrap();
    }
    // Of the checkpoint every single byte, and every length.
    let file = journal.join("checkpoint");
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        fs::write(&file, &flipped).unwrap();
        fails_at(&kept, &format!("byte {at} of the checkpoint"), "checkpoint");
        if at % 5 == 0 {
            fs::write(&file, &whole[..at]).unwrap();
            fails_at(&kept, &format!("the checkpoint cut at {at}"), "checkpoint");
        }
    }
    fs::write(&file, &whole).unwrap();
    let stray = journal.join("tile/0/999");
    fs::write(&stray, [7; 32]).unwrap();
    fails_at(&kept, "a tile too many", "tile/0/999");
    fs::remove_file(stray).unwrap();
    assert_eq!(findings(&kept), Vec::<String>::new());
}

/// All that stands in the journal's tables.
fn contents(data: &Path) -> Result<Vec<Vec<Value>>, rusqlite::Error> {
    let database = Connection::open(data)?;
    let mut rows = Vec::new();
    for sql in [
        "SELECT * FROM entry ORDER BY seq",
        "SELECT * FROM entry_part ORDER BY seq, position",
        "SELECT * FROM entry_subject ORDER BY subject_id, seq",
        "SELECT * FROM entry_recent ORDER BY seq, subject_id",
    ] {
        let mut statement = database.prepare(sql)?;
        let columns = statement.column_count();
        let found = statement.query_map([], |row| {
            (0..columns)
                .map(|at| row.get(at))
                .collect::<Result<Vec<Value>, _>>()
        })?;
        for row in found {
            rows.push(row?);
        }
    }
    Ok(rows)
}

#[test]
fn a_flipped_byte_in_the_pages_of_the_database_is_found_or_changes_nothing() {
    let (house, kept) = eventful();
    drop(kept);
    let data = house.root().join("data/kept.db");
    indexed_up_to_the_last_bulk_act(&Connection::open(&data).unwrap());
    let whole = fs::read(&data).unwrap();
    let before = contents(&data).unwrap();
    let database = Connection::open(&data).unwrap();
    let mut sql = database
        .prepare(
            "SELECT pgoffset, pgsize FROM dbstat
             WHERE name IN ('entry', 'entry_part', 'entry_subject', 'entry_recent')
             ORDER BY pageno",
        )
        .unwrap();
    let pages: Vec<(i64, i64)> = sql
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    drop(sql);
    drop(database);
    let (mut found, mut unchanged) = (0, 0);
    for (number, (offset, size)) in pages.iter().enumerate() {
        // The head of each page, where its tree hangs, and places all over it.
        for at in [
            2,
            6,
            13,
            40 + 37 * number as i64,
            size / 2 + 61 * number as i64,
            size - 9,
        ] {
            let at = (offset + at % size) as usize;
            if whole[at] == 0 {
                // Unused room, as a rule.
                continue;
            }
            let mut flipped = whole.clone();
            flipped[at] ^= 0x40;
            fs::write(&data, &flipped).unwrap();
            let said = match Kept::open(&house.root(), None) {
                Ok(kept) => findings(&kept),
                Err(fault) => vec![fault.to_string()],
            };
            if said.is_empty() {
                fs::write(&data, &flipped).unwrap();
                let after = contents(&data);
                assert!(
                    after.is_ok_and(|after| after == before),
                    "byte {at} went unseen"
                );
                unchanged += 1;
            } else {
                found += 1;
            }
        }
    }
    fs::write(&data, &whole).unwrap();
    assert!(found > 30, "{found} found, {unchanged} without effect");
}

#[test]
fn a_rewritten_history_passes_alone_and_fails_against_a_checkpoint_kept_outside() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    let id = add(&kept, "Le Gall", "le.gall@exemple.fr");
    kept.publish_checkpoint(&[], &acting()).unwrap();
    let outside = house.place.path().join("notary");
    fs::create_dir(&outside).unwrap();
    // The administrator's way back: all files and all keys, before the read to be hidden.
    let copy = house.place.path().join("copy");
    copy_folder(&house.root(), &copy);
    read(&kept, id).unwrap();
    kept.publish_checkpoint(std::slice::from_ref(&outside), &acting())
        .unwrap();
    drop(kept);
    fs::remove_dir_all(house.root()).unwrap();
    copy_folder(&copy, &house.root());
    let kept = house.open();
    for person in 0..5 {
        add(
            &kept,
            &format!("Autre {person}"),
            &format!("autre{person}@exemple.fr"),
        );
    }
    kept.publish_checkpoint(&[], &acting()).unwrap();
    assert_eq!(
        findings(&kept),
        Vec::<String>::new(),
        "it holds together in itself"
    );
    let against = Outside {
        kept: vec![outside],
        ..Outside::default()
    };
    let verified = kept.verify_journal(&against, &mut |_, _| {}).unwrap();
    let said: Vec<String> = verified
        .report
        .findings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("history was rewritten"), "{said:?}");
}
