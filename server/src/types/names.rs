//! Names in other languages: made of words, never twice the same.

use std::collections::HashSet;

use luge_model::collection::Member;
use luge_model::field::Modifier;
use luge_model::field::shape::Form;

/// Names that are taken in one scope.
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// A scope in which these cannot be names.
    pub(super) fn without(reserved: &[&str]) -> Self {
        Self {
            taken: reserved.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// The name, or where it is taken, the first of `name2`, `name3` … that is not.
    pub(super) fn claim(&mut self, wanted: String) -> String {
        if self.taken.insert(wanted.clone()) {
            return wanted;
        }
        let mut number = 2_u32;
        loop {
            let name = format!("{wanted}{number}");
            if self.taken.insert(name.clone()) {
                return name;
            }
            number = number.saturating_add(1);
        }
    }
}

/// A member in words, for languages where no sign can be part of a name: `add_views` for `views+`.
pub(super) fn said(member: &Member<'_>) -> String {
    let field = member.field.map(|field| &field.name);
    let base = field.unwrap_or(&member.key);
    let verb = match (member.modifier, &member.form) {
        (None, _) => return base.clone(),
        (Some(Modifier::Append), Form::Number(_)) => "add",
        (Some(Modifier::Remove), Form::Number(_)) => "subtract",
        (Some(Modifier::Append), _) => "append",
        (Some(Modifier::Prepend), _) => "prepend",
        (Some(Modifier::Remove), _) => "remove",
        (Some(Modifier::Autogenerate), _) => "generate",
    };
    format!("{verb}_{base}")
}

/// `MyPosts` of `my_posts`; behind `prefix` where it would be empty or begin with a digit.
pub(super) fn pascal(text: &str, prefix: &str) -> String {
    let name: String = words(text).iter().map(|word| capital(word)).collect();
    begun(name, prefix)
}

/// `myPosts` of `my_posts`.
pub(super) fn camel(text: &str, prefix: &str) -> String {
    let words = words(text);
    let mut name = String::new();
    for (at, word) in words.iter().enumerate() {
        match at {
            0 => name.push_str(&word.to_ascii_lowercase()),
            _ => name.push_str(&capital(word)),
        }
    }
    begun(name, prefix)
}

/// `my_posts` of `myPosts`.
pub(super) fn snake(text: &str, prefix: &str) -> String {
    let words: Vec<String> = words(text)
        .iter()
        .map(|word| word.to_ascii_lowercase())
        .collect();
    begun(words.join("_"), prefix)
}

fn begun(name: String, prefix: &str) -> String {
    match name.bytes().next() {
        Some(first) if !first.is_ascii_digit() => name,
        _ => format!("{prefix}{name}"),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The words of a name: runs of letters and digits of ASCII, also parted where capitals begin.
fn words(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            begins = true;
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at.saturating_add(1));
        let is_hump = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase() || after.is_some_and(char::is_ascii_lowercase)
            });
        match words.last_mut().filter(|_| !begins && !is_hump) {
            Some(word) => word.push(*letter),
            None => words.push(letter.to_string()),
        }
        begins = false;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_begin_at_capitals_and_behind_what_is_no_letter() {
        let rows = [
            ("my_posts", "MyPosts", "myPosts", "my_posts"),
            ("createdAt", "CreatedAt", "createdAt", "created_at"),
            ("HTMLPage", "HTMLPage", "htmlPage", "html_page"),
            ("__x", "X", "x", "x"),
            ("2fa", "N2fa", "n2fa", "n2fa"),
            ("_", "N", "n", "n"),
            ("a-b ü c", "ABC", "aBC", "a_b_c"),
        ];
        for (text, expected_pascal, expected_camel, expected_snake) in rows {
            assert_eq!(pascal(text, "N"), expected_pascal);
            assert_eq!(camel(text, "n"), expected_camel);
            assert_eq!(snake(text, "n"), expected_snake);
        }
    }

    #[test]
    fn a_taken_name_gets_the_first_free_number() {
        let mut names = Names::without(&["Self"]);
        let claimed = ["A", "A", "A2", "A", "Self"].map(|name| names.claim(name.to_owned()));
        assert_eq!(claimed, ["A", "A2", "A22", "A3", "Self2"]);
    }
}
