//! Acts: whatever has expired is ended first, then the act takes effect.

use domain::act::consent::NewConsent;
use domain::act::hold::NewHold;
use domain::subject::{Consent, Fact, Hold, Link, ObjectedTo, Objection, Told};
use domain::{ActorKind, FactRef, RecordId};
use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{Basis, ErasureGround, KindId, PurposeId, PurposeNature};

use super::term::rule_of;
use super::{Ground, Kept, Reference, Restriction, Why};
use crate::event::{Correction, Event};

impl Reference {
    /// Lets an act happen; says whether it was taken. One that is refused changes nothing.
    pub fn happen(&mut self, event: &Event, now: Timestamp) -> bool {
        match event {
            Event::Collect(collection, record) => self.collect(collection, record, now),
            Event::Fact {
                id,
                kind,
                matter,
                happened,
                by,
                organisation,
                supersedes,
            } => {
                let fact = Fact {
                    id: *id,
                    kind: *kind,
                    matter: *matter,
                    happened: *happened,
                    recorded: now,
                    superseded_by: None,
                    organisation: *organisation,
                };
                self.fact(fact, *by, *supersedes, now)
            }
            Event::Consent(consent) => self.consent(consent, now),
            Event::Withdraw(id) => {
                let stands = |consent: &Consent| consent.id == *id && consent.withdrawn.is_none();
                let Some(at) = self.consents.iter().position(stands) else {
                    return false;
                };
                self.expire(now);
                self.consents[at].withdrawn = Some(now);
                let purpose = self.consents[at].purpose;
                self.end(now, Why::Consent, |model, _, ground| {
                    ground.purpose == purpose
                        && model.consent_alone(purpose, ground.kind, now)
                        && !model.has_consent(purpose, now)
                });
                true
            }
            Event::Object(id, to) => {
                self.expire(now);
                self.objections.push(Objection {
                    id: *id,
                    to: *to,
                    made: now,
                    lifted: None,
                });
                self.end_objected(*to, now);
                true
            }
            Event::LiftObjection(id) => {
                let stands = |one: &Objection| one.id == *id && one.lifted.is_none();
                let Some(at) = self.objections.iter().position(stands) else {
                    return false;
                };
                self.expire(now);
                self.objections[at].lifted = Some(now);
                true
            }
            Event::Hold(hold) => self.hold(hold, now),
            Event::LiftHold(id) => {
                let stands = |kept: &Kept| kept.hold.id == *id && kept.hold.lifted.is_none();
                let Some(at) = self.holds.iter().position(stands) else {
                    return false;
                };
                self.expire(now);
                self.holds[at].hold.lifted = Some(now);
                true
            }
            Event::Restrict(id, categories) => {
                self.expire(now);
                let records = self.alive(now, |record| categories.contains(record.category));
                self.restrictions.push(Restriction {
                    id: *id,
                    categories: *categories,
                    lifted: false,
                    records,
                });
                true
            }
            Event::LiftRestriction(id) => {
                let stands = |one: &Restriction| one.id == *id && !one.lifted;
                let Some(at) = self.restrictions.iter().position(stands) else {
                    return false;
                };
                self.expire(now);
                self.restrictions[at].lifted = true;
                true
            }
            Event::Erase(reason, categories) => {
                self.expire(now);
                self.end(now, Why::Erasure, |model, record, ground| {
                    categories.is_none_or(|only| only.contains(record.category))
                        && model.erased_by(*reason, record.matter, ground, now)
                });
                true
            }
            Event::Told(version, on) => self.tell(*version, *on, now),
            Event::Link(organisation, since) => {
                let open = |link: &Link| link.organisation == *organisation && link.until.is_none();
                if self.links.iter().any(open) {
                    return false;
                }
                self.expire(now);
                self.links.push(Link {
                    organisation: *organisation,
                    since: *since,
                    until: None,
                });
                true
            }
            Event::Unlink(organisation, until) => {
                let open = |link: &Link| link.organisation == *organisation && link.until.is_none();
                let Some(at) = self.links.iter().position(open) else {
                    return false;
                };
                if *until < self.links[at].since {
                    return false;
                }
                self.expire(now);
                self.links[at].until = Some(*until);
                true
            }
            Event::Situation(person) => {
                self.expire(now);
                self.person = *person;
                true
            }
            Event::NextPolicy => {
                if self.in_force + 1 == self.versions.len() {
                    return false;
                }
                self.expire(now);
                self.in_force += 1;
                self.expire(now);
                true
            }
            Event::Correct(correction) => self.correct(correction, now),
            Event::Destroy(id) => {
                for record in &mut self.records {
                    record.destroyed |= record.id == *id;
                }
                true
            }
        }
    }

