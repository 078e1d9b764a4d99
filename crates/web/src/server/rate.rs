//! How often one client may ask.

mod quota;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use services::requests::{Client, Took};

use quota::Quotas;

/// Clients that the other copies of Kept are told of at once; the rest follow.
const TOLD_AT_ONCE: usize = 1000;

/// How long before a server began others may have given what counts still.
const BEFORE: Duration = Duration::from_secs(60);

/// By what a client is known: its network, or a hash of it where it is told to others.
pub(crate) type Naming = Box<dyn Fn(IpAddr) -> Client + Send + Sync>;

/// Requests by client, over the last minute.
pub(crate) struct Rate {
    quotas: Mutex<Quotas>,
    naming: Naming,
    began: Instant,
}

impl Rate {
    /// So many requests a minute for each client; all of them may come at once.
    pub(crate) fn new(requests_a_minute: u32, naming: Naming) -> Self {
        Self {
            quotas: Mutex::new(Quotas::new(requests_a_minute)),
            naming,
            began: Instant::now(),
        }
    }

    /// Counts a request; if it is one too many, after how long the next is answered.
    pub(crate) fn take(&self, client: IpAddr) -> Result<(), Duration> {
        let client = (self.naming)(client);
        let now = self.now();
        self.lock().take(client, now)
    }

    /// What the other copies of Kept are to be told: who took how much here.
    pub(crate) fn to_tell(&self) -> Vec<(Client, u32)> {
        let now = self.now();
        self.lock().to_tell(now, TOLD_AT_ONCE)
    }

    /// Notes that they were told.
    pub(crate) fn told(&self, told: &[(Client, u32)]) {
        self.lock().told(told);
    }

    /// Counts what clients took of the others.
    pub(crate) fn heard(&self, took: &[Took]) {
        let now = self.now();
        let mut quotas = self.lock();
        for it in took {
            let at = now.saturating_sub(it.ago);
            quotas.taken_elsewhere(it.client, it.requests, at, now);
        }
    }

    /// Now, by a clock that nobody sets. What others gave before this server began counts, too: its
    /// time begins a while before.
    fn now(&self) -> Duration {
        self.began.elapsed().saturating_add(BEFORE)
    }

    fn lock(&self) -> MutexGuard<'_, Quotas> {
        self.quotas.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where nobody is told: one client has a whole /64 of IPv6 to choose its addresses from.
pub(crate) fn network(client: IpAddr) -> Client {
    match client.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            Ipv6Addr::from(network).octets()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(requests_a_minute: u32) -> Rate {
        Rate::new(requests_a_minute, Box::new(network))
    }

    #[test]
    fn each_client_is_counted_for_itself() {
        let rate = rate(3);
        let one: IpAddr = "203.0.113.7".parse().unwrap();
        let other: IpAddr = "203.0.113.8".parse().unwrap();
        for _ in 0..3 {
            assert!(rate.take(one).is_ok());
        }
        let wait = rate.take(one).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(20));
        assert!(rate.take(other).is_ok());
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let rate = rate(1);
        assert!(rate.take("2001:db8:1:2::1".parse().unwrap()).is_ok());
        assert!(rate.take("2001:db8:1:2:ffff::9".parse().unwrap()).is_err());
        assert!(rate.take("2001:db8:1:3::1".parse().unwrap()).is_ok());
        // An address of version 4 is no network of version 6, however it is written.
        assert!(rate.take("::ffff:203.0.113.7".parse().unwrap()).is_ok());
        assert!(rate.take("203.0.113.7".parse().unwrap()).is_err());
        assert!(rate.take("::ffff:203.0.113.8".parse().unwrap()).is_ok());
    }
}
