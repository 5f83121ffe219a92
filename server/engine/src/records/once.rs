//! Writes that are carried out once, however often they are asked for: the answer is kept under the
//! key that the client chose.
//!
//! - The answer is kept in the commit of the write, so there is one exactly where the write
//!   happened, also after a crash.
//! - A key is its caller's own. Asked again with the same request, the kept answer is given; with
//!   another request nothing happens.
//! - Only what succeeded is kept: a request that was refused may be tried again.
//! - What is older than it is kept counts for nothing, also before a job has removed it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use luge_model::limits::{KEPT_ANSWER_BYTES_MAX, KEPT_ANSWER_MILLISECONDS, KEPT_ANSWERS_STEP};
use luge_model::principal::Principal;
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use super::batch::Deadline;
use super::{BatchRequest, Records};
use crate::access::View;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secrets::{FINGERPRINT_BYTES, Fingerprint};
use crate::store::{CommitError, Direction, Guard, Key, StoreError, key};

const VERSION: u8 = 1;
const HEAD_BYTES: usize = 1 + 8;

/// A request that is to be carried out once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    place: [u8; FINGERPRINT_BYTES],
    request: [u8; FINGERPRINT_BYTES],
}

/// The answer to a request that is carried out once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It was carried out.
    Now(Vec<u8>),
    /// It was carried out before.
    Before(Vec<u8>),
}

/// Makes the answer from what a write shows; it is kept as it is.
pub type Render<'a> = dyn Fn(&[Option<View>]) -> Result<Vec<u8>> + Sync + 'a;

/// A kept answer, and what stands for it being the same.
struct Kept {
    value: Vec<u8>,
    time: Timestamp,
}

/// What a commit says so that its answer is kept.
pub(super) struct Keeping {
    pub(super) guard: Guard,
    pub(super) puts: Vec<(Key, Vec<u8>)>,
}

impl Once {
    /// A request of somebody, under the key that they chose.
    #[must_use]
    pub fn new(principal: &Principal, chosen: &str, request: Fingerprint) -> Self {
        let mut place = Fingerprint::default();
        if let Some(identity) = principal.identity() {
            place.part(identity.collection.id.as_bytes());
            place.part(identity.record.id().as_bytes());
            // What one key may be answered, another one may not.
            if let Some(key) = &identity.key {
                place.part(key.id.as_bytes());
            }
        }
        place.part(chosen.as_bytes());
        Self {
            place: place.finish(),
            request: request.finish(),
        }
    }

