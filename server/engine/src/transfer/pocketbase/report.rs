//! What an import did, what it carried otherwise, and what it could not carry.

use luge_model::limits::IMPORT_REJECTED_MAX;
use serde_json::{Value as Json, json};

/// The account of an import from PocketBase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PocketBaseReport {
    /// Collections, system collections and views included.
    pub collections: u64,
    /// Records.
    pub records: u64,
    /// Files.
    pub files: u64,
    /// Bytes of the files.
    pub file_bytes: u64,
    notes: Told,
    losses: Told,
}

/// Sentences, bounded in number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    count: u64,
    first: Vec<String>,
}

impl Told {
    fn tell(&mut self, sentence: String) {
        self.count += 1;
        if self.first.len() < IMPORT_REJECTED_MAX {
            self.first.push(sentence);
        }
    }

    fn sentences(&self) -> Vec<String> {
        let mut all = self.first.clone();
        let more = self.count.saturating_sub(all.len() as u64);
        if more > 0 {
            all.push(format!("… and {more} more."));
        }
        all
    }
}

impl PocketBaseReport {
    /// How many things could not be carried.
    #[must_use]
    pub fn losses(&self) -> u64 {
        self.losses.count
    }

    /// What could not be carried, in sentences; the first ones when there are very many.
    #[must_use]
    pub fn lost(&self) -> Vec<String> {
        self.losses.sentences()
    }

    /// What was carried otherwise or left on purpose, in sentences.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.notes.sentences()
    }

    /// The account as JSON.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({
            "collections": self.collections,
            "records": self.records,
            "files": self.files,
            "fileBytes": self.file_bytes,
            "notes": self.notes(),
            "losses": self.lost(),
        })
    }

    pub(super) fn note(&mut self, sentence: impl Into<String>) {
        self.notes.tell(sentence.into());
    }

    pub(super) fn lose(&mut self, sentence: impl Into<String>) {
        self.losses.tell(sentence.into());
    }
}
