//! What answers about machines and other services look like.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use super::{all_required, array_of, inline, text};
use crate::http::answer::Shape;

/// An API key with its text.
pub(crate) struct NewApiKeyShape;

impl Shape for NewApiKeyShape {
    const NAME: &'static str = "NewApiKey";

    fn schema() -> MetaSchema {
        let mut properties = api_key();
        properties.push(("key", text()));
        all_required(properties)
    }
}

/// The API keys of a record.
pub(crate) struct ApiKeysShape;

impl Shape for ApiKeysShape {
    const NAME: &'static str = "ApiKeys";

    fn schema() -> MetaSchema {
        let key = inline(all_required(api_key()));
        all_required(vec![("items", array_of(key))])
    }
}

fn api_key() -> Vec<(&'static str, MetaSchemaRef)> {
    vec![
        ("id", text()),
        ("name", text()),
        ("scopes", inline(MetaSchema::ANY)),
        ("created", text()),
        ("used", text()),
        ("expires", text()),
    ]
}
