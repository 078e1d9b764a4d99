//! Purposes that came, went or differ: what they use, whom they concern, on which bases.

use super::mapping::{Mapping, before, fields};
use super::{Change, Effect, How, Part};
use crate::model::{FieldId, KindId, Language, Policy, ProcessorSet, Purpose, PurposeNature};
use crate::words::{basis_line, listed, quoted};

pub(super) fn changes(old: &Policy, new: &Policy, mapping: &Mapping) -> Vec<Change> {
    let mut changes = Vec::new();
    for purpose in &new.purposes {
        match before(&old.purposes, purpose) {
            None => changes.push(added(purpose)),
            Some(former) => {
                changes.extend(renamed(former, purpose));
                changes.extend(uses(new, mapping, former, purpose));
                changes.extend(concerns(new, mapping, former, purpose));
                changes.extend(bases(new, mapping, former, purpose));
                changes.extend(manner(new, mapping, former, purpose));
            }
        }
    }
    for gone in &old.purposes {
        if !new
            .purposes
            .iter()
            .any(|it| before(&old.purposes, it).is_some_and(|former| former.name == gone.name))
        {
            changes.push(removed(gone));
        }
    }
    changes
}

fn say(purpose: &Purpose, language: Language, en: &str, fr: &str) -> String {
    let title = quoted(purpose.title.get(language), language);
    match language {
        Language::En => format!("Purpose {title}: {en}."),
        Language::Fr => format!("Finalité {title} : {fr}."),
    }
}

fn added(purpose: &Purpose) -> Change {
    Change::new(Part::Purpose, &purpose.name, How::Added, |language| {
        let about = purpose.about.get(language).trim_end_matches('.').to_owned();
        say(
            purpose,
            language,
            &format!("new. {about}"),
            &format!("nouvelle. {about}"),
        )
    })
    .effect(Effect {
        new_purpose: true,
        ..Effect::default()
    })
}

fn removed(purpose: &Purpose) -> Change {
    Change::new(Part::Purpose, &purpose.name, How::Removed, |language| {
        say(purpose, language, "no longer pursued", "abandonnée")
    })
    .effect(Effect {
        shortens: true,
        narrows: true,
        ..Effect::default()
    })
}

fn renamed(old: &Purpose, new: &Purpose) -> Option<Change> {
    if old.name != new.name {
        let how = How::Renamed {
            was: old.name.clone(),
        };
        return Some(Change::new(Part::Purpose, &new.name, how, |language| {
            let was = quoted(old.title.get(language), language);
            say(
                new,
                language,
                &format!("called {was} before"),
                &format!("appelée {was} auparavant"),
            )
        }));
    }
    (old.title != new.title || old.about != new.about).then(|| {
        Change::new(Part::Purpose, &new.name, How::Changed, |language| {
            say(
                new,
                language,
                "explained in other words",
                "expliquée en d’autres mots",
            )
        })
        .editorial()
    })
}

fn uses(policy: &Policy, mapping: &Mapping, old: &Purpose, new: &Purpose) -> Option<Change> {
    let then = mapping.fields_of(&old.uses);
    let now: Vec<FieldId> = fields(&new.uses).collect();
    let titles = |these: &[FieldId], language: Language| {
        let titles: Vec<String> = these
            .iter()
            .map(|id| policy.field(*id).title.get(language).to_owned())
            .collect();
        listed(&titles, language)
    };
    let more: Vec<FieldId> = now
        .iter()
        .copied()
        .filter(|id| !then.contains(id))
        .collect();
    let less: Vec<FieldId> = then
        .iter()
        .copied()
        .filter(|id| !now.contains(id))
        .collect();
    // What is held of a category for this purpose has no ground left once it uses none of it.
    let ends = less
        .iter()
        .any(|gone| !now.iter().any(|id| id.category == gone.category));
    let verbs = [
        ("it now also uses", "elle utilise désormais aussi"),
        ("it no longer uses", "elle n’utilise plus"),
    ];
    let mut change = more_or_less(new, &more, &less, titles, verbs)?;
    change.effect.shortens = ends;
    Some(change)
}

fn concerns(policy: &Policy, mapping: &Mapping, old: &Purpose, new: &Purpose) -> Option<Change> {
    let then: Vec<KindId> = old
        .concerns
        .iter()
        .filter_map(|id| mapping.kind(id))
        .collect();
    let now: Vec<KindId> = new.concerns.iter().collect();
    let titles = |these: &[KindId], language: Language| {
        let titles: Vec<String> = these
            .iter()
            .map(|id| policy.kind(*id).title.get(language).to_owned())
            .collect();
        listed(&titles, language)
    };
    let more: Vec<KindId> = now
        .iter()
        .copied()
        .filter(|id| !then.contains(id))
        .collect();
    let less: Vec<KindId> = then
        .iter()
        .copied()
        .filter(|id| !now.contains(id))
        .collect();
    let verbs = [
        ("it now also concerns", "elle concerne désormais aussi"),
        ("it no longer concerns", "elle ne concerne plus"),
    ];
    let mut change = more_or_less(new, &more, &less, titles, verbs)?;
    change.effect.shortens = !less.is_empty();
    Some(change)
}

