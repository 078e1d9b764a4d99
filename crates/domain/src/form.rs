//! What comes in through a form: as whom, and with which answers (5b, 18a).

use policy::model::{FieldId, FormId, KindId, Policy};

use crate::decide::Refusal;
use crate::rule::Rule;

/// As what kind of data subject somebody fills a form in: as stated, or the one kind that it is
/// for. None: it is for several, and which one has to be stated.
///
/// # Errors
/// The [`Refusal`] when the form is not for the kind that was stated.
pub fn filled_in_as(
    policy: &Policy,
    form: FormId,
    stated: Option<KindId>,
) -> Result<Option<KindId>, Refusal> {
    let kinds = policy.form(form).kinds;
    match stated {
        Some(kind) if kinds.contains(kind) => Ok(Some(kind)),
        Some(kind) => Err(Refusal {
            rule: Rule::FormKind { form, kind },
        }),
        None => {
            let mut of = kinds.iter();
            let only = of.next().filter(|_| of.next().is_none());
            Ok(only)
        }
    }
}

/// Decides whether answers are those of a form: none that it does not ask for, and every
/// compulsory one.
///
/// # Errors
/// The [`Refusal`] names the first field that is too much, or that is missing.
pub fn answers(policy: &Policy, form: FormId, given: &[FieldId]) -> Result<(), Refusal> {
    let it = policy.form(form);
    let rule = match given.iter().find(|field| !it.asks_for(**field)) {
        Some(field) => Rule::NotAsked {
            form,
            field: *field,
        },
        None => match it.fields(true).find(|field| !given.contains(field)) {
            Some(field) => Rule::AnswerMissing { form, field },
            None => return Ok(()),
        },
    };
    Err(Refusal { rule })
}
