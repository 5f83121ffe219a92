//! A typed filter (`where`) as a filter of the engine.
//!
//! - It becomes an [`Expr`], which is printed: no text of a client is ever part of the language.
//!   What comes from a client stands in it as a text, number, or a checked path in a json field.
//! - `null` is refused: a variable that was not set must never mean "everything".

use luge_model::filter::{Comparison, Expr, Operand, OperandKind, Operator, Position};
use luge_model::limits::GRAPHQL_CONDITION_DEPTH_MAX;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use super::outline::{Face, FieldFace, Outline, Relation};
use super::values::Shape;
use crate::http::error::Failure;

/// What is asked of a record.
#[derive(Debug, PartialEq)]
enum Asked {
    /// Nothing.
    Always,
    /// What no record is.
    Never,
    If(Expr),
}

/// The operators of inputs.
const OPERATORS: [(&str, Operator); 8] = [
    ("eq", Operator::Equal),
    ("ne", Operator::NotEqual),
    ("gt", Operator::Greater),
    ("ge", Operator::GreaterOrEqual),
    ("lt", Operator::Less),
    ("le", Operator::LessOrEqual),
    ("like", Operator::Like),
    ("notLike", Operator::NotLike),
];

/// Where a condition stands.
#[derive(Clone)]
struct Place<'a> {
    face: &'a Face,
    /// The relations that lead there, each with a `.` behind it.
    path: String,
    /// Whether one of several values is enough.
    any: bool,
    /// Whether the opposite is asked.
    negated: bool,
    depth: usize,
}

/// The filter that a `where` and the text of a filter are together; empty for none.
pub(super) fn filter(
    outline: &Outline,
    face: &Face,
    condition: Option<&Json>,
    text: &str,
) -> Result<String, Failure> {
    let Some(condition) = condition else {
        return Ok(text.to_owned());
    };
    let place = Place {
        face,
        path: String::new(),
        any: false,
        negated: false,
        depth: 0,
    };
    let mut parts = vec![object(outline, &place, condition)?];
    if !text.trim().is_empty() {
        let written = Expr::parse(text);
        let invalid = |error| Failure::bad_request(format!("Invalid filter: {error}"));
        parts.push(Asked::If(written.map_err(invalid)?));
    }
    Ok(match all(parts) {
        Asked::Always => String::new(),
        Asked::Never => never().to_string(),
        Asked::If(expr) => expr.to_string(),
    })
}

/// One object of conditions.
fn object(outline: &Outline, place: &Place<'_>, condition: &Json) -> Result<Asked, Failure> {
    if place.depth > GRAPHQL_CONDITION_DEPTH_MAX {
        return Err(Failure::bad_request(format!(
            "A where is at most {GRAPHQL_CONDITION_DEPTH_MAX} objects deep."
        )));
    }
    let mut parts = Vec::new();
    for (name, value) in fields(place, condition)? {
        parts.push(part(outline, place, name, value)?);
    }
    Ok(joined(parts, place.negated))
}

fn part(outline: &Outline, place: &Place<'_>, name: &str, value: &Json) -> Result<Asked, Failure> {
    let below = Place {
        depth: place.depth + 1,
        ..place.clone()
    };
    match name {
        "and" | "or" => {
            let parts = value.as_array().into_iter().flatten();
            let parts = parts.map(|part| object(outline, &below, part));
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            // The opposite of one of them is all of them not.
            return Ok(joined(parts, (name == "or") != place.negated));
        }
        "not" => {
            let negated = !place.negated;
            return object(outline, &Place { negated, ..below }, value);
        }
        _ => {}
    }
    if let Some(relation) = place.face.relation(name) {
        return related(outline, &below, relation, value);
    }
    let field = place.face.fields.iter().find(|field| field.name == name);
    match field {
        Some(field) => compared(place, field, value),
        None => Err(refused(place, &format!("there is no {name}"))),
    }
}

fn related(
    outline: &Outline,
    place: &Place<'_>,
    relation: &Relation,
    value: &Json,
) -> Result<Asked, Failure> {
    let Some(face) = outline.face(relation.target) else {
        return Err(refused(place, "the collection is gone"));
    };
    let there = Place {
        face,
        path: format!("{}{}.", place.path, relation.path),
        ..place.clone()
    };
    if !relation.multiple {
        return object(outline, &there, value);
    }
    let mut parts = Vec::new();
    for (which, condition) in fields(&there, value)? {
        // The opposite of "some of them" is "all of them not".
        let any = there.any || ((which == "any") != place.negated);
        let there = Place {
            any,
            ..there.clone()
        };
        parts.push(object(outline, &there, condition)?);
    }
    Ok(joined(parts, place.negated))
}

