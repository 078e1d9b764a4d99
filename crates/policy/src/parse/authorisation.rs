//! `authorisation.toml`: who may do what with which data, in the names of a policy.

use jiff::civil::date;
use sha2::{Digest, Sha256};

use super::category::one_use;
use super::reader::Reader;
use super::{Context, Names, Sort, house, right};
use crate::authorisation::action::{Action, Administration};
use crate::authorisation::model::{Authorisation, Condition, Grant, Role, Undertaking};
use crate::authorisation::table::Table;
use crate::diagnostics::Code;
use crate::model::{DocumentId, Duration, KindId, Policy, PurposeId, RecipientId, RoleId, Use};
use crate::tree::{Entry, Places};

/// The most grants of a role: more than a hundred lines that add up are read by nobody.
const GRANTS_MAX: usize = 120;
/// What stands for an interval that is not given.
const YEARLY: Duration = Duration {
    months: 12,
    days: 0,
};

/// Reads a whole authorisation. What is returned may have gaps where errors were noted; it has no
/// table.
pub(crate) fn authorisation(
    source: &str,
    entries: &[Entry],
    policy: &Policy,
) -> (Authorisation, Context) {
    let places = Places::of(entries);
    let (names, found) = Names::of_authorisation(policy, entries, &places);
    let context = Context::new("the authorisation", places, names, found);
    let root = Reader::root(&context, entries);
    let authorisation = read(&root, Sha256::digest(source.as_bytes()).into());
    root.finish();
    (authorisation, context)
}

fn read(root: &Reader<'_>, digest: [u8; 32]) -> Authorisation {
    let head = root.required_table("authorisation");
    house::language(&head);
    let version = house::version(&head, "an authorisation");
    if !head.has("published") {
        head.missing("published", "published = 2026-01-05");
    }
    let published = head.date("published").unwrap_or_else(|| date(1970, 1, 1));
    let reason = head.optional_wording("reason");
    if version > 1 && reason.is_none() {
        head.missing("reason", "reason = { en = \"...\", fr = \"...\" }");
    }
    let authorisation = Authorisation {
        version,
        published,
        reason,
        digest,
        reviewed_every: required_interval(&head, "reviewed-every", "6 months"),
        undertaking: undertaking(&head),
        roles: roles(root),
        acknowledged: right::acknowledged(root),
        table: Table::default(),
    };
    head.finish();
    authorisation
}

fn required_interval(reader: &Reader<'_>, key: &'static str, example: &str) -> Duration {
    if !reader.has(key) {
        reader.missing(key, &format!("{key} = \"{example}\""));
    }
    interval(reader, key).unwrap_or(YEARLY)
}

/// A duration after which something is due anew: at least a day.
fn interval(reader: &Reader<'_>, key: &'static str) -> Option<Duration> {
    let duration = reader.duration(key)?;
    if duration == Duration::default() {
        let message = "`at once` is no interval";
        reader.context.report(
            reader
                .context
                .at_value(Code::BadDuration, &reader.at(key), message)
                .help("write `1 year`, `6 months` or `90 days`"),
        );
        return None;
    }
    Some(duration)
}

fn undertaking(head: &Reader<'_>) -> Option<Undertaking> {
    let document = head.reference("undertaking", Sort::Document);
    if !head.has("undertaking") {
        if head.has("undertaking-renewed-every") {
            head.missing("undertaking", "undertaking = \"NAME-OF-A-DOCUMENT\"");
        }
        return None;
    }
    let renewed_every = required_interval(head, "undertaking-renewed-every", "1 year");
    document.map(|document| Undertaking {
        document: DocumentId(document),
        renewed_every,
    })
}

fn roles(root: &Reader<'_>) -> Vec<Role> {
    root.section(Sort::Role)
        .into_iter()
        .map(|(name, reader)| role(name, reader))
        .collect()
}

fn role(name: String, reader: Reader<'_>) -> Role {
    let administration: Vec<(&str, Administration)> = Administration::ALL
        .iter()
        .map(|it| (it.name(), *it))
        .collect();
    let role = Role {
        name,
        was: reader.was(),
        title: reader.wording("title"),
        recipient: reader
            .reference("recipient", Sort::Recipient)
            .map(RecipientId),
        administers: reader
            .words("administers", &administration)
            .into_iter()
            .collect(),
        reviewed_by: reader.reference("reviewed-by", Sort::Role).map(RoleId),
        grants: grants(&reader),
    };
    reader.finish();
    role
}

fn grants(role: &Reader<'_>) -> Vec<Grant> {
    let tables = role.tables("grants");
    if let Some(first) = tables.get(GRANTS_MAX) {
        let message = format!(
            "there are {} under `{}`, at most {GRANTS_MAX} can be",
            tables.len(),
            role.at("grants")
        );
        role.context.report(
            role.context
                .at_value(Code::TooMany, &first.path, message)
                .help("join what can be joined"),
        );
    }
    tables.into_iter().take(GRANTS_MAX).map(grant).collect()
}

fn grant(reader: Reader<'_>) -> Grant {
    let actions: Vec<(&str, Action)> = Action::ALL.iter().map(|it| (it.name(), *it)).collect();
    if !reader.has("actions") {
        reader.missing("actions", "actions = [\"read\"]");
    }
    let grant = Grant {
        actions: reader.words("actions", &actions),
        purposes: listed(&reader, "purposes", Sort::Purpose, PurposeId),
        data: data(&reader),
        kinds: listed(&reader, "kinds", Sort::Kind, KindId),
        only: reader.word("only", &Condition::WORDS),
    };
    reader.finish();
    grant
}

fn listed<Id>(
    reader: &Reader<'_>,
    key: &'static str,
    sort: Sort,
    id: fn(u8) -> Id,
) -> Option<Vec<Id>> {
    let named = reader.references(key, sort)?;
    Some(named.ids.into_iter().map(id).collect())
}

fn data(reader: &Reader<'_>) -> Option<Vec<Use>> {
    reader.has("data").then(|| {
        let named = reader.texts("data").into_iter();
        named
            .filter_map(|(path, node, text)| one_use(reader, &path, node, text))
            .collect()
    })
}
