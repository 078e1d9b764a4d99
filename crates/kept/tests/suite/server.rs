//! The server as its operators and its clients meet it.

use std::io::Write as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::policies::SHOP;
use crate::served::{
    LOCAL, Served, certificate, exchange, in_file, installation, read, request, with_tls,
};

/// Waits for something to become so, for a minute at most.
fn soon(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(100));
    }
}

#[test]
fn every_answer_has_its_identifier_and_the_headers_of_a_careful_site() {
    let kept = installation(SHOP);
    let served = Served::start(&kept, LOCAL);
    let first = served.get_with("/", "X-Request-Id: mine\r\n");
    let second = served.get("/nowhere?who=Mustermann");
    assert_eq!((first.status, second.status), (200, 404));
    let id = |answer: &crate::served::Answer| answer.field("x-request-id").unwrap().to_owned();
    assert_eq!(id(&first).len(), 16);
    assert!(id(&first) != "mine" && id(&first) != id(&second));
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=()"),
    ] {
        for answer in [&first, &second] {
            let value = answer.field(name).unwrap_or_else(|| panic!("no {name}"));
            assert!(value.contains(part), "{name}: {value}");
        }
    }
    assert_eq!(first.field("server"), None);
    // Plain HTTP promises nothing about encryption.
    assert_eq!(first.field("strict-transport-security"), None);
    let log = served.log();
    assert!(
        log.contains(&id(&first)) && log.contains(&id(&second)),
        "{log}"
    );
    assert!(
        !log.contains("Mustermann") && !log.contains("nowhere"),
        "{log}"
    );
    served.end();
}

#[test]
fn whoever_watches_learns_that_it_lives_and_serves_and_no_more() {
    let kept = installation(SHOP);
    let token = "0123456789abcdef0123";
    kept.file("token", token);
    let config = format!(
        "{LOCAL}[metrics]\nlisten = \"127.0.0.1:0\"\ntoken-file = \"token\"\n\
         [log]\nformat = \"json\"\n"
    );
    let served = Served::start(&kept, &config);
    // A balancer asks by address, not by name.
    let by_address = "Host: 127.0.0.1:9\r\n";
    let health = served.get_with("/health", by_address);
    let ready = served.get_with("/ready", by_address);
    assert_eq!((health.status, health.body.as_str()), (200, "alive\n"));
    assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"));
    assert_eq!(served.get_with("/", by_address).status, 421);
    // The figures: with the token, or from near.
    assert_eq!(served.get("/metrics").status, 404);
    let wrong = "Authorization: Bearer 0123456789abcdef0124\r\n";
    assert_eq!(served.get_with("/metrics", wrong).status, 404);
    let right = format!("Authorization: Bearer {token}\r\n");
    let figures = served.get_with("/metrics", &right);
    assert_eq!(figures.status, 200);
    for part in [
        "kept_ready 1",
        "kept_journal_entries",
        "kept_keys_epoch_age_seconds",
        "kept_sweep_lateness_seconds 0",
        "kept_store_queue",
        "kept_http_requests_total{method=\"GET\",route=\"/health\",class=\"2xx\"} 1",
        "kept_http_refused_total{why=\"host\"} 1",
        "kept_http_request_duration_seconds_bucket",
    ] {
        assert!(figures.body.contains(part), "{part}:\n{}", figures.body);
    }
    let near = served.said["metrics"].as_str().unwrap();
    let port: u16 = near.rsplit(':').next().unwrap()[..]
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let near = exchange(&mut stream, &request("GET", "/metrics", "", ""));
    assert!(near.body.contains("kept_ready 1"));
    // Logs for programs: an object a line, with the route and not the address.
    served.get("/log/tile/0/000");
    let log = served.log();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].is_string(), "{line}");
    }
    assert!(
        log.contains("/log/tile/{*path}") && !log.contains("/log/tile/0/000"),
        "{log}"
    );
    served.end();
}

