//! Whole tables, row by row in the order of their keys: what a backup reads and a restore writes,
//! and what carries an installation from one database to another.
//!
//! Nothing here knows what a row means. A [`Shape`] says what a table's columns are called and how
//! many of them are its key; they come first.

mod listed;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use domain::{Fault, FaultKind};

use crate::database::Reader;
use crate::rows::{all, one, put, run};
use crate::session::{DISTRIBUTED, WRITERS};
use crate::sql::Home;
use crate::value::Value;
use crate::writer::Tx;

use listed::{DATA, KEYRING, LOG, PASSING};

/// A row: a value for each column of its table, in their order.
pub type Row = Vec<Value>;

/// A table: its name, its columns, and how many of them are its key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shape {
    name: String,
    columns: Vec<String>,
    key: usize,
}

/// The tables of a database, as this program makes them. That of the migrations is none of them:
/// it says what the schema is, and nothing else. Nor is the log of restrictive acts ([`log`]), which
/// is a file elsewhere: in copies, and where the databases are files.
#[must_use]
pub fn of(home: Home) -> Vec<Shape> {
    let tables = match home {
        Home::Data => DATA,
        Home::Keyring => KEYRING,
    };
    tables.iter().map(shape).collect()
}

/// The table of the log of restrictive acts, in the keyring's database.
#[must_use]
pub fn log() -> Shape {
    shape(&LOG)
}

fn shape((name, columns, key): &(&str, &[&str], usize)) -> Shape {
    Shape {
        name: (*name).to_owned(),
        columns: columns.iter().map(|it| (*it).to_owned()).collect(),
        key: *key,
    }
}

/// The tables that a copy of a database has: those whose rows last. What is over within minutes is
/// in no backup, and is not carried to another database.
#[must_use]
pub fn lasting_of(home: Home) -> Vec<Shape> {
    let mut tables = of(home);
    tables.retain(|table| !PASSING.contains(&table.name()));
    tables
}

impl Shape {
    /// A table of another version of the schema, as whoever wrote its rows down named it.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`] when a name is none that a schema has, or the key is longer than
    /// the row.
    pub fn new(name: String, columns: Vec<String>, key: usize) -> Result<Self, Fault> {
        let plain = |name: &String| {
            !name.is_empty() && name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_')
        };
        match plain(&name) && columns.iter().all(plain) && (1..=columns.len()).contains(&key) {
            true => Ok(Self { name, columns, key }),
            false => Err(not_a_table()),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its columns, those of the key first.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many columns its key has.
    #[must_use]
    pub fn key(&self) -> usize {
        self.key
    }

    /// The key of a row.
    #[must_use]
    pub fn key_of<'r>(&self, row: &'r [Value]) -> &'r [Value] {
        &row[..self.key.min(row.len())]
    }

    /// Whether a row is a server's own: the place where its writers take their turns, or that it is
    /// spread over several machines.
    #[must_use]
    pub fn is_of_the_server(&self, row: &[Value]) -> bool {
        let own = [WRITERS, DISTRIBUTED].map(|name| Value::Text(name.to_owned()));
        self.name == "meta" && row.first().is_some_and(|key| own.contains(key))
    }

    fn first_page(&self) -> String {
        let (columns, key) = (self.columns.join(", "), self.columns[..self.key].join(", "));
        let name = &self.name;
        format!("SELECT {columns} FROM {name} ORDER BY {key} LIMIT $1")
    }

    fn next_page(&self) -> String {
        let (columns, key) = (self.columns.join(", "), self.columns[..self.key].join(", "));
        let (name, after) = (&self.name, numbered(self.key));
        let most = self.key + 1;
        format!(
            "SELECT {columns} FROM {name} WHERE ({key}) > ({after}) ORDER BY {key} LIMIT ${most}"
        )
    }

    fn insert(&self) -> String {
        let (columns, key) = (self.columns.join(", "), self.columns[..self.key].join(", "));
        let (name, values) = (&self.name, numbered(self.columns.len()));
        format!("INSERT INTO {name} ({columns}) VALUES ({values}) ON CONFLICT ({key}) DO NOTHING")
    }

    fn delete(&self) -> String {
        let key: Vec<String> = (1..)
            .zip(&self.columns[..self.key])
            .map(|(number, column): (usize, _)| format!("{column} = ${number}"))
            .collect();
        format!("DELETE FROM {} WHERE {}", self.name, key.join(" AND "))
    }

