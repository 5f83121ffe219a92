//! Writing: each field of the root by itself, one after the other; `batch` all or none.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputObject, InputValue, TypeRef};
use luge_engine::access::View;
use luge_engine::context::Context;
use luge_model::expand::Expand;
use poem::http::Method;

use super::arguments;
use super::call::records_path;
use super::inputs::optional;
use super::outline::{Face, Outline};
use super::queries::{Answering, Asked, expanded, resolved, shown};
use super::values::JSON;
use crate::http::error::Failure;

/// The fields of the root that write one collection.
pub(super) fn fields_of(outline: &Arc<Outline>, index: usize) -> Vec<Field> {
    let Some(face) = outline.face(index) else {
        return Vec::new();
    };
    let name = &face.collection.name;
    let id = || InputValue::new("id", TypeRef::named_nn(TypeRef::ID));
    let mut fields = Vec::new();
    if face.open.create {
        let field = resolved(outline, index, (&face.roots.create, &face.object), create);
        let field = field.description(format!("Makes a record of {name}."));
        fields.push(arguments::writing(field, face));
    }
    if face.open.update {
        let field = resolved(outline, index, (&face.roots.update, &face.object), update);
        let field = field
            .description(format!("Changes a record of {name}."))
            .argument(id());
        fields.push(arguments::writing(field, face));
    }
    if face.open.delete {
        let kind = TypeRef::BOOLEAN;
        let field = resolved(outline, index, (&face.roots.delete, kind), delete);
        let field = field.description(format!("Removes a record of {name}; true."));
        fields.push(field.argument(id()));
    }
    fields
}

/// What one write of a batch to a collection says.
pub(super) fn write_of(face: &Face) -> InputObject {
    InputObject::new(&face.write)
        .description("The id of the record where it is changed, and its values.")
        .field(optional("id", TypeRef::ID))
        .field(optional("data", &face.data))
        .field(optional("body", JSON).description(arguments::BODY))
}

fn create(asked: Asked<'_>) -> Answering<'_> {
    Box::pin(async move {
        let face = asked.face()?;
        let body = arguments::body(face, &asked.context.args)?;
        let expand = asked.wanted()?;
        let (call, method) = (&asked.call, Method::POST);
        call.admit(&method, &records_path(&face.collection.name, None))?;
        let context = call.context(&method);
        let after = context.with_body(body.clone());
        let records = &call.app.engine.records;
        let view = records.create(&context, &face.collection.id, body).await?;
        written(&asked, (after, expand), view).await
    })
}

fn update(asked: Asked<'_>) -> Answering<'_> {
    Box::pin(async move {
        let face = asked.face()?;
        let id = arguments::id(&asked.context.args);
        let body = arguments::body(face, &asked.context.args)?;
        let expand = asked.wanted()?;
        let (call, method) = (&asked.call, Method::PATCH);
        call.admit(&method, &records_path(&face.collection.name, Some(&id)))?;
        let context = call.context(&method);
        let after = context.with_body(body.clone());
        let records = &call.app.engine.records;
        let view = records.update(&context, &face.collection.id, &id, body);
        written(&asked, (after, expand), view.await?).await
    })
}

fn delete(asked: Asked<'_>) -> Answering<'_> {
    Box::pin(async move {
        let face = asked.face()?;
        let id = arguments::id(&asked.context.args);
        let (call, method) = (&asked.call, Method::DELETE);
        call.admit(&method, &records_path(&face.collection.name, Some(&id)))?;
        let context = call.context(&method);
        let records = &call.app.engine.records;
        records.delete(&context, &face.collection.id, &id).await?;
        Ok(Some(FieldValue::value(true)))
    })
}

/// The answer to a write: what happened is told even where what was selected beside it cannot be
/// shown.
async fn written(
    asked: &Asked<'_>,
    (context, expand): (Context, Expand),
    view: View,
) -> Result<Option<FieldValue<'static>>, Failure> {
    let alone = view.clone();
    let found = match expand.is_empty() {
        true => Ok(view),
        false => {
            let app = &asked.call.app;
            app.scan(move |engine| expanded(engine, &context, &expand, view))
                .await
        }
    };
    let view = found.unwrap_or_else(|failure| {
        tracing::warn!(%failure, "the answer to a write is not expanded");
        alone
    });
    shown(asked, &view).map(Some)
}
