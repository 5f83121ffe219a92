//! What an API key may do of what its record may do: actions on the records of collections.
//!
//! - A scope takes away and never gives: the rules of the collections are asked as ever.
//! - Collections are held by id, so a rename changes nothing.
//! - System collections are meant only where they are named.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::collection::{Collection, Collections};
use crate::invalid::{Violation, Violations};
use crate::limits::API_KEY_SCOPES_MAX;

const ALL: &str = "*";

/// What can be done with records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RecordAction {
    /// See many, also by messages about all records of a collection.
    List,
    /// See one, also its protected files, by messages about it and where it is expanded.
    View,
    /// Make one.
    Create,
    /// Change one.
    Update,
    /// Remove one.
    Delete,
}

/// Every action with its name.
const ACTIONS: [(&str, RecordAction); 5] = [
    ("list", RecordAction::List),
    ("view", RecordAction::View),
    ("create", RecordAction::Create),
    ("update", RecordAction::Update),
    ("delete", RecordAction::Delete),
];

/// What a key may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeyScopes {
    /// Whatever its record may do, but for what changes how anybody signs in.
    Everything,
    /// These actions on these records.
    Only(Vec<KeyScope>),
}

/// Actions on the records of some collections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyScope {
    /// The ids of the collections; `None` for all but those of the system.
    collections: Option<Vec<String>>,
    actions: Vec<RecordAction>,
}

impl KeyScopes {
    /// What was submitted: `"*"`, or a list of `{"collections": [names or ids], "actions": […]}`,
    /// where either may be `["*"]`.
    ///
    /// # Errors
    /// Everything that is wrong, by place.
    pub fn parse(
        submitted: Option<&Json>,
        collections: &dyn Collections,
    ) -> Result<Self, Violations> {
        let list = match submitted {
            None | Some(Json::Null) => return Err(at_scopes(Violation::required())),
            Some(Json::String(text)) if text == ALL => return Ok(Self::Everything),
            Some(Json::Array(list)) if list.is_empty() => {
                return Err(at_scopes(Violation::required()));
            }
            Some(Json::Array(list)) => list,
            Some(_) => return Err(at_scopes(invalid("Must be \"*\" or a list of scopes."))),
        };
        if list.len() > API_KEY_SCOPES_MAX {
            let message = format!("No more than {API_KEY_SCOPES_MAX} scopes.");
            return Err(at_scopes(invalid(&message)));
        }
        let mut wrong = Violations::new();
        let mut scopes = Vec::with_capacity(list.len());
        for (place, submitted) in list.iter().enumerate() {
            let place = place.to_string();
            let Some(submitted) = submitted.as_object() else {
                let message = "Must be an object with collections and actions.";
                wrong.add(&place, invalid(message));
                continue;
            };
            match KeyScope::parse(submitted, collections) {
                Ok(scope) => scopes.push(scope),
                Err(found) => wrong.nest(&place, found),
            }
        }
        if wrong.is_empty() {
            return Ok(Self::Only(scopes));
        }
        let mut nested = Violations::new();
        nested.nest("scopes", wrong);
        Err(nested)
    }

    /// Whether an action on the records of a collection is meant.
    #[must_use]
    pub fn admits(&self, collection: &Collection, action: RecordAction) -> bool {
        match self {
            Self::Everything => true,
            Self::Only(scopes) => scopes.iter().any(|scope| scope.admits(collection, action)),
        }
    }

    /// The form in which they are shown, collections by name; those that are gone are left out.
    #[must_use]
    pub fn to_json(&self, collections: &dyn Collections) -> Json {
        match self {
            Self::Everything => ALL.into(),
            Self::Only(scopes) => {
                let shown = scopes.iter().map(|scope| scope.to_json(collections));
                shown.collect()
            }
        }
    }
}

impl KeyScope {
    fn parse(submitted: &Map<String, Json>, known: &dyn Collections) -> Result<Self, Violations> {
        if let Some(key) = submitted.keys().find(|key| !is_key(key)) {
            let message = "There is no such key: a scope has collections and actions.";
            return Err(Violations::of(key, invalid(message)));
        }
        let mut wrong = Violations::new();
        let collections = texts(submitted, "collections").and_then(|names| ids(&names, known));
        let actions = texts(submitted, "actions").and_then(|names| named_actions(&names));
        match (collections, actions) {
            (Ok(collections), Ok(actions)) => Ok(Self {
                collections,
                actions,
            }),
            (collections, actions) => {
                for (key, wrong_one) in [
                    ("collections", collections.err()),
                    ("actions", actions.err()),
                ] {
                    wrong_one
                        .into_iter()
                        .for_each(|violation| wrong.add(key, violation));
                }
                Err(wrong)
            }
        }
    }

    fn admits(&self, collection: &Collection, action: RecordAction) -> bool {
        let meant = match &self.collections {
            None => !collection.system,
            Some(ids) => ids.contains(&collection.id),
        };
        meant && self.actions.contains(&action)
    }

