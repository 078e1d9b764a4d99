//! Checkpoints (C2SP `tlog-checkpoint`) and the statements that link one to the next where a plain
//! consistency proof cannot: a new signing key, or a new origin after a restore.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::merkle::{Hash, sha256};
use crate::note::{self, NoteFault, SignerKey, VerifierKey};

/// The state of a journal at one size: what is signed and kept outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose journal it is: `host/path` without a scheme.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root of the tree of that size.
    pub root: Hash,
    /// Further lines, none of them empty. The specification advises against them; Kept makes none.
    pub extensions: Vec<String>,
}

/// Why a text is not a checkpoint that can be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckpointFault {
    /// A line is not what it must be.
    Malformed {
        /// The line, from 1.
        line: usize,
    },
    /// The checkpoint is another journal's.
    Origin,
    /// The signatures do not hold.
    Note(NoteFault),
}

impl CheckpointFault {
    /// The line, from 1, at which the fault shows.
    #[must_use]
    pub fn line(&self) -> usize {
        match self {
            Self::Malformed { line }
            | Self::Note(NoteFault::Malformed { line } | NoteFault::Signature { line }) => *line,
            Self::Origin | Self::Note(NoteFault::Unsigned) => 1,
        }
    }
}

impl fmt::Display for CheckpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { line } => write!(f, "line {line} is not that of a checkpoint"),
            Self::Origin => f.write_str("it is the checkpoint of another journal"),
            Self::Note(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for CheckpointFault {}

impl From<NoteFault> for CheckpointFault {
    fn from(fault: NoteFault) -> Self {
        Self::Note(fault)
    }
}

impl Checkpoint {
    /// A checkpoint without further lines.
    #[must_use]
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            BASE64.encode(self.root)
        );
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// The signed note.
    #[must_use]
    pub fn sign(&self, keys: &[&SignerKey]) -> String {
        note::sign(&self.text(), keys)
    }

    /// Reads the text of a checkpoint, without signatures.
    ///
    /// # Errors
    /// When a line is not what it must be.
    pub fn parse(text: &str) -> Result<Self, CheckpointFault> {
        let mut lines = Lines::new(text)?;
        let origin = lines.next()?.to_owned();
        let size = lines.number()?;
        let root = lines.hash()?;
        let mut extensions = Vec::new();
        while !lines.is_over() {
            extensions.push(lines.next()?.to_owned());
        }
        Ok(Self {
            origin,
            size,
            root,
            extensions,
        })
    }

    /// Reads a signed checkpoint, whatever its origin: one of `keys` must have signed it, and none
    /// of their signatures may be wrong.
    ///
    /// # Errors
    /// When it is malformed, unsigned or wrongly signed.
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<Self, CheckpointFault> {
        // The form is checked first, so that a damaged line is named rather than the signature.
        let checkpoint = Self::stated(note)?;
        note::verify(note, keys)?;
        Ok(checkpoint)
    }

    /// What a signed checkpoint says, its signatures unchecked: nothing to trust, but enough to
    /// tell which tiles go with it.
    ///
    /// # Errors
    /// When a line is not what it must be.
    pub fn stated(note: &str) -> Result<Self, CheckpointFault> {
        Self::parse(body_of(note))
    }
}

/// The text of a note, without its signatures.
fn body_of(note: &str) -> &str {
    note.rfind("\n\n").map_or(note, |split| &note[..=split])
}

/// Hands from an old signing key to a new one, signed by both.
///
/// Whoever trusts the old key can go on to trust the new one for checkpoints of `from_size` entries
/// or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollOver {
    /// Whose journal it is.
    pub origin: String,
    /// The key that signed until now.
    pub old: VerifierKey,
    /// The key that signs from now on.
    pub new: VerifierKey,
    /// The number of entries from which on the new key signs.
    pub from_size: u64,
}

const ROLL_OVER_TITLE: &str = "kept/signing-key-roll-over/v1";