    fn count(&self) -> String {
        match self.name.as_str() {
            "meta" => {
                format!("SELECT COUNT(*) FROM meta WHERE key NOT IN ('{WRITERS}', '{DISTRIBUTED}')")
            }
            name => format!("SELECT COUNT(*) FROM {name}"),
        }
    }

    /// Every statement that is made of it, to be tried with a database.
    #[must_use]
    pub fn statements(&self) -> [String; 5] {
        [
            self.first_page(),
            self.next_page(),
            self.insert(),
            self.delete(),
            self.count(),
        ]
    }
}

fn numbered(many: usize) -> String {
    let numbers: Vec<String> = (1..=many).map(|number| format!("${number}")).collect();
    numbers.join(", ")
}

/// A statement for as long as the program runs, as statements are told apart by. There are as many
/// as there are tables, in the versions that were written down.
fn lasting(text: String) -> &'static str {
    static MADE: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = made.get(text.as_str()) {
        return known;
    }
    let text: &'static str = Box::leak(text.into_boxed_str());
    made.insert(text);
    text
}

impl Reader<'_> {
    /// Reads one state of the whole database: what is written meanwhile is not seen.
    ///
    /// # Errors
    /// When the database cannot be read, and those of the reading.
    pub fn at_one_moment<R>(
        &self,
        read: impl FnOnce(&Reader<'_>) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let instant = self.instant()?;
        let result = read(&Reader {
            connection: self.connection,
        })?;
        instant.end().map(|()| result)
    }

    /// Up to `most` rows of a table after the one with a key, in the order of the keys.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn rows_after(
        &self,
        table: &Shape,
        after: Option<&[Value]>,
        most: u32,
    ) -> Result<Vec<Row>, Fault> {
        let text = match after {
            None => table.first_page(),
            Some(_) => table.next_page(),
        };
        let parameters: Vec<Value> = after
            .unwrap_or_default()
            .iter()
            .cloned()
            .chain([Value::Int(i64::from(most))])
            .collect();
        all(
            self.connection,
            lasting(text),
            parameters.as_slice(),
            |row| (0..table.columns.len()).map(|at| row.get(at)).collect(),
        )
    }

    /// How many rows a table has, without what is the server's own.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn row_count(&self, table: &Shape) -> Result<u64, Fault> {
        let count = one(self.connection, lasting(table.count()), (), |row| {
            row.get(0)
        })?;
        Ok(count.unwrap_or_default())
    }
}

impl Tx<'_> {
    /// Writes a row as it is; one with its key that is there already stays as it is.
    ///
    /// # Errors
    /// When the table cannot be written, or the row is not one of it.
    pub fn put_row(&mut self, table: &Shape, row: &[Value]) -> Result<(), Fault> {
        if row.len() != table.columns.len() {
            return Err(not_a_table());
        }
        self.changes_everybody();
        put(self.connection, lasting(table.insert()), row)
    }

    /// Removes the row with a key, if there is one.
    ///
    /// # Errors
    /// When the table cannot be written, or the key is not one of it.
    pub fn remove_row(&mut self, table: &Shape, key: &[Value]) -> Result<(), Fault> {
        if key.len() != table.key {
            return Err(not_a_table());
        }
        self.changes_everybody();
        run(self.connection, lasting(table.delete()), key).map(|_| ())
    }

    /// Removes every row of a table.
    ///
    /// # Errors
    /// When the table cannot be written.
    pub fn empty_table(&mut self, table: &Shape) -> Result<(), Fault> {
        self.changes_everybody();
        let text = lasting(format!("DELETE FROM {}", table.name));
        run(self.connection, text, ()).map(|_| ())
    }
}

