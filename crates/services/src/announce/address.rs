//! The address that a message goes to, and the language that its reader prefers: what a recorded
//! grant has opened, and nothing else of it.

use domain::Personal;
use domain::subject::Subject;
use policy::model::{Announcements, FieldId, Language};

use crate::read::Reading;

/// Whom a message goes to.
pub(super) struct Addressee {
    pub(super) to: Personal<String>,
    pub(super) language: Option<Language>,
}

/// The addressee among what was opened: by the latest collected record that says it. None where
/// there is no address.
pub(super) fn addressee(announcements: &Announcements, reading: &Reading) -> Option<Addressee> {
    let to = latest(reading, announcements.email)?;
    let language = announcements
        .language
        .and_then(|field| latest(reading, field));
    let language = language.and_then(|it| match it.disclose().as_str() {
        "en" => Some(Language::En),
        "fr" => Some(Language::Fr),
        _ => None,
    });
    Some(Addressee { to, language })
}

/// The value of a field in the latest collected record that has one.
fn latest(reading: &Reading, field: FieldId) -> Option<Personal<String>> {
    let of_category = reading
        .opened
        .iter()
        .filter(|one| one.permitted.category == field.category);
    let with_value = of_category.filter_map(|one| {
        let value = one.values.disclose().0.get(&field.field)?;
        let collected = collected(&reading.subject, one.permitted.record)?;
        Some((collected, Personal::new(value.display())))
    });
    let latest = with_value.max_by_key(|(collected, _)| *collected);
    latest.map(|(_, value)| value)
}

fn collected(subject: &Subject, record: domain::RecordId) -> Option<jiff::Timestamp> {
    let mut records = subject.records.iter();
    records
        .find(|held| held.id == record)
        .map(|held| held.collected)
}
