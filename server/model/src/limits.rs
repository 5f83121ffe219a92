//! Every limit of the product, with its unit. No other file holds a number with a unit.

mod factors;
mod files;
mod graphql;
mod machines;
mod mail;
mod oauth;
mod outbound;
mod realtime;
mod search;
mod search_index;
mod sign_ins;
mod storage;

pub use factors::*;
pub use files::*;
pub use graphql::*;
pub use machines::*;
pub use mail::*;
pub use oauth::*;
pub use outbound::*;
pub use realtime::*;
pub use search::*;
pub use search_index::*;
pub use sign_ins::*;
pub use storage::*;

/// Most comparisons in one filter (contract §3.1).
pub const FILTER_COMPARISONS_MAX: usize = 200;
/// Longest filter text of a client, in characters (contract §3.1).
pub const FILTER_CHARS_MAX: usize = 3_500;
/// Deepest nesting of parentheses in a filter.
pub const FILTER_DEPTH_MAX: usize = 32;
/// Most sort keys (contract §3.1).
pub const SORT_KEYS_MAX: usize = 8;
/// Longest sort key, in characters (contract §3.1).
pub const SORT_KEY_CHARS_MAX: usize = 255;
/// Records on a page when none is asked for (contract §1.2).
pub const PER_PAGE_DEFAULT: usize = 30;
/// Most records on a page; more is clamped (contract §1.2).
pub const PER_PAGE_MAX: usize = 1_000;
/// Memory of one argon2id password hash, in KiB.
pub const PASSWORD_HASH_MEMORY_KIB: u32 = 19 * 1_024;
/// Passes of one argon2id password hash over its memory.
pub const PASSWORD_HASH_PASSES: u32 = 2;
/// Lanes of one argon2id password hash.
pub const PASSWORD_HASH_LANES: u32 = 1;
/// Length of a password hash's salt, in bytes.
pub const PASSWORD_SALT_BYTES: usize = 16;
/// Most memory that a stored argon2 hash may ask for, in KiB; hashes that ask for more never match.
pub const PASSWORD_VERIFY_MEMORY_KIB_MAX: u32 = 64 * 1_024;
/// Most passes that a stored argon2 hash may ask for.
pub const PASSWORD_VERIFY_PASSES_MAX: u32 = 10;
/// Highest cost of a stored bcrypt hash (2 to the power of it, in rounds).
pub const PASSWORD_VERIFY_BCRYPT_COST_MAX: u32 = 15;
/// Password hashes computed at the same time.
pub const HASHING_AT_ONCE_MAX: usize = 4;
/// Password hashes that may wait for their turn; more is answered with "busy".
pub const HASHING_WAITING_MAX: usize = 256;
/// Length of a generated record id, in characters (contract §2.1).
pub const RECORD_ID_CHARS: usize = 15;
/// Length of a generated token key, in characters (contract §2.3).
pub const TOKEN_KEY_CHARS: usize = 50;
/// Length of a generated token secret of a collection, in characters (contract §2.6: 30 to 255).
pub const TOKEN_SECRET_CHARS: usize = 50;
/// Deepest nesting of function calls in a filter (contract §3.1).
pub const FILTER_CALL_DEPTH_MAX: usize = 3;
/// Most relations that one path crosses (contract §3.1).
pub const RELATION_HOPS_MAX: usize = 6;
/// Most records that one request looks at, related ones included.
pub const QUERY_ROWS_MAX: u64 = 5_000_000;
/// Longest time that one request looks at records, in milliseconds.
pub const QUERY_MS_MAX: u64 = 15_000;
/// How many records are looked at between two looks at the clock.
pub const QUERY_CLOCK_ROWS: u64 = 1_024;
/// Longest cursor of a list, in bytes of its text: a request line of 8 KiB has room for it.
pub const CURSOR_BYTES_MAX: usize = 4_096;
/// Length of the key that seals cursors, in bytes (256 bits).
pub const SEAL_KEY_BYTES: usize = 32;
/// Most records that a rule looked up and that are guarded in the commit it allowed.
pub const RULE_GUARDS_MAX: usize = 128;
/// Most values of one side of a comparison that the test of a rule shows.
pub const TRACE_VALUES_MAX: usize = 20;
/// Records that the test of a rule shows of those that can be seen.
pub const RULE_SAMPLE_RECORDS: usize = 10;
/// Most saved tests of rules of one collection.
pub const RULE_TESTS_MAX: usize = 200;
/// Longest name of a saved test of a rule, in characters.
pub const RULE_TEST_NAME_CHARS_MAX: usize = 200;
/// Largest saved test of a rule, in bytes of its JSON.
pub const RULE_TEST_BYTES_MAX: usize = 64 * 1_024;
/// Most groups that one aggregation tells apart.
pub const AGGREGATE_GROUPS_MAX: usize = 10_000;
/// Most bytes of keys and of least and greatest values that one aggregation holds.
pub const AGGREGATE_BYTES_MAX: usize = 16 * 1_048_576;
/// Most values that one aggregation computes for each group, beside the count.
pub const AGGREGATE_COLUMNS_MAX: usize = 16;
/// Most combinations of values that the paths of one aggregation lead to from one record.
pub const AGGREGATE_WAYS_MAX: usize = 10_000;
/// Most records that one update or delete by filter concerns; one page of a list.
pub const BULK_RECORDS_MAX: usize = PER_PAGE_MAX;
/// Most arguments of `strftime` (contract §3.1).
pub const FILTER_STRFTIME_ARGUMENTS_MAX: usize = 10;
/// Shortest half of a token's signing key, in characters (contract §2.3 and §2.6).
pub const TOKEN_KEY_CHARS_MIN: usize = 30;
/// Longest token that is looked at, in bytes.
pub const TOKEN_BYTES_MAX: usize = 4_096;
/// Most that is read of what belongs to one auth record beside its fields; each kind has less.
pub const BELONGINGS_MAX: usize = 10_000;
/// How exactly it is known when a belonging was used last, in milliseconds.
pub const BELONGING_USE_MILLISECONDS: i64 = 5 * 60 * 1_000;
/// How often belongings that ended are removed, in milliseconds.
pub const BELONGINGS_TEND_MILLISECONDS: i64 = 60 * 60 * 1_000;
/// Sessions of one record; the one that was used least lately makes room for a new one.
pub const SESSIONS_MAX: usize = 100;
/// How long a session goes on at most, however often its token is refreshed, in seconds.
pub const SESSION_SECONDS_MAX: i64 = 365 * 86_400;
/// Passkeys of one record.
pub const PASSKEYS_MAX: usize = 20;
/// How long registering or using a passkey may take, in milliseconds.
pub const PASSKEY_CEREMONY_MILLISECONDS: i64 = 5 * 60 * 1_000;
/// How long ago one may have signed in to change how one signs in, in milliseconds.
pub const FRESH_SIGN_IN_MILLISECONDS: i64 = 5 * 60 * 1_000;
/// Longest name of a passkey, in characters.
pub const PASSKEY_NAME_CHARS_MAX: usize = 100;
/// Where the pages of one collection may ask for passkeys.
pub const PASSKEY_ORIGINS_MAX: usize = 50;
/// Characters of the id of a session.
pub const SESSION_ID_CHARS: usize = 20;
/// Longest description that a client gives of itself that is kept, in characters.
pub const DEVICE_CHARS_MAX: usize = 255;
/// Longest identity and password of a sign-in, in bytes (contract §1.3).
pub const SIGN_IN_BYTES_MAX: usize = 255;

