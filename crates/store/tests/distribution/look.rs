//! A look at one statement: its tables, what is known to be equal, and which rules it breaks.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    Assignment, AssignmentTarget, BinaryOperator, Expr, FromTable, Function, GroupByExpr, Insert,
    JoinConstraint, JoinOperator, NonBlock, OnConflictAction, OnInsert, Query, Select, SetExpr,
    Statement, TableFactor, TableObject, TableWithJoins, UpdateTableFromKind, Visit, Visitor,
};
use store::distribution::Keeping;

use crate::rules::{Breaches, Rule, Schema, plain};

/// Functions that give the same on every machine at every time.
const STABLE: &[&str] = &["count", "max", "min", "sum", "substr", "coalesce"];
/// Functions that hold on one machine.
const ONE_MACHINE: &[&str] = &["pg_advisory", "pg_try_advisory", "pg_notify"];

/// A table as it stands in a statement, once or more often.
struct Instance {
    name: String,
    table: String,
}

/// A look at one statement.
pub(crate) struct Look<'s> {
    schema: &'s Schema<'s>,
    breaches: Breaches,
    instances: Vec<Instance>,
    /// What names mean at the present place: the tables of each query around it, by instance.
    scopes: Vec<Vec<usize>>,
    /// What is known to be equal.
    equal: Vec<(String, String)>,
    locks: bool,
    skips: bool,
    groups: bool,
    recursive: bool,
    /// Names that `WITH` gives.
    given: BTreeSet<String>,
}

