//! What the JSON answers of the static routes look like, for the OpenAPI document.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use crate::http::answer::Shape;

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

/// All backups.
pub(crate) struct BackupsShape;

impl Shape for BackupsShape {
    const NAME: &'static str = "Backups";

    fn schema() -> MetaSchema {
        let backup = vec![("modified", text()), ("key", text()), ("size", integer())];
        MetaSchema {
            items: Some(Box::new(inline(all_required(backup)))),
            ..MetaSchema::new("array")
        }
    }
}

/// What a backup would hold.
pub(crate) struct EstimateShape;

impl Shape for EstimateShape {
    const NAME: &'static str = "BackupEstimate";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("databaseBytes", integer()),
            ("files", integer()),
            ("fileBytes", integer()),
            ("freeBytes", integer()),
        ])
    }
}

/// What a restore would bring.
pub(crate) struct VerdictShape;

impl Shape for VerdictShape {
    const NAME: &'static str = "BackupVerdict";

    fn schema() -> MetaSchema {
        let valid = inline(MetaSchema::new("boolean"));
        let required = vec![("valid", valid), ("problems", array_of(text()))];
        MetaSchema {
            additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
            ..all_required(required)
        }
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
        page.properties
            .extend([("nextCursor", inline(next)), ("explain", object())]);
        page
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

/// What was asked and how it was answered.
pub(crate) struct LogShape;

impl Shape for LogShape {
    const NAME: &'static str = "Log";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("id", text()),
            ("created", text()),
            ("data", object()),
            ("message", text()),
            ("level", integer()),
        ])
    }
}

/// A page of logs.
pub(crate) struct LogsShape;

impl Shape for LogsShape {
    const NAME: &'static str = "Logs";

    fn schema() -> MetaSchema {
        let mut page = page_of(inline(LogShape::schema()));
        let lost = MetaSchema {
            description: Some("Requests whose log was lost since the start; absent for none."),
            ..MetaSchema::new_with_format("integer", "int64")
        };
        page.properties.push(("lost", inline(lost)));
        page
    }
}

/// How many logs there are in each hour.
pub(crate) struct LogHoursShape;

impl Shape for LogHoursShape {
    const NAME: &'static str = "LogHours";

    fn schema() -> MetaSchema {
        let hour = all_required(vec![("date", text()), ("total", integer())]);
        MetaSchema {
            items: Some(Box::new(inline(hour))),
            ..MetaSchema::new("array")
        }
    }
}

/// What is done by a schedule.
pub(crate) struct CronsShape;

impl Shape for CronsShape {
    const NAME: &'static str = "Crons";

    fn schema() -> MetaSchema {
        let cron = all_required(vec![("id", text()), ("expression", text())]);
        MetaSchema {
            items: Some(Box::new(inline(cron))),
            ..MetaSchema::new("array")
        }
    }
}

/// What a superuser prefers in the dashboard.
pub(crate) struct PreferencesShape;

impl Shape for PreferencesShape {
    const NAME: &'static str = "Preferences";

    fn schema() -> MetaSchema {
        MetaSchema {
            additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
            ..MetaSchema::new("object")
        }
    }
}

/// Where each setting comes from, by its keys joined by dots.
pub(crate) struct SettingsSourcesShape;

impl Shape for SettingsSourcesShape {
    const NAME: &'static str = "SettingsSources";

    fn schema() -> MetaSchema {
        let mut source = all_required(vec![("source", text())]);
        source.properties.push(("from", text()));
        MetaSchema {
            additional_properties: Some(Box::new(inline(source))),
            ..MetaSchema::new("object")
        }
    }
}

/// How the server fared.
pub(crate) struct HistoryShape;

impl Shape for HistoryShape {
    const NAME: &'static str = "MetricHistory";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("from", text()),
            ("to", text()),
            ("step", integer()),
            ("samples", array_of(object())),
        ])
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
            ("name", object()),
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

/// A record and the token that stands for it.
pub(crate) struct SignedInShape;

impl Shape for SignedInShape {
    const NAME: &'static str = "SignedIn";

    fn schema() -> MetaSchema {
        all_required(vec![("record", object()), ("token", text())])
    }
}

/// Where a record is signed in.
pub(crate) struct SessionsShape;

impl Shape for SessionsShape {
    const NAME: &'static str = "Sessions";

    fn schema() -> MetaSchema {
        let session = all_required(vec![
            ("id", text()),
            ("created", text()),
            ("used", text()),
            ("ends", text()),
            ("method", text()),
            ("device", text()),
            ("address", text()),
            ("current", inline(MetaSchema::new("boolean"))),
        ]);
        all_required(vec![("items", array_of(inline(session)))])
    }
}

/// What a device needs, and what is to be brought back with its answer.
pub(crate) struct CeremonyShape;

impl Shape for CeremonyShape {
    const NAME: &'static str = "PasskeyCeremony";

