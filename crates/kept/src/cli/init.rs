//! `kept init`: makes an installation.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::{Clock as _, Fault};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use policy::authorisation::{Administration, Authorisation};
use policy::model::Policy;
use serde_json::json;
use services::Kept;
use services::access::{IssuedLink, LinkFor, Made, NewAccount};
use services::clock::MachineClock;
use services::open::NewInstallation;

use super::account::link_text;
use super::databases::Databases;
use super::keys::manager::Token;
use super::options::{Changing, Place};
use super::{Alone, Context, Exit, document_files, documents, invalid, policy_file};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept init --policy policies/assess-manager --data D
  kept init --policy policies/assess-manager --data R --rehearsal --at 2026-01-01T09:00
  kept init --policy policies/assess-manager --data D \\
      --database postgres://kept@db.example/kept \\
      --keyring-database postgres://kept@keys.example/kept_keyring
  kept init --policy policies/assess-manager --data D --key-manager pkcs11 \\
      --module /usr/lib/softhsm/libsofthsm2.so --token kept --pin-file /etc/kept/pin

With `--administrator ADDRESS --administrator-name NAME --administrator-role ROLE` the first account
is made too, and its link shown, which is good once.

Two folders are made: D, which backups copy, and D.keys, which must never be in a backup of D. A
rehearsal runs on a clock that people move; it is marked as one for ever, and no place for the data
of real people. An authorisation.toml beside the policy says who may do what, and is taken with it.";

/// Makes an installation.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Init {
    /// A policy file, or a folder with a policy.toml in it
    #[arg(long, value_name = "POLICY")]
    policy: PathBuf,

    /// Make a rehearsal, whose clock is moved by hand
    #[arg(long)]
    rehearsal: bool,

    /// When the rehearsal begins, in the controller's time zone; now, if left out
    #[arg(long, value_name = "DATE-TIME", requires = "rehearsal")]
    at: Option<DateTime>,

    /// The address of the first administrator: an account is made, and its link shown
    #[arg(
        long,
        value_name = "ADDRESS",
        requires = "administrator_name",
        requires = "administrator_roles"
    )]
    administrator: Option<String>,

    /// The first administrator's name
    #[arg(long, value_name = "NAME", requires = "administrator")]
    administrator_name: Option<String>,

    /// A role of the first administrator; may be repeated
    #[arg(
        long = "administrator-role",
        value_name = "ROLE",
        requires = "administrator"
    )]
    administrator_roles: Vec<String>,

    /// Where the keys of epochs are made: files (if left out) or pkcs11
    #[arg(long, value_name = "MANAGER")]
    key_manager: Option<String>,

    #[command(flatten)]
    token: Token,

    #[command(flatten)]
    databases: Databases,

    #[command(flatten)]
    place: Place,
}

impl Alone for Init {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let root = self.place.folder(context.io)?;
        let keys = self.place.keys.as_deref().map(|keys| context.io.path(keys));
        let file = policy_file::read(&self.policy, context.io)?;
        let policy = policy_file::compile(&file)?;
        let files = document_files::beside(&self.policy, context.io)?;
        documents::check(&files, &policy)?;
        let beside = policy_file::beside(&file, context.io)?;
        let authorisation = beside
            .as_ref()
            .map(|beside| policy_file::compile_beside(beside, &policy))
            .transpose()?;
        let rehearsal = self.begin(&policy)?;
        let new = NewInstallation {
            root: root.clone(),
            keys,
            policy: file.source,
            authorisation: beside.map(|beside| beside.source),
            rehearsal,
            database: self.databases.servers(context.io),
        };
        let administrator = self.administrator();
        if let Some(new) = &administrator {
            new.check(&policy)?;
            lets_others_in(&new.roles, authorisation.as_ref())?;
        }
        let manager = self.key_manager.as_deref();
        let manager = self.token.of_kind(manager, context.io)?;
        let kept = Kept::init_with_keys(new, manager, &context.actor(&self.place))?;
        let acting = context.acting(&self.place, Changing { dry_run: false });
        kept.publish_documents(&files, &acting)?;
        let administrator = administrator
            .map(|new| self.make(&kept, &new, context))
            .transpose()?;
        let keys = std::path::absolute(&kept.vault().layout().keys);
        let keys = keys.unwrap_or_else(|_| kept.vault().layout().keys.clone());
        self.answer(&kept, &keys, &policy, administrator.as_ref(), context);
        Ok(Exit::Done)
    }
}

