//! Definitions of another database, taken over with their ids, dates, secrets and order.
//!
//! - They take the place of those that a new database begins with, all in one commit. A collection
//!   that has records is never replaced.
//! - They are checked as submitted ones are. What is wrong is told for each, and nothing happens.

use std::sync::Arc;

use luge_model::collection::{Collection, CollectionKind, Draft, Submission};
use luge_model::invalid::Violations;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use super::change::Plan;
use super::import::Scratch;
use super::{Catalog, Definitions, SECRET_LETTERS, Snapshot, uninterrupted};
use crate::commit::Proposal;
use crate::context::Context;
use crate::error::{Action, Error, Result};
use crate::store::{Guard, key};

/// A definition as another database has it.
#[derive(Clone, Debug)]
pub struct Original {
    /// What a client would submit, secrets included.
    pub body: Map<String, Json>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

/// What is wrong with definitions, by their position.
type Refused = Vec<(usize, Violations)>;

impl Catalog {
    /// Replaces the definitions of a new database by these, which are then listed in this order.
    /// Only system collections that are not among them stay. Gives what is refused, and does
    /// nothing where that is anything.
    ///
    /// # Errors
    /// When the caller is not a superuser, a body is no definition, or there are records.
    pub async fn take_over(&self, ctx: &Context, originals: Vec<Original>) -> Result<Refused> {
        ctx.require_superuser()?;
        let definitions = Arc::clone(&self.definitions);
        uninterrupted(async move { definitions.take_over(&originals).await }).await
    }
}

impl Definitions {
    async fn take_over(&self, originals: &[Original]) -> Result<Refused> {
        let mut numbers = self.changing.lock().await;
        let snapshot = self.snapshot();
        let (mut plans, mut scratch) = cleared(&snapshot, originals);
        let mut drafts = Vec::new();
        for original in originals {
            let draft = self.original(original, &scratch)?;
            scratch.replace(&draft.collection);
            drafts.push(draft);
        }
        let mut refused = Vec::new();
        for (position, draft) in drafts.into_iter().enumerate() {
            match draft.check(None, scratch.surroundings()) {
                Ok(collection) => plans.push(Plan {
                    before: None,
                    after: Some(collection),
                }),
                Err(violations) => refused.push((position, violations)),
            }
        }
        if !refused.is_empty() {
            return Ok(refused);
        }
        let mut writes = |plans: &[Plan]| Ok(without_records(plans));
        match self.apply_with(plans, &mut writes, &mut numbers).await {
            Ok(_) => Ok(Vec::new()),
            Err(failure) => Err(failure.into_error(Action::Create)),
        }
    }

    fn original(&self, original: &Original, scratch: &Scratch) -> Result<Draft> {
        let mut draw = |length| self.random.text(SECRET_LETTERS, length);
        let submission = Submission {
            body: &original.body,
            before: None,
            surroundings: scratch.surroundings(),
            now: original.updated,
            draw: &mut draw,
        };
        let mut draft = submission.read().map_err(|error| {
            let name = text(&original.body, "name");
            Error::BadRequest(format!("the collection {name:?} cannot be read: {error}"))
        })?;
        draft.collection.created = original.created;
        // A new collection of superusers gets a duration of its own, which is not wanted here.
        let duration = original.body.get("authToken");
        let duration = duration.and_then(|token| token.get("duration"));
        if let (CollectionKind::Auth(options), Some(duration)) =
            (&mut draft.collection.kind, duration.and_then(Json::as_i64))
        {
            options.auth_token.duration = duration;
        }
        Ok(draft)
    }
}

/// Plans that remove what is replaced, and what stays beside the new definitions.
fn cleared(snapshot: &Snapshot, originals: &[Original]) -> (Vec<Plan>, Scratch) {
    let is_original = |one: &Collection| {
        originals.iter().any(|original| {
            let same_name = one.name.eq_ignore_ascii_case(text(&original.body, "name"));
            same_name || one.id == text(&original.body, "id")
        })
    };
    let (mut plans, mut scratch) = (Vec::new(), Scratch::default());
    for one in snapshot.all() {
        if one.system && !is_original(one) {
            scratch.all.push(Arc::clone(one));
        } else {
            plans.push(Plan {
                before: Some(Arc::clone(one)),
                after: None,
            });
        }
    }
    (plans, scratch)
}

/// Holds as long as none of the replaced collections has records.
fn without_records(plans: &[Plan]) -> Proposal {
    let replaced = plans.iter().filter_map(|plan| plan.before.as_ref());
    let empty = replaced.map(|one| Guard::Only {
        range: key::record_range(one.number),
        keys: Vec::new(),
    });
    Proposal {
        guards: empty.collect(),
        ..Proposal::default()
    }
}

fn text<'a>(body: &'a Map<String, Json>, key: &str) -> &'a str {
    body.get(key).and_then(Json::as_str).unwrap_or_default()
}
