//! Keys of webhooks and of what is to be told to the world outside.

use super::{Key, KeyRange, Keyspace, component, joined, numbered, prefix_range};

const WEBHOOK_DEFINITION: u8 = 0x01;
const WEBHOOK_GAPS: u8 = 0x02;

/// A webhook of a collection.
#[must_use]
pub fn webhook(collection_id: &str, id: &str) -> Key {
    joined(webhooks_of(collection_id), id)
}

/// All webhooks of a collection.
#[must_use]
pub fn webhook_range(collection_id: &str) -> KeyRange {
    prefix_range(&webhooks_of(collection_id))
}

/// All webhooks.
#[must_use]
pub fn webhooks_range() -> KeyRange {
    prefix_range(&[Keyspace::Webhook as u8, WEBHOOK_DEFINITION])
}

/// What a webhook missed.
#[must_use]
pub fn webhook_gaps(id: &str) -> Key {
    joined(vec![Keyspace::Webhook as u8, WEBHOOK_GAPS], id)
}

/// What is to be told to the world outside.
#[must_use]
pub fn delivery(number: u64) -> Key {
    let mut key = Keyspace::Delivery.begin();
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// All deliveries, in the order of their numbers.
#[must_use]
pub fn delivery_range() -> KeyRange {
    Keyspace::Delivery.range()
}

/// The number from the key of a delivery.
#[must_use]
pub fn delivery_number(key: &[u8]) -> Option<u64> {
    numbered(key, Keyspace::Delivery, 1)
}

/// What a delivery tells.
#[must_use]
pub fn delivery_body(number: u64) -> Key {
    let mut key = Keyspace::DeliveryBody.begin();
    key.extend_from_slice(&number.to_be_bytes());
    key
}

fn webhooks_of(collection_id: &str) -> Key {
    let mut key = vec![Keyspace::Webhook as u8, WEBHOOK_DEFINITION];
    component::push_whole_text(&mut key, collection_id);
    key
}
