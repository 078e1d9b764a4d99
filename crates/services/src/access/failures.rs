//! Failed sign-ins: they slow the next try, and stand in the journal as one entry a minute
//! (mechanism, 12). Accounts and addresses appear as keyed hashes, for a day.

use domain::{Account, Actor, ActorKind, Fault, Moment, SubjectId};
use door::HashedFor;
use identification::attempts::{FORGOTTEN_AFTER, Failures, KNOWN_FOR, Place};
use jiff::Timestamp;
use journal::Act;
use store::data::attempt::Over;
use store::{Priority, Tx};

use super::{Access, Address, flow, moment_of};

/// Where the count of the running minute is kept.
const COUNT: &str = "sign-in-failed";
const MINUTE: i64 = 60_000_000;

/// What is tried.
pub(super) enum Tried<'w> {
    /// Signing in: as whom, as it was typed, and their account, if there is one.
    SigningIn(&'w str, Option<SubjectId>),
    /// Having a link sent: for which address. Nobody is kept from it by what strangers do.
    Asking(&'w str),
    /// Showing a link.
    Showing,
}

/// Where a try comes from and whom it is about, and whether it may be made now.
pub(super) struct Guarded {
    /// Until when no try is looked at.
    pub(super) closed_until: Option<Timestamp>,
    places: Vec<(Place, [u8; 16])>,
    /// The keyed hash of the address.
    pub(super) address: [u8; 16],
}

fn normal(who: &str) -> String {
    who.trim().to_lowercase()
}

/// One more failure at each place.
fn count_at(tx: &mut Tx<'_>, keys: &[[u8; 16]], moment: Moment) -> Result<(), Fault> {
    for key in keys {
        let (count, last) = tx.failures(key)?.unwrap_or_default();
        let more = Failures { count, last }.more(moment.now);
        tx.put_failures(key, more.count, more.last)?;
    }
    Ok(())
}

impl Guarded {
    fn keys(&self) -> Vec<[u8; 16]> {
        self.places.iter().map(|(_, key)| *key).collect()
    }

    /// The place that a success clears: the account from this address.
    pub(super) fn pair(&self) -> Option<[u8; 16]> {
        let pair = self.places.iter().find(|(place, _)| *place == Place::Pair);
        pair.map(|(_, key)| *key)
    }
}

impl Access<'_> {
    /// Looks at the failures so far. They are counted of what was typed, so that somebody who has
    /// no account is slowed like somebody who has.
    pub(super) fn guarded(&self, tried: &Tried<'_>, from: Address) -> Result<Guarded, Fault> {
        let now = self.kept.moment()?.now;
        let vault = &self.kept.vault;
        let from = from.text();
        let address = vault.keyed_hash(HashedFor::Address, &from);
        let place = |place, text: String| (place, vault.keyed_hash(HashedFor::Attempts, &text));
        let of_address = place(Place::Address, format!("address\n{from}"));
        let places = match tried {
            Tried::SigningIn(who, known) => {
                let who = normal(who);
                let pair = place(Place::Pair, format!("pair\n{who}\n{from}"));
                let strangers = place(Place::Strangers, format!("strangers\n{who}"));
                match self.is_known(*known, &address)? {
                    true => vec![pair],
                    false => vec![pair, of_address, strangers],
                }
            }
            Tried::Asking(who) => {
                let who = normal(who);
                vec![
                    place(Place::Pair, format!("asked\n{who}\n{from}")),
                    of_address,
                ]
            }
            Tried::Showing => vec![of_address],
        };
        let closed_until = vault.data().read(|reader| {
            let mut latest = None;
            for (place, key) in &places {
                if let Some((count, last)) = reader.failures(key)? {
                    latest = latest.max(place.closed_until(Failures { count, last }, now));
                }
            }
            Ok(latest)
        })?;
        Ok(Guarded {
            closed_until,
            places,
            address,
        })
    }

    /// Whether an account has signed in from an address lately.
    fn is_known(&self, account: Option<SubjectId>, address: &[u8; 16]) -> Result<bool, Fault> {
        let Some(subject) = account else {
            return Ok(false);
        };
        let now = self.kept.moment()?.now;
        let data = self.kept.vault.data();
        let seen = data.read(|reader| reader.address_seen(subject, address))?;
        Ok(seen.is_some_and(|seen| now.duration_since(moment_of(seen)) < KNOWN_FOR))
    }

    /// Notes a try that is slowed like a failure, and is none.
    pub(super) fn tried(&self, guarded: &Guarded) -> Result<(), Fault> {
        let moment = self.kept.moment()?;
        let keys = guarded.keys();
        let data = self.kept.vault.data();
        data.write(Priority::Ordinary, move |tx| count_at(tx, &keys, moment))
    }

    /// Notes a failure: at every place it counts at, and in the count of the minute.
    pub(super) fn failed(&self, guarded: &Guarded) -> Result<(), Fault> {
        let _one = self.hold();
        let moment = self.kept.moment()?;
        let minute = moment.now.as_microsecond().div_euclid(MINUTE);
        let (entry, count) = match self.counted()? {
            Some((of, count)) if of == minute => (None, count + 1),
            Some((_, count)) => (Some(self.failed_entry(count, moment)?), 1),
            None => (None, 1),
        };
        let keys = guarded.keys();
        let data = self.kept.vault.data();
        data.write(Priority::Ordinary, move |tx| {
            count_at(tx, &keys, moment)?;
            if let Some(entry) = &entry {
                tx.append(entry)?;
            }
            let bytes = [minute.to_be_bytes(), count.to_be_bytes()].concat();
            tx.put_meta(COUNT, &bytes)
        })
    }

    /// Writes the count of a minute that is over, and removes what is over: sessions, links,
    /// failures, addresses, what was begun and not finished. To be called every minute by whatever
    /// lets people sign in; the sweep calls it too.
    ///
    /// # Errors
    /// When the installation cannot be written.
    pub fn tidy(&self) -> Result<(), Fault> {
        let _one = self.hold();
        let moment = self.kept.moment()?;
        let now = moment.now.as_microsecond();
        let minute = now.div_euclid(MINUTE);
        let entry = match self.counted()? {
            Some((of, count)) if of != minute => Some(self.failed_entry(count, moment)?),
            _ => None,
        };
        let before = |ago: jiff::SignedDuration| (moment.now - ago).as_microsecond();
        let over = Over {
            now,
            failures: before(FORGOTTEN_AFTER),
            addresses: before(KNOWN_FOR),
            begun: before(flow::WITHIN),
        };
        let data = self.kept.vault.data();
        data.write(Priority::Ordinary, move |tx| {
            if let Some(entry) = &entry {
                tx.append(entry)?;
                tx.delete_meta(COUNT)?;
            }
            tx.delete_over(over)
        })
    }

    /// The minute that is being counted, and how many failures it has.
    fn counted(&self) -> Result<Option<(i64, u64)>, Fault> {
        let bytes = self.kept.vault.data().read(|reader| reader.meta(COUNT))?;
        Ok(bytes.as_deref().and_then(|bytes| {
            let (minute, count) = bytes.split_first_chunk::<8>()?;
            let count = count.try_into().ok()?;
            Some((i64::from_be_bytes(*minute), u64::from_be_bytes(count)))
        }))
    }

    fn failed_entry(&self, count: u64, moment: Moment) -> Result<journal::Entry, Fault> {
        let actor = Actor::new(ActorKind::Job, Account::parse("sign-in")?);
        let law = self.kept.law();
        let mut detail = self.kept.detail(Act::SignInFailed, &actor, moment, &law);
        detail.count = Some(count);
        self.kept.vault.entry(&detail)
    }
}
