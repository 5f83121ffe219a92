//! What an aggregation reads of records: keys that group them, and values to compute with.
//!
//! - Names mean what they mean in a sort: a client cannot group by or compute with what it may not
//!   read, and goes only to records that it may list.
//! - A record belongs once to every group that its paths lead to, and gives each of its values once
//!   to such a group, however many ways lead there.

use std::borrow::Cow;
use std::collections::HashSet;

use super::check::refuse_superuser_names;
use super::evaluate::PreparedJoins;
use super::frame::{Bound, Frame};
use super::join::Joins;
use super::resolve::Resolver;
use super::scalar::Scalar;
use super::term::{Access, Column, Storage};
use super::{Environment, FilterError, Scope};
use crate::id::CollectionNumber;
use crate::limits::{AGGREGATE_COLUMNS_MAX, AGGREGATE_WAYS_MAX, SORT_KEYS_MAX};
use crate::record::{Row, write_number_json, write_text_json};

/// Parts of a date that a key may be cut to, with the length of what remains in bytes.
const PERIODS: [(&str, usize); 4] = [("year", 4), ("month", 7), ("day", 10), ("hour", 13)];

/// What a list of names is for, which decides what it may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Grouping: anything, and dates cut to a period.
    Keys,
    /// Computing: numbers.
    Numbers,
    /// Comparing: what has an order.
    Ordered,
}

/// Names that were looked up.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    keys: Vec<ReadColumn>,
    values: Vec<ReadColumn>,
    joins: Joins,
}

/// A column under the name it was asked for.
#[derive(Clone, Debug)]
pub struct ReadColumn {
    /// As it was written.
    pub name: String,
    column: Column,
    /// A date is cut to so many bytes.
    cut: Option<usize>,
}

/// Looks the names of one aggregation up, list by list.
pub struct ColumnNames<'a> {
    resolver: Resolver<'a>,
    columns: Columns,
}

/// [`Columns`] that are ready for the records of one request.
#[derive(Clone, Debug)]
pub struct PreparedColumns<'f> {
    columns: &'f Columns,
    joins: PreparedJoins<'f>,
    /// The joins that keys are read behind, in their order.
    key_joins: Vec<usize>,
    /// For each value, the further joins that it is read behind.
    value_joins: Vec<Vec<usize>>,
}

/// A record leads to more combinations of values than one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyWays;

/// What a record gives to one group.
#[derive(Clone, Debug, Default)]
pub struct Share<'r> {
    /// The JSON texts of the group's keys, one behind the other, each with a line feed at its end.
    pub key: Vec<u8>,
    /// Values, each with the place of its column.
    pub values: Vec<(usize, Scalar<'r>)>,
    /// The rows that values came from already.
    seen: HashSet<(usize, Vec<u64>)>,
}

impl<'a> ColumnNames<'a> {
    /// Of nothing yet.
    #[must_use]
    pub fn new(scope: &Scope<'a>) -> Self {
        Self {
            resolver: Resolver::new(scope, Joins::default()),
            columns: Columns::default(),
        }
    }

    /// Adds the names of a comma-separated list; an empty text has none.
    ///
    /// # Errors
    /// Says which name is wrong and why.
    pub fn add(&mut self, text: &str, purpose: Purpose) -> Result<(), FilterError> {
        if !self.resolver.scope.audience.sees_everything() {
            refuse_superuser_names(text)?;
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        let mut position = 1;
        let mut written: Vec<&str> = Vec::new();
        for part in text.split(',') {
            let indent = part.chars().take_while(|next| next.is_whitespace()).count();
            let name = part.trim();
            if written.contains(&name) {
                let message = format!("{name:?} is named twice");
                return Err(FilterError::at(position + indent, message));
            }
            written.push(name);
            self.add_one(name, position + indent, purpose)?;
            position += part.chars().count() + 1;
        }
        Ok(())
    }

    /// The names that were looked up.
    #[must_use]
    pub fn finish(self) -> Columns {
        Columns {
            joins: self.resolver.into_joins(),
            ..self.columns
        }
    }

    fn add_one(
        &mut self,
        name: &str,
        position: usize,
        purpose: Purpose,
    ) -> Result<(), FilterError> {
        if name.is_empty() || name.starts_with('@') {
            let message = format!("expected the name of a field, found {name:?}");
            return Err(FilterError::at(position, message));
        }
        let period = name.rsplit_once(':').and_then(|(field, period)| {
            let known = PERIODS.iter().find(|(known, _)| *known == period);
            known.map(|(_, length)| (field, *length))
        });
        let (field, cut) = match period {
            Some((field, length)) => (field, Some(length)),
            None => (name, None),
        };
        let column = self.resolver.field(field, position)?;
        if let Some(problem) = column.problem(purpose, cut.is_some()) {
            return Err(FilterError::at(position, format!("{name:?}: {problem}")));
        }
        let (list, most) = match purpose {
            Purpose::Keys => (&mut self.columns.keys, SORT_KEYS_MAX),
            _ => (&mut self.columns.values, AGGREGATE_COLUMNS_MAX),
        };
        if list.len() == most {
            let message = format!("there are more than {most} columns");
            return Err(FilterError::at(position, message));
        }
        list.push(ReadColumn {
            name: name.to_owned(),
            column,
            cut,
        });
        Ok(())
    }
}

impl Columns {
    /// What groups records.
    #[must_use]
    pub fn keys(&self) -> &[ReadColumn] {
        &self.keys
    }

