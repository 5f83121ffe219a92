//! Why a filter accepts a record or not: the answer of each of its parts, and what they compared.
//!
//! Each part is judged by itself. Where several parts speak of one row of a join, the whole can
//! fail although every part holds for some row; the rows' values show it.

use serde_json::{Map, Value as Json};

use super::check::{Filter, Node, Test};
use super::evaluate::PreparedJoins;
use super::expr::Expr;
use super::frame::Frame;
use super::prepare;
use super::scalar::Scalar;
use super::source::Source;
use super::{Environment, FilterError, Scope};
use crate::limits::TRACE_VALUES_MAX;
use crate::record::Row;

/// A filter together with what it was written as.
#[derive(Clone, Debug)]
pub struct Explained {
    expr: Expr,
    filter: Filter,
}

/// One part of a filter and its answer.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The part as the server reads it.
    pub text: String,
    /// Whether it holds for the record.
    pub holds: bool,
    /// The parts that `&&` or `||` join; none for a comparison.
    pub parts: Vec<Trace>,
    /// Of a comparison, the values left and right; several where a path leads to several records.
    pub values: Option<[Vec<Scalar<'static>>; 2]>,
}

impl Trace {
    /// The part as people read it: `expression`, `holds`, and `left` and `right` or `parts`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut json = Map::from_iter([
            ("expression".to_owned(), self.text.clone().into()),
            ("holds".to_owned(), self.holds.into()),
        ]);
        if let Some([left, right]) = &self.values {
            let values = |side: &[Scalar<'_>]| Json::Array(side.iter().map(scalar_json).collect());
            json.insert("left".to_owned(), values(left));
            json.insert("right".to_owned(), values(right));
        }
        if !self.parts.is_empty() {
            let parts = self.parts.iter().map(Self::to_json).collect();
            json.insert("parts".to_owned(), Json::Array(parts));
        }
        Json::Object(json)
    }
}

fn scalar_json(scalar: &Scalar<'_>) -> Json {
    match scalar {
        Scalar::Null => Json::Null,
        Scalar::Integer(number) => (*number).into(),
        Scalar::Real(number) => (*number).into(),
        Scalar::Text(text) => text.as_ref().into(),
    }
}

impl Explained {
    /// Parses what was written for `scope`.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse(text: &str, scope: &Scope<'_>) -> Result<Self, FilterError> {
        let expr = Expr::parse(text)?;
        let filter = Filter::check(&expr, scope)?;
        Ok(Self { expr, filter })
    }

    /// The filter.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The answer of every part for one record.
    #[must_use]
    pub fn trace(&self, row: &dyn Row, environment: &Environment<'_>) -> Trace {
        let joins = self.filter.joins.prepare(environment);
        let judge = Judge {
            row,
            environment,
            joins: &joins,
        };
        judge.trace(&self.expr, &self.filter.root)
    }
}

struct Judge<'j, 'f> {
    row: &'j dyn Row,
    environment: &'j Environment<'f>,
    joins: &'j PreparedJoins<'f>,
}

impl<'f> Judge<'_, 'f> {
    fn trace(&self, expr: &Expr, node: &'f Node) -> Trace {
        let (parts, values) = match (expr, node) {
            (Expr::And(exprs), Node::And(nodes)) | (Expr::Or(exprs), Node::Or(nodes)) => {
                let parts = exprs.iter().zip(nodes);
                let traces = parts.map(|(expr, node)| self.trace(expr, node));
                (traces.collect(), None)
            }
            (_, Node::Test(test)) => (Vec::new(), Some(self.values(test))),
            _ => (Vec::new(), None),
        };
        let prepared = prepare::node(node, self.environment, self.joins).quantified(self.joins);
        let mut frame = Frame::new(self.row, self.joins.joins.len());
        Trace {
            text: expr.to_string(),
            holds: prepared.holds(self.joins, &mut frame),
            parts,
            values,
        }
    }

    fn values(&self, test: &'f Test) -> [Vec<Scalar<'static>>; 2] {
        [&test.left, &test.right].map(|term| {
            let source = prepare::side(term, self.environment, self.joins).source;
            self.values_of(&source)
        })
    }

    fn values_of(&self, source: &Source<'f>) -> Vec<Scalar<'static>> {
        let mut places = Vec::new();
        source.columns(&mut |column| places.extend(self.joins.joins.chain(column.whose)));
        places.sort_unstable();
        places.dedup();
        let mut values = Vec::new();
        let mut frame = Frame::new(self.row, self.joins.joins.len());
        self.joins.each(&places, &mut frame, &mut |frame| {
            values.push(source.value(self.joins, frame).into_owned());
            values.len() >= TRACE_VALUES_MAX
        });
        values
    }
}
