//! The folder of an installation: where its files are, what it is, who uses it.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use domain::algorithm::{self, Algorithm, Use};
use domain::{Fault, FaultKind, InstallationId};
use serde::{Deserialize, Serialize};
use store::Place;

use crate::epoch::{Manager, TokenPlace};
use crate::servers::Servers;

/// Where what belongs to an installation is.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The installation's folder.
    pub root: PathBuf,
    /// The key folder, which lies apart: epoch keys, the look-up key, the journal's signing key.
    /// It must never be in a backup of the installation's folder.
    pub keys: PathBuf,
    /// The databases on servers; none: files of the installation's folder.
    pub servers: Option<Servers>,
}

impl Layout {
    /// The installation's description.
    #[must_use]
    pub fn description(&self) -> PathBuf {
        self.root.join("installation.toml")
    }

    /// Where the data is: people, records, journal.
    #[must_use]
    pub fn data_place(&self) -> Place {
        match self.on_servers() {
            Some(servers) => Place::Server(servers.data),
            None => Place::File {
                path: self.data(),
                reserve: self.reserve(),
            },
        }
    }

    /// Where the keyring is: wrapped record keys and look-ups.
    #[must_use]
    pub fn keyring_place(&self) -> Place {
        match self.on_servers() {
            Some(servers) => Place::Server(servers.keyring),
            None => Place::File {
                path: self.keyring(),
                reserve: self.keyring_reserve(),
            },
        }
    }

    fn on_servers(&self) -> Option<crate::servers::Reached> {
        let servers = self.servers.as_ref()?;
        Some(servers.reached(&self.root))
    }

    /// The file of the data: people, records, journal.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.root.join("data/kept.db")
    }

    /// The room that is kept for restrictive acts.
    #[must_use]
    pub fn reserve(&self) -> PathBuf {
        self.root.join("data/reserve")
    }

    /// The file of the keyring: wrapped record keys and look-ups.
    #[must_use]
    pub fn keyring(&self) -> PathBuf {
        self.root.join("keyring/keyring.db")
    }

    /// The room that is kept for restrictive acts beside the keyring.
    #[must_use]
    pub fn keyring_reserve(&self) -> PathBuf {
        self.root.join("keyring/reserve")
    }

    /// The log of restrictive acts, where the databases are files.
    #[must_use]
    pub fn restrictive(&self) -> PathBuf {
        self.root.join("keyring/restrictive.log")
    }

    /// The published journal: checkpoint and tiles.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    /// The local socket of a running Kept.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.root.join("socket")
    }

    /// What tells this folder from others that work on the same databases.
    #[must_use]
    pub fn copy(&self) -> PathBuf {
        self.root.join("copy")
    }

    /// The lasting half of the look-up key.
    #[must_use]
    pub fn look_up_key(&self) -> PathBuf {
        self.keys.join("look-up.key")
    }

    /// The key that signs the journal's checkpoints.
    #[must_use]
    pub fn signing_key(&self) -> PathBuf {
        self.keys.join("journal.key")
    }

    /// The key that backups are sealed with.
    #[must_use]
    pub fn backup_key(&self) -> PathBuf {
        self.keys.join("backup.key")
    }

    /// The note that a restore has not been finished.
    #[must_use]
    pub fn restoring(&self) -> PathBuf {
        self.root.join("restoring")
    }

    /// The folders that an installation consists of.
    #[must_use]
    pub fn folders(&self) -> [PathBuf; 4] {
        [
            self.root.join("data"),
            self.root.join("keyring"),
            self.journal(),
            self.keys.clone(),
        ]
    }
}

/// A key manager, as the description names it. No secret is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NamedManager {
    /// Its sort, by name ([`Manager`]).
    pub kind: String,
    /// By what it wraps, by name ([`domain::algorithm`]).
    pub algorithm: String,
    /// The PKCS#11 module: a library that speaks to the token.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// A file with the PIN; left out: a credential of the service, or the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_file: Option<PathBuf>,
}

impl NamedManager {
    /// A token.
    #[must_use]
    pub fn pkcs11(place: TokenPlace, algorithm: &str) -> Self {
        Self {
            kind: Manager::Pkcs11.name().to_owned(),
            algorithm: algorithm.to_owned(),
            module: place.module,
            token: place.token,
            pin_file: place.pin_file,
        }
    }

    /// The token that is meant.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the manager or its algorithm has no rank, or too low a one.
    pub fn token(&self) -> Result<TokenPlace, Fault> {
        if Manager::of_name(&self.kind) != Some(Manager::Pkcs11) {
            let message = format!("`{}` is no key manager that has a rank", self.kind);
            return Err(Fault::new(FaultKind::Refused, message)
                .rule(algorithm::RULE)
                .remedy("name `pkcs11` as `kind` of `[key-manager]` in installation.toml"));
        }
        let asked = Algorithm::of_name(&self.algorithm, Use::Wrap, Use::Wrap.least())?;
        match asked == algorithm::AES_256_GCM {
            true => Ok(TokenPlace {
                module: self.module.clone(),
                token: self.token.clone(),
                pin_file: self.pin_file.clone(),
            }),
            false => Err(Fault::new(
                FaultKind::Refused,
                format!("a token does not wrap by {}", asked.title),
            )
            .rule(algorithm::RULE)
            .remedy("use aes-256-gcm")),
        }
    }
}

