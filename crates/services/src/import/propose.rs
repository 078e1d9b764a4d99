//! Proposals: which field a column is likely to be, from its header and its values. They are shown
//! before anything is taken in, and a mapping overrules them.

use domain::value::{Value, date};
use policy::model::{CategoryId, FieldId, FieldType, Policy, PurposeSet};

use super::header::{self, Meaning, Met};
use super::mapping::{Collected, DateLayout, Join, Mapping, field_path};

/// A proposal below this score is none.
const SCORE_MIN: f64 = 0.7;
/// What a field's type alone is worth, where its values are of no other type.
const SCORE_OF_VALUES: f64 = 0.75;
/// How many values a column needs before they count alone.
const VALUES_MIN: usize = 3;

/// What is proposed for one column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// Its header.
    pub column: String,
    /// Where it goes, in words.
    pub to: Destination,
    /// Why.
    pub why: Why,
}

/// Where a column is proposed to go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Destination {
    /// Into a field: `category.field`.
    Field(String),
    /// Into a field with others: house number and street.
    PartOf(String),
    /// It identifies the line.
    Identity,
    /// It says when the line was collected.
    Collected,
    /// It is dropped, as told.
    Drop,
    /// Nowhere: it is no declared field, and refused until somebody says what becomes of it.
    Nowhere,
}

/// Why a column is proposed to go somewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// The header is the field's name or title.
    Name,
    /// The header is another word for it.
    Synonym,
    /// The header is like it.
    Alike,
    /// The values are of its type.
    Values,
    /// Somebody said so.
    Told,
    /// It resembles a field that no stated purpose uses (5b).
    NotNeeded(FieldId),
    /// It resembles a field that another column fills.
    Taken(FieldId),
    /// Nothing resembles it.
    Unknown,
}

/// A file's columns as they are met first: headers and the cells of some rows.
pub struct Sample<'a> {
    /// The headers.
    pub headers: &'a [String],
    /// The cells of the first rows.
    pub rows: &'a [Vec<String>],
}

impl Sample<'_> {
    fn values(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows
            .iter()
            .filter_map(move |row| row.get(column))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
    }

    /// The share of a column's values that are of a type; none if it has no values.
    fn share(&self, column: usize, kind: &FieldType) -> Option<f64> {
        let (mut all, mut fit) = (0u32, 0u32);
        for value in self.values(column) {
            all += 1;
            fit += u32::from(is_of(kind, value));
        }
        (all > 0).then(|| f64::from(fit) / f64::from(all))
    }

    fn all_different(&self, column: usize) -> bool {
        let mut values: Vec<&str> = self.values(column).collect();
        let all = values.len();
        values.sort_unstable();
        values.dedup();
        all == values.len() && all == self.rows.len()
    }
}

fn is_of(kind: &FieldType, value: &str) -> bool {
    let parsed = Value::parse(kind, value).is_ok();
    match kind {
        // What a line of text takes says little; what a name is not, says something.
        FieldType::PersonName => {
            parsed && !value.contains('@') && !value.bytes().any(|b| b.is_ascii_digit())
        }
        FieldType::PostalCode => parsed && value.bytes().any(|b| b.is_ascii_digit()),
        // A date in another layout than ours is still one.
        FieldType::Date => parsed || month_first(value).is_some(),
        _ => parsed,
    }
}

/// A date with the month first, if the text is one.
pub(crate) fn month_first(text: &str) -> Option<String> {
    let separator = ['/', '-', '.'].into_iter().find(|c| text.contains(*c))?;
    let pieces: Vec<&str> = text.split(separator).collect();
    let [month, day, year] = pieces.as_slice() else {
        return None;
    };
    let turned = format!("{year}-{month}-{day}");
    (year.len() == 4 && date::parse(&turned).is_ok()).then_some(turned)
}

