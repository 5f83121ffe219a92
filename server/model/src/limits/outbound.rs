//! Limits of what reaches out: requests to other servers, the outbox, webhooks.

/// Ports of public addresses that outbound requests may go to; the configuration can add others.
pub const OUTBOUND_PORTS: [u16; 2] = [80, 443];
/// Longest time until an outbound connection is made, in seconds.
pub const OUTBOUND_CONNECT_SECONDS_MAX: u64 = 5;
/// Longest time of an outbound request, from looking its name up to the end of the answer, in
/// seconds.
pub const OUTBOUND_SECONDS_MAX: u64 = 10;
/// Addresses of one name that are tried.
pub const OUTBOUND_ADDRESSES_TRIED_MAX: usize = 4;
/// Most headers of an answer to an outbound request.
pub const OUTBOUND_HEADERS_MAX: usize = 100;
/// Largest head of an answer to an outbound request, in bytes.
pub const OUTBOUND_HEADER_BYTES_MAX: usize = 64 * 1024;
/// Deliveries of one line (one webhook) that may wait; further changes are noted as missed.
pub const OUTBOX_LINE_WAITING_MAX: usize = 10_000;
/// Most bytes that the waiting deliveries of one line tell.
pub const OUTBOX_LINE_BYTES_MAX: u64 = 64 << 20;
/// Most bytes that all waiting deliveries tell.
pub const OUTBOX_BYTES_MAX: u64 = 256 << 20;
/// Deliveries of one line that are tried at the same time.
pub const OUTBOX_LINE_AT_ONCE_MAX: usize = 4;
/// How often a delivery is tried before it is given up: for about three days.
pub const OUTBOX_ATTEMPTS_MAX: u32 = 16;
/// Pause after the first attempt that failed, in milliseconds.
pub const OUTBOX_RETRY_FIRST_MILLISECONDS: i64 = 2_000;
/// How much longer each pause is than the one before.
pub const OUTBOX_RETRY_FACTOR: i64 = 3;
/// Longest pause between two attempts, in milliseconds.
pub const OUTBOX_RETRY_MILLISECONDS_MAX: i64 = 12 * 3_600 * 1_000;
/// How far a pause may be from its length, in percent of it.
pub const OUTBOX_RETRY_JITTER_PERCENT: u32 = 20;
/// Longest pause that a receiver can ask for, in milliseconds.
pub const OUTBOX_RETRY_WAIT_MILLISECONDS_MAX: i64 = 24 * 3_600 * 1_000;
/// Pause before an attempt that could not be noted is made again, in milliseconds.
pub const OUTBOX_UNSAVED_MILLISECONDS: i64 = 60 * 1_000;
/// Delivered deliveries of one line that are kept.
pub const OUTBOX_DELIVERED_MAX: usize = 200;
/// Most bytes that the delivered deliveries of one line tell.
pub const OUTBOX_DELIVERED_BYTES_MAX: u64 = 4 << 20;
/// Dead letters of one line that are kept.
pub const OUTBOX_DEAD_MAX: usize = 1_000;
/// Most bytes that the dead letters of one line tell.
pub const OUTBOX_DEAD_BYTES_MAX: u64 = 16 << 20;
/// Random characters in the id of a delivery.
pub const OUTBOX_ID_CHARS: usize = 8;
/// Longest reason of a failed attempt that is kept, in characters.
pub const OUTBOX_ERROR_CHARS_MAX: usize = 500;
/// Deliveries that one step of removing a line removes.
pub const OUTBOX_FORGET_STEP: usize = 100;
/// Longest time from one look for deliveries that are due to the next, in milliseconds.
pub const OUTBOX_LOOK_MILLISECONDS: u64 = 1_000;
/// Longest time that attempts under way may take once the server stops, in seconds.
pub const OUTBOX_STOP_SECONDS_MAX: u64 = 5;
/// Most webhooks.
pub const WEBHOOKS_MAX: usize = 100;
/// Longest name of a webhook, in characters.
pub const WEBHOOK_NAME_CHARS_MAX: usize = 255;
/// Most headers that a webhook adds.
pub const WEBHOOK_HEADERS_MAX: usize = 20;
/// Longest name or value of a header that a webhook adds, in bytes.
pub const WEBHOOK_HEADER_BYTES_MAX: usize = 1_024;
/// Length of the secret of a webhook, in bytes.
pub const WEBHOOK_SECRET_BYTES: usize = 32;
/// How long a secret that was replaced goes on signing unless something else is asked for, in
/// seconds.
pub const WEBHOOK_SECRET_GRACE_SECONDS_DEFAULT: i64 = 24 * 3_600;
/// Longest time that a secret that was replaced goes on signing, in seconds.
pub const WEBHOOK_SECRET_GRACE_SECONDS_MAX: i64 = 30 * 24 * 3_600;
/// Largest body of a delivery, in bytes; of a larger record only the id is told.
pub const WEBHOOK_BODY_BYTES_MAX: usize = 1 << 20;
/// What a webhook missed that is told apart; further ones are added to the last.
pub const WEBHOOK_GAPS_MAX: usize = 20;
/// Log entries that are read together to find what webhooks are to be told.
pub const WEBHOOK_FOLLOW_ENTRIES: usize = 100;
/// Log entries that are read together to find the state of a record after a change.
pub const WEBHOOK_LOOK_AHEAD_ENTRIES: usize = 1_000;
/// Deliveries that are made in one commit.
pub const WEBHOOK_COMMIT_DELIVERIES: usize = 100;
/// Most bytes of the deliveries of one commit, unless a single one is larger.
pub const WEBHOOK_COMMIT_BYTES: usize = 1 << 20;
/// Time from one save of the position of webhooks in the change log to the next where nothing is
/// delivered, in milliseconds.
pub const WEBHOOK_SAVE_MILLISECONDS: u64 = 5_000;
/// Pause before the change log is followed again after that failed, in milliseconds.
pub const WEBHOOK_PAUSE_MILLISECONDS: u64 = 1_000;
/// How long the state of a record is looked for before the change counts as missed, in seconds.
pub const WEBHOOK_STATE_SECONDS_MAX: u64 = 10;
