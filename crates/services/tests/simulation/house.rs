//! An installation whose machine can stop at any moment.

use std::fs;
use std::path::{Path, PathBuf};

use domain::{Account, Actor, ActorKind};
use jiff::Timestamp;
use services::open::NewInstallation;
use services::{Acting, Kept};
use tempfile::TempDir;

/// A rehearsal installation in a folder.
pub(crate) struct House {
    place: TempDir,
    kept: Option<Kept>,
}

pub(crate) fn actor(kind: ActorKind) -> Actor {
    Actor::new(kind, Account::parse("m.lefevre").unwrap())
}

pub(crate) fn acting() -> Acting {
    Acting::new(actor(ActorKind::CommandLine), false)
}

impl House {
    /// A new one, under the first version of a policy.
    pub(crate) fn new(policy: &str, begins: Timestamp) -> Self {
        let place = place();
        let new = NewInstallation {
            root: place.path().join("kept"),
            keys: None,
            policy: policy.to_owned(),
            authorisation: None,
            rehearsal: Some(begins),
            database: None,
        };
        let kept = Kept::init(new, &actor(ActorKind::CommandLine)).unwrap();
        Self {
            place,
            kept: Some(kept),
        }
    }

    pub(crate) fn kept(&self) -> &Kept {
        self.kept.as_ref().unwrap()
    }

    fn root(&self) -> PathBuf {
        self.place.path().join("kept")
    }

    /// Closes it and opens it again.
    pub(crate) fn reopen(&mut self) {
        self.kept = None;
        self.kept = Some(Kept::open(&self.root(), None).unwrap());
    }

    /// What is on the disk while it is open is all that there is from now on.
    pub(crate) fn power_cut(&mut self) {
        let place = place();
        copied(self.place.path(), place.path());
        self.kept = None;
        self.place = place;
        self.kept = Some(Kept::open(&self.root(), None).unwrap());
    }

    /// The bytes of every file, one after another, with its name.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = files_below(self.place.path()).into_iter();
        files
            .map(|file| (file.clone(), fs::read(&file).unwrap()))
            .collect()
    }
}

/// A folder in memory, where there is one: what a stop leaves is a copy here, whatever was flushed.
fn place() -> TempDir {
    TempDir::new_in("/dev/shm")
        .or_else(|_| TempDir::new())
        .unwrap()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for inside in fs::read_dir(folder).unwrap() {
        let inside = inside.unwrap().path();
        match inside.is_dir() {
            true => files.extend(files_below(&inside)),
            false => files.push(inside),
        }
    }
    files
}

fn copied(from: &Path, to: &Path) {
    for file in files_below(from) {
        let copy = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&file, copy).unwrap();
    }
}
