//! Whom the announcement of a version is for: the people whom its changes concern, by what is held
//! about them. Rows go into the outbox in batches, and a crash goes on where it stopped.

use std::collections::{BTreeMap, BTreeSet};

use domain::decide::{Decision, Request};
use domain::subject::Subject;
use domain::{Fault, FaultKind, SubjectId};
use jiff::SignedDuration;
use journal::Act;
use policy::compare::{Concerns, audience};
use policy::model::{Announcements, CategorySet, Policy};
use policy::{Change, compare};
use store::Priority;
use store::data::message::MessageRow;

use super::{Kind, owed};
use crate::act::Acting;
use crate::capacity::decided;
use crate::kept::Kept;
use crate::law::Law;
use crate::overview::Version;
use crate::plan::PEOPLE_AT_ONCE;

/// Whom a version concerns, and whom a message can reach.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Audience {
    /// Which version.
    pub version: u32,
    /// How many people it concerns who were not told yet.
    pub people: u64,
    /// How many of each kind, by its name; somebody may be of several.
    pub kinds: BTreeMap<String, u64>,
    /// How many of them may be written to. Who has no address turns out when it is opened.
    pub reachable: u64,
    /// How many may not be, by the rule that says so.
    pub unreached: BTreeMap<String, Unreached>,
}

/// People whom no message can reach.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unreached {
    /// How many.
    pub people: u64,
    /// The rule in a sentence.
    pub sentence: String,
}

/// A version with what it changes.
pub(super) struct Announceable {
    pub(super) version: Version,
    pub(super) changes: Vec<Change>,
    /// Whom it concerns, kinds by their names today.
    concerns: Concerns,
}

impl Announceable {
    /// What it changes for people of some kinds, by their names today, and whether it changes more.
    pub(super) fn changes_for(&self, kinds: &BTreeSet<String>) -> (Vec<&Change>, bool) {
        let theirs = |change: &&Change| kinds.iter().any(|kind| change.concerns.includes(kind));
        let changes: Vec<&Change> = self.changes.iter().filter(theirs).collect();
        let more = changes.len() < self.changes.len();
        (changes, more)
    }
}

/// The work of putting an announcement in the outbox, which one copy does.
const ANNOUNCING: &str = "announcing";
/// How long it is another copy's where that went silent.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(5);

impl Kept {
    /// Whom a version concerns and whom a message would reach: the one in force, if none is named.
    /// Nothing is opened. `progress` hears how many people were looked at.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such version, [`FaultKind::Invalid`] when it is the
    /// first, [`FaultKind::Refused`] when the policy does not say how people are told.
    pub fn audience(
        &self,
        version: Option<u32>,
        acting: &Acting,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Audience, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let how = announcements(&law)?;
        let announced = self.announceable(version.unwrap_or(law.policy().version))?;
        let mut found = Audience {
            version: announced.version.policy.version,
            ..Audience::default()
        };
        let (mut after, mut seen) = (None, 0);
        loop {
            let people = self.vault.load_after(after, PEOPLE_AT_ONCE, &law.names)?;
            let Some(last) = people.last() else { break };
            after = Some(last.subject.id);
            for one in &people {
                let subject = &one.subject;
                if !is_concerned(&law, &announced, subject) {
                    continue;
                }
                found.people += 1;
                for kind in kinds_of(&law, subject) {
                    *found.kinds.entry(kind).or_default() += 1;
                }
                match decided(&law, subject, request(&how), None, moment).0 {
                    Decision::Allowed(_) => found.reachable += 1,
                    Decision::Refused(refusal) => {
                        let terms = law.terms();
                        let entry = found.unreached.entry(refusal.rule.name(terms));
                        let unreached = entry.or_default();
                        unreached.people += 1;
                        let english = policy::model::Language::En;
                        unreached.sentence = refusal.rule.sentence(terms, english);
                    }
                }
            }
            seen += people.len() as u64;
            progress(seen);
        }
        let mut detail = self.detail(Act::Counted, &acting.actor, moment, &law);
        detail.count = Some(found.people);
        self.vault.record(&detail)?;
        Ok(found)
    }

