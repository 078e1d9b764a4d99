//! Every statement, once, for both databases: parameters are numbered by first appearance.

/// Makes the constants and the list of them that the other database is tried with.
macro_rules! statements {
    ($($(#[$doc:meta])* $database:ident $name:ident = $text:literal;)+) => {
        $($(#[$doc])* pub(crate) const $name: &str = $text;)+

        /// All statements, with the database that each belongs to and its name.
        pub const ALL: &[(Home, &str, &str)] =
            &[$((Home::$database, stringify!($name), $text)),+];
    };
}

/// The database that a statement belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Home {
    /// Subjects, records, journal.
    Data,
    /// Keys and look-ups.
    Keyring,
}

statements! {
    /// Of the server only: whoever writes holds this row until the end of the transaction, so that
    /// the copies of Kept on one database write one after the other.
    Data WRITER_WAITS = "SELECT value FROM meta WHERE key = 'writers' FOR UPDATE";
    /// Besides, of a distributed database: a row is free again a moment before the other machines
    /// show what was written; this is not (decision 25).
    Data WRITER_TURN = "SELECT pg_advisory_xact_lock('meta'::regclass::oid::bigint)";
    Data WRITER_FINDS = "SELECT txid_current(),
        (SELECT value FROM meta WHERE key = 'writers'),
        (SELECT value FROM meta WHERE key = 'frontier'),
        (SELECT MAX(version) FROM policy), (SELECT MAX(version) FROM authorisation),
        (SELECT value FROM meta WHERE key = 'distributed')";
    Data WRITER_ENDED = "SELECT txid_status($1)";
    Keyring KEY_WRITER_TURN = "SELECT pg_advisory_xact_lock('meta'::regclass::oid::bigint)";
    Keyring KEY_WRITER_WAITS = "SELECT value FROM meta WHERE key = 'writers' FOR UPDATE";
    Keyring KEY_WRITER_FINDS = "SELECT txid_current(),
        (SELECT value FROM meta WHERE key = 'writers'),
        (SELECT MAX(number) FROM epoch WHERE state = 1),
        (SELECT value FROM meta WHERE key = 'distributed')";

    Data STANDING = "SELECT (SELECT MAX(version) FROM policy),
        (SELECT MAX(version) FROM authorisation)";

    Data META_GET = "SELECT value FROM meta WHERE key = $1";
    Data META_PUT = "INSERT INTO meta (key, value) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    Data META_DELETE = "DELETE FROM meta WHERE key = $1";

    Data NAMES = "SELECT sort, number, name FROM name ORDER BY sort, number";
    Data NAME_ADD = "INSERT INTO name (sort, number, name) VALUES ($1, $2, $3)
        ON CONFLICT (sort, number) DO UPDATE SET name = excluded.name";
    Data POLICIES = "SELECT version, digest, source, applied FROM policy ORDER BY version";
    Data POLICY_ADD =
        "INSERT INTO policy (version, digest, source, applied) VALUES ($1, $2, $3, $4)";
    Data AUTHORISATIONS =
        "SELECT version, digest, source, applied FROM authorisation ORDER BY version";
    Data AUTHORISATION_ADD =
        "INSERT INTO authorisation (version, digest, source, applied) VALUES ($1, $2, $3, $4)";

    Data DOCUMENTS = "SELECT number, version, digest, source, since FROM document
        ORDER BY number, version";
    Data DOCUMENT_LATEST = "SELECT MAX(version) FROM document WHERE number = $1";
    Data DOCUMENT_ADD = "INSERT INTO document (number, version, digest, source, since)
        VALUES ($1, $2, $3, $4, $5)";

    Data SUBJECT_GET = "SELECT version, dossier FROM subject WHERE id = $1";
    Data PERSON_GET = "SELECT subject.version, subject.dossier, record.id, record.category,
            record.clear, record.sealed, record.tombstone
        FROM subject LEFT JOIN record ON record.subject_id = subject.id
        WHERE subject.id = $1 ORDER BY record.id";
    Data SUBJECT_VERSION = "SELECT version FROM subject WHERE id = $1";
    /// Of a distributed database: waits for what was committed and is not shown there yet.
    Data SUBJECT_VERSION_HELD = "SELECT version FROM subject WHERE id = $1 FOR SHARE";
    Data SUBJECT_ADD = "INSERT INTO subject (id, version, due, dossier) VALUES ($1, $2, $3, $4)";
    Data SUBJECT_PUT = "UPDATE subject SET version = $1, due = $2, dossier = $3 WHERE id = $4";
    Data SUBJECT_DUE = "UPDATE subject SET due = $1 WHERE id = $2";
    Data SUBJECTS_DUE = "SELECT id FROM subject
        WHERE due IS NOT NULL AND due <= $1 ORDER BY due, id LIMIT $2";
    Data EARLIEST_DUE = "SELECT due FROM subject WHERE due IS NOT NULL ORDER BY due LIMIT 1";
    Data SUBJECT_DELETE = "DELETE FROM subject WHERE id = $1
        AND NOT EXISTS (SELECT 1 FROM record WHERE subject_id = $1)";
    Data SUBJECTS_AFTER = "SELECT id, version, dossier FROM subject WHERE id > $1
        ORDER BY id LIMIT $2";
    Data SUBJECT_VERSIONS = "SELECT id, version FROM subject";
    Data SUBJECT_COUNT = "SELECT COUNT(*) FROM subject";

    Data ORGANISATION_GET = "SELECT version, dossier FROM organisation WHERE id = $1";
    Data ORGANISATION_PUT = "INSERT INTO organisation (id, version, dossier) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, dossier = excluded.dossier";
    Data ORGANISATIONS_AFTER = "SELECT id, version, dossier FROM organisation WHERE id > $1
        ORDER BY id LIMIT $2";
    Data ORGANISATION_PERSON_ADD =
        "INSERT INTO organisation_person (organisation_id, subject_id) VALUES ($1, $2)
        ON CONFLICT (organisation_id, subject_id) DO NOTHING";
    Data ORGANISATION_PERSON_DELETE = "DELETE FROM organisation_person WHERE subject_id = $1";
    Data ORGANISATION_PEOPLE =
        "SELECT subject_id FROM organisation_person WHERE organisation_id = $1 ORDER BY subject_id";

    Data RECORDS_OF = "SELECT id, category, clear, sealed, tombstone FROM record
        WHERE subject_id = $1 ORDER BY id";
    Data RECORD_HEADS = "SELECT substr(sealed, 1, 18) FROM record WHERE subject_id = $1";
    Data RECORD_EXISTS = "SELECT 1 FROM record WHERE subject_id = $1 AND id = $2";
    Data RECORD_PUT =
        "INSERT INTO record (subject_id, id, category, clear, sealed, tombstone)
        VALUES ($1, $2, $3, $4, $5, 0)
        ON CONFLICT (subject_id, id) DO UPDATE SET category = excluded.category,
        clear = excluded.clear, sealed = excluded.sealed";
    Data RECORD_CLEAR = "UPDATE record SET clear = $1 WHERE subject_id = $2 AND id = $3";
    Data RECORD_TOMBSTONE = "UPDATE record SET tombstone = 1, sealed = $1
        WHERE subject_id = $2 AND id = $3";
    Data RECORD_DELETE = "DELETE FROM record WHERE subject_id = $1 AND id = $2 AND tombstone = 1";
    Data RECORDS_TOMBSTONED = "SELECT subject_id, id, sealed FROM record
        WHERE tombstone <> 0 ORDER BY subject_id LIMIT $1";
    Data RECORD_COUNTS = "SELECT category, COUNT(*) FROM record
        WHERE tombstone = 0 GROUP BY category ORDER BY category";

    Data ENTRY_ADD = "INSERT INTO entry (seq, commitment, at, act, period, detail)
        VALUES ($1, $2, $3, $4, $5, $6)";
    Data ENTRY_SUBJECT_ADD = "INSERT INTO entry_subject (subject_id, seq) VALUES ($1, $2)
        ON CONFLICT (subject_id, seq) DO NOTHING";
    Data ENTRY_RECENT_ADD = "INSERT INTO entry_recent (seq, subject_id) VALUES ($1, $2)
        ON CONFLICT (seq, subject_id) DO NOTHING";
    /// In the order of the index, so that each of its pages is written once; what is damaged goes
    /// over as it is, and is told by verification there.
    Data ENTRY_RECENT_FILE = "INSERT INTO entry_subject (subject_id, seq)
        SELECT subject_id, seq FROM entry_recent WHERE true ORDER BY subject_id, seq
        ON CONFLICT (subject_id, seq) DO NOTHING";
    Data ENTRY_RECENT_CLEAR = "DELETE FROM entry_recent";
    Data ENTRY_RECENT_ALL = "SELECT subject_id, seq FROM entry_recent ORDER BY seq, subject_id";
    Data ENTRY_PART_ADD =
        "INSERT INTO entry_part (seq, position, subject_id, commitment, detail)
        VALUES ($1, $2, $3, $4, $5)";
    Data ENTRIES_FROM = "SELECT seq, commitment, at, act, period, detail FROM entry
        WHERE seq >= $1 ORDER BY seq LIMIT $2";
    Data ENTRIES_ABOUT = "SELECT e.seq, e.commitment, e.at, e.act, e.period, e.detail
        FROM entry_subject s JOIN entry e ON e.seq = s.seq
        WHERE s.subject_id = $1 ORDER BY e.seq";
    Data ENTRY_GET = "SELECT seq, commitment, at, act, period, detail FROM entry WHERE seq = $1";
    Data ENTRIES_ABOUT_RECENT = "SELECT e.seq, e.commitment, e.at, e.act, e.period, e.detail
        FROM entry_recent r JOIN entry e ON e.seq = r.seq
        WHERE r.subject_id = $1 ORDER BY e.seq";
    Data ENTRY_RECENT_SUBJECTS = "SELECT seq, subject_id FROM entry_recent
        WHERE seq >= $1 AND seq < $2 ORDER BY seq, subject_id";
    Data ENTRY_SUBJECTS = "SELECT seq, subject_id FROM entry_subject
        WHERE seq >= $1 AND seq < $2 ORDER BY seq, subject_id";
    Data ENTRY_PARTS = "SELECT subject_id, commitment, detail FROM entry_part
        WHERE seq = $1 ORDER BY position";
    Data ENTRY_PARTS_BETWEEN = "SELECT seq, position, subject_id, commitment, detail
        FROM entry_part WHERE seq >= $1 AND seq < $2 ORDER BY seq, position";
    Data ENTRY_STRAYS = "SELECT seq FROM (
        SELECT seq FROM entry WHERE seq < 0 OR seq >= $1
        UNION SELECT seq FROM entry_part WHERE seq < 0 OR seq >= $1
        UNION SELECT seq FROM entry_recent WHERE seq < 0 OR seq >= $1
        UNION SELECT seq FROM entry_subject WHERE seq < 0 OR seq >= $1) AS stray
        ORDER BY seq LIMIT $2";
    Data COMMITMENTS = "SELECT seq, commitment FROM entry
        WHERE seq >= $1 AND seq < $2 ORDER BY seq";
    Data ENTRY_LAST = "SELECT at FROM entry ORDER BY seq DESC LIMIT 1";
    Data ENTRY_FIRST_KEPT = "SELECT MIN(seq) FROM entry WHERE period >= $1";
    Data ENTRY_DETAILS_BEFORE =
        "SELECT COUNT(*) FROM entry WHERE seq < $1 AND detail IS NOT NULL";
    Data ENTRY_PRUNE = "UPDATE entry SET at = NULL, act = NULL, period = NULL, detail = NULL
        WHERE seq < $1 AND detail IS NOT NULL";
    Data ENTRY_PART_PRUNE = "DELETE FROM entry_part WHERE seq < $1";
    Data ENTRY_SUBJECT_PRUNE = "DELETE FROM entry_subject WHERE seq < $1";
    Data ENTRY_RECENT_PRUNE = "DELETE FROM entry_recent WHERE seq < $1";

    Data STATISTIC_ADD = "INSERT INTO statistic (projection, cell, people, spread)
        VALUES ($1, $2, $3, $4) ON CONFLICT (projection, cell) DO UPDATE SET
        people = statistic.people + excluded.people, spread = statistic.spread + excluded.spread";
    Data STATISTICS = "SELECT projection, cell, people, spread FROM statistic
        ORDER BY projection, cell";

    Data ACCOUNT_ADD = "INSERT INTO account (subject_id, handle, made) VALUES ($1, $2, $3)";
    Data ACCOUNT_GET = "SELECT subject_id, handle, made, disabled FROM account
        WHERE subject_id = $1";
    Data ACCOUNT_NAMED = "SELECT subject_id, handle, made, disabled FROM account
        WHERE handle = $1";
    Data ACCOUNTS = "SELECT subject_id, handle, made, disabled FROM account ORDER BY handle";
    Data ACCOUNT_DISABLE = "UPDATE account SET disabled = $1
        WHERE subject_id = $2 AND disabled IS NULL";
    Data ACCOUNT_ENABLE = "UPDATE account SET disabled = NULL WHERE subject_id = $1";
    Data ACCOUNT_DELETE = "DELETE FROM account WHERE subject_id = $1";

    Data ROLES = "SELECT subject_id, role, granted, granted_by, reviewed, reviewed_by
        FROM account_role ORDER BY subject_id, role";
    Data ROLES_OF = "SELECT subject_id, role, granted, granted_by, reviewed, reviewed_by
        FROM account_role WHERE subject_id = $1 ORDER BY role";
    Data ROLE_ADD =
        "INSERT INTO account_role (subject_id, role, granted, granted_by, reviewed, reviewed_by)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (subject_id, role) DO NOTHING";
    Data ROLE_REVIEWED = "UPDATE account_role SET reviewed = $1, reviewed_by = $2
        WHERE subject_id = $3 AND role = $4";
    Data ROLE_HELD = "SELECT 1 FROM account_role WHERE subject_id = $1 AND role = $2";
    Data ROLE_DELETE = "DELETE FROM account_role WHERE subject_id = $1 AND role = $2";
    Data ROLES_DELETE = "DELETE FROM account_role WHERE subject_id = $1";

    Data CREDENTIALS_OF = "SELECT subject_id, id, sort, made, used, step, sealed FROM credential
        WHERE subject_id = $1 ORDER BY id";
    Data CREDENTIAL_HEADS = "SELECT substr(sealed, 1, 18) FROM credential WHERE subject_id = $1";
    Data CREDENTIAL_FOUND = "SELECT subject_id, id, sort, made, used, step, sealed FROM credential
        WHERE finder = $1";
    Data CREDENTIAL_ADD =
        "INSERT INTO credential (subject_id, id, sort, made, used, step, finder, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    Data CREDENTIAL_USED = "UPDATE credential SET used = $1, step = $2
        WHERE subject_id = $3 AND id = $4 AND (step IS NULL OR step < $2)";
    Data CREDENTIAL_DELETE = "DELETE FROM credential WHERE subject_id = $1 AND id = $2";
    Data CREDENTIALS_DELETE = "DELETE FROM credential WHERE subject_id = $1";

    Data SESSION_ADD =
        "INSERT INTO session (token, id, subject_id, sort, made, seen, ends, role, purpose)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    Data SESSION_GET = "SELECT id, subject_id, sort, made, seen, ends, role, purpose FROM session
        WHERE token = $1";
    Data SESSIONS_OF = "SELECT id, subject_id, sort, made, seen, ends, role, purpose FROM session
        WHERE subject_id = $1 ORDER BY made, id";
    Data SESSION_SEEN = "UPDATE session SET seen = $1 WHERE token = $2 AND seen < $1";
    Data SESSION_WORK = "UPDATE session SET role = $1, purpose = $2 WHERE token = $3";
    Data SESSION_DELETE = "DELETE FROM session WHERE token = $1";
    Data SESSION_END = "DELETE FROM session WHERE subject_id = $1 AND id = $2";
    Data SESSIONS_DELETE = "DELETE FROM session WHERE subject_id = $1";
    Data SESSIONS_OVER = "DELETE FROM session WHERE ends <= $1";

    Data LINK_ADD = "INSERT INTO sign_in_link (token, subject_id, sort, made, ends)
        VALUES ($1, $2, $3, $4, $5)";
    Data LINK_GET = "SELECT subject_id, sort, made, ends FROM sign_in_link WHERE token = $1";
    Data LINKS_MADE = "SELECT COUNT(*) FROM sign_in_link
        WHERE subject_id = $1 AND sort = $2 AND made > $3";
    Data LINK_DELETE = "DELETE FROM sign_in_link WHERE token = $1";
    Data LINKS_DELETE = "DELETE FROM sign_in_link WHERE subject_id = $1";
    Data LINKS_OVER = "DELETE FROM sign_in_link WHERE ends <= $1";

    Data BEGUN_ADD = "INSERT INTO sign_in_begun (token, place, begun, sealed)
        VALUES ($1, $2, $3, $4)";
    Data BEGUN_GET = "SELECT place, begun, sealed FROM sign_in_begun WHERE token = $1";
    Data BEGUN_DELETE = "DELETE FROM sign_in_begun WHERE token = $1";
    Data BEGUN_OF = "SELECT COUNT(*) FROM sign_in_begun WHERE place = $1";
    Data BEGUN_ALL = "SELECT COUNT(*) FROM sign_in_begun";
    Data BEGUN_DROP_OF = "DELETE FROM sign_in_begun WHERE token IN (SELECT token
        FROM sign_in_begun WHERE place = $1 ORDER BY begun, token LIMIT 1)";
    Data BEGUN_DROP = "DELETE FROM sign_in_begun WHERE token IN (SELECT token
        FROM sign_in_begun ORDER BY begun, token LIMIT 1)";
    Data BEGUN_OVER = "DELETE FROM sign_in_begun WHERE begun <= $1";

    Data REQUESTS_TELL = "INSERT INTO request_count (round, client, process, at, taken)
        VALUES ($1, $2, $3, $4, $5)";
    Data REQUESTS_AFTER = "SELECT round, client, at, taken FROM request_count
        WHERE round > $1 AND process <> $2 ORDER BY round, client";
    Data REQUESTS_OVER = "DELETE FROM request_count WHERE at <= $1";

    Data ATTEMPT_GET = "SELECT failures, last FROM attempt WHERE place = $1";
    Data ATTEMPT_PUT = "INSERT INTO attempt (place, failures, last) VALUES ($1, $2, $3)
        ON CONFLICT (place) DO UPDATE SET failures = excluded.failures, last = excluded.last";
    Data ATTEMPT_DELETE = "DELETE FROM attempt WHERE place = $1";
    Data ATTEMPTS_OVER = "DELETE FROM attempt WHERE last <= $1";

    Data ADDRESS_PUT = "INSERT INTO known_address (subject_id, address, seen) VALUES ($1, $2, $3)
        ON CONFLICT (subject_id, address) DO UPDATE SET seen = excluded.seen";
    Data ADDRESS_SEEN = "SELECT seen FROM known_address WHERE subject_id = $1 AND address = $2";
    Data ADDRESSES_DELETE = "DELETE FROM known_address WHERE subject_id = $1";
    Data ADDRESSES_OVER = "DELETE FROM known_address WHERE seen <= $1";

    Data UNDERTAKINGS_OF = "SELECT subject_id, document, accepted, version, digest
        FROM undertaking WHERE subject_id = $1 ORDER BY document, accepted";
    Data UNDERTAKING_ADD =
        "INSERT INTO undertaking (subject_id, document, accepted, version, digest)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (subject_id, document, accepted, version) DO NOTHING";
    Data UNDERTAKINGS_DELETE = "DELETE FROM undertaking WHERE subject_id = $1";

    Data PROGRAM_KEYS = "SELECT id, handle, made, made_by, ends, revoked, used, scopes, reviewed,
        reviewed_by FROM program_key ORDER BY handle, made";
    Data PROGRAM_KEY_SHOWN = "SELECT id, handle, made, made_by, ends, revoked, used, scopes, reviewed,
        reviewed_by FROM program_key WHERE token = $1";
    Data PROGRAM_KEY_OF = "SELECT id, handle, made, made_by, ends, revoked, used, scopes, reviewed,
        reviewed_by FROM program_key WHERE id = $1";
    Data PROGRAM_KEY_REVIEWED = "UPDATE program_key SET reviewed = $1, reviewed_by = $2
        WHERE id = $3 AND revoked IS NULL";
    Data PROGRAM_KEY_ADD =
        "INSERT INTO program_key (id, token, handle, made, made_by, ends, scopes)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    Data PROGRAM_KEY_REVOKE = "UPDATE program_key SET revoked = $1 WHERE id = $2 AND revoked IS NULL";
    Data PROGRAM_KEY_USED = "UPDATE program_key SET used = $1
        WHERE id = $2 AND (used IS NULL OR used < $1)";

    Data IDEMPOTENCY_GET = "SELECT request, began, ends, outcome FROM idempotency
        WHERE actor = $1 AND key = $2";
    Data IDEMPOTENCY_ADD = "INSERT INTO idempotency (actor, key, request, began, ends)
        VALUES ($1, $2, $3, $4, $5)";
    Data IDEMPOTENCY_DONE = "UPDATE idempotency SET outcome = $1 WHERE actor = $2 AND key = $3";
    Data IDEMPOTENCY_DELETE = "DELETE FROM idempotency WHERE actor = $1 AND key = $2";
    Data IDEMPOTENCY_OVER = "DELETE FROM idempotency WHERE ends <= $1";

    Data MESSAGE_ADD = "INSERT INTO message (subject_id, kind, about, id, made, state, due, tries)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT (subject_id, kind, about) DO NOTHING";
    /// What goes before all else to a person keeps the rest back while it waits.
    Data MESSAGE_NEXT = "SELECT subject_id, kind, about, id, made, state, due, tries, ended, answer,
        rule FROM message WHERE due IS NOT NULL AND due <= $1 AND (kind = $2 OR NOT EXISTS
        (SELECT 1 FROM message AS before WHERE before.subject_id = message.subject_id
        AND before.kind = $2 AND before.due IS NOT NULL))
        ORDER BY due, subject_id, kind, about LIMIT 1";
    Data MESSAGE_PUT = "UPDATE message SET state = $1, due = $2, tries = $3, ended = $4,
        answer = $5, rule = $6 WHERE subject_id = $7 AND kind = $8 AND about = $9";
    Data MESSAGES_OF = "SELECT subject_id, kind, about, id, made, state, due, tries, ended, answer,
        rule FROM message WHERE subject_id = $1 ORDER BY kind, about";
    Data MESSAGE_COUNTS = "SELECT kind, about, state, answer, rule, COUNT(*), MIN(ended), MAX(ended)
        FROM message GROUP BY kind, about, state, answer, rule
        ORDER BY kind, about, state, answer, rule";
    Data MESSAGES_SINCE = "SELECT made, state, COUNT(*) FROM message WHERE kind = $1
        GROUP BY made, state ORDER BY made, state";
    Data MESSAGES_OPEN = "SELECT subject_id, kind, about, id, made, state, due, tries, ended, answer,
        rule FROM message WHERE kind = $1 AND state <> $2 AND state <> $3
        ORDER BY made, subject_id, about LIMIT $4";
    Data MESSAGES_DUE = "SELECT COUNT(*) FROM message WHERE due IS NOT NULL AND due <= $1";
    Data MESSAGES_AT_WORK = "SELECT COUNT(*) FROM message WHERE due IS NOT NULL AND state = $1";
    Data MESSAGES_MOVE = "UPDATE message SET state = $1, due = $2, tries = 0, ended = NULL,
        answer = NULL, rule = NULL WHERE state = $3";
    Data MESSAGES_END = "UPDATE message SET state = $1, due = NULL, ended = $2
        WHERE subject_id = $3 AND kind = $4 AND state <> $5 AND state <> $1";
    Data MESSAGES_DELETE = "DELETE FROM message WHERE subject_id = $1";
    Data ANNOUNCEMENTS = "SELECT version, made, people, seen FROM announcement ORDER BY version";
    Data ANNOUNCEMENT_ADD = "INSERT INTO announcement (version, made, people, seen)
        VALUES ($1, $2, 0, $3) ON CONFLICT (version) DO NOTHING";
    Data ANNOUNCEMENT_PUT = "UPDATE announcement SET people = people + $1, seen = $2
        WHERE version = $3";

    Data WEBHOOKS = "SELECT id, url, events, private, made, made_by, failing, disabled, sealed
        FROM webhook ORDER BY made, id";
    Data WEBHOOK_ADD = "INSERT INTO webhook (id, url, events, private, made, made_by, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    Data WEBHOOK_HEAD = "SELECT substr(sealed, 1, 18) FROM webhook WHERE id = $1";
    Data WEBHOOK_DELETE = "DELETE FROM webhook WHERE id = $1";
    Data WEBHOOK_STATE = "UPDATE webhook SET failing = $1, disabled = $2 WHERE id = $3";
    Data WEBHOOK_MESSAGE_ADD = "INSERT INTO webhook_message (webhook, id, event, at, subject_id, purpose,
        policy_version, due, tries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
    Data WEBHOOK_MESSAGE_PUT = "UPDATE webhook_message SET due = $1, tries = $2, told = $3, delivered = $4,
        answer = $5 WHERE webhook = $6 AND id = $7";
    Data WEBHOOK_MESSAGES_DUE = "SELECT webhook, id, event, at, subject_id, purpose, policy_version, due,
        tries, told, delivered, answer FROM webhook_message
        WHERE due IS NOT NULL AND due <= $1 ORDER BY due, id LIMIT $2";
    Data WEBHOOK_MESSAGES_TO = "SELECT webhook, id, event, at, subject_id, purpose, policy_version, due,
        tries, told, delivered, answer FROM webhook_message
        WHERE webhook = $1 ORDER BY id DESC LIMIT $2";
    Data WEBHOOK_MESSAGES_AGAIN = "UPDATE webhook_message SET due = $1, tries = 0, delivered = NULL
        WHERE webhook = $2 AND at >= $3";
    Data WEBHOOK_MESSAGES_DELETE = "DELETE FROM webhook_message WHERE webhook = $1";
    Data WEBHOOK_MESSAGES_OVER = "DELETE FROM webhook_message WHERE at < $1 AND due IS NULL";

    Keyring KEY_META_GET = "SELECT value FROM meta WHERE key = $1";
    Keyring KEY_META_PUT = "INSERT INTO meta (key, value) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    Keyring EPOCHS = "SELECT number, state, made, destroyed FROM epoch ORDER BY number";
    Keyring EPOCH_PUT = "INSERT INTO epoch (number, state, made, destroyed)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (number) DO UPDATE SET state = excluded.state, destroyed = excluded.destroyed";

    Keyring KEYS_OF = "SELECT id, epoch, wrapped FROM record_key WHERE subject_id = $1";
    Keyring KEY_PUT = "INSERT INTO record_key (subject_id, id, epoch, wrapped)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (subject_id, id) DO UPDATE SET epoch = excluded.epoch,
        wrapped = excluded.wrapped";
    Keyring KEY_TURN = "UPDATE record_key SET epoch = $1, wrapped = $2
        WHERE subject_id = $3 AND id = $4";
    Keyring KEY_DELETE = "DELETE FROM record_key WHERE subject_id = $1 AND id = $2";
    Keyring KEYS_AFTER = "SELECT subject_id, id, epoch, wrapped FROM record_key
        WHERE (subject_id, id) > ($1, $2) ORDER BY subject_id, id LIMIT $3";
    Keyring EPOCH_KEYS = "SELECT COUNT(*) FROM record_key WHERE epoch = $1";
    Keyring EPOCH_LOOK_UPS = "SELECT COUNT(*) FROM look_up WHERE epoch = $1";
    Keyring EPOCH_SUPPRESSIONS = "SELECT COUNT(*) FROM suppression WHERE epoch = $1";
    Keyring EPOCH_PERIODS = "SELECT COUNT(*) FROM period_key WHERE epoch = $1";

    Keyring LOOK_UP_ADD =
        "INSERT INTO look_up (field, token, subject_id, record_id, epoch, wrapped, confirmed)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (field, token, subject_id, record_id)
        DO UPDATE SET confirmed = excluded.confirmed";
    Keyring LOOK_UP_FIND = "SELECT subject_id, record_id FROM look_up
        WHERE field = $1 AND token = $2 ORDER BY subject_id, record_id";
    Keyring LOOK_UPS_OPEN = "SELECT subject_id, record_id FROM look_up
        WHERE confirmed = 0 ORDER BY subject_id LIMIT $1";
    Keyring LOOK_UP_CONFIRM = "UPDATE look_up SET confirmed = 1
        WHERE subject_id = $1 AND record_id = $2";
    Keyring LOOK_UP_FORGET = "DELETE FROM look_up WHERE subject_id = $1 AND record_id = $2";
    Keyring LOOK_UPS_OF_EPOCH =
        "SELECT field, token, subject_id, record_id, wrapped, confirmed FROM look_up
        WHERE epoch = $1 ORDER BY field, token, subject_id, record_id LIMIT $2";
    Keyring LOOK_UPS_OF =
        "SELECT field, token, subject_id, record_id, wrapped, confirmed, epoch FROM look_up
        WHERE subject_id = $1 AND record_id = $2 AND field >= $3 ORDER BY field, token";
    Keyring LOOK_UP_DELETE = "DELETE FROM look_up
        WHERE field = $1 AND token = $2 AND subject_id = $3 AND record_id = $4";

    Keyring SUPPRESSION_ADD = "INSERT INTO suppression (field, token, epoch, wrapped, made)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (field, token) DO NOTHING";
    Keyring SUPPRESSION_FIND = "SELECT made FROM suppression WHERE field = $1 AND token = $2";
    Keyring SUPPRESSION_DELETE = "DELETE FROM suppression WHERE field = $1 AND token = $2";
    Keyring SUPPRESSIONS_OF_EPOCH = "SELECT field, token, wrapped, made FROM suppression
        WHERE epoch = $1 ORDER BY field, token LIMIT $2";

    Keyring PERIODS = "SELECT period, epoch, wrapped FROM period_key ORDER BY period";
    Keyring PERIOD_GET = "SELECT epoch, wrapped FROM period_key WHERE period = $1";
    Keyring PERIOD_PUT = "INSERT INTO period_key (period, epoch, wrapped) VALUES ($1, $2, $3)
        ON CONFLICT (period) DO UPDATE SET epoch = excluded.epoch, wrapped = excluded.wrapped";
    Keyring PERIOD_TURN = "UPDATE period_key SET epoch = $1, wrapped = $2 WHERE period = $3";
    Keyring PERIOD_DELETE = "DELETE FROM period_key WHERE period = $1";

    Keyring ACT_LOG_END = "SELECT place + length(line) FROM restrictive_act
        ORDER BY place DESC LIMIT 1";
    Keyring ACT_LOG_FROM = "SELECT place, line FROM restrictive_act WHERE place >= $1
        ORDER BY place LIMIT $2";
    Keyring ACT_LOG_LAST = "SELECT line FROM restrictive_act WHERE substr(line, 1, 1) = $1
        ORDER BY place DESC LIMIT 1";
    Keyring ACT_LOG_ADD = "INSERT INTO restrictive_act (place, line) VALUES ($1, $2)";
}
