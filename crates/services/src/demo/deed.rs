//! What happens in a step, in the policy's own ids.

use domain::decide::Request;
use domain::subject::ObjectedTo;
use domain::{Account, ActorKind, Fault, FaultKind};
use policy::model::{
    CategoryId, CategorySet, ChannelSet, ErasureGround, FactId, FieldId, KindId, OriginId, Policy,
    PurposeId, PurposeSet,
};

use super::script::{self, Cohort, Script, Step, Words};
use crate::forget::REASONS;

/// What a step does.
pub(super) enum Deed {
    Collect(Vec<Record>),
    Fact {
        kind: FactId,
        manner: Vec<String>,
        matter: Option<String>,
    },
    Consent {
        purpose: PurposeId,
        channels: ChannelSet,
        proof: Stated,
    },
    Withdraw(PurposeId, ChannelSet),
    Object(ObjectedTo),
    Hold {
        purpose: PurposeId,
        categories: Vec<CategoryId>,
        matter: Option<String>,
        review_days: i64,
        reason: Stated,
    },
    LiftHolds,
    Restrict(CategorySet),
    Forget(ErasureGround),
    Read(Request),
    Copy,
    Leave,
}

/// A record to be collected.
pub(super) struct Record {
    pub(super) category: CategoryId,
    pub(super) kind: KindId,
    pub(super) origin: Vec<OriginId>,
    pub(super) purposes: PurposeSet,
    pub(super) matter: Option<String>,
    pub(super) chance: u32,
    pub(super) fields: Vec<(FieldId, Words)>,
}

/// A record that goes with an act.
pub(super) struct Stated {
    pub(super) category: CategoryId,
    pub(super) origin: OriginId,
    pub(super) fields: Vec<(FieldId, Words)>,
}

/// A step, with those who may do it.
pub(super) struct Act {
    pub(super) deed: Deed,
    pub(super) by: Vec<Account>,
    pub(super) acting_as: ActorKind,
}

/// The steps of all chapters of all cohorts: by cohort, chapter and step.
pub(super) type Acts = Vec<Vec<Vec<Act>>>;

/// Reads the steps of a script in the words of a policy.
///
/// # Errors
/// [`FaultKind::Invalid`] with the place of what the policy does not know.
pub(super) fn acts(script: &Script, policy: &Policy) -> Result<Acts, Fault> {
    let reader = Reader { policy };
    let by = accounts(&script.by).map_err(|fault| at(fault, "by"))?;
    let cohort = |cohort: &Cohort| {
        let chapters = cohort.chapter.iter().map(|chapter| {
            let steps = (1..).zip(&chapter.step).map(|(number, step)| {
                reader.act(step, &by).map_err(|fault| {
                    let place = format!(
                        "cohort `{}`, chapter `{}`, step {number}",
                        cohort.name, chapter.name
                    );
                    at(fault, &place)
                })
            });
            steps.collect::<Result<Vec<_>, _>>()
        });
        chapters.collect::<Result<Vec<_>, _>>()
    };
    script.cohort.iter().map(cohort).collect()
}

/// A fault of the script, with its place.
pub(super) fn at(mut fault: Fault, place: &str) -> Fault {
    fault.message = format!("demo.toml, {place}: {}", fault.message);
    fault
}

/// A fault of the script.
pub(super) fn wrong(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Invalid, message).remedy("mend the script of the demonstration")
}

fn accounts(names: &[String]) -> Result<Vec<Account>, Fault> {
    let accounts = names.iter().map(|name| Account::parse(name));
    let accounts = accounts.collect::<Result<Vec<_>, _>>()?;
    match accounts.is_empty() {
        true => Err(wrong("it takes at least one account")),
        false => Ok(accounts),
    }
}

struct Reader<'a> {
    policy: &'a Policy,
}

