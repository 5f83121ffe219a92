//! What answers about mails look like.

use poem_openapi::registry::MetaSchema;

use super::{all_required, inline, integer, nullable_object, object, page_of, text};
use crate::http::answer::Shape;

/// A mail that was kept, could not be sent or waits.
pub(crate) struct MailShape;

impl Shape for MailShape {
    const NAME: &'static str = "Mail";

    fn schema() -> MetaSchema {
        let mut mail = all_required(vec![
            ("id", text()),
            ("event", text()),
            ("state", text()),
            ("attempts", integer()),
            ("bytes", integer()),
            ("created", text()),
            ("last", nullable_object()),
            ("subject", text()),
        ]);
        for (key, description) in [
            ("due", "When it is tried next; null where it is not."),
            ("to", "Where it goes; null for one to nobody."),
        ] {
            let optional = MetaSchema {
                description: Some(description),
                nullable: true,
                ..MetaSchema::new("string")
            };
            mail.properties.push((key, inline(optional)));
        }
        mail.properties.push(("html", text()));
        mail.properties.push(("text", text()));
        mail
    }
}

/// A page of mails.
pub(crate) struct MailsShape;

impl Shape for MailsShape {
    const NAME: &'static str = "Mails";

    fn schema() -> MetaSchema {
        page_of(object())
    }
}
