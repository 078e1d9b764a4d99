//! Making and opening an installation.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use domain::names::Names;
use domain::{Actor, Clock, Entropy, Fault, FaultKind, InstallationId};
use door::{Installation, Layout, NamedManager, Vault, detail};
use jiff::Timestamp;
use journal::Act;
use policy::authorisation::Authorisation;
use policy::model::Policy;
use store::Priority;
use store::data::registry::PolicyRow;

use crate::access::strangers::Strangers;
use crate::authorisation;
use crate::backup::Shipping;
use crate::clock::{Floor, MachineClock, RehearsalClock};
use crate::kept::{Kept, Time};
use crate::law::{Law, compiled};
use crate::overview::going::Goings;
use crate::search::NameIndexes;
use crate::select::Standing;
use door::SystemEntropy;

pub use door::Servers;

/// Where a rehearsal's time is kept.
pub(crate) const REHEARSAL_NOW: &str = "rehearsal-now";

/// What a new installation is to be.
pub struct NewInstallation {
    /// Its folder.
    pub root: PathBuf,
    /// Its key folder; left out: beside the folder, named after it.
    pub keys: Option<PathBuf>,
    /// The source of its policy, which must compile.
    pub policy: String,
    /// The source of the authorisation beside it, which must compile with it; none: nobody has a
    /// role, and the command line is the only way in.
    pub authorisation: Option<String>,
    /// The moment at which a rehearsal begins; none for a live installation.
    pub rehearsal: Option<Timestamp>,
    /// The databases on servers that it is to be in; none: files of its folder.
    pub database: Option<Servers>,
}

impl Kept {
    /// Makes an installation and opens it.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when the policy has errors, [`FaultKind::Conflict`] when there is an
    /// installation already, [`FaultKind::Unavailable`] when a file cannot be written.
    pub fn init(new: NewInstallation, actor: &Actor) -> Result<Self, Fault> {
        Self::init_with_keys(new, None, actor)
    }

    /// As [`Kept::init`], with the keys of epochs in a key manager's hands from the first.
    ///
    /// # Errors
    /// Those of [`Kept::init`]; [`FaultKind::Refused`] when the manager is not let in,
    /// [`FaultKind::Unavailable`] when it does not do what is asked of it: then nothing was made.
    pub fn init_with_keys(
        new: NewInstallation,
        key_manager: Option<NamedManager>,
        actor: &Actor,
    ) -> Result<Self, Fault> {
        let policy = policy::compile(&new.policy).policy.ok_or_else(|| {
            Fault::new(FaultKind::Invalid, "the policy has errors")
                .remedy("see them with `kept check`, then mend the file")
        })?;
        let authorisation = match new.authorisation {
            None => None,
            Some(source) => {
                let outcome = policy::authorisation::compile(&source, &policy);
                let authorisation = outcome.authorisation.ok_or_else(|| {
                    Fault::new(FaultKind::Invalid, "the authorisation has errors")
                        .remedy("see them with `kept check`, then mend the file")
                })?;
                Some((authorisation, source))
            }
        };
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::default());
        let now = new.rehearsal.unwrap_or_else(|| MachineClock.now());
        let keys = new.keys.unwrap_or_else(|| beside(&new.root));
        let id = InstallationId::new(now, entropy.as_ref());
        let description = Installation {
            id: id.to_string(),
            rehearsal: new.rehearsal.is_some(),
            keys: relative_to(&new.root, &keys),
            journal_origin: format!("kept/{id}"),
            signing_name: None,
            checkpoint_copies: Vec::new(),
            keyring_copies: Vec::new(),
            database: new.database.clone(),
            key_manager,
        };
        if let Some(servers) = &new.database {
            servers.check(&new.root)?;
        }
        let layout = Layout {
            root: new.root.clone(),
            keys,
            servers: new.database,
        };
        let vault = Vault::create(layout, &description, now.as_microsecond(), entropy)?;
        let first = First {
            source: new.policy.into_bytes(),
            policy,
            authorisation,
        };
        found(&vault, first, now, actor)?;
        vault.complete()?;
        Self::assemble(vault)
    }

    /// Opens an installation; `keys` names a key folder other than the one it was made with.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is none, [`FaultKind::Conflict`] when another process has
    /// it, [`FaultKind::Unavailable`] when a key is missing or wrong.
    pub fn open(root: &Path, keys: Option<&Path>) -> Result<Self, Fault> {
        Self::assemble(Vault::open(root, keys, Arc::new(SystemEntropy::default()))?)
    }

    /// Makes a folder from which one more copy of Kept works on the databases of an installation,
    /// and opens it: `from` is the folder of a copy that is there.
    ///
    /// # Errors
    /// [`FaultKind::Refused`] when the installation is in files, [`FaultKind::Conflict`] when the
    /// folder holds one already; else as [`Kept::open`].
    pub fn join(
        from: &Path,
        root: &Path,
        keys: Option<&Path>,
        actor: &Actor,
    ) -> Result<Self, Fault> {
        let entropy = Arc::new(SystemEntropy::default());
        let kept = Self::assemble(Vault::join(from, root, keys, entropy)?)?;
        let (law, moment) = (kept.law(), kept.moment()?);
        let joined = kept.detail(Act::CopyJoined, actor, moment, &law);
        kept.vault.record(&joined)?;
        Ok(kept)
    }

    pub(crate) fn assemble(vault: Vault) -> Result<Self, Fault> {
        let law = Law::load(vault.data())?;
        let time = if vault.description().rehearsal {
            let kept = vault.data().read(|reader| reader.meta(REHEARSAL_NOW))?;
            Time::Rehearsal(RehearsalClock::new(rehearsal_moment(kept.as_deref())?))
        } else {
            let last = vault.data().read(|reader| reader.last_entry_at())?;
            Time::Machine {
                clock: Arc::new(MachineClock),
                floor: Floor::at(last.unwrap_or_default()),
            }
        };
        let copy = match vault.data().is_shared() {
            true => vault.copy()?,
            false => [0; 16],
        };
        let shipping = Shipping::begin(&vault);
        let kept = Self {
            vault,
            copy,
            versions: Mutex::default(),
            law: RwLock::new(Arc::new(law)),
            applying: RwLock::default(),
            time,
            journal_work: Mutex::default(),
            keys_work: Mutex::default(),
            backup_work: Mutex::default(),
            shipping,
            sign_in_work: Mutex::default(),
            names: NameIndexes::default(),
            standing: Standing::default(),
            goings: Goings::default(),
            mail_work: Mutex::default(),
            strangers: Strangers::default(),
            subscribers: RwLock::default(),
        };
        kept.load_subscribers()?;
        kept.close_if_shortened()?;
        kept.take_back_messages()?;
        Ok(kept)
    }
}

