//! Data that comes in through a form of the policy, whatever the door: the form brings its purposes,
//! its origin and its kind of person, and lets in what it asks for (5b, 18a).

use domain::decide::Refusal;
use domain::form::{answers, filled_in_as};
use domain::{Fault, FaultKind};
use policy::model::{CategoryId, FieldId, FormId, KindId, Language, OriginId, Policy, PurposeSet};

/// What a form states of the data that comes in through it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Brought {
    /// What it is for.
    pub purposes: PurposeSet,
    /// Where it comes from (6a).
    pub origin: OriginId,
    /// As what kind of data subject the person is met.
    pub kind: KindId,
}

/// What a form states, filled in as a kind of person.
///
/// # Errors
/// [`FaultKind::Refused`] when it is not for that kind, [`FaultKind::Invalid`] when it is for
/// several and none was said.
pub fn brought(policy: &Policy, form: FormId, kind: Option<KindId>) -> Result<Brought, Fault> {
    let it = policy.form(form);
    let kinds = || {
        let kinds = it.kinds.iter().map(|kind| policy.kind(kind).name.as_str());
        kinds.collect::<Vec<_>>().join(", ")
    };
    let kind = filled_in_as(policy, form, kind)
        .map_err(|refusal| refused(refusal, policy).remedy(format!("one of: {}", kinds())))?;
    let kind = kind.ok_or_else(|| {
        Fault::new(
            FaultKind::Invalid,
            format!("the form `{}` is for several kinds of person", it.name),
        )
        .rule("4a")
        .remedy(format!("say which one fills it in: {}", kinds()))
    })?;
    Ok(Brought {
        purposes: it.purposes,
        origin: it.origin,
        kind,
    })
}

/// Whether answers are those that a form asks for.
///
/// # Errors
/// [`FaultKind::Refused`] with the first that is too much or missing, and what follows without it.
pub fn answered(policy: &Policy, form: FormId, given: &[FieldId]) -> Result<(), Fault> {
    answers(policy, form, given).map_err(|refusal| {
        let fault = refused(refusal, policy);
        let left_out = match refusal.rule {
            domain::rule::Rule::AnswerMissing { .. } => policy.form(form).if_left_out.as_ref(),
            _ => None,
        };
        let asked = policy.form(form).asks.iter();
        let asked = asked.map(|asked| {
            let field = policy.field(asked.field);
            let mark = if asked.required { "*" } else { "" };
            format!("{}{mark}", field.name)
        });
        let asked = asked.collect::<Vec<_>>().join(", ");
        match left_out {
            Some(words) => fault.remedy(words.get(Language::En)),
            None => fault.remedy(format!("it asks for {asked} (* compulsory)")),
        }
    })
}

/// The stated purposes that use a category. A purpose that uses none of what was given is stated
/// for the first, so that the refusal names it; a category that none uses likewise.
#[must_use]
pub fn shared(
    policy: &Policy,
    stated: PurposeSet,
    category: CategoryId,
    given: &[CategoryId],
) -> PurposeSet {
    let users = |category: CategoryId| policy.tables.used_by[category.index()];
    let mut purposes = stated.and(users(category));
    let idle = stated
        .iter()
        .filter(|purpose| given.iter().all(|one| !users(*one).contains(*purpose)));
    if given.first() == Some(&category) {
        for purpose in idle {
            purposes.insert(purpose);
        }
    }
    if purposes.is_empty() {
        stated
    } else {
        purposes
    }
}

fn refused(refusal: Refusal, policy: &Policy) -> Fault {
    let sentence = refusal.rule.sentence(policy, Language::En);
    Fault::new(FaultKind::Refused, sentence).rule(refusal.rule.name(policy))
}
