//! `kept access`: who may do something with this, and what may this role do (9c).

mod account;
mod review;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::Fault;
use policy::authorisation::words::names_of;
use policy::authorisation::{Action, Authorisation, Condition, Line, Reach};
use policy::model::{CategoryId, Language, Policy, PurposeId, RecipientId, RoleId};
use serde_json::{Value, json};
use services::{InRole, Kept};

use super::options::Place;
use super::{Alone, Context, Exit, OnInstallation, Sort, invalid, names, policy_file};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept access who contact-details.email --purpose newsletters --data D
  kept access what marketing --data D
  kept access what marketing --policy policies/assess-manager
  kept access account staff-bdfgkmnp --data D
  kept access review --data D

The answers are exact: they are read from the table by which every access in a role is decided. The
policy is the ceiling; what it allows and the authorisation does not grant is said apart. Nobody's
data is looked at.";

/// Says who may do what with which data.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Access {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// Say who may do what with a category, or one field of it, for a purpose
    Who {
        /// A category of the policy, or `category.field`
        category: String,

        /// What it would be done for: a purpose of the policy
        #[arg(long, value_name = "NAME")]
        purpose: String,

        #[command(flatten)]
        files: Files,
    },
    /// Say what a role may do
    What {
        /// A role of the authorisation
        role: String,

        #[command(flatten)]
        files: Files,
    },
    /// Say what an account may do today, by the roles that it holds
    Account(account::Account),
    /// List what closes soon, or has: roles, keys, undertakings
    Review(review::Review),
}

/// Whose rules: those in force in an installation, or those of a folder.
#[derive(Debug, Args)]
struct Files {
    /// A folder with a policy.toml and an authorisation.toml in it; left out: the installation's
    #[arg(long, value_name = "POLICY", conflicts_with_all = ["data", "keys"])]
    policy: Option<PathBuf>,

    #[command(flatten)]
    place: Place,
}

/// The rules that are asked about.
struct Rules<'a> {
    policy: &'a Policy,
    authorisation: &'a Authorisation,
}

impl Access {
    /// Where it is carried out: a policy's folder needs no installation.
    pub(super) fn sort(&self) -> Sort<'_> {
        match &self.question {
            Question::Account(account) => Sort::OnInstallation(account),
            Question::Review(review) => Sort::OnInstallation(review),
            Question::Who { files, .. } | Question::What { files, .. } => match files.policy {
                Some(_) => Sort::Alone(self),
                None => Sort::OnInstallation(self),
            },
        }
    }

    /// The folder of the policy that is asked about, where it is not an installation's.
    fn policy(&self) -> Option<&PathBuf> {
        match &self.question {
            Question::Who { files, .. } | Question::What { files, .. } => files.policy.as_ref(),
            Question::Account(_) | Question::Review(_) => None,
        }
    }

    fn answer(&self, rules: &Rules<'_>, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match &self.question {
            Question::Who {
                category, purpose, ..
            } => {
                let who = Who::ask(rules, category, purpose)?;
                context.answer(|colour| who.text(colour), || who.json());
            }
            Question::What { role, .. } => {
                let what = What::ask(rules, role)?;
                context.answer(|colour| what.text(colour), || what.json());
            }
            // They ask about an installation, and answer there.
            Question::Account(_) | Question::Review(_) => {}
        }
        Ok(Exit::Done)
    }
}

impl Alone for Access {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let given = self.policy().cloned().unwrap_or_default();
        let file = policy_file::read(&given, context.io)?;
        let policy = policy_file::compile(&file)?;
        let beside = policy_file::beside(&file, context.io)?.ok_or_else(|| {
            Fault::new(
                domain::FaultKind::Absent,
                format!("no authorisation lies beside {}", file.name),
            )
            .remedy("name a folder with a policy.toml and an authorisation.toml in it")
        })?;
        let authorisation = policy_file::compile_beside(&beside, &policy)?;
        let rules = Rules {
            policy: &policy,
            authorisation: &authorisation,
        };
        self.answer(&rules, context)
    }
}

