//! What came, went and was renamed in the plain lists, and what recipients may read.

use super::mapping::{Mapping, Named, before, fields};
use super::{Change, Effect, How, Part};
use crate::model::{Category, FieldId, Form, Language, Policy, Recipient};
use crate::words::quoted;

/// What a part is called, in both languages, with its article in French where a sentence needs it.
struct Noun {
    part: Part,
    en: &'static str,
    fr: &'static str,
}

const fn noun(part: Part, en: &'static str, fr: &'static str) -> Noun {
    Noun { part, en, fr }
}

pub(super) fn changes(old: &Policy, new: &Policy, mapping: &Mapping) -> Vec<Change> {
    let mut changes = Vec::new();
    changes.extend(list(
        &noun(Part::Category, "Category", "Catégorie"),
        &old.categories,
        &new.categories,
    ));
    for category in &new.categories {
        if let Some(before) = before(&old.categories, category) {
            changes.extend(list(
                &noun(Part::Field, "Data", "Donnée"),
                &before.fields,
                &category.fields,
            ));
            changes.extend(of_category(before, category));
        }
    }
    changes.extend(list(
        &noun(Part::Recipient, "Recipient", "Destinataire"),
        &old.recipients,
        &new.recipients,
    ));
    for recipient in &new.recipients {
        changes.extend(reading(old, new, mapping, recipient));
    }
    macro_rules! plain {
        ($($part:ident $list:ident $en:literal $fr:literal;)+) => {$(
            changes.extend(list(&noun(Part::$part, $en, $fr), &old.$list, &new.$list));
        )+};
    }
    plain! {
        Processor processors "Processor" "Sous-traitant";
        Kind kinds "Kind of person" "Type de personne";
        Origin origins "Origin of data" "Origine des données";
        Form forms "Form" "Formulaire";
        Channel channels "Channel" "Moyen de communication";
        Fact facts "Event" "Événement";
        Span spans "Period" "Période";
        Projection projections "Statistic" "Statistique";
        Document documents "Document" "Document";
        Right rights "Right" "Droit";
    }
    for form in &new.forms {
        changes.extend(asking(old, new, mapping, form));
    }
    changes
}

/// What came, went, was renamed or has another title in a list.
fn list<T: Named>(noun: &Noun, old: &[T], new: &[T]) -> Vec<Change> {
    let mut changes = Vec::new();
    for it in new {
        match before(old, it) {
            None => {
                let how = How::Added;
                changes.push(sentence(noun, it, how, "new", "nouveau").effect(Effect {
                    widens: matches!(noun.part, Part::Recipient | Part::Field),
                    ..Effect::default()
                }));
            }
            Some(before) if before.name() != it.name() => {
                let how = How::Renamed {
                    was: before.name().to_owned(),
                };
                changes.push(Change::new(noun.part, it.name(), how, |language| {
                    let (was, is) = (before.title().get(language), it.title().get(language));
                    let (was, is) = (quoted(was, language), quoted(is, language));
                    match language {
                        Language::En => format!("{}: {was} is now called {is}.", noun.en),
                        Language::Fr => format!("{} : {was} s’appelle désormais {is}.", noun.fr),
                    }
                }));
            }
            Some(before) if before.title() != it.title() => {
                changes.push(sentence(noun, it, How::Changed, "reworded", "reformulé").editorial());
            }
            Some(_) => {}
        }
    }
    for gone in old {
        if !new
            .iter()
            .any(|it| before(old, it).is_some_and(|b| b.name() == gone.name()))
        {
            changes.push(
                sentence(noun, gone, How::Removed, "no longer", "supprimé").effect(Effect {
                    shortens: matches!(noun.part, Part::Category | Part::Field | Part::Kind),
                    narrows: matches!(noun.part, Part::Recipient | Part::Field),
                    ..Effect::default()
                }),
            );
        }
    }
    changes
}

fn sentence<T: Named>(noun: &Noun, it: &T, how: How, en: &'static str, fr: &'static str) -> Change {
    Change::new(noun.part, it.name(), how, |language| {
        let title = quoted(it.title().get(language), language);
        match language {
            Language::En => format!("{} ({en}): {title}.", noun.en),
            Language::Fr => format!("{} ({fr}) : {title}.", noun.fr),
        }
    })
}

/// A category whose nature differs.
fn of_category(old: &Category, new: &Category) -> Option<Change> {
    (old.nature != new.nature).then(|| {
        Change::new(Part::Category, &new.name, How::Changed, |language| {
            let title = quoted(new.title.get(language), language);
            match language {
                Language::En => format!("Category {title}: its nature is now another."),
                Language::Fr => format!("Catégorie {title} : sa nature est désormais autre."),
            }
        })
    })
}

