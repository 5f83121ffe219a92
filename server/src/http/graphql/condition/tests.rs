//! What typed conditions become, and what is refused.

use luge_engine::context::Context;
use luge_model::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::http::tests::app;

/// Posts of authors with tags.
async fn outline() -> Outline {
    let app = app("conditions");
    let system = Context::system(Timestamp(1));
    let create = async |definition: Json| {
        let definition = definition.as_object().unwrap();
        app.engine
            .catalog
            .create(&system, definition)
            .await
            .unwrap()
            .id
            .clone()
    };
    let name = json!({"name": "name", "type": "text"});
    let authors = create(json!({"name": "authors", "type": "base", "fields": [name]})).await;
    let tags = create(json!({"name": "tags", "type": "base", "fields": [name]})).await;
    create(json!({"name": "posts", "type": "base", "fields": [
        {"name": "title", "type": "text"}, {"name": "n", "type": "number"},
        {"name": "day", "type": "date"}, {"name": "open", "type": "bool"},
        {"name": "kind", "type": "select", "values": ["a", "b"], "maxSelect": 1},
        {"name": "marks", "type": "select", "values": ["a", "b"], "maxSelect": 2},
        {"name": "meta", "type": "json"}, {"name": "place", "type": "geoPoint"},
        {"name": "author", "type": "relation", "collectionId": authors, "maxSelect": 1},
        {"name": "tags", "type": "relation", "collectionId": tags, "maxSelect": 9},
        {"name": "not", "type": "text"},
    ]}))
    .await;
    Outline::of(app.engine.catalog.snapshot().all(), true)
}

fn of(outline: &Outline, name: &str, condition: &Json) -> Result<String, String> {
    let face = outline
        .faces
        .iter()
        .find(|face| face.collection.name == name)
        .unwrap();
    filter(outline, face, Some(condition), "").map_err(|failure| failure.to_string())
}

#[tokio::test]
async fn conditions_become_filters() {
    let outline = outline().await;
    for (condition, expected) in [
        (json!({}), ""),
        (json!({"title": {"eq": "a"}}), "title = \"a\""),
        (
            json!({"title": {"eq": "a\" || 1=1 || \"\\"}}),
            "title = \"a\\\" || 1=1 || \\\"\\\\\"",
        ),
        (json!({"n": {"gt": 1, "le": 2.5}}), "n > 1 && n <= 2.5"),
        (json!({"n": {"in": [1, 2]}}), "n = 1 || n = 2"),
        (json!({"n": {"in": []}}), "1 = 2"),
        (json!({"n": {"notIn": []}}), ""),
        (json!({"n": {"notIn": [1, 2]}}), "n != 1 && n != 2"),
        (
            json!({"or": [{"n": {"eq": 1}}, {"open": {"eq": true}}]}),
            "n = 1 || open = true",
        ),
        (json!({"or": []}), "1 = 2"),
        (json!({"and": []}), ""),
        (json!({"or": [{}, {"n": {"eq": 1}}]}), ""),
        (json!({"not": {}}), "1 = 2"),
        (
            json!({"not": {"n": {"gt": 1}, "title": {"like": "x"}}}),
            "n <= 1 || title !~ \"x\"",
        ),
        (json!({"not": {"not": {"n": {"gt": 1}}}}), "n > 1"),
        (
            json!({"not": {"or": [{"n": {"eq": 1}}, {"n": {"eq": 2}}]}}),
            "n != 1 && n != 2",
        ),
        (json!({"not": {"n": {"in": [1, 2]}}}), "n != 1 && n != 2"),
        (json!({"not2": {"eq": "x"}}), "not = \"x\""),
    ] {
        let found = of(&outline, "posts", &condition);
        assert_eq!(found.as_deref(), Ok(expected), "{condition}");
    }
}

