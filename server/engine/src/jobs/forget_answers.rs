//! Removes answers that were kept for repeated requests, once they were kept long enough.

use luge_model::limits::KEPT_ANSWERS_PERIOD_MILLISECONDS;

use super::{Job, Run};
use crate::context::Context;
use crate::error::Result;

pub(super) const JOB: Job = Job {
    name: "forget_answers",
    next: |_, past| Some(past.every(KEPT_ANSWERS_PERIOD_MILLISECONDS)),
    run: forget,
};

fn forget(run: &Run<'_>) -> Result<()> {
    while !run.is_stopping() {
        let context = Context::system(run.now());
        if run.engine.records.forget_answers(&context)? {
            break;
        }
    }
    Ok(())
}
