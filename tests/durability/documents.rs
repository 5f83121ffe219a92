//! Writers of records with files: forms, several records with files in one batch, and uploads
//! piece by piece that a record takes.
//!
//! The bytes of a record's file follow from its amount, so the oracle of rows knows them too.

use crate::oracle::{Oracle, Row};
use crate::writer::{Tally, noted};
use luge_tests::Persona;
use luge_tests::persona::records;
use luge_tests::random::Random;
use serde_json::json;
use std::sync::Mutex;

/// Where the records are.
pub(crate) const DOCUMENTS: &str = "documents";
/// How many write at the same time.
pub(crate) const WRITERS: u64 = 4;

const SMALLEST: u64 = 16 * 1024;
const LARGE: u64 = 256 * 1024;
const LARGEST: u64 = 2 * 1024 * 1024;
/// A writer that has more removes some.
const KEPT: usize = 12;
const PIECES: usize = 3;
const PIECE: &str = "application/offset+octet-stream";
const FORM: &str = "multipart/form-data; boundary=XX";

/// What is known of an upload that no acknowledged record has taken.
#[derive(Clone, Debug)]
pub(crate) struct Begun {
    /// Its path.
    pub(crate) path: String,
    /// How many bytes were acknowledged.
    pub(crate) arrived: usize,
    /// The record that was sent to take it.
    pub(crate) taker: Option<String>,
}

/// What became of one writer's life.
pub(crate) struct Outcome {
    /// How its writes were answered.
    pub(crate) tally: Tally,
    /// The upload that broke off.
    pub(crate) begun: Option<Begun>,
}

/// The bytes of the file of a record with this amount.
pub(crate) fn content(amount: u64) -> Vec<u8> {
    let mut random = Random::seeded(amount);
    let largest = if amount.is_multiple_of(6) {
        LARGEST
    } else {
        LARGE
    };
    let length = SMALLEST + random.below(largest - SMALLEST + 1);
    let words = (0..length.div_ceil(8)).flat_map(|_| random.number().to_le_bytes());
    words.take(length as usize).collect()
}

/// Writes until a request breaks off; `mine` are the records of this writer from before.
pub(crate) fn work(
    persona: &Persona,
    mine: Vec<String>,
    seed: u64,
    oracle: &Mutex<Oracle>,
) -> Outcome {
    let mut writer = Writer {
        pieces: persona.with_header("Tus-Resumable", "1.0.0"),
        persona,
        random: Random::seeded(seed),
        oracle,
        mine,
        begun: None,
    };
    let mut tally = Tally::default();
    loop {
        let done = match writer.random.below(10) {
            _ if writer.mine.len() > KEPT => writer.batch(3),
            0..=3 => writer.create(),
            4 => writer.update(),
            5..=6 => writer.upload(),
            7..=8 => writer.batch(1),
            _ => writer.delete(),
        };
        tally.count(done);
        if done.is_none() {
            let begun = writer.begun;
            return Outcome { tally, begun };
        }
    }
}

struct Writer<'a> {
    persona: &'a Persona,
    /// The same, speaking tus.
    pieces: Persona,
    random: Random,
    oracle: &'a Mutex<Oracle>,
    mine: Vec<String>,
    begun: Option<Begun>,
}

