//! Statistics of what was anonymised (10h): which cells there are, and into which a record falls.
//!
//! Which cells a statistic has follows from the policy and the day alone, never from the people it
//! counts: an empty cell gets chance added like any other, and so tells as little
//! (`docs/decisions/0011-statistics.md`).

mod spread;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use policy::model::{
    Dimension, FieldId, FieldType, KindId, OriginId, Policy, ProjectionId, Then, YEARS_APART,
};

pub use spread::{Spread, release};

use crate::id::RecordId;
use crate::names::{Names, Sort};
use crate::subject::{Held, Subject};
use crate::sweep::Due;
use crate::time::{Entropy, Moment};
use crate::value::{Payload, Value, country};

/// The first decade that is told apart.
const DECADES_FROM: i16 = 1900;
/// What parts of a cell's stored form stand apart by.
const APART: char = '\u{1f}';
/// How many standard deviations of its chance a figure must stand above the smallest group: so many
/// that fewer than one figure in 100,000 has a smaller group behind it.
const SHOWN_ABOVE: u64 = 8;
/// How many are given as the range of a figure: nineteen in twenty are within.
const WITHIN: u64 = 2;

/// The cells of a statistic on one day.
pub struct Cells<'a> {
    policy: &'a Policy,
    axes: Vec<Axis>,
}

/// One dimension with its values, in their stored form; the last is for those who have none.
struct Axis {
    dimension: Dimension,
    values: Vec<String>,
}

impl<'a> Cells<'a> {
    /// The cells of a projection.
    #[must_use]
    pub fn new(
        policy: &'a Policy,
        names: &Names,
        projection: ProjectionId,
        moment: Moment,
    ) -> Self {
        let by = &policy.projections[projection.index()].by;
        let axes = by
            .iter()
            .map(|dimension| Axis::new(policy, names, *dimension, moment.today))
            .collect();
        Self { policy, axes }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// The cell that a record falls into.
    #[must_use]
    pub fn of(&self, held: &Held, values: &Payload, names: &Names, zone: &TimeZone) -> usize {
        self.axes.iter().fold(0, |cell, axis| {
            let stored = axis.stored(self.policy, held, values, names, zone);
            cell * axis.values.len() + axis.place(stored.as_deref())
        })
    }

    /// The stored form of a cell: it says by itself what was counted.
    #[must_use]
    pub fn stored(&self, cell: usize) -> String {
        let mut rest = cell;
        let mut parts: Vec<&str> = self
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let value = axis.values.get(rest % axis.values.len());
                rest /= axis.values.len();
                value.map_or("", String::as_str)
            })
            .collect();
        parts.reverse();
        parts.join(&APART.to_string())
    }
}

impl Axis {
    fn new(policy: &Policy, names: &Names, dimension: Dimension, today: Date) -> Self {
        let year = today.year();
        let head = head(names, dimension);
        let values: Vec<String> = match dimension {
            Dimension::Kind => (0..)
                .zip(&policy.kinds)
                .map(|(kind, _)| names.kind.number(KindId(kind)).to_string())
                .collect(),
            Dimension::Origin => (0..)
                .zip(&policy.origins)
                .map(|(origin, _)| names.origin.number(OriginId(origin)).to_string())
                .collect(),
            Dimension::YearOfCollection => (0..YEARS_APART as i16)
                .map(|before| (year - before).to_string())
                .collect(),
            Dimension::Decade(_) => (DECADES_FROM..=year)
                .step_by(10)
                .map(|decade| decade.to_string())
                .collect(),
            Dimension::Value(field) => match kind_of(policy, field) {
                Some(FieldType::Choice(values)) => values.clone(),
                Some(FieldType::Country) => country::codes().map(str::to_owned).collect(),
                Some(FieldType::Boolean) => ["yes", "no"].map(str::to_owned).into(),
                _ => Vec::new(),
            },
        };
        let values = values.into_iter().chain([String::new()]);
        Self {
            dimension,
            values: values.map(|value| format!("{head}{value}")).collect(),
        }
    }

    /// What a record has in this dimension.
    fn stored(
        &self,
        policy: &Policy,
        held: &Held,
        values: &Payload,
        names: &Names,
        zone: &TimeZone,
    ) -> Option<String> {
        // A record has the fields of its own category alone.
        let value = |field: FieldId| {
            let own = field.category == held.category;
            own.then(|| values.0.get(&field.field)).flatten()
        };
        let text = match self.dimension {
            Dimension::Kind => names.kind.number(held.grounds.first()?.kind).to_string(),
            Dimension::YearOfCollection => zone.to_datetime(held.collected).year().to_string(),
            Dimension::Origin => names.origin.number(held.origin).to_string(),
            Dimension::Decade(field) => match value(field)? {
                Value::Date(date) => (date.year().div_euclid(10) * 10).to_string(),
                _ => return None,
            },
            Dimension::Value(field) => {
                kind_of(policy, field)?;
                value(field)?.display()
            }
        };
        Some(format!("{}{text}", head(names, self.dimension)))
    }

