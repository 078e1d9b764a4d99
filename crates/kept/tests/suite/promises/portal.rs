//! The portal: people see what is held about them, put it right, withdraw, object, see who used it
//! (8b, 9d, 11c, 12a, 21c, 23a, 25a).

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kept::Kept;
use crate::served::{Answer, LOCAL, Served, default_policy, exchange, installation, request};

const EMAIL: &str = "odile.vasseur@exemple.fr";

/// An installation with somebody in it, served.
struct Portal<'k> {
    kept: &'k Kept,
    served: Served<'k>,
    person: String,
}

/// A rehearsal of nobody's: the machine's clock, as the server has it.
fn house() -> Kept {
    let kept = installation(&default_policy());
    std::fs::create_dir(kept.folder().join("links")).unwrap();
    kept
}

impl<'k> Portal<'k> {
    fn open(kept: &'k Kept) -> Self {
        let config = format!("{LOCAL}[sign-in]\nlink-folder = \"links\"\n");
        let served = Served::start(kept, &config);
        let words = "add --kind contact --met professional --origin business-card \
                     --purpose contact-relations --purpose notices --data D --json";
        let mut line: Vec<&str> = words.split_whitespace().collect();
        let email = format!("contact-details.email={EMAIL}");
        line.extend(["--field", "identity.surname=Vasseur", "--field", &email]);
        line.extend(["--field", "contact-details.telephone=+33240000001"]);
        let added = kept.run(line).ok().json();
        Self {
            kept,
            served,
            person: added["person"].as_str().unwrap().to_owned(),
        }
    }

    fn json(&self, words: &str) -> Value {
        let line = words.replace("{}", &self.person);
        let line = format!("{line} --data D --json");
        self.kept.run(line.split_whitespace()).ok().json()
    }

    fn ask(&self, email: &str) -> Answer {
        let form = format!("email={}", email.replace('@', "%40"));
        self.served.post("/me/sign-in", &form)
    }

    /// The links that were put into the folder.
    fn links(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.kept.folder().join("links")).unwrap();
        let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        let token = |text: String| {
            let (_, rest) = text.split_once('#')?;
            Some(rest.split('"').next()?.to_owned())
        };
        texts.filter_map(token).collect()
    }

    /// Asks for a link and waits for it: it is made after the answer.
    fn link(&self) -> (Answer, String) {
        let before = self.links();
        let answer = self.ask(EMAIL);
        let began = Instant::now();
        loop {
            let new = self.links().into_iter().find(|it| !before.contains(it));
            if let Some(new) = new {
                return (answer, new);
            }
            assert!(began.elapsed() < Duration::from_secs(60), "no link came");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn enter(&self) -> Own<'_> {
        self.entered(&self.link().1)
    }

    fn show(&self, token: &str) -> Answer {
        self.served.post("/me/enter", &format!("token={token}"))
    }

    fn entered(&self, token: &str) -> Own<'_> {
        let answer = self.show(token);
        assert_eq!(
            (answer.status, answer.field("location")),
            (303, Some("/me"))
        );
        let cookie = answer.field("set-cookie").unwrap();
        assert!(cookie.starts_with("me=") && cookie.contains("HttpOnly"));
        Own {
            portal: self,
            cookie: cookie.split(';').next().unwrap().to_owned(),
        }
    }
}

/// Somebody who is signed in.
struct Own<'p> {
    portal: &'p Portal<'p>,
    cookie: String,
}

impl Own<'_> {
    fn fields(&self) -> String {
        format!(
            "Sec-Fetch-Site: same-origin\r\nCookie: {}\r\nAccept-Language: en\r\n",
            self.cookie
        )
    }

    fn get(&self, path: &str) -> Answer {
        let mut stream = self.portal.served.connect();
        exchange(&mut stream, &request("GET", path, &self.fields(), ""))
    }

    fn post(&self, path: &str, form: &str) -> Answer {
        let mut stream = self.portal.served.connect();
        exchange(&mut stream, &request("POST", path, &self.fields(), form))
    }

    /// The address of the page where a record is put right, with something in it.
    fn correcting(&self, value: &str) -> String {
        let page = self.get("/me").body;
        let mut articles = page.split("<article").skip(1);
        let of = articles.find(|it| it.contains(value)).expect("the record");
        let (_, rest) = of.split_once("/me/correct/").expect("it may be put right");
        format!("/me/correct/{}", &rest[..36])
    }
}

#[test]
fn promise_21c_people_sign_in_by_a_link_that_works_once_and_asking_tells_nothing() {
    let kept = house();
    let portal = Portal::open(&kept);
    let away = portal.served.get("/me");
    assert_eq!(away.status, 303);
    assert!(away.field("location").unwrap().starts_with("/me/sign-in"));
    // Known or not: the same page.
    let ((known, token), unknown) = (portal.link(), portal.ask("nobody@exemple.fr"));
    assert_eq!((known.status, unknown.status), (200, 200));
    assert_eq!(known.body, unknown.body);
    assert_eq!(portal.ask("no address").status, 422);
    assert_eq!(portal.links().len(), 1);
    // The link opens once, and nothing of staff's.
    assert_eq!(portal.served.post("/sign-in/set-up", "token=x").status, 422);
    let own = portal.entered(&token);
    assert_eq!(portal.show(&token).status, 422);
    // The end of a session is its end at once.
    assert_eq!(own.get("/me").status, 200);
    assert_eq!(own.post("/me/sign-out", "").status, 303);
    assert_eq!(own.get("/me").status, 303);
    // No address and no token is in the log.
    let log = portal.served.log();
    assert!(!log.contains(EMAIL) && !log.contains(&token), "{log}");
    portal.served.end();
}

