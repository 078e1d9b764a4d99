//! What a role may do for one purpose, told in few lines: acts that are alike together.

use super::action::Action;
use super::model::Condition;
use super::reach::Reach;
use crate::model::{CategoryId, KindSet};

/// Acts that are open with the same data, about the same people, on the same condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What may be done.
    pub actions: Vec<Action>,
    /// With which fields of which categories, as bits.
    pub data: Vec<(CategoryId, u64)>,
    /// About which kinds of people.
    pub kinds: KindSet,
    /// On which condition alone.
    pub only: Option<Condition>,
}

impl Line {
    /// What the reaches of one role for one purpose come to.
    #[must_use]
    pub fn of(reaches: &[Reach]) -> Vec<Self> {
        let mut lines: Vec<Self> = Vec::new();
        for reach in reaches {
            let data = (reach.category, reach.fields);
            let known = lines.iter_mut().find(|line| {
                line.actions == [reach.action]
                    && line.kinds == reach.kinds
                    && line.only == reach.only
            });
            match known {
                Some(line) => line.data.push(data),
                None => lines.push(Self {
                    actions: vec![reach.action],
                    data: vec![data],
                    kinds: reach.kinds,
                    only: reach.only,
                }),
            }
        }
        let mut joined: Vec<Self> = Vec::new();
        for line in lines {
            let alike = joined
                .iter_mut()
                .find(|it| it.data == line.data && it.kinds == line.kinds && it.only == line.only);
            match alike {
                Some(known) => known.actions.extend(line.actions),
                None => joined.push(line),
            }
        }
        joined
    }
}
