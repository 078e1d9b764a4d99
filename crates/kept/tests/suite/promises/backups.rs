//! 10j, 21b, 21e: what a backup brings back, and what it never does.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::people::{Person, add, contact, policy, rehearsal_shipped};
use crate::installation::Installation;
use crate::kept::{Kept, Run};
use crate::policies::SHOP;
use crate::s3_server::S3Server;
use crate::served::{LOCAL, Served, installation};

const CARD: &str =
    "--kind contact --met professional --origin business-card --purpose contact-relations";

const MORE: &str = "--kind contact --origin business-card --purpose contact-relations";

/// An installation that is shipped to two places and backed up to a third.
fn shipped() -> Installation {
    let installation = Installation::rehearsal(&policy(), "2026-03-01T09:00");
    installation.ship_to(&["C1", "C2"]);
    fs::create_dir(installation.around().folder().join("B")).unwrap();
    installation
}

fn restore(around: &Kept, into: &str, more: &[&str]) -> Run {
    let mut line = vec![
        "restore",
        "--from",
        "B",
        "--keyring",
        "C2",
        "--data",
        into,
        "--keys",
        "D.keys",
        "--json",
    ];
    line.extend(more);
    around.run(line)
}

/// What a command says of a person in a restored installation.
fn in_restored(around: &Kept, into: &str, words: &str, person: &Person<'_>) -> Run {
    let words = words.replace("{}", &person.id);
    around.run(words.split_whitespace().chain(["--data", into, "--json"]))
}

fn holds(value: &Value, text: &str) -> bool {
    value.to_string().contains(text)
}

const READ: &str = "read {} --recipient client-relations --purpose contact-relations";

#[test]
fn promise_21b_a_restore_loses_nothing_from_before_the_backup_and_brings_nothing_erased_back() {
    let it = shipped();
    let stays = contact(&it);
    let gone = add(&it, CARD, &["identity.surname=Kerbrat-Villeneuve"]);
    let objects = add(&it, CARD, &["identity.surname=Abgrall"]);
    let restricted = add(&it, CARD, &["identity.surname=Le-Bihan"]);
    let held = add(&it, CARD, &["identity.surname=Quemeneur"]);
    let made = it.run(["backup", "--to", "B", "--json"]).ok().json();
    assert_eq!(made["copies"][1]["failed"], Value::Null);
    // Nobody waits for a shipping: each of these ships by itself.
    gone.run("forget {} --yes --reason no-longer-necessary")
        .ok();
    objects.run("object {} --to canvassing").ok();
    restricted.run("restrict {} --category identity").ok();
    held.run(
        "hold place {} --purpose contract-evidence --category identity --review 2030-01-01 \
         --reason exchanges.exchange-text=Announced --origin written-by-us",
    )
    .ok();
    let new = add(&it, CARD, &["identity.surname=Nouveau"]);
    let around = it.around();
    // The machine is lost: what is left is the places and the key folder.
    fs::remove_dir_all(it.data()).unwrap();
    let restored = restore(around, "N", &[]).ok().json();
    assert_eq!(restored["backup"], made["backup"]);
    assert_eq!(restored["erased-people"], 1);
    assert_eq!(restored["to-be-looked-at"], 0);
    assert_eq!(restored["new-origin"], Value::Null);
    for person in [&stays, &objects, &held] {
        in_restored(around, "N", "show {}", person).ok();
    }
    let read = in_restored(around, "N", READ, &stays).ok().json();
    assert!(holds(&read, "Vasseur"));
    in_restored(around, "N", READ, &gone).exits(5);
    in_restored(around, "N", READ, &new).exits(5);
    let said = in_restored(around, "N", "show {}", &objects).ok().json();
    assert!(holds(&said, "canvassing"), "{said}");
    // What is restricted, or held for evidence, is used for nothing else.
    in_restored(around, "N", READ, &held).exits(3);
    in_restored(around, "N", READ, &restricted).exits(3);
    let acts = in_restored(around, "N", "trace {}", &held).ok().json();
    assert!(holds(&acts, "reimposed"), "{acts}");
    let verified = around.run(["journal", "verify", "--data", "N"]);
    verified.ok();
}

