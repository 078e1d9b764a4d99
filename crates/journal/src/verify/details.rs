//! One entry's detail and parts against its columns and commitments.

use super::finding::{Damage, Findings, Place};
use crate::act::Act;
use crate::detail::{Detail, Id, PartsRoot, Span};
use crate::merkle::{Hash, leaf_hash, root_of};
use crate::seal::{self, Opening, Period, PeriodKeys, SealFault, Sealed};

/// An entry as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The sequence number: the entry's index in the tree, from 0.
    pub seq: u64,
    /// The clear columns; none of a pruned entry.
    pub columns: Option<Columns<'a>>,
    /// The commitment: the data of the leaf.
    pub commitment: &'a [u8],
    /// The sealed detail; none of a pruned entry.
    pub sealed: Option<&'a [u8]>,
    /// The parts of a bulk act, in order; none of a pruned entry.
    pub parts: &'a [PartRow<'a>],
}

/// What is stored in clear beside a sealed detail, for finding entries.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    /// When, in microseconds since 1970, UTC.
    pub at: i64,
    /// The number of the act.
    pub act: u16,
    /// The period of the sealing.
    pub period: u16,
    /// The subjects in the index, those of parts included, in any order.
    pub subjects: &'a [Id],
}

/// A part of a bulk act as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct PartRow<'a> {
    /// The part's place in the entry, from 0.
    pub index: u64,
    /// The subject concerned.
    pub subject: Id,
    /// The commitment: the data of the leaf in the tree of parts.
    pub commitment: &'a [u8],
    /// The sealed part.
    pub sealed: &'a [u8],
}

/// What became of an entry's detail.
pub(super) enum Outcome {
    /// Opened, and this is the commitment to it.
    Opened {
        commitment: Hash,
        pruned: Option<Span>,
        origin: Option<Hash>,
        published: Option<(u64, Hash)>,
    },
    /// There is nothing to open, and nothing else is left either.
    Bare,
    /// It cannot be opened, and more than the commitment is left; right only if a finding would be
    /// this in a pruned place too.
    Unopened(Damage),
    /// A finding already made.
    Damaged,
}

/// Checks one entry's detail, columns and parts.
pub(super) fn check(
    row: &Row<'_>,
    installation: &Id,
    keys: &dyn PeriodKeys,
    findings: &mut Findings,
    parts_opened: &mut u64,
) -> Outcome {
    let place = Place::Entry(row.seq);
    let Some(sealed) = row.sealed else {
        let bare = row.columns.is_none() && row.parts.is_empty();
        return if bare {
            Outcome::Bare
        } else {
            Outcome::Unopened(Damage::DetailMissing)
        };
    };
    if let (Some(columns), Ok(period)) = (row.columns, seal::period_of(sealed))
        && columns.period != period.0
    {
        findings.add(place, Damage::Period);
        return Outcome::Damaged;
    }
    let opening = match seal::open(sealed, Sealed::Detail, installation, keys) {
        Ok(opening) => opening,
        Err(SealFault::NoKey(period)) => return Outcome::Unopened(Damage::KeyMissing(period)),
        Err(fault) => {
            findings.add(place, Damage::Seal(fault));
            return Outcome::Damaged;
        }
    };
    let detail = match opening.detail() {
        Ok(detail) => detail,
        Err(fault) => {
            findings.add(place, Damage::Detail(fault));
            return Outcome::Damaged;
        }
    };
    let subjects = check_parts(row, &detail, installation, keys, findings, parts_opened);
    check_columns(row, &detail, subjects, findings);
    Outcome::Opened {
        commitment: opening.commit_detail(),
        pruned: detail.span.filter(|_| detail.act == Act::DetailsPruned),
        origin: detail.digest.filter(|_| detail.act == Act::OriginStarted),
        published: detail
            .reference
            .zip(detail.digest)
            .filter(|_| detail.act == Act::CheckpointPublished),
    }
}

fn check_columns(row: &Row<'_>, detail: &Detail, mut subjects: Vec<Id>, findings: &mut Findings) {
    let mut add = |damage| findings.add(Place::Entry(row.seq), damage);
    let Some(columns) = row.columns else {
        return add(Damage::ColumnsMissing);
    };
    if columns.at != detail.at {
        add(Damage::Time);
    } else if Period::of(columns.at).0 != columns.period {
        add(Damage::Period);
    }
    if columns.act != detail.act.number() {
        add(Damage::Act);
    }
    subjects.extend(detail.subject.iter().chain(&detail.other));
    subjects.sort_unstable();
    subjects.dedup();
    let mut indexed = columns.subjects.to_vec();
    indexed.sort_unstable();
    if indexed != subjects {
        add(Damage::Subjects);
    }
}

/// Checks the parts, and gives their subjects.
fn check_parts(
    row: &Row<'_>,
    detail: &Detail,
    installation: &Id,
    keys: &dyn PeriodKeys,
    findings: &mut Findings,
    parts_opened: &mut u64,
) -> Vec<Id> {
    let PartsRoot { count, root } = detail.parts.unwrap_or(PartsRoot {
        count: 0,
        root: root_of(&[]),
    });
    let mut subjects = Vec::with_capacity(row.parts.len());
    let mut leaves = Vec::with_capacity(row.parts.len());
    let mut expected = 0;
    let mut whole = true;
    for part in row.parts {
        let place = |index| Place::Part {
            entry: row.seq,
            index,
        };
        if part.index < expected || part.index >= count {
            findings.add(place(part.index), Damage::PartExtra);
            continue;
        }
        for missing in expected..part.index {
            findings.add(place(missing), Damage::PartMissing);
            whole = false;
        }
        expected = part.index + 1;
        match check_part(part, installation, keys) {
            Ok((subject, commitment)) => {
                *parts_opened += 1;
                subjects.push(subject);
                leaves.push(leaf_hash(&commitment));
                if part.subject != subject {
                    findings.add(place(part.index), Damage::Subjects);
                }
                if part.commitment != commitment {
                    findings.add(place(part.index), Damage::CommitmentDiffers);
                }
            }
            Err(damage) => {
                findings.add(place(part.index), damage);
                subjects.push(part.subject);
                leaves.push(leaf_hash(part.commitment));
            }
        }
    }
    if expected < count {
        // The end was cut off: one finding, not one for each.
        findings.add(
            Place::Part {
                entry: row.seq,
                index: expected,
            },
            Damage::PartMissing,
        );
        whole = false;
    }
    if whole && root_of(&leaves) != root {
        findings.add(Place::Entry(row.seq), Damage::PartsDiffer);
    }
    subjects
}

fn check_part(
    part: &PartRow<'_>,
    installation: &Id,
    keys: &dyn PeriodKeys,
) -> Result<(Id, Hash), Damage> {
    let opening: Opening =
        seal::open(part.sealed, Sealed::Part, installation, keys).map_err(|fault| match fault {
            SealFault::NoKey(period) => Damage::KeyMissing(period),
            fault => Damage::Seal(fault),
        })?;
    let read = opening.part().map_err(Damage::Detail)?;
    Ok((read.subject, opening.commit_part()))
}
