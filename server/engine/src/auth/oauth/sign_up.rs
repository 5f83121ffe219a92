//! Making an account for somebody whom a provider vouches for, by the collection's own create rule.

use std::sync::Arc;

use luge_model::collection::MappedFields;
use luge_model::expand::Expand;
use luge_model::record::Record;
use luge_model::value::Value;
use serde_json::Value as Json;

use super::account::Found;
use super::enter::{CodeProof, link_of, vouched};
use super::exchange::Person;
use crate::access::Compiled;
use crate::auth::Auth;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files::Upload;
use crate::records::{BatchAction, BatchRequest, Beside, Body, Submitted};

impl Auth {
    /// Makes the account with its link, which uses the code; `None` where somebody was quicker.
    pub(super) async fn sign_up(
        &self,
        context: &Context,
        compiled: &Arc<Compiled>,
        (proof, person): (&CodeProof, &Person),
        create_data: &Body,
    ) -> Result<Option<Record>> {
        let submitted = self.submitted(compiled, person, create_data).await?;
        let mut context = context.clone();
        "POST".clone_into(&mut context.request.method);
        let now = context.now;
        let place = (proof.provider.as_str(), person);
        let request = BatchRequest {
            context: context.clone(),
            collection: compiled.collection.id.clone(),
            action: BatchAction::Create,
            submitted,
            expand: Expand::default(),
        };
        let link = |record: &Record| link_of(compiled, record.id(), place);
        let beside = |record: &Record| {
            self.refuse_used(compiled, proof)?;
            let (guard, used) = proof.used(compiled, now)?;
            let vouched = vouched(compiled, record, place, now)?;
            Ok(Beside {
                guard,
                puts: vec![used, vouched],
            })
        };
        match self.records.sign_up(&request, &link, &beside).await {
            Ok(made) => Ok(made.map(|view| view.record().clone())),
            Err(error) => match self.account_of(&context, compiled, place)? {
                // Somebody made it meanwhile, which stood in the way.
                Found::Account(_) | Found::Stale(_) => Ok(None),
                Found::Nobody => Err(error),
            },
        }
    }

    /// What the new record is made of: what the client wants, then what the provider says.
    async fn submitted(
        &self,
        compiled: &Arc<Compiled>,
        person: &Person,
        create_data: &Body,
    ) -> Result<Submitted> {
        let profile = &person.profile;
        let mut body = create_data.clone();
        let address = profile.email.as_ref();
        let own = body.get("email").and_then(Json::as_str).unwrap_or_default();
        let proved = match address {
            Some(address) if own.is_empty() => {
                body.insert("email".to_owned(), address.text.clone().into());
                address.proved
            }
            Some(address) => address.proved && address.text == own,
            None => false,
        };
        let uploads = self.map_fields(compiled, person, &mut body).await?;
        let has_password = body.get("password").is_some_and(|value| !value.is_null());
        let mut submitted = Submitted::new(body, uploads);
        if proved {
            submitted = submitted.settling("verified", Value::Bool(true));
        }
        if !has_password {
            submitted = submitted.settling("password", self.nobodys_password().await?);
        }
        Ok(submitted)
    }

    /// Fills the fields that take what the provider says, where the client did not.
    async fn map_fields(
        &self,
        compiled: &Arc<Compiled>,
        person: &Person,
        body: &mut Body,
    ) -> Result<Vec<Upload>> {
        let options = compiled.collection.auth();
        let options = options.ok_or(Error::MissingAuthCollection)?;
        let profile = &person.profile;
        let MappedFields {
            id,
            name,
            username,
            avatar_url,
        } = &options.oauth2.mapped_fields;
        let mut uploads = Vec::new();
        for (field, value) in [
            (id, &profile.subject),
            (name, &profile.name),
            (username, &profile.username),
            (avatar_url, &profile.avatar),
        ] {
            let Some(known) = compiled.collection.field(field) else {
                continue;
            };
            if value.is_empty() || is_given(body, field) {
                continue;
            }
            // A name that somebody has already is not worth failing for.
            if field == username && self.find_by(compiled, field, value)?.is_some() {
                continue;
            }
            match known.kind.as_file() {
                Some(file) => uploads.extend(self.fetch_avatar(field, file, value).await),
                None => {
                    body.insert(field.clone(), value.as_str().into());
                }
            }
        }
        Ok(uploads)
    }
}

/// Whether the client chose the value of a field.
fn is_given(body: &Body, field: &str) -> bool {
    match body.get(field) {
        None | Some(Json::Null) => false,
        Some(Json::String(text)) => !text.is_empty(),
        Some(_) => true,
    }
}
