//! An installation whose pages are served in this process, and members of staff who are signed in:
//! what a browser of a few lines sees of the console.

use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{Account, Actor, ActorKind, SubjectId};
use identification::totp::Seed;
use services::access::{Address, Attempt, LinkFor, Rules, SessionLimits};
use services::{Acting, Kept};
use tokio::runtime;
use tokio::sync::oneshot;
use web::server::{Server, config};

use crate::installation::Installation;
use crate::served::{Answer, exchange, request};

const PASSWORD: &str = "hangar violet mosaique pluie sept";

/// An installation that is served.
pub(crate) struct Staffed {
    pub(crate) kept: Arc<Kept>,
    port: u16,
    /// As requests name it.
    host: String,
    end: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
    // The folder goes last.
    _installation: Installation,
}

/// Somebody who is signed in.
pub(crate) struct Staff<'s> {
    staffed: &'s Staffed,
    token: String,
    pub(crate) subject: SubjectId,
}

/// Whoever is at the machine.
pub(crate) fn owner() -> Actor {
    Actor::new(ActorKind::CommandLine, Account::parse("owner").unwrap())
}

/// The token of the session that a link begins.
pub(crate) fn entered(kept: &Kept, token: &str) -> String {
    let entered = kept.access().use_link(token, here());
    passed(entered.unwrap()).reveal().to_owned()
}

/// The bytes of a text in base 64.
pub(crate) fn base64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

/// A port that was free a moment ago: a browser is told of it before the server has it.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn here() -> Address {
    Address("127.0.0.1".parse().unwrap())
}

fn passed<T>(attempt: Attempt<T>) -> T {
    match attempt {
        Attempt::Passed(it) => it,
        Attempt::Wrong => panic!("it was wrong"),
        Attempt::Later(until) => panic!("not before {until}"),
    }
}

/// Base 32 (RFC 4648), as an application reads it.
fn base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

impl Staffed {
    /// Serves an installation, which nobody else has open.
    pub(crate) fn of(installation: Installation) -> Self {
        Self::at_host(installation, "localhost", 0)
    }

    /// The same at an address that names its port, as browsers do.
    pub(crate) fn for_browsers(installation: Installation) -> Self {
        let port = free_port();
        Self::at_host(installation, &format!("localhost:{port}"), port)
    }

    fn at_host(installation: Installation, host: &str, port: u16) -> Self {
        let kept = Arc::new(Kept::open(&installation.data(), None).unwrap());
        let text = format!(
            "address = \"http://{host}\"\nlisten = \"127.0.0.1:{port}\"\n[limits]\nrequests = 100000\n"
        );
        let mut config = config::read(&text, Path::new("."), &[]).unwrap();
        config.jobs_at = None;
        let server = Server::bind(config).unwrap();
        let port = server.addresses()[0].port();
        let (end, ended) = oneshot::channel();
        let serving = Arc::clone(&kept);
        let served = std::thread::spawn(move || {
            let runtime = runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap();
            let until = async {
                let _ = ended.await;
            };
            runtime.block_on(server.serve(serving, until)).unwrap();
        });
        Self {
            kept,
            port,
            host: host.to_owned(),
            end: Some(end),
            served: Some(served),
            _installation: installation,
        }
    }

    /// Lets an account in, which undertakes what is to be undertaken and works in a role.
    pub(crate) fn sign_in(&self, handle: &str, work: &str) -> Staff<'_> {
        let staff = self.let_in(handle);
        let access = self.kept.access();
        let version = access.undertaking().unwrap().version;
        let actor = Actor::new(ActorKind::Staff, Account::parse(handle).unwrap());
        access.accept_undertaking(&actor, version, false).unwrap();
        staff.at_work(work);
        staff
    }

    /// Lets an account in, and nothing more.
    pub(crate) fn let_in(&self, handle: &str) -> Staff<'_> {
        let access = self.kept.access();
        let account = Account::parse(handle).unwrap();
        let subject = access.named(&account).unwrap();
        let limits = SessionLimits::default();
        let link = access.issue_link(subject, LinkFor::SetUp, &Acting::new(owner(), false));
        let token = passed(
            access
                .use_link(link.unwrap().token.reveal(), here())
                .unwrap(),
        );
        let session = access.session(token.reveal(), &limits).unwrap().unwrap();
        access
            .set_password(&session, PASSWORD, None, &Rules::default(), here())
            .unwrap();
        let shown = access.start_codes(&session).unwrap().shown;
        let seed = Seed::from_bytes(&base32(&shown.typed)).unwrap();
        let code = seed.code_at(self.kept.moment().unwrap().now).unwrap();
        let done = access.finish_codes(&session, &code, here(), &limits);
        let token = passed(done.unwrap()).session.unwrap().reveal().to_owned();
        Staff {
            staffed: self,
            token,
            subject,
        }
    }

    /// The address of a page.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    fn send(&self, method: &str, path: &str, fields: &str, body: &str) -> Answer {
        let fields = &format!("Host: {}\r\n{fields}", self.host);
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let most = Some(Duration::from_secs(60));
        stream.set_read_timeout(most).unwrap();
        exchange(&mut stream, &request(method, path, fields, body))
    }
}

impl Drop for Staffed {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(served) = self.served.take() {
            let _ = served.join();
        }
    }
}

impl Staff<'_> {
    /// What their cookie holds.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    fn fields(&self) -> String {
        format!(
            "Cookie: session={}\r\nSec-Fetch-Site: same-origin\r\n",
            self.token
        )
    }

    /// Asks for a page.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.staffed.send("GET", path, &self.fields(), "")
    }

    /// Sends a form.
    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        self.staffed
            .send("POST", path, &self.fields(), &body.join("&"))
    }

    /// Says what is done from now on: `role.purpose`, or a role.
    pub(crate) fn at_work(&self, work: &str) {
        let answer = self.post("/console/work", &[("work", work)]);
        assert_eq!(answer.status, 303, "{work}: {}", answer.body);
    }

    /// A page that has to be there.
    #[track_caller]
    pub(crate) fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// Opens a form, answers it, and sends it with the version of what it showed.
    pub(crate) fn act(&self, path: &str, answers: &[(&str, &str)]) -> Answer {
        let page = self.get(path);
        if page.status != 200 {
            return page;
        }
        let version = version(&page.body);
        let mut form = vec![("version", version.as_str()), ("step", "2")];
        form.extend(answers);
        self.post(path, &form)
    }
}

impl Staff<'_> {
    /// Sends the form of a new person who is met at work.
    pub(crate) fn act_on_new(&self, answers: &[(&str, &str)]) -> Answer {
        let mut form = vec![("step", "2"), ("person", "professional")];
        form.extend(answers);
        self.post("/console/people/new", &form)
    }
}

/// The version of the person that a form carries.
pub(crate) fn version(page: &str) -> String {
    let (_, after) = page.split_once("name=\"version\" value=\"").unwrap();
    after.split('"').next().unwrap().to_owned()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
