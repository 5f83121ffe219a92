//! The harness: starts a server on a folder of its own and speaks to it as somebody.
//!
//! Invariants: no test reaches inside the server, everything goes over HTTP or the command line.
//! Each [`Server`] has its own process, port and folder, and is gone when it is dropped. The same
//! harness starts the real PocketBase, so that an expectation can be checked against it.

pub mod answer;
pub mod case;
pub mod events;
pub mod http;
pub mod persona;
pub mod random;
pub mod receiver;
pub mod server;
pub mod socket;
pub mod sources;

pub use answer::Answer;
pub use case::{Case, check};
pub use events::{Event, Events};
pub use persona::{Persona, Requests};
pub use receiver::{Received, Receiver};
pub use server::{Options, Server};
pub use socket::Socket;

/// The Rust that `luge types` writes: that it compiles is what it is here for.
#[expect(missing_docs, reason = "it is written for other crates")]
pub mod written_types {
    // Not by its path, so that nobody formats what was written.
    include!("../../server/src/types/golden/records.rs.txt");
}
