//! Searches with the record that they came from: each group spoils the words of records in one way,
//! chosen from a seed, so a run can be repeated.
//!
//! - The words are those of one record alone, before they are spoilt; so there is a right answer.
//! - Where records have the same texts, any of them is right.

use std::collections::{HashMap, HashSet};

use luge_tests::random::Random;

use super::corpus::{Corpus, Record};

/// Letters from which a word gets an error, two errors, or is split.
const ONE_ERROR: usize = 5;
const TWO_ERRORS: usize = 8;
/// Attempts for each search that is wanted, before a group stays smaller.
const ATTEMPTS: usize = 200;

/// How the words of a record are spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Not at all.
    Exact,
    /// One letter of one word.
    OneTypo,
    /// Two letters of one long word.
    TwoTypos,
    /// The last word is cut, as while it is typed.
    Prefix,
    /// A word between others is left out.
    Dropped,
    /// The words are in another order.
    Swapped,
    /// Two neighbours are written as one word, or one word as two.
    Spaces,
}

/// One search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    /// What is searched for.
    pub(crate) words: Vec<String>,
    /// The ids of which one is wanted.
    pub(crate) wanted: Vec<String>,
}

impl Group {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Self; 7] = [
        Self::Exact,
        Self::OneTypo,
        Self::TwoTypos,
        Self::Prefix,
        Self::Dropped,
        Self::Swapped,
        Self::Spaces,
    ];

    /// What the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact words",
            Self::OneTypo => "one typo",
            Self::TwoTypos => "two typos",
            Self::Prefix => "prefix",
            Self::Dropped => "dropped word",
            Self::Swapped => "swapped words",
            Self::Spaces => "joined or split",
        }
    }
}

/// Makes searches from the records of a collection.
pub(crate) struct Judge<'a> {
    corpus: &'a Corpus,
    /// The records with each word.
    records: HashMap<String, HashSet<usize>>,
    /// Those with the same texts; finding any of them is finding it.
    twins: HashMap<&'a [String], Vec<&'a str>>,
    /// Titles are searched for whole, longer texts by three words.
    whole: bool,
}

impl<'a> Judge<'a> {
    /// For one collection.
    pub(crate) fn of(corpus: &'a Corpus) -> Self {
        let mut records: HashMap<String, HashSet<usize>> = HashMap::new();
        let mut twins: HashMap<&[String], Vec<&str>> = HashMap::new();
        for (at, record) in corpus.records.iter().enumerate() {
            for word in record.texts.iter().flat_map(|text| cut(text)) {
                records.entry(word).or_default().insert(at);
            }
            twins.entry(&record.texts).or_default().push(&record.id);
        }
        Self {
            corpus,
            records,
            twins,
            whole: corpus.fields.len() == 1,
        }
    }

    /// Up to `count` searches of a group.
    pub(crate) fn searches(&self, group: Group, count: usize) -> Vec<Judged> {
        let mut random = Random::seeded(100 + group as u64);
        let mut found = Vec::new();
        for _ in 0..count * ATTEMPTS {
            if found.len() == count {
                break;
            }
            let at = random.below(self.corpus.records.len() as u64) as usize;
            let record = &self.corpus.records[at];
            let wanted = &self.twins[record.texts.as_slice()];
            let chosen = self.choose(record, group, &mut random);
            let chosen = chosen.filter(|words| !self.leads_elsewhere(words, wanted.len()));
            let spoilt = chosen.and_then(|words| spoil(words, group, &mut random));
            // Without one of its words a title can be that of another.
            let spoilt = spoilt.filter(|words| {
                group != Group::Dropped || !self.leads_elsewhere(words, wanted.len())
            });
            if let Some(words) = spoilt {
                let wanted = wanted.iter().map(|id| (*id).to_owned()).collect();
                found.push(Judged { words, wanted });
            }
        }
        found
    }

    /// Words of a record in the order of its text.
    fn choose(&self, record: &Record, group: Group, random: &mut Random) -> Option<Vec<String>> {
        let text = cut(record.texts.last()?);
        let neighbours = matches!(group, Group::Dropped | Group::Spaces);
        if self.whole {
            return (2..=6).contains(&text.len()).then_some(text);
        }
        if neighbours {
            let length = if group == Group::Dropped { 4 } else { 3 };
            let starts = text.len().checked_sub(length)? + 1;
            let start = random.below(starts as u64) as usize;
            return Some(text[start..start + length].to_vec());
        }
        let telling: Vec<&String> = text.iter().filter(|word| self.tells(word)).collect();
        let mut places = HashSet::new();
        for _ in 0..10 {
            if telling.is_empty() || places.len() == 3 {
                break;
            }
            places.insert(random.below(telling.len() as u64) as usize);
        }
        let mut places: Vec<usize> = places.into_iter().collect();
        places.sort_unstable();
        let chosen: Vec<String> = places.iter().map(|at| telling[*at].clone()).collect();
        let distinct: HashSet<&String> = chosen.iter().collect();
        (distinct.len() == 3).then_some(chosen)
    }

    /// Whether somebody would search for a word: it is long enough, and not everywhere.
    fn tells(&self, word: &str) -> bool {
        let everywhere = self.corpus.records.len() / 20;
        let records = self.records.get(word).map_or(0, HashSet::len);
        word.len() >= 4
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
            && records <= everywhere
    }

