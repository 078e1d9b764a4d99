//! The options that name a key manager.

use std::path::PathBuf;

use clap::Args;
use domain::algorithm::{AES_256_GCM, RULE};
use domain::{Fault, FaultKind};
use services::keys::{Manager, NamedManager, TokenPlace};

use crate::cli::invalid;
use crate::io::Io;

/// A PKCS#11 token. There is no option for its PIN: whoever lists processes would read it.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "PKCS#11 token")]
pub(in crate::cli) struct Token {
    /// The token's PKCS#11 module, a library below folders that root alone may write
    #[arg(long, value_name = "FILE")]
    module: Option<PathBuf>,

    /// The token's label
    #[arg(long, value_name = "LABEL")]
    token: Option<String>,

    /// A file with the PIN; if left out, the credential kept-key-manager-pin, or KEPT_KEY_MANAGER_PIN
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,

    /// What wraps keys in the token; aes-256-gcm, if left out
    #[arg(long, value_name = "NAME")]
    algorithm: Option<String>,
}

impl Token {
    /// Whether any of it was given.
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.module.is_some()
            || self.token.is_some()
            || self.pin_file.is_some()
            || self.algorithm.is_some()
    }

    /// As the installation's description has it.
    pub(in crate::cli) fn named(&self, io: &Io) -> Result<NamedManager, Fault> {
        let (Some(module), Some(token)) = (&self.module, &self.token) else {
            return Err(invalid("a token is named by its module and its label")
                .remedy("add `--module FILE --token LABEL`"));
        };
        let place = TokenPlace {
            module: io.path(module),
            token: token.clone(),
            pin_file: self.pin_file.as_ref().map(|file| io.path(file)),
        };
        let algorithm = self.algorithm.as_deref().unwrap_or(AES_256_GCM.name);
        Ok(NamedManager::pkcs11(place, algorithm))
    }

    /// The manager of that name for a new installation; none: files.
    pub(in crate::cli) fn of_kind(
        &self,
        kind: Option<&str>,
        io: &Io,
    ) -> Result<Option<NamedManager>, Fault> {
        let manager = match kind {
            None => Manager::Files,
            Some(kind) => Manager::of_name(kind).ok_or_else(|| unranked(kind))?,
        };
        match manager {
            Manager::Pkcs11 => self.named(io).map(Some),
            Manager::Files if self.is_given() => Err(invalid("files have no module, token or PIN")
                .remedy("add `--key-manager pkcs11`, or leave them out")),
            Manager::Files => Ok(None),
        }
    }
}

/// A key manager that has no rank is refused.
pub(in crate::cli) fn unranked(name: &str) -> Fault {
    let known: Vec<&str> = Manager::RANKED.into_iter().map(Manager::name).collect();
    let message = format!("`{name}` is no key manager that has a rank");
    Fault::new(FaultKind::Refused, message)
        .rule(RULE)
        .remedy(format!(
            "use one of these, the strongest last: {}",
            known.join(", ")
        ))
}
