//! Where definitions name a field or a collection that an edit renames or drops.
//!
//! - A rule is resolved as it is when it is used: what only looks like the name (a literal, a field
//!   of the same name elsewhere) is no reference.
//! - Which fields `@request.auth` has depends on who asks, so a rule is resolved once for a guest
//!   and once for each auth collection.
//! - What cannot be resolved (a view's query and rules, a rule that is broken already) is searched
//!   for the word, and what is found there is told as not certain.

use std::collections::BTreeMap;
use std::sync::Arc;

use luge_model::collection::{Collection, CollectionKind, Draft, Surroundings};
use luge_model::filter::{Audience, Filter, Mention, Scope};
use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::index::IndexStatement;
use serde::Serialize;

use super::Snapshot;
use super::rewrite::holders;
use super::words::{Quotes, words};

/// One place in a definition that names what an edit renames or drops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    /// The name of the collection with the definition.
    pub collection: String,
    /// What in it, such as `listRule`, `mfa.rule`, `indexes.0` or `viewQuery`.
    pub place: String,
    /// Where in its text, as a 1-based character.
    pub position: usize,
    /// As it is written there.
    pub written: String,
    /// What it names, such as `films` or `films.title`.
    pub names: String,
    /// The new name; `None` where it is dropped.
    pub becomes: Option<String>,
    /// Whether it surely names it; otherwise only the word is the same.
    pub certain: bool,
    /// The whole text.
    pub text: String,
}

/// The names that an edit of one collection takes away.
#[derive(Clone, Debug)]
pub(super) struct Renaming<'a> {
    pub(super) before: &'a Collection,
    /// The collection's new name.
    pub(super) name: Option<String>,
    /// Fields with their new names; `None` for those that are dropped.
    pub(super) fields: Vec<(FieldNumber, String, Option<String>)>,
}

impl<'a> Renaming<'a> {
    pub(super) fn new(before: &'a Collection, draft: &Draft) -> Self {
        let after = &draft.collection;
        let fields = before.fields.iter().filter_map(|old| {
            let new = after.field_by_id(&old.id).map(|new| new.name.clone());
            let goes = new.is_none() && draft.has_all_fields() && !before.is_view();
            let is_renamed = new.as_ref().is_some_and(|new| *new != old.name);
            (goes || is_renamed).then(|| (old.number, old.name.clone(), new))
        });
        Self {
            before,
            name: (before.name != after.name).then(|| after.name.clone()),
            fields: fields.collect(),
        }
    }

    /// Whether something gets another name, which can be written instead.
    pub(super) fn renames(&self) -> bool {
        self.name.is_some() || self.fields.iter().any(|(_, _, new)| new.is_some())
    }

    fn is_empty(&self) -> bool {
        self.name.is_none() && self.fields.is_empty()
    }

    /// What becomes of a name: `None` where it stays.
    fn fate(&self, mention: &Mention) -> Option<Fate> {
        if mention.collection != self.before.number {
            return None;
        }
        let Some(field) = mention.field else {
            // A collection that is named by its id keeps it.
            let by_name = mention.written.eq_ignore_ascii_case(&self.before.name);
            return self.name.clone().filter(|_| by_name).map(|new| Fate {
                names: self.before.name.clone(),
                becomes: Some(new),
            });
        };
        let mut fields = self.fields.iter();
        let (_, old, new) = fields.find(|(number, ..)| *number == field)?;
        Some(self.fate_of_field(old, new.as_ref()))
    }

    fn fate_of_field(&self, old: &str, new: Option<&String>) -> Fate {
        Fate {
            names: format!("{}.{old}", self.before.name),
            becomes: new.cloned(),
        }
    }

    /// What becomes of a field by its name, as SQL compares names.
    pub(super) fn field(&self, name: &str) -> Option<Fate> {
        let mut fields = self.fields.iter();
        let (_, old, new) = fields.find(|(_, old, _)| old.eq_ignore_ascii_case(name))?;
        Some(self.fate_of_field(old, new.as_ref()))
    }

