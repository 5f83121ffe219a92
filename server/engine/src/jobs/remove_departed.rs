//! Removes what belongs to the records of collections that are gone, where it was too much for the
//! commit that removed the collection and the server stopped before all of it was removed.

use luge_model::limits::DEPARTED_PERIOD_MILLISECONDS;

use super::{Job, Run};
use crate::context::Context;
use crate::error::Result;
use crate::store::wait;

pub(super) const JOB: Job = Job {
    name: "remove_departed",
    next: |_, past| Some(past.every(DEPARTED_PERIOD_MILLISECONDS)),
    run: remove,
};

/// A collection that cannot be finished, because of a required reference for one, does not hold
/// the others up.
fn remove(run: &Run<'_>) -> Result<()> {
    let mut outcome = Ok(());
    for collection in run.engine.records.departed()? {
        match remove_one(run, &collection) {
            Ok(()) => {}
            Err(error) => outcome = Err(error),
        }
    }
    outcome
}

fn remove_one(run: &Run<'_>, collection: &str) -> Result<()> {
    while !run.is_stopping() {
        let context = Context::system(run.now());
        if wait(run.engine.records.remove_departed(&context, collection))? {
            tracing::info!(collection, "removed what belonged to a removed collection");
            break;
        }
    }
    Ok(())
}