impl RollOver {
    /// The statement, signed by both keys.
    #[must_use]
    pub fn sign(origin: &str, from_size: u64, old: &SignerKey, new: &SignerKey) -> String {
        let statement = Self {
            origin: origin.to_owned(),
            old: old.verifier().clone(),
            new: new.verifier().clone(),
            from_size,
        };
        note::sign(&statement.text(), &[old, new])
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{ROLL_OVER_TITLE}\n{}\n{}\n{}\n{}\n",
            self.origin, self.from_size, self.old, self.new
        )
    }

    /// The digest of the text, which the entry of the roll-over holds.
    #[must_use]
    pub fn digest(&self) -> Hash {
        sha256(&[self.text().as_bytes()])
    }

    /// Reads a statement that hands on from the trusted key `old`; both signatures must hold.
    ///
    /// # Errors
    /// When it is malformed, hands on from another key, or lacks one of the signatures.
    pub fn verify(note: &str, old: &VerifierKey) -> Result<Self, CheckpointFault> {
        let statement = Self::stated(note)?;
        if statement.old != *old {
            return Err(CheckpointFault::Note(NoteFault::Unsigned));
        }
        signed_by_all(note, &[statement.old.clone(), statement.new.clone()])?;
        Ok(statement)
    }

    /// Reads a statement that hands on to the key `new`, which is known; both signatures must hold.
    /// It tells whoever has the present key which one was before it.
    ///
    /// # Errors
    /// When it is malformed, hands on to another key, or lacks one of the signatures.
    pub fn verify_back(note: &str, new: &VerifierKey) -> Result<Self, CheckpointFault> {
        let statement = Self::stated(note)?;
        if statement.new != *new {
            return Err(CheckpointFault::Note(NoteFault::Unsigned));
        }
        signed_by_all(note, &[statement.old.clone(), statement.new.clone()])?;
        Ok(statement)
    }

    /// What a statement says, its signatures unchecked.
    fn stated(note: &str) -> Result<Self, CheckpointFault> {
        let mut lines = Lines::new(body_of(note))?;
        lines.title(ROLL_OVER_TITLE)?;
        let origin = lines.next()?.to_owned();
        let from_size = lines.number()?;
        let (old, new) = (lines.key()?, lines.key()?);
        lines.end()?;
        Ok(Self {
            origin,
            old,
            new,
            from_size,
        })
    }
}

/// Begins a new origin after a restore that brought back a journal shorter than its last
/// checkpoint, so that the loss is stated and never a silent fork.
///
/// The new journal goes on from the `kept_size` entries that came back: it shares them with the old
/// origin, and nothing after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrigin {
    /// The new journal's origin.
    pub origin: String,
    /// The origin that it takes over from.
    pub old_origin: String,
    /// The size of the old origin's last checkpoint.
    pub old_size: u64,
    /// The root of that checkpoint.
    pub old_root: Hash,
    /// How many entries came back, fewer than `old_size`.
    pub kept_size: u64,
    /// The root over them.
    pub kept_root: Hash,
}

const NEW_ORIGIN_TITLE: &str = "kept/new-origin/v1";

impl NewOrigin {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{NEW_ORIGIN_TITLE}\n{}\n{}\n{}\n{}\n{}\n{}\n",
            self.origin,
            self.old_origin,
            self.old_size,
            BASE64.encode(self.old_root),
            self.kept_size,
            BASE64.encode(self.kept_root)
        )
    }

    /// The digest of the text, which the first entry of the new origin holds.
    #[must_use]
    pub fn digest(&self) -> Hash {
        sha256(&[self.text().as_bytes()])
    }

    /// The statement, signed.
    #[must_use]
    pub fn sign(&self, keys: &[&SignerKey]) -> String {
        note::sign(&self.text(), keys)
    }

    /// Reads a signed statement; one of `keys` must have signed it.
    ///
    /// # Errors
    /// When it is malformed, unsigned or wrongly signed.
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<Self, CheckpointFault> {
        let mut lines = Lines::new(body_of(note))?;
        lines.title(NEW_ORIGIN_TITLE)?;
        let statement = Self {
            origin: lines.next()?.to_owned(),
            old_origin: lines.next()?.to_owned(),
            old_size: lines.number()?,
            old_root: lines.hash()?,
            kept_size: lines.number()?,
            kept_root: lines.hash()?,
        };
        lines.end()?;
        if statement.kept_size >= statement.old_size {
            return Err(CheckpointFault::Malformed { line: 6 });
        }
        note::verify(note, keys)?;
        Ok(statement)
    }
}

fn signed_by_all(note: &str, keys: &[VerifierKey]) -> Result<(), NoteFault> {
    keys.iter()
        .try_for_each(|key| note::verify(note, std::slice::from_ref(key)).map(drop))
}

