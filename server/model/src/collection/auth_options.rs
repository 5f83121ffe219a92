//! The options of an auth collection (contract §2.6), in the order in which they are written.
//!
//! Durations are seconds. Secrets are part of the stored form and never of the shown one; see
//! `json.rs`.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json};

use super::Rule;
use super::cookie_options::CookieOptions;
use super::factor_options::{AnonymousOptions, MagicLinkOptions};
use super::passkey_options::PasskeyOptions;
use super::secret::Secret;
use super::templates::EmailTemplate;
use crate::limits::{
    AUTH_TOKEN_SECONDS_DEFAULT, EMAIL_CHANGE_TOKEN_SECONDS_DEFAULT, FILE_TOKEN_SECONDS_DEFAULT,
    MFA_SECONDS_DEFAULT, OTP_LENGTH_DEFAULT, OTP_SECONDS_DEFAULT,
    PASSWORD_RESET_TOKEN_SECONDS_DEFAULT, TOKEN_SECRET_CHARS, VERIFICATION_TOKEN_SECONDS_DEFAULT,
};

/// The options of an auth collection, secrets included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthOptions {
    /// Checked on every auth answer; `None`: nobody can sign in.
    pub auth_rule: Rule,
    /// Lets a non-superuser manage records; `None`: nobody.
    pub manage_rule: Rule,
    /// A mail after a sign-in from a new place.
    pub auth_alert: AuthAlert,
    /// Sign-in through providers.
    #[serde(rename = "oauth2")]
    pub oauth2: OAuth2Options,
    /// Sign-in with a password.
    pub password_auth: PasswordAuth,
    /// A second factor.
    pub mfa: MfaOptions,
    /// Sign-in with a mailed one-time code.
    pub otp: OtpOptions,
    /// Sign-in with passkeys.
    #[serde(default, skip_serializing_if = "PasskeyOptions::is_default")]
    pub passkey: PasskeyOptions,
    /// Sign-in by a cookie.
    #[serde(default, skip_serializing_if = "CookieOptions::is_default")]
    pub cookie: CookieOptions,
    /// Accounts without any credential.
    #[serde(default, skip_serializing_if = "AnonymousOptions::is_default")]
    pub anonymous: AnonymousOptions,
    /// Sign-in with a mailed link.
    #[serde(default, skip_serializing_if = "MagicLinkOptions::is_default")]
    pub magic_link: MagicLinkOptions,
    /// Tokens that sign requests in.
    pub auth_token: TokenOptions,
    /// Tokens in password reset mails.
    pub password_reset_token: TokenOptions,
    /// Tokens in address change mails.
    pub email_change_token: TokenOptions,
    /// Tokens in verification mails.
    pub verification_token: TokenOptions,
    /// Tokens for protected files.
    pub file_token: TokenOptions,
    /// The verification mail.
    pub verification_template: EmailTemplate,
    /// The password reset mail.
    pub reset_password_template: EmailTemplate,
    /// The address change mail.
    pub confirm_email_change_template: EmailTemplate,
}

/// A mail after a sign-in from a new place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthAlert {
    /// Whether it is sent.
    pub enabled: bool,
    /// The mail.
    pub email_template: EmailTemplate,
}

/// Sign-in through providers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OAuth2Options {
    /// In the order of the sign-in page.
    pub providers: Vec<OAuth2Provider>,
    /// Which fields a provider's facts go to when a record is made.
    pub mapped_fields: MappedFields,
    /// Whether it can be used.
    pub enabled: bool,
    /// Where applications may have people sent back to by the server, beside pages of its own
    /// address; an addition to the contract, so shown only where there are some.
    #[serde(
        default,
        rename = "redirectURLs",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub redirect_urls: Vec<String>,
}

/// Names of fields that take a provider's facts; empty: not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MappedFields {
    /// The id at the provider.
    pub id: String,
    /// The full name.
    pub name: String,
    /// The user name.
    pub username: String,
    /// The picture; downloaded when the field is a file field.
    #[serde(rename = "avatarURL")]
    pub avatar_url: String,
}

