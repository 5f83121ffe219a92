//! How far the change log was followed: a commit, and how many changes of the next one.

use crate::error::{Error, Result};
use crate::store::codec::{Reader, put_number};
use crate::store::{Key, Sequence, Store, StoreError, key};

/// Everything before it was handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// All of this commit and those before it.
    pub(super) up_to: Sequence,
    /// So many changes of the next commit that changes anything.
    changes: u64,
}

impl Position {
    /// All of a commit.
    pub(super) fn after(up_to: Sequence) -> Self {
        Self { up_to, changes: 0 }
    }

    /// The saved position; the beginning where there is none.
    pub(super) fn read(store: &dyn Store) -> Result<Self> {
        let Some(bytes) = store.get(&position_key())? else {
            return Ok(Self::default());
        };
        let mut reader = Reader::new(&bytes);
        match (reader.number(), reader.number(), reader.is_at_end()) {
            (Some(up_to), Some(changes), true) => Ok(Self {
                up_to: Sequence(up_to),
                changes,
            }),
            _ => Err(Error::Store(StoreError::damaged(
                &position_key(),
                "not two numbers",
            ))),
        }
    }

    /// The write that saves it.
    pub(super) fn put(self) -> (Key, Vec<u8>) {
        let mut bytes = Vec::new();
        put_number(&mut bytes, self.up_to.0);
        put_number(&mut bytes, self.changes);
        (position_key(), bytes)
    }

    /// The later of this and all of a commit.
    pub(super) fn not_before(self, up_to: u64) -> Self {
        match self.up_to.0 < up_to {
            true => Self::after(Sequence(up_to)),
            false => self,
        }
    }

    /// How many changes of the next commit were handled.
    pub(super) fn handled(self) -> usize {
        usize::try_from(self.changes).unwrap_or(usize::MAX)
    }

    /// One more change of the next commit was handled.
    pub(super) fn handle_one(&mut self) {
        self.changes = self.changes.saturating_add(1);
    }
}

fn position_key() -> Key {
    key::meta("webhooks_position")
}
