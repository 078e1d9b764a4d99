//! `kept hold`: what suspends a term, for litigation (10i).

use clap::{Args, Subcommand};
use domain::subject::HoldScope;
use domain::{Fault, HoldId, MatterId, SubjectId};
use jiff::civil::Date;
use policy::model::Policy;
use serde_json::json;
use services::Kept;
use services::hold::Holding;
use services::statement::Statement;

use super::confirm::Confirming;
use super::options::{Changing, Place, person};
use super::{Context, Exit, OnInstallation, acted, names, values};

const EXAMPLE: &str = "\
Examples:
  kept hold place 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e --purpose contract-evidence \\
    --category identity --category orders --review 2026-12-01 \\
    --reason exchanges.exchange-text='Invoice contested in court' --origin written-by-us --data D
  kept hold lift 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9e \\
    --hold 0192f0c1-2f3a-7c4e-9a10-5f0e6b7c8d9f --data D

A hold keeps what it covers and closes it to every other use than its purpose. It comes before the
term or not at all: what has expired is not saved. Lifting it lets terms that have passed take
effect at once. Where records go with it, you are asked first, as it cannot be undone; where
nobody can be asked, say `--yes`. `kept show` lists a person's holds.";

/// Places or lifts a hold.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Hold {
    #[command(subcommand)]
    act: HoldAct,
}

#[derive(Debug, Subcommand)]
enum HoldAct {
    /// Keep data beyond its term, for evidence or a duty alone
    Place(PlaceHold),
    /// Let terms take effect again
    Lift(Lift),
}

#[derive(Debug, Args)]
struct PlaceHold {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// What it is held for: a purpose of the policy that is evidence or a duty
    #[arg(long, value_name = "NAME")]
    purpose: String,

    /// Only these categories; may be repeated; everything, if left out
    #[arg(long = "category", value_name = "NAME", conflicts_with = "matter")]
    categories: Vec<String>,

    /// Only what belongs to this contract, debit or dispute
    #[arg(long, value_name = "MATTER")]
    matter: Option<MatterId>,

    /// The day on which somebody must look at it again
    #[arg(long, value_name = "DATE")]
    review: Date,

    /// Why, kept sealed: `category.field=value`; may be repeated
    #[arg(long = "reason", value_name = "FIELD=VALUE", required = true)]
    reason: Vec<String>,

    /// Where the reason comes from: an origin of the policy
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Lift {
    /// The person's identifier
    #[arg(value_parser = person)]
    person: SubjectId,

    /// Which hold
    #[arg(long, value_name = "HOLD")]
    hold: HoldId,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    confirming: Confirming,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Hold {
    fn place(&self) -> &Place {
        match &self.act {
            HoldAct::Place(place) => &place.place,
            HoldAct::Lift(lift) => &lift.place,
        }
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match &self.act {
            HoldAct::Place(place) => {
                let acting = context.acting(&place.place, place.changing);
                let holding = place.holding(kept.law().policy())?;
                let (id, done) = kept.place_hold(place.person, &holding, &acting)?;
                let sentence = format!("hold {id}, to be looked at again on {}", place.review);
                let more = [("hold", json!(id.to_string()))];
                acted::show(&done, acting.dry_run, &sentence, &more, context);
            }
            HoldAct::Lift(lift) => {
                let acting = context.acting(&lift.place, lift.changing);
                let done =
                    lift.confirming
                        .unless_it_destroys_nothing(&acting, context, |acting| {
                            kept.lift_hold(lift.person, lift.hold, acting)
                        })?;
                acted::show(&done, acting.dry_run, "hold lifted", &[], context);
            }
        }
        Ok(Exit::Done)
    }
}

impl PlaceHold {
    fn holding(&self, policy: &Policy) -> Result<Holding, Fault> {
        let purpose = names::purpose(policy, &self.purpose)?;
        let origin = self.origin.as_deref();
        let origin = origin.ok_or_else(|| names::no_origin("the reason"))?;
        let (category, values) = values::of_one_category(policy, &self.reason, "reason")?;
        Ok(Holding {
            scope: match (self.matter, self.categories.as_slice()) {
                (Some(matter), _) => HoldScope::Matter(matter),
                (None, []) => HoldScope::Everything,
                (None, some) => HoldScope::Categories(names::categories(policy, some)?),
            },
            purpose,
            review: self.review,
            reason: Statement {
                category,
                values,
                origin: names::origin(policy, origin)?,
                kind: None,
                purposes: [purpose].into_iter().collect(),
                made: None,
            },
        })
    }
}
