//! 21c: staff sign in by passkey, by a service of their organisation, or by password with a second
//! factor: in a browser, as they do it.

use std::net::TcpListener;

use jiff::Timestamp;
use totp_rs::{Algorithm, Builder, Secret};

use crate::in_browser::{Browser, SignInService};
use crate::kept::Kept;
use crate::policies::assess_manager;
use crate::served::Served;

const PASSWORD: &str = "hangar violet mosaique pluie sept";

/// An installation whose first administrator has a link.
struct House {
    kept: Kept,
    port: u16,
    account: String,
    link: String,
}

impl House {
    fn new() -> Self {
        let kept = Kept::new();
        let policy = assess_manager();
        let made = kept.run([
            "init",
            "--policy",
            policy.to_str().unwrap(),
            "--data",
            "D",
            "--administrator",
            "a.petit@quai.example",
            "--administrator-name",
            "Alix Petit",
            "--administrator-role",
            "access-rights",
            "--json",
        ]);
        let made = made.ok().json();
        let text = |name: &str| made["administrator"][name].as_str().unwrap().to_owned();
        Self {
            account: text("account"),
            link: text("link"),
            port: free_port(),
            kept,
        }
    }

    fn at(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    fn serve(&self, more: &str) -> Served<'_> {
        let config = format!(
            "address = \"{}\"\nlisten = \"127.0.0.1:{}\"\n[limits]\nrequests = 100000\n{more}",
            self.at(""),
            self.port
        );
        Served::start(&self.kept, &config)
    }

    /// The journal's acts about the administrator, with what each says.
    fn acts(&self) -> Vec<(String, String)> {
        let shown = self
            .kept
            .run(["account", "show", &self.account, "--data", "D", "--json"]);
        let person = shown.ok().json()["person"].as_str().unwrap().to_owned();
        let trace = self.kept.run(["trace", &person, "--data", "D", "--json"]);
        let trace = trace.ok().json();
        let text = |it: &serde_json::Value| it.as_str().unwrap_or_default().to_owned();
        let acts = trace["acts"].as_array().unwrap().iter();
        acts.map(|act| (text(&act["act"]), text(&act["rule"])))
            .collect()
    }

    fn has(&self, act: &str, rule: &str) -> bool {
        let acts = self.acts();
        acts.iter()
            .any(|one| *one == (act.to_owned(), rule.to_owned()))
    }
}

/// A port that was free a moment ago: a browser is told of it before the server has it.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn sign_out(browser: &Browser) {
    browser.send("Sign out");
    browser.arrives("/sign-in");
    browser.says("You are signed out");
}

#[test]
fn promise_21c_a_passkey_is_set_up_and_signs_in_and_a_revoked_session_is_out_in_a_browser() {
    let house = House::new();
    let served = house.serve("");
    let browser = Browser::start();
    browser.add_authenticator();
    browser.go(&house.at("/console"));
    browser.arrives("/sign-in");
    browser.is_sound();
    // The one-time link: what stands behind its `#` is handed on by the page.
    browser.go(&house.at(&house.link));
    browser.arrives("/account");
    browser.says("How will you sign in?");
    browser.is_sound();
    browser.fill("#name", "Telephone");
    browser.press("Make a passkey");
    browser.arrives("/console");
    sign_out(&browser);
    // The link was good once.
    browser.go(&house.at(&house.link));
    browser.says("This link was used");
    browser.is_sound();
    // Nobody types who they are.
    browser.go(&house.at("/account"));
    browser.arrives("/sign-in");
    browser.press("Sign in with a passkey");
    browser.arrives("/account");
    browser.says("Telephone");
    browser.is_sound();
    // It is the only way in, and stays.
    browser.send("Take away");
    browser.says("This is your last way in");
    assert!(house.has("credential-added", "passkey"));
    assert!(house.has("signed-in", "passkey"));
    // Ended elsewhere, the session is out on its next click.
    let ended = house
        .kept
        .run(["account", "revoke", &house.account, "--data", "D"]);
    ended.ok().says("ended");
    browser.follow("footer a[href='/account']");
    browser.arrives("/sign-in");
    let log = served.log();
    assert!(
        !log.contains("petit") && !log.contains(&house.link[16..]),
        "{log}"
    );
    served.end();
}