    /// Whether other records than the wanted ones have all the words too.
    fn leads_elsewhere(&self, words: &[String], wanted: usize) -> bool {
        let mut sets: Vec<&HashSet<usize>> = words
            .iter()
            .filter_map(|word| self.records.get(word))
            .collect();
        sets.sort_by_key(|set| set.len());
        let Some((first, rest)) = sets.split_first() else {
            return true;
        };
        let with_all = first
            .iter()
            .filter(|at| rest.iter().all(|set| set.contains(at)));
        with_all.count() > wanted
    }
}

/// The words of a text in lower case.
pub(crate) fn cut(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn spoil(mut words: Vec<String>, group: Group, random: &mut Random) -> Option<Vec<String>> {
    match group {
        Group::Exact => {}
        Group::OneTypo => {
            let at = any_word(&words, ONE_ERROR, random)?;
            words[at] = with_error(&words[at], 1, random);
        }
        Group::TwoTypos => {
            let at = any_word(&words, TWO_ERRORS, random)?;
            let half = words[at].len() / 2;
            let (front, back) = words[at].split_at(half);
            words[at] = with_error(front, 1, random) + &with_error(back, 1, random);
        }
        Group::Prefix => {
            let last = words.last_mut().filter(|last| is_plain(last, ONE_ERROR))?;
            let left = 3 + random.below(last.len() as u64 - 3) as usize;
            last.truncate(left);
        }
        Group::Dropped => {
            let between = words.len().checked_sub(2).filter(|count| *count > 0)?;
            words.remove(1 + random.below(between as u64) as usize);
        }
        Group::Swapped => {
            let by = 1 + random.below(words.len() as u64 - 1) as usize;
            words.rotate_left(by);
        }
        Group::Spaces => words = other_spaces(words, random)?,
    }
    Some(words)
}

/// Joins two neighbours or splits a long word.
fn other_spaces(mut words: Vec<String>, random: &mut Random) -> Option<Vec<String>> {
    if random.below(2) == 0 {
        let at = any_word(&words, TWO_ERRORS, random)?;
        let place = 3 + random.below(words[at].len() as u64 - 5) as usize;
        let back = words[at].split_off(place);
        words.insert(at + 1, back);
    } else {
        let at = random.below(words.len() as u64 - 1) as usize;
        let joins = |word: &String| is_plain(word, 3);
        if !joins(&words[at]) || !joins(&words[at + 1]) {
            return None;
        }
        let back = words.remove(at + 1);
        words[at].push_str(&back);
    }
    Some(words)
}

fn any_word(words: &[String], letters: usize, random: &mut Random) -> Option<usize> {
    let long = |at: &usize| is_plain(&words[*at], letters);
    let places: Vec<usize> = (0..words.len()).filter(long).collect();
    let at = random.below(places.len() as u64) as usize;
    places.get(at).copied()
}

fn is_plain(word: &str, letters: usize) -> bool {
    word.len() >= letters && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// A plain word with one error at or behind `from`: a letter too many, missing or replaced, or two
/// that change places.
fn with_error(word: &str, from: usize, random: &mut Random) -> String {
    loop {
        let mut letters: Vec<char> = word.chars().collect();
        let at = from + random.below((letters.len() - from) as u64) as usize;
        let other = char::from(b'a' + random.below(26) as u8);
        match random.below(4) {
            0 => letters.insert(at, other),
            1 => letters[at] = other,
            2 if at + 1 < letters.len() => letters.swap(at, at + 1),
            _ => {
                letters.remove(at);
            }
        }
        let spoilt: String = letters.into_iter().collect();
        if spoilt != word {
            return spoilt;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus(texts: &[&str]) -> Corpus {
        let record = |(at, text): (usize, &&str)| Record {
            id: at.to_string(),
            texts: vec![(*text).to_owned()],
        };
        Corpus {
            name: "titles",
            fields: &["title"],
            records: texts.iter().enumerate().map(record).collect(),
        }
    }

    #[test]
    fn groups_spoil_in_their_way_and_the_same_way_again() {
        let corpus = corpus(&["crimson permanent assurance", "the ladykillers story"]);
        let judge = Judge::of(&corpus);
        for group in Group::ALL {
            let found = judge.searches(group, 20);
            assert_eq!(found.len(), 20, "{group:?}");
            assert_eq!(found, judge.searches(group, 20));
            for one in found {
                let at: usize = one.wanted[0].parse().unwrap();
                let words = cut(&corpus.records[at].texts[0]);
                let same = one.words.iter().filter(|word| words.contains(word)).count();
                let expected = match group {
                    Group::Exact | Group::Swapped => 3,
                    Group::OneTypo | Group::TwoTypos | Group::Prefix | Group::Dropped => 2,
                    Group::Spaces => same,
                };
                assert_eq!((one.wanted.len(), same), (1, expected), "{group:?} {one:?}");
                let together = |words: &[String]| words.concat().len();
                assert!(group != Group::Spaces || together(&one.words) == together(&words));
                assert!(
                    group == Group::Exact || one.words != words,
                    "{group:?} {one:?}"
                );
            }
        }
    }

    #[test]
    fn records_with_the_same_text_are_all_wanted_and_words_of_others_are_not_used() {
        let twins = corpus(&["same title", "same title"]);
        assert_eq!(
            Judge::of(&twins).searches(Group::Exact, 1)[0].wanted,
            ["0", "1"]
        );
        let others = corpus(&["same title", "same title again"]);
        let found = Judge::of(&others).searches(Group::Exact, 5);
        let wanted = found.into_iter().map(|one| one.wanted);
        assert!(wanted.clone().count() == 5 && wanted.flatten().all(|id| id == "1"));
    }
}
