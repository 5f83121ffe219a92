//! The change plan, and the rewriting of references when something is renamed.

use luge_model::value::Value;

use super::*;

mod searched;

impl World {
    fn plan(&self, name: &str, body: Json) -> Json {
        let planned = self.catalog.plan(&superuser(), name, &object(body));
        json!(planned.unwrap_or_else(|error| panic!("{}", told(&error))))
    }

    fn definitions(&self) -> Vec<Json> {
        let snapshot = self.catalog.snapshot();
        let all = snapshot.all().iter();
        all.map(|one| one.to_stored()).collect()
    }

    fn rule(&self, name: &str, key: &str) -> Json {
        Json::Object(self.find(name).to_json())[key].clone()
    }

    /// The body of an edit that calls one field another name, and nothing else.
    fn renaming(&self, name: &str, old: &str, new: &str) -> Json {
        let mut fields = Json::Object(self.find(name).to_json())["fields"].clone();
        for field in fields.as_array_mut().unwrap() {
            if field["name"] == old {
                field["name"] = json!(new);
            }
        }
        json!({ "fields": fields })
    }

    /// Two collections that refer to each other, and one for accounts.
    async fn with_references() -> Self {
        let world = Self::new();
        let text = |name: &str| json!({ "name": name, "type": "text" });
        let film = json!({ "name": "films", "fields": [text("title"), text("year")],
            "indexes": ["create index by_title on films (title) where title != 'title'"] });
        let films = world.create(film).await;
        let people = json!({ "name": "people", "type": "auth", "fields": [text("title")] });
        world.create(people).await;
        let film = json!({ "name": "film", "type": "relation", "collectionId": films["id"] });
        let notes = json!({ "name": "notes", "fields": [text("title"), film] });
        world.create(notes).await;
        world
    }
}

fn rewriting(mut body: Json) -> Json {
    body["rewriteReferences"] = json!(true);
    body
}

/// Whose rule, the rule, and the rule once `films.title` is called `name`.
const REWRITTEN: &[(&str, &str, &str)] = &[
    ("films", "title = 'title'", "name = 'title'"),
    (
        "films",
        "year = 1 // title\n && title ~ \"title\"",
        "year = 1 // title\n && name ~ \"title\"",
    ),
    (
        "films",
        "@request.body.title:isset = false",
        "@request.body.name:isset = false",
    ),
    (
        "films",
        "@request.body.title:changed = true",
        "@request.body.name:changed = true",
    ),
    (
        "films",
        "title:lower = @request.query.title",
        "name:lower = @request.query.title",
    ),
    (
        "films",
        "notes_via_film.film.title ?= title",
        "notes_via_film.film.name ?= name",
    ),
    ("notes", "film.title = title", "film.name = title"),
    (
        "notes",
        "@request.body.film.title = 'é' && film.title != ''",
        "@request.body.film.name = 'é' && film.name != ''",
    ),
    (
        "notes",
        "@collection.films.title ?= title && @collection.films:title.title ?!= 'x'",
        "@collection.films.name ?= title && @collection.films:title.name ?!= 'x'",
    ),
    (
        "people",
        "@collection.films.title ?= @request.auth.title",
        "@collection.films.name ?= @request.auth.title",
    ),
];

/// Rules that only look as if they named `films.title`.
const UNTOUCHED: &[(&str, &str)] = &[
    ("films", "year = 'title'"),
    ("films", "year = \"films.title\" // title"),
    ("films", "@request.query.title = year"),
    ("films", "@request.headers.title = year"),
    ("films", "@request.auth.title = year"),
    ("films", "notes_via_film.title ?= year"),
    ("notes", "title = 'x'"),
    ("notes", "@request.body.title = 'x'"),
    ("notes", "@collection.notes.title ?= 'films.title'"),
    ("notes", "@collection.notes:title.id ?= film.year"),
    ("people", "title = @request.body.title"),
    ("people", "@collection.films.year ?= 'title'"),
];

