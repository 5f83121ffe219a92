//! What the JSON answers of the static routes look like, for the OpenAPI document.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use crate::http::answer::Shape;

mod identities;
mod machines;
mod mails;
mod operations;
mod storage;

pub(crate) use identities::*;
pub(crate) use machines::*;
pub(crate) use mails::*;
pub(crate) use operations::*;
pub(crate) use storage::*;

fn inline(schema: MetaSchema) -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(schema))
}

fn text() -> MetaSchemaRef {
    inline(MetaSchema::new("string"))
}

fn integer() -> MetaSchemaRef {
    inline(MetaSchema::new_with_format("integer", "int64"))
}

fn object() -> MetaSchemaRef {
    inline(MetaSchema {
        additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
        ..MetaSchema::new("object")
    })
}

fn array_of(items: MetaSchemaRef) -> MetaSchemaRef {
    inline(MetaSchema {
        items: Some(Box::new(items)),
        ..MetaSchema::new("array")
    })
}

fn all_required(properties: Vec<(&'static str, MetaSchemaRef)>) -> MetaSchema {
    MetaSchema {
        required: properties.iter().map(|(name, _)| *name).collect(),
        properties,
        ..MetaSchema::new("object")
    }
}

fn nullable_object() -> MetaSchemaRef {
    inline(MetaSchema {
        nullable: true,
        additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
        ..MetaSchema::new("object")
    })
}

fn page_of(items: MetaSchemaRef) -> MetaSchema {
    all_required(vec![
        ("items", array_of(items)),
        ("page", integer()),
        ("perPage", integer()),
        ("totalItems", integer()),
        ("totalPages", integer()),
    ])
}

/// A token that opens protected files.
pub(crate) struct FileTokenShape;

impl Shape for FileTokenShape {
    const NAME: &'static str = "FileToken";

    fn schema() -> MetaSchema {
        all_required(vec![("token", text())])
    }
}

/// A record: its fields, whatever the collection defines.
pub(crate) struct RecordShape;

impl Shape for RecordShape {
    const NAME: &'static str = "Record";

    fn schema() -> MetaSchema {
        MetaSchema {
            description: Some("A record; which fields it has is up to its collection."),
            required: vec!["collectionId", "collectionName", "id"],
            properties: vec![
                ("collectionId", text()),
                ("collectionName", text()),
                ("id", text()),
            ],
            additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
            ..MetaSchema::new("object")
        }
    }
}

/// A page of records.
pub(crate) struct RecordsShape;

impl Shape for RecordsShape {
    const NAME: &'static str = "Records";

    fn schema() -> MetaSchema {
        let mut page = page_of(object());
        let next = MetaSchema {
            description: Some("Where the list goes on; null at its end. Only with `cursor`."),
            nullable: true,
            ..MetaSchema::new("string")
        };
        let least = MetaSchema {
            description: Some("Whether there are more hits than `totalItems`. With `search`."),
            ..MetaSchema::new("boolean")
        };
        page.properties.extend([
            ("nextCursor", inline(next)),
            ("explain", object()),
            ("totalIsLeast", inline(least)),
            ("facets", object()),
            ("facetsAreLeast", inline(MetaSchema::new("boolean"))),
            ("suggestions", array_of(suggestion())),
        ]);
        page
    }
}

/// A word that goes on from the last one of a text, and the text with it.
fn suggestion() -> MetaSchemaRef {
    inline(all_required(vec![("word", text()), ("text", text())]))
}

/// What a search of many collections found.
pub(crate) struct SearchGroupsShape;

impl Shape for SearchGroupsShape {
    const NAME: &'static str = "SearchGroups";

    fn schema() -> MetaSchema {
        let mut group = all_required(vec![
            ("collectionId", text()),
            ("collectionName", text()),
            ("items", array_of(object())),
            ("totalItems", integer()),
        ]);
        let least = inline(MetaSchema::new("boolean"));
        group.properties.push(("totalIsLeast", least));
        let mut groups = all_required(vec![("groups", array_of(inline(group)))]);
        groups.properties.push(("notReady", array_of(text())));
        groups
    }
}

/// What became of the requests of a batch.
pub(crate) struct OutcomesShape;

impl Shape for OutcomesShape {
    const NAME: &'static str = "Outcomes";

    fn schema() -> MetaSchema {
        let outcome = all_required(vec![("body", nullable_object()), ("status", integer())]);
        MetaSchema {
            items: Some(Box::new(inline(outcome))),
            ..MetaSchema::new("array")
        }
    }
}

/// A page of groups of records.
pub(crate) struct GroupsShape;

impl Shape for GroupsShape {
    const NAME: &'static str = "Groups";

    fn schema() -> MetaSchema {
        page_of(object())
    }
}

/// How many records an operation is about.
pub(crate) struct CountShape;

impl Shape for CountShape {
    const NAME: &'static str = "Count";

    fn schema() -> MetaSchema {
        all_required(vec![("count", integer())])
    }
}

/// A collection.
pub(crate) struct CollectionShape;

impl Shape for CollectionShape {
    const NAME: &'static str = "Collection";

    fn schema() -> MetaSchema {
        MetaSchema {
            description: Some("A collection with its fields, rules, indexes and options."),
            required: vec!["id", "name", "type", "fields", "indexes", "system"],
            properties: vec![
                ("id", text()),
                ("name", text()),
                ("type", text()),
                ("fields", array_of(object())),
                ("indexes", array_of(text())),
                ("system", inline(MetaSchema::new("boolean"))),
            ],
            additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
            ..MetaSchema::new("object")
        }
    }
}

/// A page of collections.
pub(crate) struct CollectionsShape;

impl Shape for CollectionsShape {
    const NAME: &'static str = "Collections";

    fn schema() -> MetaSchema {
        page_of(object())
    }
}

/// One blank collection of each type.
pub(crate) struct ScaffoldsShape;

impl Shape for ScaffoldsShape {
    const NAME: &'static str = "Scaffolds";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("base", object()),
            ("auth", object()),
            ("view", object()),
        ])
    }
}

