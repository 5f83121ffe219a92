//! Folding: the form of a word in which case, accents and width make no difference.
//!
//! - Folding what is folded changes nothing.
//! - Accents fall off Latin and Greek letters. In other scripts marks are letters or vowels and
//!   stay, but for those that are left out in ordinary writing: the points of Hebrew, the vowels of
//!   Arabic, the stress of Cyrillic.
//! - The Turkish ı and İ fold to i as the others do: whatever the casing of a text took them for,
//!   both sides of a search agree.
//! - Apostrophes fall out, so `dont` finds `don't`.

use std::borrow::Cow;
use std::sync::LazyLock;

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};
use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};

const COMPOSED: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfkc();
const PARTS: CanonicalDecompositionBorrowed<'static> = CanonicalDecompositionBorrowed::new();

/// The folded forms of U+00C0 to U+017F, but for those that are several letters in one.
static LATIN: LazyLock<Vec<Option<String>>> = LazyLock::new(|| {
    let folded = |letter: char| {
        let text = letter.to_string();
        let mut folded = String::new();
        fold_any(letter, &mut folded);
        (composed(&text) == text).then_some(folded)
    };
    ('\u{C0}'..='\u{17F}').map(folded).collect()
});

/// Letters that no decomposition leads to a plain one.
const SPELLED: [(char, &str); 20] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('ð', "d"),
    ('ø', "o"),
    ('þ', "th"),
    ('đ', "d"),
    ('ħ', "h"),
    ('ı', "i"),
    ('ĸ', "k"),
    ('ł', "l"),
    ('ŋ', "n"),
    ('œ', "oe"),
    ('ŧ', "t"),
    ('ƒ', "f"),
    ('ɖ', "d"),
    ('ɨ', "i"),
    ('ʉ', "u"),
    ('ς', "σ"),
    ('ё', "е"),
    ('ѐ', "е"),
];

/// The folded form of a word or text.
#[must_use]
pub fn fold(word: &str) -> Cow<'_, str> {
    if word.bytes().all(is_folded) {
        return Cow::Borrowed(word);
    }
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    Cow::Owned(folded)
}

/// Appends the folded form of a word.
pub(super) fn fold_into(word: &str, out: &mut String) {
    if word.is_ascii() {
        let kept = word.bytes().filter(|byte| *byte != b'\'');
        out.extend(kept.map(|byte| char::from(byte.to_ascii_lowercase())));
        return;
    }
    let before = out.len();
    if !word.chars().all(|letter| fold_simple(letter, out)) {
        out.truncate(before);
        composed(word)
            .chars()
            .for_each(|letter| fold_any(letter, out));
    }
}

/// Appends the folded form of a letter that is the same whatever is around it; `false` for others.
fn fold_simple(letter: char, out: &mut String) -> bool {
    match letter {
        '\'' => {}
        '\0'..='\u{7F}' => out.push(letter.to_ascii_lowercase()),
        '\u{C0}'..='\u{17F}' => match LATIN.get(letter as usize - 0xC0) {
            Some(Some(folded)) => out.push_str(folded),
            _ => return false,
        },
        '\u{410}'..='\u{42F}' => out.extend(char::from_u32(letter as u32 + 0x20)),
        '\u{430}'..='\u{44F}' => out.push(letter),
        '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => out.push(letter),
        _ => return false,
    }
    true
}

/// Appends the folded form of a letter of a composed text.
fn fold_any(letter: char, out: &mut String) {
    if letter.is_ascii() {
        if letter != '\'' {
            out.push(letter.to_ascii_lowercase());
        }
        return;
    }
    letter
        .to_lowercase()
        .for_each(|lower| fold_letter(lower, out));
}

/// A text with its accents in its letters, and its letters of one width.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    COMPOSED.normalize(text)
}

