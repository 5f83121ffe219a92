//! Sessions: a sign-in and everything that is done with its tokens until it ends.
//!
//! - A token names its session and holds no longer than that.
//! - A session ends by itself at a fixed time, however often its token is refreshed; when it is
//!   signed out of; and when the token key of its record changes.
//! - A record has a bounded number of them: the one that was used least lately makes room.

use std::net::IpAddr;

use luge_model::limits::{
    DEVICE_CHARS_MAX, FRESH_SIGN_IN_MILLISECONDS, SESSION_SECONDS_MAX, SESSIONS_MAX,
    WRITE_ATTEMPTS_MAX,
};
use luge_model::network;
use luge_model::principal::Identity;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::token::Claims;
use super::{Auth, token_key};
use crate::access::Compiled;
use crate::belongings::{self, Belonging, Kind, Owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secrets;
use crate::store::{CommitError, Guard};

/// What is known of a session beside its times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    /// When it began, in milliseconds since 1970.
    created: i64,
    /// How the record proved who it is.
    method: Box<str>,
    /// What the client said it is; may be empty.
    device: Box<str>,
    /// Where it was signed in from.
    address: Option<IpAddr>,
}

impl Facts {
    /// Where it was begun.
    pub(super) fn place(&self) -> (Option<IpAddr>, &str) {
        (self.address, &self.device)
    }
}

/// A record that proved who it is.
pub(super) struct Proven<'a> {
    /// The record, as it is once the sign-in is committed.
    pub(super) record: Record,
    /// Whether the proposal of what proved it changes it to that, and so guards it.
    pub(super) changed: bool,
    /// How it proved it, in the contract's words.
    pub(super) method: &'a str,
    /// The provider that vouched for it; empty where none did.
    pub(super) provider: &'a str,
}

impl<'a> Proven<'a> {
    /// A record that proved it by itself, and is as it was.
    pub(super) fn by(record: Record, method: &'a str) -> Self {
        Self {
            record,
            changed: false,
            method,
            provider: "",
        }
    }
}

/// A session that goes on, and the record as it is while it does.
pub(super) struct Live {
    record: Record,
    /// None where nothing can be written, but who signs in may be who makes room.
    id: Option<String>,
    ends: Timestamp,
}

impl Live {
    /// An auth token of the session.
    pub(super) fn token(&self, now: Timestamp, compiled: &Compiled) -> Result<String> {
        let options = compiled.collection.auth();
        let options = options.ok_or(Error::MissingAuthCollection)?;
        let seconds = u64::try_from(options.auth_token.duration).unwrap_or_default();
        let mut claims = Claims::auth(&compiled.collection.id, self.record.id(), now, seconds);
        claims.exp = claims.exp.min(self.ends.0.div_euclid(1_000));
        claims.session.clone_from(&self.id);
        claims.sign(token_key(compiled, &options.auth_token, &self.record))
    }
}

