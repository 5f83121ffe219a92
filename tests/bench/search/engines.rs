//! What answers a search: Luge over HTTP, SQLite's FTS5 and plain tantivy in this process.

use std::path::Path;

use luge_tests::persona::records;
use luge_tests::{Requests, Server};
use rusqlite::Connection;
use serde_json::Value;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Query, TermQuery};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TEXT};
use tantivy::{Index, Searcher, TantivyDocument, Term};

use super::corpus::Corpus;

/// Hits that are looked at.
pub(crate) const TOP: usize = 10;

/// Answers a search with the ids of its best hits.
pub(crate) trait SearchEngine {
    /// What the table calls it.
    fn name(&self) -> &'static str;

    /// The best hits; the last word may be a beginning where `prefix` says so.
    fn top(&self, words: &[String], prefix: bool) -> Vec<String>;
}

/// A collection of a running server.
pub(crate) struct OverHttp<'a> {
    pub(crate) server: &'a Server,
    pub(crate) collection: &'static str,
}

impl SearchEngine for OverHttp<'_> {
    fn name(&self) -> &'static str {
        "Luge"
    }

    fn top(&self, words: &[String], _: bool) -> Vec<String> {
        let path = format!("{}&fields=id", path(self.collection, words));
        let answer = self.server.anyone().get(&path).expect(200);
        let items = answer["items"].as_array().into_iter().flatten();
        let id = |item: &Value| item["id"].as_str().map(str::to_owned);
        items.filter_map(id).collect()
    }
}

/// The path of a search.
pub(crate) fn path(collection: &str, words: &[String]) -> String {
    let search = encoded(&words.join(" "));
    format!("{}?perPage={TOP}&search={search}", records(collection))
}

/// A text as it stands in a query.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// FTS5 with Porter's stems and accents removed; any of the words is enough, its `bm25` ranks.
pub(crate) struct Fts5 {
    connection: Connection,
}

impl Fts5 {
    /// Fills a database file.
    pub(crate) fn fill(file: &Path, corpus: &Corpus) -> Self {
        let mut connection = Connection::open(file).expect("SQLite opens a file");
        let fields = corpus.fields.join(", ");
        let table = format!(
            "CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, {fields}, \
             tokenize = 'porter unicode61 remove_diacritics 2')"
        );
        connection.execute(&table, []).expect("SQLite has FTS5");
        let places: Vec<String> = (0..=corpus.fields.len()).map(|_| "?".to_owned()).collect();
        let insert = format!("INSERT INTO texts VALUES ({})", places.join(", "));
        let transaction = connection.transaction().expect("a transaction begins");
        let mut statement = transaction.prepare(&insert).expect("a statement");
        for record in &corpus.records {
            let values = std::iter::once(&record.id).chain(&record.texts);
            let values = rusqlite::params_from_iter(values);
            statement.execute(values).expect("a row");
        }
        drop(statement);
        transaction.commit().expect("a commit");
        Self { connection }
    }

    /// Opens a database file that was filled.
    pub(crate) fn open(file: &Path) -> Self {
        let connection = Connection::open(file).expect("SQLite opens a file");
        Self { connection }
    }

    /// The best hits with every field marked up.
    pub(crate) fn highlights(&self, words: &[String], fields: usize) -> usize {
        let marked: Vec<String> = (1..=fields)
            .map(|at| format!("highlight(texts, {at}, '<mark>', '</mark>')"))
            .collect();
        self.rows(&format!("id, {}", marked.join(", ")), &any_of(words, false))
            .len()
    }

    fn rows(&self, columns: &str, wanted: &str) -> Vec<String> {
        let query = format!(
            "SELECT {columns} FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT {TOP}"
        );
        let mut statement = self.connection.prepare(&query).expect("a statement");
        let rows = statement
            .query_map([wanted], |row| row.get(0))
            .expect("rows");
        rows.map(|id| id.expect("an id")).collect()
    }
}

fn any_of(words: &[String], prefix: bool) -> String {
    let last = words.len().saturating_sub(1);
    let term = |(at, word): (usize, &String)| {
        let star = if prefix && at == last { "*" } else { "" };
        format!("\"{word}\"{star}")
    };
    words
        .iter()
        .enumerate()
        .map(term)
        .collect::<Vec<_>>()
        .join(" OR ")
}

impl SearchEngine for Fts5 {
    fn name(&self) -> &'static str {
        "FTS5"
    }

    fn top(&self, words: &[String], prefix: bool) -> Vec<String> {
        self.rows("id", &any_of(words, prefix))
    }
}

/// tantivy with its default tokenizer; any of the words in any of the fields is enough, BM25 ranks.
pub(crate) struct Plain<'a> {
    searcher: Searcher,
    fields: Vec<Field>,
    corpus: &'a Corpus,
}

impl<'a> Plain<'a> {
    /// Fills an index in memory.
    pub(crate) fn fill(corpus: &'a Corpus) -> Self {
        let mut schema = Schema::builder();
        let number = schema.add_u64_field("number", FAST | INDEXED);
        let names = corpus.fields.iter();
        let fields: Vec<Field> = names
            .map(|name| schema.add_text_field(name, TEXT))
            .collect();
        let index = Index::create_in_ram(schema.build());
        let mut writer = index
            .writer_with_num_threads(1, 50_000_000)
            .expect("a writer");
        for (at, record) in corpus.records.iter().enumerate() {
            let mut document = TantivyDocument::default();
            document.add_u64(number, at as u64);
            for (field, text) in fields.iter().zip(&record.texts) {
                document.add_text(*field, text);
            }
            writer.add_document(document).expect("a document");
        }
        writer.commit().expect("a commit");
        let searcher = index.reader().expect("a reader").searcher();
        Self {
            searcher,
            fields,
            corpus,
        }
    }
}

impl SearchEngine for Plain<'_> {
    fn name(&self) -> &'static str {
        "tantivy"
    }

    fn top(&self, words: &[String], prefix: bool) -> Vec<String> {
        let last = words.len().saturating_sub(1);
        let mut queries: Vec<Box<dyn Query>> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for field in &self.fields {
                let term = Term::from_field_text(*field, word);
                queries.push(if prefix && at == last {
                    Box::new(FuzzyTermQuery::new_prefix(term, 0, true))
                } else {
                    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
                });
            }
        }
        let best = TopDocs::with_limit(TOP).order_by_score();
        let hits = self.searcher.search(&BooleanQuery::union(queries), &best);
        let id = |address: tantivy::DocAddress| {
            let segment = self.searcher.segment_reader(address.segment_ord);
            let numbers = segment.fast_fields().u64("number").expect("a column");
            let at = numbers.first(address.doc_id).expect("a number");
            self.corpus.records[at as usize].id.clone()
        };
        let hits = hits.expect("hits").into_iter();
        hits.map(|(_, address)| id(address)).collect()
    }
}
