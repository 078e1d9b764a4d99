//! The legal basis of a use, worked out at the moment of use (8a, 8b).

use jiff::Timestamp;
use jiff::civil::Date;
use policy::model::{
    Basis, BasisRule, ChannelId, ChannelSet, KindId, Purpose, PurposeId, PurposeNature,
};

use crate::calendar;
use crate::events::View;
use crate::id::MatterId;
use crate::in_force::{InForce, person};
use crate::rule::Rule;
use crate::subject::{Consent, Held, ObjectedTo, Objection, Subject};
use crate::time::Moment;

/// How precise a line is: a person's situation, then channels, then dates.
fn precision(line: &BasisRule) -> (bool, bool, bool) {
    (
        line.person.is_some(),
        !line.channels.is_empty(),
        line.since.is_some() || line.until.is_some(),
    )
}

/// What a record is held for, with the basis that stands for each purpose now; none for a ground
/// that has ended, or whose basis has gone (9d).
#[must_use]
pub fn held_for(
    in_force: &InForce,
    subject: &Subject,
    held: &Held,
    moment: Moment,
) -> Vec<(PurposeId, Option<Basis>)> {
    let view = View::new(in_force, subject, moment);
    let grounds = held.grounds.iter();
    grounds
        .map(|ground| {
            let stands = ground.ended.is_none();
            let basis = view.some_basis(ground.purpose, ground.kind, held.matter, None);
            (ground.purpose, basis.ok().filter(|_| stands))
        })
        .collect()
}

/// The basis of a purpose for a person, as any of the kinds that their data is held for (9d).
#[must_use]
pub fn basis_for(
    in_force: &InForce,
    subject: &Subject,
    purpose: PurposeId,
    matter: Option<MatterId>,
    moment: Moment,
) -> Option<Basis> {
    let view = View::new(in_force, subject, moment);
    let held = subject.records.iter();
    held.flat_map(|held| &held.grounds)
        .find_map(|ground| view.some_basis(purpose, ground.kind, matter, None).ok())
}

