//! `~`: SQLite's LIKE with `\` as escape, without regard to the case of ASCII letters only.
//!
//! Matching takes at most pattern × text steps, whatever the pattern.

use super::needle::Needle;

/// A pattern that is ready to be matched.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// `%needle%`
    Contains(Needle),
    /// Anything else.
    Parts(Vec<Part>),
}

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    /// `%`
    Any,
    /// `_`
    One,
    /// A character; ASCII letters in lower case.
    Literal(char),
}

impl Pattern {
    /// The pattern of a constant: used as it is when it has a `%` that is not escaped, otherwise
    /// searched for anywhere.
    pub(super) fn of_constant(text: &str) -> Self {
        if has_wildcard(text) {
            return Self::of_parts(parts(text));
        }
        Self::Contains(Needle::new(&unescaped(text)))
    }

    /// The pattern `'%' || value || '%'` of a value that is not constant.
    pub(super) fn of_value(text: &str) -> Self {
        let mut all = vec![Part::Any];
        // An escape at the end swallows the closing `%`.
        all.extend(parts(&format!("{text}%")));
        Self::of_parts(all)
    }

    /// The result of a function: used as it is.
    pub(super) fn of_result(text: &str) -> Self {
        Self::of_parts(parts(text))
    }

    fn of_parts(parts: Vec<Part>) -> Self {
        let literals = parts
            .strip_prefix(&[Part::Any])
            .and_then(|rest| rest.strip_suffix(&[Part::Any]))
            .and_then(|middle| {
                middle
                    .iter()
                    .map(|part| part.literal())
                    .collect::<Option<String>>()
            });
        match literals {
            Some(needle) => Self::Contains(Needle::new(&needle)),
            None => Self::Parts(parts),
        }
    }

    /// How every text begins that matches, ASCII letters in lower case.
    pub(super) fn beginning(&self) -> Option<String> {
        let Self::Parts(parts) = self else {
            return None;
        };
        let literals = parts.iter().map_while(|part| part.literal());
        let beginning: String = literals.collect();
        (!beginning.is_empty()).then_some(beginning)
    }

    /// The longest run of ASCII letters and digits that is in every text that matches, letters in
    /// lower case.
    pub(super) fn run(&self) -> Option<String> {
        let literals: String = match self {
            Self::Contains(needle) => needle.runs(),
            // What stands for something else parts runs.
            Self::Parts(parts) => parts
                .iter()
                .map(|part| part.literal().unwrap_or(' '))
                .collect(),
        };
        let runs = literals.split(|letter: char| !letter.is_ascii_alphanumeric());
        let longest = runs.max_by_key(|run| run.len()).unwrap_or_default();
        (!longest.is_empty()).then(|| longest.to_ascii_lowercase())
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Contains(needle) => needle.is_in(text.as_bytes()),
            Self::Parts(parts) => matches_parts(parts, text),
        }
    }
}

impl Part {
    fn literal(self) -> Option<char> {
        match self {
            Self::Literal(character) => Some(character),
            Self::Any | Self::One => None,
        }
    }

    fn admits(self, found: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Literal(wanted) => found.to_ascii_lowercase() == wanted,
        }
    }
}

fn has_wildcard(text: &str) -> bool {
    let mut escaped = false;
    for character in text.chars() {
        if character == '%' && !escaped {
            return true;
        }
        escaped = character == '\\' && !escaped;
    }
    false
}

/// What a constant without wildcards searches for: `\%`, `\_` and `\\` stand for their second
/// character, a backslash before anything else for itself.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = match character {
            '\\' => characters.next_if(|next| matches!(next, '%' | '_' | '\\')),
            _ => None,
        };
        plain.push(escaped.unwrap_or(character));
    }
    plain
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let part = match character {
            '%' if parts.last() == Some(&Part::Any) => continue,
            '%' => Part::Any,
            '_' => Part::One,
            '\\' => match characters.next() {
                Some(escaped) => Part::Literal(escaped.to_ascii_lowercase()),
                None => continue,
            },
            literal => Part::Literal(literal.to_ascii_lowercase()),
        };
        parts.push(part);
    }
    parts
}

