//! A backup that is received to be restored, and is kept no longer than that takes.

use super::spool::Spool;
use super::{Backups, Incoming, Manifest, Verdict, restore};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files::Blob;

/// What a backup is called that is among no others.
const NAME: &str = "offered";

impl Backups {
    /// Judges a backup that was received, and holds it until it is restored, withdrawn, or another
    /// one is offered. May block.
    ///
    /// # Errors
    /// When the caller is not a superuser or the disk cannot be asked; what is wrong with the
    /// backup is in the verdict, and such a one is not held.
    pub fn offer(&self, ctx: &Context, incoming: Incoming) -> Result<Verdict> {
        ctx.require_superuser()?;
        let spool = incoming.into_spool()?;
        let verdict = self.target.judge(opened(&spool)?)?;
        *self.offered.lock() = verdict.problems.is_empty().then_some(spool);
        Ok(verdict)
    }

    /// Restores the backup that is offered, as [`Self::restore`] does. May block.
    ///
    /// # Errors
    /// As for [`Self::restore`], and when none is offered.
    pub fn restore_offered(&self, ctx: &Context) -> Result<Manifest> {
        ctx.require_superuser()?;
        ctx.refuse_key()?;
        let offered = self.offered.lock();
        let spool = offered.as_ref().ok_or_else(|| {
            Error::BadRequest("No backup was sent that could be restored.".to_owned())
        })?;
        self.restore_from(opened(spool)?, NAME, (ctx.now, None))
    }

    /// Gives up the backup that is offered, where there is one.
    pub fn withdraw_offer(&self) {
        *self.offered.lock() = None;
    }
}

fn opened(spool: &Spool) -> Result<Box<dyn Blob>> {
    restore::opened(&spool.0)
}
