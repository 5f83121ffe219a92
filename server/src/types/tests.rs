//! Every language writes the same file of the same definitions, down to the byte: the files are in
//! `golden`, where the tests of the workspace compile the Rust. `UPDATE_TYPES=1` writes them anew.

use std::path::Path;
use std::sync::Arc;

use luge_model::collection::{Collection, Collections, Submission, Surroundings};
use luge_model::timestamp::Timestamp;
use serde_json::Value as Json;

use super::*;

/// Collections that are made one after another, so that relations find their targets.
#[derive(Default)]
struct Made(Vec<Arc<Collection>>);

impl Collections for Made {
    fn find(&self, name_or_id: &str) -> Option<&Arc<Collection>> {
        let is = |one: &&Arc<Collection>| one.id == name_or_id || one.name == name_or_id;
        self.0.iter().find(is)
    }
}

fn made(definitions: &str) -> Vec<Arc<Collection>> {
    let definitions: Vec<Json> = serde_json::from_str(definitions).unwrap();
    let mut made = Made::default();
    for definition in &definitions {
        let surroundings = Surroundings {
            collections: &made,
            all: &made.0,
        };
        let submission = Submission {
            body: definition.as_object().unwrap(),
            before: None,
            surroundings,
            now: Timestamp(1_790_000_000_000),
            draw: &mut |length| "s".repeat(length),
        };
        let draft = submission.read().unwrap();
        let collection = draft.check(None, surroundings).unwrap();
        made.0.push(Arc::new(collection));
    }
    made.0
}

fn golden(language: &Language) -> String {
    let endings = [
        ("ts", "ts"),
        ("json-schema", "json"),
        ("dart", "dart"),
        ("python", "py"),
        ("rust", "rs.txt"),
    ];
    let ending = endings.iter().find(|(name, _)| *name == language.name);
    format!("golden/records.{}", ending.unwrap().1)
}

#[test]
fn every_language_writes_what_was_reviewed() {
    let collections = made(include_str!("golden/definitions.json"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/types");
    for language in LANGUAGES {
        let written = language.written(&collections, false);
        let path = folder.join(golden(language));
        if std::env::var_os("UPDATE_TYPES").is_some() {
            std::fs::write(&path, &written).unwrap();
        }
        let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == reviewed, "{} is another", path.display());
    }
}

#[test]
fn everything_is_written_where_it_is_asked_for() {
    let collections = made(include_str!("golden/definitions.json"));
    for language in LANGUAGES {
        let text = language.written(&collections, false);
        assert!(!text.contains("tokenKey"), "{}", language.name);
        assert!(!text.contains("a secret"), "{}", language.name);
        let all = language.written(&collections, true);
        assert!(all.contains("tokenKey"), "{}", language.name);
    }
}
