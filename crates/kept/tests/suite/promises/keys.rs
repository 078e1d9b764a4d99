//! 10j, 21f and 21g as far as the keys and their manager show them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use ::kept::cli::Cli;
use clap::CommandFactory as _;
use testkit::token::{LABEL, MODULE, PIN};

use super::evidence::{copy_folder, files_below};
use super::people::{add, contact, policy};
use crate::installation::{IN_TOKEN, Installation};
use crate::kept::{Kept, Run};
use crate::policies::SHOP;
use crate::served::{LOCAL, Served};

const NOON: &str = "2026-03-01T09:00";
/// A name that stands nowhere else.
const SURNAME: &str = "Kerbrat-Vandamme";

fn init(kept: &Kept, more: &[&str]) -> Run {
    kept.file("policy.toml", SHOP);
    let init = ["init", "--policy", "policy.toml", "--data", "D"];
    kept.run(init.iter().chain(more))
}

/// Waits for what another process does.
fn soon(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "not yet: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn promise_10j_a_full_copy_taken_before_opens_no_more_where_the_keys_cannot_be_copied() {
    // (where the keys are, whether the full copy still opens after erasure and turn)
    for (in_token, opens) in [(false, true), (true, false)] {
        let installation = match in_token {
            true => Installation::with_token(&policy(), NOON),
            false => Installation::rehearsal(&policy(), NOON),
        };
        let person = add(
            &installation,
            "--kind contact --met professional --origin business-card --purpose contact-relations",
            &[&format!("identity.surname={SURNAME}")],
        );
        let stays = contact(&installation);
        // All that can be copied: the folder, and the key folder with it.
        let around = installation.around().folder().to_owned();
        copy_folder(&installation.data(), &around.join("backup"));
        copy_folder(&installation.keys(), &around.join("backup.keys"));
        let read = |data: &str, id: &str| {
            let line = format!(
                "read {id} --recipient client-relations --purpose contact-relations --data {data} \
                 --keys {data}.keys"
            );
            installation.around().run(line.split_whitespace())
        };
        person
            .run("forget {} --yes --reason no-longer-necessary")
            .ok();
        read("D", &person.id).exits(5);
        // Unreadable here at once; in the copy, until the turn.
        read("backup", &person.id).ok().says(SURNAME);
        installation.later("1 day").run(["keys", "rotate"]).ok();
        read("D", &stays.id).ok();
        let copy = read("backup", &person.id);
        match opens {
            true => {
                copy.ok().says(SURNAME);
            }
            false => {
                copy.exits(6)
                    .complains("the keys of epoch 1 are not in the token");
            }
        }
    }
}

#[test]
fn promise_10j_keys_go_over_to_a_token_while_everything_stays_readable() {
    let kept = Kept::with_token();
    kept.file("policy.toml", policy());
    let init = [
        "init",
        "--policy",
        "policy.toml",
        "--data",
        "D",
        "--rehearsal",
        "--at",
        NOON,
    ];
    kept.run(init).ok();
    let installation = Installation::around_it(kept);
    let person = contact(&installation);
    let status = || installation.run(["keys", "status", "--json"]).ok().json();
    assert_eq!(status()["manager"]["kind"], "files");
    let to_token = ["keys", "move", "--to"].iter().chain(&IN_TOKEN[1..]);
    let dry = to_token.clone().chain(&["--dry-run"]);
    installation.run(dry).ok().says("a turn would wrap");
    assert_eq!(status()["manager"]["kind"], "files");

    // In the process that serves, as anywhere else.
    let serving = installation.serve();
    installation
        .run(to_token.clone())
        .ok()
        .says("the keys are in a PKCS#11 token")
        .says("the key of epoch 1 is destroyed");
    assert!(person.readable("client-relations", "contact-relations"));
    serving.end();
    let now = status();
    assert_eq!(now["manager"]["token"], LABEL);
    assert_eq!(now["epochs"][0]["manager"], "files");
    assert_eq!(now["epochs"][0]["state"], "destroyed");
    assert_eq!(now["epochs"][1]["manager"], "pkcs11");
    assert_eq!(now["epochs"][1]["wrapping"], "aes-256-gcm");
    // Another token, or the same by another way, is not taken on the side.
    for (place, other) in [(4, "another"), (6, "elsewhere/pin")] {
        let mut given = IN_TOKEN[1..].to_vec();
        given[place] = other;
        let line = ["keys", "move", "--to"].iter().copied().chain(given);
        installation
            .run(line)
            .exits(4)
            .complains("names the token `kept-test` already");
    }
    let left = files_below(&installation.keys());
    let left = left.iter().filter_map(|it| it.file_name()?.to_str());
    let mut left: Vec<&str> = left.collect();
    left.sort_unstable();
    assert_eq!(left, ["backup.key", "journal.key", "look-up.key"]);
    installation.run(["keys", "rotate"]).ok();
    assert!(person.readable("client-relations", "contact-relations"));
    installation.run(["journal", "verify"]).ok();
}

