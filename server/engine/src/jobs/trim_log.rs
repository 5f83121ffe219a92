//! Removes the oldest entries of the change log, by age, number and size.
//!
//! What a listener has not heard yet stays, up to a multiple of the limits; one that is further
//! behind has to start over.

use luge_model::limits::LOG_TRIM_PERIOD_MILLISECONDS;

use super::{Job, Run};
use crate::commit::{Retention, plan_trim};
use crate::error::Result;
use crate::store::CommitError;

pub(super) const JOB: Job = Job {
    name: "trim_log",
    next: |_, past| Some(past.every(LOG_TRIM_PERIOD_MILLISECONDS)),
    run: trim,
};

fn trim(run: &Run<'_>) -> Result<()> {
    let committer = &run.engine.committer;
    let mut entries = 0;
    while !run.is_stopping() {
        let follower = committer.slowest_listener();
        let store = &**committer.store();
        let Some(step) = plan_trim(store, Retention::default(), follower, run.now())? else {
            break;
        };
        match committer.commit_in_background(&step) {
            Ok(_) => entries += step.deletes.len(),
            // Somebody else removed them: look again.
            Err(CommitError::Guard(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if entries > 0 {
        tracing::info!(entries, "removed the oldest entries of the change log");
    }
    Ok(())
}