    /// GDPR 16: another record takes the place of a wrong one, in everything that names it.
    fn correct(&mut self, correction: &Correction, now: Timestamp) -> bool {
        let Some(wrong) = self.record(correction.wrong).cloned() else {
            return false;
        };
        let stands = |kept: &&Kept| kept.hold.lifted.is_none();
        let mut holds = self.holds.iter().filter(stands);
        // 10i: a hold keeps it as it is.
        if !self.is_kept(&wrong, now) || holds.any(|kept| kept.records.contains(&wrong.id)) {
            return false;
        }
        // 5b: what it says more, a purpose has to need.
        for field in 0..64 {
            let new = correction.fields & !wrong.fields & (1 << field) != 0;
            let needed = wrong.grounds.iter().any(|ground| {
                let uses = &self.purpose(ground.purpose).uses;
                ground.ended.is_none()
                    && uses.iter().any(|used| {
                        used.category == wrong.category && used.fields & (1 << field) != 0
                    })
            });
            if new && !needed {
                return false;
            }
        }
        self.expire(now);
        let instead = |named: &mut RecordId| {
            if *named == correction.wrong {
                *named = correction.right;
            }
        };
        let Some(record) = self.records.iter().find(|one| one.id == wrong.id).cloned() else {
            return false;
        };
        for record in &mut self.records {
            record.destroyed |= record.id == correction.wrong;
            record.derived_from.iter_mut().for_each(instead);
        }
        for consent in &mut self.consents {
            consent.proof.iter_mut().for_each(instead);
        }
        for kept in &mut self.holds {
            kept.hold.reason.iter_mut().for_each(instead);
            kept.records.iter_mut().for_each(instead);
        }
        for restriction in &mut self.restrictions {
            restriction.records.iter_mut().for_each(instead);
        }
        self.records.push(super::Record {
            id: correction.right,
            fields: correction.fields,
            ..record
        });
        true
    }

    /// Semantics, 3: what has expired is ended for good. All of it is looked for before any of it
    /// is ended.
    pub(super) fn expire(&mut self, now: Timestamp) {
        let before = self.clone();
        for record in &mut self.records {
            let was = before.record(record.id).unwrap();
            for (ground, was_ground) in record.grounds.iter_mut().zip(&was.grounds) {
                match before.dead(was, was_ground, now) {
                    None | Some(Why::Ended | Why::NotYet) => {}
                    Some(why) => {
                        let at = before.died(was, was_ground, why, now);
                        ground.ended = Some((at, why));
                    }
                }
            }
        }
    }

    /// When a ground that is over ended.
    pub(super) fn died(
        &self,
        record: &super::Record,
        ground: &Ground,
        why: Why,
        now: Timestamp,
    ) -> Timestamp {
        let at = match why {
            Why::Term => self
                .term(record, ground, now)
                .and_then(|ends| self.past(ends)),
            Why::Consent => self
                .consents
                .iter()
                .filter(|consent| consent.purpose == ground.purpose && consent.given <= now)
                .map(|consent| self.consent_ended(consent, now).unwrap_or(now))
                .max(),
            _ => None,
        };
        at.unwrap_or(now).min(now)
    }

    fn end(
        &mut self,
        now: Timestamp,
        why: Why,
        reached: impl Fn(&Self, &super::Record, &Ground) -> bool,
    ) {
        let before = self.clone();
        for record in self.records.iter_mut().filter(|record| !record.destroyed) {
            for ground in &mut record.grounds {
                let was = before.record(record.id).unwrap();
                if ground.ended.is_none() && reached(&before, was, ground) {
                    ground.ended = Some((now, why));
                }
            }
        }
    }

