//! The `expand` parameter: which related records stand in an answer (contract §3.4).
//!
//! `author,comments_via_post.author`; names that lead nowhere are found out by whoever follows
//! them.

use std::collections::BTreeMap;

use crate::filter::FilterError;
use crate::limits::{EXPAND_CHARS_MAX, EXPAND_DEPTH_MAX};

/// The relations to follow from a record, and from the records that they lead to.
///
/// A path that another one continues is part of it: `a,a.b` means `a.b`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expand {
    branches: BTreeMap<String, Expand>,
    most: Option<usize>,
    stands_alone: bool,
}

impl Expand {
    /// Parses the parameter; empty parts are ignored.
    ///
    /// # Errors
    /// Says where a path goes too deep, or that the text is too long.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        if text.chars().count() > EXPAND_CHARS_MAX {
            let message = format!("an expand has at most {EXPAND_CHARS_MAX} characters");
            return Err(FilterError::at(EXPAND_CHARS_MAX + 1, message));
        }
        let mut root = Self::default();
        let mut position = 1;
        for path in text.split(',') {
            let names = path.split('.').map(str::trim);
            let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
            if names.len() > EXPAND_DEPTH_MAX {
                let indent = path.chars().take_while(|next| next.is_whitespace()).count();
                let message = format!(
                    "a path follows at most {EXPAND_DEPTH_MAX} relations, this one {}",
                    names.len()
                );
                return Err(FilterError::at(position + indent, message));
            }
            let mut end = &mut root;
            for name in names {
                end = end.branches.entry(name.to_owned()).or_default();
            }
            position += path.chars().count() + 1;
        }
        Ok(root)
    }

    /// What is to be followed behind a relation, to be added to. Whoever asks so wants the relation
    /// also where nothing behind it can be followed, unlike a path of the parameter.
    pub fn follow(&mut self, name: &str) -> &mut Self {
        let rest = self
            .branches
            .entry(name.to_owned())
            .or_insert_with(|| Self {
                most: Some(0),
                ..Self::default()
            });
        rest.stands_alone = true;
        rest
    }

    /// Also wants this many records of one that the relation before it leads from; `None` for all.
    pub fn take(&mut self, most: Option<usize>) {
        self.most = self.most.zip(most).map(|(one, other)| one.max(other));
    }

    /// How many records are wanted of one that the relation before it leads from; `None` for all.
    #[must_use]
    pub fn most(&self) -> Option<usize> {
        self.most
    }

    /// Whether the relation before it is wanted also where nothing behind it can be followed.
    #[must_use]
    pub fn stands_alone(&self) -> bool {
        self.stands_alone
    }

    /// Whether nothing is to be followed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.branches.is_empty()
    }

    /// The names to follow, in alphabetical order, each with what is to be followed from there.
    pub fn branches(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.branches
            .iter()
            .map(|(name, rest)| (name.as_str(), rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expand: &Expand) -> String {
        let branches: Vec<String> = expand
            .branches()
            .map(|(name, rest)| format!("{name}{}", shown(rest)))
            .collect();
        if branches.is_empty() {
            String::new()
        } else {
            format!("({})", branches.join(" "))
        }
    }

    #[test]
    fn paths_become_one_tree() {
        for (text, tree) in [
            ("", ""),
            (" , ,. ,..", ""),
            ("b,a", "(a b)"),
            (" a , b ", "(a b)"),
            ("a,a,a", "(a)"),
            ("a,a.b", "(a(b))"),
            ("a.b,a", "(a(b))"),
            ("a.b,a.c.d,e", "(a(b c(d)) e)"),
            (".a.", "(a)"),
            ("a. b", "(a(b))"),
            ("A,a", "(A a)"),
            ("a.b.c.d.e.f", "(a(b(c(d(e(f))))))"),
            ("posts_via_author.x", "(posts_via_author(x))"),
        ] {
            let expand = Expand::parse(text).unwrap();
            assert_eq!(shown(&expand), tree, "{text}");
            assert_eq!(expand.is_empty(), tree.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_tree_is_made_step_by_step() {
        let mut expand = Expand::default();
        let author = expand.follow("author");
        author.take(Some(3));
        author.follow("team").take(None);
        expand.follow("author").take(Some(2));
        assert_eq!(shown(&expand), "(author(team))");
        let (_, author) = expand.branches().next().unwrap();
        assert_eq!((author.most(), author.stands_alone()), (Some(3), true));
        let (_, team) = author.branches().next().unwrap();
        assert_eq!(team.most(), None);
        let parsed = Expand::parse("author.team").unwrap();
        let (_, author) = parsed.branches().next().unwrap();
        assert_eq!((author.most(), author.stands_alone()), (None, false));
    }

    #[test]
    fn what_goes_too_far_is_named() {
        let deep = "a path follows at most 6 relations, this one 7";
        for (text, message) in [
            ("a.b.c.d.e.f.g", format!("{deep} (at character 1)")),
            ("é, a.b.c.d.e.f.g", format!("{deep} (at character 4)")),
        ] {
            assert_eq!(Expand::parse(text).unwrap_err().to_string(), message);
        }
        let long = "a".repeat(EXPAND_CHARS_MAX);
        assert!(Expand::parse(&long).is_ok());
        let error = Expand::parse(&format!("{long},")).unwrap_err();
        assert_eq!(error.position, EXPAND_CHARS_MAX + 1);
        let many = "a,".repeat(EXPAND_CHARS_MAX / 2);
        assert!(Expand::parse(&many).is_ok());
    }
}
