//! The machine's own limit for a read that is answered once its trace is on the disk: a row of the same
//! database, a key unwrapped, a value opened, and a line in a chained log, in commits that many share.
//! There is no policy here, no decision, no version to compare, no tree and nobody's name.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{LazyLock, Mutex};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{Context, SHA256};
use divan::Bencher;
use divan::counter::ItemsCount;
use rusqlite::{Connection, params};

use crate::{OPERATIONS, PEOPLE, at_once};

/// Bytes of a value, as of a person in the other measurements.
const VALUE_BYTES: usize = 100;
/// Bytes of a line of the log.
const LINE_BYTES: usize = 120;

/// A line on its way into the log, with whoever waits for it.
type Line = (Vec<u8>, SyncSender<()>);

struct Bare {
    folder: tempfile::TempDir,
    idle: Mutex<Vec<Connection>>,
    wrapping: LessSafeKey,
    log: Mutex<Sender<Line>>,
    next: AtomicUsize,
}

static BARE: LazyLock<Bare> = LazyLock::new(|| {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let wrapping = key(&[7; 32]);
    let database = open(folder.path());
    database
        .execute_batch(
            "CREATE TABLE value (id INTEGER PRIMARY KEY, wrapped BLOB, sealed BLOB);
             CREATE TABLE log (seq INTEGER PRIMARY KEY, line BLOB, hash BLOB);",
        )
        .unwrap();
    for id in 0..PEOPLE {
        let own = [id as u8; 32];
        let wrapped = seal(&wrapping, own.to_vec());
        let sealed = seal(&key(&own), vec![1; VALUE_BYTES]);
        database
            .execute(
                "INSERT INTO value VALUES (?, ?, ?)",
                params![id as i64, wrapped, sealed],
            )
            .unwrap();
    }
    let (log, lines) = channel();
    std::thread::spawn(move || write(&database, &lines));
    Bare {
        folder,
        idle: Mutex::default(),
        wrapping,
        log: Mutex::new(log),
        next: AtomicUsize::new(0),
    }
});

fn open(folder: &Path) -> Connection {
    let database = Connection::open(folder.join("bare.db")).unwrap();
    database
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        .unwrap();
    database
}

fn key(bytes: &[u8]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).unwrap())
}

fn seal(key: &LessSafeKey, mut value: Vec<u8>) -> Vec<u8> {
    let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut value)
        .unwrap();
    value
}

fn unseal<'v>(key: &LessSafeKey, sealed: &'v mut [u8]) -> &'v [u8] {
    let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
    key.open_in_place(nonce, Aad::empty(), sealed).unwrap()
}

/// Writes what waits, each line with the hash of all before it, and answers once it is on the disk.
fn write(database: &Connection, lines: &Receiver<Line>) {
    let (mut seq, mut hash) = (0_i64, [0; 32]);
    while let Ok(first) = lines.recv() {
        let batch: Vec<Line> = std::iter::once(first).chain(lines.try_iter()).collect();
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        {
            let add = "INSERT INTO log VALUES (?, ?, ?)";
            let mut add = database.prepare_cached(add).unwrap();
            for (line, _) in &batch {
                let mut chained = Context::new(&SHA256);
                chained.update(&hash);
                chained.update(line);
                hash.copy_from_slice(chained.finish().as_ref());
                add.execute(params![seq, line, hash]).unwrap();
                seq += 1;
            }
        }
        database.execute_batch("COMMIT").unwrap();
        for (_, answer) in batch {
            answer.send(()).unwrap();
        }
    }
}

impl Bare {
    fn read(&self) {
        let id = self.next.fetch_add(7, Ordering::Relaxed) % PEOPLE;
        let lent = self.idle.lock().unwrap().pop();
        let database = lent.unwrap_or_else(|| open(self.folder.path()));
        let (mut wrapped, mut sealed): (Vec<u8>, Vec<u8>) = {
            let row = "SELECT wrapped, sealed FROM value WHERE id = ?";
            let mut row = database.prepare_cached(row).unwrap();
            row.query_row([id as i64], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap()
        };
        self.idle.lock().unwrap().push(database);
        let (answer, answered) = sync_channel(1);
        let line = (vec![id as u8; LINE_BYTES], answer);
        self.log.lock().unwrap().send(line).unwrap();
        answered.recv().unwrap();
        let own = key(unseal(&self.wrapping, &mut wrapped));
        divan::black_box(unseal(&own, &mut sealed));
    }
}

/// What the machine could do at the most, whatever the product.
#[divan::bench(args = crate::callers(), sample_count = 7, sample_size = 1)]
fn limit(bencher: Bencher<'_, '_>, callers: usize) {
    let bare = &*BARE;
    bencher
        .counter(ItemsCount::new(OPERATIONS))
        .bench(|| at_once(callers, OPERATIONS / callers, || bare.read()));
}
