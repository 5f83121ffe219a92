//! Failures of sign-ins: a second factor is needed, or one must wait.

use luge_engine::error::Error;
use poem::http::StatusCode;
use serde_json::Value as Json;

use super::Failure;

impl Failure {
    /// 401 with the id of the sign-in that was begun, and nothing else (contract §1.3, MFA) but
    /// which methods complete it, where only some do.
    fn second_factor_needed(id: String, by_app: bool) -> Self {
        let message = "A second factor is needed.";
        let mut failure = Self::new(StatusCode::UNAUTHORIZED, message);
        failure.data.insert("mfaId".to_owned(), id.into());
        if by_app {
            let methods = ["totp", "recoveryCode"].map(Json::from);
            failure
                .data
                .insert("methods".to_owned(), methods.to_vec().into());
        }
        failure.bare = true;
        failure
    }

    /// 400: a value of a sign-in is of the wrong type.
    pub(crate) fn malformed_sign_in(key: &str, expected: &str) -> Self {
        Self::bad_request(format!(
            "An error occurred while loading the submitted data: {key} must be {expected}."
        ))
    }
}

/// 401 for the first of two factors; 429 for what was tried too often, or while too many are tried.
pub(super) fn unfinished(error: Error) -> Failure {
    match error {
        Error::SecondFactorNeeded { id, by_app } => Failure::second_factor_needed(id, by_app),
        Error::TooManyTries { seconds } => Failure::wait(
            seconds,
            format!("Too many wrong tries; try again in {seconds} s."),
        ),
        Error::TooManyCodes { seconds } => Failure::wait(
            seconds,
            "Too many attempts, please try again later with a new OTP.",
        ),
        _ => Failure::wait(
            1,
            "The server verifies as many passwords as it can; try again.",
        ),
    }
}
