//! What kind of file it is: encoding, delimiter, header row. It is read through once, in constant
//! memory; whatever is found can be overruled.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::StringRecord;
use domain::{Fault, FaultKind};
use encoding_rs::{CoderResult, Decoder, DecoderResult, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much of the file's beginning delimiter and header are judged by, in bytes.
const SAMPLE_BYTES: usize = 64 * 1024;
/// How many rows of it.
const SAMPLE_ROWS: usize = 200;
/// The longest row that is taken, in bytes: a quotation mark that nobody closed must not swallow
/// the whole file.
const ROW_BYTES_MAX: usize = 1024 * 1024;
/// Delimiters that are tried; of equals the first wins.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// How text is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Windows-1252, the encoding of older office programs in western Europe.
    Windows1252,
}

impl Encoding {
    /// The encoding of a name, as people write it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.to_lowercase().replace(['-', '_', ' '], "").as_str() {
            "utf8" => Some(Self::Utf8),
            "utf16" | "utf16le" => Some(Self::Utf16Le),
            "utf16be" => Some(Self::Utf16Be),
            "windows1252" | "cp1252" | "latin1" | "iso88591" => Some(Self::Windows1252),
            _ => None,
        }
    }

    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "Windows-1252",
        }
    }

    fn rules(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Windows1252 => WINDOWS_1252,
        }
    }
}

/// How a file is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Its encoding.
    pub encoding: Encoding,
    /// What stands between two cells.
    pub delimiter: u8,
    /// Whether its first row names the columns.
    pub header: bool,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let delimiter = match self.delimiter {
            b',' => "commas",
            b';' => "semicolons",
            b'\t' => "tabs",
            b'|' => "vertical bars",
            _ => "another delimiter",
        };
        let header = if self.header {
            "a header row"
        } else {
            "no header row"
        };
        write!(f, "{}, {delimiter}, {header}", self.encoding.name())
    }
}

/// What somebody says of the layout, and so is not guessed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stated {
    /// The encoding.
    pub encoding: Option<Encoding>,
    /// The delimiter.
    pub delimiter: Option<u8>,
    /// Whether there is a header row.
    pub header: Option<bool>,
}

/// What reading a file through once has shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sniffed {
    /// How it is laid out.
    pub layout: Layout,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its line breaks: about the number of its rows, for showing progress.
    pub line_breaks: u64,
}

/// Reads a file through and finds out its layout, unless it is stated.
///
/// # Errors
/// [`FaultKind::Invalid`] when it is empty or no text; [`FaultKind::Unavailable`] when it cannot be
/// read.
pub fn sniff(file: &mut dyn Read, stated: &Stated) -> Result<Sniffed, Fault> {
    let Survey {
        sample,
        bytes,
        line_breaks,
        utf8,
    } = survey(file)?;
    if bytes == 0 {
        return Err(Fault::new(FaultKind::Invalid, "the file is empty"));
    }
    if sample.starts_with(b"PK\x03\x04") || sample.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(
            Fault::new(FaultKind::Invalid, "this is a workbook, not a CSV file")
                .remedy("save the sheet as CSV (UTF-8) and import that"),
        );
    }
    let encoding = match stated.encoding {
        Some(encoding) => encoding,
        None => guess_encoding(&sample, utf8)?,
    };
    let text = decode_sample(&sample, encoding, (sample.len() as u64) < bytes);
    let delimiter = stated
        .delimiter
        .unwrap_or_else(|| guess_delimiter(text.as_bytes()));
    let header = stated
        .header
        .unwrap_or_else(|| guess_header(&sample_rows(text.as_bytes(), delimiter)));
    Ok(Sniffed {
        layout: Layout {
            encoding,
            delimiter,
            header,
        },
        bytes,
        line_breaks,
    })
}

struct Survey {
    sample: Vec<u8>,
    bytes: u64,
    line_breaks: u64,
    utf8: bool,
}

