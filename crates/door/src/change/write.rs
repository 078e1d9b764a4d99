//! The one transaction of a change: rows and entries of people and of an organisation.

use std::collections::HashMap;

use domain::{Fault, FaultKind, SubjectId};
use store::data::record::Tombstone;

use super::{Prepared, PreparedOrganisation, Receipt, changed_meanwhile};

/// Writes the rows and entries of some people. What is asked of the database is asked for all of
/// them at once; and rows are written in the order of their keys, so that a page of the file is filled
/// and left.
pub(super) fn write_each(
    tx: &mut store::Tx<'_>,
    prepared: &[Prepared],
    bulk: Option<u64>,
) -> Result<Vec<Receipt>, Fault> {
    let people: Vec<SubjectId> = prepared.iter().map(|one| one.row.id).collect();
    let versions = tx.versions_of(&people)?;
    let mut versions: HashMap<_, _> = people.into_iter().zip(versions).collect();
    for one in prepared {
        let after = Some(one.row.version);
        if versions.insert(one.row.id, after) != Some(one.decided_on) {
            return Err(changed_meanwhile());
        }
    }
    let mut in_order: Vec<&Prepared> = prepared.iter().collect();
    in_order.sort_by_key(|one| one.row.id);
    for one in in_order {
        write_rows(tx, one)?;
    }
    let receipts = prepared.iter().map(|one| write_entries(tx, one, bulk));
    let receipts = receipts.collect::<Result<Vec<_>, Fault>>()?;
    let doomed: Vec<_> = prepared
        .iter()
        .flat_map(|one| {
            one.destroy.iter().map(|doomed| Tombstone {
                subject: one.row.id,
                record: doomed.record,
                head: &doomed.head,
            })
        })
        .collect();
    match doomed.is_empty() || tx.tombstone_each(&doomed)? {
        true => Ok(receipts),
        false => Err(changed_meanwhile()),
    }
}

/// Writes one person's rows.
fn write_rows(tx: &mut store::Tx<'_>, one: &Prepared) -> Result<(), Fault> {
    let id = one.row.id;
    match one.decided_on {
        Some(_) => tx.put_subject(&one.row, one.due)?,
        None => tx.add_subject(&one.row, one.due)?,
    }
    for organisation in &one.links {
        tx.link(*organisation, id)?;
    }
    for row in &one.records {
        tx.put_record(id, row)?;
    }
    for (record, clear) in &one.cleared {
        tx.put_record_clear(id, *record, clear)?;
    }
    for message in &one.owed {
        tx.add_message(message)?;
    }
    Ok(())
}

/// Writes what the journal says of one person's change.
fn write_entries(
    tx: &mut store::Tx<'_>,
    one: &Prepared,
    bulk: Option<u64>,
) -> Result<Receipt, Fault> {
    let mut first = bulk;
    for entry in &one.entries {
        let seq = tx.append(entry)?;
        first.get_or_insert(seq);
    }
    first.map(|entry| Receipt { entry }).ok_or_else(|| {
        Fault::new(
            FaultKind::Integrity,
            "an act without a journal entry was refused",
        )
    })
}

pub(super) fn write_organisation(
    tx: &mut store::Tx<'_>,
    change: &PreparedOrganisation,
) -> Result<(), Fault> {
    if tx.organisation_version(change.row.id)? != change.decided_on {
        return Err(changed_meanwhile());
    }
    tx.put_organisation(&change.row)?;
    for subject in &change.linked {
        tx.link(change.row.id, *subject)?;
    }
    for entry in &change.entries {
        tx.append(entry)?;
    }
    Ok(())
}
