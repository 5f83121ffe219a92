//! One writer: creates, updates and deletes records of its own until the server is gone.
//!
//! Two writers share the slots of a pair, so that the unique index refuses some of their writes.

use crate::oracle::{Oracle, Row};
use luge_tests::persona::records;
use luge_tests::random::Random;
use luge_tests::{Answer, Persona};
use serde_json::{Value, json};
use std::fmt;
use std::ops::AddAssign;
use std::sync::Mutex;

const SLOTS_OF_A_PAIR: u64 = 300;

/// How many writes were answered in which way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    acknowledged: u64,
    refused: u64,
    unanswered: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.unanswered += other.unanswered;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            acknowledged,
            refused,
            unanswered,
        } = self;
        write!(
            formatter,
            "{acknowledged} acknowledged, {refused} refused, {unanswered} unanswered"
        )
    }
}

impl Tally {
    /// Counts one write; none was not answered.
    pub(crate) fn count(&mut self, done: Option<bool>) {
        match done {
            Some(true) => self.acknowledged += 1,
            Some(false) => self.refused += 1,
            None => self.unanswered += 1,
        }
    }
}

/// Notes what is written, sends it, notes the answer: whether it was done, none without an answer.
pub(crate) fn noted(
    oracle: &Mutex<Oracle>,
    writes: &[(String, Option<Row>)],
    send: impl FnOnce() -> Result<Answer, ureq::Error>,
) -> Option<bool> {
    let known = || oracle.lock().expect("no writer panicked");
    known().sends(writes);
    let done = send().ok()?.status < 300;
    known().answered(writes, done);
    Some(done)
}

/// Writes until a request breaks off.
pub(crate) fn work(persona: &Persona, number: u64, seed: u64, oracle: &Mutex<Oracle>) -> Tally {
    let mut writer = Writer {
        persona,
        number,
        random: Random::seeded(seed),
        oracle,
        mine: Vec::new(),
    };
    let mut tally = Tally::default();
    loop {
        let done = match writer.random.below(10) {
            0..=4 => writer.create(),
            5..=6 => writer.update(),
            7 => writer.create_two(),
            _ => writer.delete(),
        };
        tally.count(done);
        if done.is_none() {
            return tally;
        }
    }
}

struct Writer<'a> {
    persona: &'a Persona,
    number: u64,
    random: Random,
    oracle: &'a Mutex<Oracle>,
    mine: Vec<String>,
}

impl Writer<'_> {
    fn create(&mut self) -> Option<bool> {
        let (id, row) = (self.random.record_id(), self.row());
        let body = json!({"id": id, "slot": row.slot, "amount": row.amount});
        let done = self.write(
            &[(id.clone(), Some(row))],
            "POST",
            &records("entries"),
            &body,
        )?;
        if done {
            self.mine.push(id);
        }
        Some(done)
    }

    fn create_two(&mut self) -> Option<bool> {
        let pair = [self.random.record_id(), self.random.record_id()];
        let rows = pair.clone().map(|id| (id, self.row()));
        let requests: Vec<Value> = rows
            .iter()
            .map(|(id, row)| {
                let body = json!({"id": id, "slot": row.slot, "amount": row.amount});
                json!({"method": "POST", "url": records("entries"), "body": body})
            })
            .collect();
        let writes = rows.map(|(id, row)| (id, Some(row)));
        let done = self.write(
            &writes,
            "POST",
            "/api/batch",
            &json!({ "requests": requests }),
        )?;
        if done {
            self.mine.extend(pair);
        }
        Some(done)
    }

    fn update(&mut self) -> Option<bool> {
        let Some(id) = self.choose() else {
            return self.create();
        };
        let row = self.row();
        let body = json!({"slot": row.slot, "amount": row.amount});
        let path = format!("{}/{id}", records("entries"));
        self.write(&[(id, Some(row))], "PATCH", &path, &body)
    }

    fn delete(&mut self) -> Option<bool> {
        let Some(id) = self.choose() else {
            return self.create();
        };
        let path = format!("{}/{id}", records("entries"));
        let done = self.write(&[(id.clone(), None)], "DELETE", &path, &Value::Null)?;
        self.mine.retain(|mine| *mine != id);
        Some(done)
    }

    fn write(
        &self,
        writes: &[(String, Option<Row>)],
        method: &str,
        path: &str,
        body: &Value,
    ) -> Option<bool> {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let sent = || {
            self.persona
                .try_send(method, path, "application/json", text.as_bytes())
        };
        noted(self.oracle, writes, sent)
    }

    fn row(&mut self) -> Row {
        let slot = format!("{}-{}", self.number / 2, self.random.below(SLOTS_OF_A_PAIR));
        Row {
            slot,
            amount: 1 + self.random.below(1_000_000),
        }
    }

    fn choose(&mut self) -> Option<String> {
        let number = self.random.below(self.mine.len() as u64);
        self.mine.get(number as usize).cloned()
    }
}
