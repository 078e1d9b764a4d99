//! Passwords that were stolen elsewhere: they are what is tried first.
//!
//! A short list ships with Kept, of what is long enough to pass the other rules and common all the
//! same, in French too. An operator can add the large one: the file of SHA-1 hashes, sorted, that
//! Have I Been Pwned publishes (one `HASH:COUNT` a line). It is searched on the disk, and no
//! password leaves the machine.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use domain::{Fault, FaultKind};
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

/// Stems of the shipped list, one a line, in the form that [`stem`] gives.
const SHIPPED: &str = include_str!("common.txt");
/// Characters of a hash in the file.
const HASH_LENGTH: usize = 40;

/// The lists of leaked passwords.
#[derive(Clone, Debug, Default)]
pub struct Leaked {
    file: Option<PathBuf>,
}

impl Leaked {
    /// The list that ships.
    #[must_use]
    pub fn shipped() -> Self {
        Self::default()
    }

    /// The list that ships, and a file of hashes.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the file is not one of sorted hashes.
    pub fn with_file(path: &Path) -> Result<Self, Fault> {
        let file = File::open(path).map_err(|error| unreadable().because(error))?;
        let mut first = Vec::new();
        for line in BufReader::new(file).lines().take(2) {
            let line = line.map_err(|error| unreadable().because(error))?;
            first.push(hash_of(&line).ok_or_else(not_hashes)?.to_owned());
        }
        match first.as_slice() {
            [one, two] if one < two => Ok(Self {
                file: Some(path.to_owned()),
            }),
            _ => Err(not_hashes()),
        }
    }

    /// Whether a password is on one of the lists.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the file cannot be read any more: a check that cannot be
    /// made is not passed.
    pub fn contains(&self, password: &str) -> Result<bool, Fault> {
        let stem = stem(password);
        if SHIPPED.lines().any(|line| line == stem.as_str()) {
            return Ok(true);
        }
        match &self.file {
            Some(path) => in_file(path, password),
            None => Ok(false),
        }
    }
}

/// What is left of a password without what people add to pass rules: capitals, signs in the place
/// of letters, spaces, and figures and signs at either end.
fn stem(password: &str) -> Zeroizing<String> {
    let small: Zeroizing<String> = Zeroizing::new(password.to_lowercase());
    let core = small.trim_matches(|c: char| !c.is_alphabetic());
    // A row of figures has no core: it stands for itself.
    let core = if core.is_empty() {
        small.as_str()
    } else {
        core
    };
    Zeroizing::new(
        core.chars()
            .filter(|c| c.is_alphanumeric() || "@$!".contains(*c))
            .map(|c| match c {
                '0' => 'o',
                '1' | '!' => 'i',
                '3' => 'e',
                '4' | '@' | 'à' | 'â' => 'a',
                '5' | '$' => 's',
                '7' => 't',
                'é' | 'è' | 'ê' => 'e',
                'ç' => 'c',
                'ô' => 'o',
                other => other,
            })
            .collect(),
    )
}

/// Looks for a hash in a sorted file by halving.
fn in_file(path: &Path, password: &str) -> Result<bool, Fault> {
    let wanted: Zeroizing<String> = Zeroizing::new(
        Sha1::digest(password.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect(),
    );
    let unreadable = |error: std::io::Error| unreadable().because(error);
    let file = File::open(path).map_err(unreadable)?;
    let (mut from, mut to) = (0, file.metadata().map_err(unreadable)?.len());
    let mut lines = BufReader::with_capacity(256, file);
    let mut line = String::new();
    // The line sought begins at or after `from`, and before `to`.
    while from < to {
        let middle = from + (to - from) / 2;
        // The first line that begins at the middle or after it: what the byte before belongs to
        // is passed over.
        let mut begin = middle;
        if middle > from {
            lines
                .seek(SeekFrom::Start(middle - 1))
                .map_err(unreadable)?;
            line.clear();
            begin += lines.read_line(&mut line).map_err(unreadable)? as u64 - 1;
        } else {
            lines.seek(SeekFrom::Start(middle)).map_err(unreadable)?;
        }
        if begin >= to {
            to = middle;
            continue;
        }
        line.clear();
        let length = lines.read_line(&mut line).map_err(unreadable)? as u64;
        let hash = hash_of(&line).ok_or_else(not_hashes)?.to_ascii_uppercase();
        match hash.as_str().cmp(wanted.as_str()) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => from = begin + length,
            std::cmp::Ordering::Greater => to = middle,
        }
    }
    Ok(false)
}

fn hash_of(line: &str) -> Option<&str> {
    let hash = line.trim_end().split(':').next()?;
    (hash.len() == HASH_LENGTH && hash.bytes().all(|b| b.is_ascii_hexdigit())).then_some(hash)
}

fn unreadable() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "the list of leaked passwords cannot be read",
    )
    .remedy("put the file back that the configuration names, or take it out of there")
}

fn not_hashes() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "the list of leaked passwords is not a file of SHA-1 hashes in their order",
    )
    .remedy("use the file that Have I Been Pwned publishes, ordered by hash")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_shipped_list_is_in_the_form_that_is_looked_up() {
        let mut lines: Vec<&str> = SHIPPED.lines().collect();
        for line in &lines {
            assert_eq!(stem(line).as_str(), *line);
        }
        let before = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), before, "twice the same");
        assert!(before > 100);
    }

    #[test]
    fn decoration_hides_nothing() {
        for text in [
            "P@ssw0rd2024!",
            "123password!!!",
            "M0t de Passe 75",
            "azertyuiop",
        ] {
            assert!(Leaked::shipped().contains(text).unwrap(), "{text}");
        }
        assert!(
            !Leaked::shipped()
                .contains("hangar violet mosaique")
                .unwrap()
        );
    }

    #[test]
    fn every_hash_of_a_file_is_found_and_no_other() {
        let words: Vec<String> = (0..200).map(|n| format!("word-{n}")).collect();
        let mut hashes: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(n, word)| {
                let hash: String = Sha1::digest(word.as_bytes())
                    .iter()
                    .map(|byte| format!("{byte:02X}"))
                    .collect();
                format!("{hash}:{}", n * n * n)
            })
            .collect();
        hashes.sort();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{}", hashes.join("\r\n")).unwrap();
        let leaked = Leaked::with_file(file.path()).unwrap();
        for word in &words {
            assert!(leaked.contains(word).unwrap(), "{word}");
        }
        for n in 200..400 {
            assert!(!leaked.contains(&format!("word-{n}")).unwrap());
        }
    }

    #[test]
    fn another_file_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "password\n123456").unwrap();
        assert!(Leaked::with_file(file.path()).is_err());
    }
}