/// Proposes where the columns of a file go. What the mapping says already stands; only fields that
/// the stated purposes use are proposed (5b), or any, if none is stated yet.
#[must_use]
pub fn propose(
    policy: &Policy,
    purposes: PurposeSet,
    sample: &Sample<'_>,
    told: &Mapping,
) -> (Mapping, Vec<Proposal>) {
    let mut work = Work {
        policy,
        purposes,
        sample,
        mapping: told.clone(),
        found: sample
            .headers
            .iter()
            .map(|header| said(told, header))
            .collect(),
    };
    work.by_field();
    work.beside_fields();
    work.house_numbers();
    work.layout_of_dates();
    work.into_proposals()
}

/// What the mapping says of a column.
fn said(told: &Mapping, header: &str) -> Option<(Destination, Why)> {
    let joined = told
        .join
        .iter()
        .find(|join| join.columns.iter().any(|it| it == header));
    let by_column = matches!(&told.import.collected, Some(Collected::Column(it)) if it == header);
    let to = if told.import.external_id.as_deref() == Some(header) {
        Destination::Identity
    } else if by_column {
        Destination::Collected
    } else if let Some(join) = joined {
        Destination::PartOf(join.into.clone())
    } else {
        match told.columns.get(header)?.as_str() {
            "drop" => Destination::Drop,
            field => Destination::Field(field.to_owned()),
        }
    };
    Some((to, Why::Told))
}

struct Work<'a> {
    policy: &'a Policy,
    purposes: PurposeSet,
    sample: &'a Sample<'a>,
    mapping: Mapping,
    found: Vec<Option<(Destination, Why)>>,
}

/// A column and a field that may be one.
struct Pair {
    column: usize,
    field: FieldId,
    score: f64,
    why: Why,
}

