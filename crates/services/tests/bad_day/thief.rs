//! A thief with copies of files: every wrapped key is tried with every secret, every sealed value
//! with every key that came out, every guess against every look-up (10j).

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use aws_lc_rs::hmac;
use domain::{InstallationId, KeyId, RecordId, SubjectId};
use door::backup::{BackupKey, Kind, Shelf, place};
use door::envelope::{self, Belonging, RecordKey};
use door::{EpochKeys, KeyFiles, Layout, Pkcs11, Wrapped};
use rusqlite::{Connection, OpenFlags};
use store::Value;
use tempfile::TempDir;
use testkit::postgres::psql;
use zeroize::Zeroizing;

use crate::house::{House, acting, add, find, forget, read};

/// Bytes of a wrapped record key: key and tag, and before them the nonce where a token wrapped it.
const WRAPPED_BYTES: [usize; 2] = [48, 60];
/// Bytes of a look-up's token.
const TOKEN_BYTES: usize = 16;

/// Copies a folder with all that is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (kind, target) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &target);
        } else if kind.is_file() {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// All files below folders.
pub(crate) fn files_below(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(files_below(&[path]));
            } else if path.is_file() {
                files.push(path);
            }
        }
    }
    files
}

/// Many short runs of bytes that are looked for at once.
pub(crate) struct Needles<'n> {
    /// By their first four bytes.
    by_start: HashMap<[u8; 4], Vec<&'n [u8]>>,
    /// Which first two bytes there are: most places are passed over by them.
    begins: Vec<bool>,
}

impl<'n> Needles<'n> {
    pub(crate) fn new(needles: impl IntoIterator<Item = &'n [u8]>) -> Self {
        let mut by_start: HashMap<[u8; 4], Vec<&'n [u8]>> = HashMap::new();
        let mut begins = vec![false; 1 << 16];
        for needle in needles {
            let start = needle.first_chunk().expect("needles of four bytes or more");
            begins[usize::from(u16::from_be_bytes([start[0], start[1]]))] = true;
            by_start.entry(*start).or_default().push(needle);
        }
        Self { by_start, begins }
    }

    /// Where each stands, as place and needle.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<(usize, &'n [u8])> {
        let mut found = Vec::new();
        for at in 0..bytes.len().saturating_sub(3) {
            if !self.begins[usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1])] {
                continue;
            }
            let start: [u8; 4] = bytes[at..at + 4].try_into().unwrap();
            for needle in self.by_start.get(&start).into_iter().flatten() {
                if bytes[at..].starts_with(needle) {
                    found.push((at, *needle));
                }
            }
        }
        found
    }
}

/// The ways in which a value can stand in a file.
pub(crate) fn spellings(value: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut spelt = vec![
        value.to_vec(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
    ];
    // Base64 of a value within a longer text has three forms; the ends depend on what is beside.
    for shift in 0..3 {
        let shifted = [&vec![b' '; shift], value].concat();
        let text = base64(&shifted);
        let skip = [0, 2, 3][shift];
        spelt.push(text.as_bytes()[skip..text.len() - 4].to_vec());
    }
    if let Ok(text) = std::str::from_utf8(value) {
        let units: Vec<u16> = text.encode_utf16().collect();
        spelt.push(units.iter().flat_map(|unit| unit.to_le_bytes()).collect());
        spelt.push(units.iter().flat_map(|unit| unit.to_be_bytes()).collect());
    }
    spelt
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let mut word = [0; 3];
        word[..group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes([0, word[0], word[1], word[2]]);
        for place in 0..4 {
            match place > group.len() {
                true => text.push('='),
                false => {
                    let letter = number >> (18 - 6 * place) & 63;
                    text.push(char::from(LETTERS[letter as usize]));
                }
            }
        }
    }
    text
}

/// A row of the table of wrapped keys.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WrappedKey {
    pub(crate) subject: SubjectId,
    pub(crate) id: KeyId,
    pub(crate) wrapped: Vec<u8>,
}

