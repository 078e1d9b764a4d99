//! What was done with a person's data: who, when, what for, by which rule (9d). The details of the
//! journal are opened with the keys of their months; what was pruned at its term stays proved and
//! says no more.

use domain::names::{Names, Sort};
use domain::{Actor, Fault, FaultKind, SubjectId};
use jiff::Timestamp;
use journal::{Act, Destination, Detail, Part, Sealed};
use policy::authorisation::Action;
use store::entry::StoredEntry;

use crate::concern::concern;
use crate::kept::Kept;

/// One act on a person's data, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Traced {
    /// Its place in the journal.
    pub entry: u64,
    /// When.
    pub at: Timestamp,
    /// What was done: the act's name.
    pub act: &'static str,
    /// The account that did it.
    pub account: String,
    /// What kind of actor that is.
    pub actor: &'static str,
    /// On whose behalf, nearest first.
    pub on_behalf_of: Vec<String>,
    /// For which purpose.
    pub purpose: Option<String>,
    /// On which legal basis.
    pub basis: Option<&'static str>,
    /// What the data concerned is held for beside that purpose, each with its basis, where one
    /// stands.
    pub grounds: Vec<(String, Option<&'static str>)>,
    /// As which recipient of the policy.
    pub recipient: Option<String>,
    /// In which role of the authorisation.
    pub role: Option<String>,
    /// From where, for what was collected.
    pub origin: Option<String>,
    /// Which categories.
    pub categories: Vec<String>,
    /// How many records.
    pub records: u64,
    /// The rule that allowed, refused or names the act.
    pub rule: Option<String>,
    /// Where what was opened went.
    pub destination: &'static str,
    /// The version of the policy by which it was decided.
    pub policy_version: u32,
}

/// A person's trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The acts, oldest first.
    pub acts: Vec<Traced>,
    /// Where the showing of this trace stands in the journal.
    pub receipt: u64,
}

