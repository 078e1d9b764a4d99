//! What a client asks the process that owns an installation.

use std::ffi::OsString;
use std::path::PathBuf;

use domain::{Fault, FaultKind};
use serde::{Deserialize, Serialize};

use crate::io::{Io, Terminal};

/// A command to be carried out, with the surroundings of whoever gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The version of Kept that asks; another one answers with a conflict.
    pub version: String,
    /// The command line, the program's name first.
    pub arguments: Vec<String>,
    /// The folder that relative paths start from.
    pub folder: PathBuf,
    /// The account of whoever is logged in where the command was given.
    ///
    /// It is a statement, not a proof: the socket is open to the installation's own user alone, who
    /// could read the files as well. Sign-in belongs to the server's surfaces.
    pub login: String,
    /// What the output is shown on.
    pub terminal: Terminal,
}

impl Request {
    /// The version of this Kept.
    pub const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// The request for a command of this process.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when an argument is not UTF-8.
    pub fn new(arguments: &[OsString], login: &str, io: &Io) -> Result<Self, Fault> {
        let arguments = arguments
            .iter()
            .map(|argument| argument.to_str().map(str::to_owned));
        let arguments = arguments.collect::<Option<_>>().ok_or_else(|| {
            Fault::new(FaultKind::Invalid, "an argument is not UTF-8")
                .remedy("rename the file, or write the argument in UTF-8")
        })?;
        Ok(Self {
            version: Self::VERSION.to_owned(),
            arguments,
            folder: io.folder().to_owned(),
            login: login.to_owned(),
            terminal: io.terminal(),
        })
    }

    /// The command's name, for a note of who is at work.
    #[must_use]
    pub fn command(&self) -> &str {
        let words = self.arguments.iter().skip(1);
        let mut words = words.filter(|word| !word.starts_with('-'));
        words.next().map_or("", String::as_str)
    }

    /// The arguments, as the parser takes them.
    #[must_use]
    pub fn os_arguments(&self) -> Vec<OsString> {
        self.arguments.iter().map(OsString::from).collect()
    }

    /// Whether errors are to be JSON, before the command line has been parsed.
    #[must_use]
    pub fn is_for_programs(&self) -> bool {
        self.arguments.iter().any(|argument| argument == "--json")
    }
}
