//! Requests of clients, told by one copy of Kept to another.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::Clock;
use jiff::{SignedDuration, Timestamp};
use services::SystemEntropy;
use services::requests::{Exchange, Took};

use super::{Copies, rows};
use crate::accounts::START;

/// A clock that the test moves.
#[derive(Clone)]
struct Moved(Arc<Mutex<Timestamp>>);

impl Moved {
    fn on(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

#[test]
fn what_clients_took_of_one_copy_the_other_hears_once() {
    let copies = Copies::new(START);
    let (one, other) = (&copies.one.kept, &copies.other.kept);
    let address = "203.0.113.7".parse().unwrap();
    let client = one.client(address);
    assert_eq!(client, other.client(address), "known by the same name");
    assert_ne!(client, one.client("203.0.113.8".parse().unwrap()));
    let network = |text: &str| one.client(text.parse().unwrap());
    assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:f::9"));

    let clock = Moved(Arc::new(Mutex::new(START.parse().unwrap())));
    let exchange = || Exchange::new(clock.clone(), &SystemEntropy::default());
    let (mut first, mut second) = (exchange(), exchange());
    let took = |requests, ago| Took {
        client,
        requests,
        ago: Duration::from_secs(ago),
    };
    assert_eq!(first.hear(one).unwrap(), []);
    assert_eq!(second.hear(other).unwrap(), []);
    first.tell(one, Vec::new()).unwrap();
    assert!(
        rows(&copies.one, "request_count").is_empty(),
        "nothing to tell"
    );
    first.tell(one, vec![(client, 40)]).unwrap();
    first.tell(one, vec![(client, 30)]).unwrap();
    assert_eq!(first.hear(one).unwrap(), [], "its own");
    assert_eq!(second.hear(other).unwrap(), [took(40, 0), took(30, 0)]);
    assert_eq!(second.hear(other).unwrap(), [], "once");
    second.tell(other, vec![(client, 20)]).unwrap();
    assert_eq!(first.hear(one).unwrap(), [took(20, 0)]);

    // One that begins later hears of the last minute, and how long ago it was.
    clock.on(20);
    let mut third = exchange();
    let heard = third.hear(other).unwrap();
    assert_eq!(heard, [took(40, 20), took(30, 20), took(20, 20)]);

    // Nothing that tells of an address; and after a minute nothing at all.
    let written = format!("{:?}", rows(&copies.one, "request_count"));
    assert!(!written.contains("203.0.113") && !written.contains("203, 0, 113"));
    clock.on(40);
    third.tell(other, vec![(client, 9)]).unwrap();
    assert_eq!(rows(&copies.one, "request_count").len(), 1);
    assert_eq!(first.hear(one).unwrap(), [took(9, 0)], "none is missed");
    clock.on(60);
    second.tell(other, Vec::new()).unwrap();
    assert!(rows(&copies.one, "request_count").is_empty());
    second.tell(other, vec![(client, 8)]).unwrap();
    assert_eq!(first.hear(one).unwrap(), [took(8, 0)], "rounds go on");
}
