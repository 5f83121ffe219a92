//! The filter language: text → tokens → [`Expr`] → [`Filter`] → [`Prepared`] → true or false.
//!
//! Rules and client filters are this one language, one parser, one evaluator (contract §3).
//!
//! - A [`Filter`] is checked once against a collection and holds no data of a request.
//! - A [`Prepared`] filter has everything resolved that is the same for all records of a request;
//!   it reads from a record only the fields it compares, without copying them.
//! - A comparison that cannot be decided (SQL's NULL) does not hold. There is no negation, so an
//!   undecidable comparison never lets a record through.

mod answers;
mod bounds;
mod calendar;
mod check;
mod columns;
mod compare;
mod evaluate;
mod expr;
mod frame;
mod geo;
mod join;
mod json_path;
mod like;
mod macros;
mod mention;
mod moment;
mod name;
mod needle;
mod parse;
mod path;
mod prepare;
mod quantify;
mod related;
mod request_name;
mod resolve;
mod scalar;
mod source;
mod strftime;
mod suggestion;
mod term;
mod token;
mod trace;

#[cfg(test)]
pub(crate) mod tests;

use crate::collection::{Collection, Collections};
use crate::principal::{Principal, RequestFacts};
use crate::timestamp::Timestamp;

pub use bounds::{Bound, Contained, Hint, Hop};
pub use check::Filter;
pub use columns::{ColumnNames, Columns, PreparedColumns, Purpose, ReadColumn, Share, TooManyWays};
pub use expr::{Comparison, Expr, Operand, OperandKind, Operator, Position};
pub use mention::Mention;
pub use prepare::Prepared;
pub use related::{NoRelated, Related};
pub use scalar::Scalar;
pub use trace::{Explained, Trace};

pub(crate) use check::refuse_superuser_names;
pub(crate) use evaluate::PreparedJoins;
pub(crate) use join::Joins;
pub(crate) use resolve::Resolver;
pub(crate) use suggestion::hint;
pub(crate) use term::Column;

/// Who wrote a filter, which decides what it may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A rule of a collection: hidden fields and `@request.…`.
    Rule,
    /// The `filter` or `sort` of a superuser: the same.
    Superuser,
    /// The `filter` or `sort` of anyone else: only what its author may read.
    Client,
    /// The same by an API key with scopes: related records only where its scope lists them.
    Key,
    /// The same by such a key of a superuser: also hidden fields, but nothing that leads past the
    /// scope.
    SuperuserKey,
}

impl Audience {
    /// Whether hidden fields may be named.
    pub(crate) fn sees_hidden(self) -> bool {
        !matches!(self, Self::Client | Self::Key)
    }

    /// Whether `@request.…` and `@collection.…` may be named, which lead to everything.
    pub(crate) fn sees_everything(self) -> bool {
        matches!(self, Self::Rule | Self::Superuser)
    }
}

/// What names in a filter can refer to.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Whose records are filtered.
    pub collection: &'a Collection,
    /// All collections.
    pub collections: &'a dyn Collections,
    /// Who wrote the filter.
    pub audience: Audience,
    /// The auth collection of the caller, whose fields `@request.auth` has; `None` for a guest.
    pub caller: Option<&'a Collection>,
}

/// What a filter sees apart from the record.
#[derive(Clone, Copy, Debug)]
pub struct Environment<'a> {
    /// The time of the macros.
    pub now: Timestamp,
    /// `@request.auth.…`
    pub principal: &'a Principal,
    /// The rest of `@request.…`
    pub request: &'a RequestFacts,
    /// Other records.
    pub related: &'a dyn Related,
}

/// What kind of mistake a filter holds; it decides the status of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterErrorKind {
    /// The text makes no sense for this collection.
    Invalid,
    /// The text names what only superusers may filter by.
    SuperusersOnly,
}

/// Why a filter or sort is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {position})")]
pub struct FilterError {
    /// What kind of mistake.
    pub kind: FilterErrorKind,
    /// Where, as a 1-based character.
    pub position: usize,
    /// What was found and what was expected.
    pub message: String,
}

impl FilterError {
    pub(crate) fn at(position: usize, message: impl Into<String>) -> Self {
        Self {
            kind: FilterErrorKind::Invalid,
            position,
            message: message.into(),
        }
    }
}
