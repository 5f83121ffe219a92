// Written by `luge types`; changes are lost when it is written again.

/// A place on the earth, in degrees.
#[derive(Default, Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Point {
    pub lon: f64,
    pub lat: f64,
}

/// A record of `people`.
///
/// - list: everyone
/// - view: everyone
/// - create: superusers only
/// - update: superusers only
/// - delete: superusers only
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PeopleRecord {
    #[serde(rename = "collectionId")]
    pub collection_id: String,
    #[serde(rename = "collectionName")]
    pub collection_name: String,
    /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    pub id: String,
    /// As people call them. * / #
    /// at most 100 characters
    pub name: String,
    /// an e-mail address
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(rename = "emailVisibility")]
    pub email_visibility: bool,
    pub verified: bool,
}

/// What creates a record of `people`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PeopleCreate {
    /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "id:autogenerate", default, skip_serializing_if = "Option::is_none")]
    pub generate_id: Option<String>,
    /// As people call them. * / #
    /// at most 100 characters
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// at least 8 characters; at most 71 characters
    pub password: String,
    /// an e-mail address
    pub email: String,
    #[serde(rename = "emailVisibility", default, skip_serializing_if = "Option::is_none")]
    pub email_visibility: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    #[serde(rename = "passwordConfirm")]
    pub password_confirm: String,
}

/// What changes a record of `people`; what is left out stays.
#[derive(Default, Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PeopleUpdate {
    /// As people call them. * / #
    /// at most 100 characters
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// at least 8 characters; at most 71 characters
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// an e-mail address
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(rename = "emailVisibility", default, skip_serializing_if = "Option::is_none")]
    pub email_visibility: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    #[serde(rename = "passwordConfirm", default, skip_serializing_if = "Option::is_none")]
    pub password_confirm: Option<String>,
    #[serde(rename = "oldPassword", default, skip_serializing_if = "Option::is_none")]
    pub old_password: Option<String>,
}

/// `state` of `kinds`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, Eq)]
pub enum KindsState {
    /// None of them.
    #[serde(rename = "")]
    Empty,
    #[serde(rename = "draft")]
    Draft,
    #[serde(rename = "live")]
    Live,
    #[serde(rename = "a \"b\" 'c' $d \\")]
    ABCD,
}

/// `colours` of `kinds`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, Eq)]
pub enum KindsColours {
    #[serde(rename = "red")]
    Red,
    #[serde(rename = "Red")]
    Red2,
    #[serde(rename = "дом")]
    Value,
    #[serde(rename = "1")]
    Value1,
    #[serde(rename = "\u{2028}")]
    Value2,
    #[serde(rename = "\u{1f642}")]
    Value3,
}

/// A record of `kinds`.
///
/// - list: `owners.id ?= @request.auth.id`
/// - view: superusers only
/// - create: superusers only
/// - update: superusers only
/// - delete: superusers only
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct KindsRecord {
    #[serde(rename = "collectionId")]
    pub collection_id: String,
    #[serde(rename = "collectionName")]
    pub collection_name: String,
    /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    pub id: String,
    /// at least 3 characters; matches ^[a-z ]+$
    pub title: String,
    pub slug: String,
    /// HTML
    pub body: String,
    /// at least 5; at most 9.5
    pub amount: f64,
    /// a whole number
    pub exact: f64,
    pub done: bool,
    /// an e-mail address; of example.com
    pub address: String,
    /// a URL
    pub home: String,
    /// not before 2020-01-01 00:00:00.000Z
    pub at: String,
    pub created: String,
    pub state: KindsState,
    /// at most 3
    pub colours: Vec<KindsColours>,
    /// name of a file; image/png
    pub cover: String,
    /// name of a file; at most 1000 bytes; at most 5
    pub papers: Vec<String>,
    /// id of a record of people; at least 2; at most 9
    pub owners: Vec<String>,
    /// id of a record of kinds
    pub parent: String,
    pub data: serde_json::Value,
    pub place: Point,
    /// always empty
    pub code: String,
    pub r#type: String,
    #[serde(rename = "2nd")]
    pub field_2nd: String,
}

