//! What happened to a person and what will, day by day: from what is known in clear, the acts in
//! their trace, and the terms as they are worked out today.

use std::collections::BTreeMap;

use domain::Moment;
use domain::subject::{Fact, Held, HoldScope, ObjectedTo, Subject};
use jiff::civil::Date;
use policy::model::{CategorySet, ChannelSet};
use services::accept::Standing;
use services::trace::Traced;

use super::Fill;
use crate::pages::console::person::{Day, Line, Sort, Timeline};
use crate::pages::person::When;
use crate::say::{self, Either};

/// Days of the past that a page shows.
const DAYS_MOST: usize = 60;
/// Acts that are no event, choice or datum of their own: who looked, what was copied, what went.
const ACTS: [&str; 10] = [
    "read",
    "read-refused",
    "copy-made",
    "write-refused",
    "record-updated",
    "swept",
    "erased",
    "anonymised",
    "grounds-ended",
    "subject-merged",
];

impl Fill<'_> {
    /// The timeline of a person: of the data of some categories, and without acts where the reader
    /// may not see them.
    pub(crate) fn timeline(
        self,
        subject: &Subject,
        told: CategorySet,
        standings: &[Standing],
        acts: &[Traced],
        moment: Moment,
    ) -> Timeline {
        let mut lines: Vec<(Date, Line)> = Vec::new();
        lines.extend(self.events(subject));
        lines.extend(self.choices(subject, standings));
        lines.extend(self.held_back(subject));
        lines.extend(self.collected(subject, told));
        lines.extend(self.done(acts));
        let (goes, waits) = self.going(subject, told, moment);
        lines.extend(goes);
        by_day(lines, waits, moment.today)
    }

    fn events(self, subject: &Subject) -> Vec<(Date, Line)> {
        let say = Either(self.language);
        let mut lines = Vec::new();
        let facts = subject.facts.iter().chain(&subject.organisation_facts);
        for fact in facts.filter(|fact| fact.superseded_by.is_none()) {
            let title = self.say(&self.policy().fact(fact.kind).title);
            lines.push((
                self.day(fact.happened),
                line(Sort::Event, title).with(self.about(fact)),
            ));
        }
        for role in &subject.roles {
            let kind = say::inner(&self.say(&self.policy().kind(role.kind).title));
            let begins = format!("{} {kind}", say.of("Becomes:", "Devient :"));
            lines.push((role.since, line(Sort::Event, begins)));
            if let Some(until) = role.until {
                let ends = format!(
                    "{} {kind}",
                    say.of("Last day as:", "Dernier jour en tant que :")
                );
                lines.push((until, line(Sort::Event, ends)));
            }
        }
        if let Some(told) = subject.told {
            let words = say.of(
                format!("Told of version {} of the policy", told.version),
                format!("Informé de la version {} de la politique", told.version),
            );
            lines.push((told.on, line(Sort::Event, words)));
        }
        lines
    }

    /// What a fact is about: its matter, the organisation that it happened to.
    fn about(self, fact: &Fact) -> Option<String> {
        let say = &self.phrases().person;
        let matter = fact.matter.map(|it| format!("{} {it}", say.matter));
        let organisation = fact.organisation.map(|_| say.of_organisation.to_owned());
        let both: Vec<String> = organisation.into_iter().chain(matter).collect();
        (!both.is_empty()).then(|| both.join(", "))
    }

    fn choices(self, subject: &Subject, standings: &[Standing]) -> Vec<(Date, Line)> {
        let say = Either(self.language);
        let policy = self.policy();
        let mut lines = Vec::new();
        let mut add = |day, words: &str, what: &str| {
            lines.push((day, line(Sort::Choice, format!("{words} {what}"))));
        };
        for consent in &subject.consents {
            let purpose = policy.purpose(consent.purpose);
            let what = format!(
                "{}{}",
                self.say(&purpose.title),
                self.channels(consent.channels)
            );
            let given = self.day(consent.given);
            add(given, say.of("Consent:", "Consentement :"), &what);
            match (consent.withdrawn, purpose.consent_lasts) {
                (Some(at), _) => add(
                    self.day(at),
                    say.of("Consent withdrawn:", "Consentement retiré :"),
                    &what,
                ),
                (None, Some(lasts)) => add(
                    lasts.after(given),
                    say.of("Consent lapses:", "Consentement caduc :"),
                    &what,
                ),
                (None, None) => {}
            }
        }
        for objection in &subject.objections {
            let what = match objection.to {
                ObjectedTo::Canvassing => say.of("all canvassing", "toute prospection").to_owned(),
                ObjectedTo::Purpose(purpose) => {
                    say::inner(&self.say(&policy.purpose(purpose).title))
                }
            };
            add(
                self.day(objection.made),
                say.of("Objects to:", "S’oppose à :"),
                &what,
            );
            if let Some(at) = objection.lifted {
                add(
                    self.day(at),
                    say.of("Objects no more to:", "Ne s’oppose plus à :"),
                    &what,
                );
            }
        }
        for one in standings {
            let title = self.say(&policy.document(one.acceptance.document).title);
            let what = format!(
                "{title}, {} {}",
                say.of("version", "version"),
                one.acceptance.version
            );
            add(
                self.day(one.acceptance.accepted),
                say.of("Accepts:", "Accepte :"),
                &what,
            );
        }
        lines
    }

    fn channels(self, channels: ChannelSet) -> String {
        let titles: Vec<String> = channels
            .iter()
            .map(|it| self.say(&self.policy().channel(it).title))
            .collect();
        match titles.is_empty() {
            true => String::new(),
            false => format!(" ({})", titles.join(", ")),
        }
    }

    /// Restrictions and holds.
    fn held_back(self, subject: &Subject) -> Vec<(Date, Line)> {
        let say = Either(self.language);
        let mut lines = Vec::new();
        let mut add = |day, words: &str, what: &str| {
            lines.push((day, line(Sort::Data, format!("{words} {what}"))));
        };
        for one in &subject.restrictions {
            let what = self.categories(one.categories);
            add(
                self.day(one.since),
                say.of("Restricted:", "Limité :"),
                &what,
            );
            if let Some(at) = one.lifted {
                add(
                    self.day(at),
                    say.of("Restriction lifted:", "Limitation levée :"),
                    &what,
                );
            }
        }
        for hold in &subject.holds {
            let what = match hold.scope {
                HoldScope::Everything => self.phrases().person.scope_everything.to_owned(),
                HoldScope::Categories(categories) => self.categories(categories),
                HoldScope::Matter(matter) => {
                    (self.phrases().person.scope_matter)(&matter.to_string())
                }
            };
            add(
                self.day(hold.placed),
                say.of("Hold:", "Conservation ordonnée :"),
                &what,
            );
            match hold.lifted {
                Some(at) => add(
                    self.day(at),
                    say.of("Hold lifted:", "Conservation levée :"),
                    &what,
                ),
                None => add(
                    hold.review,
                    say.of("Hold to be reviewed:", "Conservation à réexaminer :"),
                    &what,
                ),
            }
        }
        lines
    }

    fn collected(self, subject: &Subject, told: CategorySet) -> Vec<(Date, Line)> {
        let say = Either(self.language);
        let mut lines = Vec::new();
        for held in held(subject, told) {
            let what = format!(
                "{} {}",
                say.of("Comes in:", "Entre :"),
                self.category(held.category)
            );
            let origin = self.say(&self.policy().origin(held.origin).title);
            let one = (
                self.day(held.collected),
                line(Sort::Data, what).with(Some(origin)),
            );
            // What came in together is one line.
            if !lines.contains(&one) {
                lines.push(one);
            }
        }
        lines
    }

    /// When what is held goes, as far as a day is known, and what waits.
    fn going(
        self,
        subject: &Subject,
        told: CategorySet,
        moment: Moment,
    ) -> (Vec<(Date, Line)>, Vec<Line>) {
        let say = Either(self.language);
        let (mut goes, mut waits) = (Vec::new(), Vec::new());
        for held in held(subject, told) {
            let Some(until) = self.goes(subject, held, moment) else {
                continue;
            };
            let words = format!(
                "{} {}",
                say.of("Goes:", "Disparaît :"),
                self.category(held.category)
            );
            let mut one = line(Sort::Data, words);
            one.rule = Some(until.rule);
            match until.when {
                When::Day(day) => {
                    let one = (day.tomorrow().unwrap_or(day), one);
                    if !goes.contains(&one) {
                        goes.push(one);
                    }
                }
                When::Waits(what) => {
                    let one = one.with(Some(what));
                    if !waits.contains(&one) {
                        waits.push(one);
                    }
                }
            }
        }
        (goes, waits)
    }

    /// Acts on the person, those of one day that are alike together.
    fn done(self, acts: &[Traced]) -> Vec<(Date, Line)> {
        let say = Either(self.language);
        let mut alike: BTreeMap<(Date, String, String), u64> = BTreeMap::new();
        for act in acts.iter().filter(|act| ACTS.contains(&act.act)) {
            let shown = self.traced(act);
            let who = match shown.purpose {
                Some(purpose) => format!("{}, {}", shown.who, say::inner(&purpose)),
                None => shown.who,
            };
            *alike.entry((shown.at.date(), shown.act, who)).or_default() += 1;
        }
        let lines = alike.into_iter().map(|((day, act, who), times)| {
            let more = match times {
                1 => who,
                _ => format!(
                    "{who}, {}",
                    say.of(format!("{times} times"), format!("{times} fois"))
                ),
            };
            (day, line(Sort::Act, act).with(Some(more)))
        });
        lines.collect()
    }
}

