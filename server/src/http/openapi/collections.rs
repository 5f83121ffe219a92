//! The part of the document that follows from the definitions: for each collection the paths under
//! its own name, with the shapes of its own records.
//!
//! - A path of a collection is a static one with the name in the place of its parameter, so nothing
//!   can be said of one that does not hold for the other.
//! - To others than superusers a collection is shown as far as some rule may let them in, without
//!   hidden fields and without the texts of its rules.

use std::collections::BTreeMap;

use luge_model::collection::{AuthOptions, Collection, Rule};
use serde_json::{Map, Value as Json, json};

use super::bodies::reference;
use super::{schemas, set};

/// The parameter of static paths that stands for a collection.
const PLACE: &str = "{collection}";

/// An operation of a collection.
struct Offered {
    /// The static operation.
    id: &'static str,
    /// Whether a collection has it.
    when: fn(&Collection) -> bool,
    /// Which rule decides who may.
    rule: fn(&Collection) -> Decision<'_>,
    /// The shape of its body, as `schemas.rs` names it.
    body: Option<&'static str>,
    /// The shape of its answer.
    answer: Option<&'static str>,
}

/// Who may carry an operation out.
enum Decision<'a> {
    /// What a rule says.
    Rule(&'a Rule),
    /// What a rule says, and another one beside it.
    Both(&'a Rule, &'a Rule),
    /// Whoever has what the request needs (a password, a token).
    Proof,
}

const fn of_records(
    id: &'static str,
    rule: fn(&Collection) -> Decision<'_>,
    body: Option<&'static str>,
    answer: Option<&'static str>,
) -> Offered {
    Offered {
        id,
        when: |collection| !collection.is_view(),
        rule,
        body,
        answer,
    }
}

const fn of_auth(
    id: &'static str,
    when: fn(&Collection) -> bool,
    answer: Option<&'static str>,
) -> Offered {
    Offered {
        id,
        when,
        rule: |_| Decision::Proof,
        body: None,
        answer,
    }
}

/// Every operation of a collection, in the order of the document.
const OFFERED: &[Offered] = &[
    of_records("listRecords", list, None, Some("List")),
    of_records("viewRecord", view, None, Some("Record")),
    of_records("createRecord", create, Some("Create"), Some("Record")),
    of_records("updateRecord", update, Some("Update"), Some("Record")),
    of_records("deleteRecord", delete, None, None),
    of_records("updateRecords", update_listed, Some("Update"), None),
    of_records("deleteRecords", delete_listed, None, None),
    of_records("aggregateRecords", list, None, None),
    Offered {
        id: "readFile",
        when: schemas::has_files,
        rule: view,
        body: None,
        answer: None,
    },
    of_auth("listAuthMethods", is_auth, None),
    of_auth(
        "authWithPassword",
        |collection| auth(collection, |auth| auth.password_auth.enabled),
        Some("SignedIn"),
    ),
    of_auth("authRefresh", is_auth, Some("SignedIn")),
    of_auth("requestOTP", has_codes, None),
    of_auth("authWithOTP", has_codes, Some("SignedIn")),
    of_auth("requestMagicLink", has_links, None),
    of_auth("authWithMagicLink", has_links, Some("SignedIn")),
    of_auth("authWithOAuth2", has_providers, None),
    of_auth("authWithCode", has_providers, None),
    of_auth("beginProviderRedirect", has_providers, None),
    Offered {
        id: "authAnonymously",
        when: |collection| auth(collection, |auth| auth.anonymous.enabled),
        rule: create,
        body: Some("Create"),
        answer: Some("SignedIn"),
    },
    of_auth("passkeyAuthOptions", has_passkeys, None),
    of_auth("authWithPasskey", has_passkeys, Some("SignedIn")),
    of_auth("passkeyRegisterOptions", has_passkeys, None),
    of_auth("registerPasskey", has_passkeys, None),
    of_auth("listPasskeys", has_passkeys, None),
    of_auth("authLogout", is_auth, None),
    of_auth("listSessions", is_auth, None),
    of_auth("listSignIns", is_auth, None),
    of_auth("endSessions", is_auth, None),
    of_auth("requestVerification", is_auth, None),
    of_auth("confirmVerification", is_auth, None),
    of_auth("requestPasswordReset", is_auth, None),
    of_auth("confirmPasswordReset", is_auth, None),
    of_auth("requestEmailChange", is_auth, None),
    of_auth("confirmEmailChange", is_auth, None),
];

fn list(collection: &Collection) -> Decision<'_> {
    Decision::Rule(&collection.rules.list)
}

fn view(collection: &Collection) -> Decision<'_> {
    Decision::Rule(&collection.rules.view)
}

fn create(collection: &Collection) -> Decision<'_> {
    Decision::Rule(&collection.rules.create)
}

fn update(collection: &Collection) -> Decision<'_> {
    Decision::Rule(&collection.rules.update)
}

fn delete(collection: &Collection) -> Decision<'_> {
    Decision::Rule(&collection.rules.delete)
}

fn update_listed(collection: &Collection) -> Decision<'_> {
    Decision::Both(&collection.rules.list, &collection.rules.update)
}

