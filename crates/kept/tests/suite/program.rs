//! A program that calls the programming interface of a served installation with a key.

use serde_json::Value;

use crate::installation::Installation;
use crate::served::{Answer, LOCAL, Served, exchange, request_of};

/// Serves an installation so that a test may ask as much as it likes.
pub(crate) fn serve(installation: &Installation) -> Served<'_> {
    let config = format!("{LOCAL}[limits]\nrequests = 1000000\n");
    Served::start(installation.around(), &config)
}

/// A program with a key.
#[derive(Clone)]
pub(crate) struct Program<'s> {
    served: &'s Served<'s>,
    key: String,
    role: String,
    purpose: String,
    more: String,
}

/// What a program got.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) answer: Answer,
    pub(crate) json: Value,
}

impl Got {
    /// It must have this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.answer.status, status, "{}", self.answer.body);
        self
    }

    /// The rule that a refusal names; it must be a problem with this status.
    #[track_caller]
    pub(crate) fn rule(self, status: u16) -> String {
        let got = self.is(status);
        let kind = got.answer.field("content-type");
        assert_eq!(kind, Some("application/problem+json"));
        assert_eq!(got.json["status"], status);
        got.json["rule"].as_str().unwrap_or_default().to_owned()
    }

    /// A text of the answer.
    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        let text = self.json[name].as_str();
        text.unwrap_or_else(|| panic!("no {name}: {}", self.json))
            .to_owned()
    }
}

impl<'s> Program<'s> {
    /// A program whose key is for some roles; it is made by the words after its name.
    pub(crate) fn with_key(
        installation: &Installation,
        served: &'s Served<'s>,
        name: &str,
        words: &str,
    ) -> Self {
        let mut line = vec!["key", "add", name, "--json"];
        line.extend(words.split_whitespace());
        let made = installation.run(line).ok().json();
        Self {
            served,
            key: made["secret"].as_str().unwrap().to_owned(),
            role: String::new(),
            purpose: String::new(),
            more: String::new(),
        }
    }

    /// The same program in a role, for a purpose.
    pub(crate) fn at(&self, role: &str, purpose: &str) -> Self {
        Self {
            role: role.to_owned(),
            purpose: purpose.to_owned(),
            ..self.clone()
        }
    }

    /// The same with a field of the head more.
    pub(crate) fn saying(&self, field: &str, value: &str) -> Self {
        let mut it = self.clone();
        it.more.push_str(&format!("{field}: {value}\r\n"));
        it
    }

    /// The same with a key that is none.
    pub(crate) fn with_no_key(&self) -> Self {
        let mut it = self.clone();
        it.key = String::new();
        it
    }

    /// The key itself.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    fn fields(&self) -> String {
        let mut fields = self.more.clone();
        for (name, value) in [("Kept-Role", &self.role), ("Kept-Purpose", &self.purpose)] {
            if !value.is_empty() {
                fields.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        if !self.key.is_empty() {
            fields.push_str(&format!("Authorization: Bearer {}\r\n", self.key));
        }
        fields
    }

    /// Sends a request with a body as it is.
    pub(crate) fn sends(&self, method: &str, path: &str, kind: &str, body: &str) -> Got {
        let path = format!("/api/v1{path}");
        let request = request_of(method, &path, &self.fields(), kind, body);
        let answer = exchange(&mut self.served.connect(), &request);
        let json = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        Got { answer, json }
    }

    /// Asks for something.
    pub(crate) fn get(&self, path: &str) -> Got {
        self.sends("GET", path, "application/json", "")
    }

    /// Sends JSON.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Got {
        self.sends("POST", path, "application/json", &body.to_string())
    }

    /// Takes something away.
    pub(crate) fn delete(&self, path: &str) -> Got {
        self.sends("DELETE", path, "application/json", "")
    }
}