/// What an installation is: the contents of `installation.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Installation {
    /// The installation's identifier, in all associated data and in the journal's origin.
    pub id: String,
    /// Whether time and chance are simulated; for ever marked as such (mechanism, 16).
    pub rehearsal: bool,
    /// The key folder, relative to the installation's folder unless absolute.
    pub keys: PathBuf,
    /// The journal's origin: the name that its checkpoints bear.
    pub journal_origin: String,
    /// The name of the key that signs them; left out: the origin's. It stays when a journal goes on
    /// under another origin, so that the key is known again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_name: Option<String>,
    /// Folders outside, to which every published checkpoint is copied too.
    #[serde(default)]
    pub checkpoint_copies: Vec<PathBuf>,
    /// Places outside that hold one copy each of the keyring, the log of restrictive acts and the
    /// journal: folders, or `s3://bucket/prefix`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keyring_copies: Vec<String>,
    /// The databases, where they are on servers; left out: files of the installation's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Servers>,
    /// Where the keys of epochs are made, if not in files of the key folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_manager: Option<NamedManager>,
}

impl Installation {
    /// Reads the description of an installation and finds its folders; `keys` names a key folder
    /// other than the described one.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when the folder holds no installation, [`FaultKind::Invalid`] when its
    /// description is wrong.
    pub fn read(root: &Path, keys: Option<&Path>) -> Result<(Self, Layout), Fault> {
        let path = root.join("installation.toml");
        if root.join("restoring").exists() {
            return Err(Fault::new(
                FaultKind::Conflict,
                format!("the restore into {} was not finished", root.display()),
            )
            .remedy(
                "give the same `kept restore` again: it begins anew; nothing is served from \
                     half a restore",
            ));
        }
        let text = fs::read_to_string(&path).map_err(|error| {
            if error.kind() == ErrorKind::PermissionDenied {
                return Fault::new(
                    FaultKind::Unavailable,
                    format!("{} may not be read", path.display()),
                )
                .remedy("run Kept as the user whose installation it is")
                .because(error);
            }
            Fault::new(
                FaultKind::Absent,
                format!("there is no installation in {}", root.display()),
            )
            .remedy("make one with `kept init --policy POLICY --data FOLDER`")
            .because(error)
        })?;
        let described: Self = toml::from_str(&text).map_err(|error| {
            Fault::new(
                FaultKind::Invalid,
                format!("{} is not as Kept writes it", path.display()),
            )
            .remedy("restore the file from a backup of the installation")
            .because(error)
        })?;
        let keys = keys.map_or_else(|| root.join(&described.keys), Path::to_owned);
        let layout = Layout {
            root: root.to_owned(),
            keys,
            servers: described.database.clone(),
        };
        if let Some(servers) = &layout.servers {
            servers.check(root)?;
        }
        Ok((described, layout))
    }

    /// Writes the description.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when it cannot be written.
    pub fn write(&self, layout: &Layout) -> Result<(), Fault> {
        let text = self.text()?;
        let partial = layout.root.join("installation.partial");
        let written = (|| {
            fs::write(&partial, text)?;
            File::open(&partial)?.sync_all()?;
            fs::rename(&partial, layout.description())?;
            File::open(&layout.root)?.sync_all()
        })();
        written.map_err(|error: std::io::Error| unwritable(&layout.root).because(error))
    }

    /// The description as its file has it.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when it cannot be written down.
    pub fn text(&self) -> Result<String, Fault> {
        toml::to_string(self).map_err(|error| undescribed().because(error))
    }

    /// Reads a description.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when it is none.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        toml::from_str(text).map_err(|error| undescribed().because(error))
    }

    /// The name of the key that signs the journal's checkpoints.
    #[must_use]
    pub fn signing_name(&self) -> &str {
        self.signing_name.as_deref().unwrap_or(&self.journal_origin)
    }

    /// The identifier, parsed.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when it is not one.
    pub fn installation_id(&self) -> Result<InstallationId, Fault> {
        self.id.parse()
    }
}

fn undescribed() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "the description of the installation is not as Kept writes it",
    )
    .remedy("restore the file from a backup of the installation")
}

fn unwritable(root: &Path) -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        format!("{} cannot be written", root.display()),
    )
    .remedy("check the folder's owner, its rights and the room on its disk")
}

/// The lock on an installation's folder: one process owns it (mechanism, 15).
pub struct Lock {
    // Held for as long as the lock lives; the system frees it when the process ends.
    _file: File,
}

impl Lock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`FaultKind::Conflict`] when another process owns the installation.
    pub fn take(layout: &Layout) -> Result<Self, Fault> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(layout.root.join("lock"))
            .map_err(|error| unwritable(&layout.root).because(error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(fs::TryLockError::WouldBlock) => Err(Fault::new(
                FaultKind::Conflict,
                format!(
                    "the installation in {} is in use by another process",
                    layout.root.display()
                ),
            )
            .remedy("wait until it has finished, or stop it")),
            Err(fs::TryLockError::Error(error)) => Err(unwritable(&layout.root).because(error)),
        }
    }
}
