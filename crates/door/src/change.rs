//! Changing what is held: keys first, then one transaction of rows and journal, then the
//! destruction of what ended (mechanism, 5).

mod write;

use domain::dossier::{encode_dossier, encode_held, encode_organisation};
use domain::names::Names;
use domain::subject::{Fact, Held, Subject};
use domain::value::Payload;
use domain::{Fault, FaultKind, KeyId, OrganisationId, Personal, RecordId, SubjectId};
use jiff::Timestamp;
use journal::{Detail, Entry, Part};
use store::Priority;
use store::data::message::MessageRow;
use store::data::organisation::OrganisationRow;
use store::data::record::RecordRow;
use store::data::registry::StatisticRow;
use store::data::subject::SubjectRow;
use store::keyring::LookUpRow;

use crate::envelope::{self, Belonging};
use crate::keyring::{LookUpValue, NewEntries};
use crate::restrictive::{Imposed, Line, RestrictiveAct, Saying};
use crate::vault::Vault;
use write::{write_each, write_organisation};

/// The key of a record that is not sealed yet.
pub const UNSEALED: KeyId = KeyId([0; 16]);

/// A change to one person, decided and ready to be made.
pub struct Change {
    /// The person as they are after the change; new records have the key [`UNSEALED`].
    pub subject: Subject,
    /// The version that was decided on; none for a new person.
    pub decided_on: Option<u64>,
    /// Records to be sealed and stored.
    pub seal: Vec<NewValues>,
    /// Records whose clear part changed: grounds that began or ended.
    pub changed: Vec<RecordId>,
    /// When the sweep is next to look at the person, microseconds UTC.
    pub due: Option<i64>,
    /// Records to be destroyed now.
    pub destroy: Vec<RecordId>,
    /// Values that stay suppressed after the rest is gone: field and value (13d).
    pub suppress: Vec<(u32, LookUpValue)>,
    /// What the journal says of it; at least one, unless a bulk entry of the batch does.
    pub details: Vec<Detail>,
    /// What the log of restrictive acts says of it.
    pub restrictive: Vec<RestrictiveAct>,
    /// What of it a restore imposes again: the person with nothing but the consents, objections,
    /// restrictions, holds and records that a restrictive act changed.
    pub imposed: Option<Subject>,
    /// Messages that the person is owed from now on.
    pub owed: Vec<MessageRow>,
}

/// Changes that are made together, all of them or none.
#[derive(Default)]
pub struct Batch {
    /// People, each once.
    pub changes: Vec<Change>,
    /// An organisation, where it is one's act.
    pub organisation: Option<OrganisationChange>,
    /// One entry for all of them, with a part for each person (mechanism, 12).
    pub bulk: Option<(Detail, Vec<Part>)>,
    /// What is added to statistics (10h).
    pub project: Vec<StatisticRow>,
    /// What else is written in the same transaction: rows that hold no sealed value.
    pub beside: Option<Beside>,
}

/// Writes in the transaction of a batch, perhaps more than once.
pub type Beside = Box<dyn FnMut(&mut store::Tx<'_>) -> Result<(), Fault> + Send>;

impl From<Change> for Batch {
    fn from(change: Change) -> Self {
        Self {
            changes: vec![change],
            ..Self::default()
        }
    }
}

/// A record's values, to be sealed.
pub struct NewValues {
    /// Which record of the person.
    pub record: RecordId,
    /// The values.
    pub values: Personal<Payload>,
    /// The values by which the person can be found: field number and normalised value.
    pub look_ups: Vec<(u32, LookUpValue)>,
    /// A series in which the value must be this person's alone: series number and identifier.
    pub unique: Option<(u32, LookUpValue)>,
    /// The record whose place this one takes: what its source calls it goes over.
    pub instead_of: Option<RecordId>,
}

/// A change to an organisation, with its people's.
pub struct OrganisationChange {
    /// Which one.
    pub id: OrganisationId,
    /// The version that was decided on; none for a new one.
    pub decided_on: Option<u64>,
    /// Its facts after the change.
    pub facts: Vec<Fact>,
    /// People to be linked to it.
    pub linked: Vec<SubjectId>,
    /// What the journal says of it.
    pub details: Vec<Detail>,
}

/// Where a change stands in the journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// The place of the first of its entries.
    pub entry: u64,
}

