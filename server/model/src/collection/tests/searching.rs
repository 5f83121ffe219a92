//! Search options: reading, following renames, showing, storing, refusing.

use super::*;
use crate::limits::{SEARCH_FIELDS_MAX, SEARCH_WORD_CHARS_MAX};

fn fields() -> Json {
    json!([
        { "name": "title", "id": "t1", "type": "text" },
        { "name": "notes", "id": "n1", "type": "editor", "hidden": true },
        { "name": "data", "type": "json" },
        { "name": "author", "type": "relation", "collectionId": "pbc_people" },
        { "name": "parent", "type": "relation", "collectionId": "pbc_posts" },
        { "name": "likes", "id": "l1", "type": "number" },
        { "name": "secretly", "type": "number", "hidden": true },
        { "name": "open", "type": "bool" },
        { "name": "place", "type": "geoPoint" },
    ])
}

fn people() -> Others {
    let fields = json!([{ "name": "name", "type": "text" }, { "name": "boss", "type": "relation",
        "collectionId": "pbc_people" }]);
    let body = json!({ "id": "pbc_people", "name": "people", "type": "auth", "fields": fields });
    Others(vec![Arc::new(made(body, None))])
}

fn posts(search: &Json) -> Json {
    json!({ "id": "pbc_posts", "name": "posts", "fields": fields(), "search": search })
}

fn attempt(body: Json, before: Option<&Collection>) -> Result<Collection, Json> {
    let Json::Object(body) = body else {
        panic!("an object")
    };
    let others = people();
    let surroundings = Surroundings {
        collections: &others,
        all: &others.0,
    };
    let submission = Submission {
        body: &body,
        before,
        surroundings,
        now: Timestamp(1_790_000_000_000),
        draw: &mut |length| "s".repeat(length),
    };
    let draft = submission.read().unwrap();
    let checked = draft.check(before, surroundings);
    checked.map_err(|found| Json::Object(found.to_json()))
}

fn searchable() -> Collection {
    let search = json!({ "fields": { "title": { "weight": 5, "language": "en", "facet": true },
        "parent.title": null, "author.name": { "mode": "prefix" }, "data.a.b": {} },
        "rankBy": ["-likes", "created"] });
    let mut body = posts(&search);
    let created = json!({ "name": "created", "type": "autodate", "onCreate": true });
    body["fields"].as_array_mut().unwrap().push(created);
    attempt(body, None).unwrap()
}

#[test]
fn what_is_sent_is_shown_with_every_default_and_stored() {
    let none = attempt(posts(&Json::Null), None).unwrap();
    assert!(!none.to_json().contains_key("search"));
    let collection = searchable();
    let plain = json!({ "weight": 1, "language": null, "mode": "text", "facet": false });
    let shown = json!({
        "fields": {
            "title": { "weight": 5, "language": "en", "mode": "text", "facet": true },
            "parent.title": plain,
            "author.name": { "weight": 1, "language": null, "mode": "prefix", "facet": false },
            "data.a.b": plain,
        },
        "synonyms": {}, "stopWords": [],
        "typo": { "enabled": true, "oneFrom": 4, "twoFrom": 8, "numbers": false, "except": [] },
        "rankBy": ["-likes", "created"],
    });
    assert_eq!(collection.to_json()["search"], shown);
    let stored = Collection::from_stored(&collection.to_stored(), 1).unwrap();
    assert_eq!(stored.search, collection.search);
    let again = attempt(json!({ "search": shown }), Some(&collection)).unwrap();
    assert_eq!(again.search, collection.search);
}

#[test]
fn without_the_key_options_stay_and_null_removes_them() {
    let first = searchable();
    let kept = attempt(json!({ "name": "news" }), Some(&first)).unwrap();
    assert_eq!(kept.search, first.search);
    let replaced = json!({ "search": { "fields": { "title": {} } } });
    let replaced = attempt(replaced, Some(&first)).unwrap().search.unwrap();
    assert_eq!((replaced.fields.len(), replaced.rank_by.len()), (1, 0));
    let removed = attempt(json!({ "search": null }), Some(&first)).unwrap();
    assert_eq!(removed.search, None);
}

