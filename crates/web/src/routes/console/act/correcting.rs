//! Putting right what is held: first which data, then what is right about it.

use domain::subject::Held;
use domain::{Fault, FaultKind, RecordId};
use policy::authorisation::Action;
use policy::model::CategorySet;
use services::correct::Correction;
use services::desk::Desk;

use super::given::missing;
use super::questions::{Pair, field_name};
use super::{Act, At, Outcome, Wrong};
use crate::pages::console::form::{Answer, Asked};
use crate::say;

pub(super) const CORRECTION: Act = Act {
    name: "correction",
    action: Action::Correct,
    title: ("Put data right", "Rectifier des données"),
    lead: (
        "What is right holds at once, for every use. What was wrong is destroyed with its key; it cannot be read again.",
        "Ce qui est exact vaut aussitôt, pour tout usage. Ce qui était inexact est détruit avec sa clé et ne pourra plus être lu.",
    ),
    done: ("The data is put right.", "Les données sont rectifiées."),
    confirm: None,
    tried: false,
    offered: |_, subject| subject.records.iter().any(|held| !held.tombstone),
    ask,
    run,
};

fn ask(at: &At<'_>) -> Result<Vec<Asked>, Fault> {
    let mut asked = vec![at.one("record", ("Which data", "Quelles données"), records(at))];
    let Some(held) = chosen(at) else {
        return Ok(asked);
    };
    let again = at.given.one("step") == "2";
    let mut fields = at.fields(held.category, readable(at, held)?);
    if !again {
        for (name, value) in typed(at, held)? {
            let field = fields.iter_mut().find(|asked| asked.name == name);
            match field.map(|asked| &mut asked.answer) {
                Some(Answer::Line(_, text) | Answer::Lines(text)) => *text = value,
                Some(Answer::One(_, chosen)) => *chosen = Some(value),
                Some(Answer::Any(..)) | None => {}
            }
        }
    }
    asked.append(&mut fields);
    Ok(asked)
}

/// The person's records, each by its category and the day on which it was collected.
fn records(at: &At<'_>) -> Vec<Pair> {
    let fill = at.visit.fill();
    let uses = at.policy().tables.uses[at.at_work.purpose.index()];
    let held = at.subject.records.iter().filter(|held| !held.tombstone);
    held.filter(|held| uses.contains(held.category))
        .map(|held| {
            let day = say::day(fill.day(held.collected), fill.language);
            let title = format!("{}, {day}", fill.category(held.category));
            (held.id.to_string(), title)
        })
        .collect()
}

fn chosen<'a>(at: &'a At<'_>) -> Option<&'a Held> {
    let id: RecordId = at.given.some("record")?.parse().ok()?;
    let mut held = at.subject.records.iter().filter(|held| !held.tombstone);
    held.find(|held| held.id == id)
}

/// The fields that the role sees for its purpose.
fn readable(at: &At<'_>, held: &Held) -> Result<u64, Fault> {
    let law = &at.visit.law;
    let recipient = at.at_work.desk.recipient(law)?;
    let reads = &law.policy().tables.reads[recipient.index()];
    Ok(reads[at.at_work.purpose.index()][held.category.index()])
}

/// The values that are held now, as forms write them; reading them is recorded.
fn typed(at: &At<'_>, held: &Held) -> Result<Vec<Pair>, Fault> {
    let category = CategorySet::from_iter([held.category]);
    let view = at.at_work.desk.view(at.subject.id, category, None)?;
    let opened = view
        .opened
        .iter()
        .find(|one| one.permitted.record == held.id);
    let fields = &at.policy().category(held.category).fields;
    let Some(opened) = opened else {
        return Err(Fault::new(
            FaultKind::Refused,
            "your purpose does not open this data, so it cannot be put right here",
        )
        .rule("9c")
        .remedy("switch to a purpose that opens it"));
    };
    let values = at.visit.fill().typed(opened).into_iter();
    let named = values.filter_map(|(field, value)| {
        let field = fields.get(usize::from(field))?;
        Some((field_name(field), value))
    });
    Ok(named.collect())
}

fn run(at: &At<'_>, desk: &Desk<'_>) -> Result<Outcome, Wrong> {
    let held = chosen(at).ok_or_else(|| missing("record", at.visit))?;
    if at.given.one("step") != "2" {
        return Err(Wrong::More);
    }
    let which = readable(at, held)?;
    let first = at.policy().category(held.category).fields.first();
    let first = first.map_or_else(String::new, field_name);
    let values = at.values(held.category, which)?;
    let given = at.given_fields(held.category, which);
    let cleared = held.fields & which & !given;
    let correction = Correction {
        record: held.id,
        values: values.ok_or_else(|| missing(&first, at.visit))?,
        cleared: (0..64u8).filter(|at| cleared & 1 << at != 0).collect(),
    };
    let corrected = desk.correct(at.subject.id, &correction)?;
    Ok(match corrected.acted {
        Some(acted) => Outcome::Acted(acted),
        None => Outcome::Nothing,
    })
}
