//! The text of an API key: `luge_` and 70 letters and digits.
//!
//! - It begins like no other secret and ends in a checksum, so that scanners of source text find it
//!   and are not misled.
//! - It says whose it is by the number of the collection and the id of the key; its secret is 256
//!   random bits.

use luge_model::id::CollectionNumber;
use luge_model::limits::{API_KEY_NUMBER_CHARS, API_KEY_SECRET_CHARS, RECORD_ID_CHARS};

const PREFIX: &str = "luge_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What the text of a key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form<'a> {
    pub(super) collection: CollectionNumber,
    pub(super) id: &'a str,
    pub(super) secret: &'a str,
}

/// Whether a token is meant to be an API key.
pub(in crate::auth) fn is_one(token: &str) -> bool {
    token.starts_with(PREFIX)
}

impl<'a> Form<'a> {
    pub(super) fn write(&self) -> String {
        let mut text = format!("{PREFIX}{}", digits(self.collection.0));
        text.push_str(self.id);
        text.push_str(self.secret);
        let checksum = digits(crc32fast::hash(text.as_bytes()));
        text.push_str(&checksum);
        text
    }

    /// `None` for what cannot be one: nothing is looked up for it.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let whole = text;
        let text = text.strip_prefix(PREFIX)?;
        let length = RECORD_ID_CHARS + API_KEY_SECRET_CHARS + 2 * API_KEY_NUMBER_CHARS;
        if text.len() != length || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let (number, text) = text.split_at_checked(API_KEY_NUMBER_CHARS)?;
        let (id, text) = text.split_at_checked(RECORD_ID_CHARS)?;
        let (secret, checksum) = text.split_at_checked(API_KEY_SECRET_CHARS)?;
        let summed = whole.strip_suffix(checksum)?;
        let form = Self {
            collection: CollectionNumber(number_of(number)?),
            id,
            secret,
        };
        (digits(crc32fast::hash(summed.as_bytes())) == checksum).then_some(form)
    }
}

/// A number of 32 bits in six digits of base 62.
fn digits(mut number: u32) -> String {
    let mut text = [b'0'; API_KEY_NUMBER_CHARS];
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(number % 62).unwrap_or_default();
        *place = DIGITS.get(digit).copied().unwrap_or(b'0');
        number /= 62;
    }
    text.iter().copied().map(char::from).collect()
}

fn number_of(text: &str) -> Option<u32> {
    let number = text.bytes().try_fold(0_u64, |number, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        Some(number * 62 + u64::try_from(digit).ok()?)
    });
    u32::try_from(number?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "0123456789abcde";
    const SECRET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";

    fn text() -> String {
        let form = Form {
            collection: CollectionNumber(7),
            id: ID,
            secret: SECRET,
        };
        form.write()
    }

    #[test]
    fn every_changed_character_and_length_is_noticed() {
        let good = text();
        assert!(is_one(&good) && Form::read(&good).is_some(), "{good}");
        assert_eq!(good.len(), 75);
        for place in 0..good.len() {
            let mut changed = good.clone().into_bytes();
            changed[place] = if changed[place] == b'x' { b'y' } else { b'x' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Form::read(&changed), None, "{changed}");
            assert_eq!(Form::read(good.get(..place).unwrap()), None);
        }
        for other in ["", "luge_", &format!("{good}0"), &format!(" {good}")] {
            assert_eq!(Form::read(other), None, "{other}");
        }
        assert_eq!(Form::read(&good.replace(ID, "0123456789abcdé")), None);
        // Six digits can say more than 32 bits.
        let large = format!("{PREFIX}zzzzzz{ID}{SECRET}");
        let summed = format!("{large}{}", digits(crc32fast::hash(large.as_bytes())));
        assert_eq!(Form::read(&summed), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            number: u32, id in "[a-z0-9]{15}", secret in "[a-zA-Z0-9]{43}",
        ) {
            let collection = CollectionNumber(number);
            let form = Form { collection, id: &id, secret: &secret };
            let text = form.write();
            prop_assert_eq!(Form::read(&text), Some(form));
        }

        #[test]
        fn nothing_panics(text in "(luge_)?\\PC{0,80}") {
            let _ = Form::read(&text);
        }
    }
}
