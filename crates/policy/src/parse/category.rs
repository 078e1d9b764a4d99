//! Categories with their fields, uses of them, and what anonymised records leave.

use super::reader::Reader;
use super::{Sort, names};
use crate::check::{card_security_code, is_card_security_code};
use crate::diagnostics::Code;
use crate::model::{
    Category, CategoryId, Dimension, Field, FieldId, FieldType, Guidance, Nature, Projection,
    SpanId, Use,
};
use crate::tree::{Node, Value};

const NATURES: &[(&str, Nature)] = &[
    ("ordinary", Nature::Ordinary),
    ("technical", Nature::Technical),
    ("special", Nature::Special),
];

/// The subjects of guidance that a policy can name.
pub(super) const GUIDANCE: &[(&str, Guidance)] = &[
    ("footage", Guidance::Footage),
    ("logs", Guidance::Logs),
    ("trackers", Guidance::Trackers),
    ("applications", Guidance::Applications),
    ("money-laundering", Guidance::MoneyLaundering),
    ("none", Guidance::None),
];

const TYPES: &[(&str, FieldType)] = &[
    ("text", FieldType::Text),
    ("person-name", FieldType::PersonName),
    ("note", FieldType::Note),
    ("email", FieldType::Email),
    ("telephone", FieldType::Telephone),
    ("address-line", FieldType::AddressLine),
    ("postal-code", FieldType::PostalCode),
    ("country", FieldType::Country),
    ("date", FieldType::Date),
    ("integer", FieldType::Integer),
    ("boolean", FieldType::Boolean),
    ("choice", FieldType::Choice(Vec::new())),
    ("iban", FieldType::Iban),
    ("ip-address", FieldType::IpAddress),
    ("token", FieldType::Token),
    ("url", FieldType::Url),
    ("moment", FieldType::Moment),
];

pub(super) fn categories(root: &Reader<'_>) -> Vec<Category> {
    let categories: Vec<Category> = root
        .section(Sort::Category)
        .into_iter()
        .map(category)
        .collect();
    if categories.is_empty() {
        root.missing("categories", "[categories.identity]");
    }
    categories
}

