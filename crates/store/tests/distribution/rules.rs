//! The rules of a database that Citus spreads, as seen on one: what it refuses, and what it lets pass
//! and does not do. Statements are parsed, and each is held against how its tables are kept.

use std::collections::{BTreeMap, BTreeSet};

use sqlparser::ast::{
    AlterTableOperation, ColumnDef, ColumnOption, ForeignKeyConstraint, GeneratedAs, IndexColumn,
    ObjectName, ReferentialAction, Statement, TableConstraint,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use store::distribution::Keeping;

use crate::look::Look;

/// What a statement does that it must not do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Rule {
    /// It cannot be parsed, or is of no kind that a distributed database is known to take.
    Unknown,
    /// A table that nothing is said of.
    UnknownTable,
    /// A unique key does not hold the column that the table is spread by.
    KeyWithoutColumn,
    /// A foreign key leads to rows on another machine, or from where it is not checked.
    ForeignKey,
    /// A foreign key changes the column that the table is spread by.
    ForeignKeyAction,
    /// A column numbers its rows by itself.
    Identity,
    /// A trigger.
    Trigger,
    /// A view: it cannot be written through.
    View,
    /// Constraints are added with something else at once.
    ManyChanges,
    /// Rows are locked on several machines.
    LockOverShards,
    /// Locked rows of a table that is whole on every machine are to be skipped.
    SkipLockedReference,
    /// What is written depends on a function whose answer differs from machine to machine.
    Volatile,
    /// A row would have to move to another machine.
    MovesRow,
    /// `MERGE`.
    Merge,
    /// A value to be inserted is asked for by a query.
    ValuesWithQuery,
    /// A row is inserted of which nothing says where it belongs.
    InsertWithoutColumn,
    /// Tables are read together whose rows are on different machines.
    NotTogether,
    /// `GROUPING SETS`, `ROLLUP`, `CUBE`.
    GroupingSets,
    /// A recursive query.
    Recursive,
    /// What holds on one machine is used as if it held on all.
    OneMachine,
    /// It asks all machines; allowed where there is a reason.
    OverShards,
}

/// The tables of a database: their columns, and how each is kept.
pub(crate) struct Schema<'k> {
    pub(crate) columns: BTreeMap<String, Vec<String>>,
    pub(crate) keeping: &'k dyn Fn(&str) -> Option<Keeping>,
}

pub(crate) type Breaches = BTreeSet<Rule>;

fn parsed(text: &str) -> Option<Vec<Statement>> {
    Parser::parse_sql(&PostgreSqlDialect {}, text).ok()
}

pub(crate) fn plain(name: &ObjectName) -> String {
    let last = name.0.last().and_then(|part| part.as_ident());
    last.map(|ident| ident.value.clone()).unwrap_or_default()
}

impl<'k> Schema<'k> {
    pub(crate) fn new(keeping: &'k dyn Fn(&str) -> Option<Keeping>) -> Self {
        Self {
            columns: BTreeMap::new(),
            keeping,
        }
    }

    /// The names of its tables.
    pub(crate) fn tables(&self) -> BTreeSet<String> {
        self.columns.keys().cloned().collect()
    }

