//! The change plan of a collection: what an edit would do, without doing it.
//!
//! - It is made from one moment's definitions and waits for nobody; records are read in bounded
//!   steps, so writers go on meanwhile and the numbers are those of the moment each was read.
//! - An edit that would be refused is told with the violations that a change would answer; its
//!   records are not looked at.

use std::collections::BTreeMap;

use luge_model::collection::Collection;
use luge_model::field::Field;
use luge_model::index::IndexDefinition;
use luge_model::invalid::Violations;
use luge_model::timestamp::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::edit::Edit;
use super::measure::{Measured, measure};
use super::references::{Reference, Renaming, references};
use super::rewrite::holders;
use super::{Catalog, Definitions, find};
use crate::context::Context;
use crate::error::Result;

/// What an edit of a collection would do.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangePlan {
    /// Whether the edit would be carried out.
    pub valid: bool,
    /// Why not: the `data` that the edit would be answered.
    pub violations: Map<String, Json>,
    /// The new name, if it changes.
    pub name: Option<Replaced<String>>,
    /// Fields.
    pub fields: FieldChanges,
    /// Indexes; of an edit that would be refused nothing is told.
    pub indexes: IndexChanges,
    /// Everything else of the definition that changes, by key.
    pub options: BTreeMap<String, Replaced<Json>>,
    /// Records.
    pub records: Measured,
    /// What names something that is renamed or dropped, in all collections.
    pub references: Vec<Reference>,
    /// Definitions of all collections that are rewritten because something is renamed.
    pub rewritten: Vec<Rewritten>,
}

/// Something before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replaced<T> {
    /// Before.
    pub from: T,
    /// After.
    pub to: T,
}

/// What becomes of fields.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FieldChanges {
    /// New ones.
    pub added: Vec<FieldName>,
    /// Those that go, with their values.
    pub dropped: Vec<FieldName>,
    /// Those with another name.
    pub renamed: Vec<RenamedField>,
    /// Those with other options.
    pub changed: Vec<ChangedField>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldName {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: &'static str,
}

/// A field with another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RenamedField {
    /// Its id.
    pub id: String,
    /// Its names.
    #[serde(flatten)]
    pub name: Replaced<String>,
}

/// A field with other options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedField {
    /// Its id.
    pub id: String,
    /// Its name after the edit.
    pub name: String,
    /// The options that change.
    pub options: BTreeMap<String, Replaced<Json>>,
    /// `single` or `multiple`, where its values become the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Replaced<&'static str>>,
}

/// What becomes of indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IndexChanges {
    /// New ones, which are made over the existing records.
    pub added: Vec<String>,
    /// Those that go.
    pub dropped: Vec<String>,
    /// Those that have the same entries under another text.
    pub renamed: Vec<Replaced<String>>,
    /// Those with an old name that are made anew.
    pub changed: Vec<Replaced<String>>,
}

/// A definition that is rewritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rewritten {
    /// The name of its collection before the edit.
    pub collection: String,
    /// What in it, such as `listRule`.
    pub place: String,
    /// The texts.
    #[serde(flatten)]
    pub text: Replaced<String>,
}

impl Catalog {
    /// Says what [`Self::update`] with the same body would do. Reads many records where the edit
    /// touches them: for a thread that may block.
    ///
    /// # Errors
    /// When the caller is not a superuser, there is no such collection, or the body is no
    /// definition.
    pub fn plan(
        &self,
        ctx: &Context,
        name_or_id: &str,
        body: &Map<String, Json>,
    ) -> Result<ChangePlan> {
        ctx.require_superuser()?;
        self.definitions.change_plan(ctx.now, name_or_id, body)
    }
}

impl Definitions {
    fn change_plan(
        &self,
        now: Timestamp,
        name_or_id: &str,
        body: &Map<String, Json>,
    ) -> Result<ChangePlan> {
        let snapshot = self.snapshot();
        let before = find(&snapshot, name_or_id)?;
        let edit = self.edit(now, body, (before, &snapshot))?;
        let renaming = Renaming::new(before, &edit.draft);
        let (mut violations, after) = match edit.check(&snapshot) {
            Ok(after) => (Violations::new(), Some(after)),
            Err(violations) => (violations, None),
        };
        let mut records = Measured::default();
        if let Some(after) = &after {
            let (measured, refused) = measure(&self.committer, before, after)?;
            records = measured;
            violations = refused;
        }
        let draft = &edit.draft.collection;
        let fields = if edit.draft.has_all_fields() {
            field_changes(before, draft)
        } else {
            FieldChanges::default()
        };
        Ok(ChangePlan {
            valid: violations.is_empty(),
            violations: violations.to_json(),
            name: replaced(&before.name, &draft.name),
            fields,
            indexes: after
                .map_or_else(IndexChanges::default, |after| index_changes(before, &after)),
            options: option_changes(&shown(before), &shown(draft)),
            records,
            references: references(&renaming, &snapshot),
            rewritten: rewritten(&edit),
        })
    }
}