/// What creates a record of `kinds`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct KindsCreate {
    /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "id:autogenerate", default, skip_serializing_if = "Option::is_none")]
    pub generate_id: Option<String>,
    /// at least 3 characters; matches ^[a-z ]+$
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    #[serde(rename = "slug:autogenerate", default, skip_serializing_if = "Option::is_none")]
    pub generate_slug: Option<String>,
    /// HTML
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// at least 5; at most 9.5
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<f64>,
    #[serde(rename = "amount+", default, skip_serializing_if = "Option::is_none")]
    pub add_amount: Option<f64>,
    #[serde(rename = "amount-", default, skip_serializing_if = "Option::is_none")]
    pub subtract_amount: Option<f64>,
    /// a whole number
    pub exact: f64,
    #[serde(rename = "exact+", default, skip_serializing_if = "Option::is_none")]
    pub add_exact: Option<f64>,
    #[serde(rename = "exact-", default, skip_serializing_if = "Option::is_none")]
    pub subtract_exact: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<bool>,
    /// an e-mail address; of example.com
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// a URL
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// not before 2020-01-01 00:00:00.000Z
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<KindsState>,
    #[serde(rename = "state+", default, skip_serializing_if = "Option::is_none")]
    pub append_state: Option<KindsState>,
    #[serde(rename = "+state", default, skip_serializing_if = "Option::is_none")]
    pub prepend_state: Option<KindsState>,
    #[serde(rename = "state-", default, skip_serializing_if = "Option::is_none")]
    pub remove_state: Option<KindsState>,
    /// at most 3
    pub colours: Vec<KindsColours>,
    #[serde(rename = "colours+", default, skip_serializing_if = "Option::is_none")]
    pub append_colours: Option<Vec<KindsColours>>,
    #[serde(rename = "+colours", default, skip_serializing_if = "Option::is_none")]
    pub prepend_colours: Option<Vec<KindsColours>>,
    #[serde(rename = "colours-", default, skip_serializing_if = "Option::is_none")]
    pub remove_colours: Option<Vec<KindsColours>>,
    /// name of a file; image/png
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    #[serde(rename = "cover+", default, skip_serializing_if = "Option::is_none")]
    pub append_cover: Option<String>,
    #[serde(rename = "+cover", default, skip_serializing_if = "Option::is_none")]
    pub prepend_cover: Option<String>,
    #[serde(rename = "cover-", default, skip_serializing_if = "Option::is_none")]
    pub remove_cover: Option<String>,
    /// name of a file; at most 1000 bytes; at most 5
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers: Option<Vec<String>>,
    #[serde(rename = "papers+", default, skip_serializing_if = "Option::is_none")]
    pub append_papers: Option<Vec<String>>,
    #[serde(rename = "+papers", default, skip_serializing_if = "Option::is_none")]
    pub prepend_papers: Option<Vec<String>>,
    #[serde(rename = "papers-", default, skip_serializing_if = "Option::is_none")]
    pub remove_papers: Option<Vec<String>>,
    /// id of a record of people; at least 2; at most 9
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owners: Option<Vec<String>>,
    #[serde(rename = "owners+", default, skip_serializing_if = "Option::is_none")]
    pub append_owners: Option<Vec<String>>,
    #[serde(rename = "+owners", default, skip_serializing_if = "Option::is_none")]
    pub prepend_owners: Option<Vec<String>>,
    #[serde(rename = "owners-", default, skip_serializing_if = "Option::is_none")]
    pub remove_owners: Option<Vec<String>>,
    /// id of a record of kinds
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    #[serde(rename = "parent+", default, skip_serializing_if = "Option::is_none")]
    pub append_parent: Option<String>,
    #[serde(rename = "+parent", default, skip_serializing_if = "Option::is_none")]
    pub prepend_parent: Option<String>,
    #[serde(rename = "parent-", default, skip_serializing_if = "Option::is_none")]
    pub remove_parent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Point>,
    /// at least 8 characters; at most 71 characters
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    #[serde(rename = "2nd", default, skip_serializing_if = "Option::is_none")]
    pub field_2nd: Option<String>,
}

