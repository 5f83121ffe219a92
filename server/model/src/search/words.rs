//! Where the words of a text are.
//!
//! - Words are runs of letters, digits and the marks upon them, with apostrophes between letters;
//!   everything else parts them.
//! - Scripts without spaces give pairs of neighbours that overlap, so that any part of a run is
//!   found. Texts also give the last one alone, by which a search for a single sign finds it.
//! - Places are byte offsets on the boundaries of characters.

use icu_normalizer::properties::{CanonicalCombiningClassMap, CanonicalCombiningClassMapBorrowed};

use super::fold::{is_apostrophe, is_ignored};

const CLASSES: CanonicalCombiningClassMapBorrowed<'static> = CanonicalCombiningClassMap::new();

/// What the words are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be found.
    Text,
    /// To be searched for.
    Search,
}

/// How apostrophes between letters are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Apostrophes {
    /// As part of the word.
    Join,
    /// As part of the word, but a genitive's `'s` is not (English).
    Genitive,
    /// As an end of the word before, as after an article (French, Italian, Catalan).
    Part,
}

/// What a character is to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A letter or digit of a script with spaces.
    Letter,
    /// A sign of a script without.
    Sign,
    /// Belongs to what is before it.
    Mark,
    Apostrophe,
    Other,
}

/// Calls `each` with the start and end of every word; `false` ends it.
pub(super) fn words(
    text: &str,
    (purpose, apostrophes): (Purpose, Apostrophes),
    mut each: impl FnMut(usize, usize) -> bool,
) {
    let mut at = 0;
    while let Some((start, kind)) = next_start(text, at) {
        let go_on = if kind == Kind::Sign {
            at = run(text, start, Kind::Sign);
            pairs(text, (start, at), purpose, &mut each)
        } else {
            let (end, after) = word_end(text, start, apostrophes);
            at = after;
            each(start, end)
        };
        if !go_on {
            return;
        }
    }
}

/// Whether a word can end with this character.
pub(super) fn ends_word(letter: char) -> bool {
    matches!(kind(letter), Kind::Letter | Kind::Sign | Kind::Mark)
}

/// Whether a word can begin with this character.
pub(super) fn begins_word(letter: char) -> bool {
    matches!(kind(letter), Kind::Letter | Kind::Sign)
}

fn kind(letter: char) -> Kind {
    if letter.is_ascii() {
        return match letter {
            '0'..='9' | 'A'..='Z' | 'a'..='z' => Kind::Letter,
            '\'' => Kind::Apostrophe,
            _ => Kind::Other,
        };
    }
    match letter {
        '\u{C0}'..='\u{24F}' if letter != '×' && letter != '÷' => Kind::Letter,
        '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' => Kind::Letter,
        // Kana, Han, Hangul; Thai, Lao, Burmese and Khmer.
        '\u{3041}'..='\u{3096}'
        | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{318F}'
        | '\u{31A0}'..='\u{31BF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}'
        | '\u{20000}'..='\u{3FFFF}' => Kind::Sign,
        '\u{E01}'..='\u{EDF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' => {
            south_east(letter)
        }
        _ if is_apostrophe(letter) => Kind::Apostrophe,
        _ if is_ignored(letter) || is_mark(letter) => Kind::Mark,
        _ if letter.is_alphanumeric() => Kind::Letter,
        _ => Kind::Other,
    }
}

fn south_east(letter: char) -> Kind {
    match letter {
        // Digits are words as everywhere.
        _ if letter.is_numeric() => Kind::Letter,
        '\u{E31}'
        | '\u{E33}'..='\u{E3A}'
        | '\u{E47}'..='\u{E4E}'
        | '\u{EB1}'
        | '\u{EB3}'..='\u{EBC}'
        | '\u{EC8}'..='\u{ECE}'
        | '\u{102B}'..='\u{103E}'
        | '\u{17B4}'..='\u{17D3}'
        | '\u{17DD}' => Kind::Mark,
        _ if letter.is_alphabetic() => Kind::Sign,
        _ => Kind::Other,
    }
}

fn is_mark(letter: char) -> bool {
    CLASSES.get_u8(letter) != 0 || matches!(letter, '\u{FF9E}' | '\u{FF9F}')
}

/// The first character at or behind `at` that begins a word.
fn next_start(text: &str, at: usize) -> Option<(usize, Kind)> {
    let rest = text.get(at..)?;
    rest.char_indices().find_map(|(offset, letter)| {
        let kind = kind(letter);
        matches!(kind, Kind::Letter | Kind::Sign).then_some((at + offset, kind))
    })
}

/// Where a run of one kind ends, the marks upon its characters included.
fn run(text: &str, start: usize, of: Kind) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    if of == Kind::Letter {
        let plain = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let next = rest.as_bytes().get(plain);
        if plain > 0 && next.is_none_or(u8::is_ascii) {
            return start + plain;
        }
    }
    let end = rest.char_indices().find(|(_, letter)| {
        let found = kind(*letter);
        found != of && found != Kind::Mark
    });
    start + end.map_or(rest.len(), |(offset, _)| offset)
}

/// Where the word ends that begins here, and where to go on.
fn word_end(text: &str, start: usize, apostrophes: Apostrophes) -> (usize, usize) {
    let mut end = run(text, start, Kind::Letter);
    while let Some(next) = joined(text, end) {
        if apostrophes == Apostrophes::Part {
            return (end, next);
        }
        let after = run(text, next, Kind::Letter);
        if apostrophes == Apostrophes::Genitive
            && matches!(text.get(next..after), Some("s" | "S"))
            && joined(text, after).is_none()
        {
            return (end, after);
        }
        end = after;
    }
    (end, end)
}

