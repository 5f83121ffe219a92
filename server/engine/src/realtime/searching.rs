//! The search of a topic: its client is told of records that are hits.
//!
//! - It is read once for each state of the definitions and each kind of caller, not for each
//!   change.
//! - A search that makes no sense is refused when it is subscribed to. Where it makes none any
//!   more, because a definition changed, nothing is found until it makes sense again.

use std::sync::Arc;

use luge_model::collection::Collections as _;
use luge_model::id::CollectionNumber;
use luge_model::limits::{REALTIME_SEARCH_WORD_BYTES, SEARCH_QUERY_WORDS_MAX};
use luge_model::principal::Principal;
use luge_model::search::SearchQuery;
use parking_lot::Mutex;
use serde_json::Value as Json;

use super::Parts;
use super::topic::Topic;
use crate::access::{Compiled, Operation};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::search::Saved;

/// The option of a topic with what is searched for.
pub(super) const SEARCH: &str = "search";

/// What a topic searches for.
#[derive(Debug)]
pub(super) struct TopicSearch {
    text: Box<str>,
    /// As read for callers who do not see hidden fields, and for those who do.
    read: Mutex<[Option<Read>; 2]>,
}

#[derive(Debug)]
struct Read {
    /// Of the definitions.
    version: u64,
    collection: CollectionNumber,
    outcome: Searched,
}

/// Which records a search finds.
#[derive(Clone, Debug)]
pub(super) enum Searched {
    /// It has no word.
    All,
    /// It makes no sense for the collection as it is.
    None,
    Those(Arc<Saved>),
}

impl TopicSearch {
    /// What the option of a topic asks for; `None` where it leaves nothing out.
    ///
    /// # Errors
    /// [`Error::BadRequest`] where it is no text.
    pub(super) fn of(option: Option<&Json>) -> Result<Option<Self>> {
        let text = match option {
            None | Some(Json::Null) => return Ok(None),
            Some(Json::String(text)) => text.clone(),
            Some(Json::Number(number)) => number.to_string(),
            Some(_) => {
                let reason = format!("Invalid subscription: {SEARCH} must be a text.");
                return Err(Error::BadRequest(reason));
            }
        };
        let made = || Self {
            text: text.as_str().into(),
            read: Mutex::default(),
        };
        Ok((!text.trim().is_empty()).then(made))
    }

    /// What it counts as among the bytes of all topics, beside its text.
    pub(super) fn weight(&self) -> usize {
        let words = SearchQuery::parse(&self.text, &[]);
        let words = words.map_or(SEARCH_QUERY_WORDS_MAX, |query| query.clauses.len());
        words * REALTIME_SEARCH_WORD_BYTES
    }

    /// Which records it finds for callers of a kind.
    pub(super) fn read(&self, parts: &Parts, compiled: &Compiled, sees_all: bool) -> Searched {
        let collection = &*compiled.collection;
        let version = compiled.snapshot.version();
        let mut read = self.read.lock();
        let [seen, all] = &mut *read;
        let kept = if sees_all { all } else { seen };
        if let Some(kept) = kept
            && (kept.version, kept.collection) == (version, collection.number)
        {
            return kept.outcome.clone();
        }
        let outcome = match self.saved(parts, compiled, sees_all) {
            Ok(Some(saved)) => Searched::Those(Arc::new(saved)),
            Ok(None) => Searched::All,
            Err(error) => {
                tracing::debug!(search = &*self.text, %error, "a topic can have no messages");
                Searched::None
            }
        };
        *kept = Some(Read {
            version,
            collection: collection.number,
            outcome: outcome.clone(),
        });
        outcome
    }

    fn saved(&self, parts: &Parts, compiled: &Compiled, sees_all: bool) -> Result<Option<Saved>> {
        let place = (&*compiled.collection, &*compiled.snapshot);
        parts.search.saved(place, &self.text, sees_all)
    }
}

/// Refuses topics whose searches make no sense. What somebody may not read at all they are told
/// nothing about, and so neither whether it can be searched.
///
/// # Errors
/// [`Error::BadRequest`] with the reason.
pub(super) fn check(parts: &Parts, topics: &[Arc<Topic>], principal: &Principal) -> Result<()> {
    let snapshot = parts.catalog.snapshot();
    for topic in topics {
        let Some(search) = &topic.search else {
            continue;
        };
        let refused = |reason: &str| {
            let target = topic.target();
            Error::BadRequest(format!("Invalid subscription to {target:?}: {reason}"))
        };
        let name = topic.target().split('/').next().unwrap_or_default();
        let collection = snapshot.find(name);
        let collection = collection.ok_or_else(|| {
            refused("there is no such collection whose records could be searched.")
        })?;
        let compiled = parts.access.compiled(&snapshot, collection);
        let context = Context {
            now: parts.clock.now(),
            principal: principal.clone(),
            request: topic.request.clone(),
            ..Context::default()
        };
        if compiled.grant(&context, topic.operation()).is_err() {
            continue;
        }
        let saved = search.saved(parts, &compiled, principal.is_superuser());
        saved.map_err(|error| refused(&error.to_string()))?;
    }
    Ok(())
}

impl Topic {
    /// By which rule it is decided who is told.
    pub(super) fn operation(&self) -> Operation {
        match self.names_record() {
            true => Operation::View,
            false => Operation::List,
        }
    }
}