impl Kept {
    /// Shows everything that was done with a person's data, this showing included.
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when the journal tells nothing of such a person,
    /// [`FaultKind::Integrity`] when a detail is damaged.
    pub fn trace(
        &self,
        id: SubjectId,
        actor: &Actor,
        destination: Destination,
    ) -> Result<Trace, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        if !self.is_told_of(id)? {
            return Err(Fault::new(
                FaultKind::Absent,
                "the journal tells nothing of such a person",
            )
            .remedy("check the identifier; what is past the trace's own term is told no more"));
        }
        let loaded = self.vault.load(id, &law.names)?;
        match &loaded {
            Some(one) => {
                self.permit_look(&law, &one.subject, Action::Trace, actor, moment)?;
            }
            // Somebody who is gone: of whom no category is known any more.
            None => self.permit_looking_through(&law, Action::Trace, actor, moment)?,
        }
        let mut detail = self.detail(Act::TraceShown, actor, moment, &law);
        detail.subject = Some(id.0);
        detail.destination = destination;
        detail.rule = Some(door::details::ACCESS.to_owned());
        if let Some(loaded) = loaded {
            concern(&mut detail, &law, &loaded.subject, moment);
        }
        let receipt = self.record_under(&law, vec![self.vault.entry(&detail)?])?;
        Ok(Trace {
            acts: self.acts_on(id)?,
            receipt,
        })
    }

    /// The acts on a person's data, as the journal tells them now.
    pub(crate) fn acts_on(&self, id: SubjectId) -> Result<Vec<Traced>, Fault> {
        self.acts_among(id, |_| true)
    }

    /// The acts on a person's data of some kinds; the others are not opened.
    pub(crate) fn acts_among(
        &self,
        id: SubjectId,
        wanted: impl Fn(Act) -> bool,
    ) -> Result<Vec<Traced>, Fault> {
        let names = &self.law().names;
        let mut entries = self.vault.data().entries_about(id)?;
        entries.retain(|entry| {
            let act = entry.kept.as_ref().and_then(|it| Act::of_number(it.act));
            act.is_none_or(&wanted)
        });
        let mut acts = Vec::with_capacity(entries.len());
        for entry in entries {
            if let Some((detail, part)) = self.opened_entry(id, &entry)? {
                acts.push(traced(entry.seq, &detail, part.as_ref(), names));
            }
        }
        Ok(acts)
    }

    /// Whether the journal tells anything of such a person.
    fn is_told_of(&self, id: SubjectId) -> Result<bool, Fault> {
        let entries = self.vault.data().entries_about(id)?;
        for entry in &entries {
            if self.opened_entry(id, entry)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// An entry's detail, with the person's part where it is one of a bulk act; nothing of what
    /// was pruned.
    fn opened_entry(
        &self,
        id: SubjectId,
        entry: &StoredEntry,
    ) -> Result<Option<(Detail, Option<Part>)>, Fault> {
        let Some(detail) = self.opened_detail(entry)? else {
            return Ok(None);
        };
        if detail.parts.is_none() {
            return Ok(Some((detail, None)));
        }
        let rows = self
            .vault
            .data()
            .read(|reader| reader.entry_parts(entry.seq))?;
        let Some(row) = rows.iter().find(|row| row.subject == id) else {
            return Ok(Some((detail, None)));
        };
        let part = self
            .vault
            .keyring()
            .open_detail(&row.detail, Sealed::Part)
            .map_err(|fault| damaged(entry.seq).because(fault))?
            .part()
            .map_err(|fault| damaged(entry.seq).because(fault))?;
        Ok(Some((detail, Some(part))))
    }

    /// An entry's detail; nothing of one that was pruned.
    pub(crate) fn opened_detail(&self, entry: &StoredEntry) -> Result<Option<Detail>, Fault> {
        let Some(kept) = &entry.kept else {
            return Ok(None);
        };
        let opening = match self
            .vault
            .keyring()
            .open_detail(&kept.detail, Sealed::Detail)
        {
            Ok(opening) => opening,
            // The month's key went with the trace's own term.
            Err(journal::SealFault::NoKey(_)) => return Ok(None),
            Err(fault) => return Err(damaged(entry.seq).because(fault)),
        };
        let detail = opening.detail();
        detail
            .map(Some)
            .map_err(|fault| damaged(entry.seq).because(fault))
    }
}

pub(crate) fn traced(entry: u64, detail: &Detail, part: Option<&Part>, names: &Names) -> Traced {
    let name = |sort, number: Option<u32>| {
        number.and_then(|number| names.name_of(sort, number).map(str::to_owned))
    };
    let categories = part.map_or(&detail.categories, |part| &part.categories);
    let records = part.map_or(&detail.records, |part| &part.records);
    let grounds = part.map_or(&detail.grounds, |part| &part.grounds);
    // A bulk act states its purpose once, and each part the bases on which it rests.
    let own = grounds
        .iter()
        .find(|ground| Some(ground.purpose) == detail.purpose);
    let basis = detail.basis.or(own.map(|ground| ground.basis));
    let stated = (detail.purpose, basis);
    Traced {
        entry,
        at: Timestamp::from_microsecond(detail.at).unwrap_or_default(),
        act: detail.act.name(),
        account: detail.actor.handle.clone(),
        actor: detail.actor.kind.name(),
        on_behalf_of: detail
            .on_behalf_of
            .iter()
            .map(|one| one.handle.clone())
            .collect(),
        purpose: name(Sort::Purpose, detail.purpose),
        basis: basis.and_then(basis_name),
        grounds: grounds
            .iter()
            .filter(|ground| (Some(ground.purpose), Some(ground.basis)) != stated)
            .filter_map(|ground| {
                let purpose = name(Sort::Purpose, Some(ground.purpose))?;
                Some((purpose, basis_name(ground.basis)))
            })
            .collect(),
        recipient: name(Sort::Recipient, detail.recipient),
        role: name(Sort::Role, detail.role),
        origin: name(Sort::Origin, detail.origin),
        categories: categories
            .iter()
            .filter_map(|number| name(Sort::Category, Some(*number)))
            .collect(),
        records: records.len() as u64,
        rule: part
            .and_then(|part| part.rule.clone())
            .or_else(|| detail.rule.clone()),
        destination: detail.destination.name(),
        policy_version: detail.policy_version,
    }
}

/// The legal basis of a number in the journal: the letter of GDPR 6(1), from 1.
pub(crate) fn basis_name(number: u32) -> Option<&'static str> {
    Some(match number {
        1 => "consent",
        2 => "contract",
        3 => "legal-obligation",
        4 => "vital-interests",
        5 => "public-task",
        6 => "legitimate-interests",
        _ => return None,
    })
}

fn damaged(entry: u64) -> Fault {
    Fault::new(
        FaultKind::Integrity,
        format!("the detail of entry {entry} of the journal is damaged"),
    )
    .remedy("run `kept journal verify` to see what else is")
}