#[tokio::test]
async fn rules_that_name_a_renamed_field_are_told_and_rewritten() {
    for (name, rule, expected) in REWRITTEN {
        let world = World::with_references().await;
        world.update(name, json!({ "listRule": rule })).await;
        let before = world.definitions();
        let body = rewriting(world.renaming("films", "title", "name"));
        let plan = world.plan("films", body.clone());
        assert_eq!(plan["valid"], true, "{plan}");
        let references = plan["references"].as_array().unwrap();
        let in_rules = references.iter().filter(|one| one["place"] == "listRule");
        let count = expected.matches("name").count();
        assert_eq!(in_rules.clone().count(), count, "{rule}: {references:?}");
        for one in in_rules {
            let chars: Vec<_> = rule.chars().collect();
            let at = usize::try_from(one["position"].as_u64().unwrap()).unwrap() - 1;
            assert_eq!(chars[at..at + 5].iter().collect::<String>(), "title");
            assert_eq!(one["names"], "films.title");
            assert_eq!(one["becomes"], "name");
            assert_eq!(one["certain"], true);
            assert_eq!(one["text"], *rule);
        }
        let change =
            json!({ "collection": name, "place": "listRule", "from": rule, "to": expected });
        let rewritten = plan["rewritten"].as_array().unwrap();
        assert!(rewritten.contains(&change), "{rewritten:?}");
        assert_eq!(world.definitions(), before, "a plan changes nothing");
        world.update("films", body).await;
        assert_eq!(world.rule(name, "listRule"), *expected);
        let sql = "create index by_title on films (`name`) where `name` != 'title'";
        assert_eq!(world.rule("films", "indexes"), json!([sql]));
    }
}

#[tokio::test]
async fn what_only_looks_like_a_name_stays() {
    for (name, rule) in UNTOUCHED {
        let world = World::with_references().await;
        world.update(name, json!({ "viewRule": rule })).await;
        let body = rewriting(world.renaming("films", "title", "name"));
        let plan = world.plan("films", body.clone());
        let mut references = plan["references"].as_array().unwrap().iter();
        assert!(references.all(|one| one["place"] == "indexes.0"), "{plan}");
        world.update("films", body).await;
        assert_eq!(world.rule(name, "viewRule"), *rule);
    }
}

#[tokio::test]
async fn a_renamed_collection_and_relation_are_rewritten_elsewhere() {
    let world = World::with_references().await;
    let rule = "notes_via_film.id != '' && @collection.NOTES:notes.film.year ?= 'notes'";
    world.update("films", json!({ "listRule": rule })).await;
    let id = world.find("notes").id.clone();
    let by_id = format!("@collection.{id}.film ?= id");
    world.update("films", json!({ "viewRule": by_id })).await;
    let plan = world.plan("notes", json!({ "name": "remarks" }));
    assert_eq!(plan["references"].as_array().unwrap().len(), 2, "{plan}");
    assert_eq!(plan["rewritten"], json!([]), "nobody asked for it");
    let mut body = rewriting(world.renaming("notes", "film", "movie"));
    body["name"] = json!("remarks");
    world.update("notes", body).await;
    let expected = "remarks_via_movie.id != '' && @collection.remarks:notes.movie.year ?= 'notes'";
    assert_eq!(world.rule("films", "listRule"), expected);
    assert_eq!(
        world.rule("films", "viewRule"),
        format!("@collection.{id}.movie ?= id")
    );
}

#[tokio::test]
async fn names_of_the_caller_are_rewritten_where_everybody_means_the_same() {
    let world = World::with_references().await;
    let rule = "year = @request.auth.title || @request.auth.title:lower = 'x'";
    world.update("films", json!({ "listRule": rule })).await;
    let body = rewriting(world.renaming("people", "title", "rank"));
    world.update("people", body).await;
    let expected = "year = @request.auth.rank || @request.auth.rank:lower = 'x'";
    assert_eq!(world.rule("films", "listRule"), expected);
    let others = json!({ "name": "guests", "type": "auth",
        "fields": [{ "name": "rank", "type": "text" }] });
    world.create(others).await;
    let before = world.definitions();
    for (old, new) in [("rank", "title"), ("rank", "degree")] {
        let body = rewriting(world.renaming("people", old, new));
        let plan = world.plan("people", body.clone());
        let refused = world.refused_update("people", body).await;
        let code = &refused["rewriteReferences"]["films"]["listRule"]["code"];
        assert_eq!(code, "validation_reference_not_rewritable", "{refused}");
        assert_eq!(plan["violations"], refused);
        assert_eq!(plan["valid"], false);
    }
    // The other way round: a name that another kind of caller has already.
    world
        .update("films", json!({ "listRule": "@request.auth.title = 'x'" }))
        .await;
    let before_film = world.definitions();
    assert_ne!(before, before_film);
    let third = json!({ "fields": [{ "name": "title", "type": "text" }] });
    world.update("guests", third).await;
    let refused = world.refused_update(
        "guests",
        rewriting(world.renaming("guests", "title", "rank")),
    );
    assert!(refused.await["rewriteReferences"]["films"]["listRule"].is_object());
    assert_eq!(world.rule("films", "listRule"), "@request.auth.title = 'x'");
}

