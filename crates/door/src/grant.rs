//! The grant: a positive decision that stands in the journal, and what it opens.
//!
//! A read happens at its journal commit: in that transaction the versions of the person, of
//! the policy and of the authorisation are compared with those that were decided on (mechanism, 10). Only then is a value
//! opened.

use domain::decide::{Access, Allowed, Narrowed, Permitted};
use domain::names::Names;
use domain::subject::Subject;
use domain::value::Payload;
use domain::{Actor, ActorKind, Fault, FaultKind, Personal};
use jiff::{SignedDuration, Timestamp};
use journal::{Act, Destination, Detail, Ground, Part};
use policy::authorisation::Action;
use store::Priority;
use store::data::subject::Versions;
use store::keyring::KeyRow;

use crate::details::{ACCESS, basis_number, detail};
use crate::envelope::{self, Belonging};
use crate::people::Loaded;
use crate::vault::Vault;

/// How long a recorded grant may wait to be opened.
const GRANT_LIVES: SignedDuration = SignedDuration::from_secs(30);

/// A decision that was recorded: it opens exactly its records, once, within seconds.
///
/// It cannot be made, copied or kept: [`Vault::record_grant`] makes it, [`Vault::open_granted`]
/// consumes it.
pub struct Grant {
    allowed: Allowed,
    loaded: Loaded,
    receipt: u64,
}

/// A record's values, opened for a recorded grant.
pub struct Opened {
    /// The record, why it was opened and until when it may be.
    pub permitted: Permitted,
    /// The values of the permitted fields.
    pub values: Personal<Payload>,
}

