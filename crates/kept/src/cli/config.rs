//! `kept config`: the server's configuration, checked, and the security level in force.

mod accept_weaker;
mod check;
mod in_force;

use clap::{Args, Subcommand};

use super::Sort;

const EXAMPLE: &str = "\
Examples:
  kept config check --config kept.toml
  kept config check --config kept.toml --data D
  kept config in-force --data D
  kept config accept-weaker --data D --config kept.toml \\
    --reason \"the old scanners speak TLS 1.2 only\"

A server refuses to start with a configuration that is weaker than the one in force: in its TLS
version, password rules, second factor or session limits. Accepting a weaker one is an act of its
own, which the journal keeps.";

/// Checks the server's configuration, or accepts a weaker one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Config {
    #[command(subcommand)]
    act: ConfigAct,
}

#[derive(Debug, Subcommand)]
enum ConfigAct {
    /// Say all that is wrong with a configuration; with --data, whether it is weaker, too
    Check(check::Check),
    /// Show the security level in force and those before it
    InForce(in_force::InForce),
    /// Accept a configuration that is weaker than the one in force
    AcceptWeaker(accept_weaker::AcceptWeaker),
}

impl Config {
    pub(super) fn sort(&self) -> Sort<'_> {
        match &self.act {
            ConfigAct::Check(command) => command.sort(),
            ConfigAct::InForce(command) => Sort::OnInstallation(command),
            ConfigAct::AcceptWeaker(command) => Sort::OnInstallation(command),
        }
    }
}
