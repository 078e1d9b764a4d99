//! How each table is kept where a database is spread over several machines with Citus, and why; and
//! the calls that spread it. Pure: what is to be called follows from the table below and from what
//! was found there.
//!
//! What is read to decide about somebody is on one machine: theirs, or the coordinator. What has one
//! order is on the coordinator, beside the row that whoever writes holds.

use std::collections::HashMap;

use domain::{Fault, FaultKind};

use crate::sql::Home;

/// How a table is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keeping {
    /// Spread over the machines by the hash of a column.
    Distributed {
        /// The column.
        column: &'static str,
        /// The table whose rows of the same hash are on the same machine; it may be the table
        /// itself.
        beside: &'static str,
    },
    /// Whole on every machine.
    Reference,
    /// Whole on the coordinator, and known to Citus there: so that a transaction which writes to it
    /// and to another machine ends on both or on neither.
    Coordinator,
}

/// One table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its database.
    pub home: Home,
    /// Its name.
    pub name: &'static str,
    /// How it is kept.
    pub keeping: Keeping,
    /// Why.
    pub why: &'static str,
}

const fn spread(
    home: Home,
    name: &'static str,
    column: &'static str,
    beside: &'static str,
    why: &'static str,
) -> Table {
    Table {
        home,
        name,
        keeping: Keeping::Distributed { column, beside },
        why,
    }
}

const fn whole(home: Home, name: &'static str, why: &'static str) -> Table {
    Table {
        home,
        name,
        keeping: Keeping::Coordinator,
        why,
    }
}

use Home::{Data, Keyring};

/// In force: read in the transaction of the act that it decides on, where another machine's copy
/// could be a moment old.
const IN_FORCE: &str = "small, and asked in the writer's transaction";
/// The journal has one order.
const JOURNAL: &str = "one order, read in it, and ends in the same commit as the journal's end";
/// Whoever works with the data, and how they come in.
const DOOR: &str = "few rows, found by a name or a token, and true at once for everybody";

/// All tables of both databases. Within a database those that others stand beside come first.
pub const TABLES: &[Table] = &[
    spread(Data, "subject", "id", "subject", "one row a person"),
    spread(
        Data,
        "record",
        "subject_id",
        "subject",
        "the bulk: sealed values, read by person",
    ),
    spread(
        Data,
        "organisation_person",
        "subject_id",
        "subject",
        "goes with the person, whose erasure is then of one machine",
    ),
    spread(
        Data,
        "message",
        "subject_id",
        "subject",
        "one row a person and message",
    ),
    whole(
        Data,
        "meta",
        "the row that whoever writes holds, and the journal's end",
    ),
    whole(
        Data,
        "migration",
        "read when an installation is opened, before all else",
    ),
    whole(Data, "name", IN_FORCE),
    whole(Data, "policy", IN_FORCE),
    whole(Data, "authorisation", IN_FORCE),
    whole(Data, "document", IN_FORCE),
    whole(Data, "announcement", "one row a version of the policy"),
    whole(
        Data,
        "organisation",
        "without people, and listed in the order of their ids",
    ),
    whole(Data, "entry", JOURNAL),
    whole(Data, "entry_subject", JOURNAL),
    whole(Data, "entry_recent", JOURNAL),
    whole(Data, "entry_part", JOURNAL),
    whole(
        Data,
        "statistic",
        "sums over everybody, added to by every sweep",
    ),
    whole(Data, "account", DOOR),
    whole(Data, "account_role", DOOR),
    whole(Data, "credential", DOOR),
    whole(Data, "session", DOOR),
    whole(Data, "sign_in_link", DOOR),
    whole(Data, "sign_in_begun", DOOR),
    whole(Data, "attempt", DOOR),
    whole(Data, "known_address", DOOR),
    whole(
        Data,
        "request_count",
        "numbered in the writer's transaction, and gone after a minute",
    ),
    whole(Data, "undertaking", DOOR),
    whole(Data, "program_key", DOOR),
    whole(Data, "idempotency", DOOR),
    whole(Data, "webhook", "a few addresses"),
    whole(
        Data,
        "webhook_message",
        "taken in the order in which it is due, and gone after days",
    ),
    spread(
        Keyring,
        "record_key",
        "subject_id",
        "record_key",
        "a key a record, read by person",
    ),
    spread(
        Keyring,
        "look_up",
        "token",
        "look_up",
        "found by the keyed hash of a value alone",
    ),
    spread(
        Keyring,
        "suppression",
        "token",
        "look_up",
        "found by the keyed hash of a value alone",
    ),
    whole(Keyring, "meta", "the row that whoever writes holds"),
    whole(
        Keyring,
        "migration",
        "read when an installation is opened, before all else",
    ),
    whole(
        Keyring,
        "epoch",
        "a few rows, on which every turn of the keys stands",
    ),
    whole(Keyring, "period_key", "one row a month"),
    whole(
        Keyring,
        "restrictive_act",
        "one order, numbered by whoever writes, and read from its beginning to its end",
    ),
];

