//! What the path of a searched field leads to: over a relation, to a field, and into JSON.
//!
//! A path is resolved anew whenever it is used, because the collection behind a relation can change
//! without this one; one that leads nowhere any more finds nothing.

use super::SearchOptions;
use crate::collection::{Collection, Collections};
use crate::field::Field;
use crate::filter::hint;
use crate::limits::SEARCH_HOPS_MAX;

/// A resolved path.
#[derive(Clone, Debug)]
pub struct SearchPath<'a> {
    /// The relations it crosses, from the record on.
    pub hops: Vec<Hop<'a>>,
    /// The collection with the field.
    pub owner: &'a Collection,
    /// The field whose value is searched.
    pub field: &'a Field,
    /// The keys that lead into the value of a json field.
    pub keys: Vec<&'a str>,
}

/// One relation of a path.
#[derive(Clone, Copy, Debug)]
pub struct Hop<'a> {
    /// The relation field.
    pub relation: &'a Field,
    /// The collection it leads to.
    pub target: &'a Collection,
}

/// The new name of a field, where it has one.
pub type Rename<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A name of a field in search options.
#[derive(Clone, Debug)]
pub struct SearchMention<'a> {
    /// Where in the definition, such as `search.fields.author.name`.
    pub place: String,
    /// The path with the name.
    pub text: &'a str,
    /// Where in the path, as a 1-based character.
    pub position: usize,
    /// The collection with the field.
    pub owner: &'a Collection,
    /// The name.
    pub name: &'a str,
}

impl<'a> SearchPath<'a> {
    /// Follows a path from a collection.
    ///
    /// # Errors
    /// A sentence that says which part leads nowhere.
    pub fn resolve(
        path: &'a str,
        collection: &'a Collection,
        collections: &'a dyn Collections,
    ) -> Result<Self, String> {
        let mut hops: Vec<Hop<'a>> = Vec::new();
        let mut owner = collection;
        let mut parts = path.split('.');
        loop {
            let part = parts.next().unwrap_or_default();
            let field = owner.field(part).ok_or_else(|| missing(part, owner))?;
            let rest: Vec<&str> = parts.clone().collect();
            let relation = field.kind.as_relation();
            let Some(relation) = relation.filter(|_| !rest.is_empty()) else {
                return Self::ending(hops, (owner, field), rest);
            };
            let target = if relation.collection_id == collection.id {
                collection
            } else {
                let found = collections.find(&relation.collection_id);
                found.ok_or_else(|| format!("{part} leads to a collection that is gone."))?
            };
            hops.push(Hop {
                relation: field,
                target,
            });
            if hops.len() > SEARCH_HOPS_MAX {
                return Err(format!(
                    "A path crosses at most {SEARCH_HOPS_MAX} relation(s)."
                ));
            }
            owner = target;
        }
    }

    fn ending(
        hops: Vec<Hop<'a>>,
        (owner, field): (&'a Collection, &'a Field),
        keys: Vec<&'a str>,
    ) -> Result<Self, String> {
        let name = &field.name;
        if !keys.is_empty() && field.kind.type_name() != "json" {
            return Err(format!(
                "{name} is neither a relation nor a json field, so nothing can follow it."
            ));
        }
        if keys.iter().any(|key| key.is_empty()) {
            return Err("A key is missing between the points.".to_owned());
        }
        Ok(Self {
            hops,
            owner,
            field,
            keys,
        })
    }

    /// Whether only superusers read what it leads to. An address behind a relation counts as such:
    /// each related record has its own say about who sees it.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        let foreign_address = !self.hops.is_empty() && self.is_address();
        let relations = || self.hops.iter().any(|hop| hop.relation.hidden);
        self.field.hidden || foreign_address || relations()
    }

    /// Whether it leads to the e-mail address of auth records.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.owner.auth().is_some() && self.field.name == "email"
    }

    /// Whether what it leads to has words; what has none can only be counted.
    #[must_use]
    pub fn has_words(&self) -> bool {
        !matches!(
            self.field.kind.type_name(),
            "bool" | "date" | "autodate" | "relation"
        )
    }
}

impl SearchOptions {
    /// The options with the names of fields of one collection replaced; `None` where none is.
    /// `own` is the collection that they belong to, with the names as they were.
    #[must_use]
    pub fn renamed(
        &self,
        own: &Collection,
        collections: &dyn Collections,
        (of, rename): (&str, Rename<'_>),
    ) -> Option<Self> {
        let mut renamed = self.clone();
        for field in &mut renamed.fields {
            if let Some(path) = renamed_path(&field.path, (own, collections), (of, rename)) {
                field.path = path;
            }
        }
        if own.id == of {
            for key in &mut renamed.rank_by {
                if let Some(name) = rename(&key.field) {
                    key.field = name;
                }
            }
        }
        (renamed != *self).then_some(renamed)
    }

    /// Every name of a field in the options.
    #[must_use]
    pub fn mentions<'a>(
        &'a self,
        own: &'a Collection,
        collections: &'a dyn Collections,
    ) -> Vec<SearchMention<'a>> {
        let mut found = Vec::new();
        for field in &self.fields {
            let mut position = 1;
            for (name, owner) in owners(&field.path, own, collections) {
                found.extend(owner.map(|owner| SearchMention {
                    place: format!("{}.fields.{}", Self::KEY, field.path),
                    text: &field.path,
                    position,
                    owner,
                    name,
                }));
                position += name.chars().count() + 1;
            }
        }
        found.extend(
            self.rank_by
                .iter()
                .enumerate()
                .map(|(at, key)| SearchMention {
                    place: format!("{}.rankBy.{at}", Self::KEY),
                    text: &key.field,
                    position: 1,
                    owner: own,
                    name: &key.field,
                }),
        );
        found
    }
}

fn renamed_path(
    path: &str,
    (own, collections): (&Collection, &dyn Collections),
    (of, rename): (&str, Rename<'_>),
) -> Option<String> {
    let parts = owners(path, own, collections).into_iter();
    let new = |(part, owner): (&str, Option<&Collection>)| {
        let named = owner.filter(|owner| owner.id == of);
        let new = named.and_then(|_| rename(part));
        new.unwrap_or_else(|| part.to_owned())
    };
    let renamed = parts.map(new).collect::<Vec<_>>().join(".");
    (renamed != path).then_some(renamed)
}

/// The parts of a path, each with the collection that has it as a field.
fn owners<'a>(
    path: &'a str,
    own: &'a Collection,
    collections: &'a dyn Collections,
) -> Vec<(&'a str, Option<&'a Collection>)> {
    let mut next = Some(own);
    let mut parts = Vec::new();
    for part in path.split('.') {
        let owner = next.filter(|owner| owner.field(part).is_some());
        parts.push((part, owner));
        let field = owner.and_then(|owner| owner.field(part));
        let target = field.and_then(|field| field.kind.as_relation());
        next = target.and_then(|target| match target.collection_id == own.id {
            true => Some(own),
            false => Some(collections.find(&target.collection_id)?.as_ref()),
        });
    }
    parts
}

fn missing(part: &str, owner: &Collection) -> String {
    let name = &owner.name;
    if part.is_empty() {
        return "A name is missing between the points.".to_owned();
    }
    if part.contains("_via_") {
        return format!("{part}: records that name this one cannot be searched with it.");
    }
    let names = owner.fields.iter().map(|field| field.name.as_str());
    format!("{name} has no field {part}{}.", hint(part, names))
}
