//! Makes letters from templates (contract §5.4).
//!
//! - Placeholders are filled in once, from left to right: what stands for one is never looked at
//!   for others, so no name of a record becomes a token.
//! - In HTML every value is escaped, in a subject none: a subject is no HTML.
//! - A subject is one line, whatever stands in it.
//! - Fields that are hidden stand for nothing; their placeholders stay, as unknown ones do.
//! - Links begin with the configured address of the application and nothing else.

use luge_model::collection::{Collection, EmailTemplate};
use luge_model::limits::{MAIL_SUBJECT_CHARS_MAX, MAIL_VALUE_CHARS_MAX};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde_json::Value as Json;

use super::{Letter, plain};
use crate::settings::MetaSettings;

/// To whom a letter goes, and why.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The address; `None` where nobody is to get it.
    pub to: Option<&'a str>,
    /// What it is about, such as `verification`.
    pub about: &'a str,
    /// When it is of no use any more.
    pub until: Option<Timestamp>,
}

/// What stands for the placeholders of a template; an empty text where there is nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Placeholders<'a> {
    /// `{RECORD:field}`: whom it is about.
    pub record: Option<(&'a Collection, &'a Record)>,
    /// `{TOKEN}`
    pub token: &'a str,
    /// `{OTP}`
    pub one_time_code: &'a str,
    /// `{OTP_ID}`
    pub one_time_id: &'a str,
    /// `{ALERT_INFO}`
    pub alert: &'a str,
}

/// A letter from a template.
#[must_use]
pub fn compose(
    envelope: Envelope<'_>,
    template: &EmailTemplate,
    meta: &MetaSettings,
    values: &Placeholders<'_>,
) -> Letter {
    let value = |name: &str| value(name, meta, values);
    let subject = filled(&template.subject, |name| value(name));
    let body = filled(&template.body, |name| {
        value(name).map(|text| escaped(&text))
    });
    letter(envelope, &subject, &body, meta)
}

/// A letter from a subject and the HTML of its body.
pub(super) fn letter(
    envelope: Envelope<'_>,
    subject: &str,
    body: &str,
    meta: &MetaSettings,
) -> Letter {
    Letter {
        to: envelope.to.map(str::to_owned),
        about: envelope.about.to_owned(),
        subject: one_line(subject),
        html: page(body, &meta.accent_color),
        text: plain::text(body),
        until: envelope.until.map(|until| until.0),
    }
}

/// What a placeholder stands for; `None` where it is none.
fn value(name: &str, meta: &MetaSettings, values: &Placeholders<'_>) -> Option<String> {
    let known = match name {
        "APP_NAME" => meta.app_name.as_str(),
        // Links go on with a slash.
        "APP_URL" => meta.app_url.trim_end_matches('/'),
        "TOKEN" => values.token,
        "OTP" => values.one_time_code,
        "OTP_ID" => values.one_time_id,
        "ALERT_INFO" => values.alert,
        _ => return of_record(name.strip_prefix("RECORD:")?, values),
    };
    (!known.is_empty()).then(|| known.to_owned())
}

fn of_record(name: &str, values: &Placeholders<'_>) -> Option<String> {
    let (collection, record) = values.record?;
    let field = collection.field(name).filter(|field| !field.hidden)?;
    let text = match record.value(field.number)?.to_owned().to_json() {
        Json::String(text) => text,
        Json::Null => String::new(),
        other => other.to_string(),
    };
    Some(text.chars().take(MAIL_VALUE_CHARS_MAX).collect())
}

