//! Carrying a letter: to the mail server of the settings, or into the inbox where there is none.

use luge_model::timestamp::Timestamp;

use super::compose::one_line;
use super::{Letter, Mail};
use crate::outbox::{Attempted, Carrying, Courier, Delivery, Verdict};
use crate::outside::{Login, LoginMethod, MailServer, OutboundMail, PostError};
use crate::settings::{SettingsValues, SmtpSettings};

/// Answers that mean that the server wants another sign-in: the settings are wrong, not the mail.
const SIGN_IN_STATUSES: [u16; 4] = [530, 534, 535, 538];

impl Courier for Mail {
    fn carry(&self, delivery: Delivery, body: Vec<u8>, now: Timestamp) -> Carrying {
        let mail = self.clone();
        Box::pin(async move {
            match Letter::open(&body, mail.vault()) {
                Ok(letter) => mail.try_once(&delivery, letter, now).await,
                Err(error) => {
                    tracing::error!(%error, delivery = delivery.id, "a letter cannot be read");
                    attempted(None, Some("The letter cannot be read.".to_owned()), RETRY)
                }
            }
        })
    }
}

const RETRY: Verdict = Verdict::Retry { wait: None };

impl Mail {
    async fn try_once(&self, delivery: &Delivery, letter: Letter, now: Timestamp) -> Attempted {
        let Some(to) = letter.to.clone() else {
            return attempted(None, None, Verdict::Gone);
        };
        let settings = self.parts.settings.current();
        if !settings.smtp.enabled {
            return attempted(None, None, Verdict::Delivered);
        }
        if !letter.is_timely(now) {
            let reason = "What it holds has ended before it could be sent.";
            return attempted(None, Some(reason.to_owned()), Verdict::GiveUp);
        }
        let mail = outbound(&settings, (&delivery.id, delivery.made), (to, letter));
        match self.parts.post.send(server(&settings.smtp), mail).await {
            Ok(()) => attempted(None, None, Verdict::Gone),
            Err(error) => failed(&error),
        }
    }
}

/// The mail server of the settings.
pub(super) fn server(smtp: &SmtpSettings) -> MailServer {
    let login = (!smtp.username.is_empty() || !smtp.password.is_empty()).then(|| Login {
        username: smtp.username.clone(),
        password: smtp.password.clone(),
        method: match smtp.auth_method.as_str() {
            "LOGIN" => LoginMethod::Login,
            _ => LoginMethod::Plain,
        },
    });
    MailServer {
        host: smtp.host.clone(),
        port: smtp.port,
        tls: smtp.tls,
        login,
        local_name: smtp.local_name.clone(),
    }
}

/// A letter as it leaves, from whom the settings say at this moment.
pub(super) fn outbound(
    settings: &SettingsValues,
    (id, date): (&str, Timestamp),
    (to, letter): (String, Letter),
) -> OutboundMail {
    OutboundMail {
        id: id.to_owned(),
        date,
        sender_name: one_line(&settings.meta.sender_name),
        sender_address: settings.meta.sender_address.clone(),
        to,
        subject: letter.subject,
        html: letter.html,
        text: letter.text,
    }
}

fn failed(error: &PostError) -> Attempted {
    let (status, verdict) = match error {
        PostError::Malformed(_) => (None, Verdict::GiveUp),
        PostError::Refused { status, .. } if SIGN_IN_STATUSES.contains(status) => {
            (Some(*status), RETRY)
        }
        PostError::Refused { status, .. } => (Some(*status), Verdict::GiveUp),
        PostError::Failed { status, .. } => (*status, RETRY),
    };
    attempted(status, Some(error.to_string()), verdict)
}

fn attempted(status: Option<u16>, error: Option<String>, verdict: Verdict) -> Attempted {
    Attempted {
        status,
        error,
        verdict,
    }
}
