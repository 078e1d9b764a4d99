//! An open installation: its two databases, its keys, its journal.

use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use domain::{Entropy, Fault, FaultKind, InstallationId};
use journal::{Detail, Entry, EntryEntropy, Part, Period};
use store::keyring::EpochState;
use store::{Database, Home, Place, Priority};
use zeroize::Zeroizing;

use crate::epoch::{Managers, Pkcs11, write_secret};
use crate::folder::{Installation, Layout, Lock, NamedManager};
use crate::keyring::Keyring;
use crate::restrictive::{LoggedCheckpoint, RestrictiveLog};
use crate::signing::{self, Signing};

/// Bytes of the look-up key and of the signing key's seed.
pub(crate) const SECRET_BYTES: usize = 32;

/// The vault of an installation. One process owns it, many threads may use it.
pub struct Vault {
    pub(crate) id: InstallationId,
    pub(crate) layout: Layout,
    pub(crate) description: Installation,
    pub(crate) data: Arc<Database>,
    pub(crate) keyring: Keyring,
    pub(crate) restrictive: RestrictiveLog,
    logged_at_first: u64,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) signing: Signing,
    origin: RwLock<String>,
    pub(crate) key_manager: RwLock<Option<NamedManager>>,
    closed: RwLock<Option<Closed>>,
    lock: Arc<Lock>,
}

/// Why nothing is written into the journal, and so nothing else is done either.
#[derive(Clone, Debug)]
pub struct Closed {
    /// Why.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl Closed {
    /// As it is told to whoever wanted something.
    #[must_use]
    pub fn fault(&self) -> Fault {
        Fault::new(FaultKind::Integrity, &self.message).remedy(&self.remedy)
    }
}

