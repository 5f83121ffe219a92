//! The first superuser: a one-time code that only the machine's operator sees.
//!
//! - The code is 128 random bits, lives in memory only, and ends after a time, after too many wrong
//!   ones, and for good when any superuser exists.
//! - However many claims come at once, the commit lets one superuser be the first.
//! - Nothing about the caller, such as a loopback address, replaces the code.

use luge_model::limits;
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use super::{Auth, SignedIn};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::identity;
use crate::random::Random;
use crate::secrets;

const HEXADECIMAL: &[u8] = b"0123456789abcdef";

/// A code to make the first superuser with.
#[derive(Clone, PartialEq, Eq)]
pub struct SetupCode {
    /// 128 bits in hexadecimal.
    pub code: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// Who may make the first superuser.
#[derive(Default)]
pub(super) struct Door {
    current: Mutex<Option<Pending>>,
}

struct Pending {
    code: SetupCode,
    wrong: usize,
}

impl Auth {
    /// The code that works at the moment, made anew when the last one ended; `None` when there is a
    /// superuser. Whoever shows it asks again from time to time, and shows it when it changed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn setup_code(&self, now: Timestamp) -> Result<Option<SetupCode>> {
        if !self.setup_needed()? {
            self.setup.close();
            return Ok(None);
        }
        Ok(Some(self.setup.code(now, &*self.random)))
    }

    /// Whether there is no superuser.
    ///
    /// # Errors
    /// When the store fails.
    pub fn setup_needed(&self) -> Result<bool> {
        let superusers = self.records.compiled(identity::SUPERUSERS)?;
        identity::has_superuser(&**self.committer.store(), &superusers.collection)
            .map(|exists| !exists)
    }

    /// Lets whoever has the code act as the server itself, before there is a superuser.
    ///
    /// # Errors
    /// [`Error::SetupRefused`] for a wrong or expired code, or when a superuser exists.
    pub fn admit_setup(&self, context: &Context, code: &str) -> Result<Context> {
        if !self.setup_needed()? {
            self.setup.close();
            return Err(exists());
        }
        if !self.setup.admits(context.now, code) {
            return Err(Error::SetupRefused(
                "The setup code is wrong or expired. The server shows the current one where it \
                 was started."
                    .to_owned(),
            ));
        }
        Ok(super::superuser::as_system(context))
    }

    /// Makes the first superuser and signs it in.
    ///
    /// # Errors
    /// [`Error::SetupRefused`] for a wrong or expired code, or when a superuser exists;
    /// [`Error::Refused`] for an e-mail address or password that is not acceptable, which leaves
    /// the code in force.
    pub async fn setup(
        &self,
        context: &Context,
        code: &str,
        email: &str,
        password: &str,
    ) -> Result<SignedIn> {
        self.admit_setup(context, code)?;
        let view = self
            .create_first_superuser(context, email, password)
            .await?;
        self.setup.close();
        let view = view.ok_or_else(exists)?;
        let compiled = self.auth_collection(identity::SUPERUSERS)?;
        let context = super::superuser::as_system(context);
        self.sign_in(&context, &compiled, view.record().clone(), "setup")
            .await
    }
}

impl Door {
    fn code(&self, now: Timestamp, random: &dyn Random) -> SetupCode {
        let mut current = self.current.lock();
        if let Some(pending) = current.as_ref().filter(|pending| pending.is_alive(now)) {
            return pending.code.clone();
        }
        let code = SetupCode {
            code: random.text(HEXADECIMAL, limits::SETUP_CODE_CHARS),
            expires: Timestamp(now.0.saturating_add(limits::SETUP_CODE_MILLISECONDS)),
        };
        *current = Some(Pending {
            code: code.clone(),
            wrong: 0,
        });
        code
    }

    /// Whether a code opens the door. It stays open until a superuser exists, so that a refused
    /// password does not cost the code.
    fn admits(&self, now: Timestamp, code: &str) -> bool {
        let mut current = self.current.lock();
        let Some(pending) = current.as_mut().filter(|pending| pending.is_alive(now)) else {
            return false;
        };
        let equal = secrets::equal(pending.code.code.as_bytes(), code.as_bytes());
        if !equal {
            pending.wrong = pending.wrong.saturating_add(1);
        }
        equal
    }

    fn close(&self) {
        *self.current.lock() = None;
    }
}

impl Pending {
    fn is_alive(&self, now: Timestamp) -> bool {
        now < self.code.expires && self.wrong < limits::SETUP_WRONG_CODES_MAX
    }
}

fn exists() -> Error {
    Error::SetupRefused("There is a superuser already. Sign in, or ask one.".to_owned())
}
