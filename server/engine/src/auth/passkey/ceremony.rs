//! What the server must remember between asking for a passkey and getting it.
//!
//! - The client carries it, sealed: it can neither read nor change it, and whoever only asks makes
//!   the server remember nothing.
//! - It is for one collection, one purpose and, at a registration, one record, and ends soon.
//! - It is used once: the commit that uses it guards that it has not been used.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::limits::PASSKEY_CEREMONY_MILLISECONDS;
use luge_model::timestamp::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::belongings::{self, Kind, Owner};
use crate::commit::Proposal;
use crate::error::{Error, Result};
use crate::secrets::Seal;
use crate::store::Guard;

/// What a ceremony is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Registration,
    SignIn,
}

/// A ceremony as it was sealed.
#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    collection: u32,
    record: String,
    ends: i64,
    state: T,
}

/// A ceremony that a client brought back in time.
pub(super) struct Ceremony<T> {
    pub(super) state: T,
    ends: Timestamp,
    id: String,
}

/// What the client is to bring back.
pub(super) fn begin<T: Serialize>(
    seal: &Seal,
    (purpose, owner): (Purpose, Owner<'_>),
    now: Timestamp,
    state: T,
) -> Result<String> {
    let sealed = Sealed {
        collection: owner.collection.0,
        record: owner.record.to_owned(),
        ends: now.0.saturating_add(PASSKEY_CEREMONY_MILLISECONDS),
        state,
    };
    let plain = serde_json::to_vec(&sealed).ok();
    let bytes = plain.and_then(|plain| seal.seal(purpose.name(), &plain));
    bytes
        .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
        .ok_or(Error::Closed)
}

/// What was begun for this purpose and owner and has not ended.
pub(super) fn resume<T: DeserializeOwned>(
    seal: &Seal,
    (purpose, owner): (Purpose, Owner<'_>),
    now: Timestamp,
    ceremony: &str,
) -> Option<Ceremony<T>> {
    let bytes = URL_SAFE_NO_PAD.decode(ceremony).ok()?;
    let plain = seal.unseal(purpose.name(), &bytes)?;
    let sealed: Sealed<T> = serde_json::from_slice(&plain).ok()?;
    let ends = Timestamp(sealed.ends);
    let holds =
        sealed.collection == owner.collection.0 && sealed.record == owner.record && now < ends;
    holds.then(|| Ceremony {
        state: sealed.state,
        ends,
        id: URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes)),
    })
}

impl<T> Ceremony<T> {
    /// Plans that it is used, which fails where it was.
    pub(super) fn plan_use(
        &self,
        owner: Owner<'_>,
        now: Timestamp,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let key = owner.address(Kind::Used, &self.id);
        proposal.guards.push(Guard::Absent(key.clone()));
        let used = belongings::encode(self.ends, now, &())?;
        proposal.puts.push((key, used));
        Ok(())
    }

    /// Whether it was used.
    pub(super) fn was_used(
        &self,
        owner: Owner<'_>,
        store: &dyn crate::store::ReadStore,
    ) -> Result<bool> {
        Ok(store.get(&owner.address(Kind::Used, &self.id))?.is_some())
    }
}

impl Purpose {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Registration => b"passkey registration",
            Self::SignIn => b"passkey sign-in",
        }
    }
}
