//! The related records that stand in the JSON of a record, under `expand`.

use std::sync::Arc;

use luge_model::record::{Record, write_text_json};

use super::View;

/// What stands under `expand` of one record. Records that are shown often share one.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    entries: Vec<(Arc<str>, ExpandedValue)>,
    size: ExpandedSize,
}

/// What one relation of one record leads to.
#[derive(Clone, Debug)]
pub enum ExpandedValue {
    /// A relation that has at most one record.
    One(View),
    /// A relation that may have several.
    Many(Vec<View>),
}

/// How much is written where records are expanded, counting each record as often as it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpandedSize {
    /// Records.
    pub records: u64,
    /// Bytes of their encoded form.
    pub bytes: u64,
}

impl Expanded {
    /// Adds what stands under a name; names are added in alphabetical order.
    pub fn add(&mut self, name: Arc<str>, related: ExpandedValue) {
        for view in related.views() {
            self.size.add(ExpandedSize::of(view.record()));
            self.size.add(view.expanded_size());
        }
        self.entries.push((name, related));
    }

    /// How much it is.
    #[must_use]
    pub fn size(&self) -> ExpandedSize {
        self.size
    }

    pub(super) fn write_json(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (position, (name, related)) in self.entries.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            write_text_json(name, out);
            out.push(b':');
            related.write_json(out);
        }
        out.push(b'}');
    }
}

impl ExpandedValue {
    /// Whether there is no record at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.views().is_empty()
    }

    fn views(&self) -> &[View] {
        match self {
            Self::One(view) => std::slice::from_ref(view),
            Self::Many(views) => views,
        }
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        let views = match self {
            Self::One(view) => return view.write_json(out),
            Self::Many(views) => views,
        };
        out.push(b'[');
        for (position, view) in views.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            view.write_json(out);
        }
        out.push(b']');
    }
}

impl ExpandedSize {
    /// That of one record, without what is expanded from it.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self {
            records: 1,
            bytes: record.as_bytes().len() as u64,
        }
    }

    /// Adds up; stays at the greatest number rather than overflow.
    pub fn add(&mut self, more: Self) {
        self.records = self.records.saturating_add(more.records);
        self.bytes = self.bytes.saturating_add(more.bytes);
    }
}
