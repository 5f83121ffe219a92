//! Names that GraphQL allows, made of the names of collections and fields.
//!
//! - What is no letter, digit or `_` becomes `_`; names do not begin with a digit or with `__`.
//! - Who comes first keeps a name; the next one gets a number behind it: `Posts`, `Posts2`.

use std::collections::HashSet;

/// Names that are taken.
#[derive(Debug, Default)]
pub(super) struct Taken(HashSet<String>);

impl Taken {
    /// Nothing but these.
    pub(super) fn by(names: &[&str]) -> Self {
        Self(names.iter().map(|&name| name.to_owned()).collect())
    }

    /// A name like this one that nobody has, which is taken from then on.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let numbers = std::iter::once(String::new()).chain((2_u64..).map(|next| next.to_string()));
        let mut names = numbers.map(|number| format!("{wanted}{number}"));
        let free = names.find(|name| !self.0.contains(name));
        let name = free.unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}

/// The name of a field, like this one.
pub(super) fn field_name(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut plain_name: String = name
        .chars()
        .map(|letter| if plain(letter) { letter } else { '_' })
        .collect();
    while plain_name.starts_with("__") {
        plain_name.remove(0);
    }
    if plain_name.is_empty() || plain_name.starts_with(|first: char| first.is_ascii_digit()) {
        plain_name.insert(0, '_');
    }
    plain_name
}

/// The name of a type: `blog_posts` is `BlogPosts`, `_superusers` is `_Superusers`.
pub(super) fn type_name(name: &str) -> String {
    let name = field_name(name);
    let (mut made, rest) = match name.strip_prefix('_') {
        Some(rest) => ("_".to_owned(), rest),
        None => (String::new(), name.as_str()),
    };
    for part in rest.split('_') {
        let mut letters = part.chars();
        made.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        made.push_str(letters.as_str());
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_becomes_one_that_is_allowed() {
        for (name, field, type_) in [
            ("posts", "posts", "Posts"),
            ("blog_posts", "blog_posts", "BlogPosts"),
            ("blogPosts", "blogPosts", "BlogPosts"),
            ("_superusers", "_superusers", "_Superusers"),
            ("__x", "_x", "_X"),
            ("___", "_", "_"),
            ("2fa", "_2fa", "_2fa"),
            ("a-b é", "a_b__", "AB"),
            ("", "_", "_"),
            ("x_1", "x_1", "X1"),
        ] {
            assert_eq!(field_name(name), field, "{name}");
            assert_eq!(type_name(name), type_, "{name}");
        }
    }

    #[test]
    fn who_comes_first_keeps_the_name() {
        let mut taken = Taken::by(&["Query"]);
        for (wanted, given) in [
            ("Posts", "Posts"),
            ("Posts", "Posts2"),
            ("Posts2", "Posts22"),
            ("Posts", "Posts3"),
            ("Query", "Query2"),
        ] {
            assert_eq!(taken.take(wanted), given);
        }
    }
}
