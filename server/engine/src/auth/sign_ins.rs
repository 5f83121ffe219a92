//! The history of an account: when, how and from where it was signed in to.
//!
//! - An entry is written in the commit of the session, or of the sign-in that was begun, that it
//!   tells of: a sign-in costs no commit more.
//! - Who shows no right password, code, passkey or provider writes nothing.
//! - It is bounded by age, and by number for each outcome: who knows a password and nothing else
//!   displaces no sign-in from it, and nor does a superuser who acts as the account.
//! - It outlives the sessions that it tells of, and goes with its record.

use std::net::IpAddr;

use luge_model::limits::{
    IMPERSONATIONS_KEPT, SIGN_IN_KEPT_MILLISECONDS, SIGN_IN_REFUSED_MILLISECONDS, SIGN_INS_KEPT,
    UNFINISHED_SIGN_INS_KEPT,
};
use luge_model::network;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::mfa::First;
use super::session::{self, Proven, device, owner};
use super::{Auth, text};
use crate::access::Compiled;
use crate::belongings::{self, Belonging, Kind, Owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::identity::SUPERUSERS;
use crate::secrets;
use crate::store::{CommitError, Guard, key};

/// What came of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outcome {
    /// A session.
    SignedIn,
    /// A second factor was asked for and has not come.
    Unfinished,
    /// The auth rule did not hold.
    Refused,
    /// A superuser has a token of the account.
    Impersonated,
}

/// What an entry says beside its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Facts {
    outcome: Outcome,
    /// How the record proved who it is, in the contract's words.
    method: Box<str>,
    /// The provider that vouched for it; empty where none did.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    provider: Box<str>,
    /// How it proved that before this second factor; empty where one was enough.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    first: Box<str>,
    device: Box<str>,
    address: Option<IpAddr>,
    /// Whether the account was signed in to before, and never with this device from this network.
    new: bool,
    /// The session that it began, or the sign-in that was begun.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    began: Box<str>,
    /// Who acts as the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<By>,
}

/// A superuser who acts as an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct By {
    id: Box<str>,
    email: Box<str>,
    /// When the token ends, in milliseconds since 1970.
    until: i64,
}

impl Outcome {
    /// How many entries of it are kept.
    fn most(self) -> usize {
        match self {
            Self::SignedIn => SIGN_INS_KEPT,
            Self::Unfinished | Self::Refused => UNFINISHED_SIGN_INS_KEPT,
            Self::Impersonated => IMPERSONATIONS_KEPT,
        }
    }
}

impl Auth {
    /// The history of a record's sign-ins, the latest first: the caller's own, or for superusers
    /// that of `record`. Each is `{id, created, outcome, method, provider, first, device, address,
    /// new, session, live, current, by, until}`. Who acted as an account, and from where, is told
    /// to superusers only.
    ///
    /// # Errors
    /// As for [`Self::sessions`].
    pub fn sign_ins(
        &self,
        context: &Context,
        collection: &str,
        record: Option<&str>,
    ) -> Result<Vec<Json>> {
        let compiled = self.auth_collection(collection)?;
        let record = self.holder(context, &compiled, record)?;
        let live = self.live(&compiled, &record, context.now)?;
        let goes_on = |id: &str| live.iter().any(|session| session.id == id);
        let kept = self.kept_sign_ins(&compiled, &record, context.now)?;
        let told = kept.iter().rev();
        Ok(told
            .map(|entry| describe(context, entry, &goes_on))
            .collect())
    }

