//! What a copy says, in one language, before it is rendered.

use domain::Moment;
use domain::decide::may;
use domain::subject::{Fact, Held, ObjectedTo, Subject};
use domain::term::{Awaited, End, Term, ground_end};
use door::Opened;
use policy::model::{CategoryId, FieldId, Language, Policy, PurposeId, RuleId, Wording};
use policy::words;

use crate::law::Law;
use crate::trace::Traced;

/// A name of the policy with its title.
pub struct Named {
    /// The name in the policy file.
    pub name: String,
    /// The title in the language of the copy.
    pub title: String,
}

/// A copy, ready to be rendered. It holds personal values as plain text: it has no `Debug`.
pub struct Sheet {
    /// The language of titles and sentences.
    pub language: Language,
    /// The person's identifier.
    pub subject: String,
    /// When it was made.
    pub made: String,
    /// The day on which it was made.
    pub today: String,
    /// The version of the policy in force.
    pub policy_version: u32,
    /// Who is responsible.
    pub controller: Contact,
    /// The data protection officer.
    pub officer: Option<Contact>,
    /// Where to complain.
    pub authority: Contact,
    /// What the person is: kind, first day, last day.
    pub roles: Vec<(Named, String, Option<String>)>,
    /// What is held.
    pub records: Vec<Record>,
    /// What happened.
    pub facts: Vec<Happening>,
    /// Consents.
    pub consents: Vec<Agreement>,
    /// Documents that were accepted: which, in which version, when.
    pub acceptances: Vec<(Named, u32, String)>,
    /// Objections.
    pub objections: Vec<Refused>,
    /// Restrictions that stand: categories, since when.
    pub restrictions: Vec<(Vec<Named>, String)>,
    /// Holds that stand: purpose, when placed, day of review.
    pub holds: Vec<(Named, String, String)>,
    /// The version of the policy that the person was told of, and from which day it applies.
    pub told: Option<(u32, String)>,
    /// Rights, with how they are exercised.
    pub rights: Vec<(Named, String)>,
    /// What was done with the data.
    pub accesses: Vec<Access>,
}

/// Whom to write to.
pub struct Contact {
    /// The name.
    pub name: String,
    /// The postal address.
    pub address: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone.
    pub telephone: Option<String>,
    /// The website.
    pub website: Option<String>,
}

/// One record.
pub struct Record {
    /// Its identifier.
    pub id: String,
    /// Its category.
    pub category: Named,
    /// Its values, field by field.
    pub values: Vec<(Named, String)>,
    /// When it was collected.
    pub collected: String,
    /// When it was stored.
    pub recorded: String,
    /// Where it came from (6a).
    pub origin: Named,
    /// Whether the person supplied it.
    pub from_person: bool,
    /// The account that brought it in.
    pub brought_by: String,
    /// Who carries the processing out; none: the controller (3a).
    pub processor: Option<Named>,
    /// The contract, debit or dispute that it belongs to.
    pub matter: Option<String>,
    /// The version of the policy that it was collected under.
    pub policy_version: u32,
    /// Whether it was derived from other records (19b).
    pub derived: bool,
    /// Why it is held.
    pub purposes: Vec<Purpose>,
    /// Who may read some of it, and whether they are of the house.
    pub recipients: Vec<(Named, bool)>,
}

/// Why a record is held.
pub struct Purpose {
    /// What for.
    pub purpose: Named,
    /// As what kind of person.
    pub kind: Named,
    /// Since when.
    pub since: String,
    /// The legal basis of a use today, or why there is none.
    pub basis: Result<String, String>,
    /// Until when.
    pub state: State,
}

/// Where a purpose's term stands.
pub enum State {
    /// It runs.
    Lives {
        /// The day it goes, or what it waits for.
        until: String,
        /// The day alone, where it is known.
        day: Option<String>,
        /// The retention rule.
        rule: Named,
        /// What the rule says.
        term: String,
        /// Where the rule comes from (10k).
        source: String,
    },
    /// It is over; something else keeps the record.
    Over {
        /// Since when.
        at: String,
        /// By which rule.
        why: String,
    },
}

