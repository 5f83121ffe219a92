//! Every limit of the product, with its unit. No other file holds a number with a unit.

/// Most comparisons in one filter (contract §3.1).
pub const FILTER_COMPARISONS_MAX: usize = 200;
/// Longest filter text of a client, in characters (contract §3.1).
pub const FILTER_CHARS_MAX: usize = 3_500;
/// Deepest nesting of parentheses in a filter.
pub const FILTER_DEPTH_MAX: usize = 32;
/// Most sort keys (contract §3.1).
pub const SORT_KEYS_MAX: usize = 8;
/// Longest sort key, in characters (contract §3.1).
pub const SORT_KEY_CHARS_MAX: usize = 255;
/// Records on a page when none is asked for (contract §1.2).
pub const PER_PAGE_DEFAULT: usize = 30;
/// Most records on a page; more is clamped (contract §1.2).
pub const PER_PAGE_MAX: usize = 1_000;