#[test]
fn promise_10j_an_older_backup_is_joined_with_the_keyring_of_today_or_with_none() {
    let it = shipped();
    let gone = add(&it, CARD, &["identity.surname=Kerbrat-Villeneuve"]);
    it.run(["backup", "--to", "B"]).ok();
    let around = it.around();
    let old = around.folder().join("old");
    copy(&around.folder().join("C1"), &old);
    gone.run("forget {} --yes --reason no-longer-necessary")
        .ok();
    it.run(["keys", "rotate"]).ok();
    // A place that is down delays the destruction of the old key, and shows.
    fs::rename(around.folder().join("C1"), around.folder().join("away")).unwrap();
    it.run(["keys", "rotate"]).exits(6);
    let status = it.run(["keys", "status", "--json"]).ok().json();
    assert_eq!(status["epochs"][1]["state"], "emptied");
    assert_eq!(status["copies"][0]["current"], false);
    assert_eq!(status["copies"][1]["current"], true);
    fs::rename(around.folder().join("away"), around.folder().join("C1")).unwrap();
    it.run(["keys", "rotate"]).ok();
    let status = it.run(["keys", "status", "--json"]).ok().json();
    assert_eq!(status["epochs"][1]["state"], "destroyed");
    // The copy of the keyring from before the erasure opens with no key that is left.
    let line = [
        "restore",
        "--from",
        "B",
        "--keyring",
        "old",
        "--data",
        "O",
        "--keys",
        "D.keys",
    ];
    around.run(line).exits(6);
    around.run(["show", &gone.id, "--data", "O"]).exits(4);
    restore(around, "O", &[]).ok();
    in_restored(around, "O", READ, &gone).exits(5);
    let found = around.run([
        "restore", "--list", "--from", "B", "--keys", "D.keys", "--json",
    ]);
    assert_eq!(found.ok().json()["backups"].as_array().unwrap().len(), 1);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn promise_21b_a_backup_is_made_while_everything_goes_on_and_is_bytes_to_whoever_finds_it() {
    let it = rehearsal_shipped("2026-03-01T09:00", &["C1", "C2"]);
    let person = contact(&it);
    fs::create_dir(it.around().folder().join("B")).unwrap();
    let first = it.run(["backup", "--to", "B", "--json"]).ok().json();
    person.more(MORE, &["contact-details.email=odile@example.org"]);
    let second = it
        .run(["backup", "--to", "B", "--keep", "1", "--json"])
        .ok()
        .json();
    assert_eq!(second["removed"], 1);
    assert!(second["parts-there"].as_u64().unwrap() > 0);
    assert_ne!(first["backup"], second["backup"]);
    let mut files = vec![
        it.around().folder().join("B"),
        it.around().folder().join("C1"),
    ];
    let mut looked_at = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|it| it.unwrap().path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        looked_at += 1;
        for clear in ["Vasseur", "odile", "contact-relations", "installation-made"] {
            let there = bytes.windows(clear.len()).any(|it| it == clear.as_bytes());
            assert!(!there, "{clear} in {}", path.display());
        }
    }
    assert!(looked_at > 10);
}

#[test]
fn promise_21e_a_drill_restores_checks_reports_and_leaves_nothing_behind() {
    let it = shipped();
    let gone = add(&it, CARD, &["identity.surname=Kerbrat-Villeneuve"]);
    contact(&it);
    it.run(["backup", "--to", "B"]).ok();
    gone.run("forget {} --yes --reason no-longer-necessary")
        .ok();
    let around = it.around();
    let temporary = around.folder().join("T");
    fs::create_dir(&temporary).unwrap();
    let mut drill = around.command(["drill", "--data", "D", "--report", "drill.md"]);
    let output = drill.env("TMPDIR", &temporary).output().unwrap();
    Run::new(&drill, output).ok();
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    let report = fs::read_to_string(around.folder().join("drill.md")).unwrap();
    assert!(!report.contains(&gone.id));
    insta::assert_snapshot!("drill_report", shape(&report));
    // What is lost is found: a part of the backup is not there.
    let mut folder = around.folder().join("B/data/chunks");
    while folder.is_dir() {
        folder = fs::read_dir(folder)
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path();
    }
    fs::remove_file(folder).unwrap();
    it.run(["drill"]).exits(7);
}