    pub(crate) fn column_of(&self, table: &str) -> Option<&'static str> {
        match (self.keeping)(table) {
            Some(Keeping::Distributed { column, .. }) => Some(column),
            _ => None,
        }
    }

    /// Takes a change of the schema; gives what is wrong with it.
    pub(crate) fn change(&mut self, text: &str) -> Breaches {
        let mut breaches = Breaches::new();
        let Some(statements) = parsed(text) else {
            return Breaches::from([Rule::Unknown]);
        };
        for statement in statements {
            match statement {
                Statement::CreateTable(made) => {
                    let table = plain(&made.name);
                    let columns = made.columns.iter().map(|column| column.name.value.clone());
                    self.columns.insert(table.clone(), columns.collect());
                    if (self.keeping)(&table).is_none() {
                        breaches.insert(Rule::UnknownTable);
                    }
                    for column in &made.columns {
                        self.column(&table, column, &mut breaches);
                    }
                    for constraint in &made.constraints {
                        self.constraint(&table, constraint, &mut breaches);
                    }
                }
                Statement::CreateIndex(index) if index.unique => {
                    let table = plain(&index.table_name);
                    self.unique(&table, &names(&index.columns), &mut breaches);
                }
                Statement::CreateIndex(_) => {}
                Statement::AlterTable(altered) => {
                    let table = plain(&altered.name);
                    let constrains = |operation: &AlterTableOperation| {
                        matches!(operation, AlterTableOperation::AddConstraint { .. })
                    };
                    if altered.operations.len() > 1 && altered.operations.iter().any(constrains) {
                        breaches.insert(Rule::ManyChanges);
                    }
                    for operation in &altered.operations {
                        match operation {
                            AlterTableOperation::AddConstraint { constraint, .. } => {
                                self.constraint(&table, constraint, &mut breaches);
                            }
                            AlterTableOperation::AddColumn { column_def, .. } => {
                                self.column(&table, column_def, &mut breaches);
                                let columns = self.columns.entry(table.clone()).or_default();
                                columns.push(column_def.name.value.clone());
                            }
                            _ => {
                                breaches.insert(Rule::Unknown);
                            }
                        }
                    }
                }
                Statement::Drop { names, .. } => {
                    for name in &names {
                        self.columns.remove(&plain(name));
                    }
                }
                Statement::CreateTrigger(_) => {
                    breaches.insert(Rule::Trigger);
                }
                Statement::CreateView(_) => {
                    breaches.insert(Rule::View);
                }
                _ => {
                    breaches.insert(Rule::Unknown);
                }
            }
        }
        breaches
    }

    fn column(&self, table: &str, column: &ColumnDef, breaches: &mut Breaches) {
        let name = column.name.value.as_str();
        if column
            .data_type
            .to_string()
            .to_lowercase()
            .contains("serial")
        {
            breaches.insert(Rule::Identity);
        }
        for option in &column.options {
            match &option.option {
                ColumnOption::PrimaryKey(_) | ColumnOption::Unique(_) => {
                    self.unique(table, &[name.to_owned()], breaches);
                }
                ColumnOption::ForeignKey(key) => {
                    self.foreign_key(table, &[name.to_owned()], key, breaches);
                }
                ColumnOption::Generated {
                    generated_as: GeneratedAs::Always | GeneratedAs::ByDefault,
                    generation_expr: None,
                    ..
                }
                | ColumnOption::Identity(_) => {
                    breaches.insert(Rule::Identity);
                }
                _ => {}
            }
        }
    }

    fn constraint(&self, table: &str, constraint: &TableConstraint, breaches: &mut Breaches) {
        match constraint {
            TableConstraint::PrimaryKey(key) => self.unique(table, &names(&key.columns), breaches),
            TableConstraint::Unique(key) => self.unique(table, &names(&key.columns), breaches),
            TableConstraint::ForeignKey(key) => {
                let from: Vec<String> = key.columns.iter().map(|it| it.value.clone()).collect();
                self.foreign_key(table, &from, key, breaches);
            }
            TableConstraint::Check(_) => {}
            _ => {
                breaches.insert(Rule::Unknown);
            }
        }
    }

    fn unique(&self, table: &str, key: &[String], breaches: &mut Breaches) {
        if let Some(column) = self.column_of(table)
            && !key.iter().any(|of_key| of_key == column)
        {
            breaches.insert(Rule::KeyWithoutColumn);
        }
    }

    fn foreign_key(
        &self,
        table: &str,
        from: &[String],
        key: &ForeignKeyConstraint,
        breaches: &mut Breaches,
    ) {
        use Keeping::{Coordinator, Distributed, Reference};
        let other = plain(&key.foreign_table);
        let may = match ((self.keeping)(table), (self.keeping)(&other)) {
            (
                Some(Distributed { column, beside }),
                Some(Distributed {
                    column: other,
                    beside: its,
                }),
            ) => {
                // Without names the other's primary key is meant, which holds its column at the
                // place that this one has to lead to.
                let to: Vec<&str> = key.referred_columns.iter().map(|it| &*it.value).collect();
                let leads = |at: usize| to.get(at).is_none_or(|name| *name == other);
                let at = from.iter().position(|name| name == column);
                beside == its && at.is_some_and(leads)
            }
            (Some(Distributed { .. } | Reference), Some(Reference)) => true,
            (Some(Coordinator), Some(Coordinator)) => true,
            _ => false,
        };
        if !may {
            breaches.insert(Rule::ForeignKey);
        }
        let changes = |action: &Option<ReferentialAction>, even_cascade: bool| match action {
            Some(ReferentialAction::SetNull | ReferentialAction::SetDefault) => true,
            Some(ReferentialAction::Cascade) => even_cascade,
            _ => false,
        };
        let of_key = self
            .column_of(table)
            .is_some_and(|column| from.iter().any(|name| name == column));
        if of_key && (changes(&key.on_update, true) || changes(&key.on_delete, false)) {
            breaches.insert(Rule::ForeignKeyAction);
        }
    }

    /// What is wrong with a statement.
    pub(crate) fn check(&self, text: &str) -> Breaches {
        match parsed(text).as_deref() {
            Some([statement]) => Look::at(self, statement),
            _ => Breaches::from([Rule::Unknown]),
        }
    }
}

fn names(columns: &[IndexColumn]) -> Vec<String> {
    let name = |column: &IndexColumn| column.column.expr.to_string();
    columns.iter().map(name).collect()
}
