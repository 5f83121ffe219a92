//! What is special about writing the record of an auth collection: passwords, e-mail address,
//! verified state and token key (contract §1.2).
//!
//! - The form checks run before field validation and hide its findings, as in the contract.
//! - Changing the password or the e-mail address changes the token key, which ends all tokens.
//! - A superuser is always verified, and the last one cannot be deleted.

use luge_model::collection::Collection;
use luge_model::id::FieldNumber;
use luge_model::invalid::{Violation, Violations};
use luge_model::record::Record;
use luge_model::value::{Value, ValueRef};
use serde_json::{Map, Value as Json};

use crate::error::Result;
use crate::random::Random;
use crate::secrets::{self, HashPool};
use crate::store::{Direction, Guard, ReadStore, key};

/// The name of the collection of superusers.
pub const SUPERUSERS: &str = "_superusers";

/// One write of an auth record, as it was submitted.
#[derive(Clone, Copy, Debug)]
pub struct IdentityWrite<'a> {
    /// The auth collection.
    pub collection: &'a Collection,
    /// The stored record; `None` for a create.
    pub before: Option<&'a Record>,
    /// What was submitted, with modifiers resolved.
    pub body: &'a Map<String, Json>,
    /// Whether the caller is a superuser or satisfies the manage rule.
    pub manager: bool,
    /// Whether the caller is this very record, and it is anonymous: it may get credentials.
    pub upgrades: bool,
}

impl IdentityWrite<'_> {
    /// The form checks: e-mail address and verified state of those who do not manage, and the
    /// three password keys. Nothing was found wrong when the result is empty.
    ///
    /// # Errors
    /// When too many passwords are being hashed.
    pub async fn check(&self, pool: &HashPool) -> Result<Violations> {
        let mut violations = Violations::new();
        if !self.manager {
            self.check_unchanged("verified", &mut violations);
            if self.before.is_some() && !self.upgrades {
                self.check_unchanged("email", &mut violations);
            }
        }
        self.check_new_password(&mut violations);
        self.check_old_password(pool, &mut violations).await?;
        Ok(violations)
    }

    /// The new password in plain text; `None` when the write leaves the password alone.
    #[must_use]
    pub fn new_password(&self) -> Option<String> {
        Some(self.text("password")).filter(|password| !password.is_empty())
    }

    /// The values that the server sets by itself, given the e-mail address and token key that the
    /// record would otherwise have after the write.
    #[must_use]
    pub fn settled(
        &self,
        email: &str,
        token_key: &str,
        random: &dyn Random,
    ) -> Vec<(FieldNumber, Value)> {
        let mut settled = Vec::new();
        let rotates = match self.before {
            None => token_key.is_empty(),
            Some(before) => {
                let kept_key = token_key == self.stored(before, "tokenKey");
                let changed =
                    self.new_password().is_some() || email != self.stored(before, "email");
                kept_key && changed
            }
        };
        if rotates && let Some(field) = self.collection.field("tokenKey") {
            settled.push((field.number, Value::Text(secrets::token_key(random))));
        }
        if is_superusers(self.collection)
            && let Some(field) = self.collection.field("verified")
        {
            settled.push((field.number, Value::Bool(true)));
        }
        settled
    }

    /// A field that only a manager may change. Before a create, it has its zero value.
    fn check_unchanged(&self, name: &str, violations: &mut Violations) {
        let (Some(field), Some(submitted)) = (self.collection.field(name), self.body.get(name))
        else {
            return;
        };
        let before = self
            .before
            .and_then(|before| before.value(field.number))
            .map_or_else(|| field.kind.zero(), ValueRef::to_owned);
        if field.kind.cast(submitted) != before {
            violations.add(name, values_mismatch());
        }
    }

    fn check_new_password(&self, violations: &mut Violations) {
        let password = self.text("password");
        let confirmation = self.text("passwordConfirm");
        let creates = self.before.is_none();
        let has_old = !self.text("oldPassword").is_empty();
        if password.is_empty() && (creates || has_old || !confirmation.is_empty()) {
            violations.add("password", Violation::required());
        }
        if confirmation.is_empty() {
            if creates || has_old || !password.is_empty() {
                violations.add("passwordConfirm", Violation::required());
            }
        } else if confirmation != password {
            violations.add("passwordConfirm", values_mismatch());
        }
    }

    async fn check_old_password(&self, pool: &HashPool, violations: &mut Violations) -> Result<()> {
        let proves = !self.manager && !self.upgrades;
        let Some(before) = self.before.filter(|_| proves) else {
            return Ok(());
        };
        if self.text("password").is_empty() && self.text("passwordConfirm").is_empty() {
            return Ok(());
        }
        let old = self.text("oldPassword");
        if old.is_empty() {
            violations.add("oldPassword", Violation::required());
            return Ok(());
        }
        if !pool
            .verify(Some(self.stored(before, "password")), &old)
            .await?
        {
            violations.add(
                "oldPassword",
                Violation::new(
                    "validation_invalid_old_password",
                    "Missing or invalid old password.",
                ),
            );
        }
        Ok(())
    }

    fn stored<'r>(&self, record: &'r Record, name: &str) -> &'r str {
        self.collection
            .field(name)
            .map_or("", |field| record.text(field.number))
    }

    /// A submitted password, cast as the password field casts it.
    fn text(&self, key: &str) -> String {
        let field = self.collection.field("password");
        match (field, self.body.get(key)) {
            (Some(field), Some(submitted)) => match field.kind.cast(submitted) {
                Value::Text(text) => text,
                _ => String::new(),
            },
            _ => String::new(),
        }
    }
}

