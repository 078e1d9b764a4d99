//! The proof of one entry for an outsider, who needs the journal's public key and nothing else.

use domain::{Fault, FaultKind, RecordId, SubjectId};
use jiff::Timestamp;
use journal::tile::TileNodes;
use journal::{
    Act, Destination, EntryPart, InclusionBundle, PartProof, Proved, SealFault, Sealed, TileId,
    VerifierKey,
};

use super::files::JournalFiles;
use crate::act::Acting;
use crate::kept::Kept;
use crate::trace::basis_name;

/// A proof, and what it shows.
#[derive(Debug)]
pub struct Proof {
    /// The text to hand over, for a file named `*.tlog-proof`.
    pub text: String,
    /// What it shows to whoever checks it.
    pub proved: Proved,
    /// The public key to check it with, as the journal publishes it.
    pub verifier: VerifierKey,
    /// Where the journal says that it was made; none in a dry run.
    pub receipt: Option<u64>,
}

impl Kept {
    /// Proves an entry, or with it one part of a bulk act, against the last published checkpoint.
    /// A proof opens the entry's detail, which is an act of its own in the journal (9d).
    ///
    /// # Errors
    /// [`FaultKind::Absent`] when there is no such entry or part, or its detail was pruned,
    /// [`FaultKind::Conflict`] when no checkpoint covers it yet, [`FaultKind::Integrity`] when
    /// what is stored does not hold together.
    pub fn prove_entry(
        &self,
        seq: u64,
        part: Option<u64>,
        acting: &Acting,
    ) -> Result<Proof, Fault> {
        let _still = self.hold_journal();
        let vault = self.vault();
        let files = JournalFiles::new(vault.layout().journal());
        let stored = vault.data().read(|reader| reader.entries(seq, 1))?;
        let stored = stored
            .into_iter()
            .find(|entry| entry.seq == seq)
            .ok_or_else(|| absent(format!("the journal has no entry {seq}")))?;
        let checkpoint = self.last_checkpoint(&files)?;
        let (Some(checkpoint), Some(text)) = (checkpoint, files.checkpoint()?) else {
            return Err(uncovered(seq));
        };
        if checkpoint.size <= seq {
            return Err(uncovered(seq));
        }
        let kept = stored
            .kept
            .ok_or_else(|| absent(format!("the details of entry {seq} were pruned")))?;
        let opening = vault
            .keyring()
            .open_detail(&kept.detail, Sealed::Detail)
            .map_err(|fault| unopened(seq, fault))?;
        let part = part.map(|index| self.part_proof(seq, index)).transpose()?;
        let mut nodes = TileNodes::new(|id: TileId| files.tile(id), checkpoint.size);
        let bundle = InclusionBundle::prove(&mut nodes, seq, checkpoint.size, opening, part, &text)
            .map_err(|fault| broken(seq).because(fault.to_string()))?;
        let proved = bundle
            .verify(&vault.origin(), &[vault.verifier()])
            .map_err(|fault| broken(seq).because(fault))?;
        let receipt = match acting.dry_run {
            true => None,
            false => Some(self.trace_proof(&proved, acting)?),
        };
        Ok(Proof {
            text: bundle.to_text(),
            proved,
            verifier: vault.verifier(),
            receipt,
        })
    }

    fn part_proof(&self, seq: u64, index: u64) -> Result<PartProof, Fault> {
        let vault = self.vault();
        let rows = vault.data().read(|reader| reader.entry_parts(seq))?;
        let none = || absent(format!("entry {seq} has no part {index}"));
        let place = usize::try_from(index).map_err(|_| none())?;
        let wanted = rows.get(place).ok_or_else(none)?;
        let opening = vault
            .keyring()
            .open_detail(&wanted.detail, Sealed::Part)
            .map_err(|fault| unopened(seq, fault))?;
        let parts = rows
            .iter()
            .map(|row| {
                Ok(EntryPart {
                    subject: row.subject.0,
                    commitment: row
                        .commitment
                        .as_slice()
                        .try_into()
                        .map_err(|_| broken(seq))?,
                    sealed: Vec::new(),
                })
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        PartProof::new(&parts, index, opening).ok_or_else(none)
    }

    fn trace_proof(&self, proved: &Proved, acting: &Acting) -> Result<u64, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        let mut detail = self.detail(Act::TraceShown, &acting.actor, moment, &law);
        let part = proved.part.as_ref().map(|part| part.subject);
        detail.subject = part.or(proved.detail.subject);
        detail.reference = Some(proved.index);
        detail.destination = Destination::File;
        self.vault().record(&detail)
    }
}

/// What a proof shows, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The entry's number.
    pub entry: u64,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// Whose journal it is.
    pub origin: String,
    /// The act's name.
    pub act: &'static str,
    /// What kind of actor it was.
    pub actor: &'static str,
    /// The actor's account.
    pub account: String,
    /// When.
    pub at: Timestamp,
    /// Whose data, where it is one person's: that of the part, where one is proved.
    pub subject: Option<String>,
    /// Which records.
    pub records: Vec<String>,
    /// The rule that granted or refused.
    pub rule: Option<String>,
    /// Which categories, as numbers of the installation's registry of names.
    pub categories: Vec<u32>,
    /// For which purpose, as such a number.
    pub purpose: Option<u32>,
    /// On which legal basis.
    pub basis: Option<&'static str>,
    /// How many.
    pub count: Option<u64>,
    /// The version of the policy it was decided by.
    pub policy_version: u32,
}

