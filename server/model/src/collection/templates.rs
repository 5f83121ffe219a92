//! The mails of a new auth collection. Placeholders are filled in when a mail is sent
//! (contract §5.4).

use serde::{Deserialize, Serialize};

/// A mail with placeholders such as `{APP_NAME}` and `{TOKEN}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailTemplate {
    /// Its subject.
    pub subject: String,
    /// Its HTML body.
    pub body: String,
}

impl EmailTemplate {
    fn new(subject: &str, body: String) -> Self {
        Self {
            subject: subject.to_owned(),
            body,
        }
    }

    /// A sign-in from a place that was not seen before.
    #[must_use]
    pub fn auth_alert() -> Self {
        let text = "<p>Someone signed in to your {APP_NAME} account from a new place:</p>\n\
            <p><em>{ALERT_INFO}</em></p>\n\
            <p>Was it you? Then there is nothing to do.</p>\n\
            <p><strong>If not, change your password: that ends every other sign-in.</strong></p>";
        Self::new("New sign-in to {APP_NAME}", letter(text))
    }

    /// A one-time code.
    #[must_use]
    pub fn one_time_code() -> Self {
        let text = "<p>Your one-time code is <strong>{OTP}</strong></p>\n\
            <p><i>You did not ask for a code? Then you can ignore this mail.</i></p>";
        Self::new("Your code for {APP_NAME}", letter(text))
    }

    /// A link that signs in. It leads to the application itself, which takes the token from it.
    #[must_use]
    pub fn magic_link() -> Self {
        let text = "<p>You can sign in to {APP_NAME} here:</p>\n<p>\n  <a class=\"btn\" \
            href=\"{APP_URL}/#/auth/magic-link/{TOKEN}\" target=\"_blank\" rel=\"noopener\">\
            Sign in</a>\n</p>\n\
            <p><i>You did not ask to sign in? Then you can ignore this mail.</i></p>";
        Self::new("Sign in to {APP_NAME}", letter(text))
    }

    /// The first confirmation of an address.
    #[must_use]
    pub fn verification() -> Self {
        let text = action(
            "Welcome to {APP_NAME}. Please confirm that this is your address:",
            ("confirm-verification", "Confirm address"),
            "You did not sign up? Then you can ignore this mail.",
        );
        Self::new("Confirm your address for {APP_NAME}", letter(&text))
    }

    /// A forgotten password.
    #[must_use]
    pub fn password_reset() -> Self {
        let text = action(
            "You can choose a new password for {APP_NAME} here:",
            ("confirm-password-reset", "Choose a new password"),
            "You did not ask for this? Then you can ignore this mail; your password stays.",
        );
        Self::new("Choose a new password for {APP_NAME}", letter(&text))
    }

    /// The change to another address.
    #[must_use]
    pub fn email_change() -> Self {
        let text = action(
            "Please confirm that this is your new address for {APP_NAME}:",
            ("confirm-email-change", "Confirm new address"),
            "You did not ask for this? Then you can ignore this mail; nothing changes.",
        );
        Self::new("Confirm your new address for {APP_NAME}", letter(&text))
    }

    /// A sign-in through a provider that an account lost.
    #[must_use]
    pub fn provider_unlinked() -> Self {
        let text = "<p>Signing in with {ALERT_INFO} was removed from your account of {APP_NAME} \
            ({APP_URL}).</p>\n\
            <p>If that was not you, choose a new password there and look at how your account is \
            signed in to.</p>";
        Self::new(
            "{ALERT_INFO} was removed from your account of {APP_NAME}",
            letter(text),
        )
    }

    /// An automatic backup that failed; for superusers.
    #[must_use]
    pub fn backup_failed() -> Self {
        let text = "<p>The automatic backup of {APP_NAME} ({APP_URL}) failed:</p>\n\
            <p><em>{ALERT_INFO}</em></p>\n\
            <p>Backups that were made before are still there. You are told of further failures \
            once a day.</p>";
        Self::new("The backup of {APP_NAME} failed", letter(text))
    }
}

fn action(before: &str, (page, label): (&str, &str), after: &str) -> String {
    format!(
        "<p>{before}</p>\n<p>\n  <a class=\"btn\" href=\"{{APP_URL}}/_/#/auth/{page}/{{TOKEN}}\" \
         target=\"_blank\" rel=\"noopener\">{label}</a>\n</p>\n<p><i>{after}</i></p>"
    )
}

fn letter(text: &str) -> String {
    format!("<p>Hello,</p>\n{text}\n<p>\n  Kind regards,<br/>\n  {{APP_NAME}}\n</p>")
}
