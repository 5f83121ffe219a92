//! Values that the server itself sets in a record that it writes for somebody: token keys, that an
//! address was proved, a password that nobody has.

use luge_model::id::FieldNumber;
use luge_model::invalid::Violations;
use luge_model::record::Record;
use luge_model::value::Value;

use super::draft::Draft;
use super::{Body, Records};
use crate::access::Compiled;
use crate::context::Context;
use crate::identity::{self, IdentityWrite};

impl Records {
    /// What the server sets by itself in an auth record.
    pub(super) fn settle_identity(&self, draft: &mut Draft) {
        let settled = draft.identity_write().map(|write| {
            let text = |name| draft.text(name);
            write.settled(text("email"), text("tokenKey"), &*self.random)
        });
        for (number, value) in settled.into_iter().flatten() {
            draft.submission.set(number, value);
        }
    }
}

impl Draft {
    /// A password that the server sets need not be submitted.
    pub(super) fn but_for_settled(&self, mut violations: Violations) -> Violations {
        let settled = |name: &str| {
            let field = self.compiled.collection.field(name);
            let mut settled = self.settled.iter();
            settled.find(|(number, _)| field.is_some_and(|field| field.number == *number))
        };
        let is_left_empty = |name| settled(name).is_some_and(|(_, value)| value.is_zero());
        // Who is anonymous has neither.
        if is_left_empty("password") && is_left_empty("email") {
            violations.remove("email");
        }
        if settled("password").is_some() {
            violations.remove("password");
            violations.remove("passwordConfirm");
        }
        violations
    }

    /// Sets what the server sets.
    pub(super) fn settle(&mut self) {
        for (number, value) in std::mem::take(&mut self.settled) {
            self.submission.set(number, value);
        }
    }

    pub(super) fn identity_write(&self) -> Option<IdentityWrite<'_>> {
        let collection = &*self.compiled.collection;
        collection.auth().map(|_| IdentityWrite {
            collection,
            before: self.before.as_ref(),
            body: &self.body,
            manager: self.manager,
            upgrades: self.upgrades,
        })
    }

    pub(super) fn has_new_password(&self) -> bool {
        let write = self.identity_write();
        write.is_some_and(|write| write.new_password().is_some())
    }
}

/// Whether the caller is the stored record, and that is anonymous.
pub(super) fn is_own_anonymous(
    context: &Context,
    compiled: &Compiled,
    before: Option<&Record>,
) -> bool {
    let (Some(before), Some(identity)) = (before, context.principal.identity()) else {
        return false;
    };
    // A key acts within its scopes, which say nothing of how one signs in.
    identity.session.is_some()
        && identity.collection.number == compiled.collection.number
        && identity.record.id() == before.id()
        && identity::is_anonymous(&compiled.collection, before)
}

/// What the server sets, and of an anonymous record that it goes on without address and password:
/// others must have them, but it has them only once they are submitted.
pub(super) fn with_kept(
    mut settled: Vec<(FieldNumber, Value)>,
    compiled: &Compiled,
    (before, body): (Option<&Record>, &Body),
) -> Vec<(FieldNumber, Value)> {
    let collection = &compiled.collection;
    if !before.is_some_and(|before| identity::is_anonymous(collection, before)) {
        return settled;
    }
    for name in ["email", "password"] {
        let field = collection.field(name).filter(|_| !body.contains_key(name));
        let is_set = |number| settled.iter().any(|(set, _)| *set == number);
        if let Some(field) = field.filter(|field| !is_set(field.number)) {
            settled.push((field.number, Value::Text(String::new())));
        }
    }
    settled
}
