//! Surveys what is stored, by collection, a while at a time.

use luge_model::limits::SURVEY_PERIOD_MILLISECONDS;

use super::{Job, Run};
use crate::error::Result;

pub(super) const JOB: Job = Job {
    name: "survey_storage",
    next: |engine, past| {
        let goes_on = engine.survey.is_wanted();
        Some(past.every(if goes_on {
            0
        } else {
            SURVEY_PERIOD_MILLISECONDS
        }))
    },
    run: survey,
};

fn survey(run: &Run<'_>) -> Result<()> {
    let stopping = || run.is_stopping();
    run.engine.survey.take_turn(run.now(), &stopping)
}
