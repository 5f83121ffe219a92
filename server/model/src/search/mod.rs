//! Full-text search as pure functions: what a collection lets be searched, what a search text
//! means, and how text becomes words.
//!
//! - Nothing here knows an index. What is found is decided on records, so the same functions serve
//!   the index, the ranking and the highlights.
//! - What is analysed for the index and what is analysed for a search goes through the same folding
//!   and the same stems.

mod analysis;
mod check;
mod distance;
mod facet;
mod facet_range;
mod fold;
mod language;
mod options;
mod path;
mod query;
mod read;
mod stop_words;
mod value;
mod words;

pub use analysis::{Analyser, Scratch, Token, visible_text};
pub use distance::Spelling;
pub use facet::{Buckets, Facet, FacetValue, Period, facets};
pub use facet_range::{FacetRange, RangeEnd};
pub use fold::fold;
pub use language::Language;
pub use options::{Mode, RankBy, SearchField, SearchOptions, Synonyms, TypoOptions};
pub use path::{Hop, Rename, SearchMention, SearchPath};
pub use query::{Clause, SearchQuery, SearchQueryError, Wanted};
