//! A folder, on a disk of its own or mounted from elsewhere.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use domain::{Fault, FaultKind};

use crate::{Object, Place};

/// The ending of a file that is being written.
const PARTIAL: &str = "partial";

/// A folder as a place. It must be there: a disk that is not mounted is no place.
pub struct Folder {
    name: String,
    root: PathBuf,
}

impl Folder {
    /// A folder, with the name that it is shown by.
    #[must_use]
    pub fn new(name: &str, root: &Path) -> Self {
        Self {
            name: name.to_owned(),
            root: root.to_owned(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn here(&self) -> Result<(), Fault> {
        match self.root.is_dir() {
            true => Ok(()),
            false => Err(self.failed("is not there", &ErrorKind::NotFound.into())),
        }
    }

    fn failed(&self, what: &str, error: &io::Error) -> Fault {
        Fault::new(FaultKind::Unavailable, format!("{} {what}", self.name))
            .remedy("check that the folder exists, is mounted, is this user's and has room")
            .because(io::Error::from(error.kind()))
    }

    fn walk(&self, folder: &Path, found: &mut dyn FnMut(PathBuf, u64)) -> io::Result<()> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => self.walk(&entry.path(), found)?,
                Ok(meta) if meta.is_file() => found(entry.path(), meta.len()),
                Ok(_) => {}
                // Whatever is replaced or removed meanwhile is not there.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Place for Folder {
    fn called(&self) -> &str {
        &self.name
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.here()?;
        let path = self.path(name);
        let mut partial = path.clone().into_os_string();
        partial.push(".");
        partial.push(PARTIAL);
        let written = (|| {
            let folder = path.parent().unwrap_or(&self.root);
            if !folder.is_dir() {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(folder)?;
                for above in folder
                    .ancestors()
                    .take_while(|it| it.starts_with(&self.root))
                {
                    File::open(above)?.sync_all()?;
                }
            }
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&partial)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&partial, &path)?;
            File::open(folder)?.sync_all()
        })();
        written.map_err(|error: io::Error| {
            // A part of it helps nobody; one that stays is cleaned away later.
            let _ = fs::remove_file(&partial);
            self.failed("cannot be written", &error)
        })
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.here()?;
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("cannot be read", &error)),
        }
    }

    fn list(&self, within: &str) -> Result<Vec<Object>, Fault> {
        self.here()?;
        let mut objects = Vec::new();
        let walked = self.walk(&self.path(within), &mut |path, bytes| {
            let name = path.strip_prefix(&self.root).ok().and_then(Path::to_str);
            let whole = path.extension().is_none_or(|ending| ending != PARTIAL);
            if let Some(name) = name.filter(|_| whole) {
                objects.push(Object {
                    name: name.to_owned(),
                    bytes,
                });
            }
        });
        walked.map_err(|error| self.failed("cannot be read", &error))?;
        objects.sort_unstable();
        Ok(objects)
    }

    fn remove(&self, name: &str) -> Result<(), Fault> {
        self.here()?;
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(self.failed("cannot be written", &error))
            }
            _ => Ok(()),
        }
    }

    fn clean(&self, within: &str) -> Result<(), Fault> {
        self.here()?;
        let mut left = Vec::new();
        let walked = self.walk(&self.path(within), &mut |path, _| {
            if path.extension().is_some_and(|ending| ending == PARTIAL) {
                left.push(path);
            }
        });
        let cleaned = walked.and_then(|()| left.iter().try_for_each(fs::remove_file));
        cleaned.map_err(|error| self.failed("cannot be written", &error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    #[test]
    fn what_was_put_is_there_whole_until_it_is_replaced_or_removed() {
        let here = tempfile::tempdir().unwrap();
        let place = crate::open("copies", here.path()).unwrap();
        let absent = place.put("a", b"1").unwrap_err();
        assert_eq!(absent.kind, FaultKind::Unavailable);
        assert!(place.list("").is_err());
        fs::create_dir(here.path().join("copies")).unwrap();
        place.put("data/chunks/ab", b"one").unwrap();
        place.put("data/chunks/ac", b"").unwrap();
        place.put("data/chunks/ab", b"three").unwrap();
        place.put("keyring/ab", b"x").unwrap();
        fs::write(here.path().join("copies/data/ad.partial"), b"torn").unwrap();
        let names = |within: &str| -> Vec<String> {
            let listed = place.list(within).unwrap().into_iter();
            listed
                .map(|it| format!("{} {}", it.name, it.bytes))
                .collect()
        };
        assert_eq!(names("data"), ["data/chunks/ab 5", "data/chunks/ac 0"]);
        assert_eq!(names("nothing"), Vec::<String>::new());
        assert_eq!(place.get("data/chunks/ab").unwrap().unwrap(), b"three");
        assert_eq!(place.get("data/chunks/zz").unwrap(), None);
        place.remove("data/chunks/ab").unwrap();
        place.remove("data/chunks/ab").unwrap();
        place.clean("keyring").unwrap();
        let torn = here.path().join("copies/data/ad.partial");
        assert!(torn.exists(), "somebody may be writing it");
        place.clean("data").unwrap();
        assert_eq!(names(""), ["data/chunks/ac 0", "keyring/ab 1"]);
        assert!(!torn.exists());
        assert!(crate::open("ftp://there", here.path()).is_err());
        assert!(crate::open(" ", here.path()).is_err());
    }
}
