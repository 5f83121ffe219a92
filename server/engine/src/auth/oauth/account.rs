//! Whose account it is that somebody who signed in at a provider comes to.

use std::sync::Arc;

use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use super::exchange::Person;
use crate::access::Compiled;
use crate::auth::claim::is_verified;
use crate::auth::session::owner;
use crate::auth::{Auth, text};
use crate::belongings::{Belonging, Kind};
use crate::context::Context;
use crate::error::Result;
use crate::query::ListRequest;

/// The records that link accounts to those elsewhere (contract §2.4).
pub(super) const LINKS: &str = "_externalAuths";

/// Who vouches for the subject of a link: the contract's record names the provider only, whose
/// definition may lead elsewhere one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Vouched {
    pub(super) issuer: String,
    pub(super) subject: String,
}

/// The account that is there.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) record: Record,
    pub(super) way: Way,
}

/// How somebody came to an account.
#[derive(Debug)]
pub(super) enum Way {
    /// By this link. What vouches for it is unknown where the link came from elsewhere.
    Linked { link: Record, vouched: bool },
    /// By being signed in to it.
    SignedIn,
    /// By its address.
    Address,
}

/// What is known of somebody who signed in at a provider.
#[derive(Debug)]
pub(super) enum Found {
    Account(Account),
    /// A link of the same name, but another issuer stands for it now.
    Stale(Record),
    Nobody,
}

impl Auth {
    /// The account of a person: by its link, else the one that the caller is signed in to, else by
    /// a proved address.
    pub(super) fn account_of(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        (provider, person): (&str, &Person),
    ) -> Result<Found> {
        let links = self.records.compiled(LINKS)?;
        let subject = person.profile.subject.as_str();
        let filter = filter(&[
            ("collectionRef", compiled.collection.id.as_str()),
            ("provider", provider),
            ("providerId", subject),
        ]);
        if let Some(link) = self.one_link(&links, &filter)? {
            let record = text(&links, &link, "recordRef");
            let Some(record) = self.query.stored(compiled, record)? else {
                return Ok(Found::Stale(link));
            };
            let kept: Option<Belonging<Vouched>> = owner(compiled, &record).get(
                &**self.committer.store(),
                Kind::ExternalState,
                provider,
                Timestamp(0),
            )?;
            let kept = kept.filter(|kept| kept.content.subject == subject);
            let vouched = kept.is_some();
            if kept.is_some_and(|kept| kept.content.issuer != person.issuer) {
                return Ok(Found::Stale(link));
            }
            let way = Way::Linked { link, vouched };
            return Ok(Found::Account(Account { record, way }));
        }
        let own = context.principal.identity();
        if let Some(own) = own.filter(|own| own.collection.id == compiled.collection.id)
            && let Some(record) = self.query.stored(compiled, own.record.id())?
        {
            let way = Way::SignedIn;
            return Ok(Found::Account(Account { record, way }));
        }
        let address = person.profile.email.as_ref();
        if let Some(address) = address.filter(|address| address.proved)
            && let Some(record) = self.find_by(compiled, "email", &address.text)?
        {
            let way = Way::Address;
            return Ok(Found::Account(Account { record, way }));
        }
        Ok(Found::Nobody)
    }

    /// The link of a record to somebody else at the same provider; and whether it still stands for
    /// whom the provider vouches.
    pub(super) fn other_link(
        &self,
        compiled: &Compiled,
        record: &Record,
        (provider, person): (&str, &Person),
    ) -> Result<Option<(Record, bool)>> {
        let links = self.records.compiled(LINKS)?;
        let filter = filter(&[
            ("collectionRef", compiled.collection.id.as_str()),
            ("recordRef", record.id()),
            ("provider", provider),
        ]);
        let Some(link) = self.one_link(&links, &filter)? else {
            return Ok(None);
        };
        let kept: Option<Belonging<Vouched>> = owner(compiled, record).get(
            &**self.committer.store(),
            Kind::ExternalState,
            provider,
            Timestamp(0),
        )?;
        let stands = kept.is_none_or(|kept| kept.content.issuer == person.issuer);
        Ok(Some((link, stands)))
    }

    fn one_link(&self, links: &Arc<Compiled>, filter: &str) -> Result<Option<Record>> {
        let request = ListRequest {
            per_page: 1,
            filter: filter.to_owned(),
            skip_total: true,
            ..ListRequest::default()
        };
        let system = Context::system(Timestamp(0));
        let found = self.query.list(&system, links, &request)?;
        Ok(found.items.into_iter().next())
    }
}

impl Account {
    /// Whether the provider proved the address of the account just now, which nobody had before.
    pub(super) fn is_proved_by(&self, compiled: &Compiled, person: &Person) -> bool {
        let address = person.profile.email.as_ref();
        let own = text(compiled, &self.record, "email");
        !is_verified(compiled, &self.record)
            && address.is_some_and(|address| address.proved && address.text == own)
    }
}

/// A literal in double quotes is read like one of JSON.
fn filter(values: &[(&str, &str)]) -> String {
    let equal = |(name, value): &(&str, &str)| {
        let literal = serde_json::Value::from(*value);
        format!("{name} = {literal}")
    };
    let all: Vec<String> = values.iter().map(equal).collect();
    all.join(" && ")
}
