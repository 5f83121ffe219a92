//! Removes files that no record names any more.

use luge_model::limits::FILES_TEND_MILLISECONDS;

use super::Job;

pub(super) const JOB: Job = Job {
    name: "tend_files",
    next: |_, past| Some(past.every(FILES_TEND_MILLISECONDS)),
    run: |run| run.engine.files.tend(run.now(), &|| run.is_stopping()),
};
