//! The `fields` parameter on every route that answers JSON: the parts that were asked for, and
//! nothing written where the asking is wrong.

use super::field;
use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};

/// Who asks.
#[derive(Clone, Copy)]
enum Who {
    Anyone,
    Member,
    Superuser,
}
use Who::{Anyone, Member, Superuser};

/// Who asks, which documented route, of which collection, with which body, for which parts, and
/// the whole answer.
type Row = (
    Who,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const ONE_PAGE: &str = r#""page": 1, "perPage": 30, "totalItems": 1, "totalPages": 1"#;
const NAMES: [&str; 32] = [
    "apple",
    "google",
    "microsoft",
    "yandex",
    "facebook",
    "instagram2",
    "github",
    "gitlab",
    "bitbucket",
    "gitee",
    "gitea",
    "discord",
    "twitter",
    "kakao",
    "vk",
    "linear",
    "notion",
    "monday",
    "lark",
    "box",
    "spotify",
    "trakt",
    "twitch",
    "patreon",
    "strava",
    "wakatime",
    "livechat",
    "mailcow",
    "planningcenter",
    "oidc",
    "oidc2",
    "oidc3",
];

const ROWS: &[Row] = &[
    (
        Anyone,
        "GET /api/collections/{collection}/records",
        "notes",
        "",
        "data.a.b,body:excerpt(3)",
        r#"{"items": [{"data": {"a": {"b": [1]}}, "body": "one"}], PAGE}"#,
    ),
    (
        Anyone,
        "GET /api/collections/{collection}/records",
        "notes",
        "",
        "items.id,page",
        r#"{"items": [{}], PAGE}"#,
    ),
    (
        Anyone,
        "GET /api/collections/{collection}/records/{id}",
        "notes",
        "",
        "title:excerpt(1,true),data.*",
        r#"{"title": "A...", "data": {"a": {"b": [1]}}}"#,
    ),
    (
        Anyone,
        "GET /api/collections/{collection}/records/{id}",
        "notes",
        "",
        "data.nothing,*.a",
        r#"{"data": {}}"#,
    ),
    (
        Anyone,
        "GET /api/collections/{collection}/auth-methods",
        "members",
        "",
        "password.identityFields,mfa.enabled",
        r#"{"password": {"identityFields": ["email"]}, "mfa": {"enabled": false}}"#,
    ),
    (
        Superuser,
        "GET /api/collections/{collection}",
        "notes",
        "",
        "name,fields.name,nothing",
        r#"{"name": "notes", "fields": [
        {"name": "id"}, {"name": "title"}, {"name": "body"}, {"name": "data"}
     ]}"#,
    ),
    (
        Superuser,
        "GET /api/collections/meta/scaffolds",
        "",
        "",
        "view.viewQuery,base.type:excerpt(2)",
        r#"{"view": {"viewQuery": ""}, "base": {"type": "ba"}}"#,
    ),
    (
        Superuser,
        "GET /api/collections/meta/oauth2-providers",
        "",
        "",
        "name",
        "NAMES",
    ),
    (
        Superuser,
        "GET /api/settings",
        "",
        "",
        "batch.enabled,meta.hideControls",
        r#"{"batch": {"enabled": true}, "meta": {"hideControls": false}}"#,
    ),
    (
        Superuser,
        "GET /api/health",
        "",
        "",
        "code,data.nothing",
        r#"{"code": 200, "data": {}}"#,
    ),
    // What writes comes last.
    (
        Anyone,
        "POST /api/collections/{collection}/records",
        "notes",
        r#"{"title": "written"}"#,
        "title",
        r#"{"title": "written"}"#,
    ),
    (
        Anyone,
        "PATCH /api/collections/{collection}/records/{id}",
        "notes",
        r#"{"title": "written"}"#,
        "collectionName,title",
        r#"{"collectionName": "notes", "title": "written"}"#,
    ),
    (
        Anyone,
        "POST /api/collections/{collection}/auth-with-password",
        "members",
        r#"{"identity": "a@b.com", "password": "12345678"}"#,
        "record.email,token:excerpt(3)",
        r#"{"record": {"email": "a@b.com"}, "token": "eyJ"}"#,
    ),
    (
        Member,
        "POST /api/collections/{collection}/auth-refresh",
        "members",
        "",
        "record.*.x,record.collectionName,email",
        r#"{"record": {"collectionName": "members"}}"#,
    ),
    (Member, "POST /api/files/token", "", "", "nothing", "{}"),
    (
        Superuser,
        "POST /api/collections",
        "",
        r#"{"name": "written", "type": "base"}"#,
        "name,fields.type",
        r#"{"name": "written", "fields": [{"type": "text"}]}"#,
    ),
    (
        Superuser,
        "PATCH /api/collections/{collection}",
        "notes",
        r#"{"listRule": "id = 'x'"}"#,
        "name,listRule",
        r#"{"name": "notes", "listRule": "id = 'x'"}"#,
    ),
    (
        Superuser,
        "PATCH /api/settings",
        "",
        "{}",
        "batch.enabled",
        r#"{"batch": {"enabled": true}}"#,
    ),
    (
        Anyone,
        "POST /api/batch",
        "",
        r#"{"requests": [{"method": "POST", "url": "/api/collections/notes/records",
            "body": {"title": "written"}}]}"#,
        "status,body.title",
        r#"[{"status": 200, "body": {"title": "written"}}]"#,
    ),
    (
        Superuser,
        "GET /api/collections",
        "?filter=name='notes'",
        "",
        "name,fields.type:excerpt(1)",
        r#"{"items": [{"name": "notes", "fields": [
        {"type": "t"}, {"type": "t"}, {"type": "e"}, {"type": "j"}
     ]}], PAGE}"#,
    ),
];