#[test]
fn requests_are_held_to_their_limits_and_told_so() {
    let kept = installation(SHOP);
    let config = format!(
        "{LOCAL}[limits]\nbody = \"2 KiB\"\nhead = \"8 KiB\"\nhead-time = \"1 s\"\nrequests = 30\n"
    );
    let served = Served::start(&kept, &config);
    let large = format!("theme=dark&back=/{}", "x".repeat(3000));
    let answer = served.post("/appearance", &large);
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("This is too large"), "{}", answer.body);
    // Its length is not told beforehand.
    let chunked = format!(
        "POST /appearance HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{large}\r\n0\r\n\r\n",
        large.len()
    );
    assert_eq!(exchange(&mut served.connect(), &chunked).status, 413);
    let fields = format!("X-Long: {}\r\n", "y".repeat(20_000));
    // It is hung up on before all of it was sent, so that the answer may be lost on its way.
    let mut long = served.connect();
    let sent = long.write_all(request("GET", "/", &fields, "").as_bytes());
    let answer = sent.and_then(|()| read(&mut long));
    assert!(answer.is_err() || answer.is_ok_and(|it| it.status == 431));
    // A head that never ends.
    let mut slow = served.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
    let began = Instant::now();
    let ended = read(&mut slow);
    assert!(ended.is_err() || ended.is_ok_and(|it| it.status == 408));
    assert!(began.elapsed() < Duration::from_secs(20));
    // A method that there is none of, and a form that is none.
    let answer = exchange(
        &mut served.connect(),
        &request("DELETE", "/privacy", "", ""),
    );
    assert_eq!(
        (answer.status, answer.field("allow")),
        (405, Some("GET,HEAD"))
    );
    let program = served.get_with("/nothing", "Host: other\r\nAccept: application/json\r\n");
    assert_eq!(
        program.field("content-type"),
        Some("application/problem+json")
    );
    let problem: serde_json::Value = serde_json::from_str(&program.body).unwrap();
    assert_eq!(problem["status"], 421);
    // One client too often; French is answered in French.
    let mut last = served.get("/privacy");
    for _ in 0..40 {
        last = served.get_with("/privacy", "Accept-Language: fr\r\n");
        if last.status != 200 {
            break;
        }
    }
    assert_eq!(last.status, 429);
    assert!(last.body.contains("Trop de demandes"), "{}", last.body);
    let wait: u64 = last.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    // Whoever watches is not counted.
    assert_eq!(served.get("/health").status, 200);
    served.end();
}

#[test]
fn another_site_changes_nothing_and_a_declared_one_reaches_the_programming_interface() {
    let kept = installation(SHOP);
    let config = format!("{LOCAL}[cors]\nsites = [\"https://app.example\"]\n");
    let served = Served::start(&kept, &config);
    let from = |site: &str| format!("Sec-Fetch-Site: cross-site\r\nOrigin: {site}\r\n");
    let form = "theme=dark&back=/privacy";
    let ask = |method: &str, path: &str, fields: &str| {
        exchange(&mut served.connect(), &request(method, path, fields, form))
    };
    let refused = ask("POST", "/appearance", &from("https://elsewhere.example"));
    assert_eq!((refused.status, refused.field("set-cookie")), (403, None));
    let declared = ask("POST", "/appearance", &from("https://app.example"));
    assert_eq!(declared.status, 403, "a page is no programming interface");
    let preflight = ask("OPTIONS", "/api/v1/anything", &from("https://app.example"));
    assert_eq!(preflight.status, 204);
    let allowed = preflight.field("access-control-allow-origin");
    assert_eq!(allowed, Some("https://app.example"));
    assert_eq!(preflight.field("access-control-allow-credentials"), None);
    let stranger = ask(
        "OPTIONS",
        "/api/v1/anything",
        &from("https://elsewhere.example"),
    );
    assert_eq!(stranger.field("access-control-allow-origin"), None);
    served.end();
}

