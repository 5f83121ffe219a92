//! Resolves the names of an [`Expr`] against a collection: [`Filter`].
//!
//! A [`Filter`] holds the joins that its names take beside its comparisons; see `join.rs`.

use super::expr::{Comparison, Expr, Operand, OperandKind, Operator};
use super::join::Joins;
use super::mention::Mention;
use super::resolve::Resolver;
use super::scalar::Scalar;
use super::suggestion::hint;
use super::term::Term;
use super::{FilterError, FilterErrorKind, Scope};
use crate::id::CollectionNumber;
use crate::limits::{FILTER_CHARS_MAX, FILTER_STRFTIME_ARGUMENTS_MAX};

/// A filter whose names are resolved; good for every request until the collection changes.
#[derive(Clone, Debug)]
pub struct Filter {
    pub(super) root: Node,
    pub(super) joins: Joins,
    mentions: Vec<Mention>,
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
}

impl Filter {
    /// Parses and checks what was written for `scope`.
    ///
    /// # Errors
    /// Says where the text is wrong, what was found and what was expected.
    pub fn parse(text: &str, scope: &Scope<'_>) -> Result<Self, FilterError> {
        Self::parse_with(text, scope, Joins::default())
    }

    fn parse_with(text: &str, scope: &Scope<'_>, joins: Joins) -> Result<Self, FilterError> {
        if !scope.audience.sees_everything() {
            refuse_superuser_names(text)?;
            if text.chars().count() > FILTER_CHARS_MAX {
                let message = format!("a filter has at most {FILTER_CHARS_MAX} characters");
                return Err(FilterError::at(FILTER_CHARS_MAX + 1, message));
            }
        }
        Self::check_with(&Expr::parse(text)?, scope, joins)
    }

    /// Resolves the names of a parsed filter.
    ///
    /// # Errors
    /// Names what does not exist or cannot be used so.
    pub fn check(expr: &Expr, scope: &Scope<'_>) -> Result<Self, FilterError> {
        Self::check_with(expr, scope, Joins::default())
    }

    /// Parses what was written for `scope` and holds together with this filter: names of both that
    /// go the same way speak of the same records.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn and(&self, text: &str, scope: &Scope<'_>) -> Result<Self, FilterError> {
        let mut both = Self::parse_with(text, scope, self.joins.clone())?;
        both.root = Node::And(vec![self.root.clone(), both.root]);
        Ok(both)
    }

    /// Where the filter names collections and fields.
    #[must_use]
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    /// The collections whose records are looked up beside the filtered ones.
    pub fn collections(&self) -> impl Iterator<Item = CollectionNumber> {
        self.joins.collections()
    }

    fn check_with(expr: &Expr, scope: &Scope<'_>, joins: Joins) -> Result<Self, FilterError> {
        let mut resolver = Resolver::new(scope, joins);
        let root = node(expr, &mut resolver)?;
        Ok(Self {
            root,
            mentions: std::mem::take(&mut resolver.mentions),
            joins: resolver.into_joins(),
        })
    }
}

/// A client's text that names `@request.` or `@collection.` anywhere, even in a literal, is refused
/// as the contract has it.
pub(crate) fn refuse_superuser_names(text: &str) -> Result<(), FilterError> {
    let found = ["@collection.", "@request."]
        .into_iter()
        .find_map(|name| Some((text.find(name)?, name)));
    let Some((at, name)) = found else {
        return Ok(());
    };
    let before = text.get(..at).unwrap_or_default();
    Err(FilterError {
        kind: FilterErrorKind::SuperusersOnly,
        position: before.chars().count() + 1,
        message: format!("Only superusers can filter by {name}"),
    })
}

fn node(expr: &Expr, resolver: &mut Resolver<'_>) -> Result<Node, FilterError> {
    let mut all = |parts: &[Expr]| -> Result<Vec<Node>, FilterError> {
        parts.iter().map(|part| node(part, resolver)).collect()
    };
    Ok(match expr {
        Expr::And(parts) => Node::And(all(parts)?),
        Expr::Or(parts) => Node::Or(all(parts)?),
        Expr::Comparison(comparison) => Node::Test(Box::new(test(comparison, resolver)?)),
    })
}

fn test(comparison: &Comparison, resolver: &mut Resolver<'_>) -> Result<Test, FilterError> {
    Ok(Test {
        left: term(&comparison.left, resolver)?,
        operator: comparison.operator,
        any: comparison.any,
        right: term(&comparison.right, resolver)?,
    })
}

fn term(operand: &Operand, resolver: &mut Resolver<'_>) -> Result<Term, FilterError> {
    let position = operand.position.0;
    match &operand.kind {
        OperandKind::Identifier(name) => resolver.resolve(name, position),
        OperandKind::Number(number) => Ok(Term::Constant(Scalar::Real(*number))),
        OperandKind::Text(text) => Ok(Term::Constant(Scalar::text(text).into_owned())),
        OperandKind::Call { name, arguments } => match name.as_str() {
            "geoDistance" => geo_distance(arguments, position, resolver),
            "strftime" => strftime(arguments, position, resolver),
            _ => {
                let hint = hint(name, ["geoDistance", "strftime"].into_iter());
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
    resolver: &mut Resolver<'_>,
) -> Result<Term, FilterError> {
    let [lon_a, lat_a, lon_b, lat_b] = arguments else {
        let message = format!(
            "geoDistance takes 4 arguments (lonA, latA, lonB, latB), found {}",
            arguments.len()
        );
        return Err(FilterError::at(position, message));
    };
    let mut argument = |operand: &Operand| match operand.kind {
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
    resolver: &mut Resolver<'_>,
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