impl Work<'_> {
    /// Pairs columns with fields, the best first, each once.
    fn by_field(&mut self) {
        let mut pairs = self.pairs();
        pairs.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut taken: Vec<FieldId> = self.told_fields();
        for pair in &pairs {
            if self.found[pair.column].is_some() || !self.needed(pair.field) {
                continue;
            }
            if !taken.contains(&pair.field) {
                taken.push(pair.field);
                let path = field_path(self.policy, pair.field);
                let header = self.sample.headers[pair.column].clone();
                self.mapping.columns.insert(header, path.clone());
                self.found[pair.column] = Some((Destination::Field(path), pair.why));
            }
        }
        for pair in pairs {
            if self.found[pair.column].is_none()
                && !matches!(pair.why, Why::Values)
                && header::meaning(&self.sample.headers[pair.column]).is_none()
            {
                let why = if self.needed(pair.field) {
                    Why::Taken(pair.field)
                } else {
                    Why::NotNeeded(pair.field)
                };
                self.found[pair.column] = Some((Destination::Nowhere, why));
            }
        }
    }

    fn told_fields(&self) -> Vec<FieldId> {
        let single = self.mapping.columns.values();
        let joined = self.mapping.join.iter().map(|join| &join.into);
        single
            .chain(joined)
            .filter_map(|name| self.policy.field_named(name))
            .collect()
    }

    fn pairs(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (column, header) in self.sample.headers.iter().enumerate() {
            if self.found[column].is_some() {
                continue;
            }
            for id in fields(self.policy) {
                let field = self.policy.field(id);
                let met = header::meets(header, field);
                let share = self.sample.share(column, &field.kind);
                let speaks = speaks_alone(&field.kind)
                    && share.is_some_and(|share| share >= 0.9)
                    && self.sample.values(column).count() >= VALUES_MIN
                    && self.needed(id);
                let by_header = share.is_none_or(|share| share >= 0.5) && met.score() >= SCORE_MIN;
                if by_header {
                    let why = match met {
                        Met::Name => Why::Name,
                        Met::Synonym => Why::Synonym,
                        Met::Alike(_) => Why::Alike,
                    };
                    pairs.push(Pair {
                        column,
                        field: id,
                        score: met.score(),
                        why,
                    });
                } else if speaks {
                    // Of two fields of one type, the one whose name is nearer.
                    let score = SCORE_OF_VALUES + met.score() / 10.0;
                    pairs.push(Pair {
                        column,
                        field: id,
                        score,
                        why: Why::Values,
                    });
                }
            }
        }
        pairs
    }

    /// 5b: a field that a stated purpose uses, outside what needs a matter of its own.
    fn needed(&self, id: FieldId) -> bool {
        let bit = 1u64 << id.field;
        let tables = &self.policy.tables;
        let used = self
            .purposes
            .iter()
            .any(|purpose| tables.use_fields[purpose.index()][id.category.index()] & bit != 0);
        let any = self.purposes.is_empty();
        (any || used) && self.policy.category(id.category).only_during.is_none()
    }

    fn beside_fields(&mut self) {
        let headers = self.sample.headers;
        for (column, header) in headers.iter().enumerate() {
            if self.found[column].is_some() {
                continue;
            }
            match header::meaning(header) {
                Some(Meaning::Identifier)
                    if self.mapping.import.external_id.is_none()
                        && self.sample.all_different(column) =>
                {
                    self.mapping.import.external_id = Some(header.clone());
                    self.found[column] = Some((Destination::Identity, Why::Synonym));
                }
                Some(Meaning::Collected)
                    if self.mapping.import.collected.is_none()
                        && self.sample.share(column, &FieldType::Date) > Some(0.9) =>
                {
                    self.mapping.import.collected = Some(Collected::Column(header.clone()));
                    self.found[column] = Some((Destination::Collected, Why::Synonym));
                }
                Some(Meaning::Identifier | Meaning::Collected | Meaning::HouseNumber) | None => {}
            }
        }
    }

    /// A house number goes before the street, where the policy has one field for both.
    fn house_numbers(&mut self) {
        let headers = self.sample.headers;
        let number = (0..headers.len()).find(|column| {
            self.found[*column].is_none()
                && header::meaning(&headers[*column]) == Some(Meaning::HouseNumber)
        });
        let street = headers.iter().enumerate().find_map(|(column, header)| {
            let Some((Destination::Field(path), Why::Name | Why::Synonym)) = &self.found[column]
            else {
                return None;
            };
            let field = self.policy.field(self.policy.field_named(path)?);
            (field.kind == FieldType::AddressLine).then(|| (column, header.clone(), path.clone()))
        });
        if let (Some(number), Some((street, header, path))) = (number, street) {
            self.mapping.columns.remove(&header);
            self.mapping.join.push(Join {
                columns: vec![headers[number].clone(), header],
                with: " ".to_owned(),
                into: path.clone(),
            });
            for column in [number, street] {
                self.found[column] = Some((Destination::PartOf(path.clone()), Why::Synonym));
            }
        }
    }

    /// Dates with the month first are told by those whose second part is no month.
    fn layout_of_dates(&mut self) {
        if self.mapping.import.date_layout.is_some() {
            return;
        }
        let (mut month, mut day) = (0u32, 0u32);
        for (column, found) in self.found.iter().enumerate() {
            let Some((Destination::Field(path), _)) = found else {
                continue;
            };
            let kind = self
                .policy
                .field_named(path)
                .map(|id| &self.policy.field(id).kind);
            if kind == Some(&FieldType::Date) {
                for value in self.sample.values(column) {
                    let plain = date::parse(value).is_ok();
                    let turned = month_first(value).is_some();
                    month += u32::from(turned && !plain);
                    day += u32::from(plain && !turned);
                }
            }
        }
        if month > 0 && day == 0 {
            self.mapping.import.date_layout = Some(DateLayout::MonthFirst);
        }
    }

    fn into_proposals(self) -> (Mapping, Vec<Proposal>) {
        let proposals = self
            .sample
            .headers
            .iter()
            .zip(self.found)
            .map(|(header, found)| {
                let (to, why) = found.unwrap_or((Destination::Nowhere, Why::Unknown));
                Proposal {
                    column: header.clone(),
                    to,
                    why,
                }
            })
            .collect();
        (self.mapping, proposals)
    }
}

