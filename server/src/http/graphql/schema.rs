//! The schemas of the catalog: one for superusers, one for everybody else.
//!
//! A schema is made when it is asked for first after the catalog changed; whoever else asks
//! meanwhile waits for the same one.

use std::sync::Arc;

use async_graphql::dynamic::{
    Field, FieldFuture, Object, Schema, SchemaError, Subscription, Type, TypeRef,
};
use luge_engine::catalog::Snapshot;
use tokio::sync::Mutex;

use super::outline::Outline;
use super::{batch, inputs, mutations, objects, queries, searches, sign_in, subscriptions};
use crate::http::app::App;
use crate::http::error::Failure;

const QUERY: &str = "Query";
const MUTATION: &str = "Mutation";
const SUBSCRIPTION: &str = "Subscription";

/// The schemas as they were made last.
#[derive(Default)]
pub(crate) struct Schemas {
    superusers: Mutex<Option<Made>>,
    others: Mutex<Option<Made>>,
}

/// A schema, and the version of the catalog that it is of.
struct Made {
    version: u64,
    schema: Schema,
}

impl Schemas {
    /// The schema of the catalog as it is now.
    pub(super) async fn current(&self, app: &App, everything: bool) -> Result<Schema, Failure> {
        let mut made = match everything {
            true => self.superusers.lock().await,
            false => self.others.lock().await,
        };
        let snapshot = app.engine.catalog.snapshot();
        let version = snapshot.version();
        if let Some(made) = made.as_ref().filter(|made| made.version == version) {
            return Ok(made.schema.clone());
        }
        let building = tokio::task::spawn_blocking(move || build(&snapshot, everything));
        let schema = match building.await {
            Ok(Ok(schema)) => schema,
            Ok(Err(error)) => {
                tracing::error!(%error, "the schema of GraphQL cannot be made");
                return Err(Failure::internal());
            }
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return Err(luge_engine::error::Error::Closed.into()),
            },
        };
        let schema = made.insert(Made { version, schema });
        Ok(schema.schema.clone())
    }
}

/// The schema of a catalog, for superusers or for everybody else.
pub(super) fn build(snapshot: &Snapshot, everything: bool) -> Result<Schema, SchemaError> {
    let outline = Arc::new(Outline::of(snapshot.all(), everything));
    let query = query(&outline);
    let mutation = mutation(&outline);
    let subscription = subscription(&outline);
    let mut types: Vec<Type> = objects::own_types();
    types.extend(inputs::own_types());
    types.extend(queries::own_types());
    for face in &outline.faces {
        types.extend(objects::types_of(&outline, face));
        types.extend(inputs::types_of(&outline, face));
        types.push(queries::page_of(face).into());
        types.push(subscriptions::change_of(face).into());
        types.extend(sign_in::type_of(face).map(Type::from));
    }
    if mutation.is_some() {
        types.extend(batch::types(&outline));
    }
    if outline.searches() {
        types.extend(searches::types());
    }
    if mutation.is_some() || outline.searches() {
        types.push(batch::any_record(&outline).into());
    }
    let named = |there: bool, name| there.then_some(name);
    let schema = Schema::build(
        QUERY,
        named(mutation.is_some(), MUTATION),
        named(subscription.is_some(), SUBSCRIPTION),
    );
    types.push(query.into());
    types.extend(mutation.map(Type::from));
    types.extend(subscription.map(Type::from));
    let schema = types
        .into_iter()
        .fold(schema, |schema, one| schema.register(one));
    // Suggestions would compare each name that is wrong with all that there are.
    schema.disable_suggestions().finish()
}

fn query(outline: &Arc<Outline>) -> Object {
    let indexes = 0..outline.faces.len();
    let mut fields = indexes
        .flat_map(|index| queries::fields_of(outline, index))
        .chain(searches::field(outline))
        .peekable();
    if fields.peek().is_some() {
        return fields.fold(Object::new(QUERY), Object::field);
    }
    let nothing = Field::new("_empty", TypeRef::named(TypeRef::BOOLEAN), |_| {
        FieldFuture::Value(None)
    });
    Object::new(QUERY).field(nothing.description("There is nothing that can be read."))
}

/// `None` where nothing can be written.
fn mutation(outline: &Arc<Outline>) -> Option<Object> {
    let indexes = 0..outline.faces.len();
    let mut fields = indexes
        .flat_map(|index| {
            let mut fields = mutations::fields_of(outline, index);
            fields.extend(sign_in::fields_of(outline, index));
            fields
        })
        .peekable();
    fields.peek()?;
    let object = fields.fold(Object::new(MUTATION), Object::field);
    Some(object.field(batch::field(outline)))
}

/// `None` where nothing can be listened to.
fn subscription(outline: &Arc<Outline>) -> Option<Subscription> {
    let indexes = 0..outline.faces.len();
    let mut fields = indexes
        .flat_map(|index| subscriptions::fields_of(outline, index))
        .peekable();
    fields.peek()?;
    Some(fields.fold(Subscription::new(SUBSCRIPTION), Subscription::field))
}
