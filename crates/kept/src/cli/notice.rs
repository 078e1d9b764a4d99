//! `kept notice`: the notice that the public reads, generated from a policy (1b).

use std::path::PathBuf;

use clap::Args;
use domain::{Fault, FaultKind};
use policy::model::Policy;
use serde_json::json;
use services::Kept;

use super::options::{Place, Tongue};
use super::{Alone, Context, Exit, OnInstallation, Sort, new_file, policy_file};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept notice policies/assess-manager --output privacy.html
  kept notice policies/assess-manager --language fr > confidentialite.html
  kept notice --version 1 --data D > privacy-1.html

A page in HTML that needs nothing else: no script, nothing fetched. It is generated from the policy,
so that it cannot promise anything else than what Kept does. Every version that was ever in force
stays readable.";

/// Writes the notice that the public reads.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE, disable_version_flag = true)]
pub struct Notice {
    /// A policy file, or a folder with a policy.toml in it; left out: the installation's
    policy: Option<PathBuf>,

    /// Which of the installation's versions; the one in force, if left out
    #[arg(long, value_name = "NUMBER", conflicts_with = "policy")]
    version: Option<u32>,

    /// The language that it is written in
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    language: Tongue,

    /// A file to be made; there must be none of this name
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    place: Place,
}

impl Notice {
    /// Where it is carried out: a policy's file needs no installation.
    pub(super) fn sort(&self) -> Sort<'_> {
        match self.policy {
            Some(_) => Sort::Alone(self),
            None => Sort::OnInstallation(self),
        }
    }

    fn show(&self, policy: &Policy, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let page = web::pages::privacy::render_alone(policy, self.language.into());
        let Some(output) = &self.output else {
            context.answer(
                |_| format!("{page}\n"),
                || json!({ "version": policy.version, "page": page }),
            );
            return Ok(Exit::Done);
        };
        let path = context.io.path(output);
        new_file::write(&path, page.as_bytes(), new_file::Readers::Everybody)?;
        let shown = output.display().to_string();
        context.answer(
            |colour| {
                format!(
                    "{} the notice of version {} was written: {shown}\n",
                    Paint::Good.on("done:", colour),
                    policy.version
                )
            },
            || json!({ "version": policy.version, "file": shown }),
        );
        Ok(Exit::Done)
    }
}

impl Alone for Notice {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let given = self.policy.clone().unwrap_or_default();
        let file = policy_file::read(&given, context.io)?;
        self.show(&policy_file::compile(&file)?, context)
    }
}

impl OnInstallation for Notice {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let wanted = self.version.unwrap_or_else(|| kept.law().policy().version);
        let policies = kept.policies()?;
        let policy = policies.iter().find(|policy| policy.version == wanted);
        let policy = policy.ok_or_else(|| {
            let versions: Vec<String> = policies.iter().map(|it| it.version.to_string()).collect();
            Fault::new(FaultKind::Absent, "no such version was ever in force")
                .remedy(format!("name one that was: {}", versions.join(", ")))
        })?;
        self.show(policy, context)
    }
}
