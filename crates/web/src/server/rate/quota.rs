//! How many requests each client has left, decided from what it took here and what other copies of
//! Kept say it took of them. Pure: moments are passed in.
//!
//! A client's requests come back one by one, a minute for all of them (the generic cell rate
//! algorithm, of ITU-T I.371): of each client it is kept when all will have come back.

use std::collections::HashMap;
use std::time::Duration;

use services::requests::Client;

/// In what time a whole limit comes back.
const WINDOW: Duration = Duration::from_secs(60);
/// So many clients are remembered before those are forgotten that have been quiet.
const CLIENTS_REMEMBERED: usize = 10_000;
/// What others say keeps nobody out for longer than this, however much it is.
const OWED_MAX: Duration = Duration::from_secs(15 * 60);
/// Less than this part of its limit is not told of a client.
const SHARE: u32 = 20;

/// What is left to each client.
pub(super) struct Quotas {
    limit: u32,
    /// In what time one request comes back.
    each: Duration,
    clients: HashMap<Client, Standing>,
    /// At how many clients the quiet ones are forgotten next.
    forgets_at: usize,
}

/// One client. Moments are counted from when the server began.
#[derive(Clone, Copy, Default)]
struct Standing {
    /// When all of its requests will have come back.
    whole: Duration,
    /// When it last took one here.
    last: Duration,
    /// What it took here and the others were not told of.
    untold: u32,
}

impl Quotas {
    /// So many requests a minute for each client; all of them may come at once.
    pub(super) fn new(requests_a_minute: u32) -> Self {
        let limit = requests_a_minute.max(1);
        Self {
            limit,
            each: WINDOW / limit,
            clients: HashMap::new(),
            forgets_at: CLIENTS_REMEMBERED,
        }
    }

    /// Counts a request; if it is one too many, after how long the next is answered.
    pub(super) fn take(&mut self, client: Client, now: Duration) -> Result<(), Duration> {
        if self.clients.len() >= self.forgets_at {
            self.clients.retain(|_, standing| standing.counts(now));
            self.forgets_at = CLIENTS_REMEMBERED.max(self.clients.len().saturating_mul(2));
        }
        let (limit, all) = (self.limit, self.each.saturating_mul(self.limit));
        let standing = self.clients.entry(client).or_default();
        let whole = standing.whole.max(now).saturating_add(self.each);
        let wait = whole.saturating_sub(now.saturating_add(all));
        if wait > Duration::ZERO {
            return Err(wait);
        }
        if !standing.is_of_late(now) {
            standing.untold = 0;
        }
        standing.whole = whole;
        standing.last = now;
        // What was not told for long is not all of this minute's: it is never more than a limit.
        standing.untold = standing.untold.saturating_add(1).min(limit);
        Ok(())
    }

    /// Counts what a client took elsewhere at a moment. It may be more than it had left: then it
    /// waits until that has come back, too.
    pub(super) fn taken_elsewhere(
        &mut self,
        client: Client,
        requests: u32,
        at: Duration,
        now: Duration,
    ) {
        let standing = self.clients.entry(client).or_default();
        let more = self.each.saturating_mul(requests);
        let whole = standing.whole.max(at).saturating_add(more);
        standing.whole = whole.min(now.saturating_add(OWED_MAX));
    }

    /// What the others are to be told of: those clients that took a share of their limit here of
    /// late, most first, so many at the most. It stays to be told until [`Quotas::told`].
    pub(super) fn to_tell(&self, now: Duration, most: usize) -> Vec<(Client, u32)> {
        let share = (self.limit / SHARE).max(1);
        let busy = self
            .clients
            .iter()
            .filter(|(_, standing)| standing.untold >= share && standing.is_of_late(now));
        let mut tell: Vec<_> = busy.map(|(client, it)| (*client, it.untold)).collect();
        tell.sort_unstable_by_key(|(client, untold)| (std::cmp::Reverse(*untold), *client));
        tell.truncate(most);
        tell
    }

    /// Notes that the others were told.
    pub(super) fn told(&mut self, told: &[(Client, u32)]) {
        for (client, requests) in told {
            if let Some(standing) = self.clients.get_mut(client) {
                standing.untold = standing.untold.saturating_sub(*requests);
            }
        }
    }
}

impl Standing {
    fn is_of_late(&self, now: Duration) -> bool {
        now.saturating_sub(self.last) < WINDOW
    }