/// A row of the table of records.
struct SealedRecord {
    subject: SubjectId,
    record: RecordId,
    category: u32,
    sealed: Vec<u8>,
}

/// What a thief has.
pub(crate) struct Thief {
    installation: InstallationId,
    /// Every epoch that may be asked: of each secret of each key folder, as one of a folder of the
    /// thief's own, and of a token that may be used.
    epochs: Vec<(Rc<dyn EpochKeys>, u32)>,
    raw_secrets: Vec<Vec<u8>>,
    wrapped: BTreeSet<WrappedKey>,
    sealed: Vec<SealedRecord>,
    tokens: BTreeSet<Vec<u8>>,
    lasting: BTreeSet<Vec<u8>>,
    /// Tokens and wrapped hashes, by whom they find.
    look_ups: Vec<(SubjectId, Vec<u8>)>,
    bytes: Vec<Vec<u8>>,
    _workshop: TempDir,
}

impl Thief {
    /// A thief with copies of installations' folders and of key folders.
    pub(crate) fn new(installation: InstallationId, roots: &[&Path], keys: &[&Path]) -> Self {
        let mut thief = Self::with_keys(installation, keys);
        for root in roots {
            thief.take(root);
        }
        thief.carve();
        thief
    }

    /// A thief with copies of key folders, and nothing to open yet.
    pub(crate) fn with_keys(installation: InstallationId, keys: &[&Path]) -> Self {
        let workshop = tempfile::tempdir().unwrap();
        let mut raw_secrets = Vec::new();
        for folder in keys {
            for file in files_below(&[folder.to_path_buf()]) {
                let secret = fs::read(file).unwrap();
                if secret.len() == 32 && !raw_secrets.contains(&secret) {
                    raw_secrets.push(secret);
                }
            }
        }
        for (epoch, secret) in raw_secrets.iter().enumerate() {
            let path = workshop.path().join(format!("epoch-{epoch:06}.key"));
            fs::write(path, secret).unwrap();
        }
        let secrets: Rc<dyn EpochKeys> = Rc::new(KeyFiles::new(workshop.path()));
        Self {
            installation,
            epochs: (0..raw_secrets.len() as u32)
                .map(|epoch| (Rc::clone(&secrets), epoch))
                .collect(),
            raw_secrets,
            wrapped: BTreeSet::new(),
            sealed: Vec::new(),
            tokens: BTreeSet::new(),
            lasting: BTreeSet::new(),
            look_ups: Vec::new(),
            bytes: Vec::new(),
            _workshop: workshop,
        }
    }

    /// Lets the thief read the tables of two databases on a server that answers.
    pub(crate) fn take_server(&mut self, socket: &Path, [data, keyring]: [&str; 2]) {
        let id = |text: &str| -> [u8; 16] { unhex(text).try_into().unwrap() };
        let hex = |columns: &[&str], table: &str| {
            let columns: Vec<String> = columns
                .iter()
                .map(|column| format!("encode({column}, 'hex')"))
                .collect();
            psql(
                socket,
                &format!("SELECT {} FROM {table}", columns.join(", ")),
            )
        };
        let keys = hex(
            &["subject_id", "id", "wrapped"],
            &format!("{keyring}.record_key"),
        );
        for row in keys.lines().map(|line| line.split('|').collect::<Vec<_>>()) {
            self.wrapped.insert(WrappedKey {
                subject: SubjectId(id(row[0])),
                id: KeyId(id(row[1])),
                wrapped: unhex(row[2]),
            });
        }
        for table in ["look_up", "suppression"] {
            let rows = hex(&["token", "wrapped"], &format!("{keyring}.{table}"));
            for (token, lasting) in rows.lines().filter_map(|line| line.split_once('|')) {
                self.tokens.insert(unhex(token));
                self.lasting.insert(unhex(lasting));
            }
        }
        let records = psql(
            socket,
            &format!(
                "SELECT encode(subject_id, 'hex'), encode(id, 'hex'), category, \
                 encode(sealed, 'hex') FROM {data}.record"
            ),
        );
        for row in records
            .lines()
            .map(|line| line.split('|').collect::<Vec<_>>())
        {
            self.sealed.push(SealedRecord {
                subject: SubjectId(id(row[0])),
                record: RecordId(id(row[1])),
                category: row[2].parse().unwrap(),
                sealed: unhex(row[3]),
            });
        }
    }