/// What changes a record of `kinds`; what is left out stays.
#[derive(Default, Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct KindsUpdate {
    /// at least 3 characters; matches ^[a-z ]+$
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    #[serde(rename = "slug:autogenerate", default, skip_serializing_if = "Option::is_none")]
    pub generate_slug: Option<String>,
    /// HTML
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// at least 5; at most 9.5
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<f64>,
    #[serde(rename = "amount+", default, skip_serializing_if = "Option::is_none")]
    pub add_amount: Option<f64>,
    #[serde(rename = "amount-", default, skip_serializing_if = "Option::is_none")]
    pub subtract_amount: Option<f64>,
    /// a whole number
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact: Option<f64>,
    #[serde(rename = "exact+", default, skip_serializing_if = "Option::is_none")]
    pub add_exact: Option<f64>,
    #[serde(rename = "exact-", default, skip_serializing_if = "Option::is_none")]
    pub subtract_exact: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<bool>,
    /// an e-mail address; of example.com
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// a URL
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// not before 2020-01-01 00:00:00.000Z
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<KindsState>,
    #[serde(rename = "state+", default, skip_serializing_if = "Option::is_none")]
    pub append_state: Option<KindsState>,
    #[serde(rename = "+state", default, skip_serializing_if = "Option::is_none")]
    pub prepend_state: Option<KindsState>,
    #[serde(rename = "state-", default, skip_serializing_if = "Option::is_none")]
    pub remove_state: Option<KindsState>,
    /// at most 3
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colours: Option<Vec<KindsColours>>,
    #[serde(rename = "colours+", default, skip_serializing_if = "Option::is_none")]
    pub append_colours: Option<Vec<KindsColours>>,
    #[serde(rename = "+colours", default, skip_serializing_if = "Option::is_none")]
    pub prepend_colours: Option<Vec<KindsColours>>,
    #[serde(rename = "colours-", default, skip_serializing_if = "Option::is_none")]
    pub remove_colours: Option<Vec<KindsColours>>,
    /// name of a file; image/png
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    #[serde(rename = "cover+", default, skip_serializing_if = "Option::is_none")]
    pub append_cover: Option<String>,
    #[serde(rename = "+cover", default, skip_serializing_if = "Option::is_none")]
    pub prepend_cover: Option<String>,
    #[serde(rename = "cover-", default, skip_serializing_if = "Option::is_none")]
    pub remove_cover: Option<String>,
    /// name of a file; at most 1000 bytes; at most 5
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers: Option<Vec<String>>,
    #[serde(rename = "papers+", default, skip_serializing_if = "Option::is_none")]
    pub append_papers: Option<Vec<String>>,
    #[serde(rename = "+papers", default, skip_serializing_if = "Option::is_none")]
    pub prepend_papers: Option<Vec<String>>,
    #[serde(rename = "papers-", default, skip_serializing_if = "Option::is_none")]
    pub remove_papers: Option<Vec<String>>,
    /// id of a record of people; at least 2; at most 9
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owners: Option<Vec<String>>,
    #[serde(rename = "owners+", default, skip_serializing_if = "Option::is_none")]
    pub append_owners: Option<Vec<String>>,
    #[serde(rename = "+owners", default, skip_serializing_if = "Option::is_none")]
    pub prepend_owners: Option<Vec<String>>,
    #[serde(rename = "owners-", default, skip_serializing_if = "Option::is_none")]
    pub remove_owners: Option<Vec<String>>,
    /// id of a record of kinds
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    #[serde(rename = "parent+", default, skip_serializing_if = "Option::is_none")]
    pub append_parent: Option<String>,
    #[serde(rename = "+parent", default, skip_serializing_if = "Option::is_none")]
    pub prepend_parent: Option<String>,
    #[serde(rename = "parent-", default, skip_serializing_if = "Option::is_none")]
    pub remove_parent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Point>,
    /// at least 8 characters; at most 71 characters
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    #[serde(rename = "2nd", default, skip_serializing_if = "Option::is_none")]
    pub field_2nd: Option<String>,
}

