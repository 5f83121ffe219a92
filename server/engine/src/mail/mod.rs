//! Mails: letters that leave with the commit that causes them.
//!
//! - A letter goes into the outbox in the commit of its cause, so neither is without the other. It
//!   is sent at least once, or given up and kept as a dead letter.
//! - Where no mail server is set, letters are kept for superusers to see: the development inbox.
//! - Of a letter that was sent nothing is kept, and what is to be sent is shown to nobody: it may
//!   hold what is worth an account.
//! - A letter to nobody is the same work up to its commit and after it.

use std::fmt;
use std::sync::Arc;

use luge_model::limits::MAIL_BYTES_MAX;
use luge_model::timestamp::Timestamp;

use crate::commit::{Committer, Proposal};
use crate::error::{Error, Result};
use crate::outbox::{Courier, Line, NewDelivery, Outbox};
use crate::outside::{Post, PostError};
use crate::secrets::Vault;
use crate::settings::{MetaSettings, Settings};

mod compose;
mod courier;
mod inbox;
mod letter;
mod plain;

#[cfg(test)]
mod tests;

pub use compose::{Envelope, Placeholders, compose};
pub use letter::Letter;

/// What carries letters.
const KIND: &str = "mail";

/// The mails of this database.
#[derive(Clone)]
pub struct Mail {
    parts: Arc<Parts>,
}

/// What mails stand on.
#[derive(Debug)]
pub struct Parts {
    /// Keeps what is to be sent.
    pub outbox: Arc<Outbox>,
    /// Say which mail server there is, and who mails come from.
    pub settings: Arc<Settings>,
    /// The way out.
    pub post: Arc<dyn Post>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mail").finish_non_exhaustive()
    }
}

impl Mail {
    /// The service over its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    /// What carries letters.
    #[must_use]
    pub fn courier(&self) -> (&'static str, Arc<dyn Courier>) {
        (KIND, Arc::new(self.clone()))
    }

    /// Who mails come from, and what the application is called in them.
    #[must_use]
    pub fn meta(&self) -> MetaSettings {
        self.parts.settings.current().meta.clone()
    }

    /// Adds a letter to a write: it goes once that is committed.
    ///
    /// # Errors
    /// [`Error::Busy`] where too many letters wait already; [`Error::BadRequest`] where the letter
    /// is too long.
    pub fn post(&self, now: Timestamp, letter: &Letter, proposal: &mut Proposal) -> Result<()> {
        let body = letter.close(self.vault())?;
        if body.len() > MAIL_BYTES_MAX {
            let reason = format!("The mail would have more than {MAIL_BYTES_MAX} bytes.");
            return Err(Error::BadRequest(reason));
        }
        if !self.parts.outbox.has_room(&line(), body.len() as u64) {
            return Err(Error::Busy);
        }
        proposal.now = now;
        let new = NewDelivery {
            line: line(),
            lane: None,
            event: letter.about.clone(),
            body,
        };
        self.parts.outbox.plan(proposal, new);
        Ok(())
    }

    /// Hands a letter to the mail server of the settings at once and once; where none is set, it
    /// is kept as every other.
    ///
    /// # Errors
    /// As for [`Self::post`]; inside, why the mail server did not take it.
    pub async fn send_once(
        &self,
        now: Timestamp,
        (id, letter): (&str, Letter),
        committer: &Committer,
    ) -> Result<std::result::Result<(), PostError>> {
        let settings = self.parts.settings.current();
        let Some(to) = letter.to.clone().filter(|_| settings.smtp.enabled) else {
            let mut proposal = Proposal::default();
            self.post(now, &letter, &mut proposal)?;
            committer.commit(proposal).await?;
            return Ok(Ok(()));
        };
        let mail = courier::outbound(&settings, (id, now), (to, letter));
        let server = courier::server(&settings.smtp);
        Ok(self.parts.post.send(server, mail).await)
    }

    fn vault(&self) -> &Vault {
        self.parts.settings.vault()
    }
}

/// All letters take turns together: there is one mail server.
fn line() -> Line {
    Line {
        kind: KIND.to_owned(),
        owner: String::new(),
    }
}
