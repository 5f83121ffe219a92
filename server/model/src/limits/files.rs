//! Limits of files: names, storage, uploads, previews.

use super::CHUNK_BYTES_MAX;

/// Longest stem of a stored file name, in characters (contract §1.6).
pub const FILE_NAME_CHARS_MAX: usize = 100;
/// Shortest stem of a stored file name; shorter ones get random characters (contract §1.6).
pub const FILE_NAME_CHARS_MIN: usize = 3;
/// Random characters in a stored file name (contract §1.6).
pub const FILE_NAME_RANDOM_CHARS: usize = 10;
/// Longest extension of a stored file name, in characters (contract §1.6).
pub const FILE_EXTENSION_CHARS_MAX: usize = 20;
/// Time from one look for files that no record names any more to the next, in milliseconds.
pub const FILES_TEND_MILLISECONDS: i64 = 1_000;
/// Time from one comparison of all files with all records to the next, in milliseconds.
pub const FILES_SWEEP_MILLISECONDS: i64 = 24 * 3_600 * 1_000;
/// How long a storage of files that cannot be reached is left alone, in milliseconds.
pub const FILES_REST_MILLISECONDS: i64 = 60 * 1_000;
/// Log entries that are read together when files are removed that commits dropped.
pub const FILES_FOLLOW_ENTRIES: usize = 100;
/// Bytes of a file in one value of the database, where files are kept there; with their checksum
/// they fill what every engine takes in one piece.
pub const BLOB_CHUNK_BYTES: usize = CHUNK_BYTES_MAX - 4;
/// Such values that are written or removed in one commit.
pub const BLOB_COMMIT_CHUNKS: usize = 8;
/// Files that are listed in one step where they are kept in the database.
pub const BLOB_LIST_KEYS: usize = 500;
/// Bytes of a file that are sent to a bucket together; a larger file is sent in such parts.
pub const S3_PART_BYTES: u64 = 8 * 1024 * 1024;
/// Parts of one file; S3 takes no more than 10,000.
pub const S3_PARTS_MAX: u64 = 9_000;
/// Longest time until a bucket's server takes a connection, in seconds.
pub const S3_CONNECT_SECONDS_MAX: u64 = 10;
/// Longest time that a bucket's server says nothing, in seconds.
pub const S3_READ_SECONDS_MAX: u64 = 60;
/// Longest time that sending a part to a bucket takes with all its attempts, in seconds.
pub const S3_SECONDS_MAX: u64 = 120;
/// The same for every other call of a bucket.
pub const S3_CALL_SECONDS_MAX: u64 = 30;
/// How often a failed call of a bucket is tried again.
pub const S3_RETRIES_MAX: usize = 2;
/// Bytes at the beginning of an open file in a bucket that are kept in memory.
pub const S3_BEGINNING_BYTES: u64 = 8 * 1024;
/// Longest reason of a bucket that is told, in characters.
pub const S3_REASON_CHARS_MAX: usize = 200;
/// Length of the id of an upload that is received piece by piece, in characters (186 bits).
pub const UPLOAD_ID_CHARS: usize = 36;
/// How long such an upload waits to be named by a record, in milliseconds.
pub const UPLOAD_MILLISECONDS: i64 = 24 * 3_600 * 1_000;
/// Such uploads of one caller that no record has named yet; guests are counted by address.
pub const UPLOADS_CALLER_MAX: usize = 32;
/// The bytes that those are to have together.
pub const UPLOADS_CALLER_BYTES_MAX: u64 = 16 << 30;
/// Such uploads of all callers.
pub const UPLOADS_MAX: usize = 1_000;
/// The bytes that those are to have together.
pub const UPLOADS_BYTES_MAX: u64 = 128 << 30;
/// Longest wait for another request that works on the same upload, in milliseconds.
pub const UPLOAD_TURN_MILLISECONDS_MAX: u64 = 5_000;
/// Time between two looks whether it has ended, in milliseconds.
pub const UPLOAD_TURN_LOOK_MILLISECONDS: u64 = 20;
/// Longest time in which no byte of an upload comes, in seconds.
pub const UPLOAD_IDLE_SECONDS_MAX: u64 = 60;
/// Longest time that one request may go on with an upload, in seconds.
pub const UPLOAD_SECONDS_MAX: u64 = 3_600;
/// Largest description of such an upload, in bytes.
pub const UPLOAD_METADATA_BYTES_MAX: usize = 4_096;
/// Bytes of an upload that are written to the disk together.
pub const UPLOAD_WRITE_BYTES: usize = 256 * 1024;
/// Most parts of a multipart body.
pub const MULTIPART_PARTS_MAX: usize = 1_000;
/// Largest header of a part of a multipart body, in bytes.
pub const MULTIPART_HEADER_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a file that are read from the disk together when it is sent.
pub const FILE_READ_BYTES: usize = 256 * 1024;
/// The size of previews that every file field has (contract §1.6).
pub const PREVIEW_SIZE_ALWAYS: &str = "100x100";
/// Memory that all previews take which are made at the same time, in bytes.
pub const PREVIEW_MEMORY_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Previews that are made at the same time.
pub const PREVIEW_AT_ONCE_MAX: u64 = 4;
/// Largest file of which a preview is made, in bytes.
pub const PREVIEW_IMAGE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Longest time that a preview waits to be made, in seconds (contract §1.6); then the image itself
/// is sent.
pub const PREVIEW_WAIT_SECONDS_MAX: u64 = 60;
/// Previews that cannot be made and are remembered as such.
pub const PREVIEW_FAILURES_KEPT: usize = 10_000;
/// Quality of previews in JPEG, of 100.
pub const PREVIEW_JPEG_QUALITY: u8 = 90;
/// Quality of images in WebP, of 100.
pub const PREVIEW_WEBP_QUALITY: f32 = 80.0;
/// Longest side of an image in WebP, in pixels.
pub const PREVIEW_WEBP_SIDE_MAX: u32 = 16_383;
/// Quality of images in AVIF, of 100; what WebP looks like at 80.
pub const PREVIEW_AVIF_QUALITY: f32 = 70.0;
/// How little the encoder of AVIF tries, of 10.
pub const PREVIEW_AVIF_SPEED: u8 = 10;
/// Largest image in AVIF, in pixels: about two seconds of one core, once.
pub const PREVIEW_AVIF_PIXELS_MAX: u32 = 4_000_000;
