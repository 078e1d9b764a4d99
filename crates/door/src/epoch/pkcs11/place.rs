//! Where a token is, and whether its module may be loaded.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use domain::{Fault, FaultKind};

/// The bits of a file's mode by which others than its owner may write it.
const OTHERS_MAY_WRITE: u32 = 0o022;
/// A folder in which each may remove what is theirs alone.
const STICKY: u32 = 0o1000;

/// Where a token is. Its PIN is never here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPlace {
    /// The PKCS#11 module: a library that speaks to the token.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// A file with the PIN; left out: a credential of the service, or the environment.
    pub pin_file: Option<PathBuf>,
}

impl TokenPlace {
    /// Refuses a module that others than root could have put there: it is run with all that Kept
    /// may do, and sees the PIN and every record's key.
    pub(super) fn check_module(&self) -> Result<(), Fault> {
        let module = &self.module;
        if !module.is_absolute() {
            return Err(Fault::new(
                FaultKind::Invalid,
                format!(
                    "the module {} is not a path from the root on",
                    module.display()
                ),
            )
            .remedy("name it in full, `/usr/lib/softhsm/libsofthsm2.so` say"));
        }
        // What the name leads to is looked at, and every folder on the way there.
        let real = fs::canonicalize(module).map_err(|error| {
            Fault::new(
                FaultKind::Unavailable,
                format!("the PKCS#11 module {} is not there", module.display()),
            )
            .remedy("install the token's software, or name its module; nothing was touched")
            .because(error)
        })?;
        real.ancestors().try_for_each(check_owner)
    }
}

fn check_owner(path: &Path) -> Result<(), Fault> {
    let about = fs::metadata(path).map_err(|error| unsafe_place(path).because(error))?;
    let is_sticky = about.is_dir() && about.mode() & STICKY != 0;
    match about.uid() == 0 && (about.mode() & OTHERS_MAY_WRITE == 0 || is_sticky) {
        true => Ok(()),
        false => Err(unsafe_place(path)),
    }
}

fn unsafe_place(path: &Path) -> Fault {
    Fault::new(
        FaultKind::Refused,
        format!(
            "{} is not root's alone to write, and a PKCS#11 module lies there",
            path.display()
        ),
    )
    .rule("the link to the key manager is known")
    .remedy("install the module where root alone may write; nothing was loaded")
}
