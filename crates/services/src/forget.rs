//! Erasure on request: the grounds that the reason reaches end at once; what nothing keeps any
//! more is destroyed before the answer (13b, 10j).

use domain::act::Effects;
use domain::act::erase::{erase, erase_records};
use domain::subject::Subject;
use domain::sweep::due;
use domain::{Fault, Moment, RecordId, SubjectId};
use jiff::Timestamp;
use journal::{Act, Destination};
use policy::authorisation::Action;
use policy::model::{CategoryId, CategorySet, ErasureGround};

use crate::act::{Acted, Acting, Decided};
use crate::correct::no_record;
use crate::kept::Kept;
use crate::law::Law;
use crate::refused::Tried;
use crate::trace::Traced;

/// What became of a person's data.
#[derive(Debug)]
pub struct Forgotten {
    /// The act.
    pub acted: Acted,
    /// The records that stay, because a duty, a hold or a restriction keeps them.
    pub stays: Vec<RecordId>,
    /// The copies that went out before, as far as the trace goes back: whoever has them is to be
    /// asked to delete them.
    pub copies: Vec<CopyOut>,
    /// The epoch whose destruction makes old copies worthless too.
    pub epoch: u32,
}

/// A copy of a person's data that left Kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopyOut {
    /// The entry of the journal that tells of it.
    pub entry: u64,
    /// When it was made.
    pub at: Timestamp,
    /// The account that made it, who is to be asked where it is.
    pub account: String,
    /// In which role it was made; none for the copy that is the person's own right.
    pub recipient: Option<String>,
    /// Where it went: to a file, say.
    pub destination: &'static str,
    /// Which categories are in it.
    pub categories: Vec<String>,
}

impl Kept {
    /// The copies of a person's data that the trace tells of.
    fn copies_out(&self, id: SubjectId) -> Result<Vec<CopyOut>, Fault> {
        let out = |act: &Traced| {
            let leaves = [Destination::File, Destination::Api, Destination::Mail];
            let left = leaves.iter().any(|to| to.name() == act.destination);
            act.act == Act::CopyMade.name() || left && act.act == Act::Read.name()
        };
        let opens = |act| matches!(act, Act::CopyMade | Act::Read);
        let acts = self.acts_among(id, opens)?.into_iter().filter(out);
        Ok(acts
            .map(|act| CopyOut {
                entry: act.entry,
                at: act.at,
                account: act.account,
                recipient: act.recipient,
                destination: act.destination,
                categories: act.categories,
            })
            .collect())
    }

    /// Erases a person's data for a reason; some categories only, if they are named.
    ///
    /// # Errors
    /// [`domain::FaultKind::Absent`] when nothing is held about the person,
    /// [`domain::FaultKind::Unavailable`] when it cannot be done now.
    pub fn forget(
        &self,
        id: SubjectId,
        reason: ErasureGround,
        categories: Option<CategorySet>,
        acting: &Acting,
    ) -> Result<Forgotten, Fault> {
        let declared = self.law().policy().categories.len();
        let tried = Tried {
            categories: categories.map_or_else(Vec::new, |named| {
                named.iter().filter(|id| id.index() < declared).collect()
            }),
            ..Tried::of(Action::Erase)
        };
        self.forget_by(id, reason, &tried, acting, &|law, subject, moment| {
            erase(&law.in_force, subject, reason, categories, moment)
        })
    }

    /// Erases some of a person's records for a reason, and lets the others be.
    ///
    /// # Errors
    /// As [`Kept::forget`]; [`domain::FaultKind::Absent`] too when the person has none of these
    /// records.
    pub fn forget_records(
        &self,
        id: SubjectId,
        reason: ErasureGround,
        records: &[RecordId],
        acting: &Acting,
    ) -> Result<Forgotten, Fault> {
        let law = self.law();
        let subject = self.person(id, &law)?.subject;
        let held = subject.records.iter().filter(|held| !held.tombstone);
        let mut categories: Vec<CategoryId> = held
            .filter(|held| records.contains(&held.id))
            .map(|held| held.category)
            .collect();
        categories.sort_unstable();
        categories.dedup();
        if categories.is_empty() {
            return Err(no_record());
        }
        let tried = Tried {
            categories,
            ..Tried::of(Action::Erase)
        };
        self.forget_by(id, reason, &tried, acting, &|law, subject, moment| {
            erase_records(&law.in_force, subject, reason, records, moment)
        })
    }

    fn forget_by(
        &self,
        id: SubjectId,
        reason: ErasureGround,
        tried: &Tried,
        acting: &Acting,
        erase: &dyn Fn(&Law, &mut Subject, Moment) -> Effects,
    ) -> Result<Forgotten, Fault> {
        let acted = self.act_on(id, acting, tried, &|law, subject: &mut Subject, moment| {
            let effects = erase(law, subject, moment);
            let mut detail = self.detail(Act::Erased, &acting.actor, moment, law);
            detail.subject = Some(id.0);
            detail.records = due(&law.in_force, subject, moment)
                .iter()
                .map(|due| due.record.0)
                .collect();
            detail.rule = Some(name_of(reason).to_owned());
            Ok(Decided {
                effects,
                details: vec![detail],
                ..Decided::default()
            })
        })?;
        let law = self.law();
        let stays = match self.vault.load(id, &law.names)? {
            Some(loaded) => loaded
                .subject
                .records
                .iter()
                .map(|held| held.id)
                .filter(|record| !acted.destroyed.contains(record))
                .collect(),
            None => Vec::new(),
        };
        Ok(Forgotten {
            acted,
            stays,
            copies: self.copies_out(id)?,
            epoch: self.vault.keyring().active_epoch(),
        })
    }
}

/// The reasons for an erasure with their names on the command line and in the journal.
pub const REASONS: [(&str, ErasureGround); 7] = [
    ("no-longer-necessary", ErasureGround::NoLongerNecessary),
    ("consent-withdrawn", ErasureGround::ConsentWithdrawn),
    ("objection", ErasureGround::Objection),
    ("canvassing-objection", ErasureGround::CanvassingObjection),
    ("unlawful", ErasureGround::Unlawful),
    ("legal-obligation", ErasureGround::LegalObligation),
    ("child-online-service", ErasureGround::ChildOnlineService),
];

fn name_of(reason: ErasureGround) -> &'static str {
    REASONS
        .iter()
        .find(|(_, known)| *known == reason)
        .map_or("", |(name, _)| name)
}