#[tokio::test]
async fn names_change_places_at_once_and_options_follow() {
    let world = World::with_references().await;
    let rule = "title = 'a' && year = 'b' || title = year";
    world.update("films", json!({ "listRule": rule })).await;
    let mut body = rewriting(world.renaming("films", "title", "year"));
    body["fields"][2]["name"] = json!("title");
    // What is sent as it is stored follows; what is sent anew is its author's.
    body["listRule"] = json!(rule);
    body["viewRule"] = json!("title = 'new'");
    world.update("films", body).await;
    assert_eq!(
        world.rule("films", "listRule"),
        "year = 'a' && title = 'b' || year = title"
    );
    assert_eq!(world.rule("films", "viewRule"), "title = 'new'");
    let unique = "create unique index by_rank on people (title) where title != ''";
    let identity = json!({ "identityFields": ["email", "title"] });
    world
        .update(
            "people",
            json!({ "indexes": [unique], "authRule": "title != 'x'",
            "passwordAuth": identity, "mfa": { "rule": "title = 'y'" } }),
        )
        .await;
    let secret = world
        .find("people")
        .auth()
        .unwrap()
        .auth_token
        .secret
        .clone();
    let body = rewriting(world.renaming("people", "title", "rank"));
    world.update("people", body).await;
    let people = Json::Object(world.find("people").to_json());
    assert_eq!(
        people["passwordAuth"]["identityFields"],
        json!(["email", "rank"])
    );
    assert_eq!(people["authRule"], "rank != 'x'");
    assert_eq!(people["mfa"]["rule"], "rank = 'y'");
    let after = world.find("people");
    let now = &after.auth().unwrap().auth_token.secret;
    assert_eq!(
        secret.reveal(),
        now.reveal(),
        "nobody is signed out by a new name"
    );
}

#[tokio::test]
async fn without_rewriting_a_rename_is_refused_or_leaves_others_as_they_are() {
    let world = World::with_references().await;
    world
        .update("notes", json!({ "listRule": "film.title = 'x'" }))
        .await;
    let body = world.renaming("films", "title", "name");
    let plan = world.plan("films", body.clone());
    let refused = world.refused_update("films", body.clone()).await;
    assert_eq!(plan["violations"], refused);
    assert_eq!(plan["fields"]["renamed"][0]["to"], "name");
    assert_eq!(plan["references"].as_array().unwrap().len(), 3, "{plan}");
    let mut with_index = body;
    with_index["indexes"] = json!([]);
    let plan = world.plan("films", with_index.clone());
    assert_eq!(plan["valid"], true);
    assert_eq!(plan["indexes"]["dropped"].as_array().unwrap().len(), 1);
    world.update("films", with_index).await;
    assert_eq!(world.rule("notes", "listRule"), "film.title = 'x'");
    let wrong = json!({ "rewriteReferences": "yes" });
    let told = world.refused_update("films", wrong).await;
    assert!(told.to_string().contains("rewriteReferences"), "{told}");
    let unknown = world
        .catalog
        .plan(&superuser(), "nothing", &object(json!({})));
    assert!(matches!(unknown, Err(Error::MissingRecord)));
    let guest = world
        .catalog
        .plan(&Context::default(), "films", &object(json!({})));
    assert!(matches!(guest, Err(Error::SignInNeeded)));
}