fn category((name, reader): (String, Reader<'_>)) -> Category {
    if !reader.has("nature") {
        reader.missing("nature", "nature = \"ordinary\"");
    }
    let fields: Vec<Field> = match reader.table("fields") {
        None => Vec::new(),
        Some(fields) => fields
            .named(names::FIELDS_MAX)
            .into_iter()
            .map(field)
            .collect(),
    };
    if fields.is_empty() {
        reader.missing("fields", &format!("[{}.fields.surname]", reader.path));
    }
    let category = Category {
        name,
        was: reader.was(),
        title: reader.wording("title"),
        about: reader.wording("about"),
        nature: reader.word("nature", NATURES).unwrap_or(Nature::Ordinary),
        only_during: reader.reference("only-during", Sort::Span).map(SpanId),
        guidance: reader.word("guidance", GUIDANCE),
        fields,
    };
    reader.finish();
    category
}

fn field((name, reader): (String, Reader<'_>)) -> Field {
    let field = Field {
        name,
        was: reader.was(),
        title: reader.wording("title"),
        kind: field_type(&reader),
        look_up: reader.boolean("look-up"),
        correctable: reader.boolean("correctable"),
        not_special: reader
            .text("not-special")
            .filter(|reason| !reason.is_empty()),
    };
    reader.finish();
    field
}

fn field_type(reader: &Reader<'_>) -> FieldType {
    let values: Vec<String> = reader
        .texts("values")
        .into_iter()
        .map(|(_, _, text)| text.to_owned())
        .collect();
    if !reader.has("type") {
        reader.missing("type", "type = \"text\"");
    }
    if let Some(Node {
        value: Value::Text(text),
        span,
    }) = reader.get("type")
        && is_card_security_code(text)
    {
        reader
            .context
            .report(card_security_code(&reader.path, span.clone()));
        return FieldType::Text;
    }
    let kind = reader.word("type", TYPES).unwrap_or(FieldType::Text);
    let is_choice = matches!(kind, FieldType::Choice(_));
    let problem = match (is_choice, values.is_empty()) {
        (true, true) => Some((
            "a choice lists its values",
            "add `values = [\"...\", \"...\"]`",
        )),
        (false, false) => Some(("only a choice has values", "write `type = \"choice\"`")),
        _ => None,
    };
    if let Some((message, help)) = problem {
        reader.context.report(
            reader
                .context
                .at_key(Code::BadField, &reader.path, message)
                .help(help),
        );
    }
    for (place, value) in values.iter().enumerate() {
        if values[..place].contains(value) {
            let path = format!("{}[{place}]", reader.at("values"));
            let message = format!("the value `{value}` is listed twice");
            reader
                .context
                .report(reader.context.at_value(Code::DuplicateName, &path, message));
        }
    }
    if is_choice {
        FieldType::Choice(values)
    } else {
        kind
    }
}

/// What a list of categories and fields (`identity`, `identity.surname`) comes to.
pub(super) fn uses(reader: &Reader<'_>, key: &'static str) -> Vec<Use> {
    let items = reader.texts(key).into_iter();
    uses_of(reader, items.collect())
}

/// What categories and fields come to, each category once.
pub(super) fn uses_of(reader: &Reader<'_>, items: Vec<(String, &Node, &str)>) -> Vec<Use> {
    let mut uses: Vec<Use> = Vec::new();
    for (path, node, text) in items {
        let Some(found) = one_use(reader, &path, node, text) else {
            continue;
        };
        match uses
            .iter_mut()
            .find(|known| known.category == found.category)
        {
            Some(known) => known.fields |= found.fields,
            None => uses.push(found),
        }
    }
    uses
}

/// The fields that a category, or one field of it, comes to.
pub(super) fn one_use(reader: &Reader<'_>, path: &str, node: &Node, text: &str) -> Option<Use> {
    let (category, field) = match text.split_once('.') {
        Some((category, field)) => (category, Some(field)),
        None => (text, None),
    };
    let id = CategoryId(reader.resolve(path, node, category, Sort::Category)?);
    let fields = match field {
        None => all_fields(reader.context.names.fields(id).len()),
        Some(_) => 1u64 << field_named(reader, path, node, text)?.field,
    };
    Some(Use {
        category: id,
        fields,
    })
}

/// Bits for as many fields.
fn all_fields(count: usize) -> u64 {
    match count {
        0 => 0,
        count => u64::MAX >> (64 - count.min(64)),
    }
}

/// The field that a key names as `category.field`.
pub(super) fn field_of(reader: &Reader<'_>, key: &'static str) -> Option<FieldId> {
    let path = reader.at(key);
    let node = reader.get(key)?;
    let text = reader.text_at(&path, node)?;
    field_named(reader, &path, node, text)
}

/// The field that `category.field` names.
fn field_named(reader: &Reader<'_>, path: &str, node: &Node, text: &str) -> Option<FieldId> {
    let (category, name) = text.split_once('.').unwrap_or((text, ""));
    let id = CategoryId(reader.resolve(path, node, category, Sort::Category)?);
    let found = reader.context.names.field(id, name);
    if found.is_none() {
        let known = reader.context.names.fields(id);
        reader.unknown_name(
            path,
            node,
            name,
            &format!("field of `{category}` called"),
            known,
        );
    }
    found
}

pub(super) fn projections(root: &Reader<'_>) -> Vec<Projection> {
    root.section(Sort::Projection)
        .into_iter()
        .map(projection)
        .collect()
}

fn projection((name, reader): (String, Reader<'_>)) -> Projection {
    if !reader.has("of") {
        reader.missing("of", "of = \"identity\"");
    }
    if !reader.has("by") {
        reader.missing("by", "by = [\"kind\", \"year-of-collection\"]");
    }
    let projection = Projection {
        name,
        was: reader.was(),
        title: reader.wording("title"),
        of: CategoryId(reader.reference("of", Sort::Category).unwrap_or_default()),
        by: reader
            .texts("by")
            .into_iter()
            .filter_map(|(path, node, text)| dimension(&reader, &path, node, text))
            .collect(),
    };
    reader.finish();
    projection
}

fn dimension(reader: &Reader<'_>, path: &str, node: &Node, text: &str) -> Option<Dimension> {
    match text.split_once(':') {
        Some(("decade", field)) => field_named(reader, path, node, field).map(Dimension::Decade),
        Some(("value", field)) => field_named(reader, path, node, field).map(Dimension::Value),
        _ => reader.listed_word(
            path,
            node,
            text,
            &[
                ("kind", Dimension::Kind),
                ("year-of-collection", Dimension::YearOfCollection),
                ("origin", Dimension::Origin),
            ],
            "write `kind`, `year-of-collection`, `origin`, `decade:CATEGORY.FIELD` or \
             `value:CATEGORY.FIELD`",
        ),
    }
}
