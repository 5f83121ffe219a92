//! Where an account was signed in to, and the mail about a new place (contract §1.3, auth alerts).
//!
//! - A place is an address and what the client says it is. Which ones there are are records of
//!   `_authOrigins`, the newest few of each account.
//! - What is new is kept, and told, in the commit of the sign-in; the first one is told to nobody.
//! - A sign-in never fails because a mail cannot wait.

use luge_model::limits::{AUTH_ORIGIN_DEVICE_BYTES, AUTH_ORIGINS_MAX};
use luge_model::record::Record;
use luge_model::timestamp::Timestamp;
use md5::{Digest as _, Md5};
use serde_json::Map;

use super::session::Proven;
use super::{Auth, text};
use crate::access::Compiled;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::Result;
use crate::mail::{Envelope, Placeholders, compose};
use crate::store::key;

const ORIGINS: &str = "_authOrigins";

impl Auth {
    /// Plans that the place of a sign-in is known, and a mail where it was not.
    pub(super) async fn plan_origin(
        &self,
        context: &Context,
        compiled: &Compiled,
        proven: &Proven<'_>,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let options = compiled.collection.auth();
        if !options.is_some_and(|options| options.auth_alert.enabled) {
            return Ok(());
        }
        let origins = self.records.compiled(ORIGINS)?;
        let of = (&*compiled.collection, &proven.record);
        let known = self.records.attached(ORIGINS, of, AUTH_ORIGINS_MAX * 4)?;
        let fingerprint = fingerprint(context);
        let is_there = |origin: &Record| text(&origins, origin, "fingerprint") == fingerprint;
        if known.iter().any(is_there) {
            // Also one that goes in this very commit: the next sign-in keeps it anew.
            return Ok(());
        }
        let goes = |origin: &Record| {
            let place = key::record(origins.collection.number, origin.id());
            proposal.deletes.contains(&place)
        };
        let mut stays: Vec<Record> = known.into_iter().filter(|one| !goes(one)).collect();
        if !stays.is_empty() {
            self.plan_alert(context, compiled, &proven.record, proposal);
        }
        stays.sort_by_key(|one| std::cmp::Reverse(text(&origins, one, "created").to_owned()));
        for oldest in stays.into_iter().skip(AUTH_ORIGINS_MAX - 1) {
            self.records
                .plan_detached(context, ORIGINS, oldest, proposal)?;
        }
        let body = [
            ("collectionRef", compiled.collection.id.as_str()),
            ("recordRef", proven.record.id()),
            ("fingerprint", fingerprint.as_str()),
        ];
        let body: Map<_, _> = body
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.into()))
            .collect();
        let kept = self.records.plan_attached(context, ORIGINS, body, proposal);
        kept.await.map(drop)
    }

    fn plan_alert(
        &self,
        context: &Context,
        compiled: &Compiled,
        record: &Record,
        proposal: &mut Proposal,
    ) {
        let to = text(compiled, record, "email");
        let options = compiled.collection.auth().filter(|_| !to.is_empty());
        let Some(options) = options else {
            return;
        };
        let envelope = Envelope {
            to: Some(to),
            about: "authAlert",
            until: None,
        };
        let info = info(context.now, context);
        let values = Placeholders {
            record: Some((&compiled.collection, record)),
            alert: &info,
            ..Placeholders::default()
        };
        let template = &options.auth_alert.email_template;
        let letter = compose(envelope, template, &self.settings.current().meta, &values);
        if let Err(error) = self.mail.post(context.now, &letter, proposal) {
            tracing::warn!(%error, "nobody is told of a sign-in from a new place");
        }
    }
}

/// When and where, as a person reads it.
fn info(now: Timestamp, context: &Context) -> String {
    let address = address(context);
    let device = context.device.as_deref().unwrap_or_default();
    format!("{now} - {address} {device}").trim_end().to_owned()
}

fn fingerprint(context: &Context) -> String {
    let device = context.device.as_deref().unwrap_or_default().as_bytes();
    let device = device.get(..AUTH_ORIGIN_DEVICE_BYTES).unwrap_or(device);
    let mut hash = Md5::new();
    hash.update(address(context).as_bytes());
    hash.update(device);
    let hash = hash.finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn address(context: &Context) -> String {
    let client = context.client;
    client.map_or_else(String::new, |client| client.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_and_the_beginning_of_what_a_client_says() {
        let context = |device: &str| Context {
            client: Some("127.0.0.1".parse().unwrap()),
            device: Some(device.into()),
            ..Context::default()
        };
        // md5("127.0.0.1node"), as the contract has it.
        assert_eq!(
            fingerprint(&context("node")),
            "e1b2892a537c2611be478c298e10eabb"
        );
        let long = "x".repeat(AUTH_ORIGIN_DEVICE_BYTES);
        let same = fingerprint(&context(&format!("{long}y")));
        assert_eq!(fingerprint(&context(&long)), same);
        assert_ne!(
            fingerprint(&context("other")),
            fingerprint(&context("node"))
        );
        assert_eq!(
            info(Timestamp(1_795_945_103_923), &context("other")),
            "2026-11-29 09:38:23.923Z - 127.0.0.1 other"
        );
    }
}
