//! GraphQL over HTTP: what is answered, what is refused, and to whom. The real PocketBase has none.

mod hostile;
mod reading;
mod requests;
mod searching;
mod signing_in;
mod writing;

use super::super::machines::{World, world};
use luge_tests::{Answer, Case, Persona, Requests};
use serde_json::json;

const PATH: &str = "/api/graphql";
const INTROSPECTION: &str = "{ __schema { types { name } } }";

fn asked(persona: &Persona, query: &str) -> Answer {
    persona.post(PATH, &json!({ "query": query }))
}

fn case<'a>(name: &'a str, persona: &'a Persona, query: &str) -> Case<'a> {
    Case::new(name, persona, "POST", PATH).json(&json!({ "query": query }))
}

/// A row whose only field is refused with a status, as REST refuses it.
fn refused<'a>(name: &'a str, persona: &'a Persona, query: &str, status: u16) -> Case<'a> {
    case(name, persona, query).is("errors.0.extensions.status", status)
}

/// The world of machines with a note that has everything.
fn notes() -> Option<World> {
    let world = world()?;
    let note = json!({"title": "first", "owner": world.ann.id, "hidden": "secret"});
    world.superuser.record("notes", &note);
    Some(world)
}
