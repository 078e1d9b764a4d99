//! An installation in files that moves to databases on servers (decision 21).

use domain::{Fault, FaultKind};
use door::Servers;
pub use door::moving::{Carried, Carrying, Verified};
use journal::Act;

use crate::act::Acting;
use crate::kept::Kept;

/// What becomes of the files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Files {
    /// There are none, or none were to be removed.
    None,
    /// They were destroyed.
    Destroyed,
    /// They lie where they were, with what was held at that moment.
    Left,
}

/// What a move came to.
#[derive(Debug)]
pub struct Moved {
    /// Each table, with its rows; none where the installation was on the servers already.
    pub plan: Vec<Carrying>,
    /// What was written, and what was there.
    pub carried: Carried,
    /// What was found equal; none in a dry run, or where an earlier attempt had come that far.
    pub verified: Option<Verified>,
    /// Where it stands in the journal; none where nothing was carried now.
    pub receipt: Option<u64>,
    /// What became of the files.
    pub files: Files,
}

impl Moved {
    fn of(plan: Vec<Carrying>) -> Self {
        Self {
            plan,
            carried: Carried::default(),
            verified: None,
            receipt: None,
            files: Files::None,
        }
    }

    /// How many rows there are to carry.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.plan.iter().map(|table| table.rows).sum()
    }
}

impl Kept {
    /// What a move to databases on servers would carry; they are looked at, and nothing is changed.
    ///
    /// # Errors
    /// As [`Kept::move_to`].
    pub fn plan_move(&self, servers: Option<&Servers>) -> Result<Moved, Fault> {
        match self.is_there(servers) {
            true => Ok(Moved::of(Vec::new())),
            false => {
                let moving = self.vault.moving(servers.ok_or_else(unnamed)?)?;
                Ok(Moved::of(moving.plan()?))
            }
        }
    }

    /// Carries the installation over to databases on servers, and gives it as it is there. Where it
    /// stops, the same goes on. Until everything is there, was compared and stands in the journal,
    /// the installation is in its files; then they are destroyed, unless they are to be left. Without
    /// servers, or with those on which it is already, the end of a move that was interrupted is done.
    /// `told` hears of rows.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when no servers are named or an address is wrong;
    /// [`FaultKind::Refused`] when the installation is on others already; [`FaultKind::Conflict`]
    /// when the databases hold something else; [`FaultKind::Integrity`] when what came there is not
    /// what the files hold; [`FaultKind::Unavailable`] when a server or a file fails.
    pub fn move_to(
        self,
        servers: Option<&Servers>,
        leave_files: bool,
        acting: &Acting,
        told: &mut dyn FnMut(u64),
    ) -> Result<(Self, Moved), Fault> {
        if self.is_there(servers) {
            let mut moved = Moved::of(Vec::new());
            moved.files = files(self.vault.finish_move(leave_files)?, leave_files);
            return Ok((self, moved));
        }
        let moving = self.vault.moving(servers.ok_or_else(unnamed)?)?;
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::InstallationMoved, &acting.actor, moment, &law);
        // The key of its month is carried with the rest; and where the journal is closed, nothing is.
        self.vault.entry(&detail)?;
        let mut moved = Moved::of(moving.plan()?);
        if !moving.has_arrived() {
            moved.carried = moving.carry(told)?;
            let verified = moving.verify()?;
            detail.count = Some(verified.rows);
            detail.reference = Some(verified.journal_size);
            detail.digest = Some(verified.journal_root);
            moved.verified = Some(verified);
            moved.receipt = Some(moving.arrive(&self.vault.entry(&detail)?, leave_files)?);
        }
        let vault = moving.switch()?;
        // Nothing has the files open any more when they go.
        drop(self);
        moved.files = files(vault.finish_move(leave_files)?, leave_files);
        Ok((Self::assemble(vault)?, moved))
    }

    /// Whether the installation is on these servers, or on any where none are named.
    fn is_there(&self, servers: Option<&Servers>) -> bool {
        let described = self.vault.description().database.as_ref();
        described.is_some_and(|there| {
            servers.is_none_or(|named| {
                (&named.url, &named.keyring_url) == (&there.url, &there.keyring_url)
            })
        })
    }
}

fn files(were_there: bool, left: bool) -> Files {
    match (were_there, left) {
        (false, _) => Files::None,
        (true, false) => Files::Destroyed,
        (true, true) => Files::Left,
    }
}

fn unnamed() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "the installation is in files, and no databases were named",
    )
    .remedy("name two empty ones with `--database URL --keyring-database URL`")
}
