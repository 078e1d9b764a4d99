//! Deterministic CBOR, as `docs/decisions/0001-encoding.md` has it: a writer that can write only
//! it, and a reader that refuses anything else.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use minicbor::data::Type;

use crate::{Fault, FaultKind};

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Writes deterministic CBOR into memory, which cannot fail.
pub(crate) struct Writer(minicbor::Encoder<Vec<u8>>);

impl Writer {
    pub(crate) fn new() -> Self {
        Self(minicbor::Encoder::new(Vec::new()))
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0.into_writer()
    }

    pub(crate) fn array(&mut self, length: usize) {
        self.0.array(length as u64).ok();
    }

    pub(crate) fn map(&mut self, length: usize) {
        self.0.map(length as u64).ok();
    }

    pub(crate) fn uint(&mut self, value: u64) {
        self.0.u64(value).ok();
    }

    pub(crate) fn int(&mut self, value: i64) {
        self.0.i64(value).ok();
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.0.bool(value).ok();
    }

    pub(crate) fn id(&mut self, id: &[u8; 16]) {
        self.0.bytes(id).ok();
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.0.str(text).ok();
    }

    pub(crate) fn null(&mut self) {
        self.0.null().ok();
    }

    /// A moment, in microseconds since 1970-01-01 UTC.
    pub(crate) fn moment(&mut self, moment: Timestamp) {
        self.int(moment.as_microsecond());
    }

    /// A day, as the number of days since 1970-01-01.
    pub(crate) fn day(&mut self, day: Date) {
        self.int(day.duration_since(EPOCH).as_hours() / 24);
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }

    pub(crate) fn list<T>(
        &mut self,
        items: impl ExactSizeIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.array(items.len());
        for item in items {
            write(self, item);
        }
    }

    /// A set of numbers, in rising order.
    pub(crate) fn numbers(&mut self, numbers: impl Iterator<Item = u32>) {
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        self.list(numbers.into_iter(), |w, number| w.uint(u64::from(number)));
    }
}

/// Reads deterministic CBOR and nothing else.
pub(crate) struct Reader<'b> {
    decoder: minicbor::Decoder<'b>,
    what: &'static str,
}

impl<'b> Reader<'b> {
    /// A reader of bytes that hold `what`, for its faults.
    pub(crate) fn new(bytes: &'b [u8], what: &'static str) -> Self {
        Self {
            decoder: minicbor::Decoder::new(bytes),
            what,
        }
    }

    pub(crate) fn fault(&self) -> Fault {
        Fault::new(
            FaultKind::Integrity,
            format!("the stored form of {} does not hold together", self.what),
        )
        .remedy("stop, and restore from a copy")
    }

    /// Nothing may follow.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        if self.decoder.position() == self.decoder.input().len() {
            Ok(())
        } else {
            Err(self.fault())
        }
    }

    /// Reads, and checks that the head was as short as its argument allows.
    fn strictly<T>(
        &mut self,
        read: impl FnOnce(&mut minicbor::Decoder<'b>) -> Result<T, minicbor::decode::Error>,
        argument: impl FnOnce(&T) -> u64,
        body: impl FnOnce(&T) -> usize,
    ) -> Result<T, Fault> {
        let before = self.decoder.position();
        let value = read(&mut self.decoder).map_err(|_| self.fault())?;
        let head = match argument(&value) {
            0..=23 => 1,
            24..=0xff => 2,
            0x100..=0xffff => 3,
            0x1_0000..=0xffff_ffff => 5,
            _ => 9,
        };
        if self.decoder.position() - before == head + body(&value) {
            Ok(value)
        } else {
            Err(self.fault())
        }
    }

    pub(crate) fn uint(&mut self) -> Result<u64, Fault> {
        self.strictly(|d| d.u64(), |value| *value, |_| 0)
    }

    pub(crate) fn number(&mut self) -> Result<u32, Fault> {
        let number = self.uint()?;
        u32::try_from(number).map_err(|_| self.fault())
    }

    pub(crate) fn int(&mut self) -> Result<i64, Fault> {
        let argument = |value: &i64| match u64::try_from(*value) {
            Ok(value) => value,
            Err(_) => value.unsigned_abs() - 1,
        };
        self.strictly(|d| d.i64(), argument, |_| 0)
    }

    pub(crate) fn bool(&mut self) -> Result<bool, Fault> {
        self.decoder.bool().map_err(|_| self.fault())
    }

    pub(crate) fn id(&mut self) -> Result<[u8; 16], Fault> {
        let bytes = self.strictly(|d| d.bytes(), |b| b.len() as u64, |b| b.len())?;
        bytes.try_into().map_err(|_| self.fault())
    }

    pub(crate) fn text(&mut self) -> Result<&'b str, Fault> {
        self.strictly(|d| d.str(), |s| s.len() as u64, |s| s.len())
    }

    /// The length of an array.
    pub(crate) fn array(&mut self) -> Result<u64, Fault> {
        let length = self.strictly(|d| d.array(), |length| length.unwrap_or(0), |_| 0)?;
        length.ok_or_else(|| self.fault())
    }

    /// The length of a map.
    pub(crate) fn map(&mut self) -> Result<u64, Fault> {
        let length = self.strictly(|d| d.map(), |length| length.unwrap_or(0), |_| 0)?;
        length.ok_or_else(|| self.fault())
    }

    /// An array of a fixed shape.
    pub(crate) fn shape(&mut self, length: u64) -> Result<(), Fault> {
        if self.array()? == length {
            Ok(())
        } else {
            Err(self.fault())
        }
    }

    pub(crate) fn moment(&mut self) -> Result<Timestamp, Fault> {
        let micros = self.int()?;
        Timestamp::from_microsecond(micros).map_err(|_| self.fault())
    }

    pub(crate) fn day(&mut self) -> Result<Date, Fault> {
        let days = self.int()?;
        days.checked_mul(24)
            .filter(|hours| hours.unsigned_abs() < 100_000_000)
            .and_then(|hours| EPOCH.checked_add(SignedDuration::from_hours(hours)).ok())
            .ok_or_else(|| self.fault())
    }

    pub(crate) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        if self.is(Type::Null)? {
            self.decoder.null().map_err(|_| self.fault())?;
            Ok(None)
        } else {
            read(self).map(Some)
        }
    }

    pub(crate) fn is(&self, kind: Type) -> Result<bool, Fault> {
        let found = self.decoder.datatype().map_err(|_| self.fault())?;
        Ok(found == kind)
    }

    pub(crate) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let length = self.array()?;
        let mut items = Vec::new();
        for _ in 0..length {
            items.push(read(self)?);
        }
        Ok(items)
    }

    /// A set of numbers, in rising order.
    pub(crate) fn numbers(&mut self) -> Result<Vec<u32>, Fault> {
        let numbers = self.list(Self::number)?;
        if numbers.windows(2).all(|two| two[0] < two[1]) {
            Ok(numbers)
        } else {
            Err(self.fault())
        }
    }
}
