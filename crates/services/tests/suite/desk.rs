//! The desk: every role, for every purpose, with every category and every act, against the reference
//! model that reads the two files; and what the journal says of it.

use std::collections::{BTreeMap, BTreeSet};

use domain::collect::Collection;
use domain::decide::{Decision, Request, decide};
use domain::narrowing::is_own_client;
use domain::subject::{ObjectedTo, Subject};
use domain::value::{Payload, Value};
use domain::{Account, Actor, ActorKind, Fault, FaultKind, Personal, SubjectId};
use journal::Destination;
use policy::authorisation::{Action, Authorisation, Condition};
use policy::model::{
    CategoryId, CategorySet, ErasureGround, FieldType, KindId, KindSet, Language, OriginId, Person,
    Policy, PurposeId, PurposeSet, RoleId,
};
use services::collect::{NewData, NewPerson};
use services::desk::Desk;
use services::fact::Happened;
use services::{Kept, Law, Who};
use testkit::reference::authorisation::{Question, may};

use crate::common::{House, acting};

const ALL: CategorySet = CategorySet(u128::MAX);
const AT: &str = "2026-03-01T09:00:00Z";

fn ids<Id>(count: usize, id: fn(u8) -> Id) -> impl Iterator<Item = Id> {
    (0u8..).take(count).map(id)
}

/// A value of a field's type.
fn sample(kind: &FieldType) -> Value {
    let text = |text: &str| Value::Text(text.to_owned());
    match kind {
        FieldType::Date => Value::Date("2026-01-02".parse().unwrap()),
        FieldType::Integer => Value::Integer(3),
        FieldType::Boolean => Value::Boolean(true),
        FieldType::Moment => Value::Moment(AT.parse().unwrap()),
        FieldType::Email => text("o.vasseur@example.org"),
        FieldType::Telephone => text("+33240000001"),
        FieldType::Choice(values) => text(&values[0]),
        _ => text("Vasseur"),
    }
}

fn data(
    policy: &Policy,
    category: CategoryId,
    kind: KindId,
    purpose: PurposeId,
    by: &str,
) -> NewData {
    let used = policy.tables.use_fields[purpose.index()][category.index()];
    let fields = (0u8..).zip(&policy.category(category).fields);
    let values: BTreeMap<u8, Value> = fields
        .filter(|(at, _)| used & 1 << at != 0)
        .map(|(at, field)| (at, sample(&field.kind)))
        .collect();
    let payload = Payload(values);
    NewData {
        derived_from: Vec::new(),
        collection: Collection {
            category,
            fields: payload.fields(),
            origin: OriginId(0),
            brought_by: Account::parse(by).unwrap(),
            purposes: PurposeSet::from_iter([purpose]),
            kind,
            matter: None,
            processor: None,
            collected: AT.parse().unwrap(),
            approved: true,
        },
        values: Personal::new(payload),
        unique: None,
    }
}

/// A person about whom as much is held as the policy lets be: of every category for every purpose
/// and every kind that allows it.
fn known_everywhere(kept: &Kept) -> SubjectId {
    let law = kept.law();
    let policy = law.policy();
    let contact = policy.kind_named("contact").unwrap();
    let identity = policy.category_named("identity").unwrap();
    let purpose = policy.purpose_named("contact-relations").unwrap();
    let new = NewPerson {
        person: Some(Person::Professional),
        records: vec![data(policy, identity, contact, purpose, "a.martin")],
    };
    let (id, _) = kept.add_person(new, &acting()).unwrap();
    for fact in ["contract-signed", "dispute-opened", "access-granted"] {
        let Some(kind) = policy.fact_named(fact) else {
            continue;
        };
        let happened = Happened {
            kind,
            matter: policy
                .fact(kind)
                .about_matter
                .then(|| kept.new_matter().unwrap()),
            at: AT.parse().unwrap(),
            manner: None,
            supersedes: None,
        };
        let _ = kept.record_fact(id, &happened, &acting());
    }
    for category in ids(policy.categories.len(), CategoryId) {
        for purpose in policy.tables.used_by[category.index()].iter() {
            for kind in policy.purpose(purpose).concerns.iter() {
                let record = data(policy, category, kind, purpose, "a.martin");
                let _ = kept.add_records(id, vec![record], &acting());
            }
        }
    }
    id
}

