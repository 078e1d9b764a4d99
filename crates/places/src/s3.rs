//! A bucket of a service that speaks S3. Requests are signed by `rusty-s3` and carried over TLS, by
//! the roots that the machine trusts; plain HTTP is for this machine alone (21g).

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::{Fault, FaultKind};
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use ureq::Agent;
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig};

use crate::{Object, Place};

/// How long a signed request is good for.
const SIGNED_FOR: Duration = Duration::from_secs(600);
/// How long one request may take, from the first look for the address to the last byte.
const WITHIN: Duration = Duration::from_secs(300);
/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// How large an answer may be: a part has about one MiB, and one that has a large row is larger.
const BYTES_MAX: u64 = 1 << 28;
/// How often a request is tried that the service could not answer.
const TRIES_MAX: u32 = 4;
/// How long is waited before the second try; it doubles each time.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// A bucket as a place.
pub struct S3 {
    name: String,
    prefix: String,
    bucket: Bucket,
    credentials: Credentials,
    agent: Agent,
}

/// What the surroundings say, by the names that tools for S3 know: a variable, or none.
pub(crate) type Surroundings<'s> = &'s dyn Fn(&str) -> Option<String>;

/// An answer: its status and its body.
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl S3 {
    /// The place of `s3://BUCKET/PREFIX`. Where the service is and by which key it is asked stands in
    /// the surroundings.
    ///
    /// # Errors
    /// [`FaultKind::Invalid`] when something is missing or wrong, [`FaultKind::Refused`] when it
    /// would be reached in plain text beyond this machine.
    pub(crate) fn open(name: &str, surroundings: Surroundings<'_>) -> Result<Self, Fault> {
        let named = name.strip_prefix("s3://").unwrap_or(name);
        let (bucket, prefix) = named.split_once('/').unwrap_or((named, ""));
        let prefix = prefix.trim_matches('/').to_owned();
        let plain = |part: &str| part != ".." && part != ".";
        if bucket.is_empty() || !prefix.split('/').all(plain) {
            return Err(invalid(format!("`{name}` names no bucket"))
                .remedy("write `s3://BUCKET` or `s3://BUCKET/PREFIX`"));
        }
        let said = |variable: &str| surroundings(variable).filter(|it| !it.trim().is_empty());
        let region = said("AWS_REGION")
            .or_else(|| said("AWS_DEFAULT_REGION"))
            .unwrap_or_else(|| "us-east-1".to_owned());
        let own = said("AWS_ENDPOINT_URL_S3").or_else(|| said("AWS_ENDPOINT_URL"));
        let style = match own {
            Some(_) => UrlStyle::Path,
            None => UrlStyle::VirtualHost,
        };
        let endpoint = own.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let wrong = || {
            invalid("AWS_ENDPOINT_URL is no address of a service")
                .remedy("write it as `https://HOST` or `https://HOST:PORT`")
        };
        let url = endpoint.trim().parse().map_err(|_| wrong())?;
        let bucket = Bucket::new(url, style, bucket.to_owned(), region).map_err(|error| {
            invalid(format!("`{name}` and the service's address make no bucket")).because(error)
        })?;
        let base = bucket.base_url();
        if base.scheme() != "https" && !base.host_str().is_some_and(is_this_machine) {
            return Err(Fault::new(
                FaultKind::Refused,
                "backups would leave the machine in plain text",
            )
            .rule("21g")
            .remedy(
                "begin AWS_ENDPOINT_URL with `https://`; plain HTTP is for this machine alone",
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            prefix,
            bucket,
            credentials: credentials(surroundings)?,
            agent: agent(),
        })
    }

    fn key(&self, name: &str) -> String {
        match self.prefix.as_str() {
            "" => name.to_owned(),
            prefix => format!("{prefix}/{name}"),
        }
    }

    /// Asks, and asks again while the service cannot answer for now.
    fn ask(&self, ask: impl Fn() -> Result<Answer, ureq::Error>) -> Result<Answer, Fault> {
        let mut pause = AGAIN_AFTER;
        for tried in 1.. {
            let answer = ask();
            let for_now = match &answer {
                Ok(answer) => answer.status >= 500 || answer.status == 429,
                Err(_) => true,
            };
            if !for_now || tried == TRIES_MAX {
                return answer.map_err(|error| self.silent().because(error));
            }
            std::thread::sleep(pause);
            pause *= 2;
        }
        Err(self.silent())
    }

    fn silent(&self) -> Fault {
        Fault::new(
            FaultKind::Unavailable,
            format!("{} does not answer", self.name),
        )
        .remedy("check the network and AWS_ENDPOINT_URL; what was acknowledged is safe")
    }

    /// What an answer other than the one that was hoped for comes to.
    fn refused(&self, status: u16) -> Fault {
        let (message, remedy) = match status {
            401 | 403 => (
                "refuses",
                "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may list, read, \
                 write and delete there",
            ),
            404 => ("is not there", "check the bucket's name and AWS_REGION"),
            301 | 307 => ("is in another region", "set AWS_REGION to the bucket's"),
            _ => ("answers with an error", "look at the service's log"),
        };
        Fault::new(
            FaultKind::Unavailable,
            format!("{} {message} (status {status})", self.name),
        )
        .remedy(remedy)
    }
}

impl Place for S3 {
    fn called(&self) -> &str {
        &self.name
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        let key = self.key(name);
        let action = self.bucket.put_object(Some(&self.credentials), &key);
        let answer = self.ask(|| {
            let url = action.sign(SIGNED_FOR);
            taken(self.agent.put(url.as_str()).send(bytes)?)
        })?;
        match answer.status {
            200..=299 => Ok(()),
            status => Err(self.refused(status)),
        }
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let key = self.key(name);
        let action = self.bucket.get_object(Some(&self.credentials), &key);
        let answer = self.ask(|| {
            let url = action.sign(SIGNED_FOR);
            taken(self.agent.get(url.as_str()).call()?)
        })?;
        match answer.status {
            200..=299 => Ok(Some(answer.body)),
            // A bucket that is not there has no object either: writing tells.
            404 => Ok(None),
            status => Err(self.refused(status)),
        }
    }

    fn list(&self, within: &str) -> Result<Vec<Object>, Fault> {
        let prefix = match self.key(within.trim_end_matches('/')) {
            whole if whole.is_empty() => whole,
            part => format!("{}/", part.trim_end_matches('/')),
        };
        let (mut objects, mut next) = (Vec::new(), None::<String>);
        loop {
            let mut action = self.bucket.list_objects_v2(Some(&self.credentials));
            action.with_prefix(prefix.as_str());
            if let Some(next) = &next {
                action.with_continuation_token(next.as_str());
            }
            let answer = self.ask(|| {
                let url = action.sign(SIGNED_FOR);
                taken(self.agent.get(url.as_str()).call()?)
            })?;
            if !(200..300).contains(&answer.status) {
                return Err(self.refused(answer.status));
            }
            let text = String::from_utf8(answer.body);
            let text = text.map_err(|_| self.refused(answer.status))?;
            let page = ListObjectsV2::parse_response(&text)
                .map_err(|error| self.refused(answer.status).because(error))?;
            let own = self.key("");
            objects.extend(page.contents.into_iter().filter_map(|it| {
                let name = it.key.strip_prefix(&own)?.to_owned();
                Some(Object {
                    name,
                    bytes: it.size.unwrap_or_default(),
                })
            }));
            next = page.next_continuation_token;
            if next.is_none() {
                objects.sort_unstable();
                return Ok(objects);
            }
        }
    }

    fn remove(&self, name: &str) -> Result<(), Fault> {
        let key = self.key(name);
        let action = self.bucket.delete_object(Some(&self.credentials), &key);
        let answer = self.ask(|| {
            let url = action.sign(SIGNED_FOR);
            taken(self.agent.delete(url.as_str()).call()?)
        })?;
        match answer.status {
            200..=299 | 404 => Ok(()),
            status => Err(self.refused(status)),
        }
    }

    /// An object is there whole or not at all.
    fn clean(&self, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}

fn taken(answer: Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let (head, mut body) = answer.into_parts();
    Ok(Answer {
        status: head.status.as_u16(),
        body: body.with_config().limit(BYTES_MAX).read_to_vec()?,
    })
}

fn agent() -> Agent {
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(WITHIN))
        .timeout_connect(Some(CONNECT_WITHIN))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent("Kept")
        .build()
        .new_agent()
}

/// The key by which a service is asked: of the environment, or of the file of credentials.
fn credentials(surroundings: Surroundings<'_>) -> Result<Credentials, Fault> {
    let said = |variable: &str| surroundings(variable).filter(|it| !it.is_empty());
    let of = |key: String, secret: String, token: Option<String>| match token {
        Some(token) => Credentials::new_with_token(key, secret, token),
        None => Credentials::new(key, secret),
    };
    if let (Some(key), Some(secret)) = (said("AWS_ACCESS_KEY_ID"), said("AWS_SECRET_ACCESS_KEY")) {
        return Ok(of(key, secret, said("AWS_SESSION_TOKEN")));
    }
    let named = said("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
    let usual = || said("HOME").map(|home| PathBuf::from(home).join(".aws/credentials"));
    let profile = said("AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
    let text = named
        .or_else(usual)
        .and_then(|path| std::fs::read_to_string(path).ok());
    let value = |name: &str| {
        text.as_deref()
            .and_then(|text| of_profile(text, &profile, name))
    };
    match (value("aws_access_key_id"), value("aws_secret_access_key")) {
        (Some(key), Some(secret)) => Ok(of(key, secret, value("aws_session_token"))),
        _ => Err(
            invalid("no key for the service of the bucket was given").remedy(
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file of credentials in \
             AWS_SHARED_CREDENTIALS_FILE",
            ),
        ),
    }
}

/// A value of a profile in a file of credentials: `[profile]`, and `name = value` below.
fn of_profile(text: &str, profile: &str, name: &str) -> Option<String> {
    let mut within = false;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            within = section.trim() == profile;
        } else if within
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == name
        {
            return Some(value.trim().to_owned());
        }
    }
    None
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Invalid, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    fn opened(name: &str, variables: &[(&str, &str)]) -> Result<S3, Fault> {
        S3::open(name, &|wanted| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    const KEY: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s")];

    #[test]
    fn plain_text_is_for_this_machine_alone() {
        for (endpoint, refused) in [
            ("http://backup.example:9000", true),
            ("http://10.0.0.7", true),
            ("http://localhost.example", true),
            ("http://127.0.0.1:9000", false),
            ("http://[::1]:9000", false),
            ("http://localhost:9000", false),
            ("https://backup.example", false),
        ] {
            let variables = [KEY[0], KEY[1], ("AWS_ENDPOINT_URL", endpoint)];
            let outcome = opened("s3://bucket/a/b/", &variables);
            match outcome {
                Ok(place) => {
                    assert!(!refused, "{endpoint}");
                    assert_eq!(place.key("x"), "a/b/x");
                }
                Err(fault) => {
                    assert!(refused, "{endpoint}: {fault}");
                    assert_eq!(fault.kind, FaultKind::Refused);
                }
            }
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let kind = |name: &str, variables: &[(&str, &str)]| {
            opened(name, variables).err().map(|fault| fault.kind)
        };
        assert_eq!(kind("s3://bucket", &KEY), None);
        assert_eq!(kind("s3://", &KEY), Some(FaultKind::Invalid));
        assert_eq!(kind("s3://bucket/../other", &KEY), Some(FaultKind::Invalid));
        assert_eq!(kind("s3://bucket", &[]), Some(FaultKind::Invalid));
        let odd = [KEY[0], KEY[1], ("AWS_ENDPOINT_URL", "nowhere")];
        assert_eq!(kind("s3://bucket", &odd), Some(FaultKind::Invalid));
    }

    #[test]
    fn a_key_comes_from_a_file_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials");
        std::fs::write(
            &file,
            "[other]\naws_access_key_id = o\n[default]\naws_access_key_id=d\naws_secret_access_key = t=\n",
        )
        .unwrap();
        let file = file.to_str().unwrap();
        let variables = [("AWS_SHARED_CREDENTIALS_FILE", file)];
        let place = opened("s3://bucket", &variables).unwrap();
        assert_eq!(place.credentials.key(), "d");
        assert_eq!(place.credentials.secret(), "t=");
        let other = [variables[0], ("AWS_PROFILE", "other")];
        assert!(opened("s3://bucket", &other).is_err());
    }
}
