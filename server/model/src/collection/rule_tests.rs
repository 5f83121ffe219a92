//! Tests of rules that are saved with a collection: somebody, what they ask for, what is expected.
//!
//! - Reading is strict: unknown keys, and keys that an action has no use for, are refused by name.
//! - A test names collections and records as it was written; whether they exist is found out when
//!   it runs. Ids of collections survive a rename, names do not.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use super::Collection;
use crate::invalid::{Violation, Violations};
use crate::limits::{RULE_TEST_BYTES_MAX, RULE_TEST_NAME_CHARS_MAX, RULE_TESTS_MAX};
use crate::principal::{RequestContext, RequestFacts};

/// The key of the tests in a collection's JSON.
pub(super) const KEY: &str = "ruleTests";
/// The word for a superuser who is no particular one.
const SUPERUSER: &str = "superuser";
/// The keys of an attempt.
const ATTEMPT_KEYS: [&str; 6] = ["action", "principal", "record", "body", "query", "headers"];
/// The keys of a test beside those of its attempt.
const TEST_KEYS: [&str; 3] = ["name", "expect", "visible"];

/// What somebody attempts that a rule decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleAction {
    /// See many.
    List,
    /// See one.
    View,
    /// Make one.
    Create,
    /// Change one.
    Update,
    /// Remove one.
    Delete,
    /// Manage an auth record.
    Manage,
    /// Sign in as an auth record.
    Auth,
}

/// Who attempts something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RulePrincipal {
    /// Nobody signed in; `null` or no key.
    #[default]
    Guest,
    /// A superuser who is no particular record; `"superuser"`.
    Superuser,
    /// A record of an auth collection; `{"collection": …, "id": …}`.
    Record {
        /// The auth collection, by name or id.
        collection: String,
        /// The record in it.
        id: String,
    },
}

/// One request that a rule is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleAttempt {
    /// Which rule decides.
    pub action: RuleAction,
    /// Who asks.
    pub principal: RulePrincipal,
    /// The record that is asked for, by id; none for a create, needed by all others but lists.
    pub record: Option<String>,
    /// The submitted values.
    pub body: Map<String, Json>,
    /// `@request.query.*`
    pub query: Map<String, Json>,
    /// `@request.headers.*`, under the names that a client writes.
    pub headers: Map<String, Json>,
}

/// A saved test of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleTestDefinition {
    /// What tells it from the others of its collection.
    pub name: String,
    /// What is attempted.
    pub attempt: RuleAttempt,
    /// Whether it is expected to be allowed.
    pub allow: bool,
    /// How many records are expected to be seen; for list and view.
    pub visible: Option<u64>,
}

impl RuleAction {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::List,
        Self::View,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Manage,
        Self::Auth,
    ];

    /// What JSON calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::View => "view",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Manage => "manage",
            Self::Auth => "auth",
        }
    }

    /// `@request.method` of such a request.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::List | Self::View => "GET",
            Self::Create | Self::Auth => "POST",
            Self::Update | Self::Manage => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether the number of records that can be seen says something about it.
    #[must_use]
    pub fn shows_records(self) -> bool {
        matches!(self, Self::List | Self::View)
    }

    /// Whether only auth collections have a rule for it.
    #[must_use]
    pub fn needs_auth(self) -> bool {
        matches!(self, Self::Manage | Self::Auth)
    }

    fn read(json: Option<&Json>) -> Result<Self, Violation> {
        let named = json.and_then(Json::as_str);
        let action = Self::ALL
            .into_iter()
            .find(|action| Some(action.name()) == named);
        action.ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            Violation::new("validation_in_invalid", format!("Must be one of {known}."))
        })
    }
}

