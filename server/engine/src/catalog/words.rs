//! The words of a text that cannot be resolved: what could be a name in it.

/// What double quotes stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Around a text, as in a rule.
    AreTexts,
    /// Around a name, as in SQL.
    AreNames,
}

/// Runs of letters, digits and underscores outside of quoted texts and comments, with their 1-based
/// positions in characters. A back relation (`a_via_b`) gives both of its names.
pub(super) fn words(text: &str, quotes: Quotes) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut position = 1;
    while let Some(first) = rest.chars().next() {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = if is_word(first) {
            let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            add(&mut found, rest.get(..length).unwrap_or_default(), position);
            length
        } else {
            skipped(rest, first, quotes)
        };
        let (passed, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        position += passed.chars().count();
        rest = behind;
    }
    found
}

fn add<'a>(found: &mut Vec<(usize, &'a str)>, word: &'a str, position: usize) {
    match word.rsplit_once("_via_") {
        Some((collection, field)) => {
            let behind = position + collection.chars().count() + "_via_".len();
            found.push((position, collection));
            found.push((behind, field));
        }
        None => found.push((position, word)),
    }
}

/// The bytes of a quoted text, a comment, or one character.
fn skipped(rest: &str, first: char, quotes: Quotes) -> usize {
    let one = first.len_utf8();
    let until = |end: &str| {
        let behind = rest.get(one..).unwrap_or_default();
        behind
            .find(end)
            .map_or(rest.len(), |at| one + at + end.len())
    };
    match quotes {
        _ if first == '\'' => until("'"),
        Quotes::AreTexts if first == '"' => until("\""),
        Quotes::AreTexts if rest.starts_with("//") => until("\n"),
        Quotes::AreNames if rest.starts_with("--") => until("\n"),
        Quotes::AreNames if rest.starts_with("/*") => until("*/"),
        Quotes::AreTexts | Quotes::AreNames => one,
    }
}

#[cfg(test)]
mod tests {
    use super::{Quotes, words};

    /// A text and the words in it.
    type Row = (&'static str, Quotes, &'static [(usize, &'static str)]);

    #[test]
    fn words_are_found_outside_of_texts_and_comments() {
        let table: &[Row] = &[
            ("", Quotes::AreNames, &[]),
            ("'a' \"b\"", Quotes::AreTexts, &[]),
            ("'it''s' x", Quotes::AreNames, &[(9, "x")]),
            ("'open", Quotes::AreNames, &[]),
            ("a // b", Quotes::AreTexts, &[(1, "a")]),
            ("a -- b\nc", Quotes::AreNames, &[(1, "a"), (8, "c")]),
            ("/* a */ b", Quotes::AreNames, &[(9, "b")]),
            ("`a`.\"b\"", Quotes::AreNames, &[(2, "a"), (6, "b")]),
            (
                "é.x_via_y.z",
                Quotes::AreTexts,
                &[(1, "é"), (3, "x"), (9, "y"), (11, "z")],
            ),
        ];
        for (text, quotes, expected) in table {
            assert_eq!(words(text, *quotes), *expected, "{text}");
        }
    }
}
