//! What can go wrong, said in the engine's words. The HTTP layer alone decides status and code.

use luge_model::invalid::Violations;

use crate::store::{CommitError, StoreError};

/// The result of an engine call.
pub type Result<T> = std::result::Result<T, Error>;

/// What an action was going to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make something.
    Create,
    /// Change something.
    Update,
    /// Remove something.
    Delete,
}

/// What a call acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A collection.
    Collection,
    /// A record.
    Record,
    /// The settings.
    Settings,
    /// A webhook.
    Webhook,
    /// A backup.
    Backup,
}

/// Why a call did not do what was asked. It changed nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// There is no such collection.
    #[error("missing collection")]
    MissingCollection,
    /// There is no such record, or the caller may not know that there is.
    #[error("missing record")]
    MissingRecord,
    /// The collection is not an auth collection, or missing.
    #[error("missing auth collection")]
    MissingAuthCollection,
    /// The rule is locked: superusers only.
    #[error("only superusers may do this")]
    SuperusersOnly,
    /// A sign-in is needed.
    #[error("a sign-in is needed")]
    SignInNeeded,
    /// The caller is signed in, but not as what is needed.
    #[error("{0}")]
    Forbidden(String),
    /// The create rule does not hold for the would-be record, or submitted data is refused.
    #[error("failed to {action:?} {subject:?}")]
    Refused {
        /// What was going to happen.
        action: Action,
        /// To what.
        subject: Subject,
        /// Why, by field; empty when a rule said no.
        violations: Violations,
        /// An explanation for `message`, when fields cannot carry it.
        reason: Option<String>,
    },
    /// A filter, sort or fields text is wrong; the message names the place and what was expected.
    #[error("{0}")]
    BadQuery(String),
    /// Answering would look at too much; the message says at what.
    #[error("{0}")]
    TooCostly(String),
    /// The key of a request that is to be carried out once stands for another one.
    #[error("the key was used for another request")]
    KeyReused,
    /// A request of a batch failed, and so all of them.
    #[error("request {index} of a batch: {error}")]
    BatchFailed {
        /// Which one, from 0.
        index: usize,
        /// Why.
        error: Box<Error>,
    },
    /// The request makes no sense; the message says why.
    #[error("{0}")]
    BadRequest(String),
    /// There is no such session, or no longer.
    #[error("missing session")]
    MissingSession,
    /// There is no such passkey, or no longer.
    #[error("missing passkey")]
    MissingPasskey,
    /// There is no such API key, or no longer.
    #[error("missing API key")]
    MissingApiKey,
    /// There is no such cron.
    #[error("missing cron")]
    MissingCron,
    /// There is no such realtime client, or no longer.
    #[error("missing realtime client")]
    MissingClient,
    /// There is no such channel, or it is not open to the caller.
    #[error("missing channel")]
    MissingChannel,
    /// More realtime clients or topics than the server keeps.
    #[error("the server has as many realtime clients as it can serve")]
    TooManyClients,
    /// The sign-in is the first of two. That is what has happened, and that what proved it was
    /// used.
    #[error("a second factor is needed")]
    SecondFactorNeeded {
        /// What the second one names.
        id: String,
        /// Whether it must be one of the account's authenticator app, or a recovery code.
        by_app: bool,
    },
    /// Too many tries were wrong: the next one may be made after so many seconds.
    #[error("too many wrong tries")]
    TooManyTries {
        /// How long to wait.
        seconds: u64,
    },
    /// One-time codes of the account were tried too often; new ones can be tried after a while.
    #[error("too many tries of one-time codes")]
    TooManyCodes {
        /// How long to wait.
        seconds: u64,
    },
    /// As many passwords are being verified as may wait.
    #[error("too many passwords are being verified")]
    TooManyHashes,
    /// Identity or password do not match.
    #[error("failed to authenticate")]
    SignInFailed,
    /// The first superuser cannot be made that way: wrong or expired code, or one exists.
    #[error("{0}")]
    SetupRefused(String),
    /// A dump or backup cannot be used; the message says why.
    #[error("{0}")]
    Unusable(String),
    /// There is no such backup.
    #[error("missing backup")]
    MissingBackup,
    /// Another backup is being made or restored.
    #[error("another backup is being made or restored")]
    BackupRunning,
    /// What the request depends on changed again and again while it was carried out.
    #[error("the data changed while the request was carried out")]
    Contended,
    /// Too many writes are waiting.
    #[error("the server is busy")]
    Busy,
    /// The search index of the collection is being built for the first time.
    #[error("the search index is being built")]
    SearchNotReady,
    /// No room on the disk: reads, deletes and sign-in go on.
    #[error("the disk is full")]
    DiskFull,
    /// An upload that is received piece by piece.
    #[error("{0}")]
    Upload(UploadError),
    /// Where files are kept cannot be reached, or refuses.
    #[error("the storage of files fails: {0}")]
    FilesUnreachable(String),
    /// The bucket in which backups are kept cannot be reached, or refuses; the reason holds no
    /// secret.
    #[error("the bucket of backups cannot be used: {0}")]
    BackupsUnreachable(String),
    /// The files of this database are not where they are wanted.
    #[error("the files of this database are in the {found}, not in the {wanted}")]
    FilesElsewhere {
        /// Where they are.
        found: &'static str,
        /// Where they are wanted.
        wanted: &'static str,
    },
    /// The server is stopping.
    #[error("the server is stopping")]
    Closed,
    /// The server was started with something that cannot be.
    #[error("{reason}")]
    Misconfigured {
        /// What.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// Stored bytes are not what was written.
    #[error("record {id} of collection {collection} is damaged: {reason}")]
    Damaged {
        /// The collection's name.
        collection: String,
        /// The record.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

/// What whoever asks for a channel is told that is not there, or not open to them.
pub const MISSING_CHANNEL: &str = "There is no such channel, or it is not open to you.";

/// Why nothing was done with an upload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// There is none, it is somebody else's, or its time is over.
    #[error("missing upload")]
    Missing,
    /// It has so many bytes, not as many as was said.
    #[error("the upload has {0} bytes")]
    Offset(u64),
    /// It would have more bytes than it may.
    #[error("more than {0} bytes")]
    TooLong(u64),
    /// The bytes do not have the checksum that they came with.
    #[error("the checksum does not match")]
    Checksum,
    /// Another request works on it.
    #[error("another request works on the upload")]
    Busy,
    /// There are as many as there may be; the message says whose.
    #[error("{0}")]
    TooMany(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Guard(_) => Self::Contended,
            CommitError::Busy => Self::Busy,
            CommitError::DiskFull => Self::DiskFull,
            CommitError::Closed => Self::Closed,
            CommitError::Store(error) => Self::Store(error),
        }
    }
}