#[test]
fn names_follow_a_rename_also_where_old_ones_are_sent() {
    let first = searchable();
    let mut fields = first.to_json()["fields"].clone();
    for field in fields.as_array_mut().unwrap() {
        match field["id"].as_str() {
            Some("t1") => field["name"] = json!("heading"),
            Some("l1") => field["name"] = json!("votes"),
            _ => {}
        }
    }
    for body in [
        json!({ "fields": fields }),
        json!({ "fields": fields, "search": first.to_json()["search"] }),
    ] {
        let search = attempt(body, Some(&first)).unwrap().search.unwrap();
        let paths: Vec<_> = search.fields.iter().map(|field| &field.path).collect();
        assert_eq!(
            paths,
            ["heading", "parent.heading", "author.name", "data.a.b"]
        );
        assert_eq!(search.rank_by[0].to_text(), "-votes");
    }
    // Two fields that change their names keep being searched, each under the other's name.
    for field in fields.as_array_mut().unwrap() {
        match field["id"].as_str() {
            Some("t1") => field["name"] = json!("notes"),
            Some("n1") => field["name"] = json!("title"),
            _ => {}
        }
    }
    let search = attempt(json!({ "fields": fields }), Some(&first))
        .unwrap()
        .search
        .unwrap();
    assert_eq!(search.fields[0].path, "notes");
}

#[test]
fn a_searched_field_cannot_be_dropped() {
    let fields = json!([{ "name": "likes", "id": "l1", "type": "number" }]);
    let found = attempt(json!({ "fields": fields }), Some(&searchable())).unwrap_err();
    let title = &found["search"]["fields"]["title"]["path"];
    assert_eq!(title["code"], "validation_invalid_value", "{found}");
}

#[test]
fn options_of_another_collection_follow_its_names() {
    let (collection, others) = (searchable(), people());
    let search = collection.search.clone().unwrap();
    let rename = |name: &str| (name == "name").then(|| "fullName".to_owned());
    let renamed = search
        .renamed(&collection, &others, ("pbc_people", &rename))
        .unwrap();
    assert_eq!(renamed.fields[2].path, "author.fullName");
    assert_eq!(
        search.renamed(&collection, &others, ("pbc_posts", &rename)),
        None
    );
    let mentions = search.mentions(&collection, &others);
    let mentions = mentions.iter().filter(|one| one.owner.name == "people");
    let mentions: Vec<_> = mentions
        .map(|one| (one.place.as_str(), one.position))
        .collect();
    assert_eq!(mentions, [("search.fields.author.name", 8)]);
}

#[test]
fn what_fits_no_field_is_refused_at_its_place() {
    for (path, options, key) in [
        ("titel", json!({}), "path"),
        ("", json!({}), "path"),
        ("title.x", json!({}), "path"),
        ("data..x", json!({}), "path"),
        ("author", json!({}), "path"),
        ("author.", json!({}), "path"),
        ("author.nope", json!({}), "path"),
        ("author.password", json!({}), "path"),
        ("author.tokenKey", json!({}), "path"),
        ("author.boss.name", json!({}), "path"),
        ("comments_via_post.text", json!({}), "path"),
        ("place", json!({ "facet": true }), "path"),
        ("open", json!({}), "facet"),
        ("title", json!({ "weight": 0 }), "weight"),
        ("title", json!({ "weight": 11 }), "weight"),
        ("title", json!({ "weight": 1.5 }), "weight"),
        ("title", json!({ "language": "english" }), "language"),
        (
            "title",
            json!({ "language": "en", "mode": "exact" }),
            "language",
        ),
        ("title", json!({ "mode": "fuzzy" }), "mode"),
        ("title", json!({ "facet": 1 }), "facet"),
        ("title", json!({ "wieght": 1 }), "wieght"),
    ] {
        let search = json!({ "fields": { path: options } });
        let found = attempt(posts(&search), None).unwrap_err();
        let code = &found["search"]["fields"][path][key]["code"];
        assert_eq!(
            code, "validation_invalid_value",
            "{path} {options}: {found}"
        );
    }
    let allowed = json!({ "fields": { "notes": {}, "likes": {}, "open": { "facet": true } } });
    assert!(attempt(posts(&allowed), None).is_ok());
}

