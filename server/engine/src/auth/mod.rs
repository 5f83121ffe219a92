//! Who is asking: tokens, sign-in, and the superusers.
//!
//! - A token is worth what the stored record says now: every request looks the record up again.
//! - A bad token is nobody's, not an error; the caller goes on as a guest.
//! - Whoever fails to sign in learns nothing about who exists, neither by answer nor by time.
//! - Every auth answer passes the collection's auth rule.
//! - Every sign-in, by whatever method, ends in one function, where a second factor is asked for.
//! - A sign-in begins a session, and its tokens hold as long as that goes on.

use std::fmt;
use std::sync::Arc;

use luge_model::collection::{AuthOptions, TokenOptions};
use luge_model::expand::Expand;
use luge_model::limits::WRITE_ATTEMPTS_MAX;
use luge_model::principal::{Identity, Principal};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;

use crate::access::{Compiled, Operation, Projection, View};
use crate::belongings::Kind;
use crate::commit::{Committer, Proposal};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files::Files;
use crate::identity;
use crate::mail::Mail;
use crate::outside::Outbound;
use crate::query::Query;
use crate::random::Random;
use crate::realtime::Caller;
use crate::records::Records;
use crate::secrets::{self, HashPool, Seal};
use crate::settings::Settings;
use crate::store::{CommitError, Guard, key};

mod alert;
pub mod anonymous;
pub mod api_key;
mod back_off;
mod claim;
pub mod cookie;
mod email_change;
mod file_token;
mod impersonate;
mod magic_link;
mod mailed;
pub mod methods;
mod mfa;
pub mod oauth;
mod one_time_code;
pub mod passkey;
pub mod password;
pub mod password_reset;
mod pauses;
mod recovery;
mod refresh;
mod rehash;
mod service_token;
pub mod session;
pub mod setup;
mod sign_ins;
mod superuser;
#[cfg(test)]
mod tests;
pub mod token;
mod totp;
pub mod trial_mail;
mod tries;
mod verification;

use back_off::BackOff;
use mfa::Factors;
use pauses::Pauses;
use session::Proven;
pub use superuser::Upserted;
use token::{TokenKey, TokenKind, Unverified};
use tries::TryCounts;

/// The service of identities.
pub struct Auth {
    committer: Arc<Committer>,
    query: Arc<Query>,
    records: Arc<Records>,
    hashes: Arc<HashPool>,
    random: Arc<dyn Random>,
    settings: Arc<Settings>,
    mail: Mail,
    pauses: Pauses,
    ceremonies: Seal,
    setup: setup::Door,
    back_off: BackOff,
    tries: TryCounts,
    files: Arc<Files>,
    providers: oauth::Providers,
}

/// What the service of identities stands on.
pub struct Parts {
    /// The door for writes.
    pub committer: Arc<Committer>,
    /// The read path.
    pub query: Arc<Query>,
    /// The write path.
    pub records: Arc<Records>,
    /// Verifies passwords.
    pub hashes: Arc<HashPool>,
    /// Makes setup codes.
    pub random: Arc<dyn Random>,
    /// Say where superusers may come from.
    pub settings: Arc<Settings>,
    /// Sends letters.
    pub mail: Mail,
    /// Seals what clients carry between asking for a passkey and having it.
    pub ceremonies: Seal,
    /// Whether wrong tries make the next one wait.
    pub backs_off: bool,
    /// Keeps the pictures of those who sign up.
    pub files: Arc<Files>,
    /// The way to sign-in providers.
    pub outbound: Arc<dyn Outbound>,
}

/// The answer to a sign-in (contract §1.3).
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The token that signs further requests.
    pub token: String,
    /// The record as it sees itself.
    pub view: View,
}

