//! The section `[accounts]`: who has an account of the server.

use super::Sort;
use super::category::field_of;
use super::reader::Reader;
use crate::model::{Accounts, FactId, KindId, OriginId, PurposeId};

/// The keys that the section cannot do without, each with an example.
const KEYS: [(&str, &str); 7] = [
    ("kind", "kind = \"staff\""),
    ("name", "name = \"staff-account.staff-name\""),
    ("email", "email = \"staff-account.staff-email\""),
    ("purpose", "purpose = \"staff-accounts\""),
    ("origin", "origin = \"written-by-us\""),
    ("begins", "begins = \"access-granted\""),
    ("ends", "ends = \"access-withdrawn\""),
];

/// The section; none if it is left out, or if something in it cannot be read.
pub(super) fn accounts(root: &Reader<'_>) -> Option<Accounts> {
    let reader = root.table("accounts")?;
    for (key, example) in KEYS {
        if !reader.has(key) {
            reader.missing(key, example);
        }
    }
    let kind = reader.reference("kind", Sort::Kind).map(KindId);
    let name = field_of(&reader, "name");
    let email = field_of(&reader, "email");
    let purpose = reader.reference("purpose", Sort::Purpose).map(PurposeId);
    let origin = reader.reference("origin", Sort::Origin).map(OriginId);
    let begins = reader.reference("begins", Sort::Fact).map(FactId);
    let ends = reader.reference("ends", Sort::Fact).map(FactId);
    reader.finish();
    Some(Accounts {
        kind: kind?,
        name: name?,
        email: email?,
        purpose: purpose?,
        origin: origin?,
        begins: begins?,
        ends: ends?,
    })
}