/// What else has to stand when a grant is recorded, asked in its transaction: that whoever acts
/// still holds the role that they act in, say.
pub type Still = Box<dyn Fn(&store::Tx<'_>) -> Result<bool, Fault> + Send>;

/// Why a grant was not recorded.
#[derive(Debug)]
pub enum NotGranted {
    /// The person, the policy, the authorisation or what else was to stand changed since the
    /// decision: decide again.
    Stale,
    /// The journal cannot be written, so nothing is opened.
    Fault(Fault),
}

impl From<Fault> for NotGranted {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Grant {
    /// The place of the grant in the journal.
    #[must_use]
    pub fn receipt(&self) -> u64 {
        self.receipt
    }

    /// The records that it opens.
    #[must_use]
    pub fn permitted(&self) -> &[Permitted] {
        self.allowed.permitted()
    }
}

impl Vault {
    /// Records a positive decision in the journal. It is durable before this returns.
    ///
    /// # Errors
    /// [`NotGranted::Stale`] when the person or the policy changed since the decision, or `still`
    /// says no;
    /// [`NotGranted::Fault`] when the journal cannot be written.
    pub fn record_grant(
        &self,
        allowed: Allowed,
        loaded: Loaded,
        actor: &Actor,
        destination: Destination,
        names: &Names,
        still: Option<Still>,
    ) -> Result<Grant, NotGranted> {
        let one = self
            .record_grants(vec![(allowed, loaded)], actor, destination, names, still)?
            .pop();
        one.flatten().ok_or(NotGranted::Stale)
    }

    /// Records many positive decisions at once; a stale one gives no grant, and none is given where
    /// `still` says no.
    ///
    /// # Errors
    /// When the journal cannot be written; then none is granted.
    pub fn record_grants(
        &self,
        decided: Vec<(Allowed, Loaded)>,
        actor: &Actor,
        destination: Destination,
        names: &Names,
        still: Option<Still>,
    ) -> Result<Vec<Option<Grant>>, Fault> {
        let entries = decided
            .iter()
            .map(|(allowed, loaded)| {
                let entry = self.entry(&detail_of(allowed, actor, destination, names))?;
                Ok((
                    allowed.subject(),
                    DecidedOn::of(allowed),
                    loaded.seen,
                    entry,
                ))
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        // A job that looks for what an objection is to suppress must not fail on a full disk.
        let for_objection = destination == Destination::Job
            && decided
                .iter()
                .all(|(allowed, _)| matches!(allowed.access(), Access::Match));
        let priority = match for_objection {
            true => Priority::Restrictive,
            false => Priority::Ordinary,
        };
        let receipts = self.data.append(priority, move |tx| {
            let stands = still.as_ref().map_or(Ok(true), |still| still(tx))?;
            entries
                .iter()
                .map(|(id, decided_on, seen, entry)| {
                    // Where nothing changed since the person was loaded, neither did they.
                    let fresh = !tx.changed_since(*seen)
                        || tx.versions(*id)?.is_some_and(|now| decided_on.is(now));
                    if fresh && stands {
                        tx.append(entry).map(Some)
                    } else {
                        Ok(None)
                    }
                })
                .collect::<Result<Vec<_>, Fault>>()
        })?;
        let grants = decided.into_iter().zip(receipts);
        Ok(grants
            .map(|((allowed, loaded), receipt)| {
                receipt.map(|receipt| Grant {
                    allowed,
                    loaded,
                    receipt,
                })
            })
            .collect())
    }

    /// Records many positive decisions by one entry, with a part for each person (mechanism, 12): of
    /// a job that reads many.
    ///
    /// # Errors
    /// [`NotGranted::Stale`] when one of them, or the policy, changed since the decision, or `still`
    /// says no: then none is granted; [`NotGranted::Fault`] when the journal cannot be written.
    pub fn record_grants_at_once(
        &self,
        decided: Vec<(Allowed, Loaded)>,
        detail: Detail,
        parts: &[Part],
        still: Option<Still>,
    ) -> Result<Vec<Grant>, NotGranted> {
        let entry = self.bulk_entry(detail, parts)?;
        let on: Vec<_> = decided
            .iter()
            .map(|(allowed, loaded)| (allowed.subject(), DecidedOn::of(allowed), loaded.seen))
            .collect();
        let receipt = self.data.write(Priority::Ordinary, move |tx| {
            if !still.as_ref().map_or(Ok(true), |still| still(tx))? {
                return Ok(None);
            }
            for (id, decided_on, seen) in &on {
                let fresh = !tx.changed_since(*seen)
                    || tx.versions(*id)?.is_some_and(|now| decided_on.is(now));
                if !fresh {
                    return Ok(None);
                }
            }
            tx.append(&entry).map(Some)
        })?;
        let receipt = receipt.ok_or(NotGranted::Stale)?;
        let grants = decided.into_iter().map(|(allowed, loaded)| Grant {
            allowed,
            loaded,
            receipt,
        });
        Ok(grants.collect())
    }

    /// Opens what a grant permits, and gives the person back who was decided on. A record whose
    /// key was destroyed since the grant is left out.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the grant has waited too long, [`FaultKind::Integrity`] when a
    /// sealed value is damaged.
    pub fn open_granted(
        &self,
        grant: Grant,
        now: Timestamp,
        names: &Names,
    ) -> Result<(Subject, Vec<Opened>), Fault> {
        let one = self.open_each(vec![grant], now, names)?.pop();
        one.ok_or_else(lapsed)
    }

    /// Opens what some grants permit, as [`Vault::open_granted`] does, in their order: their keys
    /// are asked for together.
    ///
    /// # Errors
    /// As there; then nothing is opened.
    pub fn open_each(
        &self,
        grants: Vec<Grant>,
        now: Timestamp,
        names: &Names,
    ) -> Result<Vec<(Subject, Vec<Opened>)>, Fault> {
        let age = |grant: &Grant| now.duration_since(grant.allowed.moment().now);
        let fresh = |age: SignedDuration| age <= GRANT_LIVES && !age.is_negative();
        if !grants.iter().map(age).all(fresh) {
            return Err(lapsed());
        }
        // No epoch ends between finding a key and unwrapping it.
        let _epoch = self.keyring.hold_epoch();
        let opened = self.keyring.with_epochs(|| match grants.as_slice() {
            // Whoever is read alone may be read again.
            [one] => {
                let known = self.keyring.keys_to_open(one.allowed.subject())?;
                self.open_records(&grants, &[known.keys.as_slice()], names)
            }
            grants => {
                let people: Vec<_> = grants.iter().map(|one| one.allowed.subject()).collect();
                let rows = self.keyring.keys_of_each(&people)?;
                let rows: Vec<_> = rows.iter().map(Vec::as_slice).collect();
                self.open_records(grants, &rows, names)
            }
        })?;
        let subjects = grants.into_iter().map(|grant| grant.loaded.subject);
        Ok(subjects.zip(opened).collect())
    }

    /// What each grant opens with the keys of its person, in their order.
    fn open_records(
        &self,
        grants: &[Grant],
        keys: &[&[KeyRow]],
        names: &Names,
    ) -> Result<Vec<Vec<Opened>>, Fault> {
        let mut found = Vec::new();
        for (place, (grant, rows)) in grants.iter().zip(keys).enumerate() {
            let (allowed, loaded) = (&grant.allowed, &grant.loaded);
            for permitted in allowed.permitted() {
                let row = rows.iter().find(|row| row.id == permitted.key);
                let mut sealed = loaded.stored.records.iter();
                let sealed = sealed.find(|sealed| sealed.id == permitted.record);
                if let (Some(row), Some(sealed)) = (row, sealed) {
                    found.push((place, allowed.subject(), permitted, sealed, row));
                }
            }
        }
        let wrapped: Vec<_> = found.iter().map(|(.., row)| *row).collect();
        let keys = self.keyring.unwrap_keys(&wrapped)?;
        let mut opened: Vec<Vec<Opened>> = grants.iter().map(|_| Vec::new()).collect();
        for ((place, subject, permitted, sealed, _), key) in found.into_iter().zip(&keys) {
            let belonging = Belonging {
                installation: self.id,
                subject,
                record: permitted.record,
                category: sealed.category,
            };
            let plain = envelope::open(&sealed.sealed, &belonging, key)?;
            let mut values = Payload::decode(permitted.category, &plain, names)?;
            values.narrow(permitted.fields);
            opened[place].push(Opened {
                permitted: *permitted,
                values: Personal::new(values),
            });
        }
        Ok(opened)
    }
}

fn lapsed() -> Fault {
    Fault::new(FaultKind::Refused, "the grant has lapsed")
        .remedy("ask again; a grant opens data for seconds only")
}

/// The versions that were decided on; of the authorisation only where it narrowed the decision.
struct DecidedOn {
    subject: u64,
    policy: u32,
    authorisation: Option<u32>,
}

impl DecidedOn {
    fn of(allowed: &Allowed) -> Self {
        Self {
            subject: allowed.subject_version(),
            policy: allowed.policy_version(),
            authorisation: allowed.narrowed().map(|narrowed| narrowed.version),
        }
    }

    fn is(&self, now: Versions) -> bool {
        let authorised = self.authorisation.is_none() || self.authorisation == now.authorisation;
        self.subject == now.subject && self.policy == now.policy && authorised
    }
}

/// Whether somebody was looked for, and not read.
fn finds(narrowed: Narrowed) -> bool {
    narrowed.action == Action::Find
}

/// Whether people are shown their own data, on a page.
fn shows(actor: &Actor, destination: Destination) -> bool {
    actor.kind == ActorKind::Person && destination == Destination::Screen
}

fn detail_of(allowed: &Allowed, actor: &Actor, destination: Destination, names: &Names) -> Detail {
    let act = match allowed.access() {
        Access::Use(_) if allowed.narrowed().is_some_and(finds) => Act::LookedUp,
        Access::Use(_) | Access::Correct => Act::Read,
        // Nothing leaves with whoever looks.
        Access::Copy if shows(actor, destination) => Act::OwnDataShown,
        Access::Copy => Act::CopyMade,
        Access::Match => Act::LookedUp,
        Access::Project(_) => Act::Anonymised,
    };
    let mut detail = detail(act, actor, allowed.moment(), allowed.policy_version());
    detail.subject = Some(allowed.subject().0);
    detail.destination = destination;
    detail.records = allowed.permitted().iter().map(|one| one.record.0).collect();
    let mut categories: Vec<u32> = allowed
        .permitted()
        .iter()
        .map(|one| names.category.number(one.category))
        .collect();
    categories.sort_unstable();
    categories.dedup();
    detail.categories = categories;
    if let Some(narrowed) = allowed.narrowed() {
        detail.role = Some(names.role.number(narrowed.role));
        detail.authorisation_version = Some(narrowed.version);
    }
    let mut bases: Vec<u32> = Vec::new();
    for one in allowed.permitted() {
        let basis = basis_number(one.basis);
        if !bases.contains(&basis) {
            bases.push(basis);
        }
    }
    detail.basis = bases.first().copied();
    match allowed.access() {
        Access::Use(request) => {
            let purpose = names.purpose.number(request.purpose);
            detail.purpose = Some(purpose);
            detail.recipient = Some(names.recipient.number(request.recipient));
            // Records that are held for the person as another kind may rest on another basis.
            let others = bases.into_iter().skip(1);
            detail.grounds = others.map(|basis| Ground { purpose, basis }).collect();
        }
        Access::Copy => detail.rule = Some(ACCESS.to_owned()),
        Access::Correct => detail.rule = Some("correction".to_owned()),
        Access::Match => detail.rule = Some("look-up".to_owned()),
        Access::Project(_) => detail.rule = Some("statistics".to_owned()),
    }
    detail
}