fn filled(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let named = after.split_once('}');
        match named.and_then(|(name, behind)| Some((value(name)?, behind))) {
            Some((value, behind)) => {
                text.push_str(&value);
                rest = behind;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Everything that ends a line in some program or other becomes a space.
pub(super) fn one_line(text: &str) -> String {
    let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let spaced: String = text
        .chars()
        .map(|c| if ends_line(c) { ' ' } else { c })
        .take(MAIL_SUBJECT_CHARS_MAX)
        .collect();
    spaced.trim().to_owned()
}

/// The body in a page of its own.
fn page(body: &str, accent: &str) -> String {
    let accent = escaped(accent);
    format!(
        "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\n\
         body {{ margin: 0; padding: 24px; background: #ffffff; color: #1c1c1e; \
         font: 15px/1.5 system-ui, -apple-system, \"Segoe UI\", sans-serif; }}\n\
         p {{ margin: 0 0 14px; }}\na {{ color: inherit; }}\n\
         .hidden {{ display: none !important; }}\n\
         .btn {{ display: inline-block; padding: 11px 22px; border-radius: 6px; \
         background: {accent} !important; color: #ffffff !important; font-weight: 600; \
         text-decoration: none !important; }}\n</style>\n</head>\n\
         <body>\n{body}\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const META: fn() -> MetaSettings = MetaSettings::default;

    fn template(subject: &str, body: &str) -> EmailTemplate {
        EmailTemplate {
            subject: subject.to_owned(),
            body: body.to_owned(),
        }
    }

    fn composed(
        template: &EmailTemplate,
        meta: &MetaSettings,
        values: &Placeholders<'_>,
    ) -> Letter {
        let envelope = Envelope {
            to: Some("ann@example.com"),
            about: "verification",
            until: None,
        };
        compose(envelope, template, meta, values)
    }

    #[test]
    fn placeholders_are_filled_in_once_and_unknown_ones_stay() {
        let values = Placeholders {
            token: "{OTP}",
            one_time_code: "123",
            ..Placeholders::default()
        };
        let template = template(
            "{APP_NAME} {NOPE} {TOKEN} {",
            "{APP_URL}/x {{TOKEN}} {RECORD:name} {OTP_ID} {} {otp} {OTP",
        );
        let letter = composed(&template, &META(), &values);
        assert_eq!(letter.subject, "Acme {NOPE} {OTP} {");
        let expected = "http://localhost:8090/x {{OTP}} {RECORD:name} {OTP_ID} {} {otp} {OTP";
        assert_eq!(letter.text, expected);
        assert!(letter.html.contains(expected), "{}", letter.html);
    }

    #[test]
    fn values_are_escaped_in_html_and_not_in_subjects() {
        let meta = MetaSettings {
            app_name: "<b>\"A\" & 'B'</b>".to_owned(),
            app_url: "http://x.test/sub/".to_owned(),
            ..META()
        };
        let template = template(
            "{APP_NAME}",
            "<p>{APP_NAME}</p><a href=\"{APP_URL}/y\">z</a>",
        );
        let letter = composed(&template, &meta, &Placeholders::default());
        assert_eq!(letter.subject, "<b>\"A\" & 'B'</b>");
        let html = "<p>&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;</p>\
                    <a href=\"http://x.test/sub/y\">z</a>";
        assert!(letter.html.contains(html), "{}", letter.html);
        assert_eq!(letter.text, "<b>\"A\" & 'B'</b>\n\nz: http://x.test/sub/y");
    }

    #[test]
    fn a_subject_is_one_line_of_bounded_length() {
        for (given, expected) in [
            ("a\r\nBcc: x@example.com", "a  Bcc: x@example.com"),
            (
                "a\nb\rc\0d\u{b}e\u{85}f\u{2028}g\u{2029}h",
                "a b c d e f g h",
            ),
            ("\r\n", ""),
            ("  Zoë 🛷 ", "Zoë 🛷"),
        ] {
            assert_eq!(one_line(given), expected, "{given:?}");
        }
        assert_eq!(
            one_line(&"é".repeat(1_000)).chars().count(),
            MAIL_SUBJECT_CHARS_MAX
        );
    }

    proptest! {
        #[test]
        fn no_value_makes_markup_or_lines(value in "(?s).{0,60}") {
            let meta = MetaSettings { app_name: value, ..META() };
            let both = template("{APP_NAME}", "{APP_NAME}");
            let one = composed(&both, &meta, &Placeholders::default());
            let none = composed(&template("", ""), &META(), &Placeholders::default());
            let tags = |letter: &Letter| letter.html.matches('<').count();
            prop_assert_eq!(tags(&one), tags(&none));
            prop_assert!(!one.subject.contains(['\r', '\n', '\0']));
        }
    }
}
