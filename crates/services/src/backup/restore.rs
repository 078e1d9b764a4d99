//! A restore: data joined with today's keyring, what was imposed since imposed again, and only then
//! an installation.

use std::path::PathBuf;
use std::sync::Arc;

use domain::{Entropy, Fault, SubjectId};
use door::backup::{self as copies, Joined, Source, Swept, place};
use door::{Installation, Layout, SystemEntropy};
use jiff::Timestamp;
use journal::Act;
use store::Priority;

use super::impose::Imposing;
use crate::act::Acting;
use crate::kept::Kept;
use crate::open::{REHEARSAL_NOW, relative_to};

/// Entries that are read together.
const ENTRIES_AT_ONCE: u32 = 1_000;

/// What is to be restored.
#[derive(Clone, Debug)]
pub struct Restore {
    /// The place of the data backup.
    pub from: String,
    /// The place of the current copy of the keyring; none: the same.
    pub keyring: Option<String>,
    /// Which backup; none: the latest.
    pub backup: Option<String>,
    /// The folder that places are named beside.
    pub beside: PathBuf,
    /// The folder that becomes the installation's: empty or not there.
    pub root: PathBuf,
    /// The key folder, which stays where it is.
    pub keys: PathBuf,
}

/// What a restore came to.
#[derive(Debug)]
pub struct Restored {
    /// The backup.
    pub backup: String,
    /// Of which moment it is.
    pub at: Timestamp,
    /// Of which moment the copy of the keyring is.
    pub keyring_at: Timestamp,
    /// How many rows each table had in the backup.
    pub rows: Vec<(String, u64)>,
    /// How many rows were counted after they were written.
    pub rows_counted: u64,
    /// How many entries the backup's journal had.
    pub journal_size: u64,
    /// How many entries came from the journal's shipped copy.
    pub entries: u64,
    /// What was taken out, as it was erased since.
    pub swept: Swept,
    /// What was imposed again.
    pub imposed: Imposing,
    /// How many roles, keys and accounts were ended again.
    pub access_ended: u64,
    /// Acts after the backup that changed something and whose data is lost: name and how often.
    pub lost: Vec<(&'static str, u64)>,
    /// The origin under which the journal goes on, where it came back shorter than it was signed.
    pub new_origin: Option<String>,
    /// Where it stands in the journal.
    pub receipt: u64,
}

/// What a restore is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum For {
    /// To go on with.
    Use,
    /// To be looked at and removed: nothing is signed.
    Drill,
}

/// Restores an installation into an empty folder. Until it is whole the folder says that it is not,
/// and can be restored into again.
///
/// # Errors
/// As `kept restore` tells: a place, a key, a backup that is missing, damaged or another's. Then
/// nothing is served from the folder, and nothing else was touched.
pub fn restore(
    new: &Restore,
    acting: &Acting,
    told: &mut dyn FnMut(u64),
) -> Result<(Kept, Restored), Fault> {
    let (kept, joined, restored) = bring_back(new, acting, For::Use, told)?;
    kept.vault.complete_restored(&joined.description)?;
    drop(kept);
    let kept = Kept::open(&new.root, Some(&new.keys))?;
    // What goes outside goes from the whole installation.
    kept.publish_checkpoint(&[], acting)?;
    kept.ship()?;
    Ok((kept, restored))
}

/// Brings an installation back as far as it can be looked at.
pub(super) fn bring_back(
    new: &Restore,
    acting: &Acting,
    purpose: For,
    told: &mut dyn FnMut(u64),
) -> Result<(Kept, Joined, Restored), Fault> {
    let source = Source {
        data: place(&new.from, &new.beside)?,
        keyring: place(new.keyring.as_ref().unwrap_or(&new.from), &new.beside)?,
        backup: new.backup.clone(),
    };
    let layout = Layout {
        root: new.root.clone(),
        keys: new.keys.clone(),
        servers: None,
    };
    let adapt = |description: &mut Installation| {
        description.keys = relative_to(&new.root, &new.keys);
        // It comes back as files, wherever it was.
        description.database = None;
    };
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::default());
    let (vault, joined) = copies::restore(&source, layout, &adapt, entropy, told)?;
    let last = vault.data().read(|reader| reader.last_entry_at())?;
    if let (true, Some(last)) = (vault.description().rehearsal, last) {
        // A rehearsal's clock goes on from where the journal ends.
        vault.data().write(Priority::Ordinary, move |tx| {
            let kept = tx.meta(REHEARSAL_NOW)?.and_then(|it| it.try_into().ok());
            let now = kept.map_or(last, |kept| i64::from_be_bytes(kept).max(last));
            tx.put_meta(REHEARSAL_NOW, &now.to_be_bytes())
        })?;
    }
    let kept = Kept::assemble(vault)?;
    let shortened = kept.vault.journal_closed().is_some();
    let id = joined.data.id();
    let new_origin = match (shortened, purpose) {
        (false, _) => {
            kept.make_tiles_again()?;
            None
        }
        (true, For::Use) => {
            let reason = format!("restored from the backup {id}");
            Some(kept.begin_origin(&reason, &[], acting)?.said.origin)
        }
        (true, For::Drill) => {
            kept.vault.close_journal(None);
            None
        }
    };
    let imposed = kept.impose_again(acting)?;
    let tail = kept.tail(joined.data.journal_size, joined.entries)?;
    let access_ended = kept.end_access_again(&tail, acting)?;
    let (law, moment) = (kept.law(), kept.moment()?);
    let mut detail = kept.detail(Act::Restored, &acting.actor, moment, &law);
    detail.digest = Some(joined.data.journal_root);
    detail.reference = Some(joined.data.journal_size);
    detail.count = Some(joined.entries);
    detail.rule = Some(id.clone());
    let receipt = kept.vault.record(&detail)?;
    let restored = Restored {
        backup: id,
        at: joined.data.moment(),
        keyring_at: joined.keyring.moment(),
        rows: joined
            .data
            .rows()
            .into_iter()
            .map(|(name, rows)| (name.to_owned(), rows))
            .collect(),
        rows_counted: joined.rows,
        journal_size: joined.data.journal_size,
        entries: joined.entries,
        swept: joined.swept,
        imposed,
        access_ended,
        lost: lost(&tail),
        new_origin,
        receipt,
    };
    Ok((kept, joined, restored))
}

