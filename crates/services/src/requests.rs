//! How much clients ask of each copy of Kept: the copies tell each other, so that the limit of a
//! client is one for all of them. A client is a keyed hash of its network, never an address.

use std::net::IpAddr;
use std::time::Duration;

use domain::{Clock, Entropy, Fault};
use door::HashedFor;
use jiff::{SignedDuration, Timestamp};
use store::Priority;

use crate::access::Address;
use crate::kept::Kept;

/// How long what was told is kept: a limit is of a minute.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_mins(1);

/// A client: by this the copies know it, and nothing else does.
pub type Client = [u8; 16];

/// What a client took of another copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Took {
    /// Which client.
    pub client: Client,
    /// Requests.
    pub requests: u32,
    /// How long ago: nothing of what is heard as it is told, whatever another machine's clock says.
    pub ago: Duration,
}

/// One process's side of the telling.
pub struct Exchange<C> {
    process: [u8; 16],
    /// The machine's, in a rehearsal too: clients ask in its time.
    clock: C,
    /// The last round that was heard; none before the first.
    heard: Option<i64>,
    /// When what was told long ago was last removed.
    cleared: Option<Timestamp>,
}

impl Kept {
    /// A client by which its requests are counted: of an address of version 6 the network, which one
    /// machine may have all of.
    #[must_use]
    pub fn client(&self, from: IpAddr) -> Client {
        let text = Address(from).text();
        self.vault.keyed_hash(HashedFor::Requests, &text)
    }
}

impl<C: Clock> Exchange<C> {
    /// Begins with what was told in the last minute: by this process's own forerunner, too, which
    /// had another identifier.
    pub fn new(clock: C, entropy: &dyn Entropy) -> Self {
        let mut process = [0; 16];
        entropy.fill(&mut process);
        Self {
            process,
            clock,
            heard: None,
            cleared: None,
        }
    }

    /// Tells the other copies what clients took of this one since it told last. What was told more
    /// than a minute ago, by whomever, is removed, also where there is nothing to tell.
    ///
    /// # Errors
    /// When the data cannot be written: it is to be told again.
    pub fn tell(&mut self, kept: &Kept, taken: Vec<(Client, u32)>) -> Result<(), Fault> {
        let (process, now) = (self.process, self.clock.now());
        let since = |cleared| now.duration_since(cleared) >= REMEMBERED_FOR;
        if taken.is_empty() && !self.cleared.is_none_or(since) {
            return Ok(());
        }
        let over = (now - REMEMBERED_FOR).as_microsecond();
        let data = kept.vault.data();
        data.write(Priority::Ordinary, move |tx| {
            tx.delete_requests_by(over)?;
            match taken.is_empty() {
                true => Ok(()),
                false => tx.tell_requests(process, now.as_microsecond(), &taken),
            }
        })?;
        self.cleared = Some(now);
        Ok(())
    }

    /// What clients took of the other copies, as far as it was not heard yet: everything once.
    ///
    /// # Errors
    /// When the data cannot be read: then nothing counts as heard.
    pub fn hear(&mut self, kept: &Kept) -> Result<Vec<Took>, Fault> {
        let (after, process) = (self.heard.unwrap_or_default(), self.process);
        let data = kept.vault.data();
        let rows = data.read(|reader| reader.requests_after(after, process))?;
        let now = self.clock.now().as_microsecond();
        let first = self.heard.is_none();
        let heard = rows.iter().map(|row| Took {
            client: row.client,
            requests: row.taken,
            ago: match first {
                true => ago(row.at, now),
                false => Duration::ZERO,
            },
        });
        let heard = heard.collect();
        self.heard = Some(rows.last().map_or(after, |row| row.round));
        Ok(heard)
    }
}

/// How long before `now` something was, microseconds UTC: nothing where a clock says later, and no
/// longer than it counts.
fn ago(at: i64, now: i64) -> Duration {
    let longest = Duration::try_from(REMEMBERED_FOR).unwrap_or_default();
    let passed = u64::try_from(now.saturating_sub(at)).unwrap_or_default();
    Duration::from_micros(passed).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_makes_nothing_older_than_it_counts() {
        assert_eq!(ago(5, 5), Duration::ZERO);
        assert_eq!(ago(5, 1_000_005), Duration::from_secs(1));
        assert_eq!(ago(1_000_005, 5), Duration::ZERO);
        assert_eq!(ago(i64::MIN, i64::MAX), Duration::from_secs(60));
    }
}
