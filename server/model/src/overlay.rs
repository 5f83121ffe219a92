//! Laying submitted JSON over stored JSON: how every partial update of an object with options
//! works.

use serde_json::{Map, Value as Json};

/// Lays `over` onto `base`: objects merge, everything else replaces. Keys match without case, as
/// clients of the contract may send them; keys that `base` does not have are ignored. A `null` sets
/// what `null_means` says for its key, or leaves the stored value.
pub fn lay_over(
    base: &mut Map<String, Json>,
    over: &Map<String, Json>,
    null_means: fn(&str) -> Option<Json>,
) {
    for (key, value) in over {
        let Some(key) = known_key(base, key) else {
            continue;
        };
        let Some(stored) = base.get_mut(&key) else {
            continue;
        };
        match (stored, value) {
            (Json::Object(stored), Json::Object(value)) => lay_over(stored, value, null_means),
            (stored, Json::Null) => {
                if let Some(meaning) = null_means(&key) {
                    *stored = meaning;
                }
            }
            (stored, value) => *stored = value.clone(),
        }
    }
}

fn known_key(base: &Map<String, Json>, key: &str) -> Option<String> {
    if base.contains_key(key) {
        return Some(key.to_owned());
    }
    base.keys()
        .find(|known| known.eq_ignore_ascii_case(key))
        .cloned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn laid(base: Json, over: Json) -> Json {
        let (Json::Object(mut base), Json::Object(over)) = (base, over) else {
            panic!("objects")
        };
        lay_over(&mut base, &over, |key| {
            (key == "nullable").then_some(Json::Null)
        });
        Json::Object(base)
    }

    #[test]
    fn objects_merge_and_everything_else_replaces() {
        let base = json!({ "a": { "b": 1, "c": [1, 2] }, "d": "x", "nullable": "y" });
        let table = [
            (
                json!({ "a": { "b": 2 } }),
                json!({ "a": { "b": 2, "c": [1, 2] }, "d": "x", "nullable": "y" }),
            ),
            (
                json!({ "a": { "C": [] } }),
                json!({ "a": { "b": 1, "c": [] }, "d": "x", "nullable": "y" }),
            ),
            (
                json!({ "A": 5 }),
                json!({ "a": 5, "d": "x", "nullable": "y" }),
            ),
            (json!({ "d": null }), base.clone()),
            (json!({ "a": { "b": null } }), base.clone()),
            (
                json!({ "nullable": null }),
                json!({ "a": { "b": 1, "c": [1, 2] }, "d": "x", "nullable": null }),
            ),
            (json!({ "unknown": 1, "a": { "z": 1 } }), base.clone()),
            (json!({}), base.clone()),
        ];
        for (over, expected) in table {
            assert_eq!(laid(base.clone(), over.clone()), expected, "{over}");
        }
    }
}
