//! What is known of each record: its acknowledged state, and the one that was sent last.

use std::collections::HashMap;

/// The state of a record that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The unique value.
    pub(crate) slot: String,
    /// Another value, that changes together with the slot.
    pub(crate) amount: u64,
}

/// What may be found of one record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// What was acknowledged; none when the record is absent.
    pub(crate) acknowledged: Option<Row>,
    /// What was sent and never answered; `Some(None)` is a delete.
    pub(crate) sent: Option<Option<Row>>,
    /// The record that was sent with this one in one transaction.
    pub(crate) partner: Option<String>,
}

/// Everything that is known, by record id.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    /// Each record that exists, may exist, or was touched since the last restart.
    pub(crate) records: HashMap<String, Known>,
}

impl Oracle {
    /// Notes a write before it is sent.
    pub(crate) fn sends(&mut self, id: &str, state: Option<Row>) {
        self.records.entry(id.to_owned()).or_default().sent = Some(state);
    }

    /// Notes that the server answered: done, or refused.
    pub(crate) fn answered(&mut self, id: &str, done: bool) {
        let Some(known) = self.records.get_mut(id) else {
            return;
        };
        known.partner = None;
        if let Some(sent) = known.sent.take()
            && done
        {
            known.acknowledged = sent;
        }
    }

    /// Compares with what was found after a restart: (acknowledged and lost, half-applied).
    pub(crate) fn compare(&self, found: &HashMap<String, Row>) -> (Vec<String>, Vec<String>) {
        let (mut lost, mut half) = (Vec::new(), Vec::new());
        for (id, known) in &self.records {
            let row = found.get(id);
            let as_sent = known.sent.as_ref().is_some_and(|sent| sent.as_ref() == row);
            if row != known.acknowledged.as_ref() && !as_sent {
                lost.push(format!("{id}: {known:?}, but found {row:?}"));
            }
            // Both of one transaction are new records: either both are there, or none is.
            if let (Some(partner), Some(_)) = (&known.partner, &known.sent)
                && found.contains_key(partner) != row.is_some()
            {
                half.push(format!(
                    "{id}: only one of two records of one transaction is there"
                ));
            }
        }
        for id in found.keys().filter(|id| !self.records.contains_key(*id)) {
            half.push(format!("{id}: nobody wrote this record"));
        }
        (lost, half)
    }

    /// Takes what was found as the truth of the next cycle.
    pub(crate) fn settle(&mut self, found: HashMap<String, Row>) {
        let settled = found.into_iter().map(|(id, row)| {
            (
                id,
                Known {
                    acknowledged: Some(row),
                    ..Known::default()
                },
            )
        });
        self.records = settled.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(slot: &str) -> Row {
        Row {
            slot: slot.to_owned(),
            amount: 1,
        }
    }

    fn found(rows: &[(&str, &str)]) -> HashMap<String, Row> {
        rows.iter()
            .map(|(id, slot)| ((*id).to_owned(), row(slot)))
            .collect()
    }

    fn counts(oracle: &Oracle, rows: &[(&str, &str)]) -> (usize, usize) {
        let (lost, half) = oracle.compare(&found(rows));
        (lost.len(), half.len())
    }

    #[test]
    fn an_acknowledged_create_must_be_found_as_it_was() {
        let mut oracle = Oracle::default();
        oracle.sends("a", Some(row("x")));
        assert_eq!(counts(&oracle, &[]), (0, 0), "sent may be absent");
        assert_eq!(counts(&oracle, &[("a", "x")]), (0, 0), "or there");
        assert_eq!(counts(&oracle, &[("a", "y")]), (1, 0), "but not otherwise");
        oracle.answered("a", true);
        assert_eq!(counts(&oracle, &[("a", "x")]), (0, 0));
        assert_eq!(counts(&oracle, &[]), (1, 0));
    }

    #[test]
    fn a_refused_write_must_not_be_found_and_a_deleted_record_not_return() {
        let mut oracle = Oracle::default();
        oracle.sends("a", Some(row("x")));
        oracle.answered("a", false);
        assert_eq!(counts(&oracle, &[("a", "x")]), (1, 0));
        oracle.settle(found(&[("b", "y")]));
        oracle.sends("b", None);
        assert_eq!(counts(&oracle, &[("b", "y")]), (0, 0));
        oracle.answered("b", true);
        assert_eq!(counts(&oracle, &[("b", "y")]), (1, 0));
        assert_eq!(counts(&oracle, &[("c", "z")]), (0, 1), "nobody wrote c");
    }

    #[test]
    fn a_transaction_is_there_whole_or_not_at_all() {
        let mut oracle = Oracle::default();
        for (id, partner) in [("a", "b"), ("b", "a")] {
            oracle.sends(id, Some(row(id)));
            if let Some(known) = oracle.records.get_mut(id) {
                known.partner = Some(partner.to_owned());
            }
        }
        assert_eq!(counts(&oracle, &[]), (0, 0));
        assert_eq!(counts(&oracle, &[("a", "a"), ("b", "b")]), (0, 0));
        assert_eq!(counts(&oracle, &[("a", "a")]), (0, 2));
        oracle.answered("a", true);
        oracle.answered("b", true);
        oracle.sends("a", None);
        assert_eq!(
            counts(&oracle, &[("b", "b")]),
            (0, 0),
            "later writes are on their own"
        );
    }
}
