//! `kept`, as a person or a program runs it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use testkit::token::{self, Token};

/// A folder of its own in which `kept` is run, without anything of the surrounding environment
/// that it would take notice of.
pub(crate) struct Kept {
    folder: TempDir,
    variables: Vec<(&'static str, PathBuf)>,
}

impl Kept {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        let folder = TempDir::with_prefix("kept-").unwrap();
        Self {
            folder,
            variables: Vec::new(),
        }
    }

    /// An empty folder but for a PKCS#11 token in `token/`, which the program finds.
    pub(crate) fn with_token() -> Self {
        let mut kept = Self::new();
        let token = Token::make(&kept.folder().join("token"));
        kept.variables
            .push((token::CONFIGURATION, token.configuration()));
        kept
    }

    /// An empty folder below another.
    pub(crate) fn below(place: &Path) -> Self {
        let folder = TempDir::with_prefix_in("kept-", place).unwrap();
        Self {
            folder,
            variables: Vec::new(),
        }
    }

    /// The folder that commands run in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).unwrap();
        }
        fs::write(&path, text).unwrap();
        path
    }

    /// The program with its arguments, ready to run: for tests that need more than [`Kept::run`].
    pub(crate) fn command<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let arguments: Vec<_> = arguments.into_iter().collect();
        let makes = arguments
            .first()
            .is_some_and(|first| first.as_ref() == "init");
        let mut command = Command::new(env!("CARGO_BIN_EXE_kept"));
        command
            .args(arguments)
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("LOGNAME", "s.martin")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        if makes && let Some([data, keyring]) = testkit::postgres::databases() {
            command
                .env("KEPT_DATABASE", data)
                .env("KEPT_KEYRING_DATABASE", keyring);
        }
        command
    }

    /// A text without identifiers and the name of this folder, which differ each time.
    pub(crate) fn without_what_varies(&self, text: &str) -> String {
        let folder = self.folder().display().to_string();
        let text = text.replace(&folder, "[folder]");
        let is_id = |word: &str| word.len() == 36 && word.matches('-').count() == 4;
        text.split_inclusive(char::is_whitespace)
            .map(|word| match is_id(word.trim_end()) {
                true => word.replace(word.trim_end(), "[id]"),
                false => word.to_owned(),
            })
            .collect()
    }

    /// Runs `kept` with arguments and waits for its end.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        let mut command = self.command(arguments);
        let output = command.output().unwrap();
        Run::new(&command, output)
    }
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    line: String,
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    /// From what a finished process left.
    pub(crate) fn new(command: &Command, output: Output) -> Self {
        let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        Self {
            line: format!("kept {}", arguments.join(" ")),
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// It must have ended well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.exits(0)
    }

    /// It must have ended with this exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "exit code of `{}`\n{}{}",
            self.line,
            self.out,
            self.err
        );
        self
    }

    /// The result must contain this.
    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(
            self.out.contains(part),
            "`{}` does not say {part:?}:\n{}",
            self.line,
            self.out
        );
        self
    }

    /// What is beside the result must contain this.
    #[track_caller]
    pub(crate) fn complains(self, part: &str) -> Self {
        assert!(
            self.err.contains(part),
            "`{}` does not complain of {part:?}:\n{}",
            self.line,
            self.err
        );
        self
    }

    /// The exit code; none, if a signal ended it.
    pub(crate) fn code(&self) -> Option<i32> {
        self.code
    }

    /// The result: standard output.
    pub(crate) fn out(&self) -> &str {
        &self.out
    }

    /// What is beside the result: standard error.
    pub(crate) fn err(&self) -> &str {
        &self.err
    }

    /// The result as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        parse(&self.line, &self.out)
    }

    /// The error as JSON.
    #[track_caller]
    pub(crate) fn error_json(&self) -> Value {
        parse(&self.line, &self.err)
    }
}

#[track_caller]
fn parse(line: &str, text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("`{line}`: {error}:\n{text}"))
}