/// What is asked of one field.
fn compared(place: &Place<'_>, field: &FieldFace, value: &Json) -> Result<Asked, Failure> {
    let path = format!("{}{}", place.path, field.field.name);
    let asked = fields(place, value)?;
    if field.shape == Shape::Point {
        return point(place, &path, asked);
    }
    let path = match asked.get("path").and_then(Json::as_str) {
        Some(inside) => format!("{path}.{}", json_path(place, inside)?),
        None => path,
    };
    let side = Side {
        place,
        path,
        shape: field.shape,
    };
    let mut parts = Vec::new();
    for (name, value) in asked.iter().filter(|(name, _)| *name != "path") {
        parts.push(side.asked(name, value)?);
    }
    Ok(joined(parts, place.negated))
}

/// The left side of comparisons.
struct Side<'a> {
    place: &'a Place<'a>,
    path: String,
    shape: Shape,
}

impl Side<'_> {
    fn asked(&self, name: &str, value: &Json) -> Result<Asked, Failure> {
        if let Some((_, operator)) = OPERATORS.iter().find(|(known, _)| *known == name) {
            return self.compare(*operator, value, false).map(Asked::If);
        }
        match name {
            "in" => self.list(Operator::Equal, value),
            "notIn" => self.list(Operator::NotEqual, value),
            "has" => self.compare(Operator::Equal, value, true).map(Asked::If),
            "hasNot" => self
                .compare(Operator::NotEqual, value, false)
                .map(Asked::If),
            "hasLike" => self.compare(Operator::Like, value, true).map(Asked::If),
            "isEmpty" => Ok(Asked::If(self.is_empty(value))),
            other => Err(refused(self.place, &format!("there is no {other}"))),
        }
    }

    /// One comparison, or its opposite. `any` asks for one of several values.
    fn compare(&self, operator: Operator, value: &Json, any: bool) -> Result<Expr, Failure> {
        let operand = self.operand(value)?;
        let any = any || self.place.any;
        Ok(self.comparison(operator, operand, any))
    }

    fn comparison(&self, operator: Operator, right: OperandKind, any: bool) -> Expr {
        let operator = match self.place.negated {
            true => opposite(operator),
            false => operator,
        };
        // `hasNot` and the opposite of `has` are about all values.
        let any = any && (self.place.any || !self.place.negated);
        comparison(
            OperandKind::Identifier(self.path.clone()),
            operator,
            any,
            right,
        )
    }

    fn list(&self, operator: Operator, value: &Json) -> Result<Asked, Failure> {
        let values = value.as_array().into_iter().flatten();
        let parts = values.map(|value| self.compare(operator, value, false).map(Asked::If));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        Ok(joined(
            parts,
            (operator == Operator::Equal) != self.place.negated,
        ))
    }

    /// Compared with nothing, which an empty text, date and list are too.
    fn is_empty(&self, value: &Json) -> Expr {
        let operator = match value.as_bool() {
            Some(false) => Operator::NotEqual,
            _ => Operator::Equal,
        };
        let nothing = OperandKind::Text(String::new());
        self.comparison(operator, nothing, self.place.any)
    }

    fn operand(&self, value: &Json) -> Result<OperandKind, Failure> {
        let text = match value {
            Json::String(text) => text,
            Json::Bool(truth) => return Ok(OperandKind::Identifier(truth.to_string())),
            Json::Number(number) => {
                let number = number.as_f64().filter(|number| number.is_finite());
                let number = number.map(OperandKind::Number);
                return number.ok_or_else(|| refused(self.place, "a number is too large"));
            }
            Json::Null => return Err(self.null()),
            Json::Array(_) | Json::Object(_) => {
                return Err(refused(
                    self.place,
                    "a value has parts and cannot be compared",
                ));
            }
        };
        if self.shape == Shape::Moment && !text.is_empty() {
            let moment = Timestamp::parse(text);
            let moment = moment.ok_or_else(|| {
                refused(
                    self.place,
                    &format!("{text:?} of {} is no date and time", self.path),
                )
            })?;
            return Ok(OperandKind::Text(moment.to_string()));
        }
        Ok(OperandKind::Text(text.clone()))
    }

    fn null(&self) -> Failure {
        let reason = format!(
            "a value of {} is null; ask isEmpty for what has none",
            self.path
        );
        refused(self.place, &reason)
    }
}

