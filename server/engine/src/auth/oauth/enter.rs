//! From somebody whom a provider vouches for to a sign-in of an account.
//!
//! - The code is used in the commit that makes the account or begins the session, under a guard
//!   that nobody used it before.
//! - An account whose address is proved only now is taken over first, in a commit of its own:
//!   what that removes may stand in the way of the new link.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{OAUTH_CODE_MILLISECONDS, WRITE_ATTEMPTS_MAX};
use luge_model::principal::RequestContext;
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use luge_model::value::Value;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::account::{Account, Found, LINKS, Vouched, Way};
use super::client::Client;
use super::exchange::Person;
use super::{ProviderSignedIn, refused};
use crate::access::Compiled;
use crate::auth::claim::Claim;
use crate::auth::session::{Proven, owner};
use crate::auth::{Auth, SignedIn};
use crate::belongings::{self, Kind, Owner};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::records::{Body, Submitted};
use crate::store::{CommitError, Guard, Key};

const METHOD: &str = "oauth2";
const NEVER: Timestamp = Timestamp(i64::MAX);

/// That somebody brought a code of a provider.
#[derive(Clone, Debug)]
pub(super) struct CodeProof {
    pub(super) provider: String,
    id: String,
}

impl CodeProof {
    pub(super) fn of(client: &Client, code: &str) -> Self {
        let provider = client.vendor.name;
        let mut digest = Sha256::new_with_prefix(b"code ");
        for part in [provider, &client.endpoints.token, code] {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        Self {
            provider: provider.to_owned(),
            id: URL_SAFE_NO_PAD.encode(digest.finalize()),
        }
    }

    /// What tells the code from others.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    fn key(&self, compiled: &Compiled) -> Key {
        let anybody = Owner {
            collection: compiled.collection.number,
            record: "",
        };
        anybody.address(Kind::Used, &self.id)
    }

    /// That it was not used, and is from now on.
    pub(super) fn used(
        &self,
        compiled: &Compiled,
        now: Timestamp,
    ) -> Result<(Guard, (Key, Vec<u8>))> {
        let ends = Timestamp(now.0.saturating_add(OAUTH_CODE_MILLISECONDS));
        let key = self.key(compiled);
        let used = belongings::encode(ends, now, &())?;
        Ok((Guard::Absent(key.clone()), (key, used)))
    }
}

