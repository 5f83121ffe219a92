//! Codes that are being exchanged: a provider to which a code comes twice may take back what it
//! gave for it, so of several who bring one at the same time only the first is heard.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::error::{Error, Result};

/// The codes, by their ids.
#[derive(Debug, Default)]
pub(super) struct Codes(Arc<Mutex<HashSet<String>>>);

/// A code that is being exchanged until this is dropped.
#[derive(Debug)]
pub(super) struct Exchanging {
    codes: Arc<Mutex<HashSet<String>>>,
    id: String,
}

impl Codes {
    /// Begins to exchange a code.
    ///
    /// # Errors
    /// [`Error::SignInFailed`] where somebody does already.
    pub(super) fn begin(&self, id: &str) -> Result<Exchanging> {
        if !self.0.lock().insert(id.to_owned()) {
            return Err(Error::SignInFailed);
        }
        Ok(Exchanging {
            codes: Arc::clone(&self.0),
            id: id.to_owned(),
        })
    }
}

impl Drop for Exchanging {
    fn drop(&mut self) {
        self.codes.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_exchanged_by_one_at_a_time() {
        let codes = Codes::default();
        let first = codes.begin("a").unwrap();
        assert!(matches!(codes.begin("a"), Err(Error::SignInFailed)));
        assert!(codes.begin("b").is_ok());
        drop(first);
        assert!(codes.begin("a").is_ok());
    }
}
