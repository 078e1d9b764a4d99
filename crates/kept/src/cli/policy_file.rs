//! Reading a policy from the file or folder that was named.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use domain::{Fault, FaultKind};
use policy::authorisation::Authorisation;
use policy::model::Policy;

use super::invalid;
use crate::io::Io;

/// The file of a policy in its folder.
const FILE_NAME: &str = "policy.toml";
/// The file that lies beside it: who may do what.
const BESIDE: &str = "authorisation.toml";

/// No policy is longer; a wrong file is not read into memory whole.
const BYTES_MAX: u64 = 4 << 20;

/// A policy's text and what to call its file.
pub(super) struct PolicyFile {
    /// The path, as it was given.
    pub(super) name: String,
    /// The text.
    pub(super) source: String,
}

/// Reads a policy: the file itself, or `policy.toml` in a folder. An authorisation stands for the
/// policy that it lies beside.
pub(super) fn read(given: &Path, io: &Io) -> Result<PolicyFile, Fault> {
    let mut name = given.to_owned();
    if name.file_name().is_some_and(|file| file == BESIDE) {
        name.set_file_name(FILE_NAME);
    }
    let mut path = io.path(&name);
    if path.is_dir() {
        name.push(FILE_NAME);
        path.push(FILE_NAME);
    }
    let name = name.display().to_string();
    let source = text(&path, &name)?;
    Ok(PolicyFile { name, source })
}

/// Reads the authorisation that lies beside a policy, if one does.
pub(super) fn beside(file: &PolicyFile, io: &Io) -> Result<Option<PolicyFile>, Fault> {
    let name = Path::new(&file.name).with_file_name(BESIDE);
    let path = io.path(&name);
    if !path.is_file() {
        return Ok(None);
    }
    let name = name.display().to_string();
    let source = text(&path, &name)?;
    Ok(Some(PolicyFile { name, source }))
}

/// The text of a policy, or of a document beside one.
pub(super) fn text(path: &Path, name: &str) -> Result<String, Fault> {
    let size = fs::metadata(path).map_err(|error| unreadable(name, error))?;
    if size.len() > BYTES_MAX {
        return Err(invalid(format!("{name} is too long")).remedy(format!(
            "a policy or a document has at most {} MiB",
            BYTES_MAX >> 20
        )));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(name, error))?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        invalid(format!("{name} is not UTF-8, from line {line} on"))
            .remedy("save the file in the encoding UTF-8")
    })
}

fn unreadable(name: &str, error: std::io::Error) -> Fault {
    let fault = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            Fault::new(FaultKind::Absent, format!("there is no policy in {name}"))
                .remedy("name a policy file, or a folder with a policy.toml in it")
        }
        _ => Fault::new(FaultKind::Unavailable, format!("{name} cannot be read"))
            .remedy("look at the file's owner and rights"),
    };
    fault.because(error)
}

/// Compiles an authorisation that has to run with its policy.
pub(super) fn compile_beside(file: &PolicyFile, policy: &Policy) -> Result<Authorisation, Fault> {
    let outcome = policy::authorisation::compile(&file.source, policy);
    let errors = outcome.errors().count();
    outcome
        .authorisation
        .ok_or_else(|| faulty("authorisation", errors, &file.name))
}

/// Compiles a policy that has to run.
pub(super) fn compile(file: &PolicyFile) -> Result<Policy, Fault> {
    let outcome = policy::compile(&file.source);
    let errors = outcome.errors().count();
    outcome
        .policy
        .ok_or_else(|| faulty("policy", errors, &file.name))
}

fn faulty(what: &str, errors: usize, name: &str) -> Fault {
    let errors = if errors == 1 {
        "an error".to_owned()
    } else {
        format!("{errors} errors")
    };
    invalid(format!("the {what} in {name} has {errors}"))
        .remedy(format!("`kept check {name}` shows what to mend"))
}