#[test]
fn light_or_dark_is_chosen_without_a_script() {
    let kept = installation(SHOP);
    let served = Served::start(&kept, LOCAL);
    let chosen = served.post("/appearance", "theme=dark&back=%2Fprivacy%3Flanguage%3Dfr");
    assert_eq!(chosen.status, 303);
    assert_eq!(chosen.field("location"), Some("/privacy?language=fr"));
    let cookie = chosen.field("set-cookie").unwrap();
    assert!(
        cookie.starts_with("theme=dark; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let page = served.get_with("/privacy", "Cookie: theme=dark\r\n");
    assert!(page.body.contains("data-theme=\"dark\""));
    assert!(!served.get("/privacy").body.contains("data-theme"));
    let elsewhere = served.post("/appearance", "theme=light&back=%2F%2Fevil.example");
    assert_eq!(elsewhere.field("location"), Some("/"));
    served.end();
}

#[test]
fn what_the_public_reads_is_at_known_addresses() {
    let kept = installation(SHOP);
    let config = format!("{LOCAL}[security]\ncontacts = \"mailto:security@shop.example\"\n");
    let served = Served::start(&kept, &config);
    let security = served.get("/.well-known/security.txt");
    assert_eq!(
        security.field("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert!(
        security
            .body
            .starts_with("Contact: mailto:security@shop.example\nExpires: 20")
    );
    let gpc = served.get("/.well-known/gpc.json");
    let gpc: serde_json::Value = serde_json::from_str(&gpc.body).unwrap();
    assert_eq!(gpc["gpc"], true);
    // The journal as outsiders follow it.
    assert_eq!(served.get("/log/checkpoint").status, 404);
    kept.run(["journal", "checkpoint", "--data", "D"]).ok();
    let checkpoint = served.get("/log/checkpoint");
    assert_eq!(checkpoint.status, 200);
    let size: usize = checkpoint.body.lines().nth(1).unwrap().parse().unwrap();
    let tile = served.get(&format!("/log/tile/0/000.p/{size}"));
    assert_eq!(
        tile.field("content-length"),
        Some(format!("{}", size * 32).as_str())
    );
    assert_eq!(tile.field("content-type"), Some("application/octet-stream"));
    let bundle = served.get(&format!("/log/tile/entries/000.p/{size}"));
    assert_eq!(
        bundle.field("content-length"),
        Some(format!("{}", size * 34).as_str())
    );
    assert!(served.get("/log/verifier").body.starts_with("kept/"));
    let before = served.get("/log/verifier").body;
    kept.run(["journal", "roll-key", "--data", "D"]).ok();
    assert_ne!(served.get("/log/verifier").body, before);
    let names = served.get("/log/statements").body;
    let name = names.trim_end();
    assert!(name.ends_with(".roll-over"), "{names}");
    let statement = served.get(&format!("/log/statements/{name}")).body;
    assert!(statement.contains(before.trim_end()), "{statement}");
    for nothing in [
        "/log/tile/0/001",
        "/log/tile/..%2f..%2finstallation.toml",
        "/log/tile/0/..%2F..%2F..%2Finstallation.toml",
        "/log/tile/entries/000.p/200",
        "/log/installation.toml",
        "/log/statements/verifier",
        "/log/statements/..%2Fverifier",
    ] {
        assert_eq!(served.get(nothing).status, 404, "{nothing}");
    }
    served.end();
}

#[test]
fn a_certificate_is_read_again_without_a_stop_and_a_broken_one_is_not_taken() {
    let kept = installation(SHOP);
    let old = certificate(&kept, "site");
    let served = Served::start(&kept, &with_tls("site"));
    let all = rustls::ALL_VERSIONS;
    let (_, _, shown) = served.get_encrypted("/", &old, all).unwrap();
    assert_eq!(shown, old);
    // The certificate alone is replaced: it does not go with the key, and is not taken.
    let new = certificate(&kept, "next");
    let path = |name: &str| kept.folder().join(name);
    std::fs::copy(path("next.pem"), path("site.pem")).unwrap();
    soon("the mismatch is logged", || {
        served.log().contains("not sound")
    });
    assert_eq!(served.get_encrypted("/", &old, all).unwrap().2, old);
    std::fs::copy(path("next.key"), path("site.key")).unwrap();
    soon("the new certificate is shown", || {
        served
            .get_encrypted("/", &new, all)
            .is_ok_and(|(_, _, shown)| shown == in_file(&kept, "next"))
    });
    served.signal("HUP");
    soon("the signal is obeyed", || {
        served.log().matches("read again").count() >= 2
    });
    served.end();
}

#[test]
fn the_end_waits_for_what_was_begun_and_not_for_ever() {
    let kept = installation(SHOP);
    let config = format!("{LOCAL}[limits]\nstop-time = \"3 s\"\n");
    let mut served = Served::start(&kept, &config);
    let form = "theme=dark&back=/";
    let whole = request("POST", "/appearance", "", form);
    let (begun, rest) = whole.split_at(whole.len() - 4);
    let mut slow = served.connect();
    slow.write_all(begun.as_bytes()).unwrap();
    // So that it is known to be at work on it.
    sleep(Duration::from_millis(500));
    served.signal("TERM");
    sleep(Duration::from_millis(500));
    let closed = std::net::TcpStream::connect(slow.peer_addr().unwrap());
    assert!(closed.is_err(), "nothing new is taken");
    slow.write_all(rest.as_bytes()).unwrap();
    assert_eq!(read(&mut slow).unwrap().status, 303);
    assert_eq!(served.wait().code(), Some(0));
    // A client that never finishes is cut off.
    let mut served = Served::start(&kept, &config);
    let mut stuck = served.connect();
    stuck.write_all(begun.as_bytes()).unwrap();
    sleep(Duration::from_millis(500));
    let began = Instant::now();
    served.signal("TERM");
    assert_eq!(served.wait().code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(
        served.log().contains("limits.stop-time"),
        "{}",
        served.log()
    );
}

#[test]
fn the_nights_work_is_done_at_its_time() {
    let kept = installation(SHOP);
    let zone = SHOP
        .lines()
        .find_map(|line| line.strip_prefix("time-zone = ")?.split('"').nth(1))
        .unwrap_or("Europe/Paris");
    let zone = jiff::tz::TimeZone::get(zone).unwrap();
    let soon_after = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(12);
    let at = zone.to_datetime(soon_after).time();
    let at = format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
    let served = Served::start(&kept, &format!("{LOCAL}[jobs]\nat = \"{at}\"\n"));
    let epochs = || {
        let status = kept.run(["keys", "status", "--data", "D", "--json"]).ok();
        status.json()["epochs"].as_array().unwrap().len()
    };
    assert_eq!(epochs(), 1);
    soon("the keys have turned", || epochs() == 2);
    soon("the journal is published", || {
        served.get("/log/checkpoint").status == 200
    });
    soon("it is logged", || served.log().contains("prune-journal"));
    served.end();
    kept.run(["journal", "verify", "--data", "D"]).ok();
    // Whoever leaves it to somebody else may.
    let arguments = ["serve", "--data", "D", "--no-jobs"];
    kept.run(arguments).exits(2);
}

#[test]
fn what_is_wrong_with_a_configuration_is_shown_with_its_place() {
    let kept = installation(SHOP);
    kept.file(
        "kept.toml",
        "address = \"https://shop.example\"\n[log]\nlevel = \"loud\"\n",
    );
    let check = ["config", "check", "--config", "kept.toml"];
    let run = kept.run(check).exits(2);
    insta::assert_snapshot!(run.err());
    kept.file("kept.toml", LOCAL);
    kept.run(check).ok().says("http://localhost");
    kept.file("kept.toml", with_tls("missing"));
    kept.run(check)
        .exits(2)
        .complains("holds no certificate that can be read");
    kept.run(["config", "check"])
        .exits(2)
        .complains("no configuration was named");
}

#[test]
fn the_reference_of_settings_is_the_one_in_the_document() {
    let reference = web::server::config::reference();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/server.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- settings -->\n", "<!-- end of settings -->");
    let (before, rest) = text.split_once(begin).expect("where settings begin");
    let (now, after) = rest.split_once(end).expect("where settings end");
    if std::env::var_os("KEPT_UPDATE").is_some() {
        let new = format!("{before}{begin}\n{reference}\n{end}{after}");
        std::fs::write(path, new).unwrap();
    } else {
        assert_eq!(now.trim(), reference.trim(), "KEPT_UPDATE=1 writes it anew");
    }
}

#[test]
fn a_sign_in_service_is_asked_over_tls_with_the_roots_that_the_machine_trusts() {
    let other = installation(SHOP);
    certificate(&other, "site");
    // A server like any other, which describes no sign-in service.
    let service = Served::start(&other, &with_tls("site"));
    let kept = installation(SHOP);
    let config = format!(
        "{LOCAL}[[providers]]\nname = \"people\"\nclient-id = \"kept\"\n\
         issuer = \"https://localhost:{}\"\n",
        service.port()
    );
    let asked = |roots: &str| {
        let served = Served::start_in(&kept, &config, &[("SSL_CERT_FILE", roots)]);
        let answer = served.post("/sign-in/with/people", "");
        assert_eq!(answer.status, 503);
        assert!(!answer.body.contains("certificate"), "{}", answer.body);
        let log = served.log();
        served.end();
        log
    };
    let strange = kept.file("roots.pem", "");
    let log = asked(strange.to_str().unwrap());
    assert!(log.contains("certificate"), "{log}");
    let trusted = other.folder().join("site.pem");
    let log = asked(trusted.to_str().unwrap());
    // It is called by another name there than its own, and says so.
    assert!(log.contains("HTTP status code 421"), "{log}");
    service.end();
}

#[test]
fn what_the_command_line_reads_of_the_environment_is_no_unknown_setting() {
    let kept = installation(SHOP);
    kept.file("kept.toml", LOCAL);
    let reference = include_str!("../../../../docs/command-line.md");
    let named = reference.split("[`KEPT_").skip(1);
    let mut variables: Vec<String> = named
        .filter_map(|rest| Some(format!("KEPT_{}", rest.split_once('`')?.0)))
        .collect();
    variables.push("KEPT_KEY_MANAGER_PIN".to_owned());
    variables.sort_unstable();
    variables.dedup();
    assert!(variables.len() > 5, "{variables:?}");
    let check = ["config", "check", "--config", "kept.toml", "--data", "D"];
    let mut command = kept.command(check);
    let others = variables.iter().filter(|name| *name != "KEPT_CONFIG");
    command.envs(others.map(|name| (name, "D")));
    command.env("KEPT_KEYS", "D.keys");
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
