//! Reading, and what is due.

use domain::RecordId;
use domain::decide::Request;
use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{Basis, PurposeId, PurposeNature, Then};

use super::term::{Ends, rule_of};
use super::{Ground, Record, Reference, Why};

/// What the model says of one record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It may be read.
    Read {
        /// These fields.
        fields: u64,
        /// On one of these bases: one for each ground that reaches furthest.
        bases: Vec<Basis>,
        /// Through this day, if it does not wait.
        through: Option<Date>,
        /// Whether a hold alone opens it.
        by_hold: bool,
    },
    /// It may not, for one of these reasons.
    Withheld(Vec<Why>),
}

impl Reference {
    /// The records that are known, in the order of their collection.
    #[must_use]
    pub fn records(&self) -> Vec<RecordId> {
        self.records.iter().map(|record| record.id).collect()
    }

    /// Of these those that are held still.
    #[must_use]
    pub fn held(&self) -> Vec<RecordId> {
        let held = self.records.iter().filter(|record| !record.destroyed);
        held.map(|record| record.id).collect()
    }

    /// The answer to a request about one record.
    #[must_use]
    pub fn read(&self, request: &Request, id: RecordId, now: Timestamp) -> Answer {
        let record = self.record(id).unwrap();
        let purpose = request.purpose;
        if record.destroyed {
            return Answer::Withheld(vec![Why::Destroyed]);
        }
        if !self.uses(purpose, record.category) {
            return Answer::Withheld(vec![Why::NotUsed]);
        }
        let mut readable = 0;
        for (reads, uses) in &self.policy().recipients[request.recipient.index()].reads {
            for used in uses {
                if *reads == purpose && used.category == record.category {
                    readable |= used.fields;
                }
            }
        }
        let fields = record.fields & readable;
        if readable == 0 || (fields == 0 && record.fields != 0) {
            return Answer::Withheld(vec![Why::Recipient]);
        }
        let (open_by_hold, closed) = self.closed(purpose, record, now);
        if !closed.is_empty() {
            return Answer::Withheld(closed);
        }
        let mut whys = Vec::new();
        let mut best: Vec<(Option<Date>, Basis)> = Vec::new();
        for ground in record.grounds.iter().filter(|it| it.purpose == purpose) {
            if let Some(why) = self.dead(record, ground, now) {
                whys.push(why);
                continue;
            }
            match self.basis(purpose, ground.kind, request.channel, record.matter, now) {
                Err(why) => whys.push(why),
                Ok(basis) => best.push((self.until(record, ground, now), basis)),
            }
        }
        if !best.is_empty() {
            // A ground that waits reaches furthest.
            let waits = best.iter().any(|(until, _)| until.is_none());
            let through = if waits {
                None
            } else {
                best.iter().filter_map(|(until, _)| *until).max()
            };
            best.retain(|(until, _)| *until == through);
            return Answer::Read {
                fields,
                bases: best.into_iter().map(|(_, basis)| basis).collect(),
                through,
                by_hold: false,
            };
        }
        if open_by_hold {
            let mut bases = Vec::new();
            for ground in &record.grounds {
                match self.basis(purpose, ground.kind, request.channel, record.matter, now) {
                    Ok(basis) => bases.push(basis),
                    Err(why) => whys.push(why),
                }
            }
            if !bases.is_empty() {
                return Answer::Read {
                    fields,
                    bases,
                    through: None,
                    by_hold: true,
                };
            }
            whys.push(Why::NoBasis);
        }
        if whys.is_empty() {
            whys.push(Why::NoGround);
        }
        Answer::Withheld(whys)
    }

    /// Whether a hold opens a record to a purpose, and what closes it.
    fn closed(&self, purpose: PurposeId, record: &Record, now: Timestamp) -> (bool, Vec<Why>) {
        let mut by_hold = false;
        let mut by_evidence = false;
        let mut closed = Vec::new();
        for kept in &self.holds {
            if kept.hold.lifted.is_none() && kept.records.contains(&record.id) {
                if kept.hold.purpose == purpose {
                    by_hold = true;
                } else {
                    closed.push(Why::Hold);
                }
            }
        }
        for ground in &record.grounds {
            let evidence = self.purpose(ground.purpose).nature == PurposeNature::Evidence;
            if evidence && self.dead(record, ground, now).is_none() {
                if ground.purpose == purpose {
                    by_evidence = true;
                } else {
                    closed.push(Why::Evidence);
                }
            }
        }
        if by_hold || by_evidence {
            return (by_hold, Vec::new());
        }
        if self.is_restricted(record) {
            closed.push(Why::Restriction);
        }
        (false, closed)
    }

    /// The last day of a ground as it stands; nothing if it waits for something.
    fn until(&self, record: &Record, ground: &Ground, now: Timestamp) -> Option<Date> {
        let mut until = match self.term(record, ground, now) {
            Some(Ends::With(day)) => Some(day),
            Some(Ends::At(moment)) => Some(self.day(moment)),
            Some(Ends::Waits) | None => None,
        };
        if self.consent_alone(ground.purpose, ground.kind, now) {
            let mut last: Option<Date> = None;
            for consent in &self.consents {
                let in_force = consent.purpose == ground.purpose
                    && consent.given <= now
                    && self.consent_ended(consent, now).is_none();
                if let (true, Some(lasts)) = (in_force, self.purpose(ground.purpose).consent_lasts)
                {
                    last = last.max(Some(self.consent_last_day(consent.given, lasts)));
                }
            }
            until = match (until, last) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        until
    }

    /// Whether nothing keeps a record any more.
    #[must_use]
    pub fn is_due(&self, id: RecordId, now: Timestamp) -> bool {
        let record = self.record(id).unwrap();
        !record.destroyed && !self.is_kept(record, now)
    }

    /// What becomes of a record that is due.
    #[must_use]
    pub fn then(&self, id: RecordId, now: Timestamp) -> Then {
        let record = self.record(id).unwrap();
        let mut ends: Vec<(Timestamp, Then)> = Vec::new();
        for ground in &record.grounds {
            let (at, why) = match ground.ended {
                Some(ended) => ended,
                None => {
                    let why = self.dead(record, ground, now).unwrap();
                    (self.died(record, ground, why, now), why)
                }
            };
            if why == Why::Erasure {
                return Then::Delete;
            }
            let mut then = Then::Delete;
            if why == Why::Term
                && let Some(rule) =
                    rule_of(self.policy(), ground.purpose, ground.kind, record.category)
                && let Then::Anonymise(projection) = rule.then
                && self.policy().projections[projection.index()].of == record.category
            {
                then = rule.then;
            }
            ends.push((at, then));
        }
        let last = ends.iter().map(|(at, _)| *at).max();
        ends.retain(|(at, _)| Some(*at) == last);
        match ends.first() {
            Some((_, then)) if ends.iter().all(|(_, other)| other == then) => *then,
            _ => Then::Delete,
        }
    }
}