impl Reader<'_> {
    fn act(&self, step: &Step, anybody: &[Account]) -> Result<Act, Fault> {
        let by = match &step.by {
            Some(names) => accounts(names)?,
            None => anybody.to_vec(),
        };
        let acting_as = match step.acting_as.as_deref() {
            None | Some("staff") => ActorKind::Staff,
            Some("person") => ActorKind::Person,
            Some("program") => ActorKind::Program,
            Some(_) => return Err(wrong("`as` is `staff`, `person` or `program`")),
        };
        let mut deeds = self.deeds(step)?;
        match (deeds.pop(), deeds.is_empty()) {
            (Some(deed), true) => Ok(Act {
                deed,
                by,
                acting_as,
            }),
            _ => Err(wrong("a step does one thing")),
        }
    }

    fn deeds(&self, step: &Step) -> Result<Vec<Deed>, Fault> {
        let mut deeds = Vec::new();
        if !step.collect.is_empty() {
            let records = step.collect.iter().map(|one| self.record(one));
            deeds.push(Deed::Collect(records.collect::<Result<_, _>>()?));
        }
        if let Some(fact) = &step.fact {
            deeds.push(Deed::Fact {
                kind: known(self.policy.fact_named(&fact.name), "fact", &fact.name)?,
                manner: fact.manner.clone(),
                matter: fact.matter.clone(),
            });
        }
        if let Some(consent) = &step.consent {
            deeds.push(Deed::Consent {
                purpose: self.purpose(&consent.purpose)?,
                channels: self.channels(&consent.channels)?,
                proof: self.stated(&consent.proof)?,
            });
        }
        if let Some(withdraw) = &step.withdraw {
            let channels = self.channels(&withdraw.channels)?;
            deeds.push(Deed::Withdraw(self.purpose(&withdraw.purpose)?, channels));
        }
        if let Some(object) = &step.object {
            deeds.push(Deed::Object(match &object.purpose {
                Some(name) => ObjectedTo::Purpose(self.purpose(name)?),
                None => ObjectedTo::Canvassing,
            }));
        }
        if let Some(hold) = &step.hold {
            deeds.push(self.hold(hold)?);
        }
        if step.lift_holds {
            deeds.push(Deed::LiftHolds);
        }
        if let Some(names) = &step.restrict {
            let categories = names.iter().map(|name| self.category(name));
            deeds.push(Deed::Restrict(categories.collect::<Result<_, _>>()?));
        }
        if let Some(reason) = &step.forget {
            let ground = REASONS.iter().find(|(name, _)| name == reason);
            let ground = ground.map(|(_, ground)| *ground);
            deeds.push(Deed::Forget(known(ground, "reason of erasure", reason)?));
        }
        if let Some(read) = &step.read {
            deeds.push(Deed::Read(self.request(read)?));
        }
        if step.copy {
            deeds.push(Deed::Copy);
        }
        if step.leave {
            deeds.push(Deed::Leave);
        }
        Ok(deeds)
    }

    fn record(&self, one: &script::Collect) -> Result<Record, Fault> {
        let category = self.category(&one.category)?;
        let origins = one.origin.iter().map(|name| self.origin(name));
        let purposes = one.purposes.iter().map(|name| self.purpose(name));
        Ok(Record {
            category,
            kind: known(self.policy.kind_named(&one.kind), "kind", &one.kind)?,
            origin: origins.collect::<Result<_, _>>()?,
            purposes: purposes.collect::<Result<_, _>>()?,
            matter: one.matter.clone(),
            chance: one.chance,
            fields: self.fields(category, one.fields.iter())?,
        })
    }

    fn stated(&self, one: &script::Statement) -> Result<Stated, Fault> {
        let category = self.category(&one.category)?;
        Ok(Stated {
            category,
            origin: self.origin(&one.origin)?,
            fields: self.fields(category, one.fields.iter())?,
        })
    }

    fn hold(&self, hold: &script::Hold) -> Result<Deed, Fault> {
        let categories = hold.categories.iter().map(|name| self.category(name));
        Ok(Deed::Hold {
            purpose: self.purpose(&hold.purpose)?,
            categories: categories.collect::<Result<_, _>>()?,
            matter: hold.matter.clone(),
            review_days: hold.review_days,
            reason: self.stated(&hold.reason)?,
        })
    }

    fn request(&self, read: &script::Read) -> Result<Request, Fault> {
        let recipient = self.policy.recipient_named(&read.recipient);
        let channel = read.channel.as_ref().map(|name| self.channel(name));
        Ok(Request {
            recipient: known(recipient, "recipient", &read.recipient)?,
            purpose: self.purpose(&read.purpose)?,
            channel: channel.transpose()?,
            categories: CategorySet(u128::MAX),
        })
    }

    fn fields<'w>(
        &self,
        category: CategoryId,
        fields: impl Iterator<Item = (&'w String, &'w Words)>,
    ) -> Result<Vec<(FieldId, Words)>, Fault> {
        let fields = fields.map(|(name, words)| {
            let within = format!("{}.{name}", self.policy.category(category).name);
            let field = known(self.policy.field_named(&within), "field", &within)?;
            Ok((field, words.clone()))
        });
        fields.collect()
    }

    fn category(&self, name: &str) -> Result<CategoryId, Fault> {
        known(self.policy.category_named(name), "category", name)
    }

    fn purpose(&self, name: &str) -> Result<PurposeId, Fault> {
        known(self.policy.purpose_named(name), "purpose", name)
    }

    fn origin(&self, name: &str) -> Result<OriginId, Fault> {
        known(self.policy.origin_named(name), "origin", name)
    }

    fn channel(&self, name: &str) -> Result<policy::model::ChannelId, Fault> {
        known(self.policy.channel_named(name), "channel", name)
    }

    fn channels(&self, names: &[String]) -> Result<ChannelSet, Fault> {
        names.iter().map(|name| self.channel(name)).collect()
    }
}

fn known<T>(found: Option<T>, sort: &str, name: &str) -> Result<T, Fault> {
    found.ok_or_else(|| wrong(format!("the policy has no {sort} `{name}`")))
}
