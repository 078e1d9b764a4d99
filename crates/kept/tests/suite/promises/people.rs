//! A rehearsal of the default policy, and a person in it.

use std::ops::Deref;

use serde_json::Value;

use crate::installation::{Installation, Serving};
use crate::kept::Run;
use crate::policies;

/// The default policy's text.
pub(super) fn policy() -> String {
    std::fs::read_to_string(policies::assess_manager().join("policy.toml")).unwrap()
}

/// The default authorisation's text.
pub(super) fn authorisation() -> String {
    std::fs::read_to_string(policies::assess_manager().join("authorisation.toml")).unwrap()
}

/// A rehearsal that a process serves, so that each command need not open it anew.
pub(super) struct Rehearsal {
    // Ended before the folder goes.
    _serving: Serving,
    installation: Installation,
}

impl Deref for Rehearsal {
    type Target = Installation;

    fn deref(&self) -> &Installation {
        &self.installation
    }
}

/// A rehearsal of the default policy, from a moment in Paris on.
pub(super) fn rehearsal(at: &str) -> Rehearsal {
    let installation = Installation::rehearsal(&policy(), at);
    Rehearsal {
        _serving: installation.serve(),
        installation,
    }
}

/// The same, whose keyring is shipped to folders beside it.
pub(super) fn rehearsal_shipped(at: &str, places: &[&str]) -> Rehearsal {
    let installation = Installation::rehearsal(&policy(), at);
    installation.ship_to(places);
    Rehearsal {
        _serving: installation.serve(),
        installation,
    }
}

/// A rehearsal of the default policy with the default authorisation beside it.
pub(super) fn authorised(at: &str) -> Rehearsal {
    let installation = Installation::authorised(&policy(), &authorisation(), at);
    Rehearsal {
        _serving: installation.serve(),
        installation,
    }
}

/// Takes a person in: the words after `kept add`.
pub(super) fn add<'a>(installation: &'a Installation, words: &str, fields: &[&str]) -> Person<'a> {
    let added = adding(installation, words, fields).ok().json();
    Person {
        installation,
        id: added["person"].as_str().unwrap().to_owned(),
    }
}

/// A try to take a person in.
pub(super) fn adding(installation: &Installation, words: &str, fields: &[&str]) -> Run {
    let mut line: Vec<&str> = vec!["add", "--json"];
    line.extend(words.split_whitespace());
    for field in fields {
        line.extend(["--field", *field]);
    }
    installation.run(line)
}

/// A contact met at work, with a name.
pub(super) fn contact(installation: &Installation) -> Person<'_> {
    add(
        installation,
        "--kind contact --met professional --origin business-card --purpose contact-relations",
        &["identity.surname=Vasseur", "identity.first-name=Odile"],
    )
}

/// A person in an installation.
#[derive(Clone)]
pub(super) struct Person<'a> {
    pub(super) installation: &'a Installation,
    pub(super) id: String,
}

impl Person<'_> {
    /// Runs a command on the person: `{}` stands for their identifier.
    pub(super) fn run(&self, words: &str) -> Run {
        let line = words.split_whitespace();
        let line: Vec<&str> = line
            .map(|word| if word == "{}" { self.id.as_str() } else { word })
            .collect();
        self.installation.run(line)
    }

    /// The same, answered in JSON, which must end well.
    #[track_caller]
    pub(super) fn json(&self, words: &str) -> Value {
        self.run(&format!("{words} --json")).ok().json()
    }

    /// Adds records to the person.
    #[track_caller]
    pub(super) fn more(&self, words: &str, fields: &[&str]) -> Value {
        self.try_more(words, fields).ok().json()
    }

    /// A try to add records to the person.
    pub(super) fn try_more(&self, words: &str, fields: &[&str]) -> Run {
        adding(
            self.installation,
            &format!("--to {} {words}", self.id),
            fields,
        )
    }

    /// Records a fact; gives its matter, where it has one.
    #[track_caller]
    pub(super) fn fact(&self, words: &str) -> String {
        let fact = self.json(&format!("fact --person {{}} {words}"));
        fact["matter"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether a recipient may read something for a purpose: by the exit code, and the refusal must
    /// name its rule.
    #[track_caller]
    pub(super) fn readable(&self, recipient: &str, purpose: &str) -> bool {
        let run = self.run(&format!(
            "read {{}} --recipient {recipient} --purpose {purpose} --json"
        ));
        match run.code() {
            Some(0) => true,
            Some(3) => {
                let rule = run.error_json()["rule"].clone();
                assert!(rule.is_string(), "a refusal without a rule");
                false
            }
            // Nothing is held about them any more.
            Some(5) => false,
            other => panic!("reading ended with {other:?}: {}", run.err()),
        }
    }

    /// The rule that refuses a read.
    #[track_caller]
    pub(super) fn refused(&self, recipient: &str, purpose: &str) -> String {
        let run = self.run(&format!(
            "read {{}} --recipient {recipient} --purpose {purpose} --json"
        ));
        let error = run.exits(3).error_json();
        error["rule"].as_str().unwrap().to_owned()
    }

    /// The rule that closes a use, or the basis it rests on.
    pub(super) fn may(&self, words: &str) -> Result<String, String> {
        let run = self.run(&format!("may {{}} {words} --json"));
        match run.code() {
            Some(0) => Ok(run.json()["basis"].as_str().unwrap().to_owned()),
            _ => Err(run.error_json()["rule"]
                .as_str()
                .unwrap_or("absent")
                .to_owned()),
        }
    }

    /// The names of the acts in the person's trace.
    #[track_caller]
    pub(super) fn acts(&self) -> Vec<String> {
        let trace = self.json("trace {}");
        let acts = trace["acts"].as_array().unwrap().iter();
        acts.map(|act| act["act"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The term of a purpose on the records of a category, as `kept show` says it.
    #[track_caller]
    pub(super) fn until(&self, category: &str, purpose: &str) -> String {
        let shown = self.json("show {}");
        let records = shown["records"].as_array().unwrap().iter();
        let grounds = records
            .filter(|record| record["category"] == category)
            .flat_map(|record| record["grounds"].as_array().unwrap());
        let until: Vec<&str> = grounds
            .filter(|ground| ground["purpose"] == purpose)
            .map(|ground| ground["until"].as_str().unwrap())
            .collect();
        until.join("; ")
    }
}

/// Sweeps, and gives what went: rule, category, outcome, how many.
#[track_caller]
pub(super) fn sweep(installation: &Installation) -> Vec<String> {
    let swept = installation.run(["sweep", "--json"]).ok().json();
    let went = swept["went"].as_array().unwrap().iter();
    went.map(|one| {
        let word = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        format!(
            "{} {} {} by {}",
            one["records"],
            word("category"),
            word("outcome"),
            word("rule")
        )
    })
    .collect()
}
