//! `kept announce send`.

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use domain::Fault;
use serde_json::{Value, json};
use services::announce::{Audience, Postman, Run};
use services::{Acting, Kept};

use crate::cli::config_file::Configured;
use crate::cli::options::{Changing, Place};
use crate::cli::quantity::{people, verb};
use crate::cli::{Context, Exit, mailer};
use crate::io::colour::Paint;

/// The window in which messages are counted.
const MINUTE: Duration = Duration::from_secs(60);

#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub(super) struct Send {
    /// Which version is announced; the one in force, if left out
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,

    /// Try again what was given up, or reached nobody, too
    #[arg(long)]
    again: bool,

    #[command(flatten)]
    configured: Configured,

    #[command(flatten)]
    changing: Changing,

    #[command(flatten)]
    pub(super) place: Place,
}

impl Send {
    pub(super) fn run(&self, kept: &Kept, context: &mut Context<'_>) -> Result<Exit, Fault> {
        let acting = context.acting(&self.place, self.changing);
        if acting.dry_run {
            return self.foresee(kept, &acting, context);
        }
        let config = self.configured.read(context.io)?;
        let (mailer, rate) = mailer::needed(&config, kept)?;
        let site = config.address.origin();
        let bar = context.io.progress("people looked at", None);
        if self.version.is_some() || !is_first(kept)? {
            kept.announce(self.version, &acting, &mut |seen| bar.set(seen))?;
        }
        drop(bar);
        if self.again {
            kept.send_again()?;
        }
        let postman = Postman {
            mailer: mailer.as_ref(),
            site: &site,
        };
        let bar = context.io.progress("messages", Some(kept.messages_due()?));
        let mut all = Run::default();
        loop {
            let before = all.messages();
            let run = kept.send_due(postman, &acting, u64::from(rate), &mut |run| {
                bar.set(before + run.messages());
            })?;
            let full = run.messages() >= u64::from(rate);
            add(&mut all, run);
            if all.stopped.is_some() || !full || kept.messages_due()? == 0 {
                break;
            }
            // As many in a minute as the configuration says.
            std::thread::sleep(MINUTE);
        }
        drop(bar);
        let waiting = kept.announcement_status()?.waiting;
        context.answer(
            |colour| text(&all, waiting, colour),
            || to_json(&all, waiting),
        );
        Ok(match all.stopped {
            Some(fault) => {
                if !context.for_programs {
                    crate::failure::show(&fault, false, context.io);
                }
                Exit::Found(fault.kind)
            }
            None => Exit::Done,
        })
    }

    fn foresee(
        &self,
        kept: &Kept,
        acting: &Acting,
        context: &mut Context<'_>,
    ) -> Result<Exit, Fault> {
        let bar = context.io.progress("people looked at", None);
        let audience = kept.audience(self.version, acting, &mut |seen| bar.set(seen))?;
        drop(bar);
        context.answer(|_| foreseen(&audience), || foreseen_json(&audience));
        Ok(Exit::Done)
    }
}

/// Whether the version in force is the first, which everybody was shown.
fn is_first(kept: &Kept) -> Result<bool, Fault> {
    Ok(kept.versions()?.len() == 1)
}

fn add(all: &mut Run, run: Run) {
    all.sent += run.sent;
    all.later += run.later;
    all.given_up += run.given_up;
    all.not_reached += run.not_reached;
    all.told_otherwise += run.told_otherwise;
    all.stopped = run.stopped;
}

fn text(run: &Run, waiting: u64, colour: bool) -> String {
    let mut text = match run.stopped {
        None => format!("{} ", Paint::Good.on("done:", colour)),
        Some(_) => String::new(),
    };
    let _ = match run.sent {
        1 => writeln!(text, "1 message sent"),
        sent => writeln!(text, "{sent} messages sent"),
    };
    for (messages, what) in [
        (run.later, "refused for now, tried again later"),
        (run.given_up, "given up: the mail server refused them"),
        (
            run.not_reached,
            "not reached; `kept announce status` says why",
        ),
        (run.told_otherwise, "told otherwise before"),
    ] {
        if messages > 0 {
            let _ = writeln!(text, "  {messages} {what}");
        }
    }
    if waiting > 0 {
        let _ = writeln!(text, "  {waiting} messages wait");
    }
    text
}

fn to_json(run: &Run, waiting: u64) -> Value {
    json!({
        "sent": run.sent,
        "later": run.later,
        "given-up": run.given_up,
        "not-reached": run.not_reached,
        "told-otherwise": run.told_otherwise,
        "waiting": waiting,
        "stopped": run.stopped.as_ref().map(|fault| fault.message.clone()),
    })
}

fn foreseen(audience: &Audience) -> String {
    let mut text = format!(
        "version {} concerns {} who {} not told of it\n",
        audience.version,
        people(audience.people),
        verb(audience.people, "was", "were")
    );
    for (kind, people) in &audience.kinds {
        let _ = writeln!(text, "  {people} {kind}");
    }
    let _ = writeln!(text, "{} of them may be written to", audience.reachable);
    for (rule, unreached) in &audience.unreached {
        let (people, sentence) = (unreached.people, &unreached.sentence);
        let _ = writeln!(text, "  not reached: {people}, by {rule}: {sentence}");
    }
    text
}

fn foreseen_json(audience: &Audience) -> Value {
    let unreached = audience.unreached.iter().map(|(rule, unreached)| {
        json!({ "rule": rule, "people": unreached.people, "sentence": unreached.sentence })
    });
    json!({
        "dry-run": true,
        "version": audience.version,
        "people": audience.people,
        "kinds": audience.kinds,
        "reachable": audience.reachable,
        "not-reached": unreached.collect::<Vec<_>>(),
    })
}
