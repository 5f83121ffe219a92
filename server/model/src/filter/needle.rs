//! A text that is searched for in other texts without regard to the case of ASCII letters.

use memchr::memchr2_iter;

/// Letters from the most to the least common in running text; what is not here is rarer still.
const COMMON: &[u8] = b" etaoinshrdlcumwfgypbvk";

/// What is searched for, in lower case.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    lower: Vec<u8>,
    /// The place of its rarest byte: most texts are ruled out by looking for that alone.
    anchor: usize,
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        let lower = text.to_ascii_lowercase().into_bytes();
        let rarity = |byte: &u8| COMMON.iter().position(|common| common == byte);
        let anchor = lower
            .iter()
            .enumerate()
            .max_by_key(|(_, byte)| rarity(byte).unwrap_or(COMMON.len()))
            .map_or(0, |(place, _)| place);
        Self { lower, anchor }
    }

    /// The text with something else for what is not ASCII.
    pub(super) fn runs(&self) -> String {
        let bytes = self.lower.iter();
        bytes
            .map(|byte| {
                if byte.is_ascii() {
                    char::from(*byte)
                } else {
                    ' '
                }
            })
            .collect()
    }

    /// Whether it is somewhere in `text` of any case.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let Some(&anchor) = self.lower.get(self.anchor) else {
            return true;
        };
        memchr2_iter(anchor, anchor.to_ascii_uppercase(), text).any(|place| {
            place
                .checked_sub(self.anchor)
                .and_then(|start| text.get(start..start + self.lower.len()))
                .is_some_and(|found| found.eq_ignore_ascii_case(&self.lower))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_a_search_in_lower_case_finds(
            text in "[aAbBzé ]{0,24}",
            needle in "[aBzé]{0,4}",
        ) {
            let expected = text.to_ascii_lowercase().contains(&needle.to_ascii_lowercase());
            prop_assert_eq!(Needle::new(&needle).is_in(text.as_bytes()), expected);
        }
    }
}
