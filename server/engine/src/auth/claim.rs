//! Taking over an account whose address was never proved, by whoever proves it.
//!
//! - Anybody can register somebody else's address. So an account whose address nobody proved is
//!   worth nothing to who proves it: everything that signs in to it goes in the same commit
//!   (password, links, codes, begun sign-ins, passkeys and other keys, sessions, known places), and
//!   the token key is a new one.
//! - What is planned here is part of the proposal of what proved the address.

use luge_model::limits::CASCADE_RECORDS_MAX;
use luge_model::record::Record;
use luge_model::value::{Value, ValueRef};

use super::Auth;
use super::session::owner;
use crate::access::Compiled;
use crate::belongings::Kind;
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::Result;
use crate::records::{Body, Submitted};
use crate::secrets;
use crate::store;

/// Records that let somebody sign in, or that tell where somebody did.
const ATTACHED: [&str; 4] = ["_externalAuths", "_otps", "_mfas", "_authOrigins"];

/// What else happens to an account that is taken over.
#[derive(Clone, Debug, Default)]
pub(super) struct Claim<'a> {
    /// Values that change, such as a new `password` with its `passwordConfirm`. Without one the
    /// account has a password that nobody knows.
    pub(super) changes: Body,
    /// The id of the link that proved the address, which stays, and its provider.
    pub(super) keeps: Option<(&'a str, &'a str)>,
}

impl Auth {
    /// Plans that the address of a record was proved: that it is verified, and that nothing is left
    /// of what others did to it. The record as it will be; `None` where the address had been proved
    /// before, and nothing is planned.
    ///
    /// # Errors
    /// [`crate::error::Error::Refused`] where the changes are refused; when the store fails.
    pub(super) async fn plan_claim(
        &self,
        context: &Context,
        compiled: &Compiled,
        (record, claim): (&Record, Claim<'_>),
        proposal: &mut Proposal,
    ) -> Result<Option<Record>> {
        if is_verified(compiled, record) {
            return Ok(None);
        }
        let has_password = claim.changes.contains_key("password");
        let key = Value::Text(secrets::token_key(&*self.random));
        let mut submitted = Submitted::from(claim.changes)
            .settling("verified", Value::Bool(true))
            .settling("tokenKey", key);
        if !has_password {
            submitted = submitted.settling("password", self.nobodys_password().await?);
        }
        let changed = self
            .records
            .plan_changed(context, compiled, (record, submitted), proposal);
        let changed = changed.await?;
        let of = (&*compiled.collection, record);
        for name in ATTACHED {
            for link in self.records.attached(name, of, CASCADE_RECORDS_MAX)? {
                if claim.keeps.is_none_or(|(kept, _)| kept != link.id()) {
                    self.records.plan_detached(context, name, link, proposal)?;
                }
            }
        }
        self.plan_bare(compiled, record, claim.keeps, proposal)?;
        Ok(Some(changed))
    }

    /// The hash of a password that nobody knows.
    pub(super) async fn nobodys_password(&self) -> Result<Value> {
        let password = secrets::token_key(&*self.random);
        Ok(Value::Text(self.hashes.hash(&password).await?))
    }

    /// Plans that everything that belongs to a record beside its fields goes, but for the history
    /// of its sign-ins: who takes an account over may see who had it.
    fn plan_bare(
        &self,
        compiled: &Compiled,
        record: &Record,
        keeps: Option<(&str, &str)>,
        proposal: &mut Proposal,
    ) -> Result<()> {
        let owner = owner(compiled, record);
        let mut bare = Proposal::default();
        owner.plan_removal(&**self.committer.store(), &mut bare)?;
        let kept = keeps.map(|(_, provider)| owner.key(Kind::ExternalState, provider));
        bare.deletes.retain(|key| {
            let written = proposal.puts.iter().any(|(put, _)| put == key);
            let history = store::key::belonging_kind(key) == Some(Kind::SignIn as u8);
            Some(key) != kept.as_ref() && !history && !written && !proposal.deletes.contains(key)
        });
        proposal.join(bare);
        Ok(())
    }
}

/// Whether somebody proved the address of a record.
pub(super) fn is_verified(compiled: &Compiled, record: &Record) -> bool {
    let field = compiled.collection.field("verified");
    let value = field.and_then(|field| record.value(field.number));
    value == Some(ValueRef::Bool(true))
}
