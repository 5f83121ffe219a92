//! An account that loses a provider: whoever owns it is told by mail, at the address it has, and it
//! is not left without a way in.
//!
//! - A password counts for nothing here: an account that began with a provider has one that nobody
//!   knows, and where a reset can be mailed another one can be chosen.
//! - What the server itself unlinks (an account that is claimed, or goes) is not asked about.

use luge_model::collection::{Collection, Collections as _, EmailTemplate};
use luge_model::principal::Principal;
use luge_model::record::Record;
use serde::de::IgnoredAny;

use super::Records;
use super::owned::Owner;
use crate::access::Compiled;
use crate::belongings::{self, Kind};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::mail::{Envelope, Placeholders, compose};
use crate::store::{Guard, key};

/// The links between accounts and providers.
const LINKS: &str = "_externalAuths";

/// An account that loses links.
struct Loser<'a> {
    collection: &'a Collection,
    account: Record,
    /// The links that it loses.
    lost: Vec<&'a Record>,
}

impl Records {
    /// Plans what else happens when somebody deletes these records of one collection.
    ///
    /// # Errors
    /// [`Error::BadRequest`] where an account would be left that nobody can get into.
    pub(super) fn plan_unlinking(
        &self,
        context: &Context,
        compiled: &Compiled,
        records: &[Record],
        proposal: &mut Proposal,
    ) -> Result<()> {
        let is_asked = !matches!(context.principal, Principal::System);
        if !is_asked || !compiled.collection.system || compiled.collection.name != LINKS {
            return Ok(());
        }
        let mut losers: Vec<Loser<'_>> = Vec::new();
        for link in records {
            let Some((collection, id)) = linked(compiled, link) else {
                continue;
            };
            let is_it = |one: &&mut Loser<'_>| {
                one.collection.number == collection.number && one.account.id() == id
            };
            if let Some(loser) = losers.iter_mut().find(is_it) {
                loser.lost.push(link);
                continue;
            }
            let owner = self.compiled(&collection.name)?;
            if let Some(account) = self.query.stored(&owner, id)? {
                losers.push(Loser {
                    collection,
                    account,
                    lost: vec![link],
                });
            }
        }
        for loser in &losers {
            self.plan_loss(context, compiled, loser, proposal)?;
        }
        Ok(())
    }

    fn plan_loss(
        &self,
        context: &Context,
        compiled: &Compiled,
        loser: &Loser<'_>,
        proposal: &mut Proposal,
    ) -> Result<()> {
        proposal.guards.push(Guard::Unchanged {
            key: key::record(loser.collection.number, loser.account.id()),
            prefix: loser.account.guard_prefix().to_vec(),
        });
        let address = text(loser.collection, &loser.account, "email");
        if !address.is_empty() {
            for link in &loser.lost {
                let provider = text(&compiled.collection, link, "provider");
                self.plan_notice(context, loser, (address, provider), proposal);
            }
        } else if !context.principal.is_superuser() {
            let other = self.other_way_in(context, compiled, loser)?;
            proposal.guards.push(other.ok_or_else(last_way_in)?);
        }
        Ok(())
    }

    /// That the account can still be signed in to without a mail; `None` where it cannot.
    fn other_way_in(
        &self,
        context: &Context,
        compiled: &Compiled,
        loser: &Loser<'_>,
    ) -> Result<Option<Guard>> {
        let owner = Owner::record(loser.collection, &loser.account);
        let links = self.owned_in(compiled, owner, loser.lost.len() + 1)?;
        let is_lost = |link: &Record| loser.lost.iter().any(|lost| lost.id() == link.id());
        let mut links = links.records.iter();
        if let Some((_, link)) = links.find(|(_, link)| !is_lost(link)) {
            let place = key::record(compiled.collection.number, link.id());
            return Ok(Some(Guard::Present(place)));
        }
        let owner = belongings::Owner {
            collection: loser.collection.number,
            record: loser.account.id(),
        };
        let passkeys = owner.all::<IgnoredAny>(&*self.reads, Kind::Passkey, context.now)?;
        let passkey = passkeys.first();
        Ok(passkey.map(|passkey| Guard::Present(owner.key(Kind::Passkey, &passkey.id))))
    }

    fn plan_notice(
        &self,
        context: &Context,
        loser: &Loser<'_>,
        (to, provider): (&str, &str),
        proposal: &mut Proposal,
    ) {
        let envelope = Envelope {
            to: Some(to),
            about: "provider-unlinked",
            until: None,
        };
        let values = Placeholders {
            record: Some((loser.collection, &loser.account)),
            alert: shown(loser.collection, provider),
            ..Placeholders::default()
        };
        let template = EmailTemplate::provider_unlinked();
        let letter = compose(envelope, &template, &self.mail.meta(), &values);
        // As a sign-in, unlinking does not fail because a mail cannot wait.
        if let Err(error) = self.mail.post(context.now, &letter, proposal) {
            tracing::warn!(%error, "nobody is told that a provider was unlinked");
        }
    }
}

/// Whose link it is: the auth collection and the id of the account.
fn linked<'a>(compiled: &'a Compiled, link: &'a Record) -> Option<(&'a Collection, &'a str)> {
    let id = text(&compiled.collection, link, "collectionRef");
    let collection = compiled.snapshot.find(id)?;
    let is_it = collection.id == id && collection.auth().is_some();
    is_it.then(|| (&**collection, text(&compiled.collection, link, "recordRef")))
}

/// What a provider is called in its collection.
fn shown<'a>(collection: &'a Collection, provider: &'a str) -> &'a str {
    let options = collection.auth();
    let providers = options.map_or(&[][..], |options| &options.oauth2.providers);
    let configured = providers.iter().find(|one| one.name == provider);
    let name = configured.map(|one| one.display_name.as_str());
    name.filter(|name| !name.is_empty()).unwrap_or(provider)
}

fn text<'a>(collection: &Collection, record: &'a Record, name: &str) -> &'a str {
    let field = collection.field(name);
    field.map_or("", |field| record.text(field.number))
}

fn last_way_in() -> Error {
    Error::BadRequest(
        "This is the last way to sign in to the account, which has no e-mail address for another. \
         Add an address or a passkey first."
            .to_owned(),
    )
}
