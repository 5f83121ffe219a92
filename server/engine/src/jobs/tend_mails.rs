//! Removes mails that were kept or given up long ago.

use luge_model::limits::MAIL_TEND_MILLISECONDS;

use super::{Job, Run};
use crate::error::Result;
use crate::store::wait;

pub(super) const JOB: Job = Job {
    name: "tend_mails",
    next: |_, past| Some(past.every(MAIL_TEND_MILLISECONDS)),
    run: tend,
};

fn tend(run: &Run<'_>) -> Result<()> {
    wait(run.engine.mail.tend(run.now()))
}
