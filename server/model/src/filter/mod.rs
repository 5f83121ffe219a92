//! The filter language: text → tokens → [`Expr`] → [`Filter`] → true or false for a record.
//!
//! Rules and client filters are this one language, one parser, one evaluator (contract §3).
