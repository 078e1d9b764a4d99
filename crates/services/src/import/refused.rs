//! The trace of the lines that an import refused: one entry a rule, that counts them (9d). Thousands
//! of refused lines are one act, and no value of theirs is kept.

use std::collections::BTreeMap;

use domain::Fault;
use journal::Act;
use policy::authorisation::Action;

use super::lines::Reason;
use super::run::Importing;
use crate::refused::Tried;

/// The rule that refuses a line that cannot be read as what it is said to be.
const QUALITY: &str = "6c";
/// The rule that refuses a line of somebody who objects to canvassing (13d).
const OBJECTION: &str = "rights.objection";

impl Importing<'_> {
    /// Records what was refused.
    pub(super) fn trace_refusals(&self) -> Result<(), Fault> {
        if self.acting.dry_run {
            return Ok(());
        }
        let mut refused: BTreeMap<&str, u64> = BTreeMap::new();
        for (reason, lines) in &self.report.refused {
            let rule = match reason {
                Reason::Rule { rule, .. } => rule.as_str(),
                Reason::Cells { .. }
                | Reason::Cell { .. }
                | Reason::NoIdentity
                | Reason::NoCollected
                | Reason::Nothing
                | Reason::SameIdentity => QUALITY,
            };
            *refused.entry(rule).or_default() += lines.count;
        }
        if self.report.suppressed.count > 0 {
            *refused.entry(OBJECTION).or_default() += self.report.suppressed.count;
        }
        let tried = Tried {
            purposes: self.plan.purposes.iter().collect(),
            categories: self.plan.columns.fields().map(|it| it.category).collect(),
            origin: Some(self.plan.origin),
            ..Tried::of(Action::Import)
        };
        for (rule, count) in refused {
            let (actor, moment) = (&self.acting.actor, self.kept.moment()?);
            let mut detail = self
                .kept
                .detail(Act::WriteRefused, actor, moment, &self.law);
            tried.put(&mut detail, &self.law);
            detail.rule = Some(rule.to_owned());
            detail.count = Some(count);
            self.kept.vault().record(&detail)?;
        }
        Ok(())
    }
}