/// Whether the first administrator can let others in: otherwise nobody could but at the command
/// line. Without an authorisation a role says nothing of what it administers.
fn lets_others_in(roles: &[String], authorisation: Option<&Authorisation>) -> Result<(), Fault> {
    let Some(authorisation) = authorisation else {
        return Ok(());
    };
    if roles
        .iter()
        .any(|name| authorisation.role_named(name).is_none())
    {
        return Err(
            invalid("the authorisation has no such role").remedy(format!(
                "use one of {}",
                authorisation
                    .roles
                    .iter()
                    .map(|role| role.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
        );
    }
    let administering = |what: Administration| {
        let roles = authorisation.roles.iter();
        roles.filter(move |role| role.administers.contains(what))
    };
    let lacking = [Administration::Accounts, Administration::Rights]
        .into_iter()
        .filter(|what| !administering(*what).any(|role| roles.contains(&role.name)))
        .map(Administration::name)
        .collect::<Vec<_>>();
    if lacking.is_empty() {
        return Ok(());
    }
    let would: Vec<&str> = authorisation
        .roles
        .iter()
        .filter(|role| {
            role.administers.contains(Administration::Accounts)
                && role.administers.contains(Administration::Rights)
        })
        .map(|role| role.name.as_str())
        .collect();
    Err(invalid(format!(
        "the first administrator could let nobody in: no role given administers `{}`",
        lacking.join("` and `")
    ))
    .remedy(match would.is_empty() {
        true => "give roles that administer `accounts` and `rights`".to_owned(),
        false => format!("give `--administrator-role {}`", would.join("` or `")),
    }))
}

impl Init {
    /// The moment at which a rehearsal begins.
    fn begin(&self, policy: &Policy) -> Result<Option<Timestamp>, Fault> {
        if !self.rehearsal {
            return Ok(None);
        }
        let Some(at) = self.at else {
            return Ok(Some(MachineClock.now()));
        };
        let zone = TimeZone::get(&policy.controller.time_zone)
            .map_err(|error| invalid("the policy's time zone is not known").because(error))?;
        let begin = zone.to_timestamp(at).map_err(|error| {
            invalid("there is no such moment in the controller's time zone").because(error)
        })?;
        Ok(Some(begin))
    }

    /// The account of the first administrator.
    fn administrator(&self) -> Option<NewAccount> {
        Some(NewAccount {
            name: self.administrator_name.clone()?,
            email: self.administrator.clone()?,
            handle: None,
            roles: self.administrator_roles.clone(),
        })
    }

    /// Makes that account, and the link by which its holder comes in.
    fn make(
        &self,
        kept: &Kept,
        new: &NewAccount,
        context: &Context<'_>,
    ) -> Result<(Made, IssuedLink), Fault> {
        let acting = context.acting(&self.place, Changing { dry_run: false });
        let made = kept.access().create(new, &acting)?;
        let link = kept
            .access()
            .issue_link(made.subject, LinkFor::SetUp, &acting)?;
        Ok((made, link))
    }

    fn answer(
        &self,
        kept: &Kept,
        keys: &Path,
        policy: &Policy,
        administrator: Option<&(Made, IssuedLink)>,
        context: &mut Context<'_>,
    ) {
        let id = kept.vault().id().to_string();
        let (data, keys) = (self.shown_folder(), keys.display().to_string());
        let law = kept.law();
        let authorisation = law
            .authorisation()
            .map(|authorisation| authorisation.version);
        context.answer(
            |colour| {
                let what = if self.rehearsal {
                    "a rehearsal"
                } else {
                    "an installation"
                };
                let beside = match authorisation {
                    Some(version) => format!(" with authorisation version {version}"),
                    None => String::new(),
                };
                let mut text = format!(
                    "{} {what} of {}, policy version {}{beside}, was made in {data}\n  \
                     id    {id}\n  \
                     keys  {keys}: never in a backup of {data}; keep a copy of it elsewhere\n",
                    Paint::Good.on("done:", colour),
                    policy.controller.name,
                    policy.version,
                );
                if let Some((made, link)) = administrator {
                    text.push_str(&format!("  administrator {}\n", made.handle.as_str()));
                    text.push_str(&link_text(link));
                }
                text
            },
            || {
                json!({
                    "installation": id,
                    "data": data,
                    "keys": keys,
                    "rehearsal": self.rehearsal,
                    "policy-version": policy.version,
                    "authorisation-version": authorisation,
                    "administrator": administrator.map(|(made, link)| json!({
                        "account": made.handle.as_str(),
                        "person": made.subject.to_string(),
                        "link": link.path(),
                        "link-ends": link.ends.to_string(),
                    })),
                })
            },
        );
    }

    fn shown_folder(&self) -> String {
        let data = self.place.data.as_deref();
        data.map(|data| data.display().to_string())
            .unwrap_or_default()
    }
}