    /// Records that still have a live ground, or none that began yet.
    fn alive(&self, now: Timestamp, which: impl Fn(&super::Record) -> bool) -> Vec<RecordId> {
        let mut alive = Vec::new();
        for record in &self.records {
            let lives = |ground: &Ground| self.dead(record, ground, now).is_none();
            if which(record) && record.grounds.iter().any(lives) {
                alive.push(record.id);
            }
        }
        alive
    }

    /// Adds grounds to every record that has one beside which they may stand.
    fn add(
        &mut self,
        now: Timestamp,
        since: Timestamp,
        use_only: bool,
        wanted: impl Fn(&Self, &super::Record, KindId) -> Vec<(PurposeId, KindId)>,
    ) {
        let before = self.clone();
        for record in self.records.iter_mut().filter(|record| !record.destroyed) {
            let was = before.record(record.id).unwrap();
            for ground in &was.grounds {
                let lives = before.dead(was, ground, now).is_none();
                if !lives || (use_only && !before.is_use(ground.purpose)) {
                    continue;
                }
                for (purpose, kind) in wanted(&before, was, ground.kind) {
                    let covered = rule_of(before.policy(), purpose, kind, was.category).is_some();
                    let has = record.grounds.iter().any(|ground| {
                        ground.purpose == purpose && ground.kind == kind && ground.ended.is_none()
                    });
                    let concerned = before.purpose(purpose).concerns.contains(kind);
                    if before.uses(purpose, was.category) && concerned && covered && !has {
                        record.grounds.push(Ground {
                            purpose,
                            kind,
                            since,
                            ended: None,
                        });
                    }
                }
            }
        }
    }

    fn fact(
        &mut self,
        fact: Fact,
        by: ActorKind,
        supersedes: Option<FactRef>,
        now: Timestamp,
    ) -> bool {
        let kind = self.policy().facts[fact.kind.index()].clone();
        let may = match by {
            ActorKind::Staff | ActorKind::CommandLine => kind.recorded_by.staff,
            ActorKind::Person => kind.recorded_by.person,
            ActorKind::Program | ActorKind::Job => kind.recorded_by.program,
        };
        let old = supersedes.map(|old| {
            self.facts.iter().position(|one| {
                one.id == old
                    && one.kind == fact.kind
                    && one.superseded_by.is_none()
                    && one.organisation.is_some() == fact.organisation.is_some()
            })
        });
        if !may
            || (fact.happened > now && !kind.may_be_planned)
            || kind.about_matter != fact.matter.is_some()
            || (fact.organisation.is_some() && !kind.of_organisation)
            || old == Some(None)
        {
            return false;
        }
        self.expire(now);
        if let (Some(begins), None) = (kind.begins, fact.organisation) {
            if !self.roles.contains(&begins) {
                self.roles.push(begins);
            }
            // 1a, 8a: what the contract needs rests on it from that day; duties come with the role.
            self.add(now, fact.happened, true, |model, _, _| {
                let mut wanted = Vec::new();
                for purpose in model.purposes() {
                    let possible = model.possible(purpose, begins, now);
                    let by_contract = possible
                        .iter()
                        .any(|basis| matches!(basis, Basis::Contract(_)));
                    let duty = model.purpose(purpose).nature == PurposeNature::Duty;
                    let wants = by_contract || duty && !possible.is_empty();
                    if wants && model.purpose(purpose).arises_with.is_none() {
                        wanted.push((purpose, begins));
                    }
                }
                wanted
            });
        }
        // 10f: what arises with the fact.
        self.add(now, now, false, |model, record, as_kind| {
            let mut wanted = Vec::new();
            for purpose in model.purposes() {
                let arises = model.purpose(purpose).arises_with == Some(fact.kind)
                    && model.purpose(purpose).nature != PurposeNature::Use;
                let about = fact.matter.is_none() || record.matter == fact.matter;
                if arises && about && !model.possible(purpose, as_kind, now).is_empty() {
                    wanted.push((purpose, as_kind));
                }
            }
            wanted
        });
        if let Some(Some(old)) = old {
            self.facts[old].superseded_by = Some(fact.id);
        }
        self.facts.push(fact);
        true
    }

