//! A mail server for the tests: an independent one, that keeps what it is given.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::kept::Kept;

/// A mail server, until it is dropped.
pub(crate) struct MailServer {
    child: Child,
    folder: PathBuf,
    port: u16,
    security: &'static str,
}

impl MailServer {
    /// Starts one on this machine, in plain text.
    pub(crate) fn start(kept: &Kept) -> Self {
        Self::start_with(kept, "machine")
    }

    /// Starts one: `machine`, `tls` or `starttls`. The last two want the account `kept`, and have a
    /// certificate that the configuration names.
    pub(crate) fn start_with(kept: &Kept, security: &'static str) -> Self {
        let folder = kept.folder().join("mail");
        std::fs::create_dir_all(&folder).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.join("mail.pem"), certificate.pem()).unwrap();
        std::fs::write(folder.join("mail.key"), key.serialize_pem()).unwrap();
        kept.file("password", "a password of tests\n");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/mail_server.py");
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .arg(&folder)
            .arg(security)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the mail server says its port");
        Self {
            child,
            folder,
            port,
            security,
        }
    }

    /// The settings that hand messages to it.
    pub(crate) fn settings(&self) -> String {
        let account = match self.security {
            "machine" => "",
            _ => {
                "user = \"kept\"\npassword-file = \"password\"\ncertificates = \"mail/mail.pem\"\n"
            }
        };
        format!(
            "[mail]\nhost = \"localhost\"\nport = {}\nsecurity = \"{}\"\nrate = 100000\n\
             every = \"1 s\"\nfrom = \"Privacy <privacy@people.example>\"\n{account}",
            self.port, self.security
        )
    }

    /// A whole configuration with these settings.
    pub(crate) fn config(&self) -> String {
        format!("{}{}", crate::served::LOCAL, self.settings())
    }

    /// What it answers from now on; `{}` takes everything.
    pub(crate) fn answers(&self, answers: &Value) {
        let file = self.folder.join("answers.json");
        std::fs::write(self.folder.join("answers.new"), answers.to_string()).unwrap();
        std::fs::rename(self.folder.join("answers.new"), file).unwrap();
    }

    /// The messages that it has taken, in order.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        let file = |number: u32| self.folder.join(format!("{number}.json"));
        let texts = (1..).map_while(|number| std::fs::read_to_string(file(number)).ok());
        texts
            .map(|text| Taken(serde_json::from_str(&text).unwrap()))
            .collect()
    }

    /// The messages to an address.
    pub(crate) fn taken_by(&self, address: &str) -> Vec<Taken> {
        let taken = self.taken().into_iter();
        taken.filter(|it| it.to() == [address]).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A message as the mail server has read it.
#[derive(Debug)]
pub(crate) struct Taken(Value);

impl Taken {
    /// Whom it was for.
    pub(crate) fn to(&self) -> Vec<&str> {
        let to = self.0["to"].as_array().unwrap().iter();
        to.map(|it| it.as_str().unwrap()).collect()
    }

    /// A field of its head; there must be one.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> &str {
        let fields = self.0["head"].as_array().unwrap().iter();
        let mut named = fields.filter(|it| it[0].as_str().unwrap().eq_ignore_ascii_case(name));
        let field = named.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(named.next().is_none(), "two of {name}");
        field[1].as_str().unwrap()
    }

    /// The names of the fields of its head.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let fields = self.0["head"].as_array().unwrap().iter();
        fields.map(|it| it[0].as_str().unwrap()).collect()
    }

    /// Its text.
    pub(crate) fn text(&self) -> &str {
        self.0["parts"]["text/plain"].as_str().unwrap()
    }

    /// The same as HTML.
    pub(crate) fn html(&self) -> &str {
        self.0["parts"]["text/html"].as_str().unwrap()
    }

    /// What the server saw of the connection and the message.
    pub(crate) fn seen(&self, name: &str) -> &Value {
        &self.0[name]
    }
}
