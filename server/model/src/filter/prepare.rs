//! A filter with everything resolved that is the same for all records of a request.

use std::cell::OnceCell;

use serde_json::Value as Json;

use super::check::{Filter, Node, Test};
use super::compare::{Comparing, Side};
use super::evaluate::{Given, NoRow, PreparedJoins};
use super::frame::Frame;
use super::join::{Joins, Step};
use super::json_path::Segment;
use super::quantify::{PreparedNode, PreparedTest, joined};
use super::scalar::{Affinity, Scalar};
use super::source::{Source, column_value};
use super::term::{Column, Modifier, RequestTerm, Storage, Term};
use super::{Environment, Operator};
use crate::principal::{Identity, RequestContext};
use crate::record::Row;

/// A filter that is ready for the records of one request.
#[derive(Clone, Debug)]
pub struct Prepared<'f> {
    pub(super) root: PreparedNode<'f>,
    pub(super) joins: PreparedJoins<'f>,
}

impl Filter {
    /// Resolves macros, `@request.…` and constants.
    #[must_use]
    pub fn prepare<'f>(&'f self, environment: &Environment<'f>) -> Prepared<'f> {
        let joins = self.joins.prepare(environment);
        Prepared {
            root: node(&self.root, environment, &joins).quantified(&joins),
            joins,
        }
    }

    /// Whether some combination of rows of all joins makes the filter hold: the definition, which
    /// [`Prepared::matches`] finds with fewer trials.
    #[cfg(test)]
    pub(super) fn matches_by_trying(&self, row: &dyn Row, environment: &Environment<'_>) -> bool {
        let joins = self.joins.prepare(environment);
        let root = node(&self.root, environment, &joins);
        let all: Vec<usize> = (0..self.joins.len()).collect();
        let mut frame = Frame::new(row, all.len());
        joins.each(&all, &mut frame, &mut |frame| root.holds(&joins, frame))
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
        let mut frame = Frame::new(row, self.joins.joins.len());
        self.root.holds(&self.joins, &mut frame)
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

impl Joins {
    /// The joins with what the request gives them.
    pub(crate) fn prepare<'f>(&'f self, environment: &Environment<'f>) -> PreparedJoins<'f> {
        let body = &environment.request.body;
        let given = self.iter().map(|join| match &join.step {
            Step::Submitted { key, .. } => Given::Ids(json_ids(body.get(key))),
            Step::SubmittedItems { key } => Given::Items(json_items(body.get(key))),
            Step::All { .. } => Given::All(OnceCell::new()),
            _ => Given::Nothing,
        });
        let caller = environment.principal.identity();
        PreparedJoins {
            joins: self,
            related: environment.related,
            caller: caller.map(|identity| &identity.record),
            given: given.collect(),
        }
    }
}

pub(super) fn node<'f>(
    node: &'f Node,
    environment: &Environment<'f>,
    joins: &PreparedJoins<'f>,
) -> PreparedNode<'f> {
    let all = |parts: &'f [Node]| {
        let parts = parts.iter();
        parts.map(|part| self::node(part, environment, joins))
    };
    match node {
        Node::And(parts) => joined(all(parts), false, PreparedNode::And),
        Node::Or(parts) => joined(all(parts), true, PreparedNode::Or),
        Node::Test(found) => test(found, environment, joins),
    }
}

fn test<'f>(
    test: &'f Test,
    environment: &Environment<'f>,
    joins: &PreparedJoins<'f>,
) -> PreparedNode<'f> {
    if [&test.left, &test.right]
        .into_iter()
        .any(Term::is_unreadable)
    {
        return PreparedNode::Known(false);
    }
    let left = side(&test.left, environment, joins);
    let right = match test.operator {
        Operator::Like | Operator::NotLike => pattern(&test.right, environment, joins),
        _ => side(&test.right, environment, joins),
    };
    let comparing = Comparing::new(left, test.operator, right);
    if comparing.is_constant() {
        return PreparedNode::Known(comparing.holds(joins, &Frame::new(&NoRow, 0)));
    }
    PreparedNode::Test(Box::new(PreparedTest::new(
        comparing,
        test.any,
        joins.joins,
    )))
}

