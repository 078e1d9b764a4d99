//! Chunks: runs of rows, cut where the rows themselves say, so that a row more or less changes the
//! chunk that it is in and no other.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{Fault, FaultKind};
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use store::Value;
use store::tables::{Row, Shape};

/// A chunk has as many bytes at the least, unless its table ends.
const BYTES_MIN: usize = 64 << 10;
/// A chunk is cut when it has as many bytes.
const BYTES_MAX: usize = 1 << 20;
/// One row in as many ends a chunk that is long enough.
const ONE_IN: u32 = 512;

/// Rows of one table, as a chunk holds them: the table's place in the manifest, and the rows.
pub(super) type Block = (u32, Vec<Row>);

/// Cuts the rows of one table.
pub(super) struct Cutter<'t> {
    place: u32,
    table: &'t Shape,
    rows: Vec<Row>,
    bytes: usize,
}

impl<'t> Cutter<'t> {
    pub(super) fn new(place: u32, table: &'t Shape) -> Self {
        Self {
            place,
            table,
            rows: Vec::new(),
            bytes: 0,
        }
    }

    /// Takes a row; gives the chunk that ends with it, if one does.
    pub(super) fn take(&mut self, row: Row) -> Option<Block> {
        let ends = ends_a_chunk(self.table.key_of(&row));
        self.bytes += row.iter().map(size).sum::<usize>();
        self.rows.push(row);
        match self.bytes >= BYTES_MAX || (self.bytes >= BYTES_MIN && ends) {
            true => self.end(),
            false => None,
        }
    }

    /// The last chunk of the table, if rows are left.
    pub(super) fn end(&mut self) -> Option<Block> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        (!rows.is_empty()).then_some((self.place, rows))
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Int(_) => 5,
        Value::Text(text) => 2 + text.len(),
        Value::Bytes(bytes) => 2 + bytes.len(),
    }
}

fn ends_a_chunk(key: &[Value]) -> bool {
    let digest = digest(&SHA256, &encode_row(key));
    let word = digest
        .as_ref()
        .first_chunk()
        .map(|it| u32::from_be_bytes(*it));
    word.is_some_and(|word| word.is_multiple_of(ONE_IN))
}

fn encode_row(row: &[Value]) -> Vec<u8> {
    let mut w = Encoder::new(Vec::new());
    put_row(&mut w, row);
    w.into_writer()
}

/// The content of a chunk: blocks of rows.
pub(super) fn encode(blocks: &[Block]) -> Vec<u8> {
    let mut w = Encoder::new(Vec::new());
    let _ = w.array(blocks.len() as u64);
    for (place, rows) in blocks {
        let Ok(w) = w.array(2).and_then(|w| w.u32(*place)) else {
            continue;
        };
        let Ok(w) = w.array(rows.len() as u64) else {
            continue;
        };
        for row in rows {
            put_row(w, row);
        }
    }
    w.into_writer()
}

/// Writing to memory does not fail.
fn put_row(w: &mut Encoder<Vec<u8>>, row: &[Value]) {
    let _ = w.array(row.len() as u64);
    for value in row {
        let _ = match value {
            Value::Null => w.null(),
            Value::Int(number) => w.i64(*number),
            Value::Text(text) => w.str(text),
            Value::Bytes(bytes) => w.bytes(bytes),
        };
    }
}

/// The blocks of a chunk.
pub(super) fn decode(content: &[u8]) -> Result<Vec<Block>, Fault> {
    let mut r = Decoder::new(content);
    let blocks = read(&mut r).map_err(|error| damaged().because(error))?;
    match r.position() == content.len() {
        true => Ok(blocks),
        false => Err(damaged()),
    }
}

fn read(r: &mut Decoder<'_>) -> Result<Vec<Block>, minicbor::decode::Error> {
    let mut blocks = Vec::new();
    for _ in 0..length(r)? {
        length(r)?;
        let (place, many) = (r.u32()?, length(r)?);
        let mut rows = Vec::new();
        for _ in 0..many {
            let mut row = Vec::new();
            for _ in 0..length(r)? {
                row.push(match r.datatype()? {
                    Type::Null => r.null().map(|()| Value::Null)?,
                    Type::String => Value::Text(r.str()?.to_owned()),
                    Type::Bytes => Value::Bytes(r.bytes()?.to_vec()),
                    _ => Value::Int(r.i64()?),
                });
            }
            rows.push(row);
        }
        blocks.push((place, rows));
    }
    Ok(blocks)
}

fn length(r: &mut Decoder<'_>) -> Result<u64, minicbor::decode::Error> {
    r.array()?
        .ok_or_else(|| minicbor::decode::Error::message("a length is missing"))
}

pub(super) fn damaged() -> Fault {
    Fault::new(FaultKind::Integrity, "a part of the backup is damaged").remedy(
        "take another backup of the place (`kept restore --list` shows them), or another place",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Shape {
        let columns = ["id", "content"].map(str::to_owned).to_vec();
        Shape::new("row".to_owned(), columns, 1).unwrap()
    }

    fn row(number: i64) -> Row {
        vec![Value::Int(number), Value::Bytes(vec![3; 300])]
    }

    fn cut(rows: impl Iterator<Item = Row>) -> Vec<Vec<u8>> {
        let table = table();
        let mut cutter = Cutter::new(0, &table);
        let mut chunks: Vec<Block> = rows.filter_map(|row| cutter.take(row)).collect();
        chunks.extend(cutter.end());
        chunks.into_iter().map(|block| encode(&[block])).collect()
    }

    #[test]
    fn chunks_read_back() {
        let blocks = vec![
            (
                2,
                vec![vec![
                    Value::Null,
                    Value::Int(i64::MIN),
                    Value::Text("é".to_owned()),
                    Value::Bytes(vec![0, 255]),
                ]],
            ),
            (0, Vec::new()),
        ];
        let content = encode(&blocks);
        assert_eq!(decode(&content).unwrap(), blocks);
        for end in 0..content.len() {
            assert!(decode(&content[..end]).is_err());
        }
        assert!(decode(&[content.as_slice(), &[0]].concat()).is_err());
    }

    #[test]
    fn a_row_more_changes_its_chunk_alone() {
        let before = cut((0..20_000).map(row));
        let after = cut((0..20_000).filter(|it| *it != 9_000).map(row));
        assert!(before.len() > 10, "{}", before.len());
        let new = after.iter().filter(|it| !before.contains(it)).count();
        assert_eq!(new, 1, "of {}", after.len());
        assert!(before.iter().all(|it| it.len() < 2 * BYTES_MAX));
    }
}