impl Auth {
    /// The service over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            committer,
            query,
            records,
            hashes,
            random,
            settings,
            mail,
            ceremonies,
            backs_off,
            files,
            outbound,
        } = parts;
        Self {
            committer,
            query,
            records,
            hashes,
            random,
            settings,
            mail,
            pauses: Pauses::default(),
            ceremonies,
            setup: setup::Door::default(),
            back_off: BackOff::new(backs_off),
            tries: TryCounts::default(),
            files,
            providers: oauth::Providers::new(outbound),
        }
    }

    /// Whose token this is; a guest's when it does not hold.
    #[must_use]
    pub fn principal(&self, now: Timestamp, token: &str) -> Principal {
        self.caller(now, token).principal
    }

    /// The same with the time when the token ends, for who goes on without asking again.
    #[must_use]
    pub fn caller(&self, now: Timestamp, token: &str) -> Caller {
        self.caller_by(now, token, TokenKind::Auth)
    }

    fn caller_by(&self, now: Timestamp, token: &str, kind: TokenKind) -> Caller {
        let found = match kind {
            TokenKind::Auth if api_key::is_one(token) => self.by_key(now, token),
            _ => self.identity(now, token, kind),
        };
        match found {
            Ok(Some((identity, expires))) => Caller {
                principal: principal_of(identity),
                expires: Some(expires),
            },
            Ok(None) => Caller::default(),
            Err(error) => {
                tracing::error!(%error, "the record of a token cannot be read");
                Caller::default()
            }
        }
    }

    /// Adds to an auth answer the related records that the one who signed in may see.
    ///
    /// # Errors
    /// As for [`Records::expand`].
    pub fn expand(
        &self,
        context: &Context,
        expand: &Expand,
        signed_in: &mut SignedIn,
    ) -> Result<()> {
        let view = &mut signed_in.view;
        let mut context = context.clone();
        context.principal = principal_of(Identity {
            collection: Arc::clone(view.collection()),
            record: view.record().clone(),
            session: None,
            key: None,
        });
        self.records
            .expand(&context, expand, std::slice::from_mut(view))
    }

    fn identity(
        &self,
        now: Timestamp,
        token: &str,
        kind: TokenKind,
    ) -> Result<Option<(Identity, Timestamp)>> {
        let Some(unverified) = Unverified::read(token) else {
            return Ok(None);
        };
        let Some((compiled, record)) = self.claimed(&unverified)? else {
            return Ok(None);
        };
        let Some(options) = compiled.collection.auth() else {
            return Ok(None);
        };
        let key = match kind {
            TokenKind::File => file_key(&compiled, options, &record),
            _ => token_key(&compiled, &options.auth_token, &record),
        };
        let Some(claims) = unverified.verify(kind, key, now) else {
            return Ok(None);
        };
        let owner = session::owner(&compiled, &record);
        if let Some(session) = &claims.session
            && !owner.uses(&self.committer, Kind::Session, session, now)?
        {
            return Ok(None);
        }
        let key = match &claims.key {
            None => None,
            Some(id) => match self.live_key(&compiled, &record, id, now)? {
                Some(key) => Some(key),
                None => return Ok(None),
            },
        };
        let identity = Identity {
            collection: Arc::clone(&compiled.collection),
            session: claims.session.as_deref().map(Into::into),
            key,
            record,
        };
        let expires = Timestamp(claims.exp.saturating_mul(1_000));
        Ok(Some((identity, expires)))
    }

    /// The record that a token claims to be of, and its collection; what the claim is worth its
    /// signature says.
    fn claimed(&self, token: &Unverified<'_>) -> Result<Option<(Arc<Compiled>, Record)>> {
        let Ok(compiled) = self.records.compiled(token.collection_id()) else {
            return Ok(None);
        };
        // Collections are also found by name; a token names its collection by id only.
        if compiled.collection.id != token.collection_id() || compiled.collection.auth().is_none() {
            return Ok(None);
        }
        let record = self.query.record(&compiled, token.record_id())?;
        Ok(record.map(|record| (compiled, record)))
    }

    /// An auth collection that a client named.
    fn auth_collection(&self, collection: &str) -> Result<Arc<Compiled>> {
        let compiled = self.records.compiled(collection)?;
        match compiled.collection.auth() {
            Some(_) => Ok(compiled),
            None => Err(Error::MissingAuthCollection),
        }
    }

    /// Signs in a record that proved who it is by `method`, if the auth rule holds for it.
    async fn sign_in(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        record: Record,
        method: &str,
    ) -> Result<SignedIn> {
        let signed_in = self.sign_in_with(context, compiled, (record, method), Proposal::default());
        signed_in.await?.ok_or(Error::Contended)
    }

    /// The same together with what proved it, in one commit; `None` where a guard of that failed.
    ///
    /// # Errors
    /// [`Error::SecondFactorNeeded`] where this was the first factor; what proved it is used up.
    async fn sign_in_with(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        (record, method): (Record, &str),
        with: Proposal,
    ) -> Result<Option<SignedIn>> {
        let proven = Proven::by(record, method);
        self.sign_in_proven(context, compiled, proven, with).await
    }

    /// The same for a record that what proved it may also change.
    async fn sign_in_proven(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        proven: Proven<'_>,
        with: Proposal,
    ) -> Result<Option<SignedIn>> {
        let view = match self.admit(context, compiled, &proven.record) {
            Err(error @ Error::Forbidden(_)) => {
                self.note_refused(context, compiled, &proven)?;
                return Err(error);
            }
            admitted => admitted?,
        };
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let mut proposal = with.clone();
            let factors = self.plan_factors(context, compiled, &proven, &mut proposal);
            let failed = match factors.await? {
                Factors::Enough { first } => {
                    let uses_up = !proposal.guards.is_empty();
                    self.plan_origin(context, compiled, &proven, &mut proposal)
                        .await?;
                    let session = secrets::session_id(&*self.random);
                    let of = (&proven, session.as_str());
                    self.plan_signed_in(context, compiled, of, first.as_ref(), &mut proposal)?;
                    let with = (proposal, uses_up);
                    match self
                        .begin(context, compiled, (&proven, session), with)
                        .await?
                    {
                        Ok(session) => {
                            let token = session.token(context.now, compiled)?;
                            return Ok(Some(SignedIn { token, view }));
                        }
                        Err(failed) => failed,
                    }
                }
                Factors::Begun { id, by_app } => {
                    self.plan_unfinished(context, compiled, (&proven, &id), &mut proposal)?;
                    match self.committer.commit(proposal).await {
                        Ok(_) => return Err(Error::SecondFactorNeeded { id, by_app }),
                        Err(CommitError::Guard(failed)) => failed,
                        Err(error) => return Err(error.into()),
                    }
                }
            };
            if failed < with.guards.len() {
                return Ok(None);
            }
        }
        Err(Error::Contended)
    }

    /// The record as it sees itself, if the auth rule holds for it.
    fn admit(&self, context: &Context, compiled: &Arc<Compiled>, record: &Record) -> Result<View> {
        if compiled.collection.is_superusers() {
            self.settings.superuser_may_come_from(context.client)?;
        }
        let unsatisfied = || {
            Error::Forbidden(
                "The request doesn't satisfy the collection requirements to authenticate."
                    .to_owned(),
            )
        };
        let grant = compiled
            .admit(context, Operation::Authenticate)
            .map_err(|_locked| unsatisfied())?;
        let lookups = self.query.lookups(context, &compiled.snapshot);
        let environment = lookups.environment();
        let asked = (context, Operation::Authenticate);
        let allowed = compiled.allows(asked, &grant, (&environment, record));
        lookups.check()?;
        if !allowed {
            return Err(unsatisfied());
        }
        Ok(self.own_view(context, compiled, record.clone()))
    }

    /// A record as it sees itself.
    fn own_view(&self, context: &Context, compiled: &Arc<Compiled>, record: Record) -> View {
        let lookups = self.query.lookups(context, &compiled.snapshot);
        let shows_hidden = identity::is_superusers(&compiled.collection);
        let projection = Projection::new(Arc::clone(compiled), lookups.environment());
        projection.own_view(record, shows_hidden)
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Auth").finish_non_exhaustive()
    }
}

