//! The change plan of a collection, and a rename that rewrites what names the old name.

use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

const PLAN: &str = "/api/collections/films/plan";
const FILMS: &str = "/api/collections/films";

struct World {
    server: Server,
    superuser: Persona,
    before: Value,
}

/// `None` on a server that has no plans.
fn world() -> Option<World> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let superuser = server.superuser();
    let text = |name: &str| json!({"name": name, "type": "text"});
    let tags = json!({"name": "tags", "type": "select", "maxSelect": 3, "values": ["a", "b", "c"]});
    let index = "CREATE INDEX `by_title` ON `films` (`title`) WHERE title != 'title'";
    let films = superuser.collection(&json!({"name": "films", "type": "base",
        "fields": [text("title"), text("code"), tags], "indexes": [index],
        "listRule": "title != 'title' && @request.body.title:isset = false"}));
    let film = json!({"name": "film", "type": "relation", "collectionId": films["id"]});
    superuser.collection(
        &json!({"name": "notes", "type": "base", "fields": [text("title"), film],
        "listRule": "film.title = title || @collection.films.title ?= 'x'",
        "viewRule": "title = 'film.title'"}),
    );
    for code in ["x", "y", "x"] {
        let record = json!({"title": "T", "code": code, "tags": ["a", "b"]});
        superuser.record("films", &record);
    }
    let before = superuser.get("/api/collections").expect(200);
    Some(World {
        server,
        superuser,
        before,
    })
}

/// The fields of films, some of them changed.
fn fields(world: &World, change: impl Fn(&mut Value)) -> Value {
    let mut fields = world.superuser.get(FILMS).expect(200)["fields"].clone();
    for field in fields.as_array_mut().into_iter().flatten() {
        change(field);
    }
    fields
}

fn with_name(world: &World) -> Value {
    fields(world, |field| {
        if field["name"] == "title" {
            field["name"] = json!("name");
        }
    })
}

fn planned<'a>(name: &'a str, world: &'a World, body: &Value) -> Case<'a> {
    Case::new(name, &world.superuser, "POST", PLAN).json(body)
}

#[test]
fn a_plan_tells_what_an_edit_would_do_and_does_nothing() {
    let Some(world) = world() else { return };
    let renamed = with_name(&world);
    let asked = json!({"fields": renamed, "rewriteReferences": true});
    let all = renamed.as_array().expect("fields").iter();
    let dropped: Vec<_> = all.filter(|field| field["name"] != "code").collect();
    let single = fields(&world, |field| {
        if field["name"] == "tags" {
            field["maxSelect"] = json!(1);
        }
    });
    let unique = json!({"indexes": ["CREATE UNIQUE INDEX `u` ON `films` (`code`)"]});
    check(vec![
        planned("nothing", &world, &json!({}))
            .is("valid", true)
            .is("references", json!([])),
        planned("rename", &world, &json!({"fields": renamed}))
            .is("valid", false)
            .has("validation_invalid_rule")
            .is("fields.renamed.0.to", "name")
            .is("rewritten", json!([])),
        planned("rewriting", &world, &asked)
            .is("valid", true)
            .is("references.0.collection", "films")
            .is("references.0.position", 1)
            .is(
                "rewritten.2.to",
                "film.name = title || @collection.films.name ?= 'x'",
            )
            .lacks("\"place\":\"viewRule\""),
        planned(
            "drop",
            &world,
            &json!({"fields": dropped, "rewriteReferences": true}),
        )
        .is(
            "records.lost.0",
            json!({"field": "code", "reason": "dropped", "records": 3, "values": 3}),
        ),
        planned("single", &world, &json!({"fields": single}))
            .is(
                "records.lost.0",
                json!({"field": "tags", "reason": "single", "records": 3, "values": 3}),
            )
            .is("records.total", 3)
            .is("records.converted", 3),
        planned("unique", &world, &unique)
            .is("valid", false)
            .is(
                "violations.indexes.0.code",
                "validation_invalid_index_expression",
            )
            .is("records.duplicates.0.records", 1),
    ]);
    assert_eq!(
        world.superuser.get("/api/collections").expect(200),
        world.before
    );
}

#[test]
fn a_plan_of_what_cannot_be_says_why() {
    let Some(world) = world() else { return };
    check(vec![
        planned("bad rule", &world, &json!({"listRule": "nothing = 1"}))
            .is("violations.listRule.code", "validation_invalid_rule"),
        planned("taken name", &world, &json!({"name": "notes"}))
            .is("violations.name.code", "validation_collection_name_exists"),
        planned("no definition", &world, &json!({"fields": 1})).status(400),
        planned("no flag", &world, &json!({"rewriteReferences": 1}))
            .status(400)
            .has("rewriteReferences"),
        Case::new(
            "no collection",
            &world.superuser,
            "POST",
            "/api/collections/none/plan",
        )
        .status(404),
    ]);
    let anyone = world.server.anyone();
    check(vec![
        Case::new("guest", &anyone, "POST", PLAN)
            .json(&json!({}))
            .status(401),
    ]);
    assert_eq!(
        world.superuser.get("/api/collections").expect(200),
        world.before
    );
}

#[test]
fn a_rename_rewrites_what_names_it_or_changes_nothing() {
    let Some(world) = world() else { return };
    let renamed = with_name(&world);
    let patch = |name, body: &Value| Case::new(name, &world.superuser, "PATCH", FILMS).json(body);
    check(vec![
        patch("plain", &json!({"fields": renamed}))
            .status(400)
            .has("validation_invalid_rule"),
        patch(
            "no flag",
            &json!({"fields": renamed, "rewriteReferences": "1"}),
        )
        .status(400),
        patch(
            "broken besides",
            &json!({"fields": renamed, "rewriteReferences": true,
            "viewRule": "title = 1"}),
        )
        .refused(400, "data.viewRule.code", "validation_invalid_rule"),
    ]);
    assert_eq!(
        world.superuser.get("/api/collections").expect(200),
        world.before
    );
    check(vec![
        patch(
            "all of it",
            &json!({"fields": renamed, "rewriteReferences": true, "name": "movies"}),
        )
        .is(
            "listRule",
            "name != 'title' && @request.body.name:isset = false",
        )
        .is(
            "indexes.0",
            "CREATE INDEX `by_title` ON `movies` (`name`) WHERE `name` != 'title'",
        ),
        Case::new(
            "elsewhere",
            &world.superuser,
            "GET",
            "/api/collections/notes",
        )
        .is(
            "listRule",
            "film.name = title || @collection.movies.name ?= 'x'",
        )
        .is("viewRule", "title = 'film.title'"),
        Case::new(
            "it holds",
            &world.server.anyone(),
            "GET",
            "/api/collections/movies/records",
        )
        .is("totalItems", 3),
    ]);
}
