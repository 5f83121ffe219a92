//! Where the value of one side of a comparison comes from, and reading it.

use super::compare::Comparing;
use super::evaluate::PreparedJoins;
use super::frame::Frame;
use super::geo::distance_km;
use super::json_path::{Segment, extract};
use super::scalar::{Scalar, json_text};
use super::strftime::strftime;
use super::term::{Access, Column, Storage};
use crate::record::Row;
use crate::timestamp::Timestamp;
use crate::value::{GeoPoint, ListRef, ValueRef};

/// Gives a value for the rows that the joins stand at.
#[derive(Clone, Debug)]
pub(super) enum Source<'f> {
    One(Scalar<'f>),
    Column(&'f Column),
    /// 1 where the submitted value is different from the stored one.
    Changed(Box<Comparing<'f>>),
    GeoDistance(Box<[Source<'f>; 4]>),
    Strftime {
        arguments: Vec<Source<'f>>,
        now: Timestamp,
    },
}

impl<'f> Source<'f> {
    /// Whether no record is read.
    pub(super) fn is_constant(&self) -> bool {
        match self {
            Self::One(_) => true,
            Self::Column(_) | Self::Changed(_) => false,
            Self::GeoDistance(places) => places.iter().all(Source::is_constant),
            Self::Strftime { arguments, .. } => arguments.iter().all(Source::is_constant),
        }
    }

    /// Every column that is read.
    pub(super) fn columns(&self, visit: &mut dyn FnMut(&'f Column)) {
        match self {
            Self::One(_) => {}
            Self::Column(column) => visit(column),
            Self::Changed(comparing) => {
                comparing.left.source.columns(visit);
                comparing.right.source.columns(visit);
            }
            Self::GeoDistance(places) => places.iter().for_each(|place| place.columns(visit)),
            Self::Strftime { arguments, .. } => {
                arguments
                    .iter()
                    .for_each(|argument| argument.columns(visit));
            }
        }
    }

    /// Whether a comparison with it asks all rows of its joins when it is written without `?`. A
    /// distance asks only one (contract §3.3).
    pub(super) fn asks_all(&self) -> bool {
        !matches!(self, Self::GeoDistance(_))
    }

    /// The value at the rows that the joins stand at.
    pub(super) fn value<'r>(
        &'r self,
        joins: &'r PreparedJoins<'f>,
        frame: &'r Frame<'_>,
    ) -> Scalar<'r> {
        match self {
            Self::One(value) => value.borrowed(),
            Self::Column(column) => joins.value(column, frame),
            Self::Changed(different) => Scalar::flag(different.holds(joins, frame)),
            Self::GeoDistance(places) => {
                let [lon_a, lat_a, lon_b, lat_b] = places.as_ref();
                let degrees = |place: &Source<'f>| place.value(joins, frame).as_number();
                let from = degrees(lon_a).zip(degrees(lat_a));
                let to = degrees(lon_b).zip(degrees(lat_b));
                let kilometres = from.zip(to).map(|(from, to)| distance_km(from, to));
                kilometres.map_or(Scalar::Null, Scalar::real)
            }
            Self::Strftime { arguments, now } => {
                let values: Vec<_> = arguments
                    .iter()
                    .map(|one| one.value(joins, frame))
                    .collect();
                strftime(&values, *now)
            }
        }
    }
}

/// What a column holds in a record, read as the column says.
pub(crate) fn column_value<'r>(column: &Column, row: &'r dyn Row) -> Scalar<'r> {
    let value = stored(column, row);
    let read = match &column.access {
        Access::Whole => whole(value),
        Access::Path(path) => match value {
            ValueRef::Json(json) => extract(json, path),
            ValueRef::GeoPoint(point) => geo_part(point, path),
            _ => Scalar::Null,
        },
        Access::Length => Scalar::Integer(i64::try_from(value.names().count()).unwrap_or(i64::MAX)),
        // Only a join has the row that is one item.
        Access::Item => Scalar::Null,
    };
    if column.lower { read.lower() } else { read }
}

/// What a column holds where there is no record.
pub(super) fn missing_value(column: &Column) -> Scalar<'static> {
    match column.access {
        Access::Length => Scalar::Integer(0),
        _ => Scalar::Null,
    }
}

/// How many values `:each` finds in a column.
pub(super) fn item_count(column: &Column, row: &dyn Row) -> usize {
    match stored(column, row) {
        ValueRef::List(items) => items.len(),
        _ => 1,
    }
}

/// One of the values that `:each` finds.
pub(super) fn item<'r>(column: &Column, row: &'r dyn Row, place: usize) -> Scalar<'r> {
    match stored(column, row) {
        ValueRef::List(items) => items.iter().nth(place).map_or(Scalar::Null, Scalar::text),
        single => whole(single),
    }
}

fn stored<'r>(column: &Column, row: &'r dyn Row) -> ValueRef<'r> {
    row.value(column.field)
        .unwrap_or_else(|| zero(column.storage))
}

/// A record that was written before its field existed has the zero value.
fn zero(storage: Storage) -> ValueRef<'static> {
    match storage {
        Storage::Text => ValueRef::Text(""),
        Storage::Number => ValueRef::Number(0.0),
        Storage::Bool => ValueRef::Bool(false),
        Storage::List => ValueRef::List(ListRef::Owned(&[])),
        Storage::GeoPoint => ValueRef::GeoPoint(GeoPoint { lon: 0.0, lat: 0.0 }),
        Storage::Json => ValueRef::Json("null"),
    }
}

fn whole(value: ValueRef<'_>) -> Scalar<'_> {
    match value {
        ValueRef::Bool(flag) => Scalar::flag(flag),
        ValueRef::Number(number) => Scalar::number(number),
        ValueRef::Text(text) => Scalar::text(text),
        ValueRef::List(_) | ValueRef::GeoPoint(_) => Scalar::Text(json_text(value).into()),
        ValueRef::Json(json) => extract(json, &[]),
    }
}

fn geo_part(point: GeoPoint, path: &[Segment]) -> Scalar<'static> {
    match path {
        [Segment::Key(key)] if key == "lon" => Scalar::number(point.lon),
        [Segment::Key(key)] if key == "lat" => Scalar::number(point.lat),
        _ => Scalar::Null,
    }
}
