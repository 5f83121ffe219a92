//! What a bucket failed with, in words: never a secret, and never a whole answer, since an endpoint
//! that is something else than a bucket could tell through it what it knows.

use std::error::Error as _;
use std::io;

use luge_engine::files::BucketFailure;
use luge_model::limits::S3_REASON_CHARS_MAX;
use object_store::Error;

/// Says why something was refused.
pub(super) fn refusal(reason: impl Into<String>) -> io::Error {
    io::Error::other(BucketFailure(reason.into()))
}

/// Says what went wrong.
pub(super) fn failure(error: &Error) -> io::Error {
    tracing::debug!(%error, "a bucket failed");
    refusal(reason(&error.to_string(), transport(error)))
}

/// How the way to the server failed, if it did.
fn transport(error: &Error) -> Option<&'static str> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<reqwest::Error>() {
            return Some(match error {
                error if error.is_timeout() => "it did not answer in time",
                error if error.is_connect() => "no connection can be made to its endpoint",
                _ => "the connection to it broke",
            });
        }
        cause = error.source();
    }
    None
}

/// The code and the message that S3 has in its answers, else the status of the answer.
fn reason(text: &str, transport: Option<&'static str>) -> String {
    if let Some(transport) = transport {
        return transport.to_owned();
    }
    let code = element(text, "Code")
        .filter(|code| code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if let Some(code) = code {
        let message = element(text, "Message").map(shortened).unwrap_or_default();
        return format!("{code}: {message}")
            .trim_end_matches(": ")
            .to_owned();
    }
    let status = text.split_once("status code: ").map(|(_, rest)| rest);
    let status = status.and_then(|rest| rest.split_whitespace().next());
    match status.map(|status| status.trim_end_matches(':')) {
        Some(status) if status.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("it answers with the status {status}, and not as S3 does")
        }
        _ if text.contains("redirect") => {
            "it answers with a redirect; the region or the endpoint may be wrong".to_owned()
        }
        _ => "it does not answer as S3 does".to_owned(),
    }
}

fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>"))
        .map(|(inside, _)| inside)
}

fn shortened(message: &str) -> String {
    let plain = message.chars().filter(|one| !one.is_control());
    plain.take(S3_REASON_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_by_code_and_message_only() {
        let answered = "Generic S3 error: Server returned non-2xx status code: 403 Forbidden: \
            <?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>The request \
            signature\nis wrong.</Message><AWSAccessKeyId>AKID</AWSAccessKeyId></Error>";
        let told = "SignatureDoesNotMatch: The request signatureis wrong.";
        assert_eq!(reason(answered, None), told);
        for (text, expected) in [
            (
                "Server returned non-2xx status code: 200 OK: root:x:0:0",
                "it answers with the status 200, and not as S3 does",
            ),
            ("<Code>a b</Code>", "it does not answer as S3 does"),
            ("<Code>A", "it does not answer as S3 does"),
            ("the secret is hunter2", "it does not answer as S3 does"),
            ("<Code>NoSuchBucket</Code>", "NoSuchBucket"),
        ] {
            assert_eq!(reason(text, None), expected);
        }
        let long = format!("<Code>X</Code><Message>{}</Message>", "y".repeat(10_000));
        assert!(reason(&long, None).len() < 300);
        assert_eq!(reason(answered, Some("broken")), "broken");
    }
}