/// A change as rows, ready for the transactions.
struct Prepared {
    row: SubjectRow,
    decided_on: Option<u64>,
    keyring: NewEntries,
    records: Vec<RecordRow>,
    cleared: Vec<(RecordId, Vec<u8>)>,
    due: Option<i64>,
    retired: Vec<KeyId>,
    destroy: Vec<Doomed>,
    entries: Vec<Entry>,
    lines: Vec<Line>,
    imposed: Option<Imposed>,
    links: Vec<OrganisationId>,
    owed: Vec<MessageRow>,
}

/// What of one person is to be destroyed once the change stands.
struct End {
    subject: SubjectId,
    doomed: Vec<Doomed>,
    /// Keys of earlier sealings of records that stay.
    retired: Vec<KeyId>,
}

/// A record on its way out.
#[derive(Clone)]
struct Doomed {
    record: RecordId,
    key: KeyId,
    head: Vec<u8>,
}

impl Vault {
    /// Makes changes, all of them or none; durable, and what is destroyed unreadable, when this
    /// returns.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when a person changed since the decision, or a unique value is
    /// somebody else's; [`FaultKind::Unavailable`] when something cannot be written.
    pub fn change(
        &self,
        batch: Batch,
        now: Timestamp,
        names: &Names,
    ) -> Result<Vec<Receipt>, Fault> {
        let Batch {
            changes,
            organisation,
            bulk,
            project,
            mut beside,
        } = batch;
        let bulk = bulk
            .map(|(detail, parts)| self.bulk_entry(detail, &parts))
            .transpose()?;
        // Entries come first: the first of a month makes the month's key, which holds the epochs.
        let written = changes
            .iter()
            .map(|change| self.entries(&change.details))
            .collect::<Result<Vec<_>, Fault>>()?;
        let organisation = organisation
            .map(|change| self.prepare_organisation(change, names))
            .transpose()?;
        // From the wrapping of keys to the commit of the records no epoch may end.
        let epoch = self.keyring.hold_epoch();
        let mut prepared = changes
            .into_iter()
            .zip(written)
            .map(|(change, entries)| self.prepare(change, entries, now, names))
            .collect::<Result<Vec<_>, Fault>>()?;
        let mut entries = NewEntries::default();
        let (mut lines, mut imposed) = (Vec::new(), Vec::new());
        let mut ends = Vec::new();
        for one in &mut prepared {
            entries.take(std::mem::take(&mut one.keyring));
            lines.append(&mut one.lines);
            imposed.extend(one.imposed.take());
            ends.push(End {
                subject: one.row.id,
                doomed: one.destroy.clone(),
                retired: std::mem::take(&mut one.retired),
            });
        }
        let reserved: Vec<(SubjectId, RecordId)> = entries
            .reserved
            .iter()
            .map(|(row, _)| (row.subject, row.record))
            .collect();
        let says_nothing = lines.is_empty() && imposed.is_empty();
        let priority = if says_nothing {
            Priority::Ordinary
        } else {
            Priority::Restrictive
        };
        if !entries.is_empty() {
            // As the rows of the people, in the order of the table's key.
            entries.keys.sort_by_key(|row| (row.subject, row.id));
            self.keyring.keep(entries, priority, self.entropy())?;
        }
        let written = self.data.write(priority, move |tx| {
            if let Some(change) = &organisation {
                write_organisation(tx, change)?;
            }
            let bulk = bulk.as_ref().map(|entry| tx.append(entry)).transpose()?;
            if let Some(beside) = &mut beside {
                beside(tx)?;
            }
            let receipts = write_each(tx, &prepared, bulk)?;
            // Last, when nothing is refused any more: chance that is drawn again must not have left
            // a trace the first time (10h).
            project
                .iter()
                .try_for_each(|row| tx.add_to_statistic(row))?;
            Ok(receipts)
        });
        drop(epoch);
        let receipts = match written {
            Ok(receipts) => receipts,
            Err(fault) => {
                // What cannot be given up now is settled by the next turn of the keys.
                let _ = self.keyring.give_up(reserved);
                return Err(fault);
            }
        };
        if !reserved.is_empty() {
            self.keyring.confirm(reserved)?;
        }
        self.finish(ends, Saying::of(&lines, &imposed))?;
        Ok(receipts)
    }

