//! Removes one-time codes and begun sign-ins that are too old to be finished.

use luge_model::collection::AuthOptions;
use luge_model::limits::EXPIRED_REMOVED_AT_ONCE;
use luge_model::timestamp::Timestamp;

use super::Run;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::query::ListRequest;
use crate::store::wait;

/// Removes first factors whose second one did not come in time.
pub(super) fn first_factors(run: &Run<'_>) -> Result<()> {
    remove(run, "_mfas", |options| options.mfa.duration)
}

/// Removes one-time codes that are not valid any more.
pub(super) fn codes(run: &Run<'_>) -> Result<()> {
    remove(run, "_otps", |options| options.otp.duration)
}

fn remove(run: &Run<'_>, collection: &str, seconds: fn(&AuthOptions) -> i64) -> Result<()> {
    for owner in run.engine.catalog.snapshot().all() {
        let Some(options) = owner.auth() else {
            continue;
        };
        let age = seconds(options).saturating_mul(1_000);
        let oldest = Timestamp(run.now().0.saturating_sub(age));
        let id = &owner.id;
        let filter = format!("collectionRef = '{id}' && created < '{oldest}'");
        while !run.is_stopping() && remove_some(run, collection, &filter)? {}
    }
    Ok(())
}

/// Whether there may be more.
fn remove_some(run: &Run<'_>, collection: &str, filter: &str) -> Result<bool> {
    let context = Context::system(run.now());
    let request = ListRequest {
        per_page: EXPIRED_REMOVED_AT_ONCE,
        filter: filter.to_owned(),
        skip_total: true,
        ..ListRequest::default()
    };
    let records = &run.engine.records;
    let page = records.list(&context, collection, &request)?;
    for view in &page.items {
        match wait(records.delete(&context, collection, view.record().id())) {
            // Somebody else used it up meanwhile.
            Ok(()) | Err(Error::MissingRecord) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(page.items.len() == EXPIRED_REMOVED_AT_ONCE)
}