/// Longest beginning of a text in a key, in bytes; longer texts are cut and hashed.
pub const TEXT_KEY_BYTES_MAX: usize = 1_024;
/// Commits that may wait; more are refused as busy.
pub const COMMIT_QUEUE_MAX: usize = 4_096;
/// Most commits in one group: applying a group stalls every read.
pub const COMMIT_GROUP_MAX: usize = 128;
/// Most bytes of keys and values in one group, unless a single commit is larger.
pub const COMMIT_GROUP_BYTES_MAX: usize = 1_048_576;
/// Longest time a commit group may take, in seconds; then the process is aborted.
pub const COMMIT_HANG_SECONDS_MAX: u64 = 10;
/// Time between two flushes when commits do not wait for them, in milliseconds.
pub const RELAXED_FLUSH_MILLISECONDS: u64 = 200;
/// Room on the disk below which only deletes are accepted, in bytes.
pub const DISK_RESERVE_BYTES: u64 = 64 * 1_048_576;
/// Shortest time between two looks at the room on the disk, in milliseconds.
pub const DISK_CHECK_MILLISECONDS: u64 = 100;
/// Largest value in one piece where an engine cannot hold larger ones, in bytes.
pub const CHUNK_BYTES_MAX: usize = 65_536;
/// The engine's cache, in bytes, unless it is set.
pub const CACHE_BYTES_DEFAULT: u64 = 256 * 1_048_576;
/// Longest wait for the threads of a database that this process closed, in milliseconds.
pub const SLED_CLOSING_MILLISECONDS_MAX: u64 = 10_000;
/// Time between two looks whether they ended, in milliseconds.
pub const SLED_CLOSING_LOOK_MILLISECONDS: u64 = 5;
/// Serial numbers that are reserved at a time.
pub const SERIAL_BLOCK: u64 = 1_048_576;
/// Announcements a live listener may lag behind; then it reads the log.
pub const ANNOUNCEMENTS_MAX: usize = 1_024;
/// Most log entries kept, unless a follower still needs them.
pub const LOG_ENTRIES_MAX: u64 = 1_000_000;
/// Most bytes of log entries kept, unless a follower still needs them.
pub const LOG_BYTES_MAX: u64 = 1_073_741_824;
/// Oldest log entry kept, in milliseconds, unless a follower still needs it.
pub const LOG_AGE_MILLISECONDS_MAX: i64 = 30 * 24 * 3_600 * 1_000;
/// How many times the limits a follower may hold the log back before it has to start over.
pub const LOG_HOLD_FACTOR: u64 = 2;
/// Log entries that one step of trimming removes.
pub const LOG_TRIM_STEP: usize = 100;
/// Time from one look for jobs that are due to the next, in milliseconds.
pub const JOB_LOOK_MILLISECONDS: u64 = 1_000;
/// Time from the start of the server to the first run of a job, in milliseconds.
pub const JOB_FIRST_MILLISECONDS: i64 = 5_000;
/// Time from one trimming of the change log to the next, in milliseconds.
pub const LOG_TRIM_PERIOD_MILLISECONDS: i64 = 10 * 60 * 1_000;
/// Time from one look for what removed collections left to the next, in milliseconds.
pub const DEPARTED_PERIOD_MILLISECONDS: i64 = 60 * 1_000;
/// Replaced values that are kept for one reader of the store as it was at one moment, in bytes.
pub const FROZEN_BYTES_MAX: usize = 512 << 20;
/// Keys that one step of a scan of the store reads while it holds back commits.
pub const STORE_PAGE_KEYS: usize = 1_000;
/// What a mirrored record costs beside its own bytes, in bytes (measured, rounded up).
pub const MIRROR_RECORD_OVERHEAD_BYTES: u64 = 160;
/// What a mirrored reference costs in memory, in bytes.
pub const MIRROR_REFERENCE_BYTES: u64 = 16;
/// What a record that mirrored references name costs beside its id, in bytes.
pub const MIRROR_TARGET_OVERHEAD_BYTES: u64 = 96;
/// Bytes of records that are mirrored in memory when nothing else is configured.
pub const MIRROR_BYTES_DEFAULT: u64 = 256 << 20;
/// An index is used on a mirrored collection only when it leaves at most one in so many records.
pub const INDEX_SHARE_MIN: usize = 16;
/// A list that looked at fewer records misses no index.
pub const INDEX_ADVICE_RECORDS_MIN: u64 = 500;
/// Most candidates that are gathered before they are looked at; more are read as they come.
pub const CANDIDATES_MAX: usize = 65_536;
/// Candidates that are so few that no other way of finding them is better.
pub const CANDIDATES_FEW: usize = 256;
/// Index entries that may be read for each candidate that they might rule out: reading a record
/// from the store costs about as much.
pub const INTERSECTION_ENTRIES: usize = 4;
/// Candidates from which on it pays to compare them with another index.
pub const INTERSECTION_CANDIDATES_MIN: usize = 64;
/// Most indexes whose entries are compared to find candidates.
pub const INTERSECTION_INDEXES_MAX: usize = 3;
/// Index entries that may be read in the order of a list before going through a mirrored collection
/// is thought cheaper, however small it is.
pub const INDEX_WALK_ENTRIES_MIN: usize = 128;
/// Related records of which one request keeps what a part of its filter answered.
pub const JOIN_ANSWERS_MAX: usize = 65_536;
/// Records of a mirrored collection that tell about how many an index range leaves.
pub const SAMPLE_RECORDS: usize = 64;
/// How many times too much an index range must leave in a sample before it is not read at all.
pub const SAMPLE_MARGIN: usize = 3;
/// How often a write is planned before it gives up because what it stands on keeps changing.
pub const WRITE_ATTEMPTS_MAX: usize = 8;
/// Locks that writers of single records share by hash.
pub const WRITE_TURNS: usize = 1_024;
/// Most records that one delete may change or remove by cascade in one commit.
pub const CASCADE_RECORDS_MAX: usize = 1_000;
/// Length of the code that makes the first superuser, in hexadecimal digits (128 bits).
pub const SETUP_CODE_CHARS: usize = 32;
/// How long a setup code works, in milliseconds.
pub const SETUP_CODE_MILLISECONDS: i64 = 30 * 60 * 1_000;
/// Time from one look for another setup code to the next, in milliseconds.
pub const SETUP_LOOK_MILLISECONDS: u64 = 5_000;
/// Wrong setup codes after which the right one ends and another is made.
pub const SETUP_WRONG_CODES_MAX: usize = 100;
/// Bytes of a password that bcrypt looks at.
pub const PASSWORD_BCRYPT_BYTES_MAX: usize = 72;