    /// What becomes of a word that could be a name.
    fn word(&self, word: &str) -> Option<Fate> {
        if let (Some(new), true) = (&self.name, word.eq_ignore_ascii_case(&self.before.name)) {
            return Some(Fate {
                names: self.before.name.clone(),
                becomes: Some(new.clone()),
            });
        }
        self.field(word)
    }
}

/// What becomes of a name that does not stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) names: String,
    pub(super) becomes: Option<String>,
}

/// Every reference to what an edit renames or drops, in the order of the collections.
pub(super) fn references(renaming: &Renaming<'_>, snapshot: &Snapshot) -> Vec<Reference> {
    if renaming.is_empty() {
        return Vec::new();
    }
    let world = World::of(snapshot.surroundings());
    let mut found = Vec::new();
    for collection in snapshot.all() {
        for (place, text) in &mut holders(&mut collection.as_ref().clone()) {
            let text = text.as_str();
            let names = match world.mentions(text, collection) {
                Some(by_caller) => named(renaming, &by_caller),
                None => worded(renaming, text, Quotes::AreTexts),
            };
            found.extend(
                names
                    .into_iter()
                    .map(|name| name.at(collection, place, text)),
            );
        }
        found.extend(of_other_texts(renaming, collection));
        found.extend(of_search(renaming, collection, snapshot));
    }
    found
}

/// References in what is not a rule: indexes and names of fields, and queries of views.
fn of_other_texts(renaming: &Renaming<'_>, collection: &Collection) -> Vec<Reference> {
    let mut found = Vec::new();
    if let CollectionKind::View { query } = &collection.kind {
        let read = |(_, word): &(usize, &str)| word.eq_ignore_ascii_case(&renaming.before.name);
        // A column of the same name matters only where the collection is read.
        if words(query, Quotes::AreNames).iter().any(read) {
            let names = worded(renaming, query, Quotes::AreNames);
            let place = "viewQuery";
            found.extend(
                names
                    .into_iter()
                    .map(|name| name.at(collection, place, query)),
            );
        }
    }
    if collection.number != renaming.before.number {
        return found;
    }
    for (position, index) in collection.ready_indexes().enumerate() {
        let place = format!("indexes.{position}");
        for (column, name) in IndexStatement::column_places(&index.sql).unwrap_or_default() {
            let Some(fate) = renaming.field(&name) else {
                continue;
            };
            let before = index.sql.get(..column.start).unwrap_or_default();
            let written = index.sql.get(column).unwrap_or_default();
            let position = before.chars().count() + 1;
            let name = Named::certain(position, written, fate);
            found.push(name.at(collection, &place, &index.sql));
        }
    }
    for (place, name) in super::rewrite::field_names(&mut collection.clone()) {
        if let Some(fate) = renaming.field(name) {
            found.push(Named::certain(1, name, fate).at(collection, &place, name));
        }
    }
    found
}

/// References in search options; their paths can lead to fields of other collections.
fn of_search(
    renaming: &Renaming<'_>,
    collection: &Collection,
    snapshot: &Snapshot,
) -> Vec<Reference> {
    let collections = snapshot.surroundings().collections;
    let options = collection.search.iter();
    let mentions = options.flat_map(|search| search.mentions(collection, collections));
    let of_edited = mentions.filter(|mention| mention.owner.number == renaming.before.number);
    let found = of_edited.filter_map(|mention| {
        let fate = renaming.field(mention.name)?;
        let name = Named::certain(mention.position, mention.name, fate);
        Some(name.at(collection, &mention.place, mention.text))
    });
    found.collect()
}

/// A name in a text that does not stay.
struct Named {
    position: usize,
    written: String,
    fate: Fate,
    certain: bool,
}

impl Named {
    fn certain(position: usize, written: &str, fate: Fate) -> Self {
        Self {
            position,
            written: written.to_owned(),
            fate,
            certain: true,
        }
    }

