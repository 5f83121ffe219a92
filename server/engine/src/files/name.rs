//! The names under which uploads are stored (contract §1.6): the client's name in snake case, ten
//! random characters, and its cleaned extension.
//!
//! A stored name is made of `a-z A-Z 0-9 _ . * - + = #` and begins with a letter or digit, so it
//! names a file in its folder and nothing else, whatever the client's name was.

use luge_model::limits::{
    FILE_EXTENSION_CHARS_MAX, FILE_NAME_CHARS_MAX, FILE_NAME_CHARS_MIN, FILE_NAME_RANDOM_CHARS,
};

use crate::random::Random;

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The last part of a path, as a client may send one.
pub(super) fn base(original: &str) -> &str {
    let trimmed = original.trim_end_matches('/');
    trimmed.rsplit('/').next().unwrap_or_default()
}

/// The stored name of a file that a client calls `original`; `extension` (with its dot) is what its
/// content says, for names that have none.
pub(super) fn stored(original: &str, extension: &str, random: &dyn Random) -> String {
    let original = base(original);
    let (stem, given) = split(original);
    let mut name: String = snake_case(stem).chars().take(FILE_NAME_CHARS_MAX).collect();
    if name.len() < FILE_NAME_CHARS_MIN {
        name.push_str(&random.text(ALPHABET, FILE_NAME_RANDOM_CHARS));
    }
    name.push('_');
    name.push_str(&random.text(ALPHABET, FILE_NAME_RANDOM_CHARS));
    match cleaned(given) {
        Some(given) => {
            name.push('.');
            name.push_str(&given);
        }
        None => name.push_str(extension),
    }
    name
}

/// The stem and the extension with its dots; a double extension such as `.tar.gz` is one.
fn split(name: &str) -> (&str, &str) {
    let Some(last) = name.rfind('.') else {
        return (name, "");
    };
    let (before, _) = name.split_at(last);
    name.split_at(before.rfind('.').unwrap_or(last))
}

/// An extension without its first dot; `None` when nothing of it is left.
fn cleaned(extension: &str) -> Option<String> {
    let kept: String = extension
        .chars()
        .filter(|one| one.is_ascii_alphanumeric() || "_.*-+=#".contains(*one))
        .collect();
    let kept = kept.trim_matches('.');
    let from = kept.len().saturating_sub(FILE_EXTENSION_CHARS_MAX);
    let (_, kept) = kept.split_at_checked(from)?;
    let kept = kept.trim_start_matches('.');
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Words of ASCII letters and digits in lower case with `_` between; a capital letter after a small
/// one or a digit begins a word.
fn snake_case(text: &str) -> String {
    let mut snake = String::with_capacity(text.len());
    let mut previous = ' ';
    for one in text.chars() {
        let begins = one.is_ascii_uppercase()
            && (previous.is_ascii_lowercase() || previous.is_ascii_digit());
        if begins || !one.is_ascii_alphanumeric() {
            snake.push('_');
        }
        if one.is_ascii_alphanumeric() {
            snake.push(one.to_ascii_lowercase());
        }
        previous = one;
    }
    let words: Vec<&str> = snake.split('_').filter(|word| !word.is_empty()).collect();
    words.join("_")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::SystemRandom;

    /// Always draws the first character of an alphabet.
    #[derive(Debug)]
    struct First;

    impl Random for First {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    const R: &str = "aaaaaaaaaa";

    #[test]
    fn names_are_those_of_the_contracts_server() {
        let (long, cut) = ("a".repeat(200), "a".repeat(100));
        for (original, stem, extension) in [
            ("a.png", "a*", ".png"),
            ("Hello World.PNG", "hello_world", ".PNG"),
            (".png", "*", ".png"),
            ("noext", "noext", ".bin"),
            ("a", "a*", ".bin"),
            ("ab.tar.gz", "ab*", ".tar.gz"),
            ("émile ça.txt", "mile_a", ".txt"),
            ("日本語.txt", "*", ".txt"),
            ("../../etc/passwd", "passwd", ".bin"),
            ("fooBar-baz_QUX.Txt", "foo_bar_baz_qux", ".Txt"),
            ("a.b.c.d.html", "a_b_c", ".d.html"),
            ("x.html.", "x*", ".html"),
            ("x.html%00.png", "x*", ".html00.png"),
            ("%22q%22.txt", "22q_22", ".txt"),
            ("..", "*", ".bin"),
            (".htaccess", "*", ".htaccess"),
            ("weird.e-x!t", "weird", ".e-xt"),
            ("a--b__c.txt", "a_b_c", ".txt"),
            ("HTMLParser2.json", "htmlparser2", ".json"),
            (
                "file.name.with.dots.tar.gz",
                "file_name_with_dots",
                ".tar.gz",
            ),
            ("ABC123Def.txt", "abc123_def", ".txt"),
            ("a1B2C3dE.txt", "a1_b2_c3d_e", ".txt"),
            ("XMLHttpRequest.txt", "xmlhttp_request", ".txt"),
            ("ßtraße.txt", "tra_e", ".txt"),
            (
                "x.abcdefghijklmnopqrstuvwxyz",
                "x*",
                ".ghijklmnopqrstuvwxyz",
            ),
            (
                "x.abcdefghij.klmnopqrstuvwxyz",
                "x*",
                ".hij.klmnopqrstuvwxyz",
            ),
            ("x.a+b", "x*", ".a+b"),
            ("x.a&b", "x*", ".ab"),
            ("x.é", "x*", ".bin"),
            ("x...y", "x*", ".y"),
            ("my file. some thing.txt", "my_file", ".something.txt"),
            ("C:\\\\temp\\\\x.txt", "c_temp_x", ".txt"),
            ("a/b/c.txt", "c*", ".txt"),
            ("a/", "a*", ".bin"),
            ("", "*", ".bin"),
            (long.as_str(), &cut, ".bin"),
        ] {
            let expected = format!("{}_{R}{extension}", stem.replace('*', R));
            assert_eq!(stored(original, ".bin", &First), expected, "{original:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_client_says_a_name_is_a_file_in_its_folder(original in "\\PC{0,300}") {
            let name = stored(&original, "", &SystemRandom);
            prop_assert!(name.len() <= 150, "{}", name);
            prop_assert!(name.starts_with(|first: char| first.is_ascii_alphanumeric()), "{}", name);
            prop_assert!(!name.contains(".."), "{}", name);
            prop_assert!(!name.contains(['/', '\\', ':', '\0', '"', ' ']), "{}", name);
        }
    }
}