/// The tables of a database.
pub fn of(home: Home) -> impl Iterator<Item = &'static Table> {
    TABLES.iter().filter(move |table| table.home == home)
}

/// Shards of a table where nothing else is said: as many as Citus makes.
pub const SHARDS: u32 = 32;

/// How Citus keeps a table already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// Spread by a column, together with what has the same group.
    Distributed {
        /// The column.
        column: String,
        /// The group.
        group: i64,
    },
    /// Whole on every machine.
    Reference,
    /// Whole on the coordinator.
    Coordinator,
    /// In some other way.
    Otherwise,
}

/// One call of Citus.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// The table that it is about.
    pub table: &'static str,
    /// The statement.
    pub text: String,
}

/// What is to be called on a database: some together, then some one by one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// What spreads the tables: all of it in one transaction.
    pub spread: Vec<Call>,
    /// What removes the rows that were copied to other machines from where they were: Citus leaves
    /// them on the coordinator's disk, unseen.
    pub clear: Vec<Call>,
}

impl Plan {
    /// Whether everything is done already.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spread.is_empty() && self.clear.is_empty()
    }

    /// All calls, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.spread.iter().chain(&self.clear)
    }
}

/// What is missing: of the tables that were found to be kept by Citus already, and of those whose
/// old rows are still on the coordinator's disk.
///
/// # Errors
/// [`FaultKind::Conflict`] when a table is kept in another way than it has to be.
pub fn plan(
    home: Home,
    found: &HashMap<String, Found>,
    left: &[String],
    shards: u32,
) -> Result<Plan, Fault> {
    let mut plan = Plan::default();
    for table in of(home) {
        let spread = match found.get(table.name) {
            None => {
                plan.spread.push(Call {
                    table: table.name,
                    text: call(table, shards),
                });
                table.keeping != Keeping::Coordinator
            }
            Some(there) if is_kept_so(table, there, found) => {
                left.iter().any(|name| name == table.name)
            }
            Some(_) => return Err(otherwise(table.name)),
        };
        if spread {
            plan.clear.push(Call {
                table: table.name,
                text: format!(
                    "SELECT truncate_local_data_after_distributing_table('{}')",
                    table.name
                ),
            });
        }
    }
    Ok(plan)
}

fn call(table: &Table, shards: u32) -> String {
    let name = table.name;
    match table.keeping {
        Keeping::Distributed { column, beside } if beside == name => format!(
            "SELECT create_distributed_table('{name}', '{column}', colocate_with => 'none', \
             shard_count => {shards})"
        ),
        Keeping::Distributed { column, beside } => format!(
            "SELECT create_distributed_table('{name}', '{column}', colocate_with => '{beside}')"
        ),
        Keeping::Reference => format!("SELECT create_reference_table('{name}')"),
        Keeping::Coordinator => format!("SELECT citus_add_local_table_to_metadata('{name}')"),
    }
}