    /// What is computed with, in the order in which it was named.
    #[must_use]
    pub fn values(&self) -> &[ReadColumn] {
        &self.values
    }

    /// The collections whose records are looked up beside the aggregated ones.
    pub fn collections(&self) -> impl Iterator<Item = CollectionNumber> {
        self.joins.collections()
    }

    /// Makes the columns ready for records.
    #[must_use]
    pub fn prepare<'f>(&'f self, environment: &Environment<'f>) -> PreparedColumns<'f> {
        let behind = |column: &ReadColumn| self.joins.chain(column.column.whose);
        let mut key_joins: Vec<usize> = self.keys.iter().flat_map(behind).collect();
        key_joins.sort_unstable();
        key_joins.dedup();
        let further = |column| {
            let mut joins = behind(column);
            joins.retain(|join| !key_joins.contains(join));
            joins
        };
        PreparedColumns {
            value_joins: self.values.iter().map(further).collect(),
            columns: self,
            joins: self.joins.prepare(environment),
            key_joins,
        }
    }
}

impl PreparedColumns<'_> {
    /// What a record gives, group by group.
    ///
    /// # Errors
    /// [`TooManyWays`] where its paths lead to too many combinations of values.
    pub fn shares<'r>(&'r self, row: &'r dyn Row) -> Result<Vec<Share<'r>>, TooManyWays> {
        if self.joins.joins.is_empty() {
            return Ok(vec![self.own_share(row)]);
        }
        let mut shares: Vec<Share<'static>> = Vec::new();
        let mut ways = 0;
        let mut frame = Frame::new(row, self.joins.joins.len());
        let too_many = self.joins.each(&self.key_joins, &mut frame, &mut |frame| {
            let key = self.key(|column| self.value(column, frame));
            let known = shares.iter().position(|share| share.key == key);
            let place = known.unwrap_or(shares.len());
            if known.is_none() {
                shares.push(Share {
                    key,
                    ..Share::default()
                });
            }
            ways += 1;
            shares
                .get_mut(place)
                .is_some_and(|share| self.add_values(share, frame, &mut ways))
        });
        if too_many {
            return Err(TooManyWays);
        }
        Ok(shares)
    }

