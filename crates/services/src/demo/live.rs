//! Living through it: each step becomes an act through the use case that real data takes.

use std::collections::BTreeMap;

use domain::collect::Collection;
use domain::value::{Payload, Value};
use domain::{Account, Actor, Fault, FaultKind, MatterId, Personal, SubjectId};
use jiff::{Span, Timestamp};
use journal::Destination;
use policy::model::{FieldId, Person, Policy};

use super::chance::Chance;
use super::deed::{Act, Deed, Record, Stated, wrong};
use super::invented::{chosen, fill};
use super::life::{Planned, Unit};
use super::script::{Cohort, Words};
use crate::act::Acting;
use crate::collect::{NewData, NewPerson};
use crate::consent::{Consented, Proof};
use crate::fact::Happened;
use crate::hold::Holding;
use crate::kept::Kept;
use crate::statement::Statement;
use domain::subject::HoldScope;

/// What came of the acts so far.
#[derive(Default)]
pub(super) struct Tally {
    /// How many people came in.
    pub(super) people: u64,
    /// How many acts were done.
    pub(super) acts: u64,
    /// Acts that a rule refused, by rule, reads apart.
    pub(super) refused: BTreeMap<String, u64>,
    /// Reads that a rule refused, by rule.
    pub(super) reads_refused: BTreeMap<String, u64>,
    /// Acts on what was no longer there.
    pub(super) late: u64,
}

/// The stage: the installation, and one cohort's part of the script.
pub(super) struct Stage<'a> {
    pub(super) kept: &'a Kept,
    pub(super) policy: &'a Policy,
    pub(super) cohort: &'a Cohort,
    pub(super) acts: &'a [Vec<Act>],
}