impl OnInstallation for Access {
    fn place(&self) -> &Place {
        match &self.question {
            Question::Who { files, .. } | Question::What { files, .. } => &files.place,
            Question::Account(account) => account.place(),
            Question::Review(review) => review.place(),
        }
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let law = kept.law();
        let Some(authorisation) = law.authorisation() else {
            // Says that there are no roles, and what to do.
            return InRole::named(&law, "").map(|_| Exit::Done);
        };
        let rules = Rules {
            policy: law.policy(),
            authorisation,
        };
        self.answer(&rules, context)
    }
}

/// The answer to `who`.
struct Who<'a> {
    rules: &'a Rules<'a>,
    category: CategoryId,
    fields: u64,
    purpose: PurposeId,
    reaches: Vec<Reach>,
}

impl<'a> Who<'a> {
    fn ask(rules: &'a Rules<'a>, data: &str, purpose: &str) -> Result<Self, Fault> {
        let policy = rules.policy;
        let (category, fields) = match data.split_once('.') {
            None => (names::category(policy, data)?, u64::MAX),
            Some(_) => {
                let field = names::field(policy, data)?;
                (field.category, 1 << field.field)
            }
        };
        let purpose = names::purpose(policy, purpose)?;
        let authorisation = rules.authorisation;
        Ok(Self {
            reaches: authorisation.who(policy, category, fields, purpose),
            rules,
            category,
            fields,
            purpose,
        })
    }

    /// Each role with what it may do.
    fn roles(&self) -> Vec<(RoleId, Vec<Line>)> {
        let mut roles: Vec<(RoleId, Vec<Reach>)> = Vec::new();
        for reach in &self.reaches {
            match roles.last_mut().filter(|(role, _)| *role == reach.role) {
                Some((_, reaches)) => reaches.push(*reach),
                None => roles.push((reach.role, vec![*reach])),
            }
        }
        let lines = roles.into_iter();
        lines.map(|(role, of)| (role, Line::of(&of))).collect()
    }

    /// The recipients that the policy lets read it, with the fields.
    fn ceiling(&self) -> Vec<(RecipientId, u64)> {
        let reads = &self.rules.policy.tables.reads;
        let reads = (0u8..).map(RecipientId).zip(reads);
        reads
            .map(|(id, of)| {
                (
                    id,
                    of[self.purpose.index()][self.category.index()] & self.fields,
                )
            })
            .filter(|(_, fields)| *fields != 0)
            .collect()
    }

    fn text(&self, colour: bool) -> String {
        let policy = self.rules.policy;
        let mut text = format!(
            "{} for {}\n",
            Paint::Bold.on(&self.asked(), colour),
            Paint::Bold.on(&policy.purpose(self.purpose).name, colour)
        );
        let roles = self.roles();
        if roles.is_empty() {
            text.push_str("\nnobody may do anything with it for this purpose\n");
        }
        for (id, lines) in roles {
            let role = self.rules.authorisation.role(id);
            let _ = write!(
                text,
                "\n{} ({})\n",
                Paint::Bold.on(&role.name, colour),
                role.title.en
            );
            for line in lines {
                let _ = writeln!(text, "  {}", line.text(policy, self.purpose));
            }
        }
        text.push_str("\nthe policy's ceiling: ");
        let ceiling = self.ceiling();
        if ceiling.is_empty() {
            text.push_str("no recipient reads it for this purpose\n");
            return text;
        }
        text.push_str("it is read for this purpose by\n");
        for (id, fields) in ceiling {
            let fields = names_of(policy, self.category, fields).join(", ");
            let _ = writeln!(text, "  {:<24} {fields}", policy.recipient(id).name);
        }
        text
    }

    fn asked(&self) -> String {
        let category = self.rules.policy.category(self.category);
        match self.fields {
            u64::MAX => category.name.clone(),
            fields => names_of(self.rules.policy, self.category, fields).join(", "),
        }
    }