    /// Lets the thief search every file below a folder for what tables do not show.
    pub(crate) fn take_files(&mut self, folders: &[PathBuf]) {
        let mut taken = BTreeSet::new();
        for file in files_below(folders) {
            // The server may remove one of its files meanwhile.
            let Ok(bytes) = fs::read(file) else { continue };
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
            if taken.insert(digest.as_ref().to_vec()) {
                self.bytes.push(bytes);
            }
        }
        self.carve();
    }

    /// Lets the thief use a token, PIN and all, for epochs with numbers up to this one.
    pub(crate) fn with_token(mut self, token: Pkcs11, last: u32) -> Self {
        let token: Rc<dyn EpochKeys> = Rc::new(token);
        self.epochs
            .extend((1..=last).map(|epoch| (Rc::clone(&token), epoch)));
        self
    }

    /// Reads the databases of a copy, with the log that lies beside them and without it, and
    /// keeps the bytes of every file.
    fn take(&mut self, root: &Path) {
        for file in files_below(&[root.to_path_buf()]) {
            self.bytes.push(fs::read(file).unwrap());
        }
        for with_log in [true, false] {
            let place = tempfile::tempdir().unwrap();
            copy_folder(root, place.path());
            let (data, keyring) = (
                place.path().join("data/kept.db"),
                place.path().join("keyring/keyring.db"),
            );
            if !with_log {
                for database in [&data, &keyring] {
                    for ending in ["-wal", "-shm"] {
                        let _ = fs::remove_file(format!("{}{ending}", database.display()));
                    }
                }
            }
            self.take_keyring(&keyring);
            self.take_data(&data);
        }
    }

    fn take_keyring(&mut self, path: &Path) {
        let Ok(database) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        else {
            return;
        };
        let wrapped = rows(
            &database,
            "SELECT subject_id, id, wrapped FROM record_key",
            |row| {
                Ok(WrappedKey {
                    subject: SubjectId(row.get(0)?),
                    id: KeyId(row.get(1)?),
                    wrapped: row.get(2)?,
                })
            },
        );
        self.wrapped.extend(wrapped);
        let sql = "SELECT subject_id, token, wrapped FROM look_up";
        for (subject, token, lasting) in rows(&database, sql, |row| {
            Ok((SubjectId(row.get(0)?), row.get(1)?, row.get(2)?))
        }) {
            self.look_ups.push((subject, token));
            self.look_ups.push((subject, lasting));
        }
        let sql = "SELECT token, wrapped FROM look_up UNION SELECT token, wrapped FROM suppression";
        for (token, lasting) in rows(&database, sql, |row| Ok((row.get(0)?, row.get(1)?))) {
            self.tokens.insert(token);
            self.lasting.insert(lasting);
        }
    }

    fn take_data(&mut self, path: &Path) {
        let Ok(database) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        else {
            return;
        };
        self.sealed.extend(rows(
            &database,
            "SELECT subject_id, id, category, sealed FROM record",
            |row| {
                Ok(SealedRecord {
                    subject: SubjectId(row.get(0)?),
                    record: RecordId(row.get(1)?),
                    category: row.get(2)?,
                    sealed: row.get(3)?,
                })
            },
        ));
    }