/// A record of `my_kinds`.
///
/// - list: superusers only
/// - view: superusers only
/// - create: superusers only
/// - update: superusers only
/// - delete: superusers only
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MyKindsRecord {
    #[serde(rename = "collectionId")]
    pub collection_id: String,
    #[serde(rename = "collectionName")]
    pub collection_name: String,
    /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    pub id: String,
    /// id of a record of kinds
    pub kind: String,
}

/// What creates a record of `my_kinds`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MyKindsCreate {
    /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "id:autogenerate", default, skip_serializing_if = "Option::is_none")]
    pub generate_id: Option<String>,
    /// id of a record of kinds
    pub kind: String,
    #[serde(rename = "kind+", default, skip_serializing_if = "Option::is_none")]
    pub append_kind: Option<String>,
    #[serde(rename = "+kind", default, skip_serializing_if = "Option::is_none")]
    pub prepend_kind: Option<String>,
    #[serde(rename = "kind-", default, skip_serializing_if = "Option::is_none")]
    pub remove_kind: Option<String>,
}

/// What changes a record of `my_kinds`; what is left out stays.
#[derive(Default, Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MyKindsUpdate {
    /// id of a record of kinds
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(rename = "kind+", default, skip_serializing_if = "Option::is_none")]
    pub append_kind: Option<String>,
    #[serde(rename = "+kind", default, skip_serializing_if = "Option::is_none")]
    pub prepend_kind: Option<String>,
    #[serde(rename = "kind-", default, skip_serializing_if = "Option::is_none")]
    pub remove_kind: Option<String>,
}

/// `record` of `_2024`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, Eq)]
pub enum Collection2024Record2 {
    /// None of them.
    #[serde(rename = "")]
    Empty,
    #[serde(rename = "self")]
    Self2,
    #[serde(rename = "Self")]
    Self3,
    #[serde(rename = "class")]
    Class,
}

/// A record of `_2024`.
///
/// - list: superusers only
/// - view: superusers only
/// - create: superusers only
/// - update: superusers only
/// - delete: superusers only
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Collection2024Record {
    #[serde(rename = "collectionId")]
    pub collection_id: String,
    #[serde(rename = "collectionName")]
    pub collection_name: String,
    /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    pub id: String,
    pub record: Collection2024Record2,
    #[serde(rename = "self")]
    pub self2: bool,
}

/// What creates a record of `_2024`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Collection2024Create {
    /// at least 15 characters; at most 15 characters; matches ^[a-z0-9]+$
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "id:autogenerate", default, skip_serializing_if = "Option::is_none")]
    pub generate_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Collection2024Record2>,
    #[serde(rename = "record+", default, skip_serializing_if = "Option::is_none")]
    pub append_record: Option<Collection2024Record2>,
    #[serde(rename = "+record", default, skip_serializing_if = "Option::is_none")]
    pub prepend_record: Option<Collection2024Record2>,
    #[serde(rename = "record-", default, skip_serializing_if = "Option::is_none")]
    pub remove_record: Option<Collection2024Record2>,
    #[serde(rename = "self", default, skip_serializing_if = "Option::is_none")]
    pub self2: Option<bool>,
}

/// What changes a record of `_2024`; what is left out stays.
#[derive(Default, Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Collection2024Update {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Collection2024Record2>,
    #[serde(rename = "record+", default, skip_serializing_if = "Option::is_none")]
    pub append_record: Option<Collection2024Record2>,
    #[serde(rename = "+record", default, skip_serializing_if = "Option::is_none")]
    pub prepend_record: Option<Collection2024Record2>,
    #[serde(rename = "record-", default, skip_serializing_if = "Option::is_none")]
    pub remove_record: Option<Collection2024Record2>,
    #[serde(rename = "self", default, skip_serializing_if = "Option::is_none")]
    pub self2: Option<bool>,
}