fn desk<'k>(kept: &'k Kept, law: &Law, role: RoleId, purpose: PurposeId, by: &str) -> Desk<'k> {
    let actor = Actor::new(ActorKind::CommandLine, Account::parse(by).unwrap());
    let role = &law.authorisation().unwrap().role(role).name;
    let duty = kept.access().duty(Who::CommandLine(&actor), role).unwrap();
    kept.desk(&duty, purpose, Destination::Screen)
}

/// What the reference model opens of a category, about a person of some kinds.
fn open(
    (authorisation, policy): (&Authorisation, &Policy),
    (role, action, purpose): (RoleId, Action, PurposeId),
    (kinds, category): (KindSet, CategoryId),
    own: bool,
) -> u64 {
    let fields = (0u8..).take(policy.category(category).fields.len());
    fields
        .filter(|field| {
            kinds.iter().any(|kind| {
                let question = Question {
                    role,
                    action,
                    purpose,
                    kind,
                    category,
                    field: *field,
                };
                may(authorisation, policy, question, None)
                    || own && may(authorisation, policy, question, Some(Condition::OwnClients))
            })
        })
        .fold(0, |open, field| open | 1 << field)
}

fn kinds_of(subject: &Subject) -> KindSet {
    let roles = subject.roles.iter().map(|role| role.kind);
    let grounds = subject.records.iter().flat_map(|held| &held.grounds);
    roles.chain(grounds.map(|ground| ground.kind)).collect()
}

#[test]
fn each_role_reads_of_each_category_for_each_purpose_what_both_files_say() {
    let house = House::authorised(AT);
    let kept = &house.kept;
    let id = known_everywhere(kept);
    let law = kept.law();
    let (policy, authorisation) = (law.policy(), law.authorisation().unwrap());
    let subject = kept.person(id, &law).unwrap().subject;
    let (mut opened, mut refused) = (0, 0);
    for by in ["a.martin", "l.morel"] {
        let own = is_own_client(&subject, &Account::parse(by).unwrap());
        for role in authorisation.role_ids() {
            for purpose in ids(policy.purposes.len(), PurposeId) {
                let moment = kept.moment().unwrap();
                let mut expected = BTreeSet::new();
                if let Some(recipient) = authorisation.role(role).recipient {
                    let request = Request {
                        recipient,
                        purpose,
                        channel: None,
                        categories: ALL,
                    };
                    if let Decision::Allowed(allowed) =
                        decide(&law.in_force, &subject, request, moment)
                    {
                        for one in allowed.permitted() {
                            let asked = (role, Action::Read, purpose);
                            let about = (one.kinds, one.category);
                            let left =
                                one.fields & open((authorisation, policy), asked, about, own);
                            if left != 0 {
                                expected.insert((one.record, left));
                            }
                        }
                    }
                }
                let read = desk(kept, &law, role, purpose, by).read(id, ALL, None);
                let given: BTreeSet<_> = match read {
                    Ok(read) => {
                        opened += 1;
                        let opened = read.opened.iter();
                        opened
                            .map(|it| (it.permitted.record, it.permitted.fields))
                            .collect()
                    }
                    Err(fault) => {
                        assert_eq!(fault.kind, FaultKind::Refused, "{fault:?}");
                        assert!(fault.rule.is_some(), "{fault:?}");
                        refused += 1;
                        BTreeSet::new()
                    }
                };
                let what = &authorisation.role(role).name;
                assert_eq!(given, expected, "{what} for {purpose:?} by {by}");
            }
        }
    }
    assert!(
        opened > 40 && refused > 400,
        "{opened} opened, {refused} refused"
    );
}