    /// Takes every backup of a place, and every copy that is shipped to it, with the key of backups.
    pub(crate) fn take_place(&mut self, folder: &Path, keys: &Path) {
        let layout = Layout {
            root: folder.to_owned(),
            keys: keys.to_owned(),
            servers: None,
        };
        let key = BackupKey::open(&layout).unwrap();
        let name = folder.display().to_string();
        for kind in [Kind::Data, Kind::Keyring, Kind::Journal] {
            let shelf = Shelf::new(place(&name, folder).unwrap(), &key, kind);
            let backups = shelf.found().unwrap().into_iter();
            let manifests = backups.map(|it| it.manifest.unwrap());
            for manifest in manifests.chain(shelf.current().unwrap()) {
                shelf
                    .each_row(&manifest, &mut |table, row| self.take_row(table, row))
                    .unwrap();
            }
        }
    }

    fn take_row(&mut self, table: &str, row: &[Value]) {
        let bytes = |at: usize| match &row[at] {
            Value::Bytes(bytes) => bytes.clone(),
            other => panic!("{table} has {other:?}"),
        };
        let id = |at: usize| -> [u8; 16] { bytes(at).try_into().unwrap() };
        let number = |at: usize| match row[at] {
            Value::Int(number) => u32::try_from(number).unwrap(),
            _ => panic!("{table} has no number"),
        };
        match table {
            "record" => self.sealed.push(SealedRecord {
                subject: SubjectId(id(0)),
                record: RecordId(id(1)),
                category: number(2),
                sealed: bytes(4),
            }),
            "record_key" => {
                self.wrapped.insert(WrappedKey {
                    subject: SubjectId(id(0)),
                    id: KeyId(id(1)),
                    wrapped: bytes(3),
                });
            }
            "look_up" => {
                self.tokens.insert(bytes(1));
                self.lasting.insert(bytes(5));
            }
            "suppression" => {
                self.tokens.insert(bytes(1));
                self.lasting.insert(bytes(3));
            }
            _ => {}
        }
        for value in row {
            if let Value::Bytes(bytes) = value {
                self.bytes.push(bytes.clone());
            }
        }
    }

    /// Looks for wrapped keys outside the tables: in free pages, in old logs, in remains.
    pub(crate) fn carve(&mut self) {
        let ids: HashMap<[u8; 16], SubjectId> = self
            .sealed
            .iter()
            .filter_map(|row| Some((envelope::key_of(&row.sealed).ok()?.0, row.subject)))
            .collect();
        let needles = Needles::new(ids.keys().map(<[u8; 16]>::as_slice));
        let mut carved = Vec::new();
        for bytes in &self.bytes {
            for (at, id) in needles.found_in(bytes) {
                let id: [u8; 16] = id.try_into().unwrap();
                // A server puts the number of the epoch between the two, at a round address.
                for gap in 0..20 {
                    let start = at + 16 + gap;
                    for length in WRAPPED_BYTES {
                        if let Some(wrapped) = bytes.get(start..start + length) {
                            carved.push(WrappedKey {
                                subject: ids[&id],
                                id: KeyId(id),
                                wrapped: wrapped.to_vec(),
                            });
                        }
                    }
                }
            }
        }
        self.wrapped.extend(carved);
    }

    /// The keys that come out of the wrapped ones, by every secret.
    pub(crate) fn record_keys(&self) -> Vec<(WrappedKey, [u8; 32])> {
        let mut keys = Vec::new();
        for row in &self.wrapped {
            let associated = [
                self.installation.as_bytes().as_slice(),
                b"record",
                row.subject.as_bytes(),
                row.id.as_bytes(),
            ]
            .concat();
            let nonce = row.id.as_bytes()[4..].try_into().unwrap();
            for epoch in &self.epochs {
                if let Some(key) = opened(epoch, Some(nonce), &associated, &row.wrapped) {
                    keys.push((row.clone(), key.as_slice().try_into().unwrap()));
                }
            }
        }
        keys
    }

