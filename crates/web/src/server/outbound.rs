//! Requests that the server makes itself: to the services by which staff sign in, and to nobody else.
//!
//! The machine's own roots are believed: an organisation's service often has a certificate of its
//! own authority. No redirection is followed: it could lead anywhere within the network.

use std::sync::Arc;
use std::time::Duration;

use domain::{Fault, FaultKind};
use rustls::crypto::aws_lc_rs;
use services::access::service::{Carrier, HttpRequest, HttpResponse};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long an answer may take, from the first look for the address to the last byte.
const WITHIN: Duration = Duration::from_secs(10);
/// How large an answer may be: a description with its keys has some kilobytes.
const BYTES_MAX: u64 = 1 << 20;

/// Carries requests over HTTP.
pub(crate) struct Outbound(Agent);

impl Outbound {
    pub(crate) fn new() -> Self {
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(WITHIN))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("Kept")
            .build();
        Self(agent.new_agent())
    }
}

impl Carrier for Outbound {
    fn carry(&self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let no_answer = |error: ureq::Error| {
            Fault::new(FaultKind::Unavailable, "a sign-in service does not answer").because(error)
        };
        let answer = self.0.run(request).map_err(no_answer)?;
        let (head, mut body) = answer.into_parts();
        let body = body.with_config().limit(BYTES_MAX).read_to_vec();
        Ok(HttpResponse::from_parts(head, body.map_err(no_answer)?))
    }
}
