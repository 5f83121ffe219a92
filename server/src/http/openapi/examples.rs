//! Examples that follow from definitions: the same definition always has the same ones, and an
//! example of a body is one that the fields accept.

use luge_model::collection::{Collection, Member};
use luge_model::field::Field;
use luge_model::field::shape::{Form, TextForm, TextFormat};
use serde_json::{Map, Value as Json, json};

const MOMENT: &str = "2026-11-29 09:33:06.123Z";
const ID: &str = "4q1xlclmfloku33";

/// A record as it is read.
pub(super) fn record(collection: &Collection, all: bool) -> Json {
    let mut record = Map::from_iter([
        ("collectionId".to_owned(), collection.id.as_str().into()),
        ("collectionName".to_owned(), collection.name.as_str().into()),
    ]);
    for member in collection.record_members(all) {
        let value = of(&member).or_else(|| Some(member.field?.kind.zero().to_json()));
        record.extend(value.map(|value| (member.key.clone(), value)));
    }
    Json::Object(record)
}

/// A body with everything that sets a field; none where some field has no example.
pub(super) fn body(members: &[Member<'_>]) -> Option<Json> {
    let mut body = Map::new();
    for member in members.iter().filter(|member| member.modifier.is_none()) {
        let is_file = matches!(member.form.one(), Form::File { .. });
        let is_given = member.field.is_some_and(|field| field.system) && !member.needed;
        // Files come as parts of a form; ids, token keys and the like by themselves.
        if is_file || is_given {
            continue;
        }
        match of(member) {
            Some(value) => drop(body.insert(member.key.clone(), value)),
            None if member.needed => return None,
            None => {}
        }
    }
    Some(Json::Object(body))
}

fn of(member: &Member<'_>) -> Option<Json> {
    let mut candidates = candidates(&member.form, member.field);
    let Some(field) = member.field else {
        return candidates.into_iter().next();
    };
    candidates.retain(|candidate| {
        let value = field.kind.cast(candidate);
        field.kind.validate(field, &value).is_ok()
    });
    candidates.into_iter().next()
}

/// What may do, best first.
fn candidates(form: &Form, field: Option<&Field>) -> Vec<Json> {
    match form {
        Form::Text(text) => texts(text, field),
        Form::Number(number) => {
            let middle = number
                .min
                .zip(number.max)
                .map(|(min, max)| (min + max) / 2.0);
            let mut candidates = vec![json!(7)];
            candidates.extend(number.min.map(|min| json!(min.ceil())));
            candidates.extend(number.max.map(|max| json!(max.floor())));
            candidates.extend(middle.map(|middle| json!(middle)));
            candidates
        }
        Form::Bool => vec![json!(true)],
        Form::Date { min, max } => {
            let bounds = [min, max].into_iter().flatten().map(ToString::to_string);
            std::iter::once(MOMENT.to_owned())
                .chain(bounds)
                .map(Json::from)
                .collect()
        }
        Form::Choice(values) => values.iter().take(1).map(|value| json!(value)).collect(),
        Form::Relation(_) => vec![json!(ID)],
        Form::File { .. } => vec![json!("picture_a1b2c3d4e5.png")],
        Form::Json { .. } => vec![json!({"key": "value"})],
        Form::Point => vec![json!({"lon": 13.4, "lat": 52.5})],
        Form::List { of, min, .. } => list(of, *min),
    }
}

fn list(of: &Form, min: usize) -> Vec<Json> {
    let several: Vec<Json> = match of {
        Form::Choice(values) => values
            .iter()
            .take(min.max(1))
            .map(|value| json!(value))
            .collect(),
        other => candidates(other, None).into_iter().take(1).collect(),
    };
    vec![Json::Array(several)]
}

fn texts(text: &TextForm, field: Option<&Field>) -> Vec<Json> {
    let plain = match text.format {
        TextFormat::Plain => "Text",
        TextFormat::Html => "<p>Text</p>",
        TextFormat::Email => "ada@example.com",
        TextFormat::Url => "https://example.com",
        TextFormat::Password => "a long password",
    };
    let mut candidates: Vec<String> = [plain, "text", ID, "1", "A", "a"].map(str::to_owned).into();
    let longer = text.min_chars.div_ceil(plain.len().max(1));
    candidates.push(plain.repeat(longer));
    // A fixed sequence: what is made from a pattern is the same every time.
    let mut turn: u32 = 0;
    let mut next = |below: u32| {
        turn = turn.wrapping_add(1);
        turn % below.max(1)
    };
    let generated = field.and_then(|field| field.kind.as_text()?.generate(&mut next));
    candidates.extend(generated);
    candidates.into_iter().map(Json::from).collect()
}
