//! Reading the server's configuration: the file that was named, and the environment over it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use domain::{Fault, FaultKind};
use web::server::config::{Config, read};

use super::invalid;
use crate::io::Io;

/// No configuration is longer; a wrong file is not read into memory whole.
const BYTES_MAX: u64 = 1 << 20;

/// Which configuration.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Configuration")]
pub(super) struct Configured {
    /// The server's configuration, a TOML file; KEPT_… in the environment is written over it
    #[arg(long, value_name = "FILE", env = "KEPT_CONFIG", hide_env_values = true)]
    pub(super) config: Option<PathBuf>,
}

impl Configured {
    /// Reads the configuration that was named. What is wrong with it is shown, all of it at once.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when none was named or it is not sound.
    pub(super) fn read(&self, io: &mut Io) -> Result<Config, Fault> {
        let given = self.config.as_ref().ok_or_else(|| {
            invalid("no configuration was named")
                .remedy("add `--config FILE`, or set KEPT_CONFIG; docs/server.md shows one")
        })?;
        let name = given.display().to_string();
        let path = io.path(given);
        let text = text(&path, &name)?;
        let environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let folder = path.parent().unwrap_or(Path::new("/"));
        read(&text, folder, &environment).map_err(|findings| {
            let colour = io.terminal().colour_err;
            io.complain(&findings.render(&text, &name, colour));
            let errors = match findings.len() {
                1 => "an error".to_owned(),
                many => format!("{many} errors"),
            };
            invalid(format!("the configuration in {name} has {errors}"))
                .remedy("mend what is shown above; nothing was started")
        })
    }
}

fn text(path: &Path, name: &str) -> Result<String, Fault> {
    let unreadable = |error: std::io::Error| {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => FaultKind::Absent,
            _ => FaultKind::Unavailable,
        };
        Fault::new(kind, format!("{name} cannot be read"))
            .remedy("name the configuration's file with `--config`")
            .because(error)
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > BYTES_MAX {
        return Err(invalid(format!("{name} is too long for a configuration")));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| {
        invalid(format!("{name} is not UTF-8")).remedy("save the file in the encoding UTF-8")
    })
}
