//! What the interface says of itself, for the page that people read: taken from its description.

use serde_json::Value;

use super::problem::KINDS;
use crate::pages::interface::{Call, Group, Interface, Part, Problem};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The view of a description (OpenAPI 3.1).
pub(super) fn view(description: &Value) -> Interface {
    let tags = description["tags"].as_array().into_iter().flatten();
    let groups = tags.map(|tag| {
        let name = text(&tag["name"]);
        Group {
            calls: calls(description, &name),
            about: text(&tag["description"]),
            name,
        }
    });
    let problems = KINDS.iter().map(|(status, name, title)| Problem {
        status: *status,
        name: (*name).to_owned(),
        title: (*title).to_owned(),
    });
    Interface {
        groups: groups.collect(),
        problems: problems.collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn calls(description: &Value, tag: &str) -> Vec<Call> {
    let paths = description["paths"].as_object().into_iter().flatten();
    let mut calls = Vec::new();
    for (path, at) in paths {
        for method in METHODS {
            let it = &at[method];
            let tags = it["tags"].as_array().into_iter().flatten();
            if tags.clone().any(|one| one == tag) {
                calls.push(Call {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    title: text(&it["summary"]),
                    about: text(&it["description"]),
                    takes: takes(description, it),
                    gives: gives(description, it),
                });
            }
        }
    }
    calls
}

fn takes(description: &Value, it: &Value) -> Vec<Part> {
    let parameters = it["parameters"].as_array().into_iter().flatten();
    let mut takes: Vec<Part> = parameters
        .map(|one| Part {
            name: text(&one["name"]),
            kind: text(&one["in"]),
            about: text(&one["description"]),
            needed: one["required"] == true,
        })
        .collect();
    let body = &it["requestBody"]["content"]["application/json"]["schema"];
    takes.extend(parts(description, body).into_iter().map(|part| Part {
        kind: "body".to_owned(),
        ..part
    }));
    takes
}

fn gives(description: &Value, it: &Value) -> Vec<Part> {
    let responses = it["responses"].as_object().into_iter().flatten();
    let good = responses
        .filter(|(status, _)| status.starts_with('2'))
        .map(|(_, response)| &response["content"]["application/json"]["schema"]);
    good.flat_map(|schema| parts(description, schema)).collect()
}

/// The properties of a schema, those that it takes from others included.
fn parts(description: &Value, schema: &Value) -> Vec<Part> {
    let schema = resolved(description, schema);
    let mut all: Vec<Part> = Vec::new();
    for list in ["allOf", "oneOf"] {
        for one in schema[list].as_array().into_iter().flatten() {
            all.extend(parts(description, one));
        }
    }
    let required = schema["required"].as_array();
    let needed = |name: &str| required.is_some_and(|it| it.iter().any(|one| one == name));
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        all.push(Part {
            name: name.clone(),
            kind: kind(description, property),
            about: text(&property["description"]),
            needed: needed(name),
        });
    }
    all
}

/// A schema, looked up where it is named.
fn resolved<'a>(description: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
    name.map_or(schema, |name| &description["components"]["schemas"][name])
}

fn kind(description: &Value, property: &Value) -> String {
    let it = resolved(description, property);
    match &it["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.first().map(text).unwrap_or_default(),
        _ => "object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_on_the_page_with_what_it_takes_and_gives() {
        let description: Value = serde_json::from_str(&super::super::description()).unwrap();
        let view = view(&description);
        let calls: Vec<&Call> = view.groups.iter().flat_map(|group| &group.calls).collect();
        let paths = description["paths"].as_object().unwrap().values();
        let all: usize = paths.map(|at| at.as_object().unwrap().len()).sum();
        assert_eq!(calls.len(), all);
        for call in calls {
            assert!(!call.title.is_empty(), "{} {}", call.method, call.path);
            let about_people = call.path.contains("subjects");
            let purpose = call.takes.iter().any(|part| part.name == "Kept-Purpose");
            assert!(purpose || !about_people, "{} {}", call.method, call.path);
        }
        let ids = description["paths"].as_object().unwrap().values();
        let ids = ids.flat_map(|at| at.as_object().unwrap().values());
        let ids: Vec<&str> = ids.map(|it| it["operationId"].as_str().unwrap()).collect();
        let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "two calls of one name: {ids:?}");
        let added = view.groups.iter().flat_map(|group| &group.calls);
        let added = added
            .clone()
            .find(|it| it.method == "POST" && it.path.ends_with("/subjects"));
        let added = added.unwrap();
        assert!(added.gives.iter().any(|part| part.name == "subject"));
        assert!(
            added
                .takes
                .iter()
                .any(|part| part.name == "records" && part.needed)
        );
    }
}
