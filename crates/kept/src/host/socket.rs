//! The socket in an installation's folder.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// The socket's name.
const NAME: &str = "socket";
/// Its name until its rights are set.
const NAME_UNTIL_READY: &str = "socket.partial";
/// The system takes no longer path for a socket (108 bytes, less the longest of the names).
const PATH_BYTES_MAX: usize = 90;

/// Binds the socket; the caller owns the installation, so one that is there is a dead process's.
///
/// It appears under its name only when nobody but its owner may connect.
pub(super) fn bind(folder: &Path) -> io::Result<UnixListener> {
    remove(folder)?;
    let partial = folder.join(NAME_UNTIL_READY);
    let short = Short::of(folder)?;
    let listener = UnixListener::bind(short.path.join(NAME_UNTIL_READY))?;
    fs::set_permissions(&partial, Permissions::from_mode(0o600))?;
    fs::rename(&partial, folder.join(NAME))?;
    Ok(listener)
}

/// Connects to the socket.
pub(super) fn connect(folder: &Path) -> io::Result<UnixStream> {
    let short = Short::of(folder)?;
    UnixStream::connect(short.path.join(NAME))
}

/// Removes the socket's file, and one that was never made ready.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    for name in [NAME, NAME_UNTIL_READY] {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// A path to the folder that is short enough for a socket's address.
struct Short {
    path: PathBuf,
    /// Keeps the short path alive.
    _folder: Option<File>,
}

impl Short {
    fn of(folder: &Path) -> io::Result<Self> {
        if folder.as_os_str().as_bytes().len() <= PATH_BYTES_MAX {
            return Ok(Self {
                path: folder.to_owned(),
                _folder: None,
            });
        }
        let opened = File::open(folder)?;
        Ok(Self {
            path: PathBuf::from(format!("/proc/self/fd/{}", opened.as_raw_fd())),
            _folder: Some(opened),
        })
    }
}