    /// Everything that can be read: what each sealed value says under every key.
    pub(crate) fn reads(&self) -> Vec<Vec<u8>> {
        let keys = self.record_keys();
        let mut read = Vec::new();
        for row in &self.sealed {
            let belonging = Belonging {
                installation: self.installation,
                subject: row.subject,
                record: row.record,
                category: row.category,
            };
            let asks_for = envelope::key_of(&row.sealed).ok();
            for (of, key) in &keys {
                // A key opens its own sealing alone; the others are not worth the time.
                if asks_for.is_some_and(|id| id != of.id) {
                    continue;
                }
                let key = RecordKey::new(*key);
                if let Ok(plain) = envelope::open(&row.sealed, &belonging, &key) {
                    read.push(plain.to_vec());
                }
            }
        }
        read
    }

    /// Whether a value can be read, in whatever spelling, anywhere.
    pub(crate) fn learns(&self, value: &str) -> bool {
        let read = self.reads();
        let spelt = spellings(value.as_bytes());
        let needles = Needles::new(spelt.iter().map(Vec::as_slice));
        read.iter()
            .chain(&self.bytes)
            .any(|bytes| !needles.found_in(bytes).is_empty())
    }

    /// Whether a guess of the value of a field can be confirmed: its token stands among the
    /// look-ups or anywhere in a file, or its lasting hash comes out of a wrapped one.
    pub(crate) fn confirms(&self, field: u32, value: &str) -> bool {
        let lasting: Vec<Vec<u8>> = self
            .raw_secrets
            .iter()
            .map(|secret| {
                let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
                mac.update(&field.to_be_bytes());
                mac.update(value.as_bytes());
                mac.sign().as_ref().to_vec()
            })
            .collect();
        let tokens: Vec<Vec<u8>> = lasting
            .iter()
            .flat_map(|lasting| {
                self.epochs.iter().filter_map(|(keys, epoch)| {
                    let data = vec![Zeroizing::new(lasting.clone())];
                    Some(keys.mac(*epoch, data).ok()?[0][..TOKEN_BYTES].to_vec())
                })
            })
            .collect();
        let needles = Needles::new(tokens.iter().map(Vec::as_slice));
        let in_table = tokens.iter().any(|token| self.tokens.contains(token));
        let by_token = in_table
            || self
                .bytes
                .iter()
                .any(|bytes| !needles.found_in(bytes).is_empty());
        let associated = [self.installation.as_bytes().as_slice(), b"look-up"].concat();
        let by_hash = self.lasting.iter().any(|wrapped| {
            self.epochs.iter().any(|epoch| {
                opened(epoch, None, &associated, wrapped)
                    .is_some_and(|hash| lasting.contains(&hash))
            })
        });
        by_token || by_hash
    }
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

/// What a wrapped secret comes to by the key of an epoch.
fn opened(
    (keys, epoch): &(Rc<dyn EpochKeys>, u32),
    nonce: Option<[u8; 12]>,
    associated: &[u8],
    wrapped: &[u8],
) -> Option<Vec<u8>> {
    let wrapped = Wrapped {
        nonce,
        associated: associated.to_vec(),
        bytes: wrapped.to_vec(),
    };
    let opened = keys.unwrap(*epoch, vec![wrapped]).ok()?;
    opened.first().map(|secret| secret.to_vec())
}

/// The rows that can be read; a copy may be torn, and then gives what it gives.
fn rows<T>(
    database: &Connection,
    sql: &str,
    take: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let Ok(mut statement) = database.prepare(sql) else {
        return Vec::new();
    };
    let Ok(rows) = statement.query_map([], take) else {
        return Vec::new();
    };
    rows.map_while(Result::ok).collect()
}

/// The number that look-ups by e-mail address have.
pub(crate) fn email_number(kept: &services::Kept) -> u32 {
    let law = kept.law();
    let field = law.policy().field_named("contact-details.email").unwrap();
    law.names.field.number(field)
}

#[test]
fn old_copies_and_all_that_is_current_give_nothing_back_once_the_keys_have_turned() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    let id = kept.vault().id();
    let (victim, victim_email) = ("Kerbrat-Villeneuve", "odile.kerbrat@exemple.fr");
    let gone = add(&kept, victim, victim_email);
    let survivor = add(&kept, "Quemeneur", "quemeneur@exemple.fr");
    let number = email_number(&kept);

