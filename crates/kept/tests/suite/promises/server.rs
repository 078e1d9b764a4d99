//! 21f, 21g, 23a and 25a as far as the server shows them.

use std::io::Write as _;

use crate::policies::{SHOP, shop_with};
use crate::served::{
    LOCAL, Served, certificate, default_policy, installation, read, refused, request, with_tls,
};

const STRONG: &str = "[passwords]\nlength = 14\n[sessions]\nidle = \"15 min\"\n";

#[test]
fn promise_21g_plain_text_beyond_the_machine_is_refused() {
    let kept = installation(SHOP);
    for (config, message) in [
        (
            "address = \"http://shop.example\"\n",
            "the public address is one of plain HTTP",
        ),
        (
            "address = \"https://shop.example\"\nlisten = \"0.0.0.0:0\"\n",
            "would take plain HTTP from beyond this machine",
        ),
        (
            "address = \"http://localhost\"\nlisten = \"[::]:0\"\n",
            "would take plain HTTP from beyond this machine",
        ),
        (
            "address = \"http://localhost\"\nlisten = \"127.0.0.1:0\"\n[metrics]\nlisten = \"0.0.0.0:0\"\n",
            "figures are served in plain text on this machine alone",
        ),
        (
            "address = \"http://localhost\"\n[[providers]]\nname = \"house\"\nissuer = \"http://sign-in.example\"\nclient-id = \"kept\"\n",
            "an issuer is an `https` address",
        ),
    ] {
        let run = refused(&kept, config).exits(2).complains(message);
        assert!(run.err().contains("21g"), "{}", run.err());
    }
}

#[test]
fn promise_21g_browsers_are_served_over_tls_and_know_by_whom() {
    let kept = installation(SHOP);
    let ours = certificate(&kept, "site");
    let others = certificate(&kept, "other");
    let served = Served::start(&kept, &with_tls("site"));
    let both = rustls::ALL_VERSIONS;
    let (answer, version, shown) = served.get_encrypted("/privacy", &ours, both).unwrap();
    assert_eq!((answer.status, version.as_str()), (200, "TLSv1_3"));
    assert_eq!(shown, ours);
    let strict = answer.field("strict-transport-security").unwrap();
    assert!(strict.starts_with("max-age=31536000"), "{strict}");
    // A client that trusts somebody else does not take it for the server.
    served.get_encrypted("/privacy", &others, both).unwrap_err();
    // What is older than the minimum is not spoken, and plain text is not answered.
    let old = [&rustls::version::TLS12];
    served.get_encrypted("/privacy", &ours, &old).unwrap_err();
    let mut plain = served.connect();
    plain
        .write_all(request("GET", "/privacy", "", "").as_bytes())
        .unwrap();
    read(&mut plain).expect_err("plain text is answered");
    served.end();
    // A version without a rank is refused.
    let weak = format!("{}minimum = \"1.1\"\n", with_tls("site"));
    refused(&kept, &weak)
        .exits(2)
        .complains("this version has no rank");
}

#[test]
fn promise_21g_a_proxy_is_believed_only_if_declared_and_only_about_encrypted_ways() {
    let kept = installation(SHOP);
    let config = "address = \"https://shop.example\"\nlisten = \"127.0.0.1:0\"\n\
        [proxy]\nnetworks = [\"127.0.0.1\"]\n[limits]\nrequests = 10\n";
    let served = Served::start(&kept, config);
    let by_proxy = |client: &str, proto: &str| {
        let fields = format!(
            "Host: shop.example\r\nX-Forwarded-For: {client}\r\nX-Forwarded-Proto: {proto}\r\n"
        );
        served.get_with("/privacy", &fields).status
    };
    assert_eq!(by_proxy("203.0.113.7", "https"), 200);
    assert_eq!(by_proxy("203.0.113.7", "http"), 403);
    assert_eq!(
        served.get_with("/privacy", "Host: shop.example\r\n").status,
        403
    );
    // Each client is counted for itself, and none escapes by naming another to its left.
    let asked: Vec<u16> = (0..20)
        .map(|turn| by_proxy(&format!("198.51.100.{turn}, 203.0.113.8"), "https"))
        .collect();
    assert!(asked[..10].iter().all(|status| *status == 200), "{asked:?}");
    assert!(asked.contains(&429), "{asked:?}");
    assert_eq!(by_proxy("203.0.113.9", "https"), 200);
    served.end();
    // Somebody who is no declared proxy is not believed.
    let elsewhere = config.replace("127.0.0.1\"]", "10.9.8.7\"]");
    let served = Served::start(&kept, &elsewhere);
    let fields =
        "Host: shop.example\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n";
    assert_eq!(served.get_with("/privacy", fields).status, 403);
    served.end();
}

