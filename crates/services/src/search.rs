//! Finding people by their name. The index is made in memory, when a name is first looked for, of the
//! names that the searcher's recipient may read for the purpose: under a system grant that stands in
//! the journal. What it gives are candidates; each is decided and opened before it is shown or counted
//! (mechanism, 11).

mod index;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::decide::{Allowed, Decision, Request, decide};
use domain::term::Term;
use domain::{Account, Actor, ActorKind, Fault, FaultKind, Moment, Personal, SubjectId};
use door::{Loaded, NotGranted, Opened};
use jiff::Timestamp;
use jiff::civil::Date;
use journal::{Act, Destination};
use policy::authorisation::Action;

use self::index::{Index, Word, match_words, words};
use crate::act::{TRIES_MAX, keeps_changing};
use crate::capacity::one_category;
use crate::concern::part_of;
use crate::kept::Kept;
use crate::law::Law;
use crate::view::{name_in, naming};

/// How many people are put in by one entry of the journal.
const ROUND: u32 = 500;
/// How many candidates are looked at in one search.
const CANDIDATES_MAX: usize = 200;
/// An index that nobody asks is forgotten after this.
const KEPT_FOR: jiff::SignedDuration = jiff::SignedDuration::from_mins(30);
/// The account under which the index is made.
const ACCOUNT: &str = "name-index";

/// Those who were found by their name.
pub struct ByName {
    /// Whom, with their names as they are, in the order of the names.
    pub people: Vec<(SubjectId, Personal<String>)>,
    /// Whether there may be more.
    pub more: bool,
    /// Where the search stands in the journal.
    pub receipt: u64,
}

/// Whose names an index has: those that one recipient may read for one purpose, both as numbers of
/// the registry.
type Whose = (u32, u32);

/// The indexes that were made.
#[derive(Default)]
pub(crate) struct NameIndexes(Mutex<HashMap<Whose, Arc<Slot>>>);

/// A place for an index.
#[derive(Default)]
struct Slot {
    /// People who changed since they were put in.
    changed: Mutex<HashSet<SubjectId>>,
    made: Mutex<Option<Made>>,
}

