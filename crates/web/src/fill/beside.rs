//! The same person as two readers see them.

use domain::RecordId;
use domain::subject::Held;
use policy::model::FieldId;
use services::view::View;

use super::Fill;
use super::reading::Reader;
use crate::pages::beside::{Beside, Group, Row, Seen};

impl Fill<'_> {
    /// The page of both readings.
    pub(crate) fn beside(
        self,
        one: (Option<Reader>, &View),
        other: (Option<Reader>, &View),
    ) -> Beside {
        let held = one.1.subject.records.iter().filter(|held| !held.tombstone);
        Beside {
            id: one.1.subject.id.to_string(),
            one: self.reading(one.0),
            other: self.reading(other.0),
            groups: held.map(|held| self.group(held, one, other)).collect(),
        }
    }

    fn group(
        self,
        held: &Held,
        one: (Option<Reader>, &View),
        other: (Option<Reader>, &View),
    ) -> Group {
        let fields = (0..64u8).filter(|at| held.fields & (1 << at) != 0);
        let rows = fields.map(|at| {
            let field = FieldId {
                category: held.category,
                field: at,
            };
            Row {
                field: self.say(&self.policy().field(field).title),
                one: self.seen(held.id, at, one),
                other: self.seen(held.id, at, other),
            }
        });
        Group {
            category: self.category(held.category),
            rows: rows.collect(),
        }
    }

    /// What a reader sees of one field of one record.
    fn seen(self, record: RecordId, at: u8, (reader, view): (Option<Reader>, &View)) -> Seen {
        if reader.is_none() {
            return Seen::Unasked;
        }
        let opened = view
            .opened
            .iter()
            .find(|opened| opened.permitted.record == record);
        if let Some(value) = opened.and_then(|opened| opened.values.disclose().0.get(&at)) {
            return Seen::Value(value.display());
        }
        let closed = view
            .withheld
            .iter()
            .find(|one| one.record == record && one.fields & (1 << at) != 0);
        let rule = closed.map(|one| one.rule).or(view.refused);
        rule.map_or(Seen::Unasked, |rule| Seen::Withheld(self.why(rule)))
    }
}