impl Stage<'_> {
    /// Lives through what is planned until a moment.
    ///
    /// # Errors
    /// When something cannot be written, or the script says what no field takes.
    pub(super) fn live(
        &self,
        unit: &mut Unit,
        until: Timestamp,
        tally: &mut Tally,
    ) -> Result<(), Fault> {
        while let Some(planned) = unit.planned.get(unit.done).copied() {
            if planned.at > until {
                break;
            }
            unit.done += 1;
            // What happens to an organisation is told in the words of its first person.
            let member = unit.scenes[planned.scene].member.unwrap_or(0);
            match self.step(unit, member, planned, tally) {
                Ok(()) => {
                    tally.acts += 1;
                    unit.scenes[planned.scene].happened += 1;
                }
                // Their data went before: what the script meant to do has no object.
                Err(fault) if fault.kind == FaultKind::Absent => tally.late += 1,
                Err(fault) if fault.kind == FaultKind::Refused => {
                    let rule = fault.rule.unwrap_or(fault.message);
                    let chapter = &self.acts[unit.scenes[planned.scene].chapter];
                    let refused = match chapter[planned.step].deed {
                        // Collected and over between two settings of the clock.
                        Deed::Collect(_) if rule.starts_with("retention ") => {
                            tally.late += 1;
                            continue;
                        }
                        Deed::Read(_) => &mut tally.reads_refused,
                        _ => &mut tally.refused,
                    };
                    *refused.entry(rule).or_default() += 1;
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    fn step(
        &self,
        unit: &mut Unit,
        member: usize,
        planned: Planned,
        tally: &mut Tally,
    ) -> Result<(), Fault> {
        let chapter = unit.scenes[planned.scene].chapter;
        let act = &self.acts[chapter][planned.step];
        let account = unit.chance.pick(&act.by).ok_or_else(nobody_there)?.clone();
        let acting = Acting::new(Actor::new(act.acting_as, account), false);
        if let Deed::Collect(records) = &act.deed {
            let records = self.records(unit, member, planned, records, &acting)?;
            return self.take_in(unit, member, records, &acting, planned.at, tally);
        }
        if let (
            Deed::Fact {
                kind,
                manner,
                matter,
            },
            None,
        ) = (&act.deed, unit.scenes[planned.scene].member)
        {
            let organisation = self.organisation(unit, &acting)?;
            let happened = Happened {
                kind: *kind,
                matter: self.matter(unit, planned.scene, matter.as_deref())?,
                at: planned.at,
                manner: unit.chance.pick(manner).cloned(),
                supersedes: None,
            };
            return self
                .kept
                .record_organisation_fact(organisation, &happened, &acting)
                .map(|_| ());
        }
        let id = unit.members[member].id.ok_or_else(crate::kept::nobody)?;
        self.act(unit, member, id, planned, &act.deed, &acting)
    }

    fn act(
        &self,
        unit: &mut Unit,
        member: usize,
        id: SubjectId,
        planned: Planned,
        deed: &Deed,
        acting: &Acting,
    ) -> Result<(), Fault> {
        let kept = self.kept;
        let at = planned.at;
        match deed {
            Deed::Collect(_) => Ok(()),
            Deed::Fact {
                kind,
                manner,
                matter,
            } => {
                let happened = Happened {
                    kind: *kind,
                    matter: self.matter(unit, planned.scene, matter.as_deref())?,
                    at,
                    manner: unit.chance.pick(manner).cloned(),
                    supersedes: None,
                };
                kept.record_fact(id, &happened, acting).map(|_| ())
            }
            Deed::Consent {
                purpose,
                channels,
                proof,
            } => {
                let consented = Consented {
                    purpose: *purpose,
                    channels: *channels,
                    given: Some(at),
                    policy_version: None,
                    proof: Proof::Stated(self.statement(unit, member, planned, proof)?),
                };
                kept.give_consent(id, &consented, acting).map(|_| ())
            }
            Deed::Withdraw(purpose, channels) => kept
                .withdraw_consent(id, *purpose, *channels, acting)
                .map(|_| ()),
            Deed::Object(to) => kept.object(id, *to, Some(at), acting).map(|_| ()),
            Deed::Hold {
                purpose,
                categories,
                matter,
                review_days,
                reason,
            } => {
                let scope = match (
                    self.matter(unit, planned.scene, matter.as_deref())?,
                    categories,
                ) {
                    (Some(matter), _) => HoldScope::Matter(matter),
                    (None, some) if !some.is_empty() => {
                        HoldScope::Categories(some.iter().copied().collect())
                    }
                    (None, _) => HoldScope::Everything,
                };
                let review = kept
                    .moment()?
                    .today
                    .saturating_add(Span::new().days(*review_days));
                let holding = Holding {
                    scope,
                    purpose: *purpose,
                    review,
                    reason: self.statement(unit, member, planned, reason)?,
                };
                kept.place_hold(id, &holding, acting).map(|_| ())
            }
            Deed::LiftHolds => {
                let subject = kept.person(id, &kept.law())?.subject;
                let standing = subject.holds.iter().filter(|hold| hold.lifted.is_none());
                for hold in standing {
                    kept.lift_hold(id, hold.id, acting)?;
                }
                Ok(())
            }
            Deed::Restrict(categories) => kept.restrict(id, *categories, acting).map(|_| ()),
            Deed::Forget(reason) => kept.forget(id, *reason, None, acting).map(|_| ()),
            Deed::Read(request) => kept
                .read(id, *request, &acting.actor, Destination::Screen)
                .map(|_| ()),
            Deed::Copy => {
                let language = unit.members[member].invented.language;
                kept.copy(id, language, &acting.actor, Destination::File)
                    .map(|_| ())
            }
            Deed::Leave => match unit.organisation {
                Some(organisation) => kept
                    .unlink(id, organisation, Some(self.day(at)), acting)
                    .map(|_| ()),
                None => Err(wrong("nobody of this cohort belongs to an organisation")),
            },
        }
    }

    /// Takes records in: with the first ones the person comes in, and joins their organisation.
    fn take_in(
        &self,
        unit: &mut Unit,
        member: usize,
        records: Vec<NewData>,
        acting: &Acting,
        at: Timestamp,
        tally: &mut Tally,
    ) -> Result<(), Fault> {
        if records.is_empty() {
            return Ok(());
        }
        if let Some(id) = unit.members[member].id {
            self.kept.add_records(id, records, acting)?;
            return self.inform(id, acting);
        }
        let person = match self.cohort.person.as_deref() {
            Some("private") => Some(Person::Private),
            Some("professional") => Some(Person::Professional),
            _ => None,
        };
        let (id, _) = self
            .kept
            .add_person(NewPerson { person, records }, acting)?;
        unit.members[member].id = Some(id);
        tally.people += 1;
        if unit.organised {
            let organisation = self.organisation(unit, acting)?;
            self.kept
                .link(id, organisation, Some(self.day(at)), acting)?;
        }
        self.inform(id, acting)
    }

    /// Whoever is met through somebody else is told so with the first letter (GDPR 14).
    fn inform(&self, id: SubjectId, acting: &Acting) -> Result<(), Fault> {
        match self.kept.is_uninformed(id)? {
            true => self.kept.told(id, None, None, acting).map(|_| ()),
            false => Ok(()),
        }
    }

    fn organisation(
        &self,
        unit: &mut Unit,
        acting: &Acting,
    ) -> Result<domain::OrganisationId, Fault> {
        if let Some(known) = unit.organisation {
            return Ok(known);
        }
        let made = self.kept.add_organisation(acting)?;
        unit.organisation = Some(made);
        Ok(made)
    }

    /// The matter of a name: this chapter's, or an earlier one's of the same person.
    fn matter(
        &self,
        unit: &mut Unit,
        scene: usize,
        name: Option<&str>,
    ) -> Result<Option<MatterId>, Fault> {
        let Some(name) = name else {
            return Ok(None);
        };
        let own = unit.scenes[scene].matters.get(name).copied();
        let member = unit.scenes[scene].member;
        let earlier = || {
            let scenes = unit.scenes[..scene].iter().rev();
            let theirs = |one: &&super::life::Scene| one.member.is_none() || one.member == member;
            // A chapter that repeats has matters of its own each time.
            let other = |one: &&super::life::Scene| one.chapter != unit.scenes[scene].chapter;
            let mut found = scenes.filter(theirs).filter(other);
            found.find_map(|one| one.matters.get(name).copied())
        };
        if let Some(known) = own.or_else(earlier) {
            return Ok(Some(known));
        }
        let made = self.kept.new_matter()?;
        unit.scenes[scene].matters.insert(name.to_owned(), made);
        Ok(Some(made))
    }

    fn records(
        &self,
        unit: &mut Unit,
        member: usize,
        planned: Planned,
        records: &[Record],
        acting: &Acting,
    ) -> Result<Vec<NewData>, Fault> {
        let mut taken = Vec::new();
        // What comes in together comes from one place, where it may.
        let origins = records.first().map_or(&[][..], |record| &record.origin);
        let origin = unit.chance.pick(origins).copied();
        for record in records {
            if !unit.chance.percent(record.chance) {
                continue;
            }
            let values = self.values(unit, member, planned, &record.fields)?;
            let origin = origin.filter(|one| record.origin.contains(one));
            let origin = match origin {
                Some(origin) => origin,
                None => *unit.chance.pick(&record.origin).ok_or_else(no_origin)?,
            };
            taken.push(NewData {
                derived_from: Vec::new(),
                collection: Collection {
                    category: record.category,
                    fields: values.fields(),
                    origin,
                    brought_by: acting.actor.account.clone(),
                    purposes: record.purposes,
                    kind: record.kind,
                    matter: self.matter(unit, planned.scene, record.matter.as_deref())?,
                    processor: None,
                    collected: planned.at,
                    // 6b: the script stands for the approval that a real house would record.
                    approved: self.policy.origin(origin).needs_approval,
                },
                values: Personal::new(values),
                unique: None,
            });
        }
        Ok(taken)
    }

    fn statement(
        &self,
        unit: &mut Unit,
        member: usize,
        planned: Planned,
        stated: &Stated,
    ) -> Result<Statement, Fault> {
        let values = self.values(unit, member, planned, &stated.fields)?;
        Ok(Statement {
            category: stated.category,
            values: Personal::new(values),
            origin: stated.origin,
            kind: None,
            purposes: policy::model::PurposeSet::EMPTY,
            made: Some(planned.at),
        })
    }

    fn values(
        &self,
        unit: &mut Unit,
        member: usize,
        planned: Planned,
        fields: &[(FieldId, Words)],
    ) -> Result<Payload, Fault> {
        let mut payload = Payload::default();
        for (field, words) in fields {
            let kind = &self.policy.field(*field).kind;
            let text = self.text(unit, member, planned, words)?;
            let value = Value::parse(kind, &text).map_err(|fault| {
                let name = &self.policy.field(*field).name;
                wrong(format!(
                    "demo.toml: what it gives for `{name}` does not fit: {fault}"
                ))
            })?;
            payload.0.insert(field.field, value);
        }
        Ok(payload)
    }

    fn text(
        &self,
        unit: &mut Unit,
        member: usize,
        planned: Planned,
        words: &Words,
    ) -> Result<String, Fault> {
        let Unit {
            members,
            scenes,
            chance,
            ..
        } = unit;
        let (person, scene) = (&members[member].invented, &scenes[planned.scene]);
        let text = chosen(words, person.language, chance);
        let zone = self.kept.law().in_force.zone().clone();
        let dynamic = |name: &str, chance: &mut Chance| -> Option<String> {
            let day = zone.to_datetime(planned.at).date();
            Some(match name {
                "date" => day.to_string(),
                "moment" => planned.at.to_string(),
                "year" => day.year().to_string(),
                "number" => format!("{:05}", scene.number),
                _ => {
                    let (what, numbers) = name.split_once(' ')?;
                    let (few, many) = numbers.split_once(' ').unwrap_or((numbers, numbers));
                    if what == "percent" {
                        let of: i64 = scene.words.get(many)?.parse().ok()?;
                        return Some((of * few.parse::<i64>().ok()? / 100).to_string());
                    }
                    let number = chance.between(few.parse().ok()?, many.parse().ok()?);
                    match what {
                        "between" => number.to_string(),
                        "in-days" => day.checked_add(Span::new().days(number)).ok()?.to_string(),
                        "in-minutes" => {
                            (planned.at + jiff::SignedDuration::from_mins(number)).to_string()
                        }
                        _ => return None,
                    }
                }
            })
        };
        let mut word = |name: &str| {
            let known = scene.words.get(name).or_else(|| person.words.get(name));
            known.cloned().or_else(|| dynamic(name, chance))
        };
        // A word may hold placeholders of its own, one level deep.
        fill(text, &mut word)
            .and_then(|text| fill(&text, &mut word))
            .map_err(|name| wrong(format!("demo.toml: nothing fills `{{{name}}}`")))
    }

    fn day(&self, at: Timestamp) -> jiff::civil::Date {
        self.kept.law().in_force.zone().to_datetime(at).date()
    }
}

fn nobody_there() -> Fault {
    wrong("demo.toml: nobody is named who does this")
}

fn no_origin() -> Fault {
    wrong("demo.toml: a record has no origin")
}

/// The account that the demonstration's own jobs run under.
pub(super) fn job() -> Result<Account, Fault> {
    Account::parse("demonstration")
}
