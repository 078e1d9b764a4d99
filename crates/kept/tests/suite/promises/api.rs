//! The programming interface: what is promised of every door holds at this one.

mod collection;
mod reading;
mod requests;
mod trace;

use serde_json::{Value, json};

use super::people::{authorisation, policy};
use crate::installation::Installation;

/// A rehearsal of the default policy with its authorisation, to be served by the test.
fn house() -> Installation {
    Installation::authorised(&policy(), &authorisation(), "2026-01-05T10:00")
}

/// Every role that works with people's data.
const ROLES: &str = "--role marketing --role client-relations --role canvassing \
    --role administration --role legal-affairs --role logistics --role line-managers \
    --role data-protection-officer --role internal-audit --role statutory-auditors --role it \
    --role access-rights --until 2026-12-31T00:00";

/// A contact met at work, as a program takes one in.
fn contact(surname: &str) -> Value {
    json!({
        "met": "professional",
        "kind": "contact",
        "origin": "business-card",
        "purposes": ["contact-relations"],
        "records": [
            { "category": "identity", "values": { "surname": surname, "first-name": "Odile" } },
            { "category": "contact-details", "values": { "email": "o.vasseur@example.org" } },
        ],
    })
}