    // Every file of the installation's folder, logs included, while it runs; and, for the
    // positive control only, the key folder of that time.
    let (old, old_keys) = (
        house.place.path().join("old"),
        house.place.path().join("old-keys"),
    );
    copy_folder(&house.root(), &old);
    copy_folder(&house.keys(), &old_keys);

    forget(&kept, gone);
    kept.rotate_keys(&acting(), &mut |_| {}).unwrap();
    assert!(read(&kept, survivor).is_ok());
    let (now, now_keys) = (
        house.place.path().join("now"),
        house.place.path().join("now-keys"),
    );
    copy_folder(&house.root(), &now);
    copy_folder(&house.keys(), &now_keys);

    let thief = Thief::new(id, &[&old, &now], &[&now_keys]);
    assert!(
        thief.learns("Quemeneur"),
        "the thief knows the trade: with the current keys, what is held is read"
    );
    assert!(thief.confirms(number, "quemeneur@exemple.fr"));
    assert!(!thief.learns(victim));
    assert!(!thief.learns(victim_email));
    assert!(!thief.confirms(number, victim_email));

    // The limit, stated in the threat model: an epoch's key that was copied while it lived.
    let with_key = Thief::new(id, &[&old, &now], &[&now_keys, &old_keys]);
    assert!(with_key.learns(victim));
    assert!(with_key.learns(victim_email));
    assert!(with_key.confirms(number, victim_email));
}

#[test]
fn at_once_after_an_erasure_no_current_file_holds_the_value_or_a_key_to_it() {
    let (house, kept) = House::new("2026-03-01T09:00:00Z");
    // Enough people for the trees of the databases to have been split many times over.
    let name = |number: usize| format!("Abgrall-{number:04}-Le-Floch");
    let email = |number: usize| format!("abgrall.{number:04}@exemple.fr");
    let people: Vec<SubjectId> = (0..150)
        .map(|number| add(&kept, &name(number), &email(number)))
        .collect();
    // What is to be looked for is learnt while it is there, with the keys of the day.
    let copy = house.place.path().join("copy");
    copy_folder(&house.root(), &copy);
    let insider = Thief::new(kept.vault().id(), &[&copy], &[&house.keys()]);
    assert!(insider.learns(&name(7)));
    let keys = insider.record_keys();
    let mut wanted: Vec<(String, Vec<u8>)> = Vec::new();
    for victim in (0..people.len()).step_by(7) {
        forget(&kept, people[victim]);
        assert!(read(&kept, people[victim]).is_err());
        assert!(find(&kept, &email(victim)).is_empty());
        for text in [name(victim), email(victim)] {
            let spelt = spellings(text.as_bytes()).into_iter();
            wanted.extend(spelt.map(|bytes| (format!("value {victim}"), bytes)));
        }
        let of_victim = keys.iter().filter(|(row, _)| row.subject == people[victim]);
        for (row, key) in of_victim {
            wanted.push((format!("wrapped key {victim}"), row.wrapped.clone()));
            wanted.push((format!("key {victim}"), key.to_vec()));
        }
        let of_victim = insider
            .look_ups
            .iter()
            .filter(|(of, _)| *of == people[victim]);
        for (_, bytes) in of_victim {
            wanted.push((format!("look-up {victim}"), bytes.clone()));
        }
    }
    assert!(wanted.len() > 250);
    let needles = Needles::new(wanted.iter().map(|(_, bytes)| bytes.as_slice()));
    let mut found = BTreeSet::new();
    for file in files_below(&[house.root(), house.keys()]) {
        let bytes = fs::read(&file).unwrap();
        for (at, needle) in needles.found_in(&bytes) {
            let (what, _) = wanted.iter().find(|(_, one)| one == needle).unwrap();
            found.insert(format!("{what} in {} at {at}", file.display()));
        }
    }
    assert_eq!(found, BTreeSet::new());
}
