//! `kept move`: an installation in files carried over to databases on servers.

use std::fmt::Write as _;

use clap::Args;
use domain::Fault;
use serde_json::{Value, json};
use services::Kept;
use services::moving::{Files, Moved};

use super::databases::Databases;
use super::options::{Changing, Place};
use super::quantity::{counted, entries};
use super::{Alone, Context, Exit};
use crate::io::colour::Paint;

const EXAMPLE: &str = "\
Examples:
  kept move --data D --dry-run \\
      --database postgres://kept@db.example/kept \\
      --keyring-database postgres://kept@keys.example/kept_keyring
  kept move --data D \\
      --database postgres://kept@db.example/kept \\
      --keyring-database postgres://kept@keys.example/kept_keyring
  kept move --data D

Every table of both databases is carried over; then the rows are counted, the journal's root is
made anew from what is there, and a sample of records is opened. Only then does installation.toml
say that the installation is on the servers, and its files are destroyed. Wherever it stops before,
by a crash or a lost connection, the installation is as it was, and the same command goes on. Stop
Kept first: what is in use is not moved. The last example destroys files that were left. See
docs/databases.md.";

/// Carries an installation in files over to databases on servers.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Move {
    /// Leave the files where they are: they hold what is held now, whatever is erased later
    #[arg(long)]
    keep_files: bool,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    databases: Databases,

    #[command(flatten)]
    place: Place,
}

impl Alone for Move {
    fn run(&self, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let root = self.place.folder(context.io)?;
        let keys = self.place.keys.as_deref().map(|keys| context.io.path(keys));
        let servers = self.databases.servers(context.io);
        let acting = context.acting(&self.place, self.changing);
        let kept = Kept::open(&root, keys.as_deref())?;
        if acting.dry_run {
            let plan = kept.plan_move(servers.as_ref())?;
            context.answer(|colour| plan_text(&plan, colour), || plan_json(&plan));
            return Ok(Exit::Done);
        }
        let bar = context.io.progress("rows", None);
        let (_kept, moved) =
            kept.move_to(servers.as_ref(), self.keep_files, &acting, &mut |rows| {
                bar.set(rows);
            })?;
        drop(bar);
        context.answer(|colour| text(&moved, colour), || to_json(&moved));
        Ok(Exit::Done)
    }
}

fn plan_text(plan: &Moved, colour: bool) -> String {
    let word = Paint::Good.on("would be done:", colour);
    if plan.plan.is_empty() {
        return format!("{word} nothing is to be carried, the installation is on the servers\n");
    }
    let tables = plan.plan.len();
    let mut text = format!(
        "{word} {} of {} carried over\n",
        counted(plan.rows(), "row"),
        counted(tables, "table")
    );
    for table in plan.plan.iter().filter(|table| table.rows > 0) {
        let _ = writeln!(
            text,
            "  {:<8} {:<20} {:>10}",
            table.database, table.table, table.rows
        );
    }
    text
}

fn plan_json(plan: &Moved) -> Value {
    json!({ "dry-run": true, "rows": plan.rows(), "tables": tables(plan) })
}

fn tables(moved: &Moved) -> Value {
    let of = |table: &services::moving::Carrying| {
        json!({
            "database": table.database,
            "table": table.table,
            "rows": table.rows,
        })
    };
    moved.plan.iter().map(of).collect()
}

fn text(moved: &Moved, colour: bool) -> String {
    let done = Paint::Good.on("done:", colour);
    let mut text = format!("{done} the installation is on the servers\n");
    let carried = moved.carried;
    if let Some(verified) = &moved.verified {
        let _ = writeln!(
            text,
            "  carried   {}, {} there before",
            counted(carried.written, "row"),
            carried.there
        );
        let _ = writeln!(
            text,
            "  verified  {}; {} of the journal and their root; {} opened",
            counted(verified.rows, "row"),
            entries(verified.journal_size),
            counted(verified.opened, "record")
        );
    }
    if let Some(receipt) = moved.receipt {
        let _ = writeln!(text, "  entry     {receipt}");
    }
    let advice = Paint::Advice.on("advice", colour);
    let warning = Paint::Advice.on("warning", colour);
    text.push_str(&match moved.files {
        Files::None => String::new(),
        Files::Destroyed => format!(
            "  files     destroyed\n{advice}: turn the keys with `kept keys rotate`, or wait for \
             tonight: then the files open nothing any more, wherever a copy or a disk kept them\n"
        ),
        Files::Left => format!(
            "  files     left in `data` and `keyring`\n{warning}: they hold what was held at this \
             moment, also what is erased from now on, until the keys have turned; destroy them \
             with `kept move --data FOLDER`\n"
        ),
    });
    text
}

fn to_json(moved: &Moved) -> Value {
    let verified = moved.verified.as_ref().map(|it| {
        json!({
            "rows": it.rows,
            "journal-entries": it.journal_size,
            "records-opened": it.opened,
        })
    });
    json!({
        "dry-run": false,
        "tables": tables(moved),
        "written": moved.carried.written,
        "there-already": moved.carried.there,
        "removed": moved.carried.removed,
        "verified": verified,
        "entry": moved.receipt,
        "files": match moved.files {
            Files::None => "none",
            Files::Destroyed => "destroyed",
            Files::Left => "left",
        },
    })
}