/// A dated event.
pub struct Happening {
    /// What happened.
    pub fact: Named,
    /// When.
    pub happened: String,
    /// The contract, debit or dispute that it is about.
    pub matter: Option<String>,
    /// Whether it happened to the person's organisation.
    pub of_organisation: bool,
}

/// A consent.
pub struct Agreement {
    /// What for.
    pub purpose: Named,
    /// By which channels; empty: the purpose as a whole.
    pub channels: Vec<Named>,
    /// When it was given.
    pub given: String,
    /// When it was withdrawn.
    pub withdrawn: Option<String>,
    /// The version of the policy that was shown.
    pub policy_version: u32,
}

/// An objection.
pub struct Refused {
    /// The purpose; none: all canvassing.
    pub to: Option<Named>,
    /// When it was received.
    pub made: String,
    /// When it was taken back.
    pub lifted: Option<String>,
}

/// What was done with the data: by which role, not by which employee.
pub struct Access {
    /// When.
    pub at: String,
    /// What was done.
    pub act: &'static str,
    /// In which role.
    pub recipient: Option<String>,
    /// For which purpose.
    pub purpose: Option<String>,
    /// Which categories.
    pub categories: Vec<String>,
}

/// What a sheet is made from.
pub(super) struct Made<'a> {
    pub(super) law: &'a Law,
    pub(super) subject: &'a Subject,
    pub(super) moment: Moment,
    pub(super) language: Language,
}

