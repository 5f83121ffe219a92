//! Values that the server itself sets in a record that it writes for somebody: token keys, that an
//! address was proved, a password that nobody has.

use luge_model::invalid::Violations;

use super::Records;
use super::draft::Draft;

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
        let password = self.compiled.collection.field("password");
        let is_settled = |(number, _): &(_, _)| password.is_some_and(|one| one.number == *number);
        if self.settled.iter().any(is_settled) {
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

    pub(super) fn has_new_password(&self) -> bool {
        let write = self.identity_write();
        write.is_some_and(|write| write.new_password().is_some())
    }
}
