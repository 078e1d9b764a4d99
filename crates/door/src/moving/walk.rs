//! Two databases walked side by side in the order of a table's keys.

use std::collections::VecDeque;

use domain::Fault;
use store::tables::{Row, Shape};
use store::{Database, Priority};

use super::mark::stays;
use super::{Carried, PAGE};
use crate::backup::Told;

/// A table's rows, one after the other.
pub(super) struct Walk<'a> {
    database: &'a Database,
    shape: &'a Shape,
    page: VecDeque<Row>,
    after: Option<Row>,
    ended: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn over(database: &'a Database, shape: &'a Shape) -> Self {
        Self {
            database,
            shape,
            page: VecDeque::new(),
            after: None,
            ended: false,
        }
    }

    /// The next row, which stays the next one.
    fn peek(&mut self) -> Result<Option<&Row>, Fault> {
        while self.page.is_empty() && !self.ended {
            let (shape, after) = (self.shape, self.after.as_deref());
            let read = self
                .database
                .read(|reader| reader.rows_after(shape, after, PAGE))?;
            match read.last() {
                Some(last) => self.after = Some(shape.key_of(last).to_vec()),
                None => self.ended = true,
            }
            self.page = read.into_iter().filter(|row| !stays(shape, row)).collect();
        }
        Ok(self.page.front())
    }

    fn take(&mut self) -> Result<Option<Row>, Fault> {
        self.peek()?;
        Ok(self.page.pop_front())
    }

    /// The row with a key, or none; what comes before it is passed over.
    fn at(&mut self, key: &[store::Value]) -> Result<Option<&Row>, Fault> {
        let shape = self.shape;
        while self.peek()?.is_some_and(|row| shape.key_of(row) < key) {
            self.page.pop_front();
        }
        Ok(self.peek()?.filter(|row| shape.key_of(row) == key))
    }
}

/// Removes from a table what the other database does not have like that; gives how many rows. So
/// nothing is in the way of what is written then.
pub(super) fn weed(from: &Database, to: &Database, shape: &Shape) -> Result<u64, Fault> {
    let (mut wanted, mut there) = (Walk::over(from, shape), Walk::over(to, shape));
    let (mut wrong, mut removed) = (Vec::new(), 0);
    loop {
        let row = there.take()?;
        let ended = row.is_none();
        if let Some(row) = row {
            let key = shape.key_of(&row);
            if wanted.at(key)? != Some(&row) {
                wrong.push(key.to_vec());
            }
        }
        if !wrong.is_empty() && (ended || wrong.len() >= PAGE as usize) {
            removed += wrong.len() as u64;
            let (shape, keys) = (shape.clone(), std::mem::take(&mut wrong));
            to.write(Priority::Ordinary, move |tx| {
                keys.iter().try_for_each(|key| tx.remove_row(&shape, key))
            })?;
        }
        if ended {
            return Ok(removed);
        }
    }
}

/// Writes into a weeded table what it does not have yet.
pub(super) fn carry(
    from: &Database,
    to: &Database,
    shape: &Shape,
    carried: &mut Carried,
    told: Told<'_>,
) -> Result<(), Fault> {
    let (mut wanted, mut there) = (Walk::over(from, shape), Walk::over(to, shape));
    let mut page = Vec::new();
    loop {
        let row = wanted.take()?;
        let ended = row.is_none();
        if let Some(row) = row {
            match there.at(shape.key_of(&row))?.is_some() {
                true => carried.there += 1,
                false => page.push(row),
            }
        }
        if ended || page.len() >= PAGE as usize {
            carried.written += page.len() as u64;
            if !page.is_empty() {
                put(to, shape, std::mem::take(&mut page))?;
            }
            told(carried.written + carried.there);
        }
        if ended {
            return Ok(());
        }
    }
}

fn put(to: &Database, shape: &Shape, rows: Vec<Row>) -> Result<(), Fault> {
    let shape = shape.clone();
    to.write(Priority::Ordinary, move |tx| {
        rows.iter().try_for_each(|row| tx.put_row(&shape, row))
    })
}
