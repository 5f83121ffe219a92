//! The files of records after a restart: each that is named is there byte for byte, and soon there
//! are no others.

use crate::documents::{Begun, DOCUMENTS, content};
use crate::findings::Findings;
use crate::oracle::{Oracle, Row};
use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// The server looks for orphans about once a second.
const SWEPT_WITHIN: Duration = Duration::from_secs(20);

/// The paths of all files below a folder; none where it is not there.
pub(crate) fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // A file may go while the folder is read.
    match walk(folder, "", &mut found) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            panic!("{}: {error}", folder.display())
        }
        _ => found,
    }
}

/// How many files are stored, also those that nobody names.
pub(crate) fn count(server: &Server) -> usize {
    files(&server.folder.join("data/storage")).len()
}

/// Judges records, files and uploads, then takes what was found as the truth of the next cycle.
pub(crate) fn verify(
    server: &Server,
    superuser: &Persona,
    oracle: &mut Oracle,
    begun: &[Begun],
) -> Findings {
    let (found, names) = listed(superuser);
    let (lost, half) = oracle.compare(&found);
    let mut findings = Findings {
        lost,
        half,
        ..Findings::default()
    };
    for (id, row) in &found {
        let path = format!("/api/files/{DOCUMENTS}/{id}/{}", names[id]);
        let answer = superuser.get(&path);
        if answer.status != 200 || answer.bytes != content(row.amount) {
            let (status, length) = (answer.status, answer.bytes.len());
            let problem = format!("{path}, of {row:?}: {status} with {length} bytes");
            findings.files.push(problem);
        }
    }
    for begun in begun {
        findings.files.extend(broken_off(superuser, begun, &found));
    }
    findings.orphans = orphans(server, superuser, &names);
    let checked = server.run(&["check"]).expect("the binary runs");
    if !checked.status.success() {
        findings.half.push(format!("`luge check`: {checked:?}"));
    }
    oracle.settle(found);
    findings
}

/// The records, and the names of their files.
fn listed(superuser: &Persona) -> (HashMap<String, Row>, HashMap<String, String>) {
    let path = format!("{}?perPage=1000", records(DOCUMENTS));
    let list = superuser.get(&path).expect(200);
    let items = list["items"].as_array().cloned().unwrap_or_default();
    assert_eq!(list["totalItems"], items.len(), "one page has all of them");
    let (mut found, mut names) = (HashMap::new(), HashMap::new());
    for item in &items {
        let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
        let row = Row {
            slot: text("title"),
            amount: item["amount"].as_f64().unwrap_or_default() as u64,
        };
        found.insert(text("id"), row);
        names.insert(text("id"), text("file"));
    }
    (found, names)
}

/// An upload that broke off has what was acknowledged of it, or was taken; it is ended.
fn broken_off(superuser: &Persona, begun: &Begun, found: &HashMap<String, Row>) -> Option<String> {
    let pieces = superuser.with_header("Tus-Resumable", "1.0.0");
    let answer = pieces.send("HEAD", &begun.path, "", b"");
    let offset = answer.header("upload-offset");
    let offset = offset.and_then(|offset| offset.parse::<usize>().ok());
    let taker = begun.taker.as_ref();
    let taken = taker.is_some_and(|taker| found.contains_key(taker));
    let right = match offset {
        Some(offset) => !taken && offset >= begun.arrived,
        None => taken && answer.status == 404,
    };
    if offset.is_some() {
        pieces.delete(&begun.path).expect(204);
    }
    (!right).then(|| format!("{begun:?}, taken: {taken}, but {answer}, offset {offset:?}"))
}

/// What is stored and not named, once the server had time to remove it.
fn orphans(server: &Server, superuser: &Persona, names: &HashMap<String, String>) -> Vec<String> {
    let definition = superuser.get(&format!("/api/collections/{DOCUMENTS}"));
    let storage = server.folder.join("data/storage");
    let folder = storage.join(definition.text_at("id"));
    let named: BTreeSet<String> = (names.iter())
        .map(|(id, name)| format!("{id}/{name}"))
        .collect();
    let deadline = Instant::now() + SWEPT_WITHIN;
    loop {
        let mut left = files(&folder);
        // What was received before the kill is given up at the start.
        left.extend(files(&storage.join(".uploads")));
        let left: Vec<String> = left.difference(&named).cloned().collect();
        if left.is_empty() || Instant::now() > deadline {
            return left;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The paths of all files below a folder.
fn walk(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{prefix}{name}/"), found)?;
        } else {
            found.insert(format!("{prefix}{name}"));
        }
    }
    Ok(())
}