/// Where a word goes on behind one apostrophe.
fn joined(text: &str, end: usize) -> Option<usize> {
    let mut rest = text.get(end..)?.char_indices();
    let (_, apostrophe) = rest.next()?;
    let (offset, letter) = rest.next()?;
    let joins = kind(apostrophe) == Kind::Apostrophe && kind(letter) == Kind::Letter;
    joins.then_some(end + offset)
}

/// The pairs of signs in a run.
fn pairs(
    text: &str,
    (start, end): (usize, usize),
    purpose: Purpose,
    each: &mut impl FnMut(usize, usize) -> bool,
) -> bool {
    let run = text.get(start..end).unwrap_or_default();
    let mut signs = run
        .char_indices()
        .filter(|(_, sign)| kind(*sign) == Kind::Sign);
    let Some((mut first, _)) = signs.next() else {
        return true;
    };
    let mut second = signs.next();
    let alone = second.is_none();
    while let Some((next, _)) = second {
        second = signs.next();
        let pair_end = second.map_or(run.len(), |(after, _)| after);
        if !each(start + first, start + pair_end) {
            return false;
        }
        first = next;
    }
    if alone || purpose == Purpose::Text {
        return each(start + first, end);
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str, apostrophes: Apostrophes, purpose: Purpose) -> Vec<&str> {
        let mut found = Vec::new();
        words(text, (purpose, apostrophes), |start, end| {
            found.push(text.get(start..end).unwrap());
            true
        });
        found
    }

    #[test]
    fn words_are_letters_digits_and_marks() {
        for (text, expected) in [
            ("", &[][..]),
            (" .,!-", &[]),
            ("Hello, wide world!", &["Hello", "wide", "world"]),
            (
                "well-known snake_case a/b",
                &["well", "known", "snake", "case", "a", "b"],
            ),
            (
                "3.14 and 1,000 iphone15 v2",
                &["3", "14", "and", "1", "000", "iphone15", "v2"],
            ),
            ("ann@example.com", &["ann", "example", "com"]),
            ("naïve cafe\u{301} Ünï", &["naïve", "cafe\u{301}", "Ünï"]),
            ("so\u{AD}ft a×b", &["so\u{AD}ft", "a", "b"]),
            (
                "don't rock'n'roll O’Brien",
                &["don't", "rock'n'roll", "O’Brien"],
            ),
            ("'quoted' dogs' it''s", &["quoted", "dogs", "it", "s"]),
            ("हिन्दी भाषा", &["हिन्दी", "भाषा"]),
            ("привет,мир", &["привет", "мир"]),
            ("a🙂b ½ №5", &["a", "b", "½", "5"]),
        ] {
            assert_eq!(
                found(text, Apostrophes::Join, Purpose::Text),
                expected,
                "{text}"
            );
            assert_eq!(
                found(text, Apostrophes::Join, Purpose::Search),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn apostrophes_are_taken_as_the_language_has_them() {
        let text = "l'avion dog's dogs' d'Artagnan's";
        let genitive = found(text, Apostrophes::Genitive, Purpose::Text);
        assert_eq!(genitive, ["l'avion", "dog", "dogs", "d'Artagnan"]);
        let part = found(text, Apostrophes::Part, Purpose::Text);
        assert_eq!(
            part,
            ["l", "avion", "dog", "s", "dogs", "d", "Artagnan", "s"]
        );
    }

    #[test]
    fn scripts_without_spaces_give_pairs() {
        for (text, in_text, in_search) in [
            ("東", &["東"][..], &["東"][..]),
            ("東京都", &["東京", "京都", "都"], &["東京", "京都"]),
            (
                "東京tokyo2020年",
                &["東京", "京", "tokyo2020", "年"],
                &["東京", "tokyo2020", "年"],
            ),
            (
                "한국어 책",
                &["한국", "국어", "어", "책"],
                &["한국", "국어", "책"],
            ),
            ("ﾊﾞｽ", &["ﾊﾞｽ", "ｽ"], &["ﾊﾞｽ"]),
            ("ที่นี่", &["ที่นี่", "นี่"], &["ที่นี่"]),
            (
                "サーバー",
                &["サー", "ーバ", "バー", "ー"],
                &["サー", "ーバ", "バー"],
            ),
        ] {
            assert_eq!(
                found(text, Apostrophes::Join, Purpose::Text),
                in_text,
                "{text}"
            );
            assert_eq!(
                found(text, Apostrophes::Join, Purpose::Search),
                in_search,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn words_are_in_order_and_on_the_boundaries_of_characters(
            text in "[a-c'’ .東京한ก\\u{301}\\u{AD}é]{0,24}|\\PC{0,24}",
        ) {
            for purpose in [Purpose::Text, Purpose::Search] {
                for apostrophes in [Apostrophes::Join, Apostrophes::Genitive, Apostrophes::Part] {
                    let mut last = None;
                    words(&text, (purpose, apostrophes), |start, end| {
                        assert!(start < end && last.is_none_or(|last| last < start));
                        let word = text.get(start..end).expect("boundaries of characters");
                        assert!(word.starts_with(begins_word));
                        last = Some(start);
                        true
                    });
                }
            }
        }
    }
}
