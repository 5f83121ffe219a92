//! Filters and sorts across relations, by whom they are asked.

use super::field;
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

/// Posts with tags, and comments on them that only their authors may list.
fn blog(superuser: &Persona) {
    let open = json!({"type": "base", "listRule": "", "viewRule": ""});
    let collection = |name: &str, list_rule: &Value, fields: Vec<Value>| {
        let mut body = open.clone();
        body["name"] = name.into();
        body["listRule"] = list_rule.clone();
        body["fields"] = fields.into();
        superuser.collection(&body)
    };
    let relation = |name, target: &Value, most: u32, hidden: bool| {
        let options = json!({"collectionId": target["id"], "maxSelect": most, "hidden": hidden});
        field(name, "relation", options)
    };
    let text = |name| field(name, "text", json!({}));
    let tags = collection("tags", &"".into(), vec![text("name")]);
    let locked = collection("notes", &Value::Null, vec![text("name")]);
    let posts = vec![
        text("title"),
        relation("tags", &tags, 9, false),
        relation("secret", &tags, 1, true),
        relation("note", &locked, 1, false),
    ];
    let posts = collection("posts", &"".into(), posts);
    let comments = vec![text("text"), text("by"), relation("post", &posts, 1, false)];
    collection("comments", &"by = \"guest\"".into(), comments);
    let id = |record: Value| record["id"].clone();
    let [red, blue] =
        ["red", "blue"].map(|name| id(superuser.record("tags", &json!({ "name": name }))));
    let both = json!({"title": "both", "tags": [red, blue], "secret": red});
    let both = id(superuser.record("posts", &both));
    let one = id(superuser.record("posts", &json!({"title": "one", "tags": [blue]})));
    superuser.record("posts", &json!({"title": "none"}));
    for (text, by, post) in [
        ("a", "guest", &both),
        ("b", "owner", &both),
        ("c", "owner", &one),
    ] {
        superuser.record("comments", &json!({"text": text, "by": by, "post": post}));
    }
}

fn list(parameter: &str, value: &str) -> String {
    let value = value
        .replace('%', "%25")
        .replace('&', "%26")
        .replace('+', "%2B");
    let value = value
        .replace(' ', "%20")
        .replace('"', "%22")
        .replace('#', "%23");
    let value = value
        .replace('>', "%3E")
        .replace('<', "%3C")
        .replace('|', "%7C");
    format!("{}?{parameter}={value}&fields=title", records("posts"))
}

#[test]
fn filters_follow_relations_as_far_as_their_author_may_see() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    blog(&superuser);
    let is_luge = !server.is_reference();
    let mut cases = Vec::new();
    for (filter, all, guest) in [
        ("tags.name ?= \"red\"", 1, 1),
        ("tags.name = \"blue\"", 1, 1),
        ("tags.name != \"red\"", 2, 2),
        ("tags.name ?= \"red\" && tags.name ?= \"blue\"", 0, 0),
        ("tags:length > 1", 1, 1),
        ("comments_via_post.by ?= \"owner\"", 2, 0),
        ("comments_via_post.id = \"\"", 1, 2),
        ("comments_via_post.by != \"owner\"", 1, 3),
        ("title = \"one\" || tags.name ?= \"red\"", 2, 2),
    ] {
        for (name, persona, total) in [("all", &superuser, all), ("guest", &anyone, guest)] {
            // What a guest may not list makes its owner vanish there.
            let differs = filter.contains("comments") && name == "guest";
            let case = Case::new(filter, persona, "GET", &list("filter", filter));
            cases.push(case.is("totalItems", total).unless(differs && !is_luge));
        }
    }
    check(cases);
}

#[test]
fn what_a_client_may_not_see_cannot_be_asked_for() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    blog(&superuser);
    let mut cases = Vec::new();
    for name in [
        "secret.name",
        "note.name",
        "tags.nope",
        "tags.posts_via_secret.title",
        "nope_via_post.id",
        "tags.name.x",
        "comments_via_text.id",
        "comments_via_post",
        "tags.name:nope",
    ] {
        let filter = format!("{name} = \"\"");
        cases.push(Case::new("filter", &anyone, "GET", &list("filter", &filter)).status(400));
        cases.push(Case::new("sort", &anyone, "GET", &list("sort", name)).status(400));
    }
    for filter in ["@collection.tags.name = \"\"", "@request.auth.id = \"\""] {
        cases.push(Case::new(filter, &anyone, "GET", &list("filter", filter)).status(403));
        cases.push(Case::new(filter, &superuser, "GET", &list("filter", filter)).status(200));
    }
    for name in ["secret.name", "note.name"] {
        let filter = format!("{name} != \"zzz\"");
        cases.push(
            Case::new("superuser", &superuser, "GET", &list("filter", &filter)).is("totalItems", 3),
        );
    }
    check(cases);
}

#[test]
fn sorts_follow_relations() {
    let server = Server::start();
    let (superuser, anyone) = (server.superuser(), server.anyone());
    blog(&superuser);
    let cases = [
        ("tags.name,title", "none"),
        ("-tags.name,title", "both"),
        ("-tags:length", "both"),
    ];
    let cases = cases.map(|(sort, first)| {
        let case = Case::new(sort, &anyone, "GET", &list("sort", sort));
        case.is("items.0.title", first).is("totalItems", 3)
    });
    check(cases.into());
}
