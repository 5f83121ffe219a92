//! Resolves the names of an [`Expr`] against a collection: [`Filter`].
//!
//! - A client learns nothing about what it may not read: a hidden or password field gives exactly
//!   the error of a field that does not exist, suggestions included.
//! - What needs other collections is refused here, in one place (`resolve.rs`), until it exists.

use super::expr::{Comparison, Expr, Operand, OperandKind, Operator};
use super::resolve::Resolver;
use super::scalar::Scalar;
use super::term::Term;
use super::{Audience, FilterError, FilterErrorKind, Scope};
use crate::field::Field;
use crate::id::FieldNumber;
use crate::limits::{FILTER_CHARS_MAX, FILTER_STRFTIME_ARGUMENTS_MAX};

/// A filter whose names are resolved; good for every request until the collection changes.
#[derive(Clone, Debug)]
pub struct Filter {
    pub(super) root: Node,
}

/// A part of a [`Filter`].
#[derive(Clone, Debug)]
pub(super) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Test(Box<Test>),
}

/// A comparison whose names are resolved.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) left: Term,
    pub(super) operator: Operator,
    pub(super) any: bool,
    pub(super) right: Term,
    /// Holds only where this bool field is true: a client sees an e-mail only where it is shown.
    pub(super) shown_by: Option<FieldNumber>,
}

impl Filter {
    /// Parses and checks what was written for `scope`.
    ///
    /// # Errors
    /// Says where the text is wrong, what was found and what was expected.
    pub fn parse(text: &str, scope: &Scope<'_>) -> Result<Self, FilterError> {
        if scope.audience == Audience::Client {
            refuse_superuser_names(text)?;
            if text.chars().count() > FILTER_CHARS_MAX {
                let message = format!("a filter has at most {FILTER_CHARS_MAX} characters");
                return Err(FilterError::at(FILTER_CHARS_MAX + 1, message));
            }
        }
        Self::check(&Expr::parse(text)?, scope)
    }

    /// Resolves the names of a parsed filter.
    ///
    /// # Errors
    /// Names what does not exist or cannot be used so.
    pub fn check(expr: &Expr, scope: &Scope<'_>) -> Result<Self, FilterError> {
        Ok(Self {
            root: node(expr, &Resolver::new(scope))?,
        })
    }
}

/// A client's text that names `@request.` or `@collection.` anywhere, even in a literal, is refused
/// as the contract has it.
pub(crate) fn refuse_superuser_names(text: &str) -> Result<(), FilterError> {
    let found = ["@request.", "@collection."]
        .into_iter()
        .filter_map(|name| text.find(name))
        .min();
    let Some(at) = found else { return Ok(()) };
    let before = text.get(..at).unwrap_or_default();
    Err(FilterError {
        kind: FilterErrorKind::SuperusersOnly,
        position: before.chars().count() + 1,
        message: "Only superusers can filter by @request.".to_owned(),
    })
}

fn node(expr: &Expr, resolver: &Resolver<'_>) -> Result<Node, FilterError> {
    let all = |parts: &[Expr]| -> Result<Vec<Node>, FilterError> {
        parts.iter().map(|part| node(part, resolver)).collect()
    };
    Ok(match expr {
        Expr::And(parts) => Node::And(all(parts)?),
        Expr::Or(parts) => Node::Or(all(parts)?),
        Expr::Comparison(comparison) => Node::Test(Box::new(test(comparison, resolver)?)),
    })
}

fn test(comparison: &Comparison, resolver: &Resolver<'_>) -> Result<Test, FilterError> {
    let left = term(&comparison.left, resolver)?;
    let right = term(&comparison.right, resolver)?;
    let shown_by = resolver
        .email_shown_by(|email: &Field| left.reads(email.number) || right.reads(email.number));
    Ok(Test {
        left,
        operator: comparison.operator,
        any: comparison.any,
        right,
        shown_by,
    })
}

fn term(operand: &Operand, resolver: &Resolver<'_>) -> Result<Term, FilterError> {
    let position = operand.position.0;
    match &operand.kind {
        OperandKind::Identifier(name) => resolver.resolve(name, position),
        OperandKind::Number(number) => Ok(Term::Constant(Scalar::Real(*number))),
        OperandKind::Text(text) => Ok(Term::Constant(Scalar::text(text).into_owned())),
        OperandKind::Call { name, arguments } => match name.as_str() {
            "geoDistance" => geo_distance(arguments, position, resolver),
            "strftime" => strftime(arguments, position, resolver),
            _ => {
                let known = ["geoDistance", "strftime"].into_iter();
                let hint = super::suggestion::nearest(name, known)
                    .map_or_else(String::new, |known| format!("; did you mean {known:?}?"));
                Err(FilterError::at(
                    position,
                    format!("unknown function {name:?}{hint}"),
                ))
            }
        },
    }
}

fn geo_distance(
    arguments: &[Operand],
    position: usize,
    resolver: &Resolver<'_>,
) -> Result<Term, FilterError> {
    let [lon_a, lat_a, lon_b, lat_b] = arguments else {
        let message = format!(
            "geoDistance takes 4 arguments (lonA, latA, lonB, latB), found {}",
            arguments.len()
        );
        return Err(FilterError::at(position, message));
    };
    let argument = |operand: &Operand| match operand.kind {
        OperandKind::Identifier(_) | OperandKind::Number(_) => term(operand, resolver),
        OperandKind::Text(_) | OperandKind::Call { .. } => Err(FilterError::at(
            operand.position.0,
            "geoDistance takes fields and numbers, no texts and no functions",
        )),
    };
    let places = [
        argument(lon_a)?,
        argument(lat_a)?,
        argument(lon_b)?,
        argument(lat_b)?,
    ];
    Ok(Term::GeoDistance(Box::new(places)))
}

fn strftime(
    arguments: &[Operand],
    position: usize,
    resolver: &Resolver<'_>,
) -> Result<Term, FilterError> {
    if arguments.is_empty() || arguments.len() > FILTER_STRFTIME_ARGUMENTS_MAX {
        let message = format!(
            "strftime takes 1 to {FILTER_STRFTIME_ARGUMENTS_MAX} arguments (format, time value, \
             modifiers), found {}",
            arguments.len()
        );
        return Err(FilterError::at(position, message));
    }
    let mut terms = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        let is_text = matches!(argument.kind, OperandKind::Text(_));
        let problem = match argument.kind {
            OperandKind::Call { .. } => Some("an argument of strftime cannot be a function"),
            _ if index == 0 && !is_text => Some("the format of strftime must be a quoted text"),
            _ if index > 1 && !is_text => Some("a modifier of strftime must be a quoted text"),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(FilterError::at(argument.position.0, problem));
        }
        terms.push(term(argument, resolver)?);
    }
    Ok(Term::Strftime(terms))
}