    fn to_json(&self, known: &dyn Collections) -> Json {
        let collections: Vec<&str> = match &self.collections {
            None => vec![ALL],
            Some(ids) => {
                let found = ids.iter().filter_map(|id| known.find(id));
                found.map(|collection| collection.name.as_str()).collect()
            }
        };
        let named = ACTIONS
            .iter()
            .filter(|(_, action)| self.actions.contains(action));
        let actions: Vec<&str> = named.map(|(name, _)| *name).collect();
        json!({ "collections": collections, "actions": actions })
    }
}

fn is_key(key: &str) -> bool {
    ["collections", "actions"].contains(&key)
}

fn texts<'a>(submitted: &'a Map<String, Json>, key: &str) -> Result<Vec<&'a str>, Violation> {
    let list = submitted.get(key).and_then(Json::as_array);
    let texts: Option<Vec<&str>> = list.and_then(|list| list.iter().map(Json::as_str).collect());
    match texts {
        Some(texts) if !texts.is_empty() => Ok(texts),
        _ => Err(invalid("Must be a list of names, or [\"*\"] for all.")),
    }
}

/// `None` for all.
fn ids(names: &[&str], known: &dyn Collections) -> Result<Option<Vec<String>>, Violation> {
    if names == [ALL] {
        return Ok(None);
    }
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let Some(collection) = known.find(name) else {
            return Err(invalid(&format!("There is no collection {name:?}.")));
        };
        if !ids.contains(&collection.id) {
            ids.push(collection.id.clone());
        }
    }
    Ok(Some(ids))
}

fn named_actions(names: &[&str]) -> Result<Vec<RecordAction>, Violation> {
    if names == [ALL] {
        return Ok(ACTIONS.iter().map(|(_, action)| *action).collect());
    }
    let find = |name: &&str| {
        let found = ACTIONS.iter().find(|(known, _)| known == name);
        found.map(|(_, action)| *action).ok_or_else(|| {
            invalid(&format!(
                "There is no action {name:?}: list, view, create, update and delete are."
            ))
        })
    };
    names.iter().map(find).collect()
}

fn at_scopes(violation: Violation) -> Violations {
    Violations::of("scopes", violation)
}

fn invalid(message: &str) -> Violation {
    Violation::new("validation_invalid_scope", message)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::collection::CollectionKind;

    struct Known(Vec<Arc<Collection>>);

    impl Collections for Known {
        fn find(&self, name_or_id: &str) -> Option<&Arc<Collection>> {
            let mut all = self.0.iter();
            all.find(|one| one.name == name_or_id || one.id == name_or_id)
        }
    }

    fn known() -> Known {
        let collection = |name: &str, system| {
            Arc::new(Collection {
                id: format!("id_{name}"),
                system,
                ..crate::filter::tests::collection(name, CollectionKind::Base, &[])
            })
        };
        Known(vec![
            collection("posts", false),
            collection("notes", false),
            collection("_system", true),
        ])
    }

    fn parsed(submitted: &Json) -> KeyScopes {
        KeyScopes::parse(Some(submitted), &known()).unwrap()
    }

    /// For each collection, the initials of the actions that are admitted.
    fn admitted(scopes: &KeyScopes) -> Vec<String> {
        let known = known();
        let of = |collection: &Arc<Collection>| {
            let admitted = ACTIONS
                .iter()
                .filter(|(_, action)| scopes.admits(collection, *action));
            admitted.map(|(name, _)| name.get(..1).unwrap()).collect()
        };
        known.0.iter().map(of).collect()
    }

    #[test]
    fn a_scope_admits_what_it_names() {
        for (submitted, expected) in [
            (json!("*"), ["lvcud", "lvcud", "lvcud"]),
            (
                json!([{"collections": ["*"], "actions": ["*"]}]),
                ["lvcud", "lvcud", ""],
            ),
            (
                json!([{"collections": ["posts"], "actions": ["list"]}]),
                ["l", "", ""],
            ),
            (
                json!([{"collections": ["id_posts"], "actions": ["view"]}]),
                ["v", "", ""],
            ),
            (
                json!([{"collections": ["_system"], "actions": ["*"]}]),
                ["", "", "lvcud"],
            ),
            (
                json!([
                    {"collections": ["posts", "notes"], "actions": ["list"]},
                    {"collections": ["notes"], "actions": ["delete", "create"]},
                ]),
                ["l", "lcd", ""],
            ),
        ] {
            assert_eq!(admitted(&parsed(&submitted)), expected, "{submitted}");
        }
    }

    #[test]
    fn what_is_kept_and_shown_says_the_same() {
        let scopes = parsed(&json!([{"collections": ["notes"], "actions": ["view", "list"]}]));
        let kept = serde_json::to_string(&scopes).unwrap();
        assert_eq!(serde_json::from_str::<KeyScopes>(&kept).unwrap(), scopes);
        let shown = json!([{"collections": ["notes"], "actions": ["list", "view"]}]);
        assert_eq!(scopes.to_json(&known()), shown);
        assert_eq!(
            scopes.to_json(&Known(Vec::new())),
            json!([{"collections": [], "actions": ["list", "view"]}])
        );
        assert_eq!(parsed(&json!("*")).to_json(&known()), "*");
    }
}
