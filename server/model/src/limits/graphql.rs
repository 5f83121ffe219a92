//! Limits of GraphQL.

/// Longest document of a GraphQL request, in bytes; variables are beside it.
pub const GRAPHQL_DOCUMENT_BYTES_MAX: usize = 32 * 1_024;
/// Deepest nesting of brackets in a document.
pub const GRAPHQL_BRACKETS_MAX: usize = 64;
/// Deepest nesting of fields: the usual query for a schema has 15.
pub const GRAPHQL_DEPTH_MAX: usize = 16;
/// Most fields of a document, those of fragments counted wherever they are used.
pub const GRAPHQL_FIELDS_MAX: usize = 1_000;
/// Most fields of the root of one operation.
pub const GRAPHQL_ROOT_FIELDS_MAX: usize = 20;
/// Most aliases of a document, counted like fields.
pub const GRAPHQL_ALIASES_MAX: usize = 50;
/// Most directives of a document, counted like fields.
pub const GRAPHQL_DIRECTIVES_MAX: usize = 50;
/// Most operations of a document.
pub const GRAPHQL_OPERATIONS_MAX: usize = 20;
/// Most lists of a schema that a query for it follows, one in the other.
pub const GRAPHQL_INTROSPECTION_LISTS_MAX: usize = 1;
/// Most values in one answer: records, each as often as it is shown, times the fields selected of
/// them.
pub const GRAPHQL_VALUES_MAX: usize = 500_000;
/// Deepest nesting of objects in a `where`.
pub const GRAPHQL_CONDITION_DEPTH_MAX: usize = 16;
/// Operations that go on at the same time on one WebSocket.
pub const GRAPHQL_SOCKET_OPERATIONS_MAX: usize = 100;
/// Outcomes of all operations of a WebSocket that wait to be written.
pub const GRAPHQL_SOCKET_WAITING_MAX: usize = 16;
/// Longest id of an operation on a WebSocket, in bytes.
pub const GRAPHQL_OPERATION_ID_BYTES_MAX: usize = 128;
/// Longest message of a client on a WebSocket, in bytes.
pub const GRAPHQL_SOCKET_MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// Longest time until a client on a WebSocket says who it is, in seconds.
pub const GRAPHQL_SOCKET_INIT_SECONDS_MAX: u64 = 10;
/// Longest time without a word on an event stream of a subscription, in seconds.
pub const GRAPHQL_PING_SECONDS: u64 = 15;
