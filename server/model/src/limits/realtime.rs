//! Limits of realtime messages.

/// Most clients that realtime messages are sent to at one time; an idle one takes some
/// 12 KiB.
pub const REALTIME_CLIENTS_MAX: usize = 16_000;
/// Length of the id of a realtime client, in characters (contract §1.5).
pub const REALTIME_CLIENT_ID_CHARS: usize = 40;
/// Longest client id that is looked for, in bytes (contract §1.5).
pub const REALTIME_CLIENT_ID_BYTES_MAX: usize = 255;
/// Most topics of one realtime client (contract §1.5).
pub const REALTIME_TOPICS_MAX: usize = 1_000;
/// Longest topic with its options, in bytes (contract §1.5).
pub const REALTIME_TOPIC_BYTES_MAX: usize = 2_500;
/// Most bytes of topics of all realtime clients together.
pub const REALTIME_TOPICS_BYTES_MAX: usize = 64 << 20;
/// What each word of a search in a topic counts as among [`REALTIME_TOPICS_BYTES_MAX`]: it is kept
/// ready to be compared with, in bytes.
pub const REALTIME_SEARCH_WORD_BYTES: usize = 1_536;
/// Most messages that wait for one realtime client; one that reads slower is dropped.
pub const REALTIME_WAITING_MESSAGES_MAX: usize = 4_096;
/// Most bytes of messages that wait for one realtime client, unless a single one is larger.
pub const REALTIME_WAITING_BYTES_MAX: usize = 4 << 20;
/// Longest time without a message after which a realtime connection ends, in seconds
/// (contract §1.5).
pub const REALTIME_IDLE_SECONDS_MAX: u64 = 5 * 60;
/// Longest time that a realtime connection lives, in seconds (contract §1.5).
pub const REALTIME_SECONDS_MAX: u64 = 30 * 60;
/// Log entries that are read together for a realtime client that goes on from where it was.
pub const REALTIME_REPLAY_ENTRIES: usize = 64;
/// Most states of records that are found again in the log by what came after them, about 32 bytes
/// each; beyond, the log is searched again.
pub const REALTIME_REPLAY_REVISIONS_MAX: usize = 1 << 20;
/// Largest message of a client on a WebSocket, in bytes.
pub const REALTIME_SOCKET_MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// What is kept for reading from each WebSocket, in bytes.
pub const REALTIME_SOCKET_BUFFER_BYTES: usize = 1024;
/// Most messages that a client says on a WebSocket within [`REALTIME_SOCKET_WINDOW_SECONDS`].
pub const REALTIME_SOCKET_MESSAGES_MAX: usize = 200;
/// See [`REALTIME_SOCKET_MESSAGES_MAX`], in seconds.
pub const REALTIME_SOCKET_WINDOW_SECONDS: u64 = 10;
/// After how long a silent client on a WebSocket is asked whether it is there, in seconds; one that
/// does not answer in the same time is not.
pub const REALTIME_SOCKET_PING_SECONDS: u64 = 30;
/// How long messages are gathered for a realtime client that was just told something, in
/// milliseconds.
pub const REALTIME_GATHER_MILLISECONDS: u64 = 10;
/// Most definitions of channels.
pub const CHANNEL_DEFINITIONS_MAX: usize = 100;
/// Longest name of a channel, and longest pattern of a definition, in bytes.
pub const CHANNEL_NAME_BYTES_MAX: usize = 200;
/// Most channels that one realtime client asks to be in.
pub const CHANNELS_PER_CLIENT_MAX: usize = 100;
/// What a topic that asks for a channel counts as among [`REALTIME_TOPICS_BYTES_MAX`], beside its
/// text: its seat with what it announces.
pub const CHANNEL_SEAT_BYTES: usize = 1_024;
/// Longest name of what is told to a channel, in characters.
pub const CHANNEL_EVENT_CHARS_MAX: usize = 100;
/// Largest payload of a message to a channel, as JSON, in bytes.
pub const CHANNEL_PAYLOAD_BYTES_MAX: usize = 60 * 1024;
/// Length of the id of a member of a channel, in characters.
pub const CHANNEL_MEMBER_ID_CHARS: usize = 20;
/// Largest state that a member of a channel announces, as JSON, in bytes.
pub const PRESENCE_STATE_BYTES_MAX: usize = 1_024;
/// Most members of a channel that are listed with their states.
pub const PRESENCE_MEMBERS_MAX: usize = 1_000;
/// How long changes of who is present are gathered, in milliseconds.
pub const PRESENCE_GATHER_MILLISECONDS: u64 = 100;
/// How soon after a commit the members of channels are asked again whether they may be there, in
/// seconds, where no message asks earlier.
pub const CHANNEL_REVIEW_SECONDS: u64 = 1;
/// The same while nothing is committed: tokens end by themselves.
pub const CHANNEL_REVIEW_IDLE_SECONDS: u64 = 15;
/// Which part of its time one thread spends at most on asking again: one in so many.
pub const CHANNEL_REVIEW_SHARE: u32 = 10;