impl Auth {
    /// The sessions of a record that go on, the one that was used last first: the caller's own, or
    /// for superusers those of `record`. Each is `{id, created, used, ends, method, device,
    /// address, current}`.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`], [`Error::MissingRecord`];
    /// [`Error::SignInNeeded`], [`Error::Forbidden`].
    pub fn sessions(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
    ) -> Result<Vec<Json>> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        let mut sessions = self.live(&compiled, &record, context.now)?;
        sessions.sort_by_key(|session| std::cmp::Reverse((session.used, session.content.created)));
        let current = context.principal.identity();
        let current = current.and_then(|identity| identity.session.as_deref());
        Ok(sessions
            .iter()
            .map(|session| describe(session, current))
            .collect())
    }

    /// Ends the session of the caller's token.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::BadRequest`] where the token names no session.
    pub async fn sign_out(&self, context: &Context, collection: &str) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        let identity = own_identity(context, &compiled)?;
        let Some(session) = &identity.session else {
            return Err(Error::BadRequest(
                "The token names no session, so it cannot be signed out of. It ends with its time \
                 or when all sessions of the record are ended."
                    .to_owned(),
            ));
        };
        let owner = owner(&compiled, &identity.record);
        self.remove_session(owner, session).await.map(drop)
    }

    /// Ends one session of a record.
    ///
    /// # Errors
    /// As for [`Self::sessions`]; [`Error::MissingSession`].
    pub async fn end_session(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
        session: &str,
    ) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        let owner = owner(&compiled, &record);
        if !owner.has(
            &**self.committer.store(),
            Kind::Session,
            session,
            context.now,
        )? || !self.remove_session(owner, session).await?
        {
            return Err(Error::MissingSession);
        }
        Ok(())
    }

    /// Ends everything that a record is signed in with, everywhere: its token key changes, so also
    /// tokens that name no session and file tokens are worth nothing.
    ///
    /// # Errors
    /// As for [`Self::sessions`].
    pub async fn sign_out_everywhere(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
    ) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        let mut body = Map::new();
        body.insert(
            "tokenKey".to_owned(),
            secrets::token_key(&*self.random).into(),
        );
        let system = Context::system(context.now);
        let written = self.records.update(&system, collection, record.id(), body);
        written.await.map(drop)
    }

    /// Begins the session `id` of a record that is still signed by the same key when it is
    /// committed, together with `with`; the place of a guard of that where it failed. Where that
    /// uses nothing up, a full disk is no reason to refuse.
    pub(super) async fn begin(
        &self,
        context: &Context,
        compiled: &Compiled,
        (proven, id): (&Proven<'_>, String),
        (with, uses_up): (Proposal, bool),
    ) -> Result<std::result::Result<Live, usize>> {
        let facts = Facts {
            created: context.now.0,
            method: proven.method.into(),
            device: device(context),
            address: context.client,
        };
        let lifetime = SESSION_SECONDS_MAX.saturating_mul(1_000);
        let mut live = Live {
            record: proven.record.clone(),
            id: None,
            ends: Timestamp(context.now.0.saturating_add(lifetime)),
        };
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let mut proposal = with.clone();
            if !proven.changed {
                let unchanged = super::unchanged(compiled, &live.record);
                proposal.guards.push(unchanged);
                self.plan_room(compiled, &live.record, context.now, &mut proposal)?;
            }
            let session = belongings::encode(live.ends, context.now, &facts)?;
            let key = owner(compiled, &live.record).key(Kind::Session, &id);
            proposal.puts.push((key, session));
            match self.committer.commit(proposal).await {
                Ok(_) => {
                    live.id = Some(id);
                    return Ok(Ok(live));
                }
                Err(CommitError::Guard(guard)) if guard < with.guards.len() => {
                    return Ok(Err(guard));
                }
                Err(CommitError::Guard(_)) => {}
                // What proved the sign-in must not be left unused.
                Err(CommitError::DiskFull) if !uses_up => {
                    tracing::warn!("the disk is full: a sign-in has no session");
                    return Ok(Ok(live));
                }
                Err(error) => return Err(error.into()),
            }
            let current = self.query.stored(compiled, live.record.id())?;
            let current = current.filter(|current| same_key(compiled, current, &live.record));
            live.record = current.ok_or(Error::SignInFailed)?;
        }
        Err(Error::Contended)
    }

    /// Refuses those whose sign-in is not of the last few minutes what changes how they sign in.
    pub(super) fn require_fresh(&self, context: &Context) -> Result<()> {
        context.refuse_key()?;
        let identity = context.principal.identity().ok_or(Error::SignInNeeded)?;
        let owner = Owner {
            collection: identity.collection.number,
            record: identity.record.id(),
        };
        let store = &**self.committer.store();
        let session: Option<Belonging<Facts>> = match &identity.session {
            Some(session) => owner.get(store, Kind::Session, session, context.now)?,
            None => None,
        };
        let oldest = context.now.0.saturating_sub(FRESH_SIGN_IN_MILLISECONDS);
        if session.is_none_or(|session| session.content.created < oldest) {
            return Err(Error::Forbidden(
                "This changes how one signs in: sign in again and do it within a few minutes."
                    .to_owned(),
            ));
        }
        Ok(())
    }

    /// The session that a token names, or a new one where it names none.
    pub(super) async fn session_of(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: Record,
        session: Option<String>,
    ) -> Result<Live> {
        let Some(id) = session else {
            let proven = Proven::by(record, "token");
            let proven = (&proven, secrets::session_id(&*self.random));
            let begun = self.begin(context, compiled, proven, (Proposal::default(), false));
            return begun.await?.map_err(|_guard| Error::Contended);
        };
        let store = &**self.committer.store();
        let owner = owner(compiled, &record);
        let known: Option<Belonging<Facts>> = owner.get(store, Kind::Session, &id, context.now)?;
        let ends = known.ok_or(Error::SignInNeeded)?.ends;
        Ok(Live {
            record,
            id: Some(id),
            ends,
        })
    }

    /// Where a record has as many sessions as it may, the one that was used least lately goes.
    fn plan_room(
        &self,
        compiled: &Compiled,
        record: &Record,
        now: Timestamp,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let owner = owner(compiled, record);
        let mut others = self.live(compiled, record, now)?;
        others.sort_by_key(|session| std::cmp::Reverse(session.used));
        for session in others.iter().skip(SESSIONS_MAX - 1) {
            proposal.deletes.push(owner.key(Kind::Session, &session.id));
        }
        Ok(())
    }

    /// Whether a record is signed in from the network of the caller.
    pub(super) fn is_known_there(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: &Record,
    ) -> Result<bool> {
        let there = context.client.map(network::counted);
        let live = self.live(compiled, record, context.now)?;
        let mut addresses = live.iter().map(|session| session.content.address);
        Ok(there.is_some() && addresses.any(|address| address.map(network::counted) == there))
    }

    /// Plans that a record is signed in nowhere but where the caller is.
    pub(super) fn plan_other_ends(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: &Record,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let current = context.principal.identity();
        let current = current.and_then(|identity| identity.session.as_deref());
        let owner = owner(compiled, record);
        for session in self.live(compiled, record, context.now)? {
            if Some(session.id.as_str()) != current {
                proposal.deletes.push(owner.key(Kind::Session, &session.id));
            }
        }
        Ok(())
    }

    /// The sessions of a record that go on.
    pub(super) fn live(
        &self,
        compiled: &Compiled,
        record: &Record,
        now: Timestamp,
    ) -> Result<Vec<Belonging<Facts>>> {
        owner(compiled, record).all(&**self.committer.store(), Kind::Session, now)
    }

    /// The caller itself, or for superusers any record of the collection; never for an API key.
    pub(super) fn holder(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: Option<&str>,
    ) -> Result<Record> {
        context.refuse_key()?;
        let own = context.principal.identity().filter(|identity| {
            identity.collection.number == compiled.collection.number
                && record.is_none_or(|id| id == identity.record.id())
        });
        match (own, record) {
            (Some(identity), _) => Ok(identity.record.clone()),
            (None, Some(id)) => {
                context.require_superuser()?;
                let record = self.query.stored(compiled, id)?;
                record.ok_or(Error::MissingRecord)
            }
            (None, None) => own_identity(context, compiled).map(|identity| identity.record.clone()),
        }
    }

    /// Whether it was there to be removed; of several who remove it, one did.
    async fn remove_session(&self, owner: Owner<'_>, session: &str) -> Result<bool> {
        let key = owner.key(Kind::Session, session);
        let removal = Proposal {
            guards: vec![Guard::Present(key.clone())],
            deletes: vec![key],
            ..Proposal::default()
        };
        match self.committer.commit(removal).await {
            Ok(_) => Ok(true),
            Err(CommitError::Guard(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whom what belongs to a record belongs to.
pub(super) fn owner<'a>(compiled: &Compiled, record: &'a Record) -> Owner<'a> {
    Owner {
        collection: compiled.collection.number,
        record: record.id(),
    }
}

pub(super) fn own_identity<'a>(context: &'a Context, compiled: &Compiled) -> Result<&'a Identity> {
    context.refuse_key()?;
    let identity = context.principal.identity().ok_or(Error::SignInNeeded)?;
    if identity.collection.number != compiled.collection.number {
        return Err(super::other_collection(identity));
    }
    Ok(identity)
}

fn same_key(compiled: &Compiled, left: &Record, right: &Record) -> bool {
    let field = compiled.collection.field("tokenKey");
    field.is_some_and(|field| left.text(field.number) == right.text(field.number))
}

/// What the client says it is, as much of it as is kept.
pub(super) fn device(context: &Context) -> Box<str> {
    let device = context.device.as_deref().unwrap_or_default();
    device.chars().take(DEVICE_CHARS_MAX).collect()
}

fn describe(session: &Belonging<Facts>, current: Option<&str>) -> Json {
    let Facts {
        created,
        method,
        device,
        address,
    } = &session.content;
    json!({
        "id": session.id,
        "created": Timestamp(*created).to_string(),
        "used": session.used.to_string(),
        "ends": session.ends.to_string(),
        "method": method,
        "device": device,
        "address": address.map_or_else(String::new, |address| address.to_string()),
        "current": current == Some(session.id.as_str()),
    })
}
