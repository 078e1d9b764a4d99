//! `kept organisation`: organisations, and the people who belong to them.

use clap::{Args, Subcommand};
use domain::{Fault, OrganisationId, SubjectId};
use jiff::civil::Date;
use policy::model::SpanId;
use serde_json::json;
use services::{Destination, Kept};

use super::options::{Changing, Place, person};
use super::{Context, Exit, OnInstallation, acted, quantity};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept organisation add --data D
  kept organisation link 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e \\
    --organisation 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9f --data D

An organisation has contracts and no personal data: its name is in its people's records. While a
person is linked to it, its last contract sets their term; unlinking starts it.";

/// Adds, shows, links or unlinks an organisation.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Organisation {
    #[command(subcommand)]
    act: OrganisationAct,
}

#[derive(Debug, Subcommand)]
enum OrganisationAct {
    /// Add an organisation, and show its identifier
    Add(Add),
    /// List the organisations, each with what is open for it: a contract makes it a client
    List(List),
    /// Show what happened to an organisation, and who belongs to it
    Show(Show),
    /// A person belongs to an organisation
    Link(Tie),
    /// A person belongs to an organisation no longer
    Unlink(Tie),
}

#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct List {
    /// List those that come after this one
    #[arg(long, value_name = "ORGANISATION")]
    after: Option<OrganisationId>,

    /// How many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    most: u16,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Show {
    /// The organisation's identifier
    organisation: OrganisationId,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Tie {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// The organisation
    #[arg(long, value_name = "ORGANISATION")]
    organisation: OrganisationId,

    /// The first day, or the last when unlinking; today, if left out
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Organisation {
    fn place(&self) -> &Place {
        match &self.act {
            OrganisationAct::Add(add) => &add.place,
            OrganisationAct::List(list) => &list.place,
            OrganisationAct::Show(show) => &show.place,
            OrganisationAct::Link(tie) | OrganisationAct::Unlink(tie) => &tie.place,
        }
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match &self.act {
            OrganisationAct::Add(add) => {
                let acting = context.acting(&add.place, add.changing);
                let id = kept.add_organisation(&acting)?.to_string();
                context.answer(
                    |colour| format!("{} organisation {id}\n", Paint::Good.on("done:", colour)),
                    || json!({ "dry-run": acting.dry_run, "organisation": id }),
                );
            }
            OrganisationAct::List(list) => listed(kept, list, context)?,
            OrganisationAct::Show(show) => shown(kept, show, context)?,
            OrganisationAct::Link(tie) => {
                let acting = context.acting(&tie.place, tie.changing);
                let done = kept.link(tie.person, tie.organisation, tie.on, &acting)?;
                acted::show(&done, acting.dry_run, "linked", &[], context);
            }
            OrganisationAct::Unlink(tie) => {
                let acting = context.acting(&tie.place, tie.changing);
                let done = kept.unlink(tie.person, tie.organisation, tie.on, &acting)?;
                acted::show(&done, acting.dry_run, "unlinked", &[], context);
            }
        }
        Ok(Exit::Done)
    }
}

fn listed(kept: &Kept, list: &List, context: &mut Context<'_>) -> Result<(), Fault> {
    let law = kept.law();
    let actor = context.actor(&list.place);
    let organisations = kept.organisations(list.after, list.most.into(), &actor)?;
    let open = |spans: &[SpanId]| -> Vec<&str> {
        let names = spans.iter().map(|id| law.policy().span(*id).name.as_str());
        names.collect()
    };
    context.answer(
        |_| {
            if organisations.is_empty() {
                return "no organisation\n".to_owned();
            }
            let mut text = String::new();
            for one in &organisations {
                let open = match one.open.as_slice() {
                    [] => "nothing open".to_owned(),
                    spans => format!("open: {}", open(spans).join(", ")),
                };
                let people = quantity::people(one.people);
                text.push_str(&format!("{}  {people}, {open}\n", one.id));
            }
            text
        },
        || {
            let all = organisations.iter().map(|one| {
                json!({
                    "organisation": one.id.to_string(),
                    "open": open(&one.open),
                    "people": one.people,
                })
            });
            json!({ "organisations": all.collect::<serde_json::Value>() })
        },
    );
    Ok(())
}

fn shown(kept: &Kept, show: &Show, context: &mut Context<'_>) -> Result<(), Fault> {
    let law = kept.law();
    let id = show.organisation;
    let shown = kept.organisation(id, &context.actor(&show.place), Destination::Screen)?;
    let zone = law.in_force.zone();
    let facts = shown.facts.iter().map(|fact| {
        let at = fact.happened;
        json!({
            "fact": fact.id.to_string(),
            "kind": law.policy().fact(fact.kind).name,
            "happened": at.display_with_offset(zone.to_offset(at)).to_string(),
            "matter": fact.matter.map(|matter| matter.to_string()),
            "superseded": fact.superseded_by.is_some(),
        })
    });
    let facts: Vec<serde_json::Value> = facts.collect();
    let people: Vec<String> = shown.people.iter().map(ToString::to_string).collect();
    context.answer(
        |_| {
            let mut text = format!("organisation {id}\n");
            for fact in &facts {
                let word = |name: &str| fact[name].as_str().unwrap_or("-").to_owned();
                text.push_str(&format!(
                    "  {} {}, matter {}, fact {}\n",
                    word("happened"),
                    word("kind"),
                    word("matter"),
                    word("fact")
                ));
            }
            for person in &people {
                text.push_str(&format!("  person {person}\n"));
            }
            text
        },
        || json!({ "organisation": id.to_string(), "facts": facts, "people": people }),
    );
    Ok(())
}
