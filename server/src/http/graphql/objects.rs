//! The objects of a schema: records, what is computed of them, and what fields hold.
//!
//! A record is the JSON that the engine's projection made of it; nothing is looked up here.

use std::sync::Arc;

use async_graphql::Error;
use async_graphql::dynamic::{
    Enum, Field, FieldFuture, FieldValue, InputValue, Object, ResolverContext, Scalar, Type,
    TypeRef,
};
use luge_model::limits::SEARCH_FIELDS_MAX;
use serde_json::Value as Json;

use super::call::Call;
use super::outline::{Face, FieldFace, Outline, Relation};
use super::related::{self, LIMIT};
use super::values::{DATE_TIME, FILE, GEO_POINT, JSON, Shape, StoredFile, scalar, shown};

/// The JSON of a search in a record.
const SEARCH_KEY: &str = "@search";

/// The types that every schema has.
pub(super) fn own_types() -> Vec<Type> {
    let json = Scalar::new(JSON).description("Any JSON.");
    let date_time = Scalar::new(DATE_TIME)
        .description("A moment, as RFC 3339 writes it. What is sent may also be a date alone.");
    let part = |name: &'static str| {
        Field::new(name, TypeRef::named_nn(TypeRef::FLOAT), move |context| {
            FieldFuture::Value(parent(&context).and_then(|point| scalar(point.get(name)?)))
        })
    };
    let point = Object::new(GEO_POINT).field(part("lon")).field(part("lat"));
    let key = |name: &'static str, kind: TypeRef| {
        Field::new(name, kind, move |context| {
            FieldFuture::Value(parent(&context).and_then(|object| scalar(object.get(name)?)))
        })
    };
    let search = Object::new("Search")
        .description("What a search tells of a record that it found.")
        .field(key("score", TypeRef::named_nn(TypeRef::FLOAT)))
        .field(key("highlights", TypeRef::named(JSON)));
    let suggestion = Object::new("Suggestion")
        .description("How a text may go on.")
        .field(key("word", TypeRef::named_nn(TypeRef::STRING)))
        .field(key("text", TypeRef::named_nn(TypeRef::STRING)));
    let mut group = Object::new("Group")
        .description("A group of records, and what was computed of them.")
        .field(key("count", TypeRef::named_nn(TypeRef::INT)));
    for name in ["group", "sum", "avg", "min", "max"] {
        group = group.field(key(name, TypeRef::named(JSON)));
    }
    let action = Enum::new("ChangeAction").items(["CREATE", "UPDATE", "DELETE"]);
    vec![
        json.into(),
        date_time.into(),
        point.into(),
        file().into(),
        search.into(),
        suggestion.into(),
        group.into(),
        action.into(),
    ]
}

