//! Limits of full-text search: what a collection may define and what a query may ask.

/// Most searched fields of one collection.
pub const SEARCH_FIELDS_MAX: usize = 50;
/// Longest path of a searched field, in characters.
pub const SEARCH_PATH_CHARS_MAX: usize = 255;
/// Most relations that the path of a searched field crosses.
pub const SEARCH_HOPS_MAX: usize = 1;
/// Highest weight of a searched field; the lowest is 1.
pub const SEARCH_WEIGHT_MAX: u8 = 10;
/// Most words of one collection that have synonyms.
pub const SEARCH_SYNONYMS_MAX: usize = 1_000;
/// Most synonyms of one word.
pub const SEARCH_SYNONYMS_OF_WORD_MAX: usize = 20;
/// Most stop words of one collection beside those of its languages, and most words that are never
/// taken for a typing error.
pub const SEARCH_WORDS_MAX: usize = 500;
/// Longest synonym, stop word or word that is never taken for a typing error, in characters.
pub const SEARCH_WORD_CHARS_MAX: usize = 100;
/// Most fields that hits of the same relevance are ordered by.
pub const SEARCH_RANK_BY_MAX: usize = 5;
/// Letters from which a word may have a typing error, unless a collection says otherwise.
pub const SEARCH_ONE_TYPO_LETTERS_DEFAULT: u8 = 4;
/// Letters from which a word may have two typing errors, unless a collection says otherwise.
pub const SEARCH_TWO_TYPOS_LETTERS_DEFAULT: u8 = 8;
/// Longest text of a search, in bytes.
pub const SEARCH_QUERY_BYTES_MAX: usize = 2_048;
/// Most words of a search, those in phrases included; of a text without spaces, most pairs of
/// characters.
pub const SEARCH_QUERY_WORDS_MAX: usize = 64;
/// Longest word that is searched for whole, in bytes; longer ones are cut to it.
pub const SEARCH_TERM_BYTES_MAX: usize = 64;
/// Longest value that is searched for as one word, in bytes; longer ones are cut to it.
pub const SEARCH_KEYWORD_BYTES_MAX: usize = 255;
/// Words of one language whose stems one thread remembers.
pub const SEARCH_STEMS_KEPT: usize = 8_192;
/// Most facets of one list.
pub const FACETS_MAX: usize = 10;
/// Longest text that names the facets of a list, in bytes.
pub const FACETS_BYTES_MAX: usize = 4_096;
/// Most ranges of one facet.
pub const FACET_RANGES_MAX: usize = 20;
/// Most values of one facet that are answered.
pub const FACET_VALUES_MAX: usize = 100;
/// Most bytes of values that the facets of one list tell apart, with what is noted of each.
pub const FACET_VALUE_BYTES_MAX: usize = 16 << 20;
/// Hits whose values are counted unless all hits are counted.
pub const FACET_HITS_MAX: usize = 10_000;
/// Most words that are suggested.
pub const SUGGESTIONS_MAX: usize = 10;
/// Records whose words are read for suggestions.
pub const SUGGESTION_RECORDS_MAX: usize = 500;
/// Bytes of texts after which no further record is read for suggestions.
pub const SUGGESTION_TEXT_BYTES_MAX: usize = 8 << 20;
/// Different words that are told apart for suggestions; further ones are passed over.
pub const SUGGESTION_WORDS_MAX: usize = 10_000;
/// Ways in which one word is written that are told apart; further ones are passed over.
pub const SUGGESTION_SPELLINGS_MAX: usize = 16;
/// Most collections that one search names.
pub const SEARCHED_COLLECTIONS_MAX: usize = 100;
/// Hits of each collection that a search of many answers, unless it asks for another number.
pub const PER_COLLECTION_DEFAULT: usize = 5;
/// Most hits of each collection that a search of many answers.
pub const PER_COLLECTION_MAX: usize = 50;