impl Vault {
    /// Makes an empty installation: folders, keys, databases, its first epoch. It is one only
    /// when [`Vault::complete`] was called.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when there is one already, [`FaultKind::Unavailable`] when a file
    /// cannot be written.
    pub fn create(
        layout: Layout,
        description: &Installation,
        now: i64,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Fault> {
        if layout.description().exists() {
            return Err(Fault::new(
                FaultKind::Conflict,
                format!(
                    "there is an installation in {} already",
                    layout.root.display()
                ),
            )
            .remedy("choose another folder"));
        }
        for place in [layout.data_place(), layout.keyring_place()] {
            if matches!(place, Place::Server(_)) && place.is_used()? {
                return Err(in_use(&place));
            }
        }
        // Never cleared in silence: they may be all that is left of an installation.
        if let Some(left) = [layout.data(), layout.signing_key()]
            .iter()
            .find(|it| it.exists())
        {
            return Err(Fault::new(
                FaultKind::Conflict,
                format!("{} is left from another installation", left.display()),
            )
            .remedy(
                "if it comes from an interrupted `kept init`, remove the folder and its key \
                 folder; else choose another folder",
            ));
        }
        // Known before a folder is made: a token that does not do is no half-made installation.
        if let Some(named) = &description.key_manager {
            let id = description.installation_id()?;
            Pkcs11::new(named.token()?, id)?.try_out(entropy.as_ref())?;
        }
        for folder in layout.folders() {
            make_private_folder(&folder)?;
        }
        for path in [
            layout.look_up_key(),
            layout.signing_key(),
            layout.backup_key(),
        ] {
            let mut secret = Zeroizing::new([0; SECRET_BYTES]);
            entropy.fill(secret.as_mut_slice());
            write_secret(&path, secret.as_slice())?;
        }
        let vault = Self::assemble(layout, description.clone(), entropy)?;
        let manager = vault.keyring.managers().next();
        vault
            .keyring
            .make_epoch(1, manager, EpochState::Active, now, vault.entropy.as_ref())?;
        signing::publish(&vault.layout, &vault.signer())?;
        Ok(vault)
    }

    /// Ends the making of an installation, once its first policy is in it: what has a description
    /// is whole, and a crash before leaves none.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the description cannot be written.
    pub fn complete(&self) -> Result<(), Fault> {
        self.description.write(&self.layout)
    }

    /// Opens an installation, checks its keys before anything is touched, and finishes the
    /// erasures that a crash interrupted before anything is read.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is none, [`FaultKind::Conflict`] when another process has
    /// it, [`FaultKind::Unavailable`] when a key is missing or wrong.
    pub fn open(
        root: &Path,
        keys: Option<&Path>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Fault> {
        let (description, layout) = Installation::read(root, keys)?;
        for place in [layout.data_place(), layout.keyring_place()] {
            if let Some(file) = place.missing() {
                return Err(lost(file));
            }
        }
        let vault = Self::assemble(layout, description, entropy)?;
        vault.keyring.database.finish_commits()?;
        vault.data.finish_commits()?;
        vault.finish_erasures()?;
        vault.finish_interrupted_move()?;
        vault.take_log_over()?;
        // Where others write as well, the turn of the keys settles what is old enough.
        if !vault.data.is_shared() {
            vault.settle_look_ups(i64::MAX)?;
        }
        Ok(vault)
    }

    /// Makes a folder from which one more copy of Kept works on the databases of an installation,
    /// and opens it. `from` is the folder of a copy that is there, `keys` its key folder as it is
    /// reached from here; left out: as it is described.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the installation is in files, [`FaultKind::Conflict`] when there
    /// is one in the folder already; else as [`Vault::open`].
    pub fn join(
        from: &Path,
        root: &Path,
        keys: Option<&Path>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Fault> {
        let (described, layout) = Installation::read(from, keys)?;
        let Some(servers) = described.database.as_ref() else {
            return Err(Fault::new(
                FaultKind::Refused,
                "the installation is in files, which one process owns",
            )
            .remedy("move it to a database server first, with `kept move`"));
        };
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let description = Installation {
            keys: absolute(&layout.keys),
            database: Some(servers.seen_from(&absolute(from))),
            keyring_copies: seen_from(&absolute(from), &described.keyring_copies),
            ..described
        };
        let layout = Layout {
            root: root.to_owned(),
            servers: description.database.clone(),
            ..layout
        };
        if layout.description().exists() {
            return Err(Fault::new(
                FaultKind::Conflict,
                format!("there is an installation in {} already", root.display()),
            )
            .remedy("choose another folder"));
        }
        for folder in layout.folders() {
            make_private_folder(&folder)?;
        }
        let vault = Self::assemble(layout, description, entropy)?;
        vault.finish_erasures()?;
        signing::publish(&vault.layout, &vault.signer())?;
        vault.complete()?;
        Ok(vault)
    }

    pub(crate) fn assemble(
        layout: Layout,
        description: Installation,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Fault> {
        let lock = Arc::new(Lock::take(&layout)?);
        Self::assemble_under(lock, layout, description, entropy)
    }

    /// The lock of the installation's folder.
    pub(crate) fn lock(&self) -> Arc<Lock> {
        Arc::clone(&self.lock)
    }

    /// As [`Vault::assemble`], where the folder's lock is held already.
    pub(crate) fn assemble_under(
        lock: Arc<Lock>,
        layout: Layout,
        description: Installation,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Fault> {
        let id = description.installation_id()?;
        let look_up = read_secret(&layout.look_up_key())?;
        let signing = Signing::open(&layout, description.signing_name())?;
        let named = match &description.key_manager {
            Some(named) => Some(named.token()?),
            None => None,
        };
        let managers = Managers::new(&layout.keys, named.as_ref(), id)?;
        let keyring = Keyring::open(&layout, managers, &look_up, id)?;
        let data = Database::open(Home::Data, &layout.data_place())?;
        let restrictive = RestrictiveLog::open(&layout, &keyring.database)?;
        let logged_at_first = restrictive.bytes()?;
        let origin = RwLock::new(description.journal_origin.clone());
        let key_manager = RwLock::new(description.key_manager.clone());
        Ok(Self {
            id,
            layout,
            description,
            data,
            keyring,
            restrictive,
            logged_at_first,
            entropy,
            signing,
            origin,
            key_manager,
            closed: RwLock::default(),
            lock,
        })
    }

    /// The installation's identifier.
    #[must_use]
    pub fn id(&self) -> InstallationId {
        self.id
    }

    /// What the installation is.
    #[must_use]
    pub fn description(&self) -> &Installation {
        &self.description
    }

    /// Where its files are.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Which of the copies of Kept on the databases works from this folder: the same after a
    /// restart, and another where the folder was copied elsewhere. As one process owns a folder,
    /// what an earlier one of this copy had begun is nobody's any more.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be noted.
    pub fn copy(&self) -> Result<[u8; 16], Fault> {
        let path = self.layout.copy();
        let mut drawn = [0; 16];
        match fs::read(&path) {
            Ok(kept) if kept.len() == drawn.len() => drawn.copy_from_slice(&kept),
            _ => {
                self.entropy.fill(&mut drawn);
                let written = fs::write(&path, drawn);
                written.map_err(|error| unwritable(&self.layout.root).because(error))?;
            }
        }
        let place = std::path::absolute(&self.layout.root);
        let place = place.unwrap_or_else(|_| self.layout.root.clone());
        let told = [drawn.as_slice(), place.as_os_str().as_encoded_bytes()].concat();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &told);
        drawn.copy_from_slice(&digest.as_ref()[..16]);
        Ok(drawn)
    }

    /// The keyring.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// The data file, for what holds no sealed value: names, policies, the journal's rows.
    #[must_use]
    pub fn data(&self) -> &Arc<Database> {
        &self.data
    }

    /// Where random bytes come from.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        self.entropy.as_ref()
    }

    /// The journal's origin: the name that its checkpoints bear.
    #[must_use]
    pub fn origin(&self) -> String {
        self.origin
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Goes on under another origin, which is the installation's from here on. The key that signs
    /// keeps its name.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the description cannot be written: then nothing has changed.
    pub fn begin_origin(&self, origin: &str) -> Result<(), Fault> {
        self.describe(|description| {
            origin.clone_into(&mut description.journal_origin);
            description.signing_name = Some(self.description.signing_name().to_owned());
        })?;
        let mut present = self.origin.write().unwrap_or_else(PoisonError::into_inner);
        origin.clone_into(&mut present);
        Ok(())
    }

    /// The name of the signing key where it is not the origin's.
    pub(crate) fn signing_name(&self) -> Option<String> {
        let name = self.description.signing_name();
        (name != self.origin()).then(|| name.to_owned())
    }

    /// Closes the journal for a reason, or opens it again: while it is closed no entry is made, so
    /// that nothing is read or done.
    pub fn close_journal(&self, why: Option<Closed>) {
        *self.closed.write().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// Why the journal is closed, if it is.
    #[must_use]
    pub fn journal_closed(&self) -> Option<Closed> {
        self.closed
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn open_journal(&self) -> Result<(), Fault> {
        self.journal_closed().map_or(Ok(()), |why| Err(why.fault()))
    }

    /// Keeps the latest checkpoint in the log with the keyring (mechanism, 6). One that covers no
    /// more than the last one there is not: another copy of Kept has published meanwhile.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be written.
    pub fn log_checkpoint(&self, size: u64, root: [u8; 32]) -> Result<(), Fault> {
        self.restrictive
            .append_checkpoint(LoggedCheckpoint { size, root })
    }

    /// Keeps in the same log what a new origin of the journal begins with: checkpoints of the one
    /// before are the latest no more.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be written.
    pub fn log_origin(&self, size: u64, root: [u8; 32]) -> Result<(), Fault> {
        self.restrictive
            .append_origin(LoggedCheckpoint { size, root })
    }

    /// The log of restrictive acts.
    #[must_use]
    pub fn restrictive(&self) -> &RestrictiveLog {
        &self.restrictive
    }

    /// How many bytes the log of restrictive acts had before anything was finished that had been
    /// interrupted: what it has more is to be shipped.
    #[must_use]
    pub fn logged_at_first(&self) -> u64 {
        self.logged_at_first
    }

    /// Takes the lines over that this copy wrote into a file while each copy had a log of its own. A
    /// move has carried its files' log over already, and may have been told to leave them.
    fn take_log_over(&self) -> Result<(), Fault> {
        match self.has_moved_files() {
            true => Ok(()),
            false => self.restrictive.take_over(&self.layout.restrictive()),
        }
    }

    /// Makes a journal entry: committed to, sealed under its month's key.
    ///
    /// # Errors
    /// When the month's key cannot be made, or the journal is closed.
    pub fn entry(&self, detail: &Detail) -> Result<Entry, Fault> {
        self.open_journal()?;
        self.first_entry(detail)
    }

    /// As [`Vault::entry`], of the entry with which a new origin begins: it opens the journal.
    ///
    /// # Errors
    /// When the month's key cannot be made.
    pub fn first_entry(&self, detail: &Detail) -> Result<Entry, Fault> {
        let entropy = self.entry_entropy();
        self.keyring
            .with_period(Period::of(detail.at), self.entropy(), |key| {
                journal::entry(detail, self.id.as_bytes(), key, &entropy)
            })
    }

    /// Makes the one entry of a bulk act, with a part for each person.
    ///
    /// # Errors
    /// When the month's key cannot be made.
    pub fn bulk_entry(&self, detail: Detail, parts: &[Part]) -> Result<Entry, Fault> {
        self.open_journal()?;
        let entropy = self.entry_entropy();
        self.keyring
            .with_period(Period::of(detail.at), self.entropy(), |key| {
                journal::bulk_entry(detail.clone(), parts, self.id.as_bytes(), key, &entropy)
            })
    }

    /// Writes an entry that belongs to no change of data; durable when this returns its place.
    ///
    /// # Errors
    /// When the journal cannot be written: what it would have told of must not happen.
    pub fn record(&self, detail: &Detail) -> Result<u64, Fault> {
        let entry = self.entry(detail)?;
        self.data
            .write(Priority::Ordinary, move |tx| tx.append(&entry))
    }

    /// Writes a bulk entry that belongs to no change of data, with a part for each person.
    ///
    /// # Errors
    /// As [`Vault::record`].
    pub fn record_bulk(&self, detail: Detail, parts: &[Part]) -> Result<u64, Fault> {
        let entry = self.bulk_entry(detail, parts)?;
        self.data
            .write(Priority::Ordinary, move |tx| tx.append(&entry))
    }

    fn entry_entropy(&self) -> EntryEntropy {
        let mut bytes = [0; EntryEntropy::BYTES];
        self.entropy.fill(&mut bytes);
        EntryEntropy::from_bytes(&bytes)
    }
}

/// Places for copies as they are named from elsewhere: folders by their full names.
fn seen_from(root: &Path, places: &[String]) -> Vec<String> {
    let full = |name: &String| match name.contains("://") {
        true => name.clone(),
        false => root.join(name).display().to_string(),
    };
    places.iter().map(full).collect()
}

pub(crate) fn read_secret(path: &Path) -> Result<Zeroizing<[u8; SECRET_BYTES]>, Fault> {
    let name = path
        .file_name()
        .map(|name| name.display().to_string())
        .unwrap_or_default();
    let bytes = Zeroizing::new(fs::read(path).map_err(|error| {
        Fault::new(
            FaultKind::Unavailable,
            format!("`{name}` is not in the key folder"),
        )
        .remedy(
            "make the key folder of this installation available (its place is in \
                 `installation.toml`; `--keys` names another); nothing was touched",
        )
        .because(error)
    })?);
    let secret = bytes.as_slice().try_into().map_err(|_| {
        Fault::new(
            FaultKind::Unavailable,
            format!("`{name}` in the key folder is damaged"),
        )
        .remedy("use the key folder that belongs to this installation; nothing was touched")
    })?;
    Ok(Zeroizing::new(secret))
}

fn lost(file: &Path) -> Fault {
    Fault::new(
        FaultKind::Integrity,
        format!("{} is not there, and was", file.display()),
    )
    .remedy("restore the installation's folder from its latest copy; nothing was touched")
}

/// A database that is somebody's already. Never cleared in silence.
pub(crate) fn in_use(place: &Place) -> Fault {
    let name = match place {
        Place::Server(server) => server.name(),
        Place::File { path, .. } => path.display().to_string(),
    };
    Fault::new(
        FaultKind::Conflict,
        format!("{name} holds an installation already"),
    )
    .remedy("give each installation two empty databases of its own")
}

pub(crate) fn make_private_folder(folder: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| unwritable(folder).because(error))
}

pub(crate) fn unwritable(folder: &Path) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("{} cannot be written", folder.display()),
    )
    .remedy("check the folder's owner, its rights and the room on its disk")
}