/// Longest field name, in characters (contract §2.2).
pub const FIELD_NAME_CHARS_MAX: usize = 100;
/// Longest field id, in characters (contract §2.1).
pub const FIELD_ID_CHARS_MAX: usize = 100;
/// Longest help text of a field, in characters (contract §2.2).
pub const FIELD_HELP_CHARS_MAX: usize = 300;
/// Longest text of a text field without `max`, in characters (contract §2.2).
pub const TEXT_CHARS_MAX: usize = 5_000;
/// Largest text of an editor field without `maxSize`, in bytes (contract §2.2).
pub const EDITOR_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Largest value of a json field without `maxSize`, in bytes (contract §2.2).
pub const JSON_BYTES_MAX: usize = 1024 * 1024;
/// Largest file of a file field without `maxSize`, in bytes (contract §2.2).
pub const FILE_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Longest password of a password field without `max`, in characters (contract §2.2).
pub const PASSWORD_CHARS_MAX: i64 = 71;
/// Least and greatest cost of a password hash in a definition (contract §2.2).
pub const PASSWORD_COST_MIN: i64 = 4;
/// See [`PASSWORD_COST_MIN`].
pub const PASSWORD_COST_MAX: i64 = 31;
/// Largest compiled pattern, in bytes.
pub const PATTERN_BYTES_MAX: usize = 1024 * 1024;
/// Deepest nesting of a pattern.
pub const PATTERN_NESTING_MAX: u32 = 64;
/// Longest generated text, in bytes.
pub const GENERATED_TEXT_BYTES_MAX: usize = 5_000;
/// How many generated texts a definition is tried with.
pub const AUTOGENERATE_SAMPLES: usize = 20;
/// Longest URL, in characters.
pub const URL_CHARS_MAX: usize = 2_082;
/// Deepest nesting of submitted JSON.
pub const JSON_DEPTH_MAX: usize = 128;
/// Longest `expand` parameter, in characters.
pub const EXPAND_CHARS_MAX: usize = 3_500;
/// Relations that a path of an `expand` parameter follows (contract §3.4).
pub const EXPAND_DEPTH_MAX: usize = 6;
/// Records that one back relation of one record is expanded to (contract §3.4).
pub const BACK_RELATION_RECORDS_MAX: usize = 1_000;
/// Related records in one answer, each counted as often as it is written.
pub const EXPANDED_RECORDS_MAX: u64 = 100_000;
/// Related records in one answer, in bytes of their encoded form.
pub const EXPANDED_BYTES_MAX: u64 = 64 << 20;
/// Deepest path in a `fields` parameter.
pub const FIELDS_DEPTH_MAX: usize = 32;
/// Longest index text, in characters.
pub const INDEX_TEXT_CHARS_MAX: usize = 5_000;
/// Most columns of one index.
pub const INDEX_COLUMNS_MAX: usize = 16;
/// Deepest nesting of parentheses in the condition of a partial index.
pub const INDEX_CONDITION_DEPTH_MAX: usize = 16;
/// How long a new collection's sign-in tokens are valid, in seconds (contract §5.1).
pub const AUTH_TOKEN_SECONDS_DEFAULT: i64 = 432_000;
/// The same for `_superusers`.
pub const SUPERUSER_TOKEN_SECONDS_DEFAULT: i64 = 86_400;
/// How long password reset tokens are valid, in seconds.
pub const PASSWORD_RESET_TOKEN_SECONDS_DEFAULT: i64 = 1_800;
/// How long address change tokens are valid, in seconds.
pub const EMAIL_CHANGE_TOKEN_SECONDS_DEFAULT: i64 = 1_800;
/// How long verification tokens are valid, in seconds.
pub const VERIFICATION_TOKEN_SECONDS_DEFAULT: i64 = 86_400;
/// How long tokens for protected files are valid, in seconds.
pub const FILE_TOKEN_SECONDS_DEFAULT: i64 = 180;
/// Shortest and longest validity of any token, in seconds (contract §2.6).
pub const TOKEN_SECONDS: (i64, i64) = (10, 94_670_856);
/// Fewest and most characters of a token secret that is sent (contract §2.6).
pub const TOKEN_SECRET_CHARS_RANGE: (usize, usize) = (30, 255);
/// Time between two factors, in seconds.
pub const MFA_SECONDS_DEFAULT: i64 = 600;
/// How long a one-time code is valid, in seconds.
pub const OTP_SECONDS_DEFAULT: i64 = 180;
/// Shortest and longest validity of a one-time code and of the first factor, in seconds.
pub const OTP_SECONDS: (i64, i64) = (10, 86_400);
/// Digits of a one-time code.
pub const OTP_LENGTH_DEFAULT: i64 = 8;
/// Fewest digits of a one-time code.
pub const OTP_LENGTH_MIN: i64 = 4;
/// Longest name of a collection, in characters (contract §2.1).
pub const COLLECTION_NAME_CHARS_MAX: usize = 255;
/// Longest id of a collection or field, in characters (contract §2.1).
pub const COLLECTION_ID_CHARS_MAX: usize = 100;
/// Most fields of a collection.
pub const FIELDS_MAX: usize = 500;
/// Most indexes of a collection.
pub const INDEXES_MAX: usize = 64;
/// Pause of work in the background where the queue of writes is full, in milliseconds.
pub const BACKGROUND_BUSY_MILLISECONDS: u64 = 50;
/// Most bytes of unique values that a change plan holds to compare them; beyond, it says that it
/// is not complete.
pub const PLAN_UNIQUE_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Most pairs of records with the same values that a change plan shows for one index.
pub const PLAN_EXAMPLES_MAX: usize = 5;
/// Pause of the clean-up job where the queue of writes is full, in milliseconds.
pub const CLEANUP_BUSY_MILLISECONDS: u64 = 50;
/// Longest text of the application's settings, in characters.
pub const SETTING_CHARS_MAX: usize = 255;
/// Entries of a dump that are read from the store and written together, in bytes.
pub const DUMP_CHUNK_BYTES: usize = 256 * 1_024;
/// Largest chunk of a dump that is read, in bytes; one value is never cut.
pub const DUMP_CHUNK_BYTES_MAX: u64 = 256 << 20;
/// Longest name of a backup, in characters (contract §1.7).
pub const BACKUP_NAME_CHARS_MAX: usize = 150;
/// Most entries of a backup: its files, and a few more.
pub const BACKUP_ENTRIES_MAX: usize = 2_000_000;
/// Largest manifest of a backup, in bytes.
pub const BACKUP_MANIFEST_BYTES_MAX: u64 = 512 << 20;
/// How much larger an entry of a backup may say that it becomes when it is unpacked: more than
/// deflate can do is a lie.
pub const BACKUP_RATIO_MAX: u64 = 1_032;
/// Bytes of files and archives that are copied together.
pub const BACKUP_COPY_BYTES: usize = 256 * 1_024;
/// The store's cache while a backup is loaded beside the live data, in bytes.
pub const BACKUP_LOAD_CACHE_BYTES: u64 = 64 << 20;
/// Time from the end of a restore to the stop of the server, in milliseconds: answers are sent.
pub const RESTART_MILLISECONDS: u64 = 200;
/// Most findings that a check of a data folder lists; further ones are counted.
pub const FINDINGS_MAX: usize = 1_000;
/// How many times its content a store takes on the disk.
pub const STORE_GROWTH: u64 = 4;
/// How far the sequence of a restored database is ahead of what anybody was told before: what is
/// committed while a backup is being restored stays behind it.
pub const RESTORE_SEQUENCES: u64 = 1 << 32;
/// Automatic backups that are kept.
pub const BACKUPS_KEPT_DEFAULT: i64 = 3;
/// Most requests of one batch.
pub const BATCH_REQUESTS_DEFAULT: i64 = 50;
/// Largest body of one batch where the settings leave it open, in bytes.
pub const BATCH_BODY_BYTES_DEFAULT: u64 = 128 * 1024 * 1024;
/// How long the answer to a request with an idempotency key is kept, in milliseconds.
pub const KEPT_ANSWER_MILLISECONDS: i64 = 24 * 60 * 60 * 1_000;
/// Longest answer that is kept, in bytes.
pub const KEPT_ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How often old kept answers are removed, in milliseconds.
pub const KEPT_ANSWERS_PERIOD_MILLISECONDS: i64 = 10 * 60 * 1_000;
/// How many old kept answers are removed in one commit.
pub const KEPT_ANSWERS_STEP: usize = 100;
/// Longest idempotency key, in characters.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;
/// Most changes of records in one batch, with those that are deleted along.
pub const BATCH_CHANGES_MAX: usize = 10_000;
/// Longest time of one batch, in seconds.
pub const BATCH_SECONDS_DEFAULT: i64 = 3;
/// Days that request logs are kept.
pub const LOG_DAYS_DEFAULT: i64 = 5;
/// Expired codes and first factors that one step of removing them takes.
pub const EXPIRED_REMOVED_AT_ONCE: usize = 100;
/// Time from one writing of request logs to the next, in milliseconds.
pub const REQUEST_LOG_PERIOD_MILLISECONDS: u64 = 1_000;
/// Most answered requests that wait to be logged; more are counted and lost.
pub const REQUEST_LOG_WAITING_MAX: usize = 65_536;
/// Most bytes of answered requests that wait to be logged.
pub const REQUEST_LOG_WAITING_BYTES_MAX: usize = 32 << 20;
/// So many that wait are written before their time has come.
pub const REQUEST_LOG_WAITING_MANY: usize = 16_384;
/// Bytes of entries that are packed together, before compression.
pub const REQUEST_LOG_PACK_BYTES: usize = 128 * 1_024;
/// Longest time between the first and the last entry of a pack, in milliseconds.
pub const REQUEST_LOG_PACK_MILLISECONDS_MAX: i64 = 5_000;
/// Bytes of packs that one step of reading request logs takes from the store.
pub const REQUEST_LOG_READ_BYTES: usize = 1 << 20;
/// Most bytes of packed request logs; the oldest beyond are removed.
pub const REQUEST_LOG_BYTES_MAX: u64 = 1 << 30;
/// Packs that one step of removing request logs takes.
pub const PACKS_REMOVED_AT_ONCE: usize = 100;
/// Longest address in a request log, in characters.
pub const REQUEST_LOG_URL_CHARS_MAX: usize = 3_000;
/// Longest header in a request log, in characters.
pub const REQUEST_LOG_HEADER_CHARS_MAX: usize = 2_000;
/// Longest text of a rule in a request log, in characters.
pub const REQUEST_LOG_RULE_CHARS_MAX: usize = 500;
/// Most rules that are noted of one call beside the one that refused it.
pub const ACCOUNT_RULES_MAX: usize = 8;
/// Most names of what changed that are noted of one call.
pub const CHANGED_NAMES_MAX: usize = 50;
/// Largest data of a request log, in bytes; a setting makes it smaller (contract §5.2).
pub const REQUEST_LOG_DATA_BYTES_DEFAULT: usize = 16 * 1_024;
/// How deep a page of sorted request logs may be, in entries.
pub const REQUEST_LOG_SORTED_MAX: usize = 100_000;
/// Most who watch request logs live.
pub const LOG_TAILS_MAX: usize = 16;
/// Longest time without a word to one who watches request logs, in seconds.
pub const LOG_TAIL_PAUSE_SECONDS_MAX: u64 = 15;
/// Writes of request logs that one who watches may lag behind.
pub const LOG_TAIL_WAITING_MAX: usize = 64;
/// What a sample of the last day covers, in milliseconds: a minute.
pub const HISTORY_FINE_MILLISECONDS: i64 = 60 * 1_000;
/// What a sample of the last month covers, in milliseconds: ten minutes.
pub const HISTORY_COARSE_MILLISECONDS: i64 = 10 * 60 * 1_000;
/// How long samples of minutes are kept, in milliseconds: a day.
pub const HISTORY_FINE_AGE_MILLISECONDS: i64 = 24 * 3_600 * 1_000;
/// How long samples of ten minutes are kept, in milliseconds: 30 days.
pub const HISTORY_COARSE_AGE_MILLISECONDS: i64 = 30 * 24 * 3_600 * 1_000;
/// Most samples in one answer.
pub const HISTORY_SAMPLES_MAX: i64 = 1_500;
/// Largest pack of samples, in bytes before compression.
pub const HISTORY_PACK_BYTES_MAX: u64 = 4 << 20;
/// Largest preferences of one superuser, in bytes of JSON.
pub const PREFERENCES_BYTES_MAX: usize = 64 * 1_024;
/// Least time that a failed sign-in takes, in milliseconds; longer than one hash of any usual kind.
pub const SIGN_IN_FAILURE_MILLISECONDS: u64 = 250;

