//! The proof of one entry, for an outsider: it needs nothing but the journal's public key.
//!
//! The text is that of C2SP `tlog-proof`. Its *extra* line, which that format leaves to the
//! application, holds what the commitment is over: salt and detail, and for a bulk act one part.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use minicbor::{Decoder, Encoder};

use crate::checkpoint::{Checkpoint, CheckpointFault};
use crate::detail::{Detail, DetailFault};
use crate::entry::EntryPart;
use crate::merkle::{Hash, Nodes, OutOfTree, inclusion_proof, leaf_hash, verify_inclusion};
use crate::note::VerifierKey;
use crate::part::Part;
use crate::seal::Opening;

const TITLE: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes that an audit path can have: the tree's size is a 64-bit number.
const PATH_MAX: usize = 64;

/// The proof that one part belongs to a bulk act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartProof {
    /// The part's place in the entry, from 0.
    pub index: u64,
    /// The part and its salt.
    pub opening: Opening,
    /// The audit path in the tree of parts.
    pub path: Vec<Hash>,
}

impl PartProof {
    /// The proof of part `index` among the parts of an entry; `None` when there is no such part.
    #[must_use]
    pub fn new(parts: &[EntryPart], index: u64, opening: Opening) -> Option<Self> {
        let leaves: Vec<Hash> = parts
            .iter()
            .map(|part| leaf_hash(&part.commitment))
            .collect();
        if index >= leaves.len() as u64 {
            return None;
        }
        let path: Result<_, OutOfTree> =
            inclusion_proof(&mut leaves.as_slice(), index, leaves.len() as u64);
        Some(Self {
            index,
            opening,
            path: path.ok()?,
        })
    }
}

/// The proof that a journal has an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionBundle {
    /// The entry's sequence number.
    pub index: u64,
    /// The detail and its salt.
    pub opening: Opening,
    /// The part of a bulk act that is proved with it.
    pub part: Option<PartProof>,
    /// The audit path in the journal's tree.
    pub path: Vec<Hash>,
    /// The signed checkpoint that the path leads to.
    pub checkpoint: String,
}

/// What a proof has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// The entry's sequence number.
    pub index: u64,
    /// What the entry says.
    pub detail: Detail,
    /// What the part says, when one is proved.
    pub part: Option<Part>,
    /// The checkpoint that was signed.
    pub checkpoint: Checkpoint,
}

/// Why a proof shows nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofFault {
    /// A line is not what it must be.
    Malformed {
        /// The line, from 1.
        line: usize,
    },
    /// The checkpoint cannot be trusted.
    Checkpoint(CheckpointFault),
    /// The detail or part cannot be read.
    Detail(DetailFault),
    /// The entry is not in the tree of the checkpoint.
    NotIncluded,
    /// The part is not among those of the entry.
    PartNotIncluded,
}

impl fmt::Display for ProofFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { line } => write!(f, "line {line} is not that of a proof"),
            Self::Checkpoint(fault) => fault.fmt(f),
            Self::Detail(fault) => fault.fmt(f),
            Self::NotIncluded => f.write_str("the entry is not in the journal that was signed"),
            Self::PartNotIncluded => f.write_str("the part is not one of the entry's"),
        }
    }
}

impl std::error::Error for ProofFault {}

impl From<CheckpointFault> for ProofFault {
    fn from(fault: CheckpointFault) -> Self {
        Self::Checkpoint(fault)
    }
}

impl From<DetailFault> for ProofFault {
    fn from(fault: DetailFault) -> Self {
        Self::Detail(fault)
    }
}

