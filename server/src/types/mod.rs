//! Types of records for clients, written from the definitions of collections: one language is one
//! file here and a line in [`LANGUAGES`].
//!
//! - The same definitions give the same text, byte for byte, so that a file can be compared.
//! - What is written holds for a client that is no superuser: hidden fields and the collections of
//!   the system are left out unless everything is asked for. Views are left out, since their
//!   records cannot be read.
//! - Names of collections and fields are words of ASCII; texts of people (select values, help,
//!   rules) are anything, and each language escapes them.

use std::sync::Arc;

use luge_model::collection::Collection;

use crate::types::subject::Subject;

mod comment;
mod dart;
pub(crate) mod json_schema;
mod literal;
mod names;
mod python;
mod rust;
mod subject;
#[cfg(test)]
mod tests;
mod typescript;

/// A language that types are written in.
#[derive(Clone, Copy)]
pub(crate) struct Language {
    /// As it is asked for.
    pub(crate) name: &'static str,
    /// Names that its types cannot have.
    reserved: &'static [&'static str],
    write: fn(&Subject<'_>) -> String,
}

/// Every language, in the order in which they are told.
pub(crate) const LANGUAGES: &[Language] = &[
    Language {
        name: "ts",
        reserved: typescript::RESERVED,
        write: typescript::write,
    },
    Language {
        name: "json-schema",
        reserved: &[],
        write: json_schema::write,
    },
    Language {
        name: "dart",
        reserved: dart::RESERVED,
        write: dart::write,
    },
    Language {
        name: "python",
        reserved: python::RESERVED,
        write: python::write,
    },
    Language {
        name: "rust",
        reserved: rust::RESERVED,
        write: rust::write,
    },
];

impl Language {
    /// The language of a name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| language.name == name)
    }

    /// All names, for people.
    pub(crate) fn names() -> String {
        let names: Vec<&str> = LANGUAGES.iter().map(|language| language.name).collect();
        names.join(", ")
    }

    /// The whole file for these collections, in their order; `all` with what only superusers see.
    pub(crate) fn written(&self, collections: &[Arc<Collection>], all: bool) -> String {
        (self.write)(&Subject::new(collections, all, self.reserved))
    }
}