    fn json(&self) -> Value {
        let policy = self.rules.policy;
        let roles: Vec<Value> = self
            .roles()
            .into_iter()
            .map(|(id, lines)| {
                let role = self.rules.authorisation.role(id);
                json!({
                    "role": role.name,
                    "title": role.title.en,
                    "may": lines.iter().map(|line| line.json(policy)).collect::<Vec<_>>(),
                })
            })
            .collect();
        let ceiling: Vec<Value> = self
            .ceiling()
            .into_iter()
            .map(|(id, fields)| {
                json!({
                    "recipient": policy.recipient(id).name,
                    "data": names_of(policy, self.category, fields),
                })
            })
            .collect();
        json!({
            "data": self.asked(),
            "purpose": policy.purpose(self.purpose).name,
            "roles": roles,
            "ceiling": ceiling,
            "policy-version": policy.version,
            "authorisation-version": self.rules.authorisation.version,
        })
    }
}

/// The answer to `what`.
struct What<'a> {
    rules: &'a Rules<'a>,
    role: RoleId,
    /// By purpose.
    may: Vec<(PurposeId, Vec<Line>)>,
    /// What the policy would let it read and the authorisation does not, by purpose.
    beyond: Vec<(PurposeId, Vec<String>)>,
}

impl<'a> What<'a> {
    fn ask(rules: &'a Rules<'a>, role: &str) -> Result<Self, Fault> {
        let Rules {
            policy,
            authorisation,
        } = *rules;
        let id = authorisation.role_named(role).ok_or_else(|| {
            let known: Vec<&str> = authorisation
                .roles
                .iter()
                .map(|it| it.name.as_str())
                .collect();
            invalid("the authorisation has no such role")
                .remedy(format!("use one of {}", known.join(", ")))
        })?;
        let reaches = authorisation.what(policy, id);
        let mut may: Vec<(PurposeId, Vec<Reach>)> = Vec::new();
        for reach in &reaches {
            match may
                .last_mut()
                .filter(|(purpose, _)| *purpose == reach.purpose)
            {
                Some((_, of)) => of.push(*reach),
                None => may.push((reach.purpose, vec![*reach])),
            }
        }
        let may = may
            .into_iter()
            .map(|(purpose, of)| (purpose, Line::of(&of)));
        Ok(Self {
            rules,
            role: id,
            may: may.collect(),
            beyond: beyond(rules, id, &reaches),
        })
    }

    fn text(&self, colour: bool) -> String {
        let Rules {
            policy,
            authorisation,
        } = *self.rules;
        let role = authorisation.role(self.role);
        let mut text = format!(
            "{} ({})\n",
            Paint::Bold.on(&role.name, colour),
            role.title.en
        );
        if let Some(recipient) = role.recipient {
            let _ = writeln!(
                text,
                "  within what {} reads",
                policy.recipient(recipient).name
            );
        }
        let every = authorisation.reviewed_every.words(Language::En);
        let by = role.reviewed_by.map_or_else(
            || "whoever administers rights".to_owned(),
            |by| authorisation.role(by).name.clone(),
        );
        let _ = writeln!(text, "  who has it is reviewed every {every}, by {by}");
        let administers: Vec<&str> = role.administers.iter().map(|it| it.name()).collect();
        let administers = match administers.is_empty() {
            true => "nothing".to_owned(),
            false => administers.join(", "),
        };
        let _ = writeln!(text, "  administers {administers}");
        if self.may.is_empty() {
            text.push_str("\nmay do nothing with anybody's data\n");
        }
        for (purpose, lines) in &self.may {
            let _ = write!(
                text,
                "\nfor {}\n",
                Paint::Bold.on(&policy.purpose(*purpose).name, colour)
            );
            for line in lines {
                let _ = writeln!(text, "  {}", line.text(policy, *purpose));
            }
        }
        if !self.beyond.is_empty() {
            text.push_str("\nthe policy's ceiling has more that it may not read\n");
            for (purpose, data) in &self.beyond {
                let name = &policy.purpose(*purpose).name;
                let _ = writeln!(text, "  for {name}: {}", data.join(", "));
            }
        }
        text
    }

