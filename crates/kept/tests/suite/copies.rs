//! Several copies of Kept on one database, as their clients meet them.

use std::thread::sleep;
use std::time::{Duration, Instant};

use testkit::postgres::{Durable, Postgres, databases_on, psql};

use crate::kept::Kept;
use crate::policies::SHOP;
use crate::served::{LOCAL, Served};

/// Asks until there were too many requests.
fn use_up(served: &Served<'_>) {
    let refused = (0..100_000).any(|_| served.get("/").status == 429);
    assert!(refused, "there is a limit");
}

#[test]
fn a_limit_of_requests_is_one_for_all_copies() {
    let server = Postgres::start(Durable::No);
    let [data, keyring] = databases_on(server.socket());
    let kept = Kept::new();
    kept.file("policy.toml", SHOP);
    let init = ["init", "--policy", "policy.toml", "--data", "D"];
    let on = ["--database", &data, "--keyring-database", &keyring];
    kept.run(init.iter().chain(&on)).ok();
    kept.run(["join", "--from", "D", "--data", "E", "--keys", "D.keys"])
        .ok();
    // 20 come back in a second: by what the other is asked below, slower than that, it would be used
    // up there never.
    let config = format!("{LOCAL}[limits]\nrequests = 1200\n");
    let one = Served::start(&kept, &config);
    let other = Served::start_copy(&kept, &config);
    assert_eq!(other.get("/").status, 200);
    let began = Instant::now();
    let refused = loop {
        use_up(&one);
        let answer = other.get("/");
        if answer.status == 429 {
            break answer;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "it is not told");
        sleep(Duration::from_millis(200));
    };
    assert!(refused.field("retry-after").is_some());

    // What they tell each other names no address: hashes that differ with the installation.
    let schema = data.rsplit("%3D").next().unwrap();
    let asked = format!("SELECT DISTINCT encode(client, 'hex') FROM {schema}.request_count");
    let told = psql(server.socket(), &asked);
    let clients: Vec<&str> = told.lines().collect();
    assert_eq!(clients.len(), 1, "{told}");
    assert!(clients[0].len() == 32 && !clients[0].contains("7f000001"));

    // Where the database is away each goes on by itself.
    drop(server);
    use_up(&one);
    let began = Instant::now();
    while !one.log().contains("counted by this copy alone") {
        assert!(began.elapsed() < Duration::from_secs(120), "{}", one.log());
        sleep(Duration::from_millis(200));
    }
}
