//! Shorter histories that fail, too.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::step::Story;
use crate::world::{Failed, World};

/// How many shorter histories are tried.
const TRIES: usize = 60;

/// The shortest history that was found to fail, with how it does.
pub(crate) fn shortest(mut story: Story, mut failed: Failed) -> (Story, Failed) {
    // Nothing behind the step that failed matters.
    story.steps.truncate(failed.step + 1);
    let mut tries = 0;
    let mut many = story.steps.len() / 2;
    while many > 0 && tries < TRIES {
        let mut from = 0;
        while from < story.steps.len() && tries < TRIES {
            let mut shorter = story.clone();
            let mut at = 0;
            shorter.steps.retain(|step| {
                at += 1;
                !(from < at && at <= from + many && step.may_be_left_out())
            });
            tries += 1;
            match shorter.steps.len() < story.steps.len() {
                true => match lived_through(&shorter) {
                    Some(again) => {
                        shorter.steps.truncate(again.step + 1);
                        (story, failed) = (shorter, again);
                    }
                    None => from += many,
                },
                false => from += many,
            }
        }
        many /= 2;
    }
    (story, failed)
}

/// How a history fails, if it does; one that cannot be lived through at all is another failure.
fn lived_through(story: &Story) -> Option<Failed> {
    catch_unwind(AssertUnwindSafe(|| World::lived_through(story)))
        .ok()
        .and_then(Result::err)
}
