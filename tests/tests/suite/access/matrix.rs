//! The access matrix: every rule, persona and operation, compared with `matrix.txt` under version
//! control, so that a change of permissions shows up as a difference to review.
//!
//! `UPDATE_MATRIX=1` writes the file anew.

use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};
use std::fmt::Write;

const RULES: [(&str, Option<&str>); 8] = [
    ("locked", None),
    ("everybody", Some("")),
    ("signed in", Some("@request.auth.id != ''")),
    ("owner", Some("owner = @request.auth.id")),
    (
        "signed-in owner",
        Some("@request.auth.id != '' && owner = @request.auth.id"),
    ),
    ("members", Some("@request.auth.collectionName = 'members'")),
    (
        "public or owner",
        Some("public = true || owner = @request.auth.id"),
    ),
    ("nobody", Some("id = ''")),
];

const FILE: &str = "tests/tests/suite/access/matrix.txt";

#[test]
fn the_matrix_is_as_reviewed() {
    let server = Server::start();
    let printed = printed_matrix(&server);
    let path = luge_tests::sources::root().join(FILE);
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(&path, &printed).expect("the matrix can be written");
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    let differences: Vec<String> = printed
        .lines()
        .zip(reviewed.lines().chain(std::iter::repeat("nothing")))
        .filter(|(printed, reviewed)| printed != reviewed)
        .map(|(printed, reviewed)| format!("reviewed {reviewed}\nnow      {printed}"))
        .collect();
    let rows = printed.lines().count();
    assert!(rows > RULES.len() * 6, "only {rows} rows");
    assert_eq!(rows, reviewed.lines().count(), "{}", differences.join("\n"));
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn printed_matrix(server: &Server) -> String {
    let (superuser, anyone) = (server.superuser(), server.anyone());
    for name in ["members", "staff"] {
        superuser.collection(&json!({"name": name, "type": "auth"}));
    }
    let ann = superuser.account("members", "ann@example.com");
    let personas = [
        ("anyone", anyone),
        (
            "broken token",
            ann.with_token(&ann.token().replace('.', ".x")),
        ),
        ("the owner", ann.clone()),
        (
            "another member",
            superuser.account("members", "bob@example.com"),
        ),
        (
            "another collection",
            superuser.account("staff", "sue@example.com"),
        ),
        ("superuser", superuser.clone()),
    ];
    superuser.collection(&json!({"name": "pins", "type": "base", "viewRule": ""}));
    let mut printed = String::new();
    let head = [
        "rule",
        "persona",
        "list",
        "view own",
        "view public",
        "expand",
        "own file",
        "public file",
        "create",
        "update",
        "delete",
        "aggregate",
        "update all",
        "delete all",
    ];
    row(&mut printed, &head.map(str::to_owned));
    for (number, (rule_name, rule)) in RULES.iter().enumerate() {
        let collection = format!("things{number}");
        make_collection(&superuser, &collection, *rule);
        for (persona_name, persona) in &personas {
            let mut cells = vec![(*rule_name).to_owned(), (*persona_name).to_owned()];
            cells.extend(operations(&superuser, persona, &collection, &ann.id));
            row(&mut printed, &cells);
        }
    }
    printed
}

fn make_collection(superuser: &Persona, name: &str, rule: Option<&str>) {
    let mut body = json!({"name": name, "type": "base", "fields": [
        {"name": "owner", "type": "text"}, {"name": "public", "type": "bool"},
        {"name": "file", "type": "file", "protected": true},
    ]});
    for key in [
        "listRule",
        "viewRule",
        "createRule",
        "updateRule",
        "deleteRule",
    ] {
        body[key] = json!(rule);
    }
    let id = superuser.collection(&body)["id"].clone();
    let pins = "/api/collections/pins";
    let mut fields = superuser.get(pins).at("fields");
    let pinned = json!({"name": name, "type": "relation", "collectionId": id, "maxSelect": 2});
    fields.as_array_mut().unwrap().push(pinned);
    superuser
        .patch(pins, &json!({ "fields": fields }))
        .expect(200);
}

/// What the persona gets on a fresh pair of records: one of the owner's own, one public.
fn operations(
    superuser: &Persona,
    persona: &Persona,
    collection: &str,
    owner: &str,
) -> Vec<String> {
    let path = records(collection);
    superuser
        .delete(&format!("/api/collections/{collection}/truncate"))
        .expect(204);
    let make = |body: Value| {
        let id = superuser.record(collection, &body)["id"].clone();
        format!("{path}/{}", id.as_str().unwrap_or_default())
    };
    let own = make(json!({"owner": owner, "public": false}));
    let public = make(json!({"owner": "somebody", "public": true}));
    let ids = [&own, &public].map(|path| path.rsplit('/').next());
    let pin = superuser.record("pins", &json!({ collection: ids }))["id"].clone();
    let list = persona.get(&path);
    let seen = list.at("totalItems");
    let listed = if list.status == 200 {
        format!("200, {seen} of 2")
    } else {
        list.status.to_string()
    };
    let mut cells = vec![listed];
    let created = json!({"owner": persona.id, "public": false});
    let seen_through = expanded(persona, &pin, collection);
    let files = [&own, &public].map(|record| read_file(superuser, persona, record));
    let answers = [
        persona.get(&own),
        persona.get(&public),
        persona.post(&path, &created),
        persona.patch(&own, &json!({"public": false})),
        persona.delete(&own),
    ];
    cells.extend(answers.iter().map(|answer| answer.status.to_string()));
    cells.splice(3..3, [vec![seen_through], files.to_vec()].concat());
    make(json!({"owner": owner, "public": false}));
    cells.extend(of_all(persona, collection));
    cells
}

/// What the persona gets of all records at once: one of the owner's own, one public, and perhaps
/// what it made itself.
fn of_all(persona: &Persona, collection: &str) -> [String; 3] {
    let all = format!("{}?filter=id%21%3D%27%27", records(collection));
    let counted = |answer: luge_tests::Answer, path: &str| match answer.status {
        200 => format!("200, {}", answer.at(path)),
        status => status.to_string(),
    };
    let aggregate = format!("/api/collections/{collection}/aggregate");
    [
        counted(persona.get(&aggregate), "items.0.count"),
        counted(persona.patch(&all, &json!({"public": true})), "count"),
        counted(persona.delete(&all), "count"),
    ]
}

/// What the persona gets of a protected file that the superuser adds to a record.
fn read_file(superuser: &Persona, persona: &Persona, record: &str) -> String {
    let part = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n\
                secret\r\n--XX--\r\n";
    let form = "multipart/form-data; boundary=XX";
    let stored = superuser.send("PATCH", record, form, part.as_bytes());
    let (collection, id) = (stored.text_at("collectionName"), stored.text_at("id"));
    let given = persona.post("/api/files/token", &json!({}));
    let token = match given.status {
        200 => given.text_at("token"),
        _ => String::new(),
    };
    let name = stored.text_at("file");
    let path = format!("/api/files/{collection}/{id}/{name}?token={token}");
    persona.get(&path).status.to_string()
}

/// How many of the two the persona sees through a record that everybody may see.
fn expanded(persona: &Persona, pin: &Value, relation: &str) -> String {
    let id = pin.as_str().unwrap_or_default();
    let path = format!("{}/{id}?expand={relation}", records("pins"));
    let answer = persona.get(&path).expect(200);
    let seen = answer["expand"][relation].as_array().map_or(0, Vec::len);
    format!("{seen} of 2")
}

fn row(printed: &mut String, cells: &[String]) {
    for (number, cell) in cells.iter().enumerate() {
        let width = if number < 3 { 18 } else { 11 };
        write!(printed, "{cell:width$} ").expect("text can be written");
    }
    let length = printed.trim_end().len();
    printed.truncate(length);
    printed.push('\n');
}
