//! Limits of the index of full-text search: how it is kept, and how much a search reads of it.

/// Memory of the writer of the index, in bytes.
pub const SEARCH_WRITER_BYTES: usize = 32 << 20;
/// Threads of the writer of the index.
pub const SEARCH_WRITER_THREADS: usize = 1;
/// Least time from one commit of the index to the next, in milliseconds.
pub const SEARCH_COMMIT_MILLISECONDS: u64 = 250;
/// The same while nothing but old records is added, in milliseconds.
pub const SEARCH_FILL_COMMIT_MILLISECONDS: u64 = 2_000;
/// How often the index is brought up to date, in milliseconds.
pub const SEARCH_TICK_MILLISECONDS: u64 = 50;
/// Pause before the index is opened again after it failed, in milliseconds.
pub const SEARCH_PAUSE_MILLISECONDS: u64 = 1_000;
/// Log entries that are read together to bring the index up to date.
pub const SEARCH_FOLLOW_ENTRIES: usize = 200;
/// Old records that are added together before the log is looked at again.
pub const SEARCH_FILL_RECORDS: usize = 500;
/// Time from one removal of deleted texts from the disk to the next, in seconds.
pub const SEARCH_PURGE_SECONDS: u64 = 600;
/// Documents from which on a segment of the index is no small one.
pub const SEARCH_SMALL_SEGMENT_DOCUMENTS: u64 = 2_000;
/// Small segments that are put together, unless their documents are enough before.
pub const SEARCH_SMALL_SEGMENTS: usize = 8;
/// Most documents of a segment that is still put together with others.
pub const SEARCH_SEGMENT_DOCUMENTS_MAX: u64 = 10_000_000;
/// Words of one field of one record that are searched; the rest of a longer text is not.
pub const SEARCH_FIELD_WORDS_MAX: u32 = 60_000;
/// How far the last word of one value of a field stands from the first of the next, in words.
pub const SEARCH_VALUE_GAP: u32 = 16;
/// Distance of two words from which on it counts no more, in words.
pub const SEARCH_NEAR_WORDS: u32 = 8;
/// Places of one word in one record that are looked at.
pub const SEARCH_PLACES_MAX: usize = 64;
/// Places of words that count as one record that is looked at, where a search reads or compares
/// them.
pub const SEARCH_PLACES_A_ROW: u64 = 16;
/// Words that a word of a search is expanded to and that are read side by side, the most frequent
/// ones; the places of the rest are gathered at once.
pub const SEARCH_SIDE_BY_SIDE: usize = 8;
/// Memory for what words of searches were expanded to lately, in bytes.
pub const SEARCH_EXPANSIONS_BYTES_MAX: usize = 32 << 20;
/// The same for one word in one part of the index; what takes more is found anew each time.
pub const SEARCH_EXPANSION_BYTES_MAX: usize = 512 << 10;
/// Memory for the words of searched collections, in bytes; what does not fit in is read from the
/// disk by each search.
pub const SEARCH_VOCABULARIES_BYTES_MAX: usize = 128 << 20;
/// Hits from which on a search is not made more tolerant.
pub const SEARCH_HITS_ENOUGH: usize = 20;
/// Hits that are counted unless all are asked for.
pub const SEARCH_TOTAL_MAX: usize = 1_000;
/// Hits beside the page whose order is found out together.
pub const SEARCH_STEP: usize = 64;
/// Longest highlighted snippet, in bytes of the text it is from.
pub const SEARCH_SNIPPET_BYTES: usize = 240;
/// Time from one save of the position in the change log to the next where nothing of it concerns
/// the index, in milliseconds.
pub const SEARCH_SAVE_MILLISECONDS: u64 = 5_000;
/// Longest time that a search waits for the index, in milliseconds.
pub const SEARCH_WAIT_MILLISECONDS: u64 = 5_000;
/// Records from which on a collection's words are gone through for a `~` filter; of fewer, all are
/// looked at.
pub const SEARCH_CONTAINING_RECORDS_MIN: usize = 2_000;
/// Shortest run of letters and digits that words are gone through for, in bytes.
pub const SEARCH_CONTAINING_BYTES_MIN: usize = 3;
/// Most commits that the index is behind for its words to be gone through for a `~` filter.
pub const SEARCH_CONTAINING_BEHIND: usize = 256;