/// Whether a character leaves words together and has no part in them.
pub(super) fn is_ignored(letter: char) -> bool {
    matches!(letter, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{200C}'..='\u{200F}' | '\u{2060}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// The apostrophes inside of words, as keyboards and programs write them.
pub(super) fn is_apostrophe(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '\u{2BC}' | '\u{2018}' | '\u{2019}' | '\u{FF07}'
    )
}

fn is_folded(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_uppercase() && byte != b'\''
}

fn fold_letter(letter: char, out: &mut String) {
    if is_ignored(letter) || is_apostrophe(letter) || is_left_out(letter) {
        return;
    }
    if let Some((_, spelling)) = SPELLED.iter().find(|(spelled, _)| *spelled == letter) {
        out.push_str(spelling);
        return;
    }
    match letter {
        // Latin and Greek, with their extensions.
        '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{3FF}' | '\u{1E00}'..='\u{1FFF}' => {
            bare(letter, out);
        }
        'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
        'ى' | 'ی' => out.push('ي'),
        'ة' => out.push('ه'),
        'ک' => out.push('ك'),
        // Katakana as hiragana.
        '\u{30A1}'..='\u{30F6}' => {
            let hiragana = u32::from(letter).checked_sub(0x60).and_then(char::from_u32);
            out.push(hiragana.unwrap_or(letter));
        }
        _ => out.push(letter),
    }
}

/// Marks without which a word is the same word.
fn is_left_out(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}'
        | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{640}'
        | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// The letter without its accents; several can lie upon each other.
fn bare(letter: char, out: &mut String) {
    let mut left = letter;
    loop {
        left = match PARTS.decompose(left) {
            Decomposed::Singleton(same) => same,
            Decomposed::Expansion(base, _) => base,
            Decomposed::Default => break,
        };
    }
    if left == letter {
        out.push(letter);
    } else if left.is_ascii() {
        out.push(left.to_ascii_lowercase());
    } else {
        fold_letter(left, out);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_and_width_make_no_difference() {
        for (word, folded) in [
            ("", ""),
            ("plain", "plain"),
            ("HeLLo", "hello"),
            ("Crème Brûlée", "creme brulee"),
            ("e\u{301}tude", "etude"),
            ("Ångström", "angstrom"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("Søren", "soren"),
            ("Łódź", "lodz"),
            ("Đặng Thị Ngọc", "dang thi ngoc"),
            ("œuvre", "oeuvre"),
            ("Þór", "thor"),
            ("ﬁrst", "first"),
            ("ｈｅｌｌｏ１２", "hello12"),
            ("x²", "x2"),
            ("don't", "dont"),
            ("l’avion", "lavion"),
            ("so\u{AD}ft", "soft"),
            ("İSTANBUL", "istanbul"),
            ("ISPARTA ısparta", "isparta isparta"),
            ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
            ("σίσυφος", "σισυφοσ"),
            ("ᾳ", "α"),
            ("Ёлка", "елка"),
            ("мой", "мой"),
            ("и\u{306}", "й"),
            ("приве\u{301}т", "привет"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("أحمد", "احمد"),
            ("ﾊﾞｽ", "ばす"),
            ("カタカナ", "かたかな"),
            ("हिन्दी", "हिन्दी"),
            ("ไทย", "ไทย"),
            ("한국어", "한국어"),
            ("東京", "東京"),
        ] {
            assert_eq!(fold(word), folded, "{word}");
        }
    }

    #[test]
    fn every_character_alone_folds_once_for_all() {
        for letter in '\0'..=char::MAX {
            let once = fold(letter.encode_utf8(&mut [0; 4])).into_owned();
            assert_eq!(fold(&once), once, "{letter:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_what_is_folded_changes_nothing(
            word in "\\PC{0,12}|[\\u{0}-\\u{24F}\\u{300}-\\u{5FF}\\u{1E00}-\\u{20FF}]{0,12}",
        ) {
            let once = fold(&word).into_owned();
            prop_assert_eq!(fold(&once), once.as_str());
        }
    }
}
