//! A collection as JSON: what the contract shows (§2.6), and what is stored.
//!
//! - The shown form has a fixed key order and never a secret.
//! - The stored form is the shown one plus numbers, secrets and what is under construction; reading
//!   it back gives the same collection.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::{AuthOptions, Collection, CollectionKind, RuleTestDefinition, Rules, rule_tests};
use crate::changed::changed_names;
use crate::field::Field;
use crate::id::{CollectionNumber, FieldNumber, IndexNumber};
use crate::index::{IndexDefinition, IndexState, IndexStatement};
use crate::search::SearchOptions;
use crate::timestamp::Timestamp;

/// A stored definition cannot be read; the text says which part of it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct DamagedDefinition(String);

impl Collection {
    /// The collection as the contract shows it.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        let mut object = self.with_secrets();
        for token in self.auth().into_iter().flat_map(AuthOptions::tokens) {
            remove_key(object.get_mut(token.0), "secret");
        }
        let providers = object
            .get_mut("oauth2")
            .and_then(|oauth2| oauth2.get_mut("providers"));
        for provider in providers.and_then(Json::as_array_mut).into_iter().flatten() {
            remove_key(Some(provider), "clientSecret");
        }
        object
    }

    /// The names of what differs from another definition of the collection, secrets too.
    #[must_use]
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        let mut names = changed_names(&before.with_secrets(), &self.with_secrets());
        names.retain(|name| name != "updated");
        names
    }

    /// The shown form with secrets: what submitted JSON is laid over.
    #[must_use]
    pub(super) fn with_secrets(&self) -> Map<String, Json> {
        let mut object = Map::new();
        object.insert("id".to_owned(), self.id.clone().into());
        for (key, rule) in self.rules.by_key() {
            object.insert(key.to_owned(), rule.clone().into());
        }
        object.insert("name".to_owned(), self.name.clone().into());
        object.insert("type".to_owned(), self.kind.type_name().into());
        let fields = self
            .fields
            .iter()
            .map(|field| Json::Object(field.to_json()))
            .collect();
        object.insert("fields".to_owned(), Json::Array(fields));
        let indexes = self
            .ready_indexes()
            .map(|index| index.sql.clone().into())
            .collect();
        object.insert("indexes".to_owned(), Json::Array(indexes));
        object.insert("created".to_owned(), shown_time(self.created));
        object.insert("updated".to_owned(), shown_time(self.updated));
        object.insert("system".to_owned(), self.system.into());
        match &self.kind {
            CollectionKind::Base => {}
            CollectionKind::Auth(options) => object.extend(options_json(options)),
            CollectionKind::View { query } => {
                object.insert("viewQuery".to_owned(), query.clone().into());
            }
        }
        // Not a key of the contract: where there is nothing to show, nothing is shown.
        if !self.rule_tests.is_empty() {
            let tests = self.rule_tests.iter();
            let tests = tests.map(|test| Json::Object(test.to_json())).collect();
            object.insert(rule_tests::KEY.to_owned(), Json::Array(tests));
        }
        if let Some(search) = &self.search {
            object.insert(SearchOptions::KEY.to_owned(), search.to_json());
        }
        object
    }

    /// The collection as it is stored.
    #[must_use]
    pub fn to_stored(&self) -> Json {
        let indexes: Vec<_> = self.indexes.iter().map(stored_index).collect();
        json!({
            "number": self.number.0,
            "order": self.order,
            "nextFieldNumber": self.next_field_number.0,
            "created": self.created.0,
            "updated": self.updated.0,
            "frozen": self.frozen,
            "fieldNumbers": numbers(&self.fields),
            "pendingFields":
                self.pending_fields.iter().map(Field::to_json).collect::<Vec<_>>(),
            "pendingFieldNumbers": numbers(&self.pending_fields),
            "indexes": indexes,
            "definition": self.with_secrets(),
        })
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// When a part is missing or is not what was written.
    pub fn from_stored(stored: &Json, revision: u64) -> Result<Self, DamagedDefinition> {
        let definition = part(stored, "definition")?;
        let fields = fields(part(definition, "fields")?, part(stored, "fieldNumbers")?)?;
        let pending_fields = fields_of(stored, ("pendingFields", "pendingFieldNumbers"))?;
        let all: Vec<_> = fields.iter().chain(&pending_fields).cloned().collect();
        let indexes = list(part(stored, "indexes")?, "indexes")?
            .iter()
            .map(|index| read_index(index, &all))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            number: CollectionNumber(number(stored, "number")?),
            order: number(stored, "order")?,
            revision,
            id: text(definition, "id")?,
            name: text(definition, "name")?,
            system: flag(definition, "system")?,
            kind: read_kind(definition)?,
            fields,
            rules: Rules::deserialize(definition)
                .map_err(|error| DamagedDefinition(format!("rules: {error}")))?,
            rule_tests: read_tests(definition)?,
            search: read_search(definition)?,
            indexes,
            created: Timestamp(number(stored, "created")?),
            updated: Timestamp(number(stored, "updated")?),
            next_field_number: FieldNumber(number(stored, "nextFieldNumber")?),
            pending_fields,
            frozen: flag(stored, "frozen")?,
        })
    }
}

/// A time as the contract writes it; the zero time of a blank collection is empty.
fn shown_time(time: Timestamp) -> Json {
    if time == Timestamp::default() {
        "".into()
    } else {
        time.to_string().into()
    }
}

fn options_json(options: &AuthOptions) -> Map<String, Json> {
    match serde_json::to_value(options) {
        Ok(Json::Object(object)) => object,
        // Plain structs of texts, numbers and flags always become an object.
        Ok(_) | Err(_) => Map::new(),
    }
}