/// Whether an auth record has neither an address nor a password: nothing that its owner could have
/// been given by anybody else.
#[must_use]
pub fn is_anonymous(collection: &Collection, record: &Record) -> bool {
    ["email", "password"].into_iter().all(|name| {
        let field = collection.field(name);
        field.is_some_and(|field| record.text(field.number).is_empty())
    })
}

/// Whether a collection is the one of the superusers.
#[must_use]
pub fn is_superusers(collection: &Collection) -> bool {
    collection.system && collection.name == SUPERUSERS
}

/// What must hold so that deleting superusers leaves one: that another one is still there.
/// `None` when there is no other.
///
/// # Errors
/// When the store fails.
pub fn another_superuser(
    store: &dyn ReadStore,
    superusers: &Collection,
    deleted: &[Record],
) -> Result<Option<Guard>> {
    let is_deleted = |key: &[u8]| {
        let mut deleted = deleted.iter();
        deleted.any(|record| key::record(superusers.number, record.id()) == key)
    };
    let mut other = None;
    let range = key::record_range(superusers.number);
    // One record more than the deleted ones is another one.
    store.scan(
        &range,
        Direction::Forward,
        deleted.len() + 1,
        &mut |key, _value| {
            if !is_deleted(key) {
                other = Some(Guard::Present(key.to_vec()));
            }
            std::ops::ControlFlow::Continue(())
        },
    )?;
    Ok(other)
}

/// What must hold so that a superuser is the first one: that there is none.
#[must_use]
pub fn no_superuser(superusers: &Collection) -> Guard {
    Guard::Only {
        range: key::record_range(superusers.number),
        keys: Vec::new(),
    }
}

/// Whether there is a superuser.
///
/// # Errors
/// When the store fails.
pub fn has_superuser(store: &dyn ReadStore, superusers: &Collection) -> Result<bool> {
    let mut exists = false;
    let range = key::record_range(superusers.number);
    store.scan(&range, Direction::Forward, 1, &mut |_key, _value| {
        exists = true;
        std::ops::ControlFlow::Break(())
    })?;
    Ok(exists)
}

fn values_mismatch() -> Violation {
    Violation::new("validation_values_mismatch", "Values don't match.")
}