    fn json(&self) -> Value {
        let Rules {
            policy,
            authorisation,
        } = *self.rules;
        let role = authorisation.role(self.role);
        let may: Vec<Value> = self
            .may
            .iter()
            .flat_map(|(purpose, lines)| {
                lines.iter().map(|line| {
                    let mut one = line.json(policy);
                    one["purpose"] = json!(policy.purpose(*purpose).name);
                    one
                })
            })
            .collect();
        let beyond: Vec<Value> = self
            .beyond
            .iter()
            .map(
                |(purpose, data)| json!({ "purpose": policy.purpose(*purpose).name, "data": data }),
            )
            .collect();
        json!({
            "role": role.name,
            "title": role.title.en,
            "recipient": role.recipient.map(|id| &policy.recipient(id).name),
            "administers": role.administers.iter().map(|it| it.name()).collect::<Vec<_>>(),
            "reviewed-by": role.reviewed_by.map(|by| &authorisation.role(by).name),
            "reviewed-every": authorisation.reviewed_every.words(Language::En),
            "may": may,
            "not-granted": beyond,
            "policy-version": policy.version,
            "authorisation-version": authorisation.version,
        })
    }
}

/// What the ceiling has and the role may not read, on any condition.
fn beyond(rules: &Rules<'_>, role: RoleId, reaches: &[Reach]) -> Vec<(PurposeId, Vec<String>)> {
    let policy = rules.policy;
    let Some(recipient) = rules.authorisation.role(role).recipient else {
        return Vec::new();
    };
    let by_purpose = &policy.tables.reads[recipient.index()];
    (0u8..)
        .map(PurposeId)
        .zip(by_purpose)
        .map(|(purpose, by_category)| {
            let categories = (0u8..).map(CategoryId).zip(by_category);
            let data = categories
                .flat_map(|(category, ceiling)| {
                    let open = reaches
                        .iter()
                        .filter(|it| {
                            it.action == Action::Read
                                && it.purpose == purpose
                                && it.category == category
                        })
                        .fold(0, |all, it| all | it.fields);
                    names_of(policy, category, ceiling & !open)
                })
                .collect::<Vec<_>>();
            (purpose, data)
        })
        .filter(|(_, data)| !data.is_empty())
        .collect()
}

/// A line as it is told here.
trait Told {
    fn text(&self, policy: &Policy, purpose: PurposeId) -> String;
    fn json(&self, policy: &Policy) -> Value;
}

impl Told for Line {
    fn text(&self, policy: &Policy, purpose: PurposeId) -> String {
        let mut text = format!(
            "{}: {}",
            actions_of(self).join(", "),
            data_of(self, policy).join(", ")
        );
        if self.kinds != policy.purpose(purpose).concerns {
            let _ = write!(text, "; about {}", kinds_of(self, policy).join(", "));
        }
        if let Some(only) = self.only {
            let _ = write!(text, "; {}", only.words().en);
        }
        text
    }

    fn json(&self, policy: &Policy) -> Value {
        json!({
            "actions": actions_of(self),
            "data": data_of(self, policy),
            "kinds": kinds_of(self, policy),
            "only": self.only.map(Condition::name),
        })
    }
}

fn actions_of(line: &Line) -> Vec<&'static str> {
    line.actions.iter().map(|action| action.name()).collect()
}

fn data_of(line: &Line, policy: &Policy) -> Vec<String> {
    let names = line.data.iter();
    names
        .flat_map(|(category, fields)| names_of(policy, *category, *fields))
        .collect()
}

fn kinds_of<'p>(line: &Line, policy: &'p Policy) -> Vec<&'p str> {
    let kinds = line.kinds.iter();
    kinds.map(|kind| policy.kind(kind).name.as_str()).collect()
}
