//! The trace as evidence (9d, 10l) and what is left of the forgotten (10j).

use std::fs;
use std::path::{Path, PathBuf};

use super::people::{add, contact, policy};
use crate::installation::Installation;
use crate::kept::Kept;

/// A name that stands nowhere else.
const SURNAME: &str = "Kerbrat-Vandamme";

fn rehearsal() -> Installation {
    Installation::rehearsal(&policy(), "2026-03-01T09:00")
}

pub(super) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (kind, target) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &target);
        } else if kind.is_file() {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(super) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(files_below(&path)),
            false => files.push(path),
        }
    }
    files
}

#[test]
fn promise_9d_any_change_to_the_trace_shows_and_its_place_is_named() {
    let installation = rehearsal();
    contact(&installation);
    let journal = installation.data().join("journal");
    installation.run(["journal", "checkpoint"]).ok();
    installation
        .run(["journal", "verify"])
        .ok()
        .says("the journal is whole");
    for file in files_below(&journal) {
        let name = file.strip_prefix(&journal).unwrap().display().to_string();
        if name == "verifier" {
            continue;
        }
        let whole = fs::read(&file).unwrap();
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            fs::write(&file, flipped).unwrap();
            installation.run(["journal", "verify"]).exits(7).says(&name);
        }
        fs::write(&file, &whole[..whole.len() - 1]).unwrap();
        installation.run(["journal", "verify"]).exits(7).says(&name);
        fs::write(&file, whole).unwrap();
    }
    installation.run(["journal", "verify"]).ok();
}

#[test]
fn promise_9d_a_rewritten_trace_fails_against_a_checkpoint_kept_outside() {
    let installation = rehearsal();
    let person = contact(&installation);
    installation.run(["journal", "checkpoint"]).ok();
    // The administrator, who has every file and every key, takes a copy before a read.
    let (root, copy) = (
        installation.data(),
        installation.around().folder().join("copy"),
    );
    copy_folder(&root, &copy);
    assert!(person.readable("client-relations", "contact-relations"));
    let notary = installation.around().folder().join("notary");
    fs::create_dir(&notary).unwrap();
    installation
        .run(["journal", "checkpoint", "--to", "notary"])
        .ok();
    installation
        .run(["journal", "verify", "--against", "notary"])
        .ok()
        .says("compared with 1 kept outside");
    // The read is made undone, and others take its place in the trace.
    fs::remove_dir_all(&root).unwrap();
    copy_folder(&copy, &root);
    for _ in 0..4 {
        contact(&installation);
    }
    installation.run(["journal", "checkpoint"]).ok();
    installation.run(["journal", "verify"]).ok();
    installation
        .run(["journal", "verify", "--against", "notary"])
        .exits(7)
        .says("history was rewritten");
}

#[test]
fn promise_9d_whoever_trusts_a_signing_key_goes_on_to_the_one_after_it() {
    let installation = rehearsal();
    contact(&installation);
    let notary = installation.around().folder().join("notary");
    fs::create_dir(&notary).unwrap();
    let checkpoint = || {
        let run = installation.run(["journal", "checkpoint", "--to", "notary"]);
        run.ok();
    };
    let verifier = || {
        let text = fs::read_to_string(installation.data().join("journal/verifier"));
        text.unwrap().trim().to_owned()
    };
    checkpoint();
    let first = verifier();
    installation
        .run(["journal", "roll-key", "--dry-run"])
        .ok()
        .says("a new key would sign");
    assert_eq!(verifier(), first);
    for _ in 0..2 {
        let before = verifier();
        let rolled = installation
            .run(["journal", "roll-key", "--to", "notary", "--json"])
            .ok()
            .json();
        assert_eq!(rolled["old"], before.as_str());
        assert_eq!(rolled["new"], verifier().as_str());
        assert_ne!(before, verifier());
        contact(&installation);
        checkpoint();
    }
    let verify = |words: &[&str]| {
        let mut line = vec!["journal", "verify"];
        line.extend(words);
        installation.run(line)
    };
    verify(&[]).ok().says("the journal is whole");
    verify(&["--against", "notary"])
        .ok()
        .says("the journal is whole");
    // Without the statements, what the first key signed is nobody's.
    let statements = |folder: &Path| {
        let files = files_below(folder).into_iter();
        files
            .filter(|file| file.extension().is_some_and(|it| it == "roll-over"))
            .collect::<Vec<_>>()
    };
    let ours = statements(&installation.data().join("journal"));
    let kept = statements(&notary);
    assert_eq!((ours.len(), kept.len()), (2, 2));
    for file in ours.iter().chain(&kept) {
        let whole = fs::read_to_string(file).unwrap();
        fs::write(file, whole.replacen("/v1\n", "/v1\nx", 1)).unwrap();
        verify(&["--against", "notary"]).exits(7);
        fs::write(file, whole).unwrap();
    }
    for file in &ours {
        fs::remove_file(file).unwrap();
    }
    verify(&["--against", "notary"])
        .ok()
        .says("the journal is whole");
    for file in &kept {
        fs::remove_file(file).unwrap();
    }
    verify(&["--against", "notary"]).exits(7);
}

