//! Whom a passkey is for: the domain it is bound to and the pages that may ask for it.
//!
//! Both come from the collection or from the configured address of the application, never from a
//! request.

use luge_model::collection::PasskeyOptions;
use url::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::error::{Error, Result};
use crate::settings::MetaSettings;

/// What verifies the passkeys of a collection.
///
/// # Errors
/// [`Error::Forbidden`] where passkeys are switched off; [`Error::BadRequest`] where the
/// application's address has no domain.
pub(super) fn relying_party(options: &PasskeyOptions, meta: &MetaSettings) -> Result<Webauthn> {
    if !options.enabled {
        return Err(Error::Forbidden(
            "The collection is not configured to allow passkey authentication.".to_owned(),
        ));
    }
    let address = Url::parse(&meta.app_url).ok();
    let own = || address.clone().ok_or_else(|| without_domain(meta));
    let origins: Vec<Url> = options
        .origins
        .iter()
        .filter_map(|origin| Url::parse(origin).ok())
        .collect();
    // An Android application has no domain of its own.
    let first = origins.iter().find(|origin| origin.domain().is_some());
    let first = first.map_or_else(own, |origin| Ok(origin.clone()))?;
    let domain = match options.rp_id.as_str() {
        "" => first.domain().unwrap_or_default(),
        chosen => chosen,
    };
    let builder = WebauthnBuilder::new(domain, &first).map_err(|_error| without_domain(meta))?;
    let builder = origins
        .iter()
        .filter(|origin| **origin != first)
        .fold(builder, WebauthnBuilder::append_allowed_origin);
    let built = builder.rp_name(&meta.app_name).build();
    built.map_err(|_error| without_domain(meta))
}

fn without_domain(meta: &MetaSettings) -> Error {
    Error::BadRequest(format!(
        "Passkeys need a domain name, and {} has none that suits: a superuser can set the \
         application's address (appURL), or rpId and origins of the collection's passkeys.",
        meta.app_url
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(app_url: &str, rp_id: &str, origins: &[&str]) -> Option<Vec<String>> {
        let options = PasskeyOptions {
            enabled: true,
            rp_id: rp_id.to_owned(),
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
        };
        let meta = MetaSettings {
            app_url: app_url.to_owned(),
            ..MetaSettings::default()
        };
        let party = relying_party(&options, &meta).ok()?;
        let allowed = party.get_allowed_origins().iter();
        Some(allowed.map(|origin| origin.to_string()).collect())
    }

    #[test]
    fn the_address_of_the_application_counts_where_nothing_is_chosen() {
        for (app_url, expected) in [
            ("http://localhost:8090", Some("http://localhost:8090/")),
            (
                "https://api.example.com/base",
                Some("https://api.example.com/base"),
            ),
            ("http://127.0.0.1:8090", None),
            ("http://[::1]:8090", None),
            ("nothing", None),
            ("", None),
        ] {
            let expected = expected.map(|origin| vec![origin.to_owned()]);
            assert_eq!(origins(app_url, "", &[]), expected, "{app_url}");
        }
    }

    #[test]
    fn what_is_chosen_counts_alone() {
        let chosen = ["https://app.example.com", "android:apk-key-hash:abc"];
        assert_eq!(
            origins("http://127.0.0.1:8090", "example.com", &chosen),
            Some(vec![
                "https://app.example.com/".to_owned(),
                "android:apk-key-hash:abc".to_owned()
            ])
        );
        assert_eq!(origins("https://other.test", "example.com", &[]), None);
        let off = PasskeyOptions {
            enabled: false,
            ..PasskeyOptions::default()
        };
        let refused = relying_party(&off, &MetaSettings::default());
        assert!(matches!(refused, Err(Error::Forbidden(_))));
    }
}
