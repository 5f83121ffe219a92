//! Limits of surveys of what is stored, and of databases whose definitions are read.

/// Time from the end of one survey of what is stored to the next, in milliseconds.
pub const SURVEY_PERIOD_MILLISECONDS: i64 = 6 * 3_600 * 1_000;
/// Entries that a survey reads in one step, while which commits wait.
pub const SURVEY_STEP_ENTRIES: usize = 500;
/// Bytes after which such a step ends earlier.
pub const SURVEY_STEP_BYTES: u64 = 1024 * 1024;
/// How long a survey goes on before other jobs have their turn, in milliseconds.
pub const SURVEY_TURN_MILLISECONDS: u64 = 400;
/// Largest database of another server whose definitions are read, in bytes; all of it is sent,
/// since only the database itself knows where in it they are.
pub const DEFINITIONS_DATABASE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Longest body with such a database and what surrounds it, in bytes.
pub const DEFINITIONS_BODY_BYTES_MAX: u64 = DEFINITIONS_DATABASE_BYTES_MAX + 1024 * 1024;
/// Largest value of such a database that is looked at, in bytes.
pub const DEFINITIONS_VALUE_BYTES_MAX: i32 = 16 * 1024 * 1024;
/// Most definitions that are read of it.
pub const DEFINITIONS_MAX: usize = 5_000;
/// All of them together, in bytes.
pub const DEFINITIONS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long reading them may take, in milliseconds.
pub const DEFINITIONS_READ_MILLISECONDS: u64 = 20_000;