    fn schema() -> MetaSchema {
        all_required(vec![("ceremony", text()), ("publicKey", object())])
    }
}

/// A passkey.
pub(crate) struct PasskeyShape;

impl Shape for PasskeyShape {
    const NAME: &'static str = "Passkey";

    fn schema() -> MetaSchema {
        let keys = ["id", "name", "created", "used"];
        all_required(keys.into_iter().map(|key| (key, text())).collect())
    }
}

/// The passkeys of a record.
pub(crate) struct PasskeysShape;

impl Shape for PasskeysShape {
    const NAME: &'static str = "Passkeys";

    fn schema() -> MetaSchema {
        all_required(vec![("items", array_of(inline(PasskeyShape::schema())))])
    }
}

/// How one can sign in.
pub(crate) struct AuthMethodsShape;

impl Shape for AuthMethodsShape {
    const NAME: &'static str = "AuthMethods";

    fn schema() -> MetaSchema {
        MetaSchema {
            properties: vec![
                ("password", object()),
                ("oauth2", object()),
                ("mfa", object()),
                ("otp", object()),
            ],
            additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
            ..MetaSchema::new("object")
        }
    }
}

/// The settings without their secrets.
pub(crate) struct SettingsShape;

impl Shape for SettingsShape {
    const NAME: &'static str = "Settings";

    fn schema() -> MetaSchema {
        MetaSchema {
            additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
            ..MetaSchema::new("object")
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

/// A webhook.
pub(crate) struct WebhookShape;

impl Shape for WebhookShape {
    const NAME: &'static str = "Webhook";

    fn schema() -> MetaSchema {
        let flag = || inline(MetaSchema::new("boolean"));
        let mut webhook = all_required(vec![
            ("id", text()),
            ("name", text()),
            ("collection", text()),
            ("collectionName", text()),
            ("actions", array_of(text())),
            ("filter", text()),
            ("url", text()),
            ("headers", object()),
            ("includeHidden", flag()),
            ("includeBefore", flag()),
            ("enabled", flag()),
            ("disabledReason", text()),
            ("secrets", array_of(object())),
            ("status", object()),
            ("created", text()),
            ("updated", text()),
        ]);
        let secret = MetaSchema {
            description: Some("Only where it was just made."),
            ..MetaSchema::new("string")
        };
        webhook.properties.push(("secret", inline(secret)));
        webhook
    }
}

/// All webhooks.
pub(crate) struct WebhooksShape;

impl Shape for WebhooksShape {
    const NAME: &'static str = "Webhooks";

    fn schema() -> MetaSchema {
        page_of(object())
    }
}

/// How trying a webhook out ended.
pub(crate) struct WebhookTriedShape;

impl Shape for WebhookTriedShape {
    const NAME: &'static str = "WebhookTried";

    fn schema() -> MetaSchema {
        let nullable = |kind| {
            inline(MetaSchema {
                nullable: true,
                ..MetaSchema::new(kind)
            })
        };
        all_required(vec![
            ("delivered", inline(MetaSchema::new("boolean"))),
            ("status", nullable("integer")),
            ("error", nullable("string")),
            ("milliseconds", integer()),
        ])
    }
}

/// A delivery of a webhook.
pub(crate) struct DeliveryShape;

impl Shape for DeliveryShape {
    const NAME: &'static str = "WebhookDelivery";

    fn schema() -> MetaSchema {
        let mut delivery = all_required(vec![
            ("id", text()),
            ("event", text()),
            ("record", text()),
            ("state", text()),
            ("attempts", integer()),
            ("bytes", integer()),
            ("created", text()),
            ("last", nullable_object()),
        ]);
        let due = MetaSchema {
            description: Some("When it is tried next; null where it is not."),
            nullable: true,
            ..MetaSchema::new("string")
        };
        delivery.properties.push(("due", inline(due)));
        delivery.properties.push(("body", object()));
        delivery
    }
}

/// A page of deliveries of a webhook.
pub(crate) struct DeliveriesShape;

impl Shape for DeliveriesShape {
    const NAME: &'static str = "WebhookDeliveries";

    fn schema() -> MetaSchema {
        page_of(object())
    }
}

fn nullable_object() -> MetaSchemaRef {
    inline(MetaSchema {
        nullable: true,
        additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
        ..MetaSchema::new("object")
    })
}

/// Whether the server is well.
pub(crate) struct HealthShape;

impl Shape for HealthShape {
    const NAME: &'static str = "Health";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("message", text()),
            ("code", integer()),
            ("data", object()),
        ])
    }
}

/// Whether the first superuser is still to be made.
pub(crate) struct SetupShape;

impl Shape for SetupShape {
    const NAME: &'static str = "Setup";

    fn schema() -> MetaSchema {
        all_required(vec![("required", inline(MetaSchema::new("boolean")))])
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
