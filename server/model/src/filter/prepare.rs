//! A filter with everything resolved that is the same for all records of a request.

use serde_json::Value as Json;

use super::check::{Filter, Node, Test};
use super::compare::{Comparing, Side};
use super::json_path::Segment;
use super::scalar::{Affinity, Scalar, json_text};
use super::source::{Source, column_value, column_values};
use super::term::{Access, Column, Modifier, RequestTerm, Storage, Term, holds_names};
use super::{Environment, Operator};
use crate::id::FieldNumber;
use crate::principal::{Identity, RequestContext};
use crate::record::Row;
use crate::value::{GeoPoint, ValueRef};

/// A filter that is ready for the records of one request.
#[derive(Clone, Debug)]
pub struct Prepared<'f> {
    pub(super) root: PreparedNode<'f>,
}

/// A part of a [`Prepared`] filter.
#[derive(Clone, Debug)]
pub(super) enum PreparedNode<'f> {
    /// The same for every record.
    Known(bool),
    And(Vec<PreparedNode<'f>>),
    Or(Vec<PreparedNode<'f>>),
    Test(Box<PreparedTest<'f>>),
}

/// A comparison that depends on the record.
#[derive(Clone, Debug)]
pub(super) struct PreparedTest<'f> {
    pub(super) comparing: Comparing<'f>,
    pub(super) any: bool,
    pub(super) shown_by: Option<FieldNumber>,
}

impl Filter {
    /// Resolves macros, `@request.…` and constants.
    #[must_use]
    pub fn prepare<'f>(&'f self, environment: &Environment<'f>) -> Prepared<'f> {
        Prepared {
            root: node(&self.root, environment),
        }
    }

    /// Whether the filter accepts one record. For many records, [`Self::prepare`] once.
    #[must_use]
    pub fn matches(&self, row: &dyn Row, environment: &Environment<'_>) -> bool {
        self.prepare(environment).matches(row)
    }
}

impl Prepared<'_> {
    /// Whether the filter accepts a record.
    #[must_use]
    pub fn matches(&self, row: &dyn Row) -> bool {
        self.root.matches(row)
    }

    /// The answer, when it is the same for every record.
    #[must_use]
    pub fn constant(&self) -> Option<bool> {
        match self.root {
            PreparedNode::Known(answer) => Some(answer),
            _ => None,
        }
    }
}

impl PreparedNode<'_> {
    fn matches(&self, row: &dyn Row) -> bool {
        match self {
            Self::Known(answer) => *answer,
            Self::And(parts) => parts.iter().all(|part| part.matches(row)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(row)),
            Self::Test(test) => test.matches(row),
        }
    }
}

impl PreparedTest<'_> {
    fn matches(&self, row: &dyn Row) -> bool {
        let is_shown = |field| {
            row.value(field)
                .and_then(ValueRef::as_bool)
                .unwrap_or_default()
        };
        self.shown_by.is_none_or(is_shown) && self.comparing.holds(row, self.any)
    }
}

fn node<'f>(node: &'f Node, environment: &Environment<'f>) -> PreparedNode<'f> {
    match node {
        Node::And(parts) => joined(parts, environment, false, PreparedNode::And),
        Node::Or(parts) => joined(parts, environment, true, PreparedNode::Or),
        Node::Test(found) => test(found, environment),
    }
}

/// Joins the parts; one that is known to be `decisive` decides the whole.
fn joined<'f>(
    parts: &'f [Node],
    environment: &Environment<'f>,
    decisive: bool,
    join: fn(Vec<PreparedNode<'f>>) -> PreparedNode<'f>,
) -> PreparedNode<'f> {
    let mut open = Vec::with_capacity(parts.len());
    for part in parts {
        match node(part, environment) {
            PreparedNode::Known(answer) if answer == decisive => {
                return PreparedNode::Known(decisive);
            }
            PreparedNode::Known(_) => {}
            part => open.push(part),
        }
    }
    if open.is_empty() {
        PreparedNode::Known(!decisive)
    } else {
        join(open)
    }
}

fn test<'f>(test: &'f Test, environment: &Environment<'f>) -> PreparedNode<'f> {
    let left = side(&test.left, environment);
    let right = side(&test.right, environment);
    let comparing = match (left, right) {
        (Some(left), Some(right)) => Comparing::new(left, test.operator, right),
        // What cannot be read makes every comparison with it fail, negated ones too.
        _ => return PreparedNode::Known(false),
    };
    if comparing.is_constant() && test.shown_by.is_none() {
        return PreparedNode::Known(comparing.holds(&NoRow, test.any));
    }
    PreparedNode::Test(Box::new(PreparedTest {
        comparing,
        any: test.any,
        shown_by: test.shown_by,
    }))
}

