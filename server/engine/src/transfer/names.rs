//! Names of columns made legal as names of fields.

use std::collections::HashSet;

use luge_model::limits::FIELD_NAME_CHARS_MAX;

/// Names that a field may not have, or that would be taken for the record's id.
const RESERVED: &[&str] = &[
    "null",
    "true",
    "false",
    "_rowid_",
    "expand",
    "collectionid",
    "collectionname",
    "id",
];

/// The names of a header, made unique; a nameless column gets its number.
pub(super) fn unique_sources<'a>(header: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let name = |(index, name): (usize, &str)| {
        let name = match name.trim() {
            "" => format!("column {}", index + 1),
            name => name.to_owned(),
        };
        let unique = first_free(&name, " ", |candidate| !taken.contains(candidate));
        taken.insert(unique.clone());
        unique
    };
    header.enumerate().map(name).collect()
}

/// A legal name for a field, unlike every name in `taken` (in lower case), which it joins.
pub(super) fn legal(source: &str, taken: &mut HashSet<String>) -> String {
    let mut name = String::new();
    for letter in source.chars() {
        let letter = if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        };
        if letter != '_' || !name.ends_with('_') {
            name.push(letter);
        }
    }
    let name = name.trim_matches('_');
    let name = if name.is_empty() { "field" } else { name };
    let mut name: String = name.chars().take(FIELD_NAME_CHARS_MAX - 10).collect();
    while let Some(at) = name.to_ascii_lowercase().find("_via_") {
        name.replace_range(at..at + 1, "");
    }
    if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        name.insert_str(0, "source_");
    }
    let free = |candidate: &str| !taken.contains(&candidate.to_ascii_lowercase());
    let unique = first_free(&name, "_", free);
    taken.insert(unique.to_ascii_lowercase());
    unique
}

fn first_free(name: &str, separator: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u32..).map(|number| format!("{name}{separator}{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|candidate| is_free(candidate))
        .unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_legal() {
        for (source, expected) in [
            ("Title", "Title"),
            ("US Gross", "US_Gross"),
            ("Running Time (min)", "Running_Time_min"),
            ("_a", "a"),
            ("größe", "gr_e"),
            ("日本", "field"),
            ("", "field"),
            ("a_via_b", "avia_b"),
            ("NULL", "source_NULL"),
            ("ID", "source_ID"),
            ("collectionId", "source_collectionId"),
        ] {
            assert_eq!(legal(source, &mut HashSet::new()), expected, "{source}");
        }
        let long = legal(&"x".repeat(500), &mut HashSet::new());
        assert!(long.len() <= FIELD_NAME_CHARS_MAX);
    }

    #[test]
    fn names_become_unique_without_regard_to_case() {
        let mut taken = HashSet::new();
        let names: Vec<_> = ["a b", "A_b", "a-b", "a_b_2"]
            .iter()
            .map(|source| legal(source, &mut taken))
            .collect();
        assert_eq!(names, ["a_b", "A_b_2", "a_b_3", "a_b_2_2"]);
    }

    #[test]
    fn header_names_become_unique() {
        let sources = unique_sources(["a", "a", " ", "a 2", "b "].into_iter());
        assert_eq!(sources, ["a", "a 2", "column 3", "a 2 2", "b"]);
    }
}
