//! What a webhook is told: `{"type","timestamp","data":{"collection","record"[,"before"]}}`.

use luge_model::limits::WEBHOOK_BODY_BYTES_MAX;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json, json};

use crate::access::{Projection, View};

/// What happened to a record.
pub(super) struct Happened<'a> {
    /// Such as `record.created`.
    pub(super) event: &'a str,
    /// When it was committed.
    pub(super) time: Timestamp,
    /// The name of the collection.
    pub(super) collection: &'a str,
    /// After the change; of a delete, before it.
    pub(super) record: &'a View,
    /// Before an update, where that is wanted.
    pub(super) before: Option<&'a View>,
}

impl Happened<'_> {
    /// The body; of a record that makes it too large only the id is told.
    pub(super) fn body(&self) -> Vec<u8> {
        let mut record = Vec::new();
        self.record.write_json(&mut record);
        let mut before = Vec::new();
        if let Some(view) = self.before {
            view.write_json(&mut before);
        }
        let mut body = self.beginning();
        if body.len() + record.len() + before.len() > WEBHOOK_BODY_BYTES_MAX {
            let only = json!({
                "collectionId": self.record.collection().id,
                "collectionName": self.collection,
                "id": self.record.record().id(),
            });
            body.extend_from_slice(format!("{only},\"truncated\":true}}}}").as_bytes());
            return body;
        }
        body.extend_from_slice(&record);
        if self.before.is_some() {
            body.extend_from_slice(b",\"before\":");
            body.extend_from_slice(&before);
        }
        body.extend_from_slice(b"}}");
        body
    }

    /// Up to where the record begins.
    fn beginning(&self) -> Vec<u8> {
        let [event, time, collection] =
            [self.event, &instant(self.time), self.collection].map(|text| json!(text));
        format!(
            "{{\"type\":{event},\"timestamp\":{time},\"data\":{{\"collection\":{collection},\
             \"record\":"
        )
        .into_bytes()
    }
}

/// The body of a try.
pub(super) fn trial(collection: &str, now: Timestamp) -> Vec<u8> {
    let body = json!({
        "type": "webhook.test",
        "timestamp": instant(now),
        "data": {"collection": collection, "record": null},
    });
    body.to_string().into_bytes()
}

/// The former values of the fields that an update changed.
pub(super) fn former(
    projection: &Projection<'_>,
    before: &Record,
    after: &Record,
) -> Map<String, Json> {
    let json = |record: &Record| {
        let mut bytes = Vec::new();
        projection
            .own_view(record.clone(), true)
            .write_json(&mut bytes);
        match serde_json::from_slice(&bytes) {
            Ok(Json::Object(values)) => values,
            // What the projection writes is an object.
            _ => Map::new(),
        }
    };
    let now = json(after);
    let mut former = json(before);
    former.retain(|name, value| now.get(name) != Some(value));
    former
}

/// As ISO 8601 has it.
fn instant(time: Timestamp) -> String {
    time.to_string().replacen(' ', "T", 1)
}
