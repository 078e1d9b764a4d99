//! `kept register`: the record of processing activities that a policy comes to (GDPR 30).

use std::path::PathBuf;

use clap::Args;
use domain::Fault;

use super::options::Tongue;
use super::{Alone, Context, Exit, policy_file};

const EXAMPLE: &str = "\
Examples:
  kept register policies/assess-manager > register.md
  kept register policies/assess-manager --language fr

The register is in Markdown, or in JSON with both languages. It is generated from the policy, so
that it cannot say anything else than what Kept does.";

/// Writes the record of processing activities.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Register {
    /// A policy file, or a folder with a policy.toml in it
    policy: PathBuf,

    /// The language that it is written in
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    language: Tongue,
}

impl Alone for Register {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let file = policy_file::read(&self.policy, context.io)?;
        let policy = policy_file::compile(&file)?;
        let register = policy::register(&policy);
        context.answer(
            |_| register.to_markdown(self.language.into()),
            || register.to_json(),
        );
        Ok(Exit::Done)
    }
}
