//! Envelopes of failures.

use luge_model::invalid::Violation;

use super::*;

fn text(failure: &Failure) -> String {
    let mut response = failure.as_response();
    let body = response.take_body().into_string();
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(body)
        .unwrap()
}

#[test]
fn the_envelope_has_the_key_order_of_the_contract() {
    let violations = Violations::of("title", Violation::required());
    let error = Error::Refused {
        action: Action::Create,
        subject: Subject::Record,
        violations,
        reason: None,
    };
    assert_eq!(
        text(&Failure::from(error)),
        r#"{"data":{"title":{"code":"validation_required","message":"Cannot be blank."}},"#
            .to_owned()
            + r#""message":"Failed to create record.","status":400}"#
    );
}

#[test]
fn every_error_has_its_status_and_message() {
    let table = [
        (Error::MissingCollection, 404, "Missing collection context."),
        (
            Error::MissingRecord,
            404,
            "The requested resource wasn't found.",
        ),
        (
            Error::MissingAuthCollection,
            404,
            "Missing or invalid auth collection context.",
        ),
        (
            Error::SuperusersOnly,
            403,
            "Only superusers can perform this action.",
        ),
        (
            Error::SignInNeeded,
            401,
            "The request requires valid record authorization token.",
        ),
        (Error::Forbidden("not you".to_owned()), 403, "Not you."),
        (
            Error::BadQuery("unexpected `)`".to_owned()),
            400,
            "Unexpected `)`.",
        ),
        (Error::SignInFailed, 400, "Failed to authenticate."),
        (Error::Closed, 503, "The server is stopping."),
    ];
    for (error, status, message) in table {
        let failure = Failure::from(error);
        assert_eq!(
            (failure.status.as_u16(), &*failure.message),
            (status, message)
        );
    }
    for error in [Error::Busy, Error::DiskFull, Error::Contended] {
        assert_eq!(Failure::from(error).status.as_u16(), 503);
    }
}

#[test]
fn what_happened_inside_is_never_told() {
    let error = Error::Damaged {
        collection: "secrets".to_owned(),
        id: "abc".to_owned(),
        reason: "checksum".to_owned(),
    };
    let answer = text(&Failure::from(error));
    assert_eq!(
        answer,
        format!(r#"{{"data":{{}},"message":"{SOMETHING_WRONG}","status":500}}"#)
    );
}

#[test]
fn messages_become_sentences() {
    for (before, after) in [
        ("", ""),
        (" word ", "Word."),
        ("Really?", "Really?"),
        ("ärger!", "Ärger!"),
        ("Done.", "Done."),
    ] {
        assert_eq!(sentence(Cow::Borrowed(before)), after);
    }
}
