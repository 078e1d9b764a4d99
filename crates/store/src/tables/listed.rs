//! What tables there are: their names, their columns, and how many of them are the key.

/// The tables of the data, with the columns that they have today; the key's are marked by their
/// number.
pub(super) const DATA: &[(&str, &[&str], usize)] = &[
    ("meta", &["key", "value"], 1),
    ("name", &["sort", "number", "name"], 2),
    ("policy", &["version", "digest", "source", "applied"], 1),
    (
        "authorisation",
        &["version", "digest", "source", "applied"],
        1,
    ),
    (
        "document",
        &["number", "version", "digest", "source", "since"],
        2,
    ),
    (
        "subject",
        &["id", "version", "alias_of", "due", "dossier"],
        1,
    ),
    ("organisation", &["id", "version", "dossier"], 1),
    ("organisation_person", &["organisation_id", "subject_id"], 2),
    (
        "record",
        &[
            "subject_id",
            "id",
            "category",
            "clear",
            "sealed",
            "tombstone",
        ],
        2,
    ),
    (
        "entry",
        &["seq", "commitment", "at", "act", "period", "detail"],
        1,
    ),
    ("entry_subject", &["subject_id", "seq"], 2),
    ("entry_recent", &["seq", "subject_id"], 2),
    (
        "entry_part",
        &["seq", "position", "subject_id", "commitment", "detail"],
        2,
    ),
    ("statistic", &["projection", "cell", "people", "spread"], 2),
    ("account", &["subject_id", "handle", "made", "disabled"], 1),
    (
        "account_role",
        &[
            "subject_id",
            "role",
            "granted",
            "granted_by",
            "reviewed",
            "reviewed_by",
        ],
        2,
    ),
    (
        "credential",
        &[
            "subject_id",
            "id",
            "sort",
            "made",
            "used",
            "step",
            "finder",
            "sealed",
        ],
        2,
    ),
    (
        "session",
        &[
            "token",
            "id",
            "subject_id",
            "sort",
            "made",
            "seen",
            "ends",
            "role",
            "purpose",
        ],
        1,
    ),
    (
        "sign_in_link",
        &["token", "subject_id", "sort", "made", "ends"],
        1,
    ),
    ("sign_in_begun", &["token", "place", "begun", "sealed"], 1),
    ("attempt", &["place", "failures", "last"], 1),
    ("known_address", &["subject_id", "address", "seen"], 2),
    (
        "request_count",
        &["round", "client", "process", "at", "taken"],
        2,
    ),
    (
        "program_key",
        &[
            "id",
            "token",
            "handle",
            "made",
            "made_by",
            "ends",
            "revoked",
            "used",
            "scopes",
            "reviewed",
            "reviewed_by",
        ],
        1,
    ),
    (
        "undertaking",
        &["subject_id", "document", "accepted", "version", "digest"],
        4,
    ),
    (
        "idempotency",
        &["actor", "key", "request", "began", "ends", "outcome"],
        2,
    ),
    ("announcement", &["version", "made", "people", "seen"], 1),
    (
        "message",
        &[
            "subject_id",
            "kind",
            "about",
            "id",
            "made",
            "state",
            "due",
            "tries",
            "ended",
            "answer",
            "rule",
        ],
        3,
    ),
    (
        "webhook",
        &[
            "id", "url", "events", "private", "made", "made_by", "failing", "disabled", "sealed",
        ],
        1,
    ),
    (
        "webhook_message",
        &[
            "webhook",
            "id",
            "event",
            "at",
            "subject_id",
            "purpose",
            "policy_version",
            "due",
            "tries",
            "told",
            "delivered",
            "answer",
        ],
        2,
    ),
];

/// The tables of the keyring.
pub(super) const KEYRING: &[(&str, &[&str], usize)] = &[
    ("meta", &["key", "value"], 1),
    ("epoch", &["number", "state", "made", "destroyed"], 1),
    ("record_key", &["subject_id", "id", "epoch", "wrapped"], 2),
    (
        "look_up",
        &[
            "field",
            "token",
            "subject_id",
            "record_id",
            "epoch",
            "wrapped",
            "confirmed",
        ],
        4,
    ),
    (
        "suppression",
        &["field", "token", "epoch", "wrapped", "made"],
        2,
    ),
    ("period_key", &["period", "epoch", "wrapped"], 1),
];

/// The log of restrictive acts in the keyring's database.
pub(super) const LOG: (&str, &[&str], usize) = ("restrictive_act", &["place", "line"], 1);

/// Tables whose rows are over within minutes, whatever becomes of the installation.
pub(super) const PASSING: [&str; 2] = ["sign_in_begun", "request_count"];
