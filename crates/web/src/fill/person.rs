//! One person: what was opened for a recorded grant is looked at here, to be put on the page.

use domain::subject::{Held, HoldScope, ObjectedTo, Subject};
use domain::term::{Awaited, End, Term, ground_end};
use domain::{Moment, Personal, Rule};
use policy::model::{FieldId, PurposeId};
use policy::words;
use services::Opened;
use services::accept::Standing;
use services::trace::Traced;
use services::view::View;

use super::Fill;
use super::reading::Reader;
use crate::pages::person::{
    Accepted, Consent, Event, Hold, Limit, Person, Record, Role, Trace, Until, When, Withheld,
};
use crate::pages::reading::{Name, Reading};
use crate::say;

/// The lines of a trace that a page shows.
const TRACE_MOST: usize = 40;

impl Fill<'_> {
    /// The page of a person, as a recipient of the policy reads them.
    pub(crate) fn person(
        self,
        view: &View,
        reader: Option<Reader>,
        acts: &[Traced],
        standings: &[Standing],
    ) -> Person {
        let purpose = reader.map(|(_, purpose)| purpose);
        self.file(view, (self.reading(reader), purpose), acts, standings)
    }

    /// The page of a person, as whoever the page names reads them for a purpose.
    pub(crate) fn file(
        self,
        view: &View,
        (reading, purpose): (Reading, Option<PurposeId>),
        acts: &[Traced],
        standings: &[Standing],
    ) -> Person {
        let subject = &view.subject;
        let name = match purpose {
            None => Name::Unasked,
            Some(_) => self.name(view.name(self.policy())),
        };
        Person {
            id: subject.id.to_string(),
            name,
            roles: self.roles(subject),
            professional: subject.person == Some(policy::model::Person::Professional),
            reading,
            refused: view.refused.map(|rule| self.why(rule)),
            records: self.records(view, purpose),
            withheld: self.withheld(view),
            facts: self.facts(subject),
            consents: self.consents(subject),
            accepted: self.accepted(standings),
            limits: self.limits(subject),
            holds: self.holds(subject),
            trace: acts
                .iter()
                .rev()
                .take(TRACE_MOST)
                .map(|act| self.traced(act))
                .collect(),
        }
    }

    fn roles(self, subject: &Subject) -> Vec<Role> {
        let roles = subject.roles.iter();
        roles
            .map(|role| Role {
                kind: self.say(&self.policy().kind(role.kind).title),
                since: role.since,
                until: role.until,
            })
            .collect()
    }

    /// A name, or why it is not shown.
    pub(crate) fn name(self, name: Result<Personal<String>, Rule>) -> Name {
        match name {
            Ok(name) => Name::Read(name.disclose().clone()),
            Err(rule) => Name::Withheld(self.why(rule)),
        }
    }

    /// The values of an opened record as a form takes them back.
    pub(crate) fn typed(self, opened: &Opened) -> Vec<(u8, String)> {
        let values = opened.values.disclose().0.iter();
        values.map(|(at, value)| (*at, value.display())).collect()
    }

    fn records(self, view: &View, purpose: Option<PurposeId>) -> Vec<Record> {
        let Some(purpose) = purpose else {
            return Vec::new();
        };
        let policy = self.policy();
        let purpose = self.say(&policy.purpose(purpose).title);
        // In the policy's order of categories: who somebody is comes before what they bought.
        let mut all: Vec<_> = view.opened.iter().collect();
        all.sort_by_key(|opened| opened.permitted.category);
        let records = all.into_iter().filter_map(|opened| {
            let permitted = &opened.permitted;
            let held = view
                .subject
                .records
                .iter()
                .find(|held| held.id == permitted.record)?;
            let values = opened.values.disclose().0.iter().map(|(at, value)| {
                let field = FieldId {
                    category: permitted.category,
                    field: *at,
                };
                (self.say(&policy.field(field).title), self.value(value))
            });
            let readable = Until {
                when: self.when(permitted.until),
                rule: permitted.rule.map_or_else(
                    || "hold".to_owned(),
                    |rule| {
                        Rule::Term {
                            rule,
                            version: policy.version,
                        }
                        .name(policy)
                    },
                ),
            };
            let basis = words::basis(policy, permitted.basis, self.language);
            Some(Record {
                id: held.id.to_string(),
                category: self.category(permitted.category),
                values: values.collect(),
                purpose: purpose.clone(),
                basis: say::capital(&say::spaced_for(&basis, self.language)),
                origin: self.say(&policy.origin(held.origin).title),
                brought_by: held.brought_by.as_str().to_owned(),
                collected: self.day(held.collected),
                goes: self
                    .goes(&view.subject, held, view.moment)
                    .unwrap_or_else(|| readable.clone()),
                readable,
            })
        });
        records.collect()
    }

    /// When the last ground of a record ends, and by which rule.
    pub(super) fn goes(self, subject: &Subject, held: &Held, moment: Moment) -> Option<Until> {
        let policy = self.policy();
        let ends = held.grounds.iter().filter_map(|ground| {
            match ground_end(&self.law.in_force, subject, held, ground, moment) {
                End::Lives { until, rule } => Some((until, rule)),
                End::Over { .. } => None,
            }
        });
        let last = ends.reduce(|last, next| {
            if lasts_longer(next.0, last.0) {
                next
            } else {
                last
            }
        });
        last.map(|(until, rule)| Until {
            when: self.when(until),
            rule: Rule::Term {
                rule,
                version: policy.version,
            }
            .name(policy),
        })
    }

    fn when(self, until: Term) -> When {
        let say = &self.phrases().person;
        let policy = self.policy();
        When::Waits(match until {
            Term::Through(day) => return When::Day(day),
            Term::Waits(Awaited::Fact(fact)) => {
                (say.waits_fact)(&say::inner(&self.say(&policy.fact(fact).title)))
            }
            Term::Waits(Awaited::EndOf(span)) => {
                (say.waits_end)(&say::inner(&self.say(&policy.span(span).title)))
            }
            Term::Held(Some(day)) => (say.held_until)(&say::day(day, self.language)),
            Term::Held(None) => say.held.to_owned(),
        })
    }

    fn withheld(self, view: &View) -> Vec<Withheld> {
        let mut withheld: Vec<Withheld> = Vec::new();
        let mut all: Vec<_> = view.withheld.iter().collect();
        all.sort_by_key(|one| one.category);
        for one in all {
            let line = Withheld {
                category: self.category(one.category),
                fields: self.fields(one.category, one.fields),
                why: self.why(one.rule),
            };
            // Two records of a category that the same rule closes are one line.
            if !withheld.contains(&line) {
                withheld.push(line);
            }
        }
        withheld
    }

    fn facts(self, subject: &Subject) -> Vec<Event> {
        let facts = subject.facts.iter().chain(&subject.organisation_facts);
        let mut facts: Vec<_> = facts.filter(|fact| fact.superseded_by.is_none()).collect();
        facts.sort_by_key(|fact| std::cmp::Reverse(fact.happened));
        facts
            .into_iter()
            .map(|fact| Event {
                day: self.day(fact.happened),
                what: self.say(&self.policy().fact(fact.kind).title),
                matter: fact.matter.map(|matter| matter.to_string()),
                of_organisation: fact.organisation.is_some(),
            })
            .collect()
    }

    fn consents(self, subject: &Subject) -> Vec<Consent> {
        let policy = self.policy();
        let consents = subject.consents.iter().rev();
        consents
            .map(|consent| {
                let purpose = policy.purpose(consent.purpose);
                let given = self.day(consent.given);
                let channels = consent.channels.iter();
                Consent {
                    purpose: self.say(&purpose.title),
                    channels: channels
                        .map(|it| self.say(&policy.channel(it).title))
                        .collect(),
                    given,
                    withdrawn: consent.withdrawn.map(|at| self.day(at)),
                    lapses: purpose.consent_lasts.map(|lasts| lasts.after(given)),
                }
            })
            .collect()
    }

    fn accepted(self, standings: &[Standing]) -> Vec<Accepted> {
        let standings = standings.iter().rev();
        standings
            .map(|one| Accepted {
                document: self.say(&self.policy().document(one.acceptance.document).title),
                version: one.acceptance.version,
                day: self.day(one.acceptance.accepted),
                asked_for: one.asked_for,
            })
            .collect()
    }

    fn limits(self, subject: &Subject) -> Vec<Limit> {
        let say = &self.phrases().person;
        let policy = self.policy();
        let objections = subject.objections.iter().map(|objection| Limit {
            what: match objection.to {
                ObjectedTo::Canvassing => say.objection_canvassing.to_owned(),
                ObjectedTo::Purpose(purpose) => {
                    (say.objection_to)(&say::inner(&self.say(&policy.purpose(purpose).title)))
                }
            },
            since: self.day(objection.made),
            lifted: objection.lifted.map(|at| self.day(at)),
        });
        let restrictions = subject.restrictions.iter().map(|restriction| Limit {
            what: (say.restriction_of)(&self.categories(restriction.categories)),
            since: self.day(restriction.since),
            lifted: restriction.lifted.map(|at| self.day(at)),
        });
        objections.chain(restrictions).collect()
    }

    fn holds(self, subject: &Subject) -> Vec<Hold> {
        let say = &self.phrases().person;
        let holds = subject.holds.iter().rev();
        holds
            .map(|hold| Hold {
                scope: match hold.scope {
                    HoldScope::Everything => say.scope_everything.to_owned(),
                    HoldScope::Categories(categories) => self.categories(categories),
                    HoldScope::Matter(matter) => (say.scope_matter)(&matter.to_string()),
                },
                purpose: self.say(&self.policy().purpose(hold.purpose).title),
                placed: self.day(hold.placed),
                review: hold.review,
                lifted: hold.lifted.map(|at| self.day(at)),
            })
            .collect()
    }

    pub(crate) fn traced(self, act: &Traced) -> Trace {
        let policy = self.policy();
        let purpose = act.purpose.as_ref().map(|name| {
            let found = policy.purposes.iter().find(|purpose| purpose.name == *name);
            found.map_or_else(|| name.clone(), |purpose| self.say(&purpose.title))
        });
        let category = |name: &String| {
            let found = policy
                .categories
                .iter()
                .find(|category| category.name == *name);
            found.map_or_else(|| name.clone(), |category| self.say(&category.title))
        };
        Trace {
            at: self.law.in_force.zone().to_datetime(act.at),
            who: act.account.clone(),
            act: self.phrases().act(act.act).to_owned(),
            purpose,
            categories: act.categories.iter().map(category).collect(),
            entry: act.entry,
        }
    }
}

/// Whether one term lasts longer than another: what is held outlasts what waits, and that any day.
fn lasts_longer(one: Term, other: Term) -> bool {
    match (one, other) {
        (Term::Through(one), Term::Through(other)) => one > other,
        (Term::Held(_), Term::Waits(_) | Term::Through(_)) | (Term::Waits(_), Term::Through(_)) => {
            true
        }
        (Term::Held(_) | Term::Waits(_) | Term::Through(_), _) => false,
    }
}
