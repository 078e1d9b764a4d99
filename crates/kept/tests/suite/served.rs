//! The server run by the real program, and clients of a few lines: in plain text, and over TLS.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};
use serde_json::Value;

use crate::kept::{Kept, Run};

/// An installation to be served: not a rehearsal, under a policy.
pub(crate) fn installation(policy: &str) -> Kept {
    let kept = Kept::new();
    kept.file("policy.toml", policy);
    kept.run(["init", "--policy", "policy.toml", "--data", "D"])
        .ok();
    kept
}

/// A certificate of its own for `localhost`, in the folder as `NAME.pem` and `NAME.key`.
pub(crate) fn certificate(kept: &Kept, name: &str) -> Vec<u8> {
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned()];
    let params = rcgen::CertificateParams::new(names).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    kept.file(&format!("{name}.pem"), certificate.pem());
    kept.file(&format!("{name}.key"), key.serialize_pem());
    certificate.der().to_vec()
}

/// A configuration that serves this machine alone.
pub(crate) const LOCAL: &str = "address = \"http://localhost\"\nlisten = \"127.0.0.1:0\"\n";

/// A configuration with TLS by the certificate `NAME.pem`.
pub(crate) fn with_tls(name: &str) -> String {
    format!(
        "address = \"https://localhost\"\nlisten = \"127.0.0.1:0\"\n[tls]\n\
         certificate = \"{name}.pem\"\nkey = \"{name}.key\"\n"
    )
}

/// Tries to start a server that must not start.
pub(crate) fn refused(kept: &Kept, config: &str) -> Run {
    kept.file("kept.toml", config);
    kept.run(["serve", "--data", "D", "--config", "kept.toml"])
}

/// `kept serve` in a folder, until it is dropped.
pub(crate) struct Served<'k> {
    kept: &'k Kept,
    child: Child,
    log: &'static str,
    /// What it says of itself once it is ready.
    pub(crate) said: Value,
    port: u16,
}

/// An answer: status, head in small letters, body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a field of the head.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

impl<'k> Served<'k> {
    /// Serves the folder's installation with a configuration, and waits until it is ready.
    pub(crate) fn start(kept: &'k Kept, config: &str) -> Self {
        Self::start_in(kept, config, &[])
    }

    /// As [`Served::start`], with variables of the environment.
    pub(crate) fn start_in(kept: &'k Kept, config: &str, variables: &[(&str, &str)]) -> Self {
        kept.file("kept.toml", config);
        let command = kept.command(["serve", "--data", "D", "--config", "kept.toml", "--json"]);
        Self::started(kept, command, "log", variables)
    }

    /// As [`Served::start`], from the folder `E` of one more copy on the same databases.
    pub(crate) fn start_copy(kept: &'k Kept, config: &str) -> Self {
        kept.file("copy.toml", config);
        let command = kept.command(["serve", "--data", "E", "--config", "copy.toml", "--json"]);
        Self::started(kept, command, "log-of-copy", &[])
    }

    fn started(
        kept: &'k Kept,
        mut command: Command,
        name: &'static str,
        variables: &[(&str, &str)],
    ) -> Self {
        let log = std::fs::File::create(kept.folder().join(name)).unwrap();
        command.stdout(Stdio::piped()).stderr(log);
        command.envs(variables.iter().copied());
        let mut child = command.spawn().unwrap();
        let mut text = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            text.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let said: Value = serde_json::from_str(&text).unwrap_or_else(|_| {
            let log = std::fs::read_to_string(kept.folder().join(name));
            panic!("the server did not start: {text} {log:?}")
        });
        let listens = said["listens"][0].as_str().unwrap();
        let port = listens.rsplit(':').next().unwrap().parse().unwrap();
        Self {
            kept,
            child,
            log: name,
            said,
            port,
        }
    }

