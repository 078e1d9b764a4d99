//! The demonstration served by the real program, and a browser of a few lines.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ExitStatus, Stdio};

use serde_json::Value;

use crate::kept::Kept;

/// `kept demo` in a folder of its own, until it is dropped.
pub(crate) struct Demo {
    kept: Kept,
    child: Child,
    /// What it says of itself once it is ready.
    pub(crate) said: Value,
    port: u16,
}

/// An answer: status, head in small letters, body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Demo {
    /// Starts `kept demo` with more arguments, and waits until it is ready.
    pub(crate) fn start(kept: Kept, arguments: &[&str]) -> Self {
        let always = ["demo", "--port", "0", "--json"];
        let mut command = kept.command(always.iter().chain(arguments));
        command.stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = child.stdout.take().unwrap();
        let mut text = String::new();
        for line in BufReader::new(out).lines() {
            let line = line.unwrap();
            text.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let said: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("what the demonstration says: {error}: {text}"));
        let address = said["address"].as_str().unwrap();
        let port = address.trim_end_matches('/').rsplit(':').next().unwrap();
        Self {
            port: port.parse().unwrap(),
            kept,
            child,
            said,
        }
    }

    /// A demonstration of so many people.
    pub(crate) fn of(people: &str) -> Self {
        Self::start(Kept::new(), &["--people", people])
    }

    /// The folder of the installation.
    pub(crate) fn data(&self) -> &str {
        self.said["data"].as_str().unwrap()
    }

    /// What can be run beside it.
    pub(crate) fn around(&self) -> &Kept {
        &self.kept
    }

    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             {headers}\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head[9..12].parse().unwrap(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    /// Opens a page, with the languages that the browser asks for.
    pub(crate) fn open_in(&self, path: &str, languages: &str) -> Answer {
        let headers = format!("Accept-Language: {languages}\r\n");
        self.send("GET", path, &headers, "")
    }

    /// Opens a page in English, which must be there.
    #[track_caller]
    pub(crate) fn page(&self, path: &str) -> String {
        let answer = self.open_in(path, "en");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// Sends a form from a page of the demonstration.
    pub(crate) fn submit(&self, path: &str, form: &str) -> Answer {
        self.send("POST", path, "Sec-Fetch-Site: same-origin\r\n", form)
    }

    /// Ends it as Ctrl-C does, and waits.
    pub(crate) fn interrupt(&mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        let kill = std::process::Command::new("kill")
            .args(["-INT", &id])
            .status();
        assert!(kill.unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.interrupt();
        }
    }
}
