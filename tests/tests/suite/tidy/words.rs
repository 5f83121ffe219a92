//! Names that hide what is inside, machine paths, registry hosts, and notes to oneself.

use super::{Violation, assert_clean, source};
use luge_tests::sources::{Source, all};

const BANNED_ROOMS: [&str; 7] = [
    "util", "utils", "common", "helper", "helpers", "misc", "stuff",
];

/// Pieces of this list are joined at run time, so that this file does not contain them.
const BANNED_WORDS: [(&str, &str); 14] = [
    ("/work", "/"),
    ("/root", "/"),
    ("/tmp/", "luge"),
    ("/home", "/"),
    ("TO", "DO"),
    ("FIX", "ME"),
    ("XX", "X"),
    ("registry.npm", "js.org"),
    ("static.crates", ".io"),
    ("index.crates", ".io"),
    ("files.python", "hosted.org"),
    ("pypi", ".org/simple"),
    ("todo", "!("),
    ("unimplemented", "!("),
];

const LOCK_FILES: [&str; 2] = ["Cargo.lock", "package-lock.json"];

#[test]
fn rooms_are_named_for_what_is_in_them() {
    assert_clean(&all().iter().filter_map(banned_room).collect::<Vec<_>>());
    for bad in [
        "server/src/util.rs",
        "sdk/src/helpers/a.ts",
        "tests/common/mod.rs",
    ] {
        assert!(
            banned_room(&source(bad, "")).is_some(),
            "{bad} was let through"
        );
    }
    assert_eq!(banned_room(&source("server/src/utility_room.rs", "")), None);
}

fn banned_room(source: &Source) -> Option<Violation> {
    let mut parts = source
        .path
        .split('/')
        .map(|part| part.split('.').next().unwrap_or(part));
    let banned = parts.find(|part| BANNED_ROOMS.contains(part))?;
    Some(format!("{}: name {banned} for what is in it", source.path))
}

#[test]
fn no_machine_paths_registry_hosts_or_notes_to_oneself() {
    assert_clean(&all().iter().flat_map(banned_words).collect::<Vec<_>>());
    for (start, end) in BANNED_WORDS {
        let text = format!("a line\nand {start}{end} in another\n");
        let found = banned_words(&source("a.md", &text));
        assert_eq!(found, [format!("a.md:2: {start}{end}")]);
    }
    let inside = format!("A{}{}B", "XX", "X");
    assert!(banned_words(&source("a.md", &inside)).is_empty());
    let relative = format!("screens{}{}a", "/home", "/");
    assert!(banned_words(&source("a.md", &relative)).is_empty());
    let host = format!("https://{}{}", "registry.npm", "js.org");
    assert!(banned_words(&source("sdk/package-lock.json", &host)).is_empty());
}

fn banned_words(source: &Source) -> Vec<Violation> {
    let name = source.path.rsplit('/').next().unwrap_or_default();
    if LOCK_FILES.contains(&name) {
        return Vec::new();
    }
    let mut violations = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        let words = BANNED_WORDS.map(|(start, end)| format!("{start}{end}"));
        for word in words.iter().filter(|word| has_word(line, word)) {
            violations.push(format!("{}:{}: {word}", source.path, number + 1));
        }
    }
    violations
}

/// Whether the word stands in the line, not inside a longer word.
fn has_word(line: &str, word: &str) -> bool {
    let letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    line.match_indices(word).any(|(at, _)| {
        let whole = word.chars().all(char::is_alphabetic);
        let before = line[..at].chars().next_back();
        let inside = letter(before) || letter(line[at + word.len()..].chars().next());
        // `screens/home/` is a folder of ours, not one of a machine.
        let relative = word.starts_with('/') && letter(before);
        !(whole && inside || relative)
    })
}

#[test]
fn modules_say_what_they_are_for() {
    let rust = all()
        .into_iter()
        .filter(|source| source.path.ends_with(".rs"));
    assert_clean(
        &rust
            .filter_map(|source| without_header(&source))
            .collect::<Vec<_>>(),
    );
    assert!(without_header(&source("a.rs", "use std::io;\n")).is_some());
    assert!(without_header(&source("a.rs", "//! x\n")).is_some());
    assert_eq!(without_header(&source("a.rs", "//! What it does.\n")), None);
}

fn without_header(source: &Source) -> Option<Violation> {
    let said = source
        .text
        .strip_prefix("//! ")
        .is_some_and(|rest| rest.find('\n') > Some(5));
    (!said).then(|| format!("{}: begins without a module header", source.path))
}