/// One configured provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OAuth2Provider {
    /// Whether to use PKCE; `None`: the provider's default.
    pub pkce: Option<bool>,
    /// Which provider, such as `github`.
    pub name: String,
    /// The application's id at the provider.
    pub client_id: String,
    /// The application's secret at the provider.
    pub client_secret: Secret,
    /// Overrides the provider's address of the sign-in page.
    #[serde(rename = "authURL")]
    pub auth_url: String,
    /// Overrides the provider's token address.
    #[serde(rename = "tokenURL")]
    pub token_url: String,
    /// Overrides the provider's address of facts about the user.
    #[serde(rename = "userInfoURL")]
    pub user_info_url: String,
    /// Overrides the shown name.
    pub display_name: String,
    /// Options of single providers.
    #[serde(deserialize_with = "null_is_empty")]
    pub extra: Map<String, Json>,
}

/// Sign-in with a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordAuth {
    /// Whether it can be used.
    pub enabled: bool,
    /// Fields that identify a record; each has a unique index of its own.
    pub identity_fields: Vec<String>,
}

/// A second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaOptions {
    /// Whether it is asked for.
    pub enabled: bool,
    /// Seconds between the two factors.
    pub duration: i64,
    /// Who is asked; empty: everyone.
    pub rule: String,
}

/// Sign-in with a mailed one-time code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OtpOptions {
    /// Whether it can be used.
    pub enabled: bool,
    /// Seconds a code is valid.
    pub duration: i64,
    /// Digits of a code.
    pub length: i64,
    /// The mail.
    pub email_template: EmailTemplate,
}

/// One kind of token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenOptions {
    /// Signs the tokens together with the record's token key.
    #[serde(default)]
    pub secret: Secret,
    /// Seconds a token is valid.
    pub duration: i64,
}

impl OAuth2Options {
    /// The key of [`Self::redirect_urls`].
    pub(super) const REDIRECTS: &'static str = "redirectURLs";
}

impl AuthOptions {
    /// The options of a new auth collection. `draw` makes a random text of a length.
    pub fn fresh(draw: &mut dyn FnMut(usize) -> String) -> Self {
        let mut token = |duration| TokenOptions {
            secret: Secret::new(draw(TOKEN_SECRET_CHARS)),
            duration,
        };
        Self {
            auth_rule: Some(String::new()),
            manage_rule: None,
            auth_alert: AuthAlert {
                enabled: true,
                email_template: EmailTemplate::auth_alert(),
            },
            oauth2: OAuth2Options::default(),
            password_auth: PasswordAuth {
                enabled: true,
                identity_fields: vec!["email".to_owned()],
            },
            mfa: MfaOptions {
                enabled: false,
                duration: MFA_SECONDS_DEFAULT,
                rule: String::new(),
            },
            otp: OtpOptions {
                enabled: false,
                duration: OTP_SECONDS_DEFAULT,
                length: OTP_LENGTH_DEFAULT,
                email_template: EmailTemplate::one_time_code(),
            },
            passkey: PasskeyOptions::default(),
            cookie: CookieOptions::default(),
            anonymous: AnonymousOptions::default(),
            magic_link: MagicLinkOptions::default(),
            auth_token: token(AUTH_TOKEN_SECONDS_DEFAULT),
            password_reset_token: token(PASSWORD_RESET_TOKEN_SECONDS_DEFAULT),
            email_change_token: token(EMAIL_CHANGE_TOKEN_SECONDS_DEFAULT),
            verification_token: token(VERIFICATION_TOKEN_SECONDS_DEFAULT),
            file_token: token(FILE_TOKEN_SECONDS_DEFAULT),
            verification_template: EmailTemplate::verification(),
            reset_password_template: EmailTemplate::password_reset(),
            confirm_email_change_template: EmailTemplate::email_change(),
        }
    }

    /// Every kind of token with its key in JSON.
    #[must_use]
    pub fn tokens(&self) -> [(&'static str, &TokenOptions); 5] {
        [
            ("authToken", &self.auth_token),
            ("passwordResetToken", &self.password_reset_token),
            ("emailChangeToken", &self.email_change_token),
            ("verificationToken", &self.verification_token),
            ("fileToken", &self.file_token),
        ]
    }

    /// Every mail with the path of its key in JSON.
    #[must_use]
    pub fn templates(&self) -> [(&'static str, &EmailTemplate); 3] {
        [
            ("verificationTemplate", &self.verification_template),
            ("resetPasswordTemplate", &self.reset_password_template),
            (
                "confirmEmailChangeTemplate",
                &self.confirm_email_change_template,
            ),
        ]
    }
}

fn null_is_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Json>, D::Error> {
    let read: Option<Map<String, Json>> = Option::deserialize(from)?;
    Ok(read.unwrap_or_default())
}
