//! Who asks for something, when, and with what request: the first argument of every service method.

use luge_model::principal::{Principal, RequestFacts};
use luge_model::timestamp::Timestamp;

/// The circumstances of one call.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The time at which everything in this call happens.
    pub now: Timestamp,
    /// Who asks.
    pub principal: Principal,
    /// What rules may see of the request.
    pub request: RequestFacts,
}