    /// The share of the one group of a record from which no path leads away.
    fn own_share<'r>(&self, row: &'r dyn Row) -> Share<'r> {
        let read = |column: &Column| own_value(column, row);
        let values = self.columns.values.iter().enumerate();
        Share {
            key: self.key(|column| read(&column.column)),
            values: values
                .map(|(place, column)| (place, read(&column.column)))
                .collect(),
            seen: HashSet::new(),
        }
    }

    fn key<'v>(&self, read: impl Fn(&ReadColumn) -> Scalar<'v>) -> Vec<u8> {
        let mut key = Vec::new();
        for column in &self.columns.keys {
            let value = read(column);
            column.write_json(&column.cut(value), &mut key);
            key.push(b'\n');
        }
        key
    }

    /// Adds what the value columns hold behind the rows of the keys; `true` ends the search.
    fn add_values(
        &self,
        share: &mut Share<'static>,
        frame: &mut Frame<'_>,
        ways: &mut usize,
    ) -> bool {
        let columns = self.columns.values.iter().zip(&self.value_joins);
        for (place, (column, further)) in columns.enumerate() {
            let behind = self.joins.joins.chain(column.column.whose);
            let too_many = self.joins.each(further, frame, &mut |frame| {
                let rows = behind.iter().map(|join| row_number(frame.bound(*join)));
                if share.seen.insert((place, rows.collect())) {
                    share.values.push((place, self.value(column, frame)));
                }
                *ways += 1;
                *ways > AGGREGATE_WAYS_MAX
            });
            if too_many {
                return true;
            }
        }
        *ways > AGGREGATE_WAYS_MAX
    }

    fn value(&self, column: &ReadColumn, frame: &Frame<'_>) -> Scalar<'static> {
        let column = &column.column;
        let hidden = column
            .shown_by
            .is_some_and(|shown_by| !self.joins.shows(column.whose, shown_by, frame));
        if hidden {
            return Scalar::Text(Cow::Borrowed(""));
        }
        self.joins.value(column, frame).into_owned()
    }
}

impl ReadColumn {
    /// Appends a value as JSON, as a record shows it.
    pub fn write_json(&self, value: &Scalar<'_>, out: &mut Vec<u8>) {
        let whole = self.column.is_whole();
        match (value, self.column.storage) {
            (Scalar::Null, _) => out.extend_from_slice(b"null"),
            (Scalar::Integer(flag), Storage::Bool) if whole => {
                out.extend_from_slice(if *flag == 0 { b"false" } else { b"true" });
            }
            // The column holds JSON already.
            (Scalar::Text(json), Storage::List | Storage::GeoPoint) if whole => {
                out.extend_from_slice(json.as_bytes());
            }
            (Scalar::Text(text), _) => write_text_json(text, out),
            (Scalar::Integer(number), _) => out.extend_from_slice(number.to_string().as_bytes()),
            // Zero has no sign.
            (Scalar::Real(number), _) => write_number_json(*number + 0.0, out),
        }
    }

    fn cut<'v>(&self, value: Scalar<'v>) -> Scalar<'v> {
        match (self.cut, value) {
            (Some(length), Scalar::Text(text)) => {
                let beginning = text.get(..length).map(str::to_owned);
                Scalar::Text(beginning.map_or(text, Cow::Owned))
            }
            (_, value) => value,
        }
    }
}

impl Column {
    /// Why a column cannot serve a purpose.
    fn problem(&self, purpose: Purpose, cut: bool) -> Option<&'static str> {
        let whole_list =
            matches!(self.storage, Storage::List | Storage::GeoPoint) && self.is_whole();
        let part = matches!(self.access, Access::Path(_));
        let number = !self.lower
            && match self.storage {
                Storage::Number => true,
                Storage::Json => true,
                Storage::GeoPoint => part,
                Storage::Text | Storage::Bool | Storage::List => self.access == Access::Length,
            };
        match purpose {
            Purpose::Keys if cut && !(self.is_date && self.is_whole()) => {
                Some("only dates have a :year, :month, :day and :hour")
            }
            Purpose::Keys => None,
            _ if cut => Some(":year, :month, :day and :hour belong to group"),
            Purpose::Numbers if !number => {
                Some("expected a number field, a part of a json or geoPoint field, or a :length")
            }
            Purpose::Ordered if whole_list => {
                Some("lists and places have no order; name a part, or each value with :each")
            }
            _ => None,
        }
    }
}

/// What a column of the record itself holds, as far as the author may read it.
fn own_value<'r>(column: &Column, row: &'r dyn Row) -> Scalar<'r> {
    let hidden = column.shown_by.is_some_and(|shown_by| {
        let shown = row.value(shown_by);
        !shown
            .and_then(crate::value::ValueRef::as_bool)
            .unwrap_or_default()
    });
    if hidden {
        return Scalar::Text(Cow::Borrowed(""));
    }
    super::source::column_value(column, row)
}

/// Tells the rows of one join apart.
fn row_number(row: &Bound) -> u64 {
    match row {
        Bound::Missing => 0,
        Bound::Record(record) => record.rowid().saturating_add(1),
        Bound::Item(place) => (*place as u64).saturating_add(1),
    }
}
