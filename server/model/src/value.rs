//! The value of one field, owned ([`Value`]) or borrowed from a record's bytes ([`ValueRef`]).
//!
//! Every field always has a value: a record that lacks one reads as the zero value of the field's
//! type, so there is no `Null` here. JSON `null` is `Json("null")`.

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
    /// text, editor, email, url, date, autodate, password (a hash), and single select, file, relation
    Text(String),
    /// multiple select, file, relation; without duplicates
    List(Vec<String>),
    /// geoPoint
    GeoPoint(GeoPoint),
    /// json: valid, compact JSON text
    Json(String),
}

/// A field value borrowed from an encoded record.
#[derive(Clone, Copy, Debug)]
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
    /// Items as the record codec lays them out (see `record.rs`); validated when the record was opened.
    Encoded(&'a [u8]),
}
