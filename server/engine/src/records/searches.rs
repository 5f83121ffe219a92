//! One search of many collections at once.
//!
//! - Each is searched as a list of it would be, for the same caller, and all share what one request
//!   may cost.
//! - Nothing tells a collection that the caller may not list from one that is not there, nor from
//!   one in which nothing was found.

use std::sync::Arc;

use luge_model::collection::{Collection, Collections as _};
use luge_model::search::SearchQuery;

use super::Records;
use crate::access::{Operation, View};
use crate::catalog::Snapshot;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::query::{Budget, ListRequest, Page};

/// What is searched for, and where.
#[derive(Clone, Debug, Default)]
pub struct SearchesRequest {
    /// The text of the search.
    pub search: String,
    /// Names or ids; `None` for all searchable collections that the caller may list.
    pub collections: Option<Vec<String>>,
    /// Hits of each collection that are shown.
    pub per_collection: usize,
    /// The fields that are shown as snippets with what was found.
    pub highlight: Vec<String>,
    /// Whether all hits are counted, however many.
    pub counts_all_hits: bool,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Searches {
    /// The collections with hits, that with the best one first.
    pub groups: Vec<(Arc<Collection>, Page<View>)>,
    /// The collections whose first index is being built.
    pub not_ready: Vec<Arc<Collection>>,
}

impl Records {
    /// Searches many collections.
    ///
    /// # Errors
    /// [`Error::BadQuery`] where the text is wrong or a collection is named that the caller cannot
    /// search, [`Error::TooCostly`].
    pub fn search(&self, context: &Context, request: &SearchesRequest) -> Result<Searches> {
        let collections = self.searched_by(context, request.collections.as_deref())?;
        let query = SearchQuery::parse(&request.search, &[])
            .map_err(|error| Error::BadQuery(format!("Invalid search: {error}")))?;
        if query.is_empty() {
            return Ok(Searches::default());
        }
        let list = ListRequest {
            search: request.search.clone(),
            highlight: request.highlight.clone(),
            per_page: request.per_collection,
            counts_all_hits: request.counts_all_hits,
            budget: Some(Budget::new()),
            ..ListRequest::default()
        };
        let mut searches = Searches::default();
        for collection in collections {
            match self.list(context, &collection.id, &list) {
                // Nothing was found, also where no word of the search is one of the collection.
                Ok(page) if page.found.is_empty() => {}
                Ok(page) => searches.groups.push((collection, page)),
                Err(Error::SearchNotReady) => searches.not_ready.push(collection),
                Err(error) => return Err(error),
            }
        }
        let best = |page: &Page<View>| page.found.first().map_or(0.0, |found| found.score);
        searches
            .groups
            .sort_by(|(_, left), (_, right)| best(right).total_cmp(&best(left)));
        Ok(searches)
    }

    /// The collections that are searched, in the order of their creation.
    fn searched_by(
        &self,
        context: &Context,
        named: Option<&[String]>,
    ) -> Result<Vec<Arc<Collection>>> {
        let snapshot = self.catalog.snapshot();
        let all = snapshot.all().iter();
        let all = all.filter(|one| self.is_searchable(context, (&snapshot, one)));
        let all: Vec<Arc<Collection>> = all.cloned().collect();
        let Some(named) = named else {
            return Ok(all);
        };
        let mut chosen = Vec::new();
        for name in named {
            let found = snapshot.find(name).map(|found| found.number);
            let found = all.iter().find(|one| Some(one.number) == found);
            chosen.push(found.ok_or_else(|| unknown(name))?.number);
        }
        let chosen = all.into_iter().filter(|one| chosen.contains(&one.number));
        Ok(chosen.collect())
    }

    fn is_searchable(
        &self,
        context: &Context,
        (snapshot, collection): (&Arc<Snapshot>, &Arc<Collection>),
    ) -> bool {
        let grant = || {
            let compiled = self.access.compiled(snapshot, collection);
            compiled.grant(context, Operation::List)
        };
        collection.search.is_some() && grant().is_ok()
    }
}

fn unknown(name: &str) -> Error {
    Error::BadQuery(format!(
        "Invalid collections: {name:?} is no collection that you can search."
    ))
}
