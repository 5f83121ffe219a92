//! The value of one field, owned ([`Value`]) or borrowed from a record's bytes ([`ValueRef`]).
//!
//! Every field always has a value: a record that lacks one reads as the zero value of the field's
//! type, so there is no `Null` here. JSON `null` is `Json("null")`.

use std::iter::FusedIterator;

/// A point on Earth in degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GeoPoint {
    /// Longitude, -180 to 180.
    pub lon: f64,
    /// Latitude, -90 to 90.
    pub lat: f64,
}

/// An owned field value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// bool
    Bool(bool),
    /// number; finite
    Number(f64),
    /// text, editor, email, url, date, autodate, password (a hash), and single select, file,
    /// relation
    Text(String),
    /// multiple select, file, relation; without duplicates
    List(Vec<String>),
    /// geoPoint
    GeoPoint(GeoPoint),
    /// json: valid, compact JSON text
    Json(String),
}

/// A field value borrowed from an encoded record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// See [`Value::Bool`].
    Bool(bool),
    /// See [`Value::Number`].
    Number(f64),
    /// See [`Value::Text`].
    Text(&'a str),
    /// See [`Value::List`].
    List(ListRef<'a>),
    /// See [`Value::GeoPoint`].
    GeoPoint(GeoPoint),
    /// See [`Value::Json`].
    Json(&'a str),
}

/// A list of texts borrowed either from an owned list or from an encoded record.
#[derive(Clone, Copy, Debug)]
pub enum ListRef<'a> {
    /// Items of an owned value.
    Owned(&'a [String]),
    /// Items as the record codec lays them out: each a `u32` length, little endian, and the text.
    /// Validated when the record was opened.
    Encoded(&'a [u8]),
}

impl Value {
    /// An empty text.
    #[must_use]
    pub const fn empty_text() -> Self {
        Self::Text(String::new())
    }

    /// The same value, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Bool(value) => ValueRef::Bool(*value),
            Self::Number(value) => ValueRef::Number(*value),
            Self::Text(value) => ValueRef::Text(value),
            Self::List(items) => ValueRef::List(ListRef::Owned(items)),
            Self::GeoPoint(value) => ValueRef::GeoPoint(*value),
            Self::Json(value) => ValueRef::Json(value),
        }
    }

    /// The text of a text value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list, or the one text of a text that is not empty: what a select, file or
    /// relation field holds, whether it is single or multiple.
    #[must_use]
    pub fn names(&self) -> &[String] {
        match self {
            Self::Text(text) if !text.is_empty() => std::slice::from_ref(text),
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The value as JSON, in a tree.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let mut text = Vec::new();
        crate::record::write_value_json(self.as_ref(), &mut text);
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Whether this is the zero value of its type.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.as_ref().is_zero()
    }
}

impl<'a> ValueRef<'a> {
    /// The same value, owned.
    #[must_use]
    pub fn to_owned(self) -> Value {
        match self {
            Self::Bool(value) => Value::Bool(value),
            Self::Number(value) => Value::Number(value),
            Self::Text(value) => Value::Text(value.to_owned()),
            Self::List(items) => Value::List(items.iter().map(str::to_owned).collect()),
            Self::GeoPoint(value) => Value::GeoPoint(value),
            Self::Json(value) => Value::Json(value.to_owned()),
        }
    }

    /// The text of a text value.
    #[must_use]
    pub fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a number value.
    #[must_use]
    pub fn as_number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The flag of a bool value.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// The items of a list, or the one text of a text that is not empty.
    pub fn names(self) -> impl Iterator<Item = &'a str> {
        let (one, list) = match self {
            Self::Text(text) if !text.is_empty() => (Some(text), None),
            Self::List(items) => (None, Some(items.iter())),
            _ => (None, None),
        };
        one.into_iter().chain(list.into_iter().flatten())
    }

    /// Whether this is the zero value of its type.
    #[must_use]
    pub fn is_zero(self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::Number(value) => value == 0.0,
            Self::Text(value) => value.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::GeoPoint(value) => value == GeoPoint::default(),
            Self::Json(value) => value == "null",
        }
    }
}