#[test]
fn promise_21c_a_password_and_a_second_factor_are_set_up_and_sign_in_in_a_browser() {
    let house = House::new();
    let served = house.serve("");
    let browser = Browser::start();
    browser.go(&house.at(&house.link));
    browser.arrives("/account");
    browser.fill("#new", "Password123456!");
    browser.fill("#again", "Password123456!");
    browser.send("Set the password");
    browser.says("stolen elsewhere");
    browser.is_sound();
    browser.fill("#new", PASSWORD);
    browser.fill("#again", PASSWORD);
    browser.send("Set the password");
    browser.arrives("/account/codes");
    browser.is_sound();
    let typed = browser.script(
        "return document.querySelector('main code').innerText",
        &serde_json::json!([]),
    );
    browser.fill("#code", "000000");
    browser.send("Go on");
    browser.says("not the code");
    browser.fill("#code", &code(typed.as_str().unwrap()));
    browser.send("Go on");
    browser.says("Your recovery codes");
    browser.is_sound();
    let recovery = browser.script(
        "return document.querySelector('.codes code').innerText",
        &serde_json::json!([]),
    );
    browser.send("I have noted them");
    browser.arrives("/console");
    browser.is_sound();
    sign_out(&browser);
    // A wrong password and nobody's address have one answer.
    for who in ["a.petit@quai.example", "nobody@quai.example"] {
        browser.fill("#who", who);
        browser.fill("#password", "not the password");
        browser.send("Sign in");
        browser.says("This does not fit together");
    }
    browser.is_sound();
    browser.fill("#who", "a.petit@quai.example");
    browser.fill("#password", PASSWORD);
    browser.send("Sign in");
    browser.arrives("/sign-in/code");
    browser.is_sound();
    // Half of it opens nothing.
    browser.go(&house.at("/console"));
    browser.arrives("/sign-in");
    browser.go(&house.at("/sign-in/code"));
    browser.fill("#code", recovery.as_str().unwrap());
    browser.send("Sign in");
    browser.arrives("/console");
    browser.go(&house.at("/account"));
    browser.is_sound();
    // The present password is asked for.
    browser.fill("#present", "another");
    browser.fill("#new", "tortue abricot lundi Wagram dix-neuf");
    browser.fill("#again", "tortue abricot lundi Wagram dix-neuf");
    browser.send("Set the password");
    browser.says("The present password is another");
    browser.send("New recovery codes");
    browser.says("Your recovery codes");
    for (act, rule) in [
        ("credential-added", "password"),
        ("credential-added", "codes"),
        ("credential-added", "recovery-codes"),
        ("signed-in", "recovery-codes"),
    ] {
        assert!(house.has(act, rule), "{act} {rule}: {:?}", house.acts());
    }
    // Guessing is slowed, and the page says for how long.
    browser.send("I have noted them");
    browser.arrives("/account");
    sign_out(&browser);
    while !browser.text().contains("Too many attempts") {
        browser.fill("#who", "nobody@quai.example");
        browser.fill("#password", "a guess");
        browser.send("Sign in");
    }
    browser.says("Try again in");
    browser.is_sound();
    served.end();
}

/// The code that an application shows now.
fn code(typed: &str) -> String {
    let secret = Secret::try_from_base32(typed).unwrap();
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_secret(secret)
        .with_account_name("account")
        .build()
        .unwrap();
    let seconds = u64::try_from(Timestamp::now().as_second()).unwrap();
    totp.generate(seconds).to_string()
}

#[test]
fn promise_21c_a_service_of_the_organisation_is_linked_and_signs_in_in_a_browser() {
    let house = House::new();
    let back = house.at("/sign-in/back/people");
    let service = SignInService::start(&back, "kept", "a secret between the two");
    house.kept.file("secret", "a secret between the two\n");
    let served = house.serve(&format!(
        "[[providers]]\nname = \"people\"\ntitle = \"Quai People\"\nissuer = \"{}\"\n\
         client-id = \"kept\"\nclient-secret-file = \"secret\"\n",
        service.issuer
    ));
    let browser = Browser::start();
    let at_service = |who: &str| {
        browser.fill("[name=login]", who);
        browser.fill("[name=password]", "any");
        browser.follow("[type=submit]");
        browser.follow("[type=submit]");
    };
    // Whom the service vouches for and nobody has linked has no account here.
    browser.go(&house.at("/sign-in"));
    browser.press("Sign in with Quai People");
    at_service("a.petit");
    browser.says("You have no account here yet");
    browser.is_sound();
    // They are linked in the session that their link began, and are in.
    browser.go(&house.at(&house.link));
    browser.arrives("/account");
    browser.is_sound();
    browser.press("Link Quai People");
    browser.arrives("/console");
    sign_out(&browser);
    browser.go(&house.at("/account"));
    browser.arrives("/sign-in");
    browser.press("Sign in with Quai People");
    browser.arrives("/account");
    browser.says("Quai People");
    assert!(house.has("credential-added", "single-sign-on"));
    assert!(house.has("signed-in", "single-sign-on"));
    let shown = house
        .kept
        .run(["account", "show", &house.account, "--data", "D"]);
    shown.ok().says("single-sign-on at people");
    served.end();
}