    /// The port that it listens at.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.kept.folder().join(self.log)).unwrap()
    }

    /// The address of something that it serves, for another program's client.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let most = Some(Duration::from_secs(60));
        stream.set_read_timeout(most).unwrap();
        stream
    }

    /// Asks for a page in plain text, as a browser at `localhost` does, with more fields.
    pub(crate) fn get_with(&self, path: &str, fields: &str) -> Answer {
        exchange(&mut self.connect(), &request("GET", path, fields, ""))
    }

    /// Asks for a page in plain text.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.get_with(path, "")
    }

    /// Sends a form from a page of the server's own.
    pub(crate) fn post(&self, path: &str, form: &str) -> Answer {
        let fields = "Sec-Fetch-Site: same-origin\r\n";
        exchange(&mut self.connect(), &request("POST", path, fields, form))
    }

    /// Asks for a page over TLS, trusting one certificate.
    pub(crate) fn get_encrypted(
        &self,
        path: &str,
        trusted: &[u8],
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<(Answer, String, Vec<u8>), std::io::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(trusted.to_vec())).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(connection, self.connect());
        stream.write_all(request("GET", path, "", "").as_bytes())?;
        let answer = read(&mut stream)?;
        let version = format!("{:?}", stream.conn.protocol_version().unwrap());
        let shown = stream.conn.peer_certificates().unwrap()[0].to_vec();
        Ok((answer, version, shown))
    }

    /// Sends it a signal: `TERM`, `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(kill.unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Ends it as an administrator does, and waits: it must end well.
    pub(crate) fn end(mut self) {
        self.signal("TERM");
        assert_eq!(self.wait().code(), Some(0));
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request as it goes over the wire; the connection is for it alone.
pub(crate) fn request(method: &str, path: &str, fields: &str, body: &str) -> String {
    request_of(
        method,
        path,
        fields,
        "application/x-www-form-urlencoded",
        body,
    )
}

/// The same with a body of a kind.
pub(crate) fn request_of(method: &str, path: &str, fields: &str, kind: &str, body: &str) -> String {
    let host = match fields.contains("Host:") {
        true => "",
        false => "Host: localhost\r\n",
    };
    format!(
        "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\n\
         Content-Type: {kind}\r\nContent-Length: {}\r\n\
         {fields}\r\n{body}",
        body.len()
    )
}

/// Sends a request and reads its answer.
pub(crate) fn exchange(stream: &mut (impl Read + Write), request: &str) -> Answer {
    stream.write_all(request.as_bytes()).unwrap();
    read(stream).unwrap()
}

/// Reads an answer, which ends with the connection.
pub(crate) fn read(stream: &mut impl Read) -> Result<Answer, std::io::Error> {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if bytes.is_empty() => return Err(error),
        _ => {}
    }
    let at = bytes.windows(4).position(|it| it == b"\r\n\r\n");
    let Some(at) = at else {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    };
    let head = String::from_utf8_lossy(&bytes[..at]).replace("\r\n", "\n");
    let (first, head) = head.split_once('\n').unwrap_or((&head, ""));
    let mut body = String::from_utf8_lossy(&bytes[at + 4..]).into_owned();
    let head = head
        .lines()
        .map(|line| match line.split_once(':') {
            Some((name, value)) => format!("{}:{value}\n", name.to_lowercase()),
            None => format!("{line}\n"),
        })
        .collect::<String>();
    if head.contains("transfer-encoding: chunked") {
        body = String::new();
    }
    Ok(Answer {
        status: first.split(' ').nth(1).unwrap().parse().unwrap(),
        head,
        body,
    })
}

/// The path of a file of the default policy.
pub(crate) fn default_policy() -> String {
    let path: PathBuf = crate::policies::assess_manager().join("policy.toml");
    std::fs::read_to_string(path).unwrap()
}

/// The certificate in a PEM file of the folder.
pub(crate) fn in_file(kept: &Kept, name: &str) -> Vec<u8> {
    let path = kept.folder().join(format!("{name}.pem"));
    CertificateDer::from_pem_file(path).unwrap().to_vec()
}
