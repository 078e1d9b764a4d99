//! Bases, line by line.

use domain::MatterId;
use domain::subject::{Consent, ObjectedTo};
use jiff::Timestamp;
use policy::model::{Basis, BasisRule, ChannelId, KindId, Person, PurposeId};

use super::{Reference, Why};

impl Reference {
    /// The lines that govern a case: those that fit, and of these the most precise.
    fn governing(
        &self,
        purpose: PurposeId,
        kind: KindId,
        channel: Option<ChannelId>,
        now: Timestamp,
    ) -> Vec<&BasisRule> {
        let today = self.day(now);
        let person = match self.person {
            Some(Person::Professional) => Person::Professional,
            Some(Person::Private) | None => Person::Private,
        };
        let mut fitting: Vec<(u8, &BasisRule)> = Vec::new();
        for line in &self.purpose(purpose).bases {
            let mut score = 0;
            if !line.kinds.contains(kind) {
                continue;
            }
            if let Some(only) = line.person {
                if only != person {
                    continue;
                }
                score += 4;
            }
            if !line.channels.is_empty() {
                match channel {
                    Some(channel) if line.channels.contains(channel) => score += 2,
                    _ => continue,
                }
            }
            if line.since.is_some() || line.until.is_some() {
                let begun = line.since.is_none() || line.since <= Some(today);
                let over = line.until.is_some() && line.until < Some(today);
                if !begun || over {
                    continue;
                }
                score += 1;
            }
            fitting.push((score, line));
        }
        let best = fitting.iter().map(|(score, _)| *score).max();
        fitting
            .into_iter()
            .filter(|(score, _)| Some(*score) == best)
            .map(|(_, line)| line)
            .collect()
    }

    fn channels(&self) -> Vec<Option<ChannelId>> {
        let mut channels = vec![None];
        for channel in 0..self.policy().channels.len() as u8 {
            channels.push(Some(ChannelId(channel)));
        }
        channels
    }

    /// Whether consent governs every case that has a basis at all.
    pub(super) fn consent_alone(&self, purpose: PurposeId, kind: KindId, now: Timestamp) -> bool {
        let mut some = false;
        for channel in self.channels() {
            let lines = self.governing(purpose, kind, channel, now);
            if lines.is_empty() {
                continue;
            }
            if !lines.iter().any(|line| line.basis == Basis::Consent) {
                return false;
            }
            some = true;
        }
        some
    }

    /// Bases that can govern some case.
    pub(super) fn possible(&self, purpose: PurposeId, kind: KindId, now: Timestamp) -> Vec<Basis> {
        let mut possible = Vec::new();
        for channel in self.channels() {
            let lines = self.governing(purpose, kind, channel, now);
            if lines.iter().any(|line| line.basis == Basis::Consent) {
                possible.push(Basis::Consent);
                continue;
            }
            let carried = lines
                .iter()
                .any(|line| matches!(line.basis, Basis::Contract(Some(_))));
            if carried {
                // The contract while it is open, what stands beside it when it is not.
                possible.extend(lines.iter().map(|line| line.basis));
            } else if lines.iter().any(|line| line.basis == Basis::Contract(None)) {
                possible.push(Basis::Contract(None));
            } else {
                possible.extend(lines.first().map(|line| line.basis));
            }
        }
        possible
    }

    pub(super) fn consent_ended(&self, consent: &Consent, now: Timestamp) -> Option<Timestamp> {
        let mut end = consent.withdrawn;
        if let Some(lasts) = self.purpose(consent.purpose).consent_lasts {
            let last = self.consent_last_day(consent.given, lasts);
            let lapse = self.past(super::term::Ends::With(last));
            end = match (end, lapse) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        end.filter(|end| *end <= now)
    }

    fn lives(&self, consent: &Consent, now: Timestamp) -> bool {
        let proven = consent.proof.and_then(|proof| self.record(proof));
        let proven = proven.is_some_and(|record| {
            let in_term = |ground| self.in_term(record, ground, now);
            !record.destroyed && (record.grounds.iter().any(in_term) || self.is_held(record))
        });
        proven && consent.given <= now && self.consent_ended(consent, now).is_none()
    }

    pub(super) fn has_consent(&self, purpose: PurposeId, now: Timestamp) -> bool {
        self.consents
            .iter()
            .any(|consent| consent.purpose == purpose && self.lives(consent, now))
    }

    /// Consents that are in force for a purpose on a channel.
    fn consents_for(
        &self,
        purpose: PurposeId,
        channel: Option<ChannelId>,
        now: Timestamp,
    ) -> Vec<&Consent> {
        let mut found = Vec::new();
        for consent in &self.consents {
            let reaches = match channel {
                None => consent.channels.is_empty(),
                Some(channel) => consent.channels.is_empty() || consent.channels.contains(channel),
            };
            if consent.purpose == purpose && reaches && self.lives(consent, now) {
                found.push(consent);
            }
        }
        found
    }

    /// The basis of a use at a moment, or why there is none.
    pub(super) fn basis(
        &self,
        purpose: PurposeId,
        kind: KindId,
        channel: Option<ChannelId>,
        matter: Option<MatterId>,
        now: Timestamp,
    ) -> Result<Basis, Why> {
        let lines = self.governing(purpose, kind, channel, now);
        let basis = if lines.is_empty() {
            return Err(Why::NoBasis);
        } else if lines.iter().any(|line| line.basis == Basis::Consent) {
            if self.consents_for(purpose, channel, now).is_empty() {
                return Err(Why::Consent);
            }
            Basis::Consent
        } else {
            let open = lines.iter().find(|line| match line.basis {
                Basis::Contract(Some(span)) => self.own_open(span, matter, now),
                _ => false,
            });
            let steps = lines
                .iter()
                .find(|line| line.basis == Basis::Contract(None));
            let other = lines
                .iter()
                .find(|line| !matches!(line.basis, Basis::Contract(_)));
            match open.or(steps).or(other) {
                Some(line) => line.basis,
                None => return Err(Why::Contract),
            }
        };
        if self.objected(purpose, channel, basis, now) {
            return Err(Why::Objection);
        }
        Ok(basis)
    }

    fn objected(
        &self,
        purpose: PurposeId,
        channel: Option<ChannelId>,
        basis: Basis,
        now: Timestamp,
    ) -> bool {
        let canvassing = self.purpose(purpose).canvassing;
        for objection in &self.objections {
            if objection.lifted.is_some() {
                continue;
            }
            let reached = match objection.to {
                ObjectedTo::Canvassing => canvassing,
                ObjectedTo::Purpose(to) if to != purpose || !self.is_use(purpose) => false,
                ObjectedTo::Purpose(_) => canvassing || basis == Basis::LegitimateInterests,
            };
            let reopened = self
                .consents_for(purpose, channel, now)
                .iter()
                .any(|consent| consent.given > objection.made);
            if reached && !reopened {
                return true;
            }
        }
        false
    }

    /// Whether some basis stands on some channel, other than one.
    pub(super) fn stands(
        &self,
        purpose: PurposeId,
        kind: KindId,
        matter: Option<MatterId>,
        but: Option<Basis>,
        now: Timestamp,
    ) -> bool {
        self.channels().into_iter().any(|channel| {
            self.basis(purpose, kind, channel, matter, now)
                .is_ok_and(|basis| Some(basis) != but)
        })
    }
}
