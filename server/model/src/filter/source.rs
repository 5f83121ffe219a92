//! Where the value of one side of a comparison comes from, and reading it.

use super::compare::Comparing;
use super::geo::distance_km;
use super::json_path::{Segment, extract};
use super::scalar::{Scalar, json_text};
use super::strftime::strftime;
use super::term::{Access, Column, Storage};
use crate::record::Row;
use crate::timestamp::Timestamp;
use crate::value::{GeoPoint, ListRef, ValueRef};

/// Gives one value per record, or several.
#[derive(Clone, Debug)]
pub(super) enum Source<'f> {
    One(Scalar<'f>),
    Many(Vec<Scalar<'f>>),
    Own(&'f Column),
    /// 1 where the submitted value is different from the stored one.
    Changed(Box<Comparing<'f>>),
    GeoDistance(Box<[Source<'f>; 4]>),
    Strftime {
        arguments: Vec<Source<'f>>,
        now: Timestamp,
    },
}

impl Source<'_> {
    /// Whether no record is read.
    pub(super) fn is_constant(&self) -> bool {
        match self {
            Self::One(_) | Self::Many(_) => true,
            Self::Own(_) | Self::Changed(_) => false,
            Self::GeoDistance(places) => places.iter().all(Source::is_constant),
            Self::Strftime { arguments, .. } => arguments.iter().all(Source::is_constant),
        }
    }

    /// Whether there can be several values.
    pub(super) fn is_many(&self) -> bool {
        match self {
            Self::Many(_) => true,
            Self::Own(column) => column.access == Access::Each,
            Self::Strftime { arguments, .. } => arguments.iter().any(Source::is_many),
            Self::One(_) | Self::Changed(_) | Self::GeoDistance(_) => false,
        }
    }

    /// The value of a source that has one.
    pub(super) fn value<'r>(&'r self, row: &'r dyn Row) -> Scalar<'r> {
        match self {
            Self::One(value) => value.borrowed(),
            Self::Many(values) => values.first().map_or(Scalar::Null, Scalar::borrowed),
            Self::Own(column) => column_value(column, row),
            Self::Changed(different) => Scalar::flag(different.holds(row, true)),
            Self::GeoDistance(places) => {
                let [lon_a, lat_a, lon_b, lat_b] = places.as_ref();
                let degrees = |place: &Source<'_>| place.value(row).as_number();
                let from = degrees(lon_a).zip(degrees(lat_a));
                let to = degrees(lon_b).zip(degrees(lat_b));
                let kilometres = from.zip(to).map(|(from, to)| distance_km(from, to));
                kilometres.map_or(Scalar::Null, Scalar::real)
            }
            Self::Strftime { arguments, now } => {
                let values: Vec<_> = arguments.iter().map(|one| one.value(row)).collect();
                strftime(&values, *now)
            }
        }
    }

    /// All values; at least one.
    pub(super) fn values<'r>(&'r self, row: &'r dyn Row) -> Vec<Scalar<'r>> {
        match self {
            Self::Many(values) => values.iter().map(Scalar::borrowed).collect(),
            Self::Own(column) if column.access == Access::Each => column_values(column, row),
            Self::Strftime { arguments, now } if self.is_many() => {
                let [format, time, modifiers @ ..] = arguments.as_slice() else {
                    return vec![Scalar::Null];
                };
                let with_time = |time: Scalar<'r>| {
                    let mut values = vec![format.value(row), time];
                    values.extend(modifiers.iter().map(|modifier| modifier.value(row)));
                    strftime(&values, *now)
                };
                time.values(row).into_iter().map(with_time).collect()
            }
            _ => vec![self.value(row)],
        }
    }
}

/// What a column holds in a record, read as the column says.
pub(crate) fn column_value<'r>(column: &Column, row: &'r dyn Row) -> Scalar<'r> {
    let value = row
        .value(column.field)
        .unwrap_or_else(|| zero(column.storage));
    let read = match &column.access {
        Access::Whole => whole(value),
        Access::Path(path) => match value {
            ValueRef::Json(json) => extract(json, path),
            ValueRef::GeoPoint(point) => geo_part(point, path),
            _ => Scalar::Null,
        },
        Access::Length => Scalar::Integer(i64::try_from(value.names().count()).unwrap_or(i64::MAX)),
        Access::Each => {
            return column_values(column, row)
                .into_iter()
                .next()
                .unwrap_or(Scalar::Null);
        }
    };
    if column.lower { read.lower() } else { read }
}

/// Each name in a column; nothing is one row without a value.
pub(crate) fn column_values<'r>(column: &Column, row: &'r dyn Row) -> Vec<Scalar<'r>> {
    match row
        .value(column.field)
        .unwrap_or_else(|| zero(column.storage))
    {
        ValueRef::List(items) if items.is_empty() => vec![Scalar::Null],
        ValueRef::List(items) => items.iter().map(Scalar::text).collect(),
        single => vec![whole(single)],
    }
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
