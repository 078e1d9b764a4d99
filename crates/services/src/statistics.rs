//! Statistics: what anonymised records add to them as they go, and what they show (10h).

use std::collections::BTreeMap;

use domain::decide::{Access, Decision};
use domain::names::Sort;
use domain::statistic::{self, Cells, Figure, Part, Spread};
use domain::subject::Held;
use domain::sweep::decide_anonymise;
use domain::{Actor, Fault, Moment, RecordId, SubjectId};
use journal::{Act, Destination};
use policy::authorisation::Action;
use policy::model::{ProjectionId, Wording};
use store::data::registry::StatisticRow;

use crate::act::Acting;
use crate::kept::Kept;
use crate::law::Law;

/// The cell that all people of a statistic are in: how many there are stands in the journal as
/// well, so no chance is added.
const ALL: &str = "";

/// What a statistic shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statistic {
    /// Its name in the policy, now or when there was one.
    pub name: String,
    /// Its title, while the policy has it.
    pub title: Option<Wording>,
    /// How many people it counted; none where they are fewer than the smallest group.
    pub people: Option<u64>,
    /// The groups that can be shown, the largest first.
    pub groups: Vec<Group>,
}

/// A group of people, with how many there are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// What they have in common.
    pub parts: Vec<Part>,
    /// How many there are.
    pub figure: Figure,
}

/// All statistics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statistics {
    /// Those of the policy in force, and those of earlier ones that counted somebody.
    pub statistics: Vec<Statistic>,
    /// No group is shown that may be smaller.
    pub smallest_group: u32,
    /// By how much a statistic may raise odds about one person, in per cent.
    pub raises_odds: u32,
    /// Where the showing stands in the journal.
    pub receipt: u64,
}

impl Kept {
    /// Shows the statistics. They are about nobody; that they were shown stands in the journal.
    ///
    /// # Errors
    /// When the database cannot be read or the journal not be written.
    pub fn statistics(&self, actor: &Actor) -> Result<Statistics, Fault> {
        let (law, moment) = (self.law(), self.moment()?);
        self.permit_looking_through(&law, Action::Count, actor, moment)?;
        let policy = law.policy();
        let mut tables: BTreeMap<u32, Vec<StatisticRow>> = (0..)
            .zip(&policy.projections)
            .map(|(id, _)| (law.names.projection.number(ProjectionId(id)), Vec::new()))
            .collect();
        for row in self.vault.data().read(|reader| reader.statistics())? {
            tables.entry(row.projection).or_default().push(row);
        }
        let statistics: Vec<Statistic> = tables
            .into_iter()
            .map(|(number, rows)| table(&law, number, rows))
            .collect();
        let detail = self.detail(Act::Counted, actor, moment, &law);
        Ok(Statistics {
            statistics,
            smallest_group: policy.smallest_group,
            raises_odds: policy.statistic_raises_odds,
            receipt: self.vault.record(&detail)?,
        })
    }

    /// Opens what counts in a statistic, under recorded grants, and gives what is added to the
    /// figures: of one round of a sweep, with chance added to every figure, so that one who compares
    /// the figures before and after, and knows from the journal who went, learns next to nothing of
    /// any of them (10h).
    pub(crate) fn add_to_statistics(
        &self,
        law: &Law,
        records: &[(SubjectId, RecordId)],
        acting: &Acting,
        moment: Moment,
    ) -> Result<Vec<StatisticRow>, Fault> {
        let mut decided = Vec::new();
        let mut clear: Vec<(ProjectionId, Held)> = Vec::new();
        let people: Vec<SubjectId> = records.iter().map(|(id, _)| *id).collect();
        let mut wanted = records.iter();
        for loaded in self.vault.load_each(&people, &law.names)? {
            let Some((_, record)) = wanted.find(|(id, _)| *id == loaded.subject.id) else {
                break;
            };
            let decision = decide_anonymise(&law.in_force, &loaded.subject, *record, moment);
            if let Decision::Allowed(allowed) = decision
                && let Access::Project(projection) = allowed.access()
                && let Some(held) = loaded
                    .subject
                    .records
                    .iter()
                    .find(|held| held.id == *record)
            {
                clear.push((projection, held.clone()));
                decided.push((allowed, loaded));
            }
        }
        let (actor, names) = (&acting.actor, &law.names);
        let grants = self
            .vault
            .record_grants(decided, actor, Destination::Job, names, None)?;
        let mut people: BTreeMap<ProjectionId, (Cells<'_>, Vec<usize>)> = BTreeMap::new();
        let granted = clear.into_iter().zip(grants);
        let granted = granted.filter_map(|(clear, grant)| grant.map(|grant| (clear, grant)));
        let (clear, grants): (Vec<_>, Vec<_>) = granted.unzip();
        let opened = self.vault.open_each(grants, moment.now, &law.names)?;
        for ((projection, held), (_, opened)) in clear.into_iter().zip(opened) {
            if let Some(one) = opened.first() {
                let (cells, counted) = people.entry(projection).or_insert_with(|| {
                    let cells = Cells::new(law.policy(), &law.names, projection, moment);
                    (cells, Vec::new())
                });
                let values = one.values.disclose();
                counted.push(cells.of(&held, values, &law.names, law.in_force.zone()));
            }
        }
        let spread = Spread::raising_odds_by(law.policy().statistic_raises_odds);
        let rows = people
            .into_iter()
            .flat_map(|(projection, (cells, counted))| {
                let projection = law.names.projection.number(projection);
                let row = move |cell: String, people: i64, spread: u64| StatisticRow {
                    projection,
                    cell,
                    people,
                    spread,
                };
                let all = row(ALL.to_owned(), counted.len() as i64, 0);
                let figures =
                    statistic::release(cells.count(), &counted, spread, self.vault.entropy());
                let figures = figures
                    .into_iter()
                    .enumerate()
                    .map(|(cell, people)| row(cells.stored(cell), people, spread.variance()))
                    // A statistic by nothing counts all people, and no more.
                    .filter(|row| row.cell != ALL)
                    .collect::<Vec<_>>();
                [all].into_iter().chain(figures)
            });
        Ok(rows.collect())
    }
}

/// What a statistic shows of what it counted.
fn table(law: &Law, number: u32, rows: Vec<StatisticRow>) -> Statistic {
    let smallest = law.policy().smallest_group;
    let (all, cells): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.cell == ALL);
    let people: i64 = all.iter().map(|row| row.people).sum();
    let mut groups: Vec<Group> = cells
        .iter()
        .filter_map(|row| {
            Some(Group {
                figure: statistic::shown(row.people, row.spread, smallest)?,
                parts: statistic::parts(&row.cell, &law.names),
            })
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.figure.people));
    let of_policy = law.names.projection.id(number);
    let title = of_policy.map(|id| law.policy().projections[id.index()].title.clone());
    let name = law.names.name_of(Sort::Projection, number);
    Statistic {
        name: name.unwrap_or_default().to_owned(),
        title,
        people: statistic::shown(people, 0, smallest).map(|figure| figure.people),
        groups,
    }
}