/// An act on a person that a role has to be granted, tried without changing anything.
type Try = fn(&Desk<'_>, SubjectId) -> Result<(), Fault>;

/// Each with the word of the authorisation, and whether it is done to the whole file.
const ACTS: [(Action, bool, Try); 10] = [
    (Action::RecordFacts, false, |desk, id| {
        let kind = fact(desk, "contact-from-person");
        let happened = Happened {
            kind,
            matter: None,
            at: AT.parse().unwrap(),
            manner: Some("call".to_owned()),
            supersedes: None,
        };
        desk.record_fact(id, &happened).map(drop)
    }),
    (Action::Object, false, |desk, id| {
        desk.object(id, ObjectedTo::Canvassing, None).map(drop)
    }),
    (Action::Restrict, true, |desk, id| {
        desk.restrict(id, ALL).map(drop)
    }),
    (Action::Erase, true, |desk, id| {
        desk.forget(id, ErasureGround::NoLongerNecessary, None)
            .map(drop)
    }),
    (Action::Copy, true, |desk, id| {
        desk.copy(id, Language::En).map(drop)
    }),
    (Action::Trace, true, |desk, id| desk.trace(id).map(drop)),
    (Action::Tell, false, |desk, id| {
        desk.told(id, None, None).map(drop)
    }),
    (Action::Read, false, |desk, id| desk.show(id).map(drop)),
    (Action::Correct, false, |desk, id| {
        desk.set_person(id, Some(Person::Private)).map(drop)
    }),
    (Action::Link, false, |desk, id| {
        let organisation = desk.kept().add_organisation(&acting()).unwrap();
        desk.link(id, organisation, None).map(drop)
    }),
];

fn fact(desk: &Desk<'_>, name: &str) -> policy::model::FactId {
    let law = desk.kept().law();
    law.policy().fact_named(name).unwrap()
}

#[test]
fn each_act_is_done_in_the_roles_that_are_granted_it_and_in_no_other() {
    let house = House::authorised(AT);
    let kept = &house.kept;
    let id = known_everywhere(kept);
    let law = kept.law();
    let (policy, authorisation) = (law.policy(), law.authorisation().unwrap());
    let subject = kept.person(id, &law).unwrap().subject;
    let kinds = kinds_of(&subject);
    let held: BTreeSet<CategoryId> = subject.records.iter().map(|it| it.category).collect();
    let (mut done, mut refused) = (0, 0);
    for role in authorisation.role_ids() {
        // Purposes that roles have, and some that few have.
        for name in [
            "contact-relations",
            "newsletters",
            "rights-requests",
            "security",
        ] {
            let purpose = policy.purpose_named(name).unwrap();
            for (action, whole, act) in ACTS {
                let both = (authorisation, policy);
                let reaches = |purpose, category| {
                    open(both, (role, action, purpose), (kinds, category), true) != 0
                };
                let mut categories = ids(policy.categories.len(), CategoryId);
                // Whoever carries out rights sees what is known in clear.
                let rights = [Action::Copy, Action::Trace, Action::Erase, Action::Restrict];
                let some = categories.any(|category| {
                    reaches(purpose, category)
                        || action == Action::Read
                            && rights.iter().any(|right| {
                                let asked = (role, *right, purpose);
                                open(both, asked, (kinds, category), true) != 0
                            })
                });
                let all = held.iter().all(|category| {
                    let mut purposes = ids(policy.purposes.len(), PurposeId);
                    purposes.any(|purpose| reaches(purpose, *category))
                });
                let desk = desk(kept, &law, role, purpose, "a.martin").dry_run(true);
                let what = (&authorisation.role(role).name, action, name);
                match act(&desk, id) {
                    Ok(()) => {
                        assert!(some && (all || !whole), "{what:?} was done");
                        done += 1;
                    }
                    Err(fault) => {
                        let role = format!("roles.{}", what.0);
                        let rule = fault.rule.clone().unwrap_or_default();
                        assert!(rule.starts_with(&role), "{what:?}: {fault:?}");
                        assert!(!(some && (all || !whole)), "{what:?}: {fault:?}");
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(done > 40 && refused > 300, "{done} done, {refused} refused");
    let before = kept.person(id, &law).unwrap().subject;
    assert_eq!(before.version, subject.version, "nothing was changed");
}

#[test]
fn what_is_done_in_a_role_is_told_with_the_role_and_what_is_refused_too() {
    let house = House::authorised(AT);
    let kept = &house.kept;
    let id = house.add_contact("Tréguier");
    let law = kept.law();
    let named = |role: &str, purpose: &str| {
        let role = law.authorisation().unwrap().role_named(role).unwrap();
        let purpose = law.policy().purpose_named(purpose).unwrap();
        desk(kept, &law, role, purpose, "l.morel")
    };
    let relations = named("client-relations", "contact-relations");
    relations.object(id, ObjectedTo::Canvassing, None).unwrap();
    relations.told(id, None, None).unwrap();
    let refused = relations
        .forget(id, ErasureGround::Objection, None)
        .unwrap_err();
    assert_eq!(refused.kind, FaultKind::Refused);
    assert_eq!(
        refused.rule.as_deref(),
        Some("roles.client-relations.grants")
    );
    let officer = named("data-protection-officer", "rights-requests");
    let acts = officer.trace(id).unwrap().acts;
    let told: Vec<(&str, Option<&str>, Option<&str>)> = acts
        .iter()
        .filter(|act| act.account == "l.morel")
        .map(|act| (act.act, act.role.as_deref(), act.purpose.as_deref()))
        .collect();
    let relation = (Some("client-relations"), Some("contact-relations"));
    let own = (Some("data-protection-officer"), Some("rights-requests"));
    let expected = [
        ("objection-made", relation),
        ("told", relation),
        ("write-refused", relation),
        ("trace-shown", own),
    ];
    let expected: Vec<_> = expected
        .map(|(act, (role, purpose))| (act, role, purpose))
        .into();
    assert_eq!(told, expected);
}

#[test]
fn data_comes_in_through_the_roles_that_collect_it_as_the_clients_of_whoever_brings_it() {
    let house = House::authorised(AT);
    let kept = &house.kept;
    let law = kept.law();
    let policy = law.policy();
    let purpose = policy.purpose_named("contact-relations").unwrap();
    let contact = policy.kind_named("contact").unwrap();
    let identity = policy.category_named("identity").unwrap();
    let new = || NewPerson {
        person: Some(Person::Professional),
        // Said to be somebody else's, which is for nobody to say.
        records: vec![data(policy, identity, contact, purpose, "p.duval")],
    };
    let in_role = |role: &str, by: &str| {
        let role = law.authorisation().unwrap().role_named(role).unwrap();
        desk(kept, &law, role, purpose, by)
    };
    let (id, _) = in_role("canvassing", "l.morel").add_person(new()).unwrap();
    assert!(in_role("canvassing", "l.morel").read(id, ALL, None).is_ok());
    assert!(
        in_role("canvassing", "p.duval")
            .read(id, ALL, None)
            .is_err()
    );
    for role in ["internal-audit", "marketing", "it", "access-rights"] {
        let refused = in_role(role, "l.morel").add_person(new()).unwrap_err();
        assert_eq!(refused.kind, FaultKind::Refused, "{role}");
        let record = data(policy, identity, contact, purpose, "l.morel");
        let refused = in_role(role, "l.morel").add_records(id, vec![record]);
        assert_eq!(refused.unwrap_err().kind, FaultKind::Refused, "{role}");
    }
    assert_eq!(kept.count(&acting().actor).unwrap().people, 1);
}

#[test]
fn those_are_found_listed_and_counted_whom_the_role_reaches() {
    let house = House::authorised(AT);
    let kept = &house.kept;
    let law = kept.law();
    let policy = law.policy();
    let purpose = policy.purpose_named("contact-relations").unwrap();
    let contact = policy.kind_named("contact").unwrap();
    let details = policy.category_named("contact-details").unwrap();
    let identity = policy.category_named("identity").unwrap();
    let add = |by: &str| {
        let records = [identity, details].map(|it| data(policy, it, contact, purpose, by));
        let new = NewPerson {
            person: Some(Person::Professional),
            records: records.into(),
        };
        kept.add_person(new, &acting()).unwrap().0
    };
    let (first, second) = (add("l.morel"), add("p.duval"));
    let in_role = |role: &str, purpose: &str| {
        let role = law.authorisation().unwrap().role_named(role).unwrap();
        let purpose = policy.purpose_named(purpose).unwrap();
        desk(kept, &law, role, purpose, "l.morel")
    };
    let email = policy.field_named("contact-details.email").unwrap();
    let value = Value::Text("o.vasseur@example.org".to_owned());
    let relations = in_role("client-relations", "contact-relations");
    let canvassing = in_role("canvassing", "contact-relations");
    let list = |desk: &Desk<'_>| -> BTreeSet<SubjectId> {
        let listed = desk.list(None, 10).unwrap();
        assert!(listed.total.is_none(), "how many there are is not told");
        listed.people.iter().map(|one| one.subject.id).collect()
    };
    let both = BTreeSet::from([first, second]);
    let found: BTreeSet<_> = relations.find(email, &value).unwrap().into_iter().collect();
    assert_eq!(found, both);
    assert_eq!(list(&relations), both);
    assert_eq!(relations.count().unwrap().people, 2);
    // Own clients alone.
    assert_eq!(canvassing.find(email, &value).unwrap(), [first]);
    assert_eq!(list(&canvassing), BTreeSet::from([first]));
    assert_eq!(canvassing.count().unwrap_err().kind, FaultKind::Refused);
    // Of the same people, nobody has to do with another purpose.
    let events = in_role("client-relations", "events");
    assert!(events.find(email, &value).unwrap().is_empty());
    assert!(list(&events).is_empty());
    assert_eq!(events.count().unwrap().people, 0);
    // Who administers finds nobody at all.
    let rights = in_role("access-rights", "contact-relations");
    assert_eq!(
        rights.find(email, &value).unwrap_err().kind,
        FaultKind::Refused
    );
    assert!(rights.list(None, 10).is_err());
    // Pages go on after the last who was shown.
    let page = relations.list(None, 1).unwrap();
    let next = relations.list(page.next, 1).unwrap();
    assert_eq!(page.next, both.first().copied());
    assert_eq!(next.people[0].subject.id, *both.last().unwrap());
    assert!(next.people[0].name.is_ok());
}

#[test]
fn people_are_found_by_their_name_by_those_who_may_find_them_as_long_as_they_may() {
    let house = House::authorised(AT);
    let kept = &house.kept;
    let law = kept.law();
    let policy = law.policy();
    let in_role = |role: &str, purpose: &str| {
        let role = law.authorisation().unwrap().role_named(role).unwrap();
        let purpose = policy.purpose_named(purpose).unwrap();
        desk(kept, &law, role, purpose, "l.morel")
    };
    let first = house.add_contact("Kerdoncuff");
    let second = house.add_contact("Kérmadec");
    let relations = in_role("client-relations", "contact-relations");
    let found = |text: &str| -> Vec<SubjectId> {
        let found = relations.search(text, 10).unwrap();
        found.people.iter().map(|(id, _)| *id).collect()
    };
    assert_eq!(found("KER"), [first, second]);
    assert_eq!(found("kerma"), [second]);
    assert!(found("doncuff").is_empty());
    let refused = relations.search("  ", 10).err().unwrap();
    assert_eq!(refused.kind, FaultKind::Invalid);
    // Who came in since is found, who was erased is not.
    let third = house.add_contact("Kerguelen");
    assert_eq!(found("ker"), [first, third, second]);
    kept.forget(first, ErasureGround::NoLongerNecessary, None, &acting())
        .unwrap();
    assert_eq!(found("ker"), [third, second]);
    // Nobody else's clients; nobody for another purpose; nobody for whoever administers.
    assert!(
        in_role("canvassing", "contact-relations")
            .search("ker", 10)
            .unwrap()
            .people
            .is_empty()
    );
    assert!(
        in_role("client-relations", "events")
            .search("ker", 10)
            .unwrap()
            .people
            .is_empty()
    );
    let rights = in_role("access-rights", "contact-relations").search("ker", 10);
    assert_eq!(rights.err().unwrap().kind, FaultKind::Refused);
    // The trace has the index's own reading, and the look of whoever searched, each with its purpose.
    let acts = kept
        .trace(third, &acting().actor, Destination::Screen)
        .unwrap()
        .acts;
    let told = |act: &str, account: &str| {
        let mut acts = acts.iter();
        acts.any(|it| {
            let purpose = it.purpose.as_deref() == Some("contact-relations");
            it.act == act && it.account == account && purpose && it.basis.is_some()
        })
    };
    assert!(told("read", "name-index"), "{acts:?}");
    assert!(told("looked-up", "l.morel"), "{acts:?}");
    // Past the term nobody is found, swept or not.
    house.move_to("2036-03-01T09:00:00Z");
    assert!(found("ker").is_empty());
}

#[test]
fn nobody_lets_somebody_in_by_recording_an_event_for_another_purpose() {
    let house = House::authorised(AT);
    let kept = &house.kept;
    let id = known_everywhere(kept);
    let law = kept.law();
    let (policy, authorisation) = (law.policy(), law.authorisation().unwrap());
    let accounts = policy.accounts.unwrap();
    let role = authorisation.role_named("client-relations").unwrap();
    let purpose = policy.purpose_named("contact-relations").unwrap();
    let desk = desk(kept, &law, role, purpose, "l.morel");
    let happened = |kind| Happened {
        kind,
        matter: None,
        at: AT.parse().unwrap(),
        manner: Some("call".to_owned()),
        supersedes: None,
    };
    for kind in [accounts.begins, accounts.ends] {
        let recorded = desk.record_fact(
            id,
            &Happened {
                manner: None,
                ..happened(kind)
            },
        );
        let fault = recorded.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused);
        let rule = format!("facts.{}", policy.fact(kind).name);
        assert_eq!(fault.rule, Some(rule));
    }
    let contact = policy.fact_named("contact-from-person").unwrap();
    desk.record_fact(id, &happened(contact)).unwrap();
}
