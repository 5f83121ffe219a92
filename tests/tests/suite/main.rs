//! Everything that is proved over HTTP and by reading the sources.
//!
//! `LUGE_BIN=/path/to/pocketbase cargo test -p luge-tests` runs the same tables against the real
//! PocketBase; rows about what only Luge does are left out there.

mod access;
mod api;
mod auth;
mod backups;
mod config;
mod disk;
mod limits;
mod machines;
mod realtime;
mod routes;
mod startup;
mod tidy;
mod types;
mod webhooks;
mod wire;
