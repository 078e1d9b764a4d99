//! Nothing is done twice for a program that asks twice: what it asked under a key of its own is
//! remembered for a day, as keyed hashes, with the identifiers that came of it. What it sent is not.

use domain::{Actor, Fault, FaultKind};
use door::{HASH_BYTES, HashedFor};
use jiff::SignedDuration;
use store::Priority;
use store::data::idempotency::RequestRow;

use crate::kept::Kept;

/// How long a request is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// A request that has been under way for longer is not any more: the server stopped in the middle.
const UNDER_WAY_MAX: SignedDuration = SignedDuration::from_mins(15);

/// A request under a key, which has begun.
pub struct Begun {
    actor: String,
    key: [u8; HASH_BYTES],
}

/// What is known of a request when it comes.
pub enum Known {
    /// It is new: it is to be carried out, and ended or given up.
    New(Begun),
    /// It was carried out: this came of it.
    Done(String),
}

impl Kept {
    /// Begins what somebody asks for under a key of theirs. `request` is everything that it says.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when the same is under way, or how it ended is not known;
    /// [`FaultKind::Invalid`] when something else was asked for under this key.
    pub fn begin_request(&self, actor: &Actor, key: &str, request: &str) -> Result<Known, Fault> {
        let hash = |text: &str| self.vault.keyed_hash(HashedFor::Idempotency, text);
        let (key, request) = (hash(key), hash(request));
        let actor = actor.account.as_str().to_owned();
        let now = self.moment()?.now;
        let row = RequestRow {
            request: request.to_vec(),
            began: now.as_microsecond(),
            ends: (now + REMEMBERED).as_microsecond(),
            outcome: None,
        };
        let by = actor.clone();
        let found = self.vault.data().write(Priority::Ordinary, move |tx| {
            tx.forget_requests_over(row.began)?;
            let found = tx.request(&by, &key)?;
            if found.is_none() {
                tx.add_request(&by, &key, &row)?;
            }
            Ok(found)
        })?;
        let Some(found) = found else {
            return Ok(Known::New(Begun { actor, key }));
        };
        if found.request != request {
            return Err(Fault::new(
                FaultKind::Invalid,
                "something else was asked for under this key",
            )
            .rule("idempotency-key")
            .remedy("use a new key for a new request"));
        }
        let since = now.as_microsecond() - found.began;
        match found.outcome {
            Some(outcome) => Ok(Known::Done(outcome)),
            None if i128::from(since) > UNDER_WAY_MAX.as_micros() => Err(Fault::new(
                FaultKind::Conflict,
                "the server stopped while it carried this request out: how it ended is not known",
            )
            .rule("idempotency-key")
            .remedy("look whether it was done; if not, ask again under a new key")),
            None => Err(
                Fault::new(FaultKind::Conflict, "this request is being carried out")
                    .rule("idempotency-key")
                    .remedy("ask again in a moment"),
            ),
        }
    }

    /// Notes what came of a request: identifiers and a state, nothing that was sent.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_request(&self, begun: Begun, outcome: String) -> Result<(), Fault> {
        let Begun { actor, key } = begun;
        self.vault.data().write(Priority::Ordinary, move |tx| {
            tx.end_request(&actor, &key, &outcome)
        })
    }

    /// Gives a request up of which nothing came: it may be tried again under its key.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn give_up_request(&self, begun: Begun) -> Result<(), Fault> {
        let Begun { actor, key } = begun;
        self.vault.data().write(Priority::Ordinary, move |tx| {
            tx.forget_request(&actor, &key)
        })
    }
}
