//! The wire contract, one table per area.

mod auth;
mod batch;
mod bodies;
mod collections;
mod conditions;
mod cursors;
mod databases;
mod errors;
mod expand;
mod explain;
mod facets;
mod fields;
mod files;
mod graphql;
mod idempotency;
mod judged;
mod lists;
mod logs;
mod parts;
mod plans;
mod records;
mod references;
mod relations;
mod search;
mod searches;
mod sessions;
mod settings;
mod storage;
mod surveys;

use luge_tests::{Persona, Requests};
use serde_json::{Value, json};

/// A field definition: name, type, and more options laid over it.
pub(crate) fn field(name: &str, kind: &str, more: Value) -> Value {
    let mut field = json!({"name": name, "type": kind});
    if let (Value::Object(field), Value::Object(more)) = (&mut field, more) {
        field.extend(more);
    }
    field
}

/// A base collection that everybody may do everything with.
pub(crate) fn public_collection(superuser: &Persona, name: &str, fields: &[Value]) -> Value {
    superuser.collection(&json!({
        "name": name, "type": "base", "fields": fields, "listRule": "", "viewRule": "",
        "createRule": "", "updateRule": "", "deleteRule": "",
    }))
}
