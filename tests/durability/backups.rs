//! Backups that are being made when the server is killed.

use crate::findings::Findings;
use crate::writer::Tally;
use luge_tests::{Persona, Requests, Server};
use serde_json::json;
use std::collections::BTreeSet;

/// Beside the backups it is kept how they went.
const OUTCOMES: &str = ".outcomes.json";

/// Makes backups until a request breaks off; gives the names of those that were acknowledged.
pub(crate) fn work(superuser: &Persona, cycle: u64) -> (Tally, BTreeSet<String>) {
    let (mut tally, mut made) = (Tally::default(), BTreeSet::new());
    for number in 1.. {
        let name = format!("cycle{cycle}_{number}.zip");
        let body = json!({"name": name}).to_string();
        let json = "application/json";
        let answer = superuser.try_send("POST", "/api/backups", json, body.as_bytes());
        let done = answer.ok().map(|answer| answer.status == 204);
        tally.count(done);
        match done {
            Some(true) => drop(made.insert(name)),
            Some(false) => {}
            None => break,
        }
    }
    (tally, made)
}

/// Judges what is listed and what is stored, then removes it; how many were whole.
pub(crate) fn verify(
    server: &Server,
    superuser: &Persona,
    made: &BTreeSet<String>,
) -> (Findings, usize) {
    let list = superuser.get("/api/backups").expect(200);
    let backups = list.as_array().cloned().unwrap_or_default();
    let listed: BTreeSet<String> = (backups.iter())
        .map(|backup| backup["key"].as_str().unwrap_or_default().to_owned())
        .collect();
    let mut wrong: Vec<String> = (made.difference(&listed))
        .map(|name| format!("{name} was made, but is not listed"))
        .collect();
    for name in &listed {
        let verified = server.run(&["backup", "verify", name]);
        let verified = verified.expect("the binary runs");
        if !verified.status.success() {
            wrong.push(format!("{name} is listed, but {verified:?}"));
        }
        superuser
            .delete(&format!("/api/backups/{name}"))
            .expect(204);
    }
    for entry in std::fs::read_dir(server.folder.join("data/backups"))
        .into_iter()
        .flatten()
    {
        let entry = entry.expect("a folder can be read");
        if entry.file_name() == OUTCOMES {
            continue;
        }
        let rest = std::fs::read_dir(entry.path());
        // Unfinished ones are in a folder, which is emptied at the start.
        if rest.is_err() || rest.is_ok_and(|mut rest| rest.next().is_some()) {
            wrong.push(format!("{} is left over", entry.path().display()));
        }
    }
    let findings = Findings {
        backups: wrong,
        ..Findings::default()
    };
    (findings, listed.len())
}