#[tokio::test]
async fn fields_of_every_kind_are_compared() {
    let outline = outline().await;
    for (condition, expected) in [
        (
            json!({"day": {"ge": "2024-05-01T10:00:00+02:00"}}),
            "day >= \"2024-05-01 08:00:00.000Z\"",
        ),
        (json!({"day": {"isEmpty": true}}), "day = \"\""),
        (json!({"day": {"isEmpty": false}}), "day != \"\""),
        (json!({"kind": {"eq": "a"}}), "kind = \"a\""),
        (
            json!({"marks": {"has": "a", "hasNot": "b"}}),
            "marks ?= \"a\" && marks != \"b\"",
        ),
        (json!({"not": {"marks": {"has": "a"}}}), "marks != \"a\""),
        (
            json!({"author": {"name": {"eq": "x"}}}),
            "author.name = \"x\"",
        ),
        (json!({"author_id": {"eq": "x"}}), "author = \"x\""),
        (
            json!({"tags": {"any": {"name": {"eq": "x"}}}}),
            "tags.name ?= \"x\"",
        ),
        (
            json!({"tags": {"all": {"name": {"eq": "x"}}}}),
            "tags.name = \"x\"",
        ),
        (
            json!({"not": {"tags": {"any": {"name": {"eq": "x"}}}}}),
            "tags.name != \"x\"",
        ),
        (
            json!({"not": {"tags": {"all": {"name": {"eq": "x"}}}}}),
            "tags.name ?!= \"x\"",
        ),
        (json!({"tags_ids": {"has": "x"}}), "tags ?= \"x\""),
        (
            json!({"meta": {"path": "a.0", "eq": "x"}}),
            "meta.a.0 = \"x\"",
        ),
        (json!({"place": {"lon": {"lt": 3}}}), "place.lon < 3"),
        (
            json!({"place": {"near": {"lon": 1, "lat": 2.5, "km": 10}}}),
            "geoDistance(place.lon, place.lat, 1, 2.5) <= 10",
        ),
    ] {
        let found = of(&outline, "posts", &condition);
        assert_eq!(found.as_deref(), Ok(expected), "{condition}");
    }
    let back = json!({"posts_via_author": {"any": {"n": {"eq": 1}}}});
    assert_eq!(
        of(&outline, "authors", &back).as_deref(),
        Ok("posts_via_author.n ?= 1")
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let outline = outline().await;
    let mut deep = json!({"n": {"eq": 1}});
    for _ in 0..40 {
        deep = json!({ "not": deep });
    }
    for (condition, reason) in [
        (json!({"title": null}), "title is null"),
        (json!({"title": {"eq": null}}), "eq is null"),
        (json!({"n": {"in": [1, null]}}), "a value of n is null"),
        (json!({"and": null}), "and is null"),
        (json!({"author": {"name": {"eq": null}}}), "eq is null"),
        (json!({"not": null}), "not is null"),
        (json!({"meta": {"path": "a' || 1=1", "eq": 1}}), "the path"),
        (json!({"meta": {"path": "a..b", "eq": 1}}), "the path"),
        (json!({"meta": {"path": "", "eq": 1}}), "the path"),
        (json!({"meta": {"eq": {"a": 1}}}), "has parts"),
        (json!({"day": {"eq": "yesterday"}}), "is no date and time"),
        (json!({"nothing": {"eq": 1}}), "there is no nothing"),
        (json!({"title": {"is": 1}}), "there is no is"),
        (json!("x"), "something is null"),
        (deep, "at most 16 objects deep"),
    ] {
        let found = of(&outline, "posts", &condition).unwrap_err();
        let named = found.starts_with("Invalid where") || found.starts_with("A where");
        assert!(named, "{found}");
        assert!(found.contains(reason), "{condition}: {found}");
    }
}

#[tokio::test]
async fn a_filter_beside_it_holds_too() {
    let outline = outline().await;
    let face = outline
        .faces
        .iter()
        .find(|face| face.collection.name == "posts")
        .unwrap();
    let condition = json!({"n": {"eq": 1}});
    let both = |text: &str| filter(&outline, face, Some(&condition), text);
    assert_eq!(both("a = 1 || b = 2").unwrap(), "n = 1 && (a = 1 || b = 2)");
    assert_eq!(both("  ").unwrap(), "n = 1");
    assert!(
        both("a = ")
            .unwrap_err()
            .to_string()
            .starts_with("Invalid filter: ")
    );
    assert_eq!(filter(&outline, face, None, "a = ").unwrap(), "a = ");
}

proptest! {
    /// No value can become anything but a value.
    #[test]
    fn values_never_change_what_is_asked(text in ".*", number in any::<f64>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        static OUTLINE: std::sync::OnceLock<Outline> = std::sync::OnceLock::new();
        let outline = OUTLINE.get_or_init(|| runtime.block_on(outline()));
        let condition = json!({"title": {"eq": text, "like": text}});
        let printed = of(outline, "posts", &condition).unwrap();
        let text_of = |operator| comparison(
            OperandKind::Identifier("title".to_owned()), operator, false,
            OperandKind::Text(text.clone()),
        );
        let expected = Expr::And(vec![text_of(Operator::Equal), text_of(Operator::Like)]);
        prop_assert_eq!(Expr::parse(&printed), Ok(expected));
        if number.is_finite() {
            let printed = of(outline, "posts", &json!({"n": {"eq": number}})).unwrap();
            let left = OperandKind::Identifier("n".to_owned());
            let right = OperandKind::Number(number);
            let expected = comparison(left, Operator::Equal, false, right);
            prop_assert_eq!(Expr::parse(&printed), Ok(expected));
        }
    }
}
