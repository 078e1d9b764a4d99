//! What was begun elsewhere and is not finished: a passkey that is being made or shown, somebody who
//! is at their organisation's sign-in service. Kept in memory by the one process that owns the
//! installation: nothing of it is on a disk, each is good once, and a restart ends them all.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use identification::passkey::{Proving, Registering};
use identification::provider::Expected;
use identification::token::{Token, TokenHash};
use jiff::{SignedDuration, Timestamp};

use super::SessionId;

/// How long it may take: a device is looked for, a second factor is asked for elsewhere.
const WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// What one address may have begun at a time; the oldest goes for the next. Colleagues share one.
const OF_ONE_ADDRESS: usize = 256;
/// What may be begun at a time in all.
const IN_ALL: usize = 16_384;

/// What was begun.
pub(super) enum Step {
    /// A passkey is being made, in a session.
    NewPasskey(SessionId, Registering),
    /// A passkey is to be shown.
    Proof(Proving),
    /// Somebody is at a service; in a session, to link their identity.
    AtProvider {
        provider: String,
        expected: Expected,
        linking: Option<SessionId>,
    },
}

struct Flow {
    begun: Timestamp,
    from: [u8; 16],
    step: Step,
}

/// Everything that was begun.
#[derive(Default)]
pub(crate) struct Flows(Mutex<HashMap<TokenHash, Flow>>);

impl Flows {
    /// Keeps a step under a token, which is shown again with its end.
    pub(super) fn begin(&self, token: &Token, step: Step, from: [u8; 16], now: Timestamp) {
        let mut flows = self.lock();
        flows.retain(|_, flow| is_open(flow, now));
        let same = flows.values().filter(|flow| flow.from == from).count();
        if same >= OF_ONE_ADDRESS {
            drop_oldest(&mut flows, |flow| flow.from == from);
        } else if flows.len() >= IN_ALL {
            drop_oldest(&mut flows, |_| true);
        }
        let begun = now;
        flows.insert(token.hash(), Flow { begun, from, step });
    }

    /// Takes a step out: once, and while it is not over.
    pub(super) fn take(&self, token: &str, now: Timestamp) -> Option<Step> {
        let token = Token::shown(token)?;
        let flow = self.lock().remove(&token.hash())?;
        is_open(&flow, now).then_some(flow.step)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenHash, Flow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_open(flow: &Flow, now: Timestamp) -> bool {
    now.duration_since(flow.begun) < WITHIN
}

fn drop_oldest(flows: &mut HashMap<TokenHash, Flow>, of: impl Fn(&Flow) -> bool) {
    let oldest = flows
        .iter()
        .filter(|(_, flow)| of(flow))
        .min_by_key(|(_, flow)| flow.begun)
        .map(|(token, _)| *token);
    if let Some(token) = oldest {
        flows.remove(&token);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use identification::passkey::RelyingParty;

    use super::*;
    use crate::SystemEntropy;

    fn step() -> Step {
        let party = RelyingParty::new("https://kept.quai.example", "Quai").unwrap();
        Step::Proof(party.start_proof().unwrap().1)
    }

    fn begin(flows: &Flows, from: u8, second: i64) -> Token {
        let token = Token::draw(&SystemEntropy::default());
        flows.begin(&token, step(), [from; 16], at(second));
        token
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    #[test]
    fn a_step_is_good_once_and_for_ten_minutes() {
        let flows = Flows::default();
        let (one, two) = (begin(&flows, 1, 0), begin(&flows, 1, 0));
        assert!(flows.take(one.reveal(), at(599)).is_some());
        assert!(flows.take(one.reveal(), at(599)).is_none());
        assert!(flows.take(two.reveal(), at(600)).is_none());
        assert!(flows.take("nothing", at(0)).is_none());
    }

    #[test]
    fn whoever_begins_without_end_takes_nothing_from_others() {
        let flows = Flows::default();
        let other = begin(&flows, 1, 0);
        let first = begin(&flows, 2, 1);
        for _ in 0..OF_ONE_ADDRESS {
            begin(&flows, 2, 2);
        }
        assert_eq!(flows.lock().len(), OF_ONE_ADDRESS + 1);
        assert!(flows.take(first.reveal(), at(3)).is_none());
        assert!(flows.take(other.reveal(), at(3)).is_some());
    }
}
