//! What was imposed after a backup is imposed again on what the backup brought back: withdrawals,
//! objections, restrictions, holds, and the grounds that they ended (mechanism, 6). Where that is
//! not possible exactly, the person is restricted until somebody has looked.

use std::collections::BTreeMap;

use domain::act::latch;
use domain::dossier::{decode_dossier, decode_held, encode_dossier, encode_held};
use domain::subject::{Held, Restriction, Subject};
use domain::sweep::due;
use domain::{Fault, Moment, RestrictionId, SubjectId};
use door::change::Change;
use door::restrictive::Imposed;
use journal::Act;
use policy::model::{CategorySet, Then};

use crate::act::{Acting, next_look};
use crate::concern::concern;
use crate::hold::declared;
use crate::kept::Kept;
use crate::law::Law;

/// What imposing again came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Imposing {
    /// People on whom something was imposed again.
    pub people: u64,
    /// Of them, those who are restricted whole until somebody has looked.
    pub to_be_looked_at: u64,
}

impl Kept {
    /// Imposes again what the log beside the keyring says, on whomever the data holds. What stands
    /// already stays as it is: it can be done any number of times.
    pub(super) fn impose_again(&self, acting: &Acting) -> Result<Imposing, Fault> {
        let mut done = Imposing::default();
        for (id, lines) in self.imposed_by_person()? {
            let (law, moment) = (self.law(), self.moment()?);
            let Some(loaded) = self.vault.load(id, &law.names)? else {
                continue;
            };
            let mut subject = loaded.subject;
            let before = (subject.version, subject.clone());
            let mut exact = true;
            for line in &lines {
                exact &= impose(&mut subject, line, &law);
            }
            if !exact {
                let id = RestrictionId::new(moment.now, self.vault.entropy());
                restrict_whole(&mut subject, id, &law, moment);
            }
            if subject == before.1 {
                continue;
            }
            subject.version += 1;
            latch(&law.in_force, &mut subject, moment);
            let change = self.reimposed(&law, subject, before.0, acting, moment);
            self.commit(&law, change, acting, moment)?;
            done.people += 1;
            done.to_be_looked_at += u64::from(!exact);
        }
        Ok(done)
    }

    fn imposed_by_person(&self) -> Result<BTreeMap<SubjectId, Vec<Imposed>>, Fault> {
        let mut by_person: BTreeMap<SubjectId, Vec<Imposed>> = BTreeMap::new();
        for line in self.vault.restrictive().imposed()? {
            by_person.entry(line.subject).or_default().push(line);
        }
        Ok(by_person)
    }

    /// Of how many people all that the log says is in force, and of how many it is not.
    pub(super) fn imposed_in_force(&self) -> Result<(u64, u64), Fault> {
        let (mut holds, mut fails) = (0, 0);
        for (id, lines) in self.imposed_by_person()? {
            let law = self.law();
            let Some(loaded) = self.vault.load(id, &law.names)? else {
                continue;
            };
            let mut again = loaded.subject.clone();
            let stands = lines.iter().all(|line| impose(&mut again, line, &law));
            // One that could not be imposed exactly is restricted whole.
            let restricted = is_restricted_whole(&loaded.subject, &law);
            match (stands && again == loaded.subject) || restricted {
                true => holds += 1,
                false => fails += 1,
            }
        }
        Ok((holds, fails))
    }

    fn reimposed(
        &self,
        law: &Law,
        subject: Subject,
        decided_on: u64,
        acting: &Acting,
        moment: Moment,
    ) -> Change {
        let gone: Vec<_> = due(&law.in_force, &subject, moment)
            .into_iter()
            .filter(|due| due.then == Then::Delete)
            .map(|due| due.record)
            .collect();
        let mut detail = self.detail(Act::Reimposed, &acting.actor, moment, law);
        detail.subject = Some(subject.id.0);
        detail.records = gone.iter().map(|record| record.0).collect();
        concern(&mut detail, law, &subject, moment);
        let stays = |held: &&Held| !held.tombstone && !gone.contains(&held.id);
        Change {
            decided_on: Some(decided_on),
            seal: Vec::new(),
            changed: subject
                .records
                .iter()
                .filter(stays)
                .map(|it| it.id)
                .collect(),
            due: next_look(law, &subject, &gone, moment).map(|at| at.as_microsecond()),
            destroy: gone,
            suppress: Vec::new(),
            details: vec![detail],
            restrictive: Vec::new(),
            // The log has it already.
            imposed: None,
            owed: Vec::new(),
            subject,
        }
    }
}

/// Imposes one line on a person; says whether that was possible exactly.
fn impose(subject: &mut Subject, line: &Imposed, law: &Law) -> bool {
    let dossier = decode_dossier(subject.id, subject.version, &line.dossier, &law.names);
    let Ok(said) = dossier else {
        return false;
    };
    // What the policy of the backup does not name yet is left out in reading, and is missed here.
    let mut exact = encode_dossier(&said, &law.names) == line.dossier;
    for consent in said.consents {
        let mut own = subject.consents.iter_mut();
        if let Some(own) = own.find(|own| own.id == consent.id) {
            own.withdrawn = own.withdrawn.or(consent.withdrawn);
        }
    }
    for objection in said.objections {
        if subject.objections.iter().all(|own| own.id != objection.id) {
            subject.objections.push(objection);
        }
    }
    for restriction in said.restrictions {
        if subject
            .restrictions
            .iter()
            .all(|own| own.id != restriction.id)
        {
            subject.restrictions.push(restriction);
        }
    }
    for mut hold in said.holds {
        if subject.holds.iter().all(|own| own.id != hold.id) {
            // The reason was sealed after the backup, and is lost.
            let held = |id| subject.records.iter().any(|held| held.id == id);
            hold.reason = hold.reason.filter(|id| held(*id));
            subject.holds.push(hold);
        }
    }
    for (record, clear) in &line.records {
        let Some(own) = subject.records.iter_mut().find(|own| own.id == *record) else {
            continue;
        };
        match ended(own, clear, law) {
            Some(held) => {
                exact &= encode_held(&held, &law.names) == *clear;
                end_grounds(own, &held);
            }
            None => exact = false,
        }
    }
    exact
}

/// A record as a line has it.
fn ended(own: &Held, clear: &[u8], law: &Law) -> Option<Held> {
    let (names, category) = (&law.names, own.category);
    decode_held(clear, names, own.id, category, own.key, own.tombstone).ok()
}

fn end_grounds(own: &mut Held, said: &Held) {
    for ground in &mut own.grounds {
        let same = said.grounds.iter().find(|it| {
            (it.purpose, it.kind, it.since) == (ground.purpose, ground.kind, ground.since)
        });
        if ground.ended.is_none() {
            ground.ended = same.and_then(|same| same.ended);
        }
    }
}

fn restrict_whole(subject: &mut Subject, id: RestrictionId, law: &Law, moment: Moment) {
    if !is_restricted_whole(subject, law) {
        subject.restrictions.push(Restriction {
            id,
            categories: declared(law, CategorySet(u128::MAX)).collect(),
            since: moment.now,
            lifted: None,
        });
    }
}

fn is_restricted_whole(subject: &Subject, law: &Law) -> bool {
    let standing = subject.restrictions.iter();
    let mut standing = standing.filter(|it| it.lifted.is_none());
    standing.any(|it| {
        let mut all = declared(law, CategorySet(u128::MAX));
        all.all(|category| it.categories.contains(category))
    })
}
