//! A record that goes with an act: the proof of a consent, the reason of a hold. It is collected
//! like any other, for purposes of the policy, and sealed (mechanism, 4).

use domain::collect::{Collection, decide_collection};
use domain::subject::Subject;
use domain::value::Payload;
use domain::{Fault, FaultKind, Moment, Personal, RecordId};
use policy::model::{CategoryId, KindId, OriginId, PurposeId, PurposeSet};

use crate::act::{Acting, Decided};
use crate::collect::NewData;
use crate::kept::Kept;
use crate::law::Law;

/// What is stated with an act.
#[derive(Clone)]
pub struct Statement {
    /// The category of its fields.
    pub category: CategoryId,
    /// The values.
    pub values: Personal<Payload>,
    /// Where it comes from (6a).
    pub origin: OriginId,
    /// As what kind of data subject the person is met; left out: what they are today.
    pub kind: Option<KindId>,
    /// What it is collected for, if that may be; otherwise every purpose that uses the category
    /// and may.
    pub purposes: PurposeSet,
    /// When it was made; left out: now.
    pub made: Option<jiff::Timestamp>,
}

impl Kept {
    /// Takes a statement in as a record of the person, as part of an act on them.
    pub(crate) fn take_statement(
        &self,
        law: &Law,
        subject: &mut Subject,
        statement: &Statement,
        acting: &Acting,
        moment: Moment,
    ) -> Result<(RecordId, Decided), Fault> {
        let kind = match statement.kind {
            Some(kind) => kind,
            None => present_kind(subject, moment)?,
        };
        let collection = |purposes| Collection {
            category: statement.category,
            fields: statement.values.disclose().fields(),
            origin: statement.origin,
            brought_by: acting.actor.account.clone(),
            purposes,
            kind,
            matter: None,
            processor: None,
            collected: statement.made.unwrap_or(moment.now),
            approved: false,
        };
        let preferred = collection(statement.purposes);
        let purposes = match decide_collection(&law.in_force, subject, &preferred, &[], moment) {
            Ok(_) => statement.purposes,
            Err(_) => permitted(law, subject, &collection, moment),
        };
        let data = NewData {
            derived_from: Vec::new(),
            collection: collection(purposes),
            values: statement.values.clone(),
            unique: None,
        };
        let decided = self.take_in(law, subject, vec![data], acting, moment)?;
        let record = decided.seal.first().map(|new| new.record);
        record
            .map(|record| (record, decided))
            .ok_or_else(|| Fault::new(FaultKind::Invalid, "there is nothing in the statement"))
    }
}

/// The purposes for which the collection is allowed, each by itself; where none is, those that
/// use the category, so that the refusal says what is in the way.
fn permitted(
    law: &Law,
    subject: &Subject,
    collection: &dyn Fn(PurposeSet) -> Collection,
    moment: Moment,
) -> PurposeSet {
    let category = collection(PurposeSet::EMPTY).category;
    let users = law.policy().tables.used_by[category.index()];
    let one = |purpose: PurposeId| [purpose].into_iter().collect::<PurposeSet>();
    let allowed: PurposeSet = users
        .iter()
        .filter(|purpose| {
            let alone = collection(one(*purpose));
            decide_collection(&law.in_force, subject, &alone, &[], moment).is_ok()
        })
        .collect();
    if allowed.is_empty() { users } else { allowed }
}

/// The kind of data subject that the person is today: the one that began last.
pub(crate) fn present_kind(subject: &Subject, moment: Moment) -> Result<KindId, Fault> {
    subject
        .roles
        .iter()
        .filter(|role| role.until.is_none_or(|until| moment.today <= until))
        .max_by_key(|role| role.since)
        .map(|role| role.kind)
        .ok_or_else(|| {
            Fault::new(
                FaultKind::Invalid,
                "the person is of no kind of data subject today",
            )
            .remedy("say as what kind the person is met")
        })
}