/// Stands for the record where none is read.
struct NoRow;

impl Row for NoRow {
    fn value(&self, _: FieldNumber) -> Option<ValueRef<'_>> {
        None
    }

    fn rowid(&self) -> u64 {
        0
    }
}

/// `None` when the term cannot be read for this caller.
fn side<'f>(term: &'f Term, environment: &Environment<'f>) -> Option<Side<'f>> {
    Some(match term {
        Term::Constant(value) => Side::constant(value.borrowed()),
        Term::Macro(found) => Side::constant(found.value(environment.now)),
        Term::Own(column) => Side::own(column),
        Term::Auth {
            name,
            path,
            modifier,
        } => match environment.principal.identity() {
            None => Side::constant(Scalar::Null),
            Some(identity) => auth(identity, name, path, *modifier)?,
        },
        Term::Request(term) => request(term, environment),
        Term::Changed { key, column } => changed(key, column, environment),
        Term::GeoDistance(terms) => {
            let [lon_a, lat_a, lon_b, lat_b] = terms.as_ref();
            let source = |term| side(term, environment).map(|side| side.source);
            let places = [
                source(lon_a)?,
                source(lat_a)?,
                source(lon_b)?,
                source(lat_b)?,
            ];
            Side::computed(Source::GeoDistance(Box::new(places)), true)
        }
        Term::Strftime(terms) => {
            let sources = terms
                .iter()
                .map(|term| side(term, environment).map(|side| side.source));
            let arguments = sources.collect::<Option<Vec<_>>>()?;
            Side::computed(
                Source::Strftime {
                    arguments,
                    now: environment.now,
                },
                false,
            )
        }
    })
}

fn auth<'f>(
    identity: &'f Identity,
    name: &str,
    path: &[Segment],
    modifier: Option<Modifier>,
) -> Option<Side<'f>> {
    let collection = &identity.collection;
    match name {
        "collectionId" => return Some(Side::constant(Scalar::text(&collection.id))),
        "collectionName" => return Some(Side::constant(Scalar::text(&collection.name))),
        _ => {}
    }
    let Some(field) = collection.field(name) else {
        return Some(Side::constant(Scalar::Null));
    };
    if field.kind.as_password().is_some() {
        return None;
    }
    let mut column = Column::whole(field);
    if !path.is_empty() {
        if !matches!(column.storage, Storage::Json | Storage::GeoPoint) {
            return None;
        }
        column.access = Access::Path(path.to_vec());
    }
    match modifier {
        Some(Modifier::Lower) => column.lower = true,
        Some(Modifier::Length) if holds_names(field) => column.access = Access::Length,
        Some(Modifier::Each) if holds_names(field) => {
            let values = column_values(
                &Column {
                    access: Access::Each,
                    ..column
                },
                &identity.record,
            );
            return Some(Side::computed(Source::Many(values), false));
        }
        _ => {}
    }
    let value = column_value(&column, &identity.record);
    if matches!(name, "id" | "email" | "verified" | "emailVisibility") {
        return Some(Side::constant(value));
    }
    Some(Side {
        affinity: column.affinity(),
        strict: column.is_strict(),
        is_column: true,
        source: Source::One(value),
    })
}

fn request<'f>(term: &'f RequestTerm, environment: &Environment<'f>) -> Side<'f> {
    let request = environment.request;
    match term {
        RequestTerm::Context => Side::constant(Scalar::text(context_name(request.context))),
        RequestTerm::Method => Side::constant(Scalar::text(&request.method)),
        RequestTerm::Query {
            key,
            path,
            modifier,
        } => {
            let found = request.query.get(key).filter(|_| path.is_empty());
            fact(found.map(|text| Scalar::text(text)), *modifier)
        }
        RequestTerm::Header {
            key,
            path,
            modifier,
        } => {
            let found = request.headers.get(key).filter(|_| path.is_empty());
            fact(found.map(|text| Scalar::text(text)), *modifier)
        }
        RequestTerm::Body {
            key,
            path,
            modifier,
            storage,
        } => {
            let found = request.body.get(key).and_then(|value| json_at(value, path));
            let storage = storage.filter(|_| path.is_empty());
            match modifier {
                Some(Modifier::Each) => Side::computed(Source::Many(json_items(found)), false),
                Some(Modifier::Length) => Side::constant(Scalar::Integer(json_length(found))),
                modifier => fact(found.map(|value| submitted(value, storage)), *modifier),
            }
        }
    }
}

