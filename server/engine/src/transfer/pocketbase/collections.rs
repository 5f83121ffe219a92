//! Definitions: read from the table of collections, and taken over by the catalog.
//!
//! What the catalog refuses of a definition is given up alone: a rule is locked, an index left out,
//! an option set to its default. Each is a loss.

use luge_model::collection::Collections;
use luge_model::field::type_named;
use luge_model::invalid::Violations;
use luge_model::timestamp::Timestamp;
use rusqlite::Row;
use serde_json::{Map, Value as Json};

use super::source::Source;
use super::{PocketBaseError, PocketBaseReport};
use crate::catalog::Original;
use crate::context::Context;
use crate::engine::Engine;
use crate::store::wait;

/// The columns of the table of collections.
const COLUMNS: [&str; 14] = [
    "id",
    "system",
    "type",
    "name",
    "fields",
    "indexes",
    "listRule",
    "viewRule",
    "createRule",
    "updateRule",
    "deleteRule",
    "options",
    "created",
    "updated",
];
/// Rules: without one, only superusers may.
const RULES: [&str; 7] = [
    "listRule",
    "viewRule",
    "createRule",
    "updateRule",
    "deleteRule",
    "authRule",
    "manageRule",
];
/// Keys of a field without which it is another one.
const FIELD_ITSELF: [&str; 5] = ["id", "name", "type", "collectionId", "primaryKey"];
/// How often definitions are offered; what was given up can make something else wrong.
const OFFERS: usize = 8;

/// Takes the definitions over, in the order in which they were made, and gives their ids.
pub(super) fn carry(
    engine: &Engine,
    context: &Context,
    source: &Source,
    report: &mut PocketBaseReport,
) -> Result<Vec<String>, PocketBaseError> {
    let mut originals = read(source, report)?;
    for original in &mut originals {
        drop_unknown_fields(&mut original.body, report);
    }
    for _ in 0..OFFERS {
        let refused = wait(engine.catalog.take_over(context, originals.clone()))?;
        if refused.is_empty() {
            report.collections = originals.len() as u64;
            tell_views(engine, &originals, report);
            return Ok(originals.iter().map(|one| text(&one.body, "id")).collect());
        }
        for (position, violations) in refused {
            if let Some(original) = originals.get_mut(position) {
                give_up(&mut original.body, &violations, report)?;
            }
        }
    }
    let reason = "the definitions contradict each other in too many ways";
    Err(PocketBaseError::Definition(reason.to_owned()))
}

/// The definitions as they are.
pub(super) fn read(
    source: &Source,
    report: &mut PocketBaseReport,
) -> Result<Vec<Original>, PocketBaseError> {
    for column in source.columns("_collections")? {
        if !COLUMNS.contains(&column.as_str()) {
            report.lose(format!(
                "Collections have a property {column:?}, which this release does not know."
            ));
        }
    }
    let sql = format!(
        "SELECT {} FROM `_collections` ORDER BY `_rowid_`",
        COLUMNS.map(|column| format!("`{column}`")).join(", ")
    );
    let rows = || {
        let mut statement = source.database().prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok(original(row)))?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    };
    let rows = rows().map_err(|error| source.damaged(&error))?;
    rows.into_iter().collect()
}

/// One row of the table as a client would submit it.
fn original(row: &Row<'_>) -> Result<Original, PocketBaseError> {
    let text = |column: &str| row.get::<_, Option<String>>(column).ok().flatten();
    let name = text("name").unwrap_or_default();
    let json = |column: &str| -> Result<Json, PocketBaseError> {
        let read = serde_json::from_str(&text(column).unwrap_or_default());
        read.map_err(|error| {
            let reason = format!("the collection {name:?} is damaged: {column}: {error}");
            PocketBaseError::Definition(reason)
        })
    };
    let mut body = Map::new();
    for column in ["id", "type", "name"] {
        body.insert(column.to_owned(), text(column).into());
    }
    let system = row.get::<_, bool>("system").unwrap_or_default();
    body.insert("system".to_owned(), system.into());
    for rule in RULES.iter().filter(|rule| COLUMNS.contains(rule)) {
        body.insert((*rule).to_owned(), text(rule).into());
    }
    body.insert("fields".to_owned(), json("fields")?);
    body.insert("indexes".to_owned(), json("indexes")?);
    if let Json::Object(options) = json("options")? {
        body.extend(options);
    }
    let moment = |column| Timestamp::parse(&text(column).unwrap_or_default()).unwrap_or_default();
    Ok(Original {
        body,
        created: moment("created"),
        updated: moment("updated"),
    })
}

fn drop_unknown_fields(body: &mut Map<String, Json>, report: &mut PocketBaseReport) {
    let name = text(body, "name");
    let Some(fields) = body.get_mut("fields").and_then(Json::as_array_mut) else {
        return;
    };
    fields.retain(|field| {
        let kind = field.get("type").and_then(Json::as_str).unwrap_or_default();
        let known = type_named(kind).is_some();
        if !known {
            report.lose(format!(
                "Field {} of {name}: its type {kind:?} is not known.",
                name_of_field(field)
            ));
        }
        known
    });
}

