//! What answers about what is stored, and about definitions from elsewhere, look like.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use super::{all_required, array_of, inline, integer, object, text};
use crate::http::answer::Shape;

/// What is stored.
pub(crate) struct StorageShape;

impl Shape for StorageShape {
    const NAME: &'static str = "Storage";

    fn schema() -> MetaSchema {
        let collection = all_required(vec![
            ("id", text()),
            ("name", text()),
            ("records", integer()),
            ("recordBytes", integer_or_null()),
            ("indexBytes", integer_or_null()),
            ("files", integer_or_null()),
            ("fileBytes", integer_or_null()),
            ("previews", integer_or_null()),
            ("previewBytes", integer_or_null()),
        ]);
        all_required(vec![
            ("taken", text()),
            ("surveying", inline(MetaSchema::new("boolean"))),
            ("collections", array_of(inline(collection))),
            ("databaseBytes", integer()),
            ("searchBytes", integer()),
            ("requestLogBytes", integer_or_null()),
            ("changeLogBytes", integer_or_null()),
            ("backups", integer_or_null()),
            ("backupBytes", integer_or_null()),
            ("freeBytes", integer()),
        ])
    }
}

/// Definitions out of a database.
pub(crate) struct DefinitionsShape;

impl Shape for DefinitionsShape {
    const NAME: &'static str = "ReadDefinitions";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("collections", array_of(object())),
            ("notes", array_of(text())),
        ])
    }
}

/// Null where it is not known.
fn integer_or_null() -> MetaSchemaRef {
    inline(MetaSchema {
        nullable: true,
        ..MetaSchema::new_with_format("integer", "int64")
    })
}
