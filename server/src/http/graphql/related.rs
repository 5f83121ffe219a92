//! The related records that a selection asks for, as the engine expands them: all of a level at
//! once, whatever the query looks like.

use async_graphql::SelectionField;
use luge_model::expand::Expand;
use luge_model::limits::{EXPAND_CHARS_MAX, EXPAND_DEPTH_MAX};
use serde_json::Value as Json;

use super::outline::{Face, Outline};
use crate::http::error::Failure;

/// The argument of a relation that may have several records.
pub(super) const LIMIT: &str = "limit";

/// What of other collections is selected below records of one.
pub(super) fn wanted<'a>(
    outline: &Outline,
    face: &Face,
    selected: impl IntoIterator<Item = SelectionField<'a>>,
) -> Result<Expand, Failure> {
    let mut expand = Expand::default();
    for field in selected {
        add(outline, face, field, &mut expand, 1)?;
    }
    Ok(expand)
}

/// What is selected of a field.
pub(super) fn selected(field: SelectionField<'_>) -> Vec<SelectionField<'_>> {
    // It borrows nothing of this copy of the field, which its type does not say.
    field.selection_set().collect()
}

/// The same of those fields in it that have a name.
pub(super) fn selected_of<'a>(field: SelectionField<'a>, name: &str) -> Vec<SelectionField<'a>> {
    let fields = selected(field).into_iter();
    let named = fields.filter(|field| field.name() == name);
    named.flat_map(selected).collect()
}

fn add(
    outline: &Outline,
    face: &Face,
    field: SelectionField<'_>,
    expand: &mut Expand,
    depth: usize,
) -> Result<(), Failure> {
    let Some(relation) = face.relation(field.name()) else {
        return Ok(());
    };
    let Some(target) = outline.face(relation.target) else {
        return Ok(());
    };
    if depth > EXPAND_DEPTH_MAX {
        return Err(Failure::bad_request(format!(
            "A query follows at most {EXPAND_DEPTH_MAX} relations, one behind the other."
        )));
    }
    let rest = expand.follow(&relation.key);
    rest.take(limit(&field)?);
    for below in field.selection_set() {
        add(outline, target, below, rest, depth + 1)?;
    }
    Ok(())
}

/// How many records a relation is asked for; `None` for all.
fn limit(field: &SelectionField<'_>) -> Result<Option<usize>, Failure> {
    let arguments = field
        .arguments()
        .map_err(|error| Failure::bad_request(error.message))?;
    let given = arguments.into_iter().find(|(name, _)| name == LIMIT);
    let Some(value) = given.and_then(|(_, value)| value.into_json().ok()) else {
        return Ok(None);
    };
    if value.is_null() {
        return Ok(None);
    }
    let wanted = value.as_u64().and_then(|most| usize::try_from(most).ok());
    wanted
        .filter(|most| *most > 0)
        .map(Some)
        .ok_or_else(|| Failure::bad_request("The limit of a relation must be a number from 1."))
}

/// What a relation of a record leads to.
pub(super) fn of<'r>(record: &'r Json, key: &str) -> &'r [Json] {
    match record.get("expand").and_then(|expand| expand.get(key)) {
        Some(Json::Array(many)) => many,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// The same as the text of the parameter `expand`.
pub(super) fn text(expand: &Expand) -> Result<String, Failure> {
    let mut paths = Vec::new();
    add_paths(expand, "", &mut paths);
    let text = paths.join(",");
    if text.len() > EXPAND_CHARS_MAX {
        return Err(Failure::bad_request(
            "The subscription selects too many related records.",
        ));
    }
    Ok(text)
}

fn add_paths(expand: &Expand, before: &str, paths: &mut Vec<String>) {
    for (name, rest) in expand.branches() {
        let path = format!("{before}{name}");
        add_paths(rest, &format!("{path}."), paths);
        if rest.is_empty() {
            paths.push(path);
        }
    }
}