/// Goes back only to the last `%`: an earlier one can always keep what it matched.
fn matches_parts(parts: &[Part], text: &str) -> bool {
    let (mut parts, mut text) = (parts, text.chars());
    let mut retry = None;
    loop {
        if let Some((Part::Any, rest)) = parts.split_first() {
            parts = rest;
            retry = Some((parts, text.clone()));
            continue;
        }
        let mut ahead = text.clone();
        match (parts.split_first(), ahead.next()) {
            (None, None) => return true,
            (Some((part, rest)), Some(found)) if part.admits(found) => {
                parts = rest;
                text = ahead;
            }
            _ => {
                let Some((resume, from)) = &mut retry else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                parts = resume;
                text = from.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_is_in_all_that_matches() {
        for (pattern, run) in [
            ("abc", Some("abc")),
            ("ab CDE f", Some("cde")),
            ("a1b2-c", Some("a1b2")),
            ("%ab_cde%f%", Some("cde")),
            (r"ab\%cd\_efg", Some("efg")),
            (r"ab\cd%", Some("abcd")),
            ("é", None),
            ("naïve", Some("ve")),
            ("", None),
            ("%_%", None),
        ] {
            assert_eq!(
                Pattern::of_constant(pattern).run().as_deref(),
                run,
                "{pattern}"
            );
        }
        assert_eq!(Pattern::of_value("a_bc").run().as_deref(), Some("bc"));
    }

    #[test]
    fn constants_are_searched_for_unless_they_have_a_wildcard() {
        for (pattern, text, holds) in [
            ("b", "abc", true),
            ("B", "abc", true),
            ("", "abc", true),
            ("", "", true),
            ("x", "abc", false),
            ("abcd", "abc", false),
            ("a", "", false),
            ("h_llo", "hello", false),
            ("h_llo", "h_llo", true),
            ("h_llo%", "hello world", true),
            ("h_llo%", "a hello", false),
            ("a%", "abc", true),
            ("a%", "bac", false),
            ("%c", "abc", true),
            ("%c", "abcd", false),
            ("a%c", "abc", true),
            ("a%c", "ac", true),
            ("a%c", "acb", false),
            ("%a%b%", "xxaxxbxx", true),
            ("%a%b%", "xxbxxaxx", false),
            ("\\%", "50% off", true),
            ("\\%", "50 off", false),
            ("50\\%%", "50% off", true),
            ("50\\%%", "500 off", false),
            ("\\\\", "a\\b", true),
            ("\\\\", "ab", false),
            ("a\\b", "a\\b", true),
            ("a\\b", "ab", false),
            ("ä", "Ä", false),
            ("ä", "ä", true),
            ("Ö", "ÄÖ", true),
            ("_%", "", false),
            ("_%", "ä", true),
            ("%__%", "ä", false),
            ("%", "", true),
            ("%aab", "aaab", true),
            ("%aab", "aaabb", false),
        ] {
            assert_eq!(
                Pattern::of_constant(pattern).matches(text),
                holds,
                "{text:?} ~ {pattern:?}"
            );
        }
    }

    #[test]
    fn values_keep_their_wildcards() {
        for (pattern, text, holds) in [
            ("b", "abc", true),
            ("", "abc", true),
            ("a_c", "xabcx", true),
            ("a%c", "xa--cx", true),
            ("\\", "a%", true),
            ("\\", "a", false),
            ("z", "abc", false),
        ] {
            assert_eq!(
                Pattern::of_value(pattern).matches(text),
                holds,
                "{text:?} ~ {pattern:?}"
            );
        }
    }

    #[test]
    fn many_wildcards_take_no_longer() {
        let pattern = Pattern::of_constant(&"%a".repeat(200));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(5_000))));
    }
}