impl Made<'_> {
    fn policy(&self) -> &Policy {
        self.law.policy()
    }

    fn say(&self, wording: &Wording) -> String {
        wording.get(self.language).to_owned()
    }

    fn named(&self, name: &str, title: &Wording) -> Named {
        Named {
            name: name.to_owned(),
            title: self.say(title),
        }
    }

    fn either(&self, en: &str, fr: &str) -> String {
        match self.language {
            Language::En => en.to_owned(),
            Language::Fr => fr.to_owned(),
        }
    }

    fn when(&self, at: jiff::Timestamp) -> String {
        let offset = self.law.in_force.zone().to_offset(at);
        at.display_with_offset(offset).to_string()
    }

    /// Everything that the copy says.
    pub(super) fn sheet(&self, opened: &[Opened], acts: Vec<Traced>) -> Sheet {
        let policy = self.policy();
        let subject = self.subject;
        let controller = &policy.controller;
        Sheet {
            language: self.language,
            subject: subject.id.to_string(),
            made: self.when(self.moment.now),
            today: self.moment.today.to_string(),
            policy_version: policy.version,
            controller: Contact {
                name: controller.name.clone(),
                address: Some(controller.address.clone()),
                email: Some(controller.email.clone()),
                telephone: controller.telephone.clone(),
                website: None,
            },
            officer: policy.officer.as_ref().map(|officer| Contact {
                name: officer.name.clone(),
                address: None,
                email: Some(officer.email.clone()),
                telephone: officer.telephone.clone(),
                website: None,
            }),
            authority: Contact {
                name: policy.authority.name.clone(),
                address: Some(policy.authority.address.clone()),
                email: None,
                telephone: policy.authority.telephone.clone(),
                website: Some(policy.authority.website.clone()),
            },
            roles: self.roles(),
            records: opened.iter().filter_map(|one| self.record(one)).collect(),
            facts: self.facts(),
            consents: self.consents(),
            acceptances: self.acceptances(),
            objections: self.objections(),
            restrictions: self.restrictions(),
            holds: self.holds(),
            told: subject.told.map(|told| (told.version, told.on.to_string())),
            rights: policy
                .rights
                .iter()
                .map(|right| {
                    (
                        self.named(&right.name, &right.title),
                        self.say(&right.about),
                    )
                })
                .collect(),
            accesses: acts.into_iter().map(|act| self.access(act)).collect(),
        }
    }

    fn roles(&self) -> Vec<(Named, String, Option<String>)> {
        let roles = self.subject.roles.iter();
        roles
            .map(|role| {
                let kind = self.policy().kind(role.kind);
                let until = role.until.map(|until| until.to_string());
                (
                    self.named(&kind.name, &kind.title),
                    role.since.to_string(),
                    until,
                )
            })
            .collect()
    }

    fn record(&self, opened: &Opened) -> Option<Record> {
        let policy = self.policy();
        let held = self
            .subject
            .records
            .iter()
            .find(|held| held.id == opened.permitted.record)?;
        let category = policy.category(held.category);
        let values = opened.values.disclose().0.iter().map(|(place, value)| {
            let field = policy.field(FieldId {
                category: held.category,
                field: *place,
            });
            (self.named(&field.name, &field.title), value.display())
        });
        let origin = policy.origin(held.origin);
        Some(Record {
            id: held.id.to_string(),
            category: self.named(&category.name, &category.title),
            values: values.collect(),
            collected: self.when(held.collected),
            recorded: self.when(held.recorded),
            origin: self.named(&origin.name, &origin.title),
            from_person: origin.from_person,
            brought_by: held.brought_by.as_str().to_owned(),
            processor: held.processor.map(|id| {
                let processor = policy.processor(id);
                self.named(&processor.name, &processor.title)
            }),
            matter: held.matter.map(|matter| matter.to_string()),
            policy_version: held.policy_version,
            derived: !held.derived_from.is_empty(),
            purposes: self.purposes(held),
            recipients: self.recipients(held),
        })
    }

    fn purposes(&self, held: &Held) -> Vec<Purpose> {
        let policy = self.policy();
        held.grounds
            .iter()
            .map(|ground| {
                let (purpose, kind) = (policy.purpose(ground.purpose), policy.kind(ground.kind));
                let end = ground_end(&self.law.in_force, self.subject, held, ground, self.moment);
                Purpose {
                    purpose: self.named(&purpose.name, &purpose.title),
                    kind: self.named(&kind.name, &kind.title),
                    since: self.when(ground.since),
                    basis: self.basis(held, ground.purpose),
                    state: match end {
                        End::Lives { until, rule } => self.lives(until, rule),
                        End::Over { at, rule } => State::Over {
                            at: self.when(at),
                            why: rule.sentence(policy, self.language),
                        },
                    },
                }
            })
            .collect()
    }

    /// The basis on which the purpose may use this very record today, or why it may not.
    fn basis(&self, held: &Held, purpose: PurposeId) -> Result<String, String> {
        let mut alone = self.subject.clone();
        alone
            .records
            .retain(|one| one.id == held.id || held.derived_from.contains(&one.id));
        alone.records.sort_by_key(|one| one.id != held.id);
        alone.records.truncate(1 + held.derived_from.len());
        let policy = self.policy();
        may(&self.law.in_force, &alone, purpose, None, self.moment)
            .map(|basis| words::basis(policy, basis, self.language))
            .map_err(|refusal| refusal.rule.sentence(policy, self.language))
    }

    fn lives(&self, until: Term, rule: RuleId) -> State {
        let policy = self.policy();
        let rule = policy.rule(rule);
        let day = match until {
            Term::Through(day) => Some(day.to_string()),
            Term::Waits(_) | Term::Held(_) => None,
        };
        State::Lives {
            until: self.until(until),
            day,
            rule: self.named(&rule.name, &rule.title),
            term: words::term(policy, rule, self.language),
            source: words::source(&rule.source, self.language),
        }
    }

    fn until(&self, until: Term) -> String {
        let policy = self.policy();
        match until {
            Term::Through(day) => format!("{} {day}", self.either("through", "jusqu’au")),
            Term::Waits(Awaited::Fact(fact)) => {
                let title = self.say(&policy.fact(fact).title);
                format!("{} {title}", self.either("waits for:", "dépend de :"))
            }
            Term::Waits(Awaited::EndOf(span)) => {
                let title = self.say(&policy.span(span).title);
                let waits = self.either("waits for the end of:", "dépend de la fin de :");
                format!("{waits} {title}")
            }
            Term::Held(Some(day)) => {
                format!(
                    "{} {day}",
                    self.either("held, looked at again on", "gelé, revu le")
                )
            }
            Term::Held(None) => self.either("restricted", "limité"),
        }
    }

    /// Everybody who may read some of the record for a purpose that it is held for.
    fn recipients(&self, held: &Held) -> Vec<(Named, bool)> {
        let policy = self.policy();
        let reads = |recipient: usize| {
            held.grounds.iter().any(|ground| {
                let lives = matches!(
                    ground_end(&self.law.in_force, self.subject, held, ground, self.moment),
                    End::Lives { .. }
                );
                let fields =
                    policy.tables.reads[recipient][ground.purpose.index()][held.category.index()];
                lives && fields & held.fields != 0
            })
        };
        policy
            .recipients
            .iter()
            .enumerate()
            .filter(|(at, _)| reads(*at))
            .map(|(_, one)| (self.named(&one.name, &one.title), one.internal))
            .collect()
    }

    fn facts(&self) -> Vec<Happening> {
        let own = self.subject.facts.iter();
        own.chain(&self.subject.organisation_facts)
            .filter(|fact| fact.superseded_by.is_none())
            .map(|fact: &Fact| {
                let kind = self.policy().fact(fact.kind);
                Happening {
                    fact: self.named(&kind.name, &kind.title),
                    happened: self.when(fact.happened),
                    matter: fact.matter.map(|matter| matter.to_string()),
                    of_organisation: fact.organisation.is_some(),
                }
            })
            .collect()
    }

    fn purpose(&self, id: PurposeId) -> Named {
        let purpose = self.policy().purpose(id);
        self.named(&purpose.name, &purpose.title)
    }

    fn category(&self, id: CategoryId) -> Named {
        let category = self.policy().category(id);
        self.named(&category.name, &category.title)
    }

    fn consents(&self) -> Vec<Agreement> {
        let consents = self.subject.consents.iter();
        consents
            .map(|one| Agreement {
                purpose: self.purpose(one.purpose),
                channels: one
                    .channels
                    .iter()
                    .map(|id| {
                        let channel = self.policy().channel(id);
                        self.named(&channel.name, &channel.title)
                    })
                    .collect(),
                given: self.when(one.given),
                withdrawn: one.withdrawn.map(|at| self.when(at)),
                policy_version: one.policy_version,
            })
            .collect()
    }

    fn acceptances(&self) -> Vec<(Named, u32, String)> {
        let standing = self.subject.standing_acceptances();
        standing
            .map(|one| {
                let document = self.policy().document(one.document);
                (
                    self.named(&document.name, &document.title),
                    one.version,
                    self.when(one.accepted),
                )
            })
            .collect()
    }

    fn objections(&self) -> Vec<Refused> {
        let objections = self.subject.objections.iter();
        objections
            .map(|one| Refused {
                to: match one.to {
                    ObjectedTo::Canvassing => None,
                    ObjectedTo::Purpose(purpose) => Some(self.purpose(purpose)),
                },
                made: self.when(one.made),
                lifted: one.lifted.map(|at| self.when(at)),
            })
            .collect()
    }

    fn restrictions(&self) -> Vec<(Vec<Named>, String)> {
        let declared = self.policy().categories.len();
        let stands = self.subject.restrictions.iter();
        stands
            .filter(|one| one.lifted.is_none())
            .map(|one| {
                let covered = one.categories.iter().filter(|id| id.index() < declared);
                (
                    covered.map(|id| self.category(id)).collect(),
                    self.when(one.since),
                )
            })
            .collect()
    }

    fn holds(&self) -> Vec<(Named, String, String)> {
        let stands = self.subject.holds.iter().filter(|one| one.lifted.is_none());
        stands
            .map(|one| {
                (
                    self.purpose(one.purpose),
                    self.when(one.placed),
                    one.review.to_string(),
                )
            })
            .collect()
    }

    fn access(&self, act: Traced) -> Access {
        let policy = self.policy();
        let titled = |name: Option<String>, title: &dyn Fn(&str) -> Option<String>| {
            name.map(|name| title(&name).unwrap_or(name))
        };
        let category = |name: &str| {
            let id = policy.category_named(name)?;
            Some(self.category(id).title)
        };
        Access {
            at: self.when(act.at),
            act: act.act,
            recipient: titled(act.recipient, &|name| {
                let id = policy.recipient_named(name)?;
                Some(self.say(&policy.recipient(id).title))
            }),
            purpose: titled(act.purpose, &|name| {
                let id = policy.purpose_named(name)?;
                Some(self.purpose(id).title)
            }),
            categories: act
                .categories
                .into_iter()
                .map(|name| category(&name).unwrap_or(name))
                .collect(),
        }
    }
}
