//! Samples in the store: those of one resolution packed into one value for each hour or day.
//!
//! A value is a version byte and the deflated JSON of pairs: the place of a sample in its pack, and
//! the sample.

use std::io::{Read as _, Write as _};
use std::ops::ControlFlow;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use luge_model::limits::{
    HISTORY_COARSE_AGE_MILLISECONDS, HISTORY_COARSE_MILLISECONDS, HISTORY_FINE_AGE_MILLISECONDS,
    HISTORY_FINE_MILLISECONDS, HISTORY_PACK_BYTES_MAX, PACKS_REMOVED_AT_ONCE,
};
use luge_model::timestamp::Timestamp;

use super::sample::Sample;
use crate::commit::Proposal;
use crate::error::{Error, Result};
use crate::store::{Direction, Key, Store, StoreError, key};

const VERSION: u8 = 1;

/// How fine samples are, and for how long they are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolution {
    number: u8,
    step: i64,
    pack: i64,
    age: i64,
}

/// A sample for each minute, packed by hour.
pub(super) const FINE: Resolution = Resolution {
    number: 1,
    step: HISTORY_FINE_MILLISECONDS,
    pack: 60 * HISTORY_FINE_MILLISECONDS,
    age: HISTORY_FINE_AGE_MILLISECONDS,
};

/// A sample for each ten minutes, packed by day.
pub(super) const COARSE: Resolution = Resolution {
    number: 2,
    step: HISTORY_COARSE_MILLISECONDS,
    pack: 144 * HISTORY_COARSE_MILLISECONDS,
    age: HISTORY_COARSE_AGE_MILLISECONDS,
};

/// The samples of a pack, each with its place.
type Places = Vec<(u16, Sample)>;

impl Resolution {
    /// Adds what was measured to its step.
    pub(super) fn add(
        self,
        store: &dyn Store,
        measured: &Sample,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let begin = measured.at.0.div_euclid(self.pack) * self.pack;
        let key = key::metric_samples(self.number, Timestamp(begin));
        let mut places = match store.get(&key)? {
            Some(bytes) => decode(&key, &bytes)?,
            None => Places::new(),
        };
        let place = u16::try_from((measured.at.0 - begin) / self.step).unwrap_or(u16::MAX);
        match places.binary_search_by_key(&place, |(known, _)| *known) {
            Ok(found) => {
                if let Some((_, sample)) = places.get_mut(found) {
                    sample.merge(measured);
                }
            }
            Err(gap) => places.insert(gap, (place, measured.clone())),
        }
        proposal.puts.push((key, encode(&places)?));
        Ok(())
    }

    /// Removes the packs that are too old.
    pub(super) fn forget(
        self,
        store: &dyn Store,
        now: Timestamp,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let oldest = Timestamp(now.0 - self.age - self.pack);
        let old = key::metric_samples_range(self.number, Timestamp(0), oldest);
        let limit = PACKS_REMOVED_AT_ONCE;
        store.scan(&old, Direction::Forward, limit, &mut |key, _| {
            proposal.deletes.push(key.to_vec());
            ControlFlow::Continue(())
        })?;
        Ok(())
    }

    /// The samples whose steps begin between two moments, in the order of time.
    pub(super) fn read(
        self,
        store: &dyn Store,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Sample>> {
        let first = Timestamp(from.0.div_euclid(self.pack) * self.pack);
        let range = key::metric_samples_range(self.number, first, to);
        let mut packs: Vec<(Key, Vec<u8>)> = Vec::new();
        store.scan(&range, Direction::Forward, usize::MAX, &mut |key, value| {
            packs.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })?;
        let from = from.0.div_euclid(self.step) * self.step;
        let mut samples = Vec::new();
        for (key, bytes) in packs {
            let begin = key::metric_samples_begin(&key).unwrap_or_default();
            for (place, sample) in decode(&key, &bytes)? {
                let at = Timestamp(begin.0 + i64::from(place) * self.step);
                if at.0 >= from && at <= to {
                    samples.push(Sample { at, ..sample });
                }
            }
        }
        Ok(samples)
    }
}

fn encode(places: &Places) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(places).map_err(StoreError::unwritable)?;
    let mut encoder = DeflateEncoder::new(vec![VERSION], Compression::fast());
    let packed = encoder.write_all(&json).and_then(|()| encoder.finish());
    Ok(packed.map_err(StoreError::unwritable)?)
}

fn decode(key: &[u8], bytes: &[u8]) -> Result<Places> {
    let damaged = |reason: String| Error::Store(StoreError::damaged(key, reason));
    let Some((&VERSION, deflated)) = bytes.split_first() else {
        return Err(damaged(format!(
            "the samples are not of version {VERSION}, which this program reads"
        )));
    };
    let mut json = Vec::new();
    DeflateDecoder::new(deflated)
        .take(HISTORY_PACK_BYTES_MAX)
        .read_to_end(&mut json)
        .map_err(|error| damaged(error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))
}
