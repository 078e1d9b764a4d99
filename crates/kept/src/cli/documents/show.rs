//! `kept documents show`: one version of a document, as it was published.

use clap::Args;
use domain::{Fault, FaultKind};
use policy::model::Language;
use serde_json::json;
use services::Kept;
use services::documents::Published;

use super::hex;
use crate::cli::options::{Place, Tongue};
use crate::cli::{Context, Exit, OnInstallation};

/// Shows a version of a document.
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub(super) struct Show {
    /// The document's name
    document: String,

    /// Which version; the latest, if left out
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,

    /// The language that it is shown in
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    language: Tongue,

    /// Show the file as it was published: its SHA-256 is the digest
    #[arg(long)]
    source: bool,

    #[command(flatten)]
    place: Place,
}

impl OnInstallation for Show {
    fn place(&self) -> &Place {
        &self.place
    }

    fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let published = kept.documents()?;
        let one = self.find(&published)?;
        let language = self.language.into();
        context.answer(
            |_| match self.source {
                true => one.source.clone(),
                false => text(one, language),
            },
            || {
                let edition = &one.edition;
                json!({
                    "name": edition.name,
                    "version": edition.version,
                    "published": edition.published.to_string(),
                    "title": edition.title.get(language),
                    "text": edition.text.get(language),
                    "digest": hex(&one.digest),
                    "source": self.source.then_some(&one.source),
                })
            },
        );
        Ok(Exit::Done)
    }
}

impl Show {
    fn find<'a>(&self, published: &'a [Published]) -> Result<&'a Published, Fault> {
        let versions: Vec<&Published> = published
            .iter()
            .filter(|one| one.edition.name == self.document)
            .collect();
        let wanted = self.version;
        let found = versions
            .iter()
            .rev()
            .find(|one| wanted.is_none_or(|wanted| wanted == one.edition.version));
        found.copied().ok_or_else(|| {
            let fault = Fault::new(
                FaultKind::Absent,
                "no such version of such a document is published",
            );
            let numbers: Vec<String> = versions
                .iter()
                .map(|one| one.edition.version.to_string())
                .collect();
            if numbers.is_empty() {
                fault.remedy("`kept documents` lists those that are")
            } else {
                fault.remedy(format!("name one that is: {}", numbers.join(", ")))
            }
        })
    }
}

fn text(one: &Published, language: Language) -> String {
    let edition = &one.edition;
    let head = match language {
        Language::En => format!(
            "Version {}, published on {}",
            edition.version, edition.published
        ),
        Language::Fr => format!(
            "Version {}, publiée le {}",
            edition.version, edition.published
        ),
    };
    format!(
        "# {}\n\n{head}\n\n{}\n",
        edition.title.get(language),
        edition.text.get(language)
    )
}