impl Line {
    fn with(mut self, more: Option<String>) -> Self {
        self.more = more;
        self
    }
}

/// What is held of some categories.
fn held(subject: &Subject, told: CategorySet) -> impl Iterator<Item = &Held> {
    let records = subject.records.iter().filter(|held| !held.tombstone);
    records.filter(move |held| told.contains(held.category))
}

fn line(sort: Sort, what: String) -> Line {
    Line {
        sort,
        what,
        more: None,
        rule: None,
    }
}

/// Lines as days: those to come in order, those up to today the latest first.
fn by_day(lines: Vec<(Date, Line)>, mut waits: Vec<Line>, today: Date) -> Timeline {
    let mut days: BTreeMap<Date, Vec<Line>> = BTreeMap::new();
    for (day, line) in lines {
        days.entry(day).or_default().push(line);
    }
    let to_come = days.split_off(&today.tomorrow().unwrap_or(today));
    let day = |(day, mut lines): (Date, Vec<Line>)| {
        lines.sort();
        Day { day, lines }
    };
    waits.sort();
    let more = days.len().saturating_sub(DAYS_MOST);
    Timeline {
        to_come: to_come.into_iter().map(day).collect(),
        waits,
        past: days.into_iter().rev().take(DAYS_MOST).map(day).collect(),
        more,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_stand_before_and_after_today() {
        let at = |day, what: &str| (date(2026, 3, day), line(Sort::Event, what.to_owned()));
        let lines = vec![
            at(14, "today"),
            at(15, "tomorrow"),
            at(1, "b"),
            at(1, "a"),
            at(20, "later"),
        ];
        let view = by_day(
            lines,
            vec![line(Sort::Data, "waits".to_owned())],
            date(2026, 3, 14),
        );
        let shown = |days: &[Day]| -> Vec<(i8, Vec<String>)> {
            let lines = |day: &Day| day.lines.iter().map(|it| it.what.clone()).collect();
            days.iter().map(|day| (day.day.day(), lines(day))).collect()
        };
        let one = |day: i8, what: &str| (day, vec![what.to_owned()]);
        assert_eq!(
            shown(&view.to_come),
            vec![one(15, "tomorrow"), one(20, "later")]
        );
        let first = (1, vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(shown(&view.past), vec![one(14, "today"), first]);
        assert_eq!((view.waits.len(), view.more), (1, 0));
    }

    #[test]
    fn what_is_left_out_is_said() {
        let first = date(2020, 1, 1);
        let lines = (0..70).map(|after| {
            let day = first.saturating_add(jiff::Span::new().days(after));
            (day, line(Sort::Event, "one".to_owned()))
        });
        let view = by_day(lines.collect(), Vec::new(), date(2026, 3, 14));
        assert_eq!((view.past.len(), view.more), (DAYS_MOST, 10));
    }
}