/// What an installation begins with.
struct First {
    policy: Policy,
    source: Vec<u8>,
    authorisation: Option<(Authorisation, String)>,
}

/// Writes the first policy and the authorisation beside it, their names, and the journal's first
/// entries.
fn found(vault: &Vault, first: First, now: Timestamp, actor: &Actor) -> Result<(), Fault> {
    let First {
        policy,
        source,
        authorisation,
    } = first;
    let beside = authorisation
        .as_ref()
        .map(|(authorisation, _)| authorisation);
    let (_, names) = Names::assign_with(&policy, beside, &[])?;
    let zone = domain::InForce::new(Arc::new(compiled(&source)?), &[])?;
    let moment = zone.moment(now);
    let row = PolicyRow {
        version: policy.version,
        digest: policy.digest,
        source,
        applied: now.as_microsecond(),
    };
    let made = vault.entry(&detail(Act::InstallationMade, actor, moment, 0))?;
    let mut applied = detail(Act::PolicyApplied, actor, moment, policy.version);
    applied.digest = Some(policy.digest);
    let applied = vault.entry(&applied)?;
    let authorised = match authorisation {
        None => None,
        Some((authorisation, source)) => {
            let detail = detail(Act::AuthorisationApplied, actor, moment, policy.version);
            let entry = vault.entry(&authorisation::applied(detail, &authorisation))?;
            Some((authorisation::row(&authorisation, &source, moment), entry))
        }
    };
    let rehearsal = vault.description().rehearsal;
    vault.data().write(Priority::Ordinary, move |tx| {
        for name in &names {
            tx.put_name(name.sort.code(), name.number, &name.name)?;
        }
        tx.add_policy(&row)?;
        if rehearsal {
            tx.put_meta(REHEARSAL_NOW, &row.applied.to_be_bytes())?;
        }
        tx.append(&made)?;
        tx.append(&applied)?;
        if let Some((row, entry)) = &authorised {
            tx.add_authorisation(row)?;
            tx.append(entry)?;
        }
        Ok(())
    })
}

fn rehearsal_moment(kept: Option<&[u8]>) -> Result<Timestamp, Fault> {
    kept.and_then(|bytes| bytes.try_into().ok())
        .and_then(|bytes| Timestamp::from_microsecond(i64::from_be_bytes(bytes)).ok())
        .ok_or_else(|| {
            Fault::new(FaultKind::Integrity, "the rehearsal's clock cannot be read")
                .remedy("make a new rehearsal installation")
        })
}

/// The default key folder: `D.keys` beside `D`, so that a backup of `D` holds no key.
fn beside(root: &Path) -> PathBuf {
    let mut name = root.file_name().map(ToOwned::to_owned).unwrap_or_default();
    name.push(".keys");
    root.with_file_name(name)
}

/// The key folder as the description names it: relative where it lies beside the installation.
pub(crate) fn relative_to(root: &Path, keys: &Path) -> PathBuf {
    match (root.parent(), keys.parent(), keys.file_name()) {
        (Some(here), Some(there), Some(name)) if here == there => Path::new("..").join(name),
        _ => std::path::absolute(keys).unwrap_or_else(|_| keys.to_owned()),
    }
}