impl<'a> ListRef<'a> {
    /// The items in order.
    #[must_use]
    pub fn iter(self) -> ListIter<'a> {
        ListIter { rest: self }
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(self) -> bool {
        match self {
            Self::Owned(items) => items.is_empty(),
            Self::Encoded(bytes) => bytes.is_empty(),
        }
    }

    /// How many items there are; counts them.
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Self::Owned(items) => items.len(),
            Self::Encoded(_) => self.iter().count(),
        }
    }

    /// Whether `item` is one of them.
    #[must_use]
    pub fn contains(self, item: &str) -> bool {
        self.iter().any(|one| one == item)
    }
}

impl PartialEq for ListRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a> IntoIterator for ListRef<'a> {
    type Item = &'a str;
    type IntoIter = ListIter<'a>;

    fn into_iter(self) -> ListIter<'a> {
        self.iter()
    }
}

/// The items of a [`ListRef`].
#[derive(Clone, Debug)]
pub struct ListIter<'a> {
    rest: ListRef<'a>,
}

impl<'a> Iterator for ListIter<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        match self.rest {
            ListRef::Owned(items) => {
                let (first, rest) = items.split_first()?;
                self.rest = ListRef::Owned(rest);
                Some(first)
            }
            ListRef::Encoded(bytes) => {
                let (item, rest) = split_encoded_item(bytes)?;
                self.rest = ListRef::Encoded(rest);
                std::str::from_utf8(item).ok()
            }
        }
    }
}

impl FusedIterator for ListIter<'_> {}

/// The first item of an encoded list and what follows it; `None` at the end or when cut short.
pub(crate) fn split_encoded_item(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<String>> for Value {
    fn from(value: Vec<String>) -> Self {
        Self::List(value)
    }
}

impl From<GeoPoint> for Value {
    fn from(value: GeoPoint) -> Self {
        Self::GeoPoint(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(items: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for item in items {
            bytes.extend_from_slice(&u32::try_from(item.len()).unwrap().to_le_bytes());
            bytes.extend_from_slice(item.as_bytes());
        }
        bytes
    }

    #[test]
    fn lists_compare_by_items_wherever_they_come_from() {
        let owned = vec!["a".to_owned(), String::new(), "ö".to_owned()];
        let bytes = encoded(&["a", "", "ö"]);
        let (left, right) = (ListRef::Owned(&owned), ListRef::Encoded(&bytes));
        assert_eq!(left, right);
        assert_eq!(right.len(), 3);
        assert!(right.contains("ö"));
        assert!(!right.contains("o"));
        for other in [encoded(&[]), encoded(&["a"]), encoded(&["a", "ö", ""])] {
            assert_ne!(left, ListRef::Encoded(&other));
        }
    }

    #[test]
    fn a_list_that_is_cut_short_ends_early() {
        let bytes = encoded(&["abc"]);
        for end in 0..bytes.len() {
            assert_eq!(ListRef::Encoded(&bytes[..end]).len(), 0, "cut at {end}");
        }
    }

    #[test]
    fn zero_values() {
        for zero in [
            Value::Bool(false),
            Value::Number(0.0),
            Value::Number(-0.0),
            Value::from(""),
            Value::List(vec![]),
            Value::GeoPoint(GeoPoint::default()),
            Value::Json("null".to_owned()),
        ] {
            assert!(zero.is_zero(), "{zero:?}");
        }
        for other in [
            Value::Bool(true),
            Value::Number(f64::MIN_POSITIVE),
            Value::from(" "),
            Value::List(vec![String::new()]),
            Value::GeoPoint(GeoPoint { lon: 0.0, lat: 1.0 }),
            Value::Json("0".to_owned()),
            Value::Json("\"\"".to_owned()),
            Value::Json("[]".to_owned()),
            Value::Json("{}".to_owned()),
        ] {
            assert!(!other.is_zero(), "{other:?}");
        }
    }
}