/// Reads the lines of a text, each of them not empty and ended by a newline.
struct Lines<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Result<Self, CheckpointFault> {
        if text.ends_with('\n') {
            Ok(Self {
                rest: text,
                line: 0,
            })
        } else {
            Err(CheckpointFault::Malformed {
                line: text.lines().count().max(1),
            })
        }
    }

    fn fault(&self) -> CheckpointFault {
        CheckpointFault::Malformed { line: self.line }
    }

    fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    fn next(&mut self) -> Result<&'a str, CheckpointFault> {
        self.line += 1;
        let (line, rest) = self.rest.split_once('\n').ok_or(self.fault())?;
        self.rest = rest;
        if line.is_empty() {
            Err(self.fault())
        } else {
            Ok(line)
        }
    }

    fn title(&mut self, title: &str) -> Result<(), CheckpointFault> {
        if self.next()? == title {
            Ok(())
        } else {
            Err(self.fault())
        }
    }

    /// A number without leading zeros.
    fn number(&mut self) -> Result<u64, CheckpointFault> {
        let text = self.next()?;
        let number: u64 = text.parse().map_err(|_| self.fault())?;
        if number.to_string() == text {
            Ok(number)
        } else {
            Err(self.fault())
        }
    }

    fn hash(&mut self) -> Result<Hash, CheckpointFault> {
        let bytes = BASE64.decode(self.next()?).map_err(|_| self.fault())?;
        bytes.try_into().map_err(|_| self.fault())
    }

    fn key(&mut self) -> Result<VerifierKey, CheckpointFault> {
        VerifierKey::parse(self.next()?).map_err(|_| self.fault())
    }

    fn end(&self) -> Result<(), CheckpointFault> {
        match self.is_over() {
            true => Ok(()),
            false => Err(CheckpointFault::Malformed {
                line: self.line + 1,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::EMPTY_ROOT;

    fn signer(seed: u8) -> SignerKey {
        SignerKey::new("kept.example/journal", &[seed; 32]).unwrap()
    }

    #[test]
    fn a_checkpoint_reads_back() {
        let key = signer(1);
        let mut checkpoint = Checkpoint::new("kept.example/journal", 0, EMPTY_ROOT);
        let keys = [key.verifier().clone()];
        assert_eq!(
            Checkpoint::verify(&checkpoint.sign(&[&key]), &keys),
            Ok(checkpoint.clone())
        );
        checkpoint.size = u64::MAX;
        checkpoint.extensions = vec!["one".into(), "two".into()];
        assert_eq!(
            Checkpoint::verify(&checkpoint.sign(&[&key]), &keys),
            Ok(checkpoint)
        );
    }

    #[test]
    fn a_malformed_checkpoint_names_the_line() {
        let hash = BASE64.encode(EMPTY_ROOT);
        for (text, line) in [
            (String::new(), 1),
            ("a\n".into(), 2),
            (format!("a\n01\n{hash}\n"), 2),
            (format!("a\n-1\n{hash}\n"), 2),
            (format!("a\n+1\n{hash}\n"), 2),
            ("a\n1\nAAAA\n".into(), 3),
            (format!("a\n1\n{hash}\n\nb\n"), 4),
            (format!("a\n1\n{hash}"), 3),
        ] {
            assert_eq!(
                Checkpoint::parse(&text),
                Err(CheckpointFault::Malformed { line }),
                "{text}"
            );
        }
    }

    #[test]
    fn a_roll_over_needs_both_signatures() {
        let (old, new) = (signer(1), signer(2));
        let statement = RollOver::sign("kept.example/journal", 70, &old, &new);
        let read = RollOver::verify(&statement, old.verifier()).unwrap();
        assert_eq!((&read.new, read.from_size), (new.verifier(), 70));
        // From another key, or with one signature only, it hands on nothing.
        assert!(RollOver::verify(&statement, new.verifier()).is_err());
        let lines: Vec<&str> = statement.lines().collect();
        for missing in [6, 7] {
            let mut lines = lines.clone();
            lines.remove(missing);
            let note = lines.join("\n") + "\n";
            assert_eq!(
                RollOver::verify(&note, old.verifier()),
                Err(CheckpointFault::Note(NoteFault::Unsigned))
            );
        }
    }

    #[test]
    fn a_new_origin_names_the_old_one() {
        let key = signer(1);
        let statement = NewOrigin {
            origin: "kept.example/journal/2".into(),
            old_origin: "kept.example/journal".into(),
            old_size: 10,
            old_root: [1; 32],
            kept_size: 7,
            kept_root: [2; 32],
        };
        let keys = [key.verifier().clone()];
        assert_eq!(
            NewOrigin::verify(&statement.sign(&[&key]), &keys),
            Ok(statement.clone())
        );
        let longer = NewOrigin {
            kept_size: 10,
            ..statement
        };
        let fault = Err(CheckpointFault::Malformed { line: 6 });
        assert_eq!(NewOrigin::verify(&longer.sign(&[&key]), &keys), fault);
    }
}