fn file() -> Object {
    let name = Field::new("name", TypeRef::named_nn(TypeRef::STRING), |context| {
        let file = context.parent_value.downcast_ref::<StoredFile>();
        FieldFuture::Value(file.map(|file| FieldValue::value(file.name())))
    });
    let url = Field::new("url", TypeRef::named_nn(TypeRef::STRING), |context| {
        let Some(file) = context.parent_value.downcast_ref::<StoredFile>() else {
            return FieldFuture::Value(None);
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        for option in ["thumb", "format"] {
            if let Some(text) = context
                .args
                .get(option)
                .and_then(|value| value.string().ok())
            {
                query.append_pair(option, text);
            }
        }
        let saved = context
            .args
            .get("download")
            .and_then(|value| value.boolean().ok());
        if saved == Some(true) {
            query.append_pair("download", "1");
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        FieldFuture::Value(Some(FieldValue::value(format!(
            "{}{mark}{query}",
            file.path()
        ))))
    });
    let url = url
        .description("The path on this server; a protected file needs a token added.")
        .argument(InputValue::new("thumb", TypeRef::named(TypeRef::STRING)))
        .argument(InputValue::new("format", TypeRef::named(TypeRef::STRING)))
        .argument(InputValue::new(
            "download",
            TypeRef::named(TypeRef::BOOLEAN),
        ));
    Object::new(FILE).field(name).field(url)
}

/// The types of one collection's records.
pub(super) fn types_of(outline: &Arc<Outline>, face: &Face) -> Vec<Type> {
    let mut types: Vec<Type> = Vec::new();
    let mut record = Object::new(&face.object)
        .description(format!(
            "A record of the collection {}.",
            face.collection.name
        ))
        .field(named_text("collectionId"))
        .field(named_text("collectionName"));
    for field in face.fields.iter().filter(|field| field.shown) {
        if let (Some((name, _)), Some(choices)) = (&field.choice, field.choices()) {
            types.push(Enum::new(name).items(choices).into());
        }
        record = record.field(value_of(field));
    }
    for relation in &face.relations {
        if let Some(target) = outline.face(relation.target) {
            record = record.field(relation_of(relation, target));
        }
    }
    if face.collection.search.is_some() {
        let found = Field::new(&face.search, TypeRef::named("Search"), |context| {
            let found = parent(&context).and_then(|record| record.get(SEARCH_KEY));
            FieldFuture::Value(found.map(|found| FieldValue::borrowed_any(found)))
        });
        let most = format!("At most {SEARCH_FIELDS_MAX} fields are shown as snippets.");
        record = record.field(found.description(most));
    }
    types.push(record.into());
    types
}

fn named_text(name: &'static str) -> Field {
    Field::new(name, TypeRef::named_nn(TypeRef::STRING), move |context| {
        FieldFuture::Value(parent(&context).and_then(|record| scalar(record.get(name)?)))
    })
}

/// A field with its own values.
fn value_of(face: &FieldFace) -> Field {
    let (shape, key) = (face.shape, face.field.name.clone());
    let is_id = key == "id" && face.field.system;
    let one = match (&face.choice, is_id) {
        (_, true) => TypeRef::ID,
        (Some((choice, _)), false) => choice,
        (None, false) => shape.type_name(),
    };
    // An address may be kept from the caller, and a hidden field from everybody else.
    let withheld = face.field.hidden || (face.field.system && key == "email");
    let kind = match face.multiple && shape != Shape::Json {
        true => TypeRef::List(Box::new(TypeRef::named_nn(one))),
        false => TypeRef::named(one),
    };
    let always = !withheld && (face.multiple || !shape.may_be_null());
    let kind = match always {
        true => TypeRef::NonNull(Box::new(kind)),
        false => kind,
    };
    let choices = face.choices().map(<[String]>::to_vec);
    Field::new(&face.name, kind, move |context| {
        let value = parent(&context).and_then(|record| {
            let value = record.get(&key)?;
            shown(shape, choices.as_deref(), record, value)
        });
        FieldFuture::Value(value)
    })
}

/// What a relation leads to, which the root of the query has found already.
fn relation_of(relation: &Relation, target: &Face) -> Field {
    let (key, multiple) = (relation.key.clone(), relation.multiple);
    let kind = match multiple {
        true => TypeRef::named_nn_list_nn(&target.object),
        false => TypeRef::named(&target.object),
    };
    let field = Field::new(&relation.name, kind, move |context| {
        let key = key.clone();
        FieldFuture::new(async move {
            let found = parent(&context).map(|record| related::of(record, &key));
            let found = found.unwrap_or_default();
            let most = context.args.get(LIMIT).and_then(|most| most.u64().ok());
            let most = most.and_then(|most| usize::try_from(most).ok());
            let taken = found.len().min(most.unwrap_or(usize::MAX));
            count(&context, taken)?;
            let mut records = found
                .iter()
                .take(taken)
                .map(|one| FieldValue::borrowed_any(one));
            Ok::<_, Error>(match multiple {
                true => Some(FieldValue::list(records)),
                false => records.next(),
            })
        })
    });
    match multiple {
        true => field.argument(
            InputValue::new(LIMIT, TypeRef::named(TypeRef::INT)).description("At most so many."),
        ),
        false => field,
    }
}

/// Counts records that are about to be shown.
pub(super) fn count(context: &ResolverContext<'_>, records: usize) -> async_graphql::Result<()> {
    let fields = context.ctx.field().selection_set().count();
    let call = Call::of(context)?;
    call.answer(records, fields)
        .map_err(|failure| failure.to_graphql())
}

/// The JSON of which a field is a part.
pub(super) fn parent<'a>(context: &ResolverContext<'a>) -> Option<&'a Json> {
    context.parent_value.downcast_ref::<Json>()
}
