//! Every route of the served document, asked by machines: the answers are in `key_routes.txt` under
//! version control, beside those of `routes.txt`. A route without a row, or a row without a route,
//! fails.
//!
//! `UPDATE_MATRIX=1` writes the file anew.

use std::fmt::Write;

use luge_tests::Requests;
use serde_json::json;

use super::{scope, world};
use crate::routes::{routes, with_names};

const FILE: &str = "tests/tests/suite/machines/key_routes.txt";

#[test]
fn every_route_answers_machines_as_reviewed() {
    let Some(world) = world() else { return };
    let reads = json!([scope(&["*"], &["list", "view"])]);
    let personas = [
        world.machine(&world.ann, &reads),
        world.machine(&world.ann, &json!("*")),
        world.machine(&world.superuser, &reads),
        world.machine(&world.superuser, &json!("*")),
    ];
    let document = world.superuser.get("/api/openapi.json").expect(200);
    let mut printed = format!(
        "{:62}  reads   all     superuser reads  superuser all\n",
        "route"
    );
    for (method, path) in routes(&document) {
        // What is asked is who gets how far, not what is done.
        let asked = with_names(
            &path,
            if method == "DELETE" {
                "none"
            } else {
                "members"
            },
        );
        let [reads, all, limited, admin] = &personas;
        let statuses = [reads, all, limited, admin].map(|one| one.status(&method, &asked));
        let [reads, all, limited, admin] = statuses;
        writeln!(
            printed,
            "{method:6} {path:55}  {reads}     {all}     {limited}              {admin}"
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
