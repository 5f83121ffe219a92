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
    /// The records that were sent with this one in one transaction.
    pub(crate) partners: Vec<String>,
}

/// Everything that is known, by record id.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    /// Each record that exists, may exist, or was touched since the last restart.
    pub(crate) records: HashMap<String, Known>,
}

impl Oracle {
    /// Notes the writes of one transaction before it is sent; none for a delete.
    pub(crate) fn sends(&mut self, writes: &[(String, Option<Row>)]) {
        for (id, state) in writes {
            let others = writes.iter().map(|(other, _)| other);
            let known = self.records.entry(id.clone()).or_default();
            known.sent = Some(state.clone());
            known.partners = others.filter(|other| *other != id).cloned().collect();
        }
    }

    /// Notes that the server answered: done, or refused.
    pub(crate) fn answered(&mut self, writes: &[(String, Option<Row>)], done: bool) {
        for (id, _) in writes {
            let known = self.records.entry(id.clone()).or_default();
            known.partners.clear();
            if let Some(sent) = known.sent.take()
                && done
            {
                known.acknowledged = sent;
            }
        }
    }

    /// Compares with what was found after a restart: (acknowledged and lost, half-applied).
    pub(crate) fn compare(&self, found: &HashMap<String, Row>) -> (Vec<String>, Vec<String>) {
        let (mut lost, mut half) = (Vec::new(), Vec::new());
        let is_as_sent = |id: &String| {
            let sent = self.records.get(id).and_then(|known| known.sent.as_ref());
            sent.is_some_and(|sent| sent.as_ref() == found.get(id))
        };
        for (id, known) in &self.records {
            let row = found.get(id);
            let as_sent = is_as_sent(id);
            if row != known.acknowledged.as_ref() && !as_sent {
                lost.push(format!("{id}: {known:?}, but found {row:?}"));
            }
            if (known.partners.iter()).any(|partner| is_as_sent(partner) != as_sent) {
                half.push(format!("{id}: only a part of its transaction is there"));
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

    fn write(id: &str, slot: Option<&str>) -> Vec<(String, Option<Row>)> {
        vec![(id.to_owned(), slot.map(row))]
    }

    #[test]
    fn an_acknowledged_create_must_be_found_as_it_was() {
        let mut oracle = Oracle::default();
        let create = write("a", Some("x"));
        oracle.sends(&create);
        assert_eq!(counts(&oracle, &[]), (0, 0), "sent may be absent");
        assert_eq!(counts(&oracle, &[("a", "x")]), (0, 0), "or there");
        assert_eq!(counts(&oracle, &[("a", "y")]), (1, 0), "but not otherwise");
        oracle.answered(&create, true);
        assert_eq!(counts(&oracle, &[("a", "x")]), (0, 0));
        assert_eq!(counts(&oracle, &[]), (1, 0));
    }

    #[test]
    fn a_refused_write_must_not_be_found_and_a_deleted_record_not_return() {
        let mut oracle = Oracle::default();
        let create = write("a", Some("x"));
        oracle.sends(&create);
        oracle.answered(&create, false);
        assert_eq!(counts(&oracle, &[("a", "x")]), (1, 0));
        oracle.settle(found(&[("b", "y")]));
        let delete = write("b", None);
        oracle.sends(&delete);
        assert_eq!(counts(&oracle, &[("b", "y")]), (0, 0));
        oracle.answered(&delete, true);
        assert_eq!(counts(&oracle, &[("b", "y")]), (1, 0));
        assert_eq!(counts(&oracle, &[("c", "z")]), (0, 1), "nobody wrote c");
    }

    #[test]
    fn a_transaction_is_there_whole_or_not_at_all() {
        let mut oracle = Oracle::default();
        oracle.settle(found(&[("c", "c"), ("d", "d")]));
        let before = [("c", "c"), ("d", "d")];
        let writes = [
            write("a", Some("a")),
            write("c", Some("new")),
            write("d", None),
        ]
        .concat();
        oracle.sends(&writes);
        assert_eq!(counts(&oracle, &before), (0, 0));
        assert_eq!(counts(&oracle, &[("a", "a"), ("c", "new")]), (0, 0));
        let halves: [&[(&str, &str)]; 4] = [
            &[("a", "a"), ("c", "c"), ("d", "d")],
            &[("c", "new"), ("d", "d")],
            &[("c", "c")],
            &[("a", "a"), ("c", "new"), ("d", "d")],
        ];
        for half in halves {
            assert_eq!(counts(&oracle, half), (0, 3), "{half:?}");
        }
        oracle.answered(&writes, true);
        oracle.sends(&write("a", None));
        assert_eq!(
            counts(&oracle, &[("c", "new")]),
            (0, 0),
            "later writes are on their own"
        );
    }
}