/// What PocketBase does not have.
const OWN_ROWS: &[Row] = &[
    (
        Superuser,
        "GET /api/openapi.json",
        "",
        "",
        "info.title",
        r#"{"info": {"title": "Luge"}}"#,
    ),
    (
        Superuser,
        "PATCH /api/collections/{collection}/records",
        "notes?filter=id%3D''",
        r#"{"title": "none"}"#,
        "count",
        r#"{"count": 0}"#,
    ),
    (
        Superuser,
        "DELETE /api/collections/{collection}/records",
        "notes?filter=id%3D''",
        "",
        "nothing",
        "{}",
    ),
    (
        Superuser,
        "GET /api/collections/{collection}/aggregate",
        "notes?filter=id%3D''",
        "",
        "count",
        r#"{"items": [{"count": 0}], PAGE}"#,
    ),
    (
        Superuser,
        "POST /api/collections/{collection}/plan",
        "notes",
        r#"{"name": "notes"}"#,
        "valid,fields.added",
        r#"{"valid": true, "fields": {"added": []}}"#,
    ),
    (
        Superuser,
        "POST /api/rules/test",
        "",
        r#"{"collection": "notes", "action": "list", "rule": "id = ''"}"#,
        "allowed,visible.totalItems",
        r#"{"allowed": true, "visible": {"totalItems": 0}}"#,
    ),
    (
        Superuser,
        "POST /api/rules/run",
        "",
        r#"{"collection": "notes"}"#,
        "failed,results",
        r#"{"failed": 0, "results": []}"#,
    ),
    (
        Anyone,
        "GET /api/setup",
        "",
        "",
        "required",
        r#"{"required": false}"#,
    ),
    (Anyone, "GET /api/setup", "", "", "nothing", "{}"),
];

struct Notes {
    server: Server,
    superuser: Persona,
    anyone: Persona,
    member: Persona,
    /// Of the one note.
    id: String,
}

fn notes() -> Notes {
    let server = Server::start();
    let superuser = server.superuser();
    superuser.collection(&json!({"name": "members", "type": "auth"}));
    let body = json!({"email": "a@b.com", "password": "12345678", "passwordConfirm": "12345678"});
    superuser.record("members", &body);
    let member = server.anyone().sign_in("members", "a@b.com", "12345678");
    let fields = [
        field("title", "text", json!({})),
        field("body", "editor", json!({})),
        field("data", "json", json!({})),
    ];
    super::public_collection(&superuser, "notes", &fields);
    let batch = json!({"batch": {"enabled": true}});
    superuser.patch("/api/settings", &batch).expect(200);
    let note = json!({"title": "Abc", "body": "<p>one two</p>", "data": {"a": {"b": [1]}}});
    let id = superuser.record("notes", &note)["id"].clone();
    Notes {
        superuser,
        anyone: server.anyone(),
        member,
        id: id.as_str().unwrap().to_owned(),
        server,
    }
}

