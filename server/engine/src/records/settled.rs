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
    /// What was submitted for a field that the server sets is not wrong, since it does not count.
    pub(super) fn but_for_settled(&self, mut violations: Violations) -> Violations {
        let collection = &self.compiled.collection;
        for (number, _) in &self.settled {
            let field = collection.field_by_number(*number);
            let name = field.map_or("", |field| field.name.as_str());
            violations.remove(name);
            if collection.auth().is_some() && name == "password" {
                violations.remove("passwordConfirm");
            }
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
