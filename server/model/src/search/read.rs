//! Search options from JSON.
//!
//! Reading is strict: unknown keys and values of a wrong type are refused at their place, so that a
//! misspelt option is never silently without effect.

use serde_json::{Map, Value as Json};

use super::{Language, Mode, RankBy, SearchField, SearchOptions, Synonyms, TypoOptions};
use crate::filter::hint;
use crate::invalid::{Violation, Violations};
use crate::limits::{
    SEARCH_FIELDS_MAX, SEARCH_PATH_CHARS_MAX, SEARCH_RANK_BY_MAX, SEARCH_SYNONYMS_MAX,
    SEARCH_SYNONYMS_OF_WORD_MAX, SEARCH_WEIGHT_MAX, SEARCH_WORD_CHARS_MAX, SEARCH_WORDS_MAX,
};

/// The keys of the options, of one field and of the typing errors.
const KEYS: [&str; 5] = ["fields", "synonyms", "stopWords", "typo", "rankBy"];
const FIELD_KEYS: [&str; 4] = ["weight", "language", "mode", "facet"];
const TYPO_KEYS: [&str; 5] = ["enabled", "oneFrom", "twoFrom", "numbers", "except"];

impl SearchOptions {
    /// Reads the options.
    ///
    /// # Errors
    /// Everything that is wrong with them by themselves, by place; whether they fit the collection
    /// is for [`Self::violations`].
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, Violations> {
        let mut reader = Reader::of(object, &KEYS);
        let fields = reader.below("fields", read_fields);
        if fields.is_empty() && reader.found.is_empty() {
            reader.found.add("fields", Violation::required());
        }
        let options = Self {
            fields,
            synonyms: reader.below("synonyms", read_synonyms),
            stop_words: reader.words("stopWords"),
            typo: reader.below("typo", read_typo),
            rank_by: reader.below("rankBy", read_rank_by),
        };
        reader.found.into_result().map(|()| options)
    }
}

/// An object being read, and what was wrong with it so far.
struct Reader<'a> {
    object: &'a Map<String, Json>,
    found: Violations,
}

impl<'a> Reader<'a> {
    fn of(object: &'a Map<String, Json>, known: &[&str]) -> Self {
        let mut found = Violations::new();
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let near = hint(key, known.iter().copied());
            found.add(key, invalid(&format!("There is no such key{near}.")));
        }
        Self { object, found }
    }

    /// The value of a key that is there and not `null`.
    fn value(&self, key: &str) -> Option<&'a Json> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    fn below<T: Default>(
        &mut self,
        key: &str,
        read: fn(&Json, &mut Violations) -> Result<T, Violation>,
    ) -> T {
        let Some(value) = self.value(key) else {
            return T::default();
        };
        let mut below = Violations::new();
        let read = read(value, &mut below);
        self.found.nest(key, below);
        read.unwrap_or_else(|violation| {
            self.found.add(key, violation);
            T::default()
        })
    }

    fn take<T>(&mut self, key: &str, expected: &str, read: fn(&Json) -> Option<T>) -> Option<T> {
        let read_value = read(self.value(key)?);
        if read_value.is_none() {
            self.found
                .add(key, invalid(&format!("Must be {expected}.")));
        }
        read_value
    }

    fn flag(&mut self, key: &str, default: bool) -> bool {
        let read = self.take(key, "true or false", Json::as_bool);
        read.unwrap_or(default)
    }

    fn letters(&mut self, key: &str, default: u8) -> u8 {
        let read = |json: &Json| {
            u8::try_from(json.as_u64()?)
                .ok()
                .filter(|number| *number > 0)
        };
        let expected = "a number of letters, 1 to 255";
        self.take(key, expected, read).unwrap_or(default)
    }

    /// A list of words, none by default.
    fn words(&mut self, key: &str) -> Vec<String> {
        match self.value(key).map(words) {
            None => Vec::new(),
            Some(Ok(words)) if words.len() > SEARCH_WORDS_MAX => {
                self.found.add(key, too_many(SEARCH_WORDS_MAX, "words"));
                Vec::new()
            }
            Some(Ok(words)) => words,
            Some(Err(violation)) => {
                self.found.add(key, violation);
                Vec::new()
            }
        }
    }
}

fn read_fields(json: &Json, found: &mut Violations) -> Result<Vec<SearchField>, Violation> {
    let mut fields = Vec::new();
    for (path, options) in entries(json, (SEARCH_FIELDS_MAX, "fields"))? {
        let mut below = Violations::new();
        if path.chars().count() > SEARCH_PATH_CHARS_MAX {
            below.add("path", too_long(SEARCH_PATH_CHARS_MAX));
        }
        match options {
            Json::Object(options) => fields.push(read_field(path, options, &mut below)),
            Json::Null => fields.push(read_field(path, &Map::new(), &mut below)),
            _ => found.add(path, invalid("Must be an object.")),
        }
        found.nest(path, below);
    }
    Ok(fields)
}

