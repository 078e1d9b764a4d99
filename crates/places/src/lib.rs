//! Places for copies outside an installation: a folder, or a bucket that speaks S3. What is put
//! there is sealed already; a place knows names and bytes, and nothing of what they mean.

mod folder;
mod s3;

use std::path::Path;
use std::sync::Arc;

use domain::{Fault, FaultKind};

pub use folder::Folder;
pub use s3::S3;

/// A thing in a place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Object {
    /// Its name: parts with `/` between them.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// A place for copies.
pub trait Place: Send + Sync {
    /// What it is called: as it was named.
    fn called(&self) -> &str;

    /// Puts bytes under a name, whole or not at all, durable when this returns; what was there
    /// under that name is replaced.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the place cannot be reached or written.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Fault>;

    /// The bytes under a name, or `None` where there are none.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the place cannot be reached or read.
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Fault>;

    /// Everything whose name begins with some parts, in the order of the names.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the place cannot be reached or read.
    fn list(&self, within: &str) -> Result<Vec<Object>, Fault>;

    /// Removes what is under a name; that there is nothing is no error.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the place cannot be reached or written.
    fn remove(&self, name: &str) -> Result<(), Fault>;

    /// Removes what interrupted writing left behind below a prefix. Nobody may be writing there.
    ///
    /// # Errors
    /// [`FaultKind::Unavailable`] when the place cannot be reached or written.
    fn clean(&self, within: &str) -> Result<(), Fault>;
}

/// The place of a name: a folder, seen from `beside` where it is not absolute, or
/// `s3://bucket/prefix`.
///
/// # Errors
/// [`FaultKind::Invalid`] when no place is named like that, [`FaultKind::Refused`] when it would be
/// reached in plain text beyond this machine.
pub fn open(name: &str, beside: &Path) -> Result<Arc<dyn Place>, Fault> {
    match name.split_once("://") {
        None if !name.trim().is_empty() => Ok(Arc::new(Folder::new(name, &beside.join(name)))),
        Some(("s3", _)) => Ok(Arc::new(S3::open(name, &|variable| {
            std::env::var(variable).ok()
        })?)),
        None | Some(_) => Err(Fault::new(
            FaultKind::Invalid,
            format!("`{name}` names no place for copies"),
        )
        .remedy("name a folder, or `s3://BUCKET/PREFIX`")),
    }
}