/// What of an entry after the backup matters to a restore.
struct Later {
    act: Act,
    subject: Option<SubjectId>,
    rule: Option<String>,
}

impl Kept {
    /// The entries that came from the journal's shipped copy.
    fn tail(&self, first: u64, many: u64) -> Result<Vec<Later>, Fault> {
        let (mut tail, mut next) = (Vec::new(), first);
        let end = first + many;
        while next < end {
            let entries = self
                .vault
                .data()
                .read(|reader| reader.entries(next, ENTRIES_AT_ONCE))?;
            if entries.is_empty() {
                break;
            }
            for entry in entries.iter().take_while(|entry| entry.seq < end) {
                if let Some(detail) = self.opened_detail(entry)? {
                    tail.push(Later {
                        act: detail.act,
                        subject: detail.subject.map(SubjectId),
                        rule: detail.rule,
                    });
                }
            }
            next += entries.len() as u64;
        }
        Ok(tail)
    }

    /// Ends again what gave access and was ended after the backup: roles, programs' keys, accounts.
    /// What was given again after that is to be given once more.
    fn end_access_again(&self, tail: &[Later], acting: &Acting) -> Result<u64, Fault> {
        let at = self.moment()?.now.as_microsecond();
        let mut ended = 0;
        for later in tail {
            let named = |prefix: &str| {
                let rule = later.rule.as_deref()?;
                rule.strip_prefix(prefix).map(str::to_owned)
            };
            match (later.act, later.subject) {
                (Act::KeyRevoked, _) => {
                    let keys = self.vault.data().read(|reader| reader.program_keys())?;
                    let of = named("keys.").unwrap_or_default();
                    for key in keys {
                        if key.handle == of && key.revoked.is_none() {
                            let id = key.id;
                            let revoked =
                                self.vault.data().write(Priority::Restrictive, move |tx| {
                                    tx.revoke_program_key(id, at)
                                })?;
                            ended += u64::from(revoked);
                        }
                    }
                }
                (Act::RoleWithdrawn, Some(subject)) => {
                    let role = named("roles.").unwrap_or_default();
                    if let Some(number) = self.access().held_role(subject, &role)? {
                        let deleted =
                            self.vault.data().write(Priority::Restrictive, move |tx| {
                                tx.delete_role(subject, number)
                            })?;
                        ended += u64::from(deleted);
                    }
                }
                (Act::AccountDisabled, Some(subject)) => {
                    let disabled = self.vault.data().write(Priority::Restrictive, move |tx| {
                        match tx.disable_account(subject, at)? {
                            true => tx.close_account(subject).map(|()| true),
                            false => Ok(false),
                        }
                    })?;
                    ended += u64::from(disabled);
                }
                _ => {}
            }
        }
        if ended > 0 {
            let (law, moment) = (self.law(), self.moment()?);
            let mut detail = self.detail(Act::AccessEndedAgain, &acting.actor, moment, &law);
            detail.count = Some(ended);
            self.vault.record(&detail)?;
        }
        Ok(ended)
    }
}

/// The acts whose data is lost, by name: those that stored something, or put something in force,
/// which the backup does not have.
fn lost(tail: &[Later]) -> Vec<(&'static str, u64)> {
    let stored = |act: &Act| {
        matches!(
            act,
            Act::RecordWritten
                | Act::RecordUpdated
                | Act::SubjectAdded
                | Act::OrganisationAdded
                | Act::Linked
                | Act::Unlinked
                | Act::SubjectMerged
                | Act::SubjectChanged
                | Act::FactRecorded
                | Act::FactSuperseded
                | Act::ConsentGiven
                | Act::ObjectionLifted
                | Act::RestrictionLifted
                | Act::HoldLifted
                | Act::Told
                | Act::DocumentAccepted
                | Act::ImportFinished
                | Act::PolicyApplied
                | Act::DocumentPublished
                | Act::AuthorisationApplied
                | Act::AccountMade
                | Act::RoleGranted
                | Act::ReviewDone
                | Act::CredentialAdded
                | Act::KeyMade
                | Act::UndertakingAccepted
                | Act::NoticeSent
                | Act::AnnouncementMade
                | Act::WebhookAdded
        )
    };
    let mut acts: Vec<Act> = tail.iter().map(|it| it.act).filter(stored).collect();
    acts.sort_unstable();
    acts.chunk_by(|one, next| one == next)
        .filter_map(|same| same.first().map(|act| (act.name(), same.len() as u64)))
        .collect()
}