/// Largest JSON array that is imported, in bytes: it is read whole.
pub const IMPORT_JSON_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Longest line of an imported file with one JSON object per line, in bytes.
pub const IMPORT_LINE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Records of an import that are written together.
pub const IMPORT_BATCH_RECORDS: usize = 100;
/// Most rejected rows that an import lists; further ones are counted.
pub const IMPORT_REJECTED_MAX: usize = 1_000;
/// Bytes of records of an import that are written together, unless a single one is larger.
pub const IMPORT_BATCH_BYTES: usize = 256 * 1024;
/// Writes of an import that may wait for the disk while further ones are prepared.
pub const IMPORT_BATCHES_WAITING_MAX: usize = 16;
/// Length of the nonce in front of settings that PocketBase encrypted, in bytes.
pub const POCKETBASE_NONCE_BYTES: usize = 12;
/// Files that an import copies at the same time.
pub const IMPORT_FILES_AT_ONCE: usize = 4;
/// Largest request body, in bytes (contract §0: 32 MiB).
pub const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Longest time a request body may take to arrive, in seconds (contract §0).
pub const BODY_READ_SECONDS_MAX: u64 = 300;
/// Longest time request headers may take to arrive, in seconds; also how long an idle connection
/// is kept (contract §0).
pub const HEADER_READ_SECONDS_MAX: u64 = 60;
/// Largest request line with headers, in bytes.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Most connections at one time; more wait to be accepted.
pub const CONNECTIONS_MAX: usize = 20_000;
/// How much of an IPv6 address stands for one client where clients are counted, in bits.
pub const CLIENT_PREFIX_BITS_V6: u8 = 64;
/// Parts of the counters of rate limits that are locked one by one.
pub const RATE_LIMIT_SHARDS: usize = 64;
/// Clients and rules that one part counts at one time (about 100 bytes each); the one that was
/// counted least makes room for another.
pub const RATE_LIMIT_SHARD_WINDOWS_MAX: usize = 4_096;
/// Longest window of a rate limit, in seconds: a year.
pub const RATE_LIMIT_SECONDS_MAX: i64 = 366 * 24 * 3_600;
/// Longest header with addresses of clients that is looked at, in bytes.
pub const FORWARDED_BYTES_MAX: usize = 4_096;
/// Longest request id that is taken over from a client, in bytes.
pub const REQUEST_ID_BYTES_MAX: usize = 64;
/// Smallest answer that is compressed, in bytes: the first flight of a TCP connection, ten
/// segments of 1,460 bytes.
pub const COMPRESS_BYTES_MIN: usize = 14_600;
/// Longest time running requests may take after the server was told to stop, in seconds.
pub const SHUTDOWN_SECONDS_MAX: u64 = 10;
/// Lists and scans that run at one time, for each processor.
pub const SCANS_PER_PROCESSOR: usize = 4;
/// Longest line on the control socket, in bytes.
pub const CONTROL_LINE_BYTES_MAX: u64 = 1024 * 1024;
/// Longest time a command waits for the running server, in seconds.
pub const CONTROL_SECONDS_MAX: u64 = 60;
/// How often types that follow the collections are looked at, in milliseconds.
pub const TYPES_WATCH_MILLISECONDS: u64 = 1_000;
/// Largest file of types that is taken from a server, in bytes.
pub const TYPES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest static file that is sent in one piece, in bytes; larger ones are streamed.
pub const STATIC_FILE_BYTES_WHOLE: u64 = 256 * 1024;
/// How much of a body that nobody wants is read, in bytes; a longer one ends the connection.
pub const BODY_READ_AWAY_BYTES: usize = 1024 * 1024;
/// For how long that is read, in seconds.
pub const BODY_READ_AWAY_SECONDS_MAX: u64 = 5;