    fn entries(&self, details: &[Detail]) -> Result<Vec<Entry>, Fault> {
        details.iter().map(|detail| self.entry(detail)).collect()
    }

    fn prepare(
        &self,
        change: Change,
        entries: Vec<Entry>,
        now: Timestamp,
        names: &Names,
    ) -> Result<Prepared, Fault> {
        let Change {
            mut subject,
            decided_on,
            seal,
            changed,
            due,
            destroy,
            suppress,
            details: _,
            restrictive,
            imposed,
            owed,
        } = change;
        let mut out = Prepared {
            row: SubjectRow {
                id: subject.id,
                version: subject.version,
                dossier: Vec::new(),
            },
            decided_on,
            keyring: NewEntries::default(),
            records: Vec::new(),
            cleared: Vec::new(),
            due,
            retired: Vec::new(),
            destroy: Vec::new(),
            entries,
            lines: Vec::new(),
            imposed: imposed.map(|imposed| written_down(&imposed, now, names)),
            links: subject.links.iter().map(|link| link.organisation).collect(),
            owed,
        };
        for new in seal {
            let held = held_mut(&mut subject, new.record)?;
            self.seal_values(&mut out, held, new, now, names)?;
        }
        out.records.sort_by_key(|row| row.id);
        for id in changed {
            if out.records.iter().all(|row| row.id != id) {
                let held = held_mut(&mut subject, id)?;
                out.cleared.push((id, encode_held(held, names)));
            }
        }
        // An acceptance goes with the record that proves it.
        subject
            .acceptances
            .retain(|acceptance| !destroy.contains(&acceptance.proof));
        for id in destroy {
            let held = held_mut(&mut subject, id)?;
            let head = envelope::head_of(held.key);
            out.destroy.push(Doomed {
                record: id,
                key: held.key,
                head,
            });
        }
        for (field, value) in &suppress {
            let made = now.as_microsecond();
            let row = self
                .keyring
                .suppression_row(*field, value, made, self.entropy())?;
            out.keyring.suppressions.push(row);
        }
        out.row.dossier = encode_dossier(&subject, names);
        out.lines = lines(&out, &restrictive, now);
        Ok(out)
    }

    fn seal_values(
        &self,
        out: &mut Prepared,
        held: &mut Held,
        new: NewValues,
        now: Timestamp,
        names: &Names,
    ) -> Result<(), Fault> {
        let subject = out.row.id;
        if held.key != UNSEALED {
            // One key, one sealing: the old one dies with the update.
            out.retired.push(held.key);
        }
        held.key = KeyId::new(now, self.entropy());
        let (key, row) = self.keyring.new_key(subject, held.key, self.entropy())?;
        let category = names.category.number(held.category);
        let belonging = Belonging {
            installation: self.id,
            subject,
            record: held.id,
            category,
        };
        let mut nonce = [0; 12];
        self.entropy.fill(&mut nonce);
        let plain = new.values.disclose().encode(held.category, names);
        let sealed = envelope::seal(&plain, &belonging, held.key, &key, nonce)?;
        let clear = encode_held(held, names);
        out.keyring.keys.push(row);
        out.records.push(RecordRow {
            id: held.id,
            category,
            clear,
            sealed,
            tombstone: false,
        });
        for (field, value) in &new.look_ups {
            let row = self
                .keyring
                .look_up_row(*field, value, subject, held.id, self.entropy())?;
            out.keyring.look_ups.push(row);
        }
        if let Some(former) = new.instead_of {
            for row in self.keyring.series_of(subject, former)? {
                out.keyring.look_ups.push(LookUpRow {
                    record: held.id,
                    confirmed: false,
                    ..self.keyring.turned_look_up(&row, self.entropy())?
                });
            }
        }
        if let Some((series, value)) = &new.unique {
            let mut row =
                self.keyring
                    .look_up_row(*series, value, subject, held.id, self.entropy())?;
            row.confirmed = false;
            out.keyring
                .reserved
                .push((row, self.keyring.tokens(*series, value)?));
        }
        Ok(())
    }

