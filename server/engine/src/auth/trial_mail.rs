//! A mail for superusers to try the mail server and a template with (contract §1.7,
//! `settings/test/email`). Its token and its code are worth nothing.

use luge_model::collection::AuthOptions;
use luge_model::invalid::{Violation, Violations};

use super::Auth;
use super::mailed::{Flow, Mailed, check_address};
use crate::access::Compiled;
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};
use crate::identity::SUPERUSERS;
use crate::mail::{Envelope, Letter, Placeholders, compose};
use crate::outside::PostError;
use crate::secrets;

/// Which mail is to be sent, and where to.
#[derive(Clone, Debug, Default)]
pub struct TrialMail {
    /// The address.
    pub email: String,
    /// `verification`, `password-reset`, `email-change`, `otp` or `login-alert`.
    pub template: String,
    /// The collection that has the template; empty for that of the superusers.
    pub collection: String,
}

/// What is in the mails of a template.
#[derive(Clone, Copy)]
enum Content {
    Token(Flow),
    OneTimeCode,
    Alert,
}

impl Auth {
    /// Sends a mail at once and once; where no mail server is set, it is kept as every other.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::Refused`] where the template or the address is
    /// none; inside, why the mail server did not take it.
    pub async fn send_trial(
        &self,
        context: &Context,
        trial: &TrialMail,
    ) -> Result<std::result::Result<(), PostError>> {
        context.require_superuser()?;
        let mut violations = check_address(&trial.email, "email");
        let content = content(&trial.template);
        if let Err(violation) = &content {
            violations.add("template", violation.clone());
        }
        let collection = match trial.collection.as_str() {
            "" => SUPERUSERS,
            named => named,
        };
        let compiled = self.auth_collection(collection).map_err(|_missing| {
            let message = "Must be a valid auth collection id or name.";
            Violation::new("validation_invalid_auth_collection", message)
        });
        if let Err(violation) = &compiled {
            violations.add("collection", violation.clone());
        }
        match (content, compiled) {
            (Ok(content), Ok(compiled)) if violations.is_empty() => {
                let letter = self.trial_letter(context, &compiled, (content, &trial.email))?;
                let id = format!("msg_test{}", secrets::record_id(&*self.random));
                let sent = self
                    .mail
                    .send_once(context.now, (&id, letter), &self.committer);
                sent.await
            }
            _ => Err(refused(violations)),
        }
    }

    fn trial_letter(
        &self,
        context: &Context,
        compiled: &Compiled,
        (content, address): (Content, &str),
    ) -> Result<Letter> {
        let options = compiled.collection.auth();
        let options = options.ok_or(Error::MissingAuthCollection)?;
        let (about, template) = match content {
            Content::Token(flow) => {
                let mailed = Mailed {
                    record: None,
                    email: address,
                    new_email: (flow == Flow::EmailChange).then_some(address),
                    is_sent: true,
                };
                return self.letter(context.now, compiled, (flow, mailed));
            }
            Content::OneTimeCode => ("otp", &options.otp.email_template),
            Content::Alert => ("login-alert", &options.auth_alert.email_template),
        };
        let code = self.random.text(b"0123456789", code_length(options));
        let id = secrets::record_id(&*self.random);
        let alert = format!("{} - 127.0.0.1 Test", context.now);
        let values = Placeholders {
            one_time_code: &code,
            one_time_id: &id,
            alert: &alert,
            ..Placeholders::default()
        };
        let envelope = Envelope {
            to: Some(address),
            about,
            until: None,
        };
        let meta = &self.settings.current().meta;
        Ok(compose(envelope, template, meta, &values))
    }
}

fn code_length(options: &AuthOptions) -> usize {
    usize::try_from(options.otp.length).unwrap_or_default()
}

fn content(template: &str) -> std::result::Result<Content, Violation> {
    match template {
        "verification" => Ok(Content::Token(Flow::Verification)),
        "password-reset" => Ok(Content::Token(Flow::PasswordReset)),
        "email-change" => Ok(Content::Token(Flow::EmailChange)),
        "otp" => Ok(Content::OneTimeCode),
        "login-alert" => Ok(Content::Alert),
        "" => Err(Violation::required()),
        _ => Err(Violation::new(
            "validation_in_invalid",
            "Must be a valid value.",
        )),
    }
}

fn refused(violations: Violations) -> Error {
    Error::Refused {
        action: Action::Update,
        subject: Subject::Settings,
        violations,
        reason: Some("Failed to send the test email.".to_owned()),
    }
}
