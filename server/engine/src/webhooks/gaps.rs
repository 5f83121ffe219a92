//! What a webhook was not told: noted with it, bounded, and shown.

use luge_model::limits::WEBHOOK_GAPS_MAX;
use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::error::{Error, Result};
use crate::store::{Key, Sequence, Store, StoreError, key};

/// Changes that a webhook was not told of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Gaps(Vec<Gap>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Gap {
    reason: String,
    /// The first and last commit that it may concern.
    from: u64,
    to: u64,
    /// How many changes; `None` where that is not known.
    changes: Option<u64>,
    /// When it was noticed first and last, in milliseconds since 1970.
    first: i64,
    last: i64,
}

impl Gaps {
    /// Adds a gap; where the last one has the same reason, that becomes longer. `changes` is `None`
    /// where nobody knows how many.
    pub(super) fn add(
        &mut self,
        reason: &str,
        (from, to): (Sequence, Sequence),
        changes: Option<u64>,
        now: Timestamp,
    ) {
        let full = self.0.len() >= WEBHOOK_GAPS_MAX;
        if let Some(last) = self.0.last_mut()
            && (last.reason == reason || full)
        {
            reason.clone_into(&mut last.reason);
            last.to = to.0;
            let both = last.changes.zip(changes);
            last.changes = both.map(|(known, more)| known.saturating_add(more));
            last.last = now.0;
            return;
        }
        self.0.push(Gap {
            reason: reason.to_owned(),
            from: from.0,
            to: to.0,
            changes,
            first: now.0,
            last: now.0,
        });
    }

    /// As superusers see them.
    pub(super) fn shown(&self) -> Json {
        let gaps = self.0.iter().map(|gap| {
            json!({
                "reason": gap.reason,
                "changes": gap.changes,
                "first": Timestamp(gap.first).to_string(),
                "last": Timestamp(gap.last).to_string(),
            })
        });
        Json::Array(gaps.collect())
    }

    /// The write that keeps them.
    pub(super) fn put(&self, webhook: &str) -> (Key, Vec<u8>) {
        let json = json!(self).to_string();
        (key::webhook_gaps(webhook), json.into_bytes())
    }
}

/// What a webhook was not told.
pub(super) fn read(store: &dyn Store, webhook: &str) -> Result<Gaps> {
    let place = key::webhook_gaps(webhook);
    let Some(bytes) = store.get(&place)? else {
        return Ok(Gaps::default());
    };
    let read = serde_json::from_slice(&bytes);
    read.map_err(|error| Error::Store(StoreError::damaged(&place, error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(gaps: &mut Gaps, reason: &str, changes: Option<u64>) {
        gaps.add(reason, (Sequence(1), Sequence(2)), changes, Timestamp(0));
    }

    #[test]
    fn gaps_of_one_reason_are_one_and_all_are_bounded() {
        let mut gaps = Gaps::default();
        add(&mut gaps, "full", Some(2));
        add(&mut gaps, "full", Some(3));
        assert_eq!((gaps.0.len(), gaps.0[0].changes), (1, Some(5)));
        add(&mut gaps, "full", None);
        assert_eq!((gaps.0.len(), gaps.0[0].changes), (1, None));
        for number in 0..100 {
            add(&mut gaps, &number.to_string(), Some(1));
        }
        assert_eq!(gaps.0.len(), WEBHOOK_GAPS_MAX);
        assert_eq!(gaps.0.last().unwrap().reason, "99");
    }
}
