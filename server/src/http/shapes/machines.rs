//! What answers about machines and other services look like.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use super::{all_required, array_of, inline, object, text};
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

/// A token for other services.
pub(crate) struct ServiceTokenShape;

impl Shape for ServiceTokenShape {
    const NAME: &'static str = "ServiceToken";

    fn schema() -> MetaSchema {
        all_required(vec![("token", text()), ("expires", text())])
    }
}

/// Public keys, as a JSON Web Key Set.
pub(crate) struct ServiceKeysShape;

impl Shape for ServiceKeysShape {
    const NAME: &'static str = "ServiceKeys";

    fn schema() -> MetaSchema {
        all_required(vec![("keys", array_of(object()))])
    }
}

/// Which key signs from now on.
pub(crate) struct ServiceKeyShape;

impl Shape for ServiceKeyShape {
    const NAME: &'static str = "ServiceKey";

    fn schema() -> MetaSchema {
        all_required(vec![("kid", text())])
    }
}
