//! The record of processing, generated.

#![allow(clippy::unwrap_used, reason = "a test")]

use policy::diagnostics::explain::MINIMAL;
use policy::model::Language;
use policy::{compile, register};

fn source() -> String {
    MINIMAL
        .replace("uses = [\"identity\"]\n[[purposes.orders", "uses = [\"identity\"]\nprocessors = [\"carrier\"]\n[[purposes.orders")
        .replace(
            "[processors.carrier]\n",
            "[processors.carrier]\ntransfer = { country = \"CH\", safeguard = { en = \"Adequacy decision\", fr = \"Décision d'adéquation\" } }\n",
        )
        .replace("[kinds.customer]", "[security]\nmeasures = [{ en = \"Locked doors.\", fr = \"Portes fermées.\" }]\n\n[kinds.customer]")
}

#[test]
fn it_is_a_page_in_both_languages() {
    let register = register(&compile(&source()).policy.unwrap());
    insta::assert_snapshot!("english", register.to_markdown(Language::En));
    insta::assert_snapshot!("french", register.to_markdown(Language::Fr));
}

#[test]
fn it_is_complete_in_json() {
    let register = register(&compile(&source()).policy.unwrap());
    insta::assert_snapshot!(serde_json::to_string_pretty(&register.to_json()).unwrap());
}
