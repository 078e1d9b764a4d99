//! Pruning: the details of old entries go at the term that the policy sets for the trace (10l);
//! their commitments stay, and with them every proof.

use domain::Fault;
use jiff::civil::Date;
use journal::{Act, Period};
use policy::model::Duration;

use crate::act::Acting;
use crate::kept::Kept;

/// What a pruning did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pruned {
    /// Everything before this month is without details now.
    pub before: Period,
    /// How many entries of the journal are without details in all; none where there was nothing
    /// to prune, or in a dry run.
    pub entries: Option<u64>,
    /// Of how many entries the details went, or would go in a dry run.
    pub details: u64,
}

impl Kept {
    /// Prunes the details of every month whose last day is past the policy's term for the trace.
    /// A checkpoint is published first, so that tiles vouch for what loses its details.
    ///
    /// # Errors
    /// When the journal or the keyring cannot be written; pruning can be repeated.
    pub fn prune_journal(&self, acting: &Acting) -> Result<Pruned, Fault> {
        let _still = self.hold_journal();
        let (law, moment) = (self.law(), self.moment()?);
        let today = law.in_force.zone().to_datetime(moment.now).date();
        let before = first_kept(law.policy().trace_kept, today);
        let held = self.vault().data().read(|reader| {
            let end = reader.first_entry_since(before.0)?;
            reader.details_before(end)
        })?;
        let mut pruned = Pruned {
            before,
            entries: None,
            details: held,
        };
        if acting.dry_run {
            return Ok(pruned);
        }
        if held > 0 {
            self.publish(&[], acting)?;
        }
        let detail = self.detail(Act::DetailsPruned, &acting.actor, moment, &law);
        pruned.entries = self.vault().prune(before, detail)?;
        Ok(pruned)
    }
}

/// The first month whose details are still within their term: the term is counted from a month's
/// last day and, as every term, lasts through its own last day.
fn first_kept(kept: Duration, today: Date) -> Period {
    let mut month = today.first_of_month();
    loop {
        let Ok(earlier) = month.yesterday().map(Date::first_of_month) else {
            return period_of(month);
        };
        if kept.after(earlier.last_of_month()) < today {
            return period_of(month);
        }
        month = earlier;
    }
}

fn period_of(day: Date) -> Period {
    let months = i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
    Period(u16::try_from(months).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_goes_the_day_after_its_last_day_is_out_of_its_term() {
        let kept = Duration::parse("3 years").unwrap();
        let first = |today| first_kept(kept, today).to_string();
        assert_eq!(first(date(2029, 3, 31)), "2026-03");
        assert_eq!(first(date(2029, 4, 1)), "2026-04");
        // 29 February 2024 and three years is 28 February 2027.
        assert_eq!(first(date(2027, 2, 28)), "2024-02");
        assert_eq!(first(date(2027, 3, 1)), "2024-03");
    }
}
