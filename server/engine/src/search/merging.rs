//! Which segments of the index are put together, since a search looks its words up in each.
//!
//! - A commit makes a small segment; these wait for some more of their kind.
//! - Of the others, each has more than twice as many documents as all smaller ones together: there
//!   are as many as the logarithm of all documents, and no document is rewritten more often.
//! - One with many deleted documents is rewritten by itself.

use futures_util::FutureExt;
use luge_model::limits::{
    SEARCH_SEGMENT_DOCUMENTS_MAX, SEARCH_SMALL_SEGMENT_DOCUMENTS, SEARCH_SMALL_SEGMENTS,
};
use tantivy::index::SegmentId;
use tantivy::{FutureResult, SegmentMeta, SegmentReader};

use super::folder::OpenIndex;

/// A deleted document for so many others, and a segment is rewritten.
const OTHERS_A_DELETED: u64 = 4;
/// How many times as large as all smaller ones together a segment is that is put together with
/// them.
const TIMES_LARGER: u64 = 2;

/// Puts segments together, one time after the other.
#[derive(Default)]
pub(super) struct Merging {
    current: Option<FutureResult<Option<SegmentMeta>>>,
    /// What was tried last: it is not tried again, should it have failed.
    tried: Vec<SegmentId>,
}

/// How large a segment is.
#[derive(Clone, Copy, Debug)]
struct Size {
    id: SegmentId,
    documents: u64,
    deleted: u64,
}

impl Merging {
    /// Begins with what searches see that is to be put together, unless others still are.
    pub(super) fn begin(&mut self, index: &mut OpenIndex) {
        if self.current.is_some() {
            return;
        }
        let searcher = index.reader.searcher();
        let sizes = searcher.segment_readers().iter().map(Size::of);
        let chosen = chosen(sizes.collect());
        if !chosen.is_empty() && chosen != self.tried {
            self.current = Some(index.writer.merge(&chosen));
            self.tried = chosen;
        }
    }

    /// Whether segments are being put together.
    pub(super) fn is_on_its_way(&self) -> bool {
        self.current.is_some()
    }

    /// Whether segments were put together since this was asked last. Where that failed they stay as
    /// they are, and are searched as before.
    pub(super) fn is_done(&mut self) -> bool {
        let Some(ended) = self.current.as_mut().and_then(FutureExt::now_or_never) else {
            return false;
        };
        self.current = None;
        if let Err(error) = &ended {
            tracing::warn!(%error, "segments of the search index were not put together");
        }
        ended.is_ok()
    }
}

impl Size {
    fn of(segment: &SegmentReader) -> Self {
        Self {
            id: segment.segment_id(),
            documents: segment.num_docs().into(),
            deleted: segment.num_deleted_docs().into(),
        }
    }

    fn is_small(&self) -> bool {
        self.documents < SEARCH_SMALL_SEGMENT_DOCUMENTS
    }
}

/// Which of some segments become one; none where they stay as they are.
fn chosen(mut sizes: Vec<Size>) -> Vec<SegmentId> {
    sizes.retain(|size| size.documents <= SEARCH_SEGMENT_DOCUMENTS_MAX);
    sizes.sort_by_key(|size| size.documents);
    let much_deleted = |size: &&Size| size.deleted * OTHERS_A_DELETED > size.documents;
    let alone = sizes.iter().find(much_deleted).map(|size| size.id);
    let small: u64 = sizes
        .iter()
        .filter(|size| size.is_small())
        .map(|size| size.documents)
        .sum();
    let count = sizes.iter().filter(|size| size.is_small()).count();
    if count < SEARCH_SMALL_SEGMENTS && small < SEARCH_SMALL_SEGMENT_DOCUMENTS {
        sizes.retain(|size| !size.is_small());
    }
    let mut smaller = 0;
    let mut together = 0;
    for (at, size) in sizes.iter().enumerate() {
        if at > 0 && size.documents <= smaller * TIMES_LARGER {
            together = at + 1;
        }
        smaller += size.documents;
    }
    let together: Vec<SegmentId> = sizes.iter().take(together).map(|size| size.id).collect();
    match together.is_empty() {
        true => alone.into_iter().collect(),
        false => together,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sizes(documents: &[u64]) -> Vec<Size> {
        let size = |documents: &u64| Size {
            id: SegmentId::generate_random(),
            documents: *documents,
            deleted: 0,
        };
        documents.iter().map(size).collect()
    }

    /// The documents of the segments that are left when all is put together that should be.
    fn settled(documents: &[u64]) -> Vec<u64> {
        let mut left = sizes(documents);
        loop {
            let chosen = chosen(left.clone());
            let (gone, stay): (Vec<_>, Vec<_>) =
                left.iter().partition(|size| chosen.contains(&size.id));
            if gone.is_empty() {
                let mut left: Vec<u64> = left.iter().map(|size| size.documents).collect();
                left.sort_unstable();
                return left;
            }
            left = stay;
            left.extend(sizes(&[gone.iter().map(|size| size.documents).sum()]));
        }
    }

    #[test]
    fn a_collection_that_was_built_becomes_one_segment() {
        assert_eq!(settled(&[32_000, 1_100, 32_000, 1_000, 32_000]), [98_100]);
        assert_eq!(settled(&[32_000, 32_000, 500]), [500, 64_000]);
        assert_eq!(settled(&[]), [0; 0]);
        assert_eq!(settled(&[1]), [1]);
    }

    #[test]
    fn small_segments_wait_for_more() {
        assert_eq!(settled(&[100; 7]), [100; 7]);
        assert_eq!(settled(&[100; 8]), [800]);
        assert_eq!(settled(&[1_200, 700]), [700, 1_200]);
        assert_eq!(settled(&[1_200, 800]), [2_000]);
    }

    #[test]
    fn large_segments_stay_as_they_are() {
        let most = SEARCH_SEGMENT_DOCUMENTS_MAX + 1;
        assert_eq!(settled(&[most, most]), [most, most]);
        assert_eq!(settled(&[20_000, 41_000]), [20_000, 41_000]);
        assert_eq!(settled(&[20_000, 40_000]), [60_000]);
    }

    #[test]
    fn deleted_documents_leave() {
        for (deleted, rewritten) in [(250, 0), (251, 1), (1_000, 1)] {
            let mut sizes = sizes(&[1_000, 50_000]);
            sizes[0].deleted = deleted;
            let expected: Vec<SegmentId> = sizes.iter().take(rewritten).map(|one| one.id).collect();
            assert_eq!(chosen(sizes), expected);
        }
    }

    proptest! {
        #[test]
        fn few_segments_are_left(documents in prop::collection::vec(1_u64..200_000, 0..60)) {
            let left = settled(&documents);
            prop_assert_eq!(left.iter().sum::<u64>(), documents.iter().sum::<u64>());
            let large = left.iter().filter(|one| **one >= SEARCH_SMALL_SEGMENT_DOCUMENTS).count();
            // Each is larger than twice all before it.
            prop_assert!(large <= 10 && left.len() < large + SEARCH_SMALL_SEGMENTS, "{left:?}");
        }
    }
}