/// An index under the policy that it was made by.
struct Made {
    index: Index,
    policy: u32,
    asked: Timestamp,
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl NameIndexes {
    /// Notes that people changed: they are decided on anew before the next search.
    pub(crate) fn changed(&self, people: &[SubjectId]) {
        for slot in lock(&self.0).values() {
            lock(&slot.changed).extend(people);
        }
    }

    fn slot(&self, whose: Whose) -> Arc<Slot> {
        Arc::clone(lock(&self.0).entry(whose).or_default())
    }

    /// Forgets the indexes that nobody asks any more, and in the others what is past its term.
    fn tidy(&self, moment: Moment) {
        lock(&self.0).retain(|_, slot| {
            // One that is being asked is not idle.
            let Ok(mut made) = slot.made.try_lock() else {
                return true;
            };
            made.as_mut().is_some_and(|made| {
                made.index.drop_past(moment.today);
                moment.now.duration_since(made.asked) < KEPT_FOR
            })
        });
    }
}

impl Kept {
    /// Finds people by the beginnings of words of their name, in the capacity that somebody acts in.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when no word was given or nobody's role is acted in,
    /// [`FaultKind::Refused`] when the role finds nobody for the purpose,
    /// [`FaultKind::Unavailable`] when the journal cannot be written: then nobody is found.
    pub fn search(&self, sought: &str, most: usize, actor: &Actor) -> Result<ByName, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Find, actor, moment)?;
        let sought = words(sought);
        if sought.is_empty() {
            return Err(
                Fault::new(FaultKind::Invalid, "there is no name to look for")
                    .remedy("give the beginning of a first name or surname"),
            );
        }
        let bound = self
            .bound(actor, Action::Find, &law)?
            .ok_or_else(in_no_role)?;
        let (category, fields) = naming(law.policy()).ok_or_else(no_names)?;
        let request = bound.request(one_category(category))?;
        self.names.tidy(moment);
        let most = most.min(CANDIDATES_MAX);
        let (candidates, mut more) = self.candidates(&law, request, &sought, moment)?;
        let mut people: Vec<(SubjectId, Personal<String>)> = Vec::new();
        for some in candidates.chunks(most.max(1)) {
            if people.len() >= most {
                more = true;
                break;
            }
            let mut decided = Vec::new();
            for id in some {
                let Some(loaded) = self.vault.load(*id, &law.names)? else {
                    continue;
                };
                let Decision::Allowed(allowed) = bound.decide(&loaded.subject, request, moment)
                else {
                    continue;
                };
                decided.extend(
                    allowed
                        .narrow(|one| one.fields & fields != 0)
                        .map(|it| (it, loaded)),
                );
            }
            for (id, opened) in self.looked_at_each(decided, actor, &law, moment)? {
                let name = opened.iter().find_map(|one| name_in(law.policy(), one));
                let Some(name) = name else { continue };
                if match_words(&sought, &words(name.disclose())) {
                    people.push((id, name));
                }
            }
        }
        more |= people.len() > most;
        people.truncate(most);
        let mut searched = self.detail(Act::Searched, actor, moment, &law);
        searched.categories = vec![law.names.category.number(category)];
        searched.recipient = Some(law.names.recipient.number(request.recipient));
        searched.count = Some(people.len() as u64);
        let receipt = self.record_under(&law, vec![self.vault.entry(&searched)?])?;
        Ok(ByName {
            people,
            more,
            receipt,
        })
    }

    /// Drops names from memory that are past their term, or that nobody looks for any more.
    ///
    /// # Errors
    /// When the clock cannot be read.
    pub fn tidy_names(&self) -> Result<(), Fault> {
        self.names.tidy(self.moment()?);
        Ok(())
    }

    /// Records that candidates are looked at, all at once, and opens them; one that changed meanwhile
    /// is left out.
    fn looked_at_each(
        &self,
        decided: Vec<(Allowed, Loaded)>,
        actor: &Actor,
        law: &Law,
        moment: Moment,
    ) -> Result<Vec<(SubjectId, Vec<Opened>)>, Fault> {
        let none = Destination::None;
        let grants =
            self.vault
                .record_grants(decided, actor, none, &law.names, self.still(actor)?)?;
        let grants = grants.into_iter().flatten().collect();
        let opened = self.vault.open_each(grants, moment.now, &law.names)?;
        let opened = opened.into_iter();
        Ok(opened
            .map(|(subject, opened)| (subject.id, opened))
            .collect())
    }

    /// The candidates of the index, which is brought up to date first.
    fn candidates(
        &self,
        law: &Law,
        request: Request,
        sought: &[Word],
        moment: Moment,
    ) -> Result<(Vec<SubjectId>, bool), Fault> {
        let whose = (
            law.names.recipient.number(request.recipient),
            law.names.purpose.number(request.purpose),
        );
        let slot = self.names.slot(whose);
        self.note_changes_elsewhere()?;
        let mut made = lock(&slot.made);
        let version = law.policy().version;
        let current = made.as_ref().is_some_and(|made| made.policy == version);
        if !current {
            *made = None;
            lock(&slot.changed).clear();
            let index = self.index(law, request)?;
            *made = Some(Made {
                index,
                policy: version,
                asked: moment.now,
            });
        }
        let Some(made) = made.as_mut() else {
            return Ok((Vec::new(), false));
        };
        made.asked = moment.now;
        let changed: Vec<SubjectId> = lock(&slot.changed).drain().collect();
        if let Err(fault) = self.renew(law, request, &mut made.index, &changed) {
            // They are not forgotten: the next search tries again.
            lock(&slot.changed).extend(changed);
            return Err(fault);
        }
        made.index.drop_past(moment.today);
        Ok(made.index.candidates(sought, CANDIDATES_MAX))
    }

    /// Makes an index of everybody whom the request opens.
    fn index(&self, law: &Law, request: Request) -> Result<Index, Fault> {
        let mut index = Index::default();
        let mut after = None;
        loop {
            let round = self.vault.load_after(after, ROUND, &law.names)?;
            let Some(last) = round.last() else {
                return Ok(index);
            };
            after = Some(last.subject.id);
            let people: Vec<SubjectId> = round.iter().map(|one| one.subject.id).collect();
            if self.put_in(law, request, &mut index, round)?.is_none() {
                self.renew(law, request, &mut index, &people)?;
            }
        }
    }

    /// Decides some people anew, who changed: their names go in, or out.
    fn renew(
        &self,
        law: &Law,
        request: Request,
        index: &mut Index,
        people: &[SubjectId],
    ) -> Result<(), Fault> {
        for some in people.chunks(ROUND as usize) {
            let mut tries = 0;
            loop {
                let mut round = Vec::with_capacity(some.len());
                for id in some {
                    index.remove(*id);
                    round.extend(self.vault.load(*id, &law.names)?);
                }
                if self.put_in(law, request, index, round)?.is_some() {
                    break;
                }
                tries += 1;
                if tries == TRIES_MAX {
                    return Err(keeps_changing());
                }
            }
        }
        Ok(())
    }

    /// Opens the names of some people for the index, under one entry of the journal with a part for
    /// each; `None` when one of them changed meanwhile, or the law did.
    fn put_in(
        &self,
        law: &Law,
        request: Request,
        index: &mut Index,
        people: Vec<Loaded>,
    ) -> Result<Option<()>, Fault> {
        let Some((category, fields)) = naming(law.policy()) else {
            return Ok(Some(()));
        };
        let moment = self.moment()?;
        let (mut decided, mut parts) = (Vec::new(), Vec::new());
        for loaded in people {
            let decision = decide(&law.in_force, &loaded.subject, request, moment);
            let Decision::Allowed(allowed) = decision else {
                continue;
            };
            let Some(allowed) = allowed.narrow(|one| one.fields & fields != 0) else {
                continue;
            };
            let records = allowed.permitted().iter().map(|one| one.record.0).collect();
            parts.push(part_of(law, &loaded.subject, records, moment));
            decided.push((allowed, loaded));
        }
        if decided.is_empty() {
            return Ok(Some(()));
        }
        let actor = Actor::new(ActorKind::Job, Account::parse(ACCOUNT)?);
        let mut detail = self.detail(Act::Read, &actor, moment, law);
        detail.purpose = Some(law.names.purpose.number(request.purpose));
        detail.recipient = Some(law.names.recipient.number(request.recipient));
        detail.categories = vec![law.names.category.number(category)];
        detail.count = Some(parts.len() as u64);
        detail.destination = Destination::Job;
        let untils: Vec<Option<Date>> = decided.iter().map(|(it, _)| until(it)).collect();
        let grants = match self
            .vault
            .record_grants_at_once(decided, detail, &parts, None)
        {
            Ok(grants) => grants,
            Err(NotGranted::Stale) => {
                self.catch_up()?;
                return Ok(None);
            }
            Err(NotGranted::Fault(fault)) => return Err(fault),
        };
        let now = self.moment()?.now;
        let people = self.vault.open_each(grants, now, &law.names)?;
        for ((subject, opened), until) in people.into_iter().zip(untils) {
            let name = opened.iter().find_map(|one| name_in(law.policy(), one));
            if let Some(name) = name {
                index.put(subject.id, name.disclose(), until);
            }
        }
        Ok(Some(()))
    }
}

/// Through which day the name may be read: the earliest of what was opened.
fn until(allowed: &Allowed) -> Option<Date> {
    let days = allowed
        .permitted()
        .iter()
        .filter_map(|one| match one.until {
            Term::Through(day) => Some(day),
            Term::Waits(_) | Term::Held(_) => None,
        });
    days.min()
}

fn in_no_role() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "names are looked for in a role, for a purpose",
    )
    .remedy("say in which role, and what for")
}

fn no_names() -> Fault {
    Fault::new(FaultKind::Invalid, "the policy has no fields for names")
}