/// One pass over the file: the whole of it must be UTF-8 to be taken for it, for the first accent
/// may stand on the last page.
fn survey(file: &mut dyn Read) -> Result<Survey, Fault> {
    let mut found = Survey {
        sample: Vec::new(),
        bytes: 0,
        line_breaks: 0,
        utf8: true,
    };
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut input = vec![0; SAMPLE_BYTES];
    let mut output = vec![0; SAMPLE_BYTES * 4];
    loop {
        let read = file.read(&mut input).map_err(unreadable)?;
        let chunk = &input[..read];
        found.bytes += read as u64;
        found.line_breaks += chunk.iter().filter(|b| **b == b'\n').count() as u64;
        let room = SAMPLE_BYTES - found.sample.len();
        found.sample.extend_from_slice(&chunk[..room.min(read)]);
        if found.utf8 {
            let last = read == 0;
            let (result, _, _) =
                decoder.decode_to_utf8_without_replacement(chunk, &mut output, last);
            found.utf8 = !matches!(result, DecoderResult::Malformed(..));
        }
        if read == 0 {
            return Ok(found);
        }
    }
}

fn unreadable(error: io::Error) -> Fault {
    Fault::new(FaultKind::Unavailable, "the file cannot be read").because(error)
}

fn guess_encoding(sample: &[u8], utf8: bool) -> Result<Encoding, Fault> {
    if let Some((found, _)) = encoding_rs::Encoding::for_bom(sample) {
        return Ok(match found {
            it if it == UTF_16LE => Encoding::Utf16Le,
            it if it == UTF_16BE => Encoding::Utf16Be,
            _ => Encoding::Utf8,
        });
    }
    let zeros = |parity: usize| {
        let places = sample.iter().skip(parity).step_by(2);
        places.filter(|byte| **byte == 0).count()
    };
    let (high_first, low_first) = (zeros(0), zeros(1));
    let many = sample.len() / 8;
    if low_first > many && high_first <= low_first / 8 {
        return Ok(Encoding::Utf16Le);
    }
    if high_first > many && low_first <= high_first / 8 {
        return Ok(Encoding::Utf16Be);
    }
    if high_first + low_first > 0 {
        return Err(Fault::new(FaultKind::Invalid, "this is no text file")
            .remedy("export the data as CSV (UTF-8) and import that"));
    }
    Ok(if utf8 {
        Encoding::Utf8
    } else {
        Encoding::Windows1252
    })
}

fn decode_sample(sample: &[u8], encoding: Encoding, cut: bool) -> String {
    let (text, _) = encoding.rules().decode_with_bom_removal(sample);
    let whole = match text.rfind('\n') {
        Some(end) if cut => &text[..=end],
        _ => &text,
    };
    whole.to_owned()
}

fn sample_rows(text: &[u8], delimiter: u8) -> Vec<StringRecord> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text)
        .into_records()
        .take(SAMPLE_ROWS)
        .filter_map(Result::ok)
        .collect()
}

/// The delimiter that gives the most rows of one length, and of those the most cells.
fn guess_delimiter(text: &[u8]) -> u8 {
    let mut best = (0, 1, b',');
    for delimiter in DELIMITERS {
        let lengths: Vec<usize> = sample_rows(text, delimiter)
            .iter()
            .map(StringRecord::len)
            .collect();
        let Some(first) = lengths.first().copied().filter(|cells| *cells > 1) else {
            continue;
        };
        let alike = lengths.iter().filter(|cells| **cells == first).count();
        // In tenths: a few broken rows must not decide.
        let alike = alike * 10 / lengths.len().max(1);
        if (alike, first) > (best.0, best.1) {
            best = (alike, first, delimiter);
        }
    }
    best.2
}

/// A header has a name in every cell, each once, and none that looks like data.
fn guess_header(rows: &[StringRecord]) -> bool {
    let Some(first) = rows.first() else {
        return false;
    };
    let cells: Vec<&str> = first.iter().map(str::trim).collect();
    let named = cells.iter().all(|cell| !cell.is_empty());
    let once = cells
        .iter()
        .enumerate()
        .all(|(at, cell)| !cells[..at].contains(cell));
    let data = |cell: &&str| {
        let figures = cell.chars().filter(char::is_ascii_digit).count();
        cell.contains('@') || figures * 2 >= cell.chars().count()
    };
    named && once && !cells.iter().any(data)
}