#[test]
fn promise_21b_a_server_backs_up_on_schedule_and_ships_by_itself() {
    let kept = installation(SHOP);
    let mut described = fs::read_to_string(kept.folder().join("D/installation.toml")).unwrap();
    described.push_str("keyring-copies = [\"../C1\", \"../C2\"]\n");
    kept.file("D/installation.toml", described);
    for place in ["B", "C1", "C2"] {
        fs::create_dir(kept.folder().join(place)).unwrap();
    }
    let config = format!("{LOCAL}[metrics]\nlisten = \"127.0.0.1:0\"\n[backup]\nto = \"B\"\n");
    let served = Served::start(&kept, &config);
    for made in [
        "B/data/manifests",
        "C1/keyring/current",
        "C2/journal/current",
    ] {
        while !kept.folder().join(made).exists() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let listed = || {
        let line = [
            "restore", "--list", "--from", "B", "--keys", "D.keys", "--json",
        ];
        kept.run(line).ok().json()["backups"]
            .as_array()
            .unwrap()
            .len()
    };
    while listed() == 0 {
        std::thread::sleep(Duration::from_millis(50));
    }
    let status = kept.run(["keys", "status", "--data", "D", "--json"]);
    assert_eq!(status.ok().json()["copies"][1]["current"], true);
    kept.run(["drill", "--data", "D"]).ok();
    served.end();
    // A place that is not there is told where it can be seen, and stops nothing.
    fs::remove_dir_all(kept.folder().join("B")).unwrap();
    fs::remove_dir_all(kept.folder().join("C2")).unwrap();
    let served = Served::start(&kept, &config.replace("\"B\"", "\"elsewhere\""));
    let log = || fs::read_to_string(kept.folder().join("log")).unwrap();
    while !(log().contains("job=\"backup\"") && log().contains("job=\"ship-keyring\"")) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(served.get("/privacy").status, 200);
    served.end();
}

/// Runs a command with a service that speaks S3, and what it adds to the environment.
fn with_s3(it: &Installation, server: &S3Server, words: &str) -> Run {
    let mut command = it.around().command(words.split_whitespace());
    server.tell(command.env("KEPT_DATA", "D"));
    let output = command.output().unwrap();
    Run::new(&command, output)
}

#[test]
fn promise_21b_a_bucket_is_a_place_like_another() {
    let it = Installation::rehearsal(&policy(), "2026-03-01T09:00");
    let buckets = it.around().folder().join("S3");
    for bucket in ["backups", "copies"] {
        fs::create_dir_all(buckets.join(bucket)).unwrap();
    }
    let server = S3Server::start(&buckets);
    let described = it.data().join("installation.toml");
    let text = fs::read_to_string(&described).unwrap();
    let text = format!("keyring-copies = [\"s3://copies/kept\"]\n{text}");
    fs::write(described, text).unwrap();
    let stays = contact(&it);
    let gone = add(&it, CARD, &["identity.surname=Kerbrat-Villeneuve"]);
    let run = |words: &str| with_s3(&it, &server, words);
    run("backup --to s3://backups/one/two").ok();
    run("backup --to s3://backups/one/two --keep 1").ok();
    run(&format!(
        "forget {} --yes --reason no-longer-necessary",
        gone.id
    ))
    .ok();
    run("drill").ok();
    run("keys rotate").ok();
    // One object a name: what was replaced or went is not there.
    let within = |bucket: &str| buckets.join(bucket);
    assert!(within("copies").join("kept/keyring/current").exists());
    let manifests = within("backups").join("one/two/data/manifests");
    assert_eq!(fs::read_dir(manifests).unwrap().count(), 1);
    let listed = run("restore --list --from s3://backups/one/two --keys D.keys --json");
    assert_eq!(listed.ok().json()["backups"].as_array().unwrap().len(), 1);
    fs::remove_dir_all(it.data()).unwrap();
    let line =
        "restore --from s3://backups/one/two --keyring s3://copies/kept --data N --keys D.keys";
    run(line).ok();
    let around = it.around();
    in_restored(around, "N", READ, &stays).ok();
    in_restored(around, "N", READ, &gone).exits(5);
    // A bucket that is not there, and a key that is not the service's.
    let absent = around.run(["backup", "--to", "s3://none", "--data", "N"]);
    absent.exits(2);
    with_s3(&it, &server, "backup --to s3://none --data N").exits(6);
}

#[test]
fn promise_21g_a_backup_leaves_the_machine_in_no_plain_text() {
    let it = shipped();
    contact(&it);
    let run = |endpoint: &str, words: &str| {
        let mut command = it.around().command(words.split_whitespace());
        let environment = [
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ];
        command.env("KEPT_DATA", "D").envs(environment);
        let output = command.output().unwrap();
        Run::new(&command, output)
    };
    for words in [
        "backup --to s3://bucket --json",
        "drill --from s3://bucket --json",
        "restore --from s3://bucket --data N --keys D.keys --json",
        "restore --list --from s3://bucket --keys D.keys --json",
    ] {
        let refused = run("http://backup.example", words).exits(3).error_json();
        assert_eq!(refused["rule"], "21g", "{words}: {refused}");
    }
    // A service whose certificate nobody vouches for is no place.
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let service = Certified::start(&certified);
    let endpoint = format!("https://localhost:{}", service.port());
    run(&endpoint, "backup --to s3://bucket").exits(6);
    assert_eq!(service.bytes_told(), 0);
    // A server that would do it does not start.
    it.around().file(
        "kept.toml",
        "address = \"http://localhost:1\"\nlisten = \"127.0.0.1:0\"\n[backup]\nto = \"s3://bucket\"\n",
    );
    run("http://backup.example", "serve --config kept.toml --json").exits(3);
}

/// A service with a certificate of its own, that counts what it is told once it is spoken to.
struct Certified {
    port: u16,
    told: Arc<AtomicUsize>,
}

impl Certified {
    fn start(certified: &rcgen::CertifiedKey<rcgen::KeyPair>) -> Self {
        use rustls::pki_types::PrivateKeyDer;
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&told);
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let mut socket = socket.unwrap();
                let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = rustls::Stream::new(&mut tls, &mut socket);
                let mut bytes = [0; 1024];
                if let Ok(read) = std::io::Read::read(&mut stream, &mut bytes) {
                    counted.fetch_add(read, Ordering::SeqCst);
                }
            }
        });
        Self { port, told }
    }

    fn port(&self) -> u16 {
        self.port
    }

    fn bytes_told(&self) -> usize {
        self.told.load(Ordering::SeqCst)
    }
}

/// A text with every number as `#`.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for letter in text.chars() {
        match letter.is_ascii_digit() {
            true if shape.ends_with('#') => {}
            true => shape.push('#'),
            false => shape.push(letter),
        }
    }
    shape
}