    /// Puts the announcement of a version into the outbox, for everybody whom it concerns and who
    /// has not been told; says whom it is for now. Whoever is in it already stays in it once.
    ///
    /// # Errors
    /// As [`Kept::audience`].
    pub fn announce(
        &self,
        version: Option<u32>,
        acting: &Acting,
        progress: &mut dyn FnMut(u64),
    ) -> Result<u64, Fault> {
        let law = self.law();
        announcements(&law)?;
        let version = version.unwrap_or(law.policy().version);
        self.announceable(version)?;
        let now = self.moment()?.now.as_microsecond();
        let begun = self.vault.data().read(|reader| reader.announcements())?;
        if begun.iter().all(|row| row.version != version) {
            self.vault.data().write(Priority::Ordinary, move |tx| {
                tx.add_announcement(version, now)
            })?;
        }
        self.go_on_announcing(acting, progress)
    }

    /// Goes on with announcements that were begun and are not in the outbox whole; says how many
    /// people were put in.
    ///
    /// # Errors
    /// When the data cannot be read or written.
    pub fn go_on_announcing(
        &self,
        acting: &Acting,
        progress: &mut dyn FnMut(u64),
    ) -> Result<u64, Fault> {
        let _alone = self.hold_mail();
        let mut begun = self.vault.data().read(|reader| reader.announcements())?;
        begun.retain(|row| row.seen.is_some());
        if begun.is_empty() || !self.claim(ANNOUNCING, CLAIM_LASTS)? {
            return Ok(0);
        }
        let mut put_in = 0;
        for row in begun {
            if let Some(seen) = row.seen {
                let after = <[u8; 16]>::try_from(seen).ok().map(SubjectId);
                put_in += self.put_in_outbox(row.version, after, acting, progress)?;
            }
        }
        Ok(put_in)
    }

    fn put_in_outbox(
        &self,
        version: u32,
        mut after: Option<SubjectId>,
        acting: &Acting,
        progress: &mut dyn FnMut(u64),
    ) -> Result<u64, Fault> {
        let announced = self.announceable(version)?;
        let (mut all, mut seen) = (0, 0);
        loop {
            let (law, moment) = (self.law(), self.moment()?);
            let people = self.vault.load_after(after, PEOPLE_AT_ONCE, &law.names)?;
            let Some(last) = people
                .last()
                .filter(|_| announced.concerns != Concerns::Nobody)
            else {
                break;
            };
            let last = last.subject.id;
            let concerned = people
                .iter()
                .filter(|one| is_concerned(&law, &announced, &one.subject));
            let rows: Vec<MessageRow> = concerned
                .map(|one| {
                    let id = one.subject.id;
                    owed(
                        id,
                        Kind::Announcement,
                        version,
                        moment.now,
                        self.vault.entropy(),
                    )
                })
                .collect();
            self.claim(ANNOUNCING, CLAIM_LASTS)?;
            all += self.vault.data().write(Priority::Ordinary, move |tx| {
                let mut added = 0;
                for row in &rows {
                    added += u64::from(tx.add_message(row)?);
                }
                tx.put_announcement(version, added, Some(last.as_bytes()))?;
                Ok(added)
            })?;
            after = Some(last);
            seen += people.len() as u64;
            progress(seen);
        }
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::AnnouncementMade, &acting.actor, moment, &law);
        detail.rule = Some(about_version(version));
        // With those put in before an interruption.
        let begun = self.vault.data().read(|reader| reader.announcements())?;
        let row = begun.iter().find(|row| row.version == version);
        detail.count = row.map(|row| row.people);
        let entry = self.vault.entry(&detail)?;
        self.vault.data().write(Priority::Ordinary, move |tx| {
            tx.put_announcement(version, 0, None)?;
            tx.append(&entry)
        })?;
        Ok(all)
    }

    /// A version with what it changes, against the one before it.
    pub(super) fn announceable(&self, version: u32) -> Result<Announceable, Fault> {
        let mut versions = self.versions()?;
        let at = versions
            .iter()
            .position(|one| one.policy.version == version);
        let at = at.ok_or_else(|| {
            Fault::new(
                FaultKind::Absent,
                "no such version of the policy was ever in force",
            )
            .remedy("`kept announce status` lists the versions")
        })?;
        if at == 0 {
            return Err(Fault::new(
                FaultKind::Invalid,
                "the first version is announced to nobody: people were shown it when their data was collected",
            )
            .remedy("apply a new version with `kept apply`"));
        }
        let later: Vec<Policy> = versions
            .split_off(at + 1)
            .into_iter()
            .map(|it| it.policy)
            .collect();
        let (Some(version), Some(before)) = (versions.pop(), versions.pop()) else {
            return Err(Fault::new(
                FaultKind::Integrity,
                "the versions of the policy are lost",
            ));
        };
        let mut changes = compare(&before.policy, &version.policy);
        for change in &mut changes {
            if let Concerns::Kinds(kinds) = &change.concerns {
                change.concerns = Concerns::Kinds(named_today(kinds, &later));
            }
        }
        Ok(Announceable {
            concerns: audience(&changes),
            version,
            changes,
        })
    }
}