    /// Plans that a session is told of, which `first` came before where it needed two factors.
    pub(super) fn plan_signed_in(
        &self,
        context: &Context,
        compiled: &Compiled,
        (proven, session, first): (&Proven<'_>, &str, Option<&First>),
        proposal: &mut Proposal,
    ) -> Result<()> {
        let kept = self.kept_sign_ins(compiled, &proven.record, context.now)?;
        let mut facts = self.facts(context, compiled, (proven, &kept), Outcome::SignedIn)?;
        facts.began = session.into();
        if let Some(first) = first {
            facts.first = first.method.as_str().into();
            let owner = owner(compiled, &proven.record);
            for begun in &kept {
                let Facts { outcome, began, .. } = &begun.content;
                if *outcome == Outcome::Unfinished && **began == *first.id {
                    proposal.deletes.push(owner.key(Kind::SignIn, &begun.id));
                }
            }
        }
        let owner = owner(compiled, &proven.record);
        self.plan_kept(context, (owner, &kept), &facts, proposal)
    }

    /// Plans that a sign-in is told of that still needs a second factor.
    pub(super) fn plan_unfinished(
        &self,
        context: &Context,
        compiled: &Compiled,
        (proven, begun): (&Proven<'_>, &str),
        proposal: &mut Proposal,
    ) -> Result<()> {
        let kept = self.kept_sign_ins(compiled, &proven.record, context.now)?;
        let mut facts = self.facts(context, compiled, (proven, &kept), Outcome::Unfinished)?;
        facts.began = begun.into();
        let owner = owner(compiled, &proven.record);
        self.plan_kept(context, (owner, &kept), &facts, proposal)
    }

    /// Notes that the auth rule refused a record that proved who it is: once in a while, and
    /// without waiting for it, since such a sign-in otherwise writes nothing.
    pub(super) fn note_refused(
        &self,
        context: &Context,
        compiled: &Compiled,
        proven: &Proven<'_>,
    ) -> Result<()> {
        let since = context.now.0.saturating_sub(SIGN_IN_REFUSED_MILLISECONDS);
        let kept = self.kept_sign_ins(compiled, &proven.record, context.now)?;
        let lately = |entry: &Belonging<Facts>| {
            entry.content.outcome == Outcome::Refused && entry.used.0 > since
        };
        if kept.iter().any(lately) {
            return Ok(());
        }
        let facts = self.facts(context, compiled, (proven, &kept), Outcome::Refused)?;
        let mut proposal = while_there(compiled, &proven.record);
        let owner = owner(compiled, &proven.record);
        self.plan_kept(context, (owner, &kept), &facts, &mut proposal)?;
        drop(self.committer.commit(proposal));
        Ok(())
    }

    /// Keeps that a superuser acts as a record until a time.
    pub(super) async fn keep_impersonation(
        &self,
        context: &Context,
        compiled: &Compiled,
        (record, until): (&Record, Timestamp),
    ) -> Result<()> {
        let Some(superuser) = context.principal.identity() else {
            return Ok(());
        };
        let superusers = self.records.compiled(SUPERUSERS)?;
        let facts = Facts {
            outcome: Outcome::Impersonated,
            method: "impersonate".into(),
            provider: "".into(),
            first: "".into(),
            device: device(context),
            address: context.client,
            new: false,
            began: "".into(),
            by: Some(By {
                id: superuser.record.id().into(),
                email: text(&superusers, &superuser.record, "email").into(),
                until: until.0,
            }),
        };
        let kept = self.kept_sign_ins(compiled, record, context.now)?;
        let mut proposal = while_there(compiled, record);
        let owner = owner(compiled, record);
        self.plan_kept(context, (owner, &kept), &facts, &mut proposal)?;
        match self.committer.commit(proposal).await {
            Ok(_) => Ok(()),
            Err(CommitError::Guard(_)) => Err(Error::MissingRecord),
            // As for sessions: who is to make room must be able to act.
            Err(CommitError::DiskFull) => {
                tracing::warn!("the disk is full: an impersonation is not in the history");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn facts(
        &self,
        context: &Context,
        compiled: &Compiled,
        (proven, kept): (&Proven<'_>, &[Belonging<Facts>]),
        outcome: Outcome,
    ) -> Result<Facts> {
        let device = device(context);
        let live = self.live(compiled, &proven.record, context.now)?;
        Ok(Facts {
            outcome,
            method: proven.method.into(),
            provider: proven.provider.into(),
            first: "".into(),
            new: is_new((context.client, &device), kept, &live),
            device,
            address: context.client,
            began: "".into(),
            by: None,
        })
    }

    /// Plans one entry more, for which the oldest of the same outcome make room.
    fn plan_kept(
        &self,
        context: &Context,
        (owner, kept): (Owner<'_>, &[Belonging<Facts>]),
        facts: &Facts,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let alike = kept
            .iter()
            .rev()
            .filter(|entry| entry.content.outcome == facts.outcome);
        for oldest in alike.skip(facts.outcome.most() - 1) {
            proposal.deletes.push(owner.key(Kind::SignIn, &oldest.id));
        }
        let ends = Timestamp(context.now.0.saturating_add(SIGN_IN_KEPT_MILLISECONDS));
        // The time first, so that they stand in order.
        let id = format!(
            "{:016x}{}",
            context.now.0,
            secrets::session_id(&*self.random)
        );
        let entry = belongings::encode(ends, context.now, facts)?;
        proposal.puts.push((owner.key(Kind::SignIn, &id), entry));
        Ok(())
    }

    /// The oldest first.
    fn kept_sign_ins(
        &self,
        compiled: &Compiled,
        record: &Record,
        now: Timestamp,
    ) -> Result<Vec<Belonging<Facts>>> {
        owner(compiled, record).all(&**self.committer.store(), Kind::SignIn, now)
    }
}

/// Whether a record was signed in to before, and never with this device from this network.
fn is_new(
    (address, device): (Option<IpAddr>, &str),
    kept: &[Belonging<Facts>],
    live: &[Belonging<session::Facts>],
) -> bool {
    let kept = kept.iter().map(|entry| &entry.content);
    let kept = kept.filter(|facts| facts.outcome == Outcome::SignedIn);
    let kept = kept.map(|facts| (facts.address, &*facts.device));
    let live = live.iter().map(|session| session.content.place());
    let place = |(address, device): (Option<IpAddr>, _)| (address.map(network::counted), device);
    let mut known = kept.chain(live).map(place).peekable();
    known.peek().is_some() && !known.any(|known| known == place((address, device)))
}

/// Nothing yet, and only as long as there is the record.
fn while_there(compiled: &Compiled, record: &Record) -> Proposal {
    let key = key::record(compiled.collection.number, record.id());
    Proposal {
        guards: vec![Guard::Present(key)],
        ..Proposal::default()
    }
}

fn describe(context: &Context, entry: &Belonging<Facts>, goes_on: &dyn Fn(&str) -> bool) -> Json {
    let facts = &entry.content;
    let current = context.principal.identity();
    let current = current.and_then(|identity| identity.session.as_deref());
    let session = Some(&*facts.began).filter(|_| facts.outcome == Outcome::SignedIn);
    // A superuser's place is not for those as whom it acts.
    let tells = facts.by.is_none() || context.principal.is_superuser();
    let by = facts.by.as_ref().filter(|_| tells);
    let address = facts.address.filter(|_| tells);
    let until = facts.by.as_ref();
    json!({
        "id": entry.id,
        "created": entry.used.to_string(),
        "outcome": facts.outcome,
        "method": facts.method,
        "provider": facts.provider,
        "first": facts.first,
        "device": if tells { &*facts.device } else { "" },
        "address": address.map_or_else(String::new, |address| address.to_string()),
        "new": facts.new,
        "session": session.unwrap_or_default(),
        "live": session.is_some_and(goes_on),
        "current": session.is_some() && session == current,
        "by": by.map_or("", |by| if by.email.is_empty() { &by.id } else { &by.email }),
        "until": until.map_or_else(String::new, |by| Timestamp(by.until).to_string()),
    })
}