fn read_field(path: &str, object: &Map<String, Json>, found: &mut Violations) -> SearchField {
    let mut reader = Reader::of(object, &FIELD_KEYS);
    let weights = format!("a whole number, 1 to {SEARCH_WEIGHT_MAX}");
    let weight = reader.take("weight", &weights, |json| {
        let weight = u8::try_from(json.as_u64()?).ok()?;
        (1..=SEARCH_WEIGHT_MAX).contains(&weight).then_some(weight)
    });
    let codes: Vec<_> = Language::all().map(Language::code).collect();
    let languages = format!("null or one of {}", codes.join(", "));
    let language = reader.take("language", &languages, |json| {
        Language::from_code(json.as_str()?)
    });
    let modes = format!("one of {}", Mode::ALL.map(Mode::name).join(", "));
    let mode = reader.take("mode", &modes, |json| {
        let named = json.as_str()?;
        Mode::ALL.into_iter().find(|mode| mode.name() == named)
    });
    let field = SearchField {
        path: path.to_owned(),
        weight: weight.unwrap_or(1),
        language,
        mode: mode.unwrap_or_default(),
        facet: reader.flag("facet", false),
    };
    found.join(reader.found);
    field
}

fn read_synonyms(json: &Json, found: &mut Violations) -> Result<Vec<Synonyms>, Violation> {
    let mut synonyms = Vec::new();
    for (word, others) in entries(json, (SEARCH_SYNONYMS_MAX, "words with synonyms"))? {
        let read = limited(word).and_then(|()| words(others));
        match read {
            Ok(others) if others.len() > SEARCH_SYNONYMS_OF_WORD_MAX => {
                found.add(word, too_many(SEARCH_SYNONYMS_OF_WORD_MAX, "synonyms"));
            }
            Ok(others) if others.is_empty() => found.add(word, Violation::required()),
            Ok(others) => synonyms.push(Synonyms {
                word: word.clone(),
                others,
            }),
            Err(violation) => found.add(word, violation),
        }
    }
    Ok(synonyms)
}

fn read_typo(json: &Json, found: &mut Violations) -> Result<TypoOptions, Violation> {
    let object = json.as_object().ok_or_else(not_an_object)?;
    let mut reader = Reader::of(object, &TYPO_KEYS);
    let default = TypoOptions::default();
    let typo = TypoOptions {
        enabled: reader.flag("enabled", default.enabled),
        one_from: reader.letters("oneFrom", default.one_from),
        two_from: reader.letters("twoFrom", default.two_from),
        numbers: reader.flag("numbers", default.numbers),
        except: reader.words("except"),
    };
    if typo.two_from < typo.one_from {
        let message = "Must not be less than oneFrom.";
        reader.found.add("twoFrom", invalid(message));
    }
    found.join(reader.found);
    Ok(typo)
}

fn read_rank_by(json: &Json, found: &mut Violations) -> Result<Vec<RankBy>, Violation> {
    let list = json.as_array().ok_or_else(|| {
        invalid("Must be a list of names of fields, each with - where the greatest is first.")
    })?;
    if list.len() > SEARCH_RANK_BY_MAX {
        return Err(too_many(SEARCH_RANK_BY_MAX, "fields"));
    }
    let mut keys: Vec<RankBy> = Vec::new();
    for (at, json) in list.iter().enumerate() {
        let written = json.as_str().unwrap_or_default();
        let field = written.strip_prefix(['-', '+']).unwrap_or(written);
        let message = if field.is_empty() {
            "Must be the name of a field, with - where the greatest is first."
        } else if keys.iter().any(|key| key.field == field) {
            "The field is named already."
        } else {
            keys.push(RankBy {
                field: field.to_owned(),
                descending: written.starts_with('-'),
            });
            continue;
        };
        found.add(&at.to_string(), invalid(message));
    }
    Ok(keys)
}

/// The entries of an object that has at most so many.
fn entries<'a>(
    json: &'a Json,
    (most, of_what): (usize, &str),
) -> Result<&'a Map<String, Json>, Violation> {
    let object = json.as_object().ok_or_else(not_an_object)?;
    if object.len() > most {
        return Err(too_many(most, of_what));
    }
    Ok(object)
}

fn not_an_object() -> Violation {
    invalid("Must be an object.")
}

fn words(json: &Json) -> Result<Vec<String>, Violation> {
    let list = json
        .as_array()
        .ok_or_else(|| invalid("Must be a list of words."))?;
    let read = |json: &Json| {
        let word = json
            .as_str()
            .ok_or_else(|| invalid("Must be a list of words."))?;
        limited(word).map(|()| word.to_owned())
    };
    list.iter().map(read).collect()
}

fn limited(word: &str) -> Result<(), Violation> {
    if !word.chars().any(char::is_alphanumeric) {
        return Err(invalid("A word needs a letter or a digit."));
    }
    if word.chars().count() > SEARCH_WORD_CHARS_MAX {
        return Err(too_long(SEARCH_WORD_CHARS_MAX));
    }
    Ok(())
}

fn too_many(most: usize, of_what: &str) -> Violation {
    let message = format!("Must be no more than {most} {of_what}.");
    Violation::new("validation_length_too_long", message).with("max", most)
}

fn too_long(most: usize) -> Violation {
    let message = format!("Must be no more than {most} character(s).");
    Violation::new("validation_length_too_long", message).with("max", most)
}

fn invalid(message: &str) -> Violation {
    Violation::new("validation_invalid_value", message)
}