#[test]
fn promise_9d_a_restore_that_lost_entries_is_owned_up_to_and_never_gone_on_with_in_silence() {
    for journal_went_back_too in [false, true] {
        let installation = rehearsal();
        contact(&installation);
        let around = installation.around().folder().to_owned();
        fs::create_dir(around.join("notary")).unwrap();
        let checkpoint = || {
            let run = installation.run(["journal", "checkpoint", "--to", "notary"]);
            run.ok();
        };
        let verify = || installation.run(["journal", "verify", "--against", "notary"]);
        checkpoint();
        let parts: &[&str] = match journal_went_back_too {
            true => &["data", "journal"],
            false => &["data"],
        };
        for part in parts {
            copy_folder(
                &installation.data().join(part),
                &around.join("copy").join(part),
            );
        }
        contact(&installation);
        checkpoint();
        let begin = |words: &[&str]| {
            let mut line = vec!["journal", "new-origin", "--to", "notary", "--reason"];
            line.extend(words);
            installation.run(line)
        };
        begin(&["Nothing is missing"])
            .exits(4)
            .complains("it needs no new origin");
        for part in parts {
            fs::remove_dir_all(installation.data().join(part)).unwrap();
            copy_folder(
                &around.join("copy").join(part),
                &installation.data().join(part),
            );
        }
        // Nothing is read or done; what is wrong is said, and the verification names it.
        for line in [vec!["count"], vec!["serve"], vec!["journal", "checkpoint"]] {
            installation
                .run(line)
                .exits(7)
                .complains("it came back from an older copy")
                .complains("kept journal new-origin");
        }
        verify().exits(7);
        begin(&["", "--dry-run"]).exits(2);
        begin(&["Monday's copy", "--dry-run"])
            .ok()
            .says("owned up to as lost");
        installation.run(["count"]).exits(7);
        let begun = begin(&["Monday's copy", "--json"]).ok().json();
        let origin = begun["origin"].as_str().unwrap();
        assert_eq!(
            origin,
            format!("{}/2", begun["old-origin"].as_str().unwrap())
        );
        assert!(begun["checkpoint"].as_str().unwrap().starts_with(origin));
        // It goes on, and every checkpoint outside is met or owned up to.
        contact(&installation);
        checkpoint();
        verify().ok().says("the journal is whole");
        installation
            .run(["journal", "roll-key", "--to", "notary"])
            .ok();
        verify().ok().says("the journal is whole");
        begin(&["Again"]).exits(4);
        // Without the statement, the fork shows.
        let journal = installation.data().join("journal");
        for folder in [journal, around.join("notary")] {
            for file in files_below(&folder) {
                if file.extension().is_some_and(|it| it == "new-origin") {
                    fs::remove_file(file).unwrap();
                }
            }
        }
        verify().exits(7);
    }
}

#[test]
fn promise_9d_an_outsider_checks_an_entry_with_the_public_key_alone() {
    let installation = rehearsal();
    let person = contact(&installation);
    assert!(person.readable("client-relations", "contact-relations"));
    let trace = person.json("trace {}");
    let read = trace["acts"].as_array().unwrap().iter();
    let entry = read
        .filter(|act| act["act"] == "read")
        .map(|act| act["entry"].to_string())
        .next()
        .unwrap();
    installation.run(["journal", "prove", &entry]).exits(4);
    installation.run(["journal", "checkpoint"]).ok();
    let proof = installation.run(["journal", "prove", &entry]).ok();
    let key = fs::read_to_string(installation.data().join("journal/verifier")).unwrap();

    let outsider = Kept::new();
    outsider.file("proof", proof.out());
    let check = ["journal", "prove", "--check", "proof", "--key", key.trim()];
    let shown = outsider.run(check).ok();
    let shown = shown.says("read by").says(&person.id);
    let json = outsider.run([&check[..], &["--json"]].concat()).ok().json();
    assert_eq!(json["subject"], person.id.as_str(), "{}", shown.out());
    for (at, byte) in proof.out().bytes().enumerate().step_by(97) {
        let mut bent = proof.out().as_bytes().to_vec();
        bent[at] = byte ^ 1;
        outsider.file("proof", bent);
        outsider
            .run(check)
            .exits(2)
            .complains("this proves nothing");
    }
}