    /// What requests with the same key take turns by.
    pub(super) fn turn(&self) -> String {
        self.place
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl Records {
    /// As [`Records::batch`], but only where that was not done before.
    ///
    /// # Errors
    /// As for [`Records::batch`]; [`Error::KeyReused`] where the key stands for another request;
    /// [`Error::BadRequest`] where the answer is too long to be kept.
    pub async fn batch_once(
        &self,
        requests: &[BatchRequest],
        time: Duration,
        once: &Once,
        render: &Render<'_>,
    ) -> Result<Answered> {
        let now = requests.first().map(|request| request.context.now);
        let now = now.unwrap_or_default();
        let answer = Mutex::new(None);
        let keep = |views: &[Option<View>]| {
            let rendered = render(views)?;
            let keeping = self.keeping(once, now, &rendered)?;
            *answer.lock() = Some(rendered);
            Ok(Some(keeping))
        };
        let turn = once.turn();
        let _turns = self.turns_of(requests, Some(&turn)).await;
        let deadline = Deadline::after(time);
        self.write(|| async {
            if let Some(kept) = self.kept(once, now)? {
                return Ok(Some(Answered::Before(kept)));
            }
            match self.attempt_batch(requests, &deadline, &keep).await {
                Ok(done) => Ok(done.and(answer.lock().take()).map(Answered::Now)),
                // It may have been done meanwhile for a client that did not wait for the answer,
                // and then stands in its own way.
                Err(error) => match self.kept(once, now)? {
                    Some(kept) => Ok(Some(Answered::Before(kept))),
                    None => Err(error),
                },
            }
        })
        .await
    }

    /// Makes a record, but only where that was not done before.
    ///
    /// # Errors
    /// As for [`Records::create`] and [`Self::batch_once`].
    pub async fn create_once(
        &self,
        request: BatchRequest,
        once: &Once,
        render: &Render<'_>,
    ) -> Result<Answered> {
        let requests = [request];
        let answered = self.batch_once(&requests, Duration::MAX, once, render);
        answered.await.map_err(|error| match error {
            Error::BatchFailed { error, .. } => *error,
            other => other,
        })
    }

    /// Removes answers that were kept long enough, some at a time; whether none is left.
    ///
    /// # Errors
    /// When the store fails.
    pub fn forget_answers(self: &Arc<Self>, context: &Context) -> Result<bool> {
        let mut proposal = Proposal::default();
        let oldest = Timestamp(context.now.0.saturating_sub(KEPT_ANSWER_MILLISECONDS));
        let mut due = Vec::new();
        let rest = self.reads.scan(
            &key::kept_answers_until(oldest),
            Direction::Forward,
            KEPT_ANSWERS_STEP,
            &mut |key, _| {
                due.push(key.to_vec());
                ControlFlow::Continue(())
            },
        )?;
        for by_time in due {
            let Some(place) = key::kept_answer_of(&by_time) else {
                continue;
            };
            // One that was renewed has another entry by time.
            if let Some(value) = self.reads.get(&place)?
                && decoded(&place, &value)?.0 < oldest
            {
                let prefix = value.get(..HEAD_BYTES).unwrap_or_default().to_vec();
                let key = place.clone();
                proposal.guards.push(Guard::Unchanged { key, prefix });
                proposal.deletes.push(place);
            }
            proposal.deletes.push(by_time);
        }
        if proposal.deletes.is_empty() {
            return Ok(true);
        }
        match self.committer.commit_in_background(&proposal) {
            Ok(_) => Ok(rest.is_none()),
            // One of them was renewed: look again.
            Err(CommitError::Guard(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The answer that is kept for a request.
    fn kept(&self, once: &Once, now: Timestamp) -> Result<Option<Vec<u8>>> {
        let place = key::kept_answer(&once.place);
        let Some(Kept { mut value, .. }) = self.found(&place)?.filter(|kept| kept.counts(now))
        else {
            return Ok(None);
        };
        let (_, request, head) = decoded(&place, &value)?;
        if request != once.request {
            return Err(Error::KeyReused);
        }
        Ok(Some(value.split_off(head)))
    }

    fn found(&self, place: &Key) -> Result<Option<Kept>> {
        let Some(value) = self.reads.get(place)? else {
            return Ok(None);
        };
        let (time, ..) = decoded(place, &value)?;
        Ok(Some(Kept { value, time }))
    }

    fn keeping(&self, once: &Once, now: Timestamp, answer: &[u8]) -> Result<Keeping> {
        if answer.len() > KEPT_ANSWER_BYTES_MAX {
            return Err(Error::BadRequest(format!(
                "The answer is longer than {KEPT_ANSWER_BYTES_MAX} bytes, so it cannot be kept \
                 for the Idempotency-Key. Ask for less of it (fields), or send no key. Nothing was \
                 changed."
            )));
        }
        let place = key::kept_answer(&once.place);
        let guard = match self.found(&place)? {
            // What is there is too old to count.
            Some(Kept { value, .. }) => Guard::Unchanged {
                key: place.clone(),
                prefix: value.get(..HEAD_BYTES).unwrap_or_default().to_vec(),
            },
            None => Guard::Absent(place.clone()),
        };
        let mut value = Vec::with_capacity(HEAD_BYTES + FINGERPRINT_BYTES + answer.len());
        value.push(VERSION);
        value.extend_from_slice(&now.0.to_le_bytes());
        value.extend_from_slice(&once.request);
        value.extend_from_slice(answer);
        let by_time = key::kept_answer_by_time(now, &once.place);
        Ok(Keeping {
            guard,
            puts: vec![(place, value), (by_time, Vec::new())],
        })
    }
}

impl Kept {
    fn counts(&self, now: Timestamp) -> bool {
        now.0.saturating_sub(self.time.0) <= KEPT_ANSWER_MILLISECONDS
    }
}

/// When an answer was kept, for which request, and where it begins.
fn decoded(place: &[u8], value: &[u8]) -> Result<(Timestamp, [u8; FINGERPRINT_BYTES], usize)> {
    let head = || {
        let (version, rest) = value.split_first()?;
        let (time, rest) = rest.split_first_chunk::<8>()?;
        let (request, _) = rest.split_first_chunk::<FINGERPRINT_BYTES>()?;
        let time = Timestamp(i64::from_le_bytes(*time));
        (*version == VERSION).then_some((time, *request, HEAD_BYTES + FINGERPRINT_BYTES))
    };
    head().ok_or_else(|| Error::Store(StoreError::damaged(place, "not a kept answer")))
}

#[cfg(test)]
mod tests;
