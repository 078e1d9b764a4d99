//! A demonstration: an invented population that lives through years in a rehearsal installation,
//! by the same use cases as real data.
//!
//! Who they are and what happens to them is a script beside the policy; no name of any policy
//! stands in the code. The form of the script is described in `docs/demo.md`.

mod chance;
mod deed;
mod invented;
mod life;
mod live;
mod script;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::{Actor, ActorKind, Fault, SubjectId};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use policy::model::Language;

use self::chance::Chance;
use self::deed::{Acts, acts, wrong};
use self::invented::Lists;
use self::life::{Told, Unit};
use self::live::{Stage, Tally, job};
use self::script::Script;
use crate::act::Acting;
use crate::kept::Kept;

/// Acts that are done at once: as many writes share one wait for the disk.
const WORKERS: usize = 48;
/// The fewest and the most steps in which a year is told.
const STEPS_A_YEAR: (u32, u32) = (4, 48);
/// As many people are worth one step in all.
const PEOPLE_A_STEP: u32 = 6;

/// A script that was read, ready to be lived through.
pub struct Demonstration {
    script: Script,
}

/// What is to be told, and how far it is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Steps of the lives that have been lived.
    pub done: u64,
    /// All of them.
    pub all: u64,
    /// The moment that the clock shows.
    pub now: Timestamp,
}

/// What hears how far it is, and can stop it by a fault of its own.
pub type Hear<'h> = &'h mut dyn FnMut(Progress) -> Result<(), Fault>;

/// What a population became.
#[derive(Debug, Default)]
pub struct Populated {
    /// How many people came in over the years.
    pub people: u64,
    /// How many acts were done on them.
    pub acts: u64,
    /// How many acts found their person's data gone already.
    pub late: u64,
    /// Acts that were refused, by the rule that refused them: none, if the script suits its policy.
    pub refused: BTreeMap<String, u64>,
    /// Reads that were refused, by rule, as they are where people work.
    pub reads_refused: BTreeMap<String, u64>,
    /// People who are worth a look, and why.
    pub suggestions: Vec<Suggestion>,
}

/// Somebody who is worth a look.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// Why, by language.
    pub why: BTreeMap<String, String>,
    /// Who.
    pub person: SubjectId,
}

impl Suggestion {
    /// Why, in a language.
    #[must_use]
    pub fn why(&self, language: Language) -> &str {
        let code = match language {
            Language::En => "en",
            Language::Fr => "fr",
        };
        self.why.get(code).map_or("", String::as_str)
    }
}

impl Demonstration {
    /// Reads a script.
    ///
    /// # Errors
    /// [`domain::FaultKind::Invalid`] with the line when it is not well formed.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let script: Script = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].lines().count().max(1));
            wrong(format!("demo.toml, line {line}: {}", error.message()))
        })?;
        Ok(Self { script })
    }

    /// How many people the script tells of.
    #[must_use]
    pub fn people(&self) -> u32 {
        self.script.people
    }

    /// The moment at which a rehearsal must begin for the years to end at another.
    #[must_use]
    pub fn begins(&self, ends: Timestamp) -> Timestamp {
        let years = Span::new().years(i64::from(self.script.years));
        let zoned = ends.to_zoned_datetime(TimeZone::UTC);
        zoned
            .checked_sub(years)
            .map_or(ends, |begins| begins.timestamp())
    }

    /// Lives through the script, from the rehearsal's present moment to another.
    ///
    /// # Errors
    /// [`domain::FaultKind::Invalid`] when the script names what the policy does not,
    /// [`domain::FaultKind::Refused`] in a live installation; when something cannot be written, or
    /// `progress` stops it.
    pub fn populate(
        &self,
        kept: &Kept,
        people: u32,
        ends: Timestamp,
        progress: Hear<'_>,
    ) -> Result<Populated, Fault> {
        let law = kept.law();
        let acts = acts(&self.script, law.policy())?;
        let told = Told {
            zone: law.in_force.zone(),
            begins: kept.moment()?.now,
            ends,
        };
        let mut units = self.units(people, &told)?;
        let mut run = Run {
            kept,
            script: &self.script,
            acts: &acts,
            job: Acting::new(Actor::new(ActorKind::Job, job()?), false),
            tally: Tally::default(),
        };
        let steps = (people / PEOPLE_A_STEP).clamp(
            STEPS_A_YEAR.0 * self.script.years,
            STEPS_A_YEAR.1 * self.script.years,
        );
        run.years(&mut units, &told, steps, progress)?;
        Ok(Populated {
            people: run.tally.people,
            acts: run.tally.acts,
            late: run.tally.late,
            suggestions: suggestions(&self.script, &units, kept),
            refused: run.tally.refused,
            reads_refused: run.tally.reads_refused,
        })
    }

    fn units(&self, people: u32, told: &Told<'_>) -> Result<Vec<Unit>, Fault> {
        let lists = Lists::ours()
            .map_err(|error| wrong("the lists of names are damaged").because(error))?;
        let chance = Chance::new(self.script.seed);
        let all: u32 = self.script.cohort.iter().map(|cohort| cohort.weight).sum();
        let mut units = Vec::new();
        for (at, cohort) in self.script.cohort.iter().enumerate() {
            let quota = u64::from(people) * u64::from(cohort.weight) / u64::from(all.max(1));
            let mut members = 0;
            while members < quota.max(1) {
                let number = units.len() as u64;
                let unit = life::unit(number, (at, cohort), told, &lists, chance.branch(number));
                members += unit.members.len() as u64;
                units.push(unit);
            }
        }
        Ok(units)
    }
}

/// The years as they run.
struct Run<'a> {
    kept: &'a Kept,
    script: &'a Script,
    acts: &'a Acts,
    job: Acting,
    tally: Tally,
}