impl<'s> Look<'s> {
    pub(crate) fn at(schema: &'s Schema<'s>, statement: &Statement) -> Breaches {
        let mut look = Self {
            schema,
            breaches: Breaches::new(),
            instances: Vec::new(),
            scopes: Vec::new(),
            equal: Vec::new(),
            locks: false,
            skips: false,
            groups: false,
            recursive: false,
            given: BTreeSet::new(),
        };
        match statement {
            Statement::Query(_) => {}
            Statement::Insert(insert) => look.insert(insert),
            Statement::Update(update) => {
                let mut tables = vec![&update.table];
                if let Some(
                    UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from),
                ) = &update.from
                {
                    tables.extend(from);
                }
                look.enter(tables, update.selection.as_ref());
                look.assigns(&plain_of(&update.table), &update.assignments);
                look.volatile(statement);
            }
            Statement::Delete(delete) => {
                let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) =
                    &delete.from;
                let using = delete.using.iter().flatten();
                look.enter(from.iter().chain(using), delete.selection.as_ref());
                look.volatile(statement);
            }
            Statement::Merge(_) => {
                look.breaches.insert(Rule::Merge);
            }
            Statement::NOTIFY { .. } | Statement::LISTEN { .. } => {
                look.breaches.insert(Rule::OneMachine);
            }
            _ => {
                look.breaches.insert(Rule::Unknown);
            }
        }
        let _ = statement.visit(&mut look);
        look.conclude();
        look.breaches
    }

    fn insert(&mut self, insert: &Insert) {
        let TableObject::TableName(name) = &insert.table else {
            self.breaches.insert(Rule::Unknown);
            return;
        };
        let table = plain(name);
        let own = self.instance(&table, &table);
        self.scopes.push(vec![own]);
        let body = insert.source.as_ref().map(|source| source.body.as_ref());
        if let Some(SetExpr::Values(values)) = body {
            let mut asked = Asks(false);
            let _ = values.visit(&mut asked);
            if asked.0 {
                self.breaches.insert(Rule::ValuesWithQuery);
            }
        }
        if let Some(column) = self.schema.column_of(&table) {
            let place = insert.columns.iter().position(|name| plain(name) == column);
            match (place, body) {
                (Some(place), Some(SetExpr::Values(values))) => {
                    for row in &values.rows {
                        match row.content.get(place).and_then(constant) {
                            Some(value) => self.equal.push((key(own, column), value)),
                            None => {
                                self.breaches.insert(Rule::InsertWithoutColumn);
                            }
                        }
                    }
                }
                // From a query: its rows must be where they go to. The query's first table is the
                // next instance.
                (Some(place), Some(SetExpr::Select(select))) => {
                    let item = select.projection.get(place).map(ToString::to_string);
                    let from = select.from.first().map(plain_of).unwrap_or_default();
                    if self.schema.column_of(&from) == item.as_deref()
                        && let Some(item) = item
                    {
                        self.equal.push((key(own, column), key(own + 1, &item)));
                    }
                }
                _ => {
                    self.breaches.insert(Rule::InsertWithoutColumn);
                }
            }
        }
        if let Some(OnInsert::OnConflict(conflict)) = &insert.on
            && let OnConflictAction::DoUpdate(update) = &conflict.action
        {
            self.assigns(&table, &update.assignments);
            self.volatile(&update.assignments);
            self.volatile(&update.selection);
        }
    }

    fn instance(&mut self, name: &str, table: &str) -> usize {
        if (self.schema.keeping)(table).is_none() && !self.given.contains(table) {
            self.breaches.insert(Rule::UnknownTable);
        }
        self.instances.push(Instance {
            name: name.to_owned(),
            table: table.to_owned(),
        });
        self.instances.len() - 1
    }

    /// Enters a query: its tables, and what its condition says to be equal.
    fn enter<'t>(
        &mut self,
        from: impl IntoIterator<Item = &'t TableWithJoins>,
        condition: Option<&Expr>,
    ) {
        let (mut tables, mut conditions) = (Vec::new(), Vec::new());
        for joined in from {
            tables.extend(self.factor(&joined.relation));
            for join in &joined.joins {
                tables.extend(self.factor(&join.relation));
                conditions.push(&join.join_operator);
            }
        }
        self.scopes.push(tables);
        for operator in conditions {
            match operator {
                JoinOperator::Join(JoinConstraint::On(on))
                | JoinOperator::Inner(JoinConstraint::On(on))
                | JoinOperator::Left(JoinConstraint::On(on))
                | JoinOperator::LeftOuter(JoinConstraint::On(on)) => self.equalities(on),
                // Whatever else: nothing is known to be equal.
                _ => {}
            }
        }
        if let Some(condition) = condition {
            self.equalities(condition);
        }
    }

    fn factor(&mut self, factor: &TableFactor) -> Option<usize> {
        match factor {
            TableFactor::Table { name, alias, .. } => {
                let table = plain(name);
                let alias = alias.as_ref().map(|alias| alias.name.value.clone());
                Some(self.instance(alias.as_deref().unwrap_or(&table), &table))
            }
            TableFactor::Derived { .. } => None,
            _ => {
                self.breaches.insert(Rule::Unknown);
                None
            }
        }
    }

    fn equalities(&mut self, condition: &Expr) {
        match condition {
            Expr::Nested(inner) => self.equalities(inner),
            Expr::BinaryOp {
                left,
                op: BinaryOperator::And,
                right,
            } => {
                self.equalities(left);
                self.equalities(right);
            }
            Expr::BinaryOp {
                left,
                op: BinaryOperator::Eq,
                right,
            } => {
                if let (Some(left), Some(right)) = (self.term(left), self.term(right)) {
                    self.equal.push((left, right));
                }
            }
            _ => {}
        }
    }

    /// A column of a table, a parameter or a constant.
    fn term(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Identifier(column) => {
                let has = |instance: &usize| {
                    let table = &self.instances[*instance].table;
                    let columns = self.schema.columns.get(table);
                    columns.is_some_and(|columns| columns.contains(&column.value))
                };
                let mut around = self.scopes.iter().rev();
                let found = around.find_map(|tables| tables.iter().find(|one| has(one)));
                found.map(|instance| key(*instance, &column.value))
            }
            Expr::CompoundIdentifier(parts) => {
                let [.., name, column] = parts.as_slice() else {
                    return None;
                };
                let named = |one: &&usize| self.instances[**one].name == name.value;
                let mut around = self.scopes.iter().rev();
                let found = around.find_map(|tables| tables.iter().find(named));
                found.map(|instance| key(*instance, &column.value))
            }
            other => constant(other),
        }
    }

    fn assigns(&mut self, table: &str, assignments: &[Assignment]) {
        let column = self.schema.column_of(table);
        let moves = assignments.iter().any(|assignment| {
            let targets = match &assignment.target {
                AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
                AssignmentTarget::Tuple(names) => names,
            };
            targets.iter().any(|name| Some(&*plain(name)) == column)
        });
        if moves {
            self.breaches.insert(Rule::MovesRow);
        }
    }

    fn volatile(&mut self, part: &impl Visit) {
        let mut called = Called(Vec::new());
        let _ = part.visit(&mut called);
        if called.0.iter().any(|name| !STABLE.contains(&name.as_str())) {
            self.breaches.insert(Rule::Volatile);
        }
    }

    /// What follows from all that was seen.
    fn conclude(&mut self) {
        let mut spread: Vec<(String, &str)> = Vec::new();
        let (mut local, mut reference) = (false, false);
        for (at, instance) in self.instances.iter().enumerate() {
            match (self.schema.keeping)(&instance.table) {
                Some(Keeping::Distributed { column, beside }) => {
                    spread.push((key(at, column), beside));
                }
                Some(Keeping::Reference) => reference = true,
                Some(Keeping::Coordinator) => local = true,
                None => {}
            }
        }
        if self.skips && reference {
            self.breaches.insert(Rule::SkipLockedReference);
        }
        let Some(((first, beside), others)) = spread.split_first() else {
            return;
        };
        let same = self.same_as(first);
        let together = |(column, its): &(String, &str)| its == beside && same.contains(column);
        if local || !others.iter().all(together) {
            self.breaches.insert(Rule::NotTogether);
        }
        let one_shard = same.iter().any(|term| !term.starts_with("table "));
        if !one_shard {
            self.breaches.insert(Rule::OverShards);
            if self.locks {
                self.breaches.insert(Rule::LockOverShards);
            }
        }
        if self.groups {
            self.breaches.insert(Rule::GroupingSets);
        }
        if self.recursive {
            self.breaches.insert(Rule::Recursive);
        }
    }

    fn same_as(&self, term: &str) -> BTreeSet<String> {
        let mut same = BTreeSet::from([term.to_owned()]);
        loop {
            let before = same.len();
            for (one, other) in &self.equal {
                if same.contains(one) || same.contains(other) {
                    same.extend([one.clone(), other.clone()]);
                }
            }
            if same.len() == before {
                return same;
            }
        }
    }
}