#[test]
fn promise_12a_what_a_person_puts_right_is_right_everywhere_at_once() {
    let kept = house();
    let portal = Portal::open(&kept);
    let own = portal.enter();
    let address = own.correcting(EMAIL);
    let form = own.get(&address).body;
    assert!(form.contains("contact-details.email"), "{form}");
    let new = "o.vasseur-roy@exemple.fr";
    let sent = own.post(
        &address,
        &format!(
            "contact-details.email={}&contact-details.telephone=",
            new.replace('@', "%40")
        ),
    );
    assert_eq!(sent.status, 303, "{}", sent.body);
    // Found by the new one and not by the old, read by those who may, on the page, in the copy.
    let find = |value: &str| portal.json(&format!("find --field contact-details.email {value}"));
    let found = |value: &str| find(value)["people"].as_array().unwrap().len();
    assert_eq!((found(new), found(EMAIL)), (1, 0));
    let words = "read {} --recipient client-relations --purpose contact-relations";
    let read = portal.json(words).to_string();
    assert!(
        read.contains(new) && !read.contains("+33240000001"),
        "{read}"
    );
    let page = own.get("/me").body;
    assert!(page.contains(new) && !page.contains(EMAIL));
    // What is wrong is said beside its field, and changes nothing.
    let wrong = own.post(&own.correcting(new), "contact-details.email=nowhere");
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("aria-invalid"), "{}", wrong.body);
    assert_eq!(found(new), 1);
    // What may not be changed says why, whoever sends what.
    let identity = {
        let shown = portal.json("show {}");
        let records = shown["records"].as_array().unwrap().clone();
        let of = records.iter().find(|it| it["category"] == "identity");
        of.unwrap()["record"].as_str().unwrap().to_owned()
    };
    let form = own.get(&format!("/me/correct/{identity}")).body;
    assert!(form.contains("written request"), "{form}");
    let forced = own.post(&format!("/me/correct/{identity}"), "identity.surname=Autre");
    assert_eq!(forced.status, 422);
    assert!(forced.body.contains("written request"), "{}", forced.body);
    let trace = portal.json("trace {}")["acts"].to_string();
    assert!(
        trace.contains("identity.fields.surname"),
        "the refusal names its rule: {trace}"
    );
    // Somebody else's record is none.
    let other = portal.json(
        "add --kind contact --met professional --origin business-card \
         --purpose contact-relations --field contact-details.email=l.roche@exemple.fr",
    );
    let theirs = portal.json(&format!("show {}", other["person"].as_str().unwrap()));
    let theirs = theirs["records"][0]["record"].as_str().unwrap();
    let sent = own.post(
        &format!("/me/correct/{theirs}"),
        "contact-details.email=a%40b.fr",
    );
    assert_eq!(sent.status, 404);
    portal.served.end();
}

#[test]
fn promise_8b_a_consent_is_withdrawn_on_a_surface_of_the_persons_own() {
    let kept = house();
    let portal = Portal::open(&kept);
    portal.json(
        "consent give {} --purpose greetings --origin electronic-form \
         --proof consent-proofs.consent-means=form",
    );
    let own = portal.enter();
    let page = own.get("/me/choices").body;
    assert!(page.contains("value=\"withdraw\""), "{page}");
    assert_eq!(
        own.post("/me/choices", "act=withdraw&purpose=greetings")
            .status,
        303
    );
    let shown = portal.json("show {}");
    assert!(shown["consents"][0]["withdrawn"].is_string(), "{shown}");
    // And objects to canvassing, without a reason.
    assert_eq!(own.post("/me/choices", "act=object&purpose=").status, 303);
    let shown = portal.json("show {}");
    assert_eq!(shown["objections"].as_array().unwrap().len(), 1);
    assert!(
        own.get("/me/choices")
            .body
            .contains("You object to all canvassing since")
    );
    assert_eq!(
        own.post("/me/choices", "act=withdraw&purpose=greetings")
            .status,
        422
    );
    portal.served.end();
}

#[test]
fn promise_9d_people_see_who_used_their_data_and_their_own_looking_stands_there_too() {
    let kept = house();
    let portal = Portal::open(&kept);
    portal.json("read {} --recipient client-relations --purpose contact-relations");
    let own = portal.enter();
    let page = own.get("/me").body;
    assert!(page.contains(EMAIL) && page.contains("Vasseur"));
    let trace = own.get("/me/trace").body;
    for said in ["Read", "Client relations", "Own data shown", "Identity"] {
        assert!(trace.contains(said), "{said}: {trace}");
    }
    // By which service, not by which employee.
    let account = portal.json("trace {}")["acts"][0]["account"].clone();
    assert!(!trace.contains(account.as_str().unwrap()), "{trace}");
    let copy = own.post("/me/copy", "form=json");
    assert_eq!(copy.field("content-type"), Some("application/json"));
    let copy: Value = serde_json::from_str(&copy.body).unwrap();
    assert!(copy.to_string().contains(EMAIL));
    portal.served.end();
}

#[test]
fn promise_23a_the_officer_stands_under_every_page_with_the_authority() {
    let kept = house();
    let portal = Portal::open(&kept);
    let own = portal.enter();
    for path in ["/me", "/me/trace", "/me/choices", &own.correcting(EMAIL)] {
        let page = own.get(path).body;
        let about = |said: &str| assert!(page.contains(said), "{path}: {said}");
        about("Data protection officer");
        about("cnil.fr");
    }
    portal.served.end();
}
