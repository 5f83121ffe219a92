//! How the server reaches out: the implementations of the engine's traits for the world outside.

mod destination;
mod fetch;
pub(crate) mod s3;
mod smtp;
mod target;

pub(crate) use destination::Destinations;
pub(crate) use fetch::Fetcher;
pub(crate) use smtp::Smtp;

#[cfg(test)]
mod tests;
