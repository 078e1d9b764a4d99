//! What was signed, here and outside: checkpoints, roll-overs of keys, new origins.

use std::collections::VecDeque;

use super::finding::{Damage, Findings, Place};
use crate::checkpoint::{Checkpoint, CheckpointFault, NewOrigin, RollOver};
use crate::merkle::Hash;
use crate::note::{NoteFault, VerifierKey};

/// A text as it is kept somewhere, with what it is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptText {
    /// What the text is called in findings: a file's name, say.
    pub name: String,
    /// The text itself.
    pub text: String,
}

impl KeptText {
    /// A text and what it is called.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }
}

/// A root that the journal must have had at a size.
#[derive(Debug)]
struct Anchor {
    size: u64,
    root: Hash,
    name: String,
}

/// The anchors to compare with, in the order of their sizes, and what the statements say.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    pending: VecDeque<Anchor>,
    new_origins: Vec<NewOrigin>,
    /// Checkpoints whose root was found.
    pub(super) met: u64,
    /// Checkpoints of an old origin, of entries that a statement says were lost.
    pub(super) declared_lost: u64,
}

impl Anchors {
    /// Reads all that was signed; what cannot be trusted is a finding.
    pub(super) fn read(
        origin: &str,
        trusted: &[VerifierKey],
        roll_overs: &[KeptText],
        new_origins: &[KeptText],
        checkpoints: &[KeptText],
        findings: &mut Findings,
    ) -> Self {
        let keys = trusted_keys(trusted, roll_overs, findings);
        let all: Vec<VerifierKey> = keys.iter().map(|trusted| trusted.key.clone()).collect();
        let mut anchors = Self::default();
        let mut found = Vec::new();
        for kept in new_origins {
            match NewOrigin::verify(&kept.text, &all) {
                Ok(statement) => {
                    found.push(Anchor {
                        size: statement.kept_size,
                        root: statement.kept_root,
                        name: kept.name.clone(),
                    });
                    anchors.new_origins.push(statement);
                }
                Err(fault) => bad_text(findings, &kept.name, fault),
            }
        }
        for kept in checkpoints {
            match verify_checkpoint(&kept.text, &keys) {
                Ok(checkpoint) => {
                    found.extend(anchors.place(origin, checkpoint, &kept.name, findings));
                }
                Err(fault) => bad_text(findings, &kept.name, fault),
            }
        }
        found.sort_by_key(|anchor| anchor.size);
        anchors.pending = found.into();
        anchors
    }

    /// The anchor that a checkpoint of this or an earlier origin is for this journal.
    fn place(
        &mut self,
        origin: &str,
        checkpoint: Checkpoint,
        name: &str,
        findings: &mut Findings,
    ) -> Option<Anchor> {
        let anchor = Anchor {
            size: checkpoint.size,
            root: checkpoint.root,
            name: name.to_owned(),
        };
        if checkpoint.origin == origin {
            return Some(anchor);
        }
        let Some(left) = self.left_by(origin, &checkpoint.origin) else {
            bad_text(findings, name, CheckpointFault::Origin);
            return None;
        };
        if checkpoint.size <= left.kept_size {
            return Some(anchor);
        }
        let (old_size, old_root) = (left.old_size, left.old_root);
        let place = Place::Text {
            name: name.to_owned(),
            line: 2,
        };
        if checkpoint.size > old_size {
            // The statement owns up to less than was lost.
            let damage = Damage::Shortened {
                signed: checkpoint.size,
                found: old_size,
            };
            findings.add(place, damage);
        } else if checkpoint.size == old_size && checkpoint.root != old_root {
            findings.add(place, Damage::Rewritten { size: old_size });
        } else {
            self.declared_lost += 1;
        }
        None
    }

    /// The statement by which `old` was left, when it leads to `origin`, directly or by others.
    fn left_by(&self, origin: &str, old: &str) -> Option<&NewOrigin> {
        let mut wanted = origin;
        for _ in 0..self.new_origins.len() {
            let statement = self.new_origins.iter().find(|s| s.origin == wanted)?;
            if statement.old_origin == old {
                return Some(statement);
            }
            wanted = &statement.old_origin;
        }
        None
    }

