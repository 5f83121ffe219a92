//! Which crate and which module of `engine` may use which.

use super::{Violation, assert_clean, rust_sources, source, without_tests};
use luge_tests::sources::{Source, all};
use std::collections::HashMap;

/// Crates of the workspace and what they may depend on among themselves.
const CRATES: &[(&str, &[&str])] = &[
    ("server/model/Cargo.toml", &[]),
    ("server/engine/Cargo.toml", &["luge-model"]),
    ("server/Cargo.toml", &["luge-engine", "luge-model"]),
    ("tests/Cargo.toml", &[]),
    ("tests/fuzz/Cargo.toml", &["luge-model", "luge-tests"]),
    ("packaging/xtask/Cargo.toml", &[]),
];

/// Dependencies that belong to other crates only.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "server/model/Cargo.toml",
        &[
            "tokio",
            "sled",
            "fjall",
            "poem",
            "getrandom",
            "ureq",
            "rand",
        ],
    ),
    (
        "server/engine/Cargo.toml",
        &["poem", "poem-openapi", "clap", "ureq", "reqwest", "lettre"],
    ),
    (
        "server/Cargo.toml",
        &["sled", "fjall", "tantivy", "argon2", "bcrypt"],
    ),
];

/// Ranks inside `engine`, lowest first: a module uses modules of lower rank only.
const RANKS: &[&[&str]] = &[
    &["store", "clock", "random", "context", "error", "outside"],
    &["commit", "changes", "index"],
    &[
        "catalog",
        "settings",
        "secrets",
        "mirror",
        "metric_history",
        "belongings",
    ],
    &["access", "search", "files", "request_log", "outbox"],
    &["query", "survey"],
    &["records", "aggregate", "identity", "mail"],
    &["realtime"],
    &["auth", "webhooks", "backup"],
    &["engine"],
    &["jobs", "transfer"],
];

/// Inside one rank these may use each other; the rest of a rank may not.
const SAME_RANK: &[(&str, &str)] = &[
    ("context", "clock"),
    ("context", "random"),
    ("context", "error"),
    ("store", "error"),
    ("error", "store"),
    ("commit", "changes"),
    ("index", "commit"),
    ("catalog", "secrets"),
    ("settings", "secrets"),
    ("catalog", "settings"),
    ("records", "aggregate"),
    ("records", "identity"),
    ("records", "mail"),
];

#[test]
fn crates_depend_downwards_only() {
    let sources = all();
    let manifests: Vec<&Source> = sources
        .iter()
        .filter(|source| source.path.ends_with("Cargo.toml"))
        .collect();
    assert_eq!(
        manifests.len(),
        CRATES.len() + 1,
        "a crate is missing in the table of this test"
    );
    assert_clean(
        &manifests
            .into_iter()
            .flat_map(wrong_dependencies)
            .collect::<Vec<_>>(),
    );
    let bad = source(
        "server/model/Cargo.toml",
        "[dependencies]\nluge-engine.workspace = true\n",
    );
    assert_eq!(wrong_dependencies(&bad).len(), 1);
    let bad = source("server/Cargo.toml", "[dependencies]\nsled = \"0.34\"\n");
    assert_eq!(wrong_dependencies(&bad).len(), 1);
    let bad = source("server/extra/Cargo.toml", "[dependencies]\n");
    assert_eq!(wrong_dependencies(&bad).len(), 1);
}

fn wrong_dependencies(manifest: &Source) -> Vec<Violation> {
    if manifest.path == "Cargo.toml" {
        return Vec::new();
    }
    let Some((_, allowed)) = CRATES.iter().find(|(path, _)| *path == manifest.path) else {
        return vec![format!(
            "{}: a crate that the table does not know",
            manifest.path
        )];
    };
    let forbidden = FORBIDDEN.iter().find(|(path, _)| *path == manifest.path);
    let forbidden = forbidden.map_or(&[][..], |(_, names)| names);
    let wrong = |name: &&str| {
        name.starts_with("luge") && !allowed.contains(name) || forbidden.contains(name)
    };
    let names = dependencies(&manifest.text);
    let wrong = names.into_iter().filter(wrong);
    wrong
        .map(|name| format!("{}: may not depend on {name}", manifest.path))
        .collect()
}

fn dependencies(manifest: &str) -> Vec<&str> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            names.extend((!name.is_empty()).then_some(name));
        }
    }
    names
}

