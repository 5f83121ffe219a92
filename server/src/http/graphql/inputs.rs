//! What clients send: conditions, and the values of records.

use async_graphql::dynamic::{InputObject, InputValue, Type, TypeRef};

use super::outline::{Face, FieldFace, Outline};
use super::values::{DATE_TIME, JSON, Shape};

/// What a record of an auth collection is sent with beside its fields.
const OF_PASSWORDS: [&str; 2] = ["passwordConfirm", "oldPassword"];

/// The inputs that every schema has.
pub(super) fn own_types() -> Vec<Type> {
    let ordered = ["eq", "ne", "gt", "ge", "lt", "le"];
    let compared = |name: &str, kind: &str, operators: &[&str]| {
        let mut input = InputObject::new(name);
        for operator in operators {
            input = input.field(InputValue::new(*operator, TypeRef::named(kind)));
        }
        input
    };
    let listed = |input: InputObject, kind: &str| {
        input
            .field(InputValue::new("in", TypeRef::named_nn_list(kind)))
            .field(InputValue::new("notIn", TypeRef::named_nn_list(kind)))
    };
    let empty = |input: InputObject| input.field(optional("isEmpty", TypeRef::BOOLEAN));
    let like = |input: InputObject| {
        input
            .field(optional("like", TypeRef::STRING))
            .field(optional("notLike", TypeRef::STRING))
    };
    let text = like(compared("TextFilter", TypeRef::STRING, &ordered));
    let json =
        like(compared("JsonFilter", JSON, &ordered)).field(optional("path", TypeRef::STRING));
    let lists = compared("ListFilter", TypeRef::STRING, &["has", "hasNot", "hasLike"]);
    let ids = compared("IdFilter", TypeRef::ID, &["eq", "ne"]);
    let near = InputObject::new("NearInput")
        .field(InputValue::new("lon", TypeRef::named_nn(TypeRef::FLOAT)))
        .field(InputValue::new("lat", TypeRef::named_nn(TypeRef::FLOAT)))
        .field(InputValue::new("km", TypeRef::named_nn(TypeRef::FLOAT)));
    let point = InputObject::new("GeoPointFilter")
        .field(optional("lon", "NumberFilter"))
        .field(optional("lat", "NumberFilter"))
        .field(optional("near", "NearInput"));
    let point_input = InputObject::new("GeoPointInput")
        .field(InputValue::new("lon", TypeRef::named_nn(TypeRef::FLOAT)))
        .field(InputValue::new("lat", TypeRef::named_nn(TypeRef::FLOAT)));
    vec![
        empty(listed(text, TypeRef::STRING)).into(),
        listed(
            compared("NumberFilter", TypeRef::FLOAT, &ordered),
            TypeRef::FLOAT,
        )
        .into(),
        compared("BoolFilter", TypeRef::BOOLEAN, &["eq", "ne"]).into(),
        empty(listed(
            compared("DateFilter", DATE_TIME, &ordered),
            DATE_TIME,
        ))
        .into(),
        empty(listed(ids, TypeRef::ID)).into(),
        empty(lists).into(),
        empty(listed(json, JSON)).into(),
        near.into(),
        point.into(),
        point_input.into(),
    ]
}

/// The inputs of one collection.
pub(super) fn types_of(outline: &Outline, face: &Face) -> Vec<Type> {
    let mut types = vec![
        condition(outline, face).into(),
        many_condition(face).into(),
        data(face).into(),
    ];
    for field in &face.fields {
        let Some((choice, filter)) = &field.choice else {
            continue;
        };
        let input = InputObject::new(filter)
            .field(optional("eq", choice))
            .field(optional("ne", choice))
            .field(InputValue::new("in", TypeRef::named_nn_list(choice)))
            .field(InputValue::new("notIn", TypeRef::named_nn_list(choice)))
            .field(optional("isEmpty", TypeRef::BOOLEAN));
        types.push(input.into());
    }
    types
}

fn condition(outline: &Outline, face: &Face) -> InputObject {
    let own = &face.condition;
    let mut input = InputObject::new(own)
        .description("Which records: all that is said must hold.")
        .field(InputValue::new("and", TypeRef::named_nn_list(own)))
        .field(InputValue::new("or", TypeRef::named_nn_list(own)))
        .field(optional("not", own));
    for field in face.fields.iter().filter(|field| field.shown) {
        input = input.field(optional(&field.name, filter_of(field)));
    }
    for relation in &face.relations {
        let Some(target) = outline.face(relation.target) else {
            continue;
        };
        let kind = match relation.multiple {
            true => &target.many_condition,
            false => &target.condition,
        };
        input = input.field(optional(&relation.name, kind));
    }
    input
}

/// Conditions on several records.
fn many_condition(face: &Face) -> InputObject {
    InputObject::new(&face.many_condition)
        .description("`any`: one of them is so. `all`: all of them are.")
        .field(optional("any", &face.condition))
        .field(optional("all", &face.condition))
}

fn filter_of(face: &FieldFace) -> &str {
    if face.field.system && face.field.name == "id" {
        return "IdFilter";
    }
    match (face.shape, &face.choice) {
        (Shape::Json, _) => "JsonFilter",
        _ if face.multiple => "ListFilter",
        (_, Some((_, filter))) => filter,
        (Shape::Text | Shape::Choice | Shape::File | Shape::Secret, None) => "TextFilter",
        (Shape::Number, _) => "NumberFilter",
        (Shape::Truth, _) => "BoolFilter",
        (Shape::Moment, _) => "DateFilter",
        (Shape::Relation, _) => "IdFilter",
        (Shape::Point, _) => "GeoPointFilter",
    }
}

/// The values of a record that is made or changed.
fn data(face: &Face) -> InputObject {
    let auth = face.collection.auth().is_some();
    let mut input = InputObject::new(&face.data)
        .description("The values of a record; what is left out stays, or is empty in a new one.");
    for field in face.fields.iter().filter(|field| is_written(field)) {
        let one = match (&field.choice, field.shape) {
            (Some((choice, _)), _) => choice.as_str(),
            // A stored name, or `upload:ID`.
            (None, Shape::File) => TypeRef::STRING,
            (None, Shape::Point) => "GeoPointInput",
            (None, shape) => shape.type_name(),
        };
        let kind = match field.multiple {
            true => TypeRef::named_nn_list(one),
            false => TypeRef::named(one),
        };
        input = input.field(InputValue::new(&field.input, kind));
    }
    if auth {
        for name in OF_PASSWORDS {
            input = input.field(optional(name, TypeRef::STRING));
        }
    }
    input
}

/// Whether clients give a field its values.
pub(super) fn is_written(face: &FieldFace) -> bool {
    let own = face.field.kind.as_autodate().is_some() || face.field.name == "tokenKey";
    !own && (face.shown || face.shape == Shape::Secret)
}

/// An input that may be left out.
pub(super) fn optional(name: &str, kind: &str) -> InputValue {
    InputValue::new(name, TypeRef::named(kind))
}