#[test]
fn other_options_are_refused_at_their_place() {
    let long = "x".repeat(SEARCH_WORD_CHARS_MAX + 1);
    let many = vec!["x"; 600];
    for (key, value, place) in [
        ("field", json!({}), &["field"][..]),
        ("synonyms", json!([]), &["synonyms"]),
        (
            "synonyms",
            json!({ "tv": "television" }),
            &["synonyms", "tv"],
        ),
        ("synonyms", json!({ "tv": [] }), &["synonyms", "tv"]),
        ("synonyms", json!({ "tv": many }), &["synonyms", "tv"]),
        ("synonyms", json!({ "!": ["bang"] }), &["synonyms", "!"]),
        ("stopWords", json!("the"), &["stopWords"]),
        ("stopWords", json!([" "]), &["stopWords"]),
        ("stopWords", json!([long]), &["stopWords"]),
        ("stopWords", json!(many), &["stopWords"]),
        ("typo", json!(true), &["typo"]),
        ("typo", json!({ "oneFrom": 0 }), &["typo", "oneFrom"]),
        ("typo", json!({ "oneFrom": 9 }), &["typo", "twoFrom"]),
        ("typo", json!({ "enabled": "no" }), &["typo", "enabled"]),
        ("typo", json!({ "on": true }), &["typo", "on"]),
        ("rankBy", json!("likes"), &["rankBy"]),
        ("rankBy", json!(["nope"]), &["rankBy", "0"]),
        ("rankBy", json!(["title"]), &["rankBy", "0"]),
        ("rankBy", json!(["likes", "secretly"]), &["rankBy", "1"]),
        ("rankBy", json!(["likes", "-likes"]), &["rankBy", "1"]),
        ("rankBy", json!([5]), &["rankBy", "0"]),
        ("rankBy", json!(["a", "b", "c", "d", "e", "f"]), &["rankBy"]),
    ] {
        let mut search = json!({ "fields": { "title": {} } });
        search[key] = value;
        let found = attempt(posts(&search), None).unwrap_err();
        let mut at = &found["search"];
        for key in place {
            at = &at[*key];
        }
        assert!(at["code"].is_string(), "{search}: {found}");
    }
    for search in [
        json!(5),
        json!("title"),
        json!([]),
        json!({}),
        json!({ "fields": {} }),
    ] {
        let found = attempt(posts(&search), None).unwrap_err();
        assert!(found["search"].is_object(), "{search}: {found}");
    }
    let many = (0..=SEARCH_FIELDS_MAX).map(|at| (format!("data.k{at}"), json!({})));
    let many = Json::Object(many.collect());
    let found = attempt(posts(&json!({ "fields": many })), None).unwrap_err();
    let code = &found["search"]["fields"]["code"];
    assert_eq!(code, "validation_length_too_long");
}

#[test]
fn views_are_not_searched() {
    let body = json!({ "name": "v", "type": "view", "viewQuery": "select 1 as id",
        "search": { "fields": { "id": {} } } });
    let found = attempt(body, None).unwrap_err();
    assert_eq!(
        found["search"]["fields"]["code"],
        "validation_invalid_value"
    );
}

#[test]
fn only_what_changes_words_asks_for_another_index() {
    let search = |search: Json| attempt(posts(&search), None).unwrap().search.unwrap();
    let first = search(json!({ "fields": { "title": {}, "likes": {} } }));
    for (other, same) in [
        (
            json!({ "fields": { "likes": {}, "title": { "weight": 9, "facet": true } },
            "typo": { "enabled": false }, "synonyms": { "a": ["b"] }, "rankBy": ["likes"] }),
            true,
        ),
        (json!({ "fields": { "title": {} } }), false),
        (
            json!({ "fields": { "title": { "language": "de" }, "likes": {} } }),
            false,
        ),
        (
            json!({ "fields": { "title": { "mode": "exact" }, "likes": {} } }),
            false,
        ),
    ] {
        assert_eq!(first.same_words(&search(other.clone())), same, "{other}");
    }
}

