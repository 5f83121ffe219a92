//! Several writes as one: the field `batch` of mutations.
//!
//! It is the batch of REST: the same settings, the same engine, the same failure.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::SelectionField;
use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, InputObject, InputValue, Object, ResolverContext, Type,
    TypeRef, Union,
};
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::records::{BatchAction, BatchRequest, Submitted};
use luge_model::expand::Expand;
use luge_model::principal::RequestContext;
use poem::http::Method;
use serde_json::{Map, Value as Json};

use super::arguments;
use super::call::{Call, records_path};
use super::inputs::optional;
use super::mutations;
use super::outline::{Face, Outline};
use super::queries::json;
use super::related;
use crate::http::error::Failure;

const WRITE: &str = "Write";
/// A record of whatever collection.
pub(super) const ANY_RECORD: &str = "AnyRecord";
const OUTCOME: &str = "Outcome";
const RECORD: &str = "record";
const WRITES: &str = "writes";

/// One write: a face, what is done, and what it says.
struct Writing<'a> {
    face: &'a Face,
    action: BatchAction,
    body: Map<String, Json>,
}

/// What a write of a batch did: a record and its type, or nothing for one that is gone.
struct Outcome(Option<(Json, String)>);

/// The types of batches.
pub(super) fn types(outline: &Outline) -> Vec<Type> {
    let mut write = InputObject::new(WRITE)
        .description("One write; exactly one of these.")
        .oneof();
    let mut types: Vec<Type> = vec![outcome().into()];
    for face in &outline.faces {
        let (roots, open) = (&face.roots, face.open);
        for (name, open) in [
            (&roots.create, open.create),
            (&roots.update, open.update),
            (&roots.upsert, open.create || open.update),
        ] {
            if open {
                write = write.field(optional(name, &face.write));
            }
        }
        if open.delete {
            write = write.field(optional(&roots.delete, TypeRef::ID));
        }
        types.push(mutations::write_of(face).into());
    }
    types.push(write.into());
    types
}

/// The type of a record of whatever collection.
pub(super) fn any_record(outline: &Outline) -> Union {
    let union = Union::new(ANY_RECORD).description("A record of some collection.");
    let faces = outline.faces.iter();
    faces.fold(union, |union, face| union.possible_type(&face.object))
}

fn outcome() -> Object {
    let record = Field::new(RECORD, TypeRef::named(ANY_RECORD), |context| {
        let outcome = context.parent_value.downcast_ref::<Outcome>();
        let record = outcome.and_then(|Outcome(record)| record.as_ref());
        let typed = record
            .map(|(record, object)| FieldValue::borrowed_any(record).with_type(object.clone()));
        FieldFuture::Value(typed)
    });
    let record = record.description("As it is after the batch; null for one that was removed.");
    Object::new(OUTCOME).field(record)
}

/// The field `batch`.
pub(super) fn field(outline: &Arc<Outline>) -> Field {
    let outline = Arc::clone(outline);
    let kind = TypeRef::named_nn_list(OUTCOME);
    let field = Field::new("batch", kind, move |context| {
        let outline = Arc::clone(&outline);
        FieldFuture::new(async move {
            let call = Arc::clone(Call::of(&context)?);
            let answered = carry_out(&outline, &call, &context).await;
            Ok(Call::answered(context.ctx, answered.map(Some)))
        })
    });
    let description = "Several writes, in their order: all of them happen or none.";
    let writes = InputValue::new(WRITES, TypeRef::named_nn_list_nn(WRITE));
    field.description(description).argument(writes)
}

