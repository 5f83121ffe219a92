//! Who a client is, for as long as its connection lives.
//!
//! What a token proved when it was sent must still be true when a message is made: the record is
//! there, its token key and the secret of its collection are the same, and neither the token nor
//! its session or API key has ended.

use std::collections::HashMap;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::id::CollectionNumber;
use luge_model::principal::{Identity, Principal};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;

use crate::belongings::{Kind, Owner};
use crate::catalog::Snapshot;
use crate::error::Result;
use crate::query::Query;

/// Who sent a token, and until when that holds.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// When the token ends; `None` for guests.
    pub expires: Option<Timestamp>,
}

/// The callers of one commit's messages as they are now; each record is looked up once.
#[derive(Debug)]
pub(super) struct Callers<'a> {
    query: &'a Query,
    snapshot: &'a Snapshot,
    now: Timestamp,
    known: HashMap<(CollectionNumber, Box<str>), Option<Arc<Identity>>>,
}

impl<'a> Callers<'a> {
    pub(super) fn new(query: &'a Query, snapshot: &'a Snapshot, now: Timestamp) -> Self {
        Self {
            query,
            snapshot,
            now,
            known: HashMap::new(),
        }
    }

    /// The caller as it is now; a guest where its token does not hold any more.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn current(&mut self, caller: &Caller) -> Result<Principal> {
        let Some(proven) = caller.principal.identity() else {
            return Ok(Principal::Guest);
        };
        if caller.expires.is_none_or(|end| end <= self.now) {
            return Ok(Principal::Guest);
        }
        if !self.goes_on(proven)? {
            return Ok(Principal::Guest);
        }
        let found = self.found(proven)?;
        let holds = |current: &Arc<Identity>| key_of(current) == key_of(proven);
        let current = found.filter(holds).map(|current| match &proven.key {
            None => current,
            Some(key) => Arc::new(Identity {
                key: Some(Arc::clone(key)),
                ..(*current).clone()
            }),
        });
        Ok(match current {
            Some(current) if caller.principal.skips_rules() => Principal::Superuser(current),
            Some(current) => Principal::User(current),
            None => Principal::Guest,
        })
    }

    /// Whether the session or key, if there is one, has not ended.
    fn goes_on(&self, proven: &Identity) -> Result<bool> {
        let (kind, id) = match (&proven.key, &proven.session) {
            (Some(key), _) => (Kind::ApiKey, &key.id),
            (None, Some(session)) => (Kind::Session, session),
            (None, None) => return Ok(true),
        };
        let owner = Owner {
            collection: proven.collection.number,
            record: proven.record.id(),
        };
        owner.has(self.query.store(), kind, id, self.now)
    }

    fn found(&mut self, proven: &Identity) -> Result<Option<Arc<Identity>>> {
        let number = proven.collection.number;
        let key = (number, proven.record.id().into());
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let identity = match self.snapshot.by_number(number) {
            None => None,
            Some(collection) => {
                let record = self.query.related(number, proven.record.id())?;
                record.map(|record| {
                    Arc::new(Identity {
                        collection: Arc::clone(collection),
                        record,
                        session: None,
                        key: None,
                    })
                })
            }
        };
        self.known.insert(key, identity.clone());
        Ok(identity)
    }
}

/// The two halves of the key that signs its tokens.
fn key_of(identity: &Identity) -> (&str, &str) {
    (
        token_key(&identity.collection, &identity.record),
        identity
            .collection
            .auth()
            .map_or("", |options| options.auth_token.secret.reveal()),
    )
}

fn token_key<'r>(collection: &Collection, record: &'r Record) -> &'r str {
    collection
        .field("tokenKey")
        .map_or("", |field| record.text(field.number))
}
