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
        let records = one.1.subject.records.iter();
        let mut held: Vec<_> = records.filter(|held| !held.tombstone).collect();
        held.sort_by_key(|held| (held.category, held.collected));
        Beside {
            id: one.1.subject.id.to_string(),
            one: self.reading(one.0),
            other: self.reading(other.0),
            groups: held
                .into_iter()
                .map(|held| self.group(held, one, other))
                .collect(),
        }
    }

    fn group(
        self,
        held: &Held,
        one: (Option<Reader>, &View),
        other: (Option<Reader>, &View),
    ) -> Group {
        let fields = (0..64u8).filter(|at| held.fields & (1 << at) != 0);
        let seen = fields.map(|at| {
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
        // What is closed to both by the same rules is said once.
        let mut rows: Vec<Row> = Vec::new();
        for row in seen {
            let alike = |other: &&mut Row| {
                let values = [&row.one, &row.other].map(|it| matches!(it, Seen::Value(_)));
                values == [false, false] && (&other.one, &other.other) == (&row.one, &row.other)
            };
            match rows.iter_mut().find(alike) {
                Some(other) => other.field = format!("{}, {}", other.field, row.field),
                None => rows.push(row),
            }
        }
        Group {
            category: self.category(held.category),
            collected: self.day(held.collected),
            rows,
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
            return Seen::Value(self.value(value));
        }
        let closed = view
            .withheld
            .iter()
            .find(|one| one.record == record && one.fields & (1 << at) != 0);
        let rule = closed.map(|one| one.rule).or(view.refused);
        rule.map_or(Seen::Unasked, |rule| Seen::Withheld(self.why(rule)))
    }
}