fn is_kept_so(table: &Table, there: &Found, found: &HashMap<String, Found>) -> bool {
    match (table.keeping, there) {
        (Keeping::Distributed { column, beside }, Found::Distributed { column: by, group }) => {
            let together = match found.get(beside) {
                Some(Found::Distributed { group: other, .. }) => group == other,
                _ => false,
            };
            column == by && together
        }
        (Keeping::Reference, Found::Reference) => true,
        (Keeping::Coordinator, Found::Coordinator) => true,
        _ => false,
    }
}

fn otherwise(table: &str) -> Fault {
    Fault::new(
        FaultKind::Conflict,
        format!("Citus keeps the table `{table}` in another way than Kept needs"),
    )
    .remedy("undo it with Citus's `undistribute_table`, then run `kept distribute` again")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    /// As if every call had been made.
    fn done(home: Home) -> HashMap<String, Found> {
        let mut groups: Vec<&str> = Vec::new();
        of(home)
            .map(|table| {
                let found = match table.keeping {
                    Keeping::Distributed { column, beside } => {
                        if beside == table.name {
                            groups.push(beside);
                        }
                        let group = groups.iter().position(|name| *name == beside).unwrap();
                        Found::Distributed {
                            column: column.to_owned(),
                            group: i64::try_from(group).unwrap(),
                        }
                    }
                    Keeping::Reference => Found::Reference,
                    Keeping::Coordinator => Found::Coordinator,
                };
                (table.name.to_owned(), found)
            })
            .collect()
    }

    #[test]
    fn whoever_others_stand_beside_comes_before_them() {
        for home in [Data, Keyring] {
            let all = plan(home, &HashMap::new(), &[], 8).unwrap();
            assert_eq!(all.spread.len(), of(home).count());
            let place = |name| all.spread.iter().position(|call| call.table == name);
            for table in of(home) {
                if let Keeping::Distributed { beside, .. } = table.keeping {
                    assert!(place(beside) <= place(table.name), "{}", table.name);
                    assert!(all.clear.iter().any(|call| call.table == table.name));
                }
            }
        }
        let all = plan(Keyring, &HashMap::new(), &[], 8).unwrap();
        assert_eq!(
            all.spread[1].text,
            "SELECT create_distributed_table('look_up', 'token', colocate_with => 'none', \
             shard_count => 8)"
        );
    }

    #[test]
    fn what_is_done_is_not_done_again_and_what_is_missing_is() {
        let mut found = done(Data);
        assert!(plan(Data, &found, &[], 8).unwrap().is_empty());
        let left = plan(Data, &found, &["record".to_owned()], 8).unwrap();
        assert_eq!((left.spread.len(), left.clear.len()), (0, 1));
        found.remove("message");
        found.remove("webhook");
        let missing = plan(Data, &found, &[], 8).unwrap();
        let names: Vec<_> = missing.calls().map(|call| call.table).collect();
        assert_eq!(names, ["message", "webhook", "message"]);
    }

    #[test]
    fn what_is_kept_in_another_way_is_refused() {
        let wrong = |name: &str, there: Found| {
            let mut found = done(Data);
            found.insert(name.to_owned(), there);
            plan(Data, &found, &[], 8).unwrap_err().kind
        };
        let by = |column: &str, group| Found::Distributed {
            column: column.to_owned(),
            group,
        };
        assert_eq!(wrong("meta", Found::Reference), FaultKind::Conflict);
        assert_eq!(wrong("record", by("id", 0)), FaultKind::Conflict);
        // On other machines than the person.
        assert_eq!(wrong("record", by("subject_id", 7)), FaultKind::Conflict);
        assert_eq!(wrong("entry", Found::Otherwise), FaultKind::Conflict);
    }
}
