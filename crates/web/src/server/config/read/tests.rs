use super::*;

const SOUND: &str = "\
address = \"https://people.example\"
listen = [\"0.0.0.0:443\", \"[::]:443\"]
[tls]
certificate = \"tls/chain.pem\"
key = \"/etc/kept/key.pem\"
";

fn read_with(text: &str, environment: &[(&str, &str)]) -> Result<Config, Findings> {
    let environment: Vec<(String, String)> = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    read(text, Path::new("/etc/kept"), &environment)
}

fn messages(text: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let findings = read_with(text, environment).expect_err(text);
    findings.iter().map(|it| it.message.clone()).collect()
}

#[test]
fn what_is_left_out_has_its_default() {
    let config = read_with(SOUND, &[]).unwrap();
    assert_eq!(config.address.host(), "people.example");
    assert_eq!(config.listen.len(), 2);
    let tls = config.tls.clone().unwrap();
    assert_eq!(tls.certificate, Path::new("/etc/kept/tls/chain.pem"));
    assert_eq!(tls.minimum, TlsVersion::Tls13);
    assert_eq!(config.sessions.idle_max.as_secs(), 1800);
    assert_eq!(config.limits.body_bytes_max, 1 << 20);
    assert_eq!(config.jobs_at, Some(jiff::civil::time(3, 30, 0, 0)));
    assert!(config.sign_in.second_factor_required);
    assert!(config.proxy.is_none() && config.security.is_none() && config.providers.is_empty());
    // For this machine alone, an address is enough.
    let here = read_with("address = \"http://localhost:7879\"", &[]).unwrap();
    assert_eq!(here.listen, [LISTEN]);
}

#[test]
fn the_environment_is_written_over_the_file() {
    let config = read_with(
        SOUND,
        &[
            ("KEPT_TLS_MINIMUM", "1.2"),
            ("KEPT_LISTEN", "127.0.0.1:1, [::1]:2"),
            ("KEPT_SIGN_IN_SECOND_FACTOR", "false"),
            ("KEPT_PASSWORDS_LENGTH", "16"),
            ("KEPT_JOBS_AT", "never"),
            ("KEPT_DATA", "/var/lib/kept"),
            ("HOME", "/root"),
        ],
    )
    .unwrap();
    assert_eq!(config.tls.unwrap().minimum, TlsVersion::Tls12);
    assert_eq!(config.listen[1].port(), 2);
    assert!(!config.sign_in.second_factor_required);
    assert_eq!(config.passwords.length_min, 16);
    assert_eq!(config.jobs_at, None);
    assert_eq!(
        messages(SOUND, &[("KEPT_TLS_MINIMUN", "1.3")]),
        ["there is no such setting"]
    );
}

#[test]
fn plain_text_beyond_the_machine_is_refused() {
    for (text, expected) in [
        (
            "address = \"http://people.example\"",
            "the public address is one of plain HTTP",
        ),
        (
            "address = \"https://people.example\"",
            "nothing here ends TLS for this address",
        ),
        (
            "address = \"http://localhost\"\nlisten = [\"0.0.0.0:80\"]",
            "0.0.0.0:80 would take plain HTTP from beyond this machine",
        ),
        (
            "address = \"http://people.example\"\nproxy.networks = [\"10.0.0.7\"]",
            "the public address is one of plain HTTP",
        ),
        (
            "address = \"https://p.example\"\nproxy.networks = [\"0.0.0.0/0\"]",
            "this is everybody's network: name the proxies' own",
        ),
    ] {
        assert!(
            messages(text, &[]).iter().any(|it| it == expected),
            "{text}: {:?}",
            messages(text, &[])
        );
    }
    let behind = "address = \"https://p.example\"\nlisten = \"10.0.0.2:8080\"\n\
        proxy.networks = [\"10.0.0.0/24\", \"fd00::/8\"]";
    let proxy = read_with(behind, &[]).unwrap().proxy.unwrap();
    let trusts = |address: &str| proxy.trusts(address.parse().unwrap());
    assert!(trusts("10.0.0.9") && trusts("::ffff:10.0.0.9") && trusts("fd00::1"));
    assert!(!trusts("10.0.1.9") && !trusts("::1"));
}

#[test]
fn all_that_is_wrong_is_shown_at_once_with_place_and_remedy() {
    let text = "\
address = \"https://people.example/kept\"
listen = [\"0.0.0.0:443\", \"everywhere\"]
colour = \"green\"

[tls]
certificate = \"chain.pem\"
minimum = \"1.1\"

[sessions]
idle = \"13 h\"
absolut = \"8 h\"

[passwords]
length = 6

[log]
level = true

[[providers]]
name = \"House\"
issuer = \"http://sign-in.example\"
client-id = \"kept\"
link-by-address = \"perhaps\"
";
    let environment = [
        ("KEPT_LIMITS_BODY", "lots"),
        ("KEPT_SECURITY_CONTACTS", "security"),
    ];
    let findings = read_with(text, &environment).unwrap_err();
    insta::assert_snapshot!(findings.render(text, "kept.toml", false));
    let broken = "address = \"https://people.example\nlisten = 4";
    let findings = read_with(broken, &[]).unwrap_err();
    insta::assert_snapshot!("broken", findings.render(broken, "kept.toml", false));
}

#[test]
fn what_a_configuration_promises_follows_from_it() {
    use services::security::Transport;
    let level = read_with(SOUND, &[]).unwrap().security_level();
    assert_eq!(level.transport, Transport::Tls(TlsVersion::Tls13));
    assert_eq!(level.session_seconds_max, 43_200);
    let behind = "address = \"https://p.example\"\nproxy.networks = [\"10.0.0.7\"]";
    let level = read_with(behind, &[]).unwrap().security_level();
    assert_eq!(level.transport, Transport::Proxy);
}

#[test]
fn each_setting_is_read_from_the_environment() {
    // A setting that nothing reads would take any text in silence.
    for setting in SETTINGS.iter() {
        let nonsense = match setting.path {
            // Any text names a file, or a folder.
            "backup.to"
            | "tls.certificate"
            | "tls.key"
            | "passwords.leaked-list"
            | "metrics.token-file"
            | "sign-in.link-folder" => "",
            _ => "\u{1}nonsense",
        };
        let found = read_with(SOUND, &[(setting.variable().as_str(), nonsense)]);
        assert!(found.is_err(), "{} is not read", setting.path);
    }
}

#[test]
fn an_address_finds_an_account_where_it_is_said_so_and_nowhere_else() {
    let service = "address = \"https://p.example\"\nproxy.networks = [\"10.0.0.7\"]\n\
        [[providers]]\nname = \"people\"\nissuer = \"https://people.example\"\n\
        client-id = \"kept\"\n";
    let found = |text: &str| read_with(text, &[]).unwrap().providers[0].link_by_address;
    assert!(!found(service));
    assert!(found(&format!("{service}link-by-address = true\n")));
}
