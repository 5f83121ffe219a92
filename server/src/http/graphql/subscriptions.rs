//! Being told of changes: the messages of realtime, each as the answer to the same selection.
//!
//! Who is told what is decided where it is for every realtime client, at each change anew. Each
//! subscription is one such client.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;

use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, InputValue, Object, ResolverContext, SubscriptionField,
    SubscriptionFieldFuture, TypeRef,
};
use futures_util::StreamExt;
use futures_util::stream::{self, Stream};
use luge_engine::access::Operation;
use luge_engine::query::{scope, whole_filter};
use luge_engine::realtime::{Arrival, Connection, Message, Subscribing};
use luge_model::limits::REALTIME_TOPIC_BYTES_MAX;
use poem::http::Method;
use serde_json::{Map, Value as Json, json};

use super::arguments;
use super::call::{Call, Listener};
use super::inputs::optional;
use super::outline::{Face, Outline};
use super::related;
use super::values::scalar;
use crate::http::error::Failure;

const RECORD: &str = "record";
const ACTION: &str = "action";
const PLACE: &str = "place";
const SINCE: &str = "since";
const SEARCH: &str = "search";
/// The message to a client that cannot go on from where it was.
const RESYNC: &str = "resync";
/// Headers that prove who somebody is, and are kept nowhere.
const PROOFS: [&str; 2] = ["authorization", "cookie"];

type Told = async_graphql::Result<Json>;

/// What is told of one change of a collection.
pub(super) fn change_of(face: &Face) -> Object {
    let action = Field::new(ACTION, TypeRef::named_nn("ChangeAction"), |context| {
        let action = super::objects::parent(&context).and_then(|told| told.get(ACTION)?.as_str());
        FieldFuture::Value(action.map(|action| FieldValue::value(action.to_uppercase())))
    });
    let record = Field::new(RECORD, TypeRef::named_nn(&face.object), |context| {
        let record = super::objects::parent(&context).and_then(|told| told.get(RECORD));
        FieldFuture::Value(record.map(|record| FieldValue::borrowed_any(record)))
    });
    let record = record.description("After the change; of a removed one, before it.");
    let place = Field::new(PLACE, TypeRef::named_nn(TypeRef::STRING), |context| {
        let place = super::objects::parent(&context).and_then(|told| scalar(told.get(PLACE)?));
        FieldFuture::Value(place)
    });
    let place = place.description("Where it stands among all changes: `since` to go on behind it.");
    Object::new(&face.change)
        .field(action)
        .field(record)
        .field(place)
}

/// The fields of the root for one collection.
pub(super) fn fields_of(outline: &Arc<Outline>, index: usize) -> Vec<SubscriptionField> {
    let Some(face) = outline.face(index) else {
        return Vec::new();
    };
    let name = &face.collection.name;
    let mut fields = Vec::new();
    if face.open.list {
        let field = told(outline, index, &face.roots.list);
        let field = field.description(format!("Changes of the records of {name}."));
        fields.push(narrowed(field, face));
    }
    if face.open.view {
        let id = InputValue::new("id", TypeRef::named_nn(TypeRef::ID));
        let field = told(outline, index, &face.roots.one).argument(id);
        let field = field.description(format!("Changes of one record of {name}."));
        fields.push(narrowed(field, face));
    }
    fields
}

fn narrowed(field: SubscriptionField, face: &Face) -> SubscriptionField {
    let since = optional(SINCE, TypeRef::STRING)
        .description("The place of the last change that was told: those behind it are told first.");
    let field = field
        .argument(optional("where", &face.condition))
        .argument(optional("filter", TypeRef::STRING))
        .argument(since);
    if face.collection.search.is_none() {
        return field;
    }
    let search = optional(SEARCH, TypeRef::STRING);
    field.argument(search.description("Only changes of records that a search finds."))
}

