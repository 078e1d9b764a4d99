//! Chromium, driven as people use it: over WebDriver (W3C), with a virtual device that keeps
//! passkeys. One driver and one browser a test, each with a profile of its own.
//!
//! Most of the protocol is not needed, so that a client of a page stands in for a library with a
//! runtime of its own; WebAuthn's commands are in none of them.

mod axe;
mod pages;
mod service;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) use service::SignInService;

/// How long something that is to appear is waited for: the machine may have much to do.
const PATIENCE: Duration = Duration::from_secs(60);
/// How an element is named (WebDriver, 11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser, until it is dropped.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    agent: ureq::Agent,
    _profile: TempDir,
}

impl Browser {
    /// Starts a driver and a browser.
    pub(crate) fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing: ./test installs it");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.by_ref().map(Result::unwrap).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        // What else it says is not waited for.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = TempDir::with_prefix("kept-profile-").unwrap();
        let mut browser = Self {
            driver,
            session: format!("http://127.0.0.1:{}/session", port.unwrap()),
            agent: ureq::Agent::config_builder()
                .http_status_as_error(false)
                .timeout_global(Some(2 * PATIENCE))
                .build()
                .new_agent(),
            _profile: profile,
        };
        let folder = browser._profile.path().display();
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            // Nothing is asked of anybody beyond this machine.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            "--window-size=1200,900",
            &format!("--user-data-dir={folder}"),
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments},
            "webauthn:virtualAuthenticators": true,
        }}});
        let begun = browser.ask("", Some(&wanted));
        let id = begun["sessionId"].as_str().unwrap();
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    /// A command to the driver, and what it says.
    fn ask(&self, path: &str, body: Option<&Value>) -> Value {
        let answer = self.try_asking(path, body);
        assert!(answer.get("error").is_none(), "{path}: {answer}");
        answer
    }

    fn try_asking(&self, path: &str, body: Option<&Value>) -> Value {
        let address = format!("{}{path}", self.session);
        let answer = match body {
            Some(body) => {
                let kind = ("content-type", "application/json");
                let request = self.agent.post(&address).header(kind.0, kind.1);
                request.send(body.to_string())
            }
            None => self.agent.get(&address).call(),
        };
        let mut answer = answer.unwrap();
        let text = answer.body_mut().with_config().limit(1 << 26);
        let said: Value = serde_json::from_str(&text.read_to_string().unwrap()).unwrap();
        said["value"].clone()
    }

    /// Runs a script in the page; what it returns.
    pub(crate) fn script(&self, script: &str, arguments: &Value) -> Value {
        self.ask(
            "/execute/sync",
            Some(&json!({"script": script, "args": arguments})),
        )
    }

    /// Runs a script that gives its answer to the last of its arguments, a function.
    fn script_waited(&self, script: &str, arguments: &Value) -> Value {
        self.ask(
            "/execute/async",
            Some(&json!({"script": script, "args": arguments})),
        )
    }

    /// Goes to an address.
    pub(crate) fn go(&self, address: &str) {
        self.ask("/url", Some(&json!({"url": address})));
    }

    /// Where it is.
    pub(crate) fn address(&self) -> String {
        self.ask("/url", None).as_str().unwrap().to_owned()
    }

    /// What the page says, as people read it.
    pub(crate) fn text(&self) -> String {
        let text = self.script("return document.body.innerText", &json!([]));
        text.as_str().unwrap().to_owned()
    }

    /// The one element of a selector, once it is there and can be seen.
    fn seen(&self, selector: &str) -> String {
        let mut found = Value::Null;
        self.until(&format!("{selector} to be there"), || {
            found = self.try_asking(
                "/element",
                Some(&json!({"using": "css selector", "value": selector})),
            );
            let Some(id) = found[ELEMENT].as_str() else {
                return false;
            };
            self.try_asking(&format!("/element/{id}/displayed"), None) == json!(true)
        });
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    /// Types into a field, after whatever is in it is removed.
    pub(crate) fn fill(&self, selector: &str, text: &str) {
        let id = self.seen(selector);
        self.ask(&format!("/element/{id}/clear"), Some(&json!({})));
        self.ask(
            &format!("/element/{id}/value"),
            Some(&json!({"text": text})),
        );
    }

    /// Clicks on something.
    fn click(&self, selector: &str) {
        let id = self.seen(selector);
        self.ask(&format!("/element/{id}/click"), Some(&json!({})));
    }

    /// Clicks on the button of a text, and waits for the next page.
    #[track_caller]
    pub(crate) fn send(&self, text: &str) {
        self.leaving(|| self.press(text));
    }

    /// Clicks on something, and waits for the next page.
    #[track_caller]
    pub(crate) fn follow(&self, selector: &str) {
        self.leaving(|| self.click(selector));
    }

    #[track_caller]
    fn leaving(&self, act: impl FnOnce()) {
        self.script("window.before = true", &json!([]));
        act();
        let another = "return window.before !== true && document.readyState === 'complete'";
        let asked = json!({"script": another, "args": []});
        self.until("the next page", || {
            self.try_asking("/execute/sync", Some(&asked)) == json!(true)
        });
    }

    /// Clicks on the button of a text.
    pub(crate) fn press(&self, text: &str) {
        let marked = "const all = [...document.querySelectorAll('button, a.button')]; \
            const one = all.find((it) => it.checkVisibility() && it.innerText.trim() === arguments[0]); \
            one?.setAttribute('data-pressed', ''); return Boolean(one)";
        self.until(&format!("a button {text:?}"), || {
            self.script(marked, &json!([text])) == json!(true)
        });
        self.click("[data-pressed]");
    }

    /// Waits until it is at an address of which this is the path.
    #[track_caller]
    pub(crate) fn arrives(&self, path: &str) {
        self.until(&format!("to arrive at {path}"), || {
            let address = self.address();
            let (_, rest) = address.split_once("://").unwrap_or_default();
            let at = rest.find('/').map_or("/", |at| &rest[at..]);
            at.split(['?', '#']).next() == Some(path)
        });
    }

    /// Waits until the page says something.
    #[track_caller]
    pub(crate) fn says(&self, part: &str) {
        self.until(&format!("the page to say {part:?}"), || {
            self.text().contains(part)
        });
    }

    #[track_caller]
    fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let began = Instant::now();
        while !is_so() {
            if began.elapsed() > PATIENCE {
                panic!("waited for {what} at {}:\n{}", self.address(), self.text());
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// Gives the machine a device that keeps passkeys and knows its holder.
    pub(crate) fn add_authenticator(&self) {
        self.ask(
            "/webauthn/authenticator",
            Some(&json!({
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
                "hasUserVerification": true, "isUserConsenting": true, "isUserVerified": true,
            })),
        );
    }

    /// The page is sound: accessible in either theme, and no wider than a small telephone.
    #[track_caller]
    pub(crate) fn is_sound(&self) {
        axe::check(self);
        self.fits();
    }

    /// The page is no wider than a small telephone.
    #[track_caller]
    pub(crate) fn fits(&self) {
        let wide = "return document.documentElement.scrollWidth";
        self.ask(
            "/goog/cdp/execute",
            Some(
                &json!({"cmd": "Emulation.setDeviceMetricsOverride", "params":
                {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": false}}),
            ),
        );
        let width = self.script(wide, &json!([]));
        self.ask(
            "/goog/cdp/execute",
            Some(&json!({"cmd": "Emulation.clearDeviceMetricsOverride", "params": {}})),
        );
        assert!(
            width.as_u64() <= Some(320),
            "{} is {width} px wide",
            self.address()
        );
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