impl<'a> View<'a> {
    pub(crate) fn purpose(&self, purpose: PurposeId) -> &'a Purpose {
        &self.in_force.policy().purposes[purpose.index()]
    }

    /// Lines for a kind of subject that fit the person and the day, the most precise first.
    fn lines(
        &self,
        purpose: PurposeId,
        kind: KindId,
        channel: Option<ChannelId>,
    ) -> impl Iterator<Item = &'a BasisRule> {
        let person = person(self.subject.person);
        let today = self.moment.today;
        self.in_force
            .policy()
            .bases_for(purpose, kind, person, channel, today)
    }

    /// The basis of a use now, or the rule that leaves it without one.
    pub(crate) fn basis(
        &self,
        purpose: PurposeId,
        kind: KindId,
        channel: Option<ChannelId>,
        matter: Option<MatterId>,
    ) -> Result<Basis, Rule> {
        let mut lines = self.lines(purpose, kind, channel);
        let Some(line) = lines.next() else {
            return Err(Rule::NoBasis { purpose });
        };
        let basis = self.standing(line.basis, purpose, channel, matter);
        let basis = match (basis, line.basis) {
            // A line of the same precision beside a contract counts while it is not open.
            (Err(closed), Basis::Contract(Some(_))) => lines
                .take_while(|beside| precision(beside) == precision(line))
                .find_map(|beside| self.standing(beside.basis, purpose, channel, matter).ok())
                .ok_or(closed),
            (basis, _) => basis,
        }?;
        match self.objection(purpose, channel, basis) {
            Some(objection) => Err(Rule::Objection {
                purpose,
                canvassing: objection.to == ObjectedTo::Canvassing,
            }),
            None => Ok(basis),
        }
    }

    fn standing(
        &self,
        basis: Basis,
        purpose: PurposeId,
        channel: Option<ChannelId>,
        matter: Option<MatterId>,
    ) -> Result<Basis, Rule> {
        let stands = match basis {
            Basis::Consent => self.consent(purpose, channel).is_some(),
            Basis::Contract(Some(span)) => self.own_open(span, matter),
            Basis::Contract(None)
            | Basis::LegalObligation
            | Basis::VitalInterests
            | Basis::PublicTask
            | Basis::LegitimateInterests => true,
        };
        match basis {
            _ if stands => Ok(basis),
            Basis::Contract(Some(span)) => Err(Rule::ContractNotOpen { purpose, span }),
            _ => Err(Rule::ConsentNeeded { purpose, channel }),
        }
    }

    /// The latest live consent for a purpose on a channel; one that names no channel is for the
    /// purpose as a whole.
    pub(crate) fn consent(
        &self,
        purpose: PurposeId,
        channel: Option<ChannelId>,
    ) -> Option<&'a Consent> {
        self.subject
            .consents
            .iter()
            .filter(|consent| {
                consent.purpose == purpose
                    && (consent.channels.is_empty()
                        || channel.is_some_and(|channel| consent.channels.contains(channel)))
                    && self.consent_lives(consent)
            })
            .max_by_key(|consent| consent.given)
    }

    /// Whether a consent for a purpose lives on any channel.
    pub(crate) fn any_consent(&self, purpose: PurposeId) -> bool {
        self.subject
            .consents
            .iter()
            .any(|consent| consent.purpose == purpose && self.consent_lives(consent))
    }

    /// Whether an explicit consent that was given after an objection opens a purpose again.
    pub(crate) fn reopened(&self, purpose: PurposeId, made: Timestamp) -> bool {
        self.subject.consents.iter().any(|consent| {
            consent.purpose == purpose && consent.given > made && self.consent_lives(consent)
        })
    }

    fn consent_lives(&self, consent: &Consent) -> bool {
        consent.given <= self.moment.now
            && self
                .consent_end(consent)
                .is_none_or(|end| self.moment.now < end)
            && self.proven(consent)
    }

    /// When a consent ends or ended: its withdrawal, or the end of its last day.
    pub(crate) fn consent_end(&self, consent: &Consent) -> Option<Timestamp> {
        let lapse = self.purpose(consent.purpose).consent_lasts.map(|lasts| {
            let zone = self.in_force.zone();
            let given = calendar::date_of(consent.given, zone);
            calendar::end_of(lasts.after(given), zone)
        });
        match (consent.withdrawn, lapse) {
            (Some(withdrawn), Some(lapse)) => Some(withdrawn.min(lapse)),
            (withdrawn, lapse) => withdrawn.or(lapse),
        }
    }

    /// Whether the proof of a consent is still held: without it the consent has lapsed (semantics,
    /// 16). The proof's own grounds are looked at by their terms alone, so that no consent proves
    /// itself.
    fn proven(&self, consent: &Consent) -> bool {
        consent.proof.is_some_and(|proof| {
            self.subject
                .records
                .iter()
                .find(|held| held.id == proof)
                .is_some_and(|held| {
                    !held.tombstone
                        && (held.grounds.iter().any(|ground| self.in_term(held, ground))
                            || self.kept_for_now(held))
                })
        })
    }

    /// The objection that closes a purpose on a channel now, if one does. An objection to
    /// canvassing, or to one canvassing purpose, reaches it whatever its basis (GDPR 21(2) and
    /// (3)); one to another purpose where it rests on legitimate interests. An explicit consent
    /// that was given later opens it again.
    fn objection(
        &self,
        purpose: PurposeId,
        channel: Option<ChannelId>,
        basis: Basis,
    ) -> Option<&'a Objection> {
        if self.subject.objections.is_empty() {
            return None;
        }
        let reopened = self.consent(purpose, channel).map(|consent| consent.given);
        self.subject.objections.iter().find(|objection| {
            self.reaches(objection, purpose, basis)
                && reopened.is_none_or(|given| given <= objection.made)
        })
    }

    fn reaches(&self, objection: &Objection, purpose: PurposeId, basis: Basis) -> bool {
        let purpose_of = self.purpose(purpose);
        let lives = objection.made <= self.moment.now
            && objection
                .lifted
                .is_none_or(|lifted| self.moment.now < lifted);
        lives
            && match objection.to {
                ObjectedTo::Canvassing => purpose_of.canvassing,
                ObjectedTo::Purpose(to) => {
                    to == purpose
                        && purpose_of.nature == PurposeNature::Use
                        && (purpose_of.canvassing || basis == Basis::LegitimateInterests)
                }
            }
    }

    /// The cases in which a purpose may have different bases: no channel, and each that a line or a
    /// consent names; the others are as no channel.
    fn cases(&self, purpose: PurposeId) -> impl Iterator<Item = Option<ChannelId>> + use<> {
        let lines = self.purpose(purpose).bases.iter();
        let consents = self.subject.consents.iter();
        let consents = consents.filter(|consent| consent.purpose == purpose);
        let named = lines
            .map(|line| line.channels)
            .chain(consents.map(|consent| consent.channels))
            .fold(0, |named, channels| named | channels.0);
        let channels = self.in_force.policy().channels.len();
        std::iter::once(None).chain(
            (0..channels)
                .filter_map(|at| u8::try_from(at).ok())
                .map(ChannelId)
                .filter(move |channel| ChannelSet(named).contains(*channel))
                .map(Some),
        )
    }

    /// Whether consent is the only basis that a purpose can have for the person as this kind, on
    /// any channel: then the ground ends with the consent.
    #[inline]
    pub(crate) fn consent_alone(&self, purpose: PurposeId, kind: KindId) -> bool {
        self.in_force.may_need_consent(purpose, kind) && self.consent_is_all(purpose, kind)
    }

    fn consent_is_all(&self, purpose: PurposeId, kind: KindId) -> bool {
        let mut some = false;
        for channel in self.cases(purpose) {
            match self.lines(purpose, kind, channel).next() {
                Some(line) if line.basis == Basis::Consent => some = true,
                Some(_) => return false,
                None => {}
            }
        }
        some
    }

    /// Whether a line of the purpose for this kind can be this basis, for the person and today.
    pub(crate) fn may_rest_on(
        &self,
        purpose: PurposeId,
        kind: KindId,
        is: impl Fn(Basis) -> bool,
    ) -> bool {
        self.cases(purpose).any(|channel| {
            let mut lines = self.lines(purpose, kind, channel);
            lines.next().is_some_and(|first| {
                is(first.basis)
                    || matches!(first.basis, Basis::Contract(Some(_)))
                        && lines
                            .take_while(|line| precision(line) == precision(first))
                            .any(|line| is(line.basis))
            })
        })
    }

    /// A basis that stands now on any channel and that is not of some sort, or the rule that leaves
    /// the purpose without one.
    pub(crate) fn some_basis(
        &self,
        purpose: PurposeId,
        kind: KindId,
        matter: Option<MatterId>,
        not: Option<Basis>,
    ) -> Result<Basis, Rule> {
        let mut first = None;
        for channel in self.cases(purpose) {
            match self.basis(purpose, kind, channel, matter) {
                Ok(basis) if Some(basis) != not => return Ok(basis),
                Ok(_) => {}
                Err(Rule::NoBasis { .. }) => {}
                Err(rule) => {
                    first.get_or_insert(rule);
                }
            }
        }
        Err(first.unwrap_or(Rule::NoBasis { purpose }))
    }

    /// The next day on which a dated line begins or is over, if any.
    pub(crate) fn next_dated_line(&self, purpose: PurposeId) -> Option<Date> {
        self.purpose(purpose)
            .bases
            .iter()
            .flat_map(|line| {
                [
                    line.since,
                    line.until.and_then(|until| until.tomorrow().ok()),
                ]
            })
            .flatten()
            .filter(|day| *day > self.moment.today)
            .min()
    }
}