#[tokio::test]
async fn values_that_are_lost_and_converted_are_counted() {
    let world = World::new();
    let tags = |max: u32| {
        json!({ "name": "tags", "type": "select", "values": ["a", "b", "c"],
        "maxSelect": max })
    };
    let name = json!({ "name": "name", "type": "text" });
    let body = |fields: &[&Json]| json!({ "name": "films", "fields": fields });
    world.create(body(&[&tags(3), &name])).await;
    let list = |items: &[&str]| Value::List(items.iter().map(|item| (*item).to_owned()).collect());
    let text = |value: &str| Value::Text(value.to_owned());
    for number in 0..120 {
        let id = format!("id{number:03}");
        world
            .put("films", &id, &[(2, list(&["a", "b", "c"])), (3, text("x"))])
            .await;
    }
    world
        .put("films", "one", &[(2, list(&["a"])), (3, text(""))])
        .await;
    world.put("films", "none", &[]).await;
    let before = world.definitions();
    let plan = world.plan("films", body(&[&tags(1), &name]));
    assert_eq!(plan["records"]["converted"], 122);
    let lost = json!([{ "field": "tags", "reason": "single", "records": 120, "values": 240 }]);
    assert_eq!(plan["records"]["lost"], lost);
    let changed = &plan["fields"]["changed"][0];
    assert_eq!(
        changed["values"],
        json!({ "from": "multiple", "to": "single" })
    );
    assert_eq!(
        changed["options"]["maxSelect"],
        json!({ "from": 3, "to": 1 })
    );
    let plan = world.plan("films", body(&[&name]));
    let lost = json!([{ "field": "tags", "reason": "dropped", "records": 121, "values": 361 }]);
    assert_eq!(plan["records"]["lost"], lost);
    assert_eq!(plan["fields"]["dropped"][0]["name"], "tags");
    let kept = world.plan("films", body(&[&tags(2), &name]));
    assert_eq!(
        (&kept["records"]["converted"], &kept["records"]["lost"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(world.definitions(), before);
}

#[tokio::test]
async fn values_that_a_unique_index_refuses_are_told_with_records() {
    let world = World::new();
    world
        .create(json!({ "name": "films", "fields": [{ "name": "title", "type": "text" }] }))
        .await;
    for number in 0..230 {
        let title = Value::Text(format!("t{}", number % 210));
        world
            .put("films", &format!("id{number:03}"), &[(2, title)])
            .await;
    }
    let body = |sql: &str| json!({ "indexes": [sql] });
    let unique = body("create unique index by_title on films (title)");
    let plan = world.plan("films", unique.clone());
    let found = &plan["records"]["duplicates"];
    assert_eq!(
        (&found[0]["index"], &found[0]["records"]),
        (&json!("by_title"), &json!(20))
    );
    assert_eq!(found[0]["examples"].as_array().unwrap().len(), 5);
    assert_eq!(found[0]["examples"][0], json!(["id000", "id210"]));
    assert_eq!(plan["valid"], false);
    assert_eq!(
        plan["violations"],
        world.refused_update("films", unique).await
    );
    for fine in [
        "create index by_title on films (title)",
        "create unique index by_title on films (title) where title > 't95'",
        "create unique index by_title on films (title, id)",
    ] {
        let plan = world.plan("films", body(fine));
        assert_eq!(
            (&plan["valid"], &plan["violations"]),
            (&json!(true), &json!({})),
            "{fine}"
        );
        assert_eq!(plan["records"]["duplicates"], json!([]));
        assert_eq!(plan["indexes"]["added"], json!([fine]));
        assert!(world.find("films").indexes.is_empty());
    }
}

#[tokio::test]
async fn queries_and_broken_rules_are_searched_for_the_word() {
    let world = World::with_references().await;
    let view =
        |name: &str, query: &str| json!({ "name": name, "type": "view", "viewQuery": query });
    world
        .create(view("a", "select id, title, 'title' from films -- title"))
        .await;
    world.create(view("b", "select id, title from notes")).await;
    let plan = world.plan("films", rewriting(world.renaming("films", "title", "name")));
    let references = plan["references"].as_array().unwrap();
    let found: Vec<_> = references
        .iter()
        .filter(|one| one["certain"] == false)
        .collect();
    assert_eq!(found.len(), 1, "{plan}");
    assert_eq!(found[0]["collection"], "a");
    assert_eq!(
        (&found[0]["place"], &found[0]["position"]),
        (&json!("viewQuery"), &json!(12))
    );
    let plan = world.plan("films", json!({ "name": "movies" }));
    assert_eq!(plan["references"][0]["position"], 32, "{plan}");
}

#[tokio::test]
async fn labels_of_rate_limits_follow_a_new_name() {
    let world = World::with_references().await;
    let settings = Arc::clone(&world.catalog.definitions.settings);
    let labels = || -> Vec<String> {
        let current = settings.current();
        let rules = current.rate_limits.rules.iter();
        rules.map(|rule| rule.label.clone()).collect()
    };
    let rule = |label: &&str| json!({ "label": label, "duration": 3, "maxRequests": 2 });
    let sent = [
        "films:list",
        "*:auth",
        "/films:list/",
        "notes:list",
        "filmstar:view",
        "films:view",
    ];
    let rules: Vec<_> = sent.iter().map(rule).collect();
    let body = object(json!({ "rateLimits": { "rules": rules } }));
    settings.update(&superuser(), &body).await.unwrap();
    world.plan("films", json!({ "name": "movies" }));
    world
        .refused_update("films", json!({ "name": "notes" }))
        .await;
    world.update("films", json!({ "listRule": "" })).await;
    assert_eq!(labels(), sent, "no new name");
    world.update("films", json!({ "name": "movies" })).await;
    let expected = [
        "movies:list",
        "*:auth",
        "/films:list/",
        "notes:list",
        "filmstar:view",
        "movies:view",
    ];
    assert_eq!(labels(), expected);
    let stored = Settings::open(
        Arc::clone(&world.committer),
        crate::settings::Fixed::default(),
        std::sync::Arc::default(),
    )
    .unwrap();
    assert_eq!(stored.current(), settings.current());
    settings
        .update(&superuser(), &object(json!({})))
        .await
        .unwrap();
    assert_eq!(labels(), expected, "later changes go on from there");
}
