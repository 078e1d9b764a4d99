//! How often one client may ask.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// So many clients are remembered before those are forgotten that have been quiet.
const CLIENTS_REMEMBERED: usize = 10_000;

/// Requests by client, over the last minute.
pub(crate) struct Rate {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Rate {
    /// So many requests a minute for each client; all of them may come at once.
    pub(crate) fn new(requests_a_minute: u32) -> Self {
        let requests = NonZeroU32::new(requests_a_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(requests)),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request; if it is one too many, after how long the next is answered.
    pub(crate) fn take(&self, client: IpAddr) -> Result<(), Duration> {
        if self.limiter.len() > CLIENTS_REMEMBERED {
            self.limiter.retain_recent();
        }
        let taken = self.limiter.check_key(&household(client));
        taken.map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

/// One client has a whole /64 of IPv6 to choose its addresses from.
fn household(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_is_counted_for_itself() {
        let rate = Rate::new(3);
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
        let rate = Rate::new(1);
        assert!(rate.take("2001:db8:1:2::1".parse().unwrap()).is_ok());
        assert!(rate.take("2001:db8:1:2:ffff::9".parse().unwrap()).is_err());
        assert!(rate.take("2001:db8:1:3::1".parse().unwrap()).is_ok());
    }
}
