//! What changes an account.

use clap::Args;
use domain::{Account as Handle, Fault, SubjectId};
use serde_json::{Map, Value, json};
use services::access::{CredentialId, IssuedLink, LinkFor, NewAccount, SessionId};
use services::{Acting, Kept, Receipt};

use super::About;
use crate::cli::options::{Changing, Place};
use crate::cli::quantity::counted;
use crate::cli::{Context, Exit, OnInstallation};
use crate::io::colour::Paint;

/// Makes an account.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// The holder's name. Others on this machine can see a running command's words
    #[arg(long, value_name = "NAME")]
    name: String,

    /// The address that the holder signs in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,

    /// The account's identifier, which the journal names it by; drawn, if left out
    #[arg(long, value_name = "ACCOUNT", value_parser = Handle::parse)]
    handle: Option<Handle>,

    /// A role that it is granted; may be repeated
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

/// Ends an account's access.
#[derive(Debug, Args)]
pub(super) struct Disable {
    #[command(flatten)]
    about: About,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

/// Opens an account again.
#[derive(Debug, Args)]
pub(super) struct Enable {
    #[command(flatten)]
    about: About,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

/// Grants a role.
#[derive(Debug, Args)]
pub(super) struct Grant {
    #[command(flatten)]
    about: About,

    /// The role
    role: String,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

/// Withdraws a role.
#[derive(Debug, Args)]
pub(super) struct Withdraw {
    #[command(flatten)]
    about: About,

    /// The role
    role: String,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

/// Ends sessions.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    about: About,

    /// One of its sessions; all, if left out
    session: Option<SessionId>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

/// Takes away a way to sign in.
#[derive(Debug, Args)]
pub(super) struct Remove {
    #[command(flatten)]
    about: About,

    /// What is taken away, as `kept account show` names it
    credential: CredentialId,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

/// Issues a link.
#[derive(Debug, Args)]
pub(super) struct Link {
    #[command(flatten)]
    about: About,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Add {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let new = NewAccount {
            name: self.name.clone(),
            email: self.email.clone(),
            handle: self.handle.clone(),
            roles: self.roles.clone(),
        };
        let made = kept.access().create(&new, &acting)?;
        let link = match acting.dry_run {
            true => None,
            false => Some(
                kept.access()
                    .issue_link(made.subject, LinkFor::SetUp, &acting)?,
            ),
        };
        let sentence = match acting.dry_run {
            true => "account".to_owned(),
            false => format!("account {}, person {}", made.handle.as_str(), made.subject),
        };
        let mut more = vec![("account", json!(made.handle.as_str()))];
        if !acting.dry_run {
            more.push(("person", json!(made.subject.to_string())));
        }
        let done = Done {
            dry_run: acting.dry_run,
            sentence,
            more,
            receipt: made.receipt.map(|receipt| receipt.entry),
            link,
        };
        done.show(context);
        Ok(Exit::Done)
    }
}

/// Changes an account, and says that it was done.
fn changed(
    kept: &Kept,
    about: &About,
    acting: &Acting,
    sentence: String,
    context: &mut Context<'_>,
    change: impl FnOnce(SubjectId, &Acting) -> Result<Option<Receipt>, Fault>,
) -> Result<Exit, Fault> {
    let receipt = change(kept.access().named(&about.whose)?, acting)?;
    let entry = receipt.map(|receipt| receipt.entry);
    Done::of(acting.dry_run, sentence, entry).show(context);
    Ok(Exit::Done)
}

impl OnInstallation for Disable {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let sentence = format!(
            "account {} is disabled: roles, sessions, links and ways to sign in have ended",
            self.about.whose.as_str()
        );
        let acting = context.acting(&self.place, self.changing);
        changed(
            kept,
            &self.about,
            &acting,
            sentence,
            context,
            |subject, acting| kept.access().disable(subject, acting),
        )
    }
}

impl OnInstallation for Enable {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let sentence = format!(
            "account {} is open again, without roles; `kept account link` lets its holder in",
            self.about.whose.as_str()
        );
        let acting = context.acting(&self.place, self.changing);
        changed(
            kept,
            &self.about,
            &acting,
            sentence,
            context,
            |subject, acting| kept.access().enable(subject, acting),
        )
    }
}

impl OnInstallation for Grant {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let sentence = format!("{} holds the role {}", self.about.whose.as_str(), self.role);
        let acting = context.acting(&self.place, self.changing);
        changed(
            kept,
            &self.about,
            &acting,
            sentence,
            context,
            |subject, acting| kept.access().grant(subject, &self.role, acting),
        )
    }
}

impl OnInstallation for Withdraw {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let sentence = format!(
            "{} does not hold the role {} any more",
            self.about.whose.as_str(),
            self.role
        );
        let acting = context.acting(&self.place, self.changing);
        changed(
            kept,
            &self.about,
            &acting,
            sentence,
            context,
            |subject, acting| kept.access().withdraw(subject, &self.role, acting),
        )
    }
}

impl OnInstallation for Revoke {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let subject = kept.access().named(&self.about.whose)?;
        let ended = kept.access().revoke(subject, self.session, &acting)?;
        let count = usize::try_from(ended).unwrap_or(usize::MAX);
        let done = Done {
            more: vec![("sessions", json!(ended))],
            ..Done::of(
                acting.dry_run,
                format!("{} ended", counted(count, "session")),
                None,
            )
        };
        done.show(context);
        Ok(Exit::Done)
    }
}