/// What a recipient may read more, or less, than before.
fn reading(old: &Policy, new: &Policy, mapping: &Mapping, recipient: &Recipient) -> Option<Change> {
    let former = before(&old.recipients, recipient)?;
    let then: Vec<(usize, FieldId)> = former
        .reads
        .iter()
        .filter_map(|(purpose, uses)| Some((mapping.purpose(*purpose)?, uses)))
        .flat_map(|(purpose, uses)| {
            mapping
                .fields_of(uses)
                .into_iter()
                .map(move |field| (purpose.index(), field))
        })
        .collect();
    let now: Vec<(usize, FieldId)> = recipient
        .reads
        .iter()
        .flat_map(|(purpose, uses)| fields(uses).map(|field| (purpose.index(), field)))
        .collect();
    let more: Vec<&(usize, FieldId)> = now.iter().filter(|read| !then.contains(read)).collect();
    let less: Vec<&(usize, FieldId)> = then.iter().filter(|read| !now.contains(read)).collect();
    if more.is_empty() && less.is_empty() {
        return None;
    }
    let change = Change::new(Part::Recipient, &recipient.name, How::Changed, |language| {
        let title = quoted(recipient.title.get(language), language);
        let mut parts = Vec::new();
        for (reads, en, fr) in [
            (&more, "may now also read", "peut désormais lire aussi"),
            (&less, "no longer reads", "ne lit plus"),
        ] {
            if !reads.is_empty() {
                let verb = if language == Language::En { en } else { fr };
                parts.push(format!("{verb} {}", titles(new, reads, language)));
            }
        }
        match language {
            Language::En => format!("Recipient {title}: {}.", parts.join("; ")),
            Language::Fr => format!("Destinataire {title} : {}.", parts.join(" ; ")),
        }
    });
    Some(change.effect(Effect {
        widens: !more.is_empty(),
        narrows: !less.is_empty(),
        ..Effect::default()
    }))
}

/// Fields with the purposes that they are read for.
fn titles(policy: &Policy, reads: &[&(usize, FieldId)], language: Language) -> String {
    let mut by_purpose: Vec<(usize, Vec<&str>)> = Vec::new();
    for (purpose, field) in reads {
        let title = policy.field(*field).title.get(language);
        match by_purpose.iter_mut().find(|(known, _)| known == purpose) {
            Some((_, titles)) => titles.push(title),
            None => by_purpose.push((*purpose, vec![title])),
        }
    }
    let for_what = if language == Language::En {
        "for"
    } else {
        "pour"
    };
    by_purpose
        .iter()
        .map(|(purpose, titles)| {
            let purpose = quoted(policy.purposes[*purpose].title.get(language), language);
            format!("{} ({for_what} {purpose})", titles.join(", "))
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// What a form asks for, or makes compulsory, otherwise than before.
fn asking(old: &Policy, new: &Policy, mapping: &Mapping, form: &Form) -> Option<Change> {
    let former = before(&old.forms, form)?;
    let then = |required: bool| -> Vec<FieldId> {
        let fields = former.fields(required);
        fields.filter_map(|field| mapping.field(field)).collect()
    };
    let (compulsory, optional) = (then(true), then(false));
    let asked = |field: &FieldId| compulsory.contains(field) || optional.contains(field);
    let now = || form.asks.iter().map(|asked| asked.field);
    let added: Vec<FieldId> = now().filter(|field| !asked(field)).collect();
    let newly: Vec<FieldId> = form
        .fields(true)
        .filter(|field| optional.contains(field))
        .collect();
    let freed: Vec<FieldId> = form
        .fields(false)
        .filter(|field| compulsory.contains(field))
        .collect();
    let gone: Vec<FieldId> = compulsory
        .iter()
        .chain(&optional)
        .filter(|field| !form.asks_for(**field))
        .copied()
        .collect();
    let parts = [
        (added, "also asks for", "demande aussi"),
        (newly, "makes compulsory", "rend obligatoire"),
        (freed, "leaves optional", "laisse facultatif"),
        (gone, "no longer asks for", "ne demande plus"),
    ];
    if parts.iter().all(|(fields, ..)| fields.is_empty()) {
        return None;
    }
    Some(Change::new(
        Part::Form,
        &form.name,
        How::Changed,
        |language| {
            let said: Vec<String> = parts
                .iter()
                .filter(|(fields, ..)| !fields.is_empty())
                .map(|(fields, en, fr)| {
                    let titles = fields.iter().map(|it| new.field(*it).title.get(language));
                    let titles = titles.collect::<Vec<_>>().join(", ");
                    match language {
                        Language::En => format!("{en} {titles}"),
                        Language::Fr => format!("{fr} : {titles}"),
                    }
                })
                .collect();
            let title = quoted(form.title.get(language), language);
            match language {
                Language::En => format!("Form {title}: now {}.", said.join("; ")),
                Language::Fr => format!("Formulaire {title} : désormais, il {}.", said.join(" ; ")),
            }
        },
    ))
}
