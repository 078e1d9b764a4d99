//! A journal that came back shorter than what was signed: nothing is done on it until somebody owns
//! up to the loss, and it goes on under another origin; never a silent fork (mechanism, 6).

use std::path::PathBuf;

use domain::{Fault, FaultKind};
use door::Closed;
use journal::{Act, Frontier, Hash, NewOrigin};
use store::Priority;

use super::checkpoint::{Copied, Published};
use super::files::JournalFiles;
use crate::act::Acting;
use crate::kept::Kept;

/// The longest reason: it stands in the journal.
const REASON_BYTES_MAX: usize = 128;

/// A journal that went on under another origin.
#[derive(Debug)]
pub struct Originated {
    /// What is stated: the origins, what had been signed, what came back.
    pub said: NewOrigin,
    /// The signed statement.
    pub statement: String,
    /// The copies of the statement outside, and what became of each.
    pub copies: Vec<Copied>,
    /// The first checkpoint of the new origin; none in a dry run.
    pub checkpoint: Option<Published>,
    /// Where it stands in the journal; none in a dry run.
    pub receipt: Option<u64>,
}

/// What was signed, and is longer than what is there.
struct Signed {
    size: u64,
    root: Hash,
}

impl Kept {
    /// Closes the journal where it is shorter than its last checkpoint, as far as the folder of the
    /// journal or the log beside the keyring tell.
    pub(crate) fn close_if_shortened(&self) -> Result<(), Fault> {
        let end = self.vault.data().read(|reader| reader.frontier())?;
        if let Some(signed) = self.lost(&end)? {
            self.vault.close_journal(Some(shortened(&end, &signed)));
        } else if self.begun_at(&end)?.is_some() {
            self.vault.close_journal(Some(interrupted()));
        }
        Ok(())
    }

    /// Refuses to serve on a journal that is closed.
    ///
    /// # Errors
    /// [`FaultKind::Integrity`], with what to do.
    pub fn check_journal_open(&self) -> Result<(), Fault> {
        let why = self.vault.journal_closed();
        why.map_or(Ok(()), |why| Err(why.fault()))
    }

