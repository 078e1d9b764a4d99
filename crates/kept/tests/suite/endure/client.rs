//! A program that asks over one connection, and knows an answer from none.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// In which role, what for.
#[derive(Clone, Copy)]
pub(super) struct At(&'static str, &'static str);

/// Whoever keeps in touch with people: reads, finds and takes them in.
pub(super) const RELATIONS: At = At("client-relations", "contact-relations");
/// Whoever writes the newsletters: reads and takes note of consents and objections.
pub(super) const NEWSLETTERS: At = At("marketing", "newsletters");
/// Whoever answers requests: erases, and sees the trace.
pub(super) const OFFICER: At = At("data-protection-officer", "rights-requests");

/// No whole answer came: what was asked may have been done or not.
#[derive(Debug)]
pub(super) struct Gone;

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) version: Option<String>,
    pub(super) json: Value,
}

impl Answer {
    /// The place in the journal of what was done.
    pub(super) fn entry(&self) -> Option<u64> {
        self.json["entry"].as_u64()
    }
}

/// A program's connection, made when it is needed.
pub(super) struct Client<'k> {
    port: u16,
    key: &'k str,
    stream: Option<BufReader<TcpStream>>,
}

impl<'k> Client<'k> {
    /// A client of a server.
    pub(super) fn new(port: u16, key: &'k str) -> Self {
        Self {
            port,
            key,
            stream: None,
        }
    }

    /// Asks for something.
    pub(super) fn get(&mut self, at: At, path: &str) -> Result<Answer, Gone> {
        self.ask(at, "GET", path, "", "")
    }

    /// Asks for an act, with more fields of the head.
    pub(super) fn post(
        &mut self,
        at: At,
        path: &str,
        fields: &str,
        body: &Value,
    ) -> Result<Answer, Gone> {
        self.ask(at, "POST", path, fields, &body.to_string())
    }

    fn ask(
        &mut self,
        At(role, purpose): At,
        method: &str,
        path: &str,
        fields: &str,
        body: &str,
    ) -> Result<Answer, Gone> {
        let request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Kept-Role: {role}\r\nKept-Purpose: {purpose}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n{fields}\r\n{body}",
            self.key,
            body.len()
        );
        let answer = self.exchange(&request);
        if answer.is_none() {
            self.stream = None;
        }
        answer.ok_or(Gone)
    }

    fn exchange(&mut self, request: &str) -> Option<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
            stream.set_nodelay(true).ok()?;
            stream
                .set_read_timeout(Some(Duration::from_secs(120)))
                .ok()?;
            self.stream = Some(BufReader::new(stream));
        }
        let stream = self.stream.as_mut()?;
        stream.get_mut().write_all(request.as_bytes()).ok()?;
        read(stream)
    }
}

/// A whole answer, or none.
fn read(stream: &mut BufReader<TcpStream>) -> Option<Answer> {
    let (mut line, mut length, mut version) = (String::new(), 0, None);
    stream.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    loop {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        match name {
            "content-length" => length = value.parse().ok()?,
            "etag" => version = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Answer {
        status,
        version,
        json: serde_json::from_slice(&body).unwrap_or(Value::Null),
    })
}
