//! What there is to write types of: the collections, with the names of their types and where their
//! relations lead.

use std::sync::Arc;

use luge_model::collection::{Collection, Member};
use luge_model::field::Field;
use luge_model::field::shape::Form;

use super::names::{Names, pascal};

/// All collections that are written.
pub(super) struct Subject<'a> {
    /// In the order of their creation.
    pub(super) listed: Vec<Listed<'a>>,
    /// Every collection, also those that are not written.
    all: &'a [Arc<Collection>],
}

/// A collection that is written.
pub(super) struct Listed<'a> {
    pub(super) collection: &'a Collection,
    /// The type of a record.
    pub(super) record: String,
    /// The type of a body that creates one.
    pub(super) create: String,
    /// The type of a body that updates one.
    pub(super) update: String,
    pub(super) record_members: Vec<Member<'a>>,
    pub(super) create_members: Vec<Member<'a>>,
    pub(super) update_members: Vec<Member<'a>>,
    /// The types of its select fields.
    pub(super) choices: Vec<Choice<'a>>,
    /// Where `expand` leads.
    pub(super) relations: Vec<Relation<'a>>,
}

/// The type of a select field.
pub(super) struct Choice<'a> {
    pub(super) name: String,
    pub(super) field: &'a Field,
    pub(super) values: Vec<String>,
    /// Whether a value may be the empty text.
    pub(super) empty: bool,
}

/// A name for `expand`.
pub(super) struct Relation<'a> {
    pub(super) name: String,
    /// The collection that it leads to.
    pub(super) to: &'a str,
    /// Whether it leads to a list.
    pub(super) several: bool,
}

impl<'a> Subject<'a> {
    pub(super) fn new(all: &'a [Arc<Collection>], everything: bool, reserved: &[&str]) -> Self {
        let mut names = Names::without(reserved);
        let written = all
            .iter()
            .filter(|one| !one.is_view() && (everything || !one.system));
        let mut listed: Vec<Listed<'a>> = written
            .map(|collection| Listed::new(collection, everything, &mut names))
            .collect();
        // After all collections, so that a select field never moves the name of one.
        for one in &mut listed {
            one.choices = choices(one, &mut names);
        }
        let collections: Vec<&Collection> = listed.iter().map(|one| one.collection).collect();
        for one in &mut listed {
            one.relations = relations(one.collection, &collections, everything);
        }
        Self { listed, all }
    }

    /// The name of the collection that a relation leads to.
    pub(super) fn target(&self, id: &str) -> Option<&'a str> {
        let found = self.all.iter().find(|one| one.id == id);
        found.map(|one| one.name.as_str())
    }
}

impl<'a> Listed<'a> {
    fn new(collection: &'a Collection, everything: bool, names: &mut Names) -> Self {
        let base = pascal(&collection.name, "Collection");
        Self {
            collection,
            record: names.claim(format!("{base}Record")),
            create: names.claim(format!("{base}Create")),
            update: names.claim(format!("{base}Update")),
            record_members: collection.record_members(everything),
            create_members: collection.create_members(everything),
            update_members: collection.update_members(everything),
            choices: Vec::new(),
            relations: Vec::new(),
        }
    }

    /// The type of a member that is one of fixed values, or a list of such.
    pub(super) fn choice(&self, member: &Member<'_>) -> Option<&Choice<'a>> {
        let number = member.field?.number;
        self.choices
            .iter()
            .find(|choice| choice.field.number == number)
    }

    /// The members of a record that are the same for every record of a collection come first.
    pub(super) fn types(&self) -> [(&str, &[Member<'a>], Use); 3] {
        [
            (self.record.as_str(), &self.record_members, Use::Record),
            (self.create.as_str(), &self.create_members, Use::Create),
            (self.update.as_str(), &self.update_members, Use::Update),
        ]
    }
}

/// What a type is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A record as it is read.
    Record,
    /// A body that creates one.
    Create,
    /// A body that updates one.
    Update,
}

fn choices<'a>(listed: &Listed<'a>, names: &mut Names) -> Vec<Choice<'a>> {
    let base = pascal(&listed.collection.name, "Collection");
    let mut choices = Vec::new();
    for member in &listed.record_members {
        if let (Some(field), Form::Choice(values)) = (member.field, member.form.one()) {
            let name = format!("{base}{}", pascal(&field.name, "Field"));
            choices.push(Choice {
                name: names.claim(name),
                field,
                values: distinct(values),
                empty: !member.filled && !field.kind.is_multiple(),
            });
        }
    }
    choices
}

/// A definition may name a value twice.
fn distinct(values: &[String]) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::with_capacity(values.len());
    for value in values {
        if !value.is_empty() && !distinct.contains(value) {
            distinct.push(value.clone());
        }
    }
    distinct
}

fn relations<'a>(
    collection: &Collection,
    listed: &[&'a Collection],
    everything: bool,
) -> Vec<Relation<'a>> {
    let seen = |field: &&Field| everything || !field.hidden;
    let mut relations = Vec::new();
    for field in collection.fields.iter().filter(seen) {
        let Some(relation) = field.kind.as_relation() else {
            continue;
        };
        let target = listed.iter().find(|one| one.id == relation.collection_id);
        relations.extend(target.map(|target| Relation {
            name: field.name.clone(),
            to: &target.name,
            several: field.kind.is_multiple(),
        }));
    }
    for other in listed {
        for field in other.fields.iter().filter(seen) {
            let relation = field.kind.as_relation();
            if relation.is_some_and(|relation| relation.collection_id == collection.id) {
                relations.push(Relation {
                    name: format!("{}_via_{}", other.name, field.name),
                    to: &other.name,
                    several: other.unique_index(field.number).is_none(),
                });
            }
        }
    }
    relations
}