impl Proof {
    /// What it shows, in words.
    #[must_use]
    pub fn shown(&self) -> Shown {
        shown(&self.proved)
    }
}

fn shown(proved: &Proved) -> Shown {
    let detail = &proved.detail;
    let (subject, records) = match &proved.part {
        Some(part) => (Some(part.subject), &part.records),
        None => (detail.subject, &detail.records),
    };
    let rule = proved.part.as_ref().and_then(|part| part.rule.clone());
    Shown {
        entry: proved.index,
        size: proved.checkpoint.size,
        origin: proved.checkpoint.origin.clone(),
        act: detail.act.name(),
        actor: detail.actor.kind.name(),
        account: detail.actor.handle.clone(),
        at: Timestamp::from_microsecond(detail.at).unwrap_or_default(),
        subject: subject.map(|id| SubjectId(id).to_string()),
        records: records.iter().map(|id| RecordId(*id).to_string()).collect(),
        rule: rule.or_else(|| detail.rule.clone()),
        categories: match &proved.part {
            Some(part) => part.categories.clone(),
            None => detail.categories.clone(),
        },
        purpose: detail.purpose,
        basis: detail.basis.and_then(basis_name),
        count: detail.count,
        policy_version: detail.policy_version,
    }
}

/// Checks a proof with nothing but the journal's public key.
///
/// # Errors
/// [`FaultKind::Invalid`] when it proves nothing, with the reason and, where there is one, the
/// line.
pub fn check_proof(text: &str, key: &VerifierKey) -> Result<Shown, Fault> {
    InclusionBundle::parse(text)
        .and_then(|bundle| bundle.verify(key.name(), std::slice::from_ref(key)))
        .map(|proved| shown(&proved))
        .map_err(|fault| {
            Fault::new(FaultKind::Invalid, format!("this proves nothing: {fault}"))
                .remedy("ask for the proof again, and for the key from another source")
                .because(fault)
        })
}

/// A journal's public key from its text, as the file `journal/verifier` has it.
///
/// # Errors
/// [`FaultKind::Invalid`] when it is none.
pub fn verifier(text: &str) -> Result<VerifierKey, Fault> {
    VerifierKey::parse(text.trim()).map_err(|fault| {
        Fault::new(
            FaultKind::Invalid,
            format!("this is no public key of a journal: {fault}"),
        )
        .remedy("copy the whole line of the file `journal/verifier`")
        .because(fault)
    })
}

fn absent(message: String) -> Fault {
    Fault::new(FaultKind::Absent, message)
        .remedy("`kept journal verify` says how many entries there are")
}

fn uncovered(seq: u64) -> Fault {
    Fault::new(
        FaultKind::Conflict,
        format!("no checkpoint covers entry {seq} yet"),
    )
    .remedy("publish one with `kept journal checkpoint`, then prove the entry")
}

fn unopened(seq: u64, fault: SealFault) -> Fault {
    match fault {
        SealFault::NoKey(_) => absent(format!("the details of entry {seq} were pruned")),
        SealFault::Truncated | SealFault::UnknownVersion | SealFault::Damaged => {
            broken(seq).because(fault)
        }
    }
}

fn broken(seq: u64) -> Fault {
    Fault::new(
        FaultKind::Integrity,
        format!("entry {seq} is not what the last checkpoint covers"),
    )
    .remedy("run `kept journal verify` to see what was changed")
}