/// What a change of a collection would do.
pub(crate) struct ChangePlanShape;

impl Shape for ChangePlanShape {
    const NAME: &'static str = "ChangePlan";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("valid", inline(MetaSchema::new("boolean"))),
            ("violations", object()),
            ("name", nullable_object()),
            ("fields", object()),
            ("indexes", object()),
            ("options", object()),
            ("records", object()),
            ("references", array_of(object())),
            ("rewritten", array_of(object())),
        ])
    }
}

/// Sign-in providers.
pub(crate) struct ProvidersShape;

impl Shape for ProvidersShape {
    const NAME: &'static str = "Providers";

    fn schema() -> MetaSchema {
        let provider = vec![("name", text()), ("displayName", text()), ("logo", text())];
        MetaSchema {
            items: Some(Box::new(inline(all_required(provider)))),
            ..MetaSchema::new("array")
        }
    }
}

/// What a rule said.
pub(crate) struct RuleVerdictShape;

impl Shape for RuleVerdictShape {
    const NAME: &'static str = "RuleVerdict";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("allowed", inline(MetaSchema::new("boolean"))),
            ("skipped", inline(MetaSchema::new("boolean"))),
            (
                "rule",
                inline(MetaSchema {
                    nullable: true,
                    ..MetaSchema::new("string")
                }),
            ),
            ("trace", nullable_object()),
            ("visible", nullable_object()),
            ("plan", nullable_object()),
        ])
    }
}

/// What the saved tests of rules said.
pub(crate) struct RuleRunShape;

impl Shape for RuleRunShape {
    const NAME: &'static str = "RuleRun";

    fn schema() -> MetaSchema {
        let results = MetaSchema {
            items: Some(Box::new(object())),
            ..MetaSchema::new("array")
        };
        all_required(vec![
            ("passed", integer()),
            ("failed", integer()),
            ("results", inline(results)),
        ])
    }
}

/// An OpenAPI document.
pub(crate) struct DocumentShape;

impl Shape for DocumentShape {
    const NAME: &'static str = "OpenApiDocument";

    fn schema() -> MetaSchema {
        MetaSchema {
            additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
            ..MetaSchema::new("object")
        }
    }
}