fn replaced<T: Clone + PartialEq>(from: &T, to: &T) -> Option<Replaced<T>> {
    (from != to).then(|| Replaced {
        from: from.clone(),
        to: to.clone(),
    })
}

fn field_changes(before: &Collection, after: &Collection) -> FieldChanges {
    let mut changes = FieldChanges::default();
    if before.is_view() {
        return changes;
    }
    let gone = |field: &&Field| after.field_by_id(&field.id).is_none();
    changes.dropped = before.fields.iter().filter(gone).map(field_name).collect();
    for new in &after.fields {
        let Some(old) = before.field_by_id(&new.id) else {
            changes.added.push(field_name(new));
            continue;
        };
        if let Some(name) = replaced(&old.name, &new.name) {
            let id = new.id.clone();
            changes.renamed.push(RenamedField { id, name });
        }
        let mut options = option_changes(&old.to_json(), &new.to_json());
        options.remove("name");
        if !options.is_empty() {
            changes.changed.push(ChangedField {
                id: new.id.clone(),
                name: new.name.clone(),
                options,
                values: replaced(&arity(old), &arity(new)),
            });
        }
    }
    changes
}

fn field_name(field: &Field) -> FieldName {
    FieldName {
        id: field.id.clone(),
        name: field.name.clone(),
        type_name: field.kind.type_name(),
    }
}

fn arity(field: &Field) -> &'static str {
    if field.kind.is_multiple() {
        "multiple"
    } else {
        "single"
    }
}

fn index_changes(before: &Collection, after: &Collection) -> IndexChanges {
    let mut changes = IndexChanges::default();
    let mut old: Vec<_> = before.ready_indexes().collect();
    let mut take = |is_same: &dyn Fn(&IndexDefinition) -> bool| {
        let at = old.iter().position(|one| is_same(one))?;
        Some(old.remove(at).sql.clone())
    };
    for new in &after.indexes {
        let to = new.sql.clone();
        if let Some(from) = take(&|one| one.number == new.number) {
            changes.renamed.extend(replaced(&from, &to));
        } else if let Some(from) = take(&|one| one.name.eq_ignore_ascii_case(&new.name)) {
            changes.changed.push(Replaced { from, to });
        } else {
            changes.added.push(to);
        }
    }
    changes.dropped = old.into_iter().map(|index| index.sql.clone()).collect();
    changes
}

/// What has a list of its own, or changes with every edit, is left out.
fn shown(collection: &Collection) -> Map<String, Json> {
    let mut shown = collection.to_json();
    shown.retain(|key, _| !matches!(key.as_str(), "name" | "fields" | "indexes" | "updated"));
    shown
}

fn option_changes(
    before: &Map<String, Json>,
    after: &Map<String, Json>,
) -> BTreeMap<String, Replaced<Json>> {
    let keys = before.keys().chain(after.keys());
    let changed = keys.filter_map(|key| {
        let of = |object: &Map<String, Json>| object.get(key).cloned().unwrap_or(Json::Null);
        Some((key.clone(), replaced(&of(before), &of(after))?))
    });
    changed.collect()
}

fn rewritten(edit: &Edit) -> Vec<Rewritten> {
    let Some(rewriting) = &edit.rewriting else {
        return Vec::new();
    };
    let own = std::iter::once((edit.before.as_ref(), &rewriting.base));
    let others = rewriting.others.iter();
    let mut found = Vec::new();
    for (before, after) in own.chain(others.map(|(before, after)| (before.as_ref(), after))) {
        for ((place, from), (_, to)) in texts(before).into_iter().zip(texts(after)) {
            found.extend(replaced(&from, &to).map(|text| Rewritten {
                collection: before.name.clone(),
                place,
                text,
            }));
        }
    }
    found
}

/// Every text that a rewriting can change, with its place; the same places before and after.
fn texts(collection: &Collection) -> Vec<(String, String)> {
    let mut copy = collection.clone();
    let indexes = collection.ready_indexes().enumerate();
    let mut texts: Vec<_> = indexes
        .map(|(at, index)| (format!("indexes.{at}"), index.sql.clone()))
        .collect();
    for (place, text) in holders(&mut copy) {
        texts.push((place.to_owned(), text.clone()));
    }
    for (place, name) in super::rewrite::field_names(&mut copy) {
        texts.push((place, name.clone()));
    }
    if let Some(search) = &collection.search {
        let paths = search.fields.iter().map(|field| ("fields", &field.path));
        let keys = search.rank_by.iter().map(|key| ("rankBy", &key.field));
        for (part, name) in paths.chain(keys) {
            texts.push((format!("search.{part}.{name}"), name.clone()));
        }
    }
    texts
}
