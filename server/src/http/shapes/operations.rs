//! What answers about running the server look like.

use poem_openapi::registry::MetaSchema;

use super::{all_required, array_of, inline, integer, nullable_object, object, page_of, text};
use crate::http::answer::Shape;

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
            ("expectedBytes", integer()),
        ])
    }
}

/// What goes on with backups, and what came of the last ones.
pub(crate) struct BackupStatusShape;

impl Shape for BackupStatusShape {
    const NAME: &'static str = "BackupStatus";

    fn schema() -> MetaSchema {
        let maybe = |fields| {
            inline(MetaSchema {
                nullable: true,
                ..all_required(fields)
            })
        };
        let running = vec![
            ("work", text()),
            ("key", text()),
            ("began", text()),
            ("done", integer()),
            ("expected", integer()),
        ];
        let success = vec![
            ("key", text()),
            ("began", text()),
            ("milliseconds", integer()),
            ("size", integer()),
        ];
        let failure = vec![
            ("work", text()),
            ("key", text()),
            ("began", text()),
            ("problem", text()),
        ];
        all_required(vec![
            ("running", maybe(running)),
            ("lastSuccess", maybe(success)),
            ("lastFailure", maybe(failure)),
        ])
    }
}

/// What a restore would bring.
pub(crate) struct VerdictShape;

impl Shape for VerdictShape {
    const NAME: &'static str = "BackupVerdict";

    fn schema() -> MetaSchema {
        let valid = inline(MetaSchema::new("boolean"));
        let count = || {
            inline(MetaSchema {
                nullable: true,
                ..MetaSchema::new("integer")
            })
        };
        let difference = vec![("name", text()), ("now", count()), ("then", count())];
        let required = vec![
            ("valid", valid),
            ("problems", array_of(text())),
            ("differences", array_of(inline(all_required(difference)))),
        ];
        MetaSchema {
            additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
            ..all_required(required)
        }
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

/// What is done by the server itself.
pub(crate) struct JobsShape;

impl Shape for JobsShape {
    const NAME: &'static str = "Jobs";

    fn schema() -> MetaSchema {
        let last = all_required(vec![
            ("began", text()),
            ("milliseconds", integer()),
            ("done", inline(MetaSchema::new("boolean"))),
            ("problem", text()),
        ]);
        let last = inline(MetaSchema {
            nullable: true,
            ..last
        });
        let job = all_required(vec![
            ("id", text()),
            ("expression", text()),
            ("running", text()),
            ("next", text()),
            ("last", last),
        ]);
        all_required(vec![("items", array_of(inline(job)))])
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

/// How search fares.
pub(crate) struct SearchStatusShape;

impl Shape for SearchStatusShape {
    const NAME: &'static str = "SearchStatus";

    fn schema() -> MetaSchema {
        let boolean = || inline(MetaSchema::new("boolean"));
        let nullable_integer = || {
            inline(MetaSchema {
                nullable: true,
                ..MetaSchema::new_with_format("integer", "int64")
            })
        };
        let collection = all_required(vec![
            ("collection", text()),
            ("searchable", boolean()),
            ("building", boolean()),
            ("recordsAdded", nullable_integer()),
        ]);
        all_required(vec![
            ("commitsBehind", nullable_integer()),
            ("collections", array_of(inline(collection))),
        ])
    }
}
