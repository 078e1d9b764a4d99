//! A life as it will run: which chapters happen, and on which days.

use std::collections::BTreeMap;

use domain::MatterId;
use domain::SubjectId;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::chance::Chance;
use super::invented::{Filled, House, Invented, Lists, chosen};
use super::script::{Chapter, Cohort, Words};

/// The time that is told.
pub(super) struct Told<'a> {
    pub(super) zone: &'a TimeZone,
    pub(super) begins: Timestamp,
    pub(super) ends: Timestamp,
}

/// A person alone, or an organisation with its people: what one worker lives through.
pub(super) struct Unit {
    pub(super) cohort: usize,
    pub(super) chance: Chance,
    pub(super) organisation: Option<domain::OrganisationId>,
    /// Whether the people belong to an organisation.
    pub(super) organised: bool,
    pub(super) members: Vec<Member>,
    pub(super) scenes: Vec<Scene>,
    /// What is to happen, in order of time.
    pub(super) planned: Vec<Planned>,
    /// How much of it has happened.
    pub(super) done: usize,
}

/// A person of a unit.
pub(super) struct Member {
    pub(super) invented: Invented,
    pub(super) id: Option<SubjectId>,
}

/// A chapter, as it happens once.
pub(super) struct Scene {
    pub(super) chapter: usize,
    /// Whose it is; none: the organisation's.
    pub(super) member: Option<usize>,
    pub(super) number: u64,
    pub(super) words: Filled,
    pub(super) matters: BTreeMap<String, MatterId>,
    /// How many of its steps have happened.
    pub(super) happened: usize,
}

/// A step that will happen.
#[derive(Clone, Copy)]
pub(super) struct Planned {
    pub(super) at: Timestamp,
    pub(super) scene: usize,
    pub(super) step: usize,
}

/// When the first of each chapter began (no step), or a step of it happened.
type Times = BTreeMap<(usize, Option<usize>), Timestamp>;

/// Plans a unit's life.
pub(super) fn unit(
    number: u64,
    cohort: (usize, &Cohort),
    told: &Told<'_>,
    lists: &Lists,
    mut chance: Chance,
) -> Unit {
    let (at, cohort) = cohort;
    let arrival = arrival(cohort, told, &mut chance);
    let house = lists.house(&mut chance);
    let people = cohort
        .members
        .map_or(1, |(few, many)| chance.between(few, many));
    let members = (0..people)
        .map(|_| member(cohort, &house, told.zone, arrival, lists, &mut chance))
        .collect();
    let mut unit = Unit {
        cohort: at,
        organisation: None,
        organised: cohort.members.is_some(),
        members,
        scenes: Vec::new(),
        planned: Vec::new(),
        done: 0,
        chance: chance.branch(1),
    };
    let mut plan = Plan {
        unit: &mut unit,
        cohort,
        told,
        arrival,
        chance: chance.branch(2),
        number: number * 100,
    };
    let shared = plan.chapters(None, &Times::new());
    for member in 0..plan.unit.members.len() {
        plan.chapters(Some(member), &shared);
    }
    unit.planned.sort_by_key(|planned| planned.at);
    unit
}

fn arrival(cohort: &Cohort, told: &Told<'_>, chance: &mut Chance) -> Timestamp {
    let years = cohort.within_years.unwrap_or(u32::MAX);
    let least = told.zone.to_datetime(told.ends).date();
    let least = least.saturating_sub(Span::new().years(i64::from(years.min(1_000))));
    let least = least
        .to_zoned_datetime(told.zone.clone())
        .map_or(told.begins, |day| day.timestamp());
    let begins = least.max(told.begins).as_second();
    let all = told.ends.as_second() - begins;
    // The house has grown: a little more than half of them came in the second half.
    let passed = chance.share().powf(0.8) * all as f64;
    let moment = Timestamp::from_second(begins + passed as i64).unwrap_or(told.begins);
    at_work(moment, 0, told.zone, chance).clamp(told.begins, told.ends)
}

fn member(
    cohort: &Cohort,
    house: &House,
    zone: &TimeZone,
    arrival: Timestamp,
    lists: &Lists,
    chance: &mut Chance,
) -> Member {
    let today = zone.to_datetime(arrival).date();
    let mut invented = lists.person(house, today, chance);
    let own = choose(&cohort.words, &invented, chance);
    invented.words.extend(own);
    Member { invented, id: None }
}

/// Words chosen from a table, once.
fn choose(words: &BTreeMap<String, Words>, of: &Invented, chance: &mut Chance) -> Filled {
    let mut filled = Filled::new();
    for (name, several) in words {
        let word = chosen(several, of.language, chance).to_owned();
        filled.insert(name.clone(), word);
    }
    filled
}

