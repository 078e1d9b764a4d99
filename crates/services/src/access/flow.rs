//! What was begun elsewhere and is not finished: a passkey that is being made or shown, somebody who
//! is at their organisation's sign-in service. Kept in the database, so that whichever copy of Kept is
//! asked finishes it, and sealed under the token that its browser has: whoever takes the database has
//! nothing of it. Each is good once.

use domain::{Fault, FaultKind};
use door::HashedFor;
use identification::passkey::{Proving, Registering};
use identification::provider::Expected;
use identification::token::Token;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::Priority;
use store::data::begun::{BegunMost, BegunRow};
use zeroize::Zeroizing;

use super::{Access, Address, SessionId, moment_of};

/// How long it may take: a device is looked for, a second factor is asked for elsewhere.
pub(super) const WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// What one address may have begun at a time; the oldest goes for the next. Colleagues share one.
const OF_ONE_ADDRESS: u64 = 256;
/// What may be begun at a time in all.
const IN_ALL: u64 = 16_384;

/// What was begun.
#[derive(Serialize, Deserialize)]
pub(super) enum Step {
    /// A passkey is being made, in the session of an identifier.
    NewPasskey([u8; 16], Registering),
    /// A passkey is to be shown.
    Proof(Proving),
    /// Somebody is at a service; in a session, to link their identity.
    AtProvider {
        provider: String,
        expected: Expected,
        linking: Option<[u8; 16]>,
    },
}

impl Step {
    pub(super) fn new_passkey(session: SessionId, state: Registering) -> Self {
        Self::NewPasskey(session.0, state)
    }

    fn encode(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        serde_json::to_vec(self).map(Zeroizing::new).map_err(|_| {
            Fault::new(
                FaultKind::Integrity,
                "what a browser begins cannot be written down",
            )
        })
    }

    /// What another version of Kept wrote down otherwise is begun again.
    fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

fn is_open(begun: Timestamp, now: Timestamp) -> bool {
    now.duration_since(begun) < WITHIN
}

impl Access<'_> {
    /// Keeps what was begun; gives the token that is shown with its end.
    pub(super) fn begun(&self, step: &Step, from: Address) -> Result<Token, Fault> {
        let vault = &self.kept.vault;
        let now = self.kept.moment()?.now;
        let token = Token::draw(vault.entropy());
        let row = BegunRow {
            place: vault.keyed_hash(HashedFor::Address, &from.text()),
            begun: now.as_microsecond(),
            sealed: vault.seal_begun(token.reveal(), &step.encode()?)?,
        };
        let (hash, over) = (token.hash(), (now - WITHIN).as_microsecond());
        let most = BegunMost {
            of_one_place: OF_ONE_ADDRESS,
            in_all: IN_ALL,
        };
        vault.data().write(Priority::Ordinary, move |tx| {
            tx.delete_begun_by(over)?;
            tx.add_begun(&hash.0, &row, most)
        })?;
        Ok(token)
    }

    /// Takes out what was begun: once, whichever copy of Kept is asked, and while it is not over.
    pub(super) fn take_begun(&self, token: &str, now: Timestamp) -> Result<Option<Step>, Fault> {
        let Some(token) = Token::shown(token) else {
            return Ok(None);
        };
        let vault = &self.kept.vault;
        let hash = token.hash();
        let row = vault
            .data()
            .write(Priority::Ordinary, move |tx| tx.take_begun(&hash.0))?;
        let row = row.filter(|row| is_open(moment_of(row.begun), now));
        let opened = row.and_then(|row| vault.open_begun(token.reveal(), &row.sealed));
        Ok(opened.and_then(|bytes| Step::decode(&bytes)))
    }
}