    fn at(self, collection: &Collection, place: &str, text: &str) -> Reference {
        Reference {
            collection: collection.name.clone(),
            place: place.to_owned(),
            position: self.position,
            written: self.written,
            names: self.fate.names,
            becomes: self.fate.becomes,
            certain: self.certain,
            text: text.to_owned(),
        }
    }
}

fn named(renaming: &Renaming<'_>, by_caller: &[Vec<Mention>]) -> Vec<Named> {
    let mut found = BTreeMap::new();
    for mention in by_caller.iter().flatten() {
        if let Some(fate) = renaming.fate(mention) {
            let name = Named::certain(mention.position, &mention.written, fate);
            found.entry(mention.position).or_insert(name);
        }
    }
    found.into_values().collect()
}

fn worded(renaming: &Renaming<'_>, text: &str, quotes: Quotes) -> Vec<Named> {
    let words = words(text, quotes).into_iter();
    words
        .filter_map(|(position, word)| {
            Some(Named {
                position,
                written: word.to_owned(),
                fate: renaming.word(word)?,
                certain: false,
            })
        })
        .collect()
}

/// The length of the old name and the new name at each position of a rule. `Err` is a position
/// where not everybody who may ask means what is renamed.
pub(super) fn replacements(
    renaming: &Renaming<'_>,
    by_caller: &[Vec<Mention>],
) -> Result<BTreeMap<usize, (usize, String)>, usize> {
    let mut found: BTreeMap<usize, (usize, Option<String>)> = BTreeMap::new();
    for mention in by_caller.iter().flatten() {
        let new = renaming.fate(mention).and_then(|fate| fate.becomes);
        let chars = mention.written.chars().count();
        let known = found
            .entry(mention.position)
            .or_insert_with(|| (chars, new.clone()));
        if known.1 != new {
            return Err(mention.position);
        }
    }
    let renamed = |(position, (chars, new)): (usize, (usize, Option<String>))| {
        Some((position, (chars, new?)))
    };
    Ok(found.into_iter().filter_map(renamed).collect())
}

/// All collections at one moment, and who can ask.
pub(super) struct World<'a> {
    surroundings: Surroundings<'a>,
    callers: Vec<Option<&'a Collection>>,
}

impl<'a> World<'a> {
    pub(super) fn of(surroundings: Surroundings<'a>) -> Self {
        let auth = surroundings.all.iter().filter(|one| one.auth().is_some());
        let callers = std::iter::once(None)
            .chain(auth.map(|one| Some(Arc::as_ref(one))))
            .collect();
        Self {
            surroundings,
            callers,
        }
    }

    /// What a rule names, for each caller; `None` where it cannot be resolved.
    pub(super) fn mentions(
        &self,
        rule: &str,
        collection: &Collection,
    ) -> Option<Vec<Vec<Mention>>> {
        if rule.is_empty() {
            return Some(Vec::new());
        }
        let of = |caller: &Option<&Collection>| {
            let scope = Scope {
                collection,
                collections: self.surroundings.collections,
                audience: Audience::Rule,
                caller: *caller,
            };
            let filter = Filter::parse(rule, &scope).ok()?;
            Some(filter.mentions().to_vec())
        };
        self.callers.iter().map(of).collect()
    }

    /// What mentions mean, whatever it is called: collections and the ids of fields, by caller.
    pub(super) fn meaning(
        &self,
        by_caller: &[Vec<Mention>],
    ) -> Vec<Vec<(CollectionNumber, Option<String>)>> {
        let field_id = |mention: &Mention| {
            let mut all = self.surroundings.all.iter();
            let collection = all.find(|one| one.number == mention.collection)?;
            let field = collection.field_by_number(mention.field?)?;
            Some(field.id.clone())
        };
        let of = |mention: &Mention| (mention.collection, field_id(mention));
        let callers = by_caller.iter();
        callers
            .map(|mentions| mentions.iter().map(of).collect())
            .collect()
    }
}