/// A moment in working hours, so many days after another; on the same day a few minutes later.
fn at_work(after: Timestamp, days: i64, zone: &TimeZone, chance: &mut Chance) -> Timestamp {
    let (hour, minute) = (chance.between(8, 17), chance.between(0, 59));
    let second = chance.between(0, 59);
    let small = |number: i64| i8::try_from(number).unwrap_or_default();
    let day = zone.to_datetime(after).date();
    day.checked_add(Span::new().days(days))
        .map(|day| day.at(small(hour), small(minute), small(second), 0))
        .and_then(|at| at.to_zoned_datetime(zone.clone()))
        .map_or(after, |at| at.timestamp())
}

struct Plan<'a> {
    unit: &'a mut Unit,
    cohort: &'a Cohort,
    told: &'a Told<'a>,
    arrival: Timestamp,
    chance: Chance,
    number: u64,
}

impl Plan<'_> {
    /// Plans the chapters of a member, or those of the organisation.
    fn chapters(&mut self, member: Option<usize>, shared: &Times) -> Times {
        let mut times = shared.clone();
        for (at, chapter) in self.cohort.chapter.iter().enumerate() {
            if chapter.of_organisation == member.is_none() {
                self.chapter(at, chapter, member, &mut times);
            }
        }
        times
    }

    fn chapter(&mut self, at: usize, chapter: &Chapter, member: Option<usize>, times: &mut Times) {
        let after = match &chapter.after {
            Some(name) => self.time_of(name, times),
            None => Some(self.arrival),
        };
        let Some(after) = after else {
            return;
        };
        let until = chapter
            .until
            .as_ref()
            .and_then(|name| self.time_of(name, times));
        let until = until.unwrap_or(self.told.ends).min(self.told.ends);
        if !self.chance.percent(chapter.chance) {
            return;
        }
        let mut begins = self.later(after, chapter.days);
        for _ in 0..self.chance.between(chapter.times.0, chapter.times.1) {
            if begins > until {
                return;
            }
            times.entry((at, None)).or_insert(begins);
            self.scene(at, chapter, member, begins, times);
            begins = self.later(begins, chapter.every);
        }
    }

    /// When a chapter, or a `chapter/step`, first happens; nothing where it never does.
    fn time_of(&self, name: &str, times: &Times) -> Option<Timestamp> {
        let (name, step) = match name.split_once('/') {
            Some((name, step)) => (name, Some(step)),
            None => (name, None),
        };
        let chapters = &self.cohort.chapter;
        let of = chapters.iter().position(|chapter| chapter.name == name)?;
        let named = |step: &str| {
            let mut steps = chapters[of].step.iter();
            steps.position(|one| one.name.as_deref() == Some(step))
        };
        let step = match step {
            Some(step) => Some(named(step)?),
            None => None,
        };
        times.get(&(of, step)).copied()
    }

    fn scene(
        &mut self,
        at: usize,
        chapter: &Chapter,
        member: Option<usize>,
        begins: Timestamp,
        times: &mut Times,
    ) {
        self.number += 1;
        let of = &self.unit.members[member.unwrap_or(0)].invented;
        let words = choose(&chapter.words, of, &mut self.chance);
        let scene = self.unit.scenes.len();
        self.unit.scenes.push(Scene {
            chapter: at,
            member,
            number: self.number,
            words,
            matters: BTreeMap::new(),
            happened: 0,
        });
        let mut happened: Vec<(Option<&str>, Timestamp)> = Vec::new();
        let mut last = begins;
        for (number, step) in chapter.step.iter().enumerate() {
            let of = |name: &str| {
                let found = happened.iter().find(|(step, _)| *step == Some(name));
                found.map(|(_, at)| *at)
            };
            let anchor = match &step.after {
                Some(name) => of(name),
                None => Some(begins),
            };
            let spared = step
                .unless
                .as_deref()
                .is_some_and(|name| of(name).is_some());
            let Some(anchor) = anchor.filter(|_| !spared) else {
                continue;
            };
            if !self.chance.percent(step.chance) {
                continue;
            }
            let mut moment = self.later(anchor, step.days);
            // In the order of the script where the days say nothing else.
            if step.days == (0, 0) && moment < last {
                moment = last;
            }
            if moment > self.told.ends {
                continue;
            }
            last = moment;
            happened.push((step.name.as_deref(), moment));
            times.entry((at, Some(number))).or_insert(moment);
            self.unit.planned.push(Planned {
                at: moment,
                scene,
                step: number,
            });
        }
    }

    fn later(&mut self, after: Timestamp, (few, many): (i64, i64)) -> Timestamp {
        match self.chance.between(few, many) {
            0 => after + jiff::SignedDuration::from_secs(self.chance.between(60, 1_500)),
            days => at_work(after, days, self.told.zone, &mut self.chance),
        }
    }
}
