//! A new signing key for checkpoints: handed on to by a statement that both keys sign, so that
//! whoever trusts the old one goes on to trust the new one (mechanism, 13).

use std::path::PathBuf;

use domain::Fault;
use journal::{Act, Checkpoint, RollOver, VerifierKey};

use super::checkpoint::{Copied, Published};
use super::files::JournalFiles;
use crate::act::Acting;
use crate::kept::Kept;

/// A roll-over of the signing key.
#[derive(Debug)]
pub struct Rolled {
    /// The key that signed until now.
    pub old: VerifierKey,
    /// The key that signs from now on; none in a dry run.
    pub new: Option<VerifierKey>,
    /// From how many entries on.
    pub from_size: u64,
    /// The statement, signed by both; none in a dry run.
    pub statement: Option<String>,
    /// The copies of the statement outside, and what became of each.
    pub copies: Vec<Copied>,
    /// The first checkpoint that the new key signed alone; none in a dry run.
    pub checkpoint: Option<Published>,
    /// Where it stands in the journal; none in a dry run.
    pub receipt: Option<u64>,
}

impl Kept {
    /// Rolls the signing key over: the old key signs all there is, both sign the statement, and the
    /// new key signs from there on. The old one is no more. An interruption leaves one of the two in
    /// force and nothing in between.
    ///
    /// # Errors
    /// As [`Kept::publish_checkpoint`]; then the old key stays, or opening the installation
    /// completes what a statement has decided.
    pub fn roll_signing_key(&self, to: &[PathBuf], acting: &Acting) -> Result<Rolled, Fault> {
        let _still = self.hold_journal();
        let vault = self.vault();
        let old = vault.signer();
        let last = self.publish(to, acting)?;
        let mut rolled = Rolled {
            old: old.verifier().clone(),
            new: None,
            from_size: last.size,
            statement: None,
            copies: Vec::new(),
            checkpoint: None,
            receipt: None,
        };
        if acting.dry_run {
            return Ok(rolled);
        }
        let files = JournalFiles::new(vault.layout().journal());
        let origin = &vault.origin();
        let next = vault.draw_next_signer()?;
        let said = RollOver {
            origin: origin.clone(),
            old: old.verifier().clone(),
            new: next.verifier().clone(),
            from_size: last.size,
        };
        let statement = RollOver::sign(origin, last.size, &old, &next);
        // Both keys are good at the size at which one hands on to the other: whichever is in force
        // after an interruption finds its own signature.
        let both = Checkpoint::new(origin, last.size, last.root).sign(&[&old, &next]);
        files.put_checkpoint(&both)?;
        let name = format!("{:012}.roll-over", last.size);
        files.put_statement(&name, &statement)?;
        vault.take_next_signer()?;
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::SigningKeyRolled, &acting.actor, moment, &law);
        detail.digest = Some(said.digest());
        detail.reference = Some(last.size);
        rolled.receipt = Some(vault.record(&detail)?);
        rolled.copies = self.copy_text_out(to, &name, &statement);
        rolled.checkpoint = Some(self.publish(to, acting)?);
        rolled.new = Some(said.new);
        rolled.statement = Some(statement);
        Ok(rolled)
    }
}