fn more_or_less<T>(
    purpose: &Purpose,
    more: &[T],
    less: &[T],
    titles: impl Fn(&[T], Language) -> String,
    verbs: [(&str, &str); 2],
) -> Option<Change> {
    if more.is_empty() && less.is_empty() {
        return None;
    }
    let change = Change::new(Part::Purpose, &purpose.name, How::Changed, |language| {
        let said = |these: &[T], (en, fr): (&str, &str)| {
            let verb = if language == Language::En { en } else { fr };
            (!these.is_empty()).then(|| format!("{verb} {}", titles(these, language)))
        };
        let parts: Vec<String> = [said(more, verbs[0]), said(less, verbs[1])]
            .into_iter()
            .flatten()
            .collect();
        let parts = parts.join(", ");
        say(purpose, language, &parts, &parts)
    });
    Some(change.effect(Effect {
        widens: !more.is_empty(),
        narrows: !less.is_empty(),
        ..Effect::default()
    }))
}

fn bases(policy: &Policy, mapping: &Mapping, old: &Purpose, new: &Purpose) -> Option<Change> {
    let then: Vec<_> = old.bases.iter().map(|line| mapping.basis(line)).collect();
    (then != new.bases).then(|| {
        Change::new(Part::Basis, &new.name, How::Changed, |language| {
            let lines: Vec<String> = new
                .bases
                .iter()
                .map(|line| basis_line(policy, line, language))
                .collect();
            say(
                new,
                language,
                &format!("its legal basis is now {}", lines.join("; ")),
                &format!("sa base légale est désormais : {}", lines.join(" ; ")),
            )
        })
    })
}

/// Nature, canvassing, what it arises with, who carries it out, how long consent lasts.
fn manner(policy: &Policy, mapping: &Mapping, old: &Purpose, new: &Purpose) -> Vec<Change> {
    let mut found: Vec<(String, String, Effect)> = Vec::new();
    let widens = Effect {
        widens: true,
        ..Effect::default()
    };
    if old.nature != new.nature {
        let (en, fr) = match new.nature {
            PurposeNature::Use => (
                "it is now an ordinary use",
                "c’est désormais un usage ordinaire",
            ),
            PurposeNature::Duty => (
                "it is now a duty to keep",
                "c’est désormais une obligation de conserver",
            ),
            PurposeNature::Evidence => (
                "it now keeps evidence",
                "elle conserve désormais des preuves",
            ),
        };
        found.push((
            en.into(),
            fr.into(),
            if new.nature == PurposeNature::Use {
                widens
            } else {
                Effect::default()
            },
        ));
    }
    if old.canvassing != new.canvassing {
        let (en, fr) = if new.canvassing {
            (
                "it now counts as canvassing",
                "elle compte désormais comme du démarchage",
            )
        } else {
            (
                "it no longer counts as canvassing",
                "elle ne compte plus comme du démarchage",
            )
        };
        found.push((en.into(), fr.into(), widens));
    }
    if old.arises_with.map(|fact| mapping.fact(fact)) != new.arises_with.map(Some) {
        found.push((
            "it arises with another event".into(),
            "elle naît d’un autre événement".into(),
            widens,
        ));
    }
    let known: Vec<_> = old
        .processors
        .iter()
        .map(|id| mapping.processor(id))
        .collect();
    let gone = known.contains(&None);
    if gone || known.into_iter().flatten().collect::<ProcessorSet>() != new.processors {
        let titles = |language| {
            let titles: Vec<String> = new
                .processors
                .iter()
                .map(|id| policy.processor(id).title.get(language).to_owned())
                .collect();
            if titles.is_empty() {
                "–".to_owned()
            } else {
                listed(&titles, language)
            }
        };
        found.push((
            format!("carried out with the help of: {}", titles(Language::En)),
            format!("menée avec l’aide de : {}", titles(Language::Fr)),
            Effect::default(),
        ));
    }
    if old.consent_lasts != new.consent_lasts
        && let Some(lasts) = new.consent_lasts
    {
        let effect = match old.consent_lasts {
            Some(before) if lasts.exceeds(before) => Effect {
                lengthens: true,
                ..Effect::default()
            },
            Some(_) => Effect {
                shortens: true,
                ..Effect::default()
            },
            None => Effect::default(),
        };
        found.push((
            format!("a consent now lasts {}", lasts.words(Language::En)),
            format!(
                "un consentement vaut désormais {}",
                lasts.words(Language::Fr)
            ),
            effect,
        ));
    }
    found
        .into_iter()
        .map(|(en, fr, effect)| {
            Change::new(Part::Purpose, &new.name, How::Changed, |l| {
                say(new, l, &en, &fr)
            })
            .effect(effect)
        })
        .collect()
}