fn fact(found: Option<Scalar<'_>>, modifier: Option<Modifier>) -> Side<'_> {
    Side::constant(match (modifier, found) {
        (Some(Modifier::IsSet), found) => Scalar::flag(found.is_some()),
        (_, None) => Scalar::Null,
        (Some(Modifier::Lower), Some(value)) => value.lower(),
        (_, Some(value)) => value,
    })
}

fn changed<'f>(key: &str, column: &'f Column, environment: &Environment<'f>) -> Side<'f> {
    match environment.request.body.get(key) {
        None => Side {
            strict: true,
            ..Side::constant(Scalar::flag(false))
        },
        Some(value) => {
            let value = Side::constant(submitted(value, Some(column.storage)));
            let different = Comparing::new(value, Operator::NotEqual, Side::own(column));
            Side::computed(Source::Changed(Box::new(different)), true)
        }
    }
}

fn context_name(context: RequestContext) -> &'static str {
    match context {
        RequestContext::Default => "default",
        RequestContext::OAuth2 => "oauth2",
        RequestContext::Otp => "otp",
        RequestContext::Password => "password",
        RequestContext::Realtime => "realtime",
        RequestContext::ProtectedFile => "protectedFile",
        RequestContext::Expand => "expand",
        RequestContext::Batch => "batch",
    }
}

fn json_at<'j>(json: &'j Json, path: &[Segment]) -> Option<&'j Json> {
    path.iter()
        .try_fold(json, |found, segment| match (found, segment) {
            (Json::Object(members), Segment::Key(key)) => members.get(key),
            (Json::Object(members), Segment::Index(index)) => members.get(&index.to_string()),
            (Json::Array(items), Segment::Index(index)) => items.get(*index),
            _ => None,
        })
}

/// A submitted value as a column of this storage would hold it.
fn submitted(json: &Json, storage: Option<Storage>) -> Scalar<'_> {
    let part = |name: &str| json.get(name).and_then(Json::as_f64);
    match (storage, part("lon"), part("lat")) {
        (Some(Storage::GeoPoint), Some(lon), Some(lat)) => {
            Scalar::Text(json_text(ValueRef::GeoPoint(GeoPoint { lon, lat })).into())
        }
        _ => json_scalar(json),
    }
}

fn json_scalar(json: &Json) -> Scalar<'_> {
    match json {
        Json::Null => Scalar::Null,
        Json::Bool(flag) => Scalar::flag(*flag),
        Json::Number(number) => number.as_f64().map_or(Scalar::Null, Scalar::real),
        Json::String(text) => Scalar::text(text),
        Json::Array(_) | Json::Object(_) => Scalar::Text(json.to_string().into()),
    }
}

/// As a row per element; nothing is one row without a value.
fn json_items(json: Option<&Json>) -> Vec<Scalar<'_>> {
    match json {
        Some(Json::Array(items)) if !items.is_empty() => items.iter().map(json_scalar).collect(),
        None | Some(Json::Array(_)) => vec![Scalar::Null],
        Some(single) => vec![json_scalar(single)],
    }
}

fn json_length(json: Option<&Json>) -> i64 {
    match json {
        Some(Json::Array(items)) => i64::try_from(items.len()).unwrap_or(i64::MAX),
        None | Some(Json::Null) => 0,
        Some(Json::String(text)) => i64::from(!text.is_empty()),
        Some(_) => 1,
    }
}

impl<'f> Side<'f> {
    /// Written in the filter or given by the request.
    fn constant(value: Scalar<'f>) -> Self {
        Self {
            source: Source::One(value),
            affinity: Affinity::None,
            strict: false,
            is_column: false,
        }
    }

    fn own(column: &'f Column) -> Self {
        Self {
            source: Source::Own(column),
            affinity: column.affinity(),
            strict: column.is_strict(),
            is_column: true,
        }
    }

    /// The result of an expression.
    fn computed(source: Source<'f>, strict: bool) -> Self {
        Self {
            source,
            affinity: Affinity::None,
            strict,
            is_column: true,
        }
    }
}
