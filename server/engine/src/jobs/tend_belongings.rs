//! Removes what belonged to auth records and ended: sessions, secrets that nobody used.

use luge_model::limits::BELONGINGS_TEND_MILLISECONDS;

use super::{Job, Run};
use crate::belongings;
use crate::error::Result;
use crate::store::{CommitError, key};

pub(super) const JOB: Job = Job {
    name: "tend_belongings",
    next: |_, past| Some(past.every(BELONGINGS_TEND_MILLISECONDS)),
    run: tend,
};

fn tend(run: &Run<'_>) -> Result<()> {
    let committer = &run.engine.committer;
    let mut rest = Some(key::belonging_range());
    while let Some(range) = rest.filter(|_| !run.is_stopping()) {
        let (removal, next) = belongings::ended(&**committer.store(), &range, run.now())?;
        rest = next;
        if removal.deletes.is_empty() {
            continue;
        }
        match committer.commit_in_background(&removal) {
            // One of them was used in the meantime: the others go the next time.
            Ok(_) | Err(CommitError::Guard(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