fn key(instance: usize, column: &str) -> String {
    format!("table {instance}.{column}")
}

fn plain_of(table: &TableWithJoins) -> String {
    match &table.relation {
        TableFactor::Table { name, .. } => plain(name),
        other => other.to_string(),
    }
}

/// A parameter or a constant.
fn constant(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Value(value) => Some(value.to_string()),
        Expr::Nested(inner) => constant(inner),
        _ => None,
    }
}

/// The functions that something calls.
struct Called(Vec<String>);

impl Visitor for Called {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        if let Expr::Function(Function { name, .. }) = expression {
            self.0.push(plain(name).to_lowercase());
        }
        ControlFlow::Continue(())
    }
}

/// Whether something holds a query.
struct Asks(bool);

impl Visitor for Asks {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.0 = true;
        ControlFlow::Continue(())
    }
}

impl Visitor for Look<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(with) = &query.with {
            self.recursive |= with.recursive;
            for given in &with.cte_tables {
                self.given.insert(given.alias.name.value.clone());
            }
        }
        for lock in &query.locks {
            self.locks = true;
            self.skips |= lock.nonblock == Some(NonBlock::SkipLocked);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        self.enter(&select.from, select.selection.as_ref());
        let expressions = match &select.group_by {
            GroupByExpr::All(_) => &Vec::new(),
            GroupByExpr::Expressions(expressions, modifiers) => {
                self.groups |= !modifiers.is_empty();
                expressions
            }
        };
        self.groups |= expressions.iter().any(|expression| {
            matches!(
                expression,
                Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_)
            )
        });
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _: &Select) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        if let Expr::Function(Function { name, .. }) = expression {
            let name = plain(name).to_lowercase();
            if ONE_MACHINE.iter().any(|prefix| name.starts_with(prefix)) {
                self.breaches.insert(Rule::OneMachine);
            }
        }
        ControlFlow::Continue(())
    }
}