#[test]
fn promise_10l_details_of_the_trace_go_at_their_term_and_its_proofs_stay() {
    let installation = rehearsal();
    contact(&installation);
    installation
        .at("2029-03-31T12:00")
        .run(["journal", "prune"])
        .ok()
        .says("no details from before 2026-03");
    installation.at("2029-04-01T12:00");
    installation
        .run(["journal", "prune", "--dry-run"])
        .ok()
        .says("would go");
    installation
        .run(["journal", "prune"])
        .ok()
        .says("from before 2026-04 went");
    let verified = installation
        .run(["journal", "verify", "--json"])
        .ok()
        .json();
    assert!(verified["details-pruned"].as_u64().unwrap() > 3);
    installation.run(["journal", "prove", "2"]).exits(5);
}

#[test]
fn promise_10j_what_was_erased_stands_in_no_file_and_old_copies_open_no_more() {
    let installation = rehearsal();
    let person = add(
        &installation,
        "--kind contact --met professional --origin business-card --purpose contact-relations",
        &[&format!("identity.surname={SURNAME}")],
    );
    let stays = contact(&installation);
    // A backup of the folder; of the keys there is none.
    let backup = installation.around().folder().join("backup");
    copy_folder(&installation.data(), &backup);
    let read = |data: &str, id: &str| {
        let line = format!(
            "read {id} --recipient client-relations --purpose contact-relations --data {data} \
             --keys D.keys"
        );
        installation.around().run(line.split_whitespace())
    };
    read("backup", &person.id).ok().says(SURNAME);

    person
        .run("forget {} --yes --reason no-longer-necessary")
        .ok();
    read("D", &person.id).exits(5);
    let status = installation.run(["keys", "status", "--json"]).ok().json();
    assert_eq!(status["waiting"]["epoch"], 1);
    for file in files_below(&installation.data())
        .into_iter()
        .chain(files_below(&installation.keys()))
    {
        let bytes = fs::read(&file).unwrap();
        let stands = bytes
            .windows(SURNAME.len())
            .any(|window| window == SURNAME.as_bytes());
        assert!(!stands, "in {}", file.display());
    }

    installation
        .later("1 day")
        .run(["keys", "rotate"])
        .ok()
        .says("unrecoverable from older copies");
    let status = installation.run(["keys", "status", "--json"]).ok().json();
    assert!(status["waiting"].is_null(), "{status}");
    // The backup opens with nothing that there still is; what was not erased is read as before.
    read("backup", &person.id)
        .exits(6)
        .complains("the key of epoch 1 is not in the key folder");
    read("D", &stays.id).ok();
}

#[test]
fn promise_10j_nothing_is_destroyed_without_a_word_that_comes_after_what_would_go() {
    let installation = rehearsal();
    let person = contact(&installation);
    let forget = "forget {} --reason no-longer-necessary";
    let refused = person.run(forget).exits(2);
    let refused = refused.complains("cannot be undone, by anybody");
    refused.complains("nothing was changed");
    person.run(&format!("{forget} --json")).exits(2);
    assert!(person.readable("client-relations", "contact-relations"));
    assert!(!person.acts().contains(&"erased".to_owned()));
    let dry = person.run(&format!("{forget} --dry-run")).ok();
    dry.says("1 record would be destroyed, 0 would stay");
    assert!(person.readable("client-relations", "contact-relations"));
    person.run(&format!("{forget} --yes")).ok();
    assert!(!person.readable("client-relations", "contact-relations"));
}

#[test]
fn promise_10j_copies_that_went_out_are_listed_with_whom_to_ask_for_their_deletion() {
    let installation = rehearsal();
    let (person, other) = (contact(&installation), contact(&installation));
    person.run("copy {} --output copy.json --as k.lopez").ok();
    other.run("copy {} --output other.json").ok();
    let forget = "forget {} --reason no-longer-necessary";
    let copies = "1 copy went out; ask for their deletion, as Kept cannot reach them:";
    for word in ["--dry-run", "--yes"] {
        let run = person.run(&format!("{forget} {word}")).ok();
        let run = run.says(copies).says("to file, made by k.lopez");
        assert!(!run.out().contains("other"), "{}", run.out());
    }
    let done = other.json(&format!("{forget} --yes"));
    let listed = done["copies"].as_array().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["destination"], "file");
    assert_eq!(listed[0]["categories"][0], "identity");
    assert!(listed[0]["at"].is_string() && listed[0]["made-by"].is_string());
    // Where none went out, none is named.
    let third = contact(&installation);
    let run = third.run(&format!("{forget} --yes")).ok();
    assert!(!run.out().contains("went out"), "{}", run.out());
}
