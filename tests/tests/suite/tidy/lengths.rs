//! Files, functions and lines stay short.

use super::{Violation, assert_clean, rust_sources, source};
use luge_tests::sources::{Source, all};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;
const LINE_COLUMNS: usize = 100;

/// Files that may be longer, each with the length it may not grow past. Shrink, never extend.
const LONGER_FILES: &[(&str, usize)] = &[];

/// Functions that may be longer: (file, function, lines). All are tables of a test's rows.
const LONGER_FUNCTIONS: &[(&str, &str, usize)] = &[];

const CODE: [&str; 7] = [".rs", ".ts", ".tsx", ".svelte", ".js", ".mjs", ".css"];

#[test]
fn files_functions_and_lines_are_short() {
    let code = |source: &Source| CODE.iter().any(|end| source.path.ends_with(end));
    let sources: Vec<Source> = all().into_iter().filter(code).collect();
    assert_clean(&sources.iter().flat_map(long_files).collect::<Vec<_>>());
    assert_clean(&sources.iter().flat_map(long_lines).collect::<Vec<_>>());
    assert_clean(
        &rust_sources()
            .iter()
            .flat_map(long_functions)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn exceptions_that_are_no_longer_needed_are_removed() {
    let sources = rust_sources();
    for (path, lines) in LONGER_FILES {
        let file = sources.iter().find(|source| source.path == *path);
        let length = file.map_or(0, |source| source.text.lines().count());
        assert!(
            length > FILE_LINES && length <= *lines,
            "{path} has {length} lines"
        );
    }
    for (path, name, lines) in LONGER_FUNCTIONS {
        let file = sources.iter().find(|source| source.path == *path);
        let found = file
            .map(|source| functions(&source.text))
            .unwrap_or_default();
        let length = found
            .iter()
            .find(|(found, ..)| found == name)
            .map_or(0, |(.., lines)| *lines);
        assert!(
            length > FUNCTION_LINES && length <= *lines,
            "{path} {name} has {length} lines"
        );
    }
}

#[test]
fn each_length_rule_finds_what_is_too_long() {
    let body = "        x();\n".repeat(FUNCTION_LINES - 1);
    let long = source(
        "a.rs",
        &format!("impl A {{\n    pub fn long() {{\n{body}    }}\n}}\n"),
    );
    assert_eq!(
        long_functions(&long),
        ["a.rs:2: long has 71 lines, over 70"]
    );
    let body = "    x();\n".repeat(FUNCTION_LINES - 2);
    let short = source(
        "a.rs",
        &format!("async fn short(\n) {{\n{body}}}\nfn b() {{}}\n"),
    );
    assert_eq!(functions(&short.text).len(), 2);
    let ends = |lines| long_functions(&source("a.rs", &format!("fn f() {{\n{lines}}}\n"))).len();
    assert_eq!(ends("\n".repeat(FUNCTION_LINES - 2)), 0);
    assert_eq!(ends("\n".repeat(FUNCTION_LINES - 1)), 1);
    assert_eq!(long_files(&source("a.rs", &"x\n".repeat(501))).len(), 1);
    assert_eq!(long_files(&source("a.rs", &"x\n".repeat(500))).len(), 0);
    assert_eq!(long_lines(&source("a.rs", &"ü".repeat(101))).len(), 1);
    assert_eq!(long_lines(&source("a.rs", &"ü".repeat(100))).len(), 0);
}

fn long_files(source: &Source) -> Vec<Violation> {
    let exception = LONGER_FILES.iter().find(|(path, _)| *path == source.path);
    let limit = exception.map_or(FILE_LINES, |(_, lines)| *lines);
    let length = source.text.lines().count();
    let long = length > limit;
    long.then(|| format!("{}: {length} lines, over {limit}", source.path))
        .into_iter()
        .collect()
}

// A text literal that cannot be cut (an SQL index, a link) is the only reason for a longer line.
fn long_lines(source: &Source) -> Vec<Violation> {
    let long = source.text.lines().enumerate().filter(|(_, line)| {
        line.chars().count() > LINE_COLUMNS && !line.contains("CREATE ") && !line.contains("://")
    });
    long.map(|(number, _)| format!("{}:{}: over 100 columns", source.path, number + 1))
        .collect()
}

fn long_functions(source: &Source) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (name, line, length) in functions(&source.text) {
        let exception = LONGER_FUNCTIONS
            .iter()
            .find(|(path, function, _)| *path == source.path && *function == name);
        let limit = exception.map_or(FUNCTION_LINES, |(.., lines)| *lines);
        if length > limit {
            let path = &source.path;
            violations.push(format!(
                "{path}:{line}: {name} has {length} lines, over {limit}"
            ));
        }
    }
    violations
}

/// (name, first line, lines) of each function: from `fn` to the `}` of the same indentation.
fn functions(text: &str) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indentation = &line[..line.len() - line.trim_start().len()];
        let closing = format!("{indentation}}}");
        let is_end = |line: &&str| {
            line.trim_end() == closing
                || line.ends_with(';') && {
                    // A declaration in a trait ends without a body.
                    line.starts_with(indentation) && !line.starts_with(&format!("{indentation} "))
                }
        };
        let one_line = line.ends_with('}') || line.ends_with(';');
        let length = if one_line {
            Some(0)
        } else {
            lines[number + 1..].iter().position(is_end)
        };
        if let Some(length) = length {
            let length = if one_line { 1 } else { length + 2 };
            found.push((name.to_owned(), number + 1, length));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let words = [
        "pub",
        "pub(crate)",
        "pub(super)",
        "async",
        "const",
        "unsafe",
        "extern",
    ];
    let mut rest = line;
    loop {
        let (word, following) = rest.split_once(' ')?;
        if word == "fn" {
            let end = following.find(['(', '<'])?;
            return following.get(..end);
        }
        if !words.contains(&word) {
            return None;
        }
        rest = following;
    }
}
