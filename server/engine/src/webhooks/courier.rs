//! Carrying a delivery of a webhook: one signed request, and what its answer means.

use std::sync::Arc;

use luge_model::timestamp::Timestamp;

use super::definition::Webhook;
use super::secret::{seconds, signatures};
use super::{Shared, Webhooks};
use crate::error::Error;
use crate::outbox::{Attempted, Carrying, Courier, Delivery, Verdict};
use crate::outside::{OutboundAnswer, OutboundMethod, OutboundRequest};

/// The answer of a receiver that wants no more.
const GONE: u16 = 410;

impl Courier for Webhooks {
    fn carry(&self, delivery: Delivery, body: Vec<u8>, now: Timestamp) -> Carrying {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            match shared.find(&delivery.line.owner) {
                Ok(webhook) if webhook.enabled => {
                    let attempted = shared.post(&webhook, &delivery.id, body, now).await;
                    if attempted.status == Some(GONE) {
                        shared.switch_off(&webhook, now).await;
                    }
                    attempted
                }
                Ok(_) => failed(
                    "The webhook is switched off.",
                    Verdict::Retry { wait: None },
                ),
                Err(Error::MissingRecord) => failed("The webhook is gone.", Verdict::GiveUp),
                Err(error) => {
                    tracing::error!(%error, "a webhook cannot be read");
                    failed("The webhook cannot be read.", Verdict::Retry { wait: None })
                }
            }
        })
    }
}

impl Shared {
    /// One request, signed for this moment.
    pub(super) async fn post(
        &self,
        webhook: &Webhook,
        id: &str,
        body: Vec<u8>,
        now: Timestamp,
    ) -> Attempted {
        let mut headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("webhook-id".to_owned(), id.to_owned()),
            ("webhook-timestamp".to_owned(), seconds(now).to_string()),
            (
                "webhook-signature".to_owned(),
                signatures(&webhook.secrets, id, now, &body),
            ),
        ];
        let added = webhook.headers.iter();
        headers.extend(added.map(|(name, value)| (name.clone(), value.clone())));
        let request = OutboundRequest {
            method: OutboundMethod::Post,
            url: webhook.url.clone(),
            headers,
            body,
            // What a receiver says beside its status is of no interest, and is never shown.
            answer_bytes_max: 0,
        };
        match self.parts.outbound.send(request).await {
            Ok(answer) => judged(&answer, now),
            Err(error) => failed(&error.to_string(), Verdict::Retry { wait: None }),
        }
    }

    /// The receiver said that it is gone for good.
    async fn switch_off(&self, webhook: &Webhook, now: Timestamp) {
        let after = Webhook {
            enabled: false,
            disabled_reason: format!("The receiver answered {GONE}: it wants no more deliveries."),
            updated: now,
            ..webhook.clone()
        };
        tracing::warn!(
            webhook = webhook.id,
            "a webhook is switched off: its receiver is gone"
        );
        match self.replace(webhook, &after).await {
            // It was changed at this moment: whoever did that knows better.
            Ok(()) | Err(Error::Contended) => {}
            Err(error) => tracing::warn!(%error, "a webhook could not be switched off"),
        }
        self.parts.outbox.pause(&super::line(&webhook.id), true);
    }
}

fn judged(answer: &OutboundAnswer, now: Timestamp) -> Attempted {
    let verdict = match answer.status {
        200..=299 => Verdict::Delivered,
        GONE => Verdict::GiveUp,
        _ => Verdict::Retry {
            wait: answer
                .header("retry-after")
                .and_then(|text| pause(text, now)),
        },
    };
    let error = match (verdict, answer.status) {
        (Verdict::Delivered, _) => None,
        (_, 300..=399) => Some("The receiver redirects, which is not followed.".to_owned()),
        (_, status) => Some(format!("The receiver answered {status}.")),
    };
    Attempted {
        status: Some(answer.status),
        error,
        verdict,
    }
}

/// What `Retry-After` asks for, in milliseconds: seconds, or a date of HTTP.
fn pause(text: &str, now: Timestamp) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(i64::from(seconds).saturating_mul(1_000));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let until = until.duration_since(std::time::UNIX_EPOCH).ok()?;
    let until = i64::try_from(until.as_millis()).ok()?;
    Some(until.saturating_sub(now.0).max(0))
}

fn failed(error: &str, verdict: Verdict) -> Attempted {
    Attempted {
        status: None,
        error: Some(error.to_owned()),
        verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, headers: &[(&str, &str)]) -> Verdict {
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let answer = OutboundAnswer {
            status,
            headers: headers.collect(),
            body: Vec::new(),
        };
        judged(&answer, Timestamp(784_111_770_000)).verdict
    }

    #[test]
    fn only_success_is_success() {
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(verdict(status, &[]), Verdict::Delivered, "{status}");
        }
        for status in [100, 199, 300, 301, 307, 400, 401, 404, 429, 500, 503, 999] {
            assert_eq!(
                verdict(status, &[]),
                Verdict::Retry { wait: None },
                "{status}"
            );
        }
        assert_eq!(verdict(410, &[("retry-after", "5")]), Verdict::GiveUp);
    }

    #[test]
    fn receivers_can_ask_for_a_pause() {
        let wait = |text| match verdict(503, &[("retry-after", text)]) {
            Verdict::Retry { wait } => wait,
            other => panic!("{other:?}"),
        };
        assert_eq!(wait("120"), Some(120_000));
        assert_eq!(wait(" 0 "), Some(0));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(7_000));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:00 GMT"), Some(0));
        for text in ["", "soon", "-5", "1.5", "99999999999999"] {
            assert_eq!(wait(text), None, "{text}");
        }
    }
}
