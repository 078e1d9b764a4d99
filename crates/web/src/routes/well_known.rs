//! `GET /.well-known/…`: where weaknesses are reported, and that a browser's wish not to be sold is
//! obeyed.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use domain::{Fault, FaultKind};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::server::config::{PublicAddress, SecurityContact};
use crate::site::{Answer, Asked, Site, Surface};

/// How long what is published holds (RFC 9116, 2.5.5: less than a year is recommended).
const DAYS_VALID: i64 = 90;

/// `security.txt` (RFC 9116).
pub(super) async fn security(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |site, _| {
        let config = site.config.as_deref();
        let contact = config.and_then(|config| Some((config, config.security.as_ref()?)));
        let (config, contact) = contact
            .ok_or_else(|| Fault::new(FaultKind::Absent, "there is nothing at this address"))?;
        let now = site.kept.moment()?.now;
        let kind = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
        Ok(Answer::whole((kind, text(contact, &config.address, now))))
    })
    .await
}

fn text(contact: &SecurityContact, address: &PublicAddress, now: Timestamp) -> String {
    let day = TimeZone::UTC.to_datetime(now).date();
    let expires = day.saturating_add(DAYS_VALID.days());
    let mut text = String::new();
    for one in &contact.contacts {
        text.push_str(&format!("Contact: {one}\n"));
    }
    text.push_str(&format!("Expires: {expires}T00:00:00Z\n"));
    text.push_str("Preferred-Languages: en, fr\n");
    let canonical = address.of("/.well-known/security.txt");
    text.push_str(&format!("Canonical: {canonical}\n"));
    if let Some(policy) = &contact.policy {
        text.push_str(&format!("Policy: {policy}\n"));
    }
    text
}

/// `gpc.json` (Global Privacy Control, 3.2): the signal is obeyed, since nothing here is sold or
/// shared with anybody, whoever asks.
pub(super) async fn gpc(State(site): State<Site>, asked: Asked) -> Response {
    site.answer(asked, |_, visit| {
        let published = visit.law.policy().published;
        let body = format!("{{\"gpc\":true,\"lastUpdate\":\"{published}\"}}\n");
        let kind = [(CONTENT_TYPE, "application/json")];
        Ok(Answer::whole((kind, body)))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_published_for_a_quarter_of_a_year() {
        let contact = SecurityContact {
            contacts: vec!["mailto:security@people.example".to_owned()],
            policy: Some("https://people.example/reports".to_owned()),
        };
        let address = PublicAddress::parse("https://people.example").unwrap();
        let text = text(&contact, &address, "2026-03-14T09:30:00Z".parse().unwrap());
        assert_eq!(
            text,
            "Contact: mailto:security@people.example\n\
             Expires: 2026-06-12T00:00:00Z\n\
             Preferred-Languages: en, fr\n\
             Canonical: https://people.example/.well-known/security.txt\n\
             Policy: https://people.example/reports\n"
        );
    }
}
