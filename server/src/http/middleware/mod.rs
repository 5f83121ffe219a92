//! What surrounds every request, one file each; `http/mod.rs` puts them in order.
//!
//! Each is generic over the endpoint inside it, so the chain is one future without boxes.

mod access_log;
mod catch_panic;
mod compression;
mod cookies;
mod envelopes;
mod headers;
mod meters;
mod rate_limits;
mod request_id;
mod request_log;
mod superuser_addresses;

pub(crate) use access_log::AccessLog;
pub(crate) use catch_panic::CatchPanic;
pub(crate) use compression::Compression;
#[cfg(feature = "dashboard")]
pub(crate) use compression::{accepts_gzip, gzip, is_text};
pub(crate) use cookies::Cookies;
pub(crate) use envelopes::Envelopes;
pub(crate) use headers::{Framable, Headers};
pub(crate) use meters::{Meters, Metrics};
pub(crate) use rate_limits::RateLimits;
pub(crate) use request_id::{RequestIds, request_id};
pub(crate) use request_log::{Asker, RequestLogs};
pub(crate) use superuser_addresses::SuperuserAddresses;
