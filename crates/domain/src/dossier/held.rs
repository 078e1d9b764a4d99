//! The stored form of what is known in clear of a record: dates, origin, grounds.

use policy::model::{CategoryId, ErasureGround, FieldId};

use crate::Fault;
use crate::actor::Account;
use crate::codec::{Reader, Writer};
use crate::id::{KeyId, MatterId, RecordId};
use crate::names::Names;
use crate::subject::{Ended, EndedBy, Ground, Held};

/// The number of the format that is written.
const FORMAT: u64 = 1;

/// Writes the clear part of a record: everything but its id, its category, its key and whether it
/// is a tombstone, which have places of their own.
#[must_use]
pub fn encode_held(held: &Held, names: &Names) -> Vec<u8> {
    let category = held.category;
    let mut w = Writer::new();
    w.array(11);
    w.uint(FORMAT);
    w.numbers(
        (0..64u8)
            .filter(|field| held.fields & 1 << field != 0)
            .map(|field| names.field.number(FieldId { category, field })),
    );
    w.moment(held.collected);
    // Most records are stored as they are collected, and most grounds begin then: a null says so.
    w.option(
        (held.recorded != held.collected).then_some(held.recorded),
        Writer::moment,
    );
    w.uint(u64::from(names.origin.number(held.origin)));
    w.text(held.brought_by.as_str());
    w.option(held.processor, |w, id| {
        w.uint(u64::from(names.processor.number(id)))
    });
    w.option(held.matter, |w, matter| w.id(&matter.0));
    w.uint(u64::from(held.policy_version));
    w.list(held.grounds.iter(), |w, ground| {
        w.array(4);
        w.uint(u64::from(names.purpose.number(ground.purpose)));
        w.uint(u64::from(names.kind.number(ground.kind)));
        w.option(
            (ground.since != held.recorded).then_some(ground.since),
            Writer::moment,
        );
        w.option(ground.ended, |w, ended| {
            w.array(2);
            w.moment(ended.at);
            w.uint(ended_code(ended.by));
        });
    });
    w.list(held.derived_from.iter(), |w, source| w.id(&source.0));
    w.finish()
}

/// Reads the clear part of a record. What the policy in force no longer names is left out.
///
/// # Errors
/// [`crate::FaultKind::Integrity`] when the bytes are not in canonical form or name an origin that
/// the policy does not declare.
pub fn decode_held(
    bytes: &[u8],
    names: &Names,
    id: RecordId,
    category: CategoryId,
    key: KeyId,
    tombstone: bool,
) -> Result<Held, Fault> {
    let mut r = Reader::new(bytes, "a record's clear part");
    r.shape(11)?;
    if r.uint()? != FORMAT {
        return Err(r.fault());
    }
    let fields = r
        .numbers()?
        .into_iter()
        .filter_map(|number| names.field.id(number))
        .filter(|id| id.category == category)
        .fold(0, |fields, id| fields | 1 << id.field);
    let collected = r.moment()?;
    let recorded = r.option(Reader::moment)?.unwrap_or(collected);
    let origin = names.origin.id(r.number()?).ok_or_else(|| r.fault())?;
    let brought_by = Account::parse(r.text()?).map_err(|_| r.fault())?;
    let processor = r
        .option(Reader::number)?
        .and_then(|number| names.processor.id(number));
    let matter = r.option(Reader::id)?.map(MatterId);
    let policy_version = r.number()?;
    let grounds = r.list(|r| {
        r.shape(4)?;
        let purpose = names.purpose.id(r.number()?);
        let kind = names.kind.id(r.number()?);
        let since = r.option(Reader::moment)?.unwrap_or(recorded);
        let ended = r.option(|r| {
            r.shape(2)?;
            let at = r.moment()?;
            let by = ended_by(r.uint()?).ok_or_else(|| r.fault())?;
            Ok(Ended { at, by })
        })?;
        Ok(purpose.zip(kind).map(|(purpose, kind)| Ground {
            purpose,
            kind,
            since,
            ended,
        }))
    })?;
    let derived_from = r.list(|r| r.id().map(RecordId))?;
    r.finish()?;
    Ok(Held {
        id,
        category,
        fields,
        collected,
        recorded,
        origin,
        brought_by,
        processor,
        matter,
        policy_version,
        grounds: grounds.into_iter().flatten().collect(),
        derived_from,
        key,
        tombstone,
    })
}

/// Codes of why a ground ended; never reused.
const ENDED: [(EndedBy, u64); 11] = [
    (EndedBy::Term, 1),
    (EndedBy::Consent, 2),
    (EndedBy::Objection, 3),
    (EndedBy::Source, 4),
    (EndedBy::Erasure(ErasureGround::NoLongerNecessary), 10),
    (EndedBy::Erasure(ErasureGround::ConsentWithdrawn), 11),
    (EndedBy::Erasure(ErasureGround::Objection), 12),
    (EndedBy::Erasure(ErasureGround::CanvassingObjection), 13),
    (EndedBy::Erasure(ErasureGround::Unlawful), 14),
    (EndedBy::Erasure(ErasureGround::LegalObligation), 15),
    (EndedBy::Erasure(ErasureGround::ChildOnlineService), 16),
];

fn ended_code(by: EndedBy) -> u64 {
    ENDED
        .iter()
        .find(|(known, _)| *known == by)
        .map_or(0, |(_, code)| *code)
}

fn ended_by(code: u64) -> Option<EndedBy> {
    ENDED
        .iter()
        .find(|(_, known)| *known == code)
        .map(|(by, _)| *by)
}