impl InclusionBundle {
    /// Makes the proof of entry `index` against a signed checkpoint of `size` entries.
    ///
    /// # Errors
    /// When a node of the tree cannot be read.
    pub fn prove<N: Nodes>(
        nodes: &mut N,
        index: u64,
        size: u64,
        opening: Opening,
        part: Option<PartProof>,
        checkpoint: &str,
    ) -> Result<Self, N::Error> {
        let path = inclusion_proof(nodes, index, size)?;
        Ok(Self {
            index,
            opening,
            part,
            path,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// Checks the proof with the journal's public keys alone.
    ///
    /// # Errors
    /// When the checkpoint cannot be trusted or the entry or part is not under it.
    pub fn verify(&self, origin: &str, keys: &[VerifierKey]) -> Result<Proved, ProofFault> {
        let checkpoint = Checkpoint::verify(&self.checkpoint, keys)?;
        if checkpoint.origin != origin {
            return Err(ProofFault::Checkpoint(CheckpointFault::Origin));
        }
        let leaf = leaf_hash(&self.opening.commit_detail());
        if !verify_inclusion(
            &leaf,
            self.index,
            checkpoint.size,
            &self.path,
            &checkpoint.root,
        ) {
            return Err(ProofFault::NotIncluded);
        }
        let detail = self.opening.detail()?;
        let part = match &self.part {
            None => None,
            Some(proof) => {
                let parts = detail.parts.ok_or(ProofFault::PartNotIncluded)?;
                let leaf = leaf_hash(&proof.opening.commit_part());
                if !verify_inclusion(&leaf, proof.index, parts.count, &proof.path, &parts.root) {
                    return Err(ProofFault::PartNotIncluded);
                }
                Some(proof.opening.part()?)
            }
        };
        Ok(Proved {
            index: self.index,
            detail,
            part,
            checkpoint,
        })
    }

    /// The proof as a text, for a file named `*.tlog-proof`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{TITLE}\nextra {}\nindex {}\n",
            BASE64.encode(self.extra()),
            self.index
        );
        for hash in &self.path {
            text.push_str(&BASE64.encode(hash));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads a proof.
    ///
    /// # Errors
    /// When a line is not what it must be. Nothing is proved before [`InclusionBundle::verify`].
    pub fn parse(text: &str) -> Result<Self, ProofFault> {
        let bad = |line| ProofFault::Malformed { line };
        let (head, checkpoint) = text.split_once("\n\n").ok_or(bad(1))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(TITLE) {
            return Err(bad(1));
        }
        let extra = lines.next().and_then(|line| line.strip_prefix("extra "));
        let extra = extra
            .and_then(|text| BASE64.decode(text).ok())
            .ok_or(bad(2))?;
        let (opening, part) = read_extra(&extra).ok_or(bad(2))?;
        let index_text = lines.next().and_then(|line| line.strip_prefix("index "));
        let index_text = index_text.ok_or(bad(3))?;
        let index: u64 = index_text.parse().map_err(|_| bad(3))?;
        if index.to_string() != index_text {
            return Err(bad(3));
        }
        let mut path = Vec::new();
        for (line, hash) in (4..).zip(lines) {
            let bytes = BASE64.decode(hash).map_err(|_| bad(line))?;
            path.push(bytes.try_into().map_err(|_| bad(line))?);
            if path.len() > PATH_MAX {
                return Err(bad(line));
            }
        }
        Ok(Self {
            index,
            opening,
            part,
            path,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// `[salt, detail]`, or `[salt, detail, part's index, salt, part, path]`.
    fn extra(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        let written = (|| {
            e.array(if self.part.is_some() { 6 } else { 2 })?;
            e.bytes(self.opening.salt())?
                .bytes(self.opening.encoded())?;
            if let Some(part) = &self.part {
                e.u64(part.index)?
                    .bytes(part.opening.salt())?
                    .bytes(part.opening.encoded())?;
                e.bytes(part.path.as_flattened())?;
            }
            Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        debug_assert!(written.is_ok(), "memory takes all that is written");
        e.into_writer()
    }
}

fn read_extra(bytes: &[u8]) -> Option<(Opening, Option<PartProof>)> {
    let d = &mut Decoder::new(bytes);
    let length = d.array().ok()??;
    let opening = read_opening(d)?;
    let part = match length {
        2 => None,
        6 => {
            let index = d.u64().ok()?;
            let opening = read_opening(d)?;
            let (path, rest) = d.bytes().ok()?.as_chunks::<32>();
            if !rest.is_empty() || path.len() > PATH_MAX {
                return None;
            }
            Some(PartProof {
                index,
                opening,
                path: path.to_vec(),
            })
        }
        _ => return None,
    };
    (d.position() == bytes.len()).then_some((opening, part))
}

fn read_opening(d: &mut Decoder<'_>) -> Option<Opening> {
    let salt = d.bytes().ok()?.try_into().ok()?;
    Some(Opening::new(salt, d.bytes().ok()?.to_vec()))
}
