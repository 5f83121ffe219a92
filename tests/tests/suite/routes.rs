//! Every route of the served document, asked by everybody: the answers are in `routes.txt` under
//! version control. A route without a row, or a row without a route, fails.
//!
//! `UPDATE_MATRIX=1` writes the file anew.

use luge_tests::{Requests, Server};
use serde_json::{Value, json};
use std::fmt::Write;

const FILE: &str = "tests/tests/suite/routes.txt";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

#[test]
fn every_route_answers_everybody_as_reviewed() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let member = server.member();
    let broken = member.with_token("not.a.token");
    let document = superuser.get("/api/openapi.json").expect(200);
    let mut printed = format!("{:62}  anyone  broken  member  superuser\n", "route");
    for (method, path) in routes(&document) {
        // What is asked is who gets how far, not what is done.
        let ends = path.ends_with("/auth-logout");
        let changes_all = ends || method == "DELETE" && !path.contains("/records");
        let asked: String = with_names(&path, if changes_all { "none" } else { "members" });
        let statuses =
            [&anyone, &broken, &member, &superuser].map(|persona| persona.status(&method, &asked));
        let [anyone, broken, member, superuser] = statuses;
        let told = &document["paths"][&path][method.to_lowercase()]["x-luge-access"];
        let found = match (anyone, member) {
            (401, 403) => Some("superuser"),
            (401, _) => Some("record"),
            (200..=204, _) => Some("anyone"),
            _ => None,
        };
        assert!(
            found.is_none_or(|found| told == found),
            "{method} {path} is for {found:?}, and the document says {told}"
        );
        writeln!(
            printed,
            "{method:6} {path:55}  {anyone}     {broken}     {member}     {superuser}"
        )
        .expect("text can be written");
    }
    let path = luge_tests::sources::root().join(FILE);
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(&path, &printed).expect("the matrix can be written");
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(printed.lines().count() > 20, "{printed}");
    assert_eq!(
        printed, reviewed,
        "\nnow:\n{printed}\nreviewed:\n{reviewed}"
    );
}

/// The methods and paths of a document, sorted by path.
pub(crate) fn routes(document: &Value) -> Vec<(String, String)> {
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        // What a collection has under its own name, every collection has.
        if item.get("x-luge-collection").is_some() {
            continue;
        }
        for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
            routes.push((method.to_uppercase(), path.clone()));
        }
    }
    routes.sort_by(|first, second| (&first.1, &first.0).cmp(&(&second.1, &second.0)));
    routes
}

/// A path with names in place of its parameters.
pub(crate) fn with_names(path: &str, collection: &str) -> String {
    let segment = |segment: &str| match segment {
        "{collection}" => collection.to_owned(),
        named if named.starts_with('{') => "none".to_owned(),
        plain => plain.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[test]
fn routes_are_read_from_a_document() {
    let document = json!({"paths": {"/b": {"post": {}, "parameters": []}, "/a/{x}": {"get": {}}}});
    let found = routes(&document);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], ("GET".to_owned(), "/a/{x}".to_owned()));
    assert_eq!(
        with_names("/c/{collection}/r/{id}", "members"),
        "/c/members/r/none"
    );
}
