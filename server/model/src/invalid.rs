//! What is wrong with submitted data, by field: the `data` of a 400 answer (contract §0).

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

/// One reason why one field was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// A stable code of contract §2.7, such as `validation_required`.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The numbers in the sentence, such as `{"min": 3}`; empty for validators without parameters.
    pub params: Map<String, Json>,
}

impl Violation {
    /// A violation without parameters.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            params: Map::new(),
        }
    }

    /// Adds one parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// `validation_required`, "Cannot be blank."
    #[must_use]
    pub fn required() -> Self {
        Self::new("validation_required", "Cannot be blank.")
    }
}

/// Violations by field name; nested structures nest (`data.fields["1"].name`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Violations {
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, PartialEq)]
enum Entry {
    One(Violation),
    Nested(Violations),
}

impl Violations {
    /// Nothing wrong so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A single violation of `field`.
    #[must_use]
    pub fn of(field: &str, violation: Violation) -> Self {
        let mut all = Self::new();
        all.add(field, violation);
        all
    }

    /// Records a violation; the first one of a field is kept.
    pub fn add(&mut self, field: &str, violation: Violation) {
        self.entries
            .entry(field.to_owned())
            .or_insert(Entry::One(violation));
    }

    /// Records violations below `field`; nothing when there are none. Where some are recorded below
    /// it already, the new ones join them.
    pub fn nest(&mut self, field: &str, below: Self) {
        if below.is_empty() {
            return;
        }
        let entry = self.entries.entry(field.to_owned());
        if let Entry::Nested(nested) = entry.or_insert_with(|| Entry::Nested(Self::new())) {
            nested.join(below);
        }
    }

    /// Records the violations of others; the first one of a field is kept.
    pub fn join(&mut self, others: Self) {
        for (key, entry) in others.entries {
            match entry {
                Entry::One(violation) => self.add(&key, violation),
                Entry::Nested(deeper) => self.nest(&key, deeper),
            }
        }
    }

    /// Records violations two levels below: `outer.inner`.
    pub fn nest_at(&mut self, outer: &str, inner: &str, below: Self) {
        let mut between = Self::new();
        between.nest(inner, below);
        self.nest(outer, between);
    }

    /// Forgets what is wrong with a field.
    pub fn remove(&mut self, field: &str) {
        self.entries.remove(field);
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// `Ok` when nothing was recorded.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Every violation with the keys that lead to it, from the outside in.
    #[must_use]
    pub fn each(&self) -> Vec<(Vec<&str>, &Violation)> {
        let mut all = Vec::new();
        for (field, entry) in &self.entries {
            match entry {
                Entry::One(violation) => all.push((vec![field.as_str()], violation)),
                Entry::Nested(below) => {
                    all.extend(below.each().into_iter().map(|(mut path, violation)| {
                        path.insert(0, field);
                        (path, violation)
                    }));
                }
            }
        }
        all
    }

    /// The JSON of contract §0: `{"field": {"code": …, "message": …[, "params": …]}}`.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        self.entries
            .iter()
            .map(|(field, entry)| {
                let json = match entry {
                    Entry::One(violation) => violation_json(violation),
                    Entry::Nested(below) => Json::Object(below.to_json()),
                };
                (field.clone(), json)
            })
            .collect()
    }
}

fn violation_json(violation: &Violation) -> Json {
    let mut object = Map::new();
    object.insert("code".to_owned(), violation.code.into());
    object.insert("message".to_owned(), violation.message.clone().into());
    if !violation.params.is_empty() {
        object.insert("params".to_owned(), Json::Object(violation.params.clone()));
    }
    Json::Object(object)
}