impl Run<'_> {
    fn years(
        &mut self,
        units: &mut [Unit],
        told: &Told<'_>,
        steps: u32,
        progress: Hear<'_>,
    ) -> Result<(), Fault> {
        let all: u64 = units.iter().map(|unit| unit.planned.len() as u64).sum();
        let mut swept = told.begins;
        let mut turned = 0;
        for step in 1..=steps {
            let now = moment_of(told, step, steps);
            let due = units.iter().any(|unit| {
                unit.planned
                    .get(unit.done)
                    .is_some_and(|next| next.at <= now)
            });
            let sweeps = step == steps || now.duration_since(swept).as_hours() >= 30 * 24;
            if !due && !sweeps || now <= self.kept.moment()?.now {
                continue;
            }
            self.kept.move_clock(now, &self.job.actor)?;
            self.live(units, now)?;
            if sweeps {
                self.kept.sweep(&self.job, &mut |_| {})?;
                swept = now;
            }
            let turns = self.script.turns_of_keys * step / steps;
            if turns > turned {
                turned = turns;
                self.upkeep()?;
            }
            let done = units.iter().map(|unit| unit.done as u64).sum();
            progress(Progress { done, all, now })?;
        }
        Ok(())
    }

    /// What a careful house does now and then: the details of the trace that are past their term
    /// are pruned, a checkpoint is published, the keys are turned.
    fn upkeep(&self) -> Result<(), Fault> {
        self.kept.prune_journal(&self.job)?;
        self.kept.publish_checkpoint(&[], &self.job)?;
        self.kept.rotate_keys(&self.job, &mut |_| {}).map(|_| ())
    }

    /// Everything that happens until a moment, side by side: each unit's in its own order.
    fn live(&mut self, units: &mut [Unit], now: Timestamp) -> Result<(), Fault> {
        let law = self.kept.law();
        let due: Vec<&mut Unit> = units
            .iter_mut()
            .filter(|unit| {
                unit.planned
                    .get(unit.done)
                    .is_some_and(|next| next.at <= now)
            })
            .collect();
        let workers = due.len().min(WORKERS);
        let (kept, script, acts) = (self.kept, self.script, self.acts);
        let queue = Mutex::new(due.into_iter());
        let work = || {
            let mut tally = Tally::default();
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(unit) = next else {
                    return Ok(tally);
                };
                let stage = Stage {
                    kept,
                    policy: law.policy(),
                    cohort: &script.cohort[unit.cohort],
                    acts: &acts[unit.cohort],
                };
                stage.live(unit, now, &mut tally)?;
            }
        };
        let tallies: Vec<Result<Tally, Fault>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            let joined = threads.into_iter().map(|thread| match thread.join() {
                Ok(outcome) => outcome,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.collect()
        });
        for tally in tallies {
            self.tally.add(tally?);
        }
        Ok(())
    }
}

impl Tally {
    fn add(&mut self, more: Self) {
        self.people += more.people;
        self.acts += more.acts;
        self.late += more.late;
        for (rule, count) in more.refused {
            *self.refused.entry(rule).or_default() += count;
        }
        for (rule, count) in more.reads_refused {
            *self.reads_refused.entry(rule).or_default() += count;
        }
    }
}

/// The moment of a step, of so many evenly spread ones: late on a working day's afternoon, when
/// what came in is written up; the last is the end itself.
fn moment_of(told: &Told<'_>, step: u32, steps: u32) -> Timestamp {
    if step == steps {
        return told.ends;
    }
    let all = i128::from(told.ends.as_second() - told.begins.as_second());
    let passed = all * i128::from(step) / i128::from(steps.max(1));
    let second = i64::try_from(passed).unwrap_or(0) + told.begins.as_second();
    let Ok(exact) = Timestamp::from_second(second) else {
        return told.ends;
    };
    let day = told.zone.to_datetime(exact).date();
    let to_friday = match day.weekday().to_monday_zero_offset() {
        weekend @ 5..=6 => weekend - 4,
        _ => 0,
    };
    let minute = i8::try_from(step * 7 % 60).unwrap_or(0);
    let hour = 15 + i8::try_from(step % 3).unwrap_or(0);
    day.checked_sub(Span::new().days(to_friday))
        .and_then(|day| told.zone.to_timestamp(day.at(hour, minute, 0, 0)))
        .map_or(exact, |late| late.min(told.ends))
}

/// For each chapter that says why, the last person in whose life it happened and who is still
/// held.
fn suggestions(script: &Script, units: &[Unit], kept: &Kept) -> Vec<Suggestion> {
    let law = kept.law();
    let mut found = Vec::new();
    for (number, cohort) in script.cohort.iter().enumerate() {
        for (at, chapter) in cohort.chapter.iter().enumerate() {
            let Some(why) = &chapter.suggest else {
                continue;
            };
            let mut lived: Vec<(Timestamp, SubjectId)> = Vec::new();
            for unit in units.iter().filter(|unit| unit.cohort == number) {
                for planned in &unit.planned[..unit.done] {
                    let scene = &unit.scenes[planned.scene];
                    let person = scene.member.and_then(|member| unit.members[member].id);
                    if let (Some(id), true) = (person, scene.chapter == at && scene.happened > 0) {
                        lived.push((planned.at, id));
                    }
                }
            }
            lived.sort_unstable();
            let still = |(_, id): &&(Timestamp, SubjectId)| kept.person(*id, &law).is_ok();
            if let Some((_, person)) = lived.iter().rev().find(still) {
                found.push(Suggestion {
                    why: why.clone(),
                    person: *person,
                });
            }
        }
    }
    found
}