    fn consent(&mut self, new: &NewConsent, now: Timestamp) -> bool {
        let proof = self
            .record(new.proof)
            .is_some_and(|record| !record.destroyed);
        let lines = &self.purpose(new.purpose).bases;
        let by_consent = lines.iter().any(|line| line.basis == Basis::Consent);
        if new.given > now || !by_consent || !proof {
            return false;
        }
        self.expire(now);
        self.consents.push(Consent {
            id: new.id,
            purpose: new.purpose,
            channels: new.channels,
            given: new.given,
            withdrawn: None,
            policy_version: new.policy_version,
            proof: Some(new.proof),
        });
        self.add(now, now, true, |model, record, kind| {
            let possible = model.possible(new.purpose, kind, now);
            if record.id != new.proof && possible.contains(&Basis::Consent) {
                vec![(new.purpose, kind)]
            } else {
                Vec::new()
            }
        });
        true
    }

    fn end_objected(&mut self, to: ObjectedTo, now: Timestamp) {
        self.end(now, Why::Objection, |model, _, ground| {
            let purpose = ground.purpose;
            let canvassing = model.purpose(purpose).canvassing;
            let possible = model.possible(purpose, ground.kind, now);
            let interests_alone = !possible.is_empty()
                && possible
                    .iter()
                    .all(|basis| *basis == Basis::LegitimateInterests);
            match to {
                ObjectedTo::Canvassing => canvassing,
                ObjectedTo::Purpose(to) => {
                    to == purpose && model.is_use(purpose) && (canvassing || interests_alone)
                }
            }
        });
    }

    fn hold(&mut self, new: &NewHold, now: Timestamp) -> bool {
        let everyday = self.is_use(new.purpose) && self.purpose(new.purpose).arises_with.is_none();
        if everyday || new.review <= self.day(now) {
            return false;
        }
        self.expire(now);
        let hold = Hold {
            id: new.id,
            scope: new.scope,
            purpose: new.purpose,
            placed: now,
            review: new.review,
            lifted: None,
            reason: new.reason,
        };
        let records = self.alive(now, |record| Self::in_scope(&hold, record));
        self.holds.push(Kept { hold, records });
        true
    }

    fn erased_by(
        &self,
        reason: ErasureGround,
        matter: Option<domain::MatterId>,
        ground: &Ground,
        now: Timestamp,
    ) -> bool {
        let (purpose, kind) = (ground.purpose, ground.kind);
        if !self.is_use(purpose) {
            return false;
        }
        let possible = self.possible(purpose, kind, now);
        // 13a.
        if possible.contains(&Basis::LegalObligation) || possible.contains(&Basis::PublicTask) {
            return false;
        }
        let alone = |basis| {
            possible.contains(&basis) && !self.stands(purpose, kind, matter, Some(basis), now)
        };
        match reason {
            ErasureGround::ConsentWithdrawn => {
                alone(Basis::Consent) && !self.has_consent(purpose, now)
            }
            ErasureGround::Objection => alone(Basis::LegitimateInterests),
            ErasureGround::CanvassingObjection => self.purpose(purpose).canvassing,
            ErasureGround::NoLongerNecessary
            | ErasureGround::Unlawful
            | ErasureGround::LegalObligation
            | ErasureGround::ChildOnlineService => true,
        }
    }

    fn tell(&mut self, version: u32, on: Date, now: Timestamp) -> bool {
        if version > self.policy().version {
            return false;
        }
        self.expire(now);
        let newer = self.told.last().is_none_or(|told| told.version < version);
        if newer {
            self.told.push(Told { version, on });
        }
        let begins = on.to_zoned_datetime(self.zone.clone()).unwrap().timestamp();
        let had = |model: &Self, version: u32, purpose: PurposeId| {
            let mut versions = model.versions.iter();
            let version = versions.find(|it| it.version == version);
            version.is_some_and(|it| purpose.index() < it.purposes.len())
        };
        self.add(now, begins.max(now), true, |model, record, kind| {
            let mut wanted = Vec::new();
            for purpose in model.purposes() {
                let it = model.purpose(purpose);
                if it.compatibility.is_some()
                    && it.arises_with.is_none()
                    && !had(model, record.version, purpose)
                    && had(model, version, purpose)
                    && !model.possible(purpose, kind, now).is_empty()
                {
                    wanted.push((purpose, kind));
                }
            }
            wanted
        });
        true
    }
}
