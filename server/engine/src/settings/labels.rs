//! The labels of rate limits follow a collection that gets another name.

use tokio::sync::MutexGuard;

use super::{Arc, Settings, SettingsValues, encode, laid, stored_guard};
use crate::commit::Proposal;

/// Settings with other labels, which nobody else changes meanwhile.
pub(crate) struct Relabelled<'a> {
    settings: &'a Settings,
    stored: MutexGuard<'a, Option<Vec<u8>>>,
    values: SettingsValues,
    bytes: Vec<u8>,
}

impl Settings {
    /// The settings once collections have other names (old, new); `None` where no label names one.
    /// They hold when what [`Relabelled::write`] adds to a proposal was committed.
    pub(crate) async fn relabelled(&self, renamed: &[(String, String)]) -> Option<Relabelled<'_>> {
        if renamed.is_empty() {
            return None;
        }
        let stored = self.changing.lock().await;
        let mut values = self.own.load().as_ref().clone();
        let mut changed = false;
        for rule in &mut values.rate_limits.rules {
            let Some((collection, tag)) = rule.label.split_once(':') else {
                continue;
            };
            if let Some((_, new)) = renamed.iter().find(|(old, _)| old == collection) {
                rule.label = format!("{new}:{tag}");
                changed = true;
            }
        }
        changed.then(|| Relabelled {
            settings: self,
            stored,
            bytes: encode(&values, &self.vault),
            values,
        })
    }
}

impl Relabelled<'_> {
    /// Adds the write to a proposal.
    pub(crate) fn write(&self, proposal: &mut Proposal) {
        let (guard, put) = stored_guard(self.stored.clone(), self.bytes.clone());
        proposal.guards.push(guard);
        proposal.puts.push(put);
    }

    /// The proposal was committed.
    pub(crate) fn committed(mut self) {
        *self.stored = Some(self.bytes);
        // Fixed ones have held before; labels do not change what they are.
        if let Ok(values) = laid(&self.values, &self.settings.fixed) {
            self.settings.values.store(Arc::new(values));
        }
        self.settings.own.store(Arc::new(self.values));
    }
}
