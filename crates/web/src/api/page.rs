//! Lists in parts: where one goes on is said by its `Link`, and means nothing to whoever reads it.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::call::Call;
use super::problem::Wrong;

/// How many a part has at the most.
pub(super) const MOST: u32 = 100;
/// How many it has where nothing else was asked for.
const USUALLY: u32 = 50;

/// Which part of a list is asked for.
pub(super) struct Cursor {
    after: Option<[u8; 16]>,
    pub(super) most: u32,
}

impl Cursor {
    pub(super) fn of(call: &Call) -> Result<Self, Wrong> {
        let after = call.parameter("after").map(|text| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok();
            bytes.and_then(|it| it.try_into().ok()).ok_or_else(|| {
                let why = "`after` is not where a list goes on";
                Wrong::new(StatusCode::UNPROCESSABLE_ENTITY, why)
                    .remedy("take it from the `Link` of the part before")
            })
        });
        Ok(Self {
            after: after.transpose()?,
            most: call.number("most", MOST)?.unwrap_or(USUALLY),
        })
    }

    /// After what the part begins.
    pub(super) fn after<Id>(&self, id: fn([u8; 16]) -> Id) -> Option<Id> {
        self.after.map(id)
    }

    /// The address of the next part.
    pub(super) fn next(&self, path: &str, last: &[u8; 16]) -> String {
        let after = URL_SAFE_NO_PAD.encode(last);
        format!("{path}?after={after}&most={}", self.most)
    }
}
