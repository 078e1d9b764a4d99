//! What a command is given, and what it comes to.

use domain::{Account, Actor, ActorKind, FaultKind};
use serde_json::Value;
use services::Acting;

use super::options::{Changing, Place};
use crate::io::Io;

/// What a command is given besides its own options.
pub struct Context<'a> {
    /// Where it reads from and writes to.
    pub io: &'a mut Io,
    /// Whether the answer is for programs.
    pub for_programs: bool,
    /// The account of whoever is logged in where the command was given.
    pub login: Account,
}

impl<'a> Context<'a> {
    /// A context.
    pub fn new(io: &'a mut Io, for_programs: bool, login: Account) -> Self {
        Self {
            io,
            for_programs,
            login,
        }
    }

    /// Who acts: the account that was named, or else whoever is logged in.
    #[must_use]
    pub fn actor(&self, place: &Place) -> Actor {
        let account = place.account.as_ref().unwrap_or(&self.login);
        Actor::new(ActorKind::CommandLine, account.clone())
    }

    /// Who acts, and whether it is for show.
    #[must_use]
    pub fn acting(&self, place: &Place, changing: Changing) -> Acting {
        Acting::new(self.actor(place), changing.dry_run)
    }

    /// Answers: `text` for people (it is told whether to use colours), `json` for programs.
    pub fn answer(&mut self, text: impl FnOnce(bool) -> String, json: impl FnOnce() -> Value) {
        if self.for_programs {
            self.io.print_json(&json());
        } else {
            let text = text(self.io.terminal().colour_out);
            self.io.print(&text);
        }
    }
}

/// How a command that has given its answer ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Exit {
    /// It has done what it was asked.
    Done,
    /// The answer itself is bad news of a kind: a policy with errors, a journal that does not hold.
    Found(FaultKind),
}

impl Exit {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Found(kind) => kind.exit_code(),
        }
    }
}
