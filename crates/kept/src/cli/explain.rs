//! `kept explain`: the page of a diagnostic's code.

use clap::Args;
use domain::{Fault, FaultKind};
use policy::Code;
use serde_json::{Value, json};

use super::{Alone, Context, Exit};

const EXAMPLE: &str = "\
Example:
  kept explain KP012";

/// Explains a code, or lists them all.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Explain {
    /// The code, as `kept check` prints it; without one, all codes are listed
    code: Option<String>,
}

impl Alone for Explain {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        match &self.code {
            Some(code) => page(code, context)?,
            None => context.answer(
                |_| Code::ALL.iter().map(|code| line(*code)).collect(),
                || Code::ALL.iter().map(|code| summary(*code)).collect(),
            ),
        }
        Ok(Exit::Done)
    }
}

fn page(code: &str, context: &mut Context<'_>) -> Result<(), Fault> {
    let explanation = policy::explain(code).ok_or_else(|| {
        Fault::new(FaultKind::Absent, "there is no such code")
            .remedy("`kept explain` lists all codes; they look like KP012")
    })?;
    context.answer(
        |_| explanation.text.to_owned(),
        || {
            let mut summary = summary(explanation.code);
            summary["page"] = explanation.text.into();
            summary
        },
    );
    Ok(())
}

fn line(code: Code) -> String {
    format!("{code}  {:6}  {}\n", code.level().as_str(), code.title())
}

fn summary(code: Code) -> Value {
    json!({
        "code": code.as_str(),
        "level": code.level().as_str(),
        "title": code.title(),
        "why": code.why(),
        "source": code.source(),
    })
}
