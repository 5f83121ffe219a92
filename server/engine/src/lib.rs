//! What happens: store, commit, catalog, files, records, query, access, auth, mail.
//!
//! Nothing here knows HTTP, a command line or the environment. Modules have ranks: a module uses
//! only modules of lower rank (see `server/ARCHITECTURE.md`); the tidy test enforces it.

pub mod access;
pub mod aggregate;
pub mod auth;
pub mod backup;
pub mod belongings;
pub mod catalog;
pub mod changes;
pub mod clock;
pub mod commit;
pub mod context;
pub mod engine;
pub mod error;
pub mod files;
pub mod identity;
pub mod index;
pub mod jobs;
pub mod mail;
pub mod metric_history;
pub mod mirror;
pub mod outbox;
pub mod outside;

pub mod query;
pub mod random;
pub mod realtime;
pub mod records;
pub mod request_log;

pub mod search;
pub mod secrets;
pub mod settings;
pub mod store;
pub mod survey;
pub mod transfer;
pub mod webhooks;
