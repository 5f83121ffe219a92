//! What things are: values, fields, collections, filters, rules, limits.
//!
//! Nothing here does I/O, reads a clock, draws randomness, starts a thread or knows a storage key.
//! Everything is a pure function of its arguments, so all of it is tested without a server.

pub mod changed;
pub mod channel;
pub mod collection;
pub mod expand;
pub mod field;
pub mod fields_param;
pub mod filter;
mod html;
pub mod id;
pub mod index;
pub mod invalid;
pub mod key_scope;
pub mod labels;
pub mod limits;
pub mod network;
pub mod overlay;
pub mod principal;
pub mod record;
pub mod search;
pub mod sort;
pub mod timestamp;
pub mod value;
