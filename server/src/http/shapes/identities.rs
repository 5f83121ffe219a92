//! What answers about sign-in look like.

use poem_openapi::registry::MetaSchema;

use super::{all_required, array_of, inline, object, text};
use crate::http::answer::Shape;

/// A record and the token that stands for it.
pub(crate) struct SignedInShape;

impl Shape for SignedInShape {
    const NAME: &'static str = "SignedIn";

    fn schema() -> MetaSchema {
        all_required(vec![("record", object()), ("token", text())])
    }
}

/// The same with what a provider said.
pub(crate) struct ProviderSignedInShape;

impl Shape for ProviderSignedInShape {
    const NAME: &'static str = "ProviderSignedIn";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("meta", object()),
            ("record", object()),
            ("token", text()),
        ])
    }
}

/// What is known of a provider, and what it says.
pub(crate) struct ProviderTrialShape;

impl Shape for ProviderTrialShape {
    const NAME: &'static str = "ProviderTrial";

    fn schema() -> MetaSchema {
        MetaSchema {
            additional_properties: Some(Box::new(inline(MetaSchema::ANY))),
            ..MetaSchema::new("object")
        }
    }
}

/// A client secret for Apple.
pub(crate) struct AppleSecretShape;

impl Shape for AppleSecretShape {
    const NAME: &'static str = "AppleSecret";

    fn schema() -> MetaSchema {
        all_required(vec![("secret", text())])
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

/// How a record was signed in to.
pub(crate) struct SignInsShape;

impl Shape for SignInsShape {
    const NAME: &'static str = "SignIns";

    fn schema() -> MetaSchema {
        let truth = || inline(MetaSchema::new("boolean"));
        let entry = all_required(vec![
            ("id", text()),
            ("created", text()),
            ("outcome", text()),
            ("method", text()),
            ("provider", text()),
            ("first", text()),
            ("device", text()),
            ("address", text()),
            ("new", truth()),
            ("session", text()),
            ("live", truth()),
            ("current", truth()),
            ("by", text()),
            ("until", text()),
        ]);
        all_required(vec![("items", array_of(inline(entry)))])
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

/// Whether a record has an authenticator app.
pub(crate) struct TotpShape;

impl Shape for TotpShape {
    const NAME: &'static str = "Totp";

    fn schema() -> MetaSchema {
        all_required(vec![
            ("enabled", inline(MetaSchema::new("boolean"))),
            ("created", text()),
            ("recoveryCodes", inline(MetaSchema::new("integer"))),
        ])
    }
}

/// What an authenticator app is set up with.
pub(crate) struct TotpSecretShape;

impl Shape for TotpSecretShape {
    const NAME: &'static str = "TotpSecret";

    fn schema() -> MetaSchema {
        all_required(vec![("secret", text()), ("uri", text())])
    }
}

/// Recovery codes, shown once.
pub(crate) struct RecoveryCodesShape;

impl Shape for RecoveryCodesShape {
    const NAME: &'static str = "RecoveryCodes";

    fn schema() -> MetaSchema {
        all_required(vec![("recoveryCodes", array_of(text()))])
    }
}

/// What is brought back with a mailed code.
pub(crate) struct CodeShape;

impl Shape for CodeShape {
    const NAME: &'static str = "OneTimeCode";

    fn schema() -> MetaSchema {
        all_required(vec![("otpId", text())])
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

/// Whether the first superuser is still to be made.
pub(crate) struct SetupShape;

impl Shape for SetupShape {
    const NAME: &'static str = "Setup";

    fn schema() -> MetaSchema {
        all_required(vec![("required", inline(MetaSchema::new("boolean")))])
    }
}