async fn carry_out(
    outline: &Outline,
    call: &Arc<Call>,
    context: &ResolverContext<'_>,
) -> Result<FieldValue<'static>, Failure> {
    let settings = call.app.engine.settings.current();
    if !settings.batch.enabled {
        return Err(Failure::batches_disabled());
    }
    let writes = context.args.get(WRITES);
    let writes = writes.and_then(|writes| writes.as_value().clone().into_json().ok());
    let writes = writes
        .and_then(|writes| writes.as_array().cloned())
        .unwrap_or_default();
    let most = usize::try_from(settings.batch.max_requests).unwrap_or_default();
    if writes.is_empty() || writes.len() > most {
        let message = format!("A batch has 1 to {most} writes.");
        return Err(Failure::unreadable_batch(message));
    }
    let selected = related::selected_of(context.ctx.field(), RECORD);
    let (mut requests, mut objects) = (Vec::new(), Vec::new());
    for (index, write) in writes.iter().enumerate() {
        let one = prepared(outline, call, write, &selected);
        let (request, object) = one.map_err(|failure| Failure::failed_batch(index, &failure))?;
        requests.push(request);
        objects.push(object);
    }
    call.answer(requests.len(), selected.len())?;
    let time = Duration::from_secs(u64::try_from(settings.batch.timeout).unwrap_or_default());
    let batch =
        move |engine: Arc<Engine>| async move { engine.records.batch(&requests, time).await };
    let views = call
        .app
        .scan_and_write(&call.context.account, batch)
        .await?;
    let mut outcomes = Vec::with_capacity(views.len());
    for (view, object) in views.iter().zip(objects) {
        let record = view.as_ref().map(json).transpose()?;
        outcomes.push(FieldValue::owned_any(Outcome(
            record.map(|record| (record, object)),
        )));
    }
    Ok(FieldValue::list(outcomes))
}

/// One write as the engine takes it, counted; and the type of what it answers.
fn prepared(
    outline: &Outline,
    call: &Call,
    write: &Json,
    selected: &[SelectionField<'_>],
) -> Result<(BatchRequest, String), Failure> {
    let writing = writing(outline, write)?;
    let face = writing.face;
    count(call, &writing)?;
    let request = BatchRequest {
        context: context(call),
        collection: face.collection.id.clone(),
        expand: wanted(outline, face, selected)?,
        submitted: Submitted::from(writing.body),
        action: writing.action,
    };
    Ok((request, face.object.clone()))
}

fn context(call: &Call) -> Context {
    let mut context = call.context(&Method::POST);
    context.request.context = RequestContext::Batch;
    context
}

fn wanted(
    outline: &Outline,
    face: &Face,
    selected: &[SelectionField<'_>],
) -> Result<Expand, Failure> {
    related::wanted(outline, face, selected.iter().copied())
}

fn writing<'a>(outline: &'a Outline, write: &Json) -> Result<Writing<'a>, Failure> {
    let mut said = write.as_object().into_iter().flatten();
    let (Some((name, said)), None) = (said.next(), said.next()) else {
        return Err(Failure::bad_request("A write says one thing."));
    };
    let known = outline.faces.iter().find_map(|face| {
        let roots = &face.roots;
        let names = [&roots.create, &roots.update, &roots.upsert, &roots.delete];
        let which = names.into_iter().position(|one| one == name)?;
        Some((face, which))
    });
    let Some((face, which)) = known else {
        return Err(Failure::bad_request(format!(
            "There is no {name} in a batch."
        )));
    };
    let id = match said.as_str() {
        Some(id) => Some(id),
        None => said.get("id").and_then(Json::as_str),
    };
    let needed = || {
        id.map(str::to_owned).ok_or_else(|| {
            Failure::bad_request(format!("The write {name} needs the id of a record."))
        })
    };
    let value = |key: &str| said.get(key).cloned();
    let mut body = arguments::written(face, value("data"), value("body"))?;
    let action = match which {
        0 => BatchAction::Create,
        1 => BatchAction::Update(needed()?),
        2 => BatchAction::Upsert,
        _ => BatchAction::Delete(needed()?),
    };
    let names_record = matches!(action, BatchAction::Create | BatchAction::Upsert);
    if let (Some(id), true) = (id, names_record) {
        body.insert("id".to_owned(), id.into());
    }
    Ok(Writing { face, action, body })
}

/// Counts a write as what it would be alone: an upsert is an update where there is a record.
fn count(call: &Call, writing: &Writing<'_>) -> Result<(), Failure> {
    let Writing { face, action, body } = writing;
    let name = &face.collection.name;
    let records = &call.app.engine.records;
    let (method, id) = match action {
        BatchAction::Create => (Method::POST, None),
        BatchAction::Update(id) => (Method::PATCH, Some(id.as_str())),
        BatchAction::Delete(id) => (Method::DELETE, Some(id.as_str())),
        BatchAction::Upsert => match body.get("id").and_then(Json::as_str) {
            Some(id) if records.upsert_changes(name, id)? => (Method::PATCH, Some(id)),
            _ => (Method::POST, None),
        },
    };
    call.admit(&method, &records_path(name, id))
}