#[test]
fn promise_21f_a_lower_or_unranked_means_of_keeping_keys_is_refused() {
    let kept = Kept::with_token();
    let with = |from: &str, to: &str| -> Vec<String> {
        let given = IN_TOKEN.iter().map(|it| it.replace(from, to));
        given.collect()
    };
    for (more, why) in [
        (vec!["--algorithm", "aes-128-gcm"], "ranks at 128 bits"),
        (vec!["--algorithm", "des3-cbc"], "has no rank"),
        (vec!["--algorithm", "sha-256"], "ranks at 128 bits"),
    ] {
        let options = [IN_TOKEN.as_slice(), &more].concat();
        init(&kept, &options).exits(3).complains(why);
    }
    let unranked = with("pkcs11", "kms");
    let unranked: Vec<&str> = unranked.iter().map(String::as_str).collect();
    init(&kept, &unranked)
        .exits(3)
        .complains("no key manager that has a rank");
    assert!(!kept.folder().join("D").exists(), "nothing was made");

    init(&kept, &IN_TOKEN).ok();
    // What the installation says of itself is held to the same.
    let description = kept.folder().join("D/installation.toml");
    let said = fs::read_to_string(&description).unwrap();
    let status = || kept.run(["keys", "status", "--data", "D"]);
    for (from, to, why) in [
        ("\"aes-256-gcm\"", "\"aes-128-gcm\"", "ranks at 128 bits"),
        ("\"aes-256-gcm\"", "\"rc4\"", "has no rank"),
        ("\"pkcs11\"", "\"kms\"", "no key manager that has a rank"),
    ] {
        fs::write(&description, said.replace(from, to)).unwrap();
        status().exits(3).complains(why);
    }
    let (without, _) = said.split_once("[key-manager]").unwrap();
    fs::write(&description, without).unwrap();
    status().exits(6).complains("installation.toml` names none");
    fs::write(&description, &said).unwrap();

    // A server takes the level into force; the way down is refused, and never taken in silence.
    Served::start(&kept, LOCAL).end();
    let in_force = || {
        kept.run(["config", "in-force", "--data", "D", "--json"])
            .ok()
    };
    let stored = in_force().json()["levels"][0]["level"]["stored"].clone();
    assert_eq!(stored["key-manager"], "pkcs11");
    assert_eq!(stored["strength-bits"], 256);
    let down = ["keys", "move", "--to", "files", "--data", "D"];
    kept.run(down)
        .exits(3)
        .complains("key-manager: files, and in force is pkcs11");
    status().ok().says("epoch 1  token, in use");
    let reason = ["--reason", "the token goes back to its maker"];
    kept.run(down.iter().chain(&reason))
        .ok()
        .says("the keys are in files of the key folder");
    let levels = in_force().json()["levels"].clone();
    assert_eq!(levels[1]["level"]["stored"]["key-manager"], "files");
    assert_eq!(levels[1]["weaker"][0]["setting"], "key-manager");
    assert_eq!(levels[1]["reason"], reason[1]);
    // And up again, from where it holds once more.
    let up = ["keys", "move", "--data", "D", "--to"];
    kept.run(up.iter().chain(&IN_TOKEN[1..])).ok();
    kept.run(down).exits(3);

    // The order is published.
    let published = kept.run(["keys", "algorithms", "--json"]).ok().json();
    let listed = published["algorithms"].as_array().unwrap();
    let of = |name: &str| listed.iter().find(|it| it["name"] == name).unwrap();
    assert!(of("aes-128-gcm")["rank"].as_u64() < of("aes-256-gcm")["rank"].as_u64());
    assert!(published["floors"]["wrap"].as_u64() > of("aes-128-gcm")["rank"].as_u64());
}

