//! What the demonstration says of itself.

use std::fmt::Write as _;

use serde_json::json;

use super::house::{House, Left};
use crate::cli::Context;
use crate::io::colour::Paint;

/// Where it is, and what is worth a look.
pub(super) fn ready(house: &House, address: &str, context: &mut Context<'_>) {
    let data = house.root.display().to_string();
    let law = house.kept.law();
    let controller = &law.policy().controller.name;
    let person = |id: &str| format!("{address}people/{id}");
    context.answer(
        |colour| {
            let what = match house.found {
                true => "the demonstration was found".to_owned(),
                false => format!("{} invented people have lived", house.notes.people),
            };
            let mut text = format!(
                "{} {what} under the policy of {controller}\n\n  {address}\n\n",
                Paint::Good.on("ready:", colour)
            );
            let _ = writeln!(text, "Worth a look:");
            let _ = writeln!(
                text,
                "  {address}privacy   the notice that the public reads"
            );
            let _ = writeln!(text, "  {address}calendar  what goes when");
            for one in &house.notes.suggestions {
                let _ = writeln!(text, "  {}\n      {}", person(&one.person), one.en);
            }
            let _ = write!(
                text,
                "\nOther commands work on it meanwhile:\n  \
                 kept journal verify --data {data}\n\n{} Ctrl-C ends it.\n",
                match &house.passing {
                    Some(_) => "It is in a temporary folder, which goes when it ends.",
                    None => "Its folder stays when it ends.",
                }
            );
            text
        },
        || {
            json!({
                "address": address,
                "data": data,
                "found": house.found,
                "people": house.notes.people,
                "suggestions": house.notes.suggestions.iter().map(|one| json!({
                    "person": one.person,
                    "address": person(&one.person),
                    "why": { "en": one.en, "fr": one.fr },
                })).collect::<Vec<_>>(),
            })
        },
    );
}

/// What became of the folder.
pub(super) fn ended(left: Left, context: &mut Context<'_>) {
    if context.for_programs {
        return;
    }
    let text = match left {
        Left::Removed => {
            "the demonstration has ended, and its temporary folder is gone\n".to_owned()
        }
        Left::Stays(root) => {
            let root = root.display();
            format!(
                "the demonstration has ended; it stays in {root}, and `kept demo --data {root}` shows it again\n"
            )
        }
    };
    context.io.print(&text);
}