impl RuleAttempt {
    /// Reads an attempt; other keys than `others` and its own are refused. A view without a record
    /// makes sense only where the visible records are asked for.
    pub fn read(
        object: &Map<String, Json>,
        others: &[&str],
        asks_visible: bool,
        violations: &mut Violations,
    ) -> Option<Self> {
        for key in object.keys() {
            if !ATTEMPT_KEYS.contains(&key.as_str()) && !others.contains(&key.as_str()) {
                violations.add(key, malformed("There is no such key."));
            }
        }
        let action = RuleAction::read(object.get("action"));
        if let Err(violation) = &action {
            violations.add("action", violation.clone());
        }
        let principal = principal(object.get("principal"), violations);
        let record = optional_text(object, "record", violations);
        let [body, query, headers] =
            ["body", "query", "headers"].map(|key| inner_object(object, key, violations));
        let action = action.ok()?;
        let needed = match action {
            RuleAction::List | RuleAction::Create => false,
            RuleAction::View => !asks_visible,
            _ => true,
        };
        if action == RuleAction::Create && record.is_some() {
            let message = "A create has no record yet; its values belong in body.";
            violations.add("record", malformed(message));
        }
        if needed && record.is_none() {
            let message = match action {
                RuleAction::View => {
                    "A view is judged on a record: name one by its id, or ask for visible."
                }
                _ => "This action is judged on a record: name one by its id.",
            };
            violations.add("record", Violation::new("validation_required", message));
        }
        Some(Self {
            action,
            principal,
            record,
            body,
            query,
            headers,
        })
    }

    /// What rules see of the request.
    #[must_use]
    pub fn facts(&self) -> RequestFacts {
        let query = self.query.iter();
        let headers = self.headers.iter();
        RequestFacts {
            context: RequestContext::Default,
            method: self.action.method().to_owned(),
            query: query
                .map(|(key, value)| (key.clone(), text_of(value)))
                .collect(),
            headers: headers
                .map(|(key, value)| (key.to_ascii_lowercase().replace('-', "_"), text_of(value)))
                .collect(),
            body: self.body.clone(),
        }
    }
}

impl RuleTestDefinition {
    /// Reads one test.
    ///
    /// # Errors
    /// What is wrong, by key.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, Violations> {
        let mut violations = Violations::new();
        let name = match object.get("name") {
            Some(Json::String(name)) if !name.trim().is_empty() => name.clone(),
            None | Some(Json::Null | Json::String(_)) => {
                violations.add("name", Violation::required());
                String::new()
            }
            Some(_) => {
                violations.add("name", malformed("Must be a text."));
                String::new()
            }
        };
        let allow = match object.get("expect").and_then(Json::as_str) {
            Some("allow") => true,
            Some("deny") => false,
            _ => {
                let message = "Must be allow or deny.";
                violations.add("expect", Violation::new("validation_in_invalid", message));
                false
            }
        };
        let visible = match object.get("visible") {
            None | Some(Json::Null) => None,
            Some(number) => {
                if number.as_u64().is_none() {
                    violations.add("visible", malformed("Must be a number of records."));
                }
                number.as_u64()
            }
        };
        let asks_visible = object.get("visible").is_some_and(|value| !value.is_null());
        let attempt = RuleAttempt::read(object, &TEST_KEYS, asks_visible, &mut violations);
        let shows_records = |attempt: &RuleAttempt| attempt.action.shows_records();
        if asks_visible && attempt.as_ref().is_some_and(|one| !shows_records(one)) {
            let message = "Only list and view show records.";
            violations.add("visible", malformed(message));
        }
        let Some(attempt) = attempt else {
            return Err(violations);
        };
        violations.into_result().map(|()| Self {
            name,
            attempt,
            allow,
            visible,
        })
    }

    /// The test as JSON; reading it gives the same test.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        let attempt = &self.attempt;
        let mut object = Map::new();
        let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
        put("name", self.name.clone().into());
        put("action", attempt.action.name().into());
        match &attempt.principal {
            RulePrincipal::Guest => {}
            RulePrincipal::Superuser => {
                put("principal", SUPERUSER.into());
            }
            RulePrincipal::Record { collection, id } => {
                let principal = serde_json::json!({"collection": collection, "id": id});
                put("principal", principal);
            }
        }
        if let Some(record) = &attempt.record {
            put("record", record.clone().into());
        }
        let objects = [
            ("body", &attempt.body),
            ("query", &attempt.query),
            ("headers", &attempt.headers),
        ];
        for (key, inner) in objects.into_iter().filter(|(_, inner)| !inner.is_empty()) {
            put(key, Json::Object(inner.clone()));
        }
        put("expect", if self.allow { "allow" } else { "deny" }.into());
        if let Some(visible) = self.visible {
            put("visible", visible.into());
        }
        object
    }
}

