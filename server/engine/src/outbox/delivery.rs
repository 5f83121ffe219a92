//! What a delivery is, and what can become of it.

use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Whose deliveries have a turn of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    /// What carries them, such as `webhook`.
    pub kind: String,
    /// Whose they are, such as the id of a webhook.
    pub owner: String,
}

/// Something to deliver.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// Whose it is.
    pub line: Line,
    /// Deliveries of the same line and lane go one after another; one without waits for none.
    pub lane: Option<String>,
    /// What it is about, such as `record.created`.
    pub event: String,
    /// What is told.
    pub body: Vec<u8>,
}

/// One delivery, without what it tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its place in the order of all deliveries.
    pub number: u64,
    /// What the receiver knows it by, the same in every attempt.
    pub id: String,
    /// Whose it is.
    pub line: Line,
    /// See [`NewDelivery::lane`].
    pub lane: String,
    /// See [`NewDelivery::event`].
    pub event: String,
    /// When it was made, in milliseconds since 1970.
    #[serde(with = "milliseconds")]
    pub made: Timestamp,
    /// How much it tells, in bytes.
    pub bytes: u64,
    /// What has become of it.
    pub state: State,
    /// How often it was tried, since it was made or replayed.
    pub attempts: u32,
    /// How the last attempt ended.
    pub last: Option<Attempt>,
}

/// What has become of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It is to be tried.
    Waiting {
        /// Not before.
        #[serde(with = "milliseconds")]
        due: Timestamp,
    },
    /// It was taken.
    Delivered,
    /// It was given up.
    Dead,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it ended.
    #[serde(with = "milliseconds")]
    pub at: Timestamp,
    /// How long it took.
    pub milliseconds: u64,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// Why it failed, where it did.
    pub error: Option<String>,
}

/// What a courier says of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempted {
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// Why it failed, where it did.
    pub error: Option<String>,
    /// What is to become of the delivery.
    pub verdict: Verdict,
}

/// What is to become of a delivery after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was taken, and is kept for a while.
    Delivered,
    /// It was taken, and nothing of it is kept.
    Gone,
    /// It is to be tried again, not before so many milliseconds where the receiver asked for that.
    Retry {
        /// What the receiver asked for.
        wait: Option<i64>,
    },
    /// It is of no use to try again.
    GiveUp,
}

impl State {
    /// One word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

pub(crate) mod milliseconds {
    //! A time as its milliseconds since 1970.

    use luge_model::timestamp::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the form that serde takes"
    )]
    pub(crate) fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(time.0)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(from).map(Timestamp)
    }
}
