//! An edit of one collection as it was submitted, with the rewriting of references where it asks
//! for it: what a change carries out and what a change plan tells of.

use std::sync::Arc;

use luge_model::collection::{Collection, Draft};
use luge_model::invalid::Violations;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use super::change::Plan;
use super::references::Renaming;
use super::rewrite::Rewriting;
use super::{Definitions, Snapshot, malformed};
use crate::error::{Error, Result};

/// The key of a body that asks for rewriting; nothing that a definition has.
const REWRITE: &str = "rewriteReferences";

/// An edit that was read but not checked yet.
pub(super) struct Edit {
    pub(super) before: Arc<Collection>,
    pub(super) draft: Draft,
    pub(super) rewriting: Option<Rewriting>,
}

impl Definitions {
    pub(super) fn edit(
        &self,
        now: Timestamp,
        body: &Map<String, Json>,
        (before, snapshot): (&Arc<Collection>, &Snapshot),
    ) -> Result<Edit> {
        let asked = match body.get(REWRITE) {
            None | Some(Json::Null | Json::Bool(false)) => false,
            Some(Json::Bool(true)) => true,
            Some(_) => return Err(not_a_flag()),
        };
        let read = |body: &_, base: &Arc<Collection>| {
            let draft = self.draft(now, body, (Some(base), snapshot));
            draft.map_err(malformed)
        };
        let mut edit = Edit {
            before: Arc::clone(before),
            draft: read(body, before)?,
            rewriting: None,
        };
        let renaming = Renaming::new(before, &edit.draft);
        if asked && renaming.renames() {
            let rewriting = Rewriting::new(&renaming, snapshot, now);
            let body = rewriting.body(body, before);
            edit.draft = read(&body, &Arc::new(rewriting.base.clone()))?;
            edit.rewriting = Some(rewriting);
        }
        Ok(edit)
    }
}

impl Edit {
    /// The definition after the edit.
    pub(super) fn check(&self, snapshot: &Snapshot) -> std::result::Result<Collection, Violations> {
        let base = self.rewriting.as_ref().map(|rewriting| &rewriting.base);
        let base = base.unwrap_or(&self.before);
        let draft = self.draft.clone();
        let after = draft.check(Some(base), snapshot.surroundings())?;
        if let Some(rewriting) = &self.rewriting {
            rewriting.check(snapshot, &after)?;
        }
        Ok(after)
    }

    /// Everything that changes in one commit; the edited collection is last.
    pub(super) fn plans(self, after: Collection) -> Vec<Plan> {
        let others = self.rewriting.map(|rewriting| rewriting.others);
        let mut plans: Vec<_> = others
            .into_iter()
            .flatten()
            .map(|(before, after)| Plan {
                before: Some(before),
                after: Some(after),
            })
            .collect();
        plans.push(Plan {
            before: Some(self.before),
            after: Some(after),
        });
        plans
    }
}

fn not_a_flag() -> Error {
    Error::BadRequest(format!(
        "Failed to load the submitted data due to invalid formatting. Raw error: {REWRITE}: \
         expected true or false."
    ))
}