/// What later versions call some kinds.
fn named_today(kinds: &BTreeSet<String>, later: &[Policy]) -> BTreeSet<String> {
    let through = |name: &String, policy: &Policy| {
        let mut kinds = policy.kinds.iter();
        let renamed = kinds.find(|kind| kind.was.as_ref() == Some(name));
        renamed.map_or_else(|| name.clone(), |kind| kind.name.clone())
    };
    let today = |name: &String| {
        later
            .iter()
            .fold(name.clone(), |name, it| through(&name, it))
    };
    kinds.iter().map(today).collect()
}

/// How people are told, by the policy in force.
pub(super) fn announcements(law: &Law) -> Result<Announcements, Fault> {
    law.policy().announcements.ok_or_else(|| {
        Fault::new(
            FaultKind::Refused,
            "the policy does not say for which purpose people are written to",
        )
        .rule("announcements")
        .remedy("add a section [announcements] to the next version of the policy; tell people otherwise meanwhile, and record it with `kept told`")
    })
}

/// What is asked for to write to somebody.
pub(super) fn request(how: &Announcements) -> Request {
    let mut categories = CategorySet::default();
    categories.insert(how.email.category);
    if let Some(language) = how.language {
        categories.insert(language.category);
    }
    Request {
        recipient: how.recipient,
        purpose: how.purpose,
        channel: None,
        categories,
    }
}

/// What the journal says that a message is about.
pub(super) fn about_version(version: u32) -> String {
    format!("policy version {version}")
}

/// Whether a version concerns a person who has not been told of it: something is held about them
/// that was collected before it, as one of the kinds that it concerns.
fn is_concerned(law: &Law, announced: &Announceable, subject: &Subject) -> bool {
    let version = announced.version.policy.version;
    let policy = law.policy();
    subject.told.is_none_or(|told| told.version < version)
        && subject
            .records
            .iter()
            .filter(|held| !held.tombstone && held.policy_version < version)
            .flat_map(|held| &held.grounds)
            .filter(|ground| ground.ended.is_none())
            .any(|ground| announced.concerns.includes(&policy.kind(ground.kind).name))
}

/// The kinds that a person is met as, in what is held about them.
pub(super) fn kinds_of(law: &Law, subject: &Subject) -> BTreeSet<String> {
    let records = subject.records.iter().filter(|held| !held.tombstone);
    let grounds = records.flat_map(|held| &held.grounds);
    grounds
        .filter(|ground| ground.ended.is_none())
        .map(|ground| law.policy().kind(ground.kind).name.clone())
        .collect()
}