impl Writer<'_> {
    fn create(&mut self) -> Option<bool> {
        let (id, row) = (self.random.record_id(), self.row());
        let mut form = Form::default();
        form.text("id", &id);
        form.row(&row);
        let done = self.send(
            "POST",
            &records(DOCUMENTS),
            form,
            &[(id.clone(), Some(row))],
        )?;
        self.mine.extend(done.then_some(id));
        Some(done)
    }

    fn update(&mut self) -> Option<bool> {
        let Some(id) = self.choose() else {
            return self.create();
        };
        let row = self.row();
        let mut form = Form::default();
        form.row(&row);
        let path = format!("{}/{id}", records(DOCUMENTS));
        self.send("PATCH", &path, form, &[(id, Some(row))])
    }

    fn delete(&mut self) -> Option<bool> {
        let Some(id) = self.choose() else {
            return self.create();
        };
        let path = format!("{}/{id}", records(DOCUMENTS));
        let done = noted(self.oracle, &[(id.clone(), None)], || {
            self.persona.try_send("DELETE", &path, "", b"")
        })?;
        self.mine.retain(|mine| *mine != id);
        Some(done)
    }

    /// Two new records, one that changes and some that go, in one transaction.
    fn batch(&mut self, removed: usize) -> Option<bool> {
        let path = records(DOCUMENTS);
        let (mut form, mut requests, mut writes) = (Form::default(), Vec::new(), Vec::new());
        for _ in 0..2 {
            let (id, row) = (self.random.record_id(), self.row());
            let body = json!({"id": id, "title": row.slot, "amount": row.amount});
            form.file(&format!("requests.{}.file", requests.len()), row.amount);
            requests.push(json!({"method": "POST", "url": path, "body": body}));
            writes.push((id, Some(row)));
        }
        let mut old: Vec<String> = self.mine.iter().take(removed + 1).cloned().collect();
        if let Some(id) = old.pop() {
            let row = self.row();
            let body = json!({"title": row.slot, "amount": row.amount});
            form.file(&format!("requests.{}.file", requests.len()), row.amount);
            requests.push(json!({"method": "PATCH", "url": format!("{path}/{id}"), "body": body}));
            writes.push((id, Some(row)));
        }
        for id in &old {
            requests.push(json!({"method": "DELETE", "url": format!("{path}/{id}")}));
            writes.push((id.clone(), None));
        }
        form.text("@jsonPayload", &json!({"requests": requests}).to_string());
        let done = self.send("POST", "/api/batch", form, &writes)?;
        if done {
            self.mine.retain(|mine| !old.contains(mine));
            self.mine
                .extend(writes.into_iter().take(2).map(|(id, _)| id));
        }
        Some(done)
    }

    /// An upload in pieces, and a record that takes it.
    fn upload(&mut self) -> Option<bool> {
        let (id, row) = (self.random.record_id(), self.row());
        let bytes = content(row.amount);
        let described = self
            .pieces
            .with_header("Upload-Length", &bytes.len().to_string())
            .with_header("Upload-Metadata", "filename YS5iaW4=");
        let answer = described
            .try_send("POST", "/api/files/uploads", "", b"")
            .ok()?;
        let Some(location) = answer.header("location").filter(|_| answer.status == 201) else {
            return Some(false);
        };
        let name = location.rsplit('/').next().unwrap_or_default().to_owned();
        let path = format!("/api/files/uploads/{name}");
        let mut begun = Begun {
            path,
            arrived: 0,
            taker: None,
        };
        for piece in bytes.chunks(bytes.len().div_ceil(PIECES)) {
            self.begun = Some(begun.clone());
            let from = self
                .pieces
                .with_header("Upload-Offset", &begun.arrived.to_string());
            let answer = from.try_send("PATCH", &begun.path, PIECE, piece).ok()?;
            if answer.status != 204 {
                return Some(false);
            }
            begun.arrived += piece.len();
        }
        begun.taker = Some(id.clone());
        self.begun = Some(begun);
        let body = json!({"id": id, "title": row.slot, "amount": row.amount,
            "file": format!("upload:{name}")})
        .to_string();
        let done = noted(self.oracle, &[(id.clone(), Some(row))], || {
            let (path, json) = (records(DOCUMENTS), "application/json");
            self.persona.try_send("POST", &path, json, body.as_bytes())
        })?;
        self.begun = None;
        self.mine.extend(done.then_some(id));
        Some(done)
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        form: Form,
        writes: &[(String, Option<Row>)],
    ) -> Option<bool> {
        let body = form.whole();
        noted(self.oracle, writes, || {
            self.persona.try_send(method, path, FORM, &body)
        })
    }

    fn row(&mut self) -> Row {
        Row {
            slot: self.random.record_id(),
            amount: self.random.below(1 << 40),
        }
    }

    fn choose(&mut self) -> Option<String> {
        let number = self.random.below(self.mine.len() as u64);
        self.mine.get(number as usize).cloned()
    }
}

/// A multipart body.
#[derive(Default)]
struct Form(Vec<u8>);

impl Form {
    fn row(&mut self, row: &Row) {
        self.text("title", &row.slot);
        self.text("amount", &row.amount.to_string());
        self.file("file", row.amount);
    }

    fn text(&mut self, name: &str, text: &str) {
        let part =
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        self.0.extend(part.as_bytes());
    }

    fn file(&mut self, name: &str, amount: u64) {
        let head = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.bin\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        self.0.extend(head.as_bytes());
        self.0.extend(content(amount));
        self.0.extend(b"\r\n");
    }

    fn whole(mut self) -> Vec<u8> {
        self.0.extend(b"--XX--\r\n");
        self.0
    }
}
