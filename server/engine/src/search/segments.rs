//! The segments of one state of the index, opened for searches; what was read of one is kept for as
//! long as it is part of the index.

use std::io;
use std::sync::Arc;

use parking_lot::Mutex;
use tantivy::columnar::ColumnValues;
use tantivy::index::SegmentId;
use tantivy::{DocId, InvertedIndexReader, Searcher, SegmentReader, TantivyError};

use super::postings::Gathered;
use super::remembered::Remembered;
use super::terms::Columns;
use super::vocabulary::{Room, Vocabulary};
use super::wanted::Alternative;

/// A column of numbers.
type Column = Arc<dyn ColumnValues<u64>>;

/// A segment, opened.
pub(super) struct Segment {
    reader: SegmentReader,
    /// Its dictionary and lists.
    pub(super) terms: Arc<InvertedIndexReader>,
    rowids: Column,
    revisions: Column,
    kept: Arc<Kept>,
}

/// The memory that all segments share.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// For words.
    pub(super) room: Room,
    /// What words of searches were expanded to.
    pub(super) expansions: Remembered,
}

/// What holds for a segment whatever is deleted from it.
struct Kept {
    id: SegmentId,
    memory: Memory,
    /// By build; `None` where there was no room.
    vocabularies: Mutex<Vec<(u32, Option<Arc<Vocabulary>>)>>,
}

impl Segment {
    /// Opens the segments of a searcher. What `before` has of them is taken over.
    pub(super) fn open_all(
        (searcher, columns): (&Searcher, &Columns),
        before: &[Self],
        memory: &Memory,
    ) -> Result<Vec<Self>, TantivyError> {
        let open = |reader: &SegmentReader| {
            let id = reader.segment_id();
            let known = before.iter().find(|known| known.kept.id == id);
            let kept = || Kept {
                id,
                memory: memory.clone(),
                vocabularies: Mutex::default(),
            };
            Ok(Self {
                terms: reader.inverted_index(columns.terms)?,
                rowids: column(reader, "rowid")?,
                revisions: column(reader, "revision")?,
                kept: known.map_or_else(|| Arc::new(kept()), |known| Arc::clone(&known.kept)),
                reader: reader.clone(),
            })
        };
        searcher.segment_readers().iter().map(open).collect()
    }

    /// The words of a build; `None` where there is no room for them.
    pub(super) fn vocabulary(&self, build: u32) -> io::Result<Option<Arc<Vocabulary>>> {
        let mut vocabularies = self.kept.vocabularies.lock();
        if let Some((_, known)) = vocabularies.iter().find(|(of, _)| *of == build) {
            return Ok(known.clone());
        }
        let read = Vocabulary::read(self.terms.terms(), build, &self.kept.memory.room)?;
        let read = read.map(Arc::new);
        vocabularies.push((build, read.clone()));
        Ok(read)
    }

    /// Whether a search needed the words of a build.
    pub(super) fn knows_words(&self, build: u32) -> bool {
        let vocabularies = self.kept.vocabularies.lock();
        vocabularies.iter().any(|(known, _)| *known == build)
    }

    /// Forgets builds that are no more.
    pub(super) fn forget_all_but(&self, builds: &[u32]) {
        let mut vocabularies = self.kept.vocabularies.lock();
        vocabularies.retain(|(build, _)| builds.contains(build));
    }

    /// What words of a build were expanded to, as far as it is known; else as `find` finds it.
    pub(super) fn expanded(
        &self,
        (build, alternatives): (u32, &[Alternative]),
        find: impl FnOnce() -> io::Result<Gathered>,
    ) -> io::Result<Arc<Gathered>> {
        let expansions = &self.kept.memory.expansions;
        let key = expansions.key((self.kept.id, build, alternatives));
        if let Some(known) = expansions.get(key) {
            return Ok(known);
        }
        let found = Arc::new(find()?);
        expansions.keep(key, &found);
        Ok(found)
    }

    /// Whether a document is no longer there.
    pub(super) fn is_deleted(&self, doc: DocId) -> bool {
        self.reader.is_deleted(doc)
    }

    /// Which record a document is of, and which state of it.
    pub(super) fn record(&self, doc: DocId) -> (u64, u64) {
        (self.rowids.get_val(doc), self.revisions.get_val(doc))
    }
}

fn column(reader: &SegmentReader, name: &str) -> Result<Column, TantivyError> {
    let column = reader.fast_fields().u64(name)?;
    Ok(column.first_or_default_col(0))
}