fn told(outline: &Arc<Outline>, index: usize, name: &str) -> SubscriptionField {
    let Some(face) = outline.face(index) else {
        return SubscriptionField::new(name, TypeRef::named(TypeRef::STRING), |_| {
            SubscriptionFieldFuture::new(async {
                Ok(stream::empty::<async_graphql::Result<FieldValue<'_>>>())
            })
        });
    };
    let kind = TypeRef::named_nn(&face.change);
    let outline = Arc::clone(outline);
    SubscriptionField::new(name, kind, move |context| {
        let outline = Arc::clone(&outline);
        SubscriptionFieldFuture::new(async move {
            let call = Arc::clone(Call::of(&context)?);
            let listening = listen(&outline, index, &call, &context).await;
            let listening = listening.map_err(|failure| failure.to_graphql())?;
            Ok(listening.map(|told| told.map(FieldValue::owned_any)))
        })
    })
}

async fn listen(
    outline: &Outline,
    index: usize,
    call: &Arc<Call>,
    context: &ResolverContext<'_>,
) -> Result<impl Stream<Item = Told> + Send + use<>, Failure> {
    let face = outline.face(index).ok_or_else(Failure::not_found)?;
    let Some(listener) = call.listener.clone() else {
        return Err(Failure::bad_request(
            "A subscription needs an event stream (Accept: text/event-stream) or a WebSocket.",
        ));
    };
    let filter = arguments::filter(outline, face, &context.args)?;
    check(face, call, (context.args.get("id").is_some(), &filter))?;
    let topic = topic(outline, (face, filter), call, context)?;
    let since = arguments::given(&context.args, SINCE);
    call.admit(&Method::POST, "/api/realtime")?;
    let engine = Arc::clone(&call.app.engine);
    let connection = call.app.blocking(move || {
        let Listener {
            caller,
            address,
            hang_up,
        } = listener;
        let arrival = Arrival {
            address,
            caller,
            resumes: true,
            place: None,
        };
        let connection = engine
            .realtime
            .connect(arrival, Box::new(move || hang_up.now()))?;
        engine.realtime.subscribe(Subscribing {
            client: connection.id(),
            address,
            caller: None,
            topics: &[topic],
            since: since.as_deref(),
        })?;
        Ok(connection)
    });
    Ok(messages(connection.await?, Arc::clone(call)))
}

/// Who could never be told anything is told so at once.
fn check(face: &Face, call: &Call, (one, filter): (bool, &str)) -> Result<(), Failure> {
    let compiled = call.app.engine.records.compiled(&face.collection.id)?;
    let context = call.context(&Method::GET);
    let operation = match one {
        true => Operation::View,
        false => Operation::List,
    };
    let grant = compiled.grant(&context, operation)?;
    whole_filter(&grant, filter, &scope(&context, &compiled))?;
    Ok(())
}

/// The topic of realtime that tells the same.
fn topic(
    outline: &Outline,
    (face, filter): (&Face, String),
    call: &Call,
    context: &ResolverContext<'_>,
) -> Result<String, Failure> {
    let record = arguments::id(&context.args);
    let record = match context.args.get("id") {
        None => "*",
        Some(_) if record.is_empty() || record == "*" => return Err(Failure::not_found()),
        Some(_) => record.as_str(),
    };
    let records = related::selected_of(context.ctx.field(), RECORD);
    let expand = related::wanted(outline, face, records)?;
    let facts = &call.context.request;
    let mut query: Map<String, Json> = Map::new();
    query.extend(
        facts
            .query
            .iter()
            .map(|(name, value)| (name.clone(), json!(value))),
    );
    query.insert("filter".to_owned(), filter.into());
    query.insert("expand".to_owned(), related::text(&expand)?.into());
    query.shift_remove("fields");
    query.shift_remove(SEARCH);
    let search = arguments::text(&context.args, SEARCH);
    if !search.is_empty() {
        query.insert(SEARCH.to_owned(), search.into());
    }
    let headers = facts.headers.iter();
    let headers = headers.filter(|(name, _)| !PROOFS.contains(&name.as_str()));
    let headers: Map<String, Json> = headers
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let options = json!({"query": query, "headers": headers}).to_string();
    let options: String = form_urlencoded::byte_serialize(options.as_bytes()).collect();
    let topic = format!("{}/{record}?options={options}", face.collection.id);
    if topic.len() > REALTIME_TOPIC_BYTES_MAX {
        return Err(Failure::bad_request(
            "The filter of the subscription is too long.",
        ));
    }
    Ok(topic)
}

/// What waits for a subscription.
struct Waiting {
    connection: Connection,
    messages: VecDeque<Arc<Message>>,
    call: Arc<Call>,
    over: bool,
}

fn messages(connection: Connection, call: Arc<Call>) -> impl Stream<Item = Told> + Send {
    let waiting = Waiting {
        connection,
        messages: VecDeque::new(),
        call,
        over: false,
    };
    stream::unfold(waiting, |mut waiting| async move {
        if waiting.over {
            return None;
        }
        let message = waiting.next().await?;
        waiting.call.begin_anew();
        let told = told_by(&message);
        waiting.over = told.is_err();
        Some((told.map_err(|failure| failure.to_graphql()), waiting))
    })
}

/// What a message tells; that a client cannot go on from where it was ends its subscription.
fn told_by(message: &Message) -> Result<Json, Failure> {
    let told = serde_json::from_slice::<Map<String, Json>>(&message.data);
    let mut told = told.map_err(|error| {
        tracing::error!(%error, "a message is no JSON object");
        Failure::internal()
    })?;
    if &*message.topic == RESYNC {
        return Err(Failure::graphql_resync(told));
    }
    let place = message.position.map(|place| place.to_string());
    told.insert(PLACE.to_owned(), place.into());
    Ok(told.into())
}

impl Waiting {
    /// The next message; `None` when the connection is to end.
    async fn next(&mut self) -> Option<Arc<Message>> {
        while self.messages.is_empty() {
            let connection = &self.connection;
            let come = poll_fn(|context| connection.poll_messages(context)).await?;
            self.messages.extend(come);
        }
        self.messages.pop_front()
    }
}
