//! Several requests in one (contract §1.4): all are carried out, or none.
//!
//! - Who asks is who sends the batch; nothing in a request of it changes that.
//! - Each request is counted by the rate limits by itself, as what it would be alone.

use std::sync::Arc;
use std::time::Duration;

use luge_engine::access::View;
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::error::Error;
use luge_engine::records::{Answered, BatchAction, BatchRequest, Submitted};
use luge_model::principal::RequestContext;
use poem::Request;
use poem::http::Method;
use poem_openapi::OpenApi;

use crate::http::answer::{Answer, JsonBytes};
use crate::http::app::App;
use crate::http::conditional::refuse_condition;
use crate::http::error::Failure;
use crate::http::once::{self, Keyed, shown};
use crate::http::query::{AnswerOptions, RecordOptions, Wanted};
use crate::http::rate_limits;
use crate::http::record_body::RecordBody;
use crate::http::shapes::OutcomesShape;

mod body;
mod parse;

use parse::Asked;

/// The routes.
pub(crate) struct BatchApi(pub(crate) Arc<App>);

#[OpenApi]
impl BatchApi {
    /// Makes, changes and removes several records, or does nothing.
    #[oai(path = "/api/batch", method = "post", operation_id = "batch")]
    async fn batch(&self, request: &Request, body: RecordBody) -> Answer<OutcomesShape> {
        let settings = self.0.engine.settings.current();
        if !settings.batch.enabled {
            return Err(Failure::batches_disabled());
        }
        let (options, mut keyed) = head(request)?;
        let fingerprint = keyed.as_mut().map(|keyed| &mut keyed.fingerprint);
        let received = body::receive(body, &self.0, &settings.batch, fingerprint).await?;
        let outer = self.0.context(request);
        let once = keyed.map(|keyed| keyed.once(&outer.principal, &received.values));
        let mut requests = Vec::with_capacity(received.requests.len());
        let mut wanted = Vec::with_capacity(received.requests.len());
        for (index, (asked, submitted)) in received.requests.into_iter().enumerate() {
            let prepared = self.prepared((request, &outer), &asked, submitted);
            let (one, fields) =
                prepared.map_err(|failure| Failure::failed_batch(index, &failure))?;
            requests.push(one);
            wanted.push(fields);
        }
        let seconds = u64::try_from(settings.batch.timeout).unwrap_or_default();
        let time = Duration::from_secs(seconds);
        let account = outer.account.clone();
        let carry_out = move |engine: Arc<Engine>| async move {
            let (records, render) = (&engine.records, |views: &[_]| outcomes(views, &wanted));
            match once {
                None => render(&records.batch(&requests, time).await?).map(Answered::Now),
                Some(once) => records.batch_once(&requests, time, &once, &render).await,
            }
        };
        let (bytes, before) = once::bytes(self.0.scan_and_write(&account, carry_out).await?);
        let answer = JsonBytes::of_object(bytes, &options.fields)?;
        Ok(once::replayed(answer, before))
    }
}

impl BatchApi {
    /// One request as the engine takes it, counted; and what its answer is to show.
    fn prepared(
        &self,
        (request, outer): (&Request, &Context),
        asked: &Asked,
        submitted: Submitted,
    ) -> Result<(BatchRequest, Wanted), Failure> {
        let (collection, action) = asked.action().ok_or_else(|| {
            Failure::bad_request(
                "A batch holds POST, PUT, PATCH and DELETE of records, by their paths.",
            )
        })?;
        self.count(outer, (&collection, &action, &submitted))?;
        let inner = asked.request(request, &outer.principal)?;
        refuse_condition(&inner)?;
        if asked.has_header("idempotency-key") {
            return Err(Failure::bad_request(
                "Idempotency-Key is for a batch as a whole.",
            ));
        }
        let RecordOptions { fields, expand } = RecordOptions::of(&inner)?;
        let mut context = Context {
            client: outer.client,
            now: outer.now,
            account: outer.account.clone(),
            ..self.0.context(&inner)
        };
        context.request.context = RequestContext::Batch;
        let request = BatchRequest {
            context,
            collection,
            action,
            submitted,
            expand,
        };
        Ok((request, fields))
    }

    /// Counts a request as what it would be alone: an upsert is an update where there is a record.
    fn count(
        &self,
        outer: &Context,
        (collection, action, submitted): (&str, &BatchAction, &Submitted),
    ) -> Result<(), Failure> {
        let all = format!("/api/collections/{collection}/records");
        let one = |id: &str| format!("{all}/{id}");
        let (method, path) = match action {
            BatchAction::Create => (Method::POST, all),
            BatchAction::Update(id) => (Method::PATCH, one(id)),
            BatchAction::Delete(id) => (Method::DELETE, one(id)),
            BatchAction::Upsert => {
                let id = submitted.body().get("id").and_then(|id| id.as_str());
                match id.filter(|id| !id.is_empty()) {
                    Some(id) if self.0.engine.records.upsert_changes(collection, id)? => {
                        (Method::PATCH, one(id))
                    }
                    _ => (Method::POST, all),
                }
            }
        };
        rate_limits::admit_as(&self.0, (outer.client, &outer.principal), &method, &path)
            .map_err(|_| Failure::too_many_requests())
    }
}

/// What is asked beside the body.
fn head(request: &Request) -> Result<(AnswerOptions, Option<Keyed>), Failure> {
    refuse_condition(request)?;
    Ok((AnswerOptions::of(request)?, Keyed::of(request)?))
}

fn outcomes(views: &[Option<View>], wanted: &[Wanted]) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![b'['];
    for (view, wanted) in views.iter().zip(wanted) {
        if bytes.len() > 1 {
            bytes.push(b',');
        }
        match view {
            None => bytes.extend_from_slice(br#"{"body":null,"status":204}"#),
            Some(view) => {
                let mut record = Vec::new();
                view.write_json(&mut record);
                bytes.extend_from_slice(br#"{"body":"#);
                bytes.extend_from_slice(&shown(record, wanted)?);
                bytes.extend_from_slice(br#","status":200}"#);
            }
        }
    }
    bytes.push(b']');
    Ok(bytes)
}