    /// Where a value stands; the last place where it is not told apart.
    fn place(&self, stored: Option<&str>) -> usize {
        let found = self
            .values
            .iter()
            .position(|value| Some(value.as_str()) == stored);
        found.unwrap_or(self.values.len() - 1)
    }
}

fn kind_of(policy: &Policy, field: FieldId) -> Option<&FieldType> {
    let category = policy.categories.get(field.category.index())?;
    category
        .fields
        .get(usize::from(field.field))
        .map(|field| &field.kind)
}

/// What the stored form of a dimension's values begins with.
fn head(names: &Names, dimension: Dimension) -> String {
    match dimension {
        Dimension::Kind => "kind=".to_owned(),
        Dimension::YearOfCollection => "year=".to_owned(),
        Dimension::Origin => "origin=".to_owned(),
        Dimension::Decade(field) => format!("decade:{}=", names.field.number(field)),
        Dimension::Value(field) => format!("value:{}=", names.field.number(field)),
    }
}

/// A part of a cell, in the words of the policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// What it counts by: `kind`, `year-of-collection`, `decade:identity.date-of-birth`.
    pub by: String,
    /// Which value; none for those who have none, or one that is not told apart.
    pub is: Option<String>,
}

/// What a stored cell counts.
#[must_use]
pub fn parts(stored: &str, names: &Names) -> Vec<Part> {
    let part = |text: &str| {
        let (by, is) = text.split_once('=').unwrap_or((text, ""));
        let named = |sort| {
            let number = is.parse().ok();
            number
                .and_then(|number| names.name_of(sort, number))
                .unwrap_or(is)
        };
        let is = match by {
            "kind" => named(Sort::Kind),
            "origin" => named(Sort::Origin),
            _ => is,
        };
        let by = match by.split_once(':') {
            Some((what, number)) => {
                let number = number.parse().ok();
                let field = number.and_then(|number| names.name_of(Sort::Field, number));
                format!("{what}:{}", field.unwrap_or("-"))
            }
            None if by == "year" => "year-of-collection".to_owned(),
            None => by.to_owned(),
        };
        Part {
            by,
            is: (!is.is_empty()).then(|| is.to_owned()),
        }
    };
    match stored.is_empty() {
        true => Vec::new(),
        false => stored.split(APART).map(part).collect(),
    }
}

/// Of the records of one person that go to statistics, those that count. A person counts once in
/// a statistic, with the last record of its category: a bound on what figures tell about a record
/// would otherwise be none on what they tell about a person.
#[must_use]
pub fn counted(
    policy: &Policy,
    subject: &Subject,
    going: &[Due],
    entropy: &dyn Entropy,
) -> Vec<(ProjectionId, RecordId)> {
    let goes = |record: RecordId| going.iter().any(|due| due.record == record);
    let mut draws = spread::Draws::new(entropy);
    let mut counted: Vec<(ProjectionId, RecordId)> = Vec::new();
    for (place, one) in (0..).zip(&policy.projections) {
        let (projection, of) = (ProjectionId(place), one.of);
        let stays = subject
            .records
            .iter()
            .any(|held| held.category == of && !held.tombstone && !goes(held.id));
        let candidates: Vec<RecordId> = going
            .iter()
            .filter(|due| due.then == Then::Anonymise(projection))
            .map(|due| due.record)
            .collect();
        let many = u32::try_from(candidates.len()).unwrap_or(u32::MAX);
        if !stays && let Some(one) = candidates.get(draws.below(many) as usize) {
            counted.push((projection, *one));
        }
    }
    counted
}

/// A figure that may be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Figure {
    /// About how many people.
    pub people: u64,
    /// How far off that may be, in nineteen cases of twenty.
    pub within: u64,
}

/// The figure to be shown for a cell: none where the group behind it may be smaller than the
/// smallest that the policy allows, for all that chance leaves to be seen.
#[must_use]
pub fn shown(people: i64, variance: u64, smallest_group: u32) -> Option<Figure> {
    let people = u64::try_from(people).ok()?;
    let above = people.checked_sub(u64::from(smallest_group))?;
    let enough = u128::from(above).pow(2) >= u128::from(SHOWN_ABOVE.pow(2)) * u128::from(variance);
    enough.then(|| Figure {
        people,
        within: WITHIN * variance.isqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_shown_where_no_smaller_group_can_be_behind_it() {
        assert_eq!(shown(-4, 0, 10), None);
        assert_eq!(shown(9, 0, 10), None);
        let exact = shown(10, 0, 10).unwrap();
        assert_eq!((exact.people, exact.within), (10, 0));
        assert_eq!(shown(89, 100, 10), None);
        let spread = shown(90, 100, 10).unwrap();
        assert_eq!((spread.people, spread.within), (90, 20));
    }
}