    /// Whether an anchor waits at this size.
    pub(super) fn waits_at(&self, size: u64) -> bool {
        self.pending
            .front()
            .is_some_and(|anchor| anchor.size <= size)
    }

    /// Compares the anchors of this size with the root found.
    pub(super) fn compare(&mut self, size: u64, root: &Hash, findings: &mut Findings) {
        while let Some(anchor) = self.pending.pop_front_if(|anchor| anchor.size <= size) {
            if anchor.root == *root {
                self.met += 1;
            } else {
                let place = Place::Text {
                    name: anchor.name,
                    line: 3,
                };
                findings.add(place, Damage::Rewritten { size: anchor.size });
            }
        }
    }

    /// Whatever was signed beyond the end of the journal.
    pub(super) fn end(&mut self, size: u64, findings: &mut Findings) {
        for anchor in self.pending.drain(..) {
            let damage = Damage::Shortened {
                signed: anchor.size,
                found: size,
            };
            findings.add(
                Place::Text {
                    name: anchor.name,
                    line: 2,
                },
                damage,
            );
        }
    }

    /// The digests of statements that the entry of this number must name, being the first of its
    /// origin.
    pub(super) fn stated_at(&self, seq: u64) -> impl Iterator<Item = Hash> {
        self.new_origins
            .iter()
            .filter(move |s| s.kept_size == seq)
            .map(NewOrigin::digest)
    }
}

/// A key, and the sizes of the checkpoints for which it is trusted.
struct Trusted {
    key: VerifierKey,
    from: u64,
    until: u64,
}

/// Checks a checkpoint with the keys that were in use at its size: an old key, stolen after it was
/// replaced, signs nothing any more.
fn verify_checkpoint(note: &str, keys: &[Trusted]) -> Result<Checkpoint, CheckpointFault> {
    let size = Checkpoint::stated(note)?.size;
    let in_use: Vec<VerifierKey> = keys
        .iter()
        .filter(|trusted| (trusted.from..=trusted.until).contains(&size))
        .map(|trusted| trusted.key.clone())
        .collect();
    Checkpoint::verify(note, &in_use)
}

/// The trusted keys, and those that they hand on to.
fn trusted_keys(
    trusted: &[VerifierKey],
    roll_overs: &[KeptText],
    findings: &mut Findings,
) -> Vec<Trusted> {
    let always = |key: &VerifierKey| Trusted {
        key: key.clone(),
        from: 0,
        until: u64::MAX,
    };
    let mut keys: Vec<Trusted> = trusted.iter().map(always).collect();
    let mut open: Vec<&KeptText> = roll_overs.iter().collect();
    // A statement may hand on from a key that another one brings: go round until none helps.
    loop {
        let before = open.len();
        open.retain(|kept| {
            let read = keys.iter_mut().find_map(|old| {
                let statement = RollOver::verify(&kept.text, &old.key).ok()?;
                old.until = old.until.min(statement.from_size);
                Some(statement)
            });
            let Some(statement) = read else { return true };
            if keys.iter().all(|trusted| trusted.key != statement.new) {
                let from = statement.from_size;
                keys.push(Trusted {
                    key: statement.new,
                    from,
                    until: u64::MAX,
                });
            }
            false
        });
        if open.len() == before || open.is_empty() {
            break;
        }
    }
    for kept in open {
        let fault = keys
            .iter()
            .filter_map(|old| RollOver::verify(&kept.text, &old.key).err())
            .max_by_key(CheckpointFault::line)
            .unwrap_or(CheckpointFault::Note(NoteFault::Unsigned));
        bad_text(findings, &kept.name, fault);
    }
    keys
}

fn bad_text(findings: &mut Findings, name: &str, fault: CheckpointFault) {
    let place = Place::Text {
        name: name.to_owned(),
        line: fault.line(),
    };
    findings.add(place, Damage::Text(fault));
}