fn principal_of(identity: Identity) -> Principal {
    let identity = Arc::new(identity);
    if identity::is_superusers(&identity.collection) {
        Principal::Superuser(identity)
    } else {
        Principal::User(identity)
    }
}

fn unchanged(compiled: &Compiled, record: &Record) -> Guard {
    Guard::Unchanged {
        key: key::record(compiled.collection.number, record.id()),
        prefix: record.guard_prefix().to_vec(),
    }
}

fn other_collection(identity: &Identity) -> Error {
    Error::Forbidden(format!(
        "The request requires auth record from {} collection.",
        identity.collection.name
    ))
}

/// The text of a field; none where there is no such field.
fn text<'a>(compiled: &Compiled, record: &'a Record, name: &str) -> &'a str {
    let field = compiled.collection.field(name);
    field.map_or("", |field| record.text(field.number))
}

fn token_key<'a>(
    compiled: &Compiled,
    options: &'a TokenOptions,
    record: &'a Record,
) -> TokenKey<'a> {
    let field = compiled.collection.field("tokenKey");
    TokenKey {
        record: field.map_or("", |field| record.text(field.number)),
        collection: options.secret.reveal(),
        sign_in: None,
    }
}

/// The key of a file token, which ends with the secret of the sign-in that it stands on too.
fn file_key<'a>(compiled: &Compiled, options: &'a AuthOptions, record: &'a Record) -> TokenKey<'a> {
    TokenKey {
        sign_in: Some(options.auth_token.secret.reveal()),
        ..token_key(compiled, &options.file_token, record)
    }
}