#[test]
fn promise_21f_a_configuration_weaker_than_the_one_in_force_is_refused_with_the_reason() {
    let kept = installation(SHOP);
    certificate(&kept, "site");
    let with = |more: &str| format!("{}{more}", with_tls("site"));
    Served::start(&kept, &with(STRONG)).end();
    let in_force = || {
        kept.run(["config", "in-force", "--data", "D", "--json"])
            .ok()
    };
    let before = in_force().json();
    for (more, reason) in [
        (
            "minimum = \"1.2\"\n[passwords]\nlength = 14\n[sessions]\nidle = \"15 min\"\n",
            "tls.minimum: TLS 1.2 or later, and in force is TLS 1.3 or later",
        ),
        (
            "[passwords]\nlength = 13\n[sessions]\nidle = \"15 min\"\n",
            "passwords.length: 13, and in force is 14",
        ),
        (
            "[passwords]\nlength = 14\nstrength = 2\n[sessions]\nidle = \"15 min\"\n",
            "passwords.strength: 2, and in force is 4",
        ),
        (
            "[passwords]\nlength = 14\nrefuse-leaked = false\n[sessions]\nidle = \"15 min\"\n",
            "passwords.refuse-leaked",
        ),
        (
            "[passwords]\nlength = 14\n[sessions]\nidle = \"15 min\"\n[sign-in]\nsecond-factor = false\n",
            "sign-in.second-factor: false, and in force is true",
        ),
        (
            "[passwords]\nlength = 14\n[sessions]\nidle = \"16 min\"\n",
            "sessions.idle: 16 min, and in force is 15 min",
        ),
        (
            "[passwords]\nlength = 14\n[sessions]\nidle = \"15 min\"\nabsolute = \"13 h\"\n",
            "sessions.absolute: 13 h, and in force is 12 h",
        ),
        (
            // More of one thing makes up for nothing of another.
            "[passwords]\nlength = 60\n[sessions]\nidle = \"1 h\"\n",
            "sessions.idle",
        ),
    ] {
        refused(&kept, &with(more)).exits(3).complains(reason);
        let check = ["config", "check", "--config", "kept.toml", "--data", "D"];
        kept.run(check).exits(3).complains(reason);
    }
    // Handing TLS to a proxy is a lower rank, too.
    let behind = "address = \"https://localhost\"\nlisten = \"127.0.0.1:0\"\n\
        proxy.networks = \"127.0.0.1\"\n";
    refused(&kept, &format!("{behind}{STRONG}"))
        .exits(3)
        .complains("TLS ended by a declared proxy");
    assert_eq!(in_force().json(), before, "a refusal changes nothing");
    // Serving this machine alone in between forgets nothing.
    Served::start(&kept, &format!("{LOCAL}{STRONG}")).end();
    refused(&kept, &with(&format!("minimum = \"1.2\"\n{STRONG}"))).exits(3);
    // What ranks higher is taken, and is the measure from then on.
    let higher = "[passwords]\nlength = 16\n[sessions]\nidle = \"15 min\"\n";
    Served::start(&kept, &with(higher)).end();
    refused(&kept, &with(STRONG))
        .exits(3)
        .complains("passwords.length: 14, and in force is 16");
}

#[test]
fn promise_21f_a_weaker_configuration_is_accepted_on_purpose_alone_and_the_journal_says_so() {
    let kept = installation(SHOP);
    Served::start(&kept, &format!("{LOCAL}{STRONG}")).end();
    refused(&kept, LOCAL).exits(3).complains("accept-weaker");
    let accept = |reason: &str| {
        let start = [
            "config",
            "accept-weaker",
            "--data",
            "D",
            "--config",
            "kept.toml",
        ];
        kept.run(
            start
                .iter()
                .chain(&["--reason", reason, "--as", "it.lead", "--json"]),
        )
    };
    accept(" ").exits(2);
    let accepted = accept("the field kit cannot type more").ok().json();
    assert_eq!(accepted["accepted"].as_array().unwrap().len(), 2);
    let entry = accepted["receipt"].to_string();
    let proof = kept.run(["journal", "checkpoint", "--data", "D"]).ok();
    drop(proof);
    let proved = kept.run(["journal", "prove", &entry, "--data", "D"]).ok();
    kept.file("entry.tlog-proof", proved.out());
    let verifier = std::fs::read_to_string(kept.folder().join("D/journal/verifier")).unwrap();
    let check = [
        "journal",
        "prove",
        "--check",
        "entry.tlog-proof",
        "--key",
        verifier.trim(),
    ];
    kept.run(check)
        .ok()
        .says("security-lowered")
        .says("it.lead");
    kept.run(["config", "in-force", "--data", "D"])
        .ok()
        .says("lowered on purpose by it.lead")
        .says("reason: the field kit cannot type more")
        .says("passwords.length: 12, and in force is 14");
    Served::start(&kept, LOCAL).end();
    // It is accepted once: what is not weaker needs no acceptance.
    accept("again").exits(4);
}

#[test]
fn promise_23a_the_officer_stands_on_the_servers_pages() {
    let kept = installation(&default_policy());
    let policy = policy::compile(&default_policy()).policy.unwrap();
    let officer = policy.officer.unwrap();
    let served = Served::start(&kept, LOCAL);
    for path in ["/", "/?language=fr", "/privacy", "/privacy?language=fr"] {
        let page = served.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.body.contains(&format!("mailto:{}", officer.email)),
            "{path}"
        );
        assert!(page.body.contains(&officer.name), "{path}");
    }
    served.end();
    // Without an officer the page names whom to ask instead.
    let officer = "[officer]\nname = \"Camille Martin\"\nemail = \"dpo@bookshop.example\"\n";
    let shop = installation(&shop_with(officer, ""));
    let served = Served::start(&shop, LOCAL);
    let page = served.get("/");
    assert!(page.body.contains("Whom to ask") && page.body.contains("mailto:"));
    served.end();
}

#[test]
fn promise_25a_people_are_told_where_to_complain() {
    let kept = installation(&default_policy());
    let authority = policy::compile(&default_policy()).policy.unwrap().authority;
    let served = Served::start(&kept, LOCAL);
    for (path, words) in [
        ("/", "Where to complain"),
        ("/?language=fr", "Où introduire une réclamation"),
        ("/privacy", "complain"),
        ("/privacy?language=fr", "réclamation"),
    ] {
        let page = served.get(path).body;
        assert!(page.contains(words), "{path}");
        assert!(page.contains(&authority.website), "{path}");
    }
    served.end();
}