/// Types whose values are of no other type.
fn speaks_alone(kind: &FieldType) -> bool {
    matches!(
        kind,
        FieldType::Email | FieldType::Iban | FieldType::IpAddress | FieldType::Url
    )
}

fn fields(policy: &Policy) -> impl Iterator<Item = FieldId> {
    (0u8..)
        .map(CategoryId)
        .zip(&policy.categories)
        .flat_map(|(category, it)| {
            (0u8..)
                .take(it.fields.len())
                .map(move |field| FieldId { category, field })
        })
}

/// The proposals as a table that people read.
#[must_use]
pub fn table(policy: &Policy, proposals: &[Proposal]) -> String {
    let rows: Vec<[String; 3]> = proposals
        .iter()
        .map(|it| {
            [
                it.column.clone(),
                destination(&it.to),
                reason(policy, it.why),
            ]
        })
        .collect();
    let titles = ["column", "goes to", "because"].map(str::to_owned);
    let width = |at: usize| {
        let cells = rows
            .iter()
            .chain([&titles])
            .map(|row| row[at].chars().count());
        cells.max().unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let mut out = String::new();
    for [column, to, why] in [&titles].into_iter().chain(&rows) {
        let line = format!("{column:<first$}  {to:<second$}  {why}");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The proposals as data.
#[must_use]
pub fn to_json(policy: &Policy, proposals: &[Proposal]) -> serde_json::Value {
    let rows = proposals.iter().map(|it| {
        serde_json::json!({
            "column": it.column,
            "goes-to": destination(&it.to),
            "because": reason(policy, it.why),
        })
    });
    rows.collect()
}

fn destination(to: &Destination) -> String {
    match to {
        Destination::Field(path) => path.clone(),
        Destination::PartOf(path) => format!("{path} (joined)"),
        Destination::Identity => "identity of the line".to_owned(),
        Destination::Collected => "day of collection".to_owned(),
        Destination::Drop => "dropped".to_owned(),
        Destination::Nowhere => "refused".to_owned(),
    }
}

fn reason(policy: &Policy, why: Why) -> String {
    match why {
        Why::Name => "the field's name or title".to_owned(),
        Why::Synonym => "another word for it".to_owned(),
        Why::Alike => "like the field's name".to_owned(),
        Why::Values => "its values".to_owned(),
        Why::Told => "you said so".to_owned(),
        Why::NotNeeded(field) => format!(
            "like {}, which no stated purpose uses (5b)",
            field_path(policy, field)
        ),
        Why::Taken(field) => {
            format!(
                "like {}, which another column fills",
                field_path(policy, field)
            )
        }
        Why::Unknown => "no declared field (5a)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSESS_MANAGER: &str = include_str!("../../../../policies/assess-manager/policy.toml");
    const SPORTS_CLUB: &str = include_str!("../../../../policies/sports-club/policy.toml");

    fn proposed(policy: &str, purpose: &str, text: &str, told: &str) -> (Mapping, String) {
        let policy = policy::compile(policy).policy.unwrap();
        let purposes = PurposeSet::from_iter(policy.purpose_named(purpose));
        assert!(purpose.is_empty() || !purposes.is_empty());
        let mut rows = text.lines().map(|line| {
            let cells = line.split(';').map(|cell| cell.trim().to_owned());
            cells.collect::<Vec<String>>()
        });
        let headers = rows.next().unwrap();
        let rows: Vec<Vec<String>> = rows.collect();
        let sample = Sample {
            headers: &headers,
            rows: &rows,
        };
        let told = Mapping::parse(told).unwrap();
        let (mapping, proposals) = propose(&policy, purposes, &sample, &told);
        (mapping, table(&policy, &proposals))
    }

    const FEBRL: &str = "rec_id;given_name;surname;street_number;address_1;address_2;suburb;\
        postcode;state;date_of_birth;soc_sec_id\n\
        rec-1;noah;painter;12;harcourt street;willow farm;richlands;4560;vic;19161214;4066625\n\
        rec-2;zoe;parr;905;macdonald place;;dapto;2135;sa;19951119;9239102\n\
        rec-3;emma;green;38;sulman crescent;kela;curtin;4566;nsw;19480930;4365168";

    #[test]
    fn columns_of_a_foreign_file_meet_the_fields() {
        let (_, table) = proposed(ASSESS_MANAGER, "client-relations", FEBRL, "");
        insta::assert_snapshot!(table, @r"
        column         goes to                                  because
        rec_id         identity of the line                     another word for it
        given_name     identity.first-name                      another word for it
        surname        identity.surname                         the field's name or title
        street_number  contact-details.address-line-1 (joined)  another word for it
        address_1      contact-details.address-line-1 (joined)  another word for it
        address_2      contact-details.address-line-2           another word for it
        suburb         contact-details.town                     another word for it
        postcode       contact-details.postal-code              another word for it
        state          contact-details.region                   another word for it
        date_of_birth  identity.date-of-birth                   the field's name or title
        soc_sec_id     refused                                  no declared field (5a)
        ");
    }

    #[test]
    fn a_field_that_no_stated_purpose_uses_is_not_proposed() {
        let (mapping, table) = proposed(
            ASSESS_MANAGER,
            "contact-relations",
            FEBRL,
            "[columns]\nsoc_sec_id = \"drop\"\n",
        );
        assert!(!mapping.columns.contains_key("date_of_birth"));
        insta::assert_snapshot!(table, @r"
        column         goes to                                  because
        rec_id         identity of the line                     another word for it
        given_name     identity.first-name                      another word for it
        surname        identity.surname                         the field's name or title
        street_number  contact-details.address-line-1 (joined)  another word for it
        address_1      contact-details.address-line-1 (joined)  another word for it
        address_2      contact-details.address-line-2           another word for it
        suburb         contact-details.town                     another word for it
        postcode       contact-details.postal-code              another word for it
        state          contact-details.region                   another word for it
        date_of_birth  refused                                  like identity.date-of-birth, which no stated purpose uses (5b)
        soc_sec_id     dropped                                  you said so
        ");
    }

    #[test]
    fn french_headers_and_another_policy_do_as_well() {
        let text = "N° de licence;Prénom;Nom de famille;Né le;Courriel;tel. portable\n\
            0123;Chloé;Garnier;05/17/1999;c.garnier@exemple.fr;06 12 34 56 78\n\
            0124;Hugo;Petit;12/30/2001;hugo@exemple.fr;06 98 76 54 32";
        let (mapping, table) = proposed(SPORTS_CLUB, "", text, "");
        assert_eq!(mapping.import.date_layout, Some(DateLayout::MonthFirst));
        insta::assert_snapshot!(table, @r"
        column          goes to                   because
        N° de licence   licence.licence-number    another word for it
        Prénom          civil-status.given-name   the field's name or title
        Nom de famille  civil-status.family-name  the field's name or title
        Né le           civil-status.birth-day    another word for it
        Courriel        reach.mail                the field's name or title
        tel. portable   reach.mobile              another word for it
        ");
    }

    #[test]
    fn values_speak_where_headers_do_not() {
        let text = "a;b;c\nx@exemple.fr;12;Lyon\ny@exemple.fr;13;Nantes\nz@exemple.fr;14;Brest";
        let (mapping, _) = proposed(ASSESS_MANAGER, "contact-relations", text, "");
        assert_eq!(mapping.columns["a"], "contact-details.email");
        assert_eq!(mapping.columns.len(), 1);
    }

    #[test]
    fn a_header_whose_values_are_of_another_type_is_not_believed() {
        let text = "email;surname\nNantes;a@exemple.fr\nLyon;b@exemple.fr\nBrest;c@exemple.fr";
        let (mapping, _) = proposed(ASSESS_MANAGER, "contact-relations", text, "");
        assert_eq!(mapping.columns.get("email"), None);
        assert_eq!(mapping.columns["surname"], "contact-details.email");
    }
}