    /// Whether anything would be decided otherwise without it.
    fn counts(&self, now: Duration) -> bool {
        self.whole > now || (self.untold > 0 && self.is_of_late(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Client = [1; 16];
    const OTHER: Client = [2; 16];

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// How many of so many requests at a moment are answered.
    fn take(quotas: &mut Quotas, client: Client, tries: u32, now: Duration) -> u32 {
        let taken = (0..tries).filter(|_| quotas.take(client, now).is_ok());
        u32::try_from(taken.count()).unwrap()
    }

    #[test]
    fn a_limit_may_come_at_once_and_comes_back_bit_by_bit() {
        let mut quotas = Quotas::new(60);
        assert_eq!(take(&mut quotas, ONE, 100, at(5)), 60);
        assert_eq!(quotas.take(ONE, at(5)), Err(at(1)));
        assert_eq!(take(&mut quotas, OTHER, 1, at(5)), 1, "for itself");
        assert_eq!(take(&mut quotas, ONE, 100, at(15)), 10);
        assert_eq!(
            take(&mut quotas, ONE, 100, at(1000)),
            60,
            "no more than one"
        );
        // What does not divide a minute, and what is no limit.
        assert_eq!(take(&mut Quotas::new(7), ONE, 100, at(0)), 7);
        assert_eq!(take(&mut Quotas::new(0), ONE, 100, at(0)), 1);
        assert_eq!(take(&mut Quotas::new(u32::MAX), ONE, 100, at(0)), 100);
    }

    #[test]
    fn what_others_gave_is_taken_here_too() {
        let mut quotas = Quotas::new(60);
        quotas.taken_elsewhere(ONE, 50, at(5), at(5));
        assert_eq!(take(&mut quotas, ONE, 100, at(5)), 10);
        assert_eq!(take(&mut quotas, OTHER, 100, at(5)), 60);
        // More than there was: it waits for all of it.
        quotas.taken_elsewhere(ONE, 60, at(5), at(5));
        assert_eq!(quotas.take(ONE, at(5)), Err(at(61)));
        assert_eq!(quotas.take(ONE, at(65)), Err(at(1)));
        assert_eq!(quotas.take(ONE, at(66)), Ok(()));
        // What was taken a while ago has come back in part.
        let mut begun = Quotas::new(60);
        begun.taken_elsewhere(ONE, 60, at(0), at(40));
        assert_eq!(take(&mut begun, ONE, 100, at(40)), 40);
        // Whatever stands in a row, it keeps nobody out for ever.
        begun.taken_elsewhere(ONE, u32::MAX, at(40), at(40));
        let owed = OWED_MAX.saturating_sub(at(59));
        assert_eq!(begun.take(ONE, at(40)), Err(owed));
    }

    #[test]
    fn clients_who_take_much_are_told_of_once_and_others_not_at_all() {
        let mut quotas = Quotas::new(100);
        assert_eq!(take(&mut quotas, ONE, 4, at(0)), 4);
        assert_eq!(take(&mut quotas, OTHER, 7, at(0)), 7);
        assert_eq!(quotas.to_tell(at(1), 9), [(OTHER, 7)]);
        assert_eq!(quotas.to_tell(at(1), 0), []);
        // It was not told: it is still to be. What comes meanwhile is told the next time.
        let told = quotas.to_tell(at(2), 9);
        assert_eq!(told, [(OTHER, 7)]);
        assert_eq!(take(&mut quotas, OTHER, 6, at(2)), 6);
        quotas.told(&told);
        assert_eq!(quotas.to_tell(at(2), 9), [(OTHER, 6)]);
        // Little by little it is a share as well; and what nobody could be told of for a minute is
        // of no use any more.
        assert_eq!(take(&mut quotas, ONE, 1, at(50)), 1);
        assert_eq!(quotas.to_tell(at(50), 1), [(OTHER, 6)]);
        assert_eq!(quotas.to_tell(at(62), 9), [(ONE, 5)]);
        assert_eq!(take(&mut quotas, ONE, 1, at(111)), 1);
        assert_eq!(quotas.to_tell(at(111), 9), []);
        // What was taken elsewhere is not told on.
        quotas.taken_elsewhere(OTHER, 50, at(111), at(111));
        assert_eq!(quotas.to_tell(at(111), 9), []);
        // Nor is more than a limit, however long nobody was told.
        let mut alone = Quotas::new(60);
        let slowly = (0..300).filter(|second| alone.take(ONE, at(*second)).is_ok());
        assert_eq!(slowly.count(), 300);
        assert_eq!(alone.to_tell(at(300), 9), [(ONE, 60)]);
    }

    /// A client that asks of all copies at once, for long: it gets its limit, what the copies give
    /// in one exchange besides, and no more.
    #[test]
    fn several_copies_give_one_limit() {
        const COPIES: usize = 4;
        const LIMIT: u32 = 60;
        let mut copies: Vec<Quotas> = (0..COPIES).map(|_| Quotas::new(LIMIT)).collect();
        let mut given = 0;
        for second in 0..600 {
            for copy in &mut copies {
                given += take(copy, ONE, 3, at(second));
            }
            // Each tells, then all hear.
            let told: Vec<_> = copies
                .iter_mut()
                .map(|copy| {
                    let told = copy.to_tell(at(second), 9);
                    copy.told(&told);
                    told
                })
                .collect();
            for (place, copy) in copies.iter_mut().enumerate() {
                let others = told.iter().enumerate().filter(|(of, _)| *of != place);
                for (client, requests) in others.flat_map(|(_, told)| told) {
                    copy.taken_elsewhere(*client, *requests, at(second), at(second));
                }
            }
            let in_time = LIMIT + LIMIT * u32::try_from(second).unwrap() / 60;
            let untold = 3 * u32::try_from(COPIES).unwrap() + 3 * LIMIT / SHARE;
            assert!(given <= in_time + untold, "{given} after {second} s");
        }
        assert!(given >= LIMIT * 10, "and not much less: {given}");
    }

    #[test]
    fn clients_who_are_quiet_are_forgotten() {
        let mut quotas = Quotas::new(60);
        for number in 0..25_000_u128 {
            let now = Duration::from_millis(u64::try_from(number).unwrap());
            assert_eq!(quotas.take(number.to_be_bytes(), now), Ok(()));
        }
        assert_eq!(quotas.clients.len(), 25_000, "each of this minute's");
        for number in 0..25_000_u128 {
            let other = (number + 100_000).to_be_bytes();
            assert_eq!(quotas.take(other, at(1000)), Ok(()));
        }
        assert_eq!(
            quotas.clients.len(),
            25_000,
            "those of before are forgotten"
        );
    }
}
