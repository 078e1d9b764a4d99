//! The way to a database on a server.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::Stdio;

use testkit::postgres::{Durable, Postgres, as_server, psql};

use crate::kept::Kept;
use crate::policies::SHOP;

/// Puts a file where the server reads it, for it alone.
fn put(server: &Postgres, name: &str, text: &str) {
    let path = server.data().join(name);
    let mut writing = as_server("sh")
        .args(["-c", "umask 077 && cat > \"$0\""])
        .arg(&path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    writing
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    assert!(writing.wait().unwrap().success());
}

/// A server with a certificate for `localhost`, which answers there too; and its port.
fn with_tls(certified: &rcgen::CertifiedKey<rcgen::KeyPair>) -> (Postgres, u16) {
    let server = Postgres::start(Durable::No);
    put(&server, "server.crt", &certified.cert.pem());
    put(
        &server,
        "server.key",
        &certified.signing_key.serialize_pem(),
    );
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    psql(server.socket(), "CREATE SCHEMA one");
    psql(server.socket(), "CREATE SCHEMA two");
    psql(server.socket(), "CHECKPOINT");
    server.listen("localhost", port);
    (server, port)
}

#[test]
fn promise_21g_the_way_to_a_database_is_encrypted_and_its_certificate_is_checked() {
    let kept = Kept::new();
    kept.file("policy.toml", SHOP);
    let init = |data: &str, keyring: &str, more: &[&str]| {
        let these = [
            "init",
            "--policy",
            "policy.toml",
            "--data",
            "D",
            "--database",
            data,
            "--keyring-database",
            keyring,
        ];
        kept.run(these.iter().chain(more).copied())
    };
    // To another machine there is no other way, whatever is asked for; nobody is even called.
    let elsewhere = "postgres://kept@db.example.org/kept_keyring";
    for weaker in ["disable", "prefer"] {
        let data = format!("postgres://kept@db.example.org/kept?sslmode={weaker}");
        init(&data, elsewhere, &[])
            .exits(2)
            .complains("the way to the database would not be encrypted")
            .complains("21g");
    }
    // A password would be read by whoever reads the description.
    init("postgres://kept:secret@db.example.org/kept", elsewhere, &[])
        .exits(2)
        .complains("the address of the database holds a password");
    assert!(!kept.folder().join("D").exists());

    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (server, port) = with_tls(&certified);
    let address = |schema: &str| {
        format!(
            "postgres://kept@localhost:{port}/kept?sslmode=require&options=-csearch_path%3D{schema}"
        )
    };
    let (data, keyring) = (address("one"), address("two"));
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(kept.folder().join("other.pem"), other.cert.pem()).unwrap();
    init(&data, &keyring, &["--database-certificates", "other.pem"])
        .exits(6)
        .complains("the database server does not answer");
    fs::write(kept.folder().join("own.pem"), certified.cert.pem()).unwrap();
    init(&data, &keyring, &["--database-certificates", "own.pem"]).ok();

    // The server says so itself: every connection of the commands is encrypted.
    kept.run(["count", "--data", "D"]).ok();
    let log = fs::read_to_string(server.socket().join("log")).unwrap();
    let ours: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("connection authorized") && line.contains("SSL enabled"))
        .collect();
    let plain = log.lines().filter(|line| {
        line.contains("connection authorized") && line.contains("application_name=kept")
    });
    assert_eq!(plain.count(), ours.len(), "{log}");
    assert!(!ours.is_empty(), "{log}");
    assert!(ours.iter().all(|line| line.contains("TLSv1.3")), "{ours:?}");
}