/// What a text is compared with by `~`: as in the contract, a flag of the request is spelt out.
fn pattern<'f>(
    term: &'f Term,
    environment: &Environment<'f>,
    joins: &PreparedJoins<'f>,
) -> Side<'f> {
    let spelt = |flag| Side::constant(Scalar::text(if flag { "true" } else { "false" }));
    let right = side(term, environment, joins);
    match (term, &right.source) {
        (
            Term::Caller {
                column,
                plain: true,
            },
            Source::One(Scalar::Integer(flag)),
        ) if column.storage == Storage::Bool => spelt(*flag != 0),
        (
            Term::Request(RequestTerm::Body {
                key,
                path,
                modifier: None | Some(Modifier::Lower),
                ..
            }),
            _,
        ) => {
            let submitted = environment.request.body.get(key);
            let flag = submitted.and_then(|value| json_at(value, path)?.as_bool());
            flag.map_or(right, spelt)
        }
        _ => right,
    }
}

pub(super) fn side<'f>(
    term: &'f Term,
    environment: &Environment<'f>,
    joins: &PreparedJoins<'f>,
) -> Side<'f> {
    let source = |term| side(term, environment, joins).source;
    match term {
        Term::Constant(value) => Side::constant(value.borrowed()),
        Term::Unreadable => Side::constant(Scalar::Null),
        Term::Macro(found) => Side::constant(found.value(environment.now)),
        Term::Column(column) if joins.names_nothing(column) => Side::constant(Scalar::Null),
        Term::Column(column) => Side::column(column),
        Term::Caller { column, plain } => match environment.principal.identity() {
            None => Side::constant(Scalar::Null),
            Some(identity) => caller(identity, column, *plain),
        },
        Term::Request(term) => request(term, environment),
        Term::Changed { key, column } => changed(key, column, environment),
        Term::GeoDistance(terms) => {
            let [lon_a, lat_a, lon_b, lat_b] = terms.as_ref();
            let places = [source(lon_a), source(lat_a), source(lon_b), source(lat_b)];
            Side::computed(Source::GeoDistance(Box::new(places)), true)
        }
        Term::Strftime(terms) => {
            let strftime = Source::Strftime {
                arguments: terms.iter().map(source).collect(),
                now: environment.now,
            };
            Side::computed(strftime, false)
        }
    }
}

fn caller<'f>(identity: &'f Identity, column: &'f Column, plain: bool) -> Side<'f> {
    let value = column_value(column, &identity.record);
    if plain {
        return Side::constant(value);
    }
    Side {
        source: Source::One(value),
        ..Side::column(column)
    }
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
                Some(Modifier::Length) => Side::constant(Scalar::Integer(json_length(found))),
                // As in the contract: a field that was not sent is lowered as an empty text.
                Some(Modifier::Lower) if found.is_none() && storage.is_some() => {
                    Side::constant(Scalar::text(""))
                }
                modifier => fact(found.map(json_scalar), *modifier),
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
            let value = Side::constant(json_scalar(value));
            let different = Comparing::new(value, Operator::NotEqual, Side::column(column));
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

fn json_scalar(json: &Json) -> Scalar<'_> {
    match json {
        Json::Null => Scalar::Null,
        Json::Bool(flag) => Scalar::flag(*flag),
        Json::Number(number) => number.as_f64().map_or(Scalar::Null, Scalar::real),
        Json::String(text) => Scalar::text(text),
        Json::Array(_) | Json::Object(_) => Scalar::Text(json.to_string().into()),
    }
}

/// Each submitted value.
fn json_items(json: Option<&Json>) -> Vec<Scalar<'_>> {
    match json {
        Some(Json::Array(items)) => items.iter().map(json_scalar).collect(),
        None => Vec::new(),
        Some(single) => vec![json_scalar(single)],
    }
}

/// The ids submitted for a relation, each once.
fn json_ids(json: Option<&Json>) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    let items = match json {
        Some(Json::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    for id in items.iter().filter_map(Json::as_str) {
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
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

    fn column(column: &'f Column) -> Self {
        Self {
            source: Source::Column(column),
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
