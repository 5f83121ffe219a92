//! Recovery codes: what stands for an authenticator app that is gone.
//!
//! - They are shown once, when they are made; kept are hashes of them, for their record alone. A
//!   code is long enough that nobody finds it from its hash.
//! - One is used by removing it; new ones take the place of all that are left.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::limits::{RECOVERY_CODE_CHARS, RECOVERY_CODE_GROUP_CHARS, RECOVERY_CODES};
use luge_model::timestamp::Timestamp;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::Auth;
use super::session::{own_identity, owner};
use super::totp::without_app;
use crate::belongings::{self, Belonging, Kind, Owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::Result;
use crate::store::Guard;

const NEVER: Timestamp = Timestamp(i64::MAX);
/// Without those that are taken for others.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

impl Auth {
    /// New recovery codes, in place of those that are left.
    ///
    /// # Errors
    /// As for [`Self::begin_totp`]; [`Error::BadRequest`](crate::error::Error::BadRequest) where
    /// there is no app.
    pub async fn new_recovery_codes(
        &self,
        context: &Context,
        collection: &str,
    ) -> Result<Vec<String>> {
        let compiled = self.auth_collection(collection)?;
        let record = own_identity(context, &compiled)?.record.clone();
        self.require_fresh(context)?;
        let owner = owner(&compiled, &record);
        let on = self.app_of(owner)?.ok_or_else(without_app)?;
        let mut proposal = Proposal {
            guards: vec![Guard::Present(owner.key(Kind::Totp, &on.id))],
            ..Proposal::default()
        };
        let codes = self.plan_recovery_codes(context.now, owner, &mut proposal)?;
        self.committer.commit(proposal).await?;
        Ok(codes)
    }

    pub(super) fn recovery_codes_left(&self, owner: Owner<'_>) -> Result<usize> {
        let store = &**self.committer.store();
        let left: Vec<Belonging<Json>> = owner.all(store, Kind::RecoveryCode, Timestamp(0))?;
        Ok(left.len())
    }

    /// Plans that a record has these codes, and no others.
    pub(super) fn plan_recovery_codes(
        &self,
        now: Timestamp,
        owner: Owner<'_>,
        proposal: &mut Proposal,
    ) -> Result<Vec<String>> {
        let store = &**self.committer.store();
        owner.plan_removal_of(store, Kind::RecoveryCode, proposal)?;
        let codes: Vec<String> = (0..RECOVERY_CODES)
            .map(|_| self.random.text(LETTERS, RECOVERY_CODE_CHARS))
            .collect();
        for code in &codes {
            let key = owner.key(Kind::RecoveryCode, &hash(owner, code));
            proposal
                .puts
                .push((key, belongings::encode(NEVER, now, &())?));
        }
        Ok(codes.iter().map(|code| shown(code)).collect())
    }

    /// The use of a recovery code, `None` where there is none like it.
    pub(super) fn plan_recovery(&self, owner: Owner<'_>, code: &str) -> Result<Option<Proposal>> {
        let key = owner.key(Kind::RecoveryCode, &hash(owner, &plain(code)));
        if self.committer.store().get(&key)?.is_none() {
            return Ok(None);
        }
        Ok(Some(Proposal {
            guards: vec![Guard::Present(key.clone())],
            deletes: vec![key],
            ..Proposal::default()
        }))
    }
}

fn hash(owner: Owner<'_>, code: &str) -> String {
    let number = owner.collection.0;
    let record = owner.record;
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("recovery {number} {record} {code}")))
}

/// In groups, as people read them.
fn shown(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups = letters.chunks(RECOVERY_CODE_GROUP_CHARS);
    let groups: Vec<String> = groups.map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// As it was made, however it was typed.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_itself_however_it_is_typed() {
        let code = "abcdefghjkmnpq23";
        assert_eq!(shown(code), "abcd-efgh-jkmn-pq23");
        for typed in [
            shown(code),
            shown(code).to_uppercase(),
            " abcdefghj kmnpq23 ".to_owned(),
        ] {
            assert_eq!(plain(&typed), code);
        }
        let owner = |record| Owner {
            collection: luge_model::id::CollectionNumber(1),
            record,
        };
        assert_ne!(hash(owner("a"), code), hash(owner("b"), code));
    }
}
