//! The names of what differs between two JSON objects, for whoever may know that something was
//! changed and not to what: no value is ever among them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::limits::CHANGED_NAMES_MAX;

/// The paths of the keys whose values differ, as `smtp.password`; of a list of things with ids the
/// names of those that differ, as `fields.title`. At most [`CHANGED_NAMES_MAX`].
#[must_use]
pub fn changed_names(before: &Map<String, Json>, after: &Map<String, Json>) -> Vec<String> {
    let mut names = Vec::new();
    compare("", before, after, &mut names);
    names.truncate(CHANGED_NAMES_MAX);
    names
}

fn compare(
    prefix: &str,
    before: &Map<String, Json>,
    after: &Map<String, Json>,
    names: &mut Vec<String>,
) {
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    for key in after.keys().chain(gone) {
        let (old, new) = (before.get(key), after.get(key));
        if old == new {
            continue;
        }
        let path = format!("{prefix}{key}");
        match (old, new) {
            (Some(Json::Object(old)), Some(Json::Object(new))) => {
                compare(&format!("{path}."), old, new, names);
            }
            (Some(Json::Array(old)), Some(Json::Array(new))) => {
                compare_lists(path, (old, new), names);
            }
            _ => names.push(path),
        }
    }
}

/// Where everything has an id, what differs is told; else, and where only the order differs, that
/// the list does.
fn compare_lists(path: String, (old, new): (&[Json], &[Json]), names: &mut Vec<String>) {
    let (Some(before), Some(after)) = (by_id(old), by_id(new)) else {
        names.push(path);
        return;
    };
    let gone = before.iter().filter(|(id, _)| !after.contains_key(*id));
    let changed = after
        .iter()
        .filter(|(id, new)| before.get(*id) != Some(*new));
    let length = names.len();
    for (id, thing) in changed.chain(gone) {
        let name = thing.get("name").and_then(Json::as_str).unwrap_or(id);
        names.push(format!("{path}.{name}"));
    }
    if names.len() == length {
        names.push(path);
    }
}

fn by_id(list: &[Json]) -> Option<BTreeMap<&str, &Json>> {
    let with_id = |thing| Some((Json::get(thing, "id")?.as_str()?, thing));
    list.iter().map(with_id).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(before: &Json, after: &Json) -> Vec<String> {
        changed_names(before.as_object().unwrap(), after.as_object().unwrap())
    }

    #[test]
    fn what_differs_is_named_and_never_shown() {
        let before = json!({
            "a": 1, "same": {"x": [1, 2]}, "smtp": {"host": "h", "password": "old", "tls": true},
            "list": [1], "gone": "secret",
            "fields": [{"id": "1", "name": "title"}, {"id": "2", "name": "body"}],
            "order": [{"id": "1"}, {"id": "2"}],
        });
        let after = json!({
            "a": 2, "same": {"x": [1, 2]}, "smtp": {"host": "h", "password": "new", "tls": true},
            "list": [2], "made": "secret",
            "fields": [{"id": "1", "name": "heading"}, {"id": "3", "name": "author"}],
            "order": [{"id": "2"}, {"id": "1"}],
        });
        let mut found = names(&before, &after);
        found.sort();
        assert_eq!(
            found,
            [
                "a",
                "fields.author",
                "fields.body",
                "fields.heading",
                "gone",
                "list",
                "made",
                "order",
                "smtp.password"
            ]
        );
        for value in ["old", "new", "secret"] {
            assert!(!found.contains(&value.to_owned()));
        }
    }

    #[test]
    fn nothing_is_named_where_nothing_differs_and_not_endlessly_where_much_does() {
        let same = json!({"a": {"b": [{"id": "1"}]}});
        assert_eq!(names(&same, &same), Vec::<String>::new());
        let many: Map<String, Json> = (0..1_000)
            .map(|place| (format!("key{place}"), json!(place)))
            .collect();
        let found = changed_names(&Map::new(), &many);
        assert_eq!(found.len(), CHANGED_NAMES_MAX);
    }

    #[test]
    fn a_list_whose_things_have_no_ids_is_named_whole() {
        for (before, after) in [
            (json!({"l": [{"id": "1"}]}), json!({"l": [{"name": "x"}]})),
            (json!({"l": [{"id": 1}]}), json!({"l": [{"id": 2}]})),
            (json!({"l": []}), json!({"l": ["x"]})),
            (json!({"l": [1]}), json!({"l": null})),
        ] {
            assert_eq!(names(&before, &after), ["l"], "{before} {after}");
        }
    }
}