fn asked(notes: &Notes, row: &Row, fields: &str) -> luge_tests::Answer {
    let (who, route, collection, body, _, _) = row;
    let persona = match who {
        Anyone => &notes.anyone,
        Member => &notes.member,
        Superuser => &notes.superuser,
    };
    let (method, template) = route.split_once(' ').unwrap();
    let (name, query) = collection.split_once('?').unwrap_or((collection, ""));
    let path = template
        .replace("{collection}", name)
        .replace("{id}", &notes.id);
    let path = format!("{path}?{query}&fields={fields}");
    persona.send(method, &path, "application/json", body.as_bytes())
}

fn answer_of(row: &Row) -> Value {
    let (.., answer) = row;
    if *answer == "NAMES" {
        return NAMES.iter().map(|name| json!({ "name": name })).collect();
    }
    serde_json::from_str(&answer.replace("PAGE", ONE_PAGE)).unwrap()
}

fn writes(row: &Row) -> bool {
    !row.1.starts_with("GET")
}

#[test]
fn every_json_answer_shows_the_parts_that_were_asked_for() {
    let notes = notes();
    let own = if notes.server.is_reference() {
        &[]
    } else {
        OWN_ROWS
    };
    let rows = || ROWS.iter().chain(own);
    let written = || {
        let paths = [
            records("notes"),
            "/api/collections".to_owned(),
            "/api/settings".to_owned(),
        ];
        paths.map(|path| notes.superuser.get(&path).text)
    };
    let before = written();
    for row in rows() {
        // A wrong one is refused; where something would be written, before it is.
        if !(notes.server.is_reference() && writes(row)) {
            for wrong in ["id:nothing(1)", "title:excerpt(x)"] {
                let answer = asked(&notes, row, wrong);
                assert_eq!(answer.status, 400, "{answer}");
                assert_eq!(answer.at("data"), json!({}), "{answer}");
            }
        }
    }
    assert_eq!(written(), before);
    for row in rows() {
        let answer = asked(&notes, row, row.4);
        assert_eq!(answer.expect(200), answer_of(row), "{answer}");
    }
    if notes.server.is_reference() {
        return;
    }
    let document = notes.superuser.get("/api/openapi.json").expect(200);
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, route) in methods.as_object().into_iter().flatten() {
            let route_name = format!("{} {path}", method.to_uppercase());
            let json = route.pointer("/responses/200/content/application~1json");
            let has_row = rows().any(|row| row.1 == route_name);
            // Making the first superuser is possible only once; it answers as sign-in does.
            let is_setup = route_name == "POST /api/setup";
            assert!(
                json.is_none() || has_row || is_setup,
                "no row for {route_name}"
            );
        }
    }
}

#[test]
fn answers_that_are_no_success_show_everything() {
    let notes = notes();
    let anyone = &notes.anyone;
    let missing = format!("{}/none?fields=status", records("notes"));
    for (method, path, status) in [
        ("GET", missing.as_str(), 404),
        ("DELETE", &missing, 404),
        ("GET", "/api/collections?fields=status", 401),
        ("GET", "/api/collections/none/records?fields=status", 404),
        (
            "GET",
            "/api/collections/none/records?fields=id:nothing(1)",
            404,
        ),
        ("GET", "/api/nothing?fields=status", 404),
        (
            "POST",
            "/api/collections/notes/auth-refresh?fields=status",
            401,
        ),
        ("PATCH", "/api/settings?fields=status", 401),
    ] {
        let answer = anyone.ask(method, path, &Value::Null);
        assert_eq!(answer.status, status, "{answer}");
        let envelope = answer.json();
        assert!(envelope["message"].is_string(), "{answer}");
        assert_eq!(envelope["data"], json!({}), "{answer}");
        assert_eq!(envelope["status"], status, "{answer}");
    }
    // What has no JSON to choose from does not mind.
    let one = format!("{}/{}", records("notes"), notes.id);
    let delete = format!("{one}?fields=id:nothing(1)");
    assert_eq!(anyone.delete(&delete).status, 204);
    assert_eq!(anyone.get(&one).status, 404);
}