fn delete_listed(collection: &Collection) -> Decision<'_> {
    Decision::Both(&collection.rules.list, &collection.rules.delete)
}

fn auth(collection: &Collection, asked: fn(&AuthOptions) -> bool) -> bool {
    collection.auth().is_some_and(asked)
}

fn is_auth(collection: &Collection) -> bool {
    collection.auth().is_some()
}

fn has_codes(collection: &Collection) -> bool {
    auth(collection, |auth| auth.otp.enabled)
}

fn has_links(collection: &Collection) -> bool {
    auth(collection, |auth| auth.magic_link.enabled)
}

fn has_providers(collection: &Collection) -> bool {
    auth(collection, |auth| auth.oauth2.enabled)
}

fn has_passkeys(collection: &Collection) -> bool {
    auth(collection, |auth| auth.passkey.enabled)
}

/// Whether a document for others than superusers has anything of a collection.
pub(super) fn is_shown(collection: &Collection) -> bool {
    let mut rules = collection.rules.by_key().into_iter();
    let signs_in = auth(collection, |auth| auth.auth_rule.is_some());
    !collection.is_superusers() && (signs_in || rules.any(|(_, rule)| rule.is_some()))
}

/// Adds a collection to a document, whose static operations are given by their ids.
pub(super) fn add(
    document: &mut Json,
    fixed: &BTreeMap<&str, (&str, &str, &Json)>,
    collection: &Collection,
    all: bool,
) {
    let name = &collection.name;
    let mut named = schemas::of(collection, all);
    let mut used = String::new();
    for offered in OFFERED.iter().filter(|offered| (offered.when)(collection)) {
        let Some((path, method, operation)) = fixed.get(offered.id) else {
            continue;
        };
        let Some(who) = (offered.rule)(collection).told(all) else {
            continue;
        };
        let operation = offered.operation(collection, operation, &who);
        used.push_str(&operation.to_string());
        let path = path.replace(PLACE, name);
        let owner = name.as_str().into();
        set(document, &["paths", &path, "x-luge-collection"], owner);
        set(document, &["paths", &path, method], operation);
    }
    keep_used(&mut named, &used);
    for (schema, shape) in named {
        set(document, &["components", "schemas", &schema], shape);
    }
    if let Some(tags) = document.get_mut("tags").and_then(Json::as_array_mut) {
        let about = format!(
            "Records of the {} collection `{name}`.",
            collection.kind.type_name()
        );
        tags.push(json!({"name": name, "description": about}));
    }
}

/// Leaves out what is referred to by no operation and no schema that is.
fn keep_used(named: &mut Map<String, Json>, operations: &str) {
    let refers = |text: &str, name: &str| text.contains(&format!("/schemas/{name}\""));
    let used: Vec<String> = named
        .iter()
        .filter(|(name, _)| refers(operations, name))
        .map(|(_, schema)| schema.to_string())
        .collect();
    named.retain(|name, _| {
        refers(operations, name) || used.iter().any(|schema| refers(schema, name))
    });
}

impl Offered {
    /// The operation as it is for one collection.
    fn operation(&self, collection: &Collection, fixed: &Json, who: &str) -> Json {
        let mut operation = fixed.clone();
        let name = &collection.name;
        let mut set = |path: &[&str], value| set(&mut operation, path, value);
        set(&["operationId"], format!("{name}_{}", self.id).into());
        set(&["tags"], json!([name]));
        let about = fixed["description"].as_str().unwrap_or_default();
        let about = format!("{about}\n\n{who}");
        set(&["description"], about.trim().into());
        if let Some(body) = self.body {
            let has_form = schemas::has_files(collection) && self.id != "updateRecords";
            let schema = format!("{name}_{body}");
            let needed = body != "Update";
            let body = schemas::request_body(&schema, needed, has_form);
            set(&["requestBody"], body);
        }
        if let Some(answer) = self.answer {
            let schema = reference(&format!("{name}_{answer}"));
            let place = ["responses", "200", "content", "application/json", "schema"];
            set(&place, schema);
        }
        let parameters = operation.get_mut("parameters");
        if let Some(parameters) = parameters.and_then(Json::as_array_mut) {
            parameters.retain(|parameter| parameter["name"] != "collection");
        }
        operation
    }
}

impl Decision<'_> {
    /// Who may, in words; none where nobody but superusers may, and the reader is none.
    fn told(&self, all: bool) -> Option<String> {
        match self {
            Self::Proof => Some(String::new()),
            Self::Rule(rule) => told(rule, all),
            Self::Both(first, second) => {
                let (first, second) = (told(first, all)?, told(second, all)?);
                Some(match first == second {
                    true => first,
                    false => format!("To list: {first} To change: {second}"),
                })
            }
        }
    }
}

fn told(rule: &Rule, all: bool) -> Option<String> {
    match rule.as_deref() {
        None => all.then(|| "Superusers only.".to_owned()),
        Some("") => Some("Everyone may.".to_owned()),
        Some(rule) if all => Some(format!("Who may: `` {rule} ``.")),
        Some(_) => Some("A rule of the collection decides who may, and which records.".to_owned()),
    }
}