fn remove_key(object: Option<&mut Json>, key: &str) {
    if let Some(object) = object.and_then(Json::as_object_mut) {
        object.shift_remove(key);
    }
}

fn numbers(fields: &[Field]) -> Vec<u16> {
    fields.iter().map(|field| field.number.0).collect()
}

fn stored_index(index: &IndexDefinition) -> Json {
    json!({
        "sql": index.sql,
        "number": index.number.0,
        "building": index.state == IndexState::Building,
    })
}

fn read_index(stored: &Json, fields: &[Field]) -> Result<IndexDefinition, DamagedDefinition> {
    let sql = text(stored, "sql")?;
    let number = IndexNumber(number(stored, "number")?);
    if flag(stored, "building")? {
        // Its columns may be fields of a definition that was never reached. Only the number is
        // needed, to remove what was built.
        let (state, name, unique) = (IndexState::Building, String::new(), false);
        let columns = Vec::new();
        return Ok(IndexDefinition {
            number,
            state,
            name,
            unique,
            columns,
            condition: None,
            sql,
        });
    }
    let damaged = |reason: crate::index::IndexError| DamagedDefinition(format!("{sql}: {reason}"));
    let statement = IndexStatement::parse(&sql).map_err(damaged)?;
    let mut index = IndexDefinition::resolve(&statement, fields).map_err(damaged)?;
    index.number = number;
    Ok(index)
}

fn read_kind(definition: &Json) -> Result<CollectionKind, DamagedDefinition> {
    match text(definition, "type")?.as_str() {
        "base" => Ok(CollectionKind::Base),
        "view" => Ok(CollectionKind::View {
            query: text(definition, "viewQuery")?,
        }),
        "auth" => serde_json::from_value(definition.clone())
            .map(|options| CollectionKind::Auth(Box::new(options)))
            .map_err(|error| DamagedDefinition(format!("auth options: {error}"))),
        other => Err(DamagedDefinition(format!("unknown type {other:?}"))),
    }
}

fn fields_of(
    stored: &Json,
    (fields_key, numbers_key): (&str, &str),
) -> Result<Vec<Field>, DamagedDefinition> {
    fields(part(stored, fields_key)?, part(stored, numbers_key)?)
}

fn fields(definitions: &Json, numbers: &Json) -> Result<Vec<Field>, DamagedDefinition> {
    let definitions = list(definitions, "fields")?;
    let numbers = list(numbers, "fieldNumbers")?;
    if definitions.len() != numbers.len() {
        return Err(DamagedDefinition(
            "fields and their numbers differ in length".to_owned(),
        ));
    }
    definitions
        .iter()
        .zip(numbers)
        .map(|(field, number)| read_field(field, number))
        .collect()
}

fn read_field(definition: &Json, number: &Json) -> Result<Field, DamagedDefinition> {
    let number = number
        .as_u64()
        .and_then(|number| u16::try_from(number).ok())
        .ok_or_else(|| DamagedDefinition("a field number is not a number".to_owned()))?;
    let definition = definition
        .as_object()
        .ok_or_else(|| DamagedDefinition("a field is not an object".to_owned()))?;
    Field::from_json(definition, FieldNumber(number)).map_err(|violations| {
        DamagedDefinition(format!("field: {}", Json::Object(violations.to_json())))
    })
}

fn read_tests(definition: &Json) -> Result<Vec<RuleTestDefinition>, DamagedDefinition> {
    let Some(tests) = definition.get(rule_tests::KEY) else {
        return Ok(Vec::new());
    };
    let tests = list(tests, rule_tests::KEY)?.iter();
    let read = tests.map(|test| {
        let object = test.as_object().cloned().unwrap_or_default();
        RuleTestDefinition::from_json(&object).map_err(|violations| {
            let found = Json::Object(violations.to_json());
            DamagedDefinition(format!("{}: {found}", rule_tests::KEY))
        })
    });
    read.collect()
}

fn read_search(definition: &Json) -> Result<Option<SearchOptions>, DamagedDefinition> {
    let Some(search) = definition.get(SearchOptions::KEY) else {
        return Ok(None);
    };
    let object = search.as_object().cloned().unwrap_or_default();
    let read = SearchOptions::from_json(&object).map_err(|violations| {
        let found = Json::Object(violations.to_json());
        DamagedDefinition(format!("{}: {found}", SearchOptions::KEY))
    });
    read.map(Some)
}

fn part<'a>(object: &'a Json, key: &str) -> Result<&'a Json, DamagedDefinition> {
    object
        .get(key)
        .ok_or_else(|| DamagedDefinition(format!("{key} is missing")))
}

fn list<'a>(value: &'a Json, key: &str) -> Result<&'a Vec<Json>, DamagedDefinition> {
    value
        .as_array()
        .ok_or_else(|| DamagedDefinition(format!("{key} is not a list")))
}

fn text(object: &Json, key: &str) -> Result<String, DamagedDefinition> {
    let value = part(object, key)?.as_str().map(str::to_owned);
    value.ok_or_else(|| DamagedDefinition(format!("{key} is not a text")))
}

fn flag(object: &Json, key: &str) -> Result<bool, DamagedDefinition> {
    let value = part(object, key)?.as_bool();
    value.ok_or_else(|| DamagedDefinition(format!("{key} is not true or false")))
}

fn number<T: serde::de::DeserializeOwned>(
    object: &Json,
    key: &str,
) -> Result<T, DamagedDefinition> {
    serde_json::from_value(part(object, key)?.clone())
        .map_err(|error| DamagedDefinition(format!("{key}: {error}")))
}