/// A collection with facets of every kind; one of them hidden, one of them of a person's address.
fn counted() -> Collection {
    let facet = json!({ "facet": true });
    let search = json!({ "fields": { "title": facet, "likes": facet, "open": facet,
        "data.size": facet, "author": facet, "author.name": facet, "author.email": facet,
        "created": facet, "secretly": facet, "parent.title": {} } });
    let mut body = posts(&search);
    let created = json!({ "name": "created", "type": "autodate", "onCreate": true });
    body["fields"].as_array_mut().unwrap().push(created);
    attempt(body, None).unwrap()
}

fn read(text: &str, sees_hidden: bool) -> Result<Vec<crate::search::Facet>, String> {
    crate::search::facets(text, (&counted(), &people()), sees_hidden)
}

#[test]
fn facets_are_read_with_what_they_fall_into() {
    for text in [
        "title",
        " title , open ",
        "author,author.name",
        "likes",
        "likes:0..10|10..|..0",
        "likes:-1.5..1e3",
        "data.size:0..10",
        "created:year",
        "created:hour",
        "created:2010..2011|2011-06..|..1999-12-31 10:00",
    ] {
        let names = text
            .split(',')
            .map(|part| part.split(':').next().unwrap().trim());
        let read = read(text, false).unwrap();
        let paths = read.iter().map(|facet| facet.path.as_str());
        assert!(names.eq(paths), "{text}");
    }
    assert!(read("secretly,author.email", true).is_ok());
}

#[test]
fn what_is_no_facet_is_refused_and_hidden_ones_like_unknown_ones() {
    for (text, reason) in [
        ("", "\"\" is no field whose values"),
        ("title,", "\"\" is no field whose values"),
        ("nope", "\"nope\" is no field whose values"),
        ("titel", "did you mean \"title\"?"),
        ("parent.title", "\"parent.title\" is no field whose values"),
        ("notes", "\"notes\" is no field whose values"),
        ("data", "\"data\" is no field whose values"),
        ("secretly", "\"secretly\" is no field whose values"),
        ("author.email", "\"author.email\" is no field whose values"),
        ("author.passwordHash", "is no field whose values"),
        ("title\u{0}", "\"title\\0\" is no field whose values"),
        ("title,title", "\"title\" is named twice"),
        ("likes,likes:0..1", "\"likes\" is named twice"),
        ("title:year", "only dates have a year"),
        ("title:0..1", "only numbers and dates have ranges"),
        ("open:0..1", "only numbers and dates have ranges"),
        ("likes:decade", "found \"decade\""),
        ("likes:", "found \"\""),
        ("created:decade", "found \"decade\""),
        ("likes:1..x", "expected a number, found \"x\""),
        ("likes:5..1", "nothing can be in the range"),
        ("likes:..", "a beginning or an end"),
        ("likes:0..1|", "expected a range such as"),
        ("created:2010..x", "expected a date or its beginning"),
    ] {
        let refused = read(text, false).unwrap_err();
        assert!(refused.contains(reason), "{text}: {refused}");
    }
    let many = format!(
        "likes:{}",
        "0..1|".repeat(crate::limits::FACET_RANGES_MAX) + "0..1"
    );
    assert!(
        read(&many, false)
            .unwrap_err()
            .contains("more than 20 ranges")
    );
    let long = "x".repeat(crate::limits::FACETS_BYTES_MAX + 1);
    assert!(
        read(&long, false)
            .unwrap_err()
            .contains("at most 4096 bytes")
    );
}

#[test]
fn no_more_than_some_facets_are_counted() {
    let names: Vec<String> = (0..11).map(|number| format!("n{number}")).collect();
    let named = |name: &String| json!({ "name": name, "type": "number" });
    let facet = |name: &String| (name.clone(), json!({ "facet": true }));
    let facets: serde_json::Map<String, Json> = names.iter().map(facet).collect();
    let mut body = posts(&json!({ "fields": facets }));
    body["fields"] = names.iter().map(named).collect();
    let collection = attempt(body, None).unwrap();
    let read =
        |names: &[String]| crate::search::facets(&names.join(","), (&collection, &people()), false);
    assert_eq!(read(&names[..10]).unwrap().len(), 10);
    assert!(read(&names).unwrap_err().contains("more than 10 facets"));
}