#[test]
fn engine_modules_use_lower_ranks_only() {
    let sources = rust_sources();
    let engine = engine_modules(&sources);
    assert!(engine.len() > 10, "the engine's modules were not found");
    let known: Vec<&str> = RANKS.iter().flat_map(|rank| rank.iter().copied()).collect();
    for module in engine.keys() {
        assert!(
            known.contains(module),
            "engine::{module} has no rank in the table of this test"
        );
    }
    assert_clean(&sources.iter().flat_map(rank_violations).collect::<Vec<_>>());
    let bad = |path: &str, text: &str| rank_violations(&source(path, text)).len();
    assert_eq!(
        bad(
            "server/engine/src/store/key.rs",
            "use crate::commit::Committer;\n"
        ),
        1
    );
    assert_eq!(
        bad(
            "server/engine/src/commit.rs",
            "fn f() { crate::records::x(); }\n"
        ),
        1
    );
    assert_eq!(
        bad(
            "server/engine/src/query/mod.rs",
            "use crate::{clock::A,\n    auth::B};\n"
        ),
        1
    );
    assert_eq!(
        bad(
            "server/engine/src/clock.rs",
            "use crate::context::Context;\n"
        ),
        1
    );
    assert_eq!(
        bad(
            "server/engine/src/auth/mod.rs",
            "use crate::{query, store::key};\n"
        ),
        0
    );
    assert_eq!(
        bad(
            "server/engine/src/clock.rs",
            "// like crate::engine::Engine\n"
        ),
        0
    );
}

#[test]
fn engine_modules_never_use_each_other_both_ways() {
    let sources = rust_sources();
    assert_eq!(two_way_pairs(&sources), [""; 0]);
    let bad = [
        source("server/engine/src/commit.rs", "use crate::changes::A;\n"),
        source("server/engine/src/changes.rs", "use crate::commit::B;\n"),
    ];
    assert_eq!(two_way_pairs(&bad), ["changes <-> commit"]);
}

fn two_way_pairs(sources: &[Source]) -> Vec<String> {
    let modules = engine_modules(sources);
    let uses = |from: &str, to: &str| {
        modules
            .get(from)
            .is_some_and(|files| files.iter().any(|text| used(text).contains(&to)))
    };
    let names: Vec<&str> = modules.keys().copied().collect();
    let mut pairs: Vec<String> = Vec::new();
    for first in &names {
        for second in names.iter().filter(|second| first < *second) {
            if uses(first, second) && uses(second, first) {
                pairs.push(format!("{first} <-> {second}"));
            }
        }
    }
    pairs.sort();
    pairs
}

fn engine_modules(sources: &[Source]) -> HashMap<&str, Vec<&str>> {
    let mut modules: HashMap<&str, Vec<&str>> = HashMap::new();
    for source in sources {
        if let Some(module) = engine_module(&source.path) {
            modules
                .entry(module)
                .or_default()
                .push(without_tests(&source.text));
        }
    }
    modules
}

/// The top-level module of `engine` that a file belongs to; tests may use everything.
fn engine_module(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("server/engine/src/")?;
    if rest.ends_with("/tests.rs") || rest.contains("/tests/") {
        return None;
    }
    let module = rest.split(['/', '.']).next()?;
    (module != "lib").then_some(module)
}

fn rank_violations(source: &Source) -> Vec<Violation> {
    let Some(module) = engine_module(&source.path) else {
        return Vec::new();
    };
    let rank = |name: &str| RANKS.iter().position(|rank| rank.contains(&name));
    let allowed = |used: &&str| {
        *used == module
            || SAME_RANK.contains(&(module, used))
            || rank(used).is_none()
            || rank(used) < rank(module)
    };
    let wrong = used(without_tests(&source.text))
        .into_iter()
        .filter(|used| !allowed(used));
    wrong
        .map(|used| format!("{}: {module} may not use {used}", source.path))
        .collect()
}

/// The top-level modules that `crate::…` names, in paths and in braced lists.
fn used(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    for (number, line) in lines.iter().enumerate() {
        for (at, found) in line.match_indices("crate::") {
            let rest = &line[at + found.len()..];
            if let Some(list) = rest.strip_prefix('{') {
                names.extend(listed(list, &lines[number + 1..]));
            } else {
                names.push(word(rest));
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn listed<'a>(first: &'a str, following: &[&'a str]) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut depth = 1;
    for line in std::iter::once(first).chain(following.iter().copied()) {
        let mut fresh = true;
        for (at, letter) in line.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => fresh = true,
                _ if fresh && !letter.is_whitespace() && depth == 1 => {
                    names.push(word(&line[at..]));
                    fresh = false;
                }
                _ => {}
            }
            if depth == 0 {
                return names;
            }
        }
    }
    names
}

fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    end.map_or(text, |end| &text[..end])
}