/// Reads the tests of a collection; what cannot be read is recorded by its position.
pub(super) fn read_all(list: &[Json], violations: &mut Violations) -> Vec<RuleTestDefinition> {
    if list.len() > RULE_TESTS_MAX {
        let message = format!("Must be no more than {RULE_TESTS_MAX} tests.");
        let violation = Violation::new("validation_length_too_long", message);
        violations.add(KEY, violation.with("max", RULE_TESTS_MAX));
        return Vec::new();
    }
    let (mut tests, mut names) = (Vec::new(), HashSet::new());
    for (at, json) in list.iter().enumerate() {
        let read = match json {
            Json::Object(object) => {
                RuleTestDefinition::from_json(object).and_then(|test| limited(test, json))
            }
            _ => Err(Violations::of("name", malformed("A test is an object."))),
        };
        let read = read.and_then(|test| match names.insert(test.name.clone()) {
            true => Ok(test),
            false => {
                let message = "Another test of the collection has this name.";
                let violation = Violation::new("validation_not_unique", message);
                Err(Violations::of("name", violation))
            }
        });
        match read {
            Ok(test) => tests.push(test),
            Err(found) => violations.nest_at(KEY, &at.to_string(), found),
        }
    }
    tests
}

/// What tests cannot be about, by the type of their collection.
pub(super) fn check(collection: &Collection, violations: &mut Violations) {
    if collection.is_view() && !collection.rule_tests.is_empty() {
        let message =
            "The records of view collections cannot be read yet, so nothing can be tried.";
        violations.add(KEY, malformed(message));
    }
    for (at, test) in collection.rule_tests.iter().enumerate() {
        if test.attempt.action.needs_auth() && collection.auth().is_none() {
            let found =
                Violations::of("action", malformed("Only auth collections have this rule."));
            violations.nest_at(KEY, &at.to_string(), found);
        }
    }
}

fn limited(test: RuleTestDefinition, json: &Json) -> Result<RuleTestDefinition, Violations> {
    if test.name.chars().count() > RULE_TEST_NAME_CHARS_MAX {
        let message = format!("Must be no more than {RULE_TEST_NAME_CHARS_MAX} character(s).");
        let violation = Violation::new("validation_length_too_long", message);
        let violation = violation.with("max", RULE_TEST_NAME_CHARS_MAX);
        return Err(Violations::of("name", violation));
    }
    if json.to_string().len() > RULE_TEST_BYTES_MAX {
        let message = format!("The whole test must be no more than {RULE_TEST_BYTES_MAX} bytes.");
        let violation = Violation::new("validation_length_too_long", message);
        let violation = violation.with("max", RULE_TEST_BYTES_MAX);
        return Err(Violations::of("body", violation));
    }
    Ok(test)
}

fn principal(json: Option<&Json>, violations: &mut Violations) -> RulePrincipal {
    let part = |object: &Map<String, Json>, key: &str| object.get(key)?.as_str().map(str::to_owned);
    let message = match json {
        None | Some(Json::Null) => return RulePrincipal::Guest,
        Some(Json::String(word)) if word == SUPERUSER => return RulePrincipal::Superuser,
        Some(Json::Object(object)) => match part(object, "collection").zip(part(object, "id")) {
            Some((collection, id)) if object.len() == 2 => {
                return RulePrincipal::Record { collection, id };
            }
            Some(_) => "Has other keys than collection and id.",
            None => "Needs a collection and an id.",
        },
        Some(_) => "Must be null for a guest, \"superuser\", or an object with collection and id.",
    };
    violations.add("principal", malformed(message));
    RulePrincipal::Guest
}

fn optional_text(
    object: &Map<String, Json>,
    key: &str,
    violations: &mut Violations,
) -> Option<String> {
    match object.get(key) {
        None | Some(Json::Null) => None,
        Some(Json::String(id)) => Some(id.clone()),
        Some(_) => {
            violations.add(key, malformed("Must be the id of a record."));
            None
        }
    }
}

fn inner_object(
    object: &Map<String, Json>,
    key: &str,
    violations: &mut Violations,
) -> Map<String, Json> {
    match object.get(key) {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(inner)) => inner.clone(),
        Some(_) => {
            violations.add(key, malformed("Must be an object."));
            Map::new()
        }
    }
}

fn malformed(message: &str) -> Violation {
    Violation::new("validation_invalid_value", message)
}

fn text_of(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
