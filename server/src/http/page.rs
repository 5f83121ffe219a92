//! The envelope of every list: `items,page,perPage,totalItems,totalPages` in this order.

use std::io::Write;

use luge_engine::outbox::DeliveryPage;
use serde_json::{Map, Value as Json};

/// The numbers around the items of a page.
pub(crate) struct Envelope {
    /// From 1.
    pub(crate) page: u64,
    /// Items on a full page.
    pub(crate) per_page: usize,
    /// All items; `None` when they were not counted, which is shown as -1.
    pub(crate) total: Option<u64>,
    /// What else the list tells, behind the rest.
    pub(crate) more: Map<String, Json>,
}

impl Envelope {
    /// Appends the envelope with items that `write_item` writes.
    pub(crate) fn write<T>(
        &self,
        items: &[T],
        bytes: &mut Vec<u8>,
        write_item: impl Fn(&T, &mut Vec<u8>),
    ) {
        bytes.extend_from_slice(b"{\"items\":[");
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                bytes.push(b',');
            }
            write_item(item, bytes);
        }
        let Self {
            page,
            per_page,
            total,
            more,
        } = self;
        // Writing to memory does not fail.
        let _ = match total {
            Some(total) => {
                let pages = total.div_ceil((*per_page).max(1) as u64);
                write!(
                    bytes,
                    "],\"page\":{page},\"perPage\":{per_page},\"totalItems\":{total},\
                     \"totalPages\":{pages}"
                )
            }
            None => write!(
                bytes,
                "],\"page\":{page},\"perPage\":{per_page},\"totalItems\":-1,\"totalPages\":-1"
            ),
        };
        for (key, value) in more {
            let _ = write!(bytes, ",{}:{value}", Json::from(key.as_str()));
        }
        bytes.push(b'}');
    }
}

/// A page of what is to be told to the world outside.
pub(crate) fn deliveries_page(page: DeliveryPage) -> Vec<u8> {
    let DeliveryPage {
        page,
        per_page,
        total_items,
        items,
    } = page;
    let envelope = Envelope {
        page: page as u64,
        per_page,
        total: Some(total_items as u64),
        more: Map::new(),
    };
    let mut bytes = Vec::new();
    envelope.write(&items, &mut bytes, |item: &Json, bytes| {
        bytes.extend_from_slice(item.to_string().as_bytes());
    });
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(items: &[u8], total: Option<u64>) -> String {
        let mut bytes = Vec::new();
        let envelope = Envelope {
            page: 2,
            per_page: 30,
            total,
            more: Map::new(),
        };
        envelope.write(items, &mut bytes, |item, bytes| bytes.push(*item));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_keys_are_in_order_and_pages_are_rounded_up() {
        assert_eq!(
            text(b"78", Some(31)),
            r#"{"items":[7,8],"page":2,"perPage":30,"totalItems":31,"totalPages":2}"#
        );
        assert_eq!(
            text(b"", Some(0)),
            r#"{"items":[],"page":2,"perPage":30,"totalItems":0,"totalPages":0}"#
        );
        assert_eq!(
            text(b"1", None),
            r#"{"items":[1],"page":2,"perPage":30,"totalItems":-1,"totalPages":-1}"#
        );
    }
}
