//! `kept join`: one more copy of Kept on the databases of an installation.

use std::path::PathBuf;

use clap::Args;
use domain::Fault;
use serde_json::json;
use services::Kept;

use super::options::Place;
use super::{Alone, Context, Exit};
use crate::io::colour::Paint;

const HELP: &str = "\
Example:
  kept join --from D --data E
  kept serve --data E --config kept.toml

Several servers work on one installation where its databases are on servers: each has a folder of
its own, with its description, its lock and its published journal. FROM may be a folder with nothing
but the `installation.toml` of another copy, brought from its machine. The key folder is the same
for all of them: name it with `--keys` where it is reached by another path from here.";

/// Makes a folder from which one more copy works.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Join {
    /// The folder of a copy that is there, or one that holds its installation.toml
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,

    #[command(flatten)]
    place: Place,
}

impl Alone for Join {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let root = self.place.folder(context.io)?;
        let from = context.io.path(&self.from);
        let keys = self.place.keys.as_deref().map(|keys| context.io.path(keys));
        let actor = context.actor(&self.place);
        let kept = Kept::join(&from, &root, keys.as_deref(), &actor)?;
        let id = kept.vault().id().to_string();
        let data = self.place.data.as_deref();
        let data = data
            .map(|data| data.display().to_string())
            .unwrap_or_default();
        context.answer(
            |colour| {
                format!(
                    "{} one more copy of the installation works from {data}\n  id  {id}\n",
                    Paint::Good.on("done:", colour),
                )
            },
            || json!({ "installation": id, "data": data }),
        );
        Ok(Exit::Done)
    }
}