    fn prepare_organisation(
        &self,
        change: OrganisationChange,
        names: &Names,
    ) -> Result<PreparedOrganisation, Fault> {
        let entries = self.entries(&change.details)?;
        Ok(PreparedOrganisation {
            row: OrganisationRow {
                id: change.id,
                version: change.decided_on.map_or(1, |version| version + 1),
                dossier: encode_organisation(&change.facts, names),
            },
            decided_on: change.decided_on,
            linked: change.linked,
            entries,
        })
    }

    /// The end of what is destroyed: its key and look-ups, then its row; what the log of restrictive
    /// acts says goes with the key. Where the log cannot be written a row stays as a tombstone, which
    /// nobody reads, until the log has heard of it.
    fn finish(&self, ends: Vec<End>, saying: Saying) -> Result<(), Fault> {
        let (mut keys, mut records, mut people) = (Vec::new(), Vec::new(), Vec::new());
        for End {
            subject,
            doomed,
            retired,
        } in ends
        {
            keys.extend(retired.into_iter().map(|key| (subject, key)));
            keys.extend(doomed.iter().map(|one| (subject, one.key)));
            records.extend(doomed.iter().map(|one| (subject, one.record)));
            if !doomed.is_empty() {
                people.push(subject);
            }
        }
        let look_ups = records.clone();
        self.restrictive.say(
            saying,
            || self.keyring.database.release_reserve(),
            |lines| self.keyring.destroy_and_log(keys, look_ups, lines),
        )?;
        if records.is_empty() {
            return Ok(());
        }
        self.data.write(Priority::Restrictive, move |tx| {
            for (subject, record) in &records {
                tx.delete_tombstone(*subject, *record)?;
            }
            people
                .iter()
                .try_for_each(|subject| tx.delete_subject_without_records(*subject))
        })
    }

    /// Finishes the destructions that were interrupted: the log of restrictive acts hears of them,
    /// which it may not have before.
    ///
    /// # Errors
    /// When the keyring or the data cannot be written.
    pub fn finish_erasures(&self) -> Result<(), Fault> {
        let at = self.data.read(|reader| reader.last_entry_at())?;
        loop {
            let left = self.data.read(|reader| reader.tombstones(1_000))?;
            if left.is_empty() {
                return Ok(());
            }
            let (mut ends, mut lines) = (Vec::new(), Vec::new());
            for (subject, record, head) in left {
                let key = envelope::key_of(&head)?;
                ends.push(End {
                    subject,
                    doomed: vec![Doomed { record, key, head }],
                    retired: Vec::new(),
                });
                lines.push(Line {
                    act: RestrictiveAct::Erased,
                    subject,
                    record,
                    at: at.unwrap_or_default(),
                });
            }
            self.finish(ends, Saying::of(&lines, &[]))?;
        }
    }
}

struct PreparedOrganisation {
    row: OrganisationRow,
    decided_on: Option<u64>,
    linked: Vec<SubjectId>,
    entries: Vec<Entry>,
}

/// The lines of the restrictive log: one for each destroyed record, one for each other act.
fn lines(prepared: &Prepared, acts: &[RestrictiveAct], now: Timestamp) -> Vec<Line> {
    let (subject, at) = (prepared.row.id, now.as_microsecond());
    let destroyed = prepared.destroy.iter().map(|doomed| Line {
        act: RestrictiveAct::Erased,
        subject,
        record: doomed.record,
        at,
    });
    let others = acts.iter().map(|act| Line {
        act: *act,
        subject,
        record: RecordId([0; 16]),
        at,
    });
    destroyed.chain(others).collect()
}

/// What is to be imposed again, in its stored form.
fn written_down(imposed: &Subject, now: Timestamp, names: &Names) -> Imposed {
    let records = imposed.records.iter();
    Imposed {
        subject: imposed.id,
        at: now.as_microsecond(),
        dossier: encode_dossier(imposed, names),
        records: records
            .map(|held| (held.id, encode_held(held, names)))
            .collect(),
    }
}

fn held_mut(subject: &mut Subject, id: RecordId) -> Result<&mut Held, Fault> {
    subject
        .records
        .iter_mut()
        .find(|held| held.id == id)
        .ok_or_else(changed_meanwhile)
}

fn changed_meanwhile() -> Fault {
    Fault::new(FaultKind::Conflict, "this person's data changed meanwhile")
        .remedy("look again, then decide again")
}
