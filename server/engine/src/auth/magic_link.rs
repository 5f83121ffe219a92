//! Signing in with a mailed link, an addition to the contract.
//!
//! - A link holds a secret of which a hash is kept, and is used by removing that in the commit of
//!   the sign-in. It ends with its time and with the token key of its record.
//! - An address of nobody is answered alike, after the same work.
//! - Who has a link has the mailbox, as with a code (`one_time_code.rs`).
//! - While an account has as many links as it may, none is mailed: nobody's mailbox is flooded.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::collection::MagicLinkOptions;
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::{MAGIC_LINK_CHARS, MAGIC_LINKS_MAX, WRITE_ATTEMPTS_MAX};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use sha2::{Digest as _, Sha256};

use super::one_time_code::{check_email, nobody, nobody_of};
use super::password::invalid;
use super::session::{Proven, owner};
use super::{Auth, SignedIn, text, unchanged};
use crate::access::Compiled;
use crate::belongings::{self, Belonging, Kind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::mail::{Envelope, Placeholders, compose};
use crate::store::{CommitError, Guard};

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// What is kept of a link; what is kept of a code for nobody is told from it.
const LINK: &str = "link";

impl Auth {
    /// Whether a collection lets its records sign in with mailed links.
    ///
    /// # Errors
    /// [`Error::MissingCollection`], [`Error::MissingAuthCollection`], [`Error::Forbidden`].
    pub fn magic_links_allowed(&self, collection: &str) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        link_options(&compiled).map(drop)
    }

    /// Mails a link to an address, if somebody has it.
    ///
    /// # Errors
    /// As for [`Self::magic_links_allowed`]; [`Error::Refused`] for what is no address;
    /// [`Error::Busy`] where too many mails wait.
    pub async fn request_magic_link(
        &self,
        context: &Context,
        collection: &str,
        email: &str,
    ) -> Result<()> {
        let compiled = self.auth_collection(collection)?;
        let options = link_options(&compiled)?;
        check_email(email)?;
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let found = self.find_by(&compiled, "email", email)?;
            let place = (&*compiled, options, email);
            let Some(proposal) = self.plan_link(context, place, found.as_ref())? else {
                return Ok(());
            };
            match self.committer.commit(proposal).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Guard(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Contended)
    }

    /// Signs in with the secret of a link.
    ///
    /// # Errors
    /// As for [`Self::magic_links_allowed`]; [`Error::Refused`] without a secret;
    /// [`Error::SignInFailed`] for every link that does not hold; [`Error::SecondFactorNeeded`].
    pub async fn sign_in_with_magic_link(
        &self,
        context: &Context,
        collection: &str,
        secret: &str,
    ) -> Result<SignedIn> {
        let compiled = self.auth_collection(collection)?;
        link_options(&compiled)?;
        if secret.is_empty() {
            return Err(invalid(Violations::of("token", Violation::required())));
        }
        let id = hash(secret);
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let record = self.linked(context, &compiled, &id)?;
            let record = record.ok_or(Error::SignInFailed)?;
            let owner = owner(&compiled, &record);
            let key = owner.key(Kind::Mailed, &id);
            let mut with = Proposal {
                guards: vec![Guard::Present(key.clone())],
                deletes: vec![key, owner.address(Kind::Mailed, &id)],
                ..Proposal::default()
            };
            let proved = self.plan_mailbox_proof(context, &compiled, &record, &mut with);
            let proved = proved.await?;
            let proven = Proven {
                changed: proved.is_some(),
                method: "magicLink",
                provider: "",
                record: proved.unwrap_or(record),
            };
            let signed_in = self.sign_in_proven(context, &compiled, proven, with);
            if let Some(signed_in) = signed_in.await? {
                return Ok(signed_in);
            }
        }
        Err(Error::Contended)
    }

    /// The record that a link which has not ended is for.
    fn linked(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        id: &str,
    ) -> Result<Option<Record>> {
        let store = &**self.committer.store();
        let Some(record) = nobody(compiled, "").found_by(store, Kind::Mailed, id)? else {
            return Ok(None);
        };
        let Some(record) = self.query.stored(compiled, &record)? else {
            return Ok(None);
        };
        let owner = owner(compiled, &record);
        let link: Option<Belonging<String>> = owner.get(store, Kind::Mailed, id, context.now)?;
        Ok(link.map(|_| record))
    }

    /// A new link for whoever has an address, or for nobody; none where there are as many as there
    /// may be.
    fn plan_link(
        &self,
        context: &Context,
        (compiled, options, email): (&Compiled, &MagicLinkOptions, &str),
        record: Option<&Record>,
    ) -> Result<Option<Proposal>> {
        let account = nobody_of(email);
        let account = record.map_or(account.as_str(), |record| record.id());
        let owner = nobody(compiled, account);
        let store = &**self.committer.store();
        let live: Vec<Belonging<String>> = owner.all(store, Kind::Mailed, context.now)?;
        if live.iter().filter(|link| link.content == LINK).count() >= MAGIC_LINKS_MAX {
            return Ok(None);
        }
        let secret = self.random.text(LETTERS, MAGIC_LINK_CHARS);
        let id = hash(&secret);
        let lifetime = options.duration.saturating_mul(1_000);
        let ends = Timestamp(context.now.0.saturating_add(lifetime));
        let mut proposal = Proposal::default();
        proposal
            .guards
            .extend(record.map(|record| unchanged(compiled, record)));
        let kept = belongings::encode(ends, context.now, &LINK)?;
        proposal.puts.push((owner.key(Kind::Mailed, &id), kept));
        owner.plan_address(Kind::Mailed, &id, ends, &mut proposal)?;
        let values = Placeholders {
            record: record.map(|record| (&*compiled.collection, record)),
            token: &secret,
            ..Placeholders::default()
        };
        let envelope = Envelope {
            to: record.map(|record| text(compiled, record, "email")),
            about: "magicLink",
            until: Some(ends),
        };
        let meta = &self.settings.current().meta;
        let letter = compose(envelope, &options.email_template, meta, &values);
        self.mail.post(context.now, &letter, &mut proposal)?;
        Ok(Some(proposal))
    }
}

fn link_options(compiled: &Compiled) -> Result<&MagicLinkOptions> {
    let options = compiled
        .collection
        .auth()
        .map(|options| &options.magic_link);
    options.filter(|options| options.enabled).ok_or_else(|| {
        Error::Forbidden("The collection is not configured to allow magic links.".to_owned())
    })
}

fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("magic link {secret}")))
}
