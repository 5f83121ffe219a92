//! The geoPoint field. The point 0,0 counts as empty.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::field::shape::Form;
use crate::field::{Field, FieldType, Options};
use crate::invalid::{Violation, Violations};
use crate::value::{GeoPoint, Value};

pub(super) const NAME: &str = "geoPoint";

/// A geoPoint field.
#[derive(Clone, Copy, Debug, Default)]
pub struct GeoPointField;

pub(super) fn read(_: &mut Options<'_>) -> Arc<dyn FieldType> {
    Arc::new(GeoPointField)
}

impl FieldType for GeoPointField {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn zero(&self) -> Value {
        Value::GeoPoint(GeoPoint::default())
    }

    fn form(&self) -> Form {
        Form::Point
    }

    fn options(&self) -> Map<String, Json> {
        Map::new()
    }

    fn check_options(&self) -> Violations {
        Violations::new()
    }

    fn cast(&self, submitted: &Json) -> Value {
        let parsed: Option<Json>;
        let map = match submitted {
            Json::String(text) => {
                parsed = serde_json::from_str(text).ok();
                parsed.as_ref().and_then(Json::as_object)
            }
            other => other.as_object(),
        };
        Value::GeoPoint(map.map(read_point).unwrap_or_default())
    }

    fn validate(&self, field: &Field, value: &Value) -> Result<(), Violation> {
        let Value::GeoPoint(point) = value else {
            return field.allow_empty();
        };
        if field.required && *point == GeoPoint::default() {
            return Err(Violation::required());
        }
        if !(-90.0..=90.0).contains(&point.lat) {
            let message = "Latitude must be between -90 and 90 degrees.";
            return Err(Violation::new("validation_invalid_latitude", message));
        }
        if !(-180.0..=180.0).contains(&point.lon) {
            let message = "Longitude must be between -180 and 180 degrees.";
            return Err(Violation::new("validation_invalid_longitude", message));
        }
        Ok(())
    }
}

/// A coordinate that is missing or not a number is zero.
fn read_point(map: &Map<String, Json>) -> GeoPoint {
    let coordinate = |key| map.get(key).and_then(Json::as_f64).unwrap_or_default() + 0.0;
    GeoPoint {
        lon: coordinate("lon"),
        lat: coordinate("lat"),
    }
}