    /// Goes on from what came back, under another origin: the statement says what had been signed
    /// and what is there, the first entry of the new origin holds its digest and the reason.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when nothing that was signed is missing, [`FaultKind::Invalid`] when
    /// the reason is missing or too long; [`FaultKind::Unavailable`] when a file cannot be written:
    /// then it can be repeated.
    pub fn begin_origin(
        &self,
        reason: &str,
        to: &[PathBuf],
        acting: &Acting,
    ) -> Result<Originated, Fault> {
        if reason.trim().is_empty() || reason.len() > REASON_BYTES_MAX {
            return Err(Fault::new(
                FaultKind::Invalid,
                format!("a reason has 1 to {REASON_BYTES_MAX} bytes"),
            )
            .remedy("say in a few words what happened; name nobody: it stands in the journal"));
        }
        let _still = self.hold_journal();
        let vault = self.vault();
        let files = JournalFiles::new(vault.layout().journal());
        let end = vault.data().read(|reader| reader.frontier())?;
        let said = match (self.lost(&end)?, self.begun_at(&end)?) {
            (Some(signed), _) => NewOrigin {
                origin: next_origin(vault.description().signing_name(), &vault.origin()),
                old_origin: vault.origin(),
                old_size: signed.size,
                old_root: signed.root,
                kept_size: end.size(),
                kept_root: end.root(),
            },
            // Somebody began it, and was interrupted.
            (None, Some(said)) => said,
            (None, None) => return Err(whole()),
        };
        let statement = said.sign(&[&*vault.signer()]);
        let mut done = Originated {
            statement,
            said,
            copies: Vec::new(),
            checkpoint: None,
            receipt: None,
        };
        if acting.dry_run {
            return Ok(done);
        }
        let name = format!("{:012}.new-origin", done.said.kept_size);
        files.put_statement(&name, &done.statement)?;
        if vault.origin() != done.said.origin {
            vault.begin_origin(&done.said.origin)?;
        }
        files.leave_origin(done.said.old_size)?;
        vault.log_origin(done.said.kept_size, done.said.kept_root)?;
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::OriginStarted, &acting.actor, moment, &law);
        detail.digest = Some(done.said.digest());
        detail.reference = Some(done.said.old_size);
        detail.rule = Some(reason.to_owned());
        let entry = vault.first_entry(&detail)?;
        let data = vault.data();
        let receipt = data.write(Priority::Ordinary, move |tx| tx.append(&entry))?;
        vault.close_journal(None);
        done.receipt = Some(receipt);
        done.copies = self.copy_text_out(to, &name, &done.statement);
        done.checkpoint = Some(self.publish(to, acting)?);
        Ok(done)
    }

    /// What was signed of the present origin, where it is longer than the journal and no statement
    /// owns up to it.
    fn lost(&self, end: &Frontier) -> Result<Option<Signed>, Fault> {
        let files = JournalFiles::new(self.vault.layout().journal());
        // What is damaged says nothing here: verification tells of it.
        let own = self.last_checkpoint(&files).ok().flatten();
        let own = own.filter(|one| one.origin == self.vault.origin());
        let own = own.map(|one| Signed {
            size: one.size,
            root: one.root,
        });
        let logged = self
            .vault
            .restrictive()
            .last_checkpoint()?
            .map(|one| Signed {
                size: one.size,
                root: one.root,
            });
        let stated = self.stated()?;
        let owned_up = |signed: &Signed| {
            let own = stated.as_ref();
            own.is_some_and(|said| (said.old_size, said.old_root) == (signed.size, signed.root))
        };
        let longer = own.into_iter().chain(logged);
        let longer = longer.filter(|signed| signed.size > end.size() && !owned_up(signed));
        Ok(longer.max_by_key(|signed| signed.size))
    }

    /// The statement with which the present origin began, if it began with one.
    fn stated(&self) -> Result<Option<NewOrigin>, Fault> {
        let files = JournalFiles::new(self.vault.layout().journal());
        let origin = self.vault.origin();
        let keys = [self.vault.verifier()];
        let texts = files.statement_texts()?;
        let said = texts
            .iter()
            .filter(|(name, _)| name.ends_with(".new-origin"))
            .filter_map(|(_, text)| NewOrigin::verify(text, &keys).ok());
        Ok(said.into_iter().find(|said| said.origin == origin))
    }

    /// The statement of the present origin, where its first entry is still missing.
    fn begun_at(&self, end: &Frontier) -> Result<Option<NewOrigin>, Fault> {
        let stated = self.stated()?;
        Ok(stated.filter(|said| said.kept_size == end.size() && said.kept_root == end.root()))
    }
}

/// The origin after another: the first one's name with a number, from 2.
fn next_origin(first: &str, present: &str) -> String {
    let number = present.strip_prefix(first);
    let number = number.and_then(|tail| tail.strip_prefix('/')?.parse::<u32>().ok());
    format!("{first}/{}", number.unwrap_or(1).saturating_add(1))
}

fn shortened(end: &Frontier, signed: &Signed) -> Closed {
    Closed {
        message: format!(
            "the journal has {} entries, and a checkpoint over {} was signed: it came back from an \
             older copy",
            end.size(),
            signed.size
        ),
        remedy:
            "nothing is read or done on it as it is. Restore a later copy; or, if there is none, \
                 own up to the loss with `kept journal new-origin`. `kept journal verify` says more"
                .to_owned(),
    }
}

fn interrupted() -> Closed {
    Closed {
        message: "the journal's new origin was begun and not completed".to_owned(),
        remedy: "complete it: give `kept journal new-origin` again".to_owned(),
    }
}

fn whole() -> Fault {
    Fault::new(
        FaultKind::Conflict,
        "the journal has all the entries that were signed: it needs no new origin",
    )
    .remedy("`kept journal verify` says whether it is whole")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_counted() {
        for (present, next) in [
            ("kept/x", "kept/x/2"),
            ("kept/x/2", "kept/x/3"),
            ("kept/x/11", "kept/x/12"),
        ] {
            assert_eq!(next_origin("kept/x", present), next);
        }
    }
}