fn not_a_table() -> Fault {
    Fault::new(
        FaultKind::Integrity,
        "rows were written down that are of no table of an installation",
    )
    .remedy("use the version of Kept that wrote them")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::{Database, Place, Priority};

    fn file(path: std::path::PathBuf) -> Place {
        let reserve = path.with_extension("reserve");
        Place::File { path, reserve }
    }

    #[test]
    fn the_list_names_every_table_and_column_of_the_schema_and_its_key() {
        for home in [Home::Data, Home::Keyring] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("kept.db");
            drop(Database::open(home, &file(path.clone())).unwrap());
            let connection = rusqlite::Connection::open(&path).unwrap();
            let mut there: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
            let mut names = connection
                .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migration' ORDER BY name")
                .unwrap();
            let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap();
            for name in names.map(Result::unwrap) {
                let mut info = connection
                    .prepare("SELECT name, pk FROM pragma_table_info(?)")
                    .unwrap();
                let columns: Vec<(String, usize)> = info
                    .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))
                    .unwrap()
                    .map(Result::unwrap)
                    .collect();
                let mut key: Vec<_> = columns.iter().filter(|it| it.1 > 0).collect();
                key.sort_by_key(|it| it.1);
                let key = key.into_iter().map(|it| it.0.clone()).collect();
                there.push((name, columns.into_iter().map(|it| it.0).collect(), key));
            }
            let log = (home == Home::Keyring).then(log);
            let mut listed: Vec<_> = of(home)
                .into_iter()
                .chain(log)
                .map(|it| {
                    let key = it.columns[..it.key].to_vec();
                    (it.name, it.columns, key)
                })
                .collect();
            listed.sort();
            assert_eq!(listed, there);
        }
    }

    #[test]
    fn what_passes_is_in_no_copy_and_everything_else_is() {
        let names = |tables: Vec<Shape>| -> BTreeSet<String> {
            let names = tables.iter().map(|table| table.name().to_owned());
            names.collect()
        };
        let (all, lasting) = (names(of(Home::Data)), names(lasting_of(Home::Data)));
        let passing: Vec<&String> = all.difference(&lasting).collect();
        assert_eq!(passing, ["request_count", "sign_in_begun"]);
        assert_eq!(of(Home::Keyring), lasting_of(Home::Keyring));
    }

    #[test]
    fn rows_are_read_page_by_page_at_one_moment_and_written_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str| {
            let place = file(folder.path().join(name));
            Database::open(Home::Data, &place).unwrap()
        };
        let (from, to) = (open("from.db"), open("to.db"));
        let table = of(Home::Data)
            .into_iter()
            .find(|it| it.name() == "message")
            .unwrap();
        let row = |subject: u8, about: i64| -> Row {
            let mut row = vec![Value::Null; table.columns().len()];
            row[0] = Value::Bytes(vec![subject; 16]);
            row[1] = Value::Int(1);
            row[2] = Value::Int(about);
            row[3] = Value::Bytes(Vec::new());
            row[4] = Value::Int(-7);
            row[5] = Value::Int(i64::MAX);
            row[7] = Value::Int(0);
            row[10] = Value::Text("rule.é".to_owned());
            row
        };
        let rows: Vec<Row> = (1..=3)
            .flat_map(|subject| [-4, 0, 9].map(|about| row(subject, about)))
            .collect();
        let (shape, backwards) = (table.clone(), rows.clone());
        from.write(Priority::Ordinary, move |tx| {
            let mut backwards = backwards.iter().rev();
            backwards.try_for_each(|row| tx.put_row(&shape, row))
        })
        .unwrap();
        let read = from
            .read(|reader| {
                reader.at_one_moment(|reader| {
                    let (mut read, mut after) = (Vec::new(), None::<Row>);
                    assert_eq!(reader.row_count(&table)?, 9);
                    loop {
                        let page = reader.rows_after(&table, after.as_deref(), 2)?;
                        let Some(last) = page.last() else { break };
                        after = Some(table.key_of(last).to_vec());
                        read.extend(page);
                        // What is written meanwhile is of another moment.
                        let (shape, late) = (table.clone(), row(3, 10));
                        from.write(Priority::Ordinary, move |tx| tx.put_row(&shape, &late))?;
                    }
                    Ok(read)
                })
            })
            .unwrap();
        assert_eq!(read, rows);
        let (shape, read) = (table.clone(), rows.clone());
        to.write(Priority::Ordinary, move |tx| {
            // Twice is once.
            let twice = read.iter().chain(&read);
            twice
                .into_iter()
                .try_for_each(|row| tx.put_row(&shape, row))
        })
        .unwrap();
        let back = to.read(|reader| reader.rows_after(&table, None, 100));
        assert_eq!(back.unwrap(), rows);
        let (shape, key) = (table.clone(), table.key_of(&rows[4]).to_vec());
        to.write(Priority::Ordinary, move |tx| tx.remove_row(&shape, &key))
            .unwrap();
        let left: Vec<Row> = [&rows[..4], &rows[5..]].concat();
        let back = to.read(|reader| reader.rows_after(&table, None, 100));
        assert_eq!(back.unwrap(), left);
        assert!(Shape::new("x; DROP".to_owned(), vec!["a".to_owned()], 1).is_err());
        assert!(Shape::new("x".to_owned(), vec!["a".to_owned()], 2).is_err());
    }
}