/// The rows of a file, one after the other, in constant memory.
pub struct Rows<R> {
    reader: csv::Reader<Decoding<R>>,
    since_row: Arc<AtomicUsize>,
}

impl<R: Read> Rows<R> {
    /// Reads a file of a known layout from its beginning.
    pub fn new(file: R, layout: &Layout) -> Self {
        let since_row = Arc::new(AtomicUsize::new(0));
        let decoding = Decoding {
            source: file,
            decoder: layout.encoding.rules().new_decoder_with_bom_removal(),
            input: vec![0; SAMPLE_BYTES],
            at: 0,
            len: 0,
            ended: false,
            finished: false,
            since_row: Arc::clone(&since_row),
        };
        let reader = csv::ReaderBuilder::new()
            .delimiter(layout.delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(decoding);
        Self { reader, since_row }
    }

    /// Reads the next row into `row` and gives the line of the file that it begins on; `None` at
    /// the end.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when a row is longer than a mebibyte, [`FaultKind::Unavailable`] when
    /// the file cannot be read.
    pub fn next(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Fault> {
        self.since_row.store(0, Ordering::Relaxed);
        let before = self.reader.position().line();
        match self.reader.read_record(row) {
            Ok(true) => Ok(Some(row.position().map_or(before, csv::Position::line))),
            Ok(false) => Ok(None),
            Err(error) if self.since_row.load(Ordering::Relaxed) > ROW_BYTES_MAX => {
                Err(Fault::new(
                    FaultKind::Invalid,
                    format!("the row that begins at line {before} does not end"),
                )
                .remedy("look for a quotation mark there that is not closed")
                .because(error))
            }
            Err(error) => {
                Err(Fault::new(FaultKind::Unavailable, "the file cannot be read").because(error))
            }
        }
    }
}

/// Reads any encoding as UTF-8. What cannot be decoded becomes U+FFFD, and the cell that holds it
/// is refused.
struct Decoding<R> {
    source: R,
    decoder: Decoder,
    input: Vec<u8>,
    at: usize,
    len: usize,
    ended: bool,
    finished: bool,
    since_row: Arc<AtomicUsize>,
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if self.since_row.load(Ordering::Relaxed) > ROW_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a row too long"));
        }
        while !self.finished {
            if self.at == self.len && !self.ended {
                self.len = self.source.read(&mut self.input)?;
                self.at = 0;
                self.ended = self.len == 0;
            }
            let (result, read, written, _) =
                self.decoder
                    .decode_to_utf8(&self.input[self.at..self.len], output, self.ended);
            self.at += read;
            self.finished = self.ended && result == CoderResult::InputEmpty;
            if written > 0 {
                self.since_row.fetch_add(written, Ordering::Relaxed);
                return Ok(written);
            }
            if result == CoderResult::OutputFull {
                // Room for one character is all that is asked for.
                return Err(io::ErrorKind::InvalidInput.into());
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(bytes: &[u8]) -> Layout {
        sniff(&mut &bytes[..], &Stated::default()).unwrap().layout
    }

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut rows = Rows::new(bytes, &sniffed(bytes));
        let (mut row, mut all) = (StringRecord::new(), Vec::new());
        while rows.next(&mut row).unwrap().is_some() {
            all.push(row.iter().map(str::to_owned).collect());
        }
        all
    }

    const TEXT: &str = "Prénom;Ville\nZoé;Nantes\nChloé;Nîmes\n";

    #[test]
    fn four_encodings_give_one_text() {
        let utf16 = |big: bool, mark: bool| {
            let marked = if mark { "\u{feff}" } else { "" };
            let units = marked.encode_utf16().chain(TEXT.encode_utf16());
            let bytes = |unit: u16| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            };
            units.flat_map(bytes).collect::<Vec<u8>>()
        };
        let (windows, _, _) = WINDOWS_1252.encode(TEXT);
        let cases: [(Vec<u8>, Encoding); 7] = [
            (TEXT.as_bytes().to_vec(), Encoding::Utf8),
            (format!("\u{feff}{TEXT}").into_bytes(), Encoding::Utf8),
            (utf16(false, true), Encoding::Utf16Le),
            (utf16(false, false), Encoding::Utf16Le),
            (utf16(true, true), Encoding::Utf16Be),
            (utf16(true, false), Encoding::Utf16Be),
            (windows.into_owned(), Encoding::Windows1252),
        ];
        for (bytes, encoding) in cases {
            assert_eq!(sniffed(&bytes).encoding, encoding);
            assert_eq!(cells(&bytes)[1], ["Zoé", "Nantes"]);
            assert_eq!(cells(&bytes)[0][0], "Prénom");
        }
    }

    #[test]
    fn an_accent_on_the_last_page_still_decides_the_encoding() {
        let mut bytes = b"town\n".to_vec();
        bytes.extend(std::iter::repeat_n(*b"Nantes\n", 20_000).flatten());
        bytes.extend(b"N\xeemes\n");
        assert_eq!(sniffed(&bytes).encoding, Encoding::Windows1252);
        assert_eq!(cells(&bytes)[20_001], ["Nîmes"]);
    }

    #[test]
    fn a_character_across_two_reads_is_whole() {
        let mut text = "a".repeat(SAMPLE_BYTES - 1);
        text.push_str("é\nb\n");
        let layout = Layout {
            encoding: Encoding::Utf8,
            delimiter: b',',
            header: false,
        };
        let mut rows = Rows::new(text.as_bytes(), &layout);
        let mut row = StringRecord::new();
        rows.next(&mut row).unwrap();
        assert!(row[0].ends_with("aé"));
        assert_eq!(rows.next(&mut row).unwrap(), Some(2));
    }

    #[test]
    fn delimiters_are_told_apart() {
        for (text, delimiter) in [
            ("a,b,c\n1,2,3\n", b','),
            ("name;sum\nCamille;1,5\nNoé;2\n", b';'),
            ("a\tb\n1\t2, or 3\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("email\nx@example.org\n", b','),
            ("a;b\n\"one, two\";3\n", b';'),
        ] {
            assert_eq!(sniffed(text.as_bytes()).delimiter, delimiter, "{text}");
        }
    }

    #[test]
    fn a_first_row_of_data_is_no_header() {
        assert!(sniffed(b"rec_id, given_name, address_1\nrec-1, zoe, 3\n").header);
        assert!(!sniffed(b"camille@example.org,44000\nzoe@example.org,44100\n").header);
        assert!(!sniffed(b"name,name\na,b\n").header);
        assert!(!sniffed(b"name,\na,b\n").header);
    }

    #[test]
    fn what_is_stated_is_not_guessed() {
        let stated = Stated {
            encoding: Some(Encoding::Windows1252),
            delimiter: Some(b'|'),
            header: Some(false),
        };
        let found = sniff(&mut TEXT.as_bytes(), &stated).unwrap();
        assert_eq!(
            found.layout.to_string(),
            "Windows-1252, vertical bars, no header row"
        );
        assert_eq!((found.bytes, found.line_breaks), (TEXT.len() as u64, 3));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [&b""[..], b"PK\x03\x04\x14\x00", b"a,b\n\x00\x01\x02,c\n"] {
            let fault = sniff(&mut &bytes[..], &Stated::default()).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Invalid);
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_names_its_line() {
        let mut text = "a,b\n1,2\n3,\"4\n".to_owned();
        text.push_str(&"5,6\n".repeat(400_000));
        let mut rows = Rows::new(text.as_bytes(), &sniffed(text.as_bytes()));
        let mut row = StringRecord::new();
        for line in [1, 2] {
            assert_eq!(rows.next(&mut row).unwrap(), Some(line));
        }
        let fault = rows.next(&mut row).unwrap_err();
        assert_eq!(fault.message, "the row that begins at line 3 does not end");
    }
}