#[test]
fn promise_21g_the_link_to_the_key_manager_is_known_and_its_pin_on_no_command_line() {
    let kept = Kept::with_token();
    let pin = kept.folder().join("token/pin");
    let mode = |mode| fs::set_permissions(&pin, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o644);
    init(&kept, &IN_TOKEN)
        .exits(3)
        .complains("others may read or write it");
    mode(0o600);
    // A module that others could have put there is not loaded.
    fs::copy(MODULE, kept.folder().join("module.so")).unwrap();
    let mut planted = IN_TOKEN;
    planted[3] = "module.so";
    fs::set_permissions(
        kept.folder().join("module.so"),
        fs::Permissions::from_mode(0o777),
    )
    .unwrap();
    init(&kept, &planted)
        .exits(3)
        .complains("not root's alone to write");
    fs::write(&pin, "0000-0000\n").unwrap();
    init(&kept, &IN_TOKEN)
        .exits(6)
        .complains("does not accept the PIN");
    fs::write(&pin, format!("{PIN}\n")).unwrap();
    assert!(!kept.folder().join("D").exists(), "nothing was made");

    // Without a file: from the environment, and from the service's credentials before that.
    kept.file("policy.toml", SHOP);
    let line = ["init", "--policy", "policy.toml", "--data", "D"];
    let run = |variables: &[(&str, &str)]| {
        let mut command = kept.command(line.iter().chain(&IN_TOKEN[..6]));
        command.envs(variables.iter().copied());
        let output = command.output().unwrap();
        Run::new(&command, output)
    };
    run(&[]).exits(6).complains("there is no PIN for the token");
    let credentials = kept.file("credentials/kept-key-manager-pin", PIN);
    fs::set_permissions(&credentials, fs::Permissions::from_mode(0o400)).unwrap();
    let folder = credentials.parent().unwrap().to_str().unwrap();
    run(&[
        ("CREDENTIALS_DIRECTORY", folder),
        ("KEPT_KEY_MANAGER_PIN", "wrong"),
    ])
    .ok();
    for name in ["D", "D.keys"] {
        for file in files_below(&kept.folder().join(name)) {
            let bytes = fs::read(&file).unwrap();
            let found = bytes.windows(PIN.len()).any(|it| it == PIN.as_bytes());
            assert!(!found, "the PIN is in {}", file.display());
        }
    }
    let status = kept.command(["keys", "status", "--data", "D"]);
    let mut status = status;
    let output = status.env("KEPT_KEY_MANAGER_PIN", PIN).output().unwrap();
    let told = Run::new(&status, output).ok();
    assert!(!told.out().contains(PIN));

    // No option of any command takes a PIN.
    let mut cli = Cli::command();
    cli.build();
    let mut left = vec![&cli];
    while let Some(command) = left.pop() {
        let options = command.get_arguments().filter_map(|it| it.get_long());
        for option in options.filter(|it| it.split('-').any(|word| word == "pin")) {
            assert_eq!(option, "pin-file", "of {}", command.get_name());
        }
        left.extend(command.get_subcommands());
    }
}

#[test]
fn the_nights_turn_is_made_in_the_token() {
    let kept = Kept::with_token();
    init(&kept, &IN_TOKEN).ok();
    let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
    let soon_after = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(12);
    let at = zone.to_datetime(soon_after).time();
    let at = format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
    let served = Served::start(&kept, &format!("{LOCAL}[jobs]\nat = \"{at}\"\n"));
    let epochs = || {
        let status = kept.run(["keys", "status", "--data", "D", "--json"]).ok();
        status.json()["epochs"].clone()
    };
    assert_eq!(epochs().as_array().unwrap().len(), 1);
    soon("the keys have turned", || {
        epochs()[0]["state"] == "destroyed"
    });
    assert_eq!(epochs()[1]["manager"], "pkcs11");
    served.end();
    kept.run(["journal", "verify", "--data", "D"]).ok();
}
