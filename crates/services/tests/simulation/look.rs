//! Reads, copies and traces; and what nobody should find in any file.

use std::collections::{BTreeMap, BTreeSet};

use domain::decide::Request;
use domain::{ActorKind, FaultKind, RecordId};
use jiff::SignedDuration;
use journal::Destination;
use policy::model::Language;
use services::journal::Outside;
use testkit::reference::Answer;

use crate::house::actor;
use crate::step::fields;
use crate::world::{World, said};

/// The journal's details are pruned after three years, by whole months.
const TRACE_KEPT: SignedDuration = SignedDuration::from_hours(24 * 365 * 3);
/// How every value begins.
const MARK: &str = "zq-value-";

impl World {
    fn entries(&self) -> Result<u64, String> {
        let data = self.house.kept().vault().data();
        let frontier = data.read(|reader| reader.frontier()).map_err(said)?;
        Ok(frontier.size())
    }

    /// A read opens what the model says, with the values that were taken in, and is one entry of the
    /// journal, refused or not.
    pub(crate) fn read(&mut self, at: usize, request: Request) -> Result<(), String> {
        let Some(id) = self.people[at].id else {
            return Ok(());
        };
        let person = &self.people[at];
        let expected: BTreeMap<RecordId, u64> = person
            .model
            .held()
            .into_iter()
            .filter(|record| request.categories.contains(person.categories[record]))
            .filter_map(
                |record| match person.model.read(&request, record, self.now) {
                    Answer::Read { fields, .. } => Some((record, fields)),
                    Answer::Withheld(_) => None,
                },
            )
            .collect();
        let before = self.entries()?;
        let by = actor(ActorKind::CommandLine);
        let kept = self.house.kept();
        let read = kept.read(id, request, &by, Destination::Screen);
        let written = self.entries()? - before;
        let reading = match read {
            Ok(reading) => reading,
            Err(fault) if fault.kind == FaultKind::Absent && !person.is_there() => return Ok(()),
            Err(fault) if fault.kind == FaultKind::Refused && expected.is_empty() => {
                self.seen.withheld += 1;
                return match written {
                    1 => Ok(()),
                    _ => Err(format!("a refused read wrote {written} entries")),
                };
            }
            Err(fault) => return Err(format!("{}; the model opens {expected:?}", said(fault))),
        };
        let opened: BTreeMap<RecordId, u64> = reading
            .opened
            .iter()
            .map(|one| (one.permitted.record, one.permitted.fields))
            .collect();
        if opened != expected {
            return Err(format!("{opened:?} was opened, by the model {expected:?}"));
        }
        for one in &reading.opened {
            let values: BTreeMap<u8, String> = one
                .values
                .disclose()
                .0
                .iter()
                .map(|(field, value)| (*field, value.display()))
                .collect();
            let taken_in = &person.values[&one.permitted.record];
            let permitted = fields(one.permitted.fields);
            let right: BTreeMap<u8, String> = permitted
                .filter_map(|field| Some((field, taken_in.get(&field)?.clone())))
                .collect();
            if values != right {
                return Err(format!("{} says something else", one.permitted.record));
            }
        }
        if (written, reading.receipt) != (1, before) {
            return Err(format!(
                "a read wrote {written} entries and stands at {}, not {before}",
                reading.receipt
            ));
        }
        self.seen.read += 1;
        let read = (
            self.now,
            reading.receipt,
            request.purpose,
            opened.len() as u64,
        );
        self.people[at].reads.push(read);
        Ok(())
    }

    /// A copy has everything that is held and not past its term.
    pub(crate) fn copy(&mut self, at: usize) -> Result<(), String> {
        let Some(id) = self.people[at].id else {
            return Ok(());
        };
        let person = &self.people[at];
        let held = person.model.held().into_iter();
        let expected: Vec<RecordId> = held
            .filter(|record| !person.model.is_due(*record, self.now))
            .collect();
        let by = actor(ActorKind::CommandLine);
        let copy = self
            .house
            .kept()
            .copy(id, Language::En, &by, Destination::File);
        match copy {
            Err(fault) if fault.kind == FaultKind::Absent && expected.is_empty() => Ok(()),
            Err(fault) => Err(said(fault)),
            Ok(copy) => {
                let text = copy.to_json().to_string();
                let missing = expected
                    .iter()
                    .flat_map(|record| person.values[record].values());
                let missing = missing
                    .filter(|value| !text.contains(value.as_str()))
                    .count();
                if copy.records != expected.len() || missing > 0 {
                    return Err(format!(
                        "{} records were copied, by the model {}; {missing} values are missing",
                        copy.records,
                        expected.len()
                    ));
                }
                self.seen.copies += 1;
                Ok(())
            }
        }
    }

    /// The trace tells of every read that is not past its own term, and of no other.
    pub(crate) fn trace(&mut self, at: usize) -> Result<(), String> {
        let Some(id) = self.people[at].id else {
            return Ok(());
        };
        let kept = self.house.kept();
        let by = actor(ActorKind::CommandLine);
        let trace = match kept.trace(id, &by, Destination::Screen) {
            Ok(trace) => trace,
            // Somebody of whom nothing is told any more.
            Err(fault) if fault.kind == FaultKind::Absent => return Ok(()),
            Err(fault) => return Err(said(fault)),
        };
        let since = self.now - TRACE_KEPT;
        let law = kept.law();
        let told: BTreeSet<(u64, String, u64)> = trace
            .acts
            .iter()
            .filter(|act| act.act == "read" && act.at >= since)
            // Whoever puts a record right reads it for no purpose of the policy.
            .filter_map(|act| Some((act.entry, act.purpose.clone()?, act.records)))
            .collect();
        let reads = &self.people[at].reads;
        let expected: BTreeSet<(u64, String, u64)> = reads
            .iter()
            .filter(|(moment, ..)| *moment >= since)
            .map(|(_, entry, purpose, records)| {
                let name = law.policy().purpose(*purpose).name.clone();
                (*entry, name, *records)
            })
            .collect();
        match told == expected {
            true => Ok(()),
            false => Err(format!("the trace tells of {told:?}, not of {expected:?}")),
        }
    }

    /// The journal is whole, no value stands in any file, and after a turn there is one key for each
    /// record that is held and no other.
    pub(crate) fn inspect(&mut self) -> Result<(), String> {
        let kept = self.house.kept();
        let verified = kept
            .verify_journal(&Outside::default(), &mut |_, _| {})
            .map_err(said)?;
        let findings: Vec<String> = verified
            .report
            .findings
            .iter()
            .map(ToString::to_string)
            .collect();
        if !findings.is_empty() {
            return Err(format!("the journal does not hold: {findings:?}"));
        }
        for (file, bytes) in self.house.files() {
            if String::from_utf8_lossy(&bytes).contains(MARK) {
                return Err(format!("a value stands in {}", file.display()));
            }
        }
        kept.rotate_keys(&crate::house::acting(), &mut |_| {})
            .map_err(said)?;
        let epochs = kept.keys_status().map_err(said)?.epochs;
        let keys: u64 = epochs.iter().map(|epoch| epoch.rows.record_keys).sum();
        let people = self.people.iter();
        let held: usize = people.map(|person| person.model.held().len()).sum();
        if keys != held as u64 {
            return Err(format!("{keys} keys for {held} records"));
        }
        self.seen.inspected += 1;
        self.everybody_is_as_the_model_says()
    }
}
