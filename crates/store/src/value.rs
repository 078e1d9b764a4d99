//! Values on their way to a statement and back, the same for both databases.

use domain::{Fault, FaultKind};

/// A value as a column holds it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number; moments are microseconds UTC.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes: identifiers, hashes, encoded and sealed things.
    Bytes(Vec<u8>),
}

/// A value on loan: to a statement, or from a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cell<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl Cell<'_> {
    pub(crate) fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(number),
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        }
    }
}

/// What a statement can be given.
pub(crate) trait AsCell {
    fn cell(&self) -> Cell<'_>;
}

impl AsCell for Value {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Int(number) => Cell::Int(*number),
            Self::Text(text) => Cell::Text(text),
            Self::Bytes(bytes) => Cell::Bytes(bytes),
        }
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl AsCell for $number {
            fn cell(&self) -> Cell<'_> {
                Cell::Int(i64::from(*self))
            }
        })+
    };
}

numbers!(i64, u32, u16, u8, bool);

impl AsCell for u64 {
    /// A number beyond what a column holds becomes the largest that it does: none is ever stored,
    /// and a bound is as far.
    fn cell(&self) -> Cell<'_> {
        Cell::Int(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl AsCell for str {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(self)
    }
}

impl AsCell for String {
    fn cell(&self) -> Cell<'_> {
        Cell::Text(self)
    }
}

impl AsCell for [u8] {
    fn cell(&self) -> Cell<'_> {
        Cell::Bytes(self)
    }
}

impl AsCell for Vec<u8> {
    fn cell(&self) -> Cell<'_> {
        Cell::Bytes(self)
    }
}

impl<const N: usize> AsCell for [u8; N] {
    fn cell(&self) -> Cell<'_> {
        Cell::Bytes(self)
    }
}

impl<T: AsCell> AsCell for Option<T> {
    fn cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Null, AsCell::cell)
    }
}

impl<T: AsCell + ?Sized> AsCell for &T {
    fn cell(&self) -> Cell<'_> {
        (*self).cell()
    }
}

/// The parameters of a statement, in the order of their numbers.
pub(crate) trait Parameters {
    fn lend<R>(&self, to: impl FnOnce(&[Cell<'_>]) -> R) -> R;
}

impl<T: AsCell, const N: usize> Parameters for [T; N] {
    fn lend<R>(&self, to: impl FnOnce(&[Cell<'_>]) -> R) -> R {
        to(&self.each_ref().map(AsCell::cell))
    }
}

impl Parameters for () {
    fn lend<R>(&self, to: impl FnOnce(&[Cell<'_>]) -> R) -> R {
        to(&[])
    }
}

impl Parameters for &[Value] {
    fn lend<R>(&self, to: impl FnOnce(&[Cell<'_>]) -> R) -> R {
        let cells: Vec<Cell<'_>> = self.iter().map(AsCell::cell).collect();
        to(&cells)
    }
}

macro_rules! tuples {
    ($($name:ident $place:tt),+) => {
        impl<$($name: AsCell),+> Parameters for ($($name,)+) {
            fn lend<R>(&self, to: impl FnOnce(&[Cell<'_>]) -> R) -> R {
                to(&[$(self.$place.cell()),+])
            }
        }
    };
}

tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);

/// A row of an answer.
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// The value of a column, from 0.
    pub(crate) fn get<T: Column>(&self, place: usize) -> Result<T, Fault> {
        let taken = match self {
            Self::Sqlite(row) => row
                .get_ref(place)
                .ok()
                .and_then(crate::sqlite::cell)
                .and_then(T::take),
            Self::Postgres(row) => row.try_get(place).ok().and_then(T::take),
        };
        taken.ok_or_else(|| unexpected(place))
    }
}

fn unexpected(place: usize) -> Fault {
    Fault::new(
        FaultKind::Integrity,
        "what the installation's database holds is not what Kept wrote there",
    )
    .remedy("run `kept journal verify`; if it passes, report this with the log")
    .because(std::io::Error::other(format!(
        "column {place} has another type, or a number beyond its bounds"
    )))
}

/// What a column can be taken as.
pub(crate) trait Column: Sized {
    fn take(cell: Cell<'_>) -> Option<Self>;
}

impl Column for i64 {
    fn take(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Int(number) => Some(number),
            _ => None,
        }
    }
}

macro_rules! narrower {
    ($($number:ty),+) => {
        $(impl Column for $number {
            fn take(cell: Cell<'_>) -> Option<Self> {
                i64::take(cell).and_then(|number| number.try_into().ok())
            }
        })+
    };
}

narrower!(u64, u32, u16, u8);

impl Column for bool {
    fn take(cell: Cell<'_>) -> Option<Self> {
        i64::take(cell).map(|number| number != 0)
    }
}

impl Column for String {
    fn take(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl Column for Vec<u8> {
    fn take(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl<const N: usize> Column for [u8; N] {
    fn take(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn take(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::take(cell).map(Some),
        }
    }
}

impl Column for Value {
    fn take(cell: Cell<'_>) -> Option<Self> {
        Some(cell.to_value())
    }
}