/// Whether a point is near another one, or its parts.
fn point(place: &Place<'_>, path: &str, asked: &Map<String, Json>) -> Result<Asked, Failure> {
    let mut parts = Vec::new();
    for (name, value) in asked {
        if name != "near" {
            let side = Side {
                place,
                path: format!("{path}.{name}"),
                shape: Shape::Number,
            };
            for (operator, value) in fields(place, value)? {
                parts.push(side.asked(operator, value)?);
            }
            continue;
        }
        let number = |key: &str| value.get(key).and_then(Json::as_f64).unwrap_or_default();
        let arguments = [
            OperandKind::Identifier(format!("{path}.lon")),
            OperandKind::Identifier(format!("{path}.lat")),
            OperandKind::Number(number("lon")),
            OperandKind::Number(number("lat")),
        ];
        let distance = OperandKind::Call {
            name: "geoDistance".to_owned(),
            arguments: arguments.map(operand).into(),
        };
        let operator = match place.negated {
            true => Operator::Greater,
            false => Operator::LessOrEqual,
        };
        let within = OperandKind::Number(number("km"));
        parts.push(Asked::If(comparison(distance, operator, place.any, within)));
    }
    Ok(joined(parts, place.negated))
}

/// The keys of an object, none of which is null.
fn fields<'j>(place: &Place<'_>, value: &'j Json) -> Result<&'j Map<String, Json>, Failure> {
    let Json::Object(object) = value else {
        return Err(refused(place, "something is null where a condition stands"));
    };
    match object.iter().find(|(_, value)| value.is_null()) {
        None => Ok(object),
        Some((name, _)) => Err(refused(
            place,
            &format!("{name} is null; leave it out where nothing is asked"),
        )),
    }
}

/// A path in a json value, of names and positions.
fn json_path<'t>(place: &Place<'_>, text: &'t str) -> Result<&'t str, Failure> {
    let plain = |part: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !part.is_empty() && part.bytes().all(plain)
    };
    match text.split('.').all(plain) {
        true => Ok(text),
        false => Err(refused(
            place,
            &format!("the path {text:?} must be names of letters, digits and _ with dots between"),
        )),
    }
}

fn refused(place: &Place<'_>, reason: &str) -> Failure {
    let at = place.path.trim_end_matches('.');
    let at = if at.is_empty() {
        String::new()
    } else {
        format!(" ({at})")
    };
    Failure::bad_request(format!("Invalid where{at}: {reason}."))
}

fn opposite(operator: Operator) -> Operator {
    match operator {
        Operator::Equal => Operator::NotEqual,
        Operator::NotEqual => Operator::Equal,
        Operator::Greater => Operator::LessOrEqual,
        Operator::LessOrEqual => Operator::Greater,
        Operator::GreaterOrEqual => Operator::Less,
        Operator::Less => Operator::GreaterOrEqual,
        Operator::Like => Operator::NotLike,
        Operator::NotLike => Operator::Like,
    }
}

fn operand(kind: OperandKind) -> Operand {
    Operand {
        kind,
        position: Position::default(),
    }
}

fn comparison(left: OperandKind, operator: Operator, any: bool, right: OperandKind) -> Expr {
    Expr::Comparison(Comparison {
        left: operand(left),
        operator,
        any,
        right: operand(right),
    })
}

/// What no record is.
fn never() -> Expr {
    let (left, right) = (OperandKind::Number(1.0), OperandKind::Number(2.0));
    comparison(left, Operator::Equal, false, right)
}

/// All parts, or one of them.
fn joined(parts: Vec<Asked>, one_is_enough: bool) -> Asked {
    match one_is_enough {
        true => some(parts),
        false => all(parts),
    }
}

fn all(parts: Vec<Asked>) -> Asked {
    let mut asked = Vec::new();
    for part in parts {
        match part {
            Asked::Always => {}
            Asked::Never => return Asked::Never,
            Asked::If(expr) => asked.push(expr),
        }
    }
    match asked.len() {
        0 | 1 => asked.pop().map_or(Asked::Always, Asked::If),
        _ => Asked::If(Expr::And(asked)),
    }
}

fn some(parts: Vec<Asked>) -> Asked {
    let mut asked = Vec::new();
    for part in parts {
        match part {
            Asked::Always => return Asked::Always,
            Asked::Never => {}
            Asked::If(expr) => asked.push(expr),
        }
    }
    match asked.len() {
        0 | 1 => asked.pop().map_or(Asked::Never, Asked::If),
        _ => Asked::If(Expr::Or(asked)),
    }
}

#[cfg(test)]
mod tests;