impl Auth {
    /// Signs a person in to its account, which is made where there is none.
    pub(super) async fn enter(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        (proof, person): (&CodeProof, Person),
        create_data: Body,
    ) -> Result<ProviderSignedIn> {
        if person.profile.subject.is_empty() {
            let violations = Violations::of("providerId", Violation::required());
            return Err(refused(violations, "Failed to authenticate."));
        }
        let mut context = context.clone();
        context.request.context = RequestContext::OAuth2;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            self.refuse_used(compiled, proof)?;
            let place = (proof.provider.as_str(), &person);
            let account = match self.account_of(&context, compiled, place)? {
                Found::Stale(link) => {
                    self.remove_link(&context, link).await?;
                    continue;
                }
                Found::Nobody => {
                    let made = self.sign_up(&context, compiled, (proof, &person), &create_data);
                    let Some(record) = made.await? else {
                        continue;
                    };
                    let proven = Proven {
                        record,
                        changed: false,
                        method: METHOD,
                        provider: &proof.provider,
                    };
                    let signed_in =
                        self.sign_in_proven(&context, compiled, proven, Proposal::default());
                    let signed_in = signed_in.await?.ok_or(Error::Contended)?;
                    let meta = meta(&person, true);
                    return Ok(ProviderSignedIn { signed_in, meta });
                }
                Found::Account(account) => account,
            };
            let entered = self.enter_account(&context, compiled, proof, (&person, account));
            if let Some(signed_in) = entered.await? {
                let meta = meta(&person, false);
                return Ok(ProviderSignedIn { signed_in, meta });
            }
        }
        Err(Error::Contended)
    }

    /// Signs in to an account that is there; `None` where it is to be looked at again.
    async fn enter_account(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        proof: &CodeProof,
        (person, account): (&Person, Account),
    ) -> Result<Option<SignedIn>> {
        let proved = account.is_proved_by(compiled, person);
        let signed_in = matches!(account.way, Way::SignedIn);
        if proved && !signed_in {
            self.take_over(context, compiled, proof, &account).await?;
            return Ok(None);
        }
        let (guard, used) = proof.used(compiled, context.now)?;
        let mut with = Proposal {
            guards: vec![guard],
            puts: vec![used],
            ..Proposal::default()
        };
        let Account { mut record, way } = account;
        let provider = proof.provider.as_str();
        let known = match &way {
            Way::Linked { vouched, .. } => *vouched,
            Way::SignedIn | Way::Address => {
                if !self
                    .is_free(context, compiled, &record, (provider, person))
                    .await?
                {
                    return Ok(None);
                }
                let body = link_of(compiled, record.id(), (provider, person));
                let attached = self.records.plan_attached(context, LINKS, body, &mut with);
                attached.await?;
                false
            }
        };
        if !known {
            let vouched = vouched(compiled, &record, (provider, person), context.now)?;
            with.puts.push(vouched);
        }
        if proved {
            let submitted = Submitted::default().settling("verified", Value::Bool(true));
            let changed =
                self.records
                    .plan_changed(context, compiled, (&record, submitted), &mut with);
            record = changed.await?;
        }
        let proven = Proven {
            record,
            changed: proved,
            method: METHOD,
            provider: &proof.provider,
        };
        self.sign_in_proven(context, compiled, proven, with).await
    }

    /// Takes over an account whose address was never proved before.
    async fn take_over(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        proof: &CodeProof,
        account: &Account,
    ) -> Result<()> {
        let keeps = match &account.way {
            Way::Linked { link, .. } => Some((link.id(), proof.provider.as_str())),
            Way::SignedIn | Way::Address => None,
        };
        let claim = Claim {
            keeps,
            ..Claim::default()
        };
        let mut proposal = Proposal {
            guards: vec![proof.used(compiled, context.now)?.0],
            ..Proposal::default()
        };
        let claimed = self.plan_claim(context, compiled, (&account.record, claim), &mut proposal);
        claimed.await?;
        match self.committer.commit(proposal).await {
            Ok(_) | Err(CommitError::Guard(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the record has no link to the provider; one that stands for nobody any more goes.
    async fn is_free(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: &Record,
        place: (&str, &Person),
    ) -> Result<bool> {
        match self.other_link(compiled, record, place)? {
            None => Ok(true),
            Some((link, false)) => self.remove_link(context, link).await.map(|()| false),
            Some((_, true)) => {
                let mut violations = Violations::new();
                for name in ["collectionRef", "provider", "recordRef"] {
                    let violation =
                        Violation::new("validation_not_unique", "Value must be unique.");
                    violations.add(name, violation);
                }
                Err(refused(violations, "Failed to authenticate."))
            }
        }
    }

    async fn remove_link(&self, context: &Context, link: Record) -> Result<()> {
        let system = Context::system(context.now);
        match self.records.delete(&system, LINKS, link.id()).await {
            Ok(()) | Err(Error::MissingRecord) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn refuse_used(&self, compiled: &Compiled, proof: &CodeProof) -> Result<()> {
        match self.committer.store().get(&proof.key(compiled))? {
            Some(_) => Err(Error::SignInFailed),
            None => Ok(()),
        }
    }
}

/// The link of a record, as the contract has it.
pub(super) fn link_of(
    compiled: &Compiled,
    record: &str,
    (provider, person): (&str, &Person),
) -> Body {
    let values = [
        ("collectionRef", compiled.collection.id.as_str()),
        ("recordRef", record),
        ("provider", provider),
        ("providerId", &person.profile.subject),
    ];
    let values = values.into_iter();
    values
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

/// Who vouches for the subject of a link, beside the record.
pub(super) fn vouched(
    compiled: &Compiled,
    record: &Record,
    (provider, person): (&str, &Person),
    now: Timestamp,
) -> Result<(Key, Vec<u8>)> {
    let vouched = Vouched {
        issuer: person.issuer.clone(),
        subject: person.profile.subject.clone(),
    };
    let key = owner(compiled, record).key(Kind::ExternalState, provider);
    Ok((key, belongings::encode(NEVER, now, &vouched)?))
}

/// What the answer tells of the provider (contract §1.3).
fn meta(person: &Person, is_new: bool) -> Json {
    let Person {
        profile, tokens, ..
    } = person;
    let email = profile.email.as_ref();
    let email = email.map(|address| address.text.as_str());
    let mut meta = Map::new();
    for (name, value) in [
        ("accessToken", json!(tokens.access)),
        ("avatarURL", json!(profile.avatar)),
        ("avatarUrl", json!(profile.avatar)),
        ("email", json!(email.unwrap_or_default())),
        (
            "expiry",
            json!(
                tokens
                    .ends
                    .map_or_else(String::new, |ends| ends.to_string())
            ),
        ),
        ("id", json!(profile.subject)),
        ("isNew", json!(is_new)),
        ("name", json!(profile.name)),
        ("rawUser", profile.raw.clone()),
        ("refreshToken", json!(tokens.refresh)),
        ("username", json!(profile.username)),
    ] {
        meta.insert(name.to_owned(), value);
    }
    Json::Object(meta)
}