/// Removes from a definition what was refused of it.
fn give_up(
    body: &mut Map<String, Json>,
    violations: &Violations,
    report: &mut PocketBaseReport,
) -> Result<(), PocketBaseError> {
    let name = text(body, "name");
    let mut all = violations.each();
    // Later positions of a list first, so that earlier ones stay what they are.
    all.sort_by_key(|(path, _)| std::cmp::Reverse(position(path)));
    let mut given_up = Vec::new();
    for (path, violation) in all {
        let reason = &violation.message;
        let what = match path.as_slice() {
            [rule] if RULES.contains(rule) => {
                let lost = body.insert((*rule).to_owned(), Json::Null);
                format!(
                    "{rule} is locked for all but superusers; it was {}",
                    said(lost)
                )
            }
            ["mfa", "rule"] => {
                let mfa = body.get_mut("mfa").and_then(Json::as_object_mut);
                let lost = mfa.and_then(|mfa| mfa.insert("rule".to_owned(), "".into()));
                format!(
                    "everybody needs a second factor; mfa.rule was {}",
                    said(lost)
                )
            }
            ["indexes", at] => match taken(body, "indexes", at) {
                Some(index) => format!("the index {} is left out", said(Some(index))),
                None => return Err(refused(&name, &path, reason)),
            },
            ["fields", at, key] => {
                // Two things may be wrong with a field that is given up as a whole.
                if given_up.contains(&(*at).to_owned()) {
                    continue;
                }
                if FIELD_ITSELF.contains(key) {
                    given_up.push((*at).to_owned());
                }
                give_up_field(body, at, key).ok_or_else(|| refused(&name, &path, reason))?
            }
            ["oauth2", "providers", at, ..] => {
                let oauth2 = body.get_mut("oauth2").and_then(Json::as_object_mut);
                match oauth2.and_then(|oauth2| taken(oauth2, "providers", at)) {
                    Some(provider) => {
                        format!(
                            "the sign-in provider {} is left out",
                            name_of_field(&provider)
                        )
                    }
                    None => continue,
                }
            }
            [outer @ .., last] if !matches!(outer, []) => match removed(body, outer, last) {
                Some(lost) => {
                    format!(
                        "{} has its default; it was {}",
                        path.join("."),
                        said(Some(lost))
                    )
                }
                None => return Err(refused(&name, &path, reason)),
            },
            _ => return Err(refused(&name, &path, reason)),
        };
        report.lose(format!("Collection {name}: {what}. {reason}"));
    }
    Ok(())
}

/// An option of a field, or the field where it is nothing without that.
fn give_up_field(body: &mut Map<String, Json>, at: &str, key: &str) -> Option<String> {
    if FIELD_ITSELF.contains(&key) {
        let field = taken(body, "fields", at)?;
        return Some(format!("the field {} is left out", name_of_field(&field)));
    }
    let position: usize = at.parse().ok()?;
    let field = body.get_mut("fields")?.as_array_mut()?.get_mut(position)?;
    let name = name_of_field(field);
    let lost = field.as_object_mut()?.shift_remove(key)?;
    let lost = said(Some(lost));
    Some(format!(
        "{key} of the field {name} has its default; it was {lost}"
    ))
}

/// Takes an item out of a list.
fn taken(object: &mut Map<String, Json>, key: &str, at: &str) -> Option<Json> {
    let list = object.get_mut(key)?.as_array_mut()?;
    let position: usize = at.parse().ok()?;
    (position < list.len()).then(|| list.remove(position))
}

fn removed(body: &mut Map<String, Json>, outer: &[&str], last: &str) -> Option<Json> {
    let mut object = body;
    for key in outer {
        object = object.get_mut(*key)?.as_object_mut()?;
    }
    object.shift_remove(last)
}

/// The position in a list that a path names.
fn position(path: &[&str]) -> Option<usize> {
    path.iter().find_map(|key| key.parse().ok())
}

fn refused(name: &str, path: &[&str], reason: &str) -> PocketBaseError {
    let path = path.join(".");
    PocketBaseError::Definition(format!(
        "the collection {name} cannot be carried: {path}: {reason}"
    ))
}

/// Views are kept as definitions.
fn tell_views(engine: &Engine, originals: &[Original], report: &mut PocketBaseReport) {
    let snapshot = engine.catalog.snapshot();
    let names = originals
        .iter()
        .map(|original| text(&original.body, "name"));
    for name in names {
        if snapshot.find(&name).is_some_and(|one| one.is_view()) {
            report.note(format!(
                "View {name}: its definition is carried, its records cannot be read yet."
            ));
        }
    }
}

fn said(lost: Option<Json>) -> String {
    lost.unwrap_or_default().to_string()
}

fn text(body: &Map<String, Json>, key: &str) -> String {
    let text = body.get(key).and_then(Json::as_str);
    text.unwrap_or_default().to_owned()
}

fn name_of_field(field: &Json) -> String {
    let name = field.as_object().map(|field| text(field, "name"));
    name.unwrap_or_default()
}
