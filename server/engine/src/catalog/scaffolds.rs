//! What a client starts a new collection from: blank collections, and the providers to choose from.

use luge_model::collection::{Collection, Draft, Malformed, PROVIDERS, Provider};
use serde_json::{Map, Value as Json, json};

use super::{Catalog, Definitions, SECRET_LETTERS, malformed};
use crate::context::Context;
use crate::error::Result;

/// Characters of the random part in the index names of the auth scaffold (contract §1.1).
const INDEX_NAME_CHARS: usize = 10;
const INDEX_NAME_LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

impl Catalog {
    /// One blank collection of each type, by type.
    ///
    /// # Errors
    /// When the caller is not a superuser.
    pub fn scaffolds(&self, ctx: &Context) -> Result<Map<String, Json>> {
        ctx.require_superuser()?;
        let mut scaffolds = Map::new();
        for type_name in ["auth", "base", "view"] {
            let scaffold = self.definitions.scaffold(type_name).map_err(malformed)?;
            scaffolds.insert(type_name.to_owned(), Json::Object(scaffold));
        }
        Ok(scaffolds)
    }

    /// The providers that an auth collection can name, in the order in which they are shown.
    ///
    /// # Errors
    /// When the caller is not a superuser.
    pub fn providers(&self, ctx: &Context) -> Result<&'static [Provider]> {
        ctx.require_superuser()?;
        Ok(&PROVIDERS)
    }
}

impl Definitions {
    fn scaffold(&self, type_name: &str) -> std::result::Result<Map<String, Json>, Malformed> {
        let mut draw = |length| self.random.text(SECRET_LETTERS, length);
        let mut draft: Draft = Collection::scaffold(type_name, &mut draw)?;
        let name = self.random.text(INDEX_NAME_LETTERS, INDEX_NAME_CHARS);
        for index in &mut draft.collection.indexes {
            // Without an id the names end in an underscore; the random part takes its place.
            index.sql = index.sql.replacen("_`", &format!("_{name}`"), 1);
        }
        let mut json = draft.collection.to_json();
        json.insert("id".to_owned(), json!(""));
        Ok(json)
    }
}