impl OnInstallation for Remove {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        let subject = kept.access().named(&self.about.whose)?;
        kept.access()
            .remove_credential(subject, self.credential, &acting)?;
        let sentence = format!(
            "{} does not sign in with it any more",
            self.about.whose.as_str()
        );
        Done::of(acting.dry_run, sentence, None).show(context);
        Ok(Exit::Done)
    }
}

impl OnInstallation for Link {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, Changing { dry_run: false });
        let subject = kept.access().named(&self.about.whose)?;
        let link = kept.access().issue_link(subject, LinkFor::SetUp, &acting)?;
        let sentence = format!(
            "a link for {}; links before are worth nothing any more",
            self.about.whose.as_str()
        );
        let done = Done {
            link: Some(link),
            ..Done::of(false, sentence, None)
        };
        done.show(context);
        Ok(Exit::Done)
    }
}

/// What a change of accounts came to.
pub(in crate::cli) struct Done<'a> {
    pub(in crate::cli) dry_run: bool,
    pub(in crate::cli) sentence: String,
    pub(in crate::cli) more: Vec<(&'a str, Value)>,
    pub(in crate::cli) receipt: Option<u64>,
    pub(in crate::cli) link: Option<IssuedLink>,
}

impl Done<'_> {
    pub(in crate::cli) fn of(dry_run: bool, sentence: String, receipt: Option<u64>) -> Self {
        Self {
            dry_run,
            sentence,
            more: Vec::new(),
            receipt,
            link: None,
        }
    }

    pub(in crate::cli) fn show(&self, context: &mut Context<'_>) {
        context.answer(|colour| self.text(colour), || self.json());
    }

    fn text(&self, colour: bool) -> String {
        let begin = match self.dry_run {
            true => "would be done:",
            false => "done:",
        };
        let mut text = format!("{} {}\n", Paint::Good.on(begin, colour), self.sentence);
        if let Some(receipt) = self.receipt {
            text.push_str(&format!("  entry {receipt} of the journal\n"));
        }
        if let Some(link) = &self.link {
            text.push_str(&link_text(link));
        }
        text
    }

    fn json(&self) -> Value {
        let mut object: Map<String, Value> = self
            .more
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        object.insert("dry-run".to_owned(), json!(self.dry_run));
        let receipt = self.receipt.or(self.link.as_ref().map(|link| link.receipt));
        object.insert("receipt".to_owned(), json!(receipt));
        if let Some(link) = &self.link {
            object.insert("link".to_owned(), json!(link.path()));
            object.insert("link-ends".to_owned(), json!(link.ends.to_string()));
        }
        Value::Object(object)
    }
}

/// A link as it is told, once.
pub(in crate::cli) fn link_text(link: &IssuedLink) -> String {
    format!(
        "\n  {}\n\n  Put it behind the address of this installation and hand it to whom it is \
         for.\n  It is good once, until {}, and is not shown again.\n",
        link.path(),
        link.ends.strftime("%Y-%m-%d %H:%M UTC"),
    )
}
