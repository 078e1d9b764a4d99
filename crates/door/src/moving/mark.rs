//! The mark that two databases bear while an installation moves into them.

use domain::{Fault, InstallationId};
use store::tables::{Row, Shape};
use store::{Home, Reader, Value};

/// Under which name it is kept.
const MARK: &str = "moving";

/// How far a move came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mark {
    /// Rows are being carried.
    UnderWay,
    /// All is there, and one entry more than the journal had then.
    Arrived { size: u64, leave_files: bool },
}

impl Mark {
    /// The row that says so of an installation.
    pub(super) fn row(self, id: InstallationId) -> Row {
        let mut bytes = id.as_bytes().to_vec();
        if let Self::Arrived { size, leave_files } = self {
            bytes.push(u8::from(leave_files));
            bytes.extend(size.to_be_bytes());
        }
        vec![key(), Value::Bytes(bytes)]
    }

    /// What is kept, where it is a mark of this installation.
    pub(super) fn decode(id: InstallationId, kept: &[u8]) -> Option<Self> {
        match kept.strip_prefix(id.as_bytes().as_slice())? {
            [] => Some(Self::UnderWay),
            [leave_files, size @ ..] => size.try_into().ok().map(|size| Self::Arrived {
                size: u64::from_be_bytes(size),
                leave_files: *leave_files == 1,
            }),
        }
    }
}

/// The key of its row in the table `meta`.
pub(super) fn key() -> Value {
    Value::Text(MARK.to_owned())
}

/// What is kept of it in a database.
pub(super) fn kept(home: Home, reader: &Reader<'_>) -> Result<Option<Vec<u8>>, Fault> {
    match home {
        Home::Data => reader.meta(MARK),
        Home::Keyring => reader.key_meta(MARK),
    }
}

/// Whether a row belongs to its database and not to the installation.
pub(super) fn stays(shape: &Shape, row: &[Value]) -> bool {
    let marks = shape.name() == "meta" && row.first() == Some(&key());
    marks || shape.is_of_the_server(row)
}

/// How many rows of a table are the installation's.
pub(super) fn count(reader: &Reader<'_>, home: Home, shape: &Shape) -> Result<u64, Fault> {
    let all = reader.row_count(shape)?;
    let marked = shape.name() == "meta" && kept(home, reader)?.is_some();
    Ok(all - u64::from(marked))
}
